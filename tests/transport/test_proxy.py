"""Calls through a proxy: what the proxy sees, and the errors of its failures."""

from __future__ import annotations

import asyncio
import pickle
import socket
import ssl
import struct
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import httpx
import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

import wsclient
from tests.support.senders import CA, CONTEXT, QUICK, TRUSTING, over, post
from tests.support.tls_server import OK, proxying, server_context, serving
from wsclient._core.errors import ConfigurationError, ConnectError, RequestTimeoutError, TLSError, TransportError
from wsclient._core.http import Timeout
from wsclient._pipeline.transport.http_transport import HttpTransport, TransportSettings

if TYPE_CHECKING:
    from collections.abc import Generator

ENVIRON = {"HOME": "/nonexistent", "AWS_REGION": "us-west-2"}


def _client(url: str, *, proxy: str) -> wsclient.WorkSpacesClient:
    """Return a client that calls an endpoint through a proxy."""
    return wsclient.WorkSpacesClient(
        config=wsclient.ClientConfig.load("workspaces", environ=ENVIRON),
        endpoint_url=url,
        credentials=wsclient.Credentials("AKIAPROXY", "secret"),
        proxy=proxy,
    )


def _late(request: bytes) -> bytes:
    """Answer, but never a request for /never."""
    return b"HTTP/1.1 100 Continue\r\n" if b" /never" in request else OK


