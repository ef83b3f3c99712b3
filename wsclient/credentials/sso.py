"""SSO credential provider: roles of AWS IAM Identity Center.

"IAM Identity Center credential provider", https://docs.aws.amazon.com/sdkref/latest/guide/feature-sso-credentials.html;
"GetRoleCredentials", https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, Final
from urllib.parse import quote

from msgspec import structs

from wsclient._core.argument_checks import checked
from wsclient._core.errors import ConfigurationError, ConnectError, CredentialsRefreshError
from wsclient._core.features import PROFILE_SSO, PROFILE_SSO_LEGACY, SSO, SSO_LEGACY
from wsclient._core.hosts import is_host_label
from wsclient._core.http import HttpRequest, HttpResponse
from wsclient._core.utils import is_mapping
from wsclient._core.value_kinds import TEXT, optional
from wsclient.config._profiles import setting_text
from wsclient.config._settings import resolve_profile
from wsclient.credentials._internal.argument_kinds import CACHE
from wsclient.credentials._internal.cli_cache import CliCache, sso_key
from wsclient.credentials._internal.fetch import bounded_time, fetch, parse_credentials, parse_json_object
from wsclient.credentials._internal.refreshing import RefreshingProvider
from wsclient.credentials._internal.sso_token import TIMEOUT, Login, current_token, login_required_error
from wsclient.endpoints._sso import SsoSettings, sso_url

if TYPE_CHECKING:
    from wsclient._core.credentials import Credentials
    from wsclient.config._profiles import SharedFiles
    from wsclient.credentials._internal.context import ProviderContext
    from wsclient.endpoints._sso import SsoService

PROFILE_KEYS: Final = ("sso_account_id", "sso_role_name")
SESSION_KEYS: Final = ("sso_start_url", "sso_region")
UNAUTHORIZED, FORBIDDEN, NOT_FOUND = 401, 403, 404
FIPS_LABEL: Final = "-fips."
FIPS_HINT: Final = (
    "IAM Identity Center has FIPS endpoints in few regions. To use FIPS for the client's calls alone, unset "
    "AWS_USE_FIPS_ENDPOINT, and pass use_fips=True and credentials=ProcessProvider('aws configure export-credentials "
    "--profile NAME')"
)


class SsoProvider(RefreshingProvider):
    """Provider that gets a role's credentials for the token of `aws sso login`, and refreshes them before they expire.

    Args:
        account_id, role_name: account ID of 12 digits, and the permission set in it.
        start_url, region: start URL of the login, https://NAME.awsapps.com/start, and its region.
        session_name: sso-session of the config file; without a session, the token is that of a legacy login, which is
            not renewed.
        profile: profile whose settings override the endpoints (AWS_ENDPOINT_URL_SSO and _SSO_OIDC, services), and which
            errors name in the login command.
        cache: stores the credentials between runs, as the AWS CLI does.

    FIPS and dual-stack follow the client, and without one the environment and the profile. The token is read from
    ~/.aws/sso/cache. In its last 15 minutes it is renewed, if the login allows that, and written back to the file,
    which the AWS CLI shares.
    """

    name: ClassVar[str] = "SSO"

    @checked(
        {
            **dict.fromkeys(("account_id", "role_name", "start_url", "region"), TEXT),
            **dict.fromkeys(("session_name", "profile"), optional(TEXT)),
            "cache": CACHE,
        }
    )
    def __init__(
        self,
        *,
        account_id: str,
        role_name: str,
        start_url: str,
        region: str,
        session_name: str | None = None,
        profile: str | None = None,
        cache: CliCache | None = None,
    ) -> None:
        super().__init__(disk=cache)
        if not is_host_label(region):
            raise ConfigurationError(f"the region of an SSO login must be like us-east-1 (got {region!r:.80})")
        self._account_id = account_id
        self._role_name = role_name
        self._login = Login(start_url=start_url, region=region, session_name=session_name, profile=profile)
        self._profile = profile

    @property
    def _features(self) -> frozenset[str]:
        return self._origin | {SSO if self._login.session_name else SSO_LEGACY}

    async def _fetch(self, context: ProviderContext) -> Credentials:
        portal = await self._url("sso", context)
        try:
            return await self._role_credentials(portal, context)
        except CredentialsRefreshError as error:
            if FIPS_LABEL not in portal or not isinstance(error.__cause__, ConnectError):
                raise
            raise CredentialsRefreshError(f"{error}. {FIPS_HINT}", can_heal=error.can_heal) from error.__cause__

    async def _role_credentials(self, portal: str, context: ProviderContext) -> Credentials:
        request = await self._request(portal, context)
        response = await fetch(
            context.send, request, TIMEOUT, context, source="SSO", make_error=self._error_from_response
        )
        return self._credentials(response)

    async def _request(self, portal: str, context: ProviderContext) -> HttpRequest:
        token = await current_token(self._login, await self._url("sso_oidc", context), context)
        query = f"role_name={quote(self._role_name, safe='')}&account_id={quote(self._account_id, safe='')}"
        headers = (
            ("host", portal.split("/")[2]),
            ("accept", "application/json"),
            ("accept-encoding", "identity"),
            ("x-amz-sso_bearer_token", token),
        )
        return HttpRequest("GET", f"{portal}/federation/credentials?{query}", headers, b"")

    async def _url(self, service: SsoService, context: ProviderContext) -> str:
        """Return the URL of an SSO service by the settings of the client, or of the environment and the profile."""
        config = context.config
        if config is None or not context.has_given_config:
            lookup = await context.lookup(resolve_profile(context.environ, self._profile).value)
            settings = SsoSettings.from_lookup(service, lookup)
        else:
            url = config.sso_endpoint_url if service == "sso" else config.sso_oidc_endpoint_url
            settings = SsoSettings(endpoint_url=url)
        if config is not None:
            settings = structs.replace(settings, use_fips=config.use_fips, use_dualstack=config.use_dualstack)
        return sso_url(service, self._login.region, settings)

    def _credentials(self, response: HttpResponse) -> Credentials:
        role_credentials = parse_json_object(response.body, "SSO").get("roleCredentials")
        expiration_ms = role_credentials.get("expiration") if is_mapping(role_credentials) else None
        if (
            not is_mapping(role_credentials)
            or not isinstance(expiration_ms, int)
            or not role_credentials.get("sessionToken")
        ):
            raise CredentialsRefreshError("SSO returned credentials without an expiration or session token")
        members = {
            "AccessKeyId": role_credentials.get("accessKeyId"),
            "SecretAccessKey": role_credentials.get("secretAccessKey"),
            "Token": role_credentials.get("sessionToken"),
            "AccountId": self._account_id,
        }
        try:
            expiration = datetime.fromtimestamp(expiration_ms / 1000, UTC)
        except (OverflowError, OSError, ValueError):
            raise CredentialsRefreshError("SSO returned an expiration that is not a valid time") from None
        return replace(parse_credentials(members, "SSO"), expiration=bounded_time(expiration, "SSO"))

    def _error_from_response(self, response: HttpResponse) -> CredentialsRefreshError:
        if response.status == UNAUTHORIZED:
            return login_required_error(self._login, "is no longer valid (HTTP 401)")
        role = f"role {self._role_name} in account {self._account_id}"
        problems = {FORBIDDEN: "is not assigned to this user", NOT_FOUND: "does not exist"}
        problem = problems.get(response.status, "was rejected")
        return CredentialsRefreshError(f"SSO: {role} {problem} (HTTP {response.status})", can_heal=False)

    def _disk_key(self) -> str:
        login = self._login
        return sso_key(
            account_id=self._account_id,
            role_name=self._role_name,
            session_name=login.session_name,
            start_url=login.start_url,
        )


def sso_provider_from_profile(profile: str, files: SharedFiles, *, cache: CliCache | None = None) -> SsoProvider | None:
    """Return the provider that a profile configures, or None if it sets neither account nor role.

    Raises ConfigurationError for missing settings, a contradiction to the sso-session, or an unknown sso-session.
    """
    settings = files.profile(profile)
    if not any(key in settings for key in PROFILE_KEYS):
        return None
    where = f"profile {profile} in {files.config_path}"
    keys = (*PROFILE_KEYS, *SESSION_KEYS)
    values = {key: setting_text(settings, key, files.setting_source(profile, key)) for key in keys}
    session_name = setting_text(settings, "sso_session", files.setting_source(profile, "sso_session")) or None
    if session_name is not None:
        values |= _session_settings(session_name, values, files, where)
    missing = [key for key, value in values.items() if not value]
    if missing:
        raise ConfigurationError(f"{where} is set up for SSO without {', '.join(missing)}")
    provider = SsoProvider(
        account_id=values["sso_account_id"],
        role_name=values["sso_role_name"],
        start_url=values["sso_start_url"],
        region=values["sso_region"],
        session_name=session_name,
        profile=profile,
        cache=cache,
    )
    return provider.configured_by(PROFILE_SSO if session_name is not None else PROFILE_SSO_LEGACY)


def _session_settings(name: str, profile_values: dict[str, str], files: SharedFiles, where: str) -> dict[str, str]:
    """Return the settings of an sso-session. Raises ConfigurationError if the profile has a different value."""
    if name not in files.sso_sessions:
        raise ConfigurationError(f"{where} names sso_session {name}, but [sso-session {name}] does not exist")
    section = files.sso_sessions[name]
    source = f"[sso-session {name}] in {files.config_path}"
    session_values = {key: setting_text(section, key, source) for key in SESSION_KEYS}
    for key, value in session_values.items():
        if profile_values[key] and profile_values[key] != value:
            raise ConfigurationError(f"{key} of {where} and of [sso-session {name}] differ; remove it from the profile")
    return session_values
