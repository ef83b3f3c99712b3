"""Transport errors from failed exchanges, with the likely cause and what to do; imports no HTTP library.

No message repeats the text of another library's exception, which may quote headers: messages contain only codes and
names that cannot be secret.
"""

from __future__ import annotations

import os
import socket
import ssl
from typing import TYPE_CHECKING, cast

import msgspec

from wsclient._core.errors import (
    ConnectError,
    ConnectionLostError,
    RequestTimeoutError,
    ResponseParseError,
    TLSError,
    TransportError,
)
from wsclient._core.hosts import bare_endpoint_id
from wsclient._core.http import MAX_READ_TIMEOUTS, PhaseTimeoutError
from wsclient.tls._inspection import has_negotiated, missing_issuer, presented_certificate

if TYPE_CHECKING:
    from collections.abc import Iterator

_TLS_CUT = (ssl.SSLEOFError, ssl.SSLZeroReturnError)
_TLS_UNFINISHED = (ssl.SSLWantReadError, ssl.SSLWantWriteError)
"""No failures: the handshake waited for the socket, and the error of the socket that follows has them as context."""
_CLIENT_CERTIFICATE_ALERTS = (
    "CERTIFICATE_REQUIRED",
    "BAD_CERTIFICATE",
    "UNSUPPORTED_CERTIFICATE",
    "CERTIFICATE_REVOKED",
    "CERTIFICATE_EXPIRED",
    "CERTIFICATE_UNKNOWN",
    "UNKNOWN_CA",
    "ACCESS_DENIED",
)
"""Ends of OpenSSL's reasons for alerts about the certificate of a client."""
_UNSPECIFIC_ALERTS = ("HANDSHAKE_FAILURE", "DECODE_ERROR")
"""Alerts of servers that do not say why they reject a client; some for want of a certificate."""
_POLICY_ALERTS = ("HANDSHAKE_FAILURE", "PROTOCOL_VERSION", "INSUFFICIENT_SECURITY", "UNSUPPORTED_PROTOCOL")
_CHAIN_FAILURES = frozenset({2, 7, 18, 19, 20, 21, 22, 24, 27, 29, 30, 32})
"""OpenSSL's X509_V_ERR codes of a chain that does not end with a trusted authority: an issuer that is missing or has
another key, a certificate that signs itself, one that may not issue others."""
_VPC_HINT = (
    ": this machine may be outside the VPC (connect by VPN or Direct Connect), or the security group of the endpoint "
    "may not allow it"
)


_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE"})
"""Reasons of OpenSSL for bytes that are not TLS, such as those of a server or proxy that takes plain HTTP."""
_CHECK_PROXY = "check the URL of the proxy (HTTPS_PROXY or proxy=)"
_NO_HTTP_PROXY = ": it closed the connection, or did not answer as an HTTP proxy; check the scheme and port of its URL"


class FailedRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A failed request: its error, its peer, and whether it may have been sent.

    peer and proxy are host:port; has_proxy_user is True if the proxy's URL has a user name, has_tunnel if the proxy was
    asked for a tunnel, so that the connection to the proxy itself worked; proxy_schemes are the authentication schemes
    that it offered; is_at_proxy is True if TLS is spoken with the proxy itself. is_in_vpc is True if the name belongs
    to a VPC (PrivateLink, private DNS); is_sent is True if the first byte of the request may have left this machine.
    trust_note names the setting of the trust store; has_client_certificate is None if the SSL context is the caller's.
    """

    error: BaseException
    peer: str
    proxy: str | None
    has_proxy_user: bool = False
    has_tunnel: bool = False
    proxy_schemes: tuple[str, ...] = ()
    is_at_proxy: bool = False
    is_in_vpc: bool
    is_sent: bool
    trust_note: str | None = None
    has_client_certificate: bool | None = False

    def causes(self) -> Iterator[BaseException]:
        """Yield the error and its chain of causes, the latest first."""
        return chain_of(self.error)


def chain_of(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and its chain of causes, the latest first, each once.

    A transport that raises the same exception again and again makes a cycle of its chain.
    """
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        yield following
        seen.add(id(following))
        if isinstance(following, BaseExceptionGroup):  # one error per address of a name; the first address is preferred
            following = cast("BaseExceptionGroup[BaseException]", following).exceptions[0]
        else:
            following = following.__cause__ or following.__context__


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
            f"no TLS handshake with {_tls_peer(failure)} within Timeout.connect: the port accepted the connection and "
            "did not answer, as behind some firewalls"
        )
    if step == "tunnel":
        return (
            f"the proxy {failure.proxy} opened no tunnel to {failure.peer} within Timeout.connect: it is slow, or "
            "cannot reach that host"
        )
    if failure.proxy and failure.has_tunnel:
        return f"no TLS handshake with {_route(failure)} within Timeout.connect"
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
        f"the request to {_route(failure)} failed with {type(failure.error).__name__}, which is this error's "
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
        if isinstance(cause, ssl.SSLError) and any(
            alert in (cause.reason or "") for alert in _CLIENT_CERTIFICATE_ALERTS
        ):
            return _handshake_error(cause, failure)
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
            return TLSError(
                f"the certificate of {_tls_peer(failure)} is not trusted: {_certificate_problem(cause, failure)}"
            )
        if isinstance(cause, _TLS_CUT):
            return ConnectError(f"{_tls_peer(failure)} closed the connection during the TLS handshake")
        if isinstance(cause, ssl.SSLError):
            return _handshake_error(cause, failure)
        if isinstance(cause, socket.gaierror):
            name = f"the proxy {failure.proxy}" if failure.proxy else failure.peer
            return ConnectError(f"the name of {name} does not resolve: {_name_hint(failure)}")
        if isinstance(cause, OSError) and cause.errno:
            reason = f" ({os.strerror(cause.errno)})"
    if failure.proxy and reason and not failure.has_tunnel:
        return ConnectError(f"no connection to the proxy {failure.proxy}{reason}: {_CHECK_PROXY}")
    hint = _NO_HTTP_PROXY if failure.proxy and not reason else _vpc_hint(failure)
    return ConnectError(f"no connection to {_route(failure)}{reason}{hint}")


