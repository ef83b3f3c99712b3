"""Which way to credentials a profile describes, in the order in which botocore asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

import msgspec

from wsclient._core.credentials import make_credentials
from wsclient._core.errors import ConfigurationError, CredentialsError
from wsclient._core.reprs import RedactedStruct
from wsclient.config._profiles import setting_text
from wsclient.credentials.static import StaticProvider

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from wsclient._core.credentials import Credentials, CredentialsProvider
    from wsclient.config._profiles import Section, SharedFiles
    from wsclient.credentials._internal.cli_cache import CliCache

ACCESS_KEY: Final = "aws_access_key_id"
SECRET_KEY: Final = "aws_secret_access_key"  # noqa: S105 - a setting's name
TOKENS: Final = ("aws_security_token", "aws_session_token")
"""The older name goes first, as in botocore: both tools must find the same identity."""
ACCOUNT: Final = "aws_account_id"
SOURCES: Final = ("Environment", "Ec2InstanceMetadata", "EcsContainer")
"""What credential_source may name."""
ONLY_WITH_A_ROLE: Final = ("source_profile", "credential_source")
TOKEN_FILE_VARIABLE: Final = "AWS_WEB_IDENTITY_TOKEN_FILE"  # noqa: S105 - a variable's name
ONLY_WITH_AN_ACCOUNT: Final = ("sso_session", "sso_start_url")


class StaticProfileProvider(StaticProvider):
    """Keys that stand in a file."""

    def __init__(self, credentials: Credentials) -> None:
        super().__init__(credentials)
        self.access_key_id = credentials.access_key_id


class ProfileResolver(RedactedStruct, frozen=True, kw_only=True):
    """Reads the ways to credentials out of the AWS files.

    source_profile makes the provider of a profile that another one names, given the profiles on the way there;
    asks_environment says whether the web identity of the environment counts, as it does unless a profile was named;
    visited are the profiles on the way here, the first one first.
    """

    _hidden_fields: ClassVar[frozenset[str]] = frozenset({"environ"})

    environ: Mapping[str, str]
    source_profile: Callable[[str, tuple[str, ...]], CredentialsProvider]
    mfa_code: Callable[[], str | Awaitable[str]] | None
    cache: CliCache | None
    asks_environment: bool
    visited: tuple[str, ...]

    def provider_of(self, name: str, files: SharedFiles) -> CredentialsProvider | None:
        """Return the provider that a profile describes, None when it describes none."""
        settings, said = files.profile(name), _Settings(name, files)
        # A profile may take its own keys as the source of its role.
        is_own_source = bool(self.visited) and any(settings.get(key) for key in (ACCESS_KEY, SECRET_KEY))
        if "role_arn" in settings and "web_identity_token_file" not in settings and not is_own_source:
            return self._role(said)
        return (
            self._web_identity(said)
            or self._sso(said)
            or _keys(files.credentials.get(name, {}), f"profile {name} in {files.credentials_path}")
            or _login(said)
            or _process(said)
            or _keys(files.profiles.get(name, {}), f"profile {name} in {files.config_path}")
        )

    def reason(self, name: str, files: SharedFiles) -> str:
        """Say why a profile that is there gives no credentials."""
        settings = files.profile(name)
        for names, missing in ((ONLY_WITH_A_ROLE, "role_arn"), (ONLY_WITH_AN_ACCOUNT, "sso_account_id")):
            lone = next((key for key in names if settings.get(key)), None)
            if lone is not None:
                return f"has {lone} without {missing}, in {files.config_path}"
        return f"has no {ACCESS_KEY} in {files.credentials_path} and {files.config_path}"

    def _role(self, said: _Settings) -> CredentialsProvider:
        duration = said.text("duration_seconds")
        if duration and not (duration.isascii() and duration.isdigit()):
            raise ConfigurationError(
                f"duration_seconds of {said.where('duration_seconds')} must be a number of seconds"
            )
        from wsclient.credentials.assume_role import AssumeRoleProvider  # noqa: PLC0415 - only profiles with a role

        serial = said.text("mfa_serial") or None
        try:
            return AssumeRoleProvider(
                role_arn=said.text("role_arn"),
                source=self._source(said),
                role_session_name=said.text("role_session_name") or None,
                duration_seconds=int(duration) if duration else None,
                external_id=said.text("external_id") or None,
                mfa_serial=serial,
                mfa_code=self.mfa_code if serial else None,
                cache=self.cache,
            )
        except ConfigurationError as error:
            raise said.wrong(error) from None

    def _source(self, said: _Settings) -> CredentialsProvider:
        """Return the credentials that assume a profile's role."""
        profile, source = said.text("source_profile"), said.text("credential_source")
        if bool(profile) == bool(source):
            both = (
                "both source_profile and credential_source"
                if profile
                else "neither source_profile nor credential_source"
            )
            raise ConfigurationError(f"{said.where('role_arn')} has a role_arn and {both}: it needs one of them")
        if profile:
            return self._source_profile(said, profile)
        if source not in SOURCES:
            raise ConfigurationError(
                f"credential_source of {said.where('credential_source')} must be one of {', '.join(SOURCES)}, "
                f"not {source!r:.80}"
            )
        return self._credential_source(said.name, source)

    def _credential_source(self, profile: str, source: str) -> CredentialsProvider:
        # Each provider is imported only by the profiles that name it: importing all takes as long as a first call.
        if source == "Environment":
            from wsclient.credentials.environment import EnvironmentProvider  # noqa: PLC0415 - as above

            return EnvironmentProvider(self.environ)
        if source == "EcsContainer":
            from wsclient.credentials.container import ContainerProvider  # noqa: PLC0415 - as above

            return ContainerProvider()
        from wsclient.credentials.imds import ImdsProvider  # noqa: PLC0415 - as above

        return ImdsProvider(profile=profile)

    def _source_profile(self, said: _Settings, source: str) -> CredentialsProvider:
        if not said.files.has_profile(source):
            said.files.require_profile(source, f"source_profile of {said.where('source_profile')}")
        visited = (*self.visited, said.name)
        settings = said.files.profile(source)
        is_itself = source == said.name and any(settings.get(key) for key in (ACCESS_KEY, SECRET_KEY))
        if source in visited and not is_itself:
            raise ConfigurationError(
                f"source_profile of {said.where('source_profile')} leads in a circle: {' -> '.join((*visited, source))}"
            )
        return self.source_profile(source, visited)

    def _web_identity(self, said: _Settings) -> CredentialsProvider | None:
        token_file = self._web_setting(said, "web_identity_token_file", TOKEN_FILE_VARIABLE)
        if not token_file:
            return None
        role_arn = self._web_setting(said, "role_arn", "AWS_ROLE_ARN")
        if not role_arn:
            raise ConfigurationError(
                f"a web identity token file is set ({token_file}) and no role: set AWS_ROLE_ARN, or role_arn of "
                f"profile {said.name}"
            )
        from wsclient.credentials.web_identity import WebIdentityProvider  # noqa: PLC0415 - as above

        session = self._web_setting(said, "role_session_name", "AWS_ROLE_SESSION_NAME")
        try:
            return WebIdentityProvider(
                role_arn=role_arn, token_file=token_file, role_session_name=session or None, cache=self.cache
            )
        except ConfigurationError as error:
            raise said.wrong(error) from None

    def _sso(self, said: _Settings) -> CredentialsProvider | None:
        if not any(key.startswith("sso_") for key in said.files.profile(said.name)):
            return None
        from wsclient.credentials.sso import sso_provider_of  # noqa: PLC0415 - most profiles go another way

        return sso_provider_of(said.name, said.files, cache=self.cache)

    def _web_setting(self, said: _Settings, key: str, variable: str) -> str:
        """Return a setting of the environment, where that counts, else of the profile."""
        from_environment = self.environ.get(variable, "").strip() if self.asks_environment else ""
        return from_environment or said.text(key)


