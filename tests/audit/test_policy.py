"""IAM policy of an audit: the regions of its sites, and the interface endpoints that carry its calls."""

from __future__ import annotations

import pytest

from tests.support.loops import on_a_loop
from wsclient import Credentials, WorkSpacesClient
from wsclient.audit import Audit, Outcome, Reason
from wsclient.fleet import Fleet
from wsclient.testing import Emulator

KEYS = Credentials("AKIAIOSFODNN7EXAMPLE", "secret")


@on_a_loop
async def test_audit_policy_allows_calls_only_through_its_interface_endpoint() -> None:
    """Under its own policy the audit reads everything through the endpoint, and nothing at the public host."""
    with Emulator() as aws:
        aws.add_workspaces(1)
        interface = aws.add_vpc_endpoint(vpc_id=aws.network.vpc_id)
        async with aws.client(vpc_endpoint=interface.dns_label) as ws:
            policy = Audit.over(Fleet.over(("main", ws)), reach="public").policy()
            keys = aws.add_user("auditor", policy=policy.to_dict())
            async with ws.with_options(credentials=keys) as inside:
                report = await Audit.over(Fleet.over(("main", inside)), reach="public").run()
        async with aws.client(credentials=keys) as outside:
            refused = await Audit.over(Fleet.over(("main", outside))).run(
                only=["data.*", "network.own_vpc"], keep="all"
            )
    assert not [each for each in report.unknown if each.reason is Reason.NOT_PERMITTED]
    assert {each.check: each.reason for each in refused.findings} == {
        "data.user_volume": Reason.NOT_PERMITTED,
        "data.root_volume": Reason.NOT_PERMITTED,
        "data.key": Reason.NOT_PERMITTED,
        "network.own_vpc": Reason.NOT_PERMITTED,
    }
    assert refused.counts[Outcome.PASS] == 0


def private(region: str, endpoint_id: str) -> WorkSpacesClient:
    """Return a client of a region's interface endpoint."""
    return WorkSpacesClient(region=region, credentials=KEYS, vpc_endpoint=f"{endpoint_id}-abcd-{region}a")


def public(region: str) -> WorkSpacesClient:
    """Return a client of a region's public endpoint."""
    return WorkSpacesClient(region=region, credentials=KEYS)


@pytest.mark.parametrize(
    ("clients", "expected"),
    [
        ([public("eu-west-1"), public("us-west-2")], [(3, ["eu-west-1", "us-west-2"], None), (1, ["us-east-1"], None)]),
        (
            [private("eu-west-1", "vpce-1"), private("eu-west-1", "vpce-2"), public("us-west-2")],
            [
                (1, ["eu-west-1"], ["vpce-1", "vpce-2"]),
                (1, ["us-west-2"], None),
                (2, ["eu-west-1", "us-west-2"], None),
                (1, ["us-east-1"], None),
            ],
        ),
        (
            [private("us-west-2", "vpce-1")],
            [(1, ["us-west-2"], ["vpce-1"]), (2, ["us-west-2"], None), (1, ["us-east-1"], None)],
        ),
    ],
)
def test_policy_statements_name_the_endpoints_of_their_calls(
    clients: list[WorkSpacesClient], expected: list[tuple[int, list[str], list[str] | None]]
) -> None:
    """Calls of the WorkSpaces API name the endpoints of their sites; those of other services and of IAM do not."""
    audit = Audit.over(Fleet.over(*((f"account-{number}", client) for number, client in enumerate(clients))))
    found = []
    for statement in audit.policy().statements:
        keys = statement.conditions["StringEquals"]
        services = {action.partition(":")[0] for action in statement.actions or ()}
        found.append((len(services), keys["aws:RequestedRegion"], keys.get("aws:SourceVpce")))
    assert found == expected