def _handshake_error(error: ssl.SSLError, failure: FailedRequest) -> TLSError:
    reason, hint = error.reason or "unknown reason", _handshake_hint(error, failure)
    return TLSError(
        f"the TLS handshake with {_tls_peer(failure)} failed ({reason.replace('_', ' ').lower()})"
        f"{f'; {hint}' if hint else ''}; nothing was sent"
    )


def _handshake_hint(error: ssl.SSLError, failure: FailedRequest) -> str:
    """Return what the reason of a failed handshake means, or an empty string."""
    reason = error.reason or ""
    if reason in _NO_TLS:
        other = "write its URL with http://" if failure.is_at_proxy else "check the port"
        return f"it does not speak TLS there: {other}"
    if "ALERT" in reason and reason.endswith(_CLIENT_CERTIFICATE_ALERTS):
        return _client_certificate_hint(failure, "it requires", "it does not accept")
    if has_negotiated(error) and reason.endswith(_UNSPECIFIC_ALERTS):
        return _client_certificate_hint(failure, "it may require", "it may not accept")
    if reason.endswith(_POLICY_ALERTS):
        return "it offers no TLS version and cipher suite that the TLS policy allows"
    if reason.endswith("NO_APPLICATION_PROTOCOL"):
        return "it does not speak HTTP/1.1 there, which wsclient uses"
    return "it does not serve that host name" if reason.endswith("UNRECOGNIZED_NAME") else ""


def _client_certificate_hint(failure: FailedRequest, requires: str, rejects: str) -> str:
    if failure.has_client_certificate:
        return f"{rejects} the client certificate of TLSPolicy(client_cert=...): check its issuer and its dates"
    if failure.has_client_certificate is None:
        return f"{requires} a client certificate, which the SSL context of the caller lacks, or another one"
    return f"{requires} a client certificate: TLSPolicy(client_cert=...)"


def _certificate_problem(error: ssl.SSLCertVerificationError, failure: FailedRequest) -> str:
    problem = error.verify_message.rstrip(".")
    certificate = presented_certificate(error)
    if certificate is not None:
        problem += f" ({certificate})"
    if getattr(error, "verify_code", 0) in _CHAIN_FAILURES:
        if (issuer := missing_issuer(error)) is not None:
            problem += f". The issuer that is not trusted is {issuer}"
        problem += (
            ". If a corporate proxy inspects TLS, trust its CA: set AWS_CA_BUNDLE or TLSPolicy(extra_ca_file=...)"
        )
        if failure.trust_note:
            problem += f". {failure.trust_note}"
    elif "expired" in problem or "not yet valid" in problem:
        problem += ". If the certificate is valid now, this machine's clock is wrong"
    return f"{problem}; nothing was sent"


def _route(failure: FailedRequest) -> str:
    return f"{failure.peer} through the proxy {failure.proxy}" if failure.proxy else failure.peer


def _tls_peer(failure: FailedRequest) -> str:
    """Return who presented a certificate, or broke a handshake off."""
    return f"the proxy {failure.proxy}" if failure.is_at_proxy else _route(failure)


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
