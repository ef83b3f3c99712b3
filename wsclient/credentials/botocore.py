"""The bridge to boto3 and its relatives: their sessions as a source of credentials, and wsclient's providers for them.

botocore is imported when one of the outward functions is called, and not before; it comes with wsclient[botocore].
"""

# botocore has no types.
# pyright: reportMissingTypeStubs=false

from __future__ import annotations

import asyncio
import inspect
import os
import threading
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

from wsclient._core.credentials import make_credentials
from wsclient._core.errors import ConfigurationError, CredentialsRefreshError, NoCredentialsError, WsclientError
from wsclient.credentials._internal.base import PicklableProvider
from wsclient.credentials._internal.cache import SingleFlight, unwrap

if TYPE_CHECKING:
    from collections.abc import Callable

    from wsclient._core.credentials import Credentials, CredentialsProvider


class BotocoreSessionProvider(PicklableProvider):
    """Takes the credentials of a boto3, botocore, aioboto3 or aiobotocore session.

    The session finds and refreshes them by its own rules, in a thread where it would block. What its calls need (STS,
    metadata services) goes by botocore's settings and not by the client's: say them there.
    """

    name: ClassVar[str] = "the botocore session"
    _secret_arguments: ClassVar[frozenset[str]] = frozenset({"session"})

    def __init__(self, session: object) -> None:
        self._session: Any = session
        self._found: Any = None
        self._question: SingleFlight[Credentials | Exception] = SingleFlight()

    async def get_credentials(self) -> Credentials:
        """Return what the session has, refreshed by it when it is time; whoever asks meanwhile waits for the same."""
        if self._found is not None and not _has_to_refresh(self._found):
            return _converted(await _awaited(self._found.get_frozen_credentials()))
        return unwrap(await asyncio.shield(self._question.start(self._ask)))

    def invalidate(self, access_key_id: str) -> bool:  # noqa: ARG002 - whichever it is, botocore keeps it
        """Say that there is nothing else to give: botocore's credentials cannot be made to refresh early."""
        return False

    async def _ask(self) -> Credentials | Exception:
        try:
            if self._found is None:
                self._found = await _awaited(await asyncio.to_thread(self._find))
            if self._found is None:
                return NoCredentialsError([(self.name, "has none")])
            return _converted(await _awaited(await asyncio.to_thread(self._found.get_frozen_credentials)))
        except WsclientError as error:
            return error
        except Exception as error:  # noqa: BLE001 - botocore's errors are many, and may quote what a process wrote
            return self._failed(error)

    def _find(self) -> Any:
        """Return botocore's own credentials, or a coroutine that does; may block."""
        return self._session.get_credentials()

    def _failed(self, error: Exception) -> CredentialsRefreshError:
        """Return our error for one of botocore's, which is not quoted."""
        return CredentialsRefreshError(f"{self.name} could not give credentials: {type(error).__name__}")


def as_botocore(provider: CredentialsProvider) -> object:
    """Return a provider's credentials as botocore's Credentials, for boto3 clients beside wsclient's.

    Each request of a boto3 client takes a whole, current set (get_frozen_credentials). The provider runs in a
    background thread with an event loop of its own. Raises ConfigurationError where botocore is not installed.
    """
    credentials: object = _credentials_class()(provider)
    return credentials


def botocore_session(provider: CredentialsProvider, *, region: str | None = None) -> object:
    """Return a botocore session that takes its credentials from a provider: boto3.Session(botocore_session=…).

    Raises ConfigurationError where botocore is not installed.
    """
    core, credentials = _botocore("session"), _botocore("credentials")
    parent: Any = credentials.CredentialProvider

    class Source(parent):  # type: ignore[misc]  # botocore has no types
        METHOD = "wsclient"
        CANONICAL_NAME = None

        def load(self) -> object:
            return as_botocore(provider)

    session: Any = core.Session()
    session.register_component("credential_provider", credentials.CredentialResolver(providers=[Source()]))
    if region is not None:
        session.set_config_variable("region", region)
    result: object = session
    return result


def _botocore(module: str) -> Any:  # botocore has no types
    try:
        import botocore.credentials  # noqa: PLC0415 - only who bridges needs botocore
        import botocore.session  # noqa: PLC0415 - as above
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"the package {error.name} is missing; install it with: pip install 'wsclient[botocore]'"
        ) from None
    return {"credentials": botocore.credentials, "session": botocore.session}[module]


@lru_cache(maxsize=1)
def _credentials_class() -> Callable[[CredentialsProvider], Any]:
    module = _botocore("credentials")
    parent: Any = module.Credentials

    class ProviderCredentials(parent):  # type: ignore[misc]  # botocore has no types
        """botocore's face of a provider."""

        def __init__(self, provider: CredentialsProvider) -> None:
            self.method = "wsclient"
            self._provider = provider

        def _current(self) -> Credentials:
            return _LOOP.run(self._provider)

        @property
        def access_key(self) -> str:
            return self._current().access_key_id

        @property
        def secret_key(self) -> str:
            return self._current().secret_access_key

        @property
        def token(self) -> str | None:
            return self._current().session_token

        @property
        def account_id(self) -> str | None:
            return self._current().account_id

        def get_frozen_credentials(self) -> object:
            one = self._current()
            frozen: object = module.ReadOnlyCredentials(
                one.access_key_id, one.secret_access_key, one.session_token, one.account_id
            )
            return frozen

    return ProviderCredentials


class _BackgroundLoop:
    """One event loop in one daemon thread, begun when it is first needed; a forked process begins its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._process = 0

    def run(self, provider: CredentialsProvider) -> Credentials:
        """Ask a provider from synchronous code, and wait."""
        return asyncio.run_coroutine_threadsafe(provider.get_credentials(), self._running()).result()

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None or self._process != os.getpid():
                self._loop, self._process = asyncio.new_event_loop(), os.getpid()
                threading.Thread(target=self._loop.run_forever, name="wsclient-credentials", daemon=True).start()
            return self._loop


_LOOP = _BackgroundLoop()


def _has_to_refresh(credentials: Any) -> bool:  # botocore has no types
    """Tell whether reading credentials would block; what has no such question has been read already."""
    refresh_needed = getattr(credentials, "refresh_needed", None)
    return bool(refresh_needed()) if callable(refresh_needed) else False


async def _awaited(value: Any) -> Any:  # botocore has no types
    """Return a value, or what it comes to: aiobotocore's methods are coroutines where botocore's are not."""
    return await value if inspect.isawaitable(value) else value


def _converted(frozen: Any) -> Credentials:  # botocore has no types
    return make_credentials(
        BotocoreSessionProvider.name,
        frozen.access_key,
        frozen.secret_key,
        frozen.token,
        account_id=getattr(frozen, "account_id", None),
    )
