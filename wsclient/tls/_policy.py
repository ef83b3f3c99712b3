"""TLSPolicy and shared SSL contexts, at least as strict as AWS requires.

"Infrastructure security in Amazon WorkSpaces",
https://docs.aws.amazon.com/workspaces/latest/adminguide/infrastructure-security.html
"""

from __future__ import annotations

import logging
import re
import ssl
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, cast

from wsclient._core.argument_checks import checked_class
from wsclient._core.errors import TLSError, TLSPolicyError
from wsclient._core.reprs import HiddenMembers
from wsclient._core.utils import comment_hint
from wsclient._core.value_kinds import BOOL, PATH, TEXT, one_of, optional, secret
from wsclient.tls._inspection import (
    IGNORE_UNEXPECTED_EOF,
    MIN_KEY_BITS,
    MIN_SECURITY_LEVEL,
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

SUITES_WITH_CBC: Final = (
    "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:ECDHE+AES:DHE+AES:!aNULL:!eNULL:!aDSS:!PSK:!SRP:!SHA1:!AESCCM8"
)
"""CIPHER_SUITES plus CBC suites with forward secrecy, for require_aead=False."""

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
    f"TLSPolicy.fips_ciphers restricts TLS to approved suites and groups, but this interpreter's {ssl.OPENSSL_VERSION} "
    "does not use its FIPS provider, so the cryptographic module is not a validated one. Activate the provider in "
    "OpenSSL's configuration, or use an interpreter built with a validated OpenSSL"
)

_PEM = b"-----BEGIN "
_PEM_BLOCK = r"(?s)-----BEGIN ([A-Z0-9 ]+)-----.*?-----END \1-----"
_logger = logging.getLogger("wsclient")

__all__ = ["DEFAULT_POLICY", "ClientCertificate", "NegotiatedTLS", "TLSPolicy", "inspect_connection"]

ClientCertificate = str | tuple[str, str] | tuple[str, str, str]
"""Path of a PEM file with certificate and key, or paths (certificate, key), or (certificate, key, password)."""


