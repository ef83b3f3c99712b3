"""Credentials of a role that somebody may take after logging in to AWS IAM Identity Center (SSO).

"IAM Identity Center credential provider", https://docs.aws.amazon.com/sdkref/latest/guide/feature-sso-credentials.html;
"GetRoleCredentials", https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, Final
from urllib.parse import quote

from wsclient._core.errors import ConfigurationError, CredentialsRefreshError
from wsclient._core.hosts import is_host_label, parse_url
from wsclient._core.http import HttpRequest, HttpResponse
from wsclient._core.utils import is_mapping
from wsclient._generated.partitions import PARTITIONS
from wsclient.config._profiles import setting_text
from wsclient.config._settings import resolve_profile
from wsclient.credentials._internal.cli_cache import sso_key
from wsclient.credentials._internal.fetch import fetch, parse_credentials, parse_json_object
from wsclient.credentials._internal.refreshing import RefreshingProvider
from wsclient.credentials._internal.sso_token import TIMEOUT, Login, current_token, login_required_error
from wsclient.endpoints._types import find_partition

if TYPE_CHECKING:
    from wsclient._core.credentials import Credentials
    from wsclient.config._profiles import SharedFiles
    from wsclient.credentials._internal.cli_cache import CliCache
    from wsclient.credentials._internal.context import ProviderContext

OF_PROFILE: Final = ("sso_account_id", "sso_role_name")
OF_SESSION: Final = ("sso_start_url", "sso_region")
UNAUTHORIZED, FORBIDDEN, NOT_FOUND = 401, 403, 404


class SsoProvider(RefreshingProvider):
    """Trades the token of `aws sso login` for a role's credentials, and again before they expire.

    Args:
        account_id, role_name: the account of 12 digits, and the permission set in it.
        start_url, region: where the login is, https://NAME.awsapps.com/start, and the region it lives in.
        session_name: the sso-session of the AWS files; without one, the token is that of an older login, which is not
            renewed.
        profile: whose settings say where the service is reached (AWS_ENDPOINT_URL_SSO and _SSO_OIDC, services).
        cache: keeps the credentials between runs, as the AWS CLI does.

    The token is read from ~/.aws/sso/cache, renewed in its last 15 minutes where the login allows that, and written
    back for the AWS CLI to find.
    """

    name: ClassVar[str] = "SSO"

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
            raise ConfigurationError(f"the region of an SSO login must be like us-east-1, not {region!r:.80}")
        self._account_id = account_id
        self._role_name = role_name
        self._login = Login(start_url=start_url, region=region, session_name=session_name)
        self._profile = profile

    async def _fetch(self, surroundings: ProviderContext) -> Credentials:
        token = await current_token(self._login, await self._url("oidc", "sso_oidc", surroundings), surroundings)
        portal = await self._url("portal.sso", "sso", surroundings)
        query = f"role_name={quote(self._role_name, safe='')}&account_id={quote(self._account_id, safe='')}"
        headers = (
            ("host", portal.split("/")[2]),
            ("accept", "application/json"),
            ("x-amz-sso_bearer_token", token),
        )
        request = HttpRequest("GET", f"{portal}/federation/credentials?{query}", headers, b"")
        answer = await fetch(surroundings.send, request, TIMEOUT, surroundings, whom="SSO", refusal=self._refused)
        return self._credentials(answer)

    async def _url(self, label: str, service: str, surroundings: ProviderContext) -> str:
        """Return where a service of SSO is: the configured URL, else the region's own."""
        lookup = await surroundings.lookup(resolve_profile(surroundings.environ, self._profile).value)
        configured = lookup.endpoint_url(service)
        if configured.value is None:
            region = self._login.region
            partition = find_partition(region) or PARTITIONS[0]
            return f"https://{label}.{region}.{partition.dns_suffix}"
        try:
            url = parse_url(configured.value)
        except ValueError as error:
            raise ConfigurationError(f"the URL of {service} ({configured.source}) {error}") from None
        if url.scheme != "https":
            # It carries a token that is as good as a password.
            raise ConfigurationError(f"the URL of {service} ({configured.source}) must be https")
        return str(url).rstrip("/")

    def _credentials(self, answer: HttpResponse) -> Credentials:
        given = parse_json_object(answer.body, "SSO").get("roleCredentials")
        ends = given.get("expiration") if is_mapping(given) else None
        if not is_mapping(given) or not isinstance(ends, int) or not given.get("sessionToken"):
            raise CredentialsRefreshError("SSO answered without whole credentials")
        members = {
            "AccessKeyId": given.get("accessKeyId"),
            "SecretAccessKey": given.get("secretAccessKey"),
            "Token": given.get("sessionToken"),
            "AccountId": self._account_id,
        }
        try:
            expiration = datetime.fromtimestamp(ends / 1000, UTC)
        except (OverflowError, OSError, ValueError):
            raise CredentialsRefreshError("SSO answered with an expiration that is no time") from None
        return replace(parse_credentials(members, "SSO"), expiration=expiration)

    def _refused(self, answer: HttpResponse) -> CredentialsRefreshError:
        if answer.status == UNAUTHORIZED:
            return login_required_error(self._login, "is not valid any more (HTTP 401)")
        role = f"role {self._role_name} in account {self._account_id}"
        why = {FORBIDDEN: "is not assigned to this user", NOT_FOUND: "is not known"}.get(answer.status, "was refused")
        return CredentialsRefreshError(f"SSO: {role} {why} (HTTP {answer.status})", can_heal=False)

    def _disk_key(self) -> str:
        login = self._login
        return sso_key(
            account_id=self._account_id,
            role_name=self._role_name,
            session_name=login.session_name,
            start_url=login.start_url,
        )


def sso_provider_of(profile: str, files: SharedFiles, *, cache: CliCache | None = None) -> SsoProvider | None:
    """Return the provider that a profile describes, None when it names neither account nor role.

    Raises ConfigurationError for settings that are missing, contradict their sso-session, or name none that is there.
    """
    settings = files.profile(profile)
    if not any(key in settings for key in OF_PROFILE):
        return None
    where = f"profile {profile} in {files.config_path}"
    values = {key: setting_text(settings, key, files.setting_source(profile, key)) for key in (*OF_PROFILE, *OF_SESSION)}
    session_name = setting_text(settings, "sso_session", files.setting_source(profile, "sso_session")) or None
    if session_name is not None:
        values |= _of_session(session_name, values, files, where)
    missing = [key for key, value in values.items() if not value]
    if missing:
        raise ConfigurationError(f"{where} is set up for SSO and lacks {', '.join(missing)}")
    return SsoProvider(
        account_id=values["sso_account_id"],
        role_name=values["sso_role_name"],
        start_url=values["sso_start_url"],
        region=values["sso_region"],
        session_name=session_name,
        profile=profile,
        cache=cache,
    )


def _of_session(name: str, of_profile: dict[str, str], files: SharedFiles, where: str) -> dict[str, str]:
    """Return what an sso-session says; where the profile says so too, both must agree."""
    if name not in files.sso_sessions:
        raise ConfigurationError(f"{where} names sso_session {name}, and there is no [sso-session {name}]")
    section = files.sso_sessions[name]
    said = {key: setting_text(section, key, f"[sso-session {name}] in {files.config_path}") for key in OF_SESSION}
    for key, value in said.items():
        if of_profile[key] and of_profile[key] != value:
            raise ConfigurationError(f"{key} of {where} and of [sso-session {name}] differ: leave it to the session")
    return said
