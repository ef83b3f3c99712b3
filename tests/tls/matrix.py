"""Table of accepted and rejected TLS servers, from real handshakes on loopback.

`python -m tests.tls.matrix` writes the table into examples/tls.md.
"""

from __future__ import annotations

import asyncio
import atexit
import datetime as dt
import shutil
import ssl
import subprocess
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from tests.support.tls_server import Server, authority, server_context, serving, shaking_hands
from wsclient._core.http import HttpRequest, Timeout
from wsclient._pipeline.transport.http_transport import HttpTransport, TransportSettings
from wsclient.errors import WsclientError
from wsclient.tls import TLSPolicy

PAGE = Path(__file__).parents[2] / "examples" / "tls.md"
CA = trustme.CA(organization_name="Test Authority")
RSA = CA.issue_cert("localhost", key_type=trustme.KeyType.RSA)
NOW = dt.datetime.now(dt.UTC)
DAY = dt.timedelta(days=1)
FOLDER = tempfile.TemporaryDirectory(prefix="wsclient-matrix-")
atexit.register(FOLDER.cleanup)
HEAD = """# TLS table: accepted and rejected servers

For security reviews: which servers a client connects to, by TLS version, cipher suite and certificate. Written by
`python -m tests.tls.matrix` from handshakes on loopback. A rejected handshake ends before the request is written, and
is not retried. Revocation lists are not checked: use short-lived certificates, or your own certificate authority
(`TLSPolicy(ca_file=…)`).

Key exchange groups are those of OpenSSL, including hybrid post-quantum groups where it has them. `use_fips=True`
restricts TLS to approved suites and P-256. If the interpreter's OpenSSL does not run its FIPS provider,
`TLSPolicy.warnings()` and the log say so: the algorithms are approved, but the module is not validated.

| server | outcome | error, or negotiated parameters |
|---|---|---|
"""

Change = Callable[[ssl.SSLContext], None]


@dataclass(frozen=True)
class Row:
    """A server and the expected result: the error's class and words, or the negotiated parameters."""

    name: str
    make: Callable[[], ssl.SSLContext]
    outcome_text: str
    error: str | None = None
    policy: Callable[[], TLSPolicy] = lambda: TLSPolicy(ca_data=authority(CA))
    suite: str | None = None
    """A suite that an OpenSSL may have been built without."""


@dataclass(frozen=True)
class Outcome:
    """The result of a row: the error's class and words, or the negotiated parameters; and whether a request arrived."""

    error: str | None
    outcome_text: str
    requests: int


def _server(*changes: Change, certificate: trustme.LeafCert = RSA) -> Callable[[], ssl.SSLContext]:
    def make() -> ssl.SSLContext:
        context = server_context(certificate)
        for change in changes:
            change(context)
        return context

    return make


def _only(version: ssl.TLSVersion) -> Change:
    def change(context: ssl.SSLContext) -> None:
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # old versions are the case under test
            context.minimum_version = context.maximum_version = version

    return change


def _suites(names: str) -> Change:
    def change(context: ssl.SSLContext) -> None:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(f"{names}:@SECLEVEL=0")

    return change


def _with_dh(context: ssl.SSLContext) -> None:
    """Give a server the parameters of RFC 7919's group ffdhe2048."""
    openssl = shutil.which("openssl")
    if openssl is None:
        raise ssl.SSLError("there is no openssl to make parameters with")
    with tempfile.NamedTemporaryFile() as file:
        group = ["-algorithm", "DH", "-pkeyopt", "group:ffdhe2048"]
        subprocess.run([openssl, "genpkey", "-genparam", *group, "-out", file.name], check=True, capture_output=True)
        context.load_dh_params(file.name)


def _demanding(context: ssl.SSLContext) -> None:
    """Configure a server that requires a client certificate."""
    context.verify_mode = ssl.CERT_REQUIRED
    CA.configure_trust(context)  # pyright: ignore[reportUnknownMemberType]  # pyOpenSSL's type, not installed


