"""TLS as AWS asks for it and better: 1.2 or newer, perfect forward secrecy, every certificate and host name checked.

"Infrastructure security in Amazon WorkSpaces",
https://docs.aws.amazon.com/workspaces/latest/adminguide/infrastructure-security.html
"""

from __future__ import annotations

import logging
import re
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, cast

from wsclient._core.errors import TLSError, TLSPolicyError
from wsclient.tls._inspection import (
    LEAST_BITS,
    NegotiatedTLS,
    ReportingSSLObject,
    has_fips_provider,
    inspect_connection,
    suite_faults,
    verification_faults,
    version_faults,
    warnings_for,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CIPHER_SUITES: Final = "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:!aNULL:!eNULL:!aDSS:!PSK:!SRP"
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

NO_FIPS_PROVIDER: Final = (
    f"fips_ciphers narrows TLS to approved suites and groups, but this interpreter's {ssl.OPENSSL_VERSION} does not "
    "run its FIPS provider: the code that does the cryptography is not a validated module. Activate the provider in "
    "OpenSSL's configuration, or use an interpreter built on a validated one"
)

_PEM = b"-----BEGIN "
_logger = logging.getLogger("wsclient")

__all__ = ["DEFAULT_POLICY", "ClientCertificate", "NegotiatedTLS", "TLSPolicy", "inspect_connection"]

ClientCertificate = str | tuple[str, str] | tuple[str, str, str]
"""A PEM file with certificate and key, or (certificate, key), or (certificate, key, password)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TLSPolicy:
    """What TLS must be for a request to be sent; host names and certificates are always checked.

    minimum is "1.2" or "1.3". ca_file or ca_data (PEM text) replace the system's trust store, extra_ca_file adds to
    it, as a corporate inspection proxy needs; a client whose policy has neither of the two goes by AWS_CA_BUNDLE.
    client_cert is shown to servers that ask. fips_ciphers narrows suites
    and groups to approved ones. require_aead=False lets CBC suites with forward secrecy in. strict_x509 asks for
    certificates that follow RFC 5280 to the letter, which many inspection proxies' do not. Raises TLSPolicyError for
    what cannot be. What this interpreter cannot add to it, as a FIPS provider, warnings() tells.
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
            if path is not None:
                _check_pem_file(name, path)
        if self.ca_data is not None and _PEM not in self.ca_data.encode():
            raise TLSPolicyError("TLSPolicy.ca_data holds no certificate in PEM form")
        for path in _certificate_parts(self.client_cert)[:2]:
            if path is not None:
                _check_pem_file("client_cert", path)

    def create_context(self) -> ssl.SSLContext:
        """Return a context that keeps this policy; it reads files, so call it off the event loop.

        Raises TLSPolicyError when a certificate file cannot be used.
        """
        for warning in self.warnings():
            _logger.warning("%s", warning)
        # A plain context: create_default_context would allow CBC and write keys to SSLKEYLOGFILE.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.sslobject_class = ReportingSSLObject
        context.minimum_version = VERSIONS[self.minimum]
        context.hostname_checks_common_name = False
        context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
        context.set_ciphers(self._suites())
        context.set_alpn_protocols(["http/1.1"])
        if self.fips_ciphers:
            # Python before 3.15 can name but one group: P-256, which every approved endpoint has. By default none is
            # named, which would switch hybrid post-quantum groups off.
            context.set_ecdh_curve(FIPS_GROUP)
        if self.strict_x509:
            context.verify_flags |= ssl.VERIFY_X509_STRICT
        else:
            context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        self._load_trust(context)
        self._load_client_certificate(context)
        return context

    def warnings(self) -> tuple[str, ...]:
        """Return what this policy cannot promise on this interpreter; create_context() logs each."""
        return (NO_FIPS_PROVIDER,) if self.fips_ciphers and not has_fips_provider() else ()

    def check(self, context: ssl.SSLContext) -> tuple[str, ...]:
        """Inspect somebody else's context: warnings are returned, what is not acceptable raises TLSPolicyError.

        Not acceptable are TLS below this policy's minimum, a suite without forward secrecy or without authentication,
        and a context that does not check certificates or host names. Warnings are CBC suites with forward secrecy,
        session keys written to a file, and those of warnings().
        """
        faults = [
            *version_faults(context, VERSIONS[self.minimum]),
            *verification_faults(context),
            *suite_faults(context),
        ]
        if faults:
            raise TLSPolicyError(
                f"the SSL context allows too much: {'; '.join(faults)}. "
                "TLSPolicy().create_context() gives one that does not."
            )
        return (*warnings_for(context), *self.warnings())

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
            if not negotiated.cipher.startswith(("ECDHE-", "DHE-")) or "-PSK-" in negotiated.cipher:
                yield "the suite has no forward secrecy"
            if self.require_aead and not re.search("GCM|CHACHA20|CCM", negotiated.cipher):
                yield "the suite is not AEAD"
        if negotiated.bits < LEAST_BITS:
            yield f"{negotiated.bits} bits are too few"
        if self.fips_ciphers and negotiated.cipher not in FIPS_TLS13_CIPHERS | set(FIPS_SUITES.split(":")):
            yield "the suite is not approved for FIPS"

    def _suites(self) -> str:
        if self.fips_ciphers:
            return FIPS_SUITES
        return CIPHER_SUITES if self.require_aead else SUITES_WITH_CBC

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
        certificate, key, password = _certificate_parts(self.client_cert)
        try:
            # An empty password keeps OpenSSL from asking for one at the terminal.
            context.load_cert_chain(str(certificate), key, password=password or "")
        except (OSError, ssl.SSLError, ValueError) as error:
            reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or "unreadable"
            raise TLSPolicyError(f"TLSPolicy.client_cert: {certificate} cannot be used: {reason}") from None


def _certificate_parts(certificate: object) -> tuple[str | None, str | None, str | None]:
    """Return certificate, key and password, each None where it is not given."""
    if certificate is None or isinstance(certificate, str):
        return certificate, None, None
    if isinstance(certificate, tuple):  # a list would leave the policy without a hash
        match cast("tuple[object, ...]", certificate):
            case (str(path), str(key)):
                return path, key, None
            case (str(path), str(key), str(password)):
                return path, key, password
            case _:
                pass
    raise TLSPolicyError(
        "TLSPolicy.client_cert must be the path of a PEM file, or a tuple (certificate, key) or "
        "(certificate, key, password)"
    )


def _check_pem_file(name: str, path: str) -> None:
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise TLSPolicyError(f"TLSPolicy.{name}: {path} cannot be read: {error.strerror}") from None
    if _PEM not in content:
        raise TLSPolicyError(f"TLSPolicy.{name}: {path} holds nothing in PEM form (it has {len(content)} bytes)")


def _load_authorities(context: ssl.SSLContext, name: str, path: str | None, data: str | None) -> None:
    before = context.cert_store_stats()["x509_ca"]
    try:
        context.load_verify_locations(cafile=path, cadata=data)
    except (OSError, ssl.SSLError, ValueError) as error:
        reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or "no PEM certificates"
        raise TLSPolicyError(f"TLSPolicy.{name}: {path or 'the text'} cannot be used: {reason}") from None
    if context.cert_store_stats()["x509_ca"] == before == 0:
        raise TLSPolicyError(f"TLSPolicy.{name}: {path or 'the text'} holds no certificate of an authority")


def _load_system_trust(context: ssl.SSLContext) -> None:
    context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    _load_fallback_trust(context, ssl.get_default_verify_paths().capath)


def _load_fallback_trust(context: ssl.SSLContext, directory: str | None) -> None:
    """Trust certifi's bundle, which httpx brings along, where the system's store and folder hold no authority."""
    # Certificates of a folder are looked up by hash when needed, so that the store looks empty before.
    in_folder = directory is not None and any(Path(directory).glob("*.0"))
    if context.cert_store_stats()["x509_ca"] == 0 and not in_folder:
        import certifi  # noqa: PLC0415 - only where the system has no trust store

        context.load_verify_locations(cafile=certifi.where())


DEFAULT_POLICY: Final = TLSPolicy()

_CONTEXTS: dict[tuple[TLSPolicy, tuple[int, ...]], ssl.SSLContext] = {}
_MOST_CONTEXTS = 16


def shared_context(policy: TLSPolicy) -> ssl.SSLContext:
    """Return a context that equal policies share, since making one costs tens of milliseconds.

    A certificate file that was renewed meanwhile gives a new one. It reads files, so call it off the event loop.
    """
    paths = (policy.ca_file, policy.extra_ca_file, *_certificate_parts(policy.client_cert)[:2])
    try:
        key = policy, tuple(Path(path).stat().st_mtime_ns for path in paths if path is not None)
    except OSError:
        return policy.create_context()  # which says what is wrong with the file
    if key not in _CONTEXTS:
        context = policy.create_context()
        if len(_CONTEXTS) >= _MOST_CONTEXTS:
            _CONTEXTS.clear()
        return _CONTEXTS.setdefault(key, context)
    return _CONTEXTS[key]