@contextmanager
def _rejecting(context: ssl.SSLContext, *, is_silent: bool) -> Generator[int]:
    """Serve one TLS handshake on a thread: asyncio would drop the alert about the client's certificate."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        connection.settimeout(5)
        if is_silent:
            context.verify_mode = ssl.CERT_NONE
        peer = context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        with suppress(ssl.SSLError):
            peer.do_handshake()
        if is_silent:
            peer.recv(4096)
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close() resets
            peer.close()
            return
        with suppress(OSError):  # reads raw what the client sends on, so that closing does not reset the connection
            peer.settimeout(0.2)
            while socket.socket.recv(peer, 4096):
                pass
        peer.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        thread.join()
        listener.close()


def _through(proxy: str) -> TransportSettings:
    return TransportSettings(policy=TRUSTING.policy, proxy=proxy, max_connections=1)


def test_proxy_tunnels_the_call_without_seeing_it() -> None:
    """Through a proxy TLS is spoken with the service itself: the proxy sees a host name and its own credentials."""

    async def main() -> None:
        async with serving(CONTEXT) as server, proxying() as proxy:
            with_password = proxy.url.replace("://", "://user:hunter5@")
            sender = HttpTransport(_through(with_password))
            assert "hunter5" not in repr(sender.settings)
            assert (await sender.send(post(server.url), QUICK)).status == 200
            (requested,) = proxy.requests
            assert requested.startswith(f"CONNECT localhost:{server.port} HTTP/1.1\r\n".encode())
            assert b"x-secret" not in requested
            assert b"Basic dXNlcjpodW50ZXI1" in requested
            (request,) = server.requests
            assert b"dXNlcjpodW50ZXI1" not in request
            await sender.aclose()

    asyncio.run(main())


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"HTTP/1.1 407 hunter4\r\ncontent-length: 0\r\n\r\n", "HTTP 407: it requires credentials"),
        (b"HTTP/1.1 403 hunter4\r\ncontent-length: 0\r\n\r\n", "HTTP 403"),
        (
            b"hunter4\r\n\r\n",
            "through the proxy localhost:.*did not answer as an HTTP proxy; check the scheme and port",
        ),
        (b"", "through the proxy localhost:.*did not answer as an HTTP proxy; check the scheme and port"),
    ],
)
def test_rejecting_proxy_is_named(answer: bytes, words: str) -> None:
    """A proxy that does not connect is a ConnectError that names proxy, peer and status: surely not sent."""

    async def main() -> None:
        async with proxying(answer) as proxy:
            sender = HttpTransport(_through(proxy.url))
            for _ in range(2):
                with pytest.raises(ConnectError, match=words) as caught:
                    await sender.send(post(), QUICK)
                assert not caught.value.may_have_been_sent
                assert f"localhost:{proxy.port}" in str(caught.value)
                assert "h.example:443" in str(caught.value)
                assert "hunter" not in str(caught.value)
            await sender.aclose()

    asyncio.run(main())


@pytest.mark.parametrize(
    ("challenges", "user", "words"),
    [
        ((), False, "it requires credentials, as in http://USER:PASSWORD@HOST$"),
        (("Basic realm=x",), False, "it requires credentials, as in http://USER:PASSWORD@HOST$"),
        (("Basic realm=x", "NTLM"), True, "it does not accept the user name and password of its URL$"),
        ((), True, "does not accept the user name .* or no Basic authentication; for NTLM or Kerberos, use a local"),
        (("Negotiate", "NTLM"), True, "it offers Negotiate and NTLM, and no Basic authentication"),
        (('digest realm="a, basic hunter6", nonce=1, negotiate',), False, "it offers Digest and Negotiate, and no"),
        (("hunter6 realm=x",), True, "or no Basic authentication"),
    ],
)
def test_a_proxy_that_rejects_credentials_says_which_it_takes(
    challenges: tuple[str, ...], user: bool, words: str
) -> None:
    """The error tells missing from wrong credentials and from a proxy without Basic authentication; one attempt."""
    lines = "".join(f"proxy-authenticate: {challenge}\r\n" for challenge in challenges)
    answer = f"HTTP/1.1 407 no\r\n{lines}content-length: 0\r\n\r\n".encode()

    async def main() -> None:
        async with proxying(answer) as proxy:
            url = proxy.url.replace("://", "://user:hunter5@") if user else proxy.url
            sender = HttpTransport(_through(url))
            with pytest.raises(ConnectError, match=words) as caught:
                await sender.send(post(), QUICK)
            assert "hunter" not in str(caught.value)
            # A retry with the same credentials could lock their account out.
            assert not caught.value.is_transient
            await sender.aclose()

    asyncio.run(main())


@pytest.mark.parametrize(
    ("status", "words", "is_transient"),
    [
        *((status, "asks for a login in a browser", False) for status in (302, 307, 511)),
        *((status, "may be a web server or a reverse proxy", False) for status in (400, 404, 405, 501)),
        (404, "it does not know that host, or it may be a web server", False),
        *((status, "does not allow connections to that host", False) for status in (401, 403, 451)),
        *((status, "cannot resolve or reach that host", True) for status in (500, 502, 503, 504)),
        *((status, f"HTTP {status}$", True) for status in (408, 429, 520)),
        (418, "HTTP 418$", False),
    ],
)
def test_a_proxy_s_status_says_what_to_check_and_whether_to_retry(status: int, words: str, is_transient: bool) -> None:
    """Statuses of a proxy that pass are retried, refusals are not; each error says what to check."""

    async def main() -> None:
        answer = f"HTTP/1.1 {status} no\r\nlocation: http://hunter4/\r\ncontent-length: 0\r\n\r\n".encode()
        async with proxying(answer) as proxy:
            sender = HttpTransport(_through(proxy.url))
            with pytest.raises(ConnectError, match=words) as caught:
                await sender.send(post(), QUICK)
            assert (caught.value.is_transient, caught.value.may_have_been_sent) == (is_transient, False)
            assert pickle.loads(pickle.dumps(caught.value)).proxy_status == status
            assert "hunter" not in str(caught.value)
            await sender.aclose()

    asyncio.run(main())


@pytest.mark.parametrize("is_silent", [True, False])
def test_tls_1_3_proxy_that_requires_a_client_certificate_is_blamed(is_silent: bool) -> None:
    """A proxy rejects the client after its handshake, when CONNECT is sent: the service has no part in it."""
    context = server_context(CA.issue_cert("localhost"))
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    words = r"with the proxy localhost:\d+ failed .*; it requires a client certificate: TLSPolicy"
    if is_silent:  # the proxy resets the connection, and its alert is lost
        words = r"the proxy localhost:\d+ opened no tunnel to h\.example:443 \("

    async def main() -> None:
        with _rejecting(context, is_silent=is_silent) as port:
            sender = HttpTransport(_through(f"https://localhost:{port}"))
            with pytest.raises(TransportError, match=words) as caught:
                await sender.send(post(), QUICK)
            assert not caught.value.may_have_been_sent
            await sender.aclose()

    asyncio.run(main())


def test_page_in_place_of_a_tunnel_is_pointed_out() -> None:
    """A web server that answers CONNECT with a page and HTTP 200 is told from a service without TLS."""

    async def main() -> None:
        async with proxying(b"HTTP/1.1 200 OK\r\n\r\n") as page, proxying(to_port=page.port) as proxy:
            sender = HttpTransport(_through(proxy.url))
            with pytest.raises(TLSError, match=r"check the port, and whether localhost:\d+ is a proxy"):
                await sender.send(post(), QUICK)
            await sender.aclose()

    asyncio.run(main())


def test_credentials_that_a_proxy_rejects_are_sent_once() -> None:
    """A call makes one attempt, whatever its retries, as every rejected login counts for the account's lockout."""

    async def main() -> None:
        async with proxying(b"HTTP/1.1 407 no\r\nproxy-authenticate: Basic\r\n\r\n") as proxy:
            url = proxy.url.replace("://", "://user:hunter5@")
            async with _client("https://h.example", proxy=url) as ws:
                with pytest.raises(ConnectError) as caught:
                    await ws.describe_workspaces()
            assert (caught.value.attempts, len(proxy.requests)) == (1, 1)

    asyncio.run(main())


