"""Faults, one function each: at a DNS lookup, at a connection, at a request, or before a call."""

import asyncio
import socket
from collections.abc import Awaitable, Callable

from tests.faults.loop import silence
from tests.faults.server import NEW_HOME, Exchange, Server, head, raw
from tests.faults.wire import Wire
from wsclient._core.clock import new_id
from wsclient._core.http import HttpResponse

LIMIT = 256 * 1024
"""Bytes of the largest answer that a client of the matrix reads."""
JSON = ("content-type", "application/x-amz-json-1.1")
POISON = raw(HttpResponse(200, (JSON,), b'{"Workspaces": [{"WorkspaceId": "ws-poison000"}]}'))
"""An answer that nobody asked for."""
CHUNKED = ("transfer-encoding", "chunked")
LAST_CHUNK = b"0\r\n\r\n"
HTML = b"<html><body><h1>Something is wrong</h1></body></html>"

AtRequest = Callable[[Exchange], Awaitable[None]]
Made = Callable[[HttpResponse], bytes]
"""Makes what is sent of what the service answered."""


# Look-ups and connections.


def name_unknown(_server: Server) -> str:
    """Have no such name."""
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def nobody_accepts(server: Server) -> str:
    """Lead to where connections are neither accepted nor refused."""
    return server.deaf_address()


async def handshake_cut(wire: Wire) -> None:
    """Hang up at the client's first words."""
    await wire.hello()
    await wire.hang_up()


async def handshake_reset(wire: Wire) -> None:
    """Break the connection off at the client's first words."""
    await wire.hello()
    wire.reset()


async def handshake_garbled(wire: Wire) -> None:
    """Answer the client's first words in another protocol."""
    await wire.hello()
    await wire.write_raw(b"220 mail.example.com ESMTP\r\n")
    await wire.gone()
    wire.close()


async def handshake_silent(wire: Wire) -> None:
    """Never answer the client's first words."""
    await wire.hello()
    await wire.silence()


# Connections that break or fall silent around a request.


async def reset_at_the_first_byte(exchange: Exchange) -> None:
    """Break off as the request begins."""
    exchange.wire.reset()


async def end_at_the_first_byte(exchange: Exchange) -> None:
    """Close properly as the request begins: the server had waited long enough just then."""
    await exchange.wire.end()


async def reset_after_the_head(exchange: Exchange) -> None:
    """Break off in the middle of the request."""
    await exchange.head()
    exchange.wire.reset()


async def reset_after_the_request(exchange: Exchange) -> None:
    """Execute, and break off."""
    await exchange.executed()
    exchange.wire.reset()


async def end_after_the_request(exchange: Exchange) -> None:
    """Execute, and close properly."""
    await exchange.executed()
    await exchange.wire.end()


