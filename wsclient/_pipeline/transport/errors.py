"""What a failed connection is called and what to do about it; no HTTP library in sight.

No message repeats foreign words, for libraries quote headers in theirs: only codes and names that are known to be
harmless get in.
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
from wsclient.tls._inspection import presented_certificate

if TYPE_CHECKING:
    from collections.abc import Iterator

_TLS_CUT = (ssl.SSLEOFError, ssl.SSLZeroReturnError)
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
_OUTSIDE_THE_VPC = (
    ": this machine is outside the VPC (a VPN or Direct Connect is needed), or the endpoint's security group "
    "does not let it in"
)


class FailedRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One request that failed: with what, on the way to whom, and how far it had come.

    peer and proxy are host:port; in_vpc says that the name belongs to a VPC (PrivateLink, private DNS); sent that
    the first byte of the request may have left.
    """

    error: BaseException
    peer: str
    proxy: str | None
    in_vpc: bool
    sent: bool

    def causes(self) -> Iterator[BaseException]:
        """Give the error, then what caused it, and so on."""
        error: BaseException | None = self.error
        while error is not None:
            yield error
            if isinstance(error, BaseExceptionGroup):  # one error for each address of a name; the first was preferred
                error = cast("BaseExceptionGroup[BaseException]", error).exceptions[0]
            else:
                error = error.__cause__ or error.__context__


def timeout_error(failure: FailedRequest, phase: str) -> RequestTimeoutError:
    """Return the error for a time-out of that phase."""
    if phase == "connect":
        words = f"no connection to {_way(failure)} within Timeout.connect{_where_to_look(failure)}"
    elif phase == "pool":
        words = f"no free connection to {failure.peer} within Timeout.pool; raise max_connections"
    else:
        words = f"{failure.peer}: silence longer than Timeout.{phase}"
    sent = failure.sent and phase not in {"connect", "pool"}
    return RequestTimeoutError(words, phase=phase, may_have_been_sent=sent)


def unsendable_error(failure: FailedRequest) -> TransportError:
    """Return the error for a request that HTTP cannot express."""
    words = (
        f"the request to {failure.peer} has no valid HTTP form: look at the URL, and for control characters in headers"
    )
    return TransportError(words, may_have_been_sent=failure.sent, is_transient=False)


def parse_error(failure: FailedRequest) -> ResponseParseError:
    """Return the error for an answer that is no HTTP, or that a transport could not read."""
    return ResponseParseError(
        f"what {failure.peer} answered is no HTTP that can be read ({type(failure.error).__name__}); "
        "does endpoint_url name an AWS endpoint?"
    )


def connection_lost_error(failure: FailedRequest) -> TransportError:
    """Return the error for a connection that broke once the request had started to go out."""
    for cause in failure.causes():
        # In TLS 1.3 a client's certificate is judged after its first bytes have left: they are not read.
        if isinstance(cause, ssl.SSLError) and any(
            alert in (cause.reason or "") for alert in _CLIENT_CERTIFICATE_ALERTS
        ):
            return _refused_handshake(cause, failure)
    return ConnectionLostError(
        f"the connection to {failure.peer} broke after the request had started to go out", may_have_been_sent=True
    )


def connect_error(failure: FailedRequest, *, proxy_status: int | None = None) -> TransportError:
    """Return the error for a connection that did not come about; proxy_status is what a proxy answered to CONNECT."""
    if proxy_status is not None:
        hint = ": it wants credentials, as in http://USER:PASSWORD@HOST" if proxy_status == 407 else ""  # noqa: PLR2004 - Proxy Authentication Required
        return ConnectError(
            f"the proxy {failure.proxy} answered HTTP {proxy_status} when asked to connect to {failure.peer}{hint}"
        )
    reason = ""
    for cause in failure.causes():
        if isinstance(cause, ssl.SSLCertVerificationError):
            return TLSError(f"the certificate of {_way(failure)} is not acceptable: {_certificate_words(cause)}")
        if isinstance(cause, _TLS_CUT):
            return ConnectError(f"{_way(failure)}: the TLS handshake was ended half-way")
        if isinstance(cause, ssl.SSLError):
            return _refused_handshake(cause, failure)
        if isinstance(cause, socket.gaierror):
            return ConnectError(
                f"the name of {failure.proxy or failure.peer} does not resolve: check region, endpoint and resolver"
            )
        if isinstance(cause, OSError) and cause.errno:
            reason = f" ({os.strerror(cause.errno)})"
    return ConnectError(f"no connection to {_way(failure)}{reason}{_where_to_look(failure)}")


def _refused_handshake(error: ssl.SSLError, failure: FailedRequest) -> TLSError:
    reason = (error.reason or "unknown reason").replace("_", " ").lower()
    hint = "; it asks for a certificate that it trusts: TLSPolicy(client_cert=...)" if "certificate" in reason else ""
    return TLSError(f"no TLS with {_way(failure)} that both sides allow ({reason}){hint}; nothing was sent")


def _certificate_words(error: ssl.SSLCertVerificationError) -> str:
    words = error.verify_message.rstrip(".")
    certificate = presented_certificate(error)
    if certificate is not None:
        words += f" ({certificate})"
    if any(sign in error.verify_message for sign in ("issuer", "self-signed", "self signed")):
        words += (
            ". If a corporate proxy inspects TLS, trust its authority: AWS_CA_BUNDLE or TLSPolicy(extra_ca_file=...)"
        )
    elif "expired" in words or "not yet valid" in words:
        words += ". If the certificate is in order, this machine's clock is not"
    return f"{words}; nothing was sent"


def _way(failure: FailedRequest) -> str:
    return f"{failure.peer} through the proxy {failure.proxy}" if failure.proxy else failure.peer


def _where_to_look(failure: FailedRequest) -> str:
    """Say what usually is wrong when a name inside a VPC does not answer."""
    return _OUTSIDE_THE_VPC if failure.in_vpc else ""
