"""TLS policies: rejected arguments, created contexts, and checks of contexts that a caller created."""

# Pure helpers are tested where they are, private or not.
# pyright: reportPrivateUsage=false

import os
import pickle
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from tests.support.client_hello import extension_at, first_record
from tests.support.ssl_contexts import default_context
from wsclient._core.errors import TLSError, TLSPolicyError
from wsclient.tls import NegotiatedTLS, TLSPolicy, _inspection, _policy
from wsclient.tls._policy import shared_context


def _context(suites: str) -> ssl.SSLContext:
    context = default_context()
    context.set_ciphers(suites)
    return context


def test_the_default_context_allows_forward_secrecy_with_aead_only() -> None:
    """Every suite of the default context is ephemeral and authenticated; TLS 1.2 is the least; names are checked."""
    context = TLSPolicy().create_context()
    assert not context.options & ssl.OP_IGNORE_UNEXPECTED_EOF
    assert all(suite["aead"] and suite["kea"] in {"kx-any", "kx-ecdhe", "kx-dhe"} for suite in context.get_ciphers())
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert not context.hostname_checks_common_name
    assert not context.keylog_filename
    assert context.cert_store_stats()["x509_ca"] > 0


def test_policies_make_contexts_that_pass_their_own_check() -> None:
    """Each policy accepts the context that it creates, with no warning except for a missing FIPS provider."""
    for policy in (TLSPolicy(), TLSPolicy(minimum="1.3"), TLSPolicy(fips_ciphers=True), TLSPolicy(strict_x509=True)):
        assert policy.check(policy.create_context()) == policy.warnings()


def test_fips_ciphers_allow_only_approved_suites() -> None:
    """fips_ciphers leaves AES-GCM with ECDHE alone for TLS 1.2."""
    names = {suite["name"] for suite in TLSPolicy(fips_ciphers=True).create_context().get_ciphers()}
    assert {name for name in names if not name.startswith("TLS_")} == {
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES128-GCM-SHA256",
        "ECDHE-RSA-AES256-GCM-SHA384",
    }


def test_default_python_context_is_accepted_with_a_warning() -> None:
    """CBC suites with forward secrecy, as Python's own default has, are named in a warning."""
    (warning,) = TLSPolicy().check(default_context())
    assert "CBC" in warning
    assert "ECDHE-RSA-AES256-SHA384" in warning


@pytest.mark.parametrize(
    ("suites", "words"),
    [
        ("AES256-GCM-SHA384", "no forward secrecy"),
        ("RSA-PSK-AES256-GCM-SHA384", "no forward secrecy"),
        ("PSK-AES256-GCM-SHA384", "no forward secrecy"),
        ("SRP", "no forward secrecy"),
        ("AECDH-AES256-SHA@SECLEVEL=0", "does not authenticate"),
        ("ADH-AES256-GCM-SHA384@SECLEVEL=0", "does not authenticate"),
        ("DHE-DSS-AES256-GCM-SHA384", "does not authenticate"),
        ("DHE-PSK-AES256-GCM-SHA384", "no forward secrecy"),
        ("ECDHE-RSA-NULL-SHA@SECLEVEL=0", "has weak encryption"),
    ],
)
def test_weak_suites_are_refused(suites: str, words: str) -> None:
    """A context with a cipher suite without forward secrecy, authentication or encryption is rejected by suite name."""
    with pytest.raises(TLSPolicyError, match=words):
        TLSPolicy().check(_context(suites))


def test_contexts_without_checks_or_with_old_versions_are_refused() -> None:
    """No certificate check, no host name check and TLS below 1.2 are each refused and named."""
    context = default_context()
    context.check_hostname = False
    with pytest.raises(TLSPolicyError, match="does not verify host names"):
        TLSPolicy().check(context)
    context.verify_mode = ssl.CERT_NONE
    with pytest.raises(TLSPolicyError, match="does not verify certificates"):
        TLSPolicy().check(context)
    context = default_context()
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with pytest.raises(TLSPolicyError, match=r"allows TLSv1;.*allows TLSv1\.1"):
        TLSPolicy().check(context)
    with pytest.raises(TLSPolicyError, match=r"allows TLSv1\.2"):
        TLSPolicy(minimum="1.3").check(default_context())


