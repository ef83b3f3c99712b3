"""Where the CPU time of a call goes: `python -m tests.benchmarks.call_profile [--connections 16] [--calls 50000]`.

Samples the innermost Python frame at intervals of CPU time, as short as the kernel's clock allows (4 ms on most
machines); what a C function takes counts for the frame that calls it. The Python functions that one call runs, event
loop included, are counted in a second step.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tests.benchmarks.bench_process import running_server
from tests.benchmarks.bench_worker import ASYNC

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import FrameType

PARTS: Final = {
    "/selectors.py": "wait for the sockets",
    "/asyncio/selector_events.py": "read and write the sockets",
    "/ssl.py": "OpenSSL",
    "/asyncio/": "event loop",
    "/wsclient/_pipeline/transport/response_parser.py": "read HTTP",
    "/wsclient/_pipeline/transport/request_encoder.py": "write HTTP",
    "/wsclient/_pipeline/transport/": "connection pool",
    "/wsclient/_pipeline/": "pipeline",
    "/wsclient/signing/": "signature",
    "/wsclient/pacing/": "rate limit",
    "/wsclient/retries/": "retries",
    "/wsclient/_core/protocols/": "serialize and parse",
    "/wsclient/_core/model/": "validate the request",
    "/wsclient/_core/http.py": "response headers",
    "/wsclient/_core/tracebacks.py": "tracebacks without locals",
    "/wsclient/_core/clock.py": "clock and ids",
    "/wsclient/_client/": "operation and paginator",
    "/wsclient/": "other parts of wsclient",
}
"""Part of a call by a piece of the file's path; the first that fits."""
INTERVAL: Final = 0.001
"""Seconds of CPU time between two samples."""


@dataclass
class Profile:
    """Samples by part, functions of one call by part, and the CPU seconds of all calls."""

    calls: int
    samples: Counter[str] = field(default_factory=Counter[str])
    functions: Counter[str] = field(default_factory=Counter[str])
    seconds: float = 0.0

    def lines(self) -> list[str]:
        """Return a line for each part, the dearest first, and one for the sum."""
        total, each = self.samples.total() or 1, self.seconds / self.calls * 1e6
        rows = [
            f"{part:28} {count / total:6.1%} {count / total * each:7.1f} us {self.functions[part]:5} functions"
            for part, count in self.samples.most_common()
        ]
        return [*rows, f"{'a call':28} {1:6.1%} {each:7.1f} us {self.functions.total():5} functions"]


def part_of(path: str) -> str:
    """Return the part of a call that a file belongs to."""
    path = path.replace("\\", "/")
    return next((part for piece, part in PARTS.items() if piece in path), "this program")


async def profiled(name: str, port: int, ca_file: str, connections: int, calls: int) -> Profile:
    """Make calls over all connections, and one alone, and return where their time went."""
    client = ASYNC[name](f"https://127.0.0.1:{port}/", ca_file, connections, False)  # noqa: FBT003 - as its base class
    call, result = await client.opened(), Profile(calls)
    await _make(call, connections, 4 * connections)

    def sample(_signal: int, frame: FrameType | None) -> None:
        result.samples[part_of(frame.f_code.co_filename if frame else "")] += 1

    def count(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call":
            result.functions[part_of(frame.f_code.co_filename)] += 1

    before = signal.signal(signal.SIGPROF, sample)
    signal.setitimer(signal.ITIMER_PROF, INTERVAL, INTERVAL)
    begun = time.process_time()
    await _make(call, connections, calls)
    result.seconds = time.process_time() - begun
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.signal(signal.SIGPROF, before)
    sys.setprofile(count)
    await call()
    sys.setprofile(None)
    await client.aclose()
    return result


async def _make(call: Callable[[], Awaitable[object]], connections: int, calls: int) -> None:
    async def worker() -> None:
        for _ in range(calls // connections):
            await call()

    await asyncio.gather(*(worker() for _ in range(connections)))


def main() -> None:
    """Profile a client and print the parts."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.call_profile", description=__doc__)
    parser.add_argument("--client", choices=sorted(ASYNC), default="wsclient")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--calls", type=int, default=50_000)
    asked = parser.parse_args()
    with running_server() as (ports, ca_file):
        result = asyncio.run(profiled(asked.client, ports["small"], ca_file, asked.connections, asked.calls))
    print("\n".join(result.lines()))


if __name__ == "__main__":
    main()
