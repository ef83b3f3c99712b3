"""Cost of importing and creating a client: wsclient compared with boto3, aiobotocore, and httpx alone.

`python -m tests.benchmarks.cold_start` starts each in a separate process, in turn over several rounds, so that other
load on the machine affects all of them, and prints CPU time, wall-clock time, peak memory and the ratios.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from tests.support.environments import ROOT, interpreter

if TYPE_CHECKING:
    from collections.abc import Sequence

ROUNDS = 15
KEYS = ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")

_BOTOCORE = f"""region_name="us-west-2", aws_access_key_id="{KEYS[0]}", aws_secret_access_key="{KEYS[1]}" """
READY = {
    "python": "",
    "httpx": "import httpx",
    "wsclient": f"""
import wsclient
wsclient.WorkSpacesClient(region="us-west-2", credentials=wsclient.Credentials{KEYS})
""",
    "boto3": f"""
import boto3
boto3.client("workspaces", {_BOTOCORE})
""",
    "aiobotocore": f"""
import asyncio
from aiobotocore.session import get_session
async def main():
    async with get_session().create_client("workspaces", {_BOTOCORE}):
        pass
asyncio.run(main())
""",
}
"""What each process does; python does nothing, and is in all the others."""
# The kernel's own record: what getrusage says of a child's peak may be its parent's.
_TELL_PEAK = """
with open("/proc/self/status") as status:
    print(next(line.split()[1] for line in status if line.startswith("VmHWM:")))
"""


def measured(*, rounds: int = ROUNDS) -> dict[str, dict[str, float]]:
    """Return for each client the median of its rounds and the least: cpu_ms, wall_ms, peak_mib, least_cpu_ms."""
    pythons = {name: interpreter(name) if name == "aiobotocore" else Path(sys.executable) for name in READY}
    runs: dict[str, list[tuple[float, float, float]]] = {name: [] for name in READY}
    for name in runs:  # not counted: it writes the bytecode and warms the disk's cache
        _run(pythons[name], READY[name])
    for _ in range(rounds):
        for name, of_client in runs.items():
            of_client.append(_run(pythons[name], READY[name]))
    return {name: _summary(of_client) for name, of_client in runs.items()}


def ratios(figures: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    """Return wsclient's figures as parts of each other client's."""
    own = figures["wsclient"]
    rest = {name: of_client for name, of_client in figures.items() if name not in {"wsclient", "python"}}
    return {name: {key: own[key] / value for key, value in other.items()} for name, other in rest.items()}


def _run(python: Path, code: str) -> tuple[float, float, float]:
    """Return CPU and wall-clock milliseconds of a process from its start to its end, and its peak memory in MiB."""
    # Nothing of this machine's settings and files: no profile to read, no proxy, no region.
    environment = {"HOME": "/nonexistent", "PATH": os.defpath, "PYTHONPATH": str(ROOT)}
    start = time.perf_counter()
    with subprocess.Popen([python, "-c", code + _TELL_PEAK], stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{python} ended with {process.returncode} in: {code}")
    return (usage.ru_utime + usage.ru_stime) * 1e3, wall * 1e3, int(output) / 1024


def _summary(runs: Sequence[tuple[float, float, float]]) -> dict[str, float]:
    cpu, wall, peak = zip(*runs, strict=True)
    return {"cpu_ms": median(cpu), "wall_ms": median(wall), "peak_mib": median(peak), "least_cpu_ms": min(cpu)}


def _table(figures: dict[str, dict[str, float]], places: int) -> str:
    columns = list(next(iter(figures.values())))
    rows = [
        f"{name:<12}" + "".join(f"{of_client[column]:>14.{places}f}" for column in columns)
        for name, of_client in figures.items()
    ]
    return "\n".join([" " * 12 + "".join(f"{column:>14}" for column in columns), *rows])


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each is started")
    options = parser.parse_args(arguments)
    figures = measured(rounds=options.rounds)
    print(_table(figures, 1))
    print("\nwsclient, as a part of")
    print(_table(ratios(figures), 2))


if __name__ == "__main__":
    main()
