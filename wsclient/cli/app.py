"""The commands: doctor, and endpoints."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from wsclient._core.clock import SYSTEM_CLOCK
from wsclient._core.errors import ConfigurationError, EndpointResolutionError
from wsclient._core.http import Timeout
from wsclient.cli import endpoints as routing
from wsclient.cli import report
from wsclient.cli.doctor import Doctor
from wsclient.cli.report import failed
from wsclient.config._client_config import ClientConfig
from wsclient.retries._policy import RetryPolicy
from wsclient.tls._policy import TLSPolicy
from wsclient.workspaces._client import WorkSpacesClient

if TYPE_CHECKING:
    from wsclient.cli.report import Step

USAGE = 2
app = typer.Typer(add_completion=False, no_args_is_help=True, help="Look at the way to Amazon WorkSpaces.")

Region = Annotated[str | None, typer.Option(help="AWS region, as us-west-2.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]


@app.command()
def doctor(
    region: Region = None,
    profile: Annotated[str | None, typer.Option(help="Profile of the AWS files.")] = None,
    vpc_endpoint: Annotated[str | None, typer.Option(help="Id of an interface endpoint (PrivateLink).")] = None,
    private_dns: Annotated[bool, typer.Option("--private-dns", help="The public name, at private addresses.")] = False,  # noqa: FBT002 - a flag
    fips: Annotated[bool, typer.Option("--fips", help="The FIPS endpoint.")] = False,  # noqa: FBT002 - a flag
    dualstack: Annotated[bool, typer.Option("--dualstack", help="The dual-stack endpoint.")] = False,  # noqa: FBT002 - a flag
    endpoint_url: Annotated[str | None, typer.Option(help="A URL to call instead.")] = None,
    ca_file: Annotated[str | None, typer.Option(help="Authorities to trust instead of the system's (PEM).")] = None,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds that a step may wait.")] = 5.0,
    as_json: AsJson = False,  # noqa: FBT002 - a flag
) -> None:
    """Walk the path of a call, and say for each step how it went and what to do. Ends with 1 when a step failed."""
    # The steps say it all: what is logged besides would come between them.
    logging.getLogger("wsclient").addHandler(logging.NullHandler())
    try:
        settings = ClientConfig.load("workspaces", region=region, profile=profile, endpoint_url=endpoint_url)
        client = WorkSpacesClient(
            config=settings,
            vpc_endpoint=vpc_endpoint,
            private_dns=private_dns or None,
            use_fips=fips or None,
            use_dualstack=dualstack or None,
            tls=TLSPolicy(ca_file=ca_file or settings.ca_bundle.value),
            timeout=Timeout(connect=timeout, read=timeout, write=timeout),
            retry=RetryPolicy(mode="off"),
        )
    except EndpointResolutionError as error:
        _end([failed("endpoint", str(error), "choose one of the settings that it names")], as_json=as_json)
    except ConfigurationError as error:
        _end([failed("settings", str(error), "mend the setting that it names")], as_json=as_json)
    else:
        _end(asyncio.run(_looked_at(client, timeout)), as_json=as_json)


@app.command()
def endpoints(
    region: Annotated[str | None, typer.Argument(help="One region; all of them otherwise.")] = None,
    as_json: AsJson = False,  # noqa: FBT002 - a flag
) -> None:
    """Print where requests of each kind go; a dash where AWS has nothing."""
    chosen = routing.regions() if region is None else [region]
    try:
        if as_json:
            typer.echo(json.dumps({one: routing.hosts(one) for one in chosen}, indent=2))
        else:
            routing.show(Console(), chosen)
    except EndpointResolutionError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(USAGE) from None


async def _looked_at(client: WorkSpacesClient, seconds: float) -> list[Step]:
    async with client:
        return await Doctor(client=client, clock=SYSTEM_CLOCK, seconds=seconds).steps()


def _end(steps: list[Step], *, as_json: bool) -> None:
    if as_json:
        typer.echo(report.as_json(steps))
    else:
        report.show(Console(), steps)
    raise typer.Exit(report.exit_code(steps))