class _Settings(msgspec.Struct, frozen=True):
    """The settings of one profile, and where each of them stands."""

    name: str
    files: SharedFiles

    def text(self, key: str) -> str:
        """Return a setting's text, "" when it is not there."""
        return setting_text(self.files.profile(self.name), key, self.where(key))

    def where(self, key: str) -> str:
        """Say in which file a setting stands."""
        return self.files.setting_source(self.name, key)

    def wrong(self, error: ConfigurationError) -> ConfigurationError:
        """Return an error that says which profile is wrong."""
        return ConfigurationError(f"profile {self.name} in {self.files.config_path}: {error}")


def _login(said: _Settings) -> CredentialsProvider | None:
    if not said.text("login_session"):
        return None
    from wsclient.credentials.login import LoginProvider  # noqa: PLC0415 - as above

    return LoginProvider(profile=said.name)


def _process(said: _Settings) -> CredentialsProvider | None:
    command = said.text("credential_process")
    where = f"credential_process of {said.where('credential_process')}"
    if not command:
        return None
    from wsclient.credentials.process import ProcessProvider  # noqa: PLC0415 - as above

    return ProcessProvider(command, where=where)


def _keys(section: Section, where: str) -> CredentialsProvider | None:
    """Return the keys of a section, None when it has none.

    Raises CredentialsError for half a pair, ConfigurationError for a value that runs over several lines.
    """
    names = (ACCESS_KEY, SECRET_KEY, *TOKENS, ACCOUNT)
    values = {name: text for name in names if (text := setting_text(section, name, where))}
    missing = [name for name in (ACCESS_KEY, SECRET_KEY) if name not in values]
    if len(missing) == 1:
        raise CredentialsError(f"{where} lacks {missing[0]}: half a key pair is of no use")
    if missing:
        return None
    token = next((values[name] for name in TOKENS if name in values), None)
    return StaticProfileProvider(
        make_credentials(where, values[ACCESS_KEY], values[SECRET_KEY], token, account_id=values.get(ACCOUNT))
    )
