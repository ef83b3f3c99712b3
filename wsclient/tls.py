"""TLS as AWS asks for it and better: 1.2 or newer, perfect forward secrecy, every certificate and host name checked.

"Infrastructure security in Amazon WorkSpaces",
https://docs.aws.amazon.com/workspaces/latest/adminguide/infrastructure-security.html
"""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from wsclient._errors import TLSError, TLSPolicyError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SUITES: Final = "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:!aNULL:!eNULL:!aDSS:!PSK:!SRP"
"""TLS 1.2 suites: ephemeral key exchange (perfect forward secrecy) with authenticated encryption."""

SUITES_WITH_CBC: Final = "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:ECDHE+AES:DHE+AES:!aNULL:!eNULL:!aDSS:!PSK:!SRP:!SHA1"
"""The same, with the CBC suites that still have forward secrecy, for require_aead=False."""

FIPS_SUITES: Final = ":".join(
    f"ECDHE-{signature}-{cipher}"
    for signature in ("ECDSA", "RSA")
    for cipher in ("AES256-GCM-SHA384", "AES128-GCM-SHA256")
)
"""TLS 1.2 suites of NIST SP 800-52 Rev. 2 that AWS's FIPS endpoints offer."""

FIPS_TLS13_CIPHERS: Final = frozenset({"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"})
FIPS_GROUP: Final = "prime256v1"
VERSIONS: Final[Mapping[str, ssl.TLSVersion]] = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}

_WEAK_AUTHENTICATION = frozenset({"auth-null", "auth-dss", "auth-psk", "auth-srp"})
_FORWARD_SECRECY = frozenset({"kx-ecdhe", "kx-dhe"})
_TLS13 = "kx-any"
_WEAK_CIPHER = re.compile(r"\b(NULL|RC4|RC2|DES|IDEA|SEED|EXP|MD5)", re.IGNORECASE)

