"""InterfaceEndpoint.ensure over real TLS: created and proven, adopted, compared, repaired, switched, deleted."""

# Reads private state of the emulator.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import json
import shlex
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.endpoint_stage import changing, delete, ensure, group_of, live
from wsclient import RetryPolicy
from wsclient._core.clock import TimeSource
from wsclient.credentials import AssumeRoleProvider
from wsclient.endpoints import Reach
from wsclient.errors import (
    AccessDeniedException,
    ConfigurationError,
    CredentialsError,
    EndpointResolutionError,
    RequestValidationError,
)
from wsclient.policy import Policy, Statement, allow_account
from wsclient.testing import Rule
from wsclient.vpc import (
    EndpointPermissionError,
    EndpointProofError,
    EndpointServiceError,
    EndpointStateError,
    InterfaceEndpoint,
    VpcEndpointError,
)

if TYPE_CHECKING:
    from wsclient.testing import Emulator


def test_endpoint_is_created_and_verified_from_inside_the_vpc(aws: Emulator) -> None:
    """From inside the VPC every part of the proof passes, and the result is a client's argument."""

    async def main() -> None:
        async with aws.client(vpc=aws.network.vpc_id) as ws:
            plan = await ensure(aws, ws)
            assert changing(aws) == []
            assert [step.operation for step in plan.steps] == ["CreateVpcEndpoint", "ModifyVpcEndpoint"]
            made = await plan.run()
            assert (made.created, made.changes) == (True, ("CreateVpcEndpoint", "ModifyVpcEndpoint"))
            proof = made.proof
            assert (proof.name.outcome, proof.path.outcome, proof.private_dns.outcome) == ("pass", "pass", "pass")
            assert all(each.request_id for each in made.metadata)
        async with aws.client(vpc_endpoint=made.vpc_endpoint) as through:
            await through.describe_workspaces()
            assert aws.calls[-1].vpc_endpoint == made.id
        async with aws.client(private_dns=True) as inside:
            await inside.describe_workspaces()
            assert aws.calls[-1].vpc_endpoint == made.id

    asyncio.run(main())
    (endpoint,) = live(aws)
    assert endpoint.tags["wsclient:made-by"].startswith("wsclient/")
    created = next(call for call in aws.calls if call.operation == "CreateVpcEndpoint")
    # Names lead to the endpoint only after it was proven.
    assert created.parameters["PrivateDnsEnabled"] is False
    assert len(str(created.parameters["ClientToken"])) == 64


def test_path_is_unverified_from_outside_the_vpc(aws: Emulator) -> None:
    """From outside the VPC the names are proven, path and private DNS are not from here; require makes it an error."""

    async def main() -> None:
        async with aws.client(vpc=None) as ws:
            plan = await ensure(aws, ws, private_dns=False)
            made = await plan.run()
            assert (made.proof.name.outcome, made.proof.path.outcome) == ("pass", "not_from_here")
            assert made.proof.private_dns.outcome == "not_requested"
            again = await ensure(aws, ws, private_dns=False)
            with pytest.raises(EndpointProofError, match="not_from_here") as caught:
                await again.run(require="path")
            assert caught.value.endpoint_id == made.id
            switched = await (await ensure(aws, ws, repair=["private_dns"])).run()
            assert switched.proof.private_dns.outcome == "not_from_here"

    asyncio.run(main())


def test_private_dns_client_outside_the_vpc_makes_no_call(aws: Emulator) -> None:
    """With private DNS, a private_dns client outside the VPC makes no call, since the name resolves publicly."""

    async def main() -> None:
        async with aws.client(vpc=aws.network.vpc_id) as ws:
            await (await ensure(aws, ws)).run()
        count = len(aws.calls)
        async with aws.client(private_dns=True, vpc=None) as outside:
            with pytest.raises(EndpointResolutionError, match="outside"):
                await outside.describe_workspaces()
        assert len(aws.calls) == count

    asyncio.run(main())


