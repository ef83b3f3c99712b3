"""Looking at TLS: what a context would allow, what a connection agreed on, whose certificate was refused."""

from __future__ import annotations

import re
import ssl
from datetime import datetime  # noqa: TC003 - help() reads a Struct's annotations
from typing import TYPE_CHECKING, Protocol, cast

import msgspec

from wsclient._core.dates import certificate_date
from wsclient.endpoints._types import EndpointKind  # noqa: TC001 - help() reads a Struct's annotations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence


_WEAK_AUTHENTICATION = frozenset({"auth-null", "auth-dss", "auth-psk", "auth-srp"})
_FORWARD_SECRECY = frozenset({"kx-ecdhe", "kx-dhe"})
_TLS13 = "kx-any"
LEAST_BITS = 128
_LONGEST_NAME = 200
_WEAK_CIPHER = r"\b(NULL|RC4|RC2|DES|IDEA|SEED|EXP|MD5)"


class NegotiatedTLS(msgspec.Struct, frozen=True, kw_only=True):
    """What a connection agreed on: protocol version, suite, key bits, and who the peer showed itself to be.

    group is that of the key exchange, as X25519MLKEM768, which Python tells from 3.15 on. remote_address is the IP
    address that was connected to, where it is known: through a proxy, the proxy's. endpoint_kind is the kind of
    endpoint that the connection was opened for, where a client tells of it.
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
    """Return what a live connection agreed on."""
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
        certificate_expires=certificate_date(str(expires)) if expires else None,
        remote_address=remote_address,
    )


def has_fips_provider() -> bool:
    """Tell whether this interpreter's OpenSSL does everything by its FIPS provider."""
    # Python tells it of OpenSSL's default library context, which ssl uses too, nowhere else.
    import _hashlib  # noqa: PLC0415 - hashlib's, of no use without fips_ciphers

    mode: Callable[[], int] | None = getattr(_hashlib, "get_fips_mode", None)
    return bool(mode and mode())


class ReportingSSLObject(ssl.SSLObject):
    """An SSL object that notes on a refused certificate whose it was and who issued it: ssl's error does not tell."""

    def do_handshake(self) -> None:
        """Shake hands; a certificate that is refused is described in a note on the error."""
        try:
            super().do_handshake()
        except ssl.SSLCertVerificationError as error:
            for certificate in _presented_chain(self)[:1]:
                facts = certificate.get_info()
                subject, issuer = _name(facts.get("subject")), _name(facts.get("issuer"))
                error.add_note(f"{_CERTIFICATE_NOTE}{subject or 'no name'}, issued by {issuer or 'nobody'}")
            raise


class _Certificate(Protocol):
    def get_info(self) -> Mapping[str, object]: ...


def _presented_chain(connection: ssl.SSLObject) -> Sequence[_Certificate]:
    # After a refusal only the object beneath still has the chain; where a Python lacks it, the chain is unknown.
    beneath = getattr(connection, "_sslobj", None)
    read = cast("Callable[[], Sequence[_Certificate] | None]", getattr(beneath, "get_unverified_chain", tuple))
    return read() or ()


_CERTIFICATE_NOTE = "the certificate presented: "


def presented_certificate(error: ssl.SSLCertVerificationError) -> str | None:
    """Return whose certificate was refused and who issued it, where that is known (contexts of a TLSPolicy)."""
    notes: list[str] = getattr(error, "__notes__", [])
    return next((note for note in notes if note.startswith(_CERTIFICATE_NOTE)), None)


def _name(parts: object) -> str | None:
    """Return a distinguished name the way people read it: CN=..., O=..."""
    if not isinstance(parts, tuple) or not parts:
        return None
    short = {"commonName": "CN", "organizationName": "O", "organizationalUnitName": "OU", "countryName": "C"}
    names = cast("tuple[tuple[tuple[str, str], ...], ...]", parts)
    words = ", ".join(f"{short.get(key, key)}={value}" for relative in names for key, value in relative)
    return "".join(character if character.isprintable() else "?" for character in words)[:_LONGEST_NAME]


def version_faults(context: ssl.SSLContext, minimum: ssl.TLSVersion) -> Iterator[str]:
    """Name the protocol versions below the minimum that a context allows."""
    switched_off = {
        ssl.TLSVersion.SSLv3: ssl.OP_NO_SSLv3,
        ssl.TLSVersion.TLSv1: ssl.OP_NO_TLSv1,
        ssl.TLSVersion.TLSv1_1: ssl.OP_NO_TLSv1_1,
        ssl.TLSVersion.TLSv1_2: ssl.OP_NO_TLSv1_2,
    }
    for version, option in switched_off.items():
        # MINIMUM_SUPPORTED is below every version, as what it allows is OpenSSL's to say.
        if context.minimum_version <= version < minimum and not context.options & option:
            yield f"it allows {version.name.replace('_', '.')}"


def verification_faults(context: ssl.SSLContext) -> Iterator[str]:
    """Name the checks of the peer that a context leaves out."""
    if context.verify_mode is not ssl.CERT_REQUIRED:
        yield "it does not check certificates"
    if not context.check_hostname:
        yield "it does not check host names"


def suite_faults(context: ssl.SSLContext) -> Iterator[str]:
    """Name the suites of a context without forward secrecy, authentication or sound encryption."""
    for suite in context.get_ciphers():
        name, exchange, authentication = suite["name"], suite["kea"], suite["auth"]
        if suite["strength_bits"] < LEAST_BITS or re.search(_WEAK_CIPHER, name, re.IGNORECASE):
            yield f"{name} is broken"
        elif exchange == _TLS13:
            continue
        elif exchange not in _FORWARD_SECRECY:
            yield f"{name} has no forward secrecy"
        elif authentication in _WEAK_AUTHENTICATION:
            yield f"{name} does not authenticate the server by a certificate that counts"


def warnings_for(context: ssl.SSLContext) -> Iterator[str]:
    """Name what a context had better not allow, and may."""
    cbc = [suite["name"] for suite in context.get_ciphers() if not suite["aead"]]
    if cbc:
        yield f"the SSL context allows {len(cbc)} CBC suites: {', '.join(cbc)}"
    if context.keylog_filename:
        yield f"the SSL context writes every session's keys to {context.keylog_filename}: who reads it, reads the calls"
