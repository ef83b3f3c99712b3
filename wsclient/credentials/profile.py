"""Credentials that a profile of the AWS files leads to, in any of the ways these files know.

"Shared config and credentials files", https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html; "Settings
reference", https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from msgspec.structs import replace

from wsclient._core.errors import NoCredentialsError
from wsclient._core.logging import log_fields
from wsclient.config._client_config import system_environment, system_home
from wsclient.config._settings import ARGUMENT, DEFAULT, resolve_profile
from wsclient.credentials._internal.context_factory import provider_context
from wsclient.credentials._internal.delegating import DelegatingProvider, Selection
from wsclient.credentials._profile_sources import ProfileResolver, StaticProfileProvider

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path
    from typing import Self

    from wsclient.credentials._internal.cli_cache import CliCache
    from wsclient.credentials._internal.context import ProviderContext

logger = logging.getLogger("wsclient.credentials")


class ProfileProvider(DelegatingProvider):
    """Finds what a profile says of credentials, and gets them in that way.

    The first of these that the profile has counts, in botocore's order: a role with source_profile or
    credential_source, a web identity, SSO, keys in the credentials file, a login session, a credential process, keys in
    the config file. The files are read at the first question, and again when their keys were rejected.

    Args:
        profile: its name; the one AWS_PROFILE names, or default, when it is not said.
        environ, home: stand in for the process's own.
        mfa_code: a function (sync or async) that returns the MFA code for a role with mfa_serial; without one the
            person at the terminal or notebook is asked.
        cache: keeps sessions between runs, as the AWS CLI does.

    It has none when the profile has no credentials, or nobody named one and there is no default. It raises
    ConfigurationError for a named profile that is not there, for a malformed file, and for settings that contradict
    each other; CredentialsError for half a key pair.
    """

    def __init__(
        self,
        profile: str | None = None,
        *,
        environ: Mapping[str, str] | None = None,
        home: Path | None = None,
        mfa_code: Callable[[], str | Awaitable[str]] | None = None,
        cache: CliCache | None = None,
        _visited: tuple[str, ...] = (),
    ) -> None:
        super().__init__()
        self._environ = system_environment() if environ is None else environ
        self._home = system_home(self._environ) if home is None else home
        self._profile = resolve_profile(self._environ, profile)
        self._ways = ProfileResolver(
            environ=self._environ,
            source_profile=lambda name, visited: ProfileProvider(
                name, environ=self._environ, home=self._home, mfa_code=mfa_code, cache=cache, _visited=visited
            ),
            mfa_code=mfa_code,
            cache=cache,
            asks_environment=profile is None,
            visited=_visited,
        )

    def explain(self) -> str:
        """Say which way to credentials the profile describes; nothing is read for that."""
        chosen = self._choice.provider
        way = "not read yet" if chosen is None else type(chosen).__name__
        return f"profile {self._profile.value} (chosen by {self._profile.source}): {way}"

    def invalidate(self, access_key_id: str) -> bool:
        """Tell the way that was found; keys of a file are read anew: somebody may have renewed them there."""
        chosen = self._choice.provider
        if not isinstance(chosen, StaticProfileProvider):
            return super().invalidate(access_key_id)
        if chosen.access_key_id == access_key_id:
            self._choice.provider = None
        return True

    def with_context(self, surroundings: ProviderContext) -> Self:
        """Return the same provider, with the same files, whose own calls go by these surroundings."""
        return super().with_context(replace(surroundings, environ=self._environ, home=self._home))

    def _world(self) -> ProviderContext:
        if self._surroundings is None:
            profile = self._profile.value if self._profile.source == ARGUMENT else None
            self._surroundings = provider_context(environ=self._environ, home=self._home, profile=profile)
        return self._surroundings

    async def _choose(self, surroundings: ProviderContext) -> Selection:
        files = await surroundings.shared_files()
        name = self._profile.value
        if self._profile.source != DEFAULT:
            files.require_profile(name, self._profile.source)
        provider = self._ways.provider_of(name, files)
        if provider is None:
            where = f"{files.credentials_path} and {files.config_path}"
            why = self._ways.reason(name, files) if files.has_profile(name) else f"is not in {where}"
            raise NoCredentialsError([(f"profile {name}", why)])
        kind = type(provider).__name__
        logger.debug("profile %s: %s", name, kind, extra=log_fields(provider=kind, profile=name))
        return Selection(provider)
