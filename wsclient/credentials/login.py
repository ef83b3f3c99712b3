"""Login credential provider: sessions of `aws login`, through botocore's provider.

"Login credential provider", https://docs.aws.amazon.com/sdkref/latest/guide/feature-login-credentials.html
"""

# botocore has no types.
# pyright: reportMissingTypeStubs=false

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, ClassVar, Self

from wsclient._core.errors import CredentialsRefreshError
from wsclient.config._profile_loader import shared_file_paths
from wsclient.credentials.botocore import BotocoreSessionProvider

if TYPE_CHECKING:
    from pathlib import Path

    from wsclient.credentials._internal.context import ProviderContext


class LoginProvider(BotocoreSessionProvider):
    """Provider that reads the session of `aws login`; botocore refreshes it in a thread.

    profile must have login_session. Requires botocore with the CRT: pip install 'wsclient[botocore]' 'botocore[crt]'.
    Requests of botocore use botocore's settings of endpoints, TLS and proxy, not the client's.
    """

    name: ClassVar[str] = "aws login"
    _secret_arguments = frozenset[str]()

    def __init__(self, *, profile: str) -> None:
        super().__init__(None)
        self._profile = profile
        self._files: tuple[Path, Path] | None = None

    def with_context(self, context: ProviderContext) -> Self:
        """Return a copy that reads the shared config and credentials files of context."""
        bound_copy = copy.copy(self)
        bound_copy._files = shared_file_paths(context.environ, context.home)  # noqa: SLF001 - a copy of this one
        return bound_copy

    def _load(self) -> object:
        try:
            from botocore.session import Session  # noqa: PLC0415 - only login sessions need botocore
        except ModuleNotFoundError:
            raise CredentialsRefreshError(
                f"the login session of profile {self._profile} needs botocore; install it with: "
                "pip install 'wsclient[botocore]' 'botocore[crt]'",
                can_heal=False,
            ) from None
        session: Any = Session(profile=self._profile)
        for variable, path in zip(("config_file", "credentials_file"), self._files or (), strict=False):
            session.set_config_variable(variable, str(path))
        credentials: object = session.get_component("credential_provider").get_provider("login").load()
        return credentials

    def _refresh_error(self, error: Exception) -> CredentialsRefreshError:
        return CredentialsRefreshError(
            f"the login session of profile {self._profile} could not be used: botocore raised {type(error).__name__}; "
            f"log in again with: aws login --profile {self._profile}. It needs botocore[crt]",
            can_heal=False,
        )
