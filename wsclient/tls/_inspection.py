"""Inspection of SSL contexts, live connections and rejected certificates."""

from __future__ import annotations

import re
import ssl
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Final, Protocol, cast

import msgspec

from wsclient._core.dates import certificate_date
from wsclient._core.errors import TLSError
from wsclient.endpoints._types import EndpointKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence


_WEAK_AUTHENTICATION = frozenset({"auth-null", "auth-dss", "auth-psk", "auth-srp"})
_FORWARD_SECRECY = frozenset({"kx-ecdhe", "kx-dhe"})
_TLS13 = "kx-any"
MIN_KEY_BITS = 128
MIN_SECURITY_LEVEL = 2
"""Lowest OpenSSL security level: 112 bits, so RSA and DH keys of 2048 bits and no SHA-1 signatures (OpenSSL,
SSL_CTX_set_security_level)."""
IGNORE_UNEXPECTED_EOF: Final[int] = getattr(ssl, "OP_IGNORE_UNEXPECTED_EOF", 0)
"""Option of contexts that do not tell a connection that was cut from one that was closed; 0 before OpenSSL 3."""
_MAX_NAME_LENGTH = 200
_WEAK_CIPHER = r"\b(NULL|RC4|RC2|DES|IDEA|SEED|EXP|MD5)"


class NegotiatedTLS(msgspec.Struct, frozen=True, kw_only=True):
    """Negotiated parameters of a TLS connection: protocol version, cipher suite, key bits and the peer's certificate.

    group is the key exchange group, for example X25519MLKEM768; None before Python 3.15, which reports it first.
    remote_address is the IP address of the peer, or of the proxy; None if unknown. endpoint_kind is the type of
    endpoint that the client opened the connection for; None for a connection that was not opened by a client.
    """

    version: str
    cipher: str
    bits: int
    group: str | None = None
    certificate_subject: str | None = None
    certificate_issuer: str | None = None
    certificate_expires: datetime | None = None
    remote_address: str | None = None
    endpoint_kind: EndpointKind | None = None


def inspect_connection(connection: ssl.SSLObject | ssl.SSLSocket, remote_address: str | None = None) -> NegotiatedTLS:
    """Return the negotiated parameters of a live connection. remote_address is copied into the result."""
    cipher, _, bits = connection.cipher() or ("none", "", 0)
    certificate = connection.getpeercert() or {}
    group: Callable[[], str | None] | None = getattr(connection, "group", None)
    expires = certificate.get("notAfter")
    return NegotiatedTLS(
        version=connection.version() or "none",
        cipher=cipher,
        bits=bits or 0,
        group=group() if group else None,
        certificate_subject=_name(certificate.get("subject")),
        certificate_issuer=_name(certificate.get("issuer")),
        certificate_expires=_expiration(str(expires)) if expires else None,
        remote_address=remote_address,
    )


def _expiration(text: str) -> datetime | None:
    """Parse the expiration of a certificate; None for a time outside datetime's range."""
    with suppress(ValueError, OverflowError):
        return certificate_date(text)
    return None


def has_fips_provider() -> bool:
    """Return whether this interpreter's OpenSSL uses its FIPS provider."""
    # Only _hashlib reports the FIPS mode of OpenSSL's default library context, which the ssl module uses as well.
    try:
        import _hashlib  # noqa: PLC0415 - a private module of CPython, needed with fips_ciphers only
    except ImportError:  # since Python 3.15, where OpenSSL's configuration asks for a provider that is not there
        return False
    mode: Callable[[], int] | None = getattr(_hashlib, "get_fips_mode", None)
    return bool(mode and mode())


class ReportingSSLObject(ssl.SSLObject):
    """SSL object that notes on the error what ssl omits: a rejected certificate's names and its chain's end.

    Also that an alert came after the peer's certificate.
    """

    def do_handshake(self) -> None:
        """Perform the handshake; add notes to its error that describe what the peer presented."""
        try:
            super().do_handshake()
        except ssl.SSLCertVerificationError as error:
            for note in _chain_notes([certificate.get_info() for certificate in _presented_chain(self)]):
                error.add_note(note)
            raise
        except ssl.SSLError as error:
            if "_ALERT_" in (error.reason or "") and _presented_chain(self):
                error.add_note(_ALERT_NOTE)
            raise


class _Certificate(Protocol):
    def get_info(self) -> Mapping[str, object]: ...


