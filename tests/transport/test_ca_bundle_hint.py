"""Error for an untrusted certificate: the missing issuer, and the setting that determines the trusted authorities."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import trustme
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

import wsclient
from tests.support.senders import CONTEXT
from tests.support.tls_server import authority, server_context, serving
from wsclient.config import ClientConfig
from wsclient.errors import TLSError, TLSPolicyError
from wsclient.tls import TLSPolicy
from wsclient.tls._inspection import _last_issuer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def _refusal(
    server: ssl.SSLContext, environ: Mapping[str, str], home: Path = Path("/nonexistent"), **options: Any
) -> str:
    """Return the error of a call to a server whose certificate is not trusted."""
    config = ClientConfig.load("workspaces", environ=environ, home=home)

    async def main() -> str:
        async with serving(server) as served:
            client = wsclient.WorkSpacesClient(
                region="us-west-2",
                endpoint_url=served.url,
                credentials=wsclient.Credentials("AKIDEXAMPLE", "hunter2"),
                config=config,
                **options,
            )
            with pytest.raises(TLSError, match="not trusted") as caught:
                await client.describe_workspaces()
            await client.aclose()
            return str(caught.value)

    return asyncio.run(main())


def _bundle(home: Path) -> Path:
    path = home / "ca.pem"
    path.write_text(authority(trustme.CA()))
    return path


@pytest.mark.parametrize("source", ["AWS_CA_BUNDLE", "profile"])
def test_certificate_error_names_the_ca_bundle(tmp_path: Path, source: str) -> None:
    """A certificate that the configured file does not vouch for: the error names file and setting; ~ is expanded."""
    path = _bundle(tmp_path)
    environ = {"AWS_CA_BUNDLE": "~/ca.pem"} if source != "profile" else {"AWS_CONFIG_FILE": "~/config"}
    (tmp_path / "config").write_text("[default]\nca_bundle = ~/ca.pem\n")
    text = _refusal(CONTEXT, environ, tmp_path)
    assert f"Only the authorities of {path} (set by {source}" in text
    assert "it lacks that issuer" in text


def test_certificate_error_says_if_the_ca_bundle_is_unused(tmp_path: Path) -> None:
    """If tls= or transport= determines the trusted authorities, the error says that AWS_CA_BUNDLE is not used."""
    path = _bundle(tmp_path)
    environ = {"AWS_CA_BUNDLE": str(path)}
    unused = f"{path} (set by AWS_CA_BUNDLE) is not used then"
    own = TLSPolicy(ca_file=str(path))
    text = _refusal(CONTEXT, environ, tls=own)
    assert f"Only the authorities of TLSPolicy(ca_file={str(path)!r}) are trusted now" in text
    assert unused in text
    text = _refusal(CONTEXT, environ, tls=TLSPolicy().create_context())
    assert "The SSL context of tls= decides" in text
    assert unused in text
    text = _refusal(CONTEXT, environ, transport=httpx.AsyncHTTPTransport(verify=TLSPolicy().create_context()))
    assert "The SSL context of transport= decides" in text
    assert unused in text


def test_requests_ca_bundle_is_ignored_with_a_hint(tmp_path: Path) -> None:
    """REQUESTS_CA_BUNDLE alone is not used, and the error says to set AWS_CA_BUNDLE; otherwise it is not mentioned."""
    path = _bundle(tmp_path)
    environ = {"REQUESTS_CA_BUNDLE": "/corp.pem"}
    assert "REQUESTS_CA_BUNDLE (/corp.pem) is not followed: set AWS_CA_BUNDLE" in _refusal(CONTEXT, environ)
    assert "REQUESTS" not in _refusal(CONTEXT, {**environ, "AWS_CA_BUNDLE": str(path)})
    assert "REQUESTS" not in _refusal(CONTEXT, environ, tls=TLSPolicy(ca_file=str(path)))
    config = ClientConfig.load("workspaces", environ=environ, home=tmp_path)
    assert config.ca_bundle.value is None
    assert "REQUESTS_CA_BUNDLE" in config.describe()


def _cut(chain: list[trustme.Blob], certificate: trustme.LeafCert | trustme.CA) -> ssl.SSLContext:
    """Return a server's context that presents these certificates."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    pem = b"".join(blob.bytes() for blob in [*chain, certificate.private_key_pem])
    with trustme.Blob(pem).tempfile() as path:
        context.load_cert_chain(path)
    return context


