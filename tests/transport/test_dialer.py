"""Names that must resolve to allowed addresses: the DNS lookup, the check, and the connection to that address."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.clean_run import run_clean, turns
from tests.support.senders import CONTEXT, QUICK, TRUSTING, post
from tests.support.tls_server import serving
from tests.support.virtual_time import run_in_virtual_time
from wsclient._core.http import Timeout
from wsclient._pipeline.transport.dialer import SHARED_SECONDS, SharedLookups, system_resolve
from wsclient._pipeline.transport.http_transport import IDLE_SECONDS, HttpTransport, TransportSettings
from wsclient.endpoints import PrivateDns
from wsclient.errors import ConfigurationError, ConnectError, EndpointResolutionError, RequestTimeoutError, TLSError

if TYPE_CHECKING:
    from collections.abc import Sequence

LOOPBACK = PrivateDns(allowed_cidrs=("127.0.0.0/8", "::1/128"))
NAME = "localhost"
"""A name that the test server's certificate has; where it leads is each test's own resolver's to say."""


@dataclass
class Clock:
    """A clock that a test moves."""

    seconds: float = 0.0

    def now(self) -> datetime:
        """Return noon, and the seconds since."""
        return datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        """Return the seconds."""
        return self.seconds


@dataclass
class Resolver:
    """Returns the given addresses, and records the lookups."""

    addresses: Sequence[str] = ("127.0.0.1",)
    requested: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    hangs: bool = False

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Answer a lookup."""
        self.requested.append((host, port))
        if self.hangs:
            await asyncio.Event().wait()
        if not self.addresses:
            raise socket.gaierror(-2, "no such name")
        return self.addresses


def _sender(resolver: Resolver, clock: Clock | None = None, rule: PrivateDns = LOOPBACK) -> HttpTransport:
    settings = TransportSettings(policy=TRUSTING.policy, private_dns=rule)
    return HttpTransport(settings, clock=clock or Clock(), resolve=resolver)


def _named(url: str) -> str:
    return url.replace("127.0.0.1", NAME)  # wherever the server says it is


def test_connection_uses_the_checked_address() -> None:
    """The name is looked up once; it stays in the Host header and in the handshake, which holds the server to it."""

    async def main() -> None:
        async with serving(CONTEXT) as server:
            resolver = Resolver()
            sender = _sender(resolver)
            for _ in range(3):
                await sender.send(post(_named(server.url)), QUICK)
            port = int(server.url.rsplit(":", 1)[1].strip("/"))
            assert resolver.requested == [(NAME, port)]
            resolver.requested.clear()
            assert f"host: {NAME}:{port}".encode() in server.requests[0].lower()
            other = post(_named(server.url).replace(NAME, "other.test"))
            with pytest.raises(ConfigurationError, match="the private DNS rule is for localhost only"):
                await sender.send(other, QUICK)
            stranger = _sender(resolver)
            with pytest.raises(TLSError, match="certificate"):
                await stranger.send(other, QUICK)
            await sender.aclose()
            await stranger.aclose()

    asyncio.run(main())


@pytest.mark.parametrize(
    ("addresses", "found"),
    [
        (("192.0.2.1",), "192.0.2.1"),
        (("127.0.0.1", "192.0.2.1"), "192.0.2.1"),
        (("169.254.169.254",), "169.254.169.254"),
        (("2001:db8::1",), "2001:db8::1"),
        (("::ffff:192.0.2.1",), "192.0.2.1"),
        (("fe80::1%eth0",), "fe80::1"),
    ],
)
def test_name_with_public_address_is_rejected_before_connecting(addresses: tuple[str, ...], found: str) -> None:
    """The error names the host and what it resolved to; no connection is opened, not even to an allowed address."""

    async def main() -> None:
        async with serving(CONTEXT) as server:
            sender = _sender(Resolver(addresses))
            with pytest.raises(EndpointResolutionError, match=r"localhost: private_dns: .*resolves to") as refused:
                await sender.send(post(_named(server.url)), QUICK)
            assert found in str(refused.value)
            assert refused.value.may_have_been_sent is False
            assert server.connections == 0
            await sender.aclose()

    asyncio.run(main())


def test_each_new_connection_resolves_the_name() -> None:
    """A kept connection is reused; a new connection resolves the name again, and a disallowed address is rejected."""

    async def main() -> None:
        async with serving(CONTEXT) as server:
            resolver, clock = Resolver(), Clock()
            sender = _sender(resolver, clock)
            url = _named(server.url)
            await sender.send(post(url), QUICK)
            clock.seconds = IDLE_SECONDS
            await sender.send(post(url), QUICK)
            assert len(resolver.requested) == 1
            resolver.addresses = ("192.0.2.1",)
            clock.seconds += IDLE_SECONDS + 1
            with pytest.raises(EndpointResolutionError, match=r"192\.0\.2\.1"):
                await sender.send(post(url), QUICK)
            resolver.addresses = ("127.0.0.1",)
            await sender.send(post(url), QUICK)
            assert len(server.requests) == 3
            await sender.aclose()

    asyncio.run(main())


def test_unresponsive_address_falls_back_to_the_next() -> None:
    """A zone that is down fails no call: the next address is tried within the same attempt."""

    async def main() -> None:
        async with serving(CONTEXT) as server:
            resolver = Resolver(("127.0.0.2", "127.0.0.1"))
            sender = _sender(resolver)
            await sender.send(post(_named(server.url)), QUICK)
            assert len(resolver.requested) == 1
            await sender.aclose()

    asyncio.run(main())


def test_failed_lookup_raises_connect_error() -> None:
    """A failed lookup raises ConnectError and a slow lookup a connect timeout, and nothing was sent."""

    async def main() -> None:
        sender = _sender(Resolver(()))
        with pytest.raises(ConnectError, match="does not resolve"):
            await sender.send(post("https://localhost/"), QUICK)
        hanging = _sender(Resolver(hangs=True))
        with pytest.raises(RequestTimeoutError, match="name of localhost:443 was not resolved within") as caught:
            await hanging.send(post("https://localhost/"), Timeout(connect=0.01))
        assert (caught.value.phase, caught.value.may_have_been_sent) == ("connect", False)
        await sender.aclose()
        await hanging.aclose()

    asyncio.run(main())


def test_connect_timeout_distinguishes_handshake_and_accept() -> None:
    """A connect timeout tells a handshake without an answer from a connection that nobody accepts."""

    async def main() -> None:
        async with serving(None) as server:
            sender = _sender(Resolver(("127.0.0.1",)))
            with pytest.raises(RequestTimeoutError, match="no TLS handshake with localhost") as caught:
                await sender.send(post(_named(server.url).replace("http:", "https:")), Timeout(connect=0.05))
            assert (caught.value.phase, caught.value.may_have_been_sent) == ("connect", False)
            await sender.aclose()

    asyncio.run(main())


def test_system_resolver_returns_unique_addresses() -> None:
    """Loopback resolves to loopback."""
    addresses = asyncio.run(system_resolve("localhost", 443))
    assert set(addresses) <= {"127.0.0.1", "::1"}
    assert len(set(addresses)) == len(addresses) >= 1


class _HeldResolver:
    """Resolver whose lookups wait until a test ends them."""

    def __init__(self) -> None:
        self.lookups: list[asyncio.Future[Sequence[str]]] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Answer when the test says so."""
        del host, port
        self.lookups.append(asyncio.get_running_loop().create_future())
        return await self.lookups[-1]


