"""Transport errors from failed exchanges, with the likely cause and what to do; imports no HTTP library.

No message repeats the text of another library's exception, which may quote headers: messages contain only codes and
names that cannot be secret.
"""

from __future__ import annotations

import os
import socket
import ssl
from typing import TYPE_CHECKING

from wsclient._core.errors import (
    ConnectError,
    ConnectionLostError,
    RequestTimeoutError,
    ResponseParseError,
    TransportError,
)
from wsclient._core.hosts import bare_endpoint_id
from wsclient._core.http import MAX_READ_TIMEOUTS, PhaseTimeoutError
from wsclient._pipeline.transport.connection import RefusedRenegotiationError
from wsclient._pipeline.transport.tls_errors import certificate_error, handshake_error, is_client_certificate_alert

if TYPE_CHECKING:
    from wsclient._pipeline.transport.failed_request import FailedRequest

_TLS_CUT = (ssl.SSLEOFError, ssl.SSLZeroReturnError)
_TLS_UNFINISHED = (ssl.SSLWantReadError, ssl.SSLWantWriteError)
"""No failures: the handshake waited for the socket, and the error of the socket that follows has them as context."""
_VPC_HINT = (
    ": this machine may be outside the VPC (connect by VPN or Direct Connect), or the security group of the endpoint "
    "may not allow it"
)


_CHECK_PROXY = "check the URL of the proxy (HTTPS_PROXY or proxy=)"
_NO_HTTP_PROXY = ": it closed the connection, or did not answer as an HTTP proxy; check the scheme and port of its URL"


def timeout_error(failure: FailedRequest, phase: str) -> RequestTimeoutError:
    """Return the error for a timeout of this phase: connect, pool, read or write."""
    if phase == "connect":
        message = _late_connection(failure)
    elif phase == "pool":
        message = (
            f"no free connection to {failure.peer} within Timeout.pool; raise max_connections, or make fewer "
            "calls at a time"
        )
    elif isinstance(failure.error, PhaseTimeoutError) and failure.error.was_progressing:
        message = f"the response of {failure.peer} was not complete within {MAX_READ_TIMEOUTS} times Timeout.read"
    else:
        action = "received from" if phase == "read" else "accepted by"
        # Before a request is sent, only a proxy's response to CONNECT is read.
        peer = f"the proxy {failure.proxy}" if failure.proxy and not failure.is_sent else failure.peer
        message = f"no data was {action} {peer} within Timeout.{phase}"
    is_sent = failure.is_sent and phase not in {"connect", "pool"}
    return RequestTimeoutError(message, phase=phase, may_have_been_sent=is_sent)


def _late_connection(failure: FailedRequest) -> str:
    step = failure.error.step if isinstance(failure.error, PhaseTimeoutError) else None
    if step == "name":
        return (
            f"the name of {failure.peer} was not resolved within Timeout.connect: the resolver is slow, or other work "
            "keeps all threads of the event loop's default executor busy"
        )
    if step == "handshake":
        return (
            f"no TLS handshake with {failure.tls_peer} within Timeout.connect: the port accepted the connection and "
            "did not answer, as behind some firewalls"
        )
    if step == "tunnel":
        return (
            f"the proxy {failure.proxy} opened no tunnel to {failure.peer} within Timeout.connect: it is slow, or "
            "cannot reach that host"
        )
    if failure.proxy and failure.has_tunnel:
        return f"no TLS handshake with {failure.route} within Timeout.connect"
    if failure.proxy:
        return f"no connection to the proxy {failure.proxy} within Timeout.connect: {_CHECK_PROXY}"
    return f"no connection to {failure.peer} within Timeout.connect{_vpc_hint(failure)}"


def unsendable_error(failure: FailedRequest) -> TransportError:
    """Return the error for a request that HTTP cannot express."""
    message = f"the request to {failure.peer} is not valid HTTP: check the URL, and the headers for control characters"
    return TransportError(message, may_have_been_sent=failure.is_sent, is_transient=False)


