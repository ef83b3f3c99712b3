"""IAM policy that a plan needs: exact actions, resources and conditions.

"Actions, resources, and condition keys for Amazon EC2",
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wsclient.policy._documents import Effect, Statement
from wsclient.policy._policy import Policy
from wsclient.vpc._reads import service_name
from wsclient.vpc._spec import TAG

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wsclient.vpc._reads import Facts
    from wsclient.vpc._spec import EndpointSpec
    from wsclient.vpc._steps import EndpointStep

READS: Final = (
    "ec2:DescribeVpcEndpointServices",
    "ec2:DescribeVpcEndpoints",
    "ec2:DescribeVpcs",
    "ec2:DescribeSubnets",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeNetworkInterfaces",
)
PROOF: Final = ("workspaces:DescribeWorkspaceDirectories",)
PRIVATE_DNS: Final = ("route53:AssociateVPCWithHostedZone",)

Conditions = "Mapping[str, Mapping[str, tuple[str, ...]]]"


def plan_policy(
    spec: EndpointSpec, facts: Facts, subnet_ids: Sequence[str], steps: Sequence[EndpointStep], endpoint_id: str | None
) -> Policy:
    """Return the policy of a plan: its reads, its calls, and the proof."""
    names = {step.name for step in steps}
    in_region = {"StringEquals": {"ec2:Region": (facts.region,)}}
    reads = (*READS, *(("ec2:DescribeRouteTables",) if spec.subnet_ids is None else ()))
    statements = [
        _allow(reads, ["*"], in_region),
        _allow(("ec2:DescribeVpcAttribute",), [_arn(facts, f"vpc/{spec.vpc_id}")]),
        _allow(PROOF, ["*"]),
    ]
    network = [f"subnet/{each}" for each in subnet_ids] + [f"security-group/{each}" for each in spec.group_ids]
    arns = [_arn(facts, resource) for resource in network]
    if "create" in names:
        statements += _creation(spec, facts, arns)
    if names & {"modify", "private_dns"}:
        resources = [_arn(facts, f"vpc-endpoint/{endpoint_id or '*'}")]
        # Of a new endpoint the id is not known: it is the one that carries the tag.
        tagged = {"StringLike": {f"aws:ResourceTag/{TAG}": ("*",)}} if endpoint_id is None else {}
        statements.append(_allow(("ec2:ModifyVpcEndpoint",), resources, tagged))
        if "modify" in names:
            statements.append(_allow(("ec2:ModifyVpcEndpoint",), arns))
    if "tag" in names:
        statements.append(_allow(("ec2:CreateTags",), [_arn(facts, f"vpc-endpoint/{endpoint_id}")]))
    if "private_dns" in names and spec.private_dns:
        statements.append(_allow(PRIVATE_DNS, ["*"]))
    return Policy(statements=tuple(statements), version="2012-10-17")


def _creation(spec: EndpointSpec, facts: Facts, arns: Sequence[str]) -> list[Statement]:
    service = {"ec2:VpceServiceName": (service_name(spec.service, facts.region),)}
    new = [_arn(facts, "vpc-endpoint/*")]
    create = ("ec2:CreateVpcEndpoint",)
    return [
        _allow(create, [_arn(facts, f"vpc/{spec.vpc_id}"), *arns], {"StringEquals": service}),
        _allow(create, new, {"StringEquals": service, "StringLike": {f"aws:RequestTag/{TAG}": ("*",)}}),
        _allow(("ec2:CreateTags",), new, {"StringEquals": {"ec2:CreateAction": ("CreateVpcEndpoint",)}}),
    ]


def _allow(
    actions: Sequence[str],
    resources: Sequence[str],
    conditions: Mapping[str, Mapping[str, tuple[str, ...]]] | None = None,
) -> Statement:
    return Statement(
        effect=Effect.ALLOW, actions=tuple(actions), resources=tuple(resources), conditions=conditions or {}
    )


def _arn(facts: Facts, resource: str) -> str:
    return f"arn:{facts.partition}:ec2:{facts.region}:{facts.account_id}:{resource}"
