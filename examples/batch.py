"""Stop idle WorkSpaces in several accounts and regions, with a plan to review, a journal to resume from, and a report.

pip install 'wsclient[testing]'
python examples/batch.py --emulator --yes
python examples/batch.py --regions us-west-2 eu-west-1 --profiles prod lab --idle-days 30 --journal stop.jsonl

After an interruption (SIGKILL too), the same command resumes from the journal, and stops nothing twice. Exit codes: 0
all done, 1 failed or not tried, 2 usage, configuration or journal, 3 ambiguous outcome, 130 interrupted.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from wsclient import Pace, TLSPolicy, errors, tables, types
from wsclient.fleet import Fleet, Outcome, Plan, Predicate, Progress, Report, ReportRow, where
from wsclient.testing import Emulator, Inventory

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator, Sequence

DONE, FAILED, USAGE, AMBIGUOUS, INTERRUPTED = 0, 1, 2, 3, 130
STEPS = 20
"""Number of progress lines without a progress bar."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    options = parser().parse_args(arguments)
    try:
        return asyncio.run(stop_idle(options))
    except (asyncio.CancelledError, KeyboardInterrupt):
        remedy = "run the same command to resume" if options.journal else "without --journal, it cannot be resumed"
        print(f"interrupted; {remedy}", file=sys.stderr)
        return INTERRUPTED
    except (
        errors.ConfigurationError,
        errors.CredentialsError,
        errors.JournalError,
        errors.RequestValidationError,
    ) as error:
        print(error, file=sys.stderr)
        return USAGE
    except (errors.WsclientError, OSError) as error:  # OSError: the report cannot be written
        print(error, file=sys.stderr)
        return FAILED


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(description="Stop WorkSpaces that have had no connection for some days.")
    parser.add_argument("--regions", nargs="+", default=[], help="AWS regions; the configured one by default")
    parser.add_argument("--profiles", nargs="+", default=[], help="profiles of the AWS files, an account each")
    parser.add_argument("--idle-days", type=float, default=30.0, help="days since the last connection; default 30")
    parser.add_argument("--never-connected", action="store_true", help="also those that were never connected to")
    parser.add_argument("--tag", metavar="KEY[=VALUE]", action="append", default=[], help="only those with this tag")
    parser.add_argument("--journal", metavar="FILE", help="file in which steps are recorded, to resume from")
    parser.add_argument("--dry-run", action="store_true", help="print the plan only")
    parser.add_argument("--yes", action="store_true", help="run without confirmation")
    parser.add_argument("--report", metavar="FILE", help="write the outcome of each WorkSpace: .csv or .jsonl")
    parser.add_argument("--max-failures", type=int, metavar="N", help="start no call after more than N failures")
    parser.add_argument("--deadline", type=float, metavar="MINUTES", help="start no call after this time")
    parser.add_argument(
        "--consistency", type=float, default=10.0, metavar="SECONDS", help="delay until a stop is visible; default 10"
    )
    parser.add_argument("--emulator", action="store_true", help="use an emulator with 200 WorkSpaces")
    return parser


async def stop_idle(options: argparse.Namespace) -> int:
    """Make the plan, print it, ask for confirmation, run it and write the report."""
    check_report(options.report)
    print_resumed(options.journal)
    async with fleet_of(options) as fleet:
        with ended_by_signals():
            plan = await fleet.stop(where=selection(options), journal=options.journal)
        print(plan)
        if not (options.yes or options.dry_run or not plan or confirmed(plan)):
            return DONE
        with ended_by_signals(), progress_of(plan) as on_progress:
            report = await plan.run(
                dry_run=options.dry_run,
                max_failures=options.max_failures,
                deadline=None if options.deadline is None else timedelta(minutes=options.deadline),
                consistency=timedelta(seconds=options.consistency),
                on_progress=on_progress,
            )
    print(report)
    if options.report:
        write(report, Path(options.report))
    return DONE if options.dry_run else exit_code(report)


def check_report(path: str | None) -> None:
    """Reject a report file that could not be written after the run."""
    if path and Path(path).suffix not in {".csv", ".jsonl"}:
        raise errors.ConfigurationError(f"--report {path}: use a name that ends in .csv or .jsonl")
    if path and not Path(path).absolute().parent.is_dir():
        raise errors.ConfigurationError(f"--report {path}: the directory does not exist")


def print_resumed(path: str | None) -> None:
    """Print that an existing plan is resumed, which a nightly job would not notice otherwise."""
    if path and Path(path).exists():
        print(f"{path} exists: resuming its plan; to make a new plan, remove the file", file=sys.stderr)