def _presented_chain(connection: ssl.SSLObject) -> Sequence[_Certificate]:
    # After a rejection only CPython's underlying _ssl object still has the chain; without that method it is unknown.
    ssl_object = getattr(connection, "_sslobj", None)
    get_chain = cast("Callable[[], Sequence[_Certificate] | None]", getattr(ssl_object, "get_unverified_chain", tuple))
    return get_chain() or ()


def _chain_notes(chain: Sequence[Mapping[str, object]]) -> Iterator[str]:
    """Yield notes that describe a rejected chain of certificates."""
    if not chain:
        return
    names = [
        (_name(facts.get("subject")) or "no name", _name(facts.get("issuer")) or "an unnamed issuer") for facts in chain
    ]
    yield f"{_CERTIFICATE_NOTE}{names[0][0]}, issued by {names[0][1]}"
    yield f"{_ISSUER_NOTE}{_last_issuer(names)}"
    yield f"{_NAMES_NOTE}{_alternative_names(chain[0])}"
    dates = [_expiration(str(facts.get("notAfter"))) for facts in chain]
    known = [(date, subject) for date, (subject, _) in zip(dates, names, strict=True) if date is not None]
    if known:
        date, subject = min(known)
        yield f"{_EXPIRY_NOTE}{subject}, on {date:%Y-%m-%d}"


def _alternative_names(facts: Mapping[str, object]) -> str:
    """Return the first names that a certificate is valid for, or an empty string."""
    names = cast("Sequence[tuple[str, object]]", facts.get("subjectAltName", ()))
    shown = ", ".join([_printable(str(value)) for _, value in names[:_MAX_NAMES]])
    return f"{shown}, …" if len(names) > _MAX_NAMES else shown


def _last_issuer(chain: Sequence[tuple[str, str]]) -> str:
    """Return the issuer with which a chain of (subject, issuer) ends: the one that is missing, unless it is trusted."""
    issuers = dict(reversed(chain))
    issuer = chain[0][1]
    # Each certificate is passed once: the peer's chain may form a cycle.
    for _ in chain:
        issuer = issuers.get(issuer, issuer)
    return issuer


_ALERT_NOTE = "the peer sent its certificate before this alert"
_CERTIFICATE_NOTE = "the certificate presented: "
_ISSUER_NOTE = "the chain ends with: "
_NAMES_NOTE = "the certificate is valid for: "
_EXPIRY_NOTE = "the first certificate of the chain to expire: "
_MAX_NAMES = 5


def presented_certificate(error: ssl.SSLCertVerificationError) -> str | None:
    """Return the subject and issuer of the rejected certificate, or None unless a TLSPolicy's context rejected it."""
    notes: list[str] = getattr(error, "__notes__", [])
    return next((note for note in notes if note.startswith(_CERTIFICATE_NOTE)), None)


def has_negotiated(error: ssl.SSLError) -> bool:
    """Return whether the alert of a failed handshake came after the peer had chosen version and suite."""
    return _ALERT_NOTE in getattr(error, "__notes__", ())


def missing_issuer(error: ssl.SSLCertVerificationError) -> str | None:
    """Return the name of the authority at the end of a rejected chain, or None if it is unknown."""
    return _noted(error, _ISSUER_NOTE)


def certificate_names(error: ssl.SSLCertVerificationError) -> str | None:
    """Return the names that the rejected certificate is valid for, or None if they are unknown."""
    return _noted(error, _NAMES_NOTE)


def first_to_expire(error: ssl.SSLCertVerificationError) -> str | None:
    """Return subject and day of the certificate of a rejected chain that expires first, or None if it is unknown."""
    return _noted(error, _EXPIRY_NOTE)


def _noted(error: ssl.SSLError, prefix: str) -> str | None:
    notes: list[str] = getattr(error, "__notes__", [])
    return next((note.removeprefix(prefix) for note in notes if note.startswith(prefix)), None)


def _name(parts: object) -> str | None:
    """Return a distinguished name as text: CN=..., O=..."""
    if not isinstance(parts, tuple) or not parts:
        return None
    short = {"commonName": "CN", "organizationName": "O", "organizationalUnitName": "OU", "countryName": "C"}
    names = cast("tuple[tuple[tuple[str, str], ...], ...]", parts)
    text = ", ".join(f"{short.get(key, key)}={value}" for relative in names for key, value in relative)
    return _printable(text)


def _printable(text: str) -> str:
    # The peer chooses the name: control characters could forge log lines or drive a terminal.
    return "".join(character if character.isprintable() else "?" for character in text)[:_MAX_NAME_LENGTH]


