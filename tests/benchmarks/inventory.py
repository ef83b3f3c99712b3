"""Benchmark of a large fleet's inventory: time, calls and peak memory of the reader, and whether memory is flat.

`python -m tests.benchmarks.inventory --workspaces 100000` runs the emulator in a separate process, over real TLS, and
reads the inventory in each way, each in a new process; with --peer, aiobotocore writes the same JSON lines in turn with
wsclient, and the ratio of the lowest CPU times of --rounds is printed. CPU time is the reader's alone, from the first
call on, with a client that is ready; this process samples the reader's memory from outside. The exit code is 1 when a
WorkSpace is missing, or when memory is not flat: flat means that a straight line through the memory after the first
fifth of the time rises by no more than 4 MiB. The emulator's own speed is the limit here; with AWS it is the account's
rate limit.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import linear_regression
from typing import TYPE_CHECKING

import msgspec

from tests.support.environments import ROOT, interpreter
from wsclient import Credentials, TLSPolicy, WorkSpacesClient, types
from wsclient.fleet import Fleet, Join
from wsclient.testing import Emulator, Inventory

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from wsclient.fleet import FleetInventory

MIB = 1024 * 1024
SAMPLE_SECONDS = 0.01
"""Seconds between two looks at the reader's memory."""
WARM_UP = 0.2
"""Share of the time after which memory counts."""
LARGEST_RISE = 4 * MIB
PEER = "aiobotocore"
WITHOUT_TAGS = tuple(join for join in Join if join is not Join.TAGS)
WAYS: dict[str, tuple[Join, ...]] = {
    "listed": (),
    "without tags": WITHOUT_TAGS,
    "to JSON lines": WITHOUT_TAGS,
    "with tags": tuple(Join),
}
"""What is looked up in each way to read."""


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """Endpoint, CA file and credentials of the emulator."""

    url: str
    ca_file: str
    access_key_id: str
    secret_access_key: str


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """Result of a reading, sent by the reader: begun is in the system's monotonic clock, peak in bytes."""

    rows: int
    started_at: float
    seconds: float
    cpu: float
    peak: int


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """A reading and the memory that it was seen to hold, in bytes: start after the warm-up, rise of the line."""

    way: str
    reading: Reading
    start: float
    rise: float

    @property
    def is_flat(self) -> bool:
        """Return whether memory did not grow with the rows."""
        return self.rise <= LARGEST_RISE

    def report_line(self, calls: int) -> str:
        """Return a line of the report."""
        reading = self.reading
        rate = calls / reading.seconds
        memory = f"{self.start / MIB:5.0f} MiB {reading.peak / MIB:8.0f} MiB {self.rise / MIB:+8.1f} MiB"
        times = f"{reading.seconds:8.1f} s {reading.cpu:6.2f} s"
        return f"{self.way:14} {reading.rows:8,} {times} {calls:8,} {rate:9,.0f} /s {memory}"