def unexpected_error(failure: FailedRequest) -> TransportError:
    """Return the error for an exception that no transport is known to raise; it names its type, not its text."""
    return TransportError(
        f"the request to {failure.route} failed with {type(failure.error).__name__}, which is this error's "
        "__cause__; if transport= or middleware of yours did not raise it, please report it",
        may_have_been_sent=failure.is_sent,
        is_transient=False,
    )


def parse_error(failure: FailedRequest) -> ResponseParseError:
    """Return the error for a response that is not valid HTTP, or that a transport could not read."""
    return ResponseParseError(
        f"the response of {failure.peer} is not valid HTTP ({type(failure.error).__name__}); "
        "check that endpoint_url is an AWS endpoint"
    )


def connection_lost_error(failure: FailedRequest) -> TransportError:
    """Return the error for a connection that broke after the first write of the request."""
    for cause in failure.causes():
        # In TLS 1.3 the server checks a client certificate after the client may send: it discards those bytes, so an
        # alert about the certificate means that the request was not executed.
        if isinstance(cause, ssl.SSLError) and is_client_certificate_alert(cause):
            return handshake_error(cause, failure)
        if isinstance(cause, RefusedRenegotiationError):
            return ConnectionLostError(
                f"{failure.peer} closed the connection after the request was started, when wsclient refused to "
                "renegotiate TLS 1.2: the server may request a client certificate for single paths; have it request "
                "one in the first handshake, or speak TLS 1.3",
                may_have_been_sent=True,
                is_transient=False,
            )
    return ConnectionLostError(
        f"the connection to {failure.peer} broke after the request was started", may_have_been_sent=True
    )


def connect_error(failure: FailedRequest) -> TransportError:
    """Return the error for a connection that failed."""
    reason = ""
    for cause in failure.causes():
        if isinstance(cause, _TLS_UNFINISHED):
            continue
        if isinstance(cause, ssl.SSLCertVerificationError):
            return certificate_error(cause, failure)
        if isinstance(cause, _TLS_CUT):
            return ConnectError(f"{failure.tls_peer} closed the connection during the TLS handshake")
        if isinstance(cause, ssl.SSLError):
            return handshake_error(cause, failure)
        if isinstance(cause, socket.gaierror):
            name = f"the proxy {failure.proxy}" if failure.proxy else failure.peer
            return ConnectError(f"the name of {name} does not resolve: {_name_hint(failure)}")
        if isinstance(cause, OSError) and cause.errno:
            reason = f" ({os.strerror(cause.errno)})"
    return ConnectError(_unconnected(failure, reason))


def _unconnected(failure: FailedRequest, reason: str) -> str:
    """Return the message for a connection that failed for this reason of the operating system, or for none."""
    if not failure.proxy or failure.has_tunnel:
        return f"no connection to {failure.route}{reason}{_vpc_hint(failure)}"
    if not reason:
        return f"no connection to {failure.route}{_NO_HTTP_PROXY}"
    if failure.is_tunnel_requested:
        return f"the proxy {failure.proxy} opened no tunnel to {failure.peer}{reason}"
    return f"no connection to the proxy {failure.proxy}{reason}: {_CHECK_PROXY}"


def _name_hint(failure: FailedRequest) -> str:
    """Return what to check when the name of the peer does not resolve."""
    if failure.proxy:
        return f"{_CHECK_PROXY} and the resolver"
    endpoint_id = bare_endpoint_id(failure.peer)
    return missing_suffix_hint(endpoint_id) if endpoint_id else "check region, endpoint and resolver"


def missing_suffix_hint(endpoint_id: str) -> str:
    """Return where to find the DNS name of a VPC endpoint whose id was taken for it."""
    return (
        f"{endpoint_id} is the id of the endpoint, and its DNS names have a suffix after the id, as in "
        f"{endpoint_id}-1a2b3c4d. Use the part before the first dot of a DNS name that the VPC console shows, or that "
        f"`aws ec2 describe-vpc-endpoints --vpc-endpoint-ids {endpoint_id} "
        "--query 'VpcEndpoints[].DnsEntries[].DnsName'` prints"
    )


def _vpc_hint(failure: FailedRequest) -> str:
    """Return the usual causes of a connection failure to a host in a VPC, or an empty string."""
    return _VPC_HINT if failure.is_in_vpc else ""
