"""Credentials of `aws login`, by botocore's own provider.

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
    """Takes the session that `aws login` left, and has botocore refresh it, in a thread.

    profile is one with login_session. It needs botocore with the CRT: pip install 'wsclient[botocore]' 'botocore[crt]'.
    What botocore asks on the way goes by its own settings of endpoints, TLS and proxy.
    """

    name: ClassVar[str] = "aws login"
    _secret_arguments = frozenset[str]()

    def __init__(self, *, profile: str) -> None:
        super().__init__(None)
        self._profile = profile
        self._files: tuple[Path, Path] | None = None

    def with_context(self, surroundings: ProviderContext) -> Self:
        """Return the same provider, which reads these surroundings' AWS files."""
        other = copy.copy(self)
        other._files = shared_file_paths(surroundings.environ, surroundings.home)  # noqa: SLF001 - a copy of this one
        return other

    def _find(self) -> object:
        try:
            from botocore.session import Session  # noqa: PLC0415 - only who uses a login session needs botocore
        except ModuleNotFoundError:
            raise CredentialsRefreshError(
                f"the login session of profile {self._profile} needs botocore: pip install 'wsclient[botocore]' "
                "'botocore[crt]'",
                can_heal=False,
            ) from None
        session: Any = Session(profile=self._profile)
        for variable, path in zip(("config_file", "credentials_file"), self._files or (), strict=False):
            session.set_config_variable(variable, str(path))
        found: object = session.get_component("credential_provider").get_provider("login").load()
        return found

    def _failed(self, error: Exception) -> CredentialsRefreshError:
        return CredentialsRefreshError(
            f"the login session of profile {self._profile} could not be used: botocore says {type(error).__name__}; "
            f"log in again with: aws login --profile {self._profile}. It needs botocore[crt]",
            can_heal=False,
        )