def selection(options: argparse.Namespace) -> Predicate:
    """Return the predicate; WorkSpaces with missing data are not selected."""
    idle = where.idle_for(days=options.idle_days)
    if options.never_connected:
        idle |= where.never_connected()
    selected = where.state("AVAILABLE") & where.running_mode("AUTO_STOP", "MANUAL") & idle
    for tag in options.tag:
        key, is_valued, value = tag.partition("=")
        selected &= where.tag(key, value) if is_valued else where.tag(key)
    return selected


def confirmed(plan: Plan) -> bool:
    """Ask for confirmation at the terminal."""
    try:
        return input(f"Stop {len(plan)} WorkSpaces? [y/N] ").strip().lower() in {"y", "yes"}
    except EOFError:
        return False


def exit_code(report: Report) -> int:
    """Return the exit code of a report."""
    if report.of(Outcome.AMBIGUOUS):
        return AMBIGUOUS
    return DONE if report.ok else FAILED


def write(report: Report, path: Path) -> None:
    """Write a line for each WorkSpace; the file gets its name when it is complete."""
    form = tables.to_jsonl if path.suffix == ".jsonl" else tables.to_csv
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(form(report.rows(), ReportRow), encoding="utf-8", newline="")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def progress_of(plan: Plan) -> Generator[Callable[[Progress], None]]:
    """Yield a progress callback: a bar if tqdm is installed, else twenty lines."""
    try:
        from tqdm import tqdm  # noqa: PLC0415 - optional
    except ImportError:
        yield lines_of_progress()
        return
    with tqdm(total=len(plan), unit="WorkSpace", disable=not plan) as bar:

        def show(progress: Progress) -> None:
            bar.update(progress.decided - bar.n)
            bar.set_postfix_str(f"failed {progress.failed}, ambiguous {progress.ambiguous}", refresh=False)

        yield show


def lines_of_progress() -> Callable[[Progress], None]:
    """Return a callback that prints a line for each twentieth of the items."""
    shown = 0

    def show(progress: Progress) -> None:
        nonlocal shown
        step = progress.decided * STEPS // max(progress.total, 1)
        if step > shown:
            shown = step
            print(progress, file=sys.stderr)

    return show


@contextmanager
def ended_by_signals() -> Generator[None]:
    """Cancel the run at SIGINT and SIGTERM: calls in flight are cancelled, and the journal stays complete."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    handled: list[signal.Signals] = []
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            if task is not None and sys.platform != "win32":
                loop.add_signal_handler(number, task.cancel)
                handled.append(number)
        yield
    finally:
        for number in handled:
            loop.remove_signal_handler(number)


@asynccontextmanager
async def fleet_of(options: argparse.Namespace) -> AsyncGenerator[Fleet]:
    """Yield the fleet, of AWS or of an emulator."""
    if not options.emulator:
        async with Fleet(regions=options.regions, profiles=options.profiles) as fleet:
            yield fleet
        return
    regions = options.regions or ["us-west-2", "eu-west-1"]
    async with Emulator(region=regions[0], other_regions=regions[1:], throttle=Pace(20, 20)) as aws:
        for region in regions:
            aws.seed(idle_workspaces(200 // len(regions), region), region=region)
        async with Fleet(
            regions=regions,
            accounts={"trial": aws.credentials},
            endpoint_url=aws.endpoint_url,
            tls=TLSPolicy(ca_file=aws.ca_file),
        ) as fleet:
            yield fleet


def idle_workspaces(count: int, name: str) -> Inventory:
    """Return WorkSpaces, nine of ten with a last connection 90 days ago, the others today."""
    now = datetime.now(UTC)  # noqa: TID251 - a program uses the machine's clock
    ids = [f"ws-{name.replace('-', '')}{number:05}" for number in range(count)]
    return Inventory(
        workspaces=[
            types.Workspace(
                workspace_id=id_,
                user_name=f"user-{id_[3:]}",
                workspace_properties=types.WorkspaceProperties(running_mode=types.RunningMode.AUTO_STOP),
            )
            for id_ in ids
        ],
        workspaces_connection_status=[
            types.WorkspaceConnectionStatus(
                workspace_id=id_,
                connection_state=types.ConnectionState.DISCONNECTED,
                last_known_user_connection_timestamp=now - timedelta(days=90 if number % 10 else 0),
            )
            for number, id_ in enumerate(ids)
        ],
    )


if __name__ == "__main__":
    sys.exit(main())
