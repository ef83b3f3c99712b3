"""The boundaries of TLS records and network deliveries do not change the response or the error."""

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.scale import at_scale
from tests.support.senders import CONTEXT, QUICK, TRUSTING
from wsclient._core.errors import ResponseParseError
from wsclient._pipeline.transport.connection import HTTP11Connection
from wsclient._pipeline.transport.response_parser import InvalidResponseError
from wsclient.tls._policy import shared_context

MAX_BYTES = 50_000
HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
INTERIM = b"HTTP/1.1 100 Continue\r\n\r\n"
Outcome = tuple[object, bool]
"""Response or class of the error, and whether the connection is closed afterwards."""


class Network:
    """Transport without a socket: it keeps what the client sends."""

    def __init__(self) -> None:
        self.sent = bytearray()
        self.socket, self._other = socket.socketpair()

    def get_extra_info(self, _: str) -> socket.socket:
        """Return a socket on which nothing arrives."""
        return self.socket

    def write(self, data: bytes) -> None:
        """Keep what is sent."""
        self.sent += data

    def get_write_buffer_size(self) -> int:
        """Return that all has left."""
        return 0

    def abort(self) -> None:
        """Close the socket."""
        self.socket.close()
        self._other.close()


class Peer:
    """A client's connection, and the server's side of its TLS."""

    def __init__(self) -> None:
        self.network = Network()
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = CONTEXT.wrap_bio(self._in, self._out, server_side=True)
        loop, context = asyncio.get_running_loop(), shared_context(TRUSTING.policy)
        self.client = HTTP11Connection(loop, context, "localhost", None, MAX_BYTES)

    async def handshake(self) -> None:
        """Agree on TLS."""
        self.client.connection_made(cast("Any", self.network))
        is_done = False
        while not is_done:
            self._in.write(bytes(self.network.sent))
            self.network.sent.clear()
            try:
                self._tls.do_handshake()
                is_done = True
            except ssl.SSLWantReadError:
                pass
            self.deliver(self._out.read(), [])
        await self.client.wait_for_handshake()

    def records(self, pieces: list[bytes], *, says_goodbye: bool) -> bytes:
        """Encrypt each piece as a record of its own."""
        for piece in pieces:
            self._tls.write(piece)
        if says_goodbye:
            with pytest.raises(ssl.SSLWantReadError):
                self._tls.unwrap()
        return self._out.read()

    def deliver(self, data: bytes, sizes: list[int]) -> None:
        """DrivenConnection bytes to the client in parts of these sizes, then in parts of the buffer's size."""
        while data:
            size = min(len(data), sizes.pop() if sizes else len(data))
            buffer = self.client.get_buffer(-1)[:size]
            buffer[:] = data[: len(buffer)]
            data = data[len(buffer) :]
            self.client.buffer_updated(len(buffer))


async def outcome(pieces: list[bytes], sizes: list[int], ending: str) -> Outcome:
    """Return the outcome of an exchange whose response arrives in these records and parts."""
    peer = Peer()
    await peer.handshake()
    peer.network.sent.clear()
    exchange = peer.client.exchange(lambda: b"POST", QUICK, lambda: None)
    await asyncio.sleep(0)  # it is written
    assert peer.network.sent
    data = peer.records(pieces, says_goodbye=ending == "goodbye")
    peer.deliver(data + (b"\x17\x03\x03\x00\x20" + bytes(32) if ending == "forged" else b""), sizes)
    await asyncio.wait([exchange], timeout=0)
    is_closed = peer.client.is_closed
    peer.client.connection_lost(None)  # for an exchange that would wait for more
    try:
        result: object = await exchange
    except (InvalidResponseError, ResponseParseError, OSError) as error:
        result = type(error)
    return result, is_closed


def cut(data: bytes, sizes: list[int]) -> list[bytes]:
    """Return data in pieces of these sizes, and the rest."""
    pieces: list[bytes] = []
    for size in sizes:
        pieces.append(data[:size])
        data = data[size:]
    return [piece for piece in (*pieces, data) if piece]


bodies = st.sampled_from([0, 1, 300, 16_384, 17_000, 33_000, MAX_BYTES, MAX_BYTES + 1]).map(lambda size: b"x" * size)
responses = st.one_of(
    bodies.map(lambda body: HEAD % len(body) + body),
    bodies.map(lambda body: INTERIM + HEAD % len(body) + body),
    bodies.map(lambda body: CHUNKED + (b"%x\r\n%s\r\n" % (len(body), body) if body else b"") + b"0\r\n\r\n"),
    bodies.map(lambda body: b"HTTP/1.1 200 OK\r\n\r\n" + body),
    bodies.map(lambda body: b"HTTP/1.1 200 OK\r\nx: \x00\r\n\r\n" + body),
    bodies.map(lambda body: HEAD % (len(body) + 1) + body),
)


@settings(max_examples=at_scale(60, 600))
@given(
    data=st.tuples(responses, st.sampled_from([b"", b"", b"", b"x", HEAD % 0])).map(b"".join),
    records=st.lists(st.sampled_from([1, 20, 400, 5000, 16_384]), max_size=6),
    sizes=st.lists(st.sampled_from([1, 5, 30, 700, 16_000, 20_000]), max_size=8),
    ending=st.sampled_from(["open", "goodbye", "forged"]),
)
def test_outcome_does_not_depend_on_tls_record_boundaries(
    data: bytes, records: list[int], sizes: list[int], ending: str
) -> None:
    """Records that arrive together give the same outcome as separate records, for any end of the connection."""
    whole = asyncio.run(outcome([data], [], ending))
    assert asyncio.run(outcome(cut(data, records), sizes, ending)) == whole