ClientCertificate = str | tuple[str, str] | tuple[str, str, str]
"""A PEM file with certificate and key, or (certificate, key), or (certificate, key, password)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NegotiatedTLS:
    """What a connection agreed on: protocol version, suite, key bits, and who the peer showed itself to be."""

    version: str
    cipher: str
    bits: int
    certificate_subject: str | None = None
    certificate_issuer: str | None = None
    certificate_expires: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TLSPolicy:
    """What TLS must be for a request to be sent; host names and certificates are always checked.

    minimum is "1.2" or "1.3". ca_file or ca_data (PEM text) replace the system's trust store, extra_ca_file adds to
    it, as a corporate inspection proxy needs. client_cert is shown to servers that ask. fips_ciphers narrows suites
    and groups to approved ones. require_aead=False lets CBC suites with forward secrecy in. strict_x509 asks for
    certificates that follow RFC 5280 to the letter, which many inspection proxies' do not. Raises TLSPolicyError for
    what cannot be.
    """

    minimum: Literal["1.2", "1.3"] = "1.2"
    ca_file: str | None = None
    ca_data: str | None = field(default=None, repr=False)
    extra_ca_file: str | None = None
    client_cert: ClientCertificate | None = field(default=None, repr=False)
    fips_ciphers: bool = False
    require_aead: bool = True
    strict_x509: bool = False

    def __post_init__(self) -> None:
        """Refuse a policy that could not be kept, before anything is opened."""
        if self.minimum not in VERSIONS:
            raise TLSPolicyError(f'TLSPolicy.minimum must be "1.2" or "1.3", not {self.minimum!r}')
        if self.ca_file is not None and self.ca_data is not None:
            raise TLSPolicyError("TLSPolicy takes ca_file or ca_data, not both: each replaces the trust store")
        if self.fips_ciphers and not self.require_aead:
            raise TLSPolicyError("TLSPolicy.fips_ciphers allows AEAD suites only; drop require_aead=False")
        for name in ("ca_file", "extra_ca_file"):
            path = getattr(self, name)
            if path is not None and not Path(path).is_file():
                raise TLSPolicyError(f"TLSPolicy.{name}: there is no file {path}")

    def create_context(self) -> ssl.SSLContext:
        """Return a context that keeps this policy; it reads files, so call it off the event loop.

        Raises TLSPolicyError when a certificate file cannot be used.
        """
        # A plain context: create_default_context would allow CBC and write keys to SSLKEYLOGFILE.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = VERSIONS[self.minimum]
        context.hostname_checks_common_name = False
        context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
        context.set_ciphers(self._suites())
        context.set_alpn_protocols(["http/1.1"])
        if self.fips_ciphers:
            # The one group that Python can name before 3.15; by default none is named, to keep post-quantum ones.
            context.set_ecdh_curve(FIPS_GROUP)
        if self.strict_x509:
            context.verify_flags |= ssl.VERIFY_X509_STRICT
        else:
            context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        self._load_trust(context)
        self._load_client_certificate(context)
        return context

    def check(self, context: ssl.SSLContext) -> tuple[str, ...]:
        """Inspect somebody else's context: warnings are returned, what is not acceptable raises TLSPolicyError.

        Not acceptable are TLS below this policy's minimum, a suite without forward secrecy or without authentication,
        and a context that does not check certificates or host names. CBC suites with forward secrecy are a warning.
        """
        faults = [*_version_faults(context, VERSIONS[self.minimum]), *_trust_faults(context), *_suite_faults(context)]
        if faults:
            raise TLSPolicyError(
                f"the SSL context allows too much: {'; '.join(faults)}. TLSPolicy().create_context() gives one that does not."
            )
        cbc = [suite["name"] for suite in context.get_ciphers() if not suite["aead"]]
        return (f"the SSL context allows {len(cbc)} CBC suites: {', '.join(cbc)}",) if cbc else ()

    def check_negotiated(self, negotiated: NegotiatedTLS) -> None:
        """Raise TLSError when a connection came out weaker than this policy, whatever its context allowed."""
        faults = list(self._negotiation_faults(negotiated))
        if faults:
            raise TLSError(
                f"the connection negotiated {negotiated.version} with {negotiated.cipher}: {'; '.join(faults)}; "
                "nothing was sent"
            )

    def _negotiation_faults(self, negotiated: NegotiatedTLS) -> Iterator[str]:
        if negotiated.version not in {f"TLSv{version}" for version in VERSIONS if version >= self.minimum}:
            yield f"TLS {self.minimum} is the least"
        if negotiated.version != "TLSv1.3":
            if not negotiated.cipher.startswith(("ECDHE-", "DHE-")):
                yield "the suite has no forward secrecy"
            if self.require_aead and not re.search("GCM|CHACHA20|CCM", negotiated.cipher):
                yield "the suite is not AEAD"
        if self.fips_ciphers and negotiated.cipher not in FIPS_TLS13_CIPHERS | set(FIPS_SUITES.split(":")):
            yield "the suite is not approved for FIPS"

    def _suites(self) -> str:
        if self.fips_ciphers:
            return FIPS_SUITES
        return SUITES if self.require_aead else SUITES_WITH_CBC

    def _load_trust(self, context: ssl.SSLContext) -> None:
        if self.ca_file is not None or self.ca_data is not None:
            _load_authorities(context, "ca_file" if self.ca_file else "ca_data", self.ca_file, self.ca_data)
        else:
            _load_system_trust(context)
        if self.extra_ca_file is not None:
            _load_authorities(context, "extra_ca_file", self.extra_ca_file, None)

    def _load_client_certificate(self, context: ssl.SSLContext) -> None:
        if self.client_cert is None:
            return
        parts = (self.client_cert,) if isinstance(self.client_cert, str) else self.client_cert
        certificate, key, password = (*parts, None, None)[:3]
        try:
            # An empty password keeps OpenSSL from asking for one at the terminal.
            context.load_cert_chain(str(certificate), key, password=password or "")
        except (OSError, ssl.SSLError, ValueError) as error:
            reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or "unreadable"
            raise TLSPolicyError(f"TLSPolicy.client_cert: {certificate} cannot be used: {reason}") from None


DEFAULT_POLICY: Final = TLSPolicy()


def inspect_connection(connection: ssl.SSLObject | ssl.SSLSocket) -> NegotiatedTLS:
    """Return what a live connection agreed on."""
    cipher, _, bits = connection.cipher() or ("none", "", 0)
    certificate: Mapping[str, object] = connection.getpeercert() or {}
    expires = certificate.get("notAfter")
    return NegotiatedTLS(
        version=connection.version() or "none",
        cipher=cipher,
        bits=bits,
        certificate_subject=_name(certificate.get("subject")),
        certificate_issuer=_name(certificate.get("issuer")),
        certificate_expires=datetime.fromtimestamp(ssl.cert_time_to_seconds(str(expires)), UTC) if expires else None,
    )


def _name(parts: object) -> str | None:
    """Return a distinguished name the way people read it: CN=..., O=..."""
    if not isinstance(parts, tuple):
        return None
    short = {"commonName": "CN", "organizationName": "O", "organizationalUnitName": "OU", "countryName": "C"}
    return ", ".join(f"{short.get(key, key)}={value}" for relative in parts for key, value in relative)


def _load_authorities(context: ssl.SSLContext, name: str, path: str | None, data: str | None) -> None:
    before = context.cert_store_stats()["x509_ca"]
    try:
        context.load_verify_locations(cafile=path, cadata=data)
    except (OSError, ssl.SSLError, ValueError) as error:
        reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or "no PEM certificates"
        raise TLSPolicyError(f"TLSPolicy.{name}: {path or 'the text'} cannot be used: {reason}") from None
    if context.cert_store_stats()["x509_ca"] == before and before == 0:
        raise TLSPolicyError(f"TLSPolicy.{name}: {path or 'the text'} holds no certificate of an authority")


def _load_system_trust(context: ssl.SSLContext) -> None:
    """Trust what the system trusts; where that is nothing, trust certifi's bundle, which httpx brings along."""
    context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    if context.cert_store_stats()["x509_ca"] == 0 and not _has_authority_directory():
        import certifi  # noqa: PLC0415 - only where the system has no trust store

        context.load_verify_locations(cafile=certifi.where())