async def reset_after_half_the_head(exchange: Exchange) -> None:
    """Execute, and break off in the middle of the answer's headers."""
    response = raw(await exchange.executed())
    await exchange.wire.write(response[: response.index(b"\r\n\r\n") // 2])
    exchange.wire.reset()


async def reset_after_half_the_answer(exchange: Exchange) -> None:
    """Execute, and break off in the middle of the answer's body."""
    response = raw(await exchange.executed())
    await exchange.wire.write(response[: response.index(b"\r\n\r\n") + 5])
    exchange.wire.reset()


async def silence_after_the_request(exchange: Exchange) -> None:
    """Execute, and say nothing."""
    await exchange.executed()
    await exchange.wire.silence()


def deaf_in_the_request(seconds: float) -> AtRequest:
    """Stop reading the request, for so long."""

    async def act(exchange: Exchange) -> None:
        await exchange.wire.deafness(seconds)

    return act


def one_byte_each(seconds: float) -> AtRequest:
    """Execute, and answer one byte in so many seconds."""

    async def act(exchange: Exchange) -> None:
        await exchange.wire.trickle(raw(await exchange.executed()), seconds=seconds)

    return act


async def moves_in_the_request(exchange: Exchange) -> None:
    """Break off, and be found at another address."""
    await exchange.server.shut()
    exchange.server.address = NEW_HOME
    exchange.server.open()
    exchange.wire.reset()


async def restarts_in_the_request(exchange: Exchange) -> None:
    """Break off; the next connection is refused, the one after that finds a new server."""
    await exchange.server.shut()
    exchange.server.absent_for = 2
    exchange.wire.reset()


# Answers.


def refuses(status: int, code: str) -> AtRequest:
    """Answer with an error of AWS's, which has a request id of its own, without executing the request."""

    async def act(exchange: Exchange) -> None:
        await exchange.request()
        await exchange.wire.write(aws_error(status, code))

    return act


def says(made: Made | bytes, *, executed: bool = True, ends: bool = False) -> AtRequest:
    """Answer so, after the request was executed or instead; ends closes the connection properly afterwards."""

    async def act(exchange: Exchange) -> None:
        if isinstance(made, bytes):
            await (exchange.executed() if executed else exchange.request())
            response = made
        else:
            response = made(await exchange.executed())
        await exchange.wire.write(response)
        if ends:
            await exchange.wire.end()

    return act


def with_length(length: Callable[[int], str]) -> Made:
    """Tell a content-length made of the true one."""
    return lambda response: raw(response, length=length(len(response.body)))


def with_two_lengths(response: HttpResponse) -> bytes:
    """Tell two that differ."""
    size = len(response.body)
    lengths = (("content-length", f"{size}"), ("content-length", f"{size + 1}"))
    return head(response.status, *response.headers, *lengths) + response.body


def without_length(response: HttpResponse) -> bytes:
    """Tell none: the end of the connection is the end of the answer."""
    return head(response.status, *response.headers) + response.body


def without_length_cut(response: HttpResponse) -> bytes:
    """Tell none, and lose the last byte."""
    return without_length(response)[:-1]


def chunked(size: str = "{:x}", *, lost: int = 0) -> Made:
    """Answer in one chunk of that size, and lose so many bytes of the whole at its end."""

    def made(response: HttpResponse) -> bytes:
        start = head(response.status, *response.headers, CHUNKED) + size.format(len(response.body)).encode()
        message = start + b"\r\n" + response.body + b"\r\n" + LAST_CHUNK
        return message[: len(message) - lost]

    return made


def after(*interim: bytes) -> Made:
    """Send interim answers first."""
    return lambda response: b"".join(interim) + raw(response)


def switching(_response: HttpResponse) -> bytes:
    """Switch to another protocol without a request for it."""
    return head(101, ("upgrade", "h2c"), ("connection", "upgrade"))


def html(status: int) -> bytes:
    """Return an answer that a gateway on the way may give."""
    return raw(HttpResponse(status, (("content-type", "text/html"),), HTML))


def health_check(_response: HttpResponse) -> bytes:
    """Return the JSON of a health check, which a gateway may send in place of the service."""
    return raw(HttpResponse(200, (("content-type", "application/json"),), b'{"status":"UP"}'))


def aws_error(status: int, code: str) -> bytes:
    """Return an error of AWS's."""
    headers = (JSON, ("x-amzn-requestid", new_id()))
    return raw(HttpResponse(status, headers, f'{{"__type": "{code}", "message": "no"}}'.encode()))


def too_large(response: HttpResponse) -> bytes:
    """Put more white space before the answer than anybody reads."""
    return raw(HttpResponse(200, response.headers, b" " * LIMIT + response.body))


def endless(start: bytes, then: bytes, *, seconds: float = 0) -> AtRequest:
    """Execute, and answer without an end, at full speed or with a pause after each part."""

    async def act(exchange: Exchange) -> None:
        await exchange.executed()
        await exchange.wire.write(start)
        while True:
            await exchange.wire.write(then)
            with silence():
                await asyncio.sleep(seconds)

    return act


def twice(response: HttpResponse) -> bytes:
    """Answer, and answer once more."""
    return raw(response) + POISON


async def again_in_a_record_of_its_own(exchange: Exchange) -> None:
    """Answer, and answer once more, in the same packet but in two parts to TLS."""
    await exchange.wire.write(raw(await exchange.executed()), POISON)
