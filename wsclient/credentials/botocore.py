"""Bridge to boto3: botocore sessions as credential providers, and wsclient providers as botocore credentials.

as_botocore and botocore_session import botocore when they are called; wsclient[botocore] installs it.
"""

# botocore has no types.
# pyright: reportMissingTypeStubs=false

from __future__ import annotations

import asyncio
import copy
import inspect
import threading
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from wsclient._core.argument_checks import checked
from wsclient._core.credentials import Credentials, CredentialsProvider, make_credentials
from wsclient._core.errors import ConfigurationError, CredentialsRefreshError, NoCredentialsError, WsclientError
from wsclient._core.features import (
    CODE,
    CONTAINER,
    ENVIRONMENT,
    INSTANCE,
    NO_FEATURES,
    PROCESS,
    PROFILE,
    ROLE,
    SSO,
    WEB_IDENTITY_ROLE,
)
from wsclient._core.lazy_imports import OptionalModule
from wsclient._core.process_id import process_id
from wsclient._core.tracebacks import without_locals
from wsclient._core.value_kinds import satisfies
from wsclient.credentials._internal.base import PicklableProvider
from wsclient.credentials._internal.cache import unwrap
from wsclient.credentials._internal.context import ProviderContext
from wsclient.credentials._internal.single_flight import SingleFlight

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import botocore.credentials as botocore_credentials
    import botocore.session as botocore_sessions
else:
    # For annotations alone: importing wsclient imports no botocore.
    botocore_credentials = OptionalModule("botocore.credentials")
    botocore_sessions = OptionalModule("botocore.session")


class BotocoreSessionProvider(PicklableProvider):
    """Provider of the credentials of a boto3, botocore, aioboto3 or aiobotocore session.

    The session finds and refreshes them by its own rules, in a thread if it would block. Its requests (STS, metadata
    services) use botocore's settings, not the client's: configure proxy, TLS and endpoints in the session. A client
    with use_fips or use_dualstack refuses a session whose requests would go to other hosts.

    credentials= of a client creates it for a session: an object of one of these packages, or of any class whose
    get_credentials() is not an async function and that creates clients (client() or create_client()).
    """

    name: ClassVar[str] = "the botocore session"
    _secret_arguments: ClassVar[frozenset[str]] = frozenset({"session"})

    @checked({"session": satisfies("a boto3 or botocore session", lambda value: hasattr(value, "get_credentials"))})
    def __init__(self, session: object) -> None:
        self._begin(session)

    def _begin(self, session: object) -> None:
        """Start without credentials; a subclass may create its session later."""
        self._session: Any = session
        self._session_credentials: Any = None
        self._fetch_flight: SingleFlight[Credentials | Exception] = SingleFlight()
        self._context: ProviderContext | None = None

    def with_context(self, context: ProviderContext) -> Self:
        """Return a copy for the settings of context; botocore's session keeps the credentials that copies share."""
        bound_copy = copy.copy(self)
        bound_copy._context = context  # noqa: SLF001 - a copy of this one
        # A fetch of its own, because the copy of another client may refuse what this one accepts.
        bound_copy._session_credentials, bound_copy._fetch_flight = None, SingleFlight()  # noqa: SLF001 - as above
        return bound_copy

    @without_locals
    async def get_credentials(self) -> Credentials:
        """Return the session's credentials, which it refreshes when due; concurrent callers share one refresh."""
        if self._session_credentials is not None and not _needs_refresh(self._session_credentials):
            frozen = await _resolve_awaitable(self._session_credentials.get_frozen_credentials())
            return _credentials_from_botocore(frozen)
        return unwrap(await asyncio.shield(self._fetch_flight.start(self._fetch)))

    @property
    def _features(self) -> frozenset[str]:
        method = getattr(self._session_credentials, "method", None)
        return super()._features | _METHOD_FEATURES.get(method, NO_FEATURES)

    def invalidate(self, access_key_id: str) -> bool:  # noqa: ARG002 - botocore keeps any key
        """Return False: botocore has no method that refreshes credentials early."""
        return False

    async def _fetch(self) -> Credentials | Exception:
        try:
            if self._session_credentials is None:
                self._session_credentials = await _resolve_awaitable(await asyncio.to_thread(self._load))
            if self._session_credentials is None:
                return NoCredentialsError([(self.name, "has no credentials")])
            self._require_client_flags(self._session_credentials)
            frozen = await asyncio.to_thread(self._session_credentials.get_frozen_credentials)
            return _credentials_from_botocore(await _resolve_awaitable(frozen))
        except WsclientError as error:
            return error
        except Exception as error:  # noqa: BLE001 - botocore has many error types
            return self._refresh_error(error)

    def _require_client_flags(self, credentials: Any) -> None:  # botocore has no types
        """Raise ConfigurationError if the session's own requests would ignore the client's FIPS or dual-stack."""
        config = None if self._context is None else self._context.config
        makes_requests = hasattr(credentials, "refresh_needed")
        if config is None or not makes_requests or getattr(credentials, "method", None) in _LOCAL_METHODS:
            return
        session = getattr(self._session, "_session", self._session)  # that of boto3 wraps botocore's
        for name, flag in (("use_fips", config.use_fips), ("use_dualstack", config.use_dualstack)):
            if flag.value and not _has_flag(session, f"{name}_endpoint"):
                self._session_credentials = None
                raise ConfigurationError(
                    f"{name}=True ({flag.source}), but {self.name} that supplies the credentials would send its own "
                    f"requests to hosts without it; set {name}_endpoint in the session's profile, or in its "
                    "set_config_variable()"
                )

    def _load(self) -> Any:
        """Return botocore's credentials object, or an awaitable of it; may block."""
        return self._session.get_credentials()

    def _refresh_error(self, error: Exception) -> CredentialsRefreshError:
        """Return the error for a botocore error, without its message, which may quote a process's output."""
        return CredentialsRefreshError(f"{self.name} could not load credentials: {type(error).__name__}")


