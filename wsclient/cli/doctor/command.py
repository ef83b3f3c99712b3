"""Command `wsclient doctor`: creates a client from the options and prints its diagnosis."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from wsclient._core.clock import SYSTEM_CLOCK
from wsclient._core.errors import ConfigurationError, EndpointResolutionError
from wsclient._core.http import Timeout
from wsclient.cli.doctor import report
from wsclient.cli.doctor.diagnosis import Doctor
from wsclient.cli.doctor.report import failed
from wsclient.cli.options import AsJson, Profile, Region  # noqa: TC001 - typer reads the annotations
from wsclient.config._client_config import ClientConfig
from wsclient.retries._policy import RetryPolicy
from wsclient.tls._policy import TLSPolicy
from wsclient.workspaces._client import WorkSpacesClient

if TYPE_CHECKING:
    from wsclient.cli.doctor.report import Step


def doctor(
    *,
    region: Region = None,
    profile: Profile = None,
    vpc_endpoint: Annotated[str | None, typer.Option(help="Id of an interface endpoint (PrivateLink).")] = None,
    private_dns: Annotated[bool, typer.Option("--private-dns", help="Use private DNS of the VPC.")] = False,
    fips: Annotated[bool, typer.Option("--fips", help="Use the FIPS endpoint.")] = False,
    dualstack: Annotated[bool, typer.Option("--dualstack", help="Use the dual-stack endpoint.")] = False,
    endpoint_url: Annotated[str | None, typer.Option(help="Endpoint URL to use instead of the region's.")] = None,
    ca_file: Annotated[str | None, typer.Option(help="CA certificates that replace the system's (PEM file).")] = None,
    timeout: Annotated[float, typer.Option(min=0.1, help="Timeout of each step, in seconds.")] = 5.0,
    as_json: AsJson = False,
) -> None:
    """Check each step of a call and print its result and a remedy. The exit code is 1 if a step failed."""
    # Without a handler, Python would print warnings of wsclient to stderr, between the steps.
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
        _end([failed("endpoint", str(error), "change one of the settings that the message names")], as_json=as_json)
    except ConfigurationError as error:
        _end([failed("settings", str(error), "correct the setting that the message names")], as_json=as_json)
    else:
        _end(asyncio.run(_run_doctor(client, timeout)), as_json=as_json)


async def _run_doctor(client: WorkSpacesClient, seconds: float) -> list[Step]:
    async with client:
        return await Doctor(client=client, clock=SYSTEM_CLOCK, seconds=seconds).steps()


def _end(steps: list[Step], *, as_json: bool) -> None:
    if as_json:
        typer.echo(report.as_json(steps))
    else:
        report.show(Console(), steps)
    raise typer.Exit(report.exit_code(steps))