@checked_class(
    {
        "minimum": one_of(*VERSIONS),
        "ca_file": optional(PATH),
        "ca_data": optional(secret(TEXT)),
        "extra_ca_file": optional(PATH),
        "fips_ciphers": BOOL,
        "require_aead": BOOL,
        "strict_x509": BOOL,
    },
    error=TLSPolicyError,
)
@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class TLSPolicy(HiddenMembers):
    """TLS requirements of a client; host names and certificates are always verified.

    minimum is the minimum TLS version, "1.2" or "1.3". ca_file or ca_data (PEM text) replaces the system's trust
    store; a client whose policy has neither uses AWS_CA_BUNDLE. extra_ca_file adds to the trust store, for example the
    CA of a corporate inspection proxy. client_cert is sent to servers that request a client certificate. fips_ciphers
    restricts cipher suites and groups to FIPS-approved ones. require_aead=False allows CBC suites with forward
    secrecy. strict_x509 requires certificates that conform to RFC 5280, which those of many inspection proxies do not.
    Raises TLSPolicyError for invalid or contradictory values and unusable files. warnings() returns what this
    interpreter lacks, such as a FIPS provider.
    """

    minimum: Literal["1.2", "1.3"] = "1.2"
    ca_file: str | PathLike[str] | None = None
    ca_data: str | None = field(default=None, repr=False)
    extra_ca_file: str | PathLike[str] | None = None
    client_cert: ClientCertificate | None = field(default=None, repr=False)
    fips_ciphers: bool = False
    require_aead: bool = True
    strict_x509: bool = False

    def __post_init__(self) -> None:
        """Validate the policy and its files, before any connection is opened."""
        if self.ca_file is not None and self.ca_data is not None:
            raise TLSPolicyError("TLSPolicy accepts ca_file or ca_data, not both: each replaces the trust store")
        if self.fips_ciphers and not self.require_aead:
            raise TLSPolicyError("TLSPolicy.fips_ciphers allows AEAD suites only; remove require_aead=False")
        for name in ("ca_file", "extra_ca_file"):
            path = getattr(self, name)
            if path is not None:
                _check_pem_file(name, path)
        if self.ca_data is not None:
            _check_pem_text(self.ca_data)
        for path in _certificate_parts(self.client_cert)[:2]:
            if path is not None:
                _check_pem_file("client_cert", path)

    def create_context(self) -> ssl.SSLContext:
        """Create an SSL context that enforces this policy. Blocks while it reads files: call it off the event loop.

        Raises TLSPolicyError when a certificate file cannot be used.
        """
        for warning in self.warnings():
            _logger.warning("%s", warning)
        # Not ssl.create_default_context, which allows CBC suites and writes session keys to SSLKEYLOGFILE.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.sslobject_class = ReportingSSLObject
        context.minimum_version = VERSIONS[self.minimum]
        context.hostname_checks_common_name = False
        context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
        # Set by Python 3.11.0 to 3.11.3 with OpenSSL 3: a connection that was cut would look like one that was closed.
        context.options &= ~IGNORE_UNEXPECTED_EOF
        context.set_ciphers(self._suites())
        if context.security_level < MIN_SECURITY_LEVEL:  # the default of some builds of OpenSSL; a higher one is kept
            context.set_ciphers(f"{self._suites()}:@SECLEVEL={MIN_SECURITY_LEVEL}")
        context.set_alpn_protocols(["http/1.1"])
        if self.fips_ciphers:
            # Python before 3.15 can set only one group: P-256, which every FIPS endpoint supports. Without fips_ciphers
            # no group is set, because that would disable hybrid post-quantum groups.
            context.set_ecdh_curve(FIPS_GROUP)
        if self.strict_x509:
            context.verify_flags |= ssl.VERIFY_X509_STRICT
        else:
            context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        # As ssl.create_default_context does since Python 3.13: an issuing authority can be trusted without its root.
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        self._load_trust(context)
        self._load_client_certificate(context)
        return context

    def warnings(self) -> tuple[str, ...]:
        """Return a message for each requirement that this interpreter cannot meet; create_context() logs them."""
        return (NO_FIPS_PROVIDER,) if self.fips_ciphers and not has_fips_provider() else ()

    def check(self, context: ssl.SSLContext) -> tuple[str, ...]:
        """Check an SSL context that this policy did not create, and return warnings about it.

        Raises TLSPolicyError for TLS versions below this policy's minimum, a suite without forward secrecy, server
        authentication or strong encryption, a context that does not verify certificates or host names, and an OpenSSL
        security level below 2. Warnings are CBC suites with forward secrecy, session keys written to a file, and those
        of warnings().
        """
        faults = [
            *version_faults(context, VERSIONS[self.minimum]),
            *verification_faults(context),
            *suite_faults(context),
        ]
        if faults:
            raise TLSPolicyError(
                f"the SSL context violates the TLS policy: {'; '.join(faults)}. "
                "TLSPolicy().create_context() returns a compliant context."
            )
        return (*warnings_for(context), *self.warnings())

    def check_negotiated(self, negotiated: NegotiatedTLS) -> None:
        """Raise TLSError when a connection's negotiated parameters violate this policy, whatever its context allows."""
        faults = list(self._negotiation_faults(negotiated))
        if faults:
            raise TLSError(
                f"the connection negotiated {negotiated.version} with {negotiated.cipher}: {'; '.join(faults)}; "
                "no request was sent"
            )

    def _negotiation_faults(self, negotiated: NegotiatedTLS) -> Iterator[str]:
        if negotiated.version not in {f"TLSv{version}" for version in VERSIONS if version >= self.minimum}:
            yield f"the policy requires TLS {self.minimum} or newer"
        if negotiated.version != "TLSv1.3":
            if not negotiated.cipher.startswith(("ECDHE-", "DHE-")) or "-PSK-" in negotiated.cipher:
                yield "the suite has no forward secrecy"
            if self.require_aead and not re.search("GCM|CHACHA20|CCM", negotiated.cipher):
                yield "the suite is not AEAD"
        if negotiated.bits < MIN_KEY_BITS:
            yield f"the key has {negotiated.bits} bits (minimum {MIN_KEY_BITS})"
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
            # Without a password, OpenSSL prompts for one on the terminal if the key is encrypted.
            context.load_cert_chain(str(certificate), key, password=password or "")
            # For servers that request the certificate after the handshake, for some paths only, such as Apache.
            context.post_handshake_auth = True
        except (OSError, ssl.SSLError, ValueError) as error:
            reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or "unreadable"
            raise TLSPolicyError(f"TLSPolicy.client_cert: {certificate} cannot be used: {reason}") from None


