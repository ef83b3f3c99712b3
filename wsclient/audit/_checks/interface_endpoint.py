"""Checks of the page's "API calls through an interface endpoint"."""

from __future__ import annotations

from ipaddress import IPv4Network, collapse_addresses, ip_address
from typing import TYPE_CHECKING, Final

from wsclient._core.errors import ConfigurationError
from wsclient.audit._checks.base import OURS, Check, Subject, absent
from wsclient.audit._checks.foreign_keys import evaluate_for_foreign_account
from wsclient.audit._model import Reason, Section, Severity, Verdict, failed, not_applicable, passed, proven, unknown
from wsclient.endpoints._types import EndpointKind
from wsclient.policy._documents import ANY_PRINCIPAL, Effect, Statement
from wsclient.policy._policy import Decision, Policy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wsclient._generated.ec2 import structures as ec2
    from wsclient.audit._facts.records import CheckContext, ConnectionFacts, PublicProbe, VpcFacts

PUBLIC_KINDS: Final = frozenset(
    {EndpointKind.PUBLIC, EndpointKind.DUALSTACK, EndpointKind.FIPS, EndpointKind.FIPS_DUALSTACK}
)
HTTPS: Final = 443
MIN_ZONES: Final = 2
EXPLICIT_DENY: Final = "explicit deny"
"""Words of AWS's message for a call that a statement denies ("Troubleshoot access denied error messages",
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html)."""
NOTHING_THERE: Final = "the account has no interface endpoint for the WorkSpaces API in this region"


def _available(context: CheckContext) -> list[ec2.VpcEndpoint]:
    return [
        endpoint
        for endpoint, _ in context.facts.endpoints
        if str(endpoint.vpc_endpoint_type) == "Interface" and str(endpoint.state or "").lower() == "available"
    ]


def _exists(connection: ConnectionFacts, context: CheckContext) -> Verdict:
    if connection.is_fips_requested or context.settings.fips:
        return not_applicable("FIPS is required for the API, which excludes PrivateLink")
    found, wanted = _available(context), context.settings.api_vpcs
    read = {"VpcEndpointId": [endpoint.vpc_endpoint_id for endpoint in found]}
    missing = sorted(set(wanted) - {endpoint.vpc_id or "" for endpoint in found})
    if missing:
        return _lacking(missing, context, read)
    if found or _is_private_connection(connection):
        return passed("there is an interface endpoint for the WorkSpaces API", **read)
    if connection.endpoint_kind not in PUBLIC_KINDS:
        return unknown(Reason.DECIDED_ELSEWHERE, "this account sees no endpoint, and no public host was used", **read)
    return failed("there is no interface endpoint for the WorkSpaces API, and this audit used a public host", **read)


def _lacking(vpc_ids: list[str], context: CheckContext, read: dict[str, list[str | None]]) -> Verdict:
    owners = {item.vpc.vpc_id: item.vpc.owner_id for item, _ in context.facts.vpcs}
    own = [vpc_id for vpc_id in vpc_ids if context.account and owners.get(vpc_id) == context.account]
    if own:
        return failed(f"these VPCs have no interface endpoint for the WorkSpaces API: {', '.join(own)}", **read)
    if set(vpc_ids) <= owners.keys():
        return unknown(Reason.DECIDED_ELSEWHERE, "another account owns the VPC, whose endpoints are not listed", **read)
    return unknown(Reason.INCOMPLETE, f"EC2 does not list all of these VPCs: {', '.join(vpc_ids)}", **read)


def _used(connection: ConnectionFacts, context: CheckContext) -> Verdict:
    if connection.is_fips_requested or context.settings.fips:
        return not_applicable("FIPS is required for the API, which excludes PrivateLink")
    address = _address(connection)
    read = {"endpoint_kind": connection.endpoint_kind, "remote_address": address}
    if _is_private_connection(connection):
        return passed("this audit went through an interface endpoint", **read)
    if connection.endpoint_kind is EndpointKind.PRIVATE_DNS and (address is None or connection.uses_proxy):
        return unknown(Reason.INCOMPLETE, "the address that the calls reached is not known", **read)
    if connection.endpoint_kind in {EndpointKind.PRIVATELINK, EndpointKind.CUSTOM}:
        return unknown(Reason.DECIDED_ELSEWHERE, "where the configured host leads is not known", **read)
    if not _available(context):
        return unknown(Reason.DECIDED_ELSEWHERE, "no interface endpoint is visible to this account", **read)
    return proven("this audit used a public host, although there is an interface endpoint", **read)