def _unit(authority: trustme.CA) -> str:
    """Return an authority's organizational unit, which is unique."""
    names = x509.load_pem_x509_certificate(authority.cert_pem.bytes()).subject
    return str(names.get_attributes_for_oid(x509.NameOID.ORGANIZATIONAL_UNIT_NAME)[0].value)


def _servers() -> dict[str, tuple[ssl.SSLContext, str]]:
    root = trustme.CA()
    issuing = root.create_child_ca()
    leaf = issuing.issue_cert("localhost")
    lone = trustme.CA()
    own, *rest = leaf.cert_chain_pems
    return {
        "no intermediate": (_cut([own], leaf), _unit(issuing)),
        "no root": (_cut([own, *rest[:1]], leaf), _unit(root)),
        "with the root": (_cut([own, *rest[:1], root.cert_pem], leaf), _unit(root)),
        "signed by itself": (_cut([lone.cert_pem], lone), _unit(lone)),
        "one authority": (server_context(lone.issue_cert("localhost")), _unit(lone)),
    }


@pytest.mark.parametrize("kind", ["no intermediate", "no root", "with the root", "signed by itself", "one authority"])
@pytest.mark.parametrize("trusted", ["system", "bundle"])
def test_certificate_error_names_the_missing_issuer(tmp_path: Path, kind: str, trusted: str) -> None:
    """Whichever part of a chain is missing, the error names the last issuer and how to trust it."""
    context, issuer = _servers()[kind]
    environ = {} if trusted == "system" else {"AWS_CA_BUNDLE": str(_bundle(tmp_path))}
    text = _refusal(context, environ)
    assert issuer in text.partition("The issuer that is not trusted is ")[2]
    assert "set AWS_CA_BUNDLE or TLSPolicy(extra_ca_file=...)" in text


def _renewed() -> trustme.CA:
    return trustme.CA(organization_name="Same Authority", organization_unit_name="Same")


def test_renewed_authority_with_another_key_is_a_chain_failure(tmp_path: Path) -> None:
    """An authority that was renewed with another key is a chain failure too."""
    path = tmp_path / "ca.pem"
    path.write_text(authority(_renewed()))
    text = _refusal(server_context(_renewed().issue_cert("localhost")), {"AWS_CA_BUNDLE": str(path)})
    assert "The issuer that is not trusted is" in text
    assert str(path) in text


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), min_size=1, max_size=6))
def test_missing_issuer_is_found_in_any_chain(chain: list[tuple[str, str]]) -> None:
    """Chains in any order, and those that form a cycle, end with one of their issuers."""
    issuer = _last_issuer(chain)
    assert issuer in {each for _, each in chain}
    subjects = {subject for subject, _ in chain}
    is_ended = issuer not in subjects
    assert is_ended or any(subject in subjects for subject, _ in chain)


@pytest.mark.parametrize(
    "make",
    [
        lambda path: TLSPolicy(ca_file=path),
        lambda path: TLSPolicy(extra_ca_file=path),
        lambda path: wsclient.WorkSpacesClient(
            region="us-west-2",
            config=ClientConfig.load("workspaces", environ={"AWS_CA_BUNDLE": path}, home=Path("/nonexistent")),
        ),
    ],
)
def test_home_paths_of_other_users_are_not_expanded(make: Callable[[str], object]) -> None:
    """A path with ~user, or with ~ in an argument, says in its error that ~ is not expanded."""
    with pytest.raises(TLSPolicyError, match="~ is not expanded here"):
        make("~nobody/ca.pem")
