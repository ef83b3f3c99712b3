"""Authorities of a TLSPolicy: comments in PEM text, paths with ~, an issuing authority without its root."""

import asyncio
import ssl
from typing import Any

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from tests.support.senders import CA, QUICK, post
from tests.support.tls_server import authority, server_context, serving
from wsclient._core.errors import TLSError
from wsclient._pipeline.transport.http_transport import HttpTransport, TransportSettings
from wsclient.errors import TLSPolicyError
from wsclient.tls import TLSPolicy

COMMENTS = st.text(max_size=30).filter(lambda text: "-----" not in text)


@given(COMMENTS, COMMENTS)
def test_pem_comments_are_accepted(before: str, after: str) -> None:
    """ca_data may have comments in any script before, between and after certificates; every certificate is loaded."""
    pem = authority(CA)
    context = TLSPolicy(ca_data=f"{before}\n{pem}{after}\n{authority(trustme.CA())}{before}").create_context()
    assert context.cert_store_stats()["x509_ca"] == 2


@pytest.mark.parametrize("data", ["", "hunter2 \u00e9", "\ud800", b"-----BEGIN CERTIFICATE-----", 5])
def test_pem_without_certificates_is_rejected(data: Any) -> None:
    """ca_data without a certificate, or of another type, is a TLSPolicyError when the policy is made."""
    with pytest.raises(TLSPolicyError, match="ca_data"):
        TLSPolicy(ca_data=data)
    with pytest.raises(TLSPolicyError, match="outside ASCII"):
        TLSPolicy(ca_data="-----BEGIN CERTIFICATE-----\n\u00e9\n-----END CERTIFICATE-----")


@pytest.mark.parametrize("name", ["ca_file", "extra_ca_file", "client_cert"])
def test_unexpanded_home_path_is_explained(name: str) -> None:
    """A path with ~ that cannot be read is a TLSPolicyError that says that ~ is not expanded."""
    options: dict[str, Any] = {name: "~/no-such-file.pem"}
    with pytest.raises(TLSPolicyError, match="~ is not expanded here"):
        TLSPolicy(**options)


def test_intermediate_authority_is_a_trust_anchor() -> None:
    """With the issuing authority alone, its certificates are trusted, and those of a sibling are not."""
    root = trustme.CA()
    issuing, sibling = root.create_child_ca(), root.create_child_ca()
    policy = TLSPolicy(ca_data=authority(issuing))
    assert policy.create_context().verify_flags & ssl.VERIFY_X509_PARTIAL_CHAIN

    async def main() -> None:
        sender = HttpTransport(TransportSettings(policy=policy))
        async with serving(server_context(issuing.issue_cert("localhost"))) as server:
            assert (await sender.send(post(server.url), QUICK)).status == 200
        async with serving(server_context(sibling.issue_cert("localhost"))) as server:
            with pytest.raises(TLSError):
                await sender.send(post(server.url), QUICK)
        await sender.aclose()

    asyncio.run(main())