def _address(connection: ConnectionFacts) -> str | None:
    return connection.negotiated.remote_address if connection.negotiated else None


def _is_private_connection(connection: ConnectionFacts) -> bool:
    """Return whether calls went to an interface endpoint: to its own name, or to an address that is not public."""
    if connection.endpoint_kind is EndpointKind.PRIVATELINK:
        return connection.negotiated is not None
    if connection.endpoint_kind is not EndpointKind.PRIVATE_DNS or connection.uses_proxy:
        return False
    address = _address(connection)
    return address is not None and not ip_address(address).is_global


def _private_dns(endpoint: ec2.VpcEndpoint, context: CheckContext) -> Verdict:
    read = {"PrivateDnsEnabled": endpoint.private_dns_enabled, "VpcId": endpoint.vpc_id}
    if endpoint.private_dns_enabled is None:
        return absent("PrivateDnsEnabled")
    if not endpoint.private_dns_enabled:
        return not_applicable("private DNS is off: clients use vpc_endpoint=", **read)
    vpc = _vpc(endpoint, context)
    if vpc is None:
        return unknown(Reason.DECIDED_ELSEWHERE, "the endpoint's VPC is not listed", **read)
    attributes = {"EnableDnsSupport": vpc.dns_support, "EnableDnsHostnames": vpc.dns_hostnames}
    if False in attributes.values():
        return failed("private DNS needs both DNS attributes of the VPC", **read, **attributes)
    if None in attributes.values():
        return unknown(Reason.INCOMPLETE, "a DNS attribute of the VPC is absent", **read, **attributes)
    return _from_here(endpoint, vpc, context, {**read, **attributes})


def _from_here(endpoint: ec2.VpcEndpoint, vpc: VpcFacts, context: CheckContext, read: Mapping[str, object]) -> Verdict:
    """Judge where the usual name leads from here; only a machine in the VPC can see that it leads to the endpoint."""
    names = next(iter(context.facts.usual_name.items), None)
    wanted = {
        each.private_ip_address
        for each, _ in context.facts.endpoint_interfaces
        if each.network_interface_id in endpoint.network_interface_ids
    }
    found = set[str](names.addresses if names is not None else ())
    read = {**read, "addresses": found, "PrivateIpAddress": wanted - {None}}
    if found and found <= wanted:
        return passed("the usual name leads to the endpoint", **read)
    try:
        is_inside = any(ip_address(address) in block for address in found for block in _blocks(vpc))
    except ValueError:
        return unknown(Reason.INCOMPLETE, "an address block of the VPC is not valid", **read)
    if is_inside and wanted:
        return failed("from inside the VPC, the usual name leads to other addresses than the endpoint's", **read)
    return unknown(Reason.NOT_REACHED, "only an audit inside the VPC sees where the usual name leads", **read)


def _zones(endpoint: ec2.VpcEndpoint, context: CheckContext) -> Verdict:
    subnets = [subnet for subnet, _ in context.facts.subnets if subnet.subnet_id in endpoint.subnet_ids]
    # One zone has several names, one of each account, so that ids and names cannot be compared.
    ids = {subnet.availability_zone_id for subnet in subnets}
    names = {subnet.availability_zone for subnet in subnets}
    zones = names if None in ids else ids
    read = {"SubnetIds": endpoint.subnet_ids, "AvailabilityZoneId": zones}
    if not endpoint.subnet_ids:
        return absent("SubnetIds")
    if len(endpoint.subnet_ids) == 1:
        return proven("the endpoint stands in one zone: it fails with the zone", **read)
    if None in zones or len(subnets) < len(endpoint.subnet_ids):
        zones = zones - {None}
        if None in ids or len(zones) < MIN_ZONES:
            return unknown(Reason.INCOMPLETE, "the endpoint's subnets or their zones are not listed", **read)
    if len(zones) < MIN_ZONES:
        return failed("the endpoint stands in one zone: it fails with the zone", **read)
    return passed("the endpoint stands in more than one zone", **read)