def test_existing_endpoint_is_adopted_and_repaired_on_request(aws: Emulator) -> None:
    """Differences of an existing endpoint are reported; repair= changes those that it names."""
    network = aws.network

    async def main() -> None:
        async with aws.client(vpc=network.vpc_id) as ws:
            first = await ensure(aws, ws, private_dns=False)
            made = await first.run()
            # In the zone of an existing subnet: EC2 rejects two subnets in one zone.
            subnet = network.add_subnet(network.vpc_id, zone="a")
            group = network.add_security_group(name="other")
            changes: dict[str, Any] = {
                "subnet_ids": [subnet],
                "security_group_ids": [group],
                "private_dns": True,
                "policy": allow_account(aws.account_id, actions=["workspaces:Describe*"]),
                "tags": {"team": "blue"},
            }
            plan = await ensure(aws, ws, **changes)
            parts = {each.part for each in plan.differences}
            assert parts == {"subnets", "groups", "private_dns", "policy", "tags"}
            assert (plan.endpoint_id, plan.steps) == (made.id, ())
            assert "stays" in str(plan)
            assert {row.kind for row in plan.rows()} == {"difference"}
            unchanged = await plan.run()
            assert (unchanged.created, unchanged.changes) == (False, ())
            repaired = await ensure(aws, ws, **changes, repair=["policy", "subnets", "groups", "private_dns", "tags"])
            assert [step.name for step in repaired.steps] == ["modify", "modify", "tag", "private_dns"]
            done = await repaired.run()
            assert done.changes == tuple(step.operation for step in repaired.steps)
            after = await ensure(aws, ws, **changes)
            assert after.differences == ()

    asyncio.run(main())
    (endpoint,) = live(aws)
    assert (endpoint.has_private_dns, endpoint.tags["team"], len(endpoint.subnet_ids)) == (True, "blue", 1)


SAME = [
    {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["workspaces:*"], "Resource": "*"},
    {"Effect": "Allow", "Principal": "*", "Action": "workspaces:*", "Resource": ["*"], "Sid": "x"},
    {"Resource": "*", "Effect": "Allow", "Action": "WORKSPACES:*", "Principal": "*"},
]


@pytest.mark.parametrize("statement", SAME)
def test_equivalent_policies_are_equal(aws: Emulator, statement: dict[str, Any]) -> None:
    """Order, single values and lists, and the spellings of every principal make no difference."""
    wanted = Policy.parse({"Version": "2012-10-17", "Statement": [SAME[0]]})

    async def main() -> None:
        async with aws.client(vpc=None) as ws:
            made = await (await ensure(aws, ws, policy=wanted, private_dns=False)).run()
            aws.set_endpoint_policy(made.id, {"Version": "2012-10-17", "Statement": [statement]})
            assert (await ensure(aws, ws, policy=wanted, private_dns=False)).differences == ()
            other = json.loads(json.dumps(statement).replace("workspaces:*", "workspaces:Describe*"))
            other["Action"] = "workspaces:Describe*"
            aws.set_endpoint_policy(made.id, {"Version": "2012-10-17", "Statement": [other]})
            (difference,) = (await ensure(aws, ws, policy=wanted, private_dns=False)).differences
            assert difference.part == "policy"

    asyncio.run(main())


def test_endpoint_managed_by_aws_is_not_changed(aws: Emulator) -> None:
    """The plan for an endpoint managed by AWS has no call, and a repair is rejected before anything is sent."""
    made = aws.add_vpc_endpoint(vpc_id=aws.network.vpc_id)
    aws.network.set_endpoint(made.id, is_requester_managed=True)

    async def main() -> None:
        async with aws.client(vpc=None) as ws:
            assert (await ensure(aws, ws)).steps == ()
            with pytest.raises(VpcEndpointError, match=r"managed by another AWS service.*pass repair=\(\)"):
                await ensure(aws, ws, repair=["groups"])

    asyncio.run(main())
    assert changing(aws) == []


def test_plan_notes_a_single_subnet(aws: Emulator) -> None:
    """The plan notes the risk of a single subnet, and has no such note for two."""
    subnets = list(aws.network.private_subnet_ids)

    async def main() -> None:
        async with aws.client(vpc=None) as ws:
            for subnet_ids in (subnets[:1], subnets):
                notes = (await ensure(aws, ws, subnet_ids=subnet_ids)).notes
                assert any("outage of its zone" in note for note in notes) == (len(subnet_ids) == 1)

    asyncio.run(main())