async def _lookups(shared: SharedLookups, count: int) -> list[asyncio.Task[Sequence[str]]]:
    tasks = [asyncio.create_task(shared.addresses(NAME, 443)) for _ in range(count)]
    await turns(4)
    return tasks


def test_concurrent_connections_share_a_lookup() -> None:
    """Fifty lookups of one name at once are one; the next one after it is another, and so is that of another port."""

    async def main() -> None:
        resolver = _HeldResolver()
        shared = SharedLookups(resolver)
        tasks = await _lookups(shared, 50)
        other = asyncio.create_task(shared.addresses(NAME, 8443))
        await turns(4)
        first, second = resolver.lookups
        first.set_result(["127.0.0.1"])
        assert await asyncio.gather(*tasks) == [["127.0.0.1"]] * 50
        second.set_result(["::1"])
        assert await other == ["::1"]
        (again,) = await _lookups(shared, 1)
        resolver.lookups[2].set_result(["127.0.0.2"])
        assert await again == ["127.0.0.2"]
        assert not shared._lookups

    run_clean(main)


def test_each_connection_has_its_own_error_of_a_shared_lookup() -> None:
    """A name that does not resolve is an error for every connection that waited, and none shares its traceback."""

    async def main() -> None:
        resolver = _HeldResolver()
        tasks = await _lookups(SharedLookups(resolver), 3)
        resolver.lookups[0].set_exception(socket.gaierror(-2, "no such name"))
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        assert [(type(error), str(error)) for error in outcomes] == [(socket.gaierror, "[Errno -2] no such name")] * 3
        assert len(set(map(id, outcomes))) == 3

    run_clean(main)


def test_cancelled_connection_leaves_a_shared_lookup_to_the_others() -> None:
    """A lookup ends with the last connection that waits for it, not with one of several; nothing is left behind."""

    async def main() -> None:
        resolver = _HeldResolver()
        shared = SharedLookups(resolver)
        first, second = await _lookups(shared, 2)
        first.cancel()
        await turns(4)
        assert first.cancelled()
        assert not resolver.lookups[0].cancelled()
        second.cancel()
        await turns(4)
        assert second.cancelled()
        assert resolver.lookups[0].cancelled()
        assert not shared._lookups

    run_clean(main)


def test_hanging_lookup_is_not_shared_for_longer_than_a_second() -> None:
    """A connection that starts a second later looks the name up itself: a retry does not wait for a lost query."""

    async def main() -> None:
        resolver = _HeldResolver()
        shared = SharedLookups(resolver)
        (hanging,) = await _lookups(shared, 1)
        await asyncio.sleep(SHARED_SECONDS - 0.01)
        (sharing,) = await _lookups(shared, 1)
        await asyncio.sleep(0.02)
        (late,) = await _lookups(shared, 1)
        _, second = resolver.lookups
        second.set_result(["127.0.0.1"])
        assert await late == ["127.0.0.1"]
        assert not hanging.done()
        assert not sharing.done()
        resolver.lookups[0].set_result(["127.0.0.2"])
        assert await hanging == await sharing == ["127.0.0.2"]

    run_in_virtual_time(main())


def test_stopped_event_loop_keeps_no_lookup_from_the_next_one() -> None:
    """A lookup of an event loop that was closed meanwhile is not waited for on another one."""
    resolver = _HeldResolver()
    shared = SharedLookups(resolver)
    loop = asyncio.new_event_loop()
    waiting = loop.create_task(shared.addresses(NAME, 443))
    loop.run_until_complete(turns(4))

    async def main() -> None:
        (task,) = await _lookups(shared, 1)
        resolver.lookups[1].set_result(["127.0.0.1"])
        assert await task == ["127.0.0.1"]

    asyncio.run(main())
    waiting.cancel()
    loop.run_until_complete(asyncio.gather(waiting, return_exceptions=True))
    loop.close()
