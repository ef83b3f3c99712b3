"""Checks of the page's "API calls through an interface endpoint"."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Final

from wsclient._core.errors import ConfigurationError
from wsclient.audit._checks.base import OURS, Check, Subject, absent
from wsclient.audit._model import Reason, Section, Severity, Verdict, failed, not_applicable, passed, proven, unknown
from wsclient.policy._policy import Decision, Policy

if TYPE_CHECKING:
    from wsclient._generated.ec2 import structures as ec2
    from wsclient.audit._facts.records import ConnectionFacts, Context, VpcFacts

PRIVATE_KINDS: Final = frozenset({"privatelink", "private_dns"})
HTTPS: Final = 443
STRANGER: Final = "arn:aws:iam::000000000000:user/a-stranger"
"""Principal of another account."""
NOTHING_THERE: Final = "the account has no interface endpoint for the WorkSpaces API in this region"


def _available(context: Context) -> list[ec2.VpcEndpoint]:
    return [
        endpoint
        for endpoint, _ in context.facts.endpoints
        if str(endpoint.vpc_endpoint_type) == "Interface" and str(endpoint.state or "").lower() == "available"
    ]


def _exists(connection: ConnectionFacts, context: Context) -> Verdict:
    if connection.is_fips_requested or context.settings.fips:
        return not_applicable("FIPS is required for the API, which excludes PrivateLink")
    found, wanted = _available(context), context.settings.api_vpcs
    read = {"VpcEndpointId": [endpoint.vpc_endpoint_id for endpoint in found]}
    missing = sorted(set(wanted) - {endpoint.vpc_id or "" for endpoint in found})
    if missing:
        return _lacking(missing, context, read)
    if found or connection.endpoint_kind in PRIVATE_KINDS:
        return passed("there is an interface endpoint for the WorkSpaces API", **read)
    return failed("there is no interface endpoint for the WorkSpaces API, and this audit used a public host", **read)


def _lacking(vpc_ids: list[str], context: Context, read: dict[str, list[str | None]]) -> Verdict:
    owners = {item.vpc.vpc_id: item.vpc.owner_id for item, _ in context.facts.vpcs}
    if all(owners.get(vpc_id, context.account) != context.account for vpc_id in vpc_ids):
        return unknown(Reason.DECIDED_ELSEWHERE, "another account owns the VPC, whose endpoints are not listed", **read)
    return failed(f"these VPCs have no interface endpoint for the WorkSpaces API: {', '.join(vpc_ids)}", **read)


def _used(connection: ConnectionFacts, context: Context) -> Verdict:
    if connection.is_fips_requested or context.settings.fips:
        return not_applicable("FIPS is required for the API, which excludes PrivateLink")
    address = connection.negotiated.remote_address if connection.negotiated else None
    read = {"endpoint_kind": connection.endpoint_kind, "remote_address": address}
    if connection.endpoint_kind in PRIVATE_KINDS and address is not None and ip_address(address).is_private:
        return passed("this audit went through an interface endpoint", **read)
    if not _available(context):
        return unknown(Reason.DECIDED_ELSEWHERE, "no interface endpoint is visible to this account", **read)
    return proven("this audit used a public host, although there is an interface endpoint", **read)


def _private_dns(endpoint: ec2.VpcEndpoint, context: Context) -> Verdict:
    read = {"PrivateDnsEnabled": endpoint.private_dns_enabled, "VpcId": endpoint.vpc_id}
    if endpoint.private_dns_enabled is None:
        return absent("PrivateDnsEnabled")
    if not endpoint.private_dns_enabled:
        return not_applicable("private DNS is off: clients use vpc_endpoint=", **read)
    vpc = _vpc(endpoint, context)
    if vpc is None:
        return unknown(Reason.DECIDED_ELSEWHERE, "the endpoint's VPC is not listed", **read)
    attributes = {"EnableDnsSupport": vpc.dns_support, "EnableDnsHostnames": vpc.dns_hostnames}
    if not all(attributes.values()):
        return failed("private DNS needs both DNS attributes of the VPC", **read, **attributes)
    return passed("private DNS is on, and the VPC resolves names", **read, **attributes)


def _zones(endpoint: ec2.VpcEndpoint, context: Context) -> Verdict:
    zones = {
        subnet.availability_zone_id or subnet.availability_zone
        for subnet, _ in context.facts.subnets
        if subnet.subnet_id in endpoint.subnet_ids
    }
    read = {"SubnetIds": endpoint.subnet_ids, "AvailabilityZoneId": zones}
    if len(zones) > 1:
        return passed("the endpoint stands in more than one zone", **read)
    if len(endpoint.subnet_ids) > 1:
        return unknown(Reason.INCOMPLETE, "the endpoint's subnets are not listed", **read)
    return proven("the endpoint stands in one zone: it fails with the zone", **read)


def _security_group(endpoint: ec2.VpcEndpoint, context: Context) -> Verdict:
    ids = [group.group_id for group in endpoint.groups]
    known = [group for group, _ in context.facts.groups if group.group_id in ids]
    vpc = _vpc(endpoint, context)
    if vpc is None or len(known) < len(ids) or not ids:
        return unknown(Reason.INCOMPLETE, "the endpoint's VPC or security groups are not listed", GroupId=ids)
    rules = [rule for group in known for rule in group.ip_permissions if _opens_https(rule)]
    allowed = [ip_network(each.cidr_ip, strict=False) for rule in rules for each in rule.ip_ranges if each.cidr_ip]
    blocks = [each.cidr_block for each in vpc.vpc.cidr_block_association_set if each.cidr_block]
    closed = [
        block
        for block in blocks
        if not any(each.version == 4 and ip_network(block).subnet_of(each) for each in allowed)  # type: ignore[arg-type]  # noqa: PLR2004 - the version of both
    ]
    read = {"GroupId": ids, "CidrBlock": blocks}
    if not closed:
        return passed("the VPC reaches the endpoint on port 443", **read)
    if any(rule.user_id_group_pairs or rule.prefix_list_ids for rule in rules):
        return unknown(Reason.INCOMPLETE, "a rule names security groups or prefix lists instead of addresses", **read)
    return failed(f"no rule allows port 443 from {', '.join(closed)}: calls time out", **read)


def _opens_https(rule: ec2.IpPermission) -> bool:
    if rule.ip_protocol == "-1":
        return True
    return rule.ip_protocol in {"tcp", "6"} and (rule.from_port or 0) <= HTTPS <= (rule.to_port or 0)


def _vpc(endpoint: ec2.VpcEndpoint, context: Context) -> VpcFacts | None:
    return next((item for item, _ in context.facts.vpcs if item.vpc.vpc_id == endpoint.vpc_id), None)


def _policy(endpoint: ec2.VpcEndpoint, context: Context) -> Verdict:
    policy = _parsed(endpoint)
    if isinstance(policy, Verdict):
        return policy
    evaluation = policy.evaluate(
        principal=STRANGER.replace("arn:aws:", f"arn:{context.partition}:"),
        action="workspaces:DescribeWorkspaces",
        context={"aws:PrincipalAccount": "000000000000", "aws:PrincipalArn": STRANGER},
    )
    if evaluation.decision is Decision.ALLOWED:
        return failed("the endpoint serves keys of any account: data can leave with them", reason=evaluation.reason)
    if evaluation.decision is Decision.UNDETERMINED:
        return unknown(Reason.INCOMPLETE, f"the policy cannot be decided: {evaluation.reason}")
    return passed("the endpoint does not serve keys of another account", reason=evaluation.reason)


def _policy_lint(endpoint: ec2.VpcEndpoint, context: Context) -> Verdict:
    del context
    policy = _parsed(endpoint)
    if isinstance(policy, Verdict):
        return policy
    if findings := policy.lint():
        return failed("the policy may not do what it seems to", finding=[str(each) for each in findings])
    return passed("nothing in the policy looks like a mistake")


def _parsed(endpoint: ec2.VpcEndpoint) -> Policy | Verdict:
    if not endpoint.policy_document:
        return absent("PolicyDocument")
    try:
        return Policy.parse(endpoint.policy_document)
    except ConfigurationError as error:
        return unknown(Reason.INCOMPLETE, f"the policy cannot be read: {error}")


CHECKS: Final = (
    Check(
        id="endpoint.exists",
        title="There is an interface endpoint for the WorkSpaces API",
        section=Section.INTERFACE_ENDPOINT,
        subject=Subject.CONNECTION,
        severity=Severity.MEDIUM,
        severity_source="Security Hub EC2.10 asks it of EC2",
        same_as=("CIS 2.17",),
        needs=("endpoints", "vpcs"),
        remedy="wsclient endpoint ensure",
        judge=_exists,
        settings=("fips", "api_vpcs"),
    ),
    Check(
        id="endpoint.used",
        title="This audit went through the interface endpoint",
        section=Section.INTERFACE_ENDPOINT,
        subject=Subject.CONNECTION,
        severity=Severity.MEDIUM,
        severity_source="as endpoint.exists",
        same_as=("CIS 2.17",),
        needs=("endpoints",),
        remedy="pass vpc_endpoint= or private_dns=True",
        judge=_used,
        settings=("fips",),
    ),
    Check(
        id="endpoint.private_dns",
        title="The usual name leads to the interface endpoint",
        section=Section.INTERFACE_ENDPOINT,
        subject=Subject.ENDPOINT,
        severity=Severity.MEDIUM,
        severity_source=OURS,
        needs=("vpcs",),
        remedy="ModifyVpcAttribute for both DNS attributes, or ModifyVpcEndpoint without private DNS",
        nothing_there=NOTHING_THERE,
        judge=_private_dns,
    ),
    Check(
        id="endpoint.zones",
        title="The interface endpoint stands in two zones",
        section=Section.INTERFACE_ENDPOINT,
        subject=Subject.ENDPOINT,
        severity=Severity.LOW,
        severity_source=OURS,
        needs=("subnets",),
        remedy="ModifyVpcEndpoint with AddSubnetIds",
        nothing_there=NOTHING_THERE,
        judge=_zones,
    ),
    Check(
        id="endpoint.security_group",
        title="The VPC reaches the interface endpoint",
        section=Section.INTERFACE_ENDPOINT,
        subject=Subject.ENDPOINT,
        severity=Severity.MEDIUM,
        severity_source=OURS,
        needs=("groups", "vpcs"),
        remedy="AuthorizeSecurityGroupIngress for TCP 443 from the VPC",
        nothing_there=NOTHING_THERE,
        judge=_security_group,
    ),
    Check(
        id="endpoint.policy",
        title="The interface endpoint serves this account only",
        section=Section.INTERFACE_ENDPOINT,
        subject=Subject.ENDPOINT,
        severity=Severity.MEDIUM,
        severity_source=OURS,
        remedy="ModifyVpcEndpoint with a policy that has aws:PrincipalAccount or aws:PrincipalOrgID as a condition",
        nothing_there=NOTHING_THERE,
        judge=_policy,
    ),
    Check(
        id="endpoint.policy_lint",
        title="The interface endpoint's policy does what it seems to",
        section=Section.INTERFACE_ENDPOINT,
        subject=Subject.ENDPOINT,
        severity=Severity.LOW,
        severity_source=OURS,
        remedy="correct the policy as the finding says",
        nothing_there=NOTHING_THERE,
        judge=_policy_lint,
    ),
)
