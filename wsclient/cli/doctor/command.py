"""Command `wsclient doctor`: creates a client from the options and prints its diagnosis."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from wsclient._core.clock import SYSTEM_CLOCK
from wsclient._core.errors import ConfigurationError, EndpointResolutionError
from wsclient._core.http import Timeout
from wsclient.cli.common_options import (
    AsJson,
    CaFile,
    Dualstack,
    EndpointUrl,
    ExpectedAccount,
    ExtraCaFile,
    Fips,
    PrivateDns,
    Profile,
    Proxy,
    Region,
    StsEndpoint,
    StsVpcEndpoint,
    VpcEndpoint,
    keep_warnings_from_the_terminal,
    require_account_id,
    sts_routing,
)
from wsclient.cli.doctor import report
from wsclient.cli.doctor.context import Diagnosis
from wsclient.cli.doctor.diagnosis import diagnose
from wsclient.cli.doctor.remedies import PAGES
from wsclient.cli.doctor.report import failed
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
    timeout: Annotated[float, typer.Option(min=0.1, metavar="SECONDS", help="Timeout of each step, in seconds.")] = 5.0,
    as_json: AsJson = False,
) -> None:
    """Check each step of a call and print its result and a remedy. The exit code is 1 if a step failed."""
    keep_warnings_from_the_terminal()
    require_account_id(expected_account)
    try:
        settings = ClientConfig.load(
            "workspaces", region=region, profile=profile, endpoint_url=endpoint_url, proxy=proxy
        )
        client = WorkSpacesClient(
            config=settings,
            vpc_endpoint=vpc_endpoint,
            private_dns=private_dns or None,
            use_fips=fips or None,
            use_dualstack=dualstack or None,
            sts=sts_routing(sts_endpoint, sts_vpc_endpoint),
            tls=TLSPolicy(ca_file=ca_file or settings.ca_bundle.value, extra_ca_file=extra_ca_file),
            timeout=Timeout(connect=timeout, read=timeout, write=timeout),
            retry=RetryPolicy(mode="off"),
        )
    except EndpointResolutionError as error:
        _end([failed("endpoint", str(error), f"change one of the settings; see {PAGES['endpoints']}")], as_json=as_json)
    except ConfigurationError as error:
        _end([failed("settings", str(error), "correct the setting that the message names")], as_json=as_json)
    else:
        at = Diagnosis(client=client, clock=SYSTEM_CLOCK, seconds=timeout, expected_account=expected_account)
        _end(asyncio.run(_run(at)), as_json=as_json)


async def _run(at: Diagnosis) -> list[Step]:
    async with at.client:
        return await diagnose(at)


def _end(steps: list[Step], *, as_json: bool) -> None:
    if as_json:
        typer.echo(report.as_json(steps))
    else:
        report.show(Console(), steps)
    raise typer.Exit(report.exit_code(steps))