def _certificate_parts(certificate: object) -> tuple[str | None, str | None, str | None]:
    """Return certificate, key and password; None for each that is missing."""
    if certificate is None or isinstance(certificate, str):
        return certificate, None, None
    if isinstance(certificate, tuple):  # a list would make the policy unhashable
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


def _check_pem_text(data: object) -> None:
    if not isinstance(data, str):
        raise TLSPolicyError(f"TLSPolicy.ca_data must be PEM text (str), not {type(data).__name__}")
    if _PEM.decode() not in data:
        raise TLSPolicyError("TLSPolicy.ca_data contains no PEM certificate")
    if not _pem_blocks(data).isascii():
        raise TLSPolicyError("TLSPolicy.ca_data has characters outside ASCII inside a certificate; outside is allowed")


def _pem_blocks(data: str) -> str:
    """Return PEM text without its comments, which OpenSSL ignores but Python's ssl accepts in ASCII only."""
    return data if data.isascii() else "\n".join(match[0] for match in re.finditer(_PEM_BLOCK, data))


def _check_pem_file(name: str, path: str) -> None:
    try:
        content = Path(path).read_bytes()
    except ValueError:
        raise TLSPolicyError(f"TLSPolicy.{name} must be the path of a file, without null characters") from None
    except OSError as error:
        is_home = str(path).startswith("~")
        hint = "; ~ is not expanded here: write the path of the home folder" if is_home else comment_hint(str(path))
        raise TLSPolicyError(f"TLSPolicy.{name}: {path} cannot be read: {error.strerror}{hint}") from None
    if _PEM not in content:
        raise TLSPolicyError(f"TLSPolicy.{name}: {path} contains no PEM data (it has {len(content)} bytes)")


def _load_authorities(context: ssl.SSLContext, name: str, path: str | PathLike[str] | None, data: str | None) -> None:
    before = context.cert_store_stats()["x509_ca"]
    try:
        context.load_verify_locations(cafile=path, cadata=_pem_blocks(data) if data else None)
    except (OSError, ssl.SSLError, ValueError) as error:
        reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or "no PEM certificates"
        raise TLSPolicyError(f"TLSPolicy.{name}: {path or 'the text'} cannot be used: {reason}") from None
    if context.cert_store_stats()["x509_ca"] == before == 0:
        raise TLSPolicyError(f"TLSPolicy.{name}: {path or 'the text'} contains no CA certificate")


def _load_system_trust(context: ssl.SSLContext) -> None:
    context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    _load_fallback_trust(context, ssl.get_default_verify_paths().capath)


def _load_fallback_trust(context: ssl.SSLContext, directory: str | None) -> None:
    """Load certifi's CA bundle if the system's trust store is empty."""
    # OpenSSL loads certificates of a hashed directory (*.0) on demand, so the store's statistics do not count them.
    has_hashed_directory = directory is not None and any(Path(directory).glob("*.0"))
    if context.cert_store_stats()["x509_ca"] == 0 and not has_hashed_directory:
        import certifi  # noqa: PLC0415 - only needed without a system trust store

        context.load_verify_locations(cafile=certifi.where())


DEFAULT_POLICY: Final = TLSPolicy()

_CONTEXTS: dict[tuple[TLSPolicy, tuple[int, ...]], ssl.SSLContext] = {}
_MAX_CONTEXTS = 16


def shared_context(policy: TLSPolicy) -> ssl.SSLContext:
    """Return a cached SSL context for equal policies, because creating a context takes tens of milliseconds.

    A changed certificate file results in a new context. Blocks while it reads files: do not call it on the event loop.
    """
    paths = (policy.ca_file, policy.extra_ca_file, *_certificate_parts(policy.client_cert)[:2])
    try:
        key = policy, tuple(Path(path).stat().st_mtime_ns for path in paths if path is not None)
    except OSError:
        return policy.create_context()  # raises an error that names the file
    if key not in _CONTEXTS:
        context = policy.create_context()
        if len(_CONTEXTS) >= _MAX_CONTEXTS:
            _CONTEXTS.clear()
        return _CONTEXTS.setdefault(key, context)
    return _CONTEXTS[key]
