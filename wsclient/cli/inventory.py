"""Command `wsclient inventory`: a line for each WorkSpace of accounts and regions, as JSON or CSV."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, asynccontextmanager
from enum import StrEnum, unique
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, cast

import typer

from wsclient._core.errors import WsclientError
from wsclient._core.files import AtomicFile
from wsclient.cli.common_options import (
    CaFile,
    Dualstack,
    EndpointUrl,
    ExpectedAccount,
    ExtraCaFile,
    Fips,
    PrivateDns,
    Profiles,
    Proxy,
    Regions,
    StsEndpoint,
    StsVpcEndpoint,
    VpcEndpoint,
    end_interrupted,
    keep_warnings_from_the_terminal,
    require_account_id,
    usage_error,
)
from wsclient.cli.connections import connection_options
from wsclient.cli.failures import end_with_error, print_failure
from wsclient.cli.progress_line import ProgressLine

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

    from wsclient._core.fleet_errors import SiteError
    from wsclient._generated.workspaces.enums import WorkspaceStateText
    from wsclient.fleet import Fleet, FleetInventory
    from wsclient.fleet._selection.predicates import Predicate

INCOMPLETE: Final = 3
"""Exit code if sites were left out."""
_PHRASES: Final = (
    ("the fleet", "the inventory"),
    ("a fleet's", "an inventory's"),
    ("where.state: ", "--state: "),
    (" Pass a value that is new at AWS as types.WorkspaceState(…)", ""),
    ("where.tag: an argument is an empty str", "--tag: the key is empty"),
    ("where.idle_for: ", "--idle-days: "),
    (", as in idle_for(days=30)", ""),
)


@unique
class Format(StrEnum):
    """Format of the lines."""

    JSONL = "jsonl"
    CSV = "csv"


@unique
class JoinName(StrEnum):
    """Lookup to make for the WorkSpaces; NONE stands for no lookup at all."""

    DIRECTORY = "directory"
    BUNDLE = "bundle"
    CONNECTION = "connection"
    TAGS = "tags"
    NONE = "none"


DEFAULT_JOINS: Final = (JoinName.DIRECTORY, JoinName.BUNDLE, JoinName.CONNECTION)
"""Not the tags, which take a call for each WorkSpace."""

SELECTION: Final = "Selection"
"""Panel of the help."""
States = Annotated[
    list[str] | None,
    typer.Option("--state", metavar="STATE", help="Only WorkSpaces in this state; repeat.", rich_help_panel=SELECTION),
]
Tags = Annotated[
    list[str] | None,
    typer.Option(
        "--tag",
        metavar="KEY[=VALUE]",
        help="Only WorkSpaces with this tag; repeat for several, all of which they must have.",
        rich_help_panel=SELECTION,
    ),
]
IdleDays = Annotated[
    float | None,
    typer.Option(
        "--idle-days",
        metavar="DAYS",
        help="Only WorkSpaces whose last connection started so many days ago.",
        rich_help_panel=SELECTION,
    ),
]
Joins = Annotated[
    list[JoinName] | None,
    typer.Option(
        "--join",
        metavar="NAME",
        help="Lookups to make: directory, bundle, connection, tags (a call for each WorkSpace), or none; repeat. "
        "Default: all but tags.",
    ),
]
FormatOption = Annotated[
    Format | None,
    typer.Option("--format", metavar="FORMAT", help="jsonl or csv. Default: the ending of --output, or jsonl."),
]
OutputFile = Annotated[
    Path | None, typer.Option("--output", metavar="FILE", help="File to write. Default: the standard output.")
]
SkipFailed = Annotated[
    bool, typer.Option("--skip-failed", help="Leave out accounts and regions that cannot be read, and end with 3.")
]


def inventory(
    *,
    region: Regions = None,
    profile: Profiles = None,
    state: States = None,
    tag: Tags = None,
    idle_days: IdleDays = None,
    join: Joins = None,
    form: FormatOption = None,
    output: OutputFile = None,
    skip_failed: SkipFailed = False,
    vpc_endpoint: VpcEndpoint = None,
    private_dns: PrivateDns = False,
    fips: Fips = False,
    dualstack: Dualstack = False,
    endpoint_url: EndpointUrl = None,
    sts_endpoint: StsEndpoint = None,
    sts_vpc_endpoint: StsVpcEndpoint = None,
    proxy: Proxy = None,
    ca_file: CaFile = None,
    extra_ca_file: ExtraCaFile = None,
    expected_account: ExpectedAccount = None,
) -> None:
    """Write a line for each WorkSpace of accounts and regions.

    It reads, and changes nothing.

    Exit code 0: everything was read; 2: usage, or an error; 3: a site was left out with --skip-failed.
    """
    from wsclient.fleet import Fleet  # noqa: PLC0415 - other commands do not wait for the import of fleets

    keep_warnings_from_the_terminal()
    require_account_id(expected_account)
    chosen = form or _format_of(output)
    failed: list[SiteError] = []
    try:
        fleet = Fleet(
            read_only=True,
            **connection_options(
                region=region,
                profile=profile,
                vpc_endpoint=vpc_endpoint,
                private_dns=private_dns,
                fips=fips,
                dualstack=dualstack,
                endpoint_url=endpoint_url,
                sts_endpoint=sts_endpoint,
                sts_vpc_endpoint=sts_vpc_endpoint,
                proxy=proxy,
                ca_file=ca_file,
                extra_ca_file=extra_ca_file,
                expected_account=expected_account,
            ),
        )
        where = _selection(state or (), tag or (), idle_days)
        joins = _joins(join or DEFAULT_JOINS)
        query: dict[str, Any] = {"where": where, "join": joins, "on_site_error": failed.append if skip_failed else None}
        count, unknown = _run(fleet, query, chosen, output)
    except WsclientError as error:
        end_with_error(error, _PHRASES)
    except OSError as error:
        if error.filename is None:  # the standard output, as of every command
            raise
        usage_error(f"cannot write {error.filename}: {error.strerror}")
    for site_error in failed:
        print_failure(site_error, _PHRASES)
    _print_summary(count, unknown, output)
    if failed:
        raise typer.Exit(INCOMPLETE)


def _format_of(output: Path | None) -> Format:
    """Return the format that a file's name says, JSON lines without a file."""
    if output is None:
        return Format.JSONL
    try:
        return Format(output.suffix.lower().removeprefix("."))
    except ValueError:
        usage_error(f"--output {output}: its ending must be .jsonl or .csv; or add --format")