def test_the_proxy_of_a_transport_is_named_as_such() -> None:
    """transport= with a proxy gets the same errors, which name the transport."""

    async def main() -> None:
        async with proxying(b"HTTP/1.1 407 no\r\ncontent-length: 0\r\n\r\n") as proxy:
            transport = httpx.AsyncHTTPTransport(verify=TRUSTING.policy.create_context(), proxy=proxy.url)
            with pytest.raises(ConnectError, match=r"the proxy of transport= rejected .* password of the transport"):
                await over(transport).send(post(), QUICK)
            await transport.aclose()

    asyncio.run(main())


@pytest.mark.parametrize("read", [2.0, 0.01])
def test_a_slow_proxy_is_limited_by_the_connect_timeout(read: float) -> None:
    """A response to CONNECT that is late, or comes a byte at a time, ends with Timeout.connect; the proxy is blamed."""
    closed = asyncio.Event()

    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while not writer.is_closing():
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.02)
        closed.set()

    async def main() -> None:
        async with await asyncio.start_server(drip, "127.0.0.1", 0) as listener:
            sender = HttpTransport(_through(f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"))
            with pytest.raises(RequestTimeoutError, match=r"proxy 127\.0.*opened no tunnel to h\.example") as caught:
                await sender.send(post(), Timeout(connect=0.1, read=read))
            assert (caught.value.phase, caught.value.may_have_been_sent) == ("connect", False)
            await sender.aclose()
            await closed.wait()

    asyncio.run(main())


def test_without_a_connect_timeout_a_silent_proxy_is_blamed_too() -> None:
    """With Timeout(connect=None), each read of a response to CONNECT is limited by Timeout.read."""

    async def main() -> None:
        async with proxying(b"HTTP/1.1 200 OK\r\n") as proxy, serving(CONTEXT) as server:
            sender = HttpTransport(_through(proxy.url))
            with pytest.raises(RequestTimeoutError, match=r"received from the proxy localhost:\d+ within") as caught:
                await sender.send(post(server.url), Timeout(connect=None, read=0.05))
            assert (caught.value.phase, caught.value.may_have_been_sent) == ("read", False)
            await sender.aclose()

    asyncio.run(main())


def test_a_tunnel_leaves_the_read_timeout_to_the_response() -> None:
    """Once a tunnel is open, its request has the read timeout, however short the connect timeout is."""

    async def main() -> None:
        async with proxying() as proxy, serving(CONTEXT, answer=_late) as server:
            sender = HttpTransport(_through(proxy.url))
            assert (await sender.send(post(server.url), Timeout(connect=1, read=5))).status == 200
            with pytest.raises(RequestTimeoutError, match="no data was received from localhost") as caught:
                await sender.send(post(f"{server.url}never"), Timeout(connect=1, read=0.05))
            assert (caught.value.phase, caught.value.may_have_been_sent) == ("read", True)
            await sender.aclose()

    asyncio.run(main())


def test_tls_proxy_carries_the_call_or_is_named() -> None:
    """TLS within TLS works; the certificate of a proxy is not blamed on the service; a wrong scheme is pointed out."""
    cases = [
        (CONTEXT, None),
        (server_context(trustme.CA().issue_cert("localhost")), r"the certificate of the proxy localhost:\d+ is not"),
        (server_context(CA.issue_cert("other.example")), r"the certificate of the proxy localhost:\d+ is not"),
        (None, r"handshake with the proxy localhost:\d+ failed .*does not speak TLS there: write its URL with http://"),
    ]

    async def main() -> None:
        for context, words in cases:
            async with serving(CONTEXT) as server, proxying(context=context) as proxy:
                sender = HttpTransport(_through(proxy.url.replace("http:", "https:")))
                if words is None:
                    assert (await sender.send(post(server.url), QUICK)).status == 200
                else:
                    with pytest.raises(TLSError, match=words):
                        await sender.send(post(server.url), QUICK)
                assert len(server.requests) == (words is None)
                await sender.aclose()

    asyncio.run(main())


def test_https_to_a_plain_server_says_it_speaks_no_tls() -> None:
    """The error for https to the port of a plain server says that it speaks no TLS, not only the reason of OpenSSL."""

    async def main() -> None:
        async with proxying() as plain:
            sender = HttpTransport(TRUSTING)
            with pytest.raises(TLSError, match=r"does not speak TLS there: check the port"):
                await sender.send(post(plain.url.replace("http:", "https:")), QUICK)
            await sender.aclose()

    asyncio.run(main())


def test_unreachable_proxy_is_named() -> None:
    """If the proxy cannot be reached or resolved, the error names the proxy."""

    async def main() -> None:
        for proxy in ("http://localhost:1", "http://no-such-proxy.invalid:3128"):
            sender = HttpTransport(_through(proxy))
            name = proxy.removeprefix("http://")
            with pytest.raises(ConnectError, match=f"the proxy {name}.*: check the URL of the proxy"):
                await sender.send(post(), QUICK)
            await sender.aclose()

    asyncio.run(main())


def test_untrusted_certificate_through_a_proxy_is_a_tls_error() -> None:
    """A TLS failure inside the tunnel is a TLSError, was not sent, and releases its connection."""

    async def main() -> None:
        stranger = server_context(trustme.CA(organization_name="Inspector").issue_cert("localhost"))
        async with serving(stranger) as server, serving(CONTEXT) as good, proxying() as proxy:
            sender = HttpTransport(_through(proxy.url))
            for _ in range(2):
                with pytest.raises(TLSError, match=r"O=Inspector.*AWS_CA_BUNDLE") as caught:
                    await sender.send(post(server.url), QUICK)
                assert not caught.value.may_have_been_sent
            assert (await sender.send(post(good.url), QUICK)).status == 200
            await sender.aclose()

    asyncio.run(main())


def test_unsupported_proxy_scheme_is_rejected() -> None:
    """A proxy of another kind is refused when the sender is made."""
    with pytest.raises(ConfigurationError, match="proxy"):
        HttpTransport(_through("socks5://localhost:1080"))


def _plain(url: str, environ: dict[str, str], proxy: str | None = None) -> wsclient.WorkSpacesClient:
    """Return a client of an http endpoint, with the settings of an environment."""
    return wsclient.WorkSpacesClient(
        config=wsclient.ClientConfig.load("workspaces", environ={**ENVIRON, **environ}),
        endpoint_url=url,
        allow_http=True,
        credentials=wsclient.Credentials("AKIAPLAIN", "secret"),
        proxy=proxy,
    )


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy"])
def test_environment_proxy_gets_no_plain_request(variable: str) -> None:
    """With allow_http=True the request is sent directly to the service, and the environment's proxy is not used."""
    answer = b"HTTP/1.1 200 OK\r\nx-amzn-requestid: 1\r\ncontent-length: 2\r\n\r\n{}"

    async def main() -> None:
        async with serving(None, answer) as server, proxying() as proxy:
            # An address of this machine that proxy rules do not treat as loopback.
            async with _plain(f"http://[::ffff:127.0.0.1]:{server.port}", {variable: proxy.url}) as ws:
                await ws.raw("DescribeWorkspaces")
            assert (proxy.connections, len(server.requests)) == (0, 1)

    asyncio.run(main())


@pytest.mark.parametrize("url", ["http://10.1.2.3", "http://localstack:4566", "http://localhost:4566"])
def test_a_proxy_argument_with_an_http_endpoint_is_refused(url: str) -> None:
    """proxy= with an http endpoint raises ConfigurationError without the proxy's password."""
    with pytest.raises(ConfigurationError, match="proxy= conflicts with the http endpoint") as caught:
        _plain(url, {}, proxy="http://user:hunter2@p.example:3128")
    assert "hunter2" not in str(caught.value)
    assert _plain(url, {}, proxy="").endpoint.insecure


def test_proxy_with_an_http_sts_endpoint_is_rejected() -> None:
    """proxy= with an http STS endpoint is rejected at the first STS call, before a connection."""

    async def main() -> None:
        async with proxying() as proxy:
            ws = wsclient.WorkSpacesClient(
                config=wsclient.ClientConfig.load("workspaces", environ=ENVIRON, proxy=proxy.url),
                credentials=wsclient.Credentials("AKIAPLAIN", "secret"),
                sts=wsclient.StsRouting(endpoint_url="http://10.1.2.3"),
                allow_http=True,
            )
            with pytest.raises(ConfigurationError, match="proxy= conflicts with the http endpoint"):
                await ws.whoami()
            assert proxy.connections == 0

    asyncio.run(main())


@given(st.sampled_from(["http", "HTTP", "hTTp"]), st.sampled_from(["10.1.2.3", "a.example", "localhost", "[fd00::1]"]))
def test_transport_rejects_http_with_a_proxy(scheme: str, host: str) -> None:
    """The transport itself rejects http with a proxy, before a connection."""

    async def main() -> None:
        sender = HttpTransport(_through("http://localhost:1"))
        with pytest.raises(ConfigurationError, match="a proxy carries https only"):
            await sender.send(post(f"{scheme}://{host}/"), QUICK)
        await sender.aclose()

    asyncio.run(main())
