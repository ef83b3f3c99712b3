"""The batch example, killed with SIGKILL repeatedly while it stops WorkSpaces of a throttling service.

`python -m tests.benchmarks.batch_killed --workspaces 5000 --kills 20` has an emulator in this process, and
examples/batch.py as a separate process that resumes from its journal each time. Some kills are at a random time, some
after the journal has grown by a number of lines, some while the response of an executed call is on its way. At the end
the program must be complete, with exit code 0, and the emulator's log must have each WorkSpace in exactly one
successful call. The exit code is 1 otherwise.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

from wsclient import Pace, types
from wsclient.testing import Emulator, Inventory, Throttle

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

EXAMPLE = Path(__file__).parents[2] / "examples" / "batch.py"
REGIONS = ("us-west-2", "eu-west-1")
STOP = "StopWorkspaces"
PATIENCE = 240.0
"""Seconds after which a program that neither ends nor comes to its moment is taken to hang."""
PLANS_KILLED = 2
"""Kills before there is a journal to go on from."""
IN_FLIGHT = 5.0
"""Seconds by which an answer is late whose program is killed meanwhile."""


@dataclass
class Killed:
    """Result of an experiment: size, the kinds of kill, and the calls that the service received."""

    workspaces: int
    seed: int
    deaths: Counter[str] = field(default_factory=Counter[str])
    seconds: float = 0.0
    code: int | None = None
    successes: Counter[str] = field(default_factory=Counter[str])
    named: Counter[str] = field(default_factory=Counter[str])
    calls: Counter[str] = field(default_factory=Counter[str])
    throttled: int = 0
    reported: Counter[str] = field(default_factory=Counter[str])
    states: Counter[str] = field(default_factory=Counter[str])
    output_text: str = ""

    @property
    def is_right(self) -> bool:
        """Return whether the program completed, with each WorkSpace stopped once."""
        once = Counter(self.successes.values()) == {1: self.workspaces}
        is_stopped = self.states.keys() <= {"STOPPING", "STOPPED"} and self.states.total() == self.workspaces
        return self.code == 0 and once and is_stopped and self.reported == {"done": self.workspaces}


def run(
    workspaces: int,
    kills: int,
    *,
    seed: int,
    pace: Pace | Throttle,
    consistency: float = 10.0,
    may_plan_die: bool = True,
) -> Killed:
    """Kill the program this often, let it complete, and return the result."""
    killed, chance = Killed(workspaces, seed), random.Random(seed)
    with scene(workspaces, pace) as (aws, folder):
        start = time.perf_counter()
        program = Program(aws, folder, consistency, chance, plans_to_kill=PLANS_KILLED if may_plan_die else 0)
        for left in range(kills, 0, -1):
            killed.deaths[program.live_and_die(left)] += 1
        with program.begun() as process:
            killed.code = process.wait(PATIENCE)
        killed.seconds = time.perf_counter() - start
        killed.output_text = program.output.read_text()
        _look(killed, aws, folder)
    return killed


class Program:
    """The batch example, which lives many times."""

    def __init__(
        self,
        aws: Emulator,
        folder: Path,
        consistency: float,
        chance: random.Random | None = None,
        *,
        plans_to_kill: int = 0,
    ) -> None:
        self.aws = aws
        self.journal = folder / "stop.jsonl"
        self.output = folder / "output.txt"
        self._chance = chance or random.Random(0)
        self._plans_to_kill = plans_to_kill
        self._ways = list[str]()
        self._command = [
            *(sys.executable, str(EXAMPLE), "--yes", "--regions", *REGIONS, "--idle-days", "30"),
            *("--journal", str(self.journal), "--report", str(folder / "report.jsonl")),
            *("--consistency", str(consistency)),
        ]

    @contextmanager
    def begun(self) -> Generator[subprocess.Popen[bytes]]:
        """Start the program; kill it when the block ends."""
        with self.output.open("wb") as output:
            process = subprocess.Popen(
                self._command,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=_environment(self.aws),
                cwd=self.journal.parent,
            )
            try:
                yield process
            finally:
                process.kill()
                process.wait()

    def live_and_die(self, kills_left: int) -> str:
        """Start it, kill it at a moment, and return which kind of moment it was."""
        if self._plans_to_kill:
            self._plans_to_kill -= 1
            return self._die("while planning", self._after(self._chance.uniform(0.2, 1.5)))
        if not self._ways:
            self._ways = ["at any moment", "after a step", "in flight"]
            self._chance.shuffle(self._ways)
        way = self._ways.pop()
        if way == "at any moment":
            return self._die(way, self._running_for(self._chance.uniform(0.0, 0.5), kills_left))
        if way == "after a step":
            return self._die(way, self._grown_by(self._chance.randint(1, self._share(kills_left))))
        self.aws.delay(STOP, seconds=IN_FLIGHT)
        try:
            return self._die(way, self.carried_out())
        finally:
            self.aws.clear_faults()

    def _die(self, way: str, moment: Callable[[], bool]) -> str:
        with self.begun() as process:
            is_there = self.wait(process, moment)
        return way if is_there else f"not at all (it ended with {process.returncode})"

    def wait(self, process: subprocess.Popen[bytes], moment: Callable[[], bool]) -> bool:
        """Wait for a condition; return whether it came before the process ended."""
        deadline = time.monotonic() + PATIENCE
        while not moment():
            if process.poll() is not None:
                return False
            if time.monotonic() > deadline:
                raise TimeoutError(f"nothing happened; it said {self.output.read_text()}")
            time.sleep(0.002)
        return True

    def _after(self, seconds: float) -> Callable[[], bool]:
        due = time.monotonic() + seconds
        return lambda: time.monotonic() >= due

    def _running_for(self, seconds: float, kills_left: int) -> Callable[[], bool]:
        """Return a condition: the program has run for some seconds since resuming, or done its share of the steps."""
        has_begun = self._grown_by(1)
        moments: list[Callable[[], bool]] = []

        def moment() -> bool:
            if not moments and has_begun():
                moments.extend([self._after(seconds), self._grown_by(self._share(kills_left))])
            return any(is_there() for is_there in moments)

        return moment

    def _grown_by(self, lines: int) -> Callable[[], bool]:
        before = self._steps()
        return lambda: self._steps() >= before + lines

    def carried_out(self) -> Callable[[], bool]:
        """Return a condition: a call has been executed whose response may be on its way."""
        before = _stops(self.aws)
        return lambda: _stops(self.aws) > before

    def _steps(self) -> int:
        """Count the steps in the journal."""
        if not self.journal.exists():
            return 0
        content = self.journal.read_bytes()
        return content.count(b'"is":"send"') + content.count(b'"is":"end"')

    def _share(self, kills_left: int) -> int:
        """Return the number of steps before a kill, so that some remain for later kills."""
        return max(2, self._lines_left() // (kills_left + 1))

    def _lines_left(self) -> int:
        items = self.journal.read_bytes().count(b'"is":"item"') if self.journal.exists() else 0
        return 2 * (items // 25) - self._steps()


@contextmanager
def scene(workspaces: int, pace: Pace | Throttle | None) -> Generator[tuple[Emulator, Path]]:
    """Give a service with idle WorkSpaces in two regions, and a folder."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Emulator(region=REGIONS[0], other_regions=REGIONS[1:], throttle=pace) as aws,
    ):
        for number, region in enumerate(REGIONS):
            aws.seed(_idle(range(number, workspaces, len(REGIONS))), region=region)
        yield aws, Path(folder)