def _selection(states: Sequence[str], tags: Sequence[str], idle_days: float | None) -> Predicate:
    """Return the predicate of the options together."""
    from wsclient.fleet import where  # noqa: PLC0415 - as above

    selection = where.everything()
    if states:
        selection &= where.state(*cast("Sequence[WorkspaceStateText]", states))
    for text in tags:
        key, separator, value = text.partition("=")
        selection &= where.tag(key, value) if separator else where.has_tag(key)
    if idle_days is not None:
        selection &= where.idle_for(days=idle_days)
    return selection


def _joins(names: Sequence[JoinName]) -> list[str]:
    if JoinName.NONE in names and len(names) > 1:
        usage_error("--join none excludes every other --join")
    return [name.value for name in names if name is not JoinName.NONE]


def _run(fleet: Fleet, query: dict[str, Any], form: Format, output: Path | None) -> tuple[int, int]:
    """Write the rows; return their number, and that of the WorkSpaces for which the selection is unknown."""

    async def main(on_progress: ProgressLine) -> tuple[int, int]:
        async with fleet:
            inventory = fleet.inventory(**query)
            return await _write(inventory, form, output, on_progress), inventory.unknown

    with ProgressLine() as line:
        try:
            return asyncio.run(main(line))
        except KeyboardInterrupt:
            line.close()
            what = "the output is incomplete" if output is None else "no file was written"
            end_interrupted(f"interrupted: {what}")


async def _write(inventory: FleetInventory, form: Format, output: Path | None, on_progress: ProgressLine) -> int:
    from wsclient.fleet._inventory.export import csv_head, csv_lines, json_lines  # noqa: PLC0415 - as above

    is_csv, count = form is Format.CSV, 0
    encode = partial(csv_lines, guards_formulas=True) if is_csv else json_lines
    async with _opened(output, csv_head() if is_csv else b"") as write, aclosing(inventory.entries()) as lists:
        async for entries in lists:
            rows = [row for row, _ in entries]
            count += len(rows)
            await write(partial(encode, rows))
            on_progress(f"{count:,} WorkSpaces")
    return count


@asynccontextmanager
async def _opened(output: Path | None, head: bytes) -> AsyncGenerator[Callable[[Callable[[], bytes]], Awaitable[None]]]:
    """Open a file, which appears when it is complete, or the standard output; yield the function that writes to it."""
    if output is not None:
        async with AtomicFile(output, head) as file:
            yield file.write
        return
    stream = typer.get_binary_stream("stdout")

    async def write(encode: Callable[[], bytes]) -> None:
        stream.write(encode())

    stream.write(head)
    yield write
    stream.flush()


def _print_summary(count: int, unknown: int, output: Path | None) -> None:
    """Print what was written, and how many WorkSpaces were left out because the selection is unknown for them."""
    if output is not None:
        typer.echo(f"wrote {count:,} WorkSpaces to {output}")
    if unknown:
        message = f"left out {unknown:,} WorkSpaces, whose last connection or tags AWS does not return"
        typer.echo(message, err=True)
