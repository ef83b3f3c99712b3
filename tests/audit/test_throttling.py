"""Audits under load: throttled reads are waited out, and many sites are read concurrently."""

# Runs audits by the emulator's clock.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from tests.benchmarks.audit import Service
from tests.support.bare_clients import NO_SETTINGS
from tests.support.endpoint_stage import driven
from tests.support.loops import on_a_loop
from wsclient import Credentials, RetryPolicy, WorkSpacesClient
from wsclient.audit import Audit, Outcome, Reason
from wsclient.audit._run import MAX_CONCURRENT_SITES
from wsclient.errors import ThrottlingException
from wsclient.fleet import Fleet
from wsclient.testing import Emulator, HttpAnswer

if TYPE_CHECKING:
    import httpx

LIMIT = HttpAnswer(
    status=503,
    body="<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>slow down</Message></Error></Errors>"
    "<RequestID>r</RequestID></Response>",
)
THROTTLED: list[tuple[str, Any]] = [
    ("DescribeWorkspaceDirectories", ThrottlingException),
    ("DescribeWorkspaces", ThrottlingException),
    ("DescribeWorkspacesConnectionStatus", ThrottlingException),
    ("DescribeSubnets", LIMIT),
    ("GetAccountAuthorizationDetails", ThrottlingException),
]


@pytest.mark.parametrize(("operation", "failure"), THROTTLED, ids=[each[0] for each in THROTTLED])
@on_a_loop
async def test_throttled_reads_are_retried_for_minutes(operation: str, failure: Any) -> None:
    """Reads of every service are retried for minutes, and the audit finds what it finds without throttling."""
    only = ["access.*", "data.*", "use.unused", "network.own_vpc", "iam.administrators"]
    with Emulator() as aws:
        aws.add_workspaces(2)
        async with aws.client(retry=RetryPolicy(mode="off"), pace=None) as ws:
            audit = Audit.over(Fleet.over(("main", ws)))
            audit._time = driven(aws)
            whole = await audit.run(only=only)
            aws.fail(operation, with_=failure, times=15)
            started = aws.clock.now()
            slow = await audit.run(only=only)
            waited = (aws.clock.now() - started).total_seconds()
    assert slow.is_whole
    assert slow.counts == whole.counts
    assert waited > 10


@on_a_loop
async def test_read_throttled_for_ten_minutes_makes_checks_unknown() -> None:
    """After ten minutes the listing counts as incomplete, and the rest of the site is judged."""
    with Emulator() as aws:
        aws.add_workspaces(2)
        async with aws.client(retry=RetryPolicy(mode="off"), pace=None) as ws:
            audit = Audit.over(Fleet.over(("main", ws)))
            audit._time = driven(aws)
            aws.fail("DescribeIpGroups", with_=ThrottlingException, times=None)
            started = aws.clock.now()
            report = await audit.run(only=["access.*", "data.*"])
            waited = (aws.clock.now() - started).total_seconds()
    assert not report.is_whole
    assert 500 < waited < 1_000
    assert report.counts[Outcome.FAIL] >= 4
    assert {each.reason for each in report.unknown if each.check == "access.ip_groups"} <= {Reason.INCOMPLETE}


class Gate(Service):
    """Service of one site; its first call waits until a number of sites are read concurrently."""

    inside = 0
    most = 0
    full = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Count the sites in their first call, and answer it."""
        if self.calls == 0 and request.headers.get("x-amz-target"):
            Gate.inside += 1
            Gate.most = max(Gate.most, Gate.inside)
            if Gate.inside == MAX_CONCURRENT_SITES:
                Gate.full.set()
            await Gate.full.wait()
            await asyncio.sleep(0)
            Gate.inside -= 1
        return await super().handle_async_request(request)


@on_a_loop
async def test_sites_are_audited_concurrently() -> None:
    """32 sites at a time: none waits for another one, and each has its own findings."""
    Gate.full = asyncio.Event()
    clients = [
        (
            f"account-{number}",
            WorkSpacesClient(
                region="us-west-2",
                credentials=Credentials("ASIAIOSFODNN7EXAMPLE", "secret", "token"),
                config=NO_SETTINGS,
                transport=Gate(3),
                pace=None,
                retry=None,
            ),
        )
        for number in range(MAX_CONCURRENT_SITES + 8)
    ]
    fleet = Fleet.over(*clients)
    async with Audit.over(fleet) as audit, asyncio.timeout(30):
        report = await audit.run(only=["state.healthy"], keep="all")
    for _, client in clients:
        await client.aclose()
    assert Gate.most == MAX_CONCURRENT_SITES
    assert {each.site.account for each in report.sites} == {name for name, _ in clients}
    assert report.counts[Outcome.PASS] == 3 * len(clients)
