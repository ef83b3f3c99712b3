"""Soak test: thousands of tasks call through one client for minutes, against a service with random faults.

`python -m tests.benchmarks.soak --tasks 2000 --minutes 5 --faults 0.05 --seed 1` runs it over real TLS, the service in
a separate process, and prints throughput, errors by kind, memory, sockets and tasks. The exit code is 1 when memory is
not flat or something is left: flat means that a straight line through the memory of the second half rises by no more
than 2% or 4 MiB, whichever is more.

The client has pace=None: random throttling carries no information about a rate limit, and "auto" would slow down.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import linear_regression
from typing import TYPE_CHECKING

import wsclient
from tests.support.clean_run import open_sockets
from tests.support.faulty_service import FAULTS, FaultyService, faulty_service
from tests.support.transports import KINDS
from wsclient import Timeout, WsclientError, types

if TYPE_CHECKING:
    from collections.abc import Sequence

MIB = 1024 * 1024
SAMPLES = 300
"""Looks at the process, spread over the whole time."""
WARM_UP = 0.2
"""Share of the time after which memory counts as that of the start."""
LARGEST_RISE, LARGEST_SHARE = 4 * MIB, 0.02
"""What the second half's memory may rise by, whichever is more; in five minutes some 40 bytes for each call."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Bytes of memory, sockets and tasks of the process at a time."""

    at: float
    memory: int
    sockets: int
    tasks: int


@dataclass
class Soak:
    """Result of a run: outcomes of its calls, and samples of the process."""

    tasks: int
    seconds: float
    ends: Counter[str] = field(default_factory=Counter[str])
    retries: int = 0
    samples: list[Sample] = field(default_factory=list[Sample])
    left: dict[str, int] = field(default_factory=dict[str, int])
    """What is there after closing that was not there before, by kind: sockets, tasks, calls that wait."""
    service: dict[str, int] = field(default_factory=dict[str, int])

    @property
    def calls(self) -> int:
        """Calls that came to an end of their own."""
        return self.ends.total() - self.ends["cancelled at the end"]

    @property
    def at_start(self) -> Sample:
        """The first sample after the warm-up."""
        return next(sample for sample in self.samples if sample.at >= WARM_UP * self.seconds)

    @property
    def rise(self) -> float:
        """Bytes by which a line through the second half's memory rises."""
        half = [sample for sample in self.samples if sample.at >= self.seconds / 2]
        slope, _ = linear_regression([sample.at for sample in half], [sample.memory for sample in half])
        return slope * (half[-1].at - half[0].at)

    @property
    def is_flat(self) -> bool:
        """Return whether memory does not grow."""
        return self.rise <= max(LARGEST_RISE, LARGEST_SHARE * self.at_start.memory)

    @property
    def is_clean(self) -> bool:
        """Return whether nothing was left."""
        return not any(self.left.values())


async def run(tasks: int, seconds: float, seed: int, service: FaultyService, transport: str) -> Soak:
    """Call from this many tasks for this many seconds, and record what is left."""
    soak = Soak(tasks, seconds)
    before = open_sockets()
    client = KINDS[transport].client(
        service.url,
        tls=wsclient.TLSPolicy(ca_data=service.ca),
        timeout=Timeout(read=2),
        pace=None,
        on_retry=lambda _: _count(soak),
    )
    await _watched(client, soak, random.Random(seed), before)
    await client.aclose()
    gc.collect()
    last = _sample(seconds, before)
    soak.left = {"sockets": last.sockets, "tasks": last.tasks, "waiting calls": client.pace.waiting}
    return soak


async def _watched(
    client: wsclient.WorkSpacesClient, soak: Soak, chance: random.Random, before: frozenset[str]
) -> None:
    """Start all tasks, sample the process meanwhile, and cancel the tasks at the end."""
    workers = [asyncio.create_task(_work(client, soak, chance)) for _ in range(soak.tasks)]
    start = time.perf_counter()
    for number in range(SAMPLES):
        await asyncio.sleep(start + (number + 1) * soak.seconds / SAMPLES - time.perf_counter())
        soak.samples.append(_sample(time.perf_counter() - start, before))
    for worker in workers:
        worker.cancel()
    await asyncio.wait(workers)


async def _work(client: wsclient.WorkSpacesClient, soak: Soak, chance: random.Random) -> None:
    """Make calls sequentially until cancelled."""
    while True:
        try:
            await _call(client, chance)
        except WsclientError as error:
            soak.ends[type(error).__name__] += 1
        except asyncio.CancelledError:
            soak.ends["cancelled at the end"] += 1
            raise
        else:
            soak.ends["succeeded"] += 1


async def _call(client: wsclient.WorkSpacesClient, chance: random.Random) -> None:
    """Make a call: mostly a read, now and then a write that may be repeated, or a creation that may not."""
    kind = chance.random()
    if kind < 0.9:
        await client.describe_workspaces(limit=25)
    elif kind < 0.98:
        await client.create_tags(resource_id="ws-123456789", tags=[types.Tag(key="k", value="v")])
    else:
        request = types.WorkspaceRequest(directory_id="d-926722edaf", user_name="mary", bundle_id="wsb-0123456789")
        await client.create_workspaces(workspaces=[request])


def _count(soak: Soak) -> None:
    soak.retries += 1


def _sample(at: float, before: frozenset[str]) -> Sample:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return Sample(
        at=at,
        memory=pages * os.sysconf("SC_PAGE_SIZE"),
        sockets=len(open_sockets() - before),
        tasks=len(asyncio.all_tasks()) - 1,
    )


def report(soak: Soak) -> str:
    """Return the table of a run."""
    start, end = soak.at_start, soak.samples[-1]
    peak = max(sample.sockets for sample in soak.samples)
    rows: list[tuple[str, object]] = [
        ("tasks", soak.tasks),
        ("seconds", f"{soak.seconds:.0f}"),
        ("calls", soak.calls),
        ("calls a second", f"{soak.calls / soak.seconds:.0f}"),
        ("retries", soak.retries),
        *((f"  {name}", number) for name, number in soak.ends.most_common()),
        ("requests at the service", soak.service.get("requests", 0)),
        ("connections at the service", soak.service.get("connections", 0)),
        *((f"  {name}", soak.service.get(name, 0)) for name in FAULTS),
        ("memory after the warm-up, MiB", f"{start.memory / MIB:.1f}"),
        ("memory at the end, MiB", f"{end.memory / MIB:.1f}"),
        ("rise over the second half, MiB", f"{soak.rise / MIB:+.2f}"),
        ("sockets: start, end, most", f"{start.sockets}, {end.sockets}, {peak}"),
        ("tasks: start, end", f"{start.tasks}, {end.tasks}"),
        *((f"left after closing: {name}", number) for name, number in soak.left.items()),
        ("memory", "flat" if soak.is_flat else "growing"),
        ("left", "nothing" if soak.is_clean else "SOMETHING"),
    ]
    return "\n".join(f"{name:<34} {value!s:>14}" for name, value in rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the soak test, print its results, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, default=2000)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--faults", type=float, default=0.05, help="share of answers that are a fault")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--transport", choices=KINDS, default=next(iter(KINDS)))
    options = parser.parse_args(arguments)
    with faulty_service(options.faults, options.seed) as service:
        soak = asyncio.run(run(options.tasks, options.minutes * 60, options.seed, service, options.transport))
    soak.service = service.counts
    print(report(soak))
    return 0 if soak.is_flat and soak.is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