def _security_group(endpoint: ec2.VpcEndpoint, context: CheckContext) -> Verdict:
    ids = [group.group_id for group in endpoint.groups]
    known = [group for group, _ in context.facts.groups if group.group_id in ids]
    vpc = _vpc(endpoint, context)
    if vpc is None or len(known) < len(ids) or not ids:
        return unknown(Reason.INCOMPLETE, "the endpoint's VPC or security groups are not listed", GroupId=ids)
    rules = [rule for group in known for rule in group.ip_permissions if _opens_https(rule)]
    try:
        blocks = _blocks(vpc)
        closed = _uncovered(blocks, [each.cidr_ip or "" for rule in rules for each in rule.ip_ranges])
    except ValueError:
        return unknown(Reason.INCOMPLETE, "a source of a rule is not an address block", GroupId=ids)
    read = {"GroupId": ids, "CidrBlock": blocks}
    if not blocks:
        return absent("CidrBlockAssociationSet")
    if not closed:
        return passed("the VPC reaches the endpoint on port 443", **read)
    if any(rule.user_id_group_pairs or rule.prefix_list_ids for rule in rules):
        return unknown(Reason.INCOMPLETE, "a rule names security groups or prefix lists instead of addresses", **read)
    return failed(f"no rule allows port 443 from {', '.join(map(str, closed))}: calls time out", **read)


def _blocks(vpc: VpcFacts) -> list[IPv4Network]:
    """Return the IPv4 blocks that are associated with a VPC."""
    return [
        IPv4Network(each.cidr_block, strict=False)
        for each in vpc.vpc.cidr_block_association_set
        if each.cidr_block
        and (each.cidr_block_state is None or each.cidr_block_state.state in {None, "associated", "associating"})
    ]


def _uncovered(blocks: Iterable[IPv4Network], sources: Iterable[str]) -> list[IPv4Network]:
    """Return the blocks that the sources, together, do not contain."""
    allowed = list(collapse_addresses(IPv4Network(each, strict=False) for each in sources if each))
    return [block for block in blocks if not any(block.subnet_of(each) for each in allowed)]


def _opens_https(rule: ec2.IpPermission) -> bool:
    if rule.ip_protocol == "-1":
        return True
    return rule.ip_protocol in {"tcp", "6"} and (rule.from_port or 0) <= HTTPS <= (rule.to_port or 0)


def _vpc(endpoint: ec2.VpcEndpoint, context: CheckContext) -> VpcFacts | None:
    return next((item for item, _ in context.facts.vpcs if item.vpc.vpc_id == endpoint.vpc_id), None)


def _policy(endpoint: ec2.VpcEndpoint, context: CheckContext) -> Verdict:
    policy = _parsed(endpoint)
    if isinstance(policy, Verdict):
        return policy
    evaluation = evaluate_for_foreign_account(policy, endpoint, context)
    if evaluation.decision is Decision.ALLOWED:
        return failed("the endpoint serves keys of any account: data can leave with them", reason=evaluation.reason)
    if evaluation.decision is Decision.UNDETERMINED:
        return unknown(Reason.INCOMPLETE, f"the policy cannot be decided: {evaluation.reason}")
    return passed("the endpoint does not serve keys of another account", reason=evaluation.reason)


def _policy_lint(endpoint: ec2.VpcEndpoint, context: CheckContext) -> Verdict:
    del context
    policy = _parsed(endpoint)
    if isinstance(policy, Verdict):
        return policy
    if policy.statements and all(map(_allows_everything, policy.statements)):
        return not_applicable("the endpoint has AWS's default policy")
    if findings := policy.lint():
        return failed("the policy may not do what it seems to", finding=[str(each) for each in findings])
    return passed("nothing in the policy looks like a mistake")


def _allows_everything(statement: Statement) -> bool:
    return (
        statement.effect is Effect.ALLOW
        and list(statement.actions or ()) == ["*"]
        and list(statement.resources or ()) == ["*"]
        and statement.principals == ANY_PRINCIPAL
        and not statement.conditions
    )


def _parsed(endpoint: ec2.VpcEndpoint) -> Policy | Verdict:
    if not endpoint.policy_document:
        return absent("PolicyDocument")
    try:
        return Policy.parse(endpoint.policy_document)
    except ConfigurationError as error:
        return unknown(Reason.INCOMPLETE, f"the policy cannot be read: {error}")


