"""Connectivity diagnosis: checks each step of a call, with a remedy for the step that fails.

The steps are settings, endpoint, name, connection, TLS, clock, credentials, identity and one read-only call. After a
step fails, the remaining steps are skipped. The report contains no secrets.
"""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from wsclient._core.dates import http_date
from wsclient._core.errors import CredentialsError, EndpointResolutionError, ServiceError, TLSError, WsclientError
from wsclient._core.service_errors import AccessDeniedException
from wsclient._core.utils import is_list
from wsclient.cli.doctor.report import Status, Step, failed, ok, skipped, warning
from wsclient.config._proxies import proxy_for
from wsclient.endpoints._private_link import PrivateDns
from wsclient.endpoints._types import EndpointKind
from wsclient.tls._inspection import inspect_connection
from wsclient.tls._policy import shared_context

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from wsclient._core.clock import Clock
    from wsclient._pipeline.pipeline import Pipeline
    from wsclient.tls._inspection import NegotiatedTLS
    from wsclient.tls._policy import TLSPolicy
    from wsclient.workspaces._client import WorkSpacesClient

MAX_CLOCK_SKEW: Final = 240.0
"""Maximum clock skew, in seconds, without a warning; AWS rejects signatures that are five minutes off."""
VPC_KINDS: Final = frozenset({EndpointKind.PRIVATELINK, EndpointKind.PRIVATE_DNS})
"""Types of endpoint that resolve to private addresses and bypass a proxy."""
MAX_HEADER_BYTES: Final = 65_536
"""Maximum number of bytes read of the response to the unsigned probe request."""