def main() -> int:
    """Run the benchmark with the command line's options."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.inventory", description=__doc__)
    parser.add_argument("--workspaces", type=int, default=100_000)
    parser.add_argument("--ways", nargs="*", choices=WAYS, default=list(WAYS))
    parser.add_argument("--peer", action="store_true", help="have a program with aiobotocore do the same")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--read", nargs=2, metavar=("WAY", "SERVICE"), help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=1, help="readings in each way, in turn with the peer's")
    arguments = parser.parse_args()
    if arguments.serve:
        return serve(arguments.workspaces)
    if arguments.read:
        way, service = arguments.read
        print(msgspec.json.encode(asyncio.run(read(way, msgspec.json.decode(service, type=Service)))).decode())
        return 0
    print("way                rows       time      CPU    calls        rate    memory at 20%, peak and rise")
    rounds = list(measured(arguments.workspaces, arguments.ways * arguments.rounds, peer=arguments.peer))
    own = [item for item in rounds if item.way != PEER]
    if arguments.peer and "to JSON lines" in arguments.ways:
        cpu, peer_cpu = (min(item.reading.cpu for item in rounds if item.way == way) for way in ("to JSON lines", PEER))
        print(f"CPU of the JSON lines beside {PEER}'s: {cpu / peer_cpu:.3f}")
    return 0 if all(item.is_flat and item.reading.rows == arguments.workspaces for item in own) else 1


def measured(workspaces: int, ways: list[str], *, peer: bool) -> Generator[Measured]:
    """Read in each way, print and yield each measurement; with peer, measure aiobotocore after the JSON lines."""
    with service_of(workspaces) as (service, calls):
        text = msgspec.json.encode(service).decode()
        for way in ways:
            commands = {way: [sys.executable, "-m", "tests.benchmarks.inventory", "--read", way, text]}
            if peer and way == "to JSON lines":
                script = str(ROOT / "tests" / "benchmarks" / "inventory_aiobotocore.py")
                commands[PEER] = [str(interpreter(PEER)), script, text]
            for name, command in commands.items():
                before = calls()
                result = watched(name, command)
                print(result.report_line(calls() - before), flush=True)
                yield result


def watched(way: str, command: list[str]) -> Measured:
    """Run a reader to completion, and sample its memory meanwhile."""
    samples = list[tuple[float, int]]()
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        while process.poll() is None:
            with suppress(FileNotFoundError, ValueError):  # the process has just ended
                samples.append((time.monotonic(), memory(process.pid)))
            time.sleep(SAMPLE_SECONDS)
        assert process.stdout is not None
        reading = msgspec.json.decode(process.stdout.read(), type=Reading)
    ends = reading.started_at + WARM_UP * reading.seconds, reading.started_at + reading.seconds
    # A small inventory is read before anybody could look twice.
    warm = [sample for sample in samples if ends[0] <= sample[0] <= ends[1]]
    times, held = zip(*(warm if len(warm) > 1 else [(0.0, reading.peak), (1.0, reading.peak)]), strict=True)
    rise = linear_regression(times, held).slope * (times[-1] - times[0])
    return Measured(way=way, reading=reading, start=held[0], rise=rise)


@contextmanager
def service_of(workspaces: int) -> Generator[tuple[Service, Callable[[], int]]]:
    """Run the emulator in a separate process; yield its endpoint and a function that returns its number of calls."""
    command = [sys.executable, "-m", "tests.benchmarks.inventory", "--serve", "--workspaces", str(workspaces)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        asks, answers = process.stdin, process.stdout
        assert asks is not None
        assert answers is not None

        def calls() -> int:
            asks.write(b"\n")
            asks.flush()
            return int(answers.readline())

        try:
            yield msgspec.json.decode(answers.readline(), type=Service), calls
        finally:
            asks.close()


def serve(workspaces: int) -> int:
    """Serve until the input ends; for each input line, print the number of calls."""
    with Emulator(seed=seeded(workspaces)) as aws:
        keys = aws.credentials
        service = Service(
            url=aws.endpoint_url,
            ca_file=aws.ca_file,
            access_key_id=keys.access_key_id,
            secret_access_key=keys.secret_access_key,
        )
        print(msgspec.json.encode(service).decode(), flush=True)
        for _ in sys.stdin:
            print(len(aws.calls), flush=True)
    return 0


def seeded(workspaces: int) -> Inventory:
    """Return that many WorkSpaces of twenty directories and ten bundles, each with three tags."""
    directories = [f"d-{number:010}" for number in range(20)]
    bundles = [f"wsb-{number:09}" for number in range(10)]
    ids = [f"ws-{number:09}" for number in range(workspaces)]
    return Inventory(
        account_id="123456789012",
        region="us-west-2",
        directories=[
            types.WorkspaceDirectory(directory_id=directory, alias=directory, directory_name=directory)
            for directory in directories
        ],
        bundles=[types.WorkspaceBundle(bundle_id=bundle, name=bundle) for bundle in bundles],
        workspaces=[
            types.Workspace(
                workspace_id=workspace_id,
                user_name=f"user-{number}",
                directory_id=directories[number % len(directories)],
                bundle_id=bundles[number % len(bundles)],
                subnet_id=f"subnet-{number % 2:017}",
                root_volume_encryption_enabled=False,
                user_volume_encryption_enabled=False,
                workspace_properties=types.WorkspaceProperties(
                    running_mode=types.RunningMode.AUTO_STOP,
                    running_mode_auto_stop_timeout_in_minutes=60,
                    root_volume_size_gib=80,
                    user_volume_size_gib=50,
                    compute_type_name=types.Compute.STANDARD,
                    protocols=[types.Protocol.WSP],
                    operating_system_name=types.OperatingSystemName.WINDOWS_10,
                ),
            )
            for number, workspace_id in enumerate(ids)
        ],
        tags={
            workspace_id: [types.Tag(key=key, value=f"{key}-{number % 50}") for key in ("team", "cost-center", "stage")]
            for number, workspace_id in enumerate(ids)
        },
    )


async def read(way: str, service: Service) -> Reading:
    """Read the whole inventory in one of the ways."""
    client = WorkSpacesClient(
        region="us-west-2",
        endpoint_url=service.url,
        credentials=Credentials(service.access_key_id, service.secret_access_key),
        tls=TLSPolicy(ca_file=service.ca_file),
        pace=None,
    )
    async with client:
        inventory = Fleet.over(("bench", client)).inventory(join=WAYS[way])
        start, cpu = time.monotonic(), time.process_time()
        rows = await written(inventory) if way == "to JSON lines" else await counted(inventory)
        seconds, cpu = time.monotonic() - start, time.process_time() - cpu
    import resource  # noqa: PLC0415 - does not exist on Windows

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Reading(rows=rows, started_at=start, seconds=seconds, cpu=cpu, peak=peak)


async def counted(inventory: FleetInventory) -> int:
    """Iterate over the rows, keep none of them in memory, and return their number."""
    rows = 0
    async for _ in inventory:
        rows += 1
    return rows


async def written(inventory: FleetInventory) -> int:
    """Write a file, and drop it."""
    with tempfile.TemporaryDirectory() as folder:
        return (await inventory.write_jsonl(Path(folder, "all.jsonl"))).rows


def memory(process: int) -> int:
    """Return the bytes of memory that a process holds."""
    pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    sys.exit(main())
