"""Clients of EC2, Directory Service and IAM that are made from a WorkSpaces client."""

from __future__ import annotations

import asyncio
import json
import pickle
import traceback
from typing import TYPE_CHECKING, Any

import httpx
import pytest

import wsclient
from wsclient._client.operations.ds import DsOperations
from wsclient._client.operations.ec2 import Ec2Operations
from wsclient._client.operations.iam import IamOperations
from wsclient._client.other_service_clients import side_client
from wsclient.endpoints import Reach, ServiceRouting
from wsclient.endpoints._other_services import side_endpoint_parameters
from wsclient.errors import EndpointResolutionError, RequestValidationError, ResponseParseError
from wsclient.testing import Recorder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wsclient._client.base_client import BaseClient

KEYS = wsclient.Credentials("AKIDEXAMPLE", "secret")
NO_FILES = {"HOME": "/nonexistent"}
SERVICES: dict[str, type[BaseClient]] = {"ec2": Ec2Operations, "ds": DsOperations, "iam": IamOperations}


def client(environ: dict[str, str] | None = None, **options: Any) -> wsclient.WorkSpacesClient:
    """Return a WorkSpaces client with these settings."""
    config = wsclient.ClientConfig.load("workspaces", environ=NO_FILES | (environ or {}), region="us-west-2")
    settings: dict[str, Any] = {"credentials": KEYS, "config": config} | options
    return wsclient.WorkSpacesClient(**settings)