def test_plan_warns_of_an_open_policy_and_another_manager(aws: Emulator) -> None:
    """The plan of an adopted endpoint warns of a policy for everyone, and of another tool that would change it back."""

    async def main() -> None:
        async with aws.client(vpc=None) as ws:
            made = await (await ensure(aws, ws, private_dns=False)).run()
            assert (await ensure(aws, ws, private_dns=False)).notes == ()
            aws.set_endpoint_policy(made.id, None)
            aws.network.set_endpoint(made.id, tags={"aws:cloudformation:stack-name": "network"})
            notes = (await ensure(aws, ws, private_dns=False, repair=["policy"])).notes
            assert [("every account" in note, "network" in note) for note in notes] == [(False, True), (True, False)]

    asyncio.run(main())


def test_plan_policy_is_sufficient_and_necessary(aws: Emulator) -> None:
    """plan.policy() is enough for the whole plan, from the first read to the proof; without an action it fails."""
    network = aws.network

    async def plan_under(policy: Policy | None, name: str) -> Any:
        keys = aws.credentials if policy is None else aws.add_user(name, policy=policy)
        return aws.client(vpc=network.vpc_id, credentials=keys)

    async def main() -> None:
        async with aws.client(vpc=network.vpc_id) as ws:
            policy = (await ensure(aws, ws)).policy()
        kept = aws.snapshot()
        for number, statement in enumerate(policy.statements):
            for action in statement.actions or ():
                left = [
                    Statement(
                        effect=each.effect,
                        actions=tuple(name for name in each.actions or () if name != action),
                        resources=each.resources,
                        conditions=each.conditions,
                    )
                    for each in policy.statements
                ]
                less = Policy(statements=tuple(each for each in left if each.actions), version=policy.version)
                async with await plan_under(less, f"u{number}") as ws:
                    outcome = "done"
                    try:
                        made = await (await ensure(aws, ws)).run()
                        outcome = made.proof.path.detail
                    except EndpointPermissionError as error:
                        outcome = error.action
                assert action in outcome, (action, outcome)
                aws.restore(kept)
        async with await plan_under(policy, "all") as ws:
            made = await (await ensure(aws, ws)).run()
            assert made.proof.private_dns.outcome == "pass"

    asyncio.run(main())


