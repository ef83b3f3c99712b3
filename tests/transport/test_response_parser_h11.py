"""h11 as oracle of the response parser: valid responses parse the same, and what h11 rejects is rejected."""

from __future__ import annotations

import re
from dataclasses import dataclass

import h11
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.scale import at_scale
from wsclient._pipeline.transport.response_parser import InvalidResponseError, ResponseParser, ResponseTooLargeError

MOST = 1 << 20


@dataclass(frozen=True)
class Read:
    """A parsed response."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def by_h11(data: bytes) -> Read | None:
    """Return the response that h11 parses if the connection ends after the data; None for an error."""
    connection = h11.Connection(h11.CLIENT)
    connection.send(h11.Request(method="POST", target="/", headers=[("host", "h"), ("content-length", "0")]))
    connection.send(h11.EndOfMessage())
    connection.receive_data(data)
    head: h11.Response | None = None
    body = b""
    try:
        while True:
            event = connection.next_event()
            if event is h11.NEED_DATA:
                connection.receive_data(b"")
            elif isinstance(event, h11.Response):
                head = event
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage):
                assert head is not None
                headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers)
                return Read(head.status_code, headers, body)
            elif event is h11.PAUSED or isinstance(event, h11.ConnectionClosed):
                return None
    except h11.RemoteProtocolError:
        return None


def by_us(data: bytes, pieces: list[int]) -> Read | None:
    """Return the response that ResponseParser parses from the data in pieces; None for an error."""
    answer = ResponseParser(MOST)
    try:
        for piece in cut(data, pieces):
            answer.feed(piece)
            if answer.is_complete:
                break
        else:
            answer.end()
    except (InvalidResponseError, ResponseTooLargeError):
        return None
    response = answer.response()
    return Read(response.status, response.headers, response.body)


def cut(data: bytes, pieces: list[int]) -> list[bytes]:
    """Return the data in pieces of these sizes, and the rest as the last piece."""
    parts: list[bytes] = []
    for size in pieces:
        parts.append(data[:size])
        data = data[size:]
    return [part for part in (*parts, data) if part]


def often(usual: bytes, times: int, *rarely: bytes) -> st.SearchStrategy[bytes]:
    """Draw mostly the usual."""
    return st.sampled_from([usual] * times + [choice for group in rarely for choice in group.split(b"|")])


names = st.sampled_from([b"Date", b"x-amzn-RequestId", b"Content-Type", b"X-A", b"Connection", b"Server"])
values = st.sampled_from([b"a", b"", b"close", b"keep-alive", b"a b", b"\xc3\xa4", b"1, 2"])
lengths = often(b"2", 20, b"02|+2|2, 2|-1|2x||99|0x2| 2 |1")
codings = often(b"chunked", 12, b"Chunked|gzip|gzip, chunked|chunked, chunked|identity|xchunked")
colons = often(b": ", 12, b":| : |:\t")
ends = often(b"\r\n", 60, b"\n|\r|\r\r\n|\n\r")
status_lines = often(
    b"HTTP/1.1 200 OK",
    60,
    b"HTTP/1.1 204 No Content|HTTP/1.1 304 Not Modified|HTTP/1.0 200 OK|HTTP/1.1 200|HTTP/1.1 200 |HTTP/1.1 503 Slow",
    b"HTTP/1.1 101 Switching|HTTP/2.0 200 OK|HTTP/1.1  200 OK|HTTP/1.1 20 OK|HTTP/1.1 2000 OK|HTTP/1.1 abc OK",
    b"http/1.1 200 OK|ICE/1.0 200 OK|RTSP/1.1 200 OK|HTTP 200 OK|HTTP/1.1 099 OK|HTTP/1.1 999 OK|HTTP/1.1\t200 OK",
    b"HTTP/1.1 200 O\xffK| HTTP/1.1 200 OK||HTTP/1.1 200 O\x00",
)
interim = often(b"", 3, b"HTTP/1.1 100 Continue\r\n\r\n|HTTP/1.1 103 Early\r\nLink: a\r\n\r\n")
bodies = often(
    b"{}",
    1,
    b"|{|{}x|2\r\n{}\r\n0\r\n\r\n|2;a=b\r\n{}\r\n0\r\n\r\n|2\r\n{}\r\n0\r\nX: y\r\n\r\n|2\r\n{}\r\n|2\r\n{}0\r\n\r\n",
    b"x\r\n{}\r\n0\r\n\r\n|-2\r\n{}\r\n0\r\n\r\n|2\n{}\n0\n\n|0x2\r\n{}\r\n0\r\n\r\n|0002\r\n{}\r\n000\r\n\r\n",
    b" 2\r\n{}\r\n0\r\n\r\n|2 \r\n{}\r\n0\r\n\r\n|ffffffffffffffff1\r\n{}\r\n0\r\n\r\n|1\r\n{}\r\n0\r\n\r\n",
    b"2\r\n{}\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
)
slips = st.sampled_from([b"", b" ", b"\x00", b"\r", b"\n", b"\xff", b":", b"0", b"\x7f"])


@st.composite
def answers(draw: st.DrawFn) -> bytes:
    """Draw a response, either valid or with some faults."""
    fields = draw(st.lists(st.tuples(names, values), max_size=3))
    for name, drawn, counts in (
        (b"Content-Length", lengths, [0, 1, 1, 1, 2]),
        (b"Transfer-Encoding", codings, [0, 0, 1]),
    ):
        fields += [(name, draw(drawn)) for _ in range(draw(st.sampled_from(counts)))]
    lines = [name + draw(colons) + value + draw(ends) for name, value in draw(st.permutations(fields))]
    return draw(interim) + draw(status_lines) + draw(ends) + b"".join(lines) + draw(ends) + draw(bodies)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Draw a response, sometimes with bytes changed, inserted or removed."""
    data = bytearray(draw(answers()))
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        data[at : at + draw(st.integers(0, 1))] = draw(slips)
    return bytes(data)


STRICTER = re.compile(
    rb"(?<!\r)\n|\r(?!\n)"  # invalid line ends
    rb"|\n[ \t]"  # folded headers
    rb"|(?i:transfer-encoding)"  # rejected together with a length, and with any value other than chunked
    rb"|(?i:content-length).*(?i:content-length)"  # repeated, even with equal values
    rb"|HTTP/(?!1\.[01] )"
    rb"|(?i:content-length):[ \t]*\d+[ \t]*,"
    rb"|HTTP/1\.1 101"
    rb"|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]",
    re.DOTALL,
)
"""What llhttp and RFC 9112 call malformed, or a recipient may refuse, and h11 lets through."""


@settings(max_examples=at_scale(300, 1500))
@given(data=damaged(), pieces=st.lists(st.integers(1, 9), max_size=30))
def test_response_parser_agrees_with_h11(data: bytes, pieces: list[int]) -> None:
    """Both parse the same response, or both reject it; a rule lists each case that only ResponseParser rejects."""
    reference, ours = by_h11(data), by_us(data, pieces)
    if reference is None:
        assert ours is None
    elif ours is None:
        assert STRICTER.search(data)
    else:
        assert (ours.status, ours.body) == (reference.status, reference.body)
        assert [name for name, _ in ours.headers] == [name for name, _ in reference.headers]
        for (name, mine), (_, value) in zip(ours.headers, reference.headers, strict=True):
            # h11 gives out bytes, and the name of a coding in lower case.
            same = mine.lower() if name == "transfer-encoding" else mine
            assert value.encode("latin-1") in {same.encode(), same.encode("latin-1", "replace")}