def _has_authority_directory() -> bool:
    # Certificates of a directory are looked up by hash when needed, so that the store looks empty before.
    directory = ssl.get_default_verify_paths().capath
    return bool(directory) and any(Path(directory).glob("*.0"))


def _version_faults(context: ssl.SSLContext, minimum: ssl.TLSVersion) -> Iterator[str]:
    lowest = context.minimum_version
    switched_off = {
        ssl.TLSVersion.TLSv1: ssl.OP_NO_TLSv1,
        ssl.TLSVersion.TLSv1_1: ssl.OP_NO_TLSv1_1,
        ssl.TLSVersion.TLSv1_2: ssl.OP_NO_TLSv1_2,
    }
    for version, option in switched_off.items():
        below = version < minimum
        if below and lowest <= version and not context.options & option:
            yield f"it allows {version.name.replace('_', '.')}"


def _trust_faults(context: ssl.SSLContext) -> Iterator[str]:
    if context.verify_mode is not ssl.CERT_REQUIRED:
        yield "it does not check certificates"
    if not context.check_hostname:
        yield "it does not check host names"


def _suite_faults(context: ssl.SSLContext) -> Iterator[str]:
    for suite in context.get_ciphers():
        name, exchange, authentication = suite["name"], suite["kea"], suite["auth"]
        if exchange == _TLS13:
            continue
        if exchange not in _FORWARD_SECRECY:
            yield f"{name} has no forward secrecy"
        elif authentication in _WEAK_AUTHENTICATION:
            yield f"{name} does not authenticate the server by a certificate that counts"
        elif _WEAK_CIPHER.search(name):
            yield f"{name} is broken"
