"""Options and arguments that several commands have, so that they are spelled and explained alike."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer

from wsclient.endpoints._routing import StsRouting

if TYPE_CHECKING:
    from typer.models import OptionInfo

USAGE_ERROR: Final = 2
"""Exit code for options that cannot be used together, or whose value is not valid."""
INTERRUPTED: Final = 130
"""Exit code after Ctrl-C, as of shells: 128 and the number of SIGINT."""

Region = Annotated[str | None, typer.Option(help="AWS region, for example us-west-2.")]
Profile = Annotated[str | None, typer.Option(help="Profile in the shared AWS config files.")]
Regions = Annotated[
    list[str] | None, typer.Option("--region", metavar="REGION", help="AWS region, as us-west-2; repeat for several.")
]
Profiles = Annotated[
    list[str] | None,
    typer.Option("--profile", metavar="NAME", help="Profile in the shared AWS config files; repeat for several."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

CONNECTION: Final = "Connection"
"""Panel of the help."""


def _connection(text: str, *names: str, metavar: str | None = None) -> OptionInfo:
    option: OptionInfo = typer.Option(*names, metavar=metavar, help=text, rich_help_panel=CONNECTION)
    return option


VpcEndpoint = Annotated[
    str | None, _connection("Interface endpoint (PrivateLink): first label of its DNS name.", metavar="ID")
]
PrivateDns = Annotated[bool, _connection("Use private DNS of the VPC.", "--private-dns")]
Fips = Annotated[bool, _connection("Use the FIPS endpoint.", "--fips")]
Dualstack = Annotated[bool, _connection("Use the dual-stack endpoint.", "--dualstack")]
EndpointUrl = Annotated[str | None, _connection("Endpoint URL to use instead of the region's.", metavar="URL")]
StsEndpoint = Annotated[str | None, _connection("Endpoint URL of STS.", metavar="URL")]
StsVpcEndpoint = Annotated[str | None, _connection("Interface endpoint of STS.", metavar="ID")]
Proxy = Annotated[str | None, _connection("Proxy to use instead of HTTPS_PROXY.", metavar="URL")]
CaFile = Annotated[str | None, _connection("CA certificates that replace the system's (PEM).", metavar="FILE")]
ExtraCaFile = Annotated[
    str | None, _connection("CA certificates to add, as of a corporate proxy (PEM).", metavar="FILE")
]
ExpectedAccount = Annotated[
    str | None, _connection("Account id that the credentials must belong to.", metavar="ACCOUNT")
]


def keep_warnings_from_the_terminal() -> None:
    """Keep the output of a command free of log records: without a handler, Python prints warnings to stderr."""
    logging.getLogger("wsclient").addHandler(logging.NullHandler())


def require_account_id(expected_account: str | None) -> None:
    """End the command if --expected-account is not an account id."""
    if expected_account is not None and re.fullmatch("[0-9]{12}", expected_account) is None:
        message = f"{expected_account!r:.40} is not an account id of 12 digits"
        raise typer.BadParameter(message, param_hint="--expected-account")


def sts_routing(url: str | None, vpc_endpoint: str | None) -> StsRouting | None:
    """Return where STS is called, or None if no option says so."""
    return StsRouting(endpoint_url=url, vpc_endpoint=vpc_endpoint) if url or vpc_endpoint else None


def end_interrupted(message: str) -> NoReturn:
    """Print what Ctrl-C leaves behind, and end the command with the exit code for that."""
    typer.echo(message, err=True)
    raise typer.Exit(INTERRUPTED)


def usage_error(message: str) -> NoReturn:
    """Print what is wrong with the options, and end the command with the exit code for that."""
    typer.echo(message, err=True)
    raise typer.Exit(USAGE_ERROR)