@pytest.mark.parametrize(
    ("version", "cipher", "policy", "words"),
    [
        ("TLSv1.1", "ECDHE-RSA-AES256-SHA", TLSPolicy(), "the policy requires TLS 1.2 or newer"),
        ("TLSv1.2", "ECDHE-RSA-AES128-GCM-SHA256", TLSPolicy(minimum="1.3"), "the policy requires TLS 1.3 or newer"),
        ("TLSv1.2", "AES256-GCM-SHA384", TLSPolicy(), "no forward secrecy"),
        ("TLSv1.2", "ECDHE-RSA-AES256-SHA384", TLSPolicy(), "not AEAD"),
        ("TLSv1.2", "ECDHE-PSK-CHACHA20-POLY1305", TLSPolicy(), "no forward secrecy"),
        ("TLSv1.3", "TLS_CHACHA20_POLY1305_SHA256", TLSPolicy(fips_ciphers=True), "not approved for FIPS"),
        ("none", "none", TLSPolicy(), "the policy requires TLS 1.2 or newer"),
    ],
)
def test_weak_connections_are_refused(version: str, cipher: str, policy: TLSPolicy, words: str) -> None:
    """The negotiated version and cipher are checked against the policy, regardless of the context."""
    with pytest.raises(TLSError, match=words):
        policy.check_negotiated(NegotiatedTLS(version=version, cipher=cipher, bits=256))


@pytest.mark.parametrize(
    ("version", "cipher", "policy"),
    [
        ("TLSv1.3", "TLS_AES_256_GCM_SHA384", TLSPolicy(fips_ciphers=True, minimum="1.3")),
        ("TLSv1.2", "ECDHE-RSA-AES128-GCM-SHA256", TLSPolicy(fips_ciphers=True)),
        ("TLSv1.2", "DHE-RSA-CHACHA20-POLY1305", TLSPolicy()),
        ("TLSv1.2", "ECDHE-RSA-AES256-SHA384", TLSPolicy(require_aead=False)),
    ],
)
def test_strong_connections_are_accepted(version: str, cipher: str, policy: TLSPolicy) -> None:
    """A connection that meets the policy raises no error."""
    policy.check_negotiated(NegotiatedTLS(version=version, cipher=cipher, bits=256))


def test_invalid_tls_policies_are_rejected(tmp_path: Path) -> None:
    """Unknown versions, missing files and contradictions are refused when the policy is made."""
    with pytest.raises(TLSPolicyError, match=r"must be '1\.2' or '1\.3'"):
        TLSPolicy(minimum="1.1")  # type: ignore[arg-type]  # the mistake under test
    with pytest.raises(TLSPolicyError, match="not both"):
        TLSPolicy(ca_file=str(tmp_path / "a"), ca_data="b")
    with pytest.raises(TLSPolicyError, match="require_aead"):
        TLSPolicy(fips_ciphers=True, require_aead=False)


@pytest.mark.parametrize("name", ["ca_file", "extra_ca_file", "client_cert"])
def test_unusable_tls_files_are_rejected_at_construction(name: str, tmp_path: Path) -> None:
    """A file that is missing, a folder, empty or no PEM is refused when the policy is made, with setting and path."""
    empty, text = tmp_path / "empty.pem", tmp_path / "text.pem"
    empty.touch()
    text.write_text("no certificate here")
    for path, words in (
        (tmp_path / "missing.pem", "No such file"),
        (tmp_path, "directory"),
        (empty, r"contains no PEM data \(it has 0 bytes\)"),
        (text, "contains no PEM data"),
    ):
        with pytest.raises(TLSPolicyError, match=rf"TLSPolicy\.{name}: {path} .*{words}"):
            TLSPolicy(**{name: str(path)})  # type: ignore[arg-type]  # mypy cannot tell the names apart


