"""Logins at a proxy: a wrong password is sent once, whatever the number of concurrent calls and clients."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from tests.support.loops import on_a_loop
from tests.support.senders import CONTEXT, QUICK, TRUSTING, post
from tests.support.tls_server import proxying, serving
from wsclient._core.errors import ConnectError, RequestTimeoutError
from wsclient._core.http import Timeout
from wsclient._pipeline.transport.http_transport import HttpTransport, TransportSettings
from wsclient._pipeline.transport.proxy_login import login_at

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

REJECTED = b"HTTP/1.1 407 no\r\nproxy-authenticate: Basic\r\ncontent-length: 0\r\n\r\n"


def _user(url: str, user: str = "user:hunter5") -> str:
    return url.replace("://", f"://{user}@")


@asynccontextmanager
async def _clients(proxy: str, number: int = 2) -> AsyncGenerator[list[HttpTransport]]:
    """Yield transports with connections of their own through one proxy."""
    senders = [
        HttpTransport(TransportSettings(policy=TRUSTING.policy, proxy=proxy, max_connections=10)) for _ in range(number)
    ]
    try:
        yield senders
    finally:
        for sender in senders:
            await sender.aclose()


@on_a_loop
async def test_concurrent_calls_send_a_wrong_password_once() -> None:
    """All calls of all clients that wait for the first login fail with its error; a later call logs in anew."""
    async with proxying(REJECTED) as proxy, _clients(_user(proxy.url)) as senders:
        calls = [sender.send(post(), QUICK) for sender in senders for _ in range(20)]
        results = await asyncio.gather(*calls, return_exceptions=True)
        assert {type(error) for error in results} == {ConnectError}
        assert {(error.proxy_status, error.is_transient) for error in results if isinstance(error, ConnectError)} == {
            (407, False)
        }
        assert len(proxy.requests) == 1  # calls that would have waited for one of ten connections are included
        with pytest.raises(ConnectError):
            await senders[0].send(post(), QUICK)
        assert len(proxy.requests) == 2


@on_a_loop
async def test_accepted_login_leaves_calls_concurrent() -> None:
    """Once a tunnel is open, others open without waiting for the response of the first."""
    async with serving(CONTEXT) as server, proxying() as proxy, _clients(_user(proxy.url)) as senders:
        calls = [sender.send(post(server.url), QUICK) for sender in senders for _ in range(5)]
        assert {response.status for response in await asyncio.gather(*calls)} == {200}
        assert len(proxy.requests) == 10


@on_a_loop
async def test_calls_after_a_cancelled_or_late_login_log_in_themselves() -> None:
    """A login without an outcome holds no other call back for longer than its own time."""
    logins, seen = 0, asyncio.Event()

    async def read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal logins
        await reader.readuntil(b"\r\n\r\n")
        logins += 1
        seen.set()
        await reader.read()
        writer.close()

    async with await asyncio.start_server(read, "127.0.0.1", 0) as listener:
        url = f"http://user:hunter5@127.0.0.1:{listener.sockets[0].getsockname()[1]}"
        async with _clients(url, 1) as (sender,):
            first = asyncio.create_task(sender.send(post(), QUICK))
            await seen.wait()
            late = [asyncio.create_task(sender.send(post(), Timeout(connect=0.05))) for _ in range(2)]
            await asyncio.sleep(0)
            assert logins == 1
            first.cancel()
            for error in await asyncio.gather(*late, return_exceptions=True):
                assert isinstance(error, RequestTimeoutError)
            assert (logins, first.cancelled()) == (3, True)


@on_a_loop
async def test_proxy_that_does_not_answer_delays_all_calls_alike() -> None:
    """A login that fails without a rejection does not make calls wait for each other's timeouts."""
    login = login_at("http://user:hunter5@silent.example:3128")
    assert login is not None
    together = asyncio.Barrier(8)

    async def call(number: int) -> None:
        async with login.attempt():
            await asyncio.sleep(0)
            if number:
                await together.wait()  # would never end if one waited for another
            raise ConnectError("no connection to the proxy")

    results = await asyncio.gather(*map(call, range(9)), return_exceptions=True)
    assert {str(error) for error in results} == {"no connection to the proxy"}


@on_a_loop
async def test_call_that_waited_checks_whether_it_may_be_sent() -> None:
    """The rate limit may have changed while a call waited for the login of another one; other calls do not check."""
    login = login_at("http://user:hunter5@waits.example:3128")
    assert login is not None
    checks: list[str] = []

    async def call(name: str) -> None:
        async with login.attempt(lambda: checks.append(name)):
            await asyncio.sleep(0)
            login.accept()

    await asyncio.gather(call("first"), call("second"), call("third"))
    await call("later")
    assert sorted(checks) == ["second", "third"]


@on_a_loop
async def test_login_belongs_to_proxy_user_and_password() -> None:
    """Another user, password or proxy has a login of its own; without a user name there is none."""
    urls = ["http://a:b@p:1", "http://a:c@p:1", "http://b:b@p:1", "http://a:b@p:2"]
    assert len({id(login_at(url)) for url in urls}) == 4
    assert login_at(urls[0]) is login_at(urls[0])
    assert login_at("http://p:1") is login_at(None) is None


@on_a_loop
async def test_login_that_is_rejected_later_is_made_once_again() -> None:
    """After a rejection of a login that was accepted before, calls wait for one another again."""
    login = login_at("http://user:hunter5@late.example:3128")
    assert login is not None
    async with login.attempt():
        login.accept()
    rejection = ConnectError("with HTTP 407", is_transient=False, proxy_status=407)
    with pytest.raises(ConnectError):
        async with login.attempt():
            raise rejection
    entered: list[int] = []

    async def call(number: int) -> None:
        async with login.attempt():
            entered.append(number)
            await asyncio.sleep(0)
            raise rejection

    results = await asyncio.gather(*map(call, range(9)), return_exceptions=True)
    assert entered == [0]
    assert {str(error) for error in results} == {"with HTTP 407"}
