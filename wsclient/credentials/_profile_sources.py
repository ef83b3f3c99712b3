"""Resolution of a profile to the credential provider that it configures, in botocore's order."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import msgspec

from wsclient._core.credentials import lacks_session_token, make_credentials
from wsclient._core.errors import ConfigurationError, CredentialsError
from wsclient._core.features import (
    ENVIRONMENT_WEB_IDENTITY,
    PROFILE,
    PROFILE_NAMED_PROVIDER,
    PROFILE_PROCESS,
    PROFILE_SOURCE_PROFILE,
    PROFILE_WEB_IDENTITY,
)
from wsclient._core.reprs import RedactedStruct
from wsclient.config._profiles import setting_text
from wsclient.config._settings import MAX_NUMBER_DIGITS
from wsclient.credentials.static import StaticProvider

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from wsclient._core.credentials import Credentials, CredentialsProvider
    from wsclient.config._profiles import Section, SharedFiles
    from wsclient.credentials._internal.cli_cache import CliCache

ACCESS_KEY: Final = "aws_access_key_id"
SECRET_KEY: Final = "aws_secret_access_key"  # noqa: S105 - a setting's name
TOKENS: Final = ("aws_security_token", "aws_session_token")
"""botocore reads the older name first; both tools must find the same identity."""
ACCOUNT: Final = "aws_account_id"
SOURCES: Final = ("Environment", "Ec2InstanceMetadata", "EcsContainer")
"""Valid values of credential_source."""
NEEDS_ROLE_ARN: Final = ("source_profile", "credential_source")
"""Settings that have no effect without role_arn."""
WEB_IDENTITY: Final = {
    "web_identity_token_file": "AWS_WEB_IDENTITY_TOKEN_FILE",
    "role_arn": "AWS_ROLE_ARN",
    "role_session_name": "AWS_ROLE_SESSION_NAME",
}
"""Environment variables of a web identity, by setting."""
NEEDS_SSO_ACCOUNT: Final = ("sso_session", "sso_start_url")
"""Settings that have no effect without sso_account_id."""


class StaticProfileProvider(StaticProvider):
    """Provider of access keys in a shared file."""

    _own_features: ClassVar[frozenset[str]] = frozenset({PROFILE})

    def __init__(self, credentials: Credentials) -> None:
        super().__init__(credentials)
        self.access_key_id = credentials.access_key_id


class ProfileResolver(RedactedStruct, frozen=True, kw_only=True):
    """Resolver from the shared config and credentials files to a profile's provider.

    source_profile creates the provider of a profile that another profile names; its arguments are the name and the
    chain of profiles up to it. uses_environment is False for a profile passed as an argument: the environment's web
    identity is then ignored. visited is the chain of profiles that led to this one, in order.
    """

    _hidden_fields: ClassVar[frozenset[str]] = frozenset({"environ"})

    environ: Mapping[str, str]
    source_profile: Callable[[str, tuple[str, ...]], CredentialsProvider]
    mfa_code: Callable[[], str | Awaitable[str]] | None
    cache: CliCache | None
    uses_environment: bool
    visited: tuple[str, ...]

    def find_provider(self, name: str, files: SharedFiles) -> CredentialsProvider | None:
        """Return the provider that a profile configures, or None if it configures no credentials."""
        section, settings = files.profile(name), _Settings(name, files)
        # With source_profile set to itself, a profile uses its own keys for its role.
        is_own_source = bool(self.visited) and any(section.get(key) for key in (ACCESS_KEY, SECRET_KEY))
        if "role_arn" in section and "web_identity_token_file" not in section and not is_own_source:
            return self._role(settings)
        return (
            self._web_identity(settings)
            or self._sso(settings)
            or _static_keys(files.credentials.get(name, {}), f"profile {name} in {files.credentials_path}")
            or _login(settings)
            or _process(settings)
            or _static_keys(files.profiles.get(name, {}), f"profile {name} in {files.config_path}")
        )

    def reason(self, name: str, files: SharedFiles) -> str:
        """Return why an existing profile has no credentials."""
        section = files.profile(name)
        for names, missing in ((NEEDS_ROLE_ARN, "role_arn"), (NEEDS_SSO_ACCOUNT, "sso_account_id")):
            setting = next((key for key in names if section.get(key)), None)
            if setting is not None:
                return f"has {setting} without {missing} in {files.config_path}"
        for key in section:
            if key.endswith(f" {ACCESS_KEY}"):
                return f"has {key!r} in {files.setting_source(name, key)}: start the line with the setting's name"
        return f"has no {ACCESS_KEY} in {files.credentials_path} or {files.config_path}"

    def _role(self, settings: _Settings) -> CredentialsProvider:
        duration = settings.text("duration_seconds")
        if duration and not (duration.isascii() and duration.isdigit() and len(duration) <= MAX_NUMBER_DIGITS):
            raise ConfigurationError(
                f"duration_seconds of {settings.where('duration_seconds')} must be a number of seconds"
            )
        from wsclient.credentials.assume_role import AssumeRoleProvider  # noqa: PLC0415 - only profiles with a role

        serial, source = settings.text("mfa_serial") or None, self._source(settings)
        try:
            provider = AssumeRoleProvider(
                role_arn=settings.text("role_arn"),
                source=source,
                role_session_name=settings.text("role_session_name") or None,
                duration_seconds=int(duration) if duration else None,
                external_id=settings.text("external_id") or None,
                mfa_serial=serial,
                mfa_code=self.mfa_code if serial else None,
                cache=self.cache,
            )
        except ConfigurationError as error:
            raise settings.error_in_profile(error) from None
        if settings.text("source_profile"):
            return provider.configured_by(PROFILE_SOURCE_PROFILE, PROFILE)
        return provider.configured_by(PROFILE_NAMED_PROVIDER)

    def _source(self, settings: _Settings) -> CredentialsProvider:
        """Return the provider of the credentials that assume a profile's role."""
        profile, source = settings.text("source_profile"), settings.text("credential_source")
        if bool(profile) == bool(source):
            problem = (
                "both source_profile and credential_source"
                if profile
                else "neither source_profile nor credential_source"
            )
            raise ConfigurationError(
                f"{settings.where('role_arn')} has a role_arn and {problem}; set exactly one of them"
            )
        if profile:
            return self._source_profile(settings, profile)
        if source not in SOURCES:
            raise ConfigurationError(
                f"credential_source of {settings.where('credential_source')} must be one of {', '.join(SOURCES)} "
                f"(got {source!r:.80})"
            )
        return self._credential_source(settings.name, source)

    def _credential_source(self, profile: str, source: str) -> CredentialsProvider:
        # Only the profiles that need a provider import it: importing all of them takes as long as a first call.
        if source == "Environment":
            from wsclient.credentials.environment import EnvironmentProvider  # noqa: PLC0415 - as above

            return EnvironmentProvider(self.environ)
        if source == "EcsContainer":
            from wsclient.credentials.container import ContainerProvider  # noqa: PLC0415 - as above

            return ContainerProvider()
        from wsclient.credentials.imds import ImdsProvider  # noqa: PLC0415 - as above

        return ImdsProvider(profile=profile)

    def _source_profile(self, settings: _Settings, source: str) -> CredentialsProvider:
        if not settings.files.has_profile(source):
            settings.files.require_profile(source, f"source_profile of {settings.where('source_profile')}")
        visited = (*self.visited, settings.name)
        section = settings.files.profile(source)
        is_self_reference = source == settings.name and any(section.get(key) for key in (ACCESS_KEY, SECRET_KEY))
        if source in visited and not is_self_reference:
            raise ConfigurationError(
                f"source_profile of {settings.where('source_profile')} forms a cycle: {' -> '.join((*visited, source))}"
            )
        return self.source_profile(source, visited)

    def _web_identity(self, settings: _Settings) -> CredentialsProvider | None:
        token_file, role_arn, session = (self._web_setting(settings, *setting) for setting in WEB_IDENTITY.items())
        if not token_file:
            return None
        if not role_arn:
            raise ConfigurationError(
                f"a web identity token file is set ({token_file}) without a role; set AWS_ROLE_ARN, or role_arn of "
                f"profile {settings.name}"
            )
        from wsclient.credentials.web_identity import WebIdentityProvider  # noqa: PLC0415 - as above

        try:
            provider = WebIdentityProvider(
                role_arn=role_arn, token_file=token_file, role_session_name=session or None, cache=self.cache
            )
        except ConfigurationError as error:
            raise self._web_identity_error(settings, error) from None
        used = [variable for key, variable in WEB_IDENTITY.items() if self._web_setting(settings, key, variable)]
        in_environment = [name for name in used if self._web_variable(name)]
        return provider.configured_by(
            *([ENVIRONMENT_WEB_IDENTITY] if in_environment else []),
            *([PROFILE_WEB_IDENTITY] if len(in_environment) < len(used) else []),
        )

    def _web_identity_error(self, settings: _Settings, error: ConfigurationError) -> ConfigurationError:
        """Return an error about a setting with its source: the variable, or the profile with its file."""
        setting, space, problem = str(error).partition(" ")
        variable = WEB_IDENTITY.get(setting, "")
        if not self._web_variable(variable):
            return settings.error_in_profile(error)
        return ConfigurationError(f"{variable}{space}{problem}")

    def _sso(self, settings: _Settings) -> CredentialsProvider | None:
        if not any(key.startswith("sso_") for key in settings.files.profile(settings.name)):
            return None
        from wsclient.credentials.sso import sso_provider_from_profile  # noqa: PLC0415 - few profiles use SSO

        return sso_provider_from_profile(settings.name, settings.files, cache=self.cache)

    def _web_setting(self, settings: _Settings, key: str, variable: str) -> str:
        """Return a web identity setting of the environment, if it is used, or of the profile."""
        return self._web_variable(variable) or settings.text(key)

    def _web_variable(self, variable: str) -> str:
        return self.environ.get(variable, "").strip() if self.uses_environment else ""


