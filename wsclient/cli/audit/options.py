"""Options of `wsclient audit`, and the values that they take."""

from __future__ import annotations

from enum import StrEnum, unique
from pathlib import Path
from typing import Annotated, Final

import typer

from wsclient.cli.audit.outputs import Format
from wsclient.cli.common_options import CONNECTION


@unique
class Threshold(StrEnum):
    """Severity from which a failure counts."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@unique
class OptionalRead(StrEnum):
    """Read that is made on request only."""

    TAGS = "tags"
    INTERFACES = "interfaces"
    PROBE_PUBLIC = "probe_public"


@unique
class Benchmark(StrEnum):
    """Selection of checks."""

    AWS_PAGE = "aws-page"
    CIS = "cis-euc-1.2"


def check_ids(incomplete: str) -> list[str]:
    """Return the ids of the checks that begin so, for the completion of the shell."""
    from wsclient.audit import CHECKS  # noqa: PLC0415 - other commands do not wait for the audit's import

    return [check.id for check in CHECKS if check.id.startswith(incomplete)]


OUTPUT: Final = "Report"
"""Panel of the help."""

Benchmarks = Annotated[
    list[Benchmark] | None,
    typer.Option("--benchmark", metavar="NAME", help="Checks of aws-page or cis-euc-1.2; repeat. Default: all."),
]
Patterns = Annotated[
    list[str] | None,
    typer.Option("--check", metavar="ID", autocompletion=check_ids, help="Checks to run, as 'access.*'; repeat."),
]
Without = Annotated[
    list[str] | None,
    typer.Option("--without", metavar="ID", autocompletion=check_ids, help="Checks to leave out; repeat."),
]
OptionalReads = Annotated[
    list[OptionalRead] | None,
    typer.Option(
        "--with",
        metavar="READ",
        help="Also read tags (a call for each WorkSpace), interfaces (of the network), or probe_public (a call over "
        "the internet); repeat.",
    ),
]
SettingsFile = Annotated[
    Path | None, typer.Option("--settings", metavar="FILE", help="Intended configuration of the accounts (TOML).")
]
ListChecks = Annotated[bool, typer.Option("--list", help="Print the checks; send nothing.")]
PrintPolicy = Annotated[bool, typer.Option("--policy", help="Print the IAM policy that it needs; send nothing.")]
EstimateFor = Annotated[
    int | None,
    typer.Option("--estimate", min=0, metavar="N", help="Print the calls for N WorkSpaces; send nothing."),
]
Scoped = Annotated[bool, typer.Option("--scoped", help="Call with credentials that STS has narrowed to --policy.")]
Formats = Annotated[
    list[Format] | None,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help=f"{', '.join(Format)}; repeat, each with an --output. Default: table.",
        rich_help_panel=OUTPUT,
    ),
]
Outputs = Annotated[
    list[Path] | None,
    typer.Option(
        "--output",
        metavar="FILE",
        help="File of the format (asff: a folder); its ending may say the format.",
        rich_help_panel=OUTPUT,
    ),
]
ExceptionsFile = Annotated[
    Path | None,
    typer.Option(
        "--exceptions", metavar="FILE", help="Accepted failures and attestations (TOML).", rich_help_panel=OUTPUT
    ),
]
EarlierFile = Annotated[
    Path | None,
    typer.Option(
        "--compare", metavar="FILE", help="Earlier report (json): print what has changed.", rich_help_panel=OUTPUT
    ),
]
FailOn = Annotated[
    Threshold,
    typer.Option(
        "--fail-on",
        metavar="SEVERITY",
        help=f"{', '.join(Threshold)}: failures from there on end with 1.",
        rich_help_panel=OUTPUT,
    ),
]
FailOnUnknown = Annotated[
    bool, typer.Option("--fail-on-unknown", help="End with 3 if anything is unknown.", rich_help_panel=OUTPUT)
]
Ec2 = Annotated[
    str | None,
    typer.Option("--ec2", metavar="ID", help="Interface endpoint of EC2.", rich_help_panel=CONNECTION),
]
Ds = Annotated[
    str | None,
    typer.Option("--ds", metavar="ID", help="Interface endpoint of Directory Service.", rich_help_panel=CONNECTION),
]
Iam = Annotated[
    str | None, typer.Option("--iam", metavar="ID", help="Interface endpoint of IAM.", rich_help_panel=CONNECTION)
]
PublicServices = Annotated[
    bool,
    typer.Option(
        "--public-services", help="Call EC2, Directory Service, IAM at public hosts.", rich_help_panel=CONNECTION
    ),
]
