"""TLS policies: what they refuse, what contexts they make, and what they say of other people's contexts."""

import pickle
import ssl
from pathlib import Path

import pytest
import trustme

from wsclient._errors import TLSError, TLSPolicyError
from wsclient.tls import NegotiatedTLS, TLSPolicy


def _context(suites: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.set_ciphers(suites)
    return context


def test_the_default_context_allows_forward_secrecy_with_aead_only() -> None:
    """Every suite of the default context is ephemeral and authenticated; TLS 1.2 is the least; names are checked."""
    context = TLSPolicy().create_context()
    assert all(suite["aead"] and suite["kea"] in {"kx-any", "kx-ecdhe", "kx-dhe"} for suite in context.get_ciphers())
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert not context.hostname_checks_common_name
    assert context.keylog_filename is None
    assert context.cert_store_stats()["x509_ca"] > 0


def test_policies_make_contexts_that_pass_their_own_check() -> None:
    """What a policy makes, the policy accepts, without a warning."""
    for policy in (TLSPolicy(), TLSPolicy(minimum="1.3"), TLSPolicy(fips_ciphers=True), TLSPolicy(strict_x509=True)):
        assert policy.check(policy.create_context()) == ()


def test_fips_narrows_the_suites() -> None:
    """fips_ciphers leaves AES-GCM with ECDHE alone for TLS 1.2."""
    names = {suite["name"] for suite in TLSPolicy(fips_ciphers=True).create_context().get_ciphers()}
    assert {name for name in names if not name.startswith("TLS_")} == {
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES128-GCM-SHA256",
        "ECDHE-RSA-AES256-GCM-SHA384",
    }


def test_python_s_default_context_is_accepted_with_a_warning() -> None:
    """CBC suites with forward secrecy, as Python's own default has, are named in a warning."""
    (warning,) = TLSPolicy().check(ssl.create_default_context())
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
        ("ECDHE-RSA-NULL-SHA@SECLEVEL=0", "is broken"),
    ],
)
def test_weak_suites_are_refused(suites: str, words: str) -> None:
    """A context with one suite that lacks secrecy, authentication or encryption is refused by name."""
    with pytest.raises(TLSPolicyError, match=words):
        TLSPolicy().check(_context(suites))


def test_contexts_without_checks_or_with_old_versions_are_refused() -> None:
    """No certificate check, no host name check and TLS below 1.2 are each refused and named."""
    context = ssl.create_default_context()
    context.check_hostname = False
    with pytest.raises(TLSPolicyError, match="does not check host names"):
        TLSPolicy().check(context)
    context.verify_mode = ssl.CERT_NONE
    with pytest.raises(TLSPolicyError, match="does not check certificates"):
        TLSPolicy().check(context)
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with pytest.raises(TLSPolicyError, match=r"TLSv1, .*|TLSv1;|allows TLSv1"):
        TLSPolicy().check(context)
    with pytest.raises(TLSPolicyError, match="allows TLSv1_2|allows TLSv1.2"):
        TLSPolicy(minimum="1.3").check(ssl.create_default_context())


@pytest.mark.parametrize(
    ("version", "cipher", "policy", "words"),
    [
        ("TLSv1.1", "ECDHE-RSA-AES256-SHA", TLSPolicy(), "TLS 1.2 is the least"),
        ("TLSv1.2", "ECDHE-RSA-AES128-GCM-SHA256", TLSPolicy(minimum="1.3"), "TLS 1.3 is the least"),
        ("TLSv1.2", "AES256-GCM-SHA384", TLSPolicy(), "no forward secrecy"),
        ("TLSv1.2", "ECDHE-RSA-AES256-SHA384", TLSPolicy(), "not AEAD"),
        ("TLSv1.3", "TLS_CHACHA20_POLY1305_SHA256", TLSPolicy(fips_ciphers=True), "not approved for FIPS"),
    ],
)
def test_weak_connections_are_refused(version: str, cipher: str, policy: TLSPolicy, words: str) -> None:
    """What was negotiated is held against the policy, whatever the context allowed."""
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
def test_sound_connections_pass(version: str, cipher: str, policy: TLSPolicy) -> None:
    """A connection within the policy raises nothing."""
    policy.check_negotiated(NegotiatedTLS(version=version, cipher=cipher, bits=256))


def test_policies_that_cannot_be_are_refused(tmp_path: Path) -> None:
    """Unknown versions, missing files and contradictions are refused when the policy is made."""
    with pytest.raises(TLSPolicyError, match='must be "1.2" or "1.3"'):
        TLSPolicy(minimum="1.1")  # type: ignore[arg-type]  # the mistake under test
    with pytest.raises(TLSPolicyError, match="not both"):
        TLSPolicy(ca_file=str(tmp_path / "a"), ca_data="b")
    with pytest.raises(TLSPolicyError, match="require_aead"):
        TLSPolicy(fips_ciphers=True, require_aead=False)
    with pytest.raises(TLSPolicyError, match="there is no file"):
        TLSPolicy(ca_file=str(tmp_path / "missing.pem"))
    with pytest.raises(TLSPolicyError, match="there is no file"):
        TLSPolicy(extra_ca_file=str(tmp_path / "missing.pem"))


def test_certificate_files_that_cannot_be_used(tmp_path: Path) -> None:
    """A file without certificates, a leaf in place of an authority and a broken client certificate are each named."""
    empty = tmp_path / "empty.pem"
    empty.write_text("no certificate here")
    leaf = tmp_path / "leaf.pem"
    leaf.write_bytes(trustme.CA().issue_cert("localhost").cert_chain_pems[0].bytes())
    for policy in (TLSPolicy(ca_file=str(empty)), TLSPolicy(extra_ca_file=str(empty)), TLSPolicy(ca_data="x")):
        with pytest.raises(TLSPolicyError, match="cannot be used"):
            policy.create_context()
    with pytest.raises(TLSPolicyError, match="no certificate of an authority"):
        TLSPolicy(ca_file=str(leaf)).create_context()
    with pytest.raises(TLSPolicyError, match=r"client_cert: .*empty.pem cannot be used"):
        TLSPolicy(client_cert=str(empty)).create_context()


def test_a_client_certificate_is_loaded(tmp_path: Path) -> None:
    """A certificate with its key is loaded from one file or two; the password is in no repr."""
    issued = trustme.CA().issue_cert("client")
    both = tmp_path / "both.pem"
    both.write_bytes(issued.private_key_and_cert_chain_pem.bytes())
    TLSPolicy(client_cert=str(both)).create_context()
    policy = TLSPolicy(client_cert=(str(both), str(both), "hunter2"))
    policy.create_context()
    assert "hunter2" not in repr(policy)


def test_extra_authorities_add_to_the_trust_store(tmp_path: Path) -> None:
    """extra_ca_file adds one authority to those that are trusted anyway; ca_data alone replaces them."""
    path = tmp_path / "extra.pem"
    trustme.CA().cert_pem.write_to_path(str(path))
    system = TLSPolicy().create_context().cert_store_stats()["x509_ca"]
    assert TLSPolicy(extra_ca_file=str(path)).create_context().cert_store_stats()["x509_ca"] == system + 1
    assert TLSPolicy(ca_data=path.read_text()).create_context().cert_store_stats()["x509_ca"] == 1


def test_policies_pickle() -> None:
    """A policy survives pickling."""
    assert pickle.loads(pickle.dumps(TLSPolicy(minimum="1.3"))) == TLSPolicy(minimum="1.3")