_METHOD_FEATURES: Final[Mapping[object, frozenset[str]]] = {
    "assume-role": frozenset({ROLE}),
    "assume-role-with-web-identity": frozenset({WEB_IDENTITY_ROLE}),
    "config-file": frozenset({PROFILE}),
    "container-role": frozenset({CONTAINER}),
    "custom-process": frozenset({PROCESS}),
    "env": frozenset({ENVIRONMENT}),
    "explicit": frozenset({CODE}),
    "iam-role": frozenset({INSTANCE}),
    "shared-credentials-file": frozenset({PROFILE}),
    "sso": frozenset({SSO}),
}
"""Features by botocore's names of the sources."""
_LOCAL_METHODS: Final = frozenset({"iam-role", "container-role", "custom-process"})
"""botocore's names of sources that call no AWS host: metadata services of this machine, and processes."""


def _has_flag(session: Any, name: str) -> bool:  # botocore has no types
    """Return whether a botocore session has a flag, in its settings or in its default client configuration."""
    read = getattr(session, "get_config_variable", None)
    defaults = getattr(session, "get_default_client_config", None)
    if callable(read) and read(name):
        return True
    return callable(defaults) and getattr(defaults(), name, None) is True


def as_botocore(provider: CredentialsProvider) -> botocore_credentials.Credentials:
    """Return a provider's credentials as botocore Credentials, for boto3 clients in the same program.

    Each request of a boto3 client reads one complete, current set (get_frozen_credentials). The provider runs in a
    background thread with its own event loop. Raises ConfigurationError if botocore is not installed.
    """
    credentials: botocore_credentials.Credentials = _credentials_class()(provider)
    return credentials


def botocore_session(provider: CredentialsProvider, *, region: str | None = None) -> botocore_sessions.Session:
    """Return a botocore session with a provider's credentials, for boto3.Session(botocore_session=…).

    region is the session's region. Raises ConfigurationError if botocore is not installed.
    """
    core, credentials = _import_botocore("session"), _import_botocore("credentials")
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
    result: botocore_sessions.Session = session
    return result


def _import_botocore(module: str) -> Any:  # botocore has no types
    try:
        import botocore.credentials  # noqa: PLC0415 - only the bridge needs botocore
        import botocore.session  # noqa: PLC0415 - as above
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"the package {error.name} is missing; install it with: pip install 'wsclient[botocore]'"
        ) from None
    return {"credentials": botocore.credentials, "session": botocore.session}[module]


@lru_cache(maxsize=1)
def _credentials_class() -> Callable[[CredentialsProvider], Any]:
    module = _import_botocore("credentials")
    parent: Any = module.Credentials

    class ProviderCredentials(parent):  # type: ignore[misc]  # botocore has no types
        """Subclass of botocore.credentials.Credentials that reads from a provider."""

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
            current = self._current()
            frozen: object = module.ReadOnlyCredentials(
                current.access_key_id, current.secret_access_key, current.session_token, current.account_id
            )
            return frozen

    return ProviderCredentials


class _BackgroundLoop:
    """Event loop in a daemon thread, started at the first call; a forked process starts its own.

    Threads do not survive os.fork(): the child's copy of the loop would never run.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._process = process_id()

    def run(self, provider: CredentialsProvider) -> Credentials:
        """Call a provider from synchronous code and wait for its credentials."""
        return asyncio.run_coroutine_threadsafe(provider.get_credentials(), self._running_loop()).result()

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        if self._process != process_id():
            # A thread of the parent, which a forked child does not have, may have held the lock at the fork.
            self._process, self._lock, self._loop = process_id(), threading.Lock(), None
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="wsclient-credentials", daemon=True).start()
            return self._loop


_LOOP = _BackgroundLoop()


def _needs_refresh(credentials: Any) -> bool:  # botocore has no types
    """Return whether reading credentials would block; credentials without refresh_needed() never do."""
    refresh_needed = getattr(credentials, "refresh_needed", None)
    return bool(refresh_needed()) if callable(refresh_needed) else False


async def _resolve_awaitable(value: Any) -> Any:  # botocore has no types
    """Return a value, or the result of an awaitable: aiobotocore has coroutines where botocore has plain methods."""
    return await value if inspect.isawaitable(value) else value


def _credentials_from_botocore(frozen: Any) -> Credentials:  # botocore has no types
    return make_credentials(
        BotocoreSessionProvider.name,
        frozen.access_key,
        frozen.secret_key,
        frozen.token,
        account_id=getattr(frozen, "account_id", None),
    )