def _is_private(address: str) -> bool:
    """Return whether an address is of a private network; a tunnel on this machine may lead anywhere."""
    parsed = ip_address(address)
    return not parsed.is_global and not parsed.is_loopback


def _enforced(probe: PublicProbe, context: CheckContext) -> Verdict:
    del context
    read = {"host": probe.host, "code": probe.code or "(none)", "remote_address": probe.address}
    if probe.address is not None and _is_private(probe.address):
        text = "from here the name of the public host leads to a private address"
        return unknown(Reason.NOT_REACHED, text, **read)
    if not probe.code:
        return failed("the public host serves this identity as well", **read)
    if EXPLICIT_DENY in probe.message:
        return passed("a policy denies this identity the public host", **read)
    return unknown(Reason.INCOMPLETE, f"the response does not tell: {probe.message}", **read)


CHECKS: Final = (
    Check(
        id="endpoint.exists",
        title="There is an interface endpoint for the WorkSpaces API",
        why="without it, calls of the API go over public addresses",
        section=Section.INTERFACE_ENDPOINT,
        subject=Subject.CONNECTION,
        severity=Severity.MEDIUM,
        severity_source="Security Hub EC2.10, for EC2's own endpoint",
        same_as=("CIS 2.17",),
        needs=("endpoints", "vpcs"),
        remedy="wsclient endpoint ensure",
        judge=_exists,
        settings=("fips", "api_vpcs"),
    ),
    Check(
        id="endpoint.used",
        title="This audit went through the interface endpoint",
        why="an endpoint protects only the calls that go through it",
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
        why="programs that use the usual name would call the public host, or nothing",
        section=Section.INTERFACE_ENDPOINT,
        subject=Subject.ENDPOINT,
        severity=Severity.MEDIUM,
        severity_source=OURS,
        needs=("vpcs", "endpoint_interfaces"),
        remedy="ModifyVpcAttribute for both DNS attributes, or ModifyVpcEndpoint without private DNS",
        empty_message=NOTHING_THERE,
        judge=_private_dns,
    ),
    Check(
        id="endpoint.zones",
        title="The interface endpoint stands in two zones",
        why="with one zone, an outage of the zone stops every call",
        section=Section.INTERFACE_ENDPOINT,
        subject=Subject.ENDPOINT,
        severity=Severity.LOW,
        severity_source=OURS,
        needs=("subnets",),
        remedy="ModifyVpcEndpoint with AddSubnetIds",
        empty_message=NOTHING_THERE,
        judge=_zones,
    ),
    Check(
        id="endpoint.security_group",
        title="The VPC reaches the interface endpoint",
        why="calls from the VPC time out",
        section=Section.INTERFACE_ENDPOINT,
        subject=Subject.ENDPOINT,
        severity=Severity.MEDIUM,
        severity_source=OURS,
        needs=("groups", "vpcs"),
        remedy="AuthorizeSecurityGroupIngress for TCP 443 from the VPC",
        empty_message=NOTHING_THERE,
        judge=_security_group,
    ),
    Check(
        id="endpoint.policy",
        title="The interface endpoint serves this account only",
        why="data can leave through the endpoint with the keys of another account",
        section=Section.INTERFACE_ENDPOINT,
        subject=Subject.ENDPOINT,
        severity=Severity.MEDIUM,
        severity_source=OURS,
        remedy="ModifyVpcEndpoint with a policy that has aws:PrincipalAccount or aws:PrincipalOrgID as a condition",
        empty_message=NOTHING_THERE,
        judge=_policy,
    ),
    Check(
        id="endpoint.policy_lint",
        title="The interface endpoint's policy does what it seems to",
        why="a policy with a mistake permits more, or less, than its author meant",
        section=Section.INTERFACE_ENDPOINT,
        subject=Subject.ENDPOINT,
        severity=Severity.LOW,
        severity_source=OURS,
        remedy="correct the policy as the finding says",
        empty_message=NOTHING_THERE,
        judge=_policy_lint,
    ),
    Check(
        id="endpoint.enforced",
        title="The public host is closed to this identity",
        why="stolen credentials of this identity work from the internet",
        section=Section.INTERFACE_ENDPOINT,
        subject=Subject.PUBLIC_HOST,
        severity=Severity.LOW,
        severity_source=OURS,
        remedy="attach wsclient.policy.only_through() to the role",
        judge=_enforced,
    ),
)
