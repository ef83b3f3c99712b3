"""An attacker between client and server who tries to downgrade TLS: nothing is sent."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import pytest
import trustme

from tests.support.client_hello import extension_at
from tests.support.tls_server import authority, pump, server_context, serving
from wsclient._core.errors import TLSError, TransportError
from wsclient._core.http import HttpRequest, Timeout
from wsclient._pipeline.transport.http_transport import HttpTransport, TransportSettings
from wsclient.tls import TLSPolicy

CA = trustme.CA(organization_name="Test Authority")
LOCALHOST = CA.issue_cert("localhost")
SUPPORTED_VERSIONS = b"\x00\x2b"
UNKNOWN_EXTENSION = b"\x0a\x0a"
TLS_1_2 = b"\x03\x03"
TLS_1_0 = b"\x03\x01"

Change = Callable[[bytes], bytes]


def _as_it_is(hello: bytes) -> bytes:
    return hello


def _without_tls13(hello: bytes) -> bytes:
    """Hide the extension that offers TLS 1.3, so that a server believes the client to know 1.2 at most."""
    at = extension_at(hello, SUPPORTED_VERSIONS)
    return hello[:at] + UNKNOWN_EXTENSION + hello[at + 2 :]


def _tls10_at_most(hello: bytes) -> bytes:
    """Hide it, and lower the version that older servers read to TLS 1.0."""
    return _without_tls13(hello[:9] + TLS_1_0 + hello[11:])


@asynccontextmanager
async def _in_between(port: int, change: Change | None, hellos: list[bytes]) -> AsyncGenerator[int]:
    """Relay to a port, changing each connection's ClientHello; with no change, hang up on it."""
    writers: list[asyncio.StreamWriter] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        header = await reader.readexactly(5)
        hello = header + await reader.readexactly(int.from_bytes(header[3:5]))
        hellos.append(hello)
        if change is None:
            writer.close()
            return
        from_server, to_server = await asyncio.open_connection("127.0.0.1", port)
        writers.append(to_server)
        to_server.write(change(hello))
        await asyncio.gather(pump(reader, to_server), pump(from_server, writer))

    listener = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        listener.close()
        for writer in writers:
            writer.close()
        await asyncio.gather(*(writer.wait_closed() for writer in writers), return_exceptions=True)


def _attacked(change: Change | None, calls: int = 1) -> tuple[list[BaseException], list[bytes], list[bytes]]:
    """Return what each call ended with, the requests that the server saw, and the client's hellos."""
    old = server_context(LOCALHOST)
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        old.minimum_version = ssl.TLSVersion.TLSv1
    hellos: list[bytes] = []

    async def main() -> tuple[list[BaseException], list[bytes]]:
        ended: list[BaseException] = []
        async with serving(old) as server, _in_between(server.port, change, hellos) as port:
            sender = HttpTransport(TransportSettings(policy=TLSPolicy(ca_data=authority(CA))))
            for _ in range(calls):
                try:
                    request = HttpRequest("POST", f"https://localhost:{port}/", (), b"x")
                    await sender.send(request, Timeout(connect=5, read=5))
                except TransportError as error:
                    ended.append(error)
            await sender.aclose()
            return ended, server.requests

    ended, requests = asyncio.run(main())
    return ended, requests, hellos


def test_relay_without_attack_passes_the_request() -> None:
    """Through a relay that leaves the ClientHello alone the request arrives: what follows is the attack's doing."""
    ended, requests, _ = _attacked(_as_it_is)
    assert (ended, len(requests)) == ([], 1)


def test_downgrade_to_tls_1_2_is_detected() -> None:
    """A ClientHello robbed of TLS 1.3 meets a server that marks its answer as lower than it could: an error says so."""
    (error,), requests, _ = _attacked(_without_tls13)
    assert isinstance(error, TLSError)
    assert "inappropriate fallback" in str(error)
    assert not error.may_have_been_sent
    assert not requests


def test_downgrade_to_tls_1_0_fails() -> None:
    """A ClientHello changed to TLS 1.0 has no suite for that version, even if the server accepts any."""
    (error,), requests, _ = _attacked(_tls10_at_most)
    assert isinstance(error, TransportError)
    assert not error.may_have_been_sent
    assert not requests


def test_interrupted_handshakes_cause_no_version_fallback() -> None:
    """A client whose handshakes are interrupted offers the same versions again, without a fallback."""
    ended, requests, hellos = _attacked(None, calls=4)
    assert (len(ended), requests) == (4, [])
    offers = [hello[extension_at(hello, SUPPORTED_VERSIONS) :][:9] for hello in hellos]
    assert offers == [offers[0]] * 4
    assert offers[0] == SUPPORTED_VERSIONS + b"\x00\x05\x04" + b"\x03\x04" + TLS_1_2
