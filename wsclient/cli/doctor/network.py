"""Network checks of the diagnosis: DNS name, TCP connection, TLS and clock skew."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Final

from wsclient._core.dates import http_date
from wsclient._core.errors import EndpointResolutionError, WsclientError
from wsclient._core.hosts import bare_endpoint_id
from wsclient._pipeline.transport.errors import missing_suffix_hint
from wsclient._pipeline.transport.request_trace import host_and_port
from wsclient.cli.doctor.context import VPC_KINDS
from wsclient.cli.doctor.remedies import PAGES, connection_remedy, name_remedy, tls_remedy
from wsclient.cli.doctor.report import failed, ok, skipped, warning
from wsclient.endpoints._private_link import PrivateDns
from wsclient.endpoints._types import EndpointKind

if TYPE_CHECKING:
    from wsclient.cli.doctor.context import Diagnosis
    from wsclient.cli.doctor.report import Step

MAX_CLOCK_SKEW: Final = 240.0
"""Maximum clock skew, in seconds, without a warning; AWS rejects signatures that are five minutes off."""


async def check_name(at: Diagnosis, name: str) -> Step:
    """Resolve the host name of the endpoint, or of the proxy."""
    host, port = at.address
    try:
        results = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        endpoint_id = bare_endpoint_id(host)
        remedy = missing_suffix_hint(endpoint_id) if endpoint_id else name_remedy(proxy=at.proxy is not None)
        return failed(name, f"{host} does not resolve ({error.strerror or error})", remedy, facts={"host": host})
    addresses = list(dict.fromkeys(str(address[0]) for *_, address in results))
    detail = f"{'the proxy ' if at.proxy else ''}{host} resolves to {', '.join(addresses)}"
    facts = {"host": host, "addresses": addresses, "is_proxy": at.proxy is not None}
    if at.client.endpoint.kind not in VPC_KINDS:
        return ok(name, detail, facts=facts)
    try:
        PrivateDns().check(addresses)
    except EndpointResolutionError as error:
        if at.client.endpoint.kind is EndpointKind.PRIVATE_DNS:
            return failed(name, detail, str(error), facts=facts)
        advice = f"an interface endpoint usually has private addresses, these are public; see {PAGES['endpoints']}"
        return warning(name, detail, advice, facts=facts)
    return ok(name, f"{detail} (private)", facts=facts)


async def check_connection(at: Diagnosis, name: str) -> Step:
    """Open a TCP connection to the endpoint, or to the proxy."""
    host, port = at.address
    started = at.clock.monotonic()
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(host, port), at.seconds)
    except (OSError, TimeoutError) as error:
        remedy = connection_remedy(proxy=at.proxy is not None, is_in_vpc=at.client.endpoint.kind in VPC_KINDS)
        return failed(
            name, f"no connection to {host}:{port} ({_error_text(error)})", remedy, facts={"host": host, "port": port}
        )
    writer.close()
    milliseconds = (at.clock.monotonic() - started) * 1000
    detail = f"connected to {'the proxy ' if at.proxy else ''}{host}:{port} in {milliseconds:.0f} ms"
    return ok(name, detail, facts={"host": host, "port": port, "milliseconds": round(milliseconds, 1)})


async def check_tls(at: Diagnosis, name: str) -> Step:
    """Send an unsigned request, through the proxy if there is one, and report the negotiated TLS."""
    endpoint = at.client.endpoint
    try:
        response = await at.probe()
    except WsclientError as error:
        return failed(name, str(error), tls_remedy(error, host_and_port(endpoint.url), at.proxy_peer))
    at.date = response.header("date")
    if endpoint.insecure:
        return warning(name, "plain http: the calls are not encrypted", "use https outside of tests")
    negotiated = at.transport.last_tls
    if negotiated is None:
        return skipped(name, "the transport does not report its TLS connections")
    expires = negotiated.certificate_expires
    validity = f", valid until {expires:%Y-%m-%d}" if expires else ""
    issuer = negotiated.certificate_issuer or "unknown"
    group = f", {negotiated.group}" if negotiated.group else ""
    proxy = f", through the proxy {at.proxy_peer}" if at.proxy_peer else ""
    detail = f"{negotiated.version}, {negotiated.cipher}{group}{proxy}; certificate issued by {issuer}{validity}"
    facts: dict[str, object] = {
        "version": negotiated.version,
        "cipher": negotiated.cipher,
        "group": negotiated.group,
        "certificate_issuer": negotiated.certificate_issuer,
        "certificate_expires": expires.isoformat() if expires else None,
    }
    if warnings := at.transport.policy.warnings():
        return warning(name, detail, "; ".join(warnings), facts=facts)
    return ok(name, detail, facts=facts)


async def check_clock(at: Diagnosis, name: str) -> Step:
    """Compare this machine's clock with the Date header of the endpoint, or of STS if the endpoint did not respond."""
    date, source = at.date, "the endpoint"
    if date is None:
        source = "STS"
        try:
            response = await at.probe_sts()
        except WsclientError:
            return skipped(name, "neither the endpoint nor STS responded")
        date = response.header("date") if response else None
    service_time = http_date(date or "")
    if service_time is None:
        return warning(name, "the response has no readable Date header", "check this machine's clock")
    ahead = (at.clock.now() - service_time).total_seconds()
    detail = f"this machine's clock is {abs(ahead):.0f} s {'ahead of' if ahead >= 0 else 'behind'} {source}"
    facts = {"skew_seconds": round(ahead, 1), "source": source}
    if abs(ahead) > MAX_CLOCK_SKEW:
        advice = "set the clock (NTP): AWS rejects signatures that are five minutes off"
        return warning(name, detail, advice, facts=facts)
    return ok(name, detail, facts=facts)


def _error_text(error: BaseException) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
