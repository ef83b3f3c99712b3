"""EC2's responses about existing endpoints: policies written by others, and responses to another call."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.endpoint_stage import changing
from wsclient.errors import ResponseParseError
from wsclient.policy import Policy
from wsclient.testing import HttpAnswer
from wsclient.vpc import InterfaceEndpoint
from wsclient.vpc._differences import allows_foreign_accounts, same_policy

if TYPE_CHECKING:
    from wsclient.testing import Emulator

ALLOW: dict[str, Any] = {"Effect": "Allow", "Principal": "*", "Action": "workspaces:*", "Resource": "*"}
OWN = {**ALLOW, "Condition": {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/${aws:PrincipalTag/owner}"}}}


@pytest.mark.parametrize("statement", [ALLOW, OWN])
@pytest.mark.parametrize("version", [None, "2008-10-17", "2012-10-17"])
def test_policy_versions_differ_only_if_variables_occur(statement: dict[str, Any], version: str | None) -> None:
    """The same statements of another version are the same policy, unless a text has the form of a variable."""
    wanted = Policy.parse({"Version": "2012-10-17", "Statement": [statement]})
    found = {"Statement": [statement]} if version is None else {"Version": version, "Statement": [statement]}
    assert same_policy(json.dumps(found), wanted) is (statement is ALLOW or version == "2012-10-17")


@pytest.mark.parametrize(
    ("document", "passes"),
    [
        (json.dumps({"Statement": [ALLOW]}), True),
        (json.dumps({"Statement": [{**ALLOW, "Condition": {"BinaryEquals": {"aws:PrincipalArn": "é"}}}]}), False),
        ('{"Statement": [{"Effect": "Allow", "Effect": "Deny"}]}', False),
        ("no policy", False),
        (None, False),
    ],
)
def test_unevaluable_policy_is_not_proof_of_open_access(document: str | None, passes: bool) -> None:
    """A policy that cannot be parsed or evaluated is no proof that strangers pass, and raises no error."""
    assert allows_foreign_accounts(document) is passes


def test_response_about_another_endpoint_is_rejected(aws: Emulator) -> None:
    """A response about another endpoint or VPC raises an error, since it does not prove absence."""
    made = aws.add_vpc_endpoint(vpc_id=aws.network.vpc_id)
    foreign = (
        "<DescribeVpcEndpointsResponse><requestId>00000000-0000-4000-8000-000000000001</requestId><vpcEndpointSet><item>"
        "<vpcEndpointId>vpce-0other</vpcEndpointId><vpcId>vpc-0other</vpcId><vpcEndpointType>Interface</vpcEndpointType>"
        "<serviceName>com.amazonaws.us-west-2.workspaces</serviceName><vpcEndpointState>available</vpcEndpointState>"
        "</item></vpcEndpointSet></DescribeVpcEndpointsResponse>"
    )

    async def main() -> None:
        async with aws.client(vpc=None) as ws:
            for lookup in (
                lambda: InterfaceEndpoint.describe(made.id, client=ws),
                lambda: InterfaceEndpoint.find(vpc_id=aws.network.vpc_id, client=ws),
                lambda: InterfaceEndpoint.delete(made.id, client=ws),
            ):
                aws.fail("DescribeVpcEndpoints", with_=HttpAnswer(status=200, body=foreign), times=1)
                with pytest.raises(ResponseParseError, match="vpce-0other, which the call did not ask about"):
                    await lookup()
        assert not changing(aws)

    asyncio.run(main())
