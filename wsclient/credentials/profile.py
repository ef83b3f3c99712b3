"""Profile credential provider: any credential settings of the shared config and credentials files.

"Shared config and credentials files", https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html; "Settings
reference", https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Self

from msgspec.structs import replace

from wsclient._core.argument_checks import checked
from wsclient._core.errors import NoCredentialsError
from wsclient._core.lazy_imports import LazyModule
from wsclient._core.logging import log_fields
from wsclient._core.value_kinds import NAME, TEXT_MAP, instance_of, optional, secret
from wsclient.config._client_config import system_environment, system_home
from wsclient.config._settings import ARGUMENT, DEFAULT, resolve_profile
from wsclient.credentials._internal.argument_kinds import CACHE, SECRET_FUNCTION
from wsclient.credentials._internal.context import ProviderContext
from wsclient.credentials._internal.context_factory import provider_context
from wsclient.credentials._internal.delegating import DelegatingProvider, Selection
from wsclient.credentials._profile_sources import ProfileResolver, StaticProfileProvider

if TYPE_CHECKING:
    from wsclient.credentials._internal import cli_cache
else:
    cli_cache = LazyModule("wsclient.credentials._internal.cli_cache")

logger = logging.getLogger("wsclient.credentials")


class ProfileProvider(DelegatingProvider):
    """Provider of the credentials that a profile of the shared files configures.

    It uses the first of these that the profile has, in botocore's order: a role with source_profile or
    credential_source, a web identity, SSO, keys in the credentials file, a login session, a credential process, keys in
    the config file. It reads the files at the first call, and again after the service rejected their keys.

    Args:
        profile: name of the profile; default AWS_PROFILE, then "default".
        environ, home: environment and home directory; default the process's own.
        mfa_code: a function (sync or async) that returns the MFA code for a role with mfa_serial; without a
            function, the terminal or notebook prompts for it.
        cache: stores sessions between runs, as the AWS CLI does.

    get_credentials() raises NoCredentialsError if the profile has no credentials, or if no profile is named and there
    is no default profile; ConfigurationError for a named profile that does not exist, a malformed file and
    contradictory settings; CredentialsError for half a key pair.
    """

    @checked(
        {
            "profile": optional(NAME),
            "environ": secret(optional(TEXT_MAP)),
            "home": optional(instance_of(Path, expected="a pathlib.Path")),
            "mfa_code": optional(SECRET_FUNCTION),
            "cache": CACHE,
        }
    )
    def __init__(
        self,
        profile: str | None = None,
        *,
        environ: Mapping[str, str] | None = None,
        home: Path | None = None,
        mfa_code: Callable[[], str | Awaitable[str]] | None = None,
        cache: cli_cache.CliCache | None = None,
        _visited: tuple[str, ...] = (),
    ) -> None:
        super().__init__()
        self._environ = system_environment() if environ is None else environ
        self._home = system_home(self._environ) if home is None else home
        self._profile = resolve_profile(self._environ, profile)
        self._resolver = ProfileResolver(
            environ=self._environ,
            source_profile=lambda name, visited: ProfileProvider(
                name, environ=self._environ, home=self._home, mfa_code=mfa_code, cache=cache, _visited=visited
            ),
            mfa_code=mfa_code,
            cache=cache,
            uses_environment=profile is None,
            visited=_visited,
        )

    def explain(self) -> str:
        """Return which provider the profile selected, without reading any file."""
        chosen = self._choice.provider
        provider = "not read yet" if chosen is None else type(chosen).__name__
        return f"profile {self._profile.value} (chosen by {self._profile.source}): {provider}"

    def invalidate(self, access_key_id: str) -> bool:
        """Invalidate a rejected key in the selected provider; keys in a file are read again, as they may be new."""
        chosen = self._choice.provider
        if not isinstance(chosen, StaticProfileProvider):
            return super().invalidate(access_key_id)
        if chosen.access_key_id == access_key_id:
            self._choice.provider = None
        return True

    def with_context(self, context: ProviderContext) -> Self:
        """Return a copy with the same files, profile and selected provider, whose own calls use context."""
        return super().with_context(replace(context, environ=self._environ, home=self._home))

    def _provider_context(self) -> ProviderContext:
        if self._context is None:
            profile = self._profile.value if self._profile.source == ARGUMENT else None
            self._context = provider_context(environ=self._environ, home=self._home, profile=profile)
        return self._context

    async def _select(self, context: ProviderContext) -> Selection:
        files = await context.shared_files()
        name = self._profile.value
        if self._profile.source != DEFAULT:
            files.require_profile(name, self._profile.source)
        provider = self._resolver.find_provider(name, files)
        if provider is None:
            where = f"{files.credentials_path} or {files.config_path}"
            missing = (
                f"is not in {where}" if (hint := files.missing_hint(name)) is None else f"is not in {where}: {hint}"
            )
            reason = self._resolver.reason(name, files) if files.has_profile(name) else missing
            raise NoCredentialsError([(f"profile {name}", reason)])
        provider_type = type(provider).__name__
        logger.debug("profile %s: %s", name, provider_type, extra=log_fields(provider=provider_type, profile=name))
        return Selection(provider)
