"""User-Agent: feature ids of a call, as in botocore."""

# botocore has no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import asyncio
import re
from functools import reduce
from typing import TYPE_CHECKING, Any

import botocore.session
import httpx
import pytest
from botocore.auth import SIGNED_HEADERS_BLACKLIST
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.useragent import _USERAGENT_FEATURE_MAPPINGS as BOTOCORE_IDS

import wsclient
from tests.support.bare_clients import NO_SETTINGS
from tests.support.fake_sts import FakeSts
from wsclient._core import features
from wsclient._pipeline.user_agent import user_agent
from wsclient.credentials import AssumeRoleProvider, Credentials, ScopedCredentialsProvider, SessionTokenProvider
from wsclient.endpoints import EndpointParameters, resolve_endpoint
from wsclient.signing import UNSIGNED_HEADERS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

KEYS = Credentials("AKIAKEY", "secret")
ROLE = "arn:aws:iam::210987654321:role/operators"
TRACE = {"traceparent": "00-1-2-01", "tracestate": "a=b", "baggage": "user=mary", "X-Amzn-Trace-Id": "Root=1"}
PAGES: tuple[dict[str, object], ...] = (
    {"Workspaces": [{"WorkspaceId": "ws-0123456789", "State": "AVAILABLE"}], "NextToken": "more"},
    {"Workspaces": []},
)
CHECKSUMS = {"Z", "b"}
"""Ids of botocore's checksum settings, of use to S3 alone."""


def _ids(header: str) -> set[str]:
    (found,) = re.findall(r"(?:^| )m/(\S+)", header)
    return set(found.split(","))


def _sent(call: Callable[[wsclient.WorkSpacesClient], Awaitable[object]], **options: Any) -> list[httpx.Request]:
    """Return the requests of a call; listings have two pages."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        page = PAGES[1] if b"NextToken" in request.content else PAGES[0]
        return httpx.Response(200, json=page, headers={"x-amzn-requestid": "1"})

    async def main() -> None:
        settings: Any = {
            "config": NO_SETTINGS,
            "credentials": KEYS,
            "transport": httpx.MockTransport(answer),
            **options,
        }
        async with wsclient.WorkSpacesClient(**settings) as ws:
            await call(ws)

    asyncio.run(main())
    return seen


def _botocore_ids(*, paginate: bool = False, **options: Any) -> list[set[str]]:
    """Return the ids that botocore sends with each request of a listing with two pages."""
    session = botocore.session.Session()
    client = session.create_client(
        "workspaces", region_name="us-west-2", aws_access_key_id="AKIAKEY", aws_secret_access_key="secret", **options
    )
    seen: list[set[str]] = []

    def answer(request: Any, **_: object) -> AWSResponse:  # botocore has no types
        seen.append(_ids(str(request.headers["User-Agent"], "ascii")) - CHECKSUMS)
        body = b'{"NextToken": "more"}' if len(seen) == 1 else b"{}"
        return type("Answer", (AWSResponse,), {"content": body})(request.url, 200, {}, None)

    client.meta.events.register("before-send.workspaces", answer)
    if paginate:
        list(client.get_paginator("describe_workspaces").paginate())
    else:
        client.describe_workspaces()
    return seen


async def _one_page(ws: wsclient.WorkSpacesClient) -> None:
    await ws.describe_workspaces()


async def _all_pages(ws: wsclient.WorkSpacesClient) -> None:
    await ws.describe_workspaces().collect()


@pytest.mark.parametrize("mode", ["standard", "adaptive"])
def test_user_agent_features_equal_botocores(mode: Any) -> None:
    """Every call has the ids of retry mode and explicit keys; only pages of a listing have the paginator's id."""
    retry, config = wsclient.RetryPolicy(mode=mode), Config(retries={"mode": mode})
    for call, paginate in ((_one_page, False), (_all_pages, True)):
        ours = [_ids(request.headers["user-agent"]) for request in _sent(call, retry=retry)]
        assert ours == _botocore_ids(paginate=paginate, config=config)


@pytest.mark.parametrize("url", ["https://workspaces.example.com", "https://127.0.0.1:9", None])
def test_configured_url_has_the_endpoint_override_id(url: str | None) -> None:
    """endpoint_url has the id of an endpoint override, and the public endpoint does not."""
    (request,) = _sent(_one_page, endpoint_url=url)
    assert [_ids(request.headers["user-agent"])] == _botocore_ids(endpoint_url=url)


