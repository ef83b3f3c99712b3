"""Credentials of the role that is attached to an EC2 instance, by version 2 of its metadata service.

"IMDS credential provider", https://docs.aws.amazon.com/sdkref/latest/guide/feature-imds-credentials.html; "Use the
Instance Metadata Service", https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final
from urllib.parse import quote, urlsplit

import msgspec

from wsclient._core.errors import (
    ConfigurationError,
    CredentialsRefreshError,
    NoCredentialsError,
    RequestTimeoutError,
    WsclientError,
)
from wsclient._core.http import HttpRequest, Timeout
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
OK, UNAUTHORIZED, FORBIDDEN, NOT_FOUND, NOT_ALLOWED = 200, 401, 403, 404, 405
LONGEST_TIMEOUT: Final = 60.0


def imds_is_disabled(environ: Mapping[str, str]) -> bool:
    """Tell whether the environment switches the metadata service off."""
    return environ.get(DISABLED, "").strip().lower() == "true"


class _Known:
    """What is known of the metadata service so far: its token, good until then, and that it is there at all."""

    def __init__(self) -> None:
        self.token: str | None = None
        self.token_ends = float("-inf")
        self.has_answered = False


class _Service(msgspec.Struct, frozen=True, kw_only=True):
    """The metadata service as it was configured."""

    endpoint: str
    allow_v1: bool
    timeout: Timeout
    attempts: int


class ImdsProvider(RefreshingProvider):
    """Asks the instance's metadata service for the credentials of its role; again before they expire.

    Args:
        endpoint: URL of the service; else AWS_EC2_METADATA_SERVICE_ENDPOINT, ec2_metadata_service_endpoint.
        endpoint_mode: "IPv4" or "IPv6", when there is no endpoint; else AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE,
            ec2_metadata_service_endpoint_mode, IPv4.
        allow_v1: go on without a token where the service gives none; else AWS_EC2_METADATA_V1_DISABLED=false,
            ec2_metadata_v1_disabled = false. Never unless asked for.
        timeout: seconds to connect, and to wait for an answer; else AWS_METADATA_SERVICE_TIMEOUT,
            metadata_service_timeout, 1.
        attempts: how often each question is asked; else AWS_METADATA_SERVICE_NUM_ATTEMPTS,
            metadata_service_num_attempts, 1.
        profile: whose settings these are; the chosen one otherwise.

    It has none when the service is switched off, does not answer, or knows no role. No proxy is used.
    """

    name: ClassVar[str] = "the EC2 instance metadata service"

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
        self._known = _Known()

    async def _fetch(self, surroundings: ProviderContext) -> Credentials:
        if imds_is_disabled(surroundings.environ):
            raise _none(f"{DISABLED} is true")
        lookup = await surroundings.lookup(resolve_profile(surroundings.environ, self._profile).value)
        questions = _MetadataClient(surroundings, self._service(lookup), self._known)
        role = (await questions.ask(ROLES_PATH)).decode(errors="replace").strip().partition("\n")[0]
        members = parse_json_object(await questions.ask(f"{ROLES_PATH}{quote(role, safe='')}"), self.name)
        code = members.get("Code", "Success")
        if code != "Success":
            named = code if isinstance(code, str) and code.isascii() and code.isprintable() else "no code"
            raise CredentialsRefreshError(f"{self.name} has no credentials for the instance's role: {named:.80}")
        credentials = parse_credentials(members, self.name)
        self._known.has_answered = True
        return credentials

    def _service(self, lookup: SettingResolver) -> _Service:
        """Return how the service is to be spoken to: by the arguments, else by environment and profile."""
        timeout = self._timeout
        if timeout is None:
            timeout = lookup.parse_setting(
                "AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout", _seconds, "a number of seconds", 1.0
            ).value
        attempts = self._attempts
        if attempts is None:
            attempts = lookup.parse_setting(
                "AWS_METADATA_SERVICE_NUM_ATTEMPTS", "metadata_service_num_attempts", _count, "1 or more", 1
            ).value
        allow_v1 = self._allow_v1
        if allow_v1 is None:
            v1_disabled = lookup.parse_setting(
                "AWS_EC2_METADATA_V1_DISABLED", "ec2_metadata_v1_disabled", _boolean, "true or false", default=True
            )
            allow_v1 = not v1_disabled.value
        return _Service(
            endpoint=self._url(lookup),
            allow_v1=allow_v1,
            timeout=Timeout(connect=timeout, read=timeout, write=timeout, pool=timeout),
            attempts=attempts,
        )

    def _url(self, lookup: SettingResolver) -> str:
        found = lookup.text("AWS_EC2_METADATA_SERVICE_ENDPOINT", key="ec2_metadata_service_endpoint")
        endpoint = self._endpoint or found.value
        if endpoint is None:
            return ENDPOINTS[self._mode(lookup)]
        parts = urlsplit(endpoint)
        if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc or parts.query:
            where = "endpoint=" if self._endpoint else found.source
            raise ConfigurationError(f"{where}: the endpoint of the metadata service must be an http or https URL")
        return endpoint.rstrip("/")

    def _mode(self, lookup: SettingResolver) -> str:
        if self._endpoint_mode is not None:
            mode = _mode(self._endpoint_mode)
            if mode is None:
                raise ConfigurationError(f"endpoint_mode must be IPv4 or IPv6, not {self._endpoint_mode!r:.40}")
            return mode
        return lookup.parse_setting(
            "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
            "ec2_metadata_service_endpoint_mode",
            _mode,
            "IPv4 or IPv6",
            "ipv4",
        ).value


class _MetadataClient(msgspec.Struct, frozen=True):
    """What is asked of the metadata service to get one set of credentials."""

    surroundings: ProviderContext
    service: _Service
    known: _Known

    async def ask(self, path: str) -> bytes:
        """Return what the service says at a path; raises NoCredentialsError when it says nothing of the kind."""
        answer = await self._send("GET", path, await self._token_header())
        if answer.status == UNAUTHORIZED:
            self.known.token = None
            answer = await self._send("GET", path, await self._token_header())
        if answer.status == NOT_FOUND:
            raise _none("no role is attached to this instance")
        if answer.status == FORBIDDEN:
            raise self._switched_off()
        if answer.status != OK or not answer.body:
            raise CredentialsRefreshError(f"{ImdsProvider.name} answered HTTP {answer.status} to {path}")
        return answer.body

    async def _token_header(self) -> tuple[tuple[str, str], ...]:
        """Return the header with a token, kept for six hours; nothing where version 1 was asked for and has to do."""
        clock = self.surroundings.time.clock
        if self.known.token is None or clock.monotonic() >= self.known.token_ends:
            ends = clock.monotonic() + TOKEN_SECONDS
            token = await self._new_token()
            if token is None:
                return ()
            self.known.token, self.known.token_ends = token, ends
        return (("x-aws-ec2-metadata-token", self.known.token),)

    async def _new_token(self) -> str | None:
        lifetime = ("x-aws-ec2-metadata-token-ttl-seconds", str(TOKEN_SECONDS))
        try:
            answer = await self._send("PUT", TOKEN_PATH, (lifetime,))
        except NoCredentialsError:
            if self.service.allow_v1:
                return None
            raise
        if answer.status == FORBIDDEN:
            raise self._switched_off()
        if answer.status in {NOT_FOUND, NOT_ALLOWED}:
            if self.service.allow_v1:
                return None
            raise _none(
                "the metadata service knows no IMDSv2; version 1 is used with ImdsProvider(allow_v1=True) alone"
            )
        token = answer.body.decode("ascii", errors="replace").strip()
        if answer.status != OK or not token or not (token.isascii() and token.isprintable()):
            raise CredentialsRefreshError(
                f"{ImdsProvider.name} answered HTTP {answer.status} to the question for a token"
            )
        return token

    async def _send(self, method: str, path: str, headers: tuple[tuple[str, str], ...]) -> HttpResponse:
        """Return an answer, whatever its status, asking as often as configured."""
        request = HttpRequest(
            method, f"{self.service.endpoint}{path}", (*headers, ("user-agent", f"wsclient/{__version__}")), b""
        )

        async def attempt() -> HttpResponse:
            return await self.surroundings.send_local(request, self.service.timeout)

        def next_delay(number: int, outcome: HttpResponse | WsclientError) -> float | None:
            # As botocore: the next attempt follows without a delay, since the service is on this machine.
            has_failed = isinstance(outcome, WsclientError) or outcome.status >= FIRST_SERVER_ERROR
            return 0.0 if has_failed and number < self.service.attempts else None

        try:
            return await retry_while(attempt, next_delay=next_delay, sleep=self.surroundings.time.sleep)
        except WsclientError as error:
            raise self._silent(error) from error

    def _silent(self, error: WsclientError) -> WsclientError:
        """Return what silence means: this is no EC2 instance, unless the service has answered before."""
        if self.known.has_answered:
            return CredentialsRefreshError(f"{ImdsProvider.name} did not answer: {error}")
        reason = f"no answer from {self.service.endpoint} ({type(error).__name__})"
        if isinstance(error, RequestTimeoutError) and error.phase == "read":
            reason += ": in a container on an EC2 instance the hop limit of the metadata service must be 2"
        return _none(reason)

    def _switched_off(self) -> WsclientError:
        return _none("the metadata service is switched off on this instance, or refuses this process (HTTP 403)")


def _none(reason: str) -> NoCredentialsError:
    return NoCredentialsError([("EC2 instance metadata", reason)])


def _seconds(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if 0 < seconds <= LONGEST_TIMEOUT else None


def _count(text: str) -> int | None:
    return int(text) or None if text.isascii() and text.isdecimal() and len(text) < 4 else None  # noqa: PLR2004 - a few


def _boolean(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text.lower())


def _mode(text: str) -> str | None:
    return text.lower() if text.lower() in ENDPOINTS else None