def _certified(
    *,
    bits: int = 2048,
    begins: dt.datetime = NOW - DAY,
    ends: dt.datetime = NOW + DAY,
    by_itself: bool = False,
) -> Callable[[], ssl.SSLContext]:
    """Return a server with a certificate that trustme cannot create."""

    def make() -> ssl.SSLContext:
        key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
        issuer_key = serialization.load_pem_private_key(CA.private_key_pem.bytes(), None)
        issuer = x509.load_pem_x509_certificate(CA.cert_pem.bytes()).subject
        name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Odd Server")])
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name if by_itself else issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begins)
            .not_valid_after(ends)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        )
        signer = key if by_itself else issuer_key
        certificate = builder.sign(signer, hashes.SHA256())  # type: ignore[arg-type]  # the CA's own key
        plain = serialization.NoEncryption()
        pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        with tempfile.NamedTemporaryFile() as file:
            file.write(pem + certificate.public_bytes(serialization.Encoding.PEM))
            file.flush()
            context.load_cert_chain(file.name)
        return context

    return make


def _signed_with_sha1() -> ssl.SSLContext:
    """Return a server whose certificate has a SHA-1 signature, made by openssl: cryptography refuses to."""
    openssl = shutil.which("openssl")
    if openssl is None:
        raise ssl.SSLError("there is no openssl to sign with SHA-1")
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: str(Path(folder, name)) for name in ("ca.pem", "ca.key", "key", "csr", "crt", "ext", "all")}
        CA.cert_pem.write_to_path(paths["ca.pem"])
        CA.private_key_pem.write_to_path(paths["ca.key"])
        Path(paths["ext"]).write_text("subjectAltName=DNS:localhost\n")
        requested = ["req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/O=Odd Server"]
        subprocess.run(
            [openssl, *requested, "-keyout", paths["key"], "-out", paths["csr"]], check=True, capture_output=True
        )
        signed = ["x509", "-req", "-sha1", "-days", "2", "-CA", paths["ca.pem"], "-CAkey", paths["ca.key"]]
        files = ["-set_serial", "7", "-in", paths["csr"], "-out", paths["crt"], "-extfile", paths["ext"]]
        subprocess.run([openssl, *signed, *files], check=True, capture_output=True)
        Path(paths["all"]).write_bytes(Path(paths["key"]).read_bytes() + Path(paths["crt"]).read_bytes())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        context.load_cert_chain(paths["all"])
    return context


def _with_client_certificate() -> TLSPolicy:
    path = Path(FOLDER.name, "client.pem")
    path.write_bytes(CA.issue_cert("client").private_key_and_cert_chain_pem.bytes())
    return TLSPolicy(ca_data=authority(CA), client_cert=str(path))