def test_pem_without_a_ca_certificate_is_rejected(tmp_path: Path) -> None:
    """Broken PEM, a leaf in place of an authority, and a key without its certificate are named by create_context."""
    broken, leaf = tmp_path / "broken.pem", tmp_path / "leaf.pem"
    broken.write_text("-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n")
    leaf.write_bytes(trustme.CA().issue_cert("localhost").cert_chain_pems[0].bytes())
    with pytest.raises(TLSPolicyError, match="contains no PEM certificate"):
        TLSPolicy(ca_data="x")
    for policy in (TLSPolicy(ca_file=str(broken)), TLSPolicy(extra_ca_file=str(broken))):
        with pytest.raises(TLSPolicyError, match=r"ca_file: .*broken.pem cannot be used"):
            policy.create_context()
    with pytest.raises(TLSPolicyError, match="ca_data: the text cannot be used"):
        TLSPolicy(ca_data=broken.read_text()).create_context()
    with pytest.raises(TLSPolicyError, match="contains no CA certificate"):
        TLSPolicy(ca_file=str(leaf)).create_context()
    with pytest.raises(TLSPolicyError, match=r"client_cert: .*leaf.pem cannot be used"):
        TLSPolicy(client_cert=str(leaf)).create_context()


@pytest.mark.parametrize("shape", [(), ("a",), ("a", "b", "c", "d"), ("a", 1), ["a", "b"], 5])
def test_invalid_client_cert_values_are_rejected(shape: object) -> None:
    """client_cert= takes a path, a pair or a triple of strings; other values are rejected without being shown."""
    with pytest.raises(TLSPolicyError, match=r"client_cert must be the path") as caught:
        TLSPolicy(client_cert=shape)  # type: ignore[arg-type]  # the mistake under test
    assert repr(shape) not in str(caught.value)


def test_a_client_certificate_is_loaded(tmp_path: Path) -> None:
    """A client certificate and its key load from one file or two; the key's password is not in any repr."""
    issued = trustme.CA().issue_cert("client")
    both, locked = tmp_path / "both.pem", tmp_path / "locked.pem"
    both.write_bytes(issued.private_key_and_cert_chain_pem.bytes())
    key = load_pem_private_key(issued.private_key_pem.bytes(), None)
    locked.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"hunter2")))
    TLSPolicy(client_cert=str(both)).create_context()
    TLSPolicy(client_cert=(str(both), str(both))).create_context()
    policy = TLSPolicy(client_cert=(str(both), str(locked), "hunter2"))
    policy.create_context()
    assert "hunter2" not in repr(policy)
    for wrong in ((str(both), str(locked)), (str(both), str(locked), "hunter3")):
        with pytest.raises(TLSPolicyError, match="cannot be used") as caught:
            TLSPolicy(client_cert=wrong).create_context()
        assert "hunter" not in str(caught.value)


def test_extra_authorities_add_to_the_trust_store(tmp_path: Path) -> None:
    """extra_ca_file adds an authority to the default authorities; ca_data alone replaces them."""
    path = tmp_path / "extra.pem"
    trustme.CA().cert_pem.write_to_path(str(path))
    system = TLSPolicy().create_context().cert_store_stats()["x509_ca"]
    assert TLSPolicy(extra_ca_file=str(path)).create_context().cert_store_stats()["x509_ca"] == system + 1
    assert TLSPolicy(ca_data=path.read_text()).create_context().cert_store_stats()["x509_ca"] == 1


def test_tls_policies_pickle() -> None:
    """A policy survives pickling."""
    assert pickle.loads(pickle.dumps(TLSPolicy(minimum="1.3"))) == TLSPolicy(minimum="1.3")


