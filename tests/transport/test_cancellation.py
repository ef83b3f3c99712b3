"""Cancelled calls do not affect later calls."""

import asyncio
from pathlib import Path

import pytest

from tests.support.senders import CA, CONTEXT, QUICK, TRUSTING, post
from tests.support.tls_server import OK, authority, serving
from wsclient._core.errors import TLSPolicyError
from wsclient._pipeline.transport.http_transport import HttpTransport, TransportSettings
from wsclient.tls import TLSPolicy


def test_a_cancelled_call_frees_its_connection() -> None:
    """After a cancelled call the only connection slot is free again."""

    async def main() -> None:
        def answer(request: bytes) -> bytes:
            return OK if b"/second" in request else b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"

        async with serving(CONTEXT, answer) as server:
            sender = HttpTransport(TransportSettings(policy=TRUSTING.policy, max_connections=1))
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await sender.send(post(server.url), QUICK)
            answered = await sender.send(post(f"{server.url}second"), QUICK)
            assert answered.body == b"{}"
            await sender.aclose()

    asyncio.run(main())


def test_a_cancelled_handshake_closes_its_socket() -> None:
    """A call cancelled in the middle of the TLS handshake leaves no socket behind: the server sees it close."""

    async def main() -> None:
        hello, ended = asyncio.Event(), asyncio.Event()

        async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(1)
            hello.set()
            await reader.read(-1)
            ended.set()
            writer.close()

        listener = await asyncio.start_server(listen, "127.0.0.1", 0)
        sender = HttpTransport(TRUSTING)
        url = f"https://localhost:{listener.sockets[0].getsockname()[1]}/"
        call = asyncio.create_task(sender.send(post(url), QUICK))
        await hello.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        async with asyncio.timeout(2):
            await ended.wait()
        await sender.aclose()
        listener.close()

    asyncio.run(main())


def test_sender_works_after_many_cancellations() -> None:
    """After many calls cancelled at every stage, all connections can be used."""

    async def main() -> None:
        async with serving(CONTEXT) as server:
            sender = HttpTransport(TransportSettings(policy=TRUSTING.policy, max_connections=3))

            async def hasty(turns: int) -> None:
                call = asyncio.create_task(sender.send(post(server.url), QUICK))
                for _ in range(turns):
                    await asyncio.sleep(0)
                call.cancel()
                await asyncio.gather(call, return_exceptions=True)

            for start in range(0, 120, 20):
                await asyncio.gather(*(hasty(turns) for turns in range(start, start + 20)))
            answers = await asyncio.gather(*(sender.send(post(server.url), QUICK) for _ in range(20)))
            assert [answer.status for answer in answers] == [200] * 20
            await sender.aclose()

    asyncio.run(main())


def test_cancelled_first_call_does_not_affect_others() -> None:
    """Cancelling the call that opened the shared pool does not affect other first calls."""

    async def main() -> None:
        async with serving(CONTEXT) as server:
            sender = HttpTransport(TRUSTING)
            first = asyncio.create_task(sender.send(post(server.url), QUICK))
            second = asyncio.create_task(sender.send(post(server.url), QUICK))
            await asyncio.sleep(0)
            first.cancel()
            assert (await second).status == 200
            with pytest.raises(asyncio.CancelledError):
                await first
            await sender.aclose()

    asyncio.run(main())


def test_context_failure_is_raised_to_every_first_call(tmp_path: Path) -> None:
    """Calls that start together all learn why no context could be made, and a later call tries anew."""
    path = tmp_path / "ca.pem"
    path.write_text(authority(CA))
    sender = HttpTransport(TransportSettings(policy=TLSPolicy(ca_file=str(path))))
    path.rename(tmp_path / "elsewhere.pem")

    async def main() -> None:
        async with serving(CONTEXT) as server:
            calls = [sender.send(post(server.url), QUICK) for _ in range(3)]
            errors = await asyncio.gather(*calls, return_exceptions=True)
            assert [type(error) for error in errors] == [TLSPolicyError] * 3
            (tmp_path / "elsewhere.pem").rename(path)
            assert (await sender.send(post(server.url), QUICK)).status == 200
            await sender.aclose()

    asyncio.run(main())