class _Settings(msgspec.Struct, frozen=True):
    """Settings of one profile, with the source of each for error messages."""

    name: str
    files: SharedFiles

    def text(self, key: str) -> str:
        """Return a setting, or "" if it is not set."""
        return setting_text(self.files.profile(self.name), key, self.where(key))

    def where(self, key: str) -> str:
        """Return the profile and file of a setting, for error messages."""
        return self.files.setting_source(self.name, key)

    def error_in_profile(self, error: ConfigurationError) -> ConfigurationError:
        """Return an error with the profile's name and file in front of the message."""
        return ConfigurationError(f"profile {self.name} in {self.files.config_path}: {error}")


def _login(settings: _Settings) -> CredentialsProvider | None:
    if not settings.text("login_session"):
        return None
    from wsclient.credentials.login import LoginProvider  # noqa: PLC0415 - as above

    return LoginProvider(profile=settings.name)


def _process(settings: _Settings) -> CredentialsProvider | None:
    command = settings.text("credential_process")
    where = f"credential_process of {settings.where('credential_process')}"
    if not command:
        return None
    from wsclient.credentials.process import ProcessProvider  # noqa: PLC0415 - as above

    provider = ProcessProvider(command, where=where, _account_id=settings.text(ACCOUNT) or None)
    return provider.configured_by(PROFILE_PROCESS)


def _static_keys(section: Section, where: str) -> CredentialsProvider | None:
    """Return the provider of a section's access keys, or None if it has no keys.

    Raises CredentialsError for half a key pair, ConfigurationError for a value that spans several lines.
    """
    names = (ACCESS_KEY, SECRET_KEY, *TOKENS, ACCOUNT)
    values = {name: text for name in names if (text := setting_text(section, name, where))}
    missing = [name for name in (ACCESS_KEY, SECRET_KEY) if name not in values]
    if len(missing) == 1:
        raise CredentialsError(f"{where} has half a key pair: {missing[0]} is missing")
    if missing:
        return None
    token = next((values[name] for name in TOKENS if name in values), None)
    if lacks_session_token(values[ACCESS_KEY], token):
        raise CredentialsError(f"{where} has a temporary key (ASIA...) without {TOKENS[-1]}; set it, too")
    return StaticProfileProvider(
        make_credentials(where, values[ACCESS_KEY], values[SECRET_KEY], token, account_id=values.get(ACCOUNT))
    )
