"""Many calls with expiring credentials: number of STS calls, and failed calls.

`python -m tests.benchmarks.credentials --calls 10000` runs it over real TLS against the emulator and prints a table.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import wsclient
from wsclient._core.clock import TimeSource
from wsclient.credentials import AssumeRoleProvider, Credentials
from wsclient.credentials._internal.context_factory import provider_context
from wsclient.testing import Emulator

if TYPE_CHECKING:
    from collections.abc import Sequence

ROLE = "arn:aws:iam::123456789012:role/bench"


@dataclass(frozen=True, kw_only=True)
class Round:
    """Result of a round of concurrent calls."""

    name: str
    calls: int
    failed: int
    source_calls: int
    seconds: float


class Cut:
    """A way to the emulator's STS that can be cut: a forwarder of bytes on loopback."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._server: asyncio.Server | None = None
        self._pipes: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def open(self) -> None:
        """Begin to forward, on the same port as before."""
        self._server = await asyncio.start_server(self._forward, "127.0.0.1", self.port)
        self.port = int(self._server.sockets[0].getsockname()[1])

    async def cut(self) -> None:
        """Drop every connection and refuse new connections."""
        if self._server is not None:
            self._server.close()
            for writer in list(self._pipes):
                writer.transport.abort()
            await self._server.wait_closed()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._target)
        self._pipes |= {writer, there_writer}
        with suppress(asyncio.CancelledError):  # the loop ends, and nothing is left to notify
            await asyncio.gather(_pipe(reader, there_writer), _pipe(there_reader, writer))
        self._pipes -= {writer, there_writer}


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
    except ConnectionError:
        pass
    finally:
        writer.close()


class Expiring:
    """The role's credentials by the emulator's clock, which the benchmark drives."""

    def __init__(self, aws: Emulator, home: Path, sts_port: int) -> None:
        context = provider_context(
            environ={
                "AWS_REGION": aws.region,
                "AWS_ENDPOINT_URL_STS": f"https://127.0.0.1:{sts_port}",
                "AWS_CA_BUNDLE": aws.ca_file,
            },
            home=home,
            # a failed source is not called for 450 seconds then
            time=TimeSource(clock=aws.clock, random=lambda: 0.5),
        )
        role = AssumeRoleProvider(role_arn=ROLE, source=aws.credentials)
        self._role = role.with_context(context)

    async def get_credentials(self) -> Credentials:
        """Return the role's credentials."""
        return await self._role.get_credentials()

    def invalidate(self, access_key_id: str) -> None:
        """Drop a rejected key."""
        self._role.invalidate(access_key_id)


async def run(calls: int) -> list[Round]:
    """Make rounds of concurrent calls: at first, in the advisory window, with STS dead there and past expiry, after."""
    rounds: list[Round] = []
    with Emulator() as aws, tempfile.TemporaryDirectory() as home:
        way = Cut(int(aws.endpoint_url.rpartition(":")[2]))
        await way.open()
        client = wsclient.WorkSpacesClient(
            config=wsclient.ClientConfig.load("workspaces", environ={"HOME": home}, region=aws.region),
            endpoint_url=aws.endpoint_url,
            credentials=Expiring(aws, Path(home), way.port),
            tls=wsclient.TLSPolicy(ca_file=aws.ca_file),
        )

        async def one(name: str) -> None:
            before, start = _source_calls(aws), time.perf_counter()
            made = (client.describe_workspaces(limit=1).first_page() for _ in range(calls))
            outcomes = await asyncio.gather(*made, return_exceptions=True)
            failed = sum(isinstance(outcome, BaseException) for outcome in outcomes)
            spent = time.perf_counter() - start
            requested = _source_calls(aws) - before
            rounds.append(Round(name=name, calls=calls, failed=failed, source_calls=requested, seconds=spent))

        async with client:
            await one("first credentials")
            aws.clock.advance(minutes=50)
            await one("advisory window")
            aws.clock.advance(minutes=50)
            await way.cut()
            await one("advisory window, STS dead")
            await way.open()
            aws.clock.advance(minutes=9, seconds=30)
            await one("last minute, STS back")
        await way.cut()
    return rounds


def _source_calls(aws: Emulator) -> int:
    return sum(call.operation == "AssumeRole" for call in aws.calls)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark and print its results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=10_000, help="concurrent calls a round")
    rounds = asyncio.run(run(parser.parse_args(arguments).calls))
    print(f"{'round':<28} {'calls':>7} {'failed':>7} {'source calls':>13} {'seconds':>8}")
    for item in rounds:
        print(f"{item.name:<28} {item.calls:>7} {item.failed:>7} {item.source_calls:>13} {item.seconds:>8.2f}")


if __name__ == "__main__":
    main()
