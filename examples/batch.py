"""Stop idle WorkSpaces across regions and accounts: a plan to look at, a journal to go on from, a report.

pip install 'wsclient[testing]'
python examples/batch.py --emulator --yes
python examples/batch.py --regions us-west-2 eu-west-1 --profiles prod lab --idle-days 30 --journal stop.jsonl

Whatever ends it (SIGKILL, too), the same command line goes on from the journal; nothing is stopped twice. Exit codes: 0
everything was done, 1 something failed or was not tried, 2 usage, configuration or journal, 3 something may have been
done and cannot be told, 130 interrupted.
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
"""Lines of progress where there is no bar."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    options = parser().parse_args(arguments)
    try:
        return asyncio.run(stop_idle(options))
    except (asyncio.CancelledError, KeyboardInterrupt):
        goes_on = (
            "the same command goes on from the journal" if options.journal else "there is no journal to go on from"
        )
        print(f"interrupted; {goes_on}", file=sys.stderr)
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
    """Return what the command line may say."""
    parser = argparse.ArgumentParser(description="Stop WorkSpaces that nobody has connected to for a while.")
    parser.add_argument("--regions", nargs="+", default=[], help="AWS regions; the configured one by default")
    parser.add_argument("--profiles", nargs="+", default=[], help="profiles of the AWS files, an account each")
    parser.add_argument("--idle-days", type=float, default=30.0, help="days since the last connection; default 30")
    parser.add_argument("--never-connected", action="store_true", help="also those that were never connected to")
    parser.add_argument("--tag", metavar="KEY[=VALUE]", action="append", default=[], help="only those with this tag")
    parser.add_argument("--journal", metavar="FILE", help="where steps are written, and where to go on from")
    parser.add_argument("--dry-run", action="store_true", help="show the plan, stop nothing")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--report", metavar="FILE", help="where the outcome of each goes: .csv or .jsonl")
    parser.add_argument("--max-failures", type=int, metavar="N", help="begin no more once more than N have failed")
    parser.add_argument("--deadline", type=float, metavar="MINUTES", help="begin no more after so long")
    parser.add_argument(
        "--consistency", type=float, default=10.0, metavar="SECONDS", help="until a stop shows; default 10"
    )
    parser.add_argument("--emulator", action="store_true", help="try it on a local service with 200 WorkSpaces")
    return parser


async def stop_idle(options: argparse.Namespace) -> int:
    """Plan, show, ask, run and report."""
    check_report(options.report)
    tell_of_journal(options.journal)
    async with fleet_of(options) as fleet:
        with ended_by_signals():
            plan = await fleet.stop(where=question(options), journal=options.journal)
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
    """Refuse a report that could not be written in the end."""
    if path and Path(path).suffix not in {".csv", ".jsonl"}:
        raise errors.ConfigurationError(f"--report {path}: use a name that ends in .csv or .jsonl")
    if path and not Path(path).absolute().parent.is_dir():
        raise errors.ConfigurationError(f"--report {path}: there is no such folder")


def tell_of_journal(path: str | None) -> None:
    """Say that the plan is not a new one, which whoever runs this every night would not notice."""
    if path and Path(path).exists():
        print(f"{path} is there: its plan goes on, nothing is selected anew; remove it to plan anew", file=sys.stderr)


def question(options: argparse.Namespace) -> Predicate:
    """Return which WorkSpaces are meant; what cannot be known of one leaves it alone."""
    idle = where.idle_for(days=options.idle_days)
    if options.never_connected:
        idle |= where.never_connected()
    asked = where.state("AVAILABLE") & where.running_mode("AUTO_STOP", "MANUAL") & idle
    for tag in options.tag:
        key, is_valued, value = tag.partition("=")
        asked &= where.tag(key, value) if is_valued else where.tag(key)
    return asked


def confirmed(plan: Plan) -> bool:
    """Ask whoever sits at the terminal."""
    try:
        return input(f"Stop {len(plan)} WorkSpaces? [y/N] ").strip().lower() in {"y", "yes"}
    except EOFError:
        return False


def exit_code(report: Report) -> int:
    """Return what became of it, for whoever called."""
    if report.of(Outcome.AMBIGUOUS):
        return AMBIGUOUS
    return DONE if report.ok else FAILED


def write(report: Report, path: Path) -> None:
    """Write a line for each WorkSpace; the file takes its name when it is whole."""
    form = tables.to_jsonl if path.suffix == ".jsonl" else tables.to_csv
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(form(report.rows(), ReportRow), encoding="utf-8", newline="")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def progress_of(plan: Plan) -> Generator[Callable[[Progress], None]]:
    """Give what shows the progress: a bar where tqdm is installed, else a line every twentieth."""
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
    """Return what prints a line for every twentieth that is decided."""
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
    """Have SIGINT and SIGTERM cancel what runs: calls under way are given up, and the journal is whole."""
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
    """Give the fleet: of AWS, or of a local service."""
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
    """Return WorkSpaces of which nine in ten were last connected to 90 days ago, the others today."""
    now = datetime.now(UTC)  # noqa: TID251 - a program of its own goes by the machine's clock
    ids = [f"ws-{name.replace('-', '')}{number:05}" for number in range(count)]
    return Inventory(
        workspaces=[
            types.Workspace(
                workspace_id=one,
                user_name=f"user-{one[3:]}",
                workspace_properties=types.WorkspaceProperties(running_mode=types.RunningMode.AUTO_STOP),
            )
            for one in ids
        ],
        workspaces_connection_status=[
            types.WorkspaceConnectionStatus(
                workspace_id=one,
                connection_state=types.ConnectionState.DISCONNECTED,
                last_known_user_connection_timestamp=now - timedelta(days=90 if number % 10 else 0),
            )
            for number, one in enumerate(ids)
        ],
    )


if __name__ == "__main__":
    sys.exit(main())