NO_TLS = "the TLS handshake with localhost"
UNACCEPTABLE = "the certificate of localhost"
ROWS = [
    Row("TLS 1.0", _server(_only(ssl.TLSVersion.TLSv1)), NO_TLS, "TLSError"),
    Row("TLS 1.1", _server(_only(ssl.TLSVersion.TLSv1_1)), NO_TLS, "TLSError"),
    Row("TLS 1.2, RSA key exchange", _server(_suites("AES256-GCM-SHA384")), NO_TLS, "TLSError"),
    Row("TLS 1.2, 3DES", _server(_suites("DES-CBC3-SHA")), NO_TLS, "TLSError", suite="DES-CBC3-SHA"),
    Row("TLS 1.2, ECDHE with CBC only", _server(_suites("ECDHE-RSA-AES256-SHA384")), NO_TLS, "TLSError"),
    Row("TLS 1.2, NULL", _server(_suites("ECDHE-RSA-NULL-SHA")), NO_TLS, "TLSError"),
    Row("TLS 1.2, anonymous DH", _server(_suites("ADH-AES256-GCM-SHA384"), _with_dh), NO_TLS, "TLSError"),
    Row("TLS 1.2, anonymous ECDH", _server(_suites("AECDH-AES256-SHA")), NO_TLS, "TLSError"),
    Row("TLS 1.2, ECDHE with AES-GCM", _server(_suites("ECDHE+AESGCM")), "TLSv1.2, ECDHE-RSA-AES256-GCM-SHA384"),
    Row("TLS 1.2, ECDHE with ChaCha20", _server(_suites("ECDHE+CHACHA20")), "TLSv1.2, ECDHE-RSA-CHACHA20-POLY1305"),
    Row("TLS 1.2, DHE with AES-GCM", _server(_suites("DHE+AESGCM"), _with_dh), "TLSv1.2, DHE-RSA-AES256-GCM-SHA384"),
    Row("TLS 1.3", _server(), "TLSv1.3, TLS_AES_256_GCM_SHA384"),
    Row(
        'TLS 1.2, with TLSPolicy(minimum="1.3")',
        _server(_suites("ECDHE+AESGCM")),
        NO_TLS,
        "TLSError",
        lambda: TLSPolicy(ca_data=authority(CA), minimum="1.3"),
    ),
    Row(
        "ChaCha20 only, under fips_ciphers",
        _server(_suites("ECDHE+CHACHA20")),
        NO_TLS,
        "TLSError",
        lambda: TLSPolicy(ca_data=authority(CA), fips_ciphers=True),
    ),
    Row("certificate: sound", _certified(), "TLSv1.3, TLS_AES_256_GCM_SHA384"),
    Row("certificate: expired", _certified(begins=NOW - 9 * DAY, ends=NOW - DAY), "expired", "TLSError"),
    Row("certificate: not yet valid", _certified(begins=NOW + DAY, ends=NOW + 9 * DAY), "not yet valid", "TLSError"),
    Row("certificate: signed by itself", _certified(by_itself=True), "self-signed", "TLSError"),
    Row(
        "certificate: of another host",
        _server(certificate=CA.issue_cert("other.example")),
        "not valid for 'localhost'",
        "TLSError",
    ),
    Row(
        "certificate: the host in its common name alone",
        _server(certificate=CA.issue_cert(common_name="localhost")),
        "not valid for 'localhost'",
        "TLSError",
    ),
    Row(
        "certificate: of an unknown authority",
        _server(certificate=trustme.CA(organization_name="Other Authority").issue_cert("localhost")),
        "issued by O=Other Authority",
        "TLSError",
    ),
    Row("certificate: RSA of 1024 bits", _certified(bits=1024), UNACCEPTABLE, "TLSError"),
    Row("certificate: signed with SHA-1", _signed_with_sha1, UNACCEPTABLE, "TLSError"),
    Row("client certificate: requested, and not configured", _server(_demanding), "client_cert=", "TLSError"),
    Row(
        "client certificate: requested, and configured",
        _server(_demanding),
        "TLSv1.3, TLS_AES_256_GCM_SHA384",
        policy=_with_client_certificate,
    ),
]


def outcome_of(row: Row) -> Outcome | None:
    """Return the outcome of a row, or None if this OpenSSL cannot configure such a server."""
    try:
        context = row.make()
    except (ssl.SSLError, ValueError):
        return None
    if row.error is None:
        return asyncio.run(_spoken_to(context, row.policy()))
    with shaking_hands(context) as server:
        return asyncio.run(_sent(server, row.policy()))


async def _spoken_to(context: ssl.SSLContext, policy: TLSPolicy) -> Outcome:
    async with serving(context) as server:
        return await _sent(server, policy)


async def _sent(server: Server, policy: TLSPolicy) -> Outcome:
    sender = HttpTransport(TransportSettings(policy=policy))
    try:
        await sender.send(HttpRequest("POST", server.url, (), b"x"), Timeout(connect=5, read=5))
    except WsclientError as error:
        return Outcome(type(error).__name__, str(error), sum(map(bool, server.requests)))
    finally:
        await sender.aclose()
    negotiated = sender.last_tls
    found = f"{negotiated.version}, {negotiated.cipher}" if negotiated else "plain http"
    return Outcome(None, found, len(server.requests))


def page() -> str:
    """Return the page with the table."""
    lines = [
        f"| {row.name} | {'refused' if row.error else 'accepted'} | "
        f"{f'`{row.error}`: … {row.outcome_text} …' if row.error else row.outcome_text} |"
        for row in ROWS
    ]
    return HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page())