def test_scoped_run_uses_sessions_of_the_plan_policy(aws: Emulator) -> None:
    """With scoped=True each call uses a session whose policy is the plan's; long-term keys are rejected."""
    vpc = aws.network.vpc_id
    role = aws.add_role("operator", policy={"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
    provider = AssumeRoleProvider(role_arn=role, source=aws.credentials)

    async def main() -> None:
        async with aws.client(vpc=vpc, credentials=provider) as ws:
            plan = await ensure(aws, ws)
            assert await plan.run(dry_run=True, scoped=True) == ("CreateVpcEndpoint",)
            first = len(aws.calls)
            made = await plan.run(scoped=True)
            assert made.proof.private_dns.outcome == "pass"
            (assumed,) = [call for call in aws.calls[first:] if call.operation == "AssumeRole"]
            assert json.loads(str(assumed.parameters["Policy"])) == plan.policy().to_dict()
            narrow = await plan._session.narrowed_to(plan.policy())
            with pytest.raises(AccessDeniedException):
                await narrow.client.describe_workspaces()
            with pytest.raises(AccessDeniedException):
                async with narrow.ec2() as ec2:
                    await ec2.delete_vpc_endpoints(vpc_endpoint_ids=[made.id])
        async with aws.client(vpc=vpc) as ws:
            again, first = await ensure(aws, ws), len(aws.calls)
            with pytest.raises(ConfigurationError, match="the plan: scoped=True needs temporary"):
                await again.run(scoped=True)
            with pytest.raises(VpcEndpointError, match="require"):
                await again.run(require="paht")  # type: ignore[call-overload]
            assert len(aws.calls) == first

    asyncio.run(main())


def test_dry_run_checks_permissions_and_changes_nothing(aws: Emulator) -> None:
    """DryRun returns the permitted operations; a missing permission is an error with the action."""

    async def main() -> None:
        async with aws.client(vpc=None) as ws:
            plan = await ensure(aws, ws)
            assert await plan.run(dry_run=True) == ("CreateVpcEndpoint",)
        statement = {"Effect": "Allow", "Action": ["ec2:Describe*", "sts:*"], "Resource": "*"}
        reader = aws.add_user("reader", policy={"Version": "2012-10-17", "Statement": [statement]})
        async with aws.client(vpc=None, credentials=reader) as ws:
            plan = await ensure(aws, ws)
            with pytest.raises(EndpointPermissionError) as caught:
                await plan.run(dry_run=True)
            assert caught.value.action == "ec2:CreateVpcEndpoint"

    asyncio.run(main())
    assert live(aws) == []


def test_read_only_and_expected_account_are_enforced(aws: Emulator) -> None:
    """A read-only client can plan but not run; credentials of an unexpected account are rejected."""

    async def main() -> None:
        async with aws.client(vpc=None, read_only=True) as ws:
            plan = await ensure(aws, ws)
            with pytest.raises(RequestValidationError, match="read_only"):
                await plan.run()
        async with aws.client(vpc=None, expected_account="210987654321") as ws:
            with pytest.raises(CredentialsError):
                await ensure(aws, ws)

    asyncio.run(main())
    assert live(aws) == []


def test_reach_decides_where_ec2_is_called(aws: Emulator) -> None:
    """A client of a private endpoint calls EC2 only with reach=: through EC2's endpoint, or publicly."""
    interface = aws.add_vpc_endpoint("ec2", vpc_id=aws.network.vpc_id)
    own = aws.add_vpc_endpoint(vpc_id=aws.network.vpc_id)

    async def main() -> None:
        async with aws.client(vpc_endpoint=own.dns_label) as ws:
            with pytest.raises(EndpointResolutionError, match=r"reach=Reach\(ec2="):
                await ensure(aws, ws)
            await ensure(aws, ws, reach=Reach(ec2=interface.dns_label))
            seen = {call.vpc_endpoint for call in aws.calls if call.service == "ec2"}
            assert seen == {interface.id}
            await ensure(aws, ws, reach="public")
            assert aws.calls[-2].host == "ec2.us-west-2.amazonaws.com"

    asyncio.run(main())


def test_describe_returns_facts_and_templates(aws: Emulator) -> None:
    """describe() returns EC2's facts, and templates for CloudFormation, Terraform and the AWS CLI."""
    hostile = 'a"${x}\n'

    async def main() -> None:
        async with aws.client(vpc=None) as ws:
            made = await (await ensure(aws, ws, tags={"team": hostile})).run()
            found = await InterfaceEndpoint.describe(made.id, client=ws)
            assert (found.state, found.private_dns, found.security_group_ids) == ("available", True, (group_of(aws),))
            assert found.policy == allow_account(aws.account_id)
            template = json.loads(found.to_cloudformation())
            resource = template["Resources"]["WorkSpacesApiEndpoint"]
            assert resource["Type"] == "AWS::EC2::VPCEndpoint"
            assert resource["Properties"]["PolicyDocument"] == allow_account(aws.account_id).to_dict()
            assert {"Key": "team", "Value": hostile} in resource["Properties"]["Tags"]
            command = shlex.split(found.to_aws_cli())
            options = {name: value for name, value in pairwise(command) if name.startswith("--")}
            assert "--private-dns-enabled" in command
            assert json.loads(options["--policy-document"]) == allow_account(aws.account_id).to_dict()
            assert {"Key": "team", "Value": hostile} in json.loads(options["--tag-specifications"])[0]["Tags"]
            terraform = found.to_terraform()
            assert 'resource "aws_vpc_endpoint"' in terraform
            # The text of a tag is neither a Terraform template nor a new line.
            assert '"team" = "a\\"$${x}\\n"' in terraform
            assert found.vpc_endpoint().id == made.vpc_endpoint.id
            aws.network.set_endpoint(made.id, tags={"a": "\x1b[31m", "wsclient": "\u202e"})
            hostile_text = str(await InterfaceEndpoint.describe(made.id, client=ws))
            hostile_text += str(await ensure(aws, ws, tags={"a": "\x1b[2J"}))
            assert not {"\x1b", "\u202e"} & set(hostile_text)
            with pytest.raises(EndpointStateError, match="does not exist"):
                await InterfaceEndpoint.describe("vpce-0", client=ws)
            sts = aws.add_vpc_endpoint("sts", vpc_id=aws.network.vpc_id)
            with pytest.raises(EndpointServiceError, match="not an interface endpoint of"):
                await InterfaceEndpoint.describe(sts.id, client=ws)

    asyncio.run(main())


def test_delete_needs_the_id_as_confirmation(aws: Emulator) -> None:
    """A deletion needs the id as confirmation, is rejected for other endpoints, and waits until EC2 finds none."""

    async def main() -> None:
        async with aws.client(vpc=None) as ws:
            made = await (await ensure(aws, ws)).run()
            plan = await delete(aws, ws, made.id)
            assert "public endpoint again" in str(plan)
            for wrong in ("", "vpce-0", made.id.upper()):
                with pytest.raises(ConfigurationError, match="Nothing was sent"):
                    await plan.run(confirm=wrong)
            assert "DeleteVpcEndpoints" not in changing(aws)
            await plan.run(confirm=made.id)
            assert live(aws) == []
            await plan.run(confirm=made.id)  # already deleted
            foreign = aws.add_vpc_endpoint(vpc_id=aws.network.vpc_id)
            with pytest.raises(VpcEndpointError, match="adopted=True"):
                await InterfaceEndpoint.delete(foreign.id, client=ws)
            adopted = await delete(aws, ws, foreign.id, adopted=True)
            aws.network.set_endpoint(foreign.id, is_requester_managed=True)
            with pytest.raises(VpcEndpointError, match="did not delete"):
                await adopted.run(confirm=foreign.id)
            with pytest.raises(VpcEndpointError, match="managed by another"):
                await InterfaceEndpoint.delete(foreign.id, client=ws, adopted=True)

    asyncio.run(main())


def test_failed_endpoint_ends_the_run_with_its_reason(aws: Emulator) -> None:
    """A failed endpoint is not counted when another is made, and ends a waiting run with AWS's reason."""

    async def main() -> None:
        async with aws.client(vpc=None) as ws:
            plan = await ensure(aws, ws)
            made = await plan.run()
            aws.network.set_endpoint(made.id, state="failed", last_error="no capacity")
            adopted = await ensure(aws, ws)
            assert adopted.endpoint_id is None

            async def fail_soon(seconds: float) -> None:
                aws.advance(seconds=seconds)
                for endpoint in live(aws):
                    aws.network.set_endpoint(endpoint.id, state="failed", last_error="no capacity")

            failing = await ensure(aws, ws, time=TimeSource(sleep=fail_soon), tags={"a": "b"})
            with pytest.raises(EndpointStateError, match="no capacity") as caught:
                await failing.run()
            assert caught.value.state == "failed"

    asyncio.run(main())


def test_security_group_closed_after_planning_raises_before_dns_changes(aws: Emulator) -> None:
    """If the security group is closed before a required path proof, an error is raised, and DNS stays unchanged."""
    network = aws.network

    async def main() -> None:
        async with aws.client(vpc=network.vpc_id, retry=RetryPolicy(mode="off")) as ws:
            plan = await ensure(aws, ws)
            network.set_rules(group_of(aws), [Rule(sources=("192.0.2.0/24",))])
            with pytest.raises(EndpointProofError, match="Private DNS was not changed"):
                await plan.run(require="path")
            (endpoint,) = live(aws)
            assert not endpoint.has_private_dns
            network.set_rules(group_of(aws), [Rule(sources=("10.0.0.0/8",))])
            made = await (await ensure(aws, ws)).run(require="path")
            assert (made.id, made.created, made.proof.private_dns.outcome) == (endpoint.id, False, "pass")

    asyncio.run(main())
