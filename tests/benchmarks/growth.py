"""Scaling benchmark: `python -m tests.benchmarks.growth [--plot FILE] [--full]`.

Each curve is the time per unit (a call, a page, an item, a WorkSpace, a statement) at growing counts, in one run on
this machine. A level line is linear growth; a rising line is worse, and quadratic growth is visible.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from tests.benchmarks.bench_server import page
from tests.support.driven_clients import InProcess, driven_client
from tests.support.virtual_time import VirtualClock, run_in_virtual_time
from wsclient import types
from wsclient._core.clock import TimeSource
from wsclient._core.http import HttpResponse
from wsclient._core.protocols import codec_for
from wsclient._generated.workspaces.operations import DESCRIBE_WORKSPACES
from wsclient._generated.workspaces.service import SERVICE
from wsclient._pipeline.clock_skew import ClockSkew
from wsclient.fleet import Plan, Site
from wsclient.fleet._actions.items import Parameters, PlanItem
from wsclient.fleet._journal.journal import PlanIntent, PlanSnapshot
from wsclient.fleet._journal.storage import FILE_STORAGE
from wsclient.fleet._run.context import RunDependencies
from wsclient.policy import Effect, Policy, Statement
from wsclient.testing import Emulator

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wsclient import WorkSpacesClient

SITE = Site(account="bench", region="us-west-2")
FROM_AWS = (("x-amzn-requestid", "11111111-2222-3333-4444-555555555555"),)


@dataclass(frozen=True)
class Curve:
    """Seconds at each count; unit is the counted thing."""

    unit: str
    seconds: Mapping[int, float]

    def line(self) -> str:
        """Return the microseconds of a unit at each count, and the growth from the first to the last."""
        each = {count: seconds / count * 1e6 for count, seconds in self.seconds.items()}
        first, *_, last = each.values()
        cells = "  ".join(f"{count:>7,}: {value:8.1f} us" for count, value in each.items())
        return f"{self.unit:12} {cells}   growth {last / first:.2f}"


def timed(work: Callable[[], object]) -> float:
    """Return the CPU seconds of some work."""
    start = time.process_time()
    work()
    return time.process_time() - start


class _Stub:
    """Client stub whose stop_workspaces succeeds without delay, and that no response has told AWS's time."""

    def __init__(self) -> None:
        self._shared = SimpleNamespace(skew=ClockSkew())

    def _require_changes(self, operation: str) -> None:
        """Allow every operation."""

    async def stop_workspaces(self, **request: Any) -> types.StopWorkspacesResult:
        """Stop them."""
        del request
        return types.StopWorkspacesResult()


def items(count: int) -> float:
    """Run a plan of so many items with a journal, with the service stubbed."""
    intent = PlanIntent(action="stop", parameters="", digest="", selection="all", sites=(SITE,))
    planned = tuple(PlanItem(site=SITE, workspace_id=f"ws-{number:09}") for number in range(count))
    snapshot = PlanSnapshot(intent=intent, made_at=datetime.now(UTC), items=planned, left_out=())
    dependencies = RunDependencies(
        client=lambda _: cast("WorkSpacesClient", _Stub()), time=TimeSource(), storage=FILE_STORAGE
    )
    with tempfile.TemporaryDirectory() as folder:
        plan = Plan(
            parameters=Parameters(),
            journal=str(Path(folder, "plan.jsonl")),
            _snapshot=snapshot,
            _dependencies=dependencies,
        )
        return timed(lambda: asyncio.run(plan.run(expected_count=count)))


def pages(count: int) -> float:
    """Parse so many pages of 25."""
    codec, response = codec_for(SERVICE), HttpResponse(200, FROM_AWS, page(25))
    return timed(lambda: [codec.parse(DESCRIBE_WORKSPACES, response) for _ in range(count)])


