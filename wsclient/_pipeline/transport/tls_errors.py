"""TLS errors from failed handshakes: who broke it off, why, and what to set."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wsclient._core.errors import TLSError
from wsclient.tls._inspection import (
    certificate_names,
    first_to_expire,
    has_negotiated,
    missing_issuer,
    presented_certificate,
)

if TYPE_CHECKING:
    import ssl

    from wsclient._pipeline.transport.failed_request import FailedRequest

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
_NOTHING_IN_COMMON = "it offers no TLS version, cipher suite and signature that the TLS policy allows"
_MEANINGS = {
    "HANDSHAKE_FAILURE": _NOTHING_IN_COMMON,
    "INSUFFICIENT_SECURITY": _NOTHING_IN_COMMON,
    "NO_APPLICATION_PROTOCOL": "it does not speak HTTP/1.1 there, which wsclient uses",
    "PROTOCOL_VERSION": _NOTHING_IN_COMMON,
    "UNRECOGNIZED_NAME": "it does not serve that host name",
    "UNSUPPORTED_PROTOCOL": _NOTHING_IN_COMMON,
}
"""Meanings of the other reasons that have one, by their ends."""
_CHAIN_FAILURES = frozenset({2, 7, 18, 19, 20, 21, 22, 24, 27, 29, 30, 32})
"""OpenSSL's X509_V_ERR codes of a chain that does not end with a trusted authority: an issuer that is missing or has
another key, a certificate that signs itself, one that may not issue others."""
_NAME_MISMATCHES = frozenset({62, 64})
"""OpenSSL's X509_V_ERR codes of a certificate for another host name or IP address."""
_REASON = r"\[SSL\] ([a-z0-9 ]+) \(_ssl\.c:[0-9]+\)"
"""Pattern of the text of an error without identifier, which has OpenSSL's reason; compiled at the first such error."""
_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE"})
"""Reasons of OpenSSL for bytes that are not TLS, such as those of a server or proxy that takes plain HTTP."""


def handshake_error(error: ssl.SSLError, failure: FailedRequest) -> TLSError:
    """Return the error for a handshake that failed for another reason than the peer's certificate."""
    reason, hint = reason_of(error) or "unknown reason", _handshake_hint(error, failure)
    return TLSError(
        f"the TLS handshake with {failure.tls_peer} failed ({reason.replace('_', ' ').lower()})"
        f"{f'; {hint}' if hint else ''}; nothing was sent"
    )


def is_client_certificate_alert(error: ssl.SSLError) -> bool:
    """Return whether the peer has rejected the client's certificate, or the lack of one."""
    reason = reason_of(error)
    return "ALERT" in reason and reason.endswith(_CLIENT_CERTIFICATE_ALERTS)


def reason_of(error: ssl.SSLError) -> str:
    """Return OpenSSL's reason as an identifier, or an empty string; Python has no identifier for newer reasons."""
    # An error that Python code raises, such as a transport of the caller, has no such attributes.
    identifier: str | None = getattr(error, "reason", None)
    text = re.fullmatch(_REASON, str(error.args[1])) if len(error.args) > 1 else None
    return identifier or (text[1].replace(" ", "_").upper() if text else "")


def _handshake_hint(error: ssl.SSLError, failure: FailedRequest) -> str:
    """Return what the reason of a failed handshake means, or an empty string."""
    reason = reason_of(error)
    if reason in _NO_TLS:
        return f"it does not speak TLS there: {_where_to_find_tls(failure)}"
    if is_client_certificate_alert(error):
        return _client_certificate_hint(failure, "it requires", "it does not accept")
    if has_negotiated(error) and reason.endswith(_UNSPECIFIC_ALERTS):
        return _client_certificate_hint(failure, "it may require", "it may not accept")
    return next((hint for end, hint in _MEANINGS.items() if reason.endswith(end)), "")


def _where_to_find_tls(failure: FailedRequest) -> str:
    if failure.is_at_proxy:
        return "write its URL with http://"
    if failure.proxy:
        return f"check the port, and whether {failure.proxy} is a proxy: it may have sent a page of its own"
    return "check the port"


def _client_certificate_hint(failure: FailedRequest, requires: str, rejects: str) -> str:
    if failure.has_client_certificate:
        return f"{rejects} the client certificate of TLSPolicy(client_cert=...): check its issuer and its dates"
    if failure.has_client_certificate is None:
        return f"{requires} a client certificate, which the SSL context of the caller lacks, or another one"
    return f"{requires} a client certificate: TLSPolicy(client_cert=...)"


def certificate_error(error: ssl.SSLCertVerificationError, failure: FailedRequest) -> TLSError:
    """Return the error for a certificate that was not accepted."""
    code: int = getattr(error, "verify_code", 0)
    problem = str(getattr(error, "verify_message", "unknown reason")).rstrip(".")
    certificate = presented_certificate(error)
    if certificate is not None:
        problem += f" ({certificate})"
    if code in _CHAIN_FAILURES:
        if (issuer := missing_issuer(error)) is not None:
            problem += f". The issuer that is not trusted is {issuer}"
        problem += (
            ". If a corporate proxy inspects TLS, trust its CA: set AWS_CA_BUNDLE or TLSPolicy(extra_ca_file=...)"
        )
        if failure.trust_note:
            problem += f". {failure.trust_note}"
    elif code in _NAME_MISMATCHES and (names := certificate_names(error)) is not None:
        problem += f". It is valid for {names}" if names else ". It has no subjectAltName; a common name does not count"
    elif "expired" in problem or "not yet valid" in problem:
        if "expired" in problem and (first := first_to_expire(error)) is not None:
            problem += f". The first certificate of its chain to expire is {first}"
        problem += ". If the certificate is valid now, this machine's clock is wrong"
    return TLSError(f"the certificate of {failure.tls_peer} is not trusted: {problem}; nothing was sent")