def _idle(numbers: Sequence[int]) -> Inventory:
    """Return WorkSpaces without a connection for 90 days."""
    before = datetime.now(UTC) - timedelta(days=90)
    properties = types.WorkspaceProperties(running_mode=types.RunningMode.AUTO_STOP)
    return Inventory(
        workspaces=[
            types.Workspace(workspace_id=f"ws-{n:09}", user_name=f"user-{n}", workspace_properties=properties)
            for n in numbers
        ],
        workspaces_connection_status=[
            types.WorkspaceConnectionStatus(
                workspace_id=f"ws-{n:09}",
                connection_state=types.ConnectionState.DISCONNECTED,
                last_known_user_connection_timestamp=before,
            )
            for n in numbers
        ],
    )


def _environment(aws: Emulator) -> Mapping[str, str]:
    return {
        "AWS_ENDPOINT_URL_WORKSPACES": aws.endpoint_url,
        "AWS_CA_BUNDLE": aws.ca_file,
        "AWS_ACCESS_KEY_ID": aws.credentials.access_key_id,
        "AWS_SECRET_ACCESS_KEY": aws.credentials.secret_access_key,
        "AWS_EC2_METADATA_DISABLED": "true",
        "HOME": "/nonexistent",
        "PATH": os.defpath,
        "PYTHONPATH": str(EXAMPLE.parents[1]),
    }


def _stops(aws: Emulator) -> int:
    """Count the successful StopWorkspaces calls."""
    return sum(call.operation == STOP and call.error is None for call in aws.calls)


def _look(killed: Killed, aws: Emulator, folder: Path) -> None:
    """Read the service's log and state, and the program's report."""
    for call in aws.calls:
        killed.calls[call.operation] += 1
        killed.throttled += call.error == "ThrottlingException"
        if call.operation == STOP and call.error is None:
            items = cast("list[dict[str, str]]", call.parameters["StopWorkspaceRequests"])
            ids = [item["WorkspaceId"] for item in items]
            killed.named.update(ids)
            killed.successes.update(workspace_id for workspace_id in ids if workspace_id not in call.failures)
    for region in REGIONS:
        records = aws._world.store(aws.account_id, region).workspaces.values()
        killed.states.update(str(record.workspace.state) for record in records)
    report = folder / "report.jsonl"
    lines = report.read_text().splitlines() if report.exists() else []
    killed.reported.update(json.loads(line)["outcome"] for line in lines)


def report(killed: Killed) -> str:
    """Return the figures as a table."""
    deaths = ", ".join(f"{way} {count}" for way, count in sorted(killed.deaths.items()))
    calls = ", ".join(f"{name} {count}" for name, count in killed.calls.most_common())
    times = Counter(killed.successes.values())
    rows = {
        "seed": killed.seed,
        "kills": f"{killed.deaths.total()} ({deaths})",
        "took": f"{killed.seconds:.1f} s",
        "exit code": killed.code,
        "reported": dict(killed.reported),
        "states": dict(killed.states),
        "stopped, by times": dict(times),
        "asked to stop, by times": dict(Counter(killed.named.values())),
        "calls": f"{calls}; throttled {killed.throttled}",
        "each stopped once": "yes" if killed.is_right else "NO",
    }
    return "\n".join(f"{name:<25} {value}" for name, value in rows.items())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the experiment and print its figures; return 1 if the result is not right."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--workspaces", type=int, default=5000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--rate", type=float, default=10.0, help="calls a second that the service takes, a region")
    options = parser.parse_args(arguments)
    print(f"seed {options.seed}", flush=True)
    killed = run(options.workspaces, options.kills, seed=options.seed, pace=Pace(options.rate, 5))
    print(report(killed))
    if not killed.is_right:
        print(killed.output_text)
    return 0 if killed.is_right else 1


if __name__ == "__main__":
    sys.exit(main())