def waiters(count: int) -> float:
    """Wait for count WorkSpaces that are AVAILABLE already: one round of polls, including the emulator."""
    times: list[float] = []

    async def main() -> None:
        aws = Emulator(clock=VirtualClock())
        client = driven_client(aws, InProcess(aws))
        ids = aws.add_workspaces(count, state="AVAILABLE", running_mode="AUTO_STOP")
        start = time.process_time()
        await client.wait_until_available(ids)
        times.append(time.process_time() - start)

    run_in_virtual_time(main())
    return times[0]


def stops(count: int) -> float:
    """Stop count WorkSpaces of one emulated account, and describe them, in batches of 25, including the client."""
    times: list[float] = []

    async def main() -> None:
        aws = Emulator(clock=VirtualClock())
        client = driven_client(aws, InProcess(aws))
        ids = aws.add_workspaces(count, state="AVAILABLE", running_mode="AUTO_STOP")
        started_at = time.process_time()
        for start in range(0, count, 25):
            batch = ids[start : start + 25]
            await client.stop_workspaces(
                stop_workspace_requests=[types.StopRequest(workspace_id=workspace_id) for workspace_id in batch]
            )
            await client.describe_workspaces(workspace_ids=batch)
        times.append(time.process_time() - started_at)

    run_in_virtual_time(main())
    return times[0]


def statements(count: int) -> float:
    """Evaluate a policy of count statements, none of which matches."""
    arn = "arn:aws:workspaces:us-west-2:123456789012:workspace/ws-{}"
    policy = Policy(
        statements=[
            Statement(effect=Effect.ALLOW, actions=["workspaces:StopWorkspaces"], resources=[arn.format(number)])
            for number in range(count)
        ]
    )
    call = {"principal": "arn:aws:iam::123456789012:role/r", "action": "workspaces:StopWorkspaces"}
    return timed(lambda: policy.evaluate(**call, resource=arn.format("none"), context={}))


CURVES: Mapping[str, tuple[Callable[[int], float], Sequence[int], Sequence[int]]] = {
    "items": (items, (500, 2_000, 5_000), (5_000, 20_000, 50_000, 200_000)),
    "pages": (pages, (40, 400), (40, 400, 4_000)),
    "waiters": (waiters, (25, 100, 500), (25, 250, 2_500, 10_000)),
    "stops": (stops, (100, 500), (250, 1_000, 10_000)),
    "statements": (statements, (100, 400), (100, 1_000, 10_000)),
}
"""Each curve's measurement, its counts in a short run, and those of a full one."""


def measured(*, full: bool) -> list[Curve]:
    """Measure every curve."""
    return [
        Curve(unit, {count: measure(count) for count in (many if full else few)})
        for unit, (measure, few, many) in CURVES.items()
    ]


def plotted(curves: Sequence[Curve], path: Path) -> None:
    """Draw the time of a unit over the count, each curve relative to its first value."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - for the plot only

    figure = Figure(figsize=(7, 4), layout="constrained")
    axis: Any = figure.subplots()
    for curve in curves:
        each = [seconds / count for count, seconds in curve.seconds.items()]
        axis.plot(list(curve.seconds), [value / each[0] for value in each], marker="o", label=curve.unit)
    axis.set_xscale("log")
    axis.set_yscale("log")
    axis.set_ylim(0.1, 100)
    axis.set_xlabel("count")
    axis.set_ylabel("time of a unit, relative")
    axis.grid(visible=True, color="#e6e8eb", linewidth=0.8)
    axis.legend(frameon=False)
    figure.savefig(path, dpi=150, metadata={"Date": None} if path.suffix == ".svg" else None)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, and plot if requested."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.growth", description=__doc__)
    parser.add_argument("--plot", type=Path, help="write a plot to this file, .svg or .png")
    parser.add_argument("--full", action="store_true", help="larger counts: minutes instead of seconds")
    options = parser.parse_args(arguments)
    curves = measured(full=options.full)
    print(*(curve.line() for curve in curves), sep="\n")
    if options.plot:
        plotted(curves, options.plot)


if __name__ == "__main__":
    main()