def version_faults(context: ssl.SSLContext, minimum: ssl.TLSVersion) -> Iterator[str]:
    """Yield a message for each protocol version below the minimum that a context allows."""
    disabling_options = {
        ssl.TLSVersion.SSLv3: ssl.OP_NO_SSLv3,
        ssl.TLSVersion.TLSv1: ssl.OP_NO_TLSv1,
        ssl.TLSVersion.TLSv1_1: ssl.OP_NO_TLSv1_1,
        ssl.TLSVersion.TLSv1_2: ssl.OP_NO_TLSv1_2,
    }
    for version, option in disabling_options.items():
        # TLSVersion.MINIMUM_SUPPORTED compares lower than every version, so it counts as allowing all of them.
        if context.minimum_version <= version < minimum and not context.options & option:
            yield f"it allows {version.name.replace('_', '.')}"


def verification_faults(context: ssl.SSLContext) -> Iterator[str]:
    """Yield a message for each verification of the peer that a context omits or does with weak keys."""
    if context.verify_mode is not ssl.CERT_REQUIRED:
        yield "it does not verify certificates"
    if not context.check_hostname:
        yield "it does not verify host names"
    if context.security_level < MIN_SECURITY_LEVEL:
        yield f"its OpenSSL security level is {context.security_level} (minimum {MIN_SECURITY_LEVEL})"


def connection_faults(connection: ssl.SSLObject | ssl.SSLSocket) -> Iterator[str]:
    """Yield a message for each verification that a live connection's context omits now, and for a missing certificate.

    A context can be changed after it was checked, and a class of the caller's can answer what is not so: only the
    connection itself proves anything, as OpenSSL has it.
    """
    context = connection.context
    yield from verification_faults(context)
    if type(context) is not ssl.SSLContext:
        yield from verification_faults(cast("ssl.SSLContext", _OpenSSLView(context)))
    if not connection.server_hostname:
        yield "it was opened without a host name to verify"
    if not connection.getpeercert(binary_form=True):
        yield "the peer presented no certificate"
    certificate = connection.getpeercert()
    # OpenSSL compares the common name then, unless a context forbids it, as RFC 9525, section 2, does. Where the
    # operating system verifies the certificate, Python has none of its names.
    if certificate and not certificate.get("subjectAltName"):
        yield "the peer's certificate names its host in the common name only (RFC 9525 requires subjectAltName)"


def host_faults(connection: ssl.SSLObject, host: str) -> Iterator[str]:
    """Yield a message if a connection verified another host's name, or none: a subclass of SSLContext may pass one."""
    verified = connection.server_hostname or ""
    if verified.rstrip(".").lower() != host.rstrip(".").lower():
        yield f"it verified the name {verified!r:.80}"


def require_no_faults(peer: str, faults: Iterable[str]) -> None:
    """Raise TLSError if there are faults in the verification of a peer, host:port."""
    if found := "; ".join(faults):
        raise TLSError(f"{peer}: the connection is not protected: {found}; no request was sent")


class _OpenSSLView:
    """Attributes of a context of a subclass, as OpenSSL has them."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context

    def __getattr__(self, name: str) -> object:
        return getattr(ssl.SSLContext, name).__get__(self._context)


def suite_faults(context: ssl.SSLContext) -> Iterator[str]:
    """Yield a message for each cipher suite without forward secrecy, server authentication or strong encryption."""
    for suite in context.get_ciphers():
        name, exchange, authentication = suite["name"], suite["kea"], suite["auth"]
        if suite["strength_bits"] < MIN_KEY_BITS or re.search(_WEAK_CIPHER, name, re.IGNORECASE):
            yield f"{name} has weak encryption"
        elif exchange == _TLS13:
            continue
        elif exchange not in _FORWARD_SECRECY:
            yield f"{name} has no forward secrecy"
        elif authentication in _WEAK_AUTHENTICATION:
            yield f"{name} does not authenticate the server by an RSA or ECDSA certificate"


def warnings_for(context: ssl.SSLContext) -> Iterator[str]:
    """Yield a warning for each acceptable but discouraged property of a context."""
    cbc = [suite["name"] for suite in context.get_ciphers() if not suite["aead"]]
    if cbc:
        yield f"the SSL context allows {len(cbc)} CBC suites: {', '.join(cbc)}"
    if context.keylog_filename:
        yield (
            f"the SSL context writes session keys to {context.keylog_filename}: anyone who can read that file can "
            "decrypt the calls"
        )