def test_connection_with_too_few_bits_is_rejected() -> None:
    """A connection without encryption to speak of is refused, whatever the name of its suite."""
    with pytest.raises(TLSError, match="the key has 0 bits"):
        TLSPolicy().check_negotiated(NegotiatedTLS(version="TLSv1.3", cipher="TLS_SHA256_SHA256", bits=0))


def test_key_log_context_is_accepted_with_a_warning(tmp_path: Path) -> None:
    """A context with a key log (SSLKEYLOGFILE) is accepted, and the file named in a warning."""
    context = TLSPolicy().create_context()
    context.keylog_filename = str(tmp_path / "keys")
    (warning,) = TLSPolicy().check(context)
    assert str(tmp_path / "keys") in warning


def test_sslkeylogfile_variable_is_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SSLKEYLOGFILE, which Python's own contexts follow, makes no file and no difference."""
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    assert ssl.create_default_context().keylog_filename is not None
    assert TLSPolicy().create_context().keylog_filename is None


def test_require_aead_false_allows_cbc() -> None:
    """require_aead=False adds CBC suites with forward secrecy and nothing weaker."""
    policy = TLSPolicy(require_aead=False)
    context = policy.create_context()
    assert any(not suite["aead"] for suite in context.get_ciphers())
    assert all(suite["kea"] in {"kx-any", "kx-ecdhe", "kx-dhe"} for suite in context.get_ciphers())
    (warning,) = policy.check(context)
    assert "CBC" in warning


def test_strict_x509_is_off_by_default() -> None:
    """Certificates of inspection proxies pass by default; strict_x509 holds them to RFC 5280."""
    assert not TLSPolicy().create_context().verify_flags & ssl.VERIFY_X509_STRICT
    assert TLSPolicy(strict_x509=True).create_context().verify_flags & ssl.VERIFY_X509_STRICT


def test_equal_policies_share_a_context() -> None:
    """Equal policies share a context, and different policies do not."""
    assert shared_context(TLSPolicy()) is shared_context(TLSPolicy())
    assert shared_context(TLSPolicy()) is not shared_context(TLSPolicy(minimum="1.3"))


def test_changed_file_creates_a_new_context(tmp_path: Path) -> None:
    """A shared context is created again when one of its files changed, and rejected when the file was removed."""
    path = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(path))
    policy = TLSPolicy(ca_file=str(path))
    first = shared_context(policy)
    assert shared_context(policy) is first
    os.utime(path, (1, 1))
    assert shared_context(policy) is not first
    path.unlink()
    with pytest.raises(TLSPolicyError, match=r"ca\.pem cannot be used"):
        shared_context(policy)


def test_shared_contexts_are_limited() -> None:
    """At most 16 shared contexts are kept."""
    for _ in range(20):
        shared_context(TLSPolicy(ca_data=trustme.CA().cert_pem.bytes().decode()))
    assert len(_policy._CONTEXTS) <= 16


def test_empty_system_trust_store_falls_back_to_certifi(tmp_path: Path) -> None:
    """If the system's trust store is empty, httpx's bundle is trusted, unless a folder has authorities."""
    for folder in (None, str(tmp_path)):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        _policy._load_fallback_trust(context, folder)
        assert context.cert_store_stats()["x509_ca"] > 50
    (tmp_path / "1a2b3c4d.0").touch()  # named by its hash, as in an OpenSSL directory
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    _policy._load_fallback_trust(context, str(tmp_path))
    assert context.cert_store_stats()["x509_ca"] == 0


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        ((), None),
        (None, None),
        (((("commonName", "a"),), (("organizationName", "b"),), (("serialNumber", "1"),)), "CN=a, O=b, serialNumber=1"),
        (((("organizationName", "b\n\x1b[31m"),),), "O=b??[31m"),
        (((("commonName", "a" * 999),),), "CN=" + "a" * 197),
    ],
)
def test_certificate_names_are_short_and_printable(parts: object, name: str | None) -> None:
    """A name from a certificate, which anybody may have made, brings no control characters and no flood into a log."""
    assert _inspection._name(parts) == name


