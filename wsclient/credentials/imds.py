"""IMDS credential provider: the role of an EC2 instance, through version 2 of the metadata service (IMDSv2).

"IMDS credential provider", https://docs.aws.amazon.com/sdkref/latest/guide/feature-imds-credentials.html; "Use the
Instance Metadata Service", https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final
from urllib.parse import quote, urlsplit

import msgspec

from wsclient._core.argument_checks import checked
from wsclient._core.errors import (
    ConfigurationError,
    CredentialsRefreshError,
    NetworkAccessError,
    NoCredentialsError,
    RequestTimeoutError,
    WsclientError,
)
from wsclient._core.features import INSTANCE
from wsclient._core.http import HttpRequest, Timeout
from wsclient._core.value_kinds import BOOL, SECONDS, TEXT, optional, satisfies
from wsclient._version import __version__
from wsclient.config._settings import resolve_profile
from wsclient.credentials._internal.fetch import FIRST_SERVER_ERROR, parse_credentials, parse_json_object
from wsclient.credentials._internal.refreshing import RefreshingProvider
from wsclient.retries._retrying import retry_while

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wsclient._core.credentials import Credentials
    from wsclient._core.http import HttpResponse
    from wsclient.config._settings import SettingResolver
    from wsclient.credentials._internal.context import ProviderContext

DISABLED: Final = "AWS_EC2_METADATA_DISABLED"
ENDPOINTS: Final = {"ipv4": "http://169.254.169.254", "ipv6": "http://[fd00:ec2::254]"}
TOKEN_PATH: Final = "/latest/api/token"  # noqa: S105 - a path
ROLES_PATH: Final = "/latest/meta-data/iam/security-credentials/"
TOKEN_SECONDS: Final = 21_600
"""Lifetime of an IMDSv2 token in seconds, the maximum of the service."""
OK, UNAUTHORIZED, FORBIDDEN, NOT_FOUND, NOT_ALLOWED = 200, 401, 403, 404, 405
MAX_ATTEMPTS: Final = 999
MAX_TIMEOUT: Final = 60.0
"""Maximum seconds that AWS_METADATA_SERVICE_TIMEOUT accepts."""


def imds_is_disabled(environ: Mapping[str, str]) -> bool:
    """Return whether the environment disables the metadata service."""
    return environ.get(DISABLED, "").strip().lower() == "true"


class _MetadataState:
    """Cached IMDSv2 token with its expiry, and whether the service has ever returned credentials."""

    def __init__(self) -> None:
        self.token: str | None = None
        self.token_expires_at = float("-inf")
        self.has_answered = False


class _Service(msgspec.Struct, frozen=True, kw_only=True):
    """Configuration of the metadata service."""

    endpoint: str
    allow_v1: bool
    timeout: Timeout
    attempts: int


_TIMEOUT_KIND: Final = satisfies(
    f"a positive number of seconds up to {MAX_TIMEOUT:g}",
    lambda value: isinstance(value, int | float) and SECONDS.accept(value) is value and value <= MAX_TIMEOUT,
)
_ATTEMPTS_KIND: Final = satisfies(
    f"a whole number from 1 to {MAX_ATTEMPTS}",
    lambda value: isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MAX_ATTEMPTS,
)


class ImdsProvider(RefreshingProvider):
    """Provider that requests the credentials of the instance's role from the metadata service, and refreshes them.

    Args:
        endpoint: URL of the service; else AWS_EC2_METADATA_SERVICE_ENDPOINT, ec2_metadata_service_endpoint.
        endpoint_mode: "IPv4" or "IPv6", if endpoint is not set; else AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE,
            ec2_metadata_service_endpoint_mode, IPv4.
        allow_v1: use version 1 if the service returns no token; else AWS_EC2_METADATA_V1_DISABLED=false,
            ec2_metadata_v1_disabled = false, False.
        timeout: seconds to connect, and to wait for data; a request takes at most three times as long; else
            AWS_METADATA_SERVICE_TIMEOUT, metadata_service_timeout, 1.
        attempts: maximum attempts of each request; else AWS_METADATA_SERVICE_NUM_ATTEMPTS,
            metadata_service_num_attempts, 1.
        profile: profile with these settings; default the selected profile.

    get_credentials() raises NoCredentialsError if the service is disabled, does not respond, or has no role. It uses no
    proxy.
    """

    name: ClassVar[str] = "the EC2 instance metadata service"
    _own_features: ClassVar[frozenset[str]] = frozenset({INSTANCE})

    @checked(
        {
            **dict.fromkeys(("endpoint", "endpoint_mode", "profile"), optional(TEXT)),
            "allow_v1": optional(BOOL),
            "timeout": optional(_TIMEOUT_KIND),
            "attempts": optional(_ATTEMPTS_KIND),
        }
    )
    def __init__(
        self,
        *,
        endpoint: str | None = None,
        endpoint_mode: str | None = None,
        allow_v1: bool | None = None,
        timeout: float | None = None,
        attempts: int | None = None,
        profile: str | None = None,
    ) -> None:
        super().__init__()
        self._endpoint = endpoint
        self._endpoint_mode = endpoint_mode
        self._allow_v1 = allow_v1
        self._timeout = timeout
        self._attempts = attempts
        self._profile = profile
        self._state = _MetadataState()

    async def _fetch(self, context: ProviderContext) -> Credentials:
        if imds_is_disabled(context.environ):
            raise _no_credentials(f"{DISABLED} is true")
        lookup = await context.lookup(resolve_profile(context.environ, self._profile).value)
        client = _MetadataClient(context, self._service(lookup), self._state)
        role = (await client.get(ROLES_PATH)).decode(errors="replace").strip().partition("\n")[0]
        members = parse_json_object(await client.get(f"{ROLES_PATH}{quote(role, safe='')}"), self.name)
        code = members.get("Code", "Success")
        if code != "Success":
            shown_code = code if isinstance(code, str) and code.isascii() and code.isprintable() else "no code"
            raise CredentialsRefreshError(
                f"{self.name} returned no credentials for the instance's role: {shown_code:.80}"
            )
        credentials = parse_credentials(members, self.name)
        self._state.has_answered = True
        return credentials

    def _service(self, lookup: SettingResolver) -> _Service:
        """Resolve the configuration: arguments first, then environment and profile."""
        timeout = self._timeout
        if timeout is None:
            timeout = lookup.parse_setting(
                "AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout", _parse_seconds, "a number of seconds", 1.0
            ).value
        attempts = self._attempts
        if attempts is None:
            attempts = lookup.parse_setting(
                "AWS_METADATA_SERVICE_NUM_ATTEMPTS", "metadata_service_num_attempts", _parse_count, "1 or more", 1
            ).value
        allow_v1 = self._allow_v1
        if allow_v1 is None:
            v1_disabled = lookup.parse_setting(
                "AWS_EC2_METADATA_V1_DISABLED",
                "ec2_metadata_v1_disabled",
                _parse_boolean,
                "true or false",
                default=True,
            )
            allow_v1 = not v1_disabled.value
        return _Service(
            endpoint=self._endpoint_url(lookup),
            allow_v1=allow_v1,
            timeout=Timeout(connect=timeout, read=timeout, write=timeout, pool=timeout, total=3 * timeout),
            attempts=attempts,
        )

    def _endpoint_url(self, lookup: SettingResolver) -> str:
        setting = lookup.text("AWS_EC2_METADATA_SERVICE_ENDPOINT", key="ec2_metadata_service_endpoint")
        endpoint = self._endpoint or setting.value
        if endpoint is None:
            return ENDPOINTS[self._resolve_mode(lookup)]
        parts = urlsplit(endpoint)
        if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc or parts.query:
            where = "endpoint=" if self._endpoint else setting.source
            raise ConfigurationError(
                f"{where}: the endpoint of the metadata service must be an http or https URL without user info or query"
            )
        return endpoint.rstrip("/")

    def _resolve_mode(self, lookup: SettingResolver) -> str:
        if self._endpoint_mode is not None:
            mode = _parse_mode(self._endpoint_mode)
            if mode is None:
                raise ConfigurationError(f"endpoint_mode must be IPv4 or IPv6 (got {self._endpoint_mode!r:.40})")
            return mode
        return lookup.parse_setting(
            "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
            "ec2_metadata_service_endpoint_mode",
            _parse_mode,
            "IPv4 or IPv6",
            "ipv4",
        ).value


class _MetadataClient(msgspec.Struct, frozen=True):
    """Client of the metadata service for one fetch of credentials."""

    context: ProviderContext
    service: _Service
    state: _MetadataState

    async def get(self, path: str) -> bytes:
        """Return the response body at a path. Raises NoCredentialsError if the instance has no role (HTTP 404)."""
        response = await self._send(self._request("GET", path, await self._token_header()))
        if response.status == UNAUTHORIZED:
            self.state.token = None
            response = await self._send(self._request("GET", path, await self._token_header()))
        if response.status == NOT_FOUND:
            raise _no_credentials("no role is attached to this instance")
        if response.status == FORBIDDEN:
            raise self._disabled_error()
        if response.status != OK or not response.body:
            empty = " with an empty body" if response.status == OK else ""
            raise CredentialsRefreshError(f"{ImdsProvider.name} returned HTTP {response.status}{empty} for {path}")
        return response.body

    async def _token_header(self) -> tuple[tuple[str, str], ...]:
        """Return the token header, cached for six hours; no header if version 1 is allowed and in use."""
        clock = self.context.time.clock
        if self.state.token is None or clock.monotonic() >= self.state.token_expires_at:
            expires_at = clock.monotonic() + TOKEN_SECONDS
            token = await self._new_token()
            if token is None:
                return ()
            self.state.token, self.state.token_expires_at = token, expires_at
        return (("x-aws-ec2-metadata-token", self.state.token),)

    async def _new_token(self) -> str | None:
        lifetime = ("x-aws-ec2-metadata-token-ttl-seconds", str(TOKEN_SECONDS))
        try:
            response = await self._send(self._request("PUT", TOKEN_PATH, (lifetime,)))
        except NoCredentialsError:
            if self.service.allow_v1:
                return None
            raise
        # botocore takes the same three statuses to mean that version 2 is missing: stand-ins answer 403.
        if response.status in {FORBIDDEN, NOT_FOUND, NOT_ALLOWED} and self.service.allow_v1:
            return None
        if response.status == FORBIDDEN:
            raise self._disabled_error()
        if response.status in {NOT_FOUND, NOT_ALLOWED}:
            raise _no_credentials(
                "the metadata service does not support IMDSv2; ImdsProvider(allow_v1=True) allows version 1"
            )
        token = response.body.decode("ascii", errors="replace").strip()
        if response.status != OK or not token or not (token.isascii() and token.isprintable()):
            raise CredentialsRefreshError(f"{ImdsProvider.name} returned HTTP {response.status} for the token request")
        return token

    def _request(self, method: str, path: str, headers: tuple[tuple[str, str], ...]) -> HttpRequest:
        agent = ("user-agent", f"wsclient/{__version__}")
        return HttpRequest(method, f"{self.service.endpoint}{path}", (*headers, agent), b"")

    async def _send(self, request: HttpRequest) -> HttpResponse:
        """Return the response of any status, after at most the configured number of attempts."""

        async def attempt() -> HttpResponse:
            return await self.context.send_local(request, self.service.timeout)

        def next_delay(number: int, outcome: HttpResponse | WsclientError) -> float | None:
            # No delay before the next attempt, as in botocore: the service is on this machine.
            has_failed = isinstance(outcome, WsclientError) or outcome.status >= FIRST_SERVER_ERROR
            return 0.0 if has_failed and number < self.service.attempts else None

        try:
            return await retry_while(attempt, next_delay=next_delay, sleep=self.context.time.sleep)
        except NetworkAccessError:
            raise
        except WsclientError as error:
            raise self._no_response_error(error) from error

    def _no_response_error(self, error: WsclientError) -> WsclientError:
        """Return the error for no response: no EC2 instance, unless the service returned credentials before."""
        if self.state.has_answered:
            return CredentialsRefreshError(f"{ImdsProvider.name} did not respond: {error}")
        reason = f"no response from {self.service.endpoint} ({type(error).__name__})"
        if isinstance(error, RequestTimeoutError) and error.phase == "read":
            reason += ": in a container on an EC2 instance the hop limit of the metadata service must be 2"
        return _no_credentials(reason)

    def _disabled_error(self) -> WsclientError:
        return _no_credentials("the metadata service is disabled on this instance, or rejects this process (HTTP 403)")


def _no_credentials(reason: str) -> NoCredentialsError:
    return NoCredentialsError([("EC2 instance metadata", reason)])


def _parse_seconds(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if 0 < seconds <= MAX_TIMEOUT else None


def _parse_count(text: str) -> int | None:
    return int(text) or None if text.isascii() and text.isdecimal() and len(text) < 4 else None  # noqa: PLR2004 - up to 999


def _parse_boolean(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text.lower())


def _parse_mode(text: str) -> str | None:
    return text.lower() if text.lower() in ENDPOINTS else None