@dataclass(slots=True, kw_only=True)
class Doctor:
    """Diagnosis of a client; seconds is the timeout of each network step."""

    client: WorkSpacesClient
    clock: Clock
    seconds: float = 5.0
    _steps: list[Step] = field(default_factory=list[Step])
    _failed_step: str | None = None

    async def steps(self) -> list[Step]:
        """Run every step and return the results in order."""
        checks: list[tuple[str, Callable[[str], Awaitable[Step]]]] = [
            ("settings", self._settings),
            ("endpoint", self._endpoint),
            ("name", self._name),
            ("connection", self._connection),
            ("TLS", self._tls),
            ("clock", self._clock_skew),
            ("credentials", self._credentials),
            ("identity", self._identity),
            ("call", self._call),
        ]
        for name, check in checks:
            step = skipped(name, f"{self._failed_step} failed") if self._failed_step else await check(name)
            self._steps.append(step)
            if step.status is Status.FAILED:
                self._failed_step = name
        return self._steps

    @property
    def _pipeline(self) -> Pipeline:
        """Pipeline of the client's calls, so that the steps use the same credentials and TLS settings."""
        return self.client._pipeline  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - for the reason above

    @property
    def _tls_policy(self) -> TLSPolicy:
        return self._pipeline.transport.settings.policy

    @property
    def _address(self) -> tuple[str, int]:
        """Host and port to connect to: those of the endpoint, or of the proxy."""
        parts = urlsplit(self._proxy() or self.client.endpoint.url)
        return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)

    def _proxy(self) -> str | None:
        config = self.client.config
        if self.client.endpoint.kind in VPC_KINDS:
            return None
        return proxy_for(self.client.endpoint.url, config.https_proxy.value, config.no_proxy.value)

    async def _settings(self, name: str) -> Step:
        config = self.client.config
        lines = (" ".join(line.split()) for line in config.describe().splitlines()[1:])
        detail = (
            "\n".join(line for line in lines if not line.endswith(" default")) or "all settings have their defaults"
        )
        url = config.endpoint_url
        if url.value and url.source.startswith("AWS_ENDPOINT_URL"):
            return warning(name, detail, f"{url.source} overrides the endpoint; unset it if unintended")
        return ok(name, detail)

    async def _endpoint(self, name: str) -> Step:
        return ok(name, self.client.endpoint.explain())

    async def _name(self, name: str) -> Step:
        host, port = self._address
        try:
            results = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            advice = "check the region, the endpoint and this machine's DNS resolver"
            return failed(name, f"{host} does not resolve ({error.strerror or error})", advice)
        addresses = list(dict.fromkeys(str(address[0]) for *_, address in results))
        detail = f"{'the proxy ' if self._proxy() else ''}{host} resolves to {', '.join(addresses)}"
        if self.client.endpoint.kind not in VPC_KINDS:
            return ok(name, detail)
        try:
            PrivateDns().check(addresses)
        except EndpointResolutionError as error:
            if self.client.endpoint.kind is EndpointKind.PRIVATE_DNS:
                return failed(name, detail, str(error))
            return warning(name, detail, "an interface endpoint usually has private addresses; these are public")
        return ok(name, f"{detail} (private)")

    async def _connection(self, name: str) -> Step:
        host, port = self._address
        started = self.clock.monotonic()
        try:
            _, writer = await asyncio.wait_for(asyncio.open_connection(host, port), self.seconds)
        except (OSError, TimeoutError) as error:
            is_in_vpc = self.client.endpoint.kind in VPC_KINDS
            advice = (
                "from outside the VPC, use a VPN or Direct Connect; inside, allow inbound port 443 in the endpoint's "
                "security group"
                if is_in_vpc
                else "check firewalls, routes and HTTPS_PROXY"
            )
            return failed(name, f"no connection to {host}:{port} ({_error_text(error)})", advice)
        writer.close()
        return ok(name, f"connected to {host}:{port} in {(self.clock.monotonic() - started) * 1000:.0f} ms")

    async def _tls(self, name: str) -> Step:
        if self.client.endpoint.insecure:
            return warning(name, "plain http: the calls are not encrypted", "use https outside of tests")
        if self._proxy():
            return skipped(name, "not checked through a proxy; the call below uses TLS through its tunnel")
        try:
            negotiated, _ = await self._probe()
        except TLSError as error:
            return failed(name, str(error), "check the TLS versions and cipher suites that the server offers")
        except (OSError, TimeoutError, ValueError) as error:
            advice = "if a corporate proxy inspects TLS, trust its CA certificate with AWS_CA_BUNDLE or --ca-file"
            return failed(name, f"TLS with {self._address[0]} failed: {_error_text(error)}", advice)
        expires = negotiated.certificate_expires
        validity = f", valid until {expires:%Y-%m-%d}" if expires else ""
        issuer = negotiated.certificate_issuer or "unknown"
        group = f", {negotiated.group}" if negotiated.group else ""
        detail = f"{negotiated.version}, {negotiated.cipher}{group}; certificate issued by {issuer}{validity}"
        if warnings := self._tls_policy.warnings():
            return warning(name, detail, "; ".join(warnings))
        return ok(name, detail)

    async def _clock_skew(self, name: str) -> Step:
        if self._proxy() or self.client.endpoint.insecure:
            return skipped(name, "only checked over a direct TLS connection")
        try:
            _, head = await self._probe()
            date = next(line.partition(":")[2].strip() for line in head if line.lower().startswith("date:"))
        except (OSError, TimeoutError, ValueError, StopIteration):
            date = ""
        service_time = http_date(date)
        if service_time is None:
            return warning(name, "the response has no readable Date header", "check this machine's clock")
        ahead = (self.clock.now() - service_time).total_seconds()
        detail = f"this machine's clock is {abs(ahead):.0f} s {'ahead' if ahead >= 0 else 'behind'}"
        if abs(ahead) > MAX_CLOCK_SKEW:
            return warning(name, detail, "set the clock (NTP): AWS rejects signatures that are five minutes off")
        return ok(name, detail)

    async def _credentials(self, name: str) -> Step:
        try:
            credentials = await self._pipeline.credentials.get_credentials()
        except CredentialsError as error:
            return failed(name, str(error), "see examples/credentials.md for the credential sources and their order")
        except WsclientError as error:
            return failed(name, f"{type(error).__name__}: {error}", "correct the setting that the message names")
        detail = f"{credentials!r}, from {self.client.explain_credentials()}"
        return _expiring(name, detail, credentials.expiration, self.clock)

    async def _identity(self, name: str) -> Step:
        try:
            identity = await self.client.whoami()
        except ServiceError as error:
            return failed(name, str(error), _advice(error))
        except WsclientError as error:
            # A VPC may have an endpoint for WorkSpaces and none for STS, so the remaining step still runs.
            advice = "set AWS_ENDPOINT_URL_STS if STS has an endpoint of its own (in a client: sts=StsRouting(...))"
            return warning(name, f"{type(error).__name__}: {error}", advice)
        return ok(name, f"{identity.arn} in account {identity.account_id}")

    async def _call(self, name: str) -> Step:
        try:
            response = await self.client.raw("DescribeWorkspaces", {"Limit": 1})
        except ServiceError as error:
            return failed(name, str(error), _advice(error))
        except WsclientError as error:
            return failed(name, f"{type(error).__name__}: {error}", "check the warnings of the previous steps")
        workspaces = response.get("Workspaces")
        count = len(workspaces) if is_list(workspaces) else 0
        return ok(name, f"DescribeWorkspaces succeeded; its first page (limit 1) has {count} WorkSpaces")

    async def _probe(self) -> tuple[NegotiatedTLS, Sequence[str]]:
        """Connect with the client's TLS policy and send an unsigned GET; return the TLS facts and the header lines."""
        host, port = self._address
        context: ssl.SSLContext = await asyncio.to_thread(shared_context, self._tls_policy)
        async with asyncio.timeout(self.seconds):
            reader, writer = await asyncio.open_connection(host, port, ssl=context, server_hostname=host)
            try:
                negotiated = inspect_connection(writer.get_extra_info("ssl_object"), host)
                self._tls_policy.check_negotiated(negotiated)
                writer.write(f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
                head = (await reader.read(MAX_HEADER_BYTES)).partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
            finally:
                writer.close()
        return negotiated, head


def _expiring(name: str, detail: str, expiration: datetime | None, clock: Clock) -> Step:
    if expiration is not None and expiration <= clock.now():
        return warning(name, f"{detail}; expired", "log in again, or renew the credentials at their source")
    return ok(name, detail)


def _advice(error: ServiceError) -> str:
    if isinstance(error, AccessDeniedException):
        return "an IAM policy, an organization's policy or the VPC endpoint's policy denies it; see the message above"
    if error.code in {"InvalidSignatureException", "SignatureDoesNotMatch"}:
        return "the secret key is wrong, or this machine's clock is"
    if "Expired" in error.code:
        return "the session has expired: log in again, or renew the credentials at their source"
    return "contact AWS Support with the request id"


def _error_text(error: BaseException) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