PUBLIC = [
    ({}, "ec2", "ec2.us-west-2.amazonaws.com", "us-west-2"),
    ({}, "ds", "ds.us-west-2.amazonaws.com", "us-west-2"),
    ({}, "iam", "iam.amazonaws.com", "us-east-1"),
    ({"use_fips": True}, "ec2", "ec2-fips.us-west-2.amazonaws.com", "us-west-2"),
    ({"use_fips": True}, "ds", "ds-fips.us-west-2.amazonaws.com", "us-west-2"),
    ({"use_fips": True}, "iam", "iam-fips.amazonaws.com", "us-east-1"),
    ({"use_dualstack": True}, "ec2", "ec2.us-west-2.api.aws", "us-west-2"),
    ({"use_dualstack": True}, "iam", "iam.global.api.aws", "us-east-1"),
    ({"region": "us-gov-west-1", "use_fips": True}, "ec2", "ec2.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
    ({"region": "us-gov-east-1", "use_fips": True}, "iam", "iam.us-gov.amazonaws.com", "us-gov-west-1"),
    ({"region": "cn-northwest-1"}, "iam", "iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
]


@pytest.mark.parametrize(("options", "service", "host", "region"), PUBLIC)
def test_side_client_endpoint_follows_the_client(options: dict[str, Any], service: str, host: str, region: str) -> None:
    """Region, FIPS and dual-stack are the client's; IAM is signed for the region of its partition's endpoint."""
    side = side_client(client(**options), SERVICES[service])
    assert (side.endpoint.host, side.endpoint.signing_region, side.endpoint.signing_name) == (host, region, service)
    assert side.endpoint.is_fips == options.get("use_fips", False)


UNLISTED = [
    ({"region": "eu-west-1", "use_fips": True}, "ec2", "use_fips"),
    ({"region": "eu-west-1", "use_fips": True}, "ds", "use_fips"),
    ({"use_dualstack": True}, "ds", "use_dualstack"),
    ({"region": "cn-northwest-1", "use_fips": True}, "iam", "use_fips"),
]


@pytest.mark.parametrize(("options", "service", "setting"), UNLISTED)
def test_unlisted_side_endpoint_is_rejected(options: dict[str, Any], service: str, setting: str) -> None:
    """No host is made up for FIPS or dual-stack: the error names the setting."""
    settings: dict[str, Any] = {"region": "us-west-2"} | options
    requested = wsclient.EndpointParameters(service="workspaces", **settings)
    config = client().config
    parameters = side_endpoint_parameters(service, requested, wsclient.EndpointKind.PUBLIC, None, config)
    with pytest.raises(EndpointResolutionError, match=setting):
        wsclient.resolve_endpoint(parameters)


PRIVATE = [
    {"vpc_endpoint": "vpce-0123-abcd"},
    {"private_dns": True},
    {"endpoint_url": "https://gateway.bank.internal"},
    {"endpoint_url": "https://vpce-0123-abcd.workspaces.us-west-2.vpce.amazonaws.com"},
]


@pytest.mark.parametrize("options", PRIVATE)
@pytest.mark.parametrize("service", SERVICES)
def test_private_client_needs_reach_to_call_other_services(options: dict[str, Any], service: str) -> None:
    """A client of a private or custom endpoint reaches another service only as reach= or a configured URL says."""
    configured = client(**options)
    with pytest.raises(EndpointResolutionError, match=rf"reach=Reach\({service}=") as caught:
        side_client(configured, SERVICES[service])
    assert 'reach="public"' in str(caught.value)
    assert side_client(configured, SERVICES[service], "public").endpoint.kind is wsclient.EndpointKind.PUBLIC
    routed = side_client(
        configured, SERVICES[service], Reach(**{service: ServiceRouting(endpoint_url="https://x.bank")})
    )
    assert routed.endpoint.url == "https://x.bank"


def test_reach_accepts_interface_endpoints() -> None:
    """A service may be reached through its own interface endpoint, by id or with every setting of a routing."""
    reach = Reach(ec2="vpce-0123-abcd", ds=ServiceRouting(private_dns=True), iam=ServiceRouting(use_fips=True))
    ec2, ds, iam = (side_client(client(), SERVICES[name], reach).endpoint for name in ("ec2", "ds", "iam"))
    assert ec2.host == "vpce-0123-abcd.ec2.us-west-2.vpce.amazonaws.com"
    assert (ds.host, ds.kind) == ("ds.us-west-2.amazonaws.com", wsclient.EndpointKind.PRIVATE_DNS)
    assert iam.host == "iam-fips.amazonaws.com"


def test_errors_name_the_argument_of_reach() -> None:
    """A conflict between settings of a routing names the argument that it came from."""
    reach = Reach(ec2=ServiceRouting(vpc_endpoint="vpce-0123-abcd", endpoint_url="https://x.bank"))
    with pytest.raises(EndpointResolutionError, match=r"argument reach=Reach\(ec2=ServiceRouting\(endpoint_url=…\)"):
        side_client(client(), Ec2Operations, reach)
    wrong = ServiceRouting(endpoint_url="https://vpce-0123-abcd.ds.us-west-2.vpce.amazonaws.com")
    with pytest.raises(EndpointResolutionError, match="belongs to 'ds', not to Amazon EC2"):
        side_client(client(), Ec2Operations, Reach(ec2=wrong))


def test_a_reach_that_names_no_endpoint_is_refused() -> None:
    """The error names the service, when the Reach is made."""
    with pytest.raises(EndpointResolutionError, match=r"reach=Reach\(ds=\.\.\.\): 'nonsense' is not an interface"):
        Reach(ds="nonsense")


VARIABLES = {"ec2": "AWS_ENDPOINT_URL_EC2", "ds": "AWS_ENDPOINT_URL_DIRECTORY_SERVICE", "iam": "AWS_ENDPOINT_URL_IAM"}


@pytest.mark.parametrize(("service", "variable"), VARIABLES.items())
def test_the_configured_url_of_a_service_is_used(service: str, variable: str) -> None:
    """AWS_ENDPOINT_URL and its variant for the service decide, also for a private client; a reach beats them."""
    environ = {variable: "https://own.bank", "AWS_ENDPOINT_URL_WORKSPACES": "https://ws.bank"}
    for options in ({}, {"vpc_endpoint": "vpce-0123-abcd"}):
        configured = client(environ, **options)
        assert side_client(configured, SERVICES[service]).endpoint.url == "https://own.bank"
    routed = side_client(client(environ), SERVICES[service], Reach(**{service: "vpce-0123-abcd"}))
    assert routed.endpoint.kind is wsclient.EndpointKind.PRIVATELINK
    assert side_client(client({"AWS_ENDPOINT_URL": "https://all.bank"}), SERVICES[service]).endpoint.host == "all.bank"
    with pytest.raises(EndpointResolutionError, match="reach="):
        side_client(client({"AWS_ENDPOINT_URL_WORKSPACES": "https://ws.bank"}), SERVICES[service])


async def _call(side: Ec2Operations) -> None:
    await side.create_tags(resources=["vpce-1"], tags=[])


def test_side_client_shares_guards_and_credentials() -> None:
    """read_only holds for every service; credentials are the client's own provider, and the pace is not."""
    configured = client(read_only=True, pace=wsclient.Pace(rate=2, burst=5))
    side = side_client(configured, Ec2Operations)
    coroutine = _call(side)
    with pytest.raises(RequestValidationError, match="read_only"):
        coroutine.send(None)
    assert side._identity is configured._identity
    assert side._provider_context is configured._provider_context
    assert side.pace.mode != configured.pace.mode
    assert side._shared.transport is not configured._shared.transport


SECRET = "radius-shared-secret-0123"


def _answer(body: bytes) -> Callable[[httpx.Request], httpx.Response]:
    headers = {"content-type": "application/x-amz-json-1.1", "x-amzn-requestid": "0a1b"}
    return lambda _: httpx.Response(200, content=body, headers=headers)


@pytest.mark.parametrize("cut", [False, True])
def test_radius_shared_secret_is_never_exposed(tmp_path: Path, caplog: pytest.LogCaptureFixture, *, cut: bool) -> None:
    """A shared secret that Directory Service answers is in no result, error, log, traceback or recording."""
    caplog.set_level("DEBUG")
    radius = {"RadiusSettings": {"SharedSecret": SECRET, "RadiusPort": 1812}}
    body = json.dumps({"DirectoryDescriptions": [{"DirectoryId": "d-1", **radius}]}).encode()
    recorder = Recorder(
        tmp_path / "calls.json", transport=httpx.MockTransport(_answer(body[:-3] if cut else body)), mode="record"
    )
    seen: list[str] = []

    async def main() -> None:
        async with recorder, client(transport=recorder) as ws, side_client(ws, DsOperations) as ds:
            try:
                found = await ds.describe_directories().collect()
                assert found[0].radius_settings is not None
                seen.append(f"{found!r} {found[0].to_dict()} {pickle.dumps(found)!r}")
            except ResponseParseError as error:
                seen.append(f"{error} {vars(error)} {''.join(traceback.format_exception(error))}")

    asyncio.run(main())
    (text,) = seen
    assert ("RadiusPort" in text) is not cut
    assert SECRET not in text + caplog.text + (tmp_path / "calls.json").read_text()