def test_unknown_presented_chain_adds_no_note() -> None:
    """On a Python that does not expose the presented chain, a certificate error has no note."""
    assert _inspection._presented_chain(object()) == ()  # type: ignore[arg-type]  # stands for a bare SSL object
    assert _inspection.presented_certificate(ssl.SSLCertVerificationError()) is None


SUPPORTED_GROUPS = b"\x00\x0a"
PROVIDER_ASKED_FOR = """
openssl_conf = init
[init]
alg_section = algorithms
[algorithms]
default_properties = fips=yes
"""


# The second configuration asks for a provider that is not there, which Python 3.15 sees, and earlier ones do not.
@pytest.mark.parametrize(("asked_for", "is_reported"), [(False, True), (True, sys.version_info >= (3, 15))])
def test_missing_fips_provider_warns_in_check_and_log(tmp_path: Path, asked_for: bool, is_reported: bool) -> None:
    """fips_ciphers warns in check() and in the log, unless OpenSSL's configuration loads its FIPS provider."""
    configuration = tmp_path / "openssl.cnf"
    configuration.write_text(PROVIDER_ASKED_FOR if asked_for else "")
    script = "from wsclient import TLSPolicy; print(*TLSPolicy(fips_ciphers=True).warnings(), *TLSPolicy().warnings())"
    environ = {**os.environ, "OPENSSL_CONF": str(configuration)}
    run = subprocess.run([sys.executable, "-c", script], env=environ, capture_output=True, text=True, check=True)
    assert ("FIPS provider" in run.stdout) is is_reported
    assert (ssl.OPENSSL_VERSION in run.stdout) is is_reported


def test_context_creation_logs_a_missing_fips_provider(caplog: pytest.LogCaptureFixture) -> None:
    """Creating a context with fips_ciphers logs its warnings; without fips_ciphers nothing is logged."""
    TLSPolicy().create_context()
    assert not caplog.records
    TLSPolicy(fips_ciphers=True).create_context()
    assert tuple(record.getMessage() for record in caplog.records) == TLSPolicy(fips_ciphers=True).warnings()


def _offered_groups(context: ssl.SSLContext) -> tuple[int, ...]:
    """Return the groups of a context's ClientHello, by their numbers (RFC 8446, section 4.2.7)."""
    hello = first_record(context)
    at = extension_at(hello, SUPPORTED_GROUPS) + 4
    end = at + 2 + int.from_bytes(hello[at : at + 2])
    return tuple(int.from_bytes(hello[i : i + 2]) for i in range(at + 2, end, 2))


def test_key_exchange_groups_are_unchanged() -> None:
    """The ClientHello has the groups of an unmodified context, including post-quantum hybrids; FIPS only has P-256."""
    untouched = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    assert _offered_groups(TLSPolicy().create_context()) == _offered_groups(untouched)
    assert _offered_groups(TLSPolicy(fips_ciphers=True).create_context()) == (0x0017,)


class _Connection(ssl.SSLObject):
    """A connection of Python 3.11, after its handshake."""

    def cipher(self) -> tuple[str, str, int]:
        return "TLS_AES_256_GCM_SHA384", "TLSv1.3", 256

    def version(self) -> str:
        return "TLSv1.3"

    def getpeercert(self, *_: object, **__: object) -> Any:
        return {}


class _TellingConnection(_Connection):
    """A connection of Python 3.15, which has a group attribute."""

    def group(self) -> str:
        return "X25519MLKEM768"


@pytest.mark.parametrize(("kind", "group"), [(_Connection, None), (_TellingConnection, "X25519MLKEM768")])
def test_negotiated_group_is_reported_if_available(kind: type[_Connection], group: str | None) -> None:
    """The negotiated group is reported if the connection has it, otherwise it is None."""
    if group is None and hasattr(ssl.SSLObject, "group"):
        pytest.skip("every connection of this Python knows its group")
    assert _inspection.inspect_connection(kind.__new__(kind)).group == group
