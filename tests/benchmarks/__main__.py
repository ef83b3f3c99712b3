"""Benchmark of clients: `python -m tests.benchmarks [--rounds 5] [--calls 2000] [--json FILE] [--plot FILE]`.

The TLS server runs in a separate process on one core, and each client in a separate process on another core, in turn
over several rounds; the best round counts, since other load on the machine only adds time. boto3 and httpx are those of
this environment, the others are in separate environments (tests/support/environments.py) that the first run creates.
Only the ratios are comparable: the times are this machine's.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.benchmarks import cold_start
from tests.benchmarks.bench_process import Process, running_server
from tests.benchmarks.bench_report import Goal, plotted, printed
from tests.support.environments import ROOT, interpreter

CLIENTS = ("wsclient", "streams", "aiohttp", "capo", "httpx2", "httpx", "aiobotocore", "boto3")
SLOW = frozenset({"capo", "httpx2", "httpx", "aiobotocore", "boto3"})
"""Clients that make a quarter of the calls: what they take is far above the noise."""
ENVIRONMENTS = {"capo": "capo", "httpx2": "httpx2", "aiobotocore": "aiobotocore", "aiohttp": "aiobotocore"}
"""The environment of each client that is not in this one; aiobotocore brings aiohttp."""
CONNECTIONS = (1, 16, 64, 256)
ANSWERS = ("small", "page")


@dataclass
class Results:
    """Everything that was measured: by answer, connections and client, and the parts alone."""

    machine: str
    calls: dict[str, dict[str, dict[str, dict[str, float]]]] = field(
        default_factory=dict[str, dict[str, dict[str, dict[str, float]]]]
    )
    parts: dict[str, dict[str, float]] = field(default_factory=dict[str, dict[str, float]])

    def cpu(self, answer: str, connections: int, client: str) -> float:
        """Return the microseconds of CPU that a call takes."""
        return self.calls[answer][str(connections)][client]["cpu_us"]


def machine() -> str:
    """Name the machine and the interpreter."""
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if "model name" in line
    ]
    return f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def measure(rounds: int, calls: int) -> Results:
    """Measure everything."""
    results = Results(machine())
    with ExitStack() as stack:
        ports, ca_file = stack.enter_context(running_server())
        pythons = {
            name: interpreter(ENVIRONMENTS[name]) if name in ENVIRONMENTS else sys.executable for name in CLIENTS
        }
        clients = {name: Process(stack, python, "bench_worker", name, ca_file) for name, python in pythons.items()}
        for number in range(rounds):
            for connections in CONNECTIONS:
                for answer in ANSWERS:
                    for name, client in clients.items():
                        count = max(calls // (4 if name in SLOW else 1), 2 * connections)
                        result = client.ask(
                            port=ports[answer], calls=count, connections=connections, parse=answer == "page"
                        )
                        _keep_best(results.calls.setdefault(answer, {}).setdefault(str(connections), {}), name, result)
            print(f"round {number + 1} of {rounds}", file=sys.stderr)
        results.parts = parts(ports["more"], ca_file)
    return results


def _keep_best(row: dict[str, dict[str, float]], name: str, item: dict[str, float]) -> None:
    """Keep the best value of each figure; peak memory is that of the last round, since it never decreases."""
    before = row.get(name, item)
    better = {"calls_per_second": max, "peak_mib": max}
    row[name] = {key: better.get(key, min)(value, before[key]) for key, value in item.items()}


def parts(port: int, ca_file: str) -> dict[str, dict[str, float]]:
    """Measure the parts alone, each in a process of its own."""
    wanted = [("signing",), ("parsing",), ("memory-wsclient",), ("memory-boto3",), ("stream", str(port), ca_file)]
    found: dict[str, dict[str, float]] = {}
    for name, *arguments in wanted:
        command = [sys.executable, "-m", "tests.benchmarks.bench_parts", name, *arguments]
        run = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
        found[name] = json.loads(run.stdout)
    return found | {f"start-{client}": figures for client, figures in cold_start.measured().items()}


def goals(results: Results) -> list[Goal]:
    """Return what was aimed at, and what came out."""
    cpu, parts = results.cpu, results.parts
    found = [
        Goal(
            f"CPU of a small call, {connections} connections, beside asyncio streams",
            cpu("small", connections, "wsclient") / cpu("small", connections, "streams"),
            2.5,
        )
        for connections in (16, 64)
    ]
    found.append(
        Goal(
            "the same with a page of 25, 16 connections", cpu("page", 16, "wsclient") / cpu("page", 16, "streams"), 1.0
        )
    )
    found += [
        Goal(
            f"CPU of a small call, 16 connections, beside {peer}",
            cpu("small", 16, "wsclient") / cpu("small", 16, peer),
            1.0 if peer == "aiohttp" else 1 / 5,
        )
        for peer in CLIENTS[2:]
    ]
    found += [
        Goal("growth from 1 to 256 connections", cpu("small", 256, "wsclient") / cpu("small", 1, "wsclient"), 1.5),
        Goal("signing beside botocore", parts["signing"]["wsclient"] / parts["signing"]["botocore"], 1 / 15),
        Goal("parsing a page beside botocore", parts["parsing"]["wsclient"] / parts["parsing"]["botocore"], 1 / 15),
        Goal(
            "100,000 WorkSpaces beside boto3's dicts",
            parts["memory-wsclient"]["mib"] / parts["memory-boto3"]["mib"],
            1 / 3,
        ),
        Goal("memory of 4,000 pages beside 400", parts["stream"]["after_4000"] / parts["stream"]["after_400"], 1.05),
    ]
    started = {peer: parts[f"start-{peer}"] for peer in ("boto3", "aiobotocore")}
    found += [
        Goal(f"import and client ready, CPU, beside {peer}", parts["start-wsclient"]["cpu_ms"] / row["cpu_ms"], limit)
        for (peer, row), limit in zip(started.items(), (0.45, 0.3), strict=True)
    ]
    memory = parts["start-wsclient"]["peak_mib"] / parts["start-boto3"]["peak_mib"]
    return [*found, Goal("import and client ready, memory, beside boto3", memory, 0.7)]


def main() -> None:
    """Measure, print, and write the requested files."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--calls", type=int, default=2000, help="calls a measurement; slow clients make a quarter")
    parser.add_argument("--json", type=Path, help="write everything that was measured to this file")
    parser.add_argument("--plot", type=Path, help="write a plot to this file, .svg or .png")
    arguments = parser.parse_args()
    results = measure(arguments.rounds, arguments.calls)
    print(printed(results.machine, results.calls, results.parts, goals(results)))
    if arguments.json:
        arguments.json.write_text(json.dumps(asdict(results), indent=1) + "\n")
    if arguments.plot:
        plotted(results.machine, results.calls, arguments.plot)


if __name__ == "__main__":
    main()
