"""Walks the path that a call takes, step by step, and says where it ends and what to do.

Settings, endpoint, name, connection, TLS, clock, credentials, identity, one harmless call. A step that failed makes
those after it skipped. No secret is shown.
"""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from wsclient._core.errors import CredentialsError, EndpointResolutionError, ServiceError, TLSError, WsclientError
from wsclient._core.service_errors import AccessDeniedException
from wsclient._core.utils import is_list
from wsclient.cli.report import Status, Step, failed, ok, skipped, warning
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

MOST_SKEW: Final = 240.0
"""Seconds by which the clocks may differ; AWS refuses signatures from five minutes on."""
INSIDE: Final = frozenset({EndpointKind.PRIVATELINK, EndpointKind.PRIVATE_DNS})
MOST_HEAD: Final = 65_536


@dataclass(slots=True, kw_only=True)
class Doctor:
    """What is looked at: a client, the clock, and for how many seconds a step may wait."""

    client: WorkSpacesClient
    clock: Clock
    seconds: float = 5.0
    _steps: list[Step] = field(default_factory=list[Step])
    _broken: str | None = None

    async def steps(self) -> list[Step]:
        """Take every step and return them in order."""
        ways: list[tuple[str, Callable[[str], Awaitable[Step]]]] = [
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
        for name, look in ways:
            step = skipped(name, f"{self._broken} failed") if self._broken else await look(name)
            self._steps.append(step)
            if step.status is Status.FAILED:
                self._broken = name
        return self._steps

    @property
    def _pipeline(self) -> Pipeline:
        """What the client's next call goes through, so that the steps use the same credentials and the same TLS."""
        return self.client._pipeline  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - as said

    @property
    def _policy(self) -> TLSPolicy:
        return self._pipeline.transport.settings.policy

    @property
    def _place(self) -> tuple[str, int]:
        """Where the connection goes: the endpoint, or the proxy in front of it."""
        parts = urlsplit(self._proxy() or self.client.endpoint.url)
        return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)

    def _proxy(self) -> str | None:
        config = self.client.config
        if self.client.endpoint.kind in INSIDE:
            return None
        return proxy_for(self.client.endpoint.url, config.https_proxy.value, config.no_proxy.value)

    async def _settings(self, name: str) -> Step:
        config = self.client.config
        lines = (" ".join(line.split()) for line in config.describe().splitlines()[1:])
        detail = "\n".join(line for line in lines if not line.endswith(" default")) or "nothing is set: all default"
        url = config.endpoint_url
        if url.value and url.source.startswith("AWS_ENDPOINT_URL"):
            return warning(name, detail, f"{url.source} rules where requests go; unset it if that is not meant")
        return ok(name, detail)

    async def _endpoint(self, name: str) -> Step:
        return ok(name, self.client.endpoint.explain())

    async def _name(self, name: str) -> Step:
        host, port = self._place
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            advice = "check the region, the endpoint and this machine's resolver"
            return failed(name, f"{host} does not resolve ({error.strerror or error})", advice)
        addresses = list(dict.fromkeys(str(address[0]) for *_, address in found))
        detail = f"{'the proxy ' if self._proxy() else ''}{host} is at {', '.join(addresses)}"
        if self.client.endpoint.kind not in INSIDE:
            return ok(name, detail)
        try:
            PrivateDns().check(addresses)
        except EndpointResolutionError as error:
            if self.client.endpoint.kind is EndpointKind.PRIVATE_DNS:
                return failed(name, detail, str(error))
            return warning(name, detail, "these addresses are not private: PrivateLink's usually are")
        return ok(name, f"{detail}, which is private")

    async def _connection(self, name: str) -> Step:
        host, port = self._place
        began = self.clock.monotonic()
        try:
            _, writer = await asyncio.wait_for(asyncio.open_connection(host, port), self.seconds)
        except (OSError, TimeoutError) as error:
            inside = self.client.endpoint.kind in INSIDE
            advice = (
                "from outside the VPC a VPN or Direct Connect is needed; inside, the endpoint's security group must "
                "let port 443 in"
                if inside
                else "a firewall, a route or HTTPS_PROXY may be missing"
            )
            return failed(name, f"no connection to {host}:{port} ({_words(error)})", advice)
        writer.close()
        return ok(name, f"{host}:{port} answered in {(self.clock.monotonic() - began) * 1000:.0f} ms")

    async def _tls(self, name: str) -> Step:
        if self.client.endpoint.insecure:
            return warning(name, "plain http: nothing protects the calls", "use https outside of tests")
        if self._proxy():
            return skipped(name, "within the proxy's tunnel: the call below shows whether it stands")
        try:
            negotiated, _ = await self._asked()
        except TLSError as error:
            return failed(name, str(error), "look at what the server offers")
        except (OSError, TimeoutError, ValueError) as error:
            advice = "if a corporate proxy inspects TLS, trust its authority: AWS_CA_BUNDLE or --ca-file"
            return failed(name, f"no TLS with {self._place[0]}: {_words(error)}", advice)
        expires = negotiated.certificate_expires
        until = f", good until {expires:%Y-%m-%d}" if expires else ""
        who = negotiated.certificate_issuer or "unknown"
        group = f", {negotiated.group}" if negotiated.group else ""
        detail = f"{negotiated.version}, {negotiated.cipher}{group}; certificate issued by {who}{until}"
        if doubts := self._policy.warnings():
            return warning(name, detail, "; ".join(doubts))
        return ok(name, detail)

    async def _clock_skew(self, name: str) -> Step:
        if self._proxy() or self.client.endpoint.insecure:
            return skipped(name, "told by a direct TLS connection alone")
        try:
            _, head = await self._asked()
            date = next(line.partition(":")[2].strip() for line in head if line.lower().startswith("date:"))
            ahead = (self.clock.now() - parsedate_to_datetime(date)).total_seconds()
        except (OSError, TimeoutError, ValueError, StopIteration):
            return warning(name, "the service did not tell its time", "compare this machine's clock with another")
        detail = f"this machine's clock is {abs(ahead):.0f} s {'ahead' if ahead >= 0 else 'behind'}"
        if abs(ahead) > MOST_SKEW:
            return warning(name, detail, "set the clock (NTP): AWS refuses signatures that are five minutes off")
        return ok(name, detail)

    async def _credentials(self, name: str) -> Step:
        try:
            credentials = await self._pipeline.credentials.get_credentials()
        except CredentialsError as error:
            return failed(name, str(error), "see examples/credentials.md for where credentials come from")
        except WsclientError as error:
            return failed(name, f"{type(error).__name__}: {error}", "mend the setting that it names")
        detail = f"{credentials!r}, from {self.client.explain_credentials()}"
        return _expiring(name, detail, credentials.expiration, self.clock)

    async def _identity(self, name: str) -> Step:
        try:
            who = await self.client.whoami()
        except ServiceError as error:
            return failed(name, str(error), _advice(error))
        except WsclientError as error:
            # STS may be out of reach where WorkSpaces is not: no reason to stop here.
            return warning(name, f"{type(error).__name__}: {error}", "say where STS is: sts=StsRouting(...)")
        return ok(name, f"{who.arn} in account {who.account_id}")

    async def _call(self, name: str) -> Step:
        try:
            answer = await self.client.raw("DescribeWorkspaces", {"Limit": 1})
        except ServiceError as error:
            return failed(name, str(error), _advice(error))
        except WsclientError as error:
            return failed(name, f"{type(error).__name__}: {error}", "look at the steps before")
        found = answer.get("Workspaces")
        count = len(found) if is_list(found) else 0
        return ok(name, f"DescribeWorkspaces answered; its first page of one WorkSpace at most has {count}")

    async def _asked(self) -> tuple[NegotiatedTLS, Sequence[str]]:
        """Shake hands as a call would, ask an unsigned question, return what was negotiated and the answer's head."""
        host, port = self._place
        context: ssl.SSLContext = await asyncio.to_thread(shared_context, self._policy)
        async with asyncio.timeout(self.seconds):
            reader, writer = await asyncio.open_connection(host, port, ssl=context, server_hostname=host)
            try:
                negotiated = inspect_connection(writer.get_extra_info("ssl_object"), host)
                self._policy.check_negotiated(negotiated)
                writer.write(f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
                head = (await reader.read(MOST_HEAD)).partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
            finally:
                writer.close()
        return negotiated, head


def _expiring(name: str, detail: str, expiration: datetime | None, clock: Clock) -> Step:
    if expiration is not None and expiration <= clock.now():
        return warning(name, f"{detail}; they have expired", "log in again, or renew them where they come from")
    return ok(name, detail)


def _advice(error: ServiceError) -> str:
    if isinstance(error, AccessDeniedException):
        return "an IAM policy, an organization's policy or the VPC endpoint's policy refuses it: its words are above"
    if error.code in {"InvalidSignatureException", "SignatureDoesNotMatch"}:
        return "the secret key is wrong, or this machine's clock"
    if "Expired" in error.code:
        return "the session has expired: log in again, or renew the credentials where they come from"
    return "AWS support asks for the request id"


def _words(error: BaseException) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
