"""Calls through a proxy: what it sees, and what its failures are called."""

import asyncio

import pytest
import trustme

from tests.support.senders import CONTEXT, QUICK, TRUSTING, post
from tests.support.tls_server import proxying, server_context, serving
from wsclient._core.errors import ConfigurationError, ConnectError, TLSError
from wsclient._pipeline.transport.http_transport import HttpTransport, TransportSettings


def _through(proxy: str) -> TransportSettings:
    return TransportSettings(policy=TRUSTING.policy, proxy=proxy, max_connections=1)


def test_a_proxy_carries_the_call_and_sees_none_of_it() -> None:
    """Through a proxy TLS is spoken with the service itself: the proxy sees a host name and its own credentials."""

    async def main() -> None:
        async with serving(CONTEXT) as server, proxying() as proxy:
            with_password = proxy.url.replace("://", "://user:hunter5@")
            sender = HttpTransport(_through(with_password))
            assert "hunter5" not in repr(sender.settings)
            assert (await sender.send(post(server.url), QUICK)).status == 200
            (asked,) = proxy.requests
            assert asked.startswith(f"CONNECT localhost:{server.port} HTTP/1.1\r\n".encode())
            assert b"x-secret" not in asked
            assert b"Basic dXNlcjpodW50ZXI1" in asked
            (request,) = server.requests
            assert b"dXNlcjpodW50ZXI1" not in request
            await sender.aclose()

    asyncio.run(main())


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"HTTP/1.1 407 hunter4\r\ncontent-length: 0\r\n\r\n", "HTTP 407: it requires credentials"),
        (b"HTTP/1.1 403 hunter4\r\ncontent-length: 0\r\n\r\n", "HTTP 403"),
        (b"hunter4\r\n\r\n", "through the proxy localhost:"),
        (b"", "through the proxy localhost:"),
    ],
)
def test_a_proxy_that_refuses_is_named(answer: bytes, words: str) -> None:
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


def test_a_proxy_that_is_not_there_is_named() -> None:
    """When the proxy itself cannot be reached or found, the error names it and not only the service."""

    async def main() -> None:
        for proxy in ("http://localhost:1", "http://no-such-proxy.invalid:3128"):
            sender = HttpTransport(_through(proxy))
            with pytest.raises(ConnectError, match=proxy.removeprefix("http://")):
                await sender.send(post(), QUICK)
            await sender.aclose()

    asyncio.run(main())


def test_an_untrusted_certificate_behind_a_proxy() -> None:
    """A TLS failure inside the tunnel is a TLSError, was not sent, and leaves the one connection free for the next."""

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


def test_a_proxy_that_is_no_proxy_url_is_refused() -> None:
    """A proxy of another kind is refused when the sender is made."""
    with pytest.raises(ConfigurationError, match="proxy"):
        HttpTransport(_through("socks5://localhost:1080"))
