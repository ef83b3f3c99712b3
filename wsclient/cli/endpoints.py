"""Command `wsclient endpoints`: the host of each type of endpoint, by region; a dash if AWS has no such endpoint."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from wsclient._core.errors import EndpointResolutionError
from wsclient._generated.partitions import LISTED
from wsclient.cli.common_options import USAGE_ERROR, AsJson
from wsclient.cli.shell_terms import in_shell_terms
from wsclient.endpoints._resolver import resolve_endpoint
from wsclient.endpoints._types import EndpointParameters

if TYPE_CHECKING:
    from collections.abc import Sequence

SERVICES: Final = ("workspaces", "sts")
VPCE: Final = "vpce-0123"
NO_ENDPOINT: Final = "-"


def endpoints(
    region: Annotated[str | None, typer.Argument(help="A region; all regions by default.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Print the host of each type of endpoint, or a dash if AWS has no such endpoint."""
    names = regions() if region is None else [region]
    try:
        if as_json:
            typer.echo(json.dumps({name: hosts(name) for name in names}, indent=2))
        else:
            show(Console(), names)
    except EndpointResolutionError as error:
        typer.echo(in_shell_terms(str(error)).replace("--region ", "", 1), err=True)
        raise typer.Exit(USAGE_ERROR) from None


def regions() -> list[str]:
    """Return the regions in which AWS lists WorkSpaces."""
    return sorted(LISTED["workspaces", "public"])


def hosts(region: str) -> dict[str, dict[str, str]]:
    """Return the host of each type of endpoint, by service and type.

    Raises EndpointResolutionError for an unknown region.
    """
    resolve_endpoint(EndpointParameters(service="sts", region=region))
    return {service: _hosts(service, region) for service in SERVICES}


def show(console: Console, names: Sequence[str]) -> None:
    """Print a table for each of the named regions."""
    for region in names:
        table = Table(title=region, title_justify="left", box=None, show_header=False, pad_edge=False)
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for service, service_hosts in hosts(region).items():
            for kind, host in service_hosts.items():
                table.add_row(f"{service} {kind}", host)
        console.print(table)
        console.print()


def _hosts(service: str, region: str) -> dict[str, str]:
    parameters_by_kind = {
        "public": EndpointParameters(service=service, region=region),
        "dual-stack": EndpointParameters(service=service, region=region, use_dualstack=True),
        "FIPS": EndpointParameters(service=service, region=region, use_fips=True),
        "FIPS, dual-stack": EndpointParameters(service=service, region=region, use_fips=True, use_dualstack=True),
        "PrivateLink": EndpointParameters(service=service, region=region, vpc_endpoint=VPCE),
        "FIPS, PrivateLink": EndpointParameters(service=service, region=region, use_fips=True, vpc_endpoint=VPCE),
        "private DNS": EndpointParameters(service=service, region=region, private_dns=True),
    }
    return {kind: _host(parameters) for kind, parameters in parameters_by_kind.items()}


def _host(parameters: EndpointParameters) -> str:
    try:
        return resolve_endpoint(parameters).host.replace(VPCE, "VPCE")
    except EndpointResolutionError:
        return NO_ENDPOINT
