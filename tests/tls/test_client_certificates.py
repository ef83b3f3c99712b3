"""Client certificates: servers that require one, reject it, or request it after the handshake."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import trustme

import wsclient
from tests.support.senders import CA, CONTEXT, QUICK, post
from tests.support.tls_server import OK, Server, authority, server_context, serving, shaking_hands
from wsclient._core.errors import ServiceError, TLSError
from wsclient._pipeline.transport.errors import connect_error
from wsclient._pipeline.transport.failed_request import FailedRequest
from wsclient._pipeline.transport.http_transport import HttpTransport, TransportSettings
from wsclient.tls import TLSPolicy

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

VERSIONS = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
PAGE = b"HTTP/1.1 400 Bad Request\r\ncontent-length: %d\r\n\r\n%b"


def _demanding(version: ssl.TLSVersion) -> ssl.SSLContext:
    context = server_context(CA.issue_cert("localhost"))
    context.minimum_version = context.maximum_version = version
    context.verify_mode = ssl.CERT_REQUIRED
    CA.configure_trust(context)  # pyright: ignore[reportUnknownMemberType]  # pyOpenSSL's type, not installed
    return context


def _policy(tmp_path: object, issuer: trustme.CA | None) -> TLSPolicy:
    """Return a policy with a client certificate of this issuer, or without one."""
    path = f"{tmp_path}/client.pem"
    if issuer is not None:
        issuer.issue_cert("client").private_key_and_cert_chain_pem.write_to_path(path)
    return TLSPolicy(ca_data=authority(CA), client_cert=path if issuer else None)


def _send(server: Server, settings: TransportSettings) -> None:
    async def main() -> None:
        sender = HttpTransport(settings)
        try:
            await sender.send(post(server.url), QUICK)
        finally:
            await sender.aclose()

    asyncio.run(main())


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("none", r"it (may require|requires) a client certificate: TLSPolicy\(client_cert=\.\.\.\)"),
        ("stranger", r"it does not accept the client certificate of TLSPolicy\(client_cert=\.\.\.\): check its issuer"),
        ("context", r"it (may require|requires) a client certificate, which the SSL context of the caller lacks"),
    ],
)
def test_rejected_client_certificate_is_told_from_a_missing_one(
    version: ssl.TLSVersion, setting: str, words: str, tmp_path: object
) -> None:
    """The error says whether the server requires a certificate or rejects that of the policy; nothing was sent."""
    policy = _policy(tmp_path, trustme.CA() if setting == "stranger" else None)
    settings = TransportSettings(policy=policy, context=policy.create_context() if setting == "context" else None)
    with shaking_hands(_demanding(version)) as server, pytest.raises(TLSError, match=words) as caught:
        _send(server, settings)
    assert not caught.value.may_have_been_sent
    assert not server.requests


def test_server_without_a_common_suite_is_told_from_one_that_requires_a_certificate() -> None:
    """An alert before the server's certificate is about version or suite, not about the client's certificate."""
    context = server_context(CA.issue_cert("localhost", key_type=trustme.KeyType.RSA))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AES128-SHA")
    with (
        shaking_hands(context) as server,
        pytest.raises(TLSError, match="no TLS version, cipher suite and signature that the TLS policy allows"),
    ):
        _send(server, TransportSettings(policy=TLSPolicy(ca_data=authority(CA))))


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("TLSV1_ALERT_NO_APPLICATION_PROTOCOL", "it does not speak HTTP/1.1 there"),
        ("TLSV1_UNRECOGNIZED_NAME", "it does not serve that host name"),
        ("TLSV1_ALERT_PROTOCOL_VERSION", "it offers no TLS version, cipher suite and signature"),
        ("TLSV1_ALERT_INTERNAL_ERROR", r"\(tlsv1 alert internal error\); nothing was sent"),
    ],
)
def test_alerts_say_what_the_server_lacks(reason: str, words: str) -> None:
    """The error of an alert that has one meaning says it."""
    error = ssl.SSLError(1, "[SSL] failed")
    error.reason = reason
    failure = FailedRequest(error=error, peer="h.example:443", proxy=None, is_in_vpc=False, is_sent=False)
    with pytest.raises(TLSError, match=words):
        raise connect_error(failure)


@contextmanager
def _asking_later(context: ssl.SSLContext, serve: Callable[[ssl.SSLSocket], None]) -> Generator[Server]:
    """Serve a TLS connection on a thread: asyncio's streams cannot request a certificate after the handshake."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(5)
    port = listener.getsockname()[1]

    def run() -> None:
        connection, _ = listener.accept()
        connection.settimeout(5)
        with context.wrap_socket(connection, server_side=True) as peer:
            serve(peer)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield Server(f"https://localhost:{port}/", port)
    finally:
        thread.join()
        listener.close()


def test_certificate_that_is_requested_after_the_handshake_is_sent(tmp_path: object) -> None:
    """A server that reads the request first and requests a certificate then, as Apache does, receives it (TLS 1.3)."""
    context = server_context(CA.issue_cert("localhost"))
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.post_handshake_auth = True
    CA.configure_trust(context)  # pyright: ignore[reportUnknownMemberType]  # pyOpenSSL's type, not installed
    seen: list[object] = []

    def serve(peer: ssl.SSLSocket) -> None:
        peer.recv(4096)
        peer.verify_client_post_handshake()
        peer.sendall(b"HTTP/1.1 103 Early Hints\r\n\r\n")  # a write sends the request for the certificate
        peer.settimeout(0.05)
        with pytest.raises(TimeoutError):  # reads the certificate; no further data comes
            peer.recv(1)
        peer.settimeout(5)
        seen.append(peer.getpeercert())
        peer.sendall(OK)

    context.verify_mode = ssl.CERT_REQUIRED
    with _asking_later(context, serve) as server:
        _send(server, TransportSettings(policy=_policy(tmp_path, CA)))
    assert seen != [None]


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (b"<center>No required SSL certificate was sent</center>", "It requires a client certificate: TLSPolicy"),
        (b"<center>The SSL certificate error</center>", "It does not accept the client certificate of TLSPolicy"),
    ],
)
def test_pages_about_client_certificates_are_understood(page: bytes, words: str) -> None:
    """Nginx completes the handshake and sends a page; the error says what it means, and stays ambiguous."""

    async def main() -> None:
        async with serving(CONTEXT, PAGE % (len(page), page)) as server:
            async with wsclient.WorkSpacesClient(
                config=wsclient.ClientConfig.load("workspaces", environ={"AWS_REGION": "us-west-2"}),
                endpoint_url=server.url,
                credentials=wsclient.Credentials("AKIAPAGE", "secret"),
                tls=TLSPolicy(ca_data=authority(CA)),
            ) as ws:
                with pytest.raises(ServiceError, match=words) as caught:
                    await ws.describe_workspaces()
            assert caught.value.is_ambiguous

    asyncio.run(main())