def test_vpc_endpoint_has_the_endpoint_override_id() -> None:
    """vpc_endpoint= has the id of an endpoint override, since boto3 uses endpoint_url for it."""
    vpce = resolve_endpoint(
        EndpointParameters(service="workspaces", region="us-west-2", vpc_endpoint="vpce-0123456789abcdef0-abcdefgh")
    )
    assert features.ENDPOINT_OVERRIDE in user_agent("workspaces", "1", "standard", None, vpce).features


def test_waiter_calls_carry_the_waiter_id() -> None:
    """Every call of a waiter carries the waiter's id, and calls after it do not."""

    async def wait(ws: wsclient.WorkSpacesClient) -> None:
        await ws.wait_until_available(["ws-0123456789"])
        await ws.describe_workspaces()

    *polls, last = (_ids(request.headers["user-agent"]) for request in _sent(wait))
    assert polls
    assert all(features.WAITER in ids for ids in polls)
    assert not {features.WAITER, features.PAGINATOR} & last


def test_paginator_id_is_limited_to_its_own_calls() -> None:
    """A call inside a loop over pages, after leaving it, or concurrent to it does not have the paginator's id."""

    async def mixed(ws: wsclient.WorkSpacesClient) -> None:
        async for _ in ws.describe_workspaces().pages():
            await ws.describe_ip_groups()
            break
        await asyncio.gather(ws.describe_workspaces().collect(), ws.describe_ip_groups().first_page())

    for request in _sent(mixed):
        is_listed = request.headers["x-amz-target"].endswith(".DescribeWorkspaces")
        assert (features.PAGINATOR in _ids(request.headers["user-agent"])) is is_listed


def test_sts_calls_carry_the_ids_of_their_credentials(tmp_path: Path) -> None:
    """AssumeRole and GetScopedCredentials carry the ids of their source; the credentials carry all of the way."""
    sts = FakeSts()
    session = SessionTokenProvider(source=KEYS)
    role = AssumeRoleProvider(role_arn=ROLE, source=session)
    scoped = ScopedCredentialsProvider(role, duration_seconds=60).with_context(sts.context(tmp_path))
    asyncio.run(scoped.get_credentials())
    sources = [_ids(agent) - {"E"} for agent in sts.agents]
    assert sources == [{"e"}, {"e", "m"}, {"e", "m", "i"}]
    assert features.credential_features(scoped) == {"e", "m", "i"}


def test_user_agent_feature_ids_equal_botocores() -> None:
    """Each id has botocore's value; two that botocore does not have are those of AWS's other SDKs."""
    ours = {value for name, value in vars(features).items() if name.isupper() and isinstance(value, str)}
    ours |= set(features.RETRY_MODES.values())
    assert ours - set(BOTOCORE_IDS.values()) == {"j", "m"}
    assert (BOTOCORE_IDS["WAITER"], BOTOCORE_IDS["PAGINATOR"]) == (features.WAITER, features.PAGINATOR)
    assert BOTOCORE_IDS["ENDPOINT_OVERRIDE"] == features.ENDPOINT_OVERRIDE
    for mode, value in features.RETRY_MODES.items():
        assert value == BOTOCORE_IDS[f"RETRY_MODE_{mode.upper()}"]


def test_foreign_features_attribute_of_a_provider_is_ignored() -> None:
    """An attribute _features of a caller's provider that is not a set of ids is ignored."""

    class Vault:
        _features = "secret"

        async def get_credentials(self) -> Credentials:
            return KEYS

    (request,) = _sent(_one_page, credentials=Vault())
    assert _ids(request.headers["user-agent"]) == {"E"}
    assert "secret" not in request.headers["user-agent"]


def test_trace_and_baggage_headers_stay_unsigned() -> None:
    """Headers that proxies and tracing add or change are not signed, as in botocore."""
    assert set(SIGNED_HEADERS_BLACKLIST) <= UNSIGNED_HEADERS

    async def add(attempt: Any, send: Any) -> Any:
        return await send(reduce(lambda so_far, item: so_far.with_header(*item), TRACE.items(), attempt))

    (request,) = _sent(_one_page, middleware=[add])
    assert {name: request.headers[name] for name in TRACE} == TRACE
    signed = re.search(r"SignedHeaders=([^,]+)", request.headers["authorization"])
    assert signed is not None
    assert not {name.lower() for name in TRACE} & set(signed[1].split(";"))
