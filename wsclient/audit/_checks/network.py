"""Checks of the page's "network isolation" by the WorkSpaces API: addresses, IP groups, devices, streaming."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network
from typing import TYPE_CHECKING, Final

import msgspec

from wsclient.audit._checks.base import OURS, Check, Subject, absent
from wsclient.audit._facts.network import streaming_endpoint_ids
from wsclient.audit._model import Reason, Section, Severity, Verdict, failed, not_applicable, passed, proven, unknown
from wsclient.audit._settings import CERTIFIABLE_DEVICES, OTHER_DEVICES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wsclient._generated.workspaces import structures as s
    from wsclient.audit._facts.records import CheckContext

ALLOW: Final = "ALLOW"
DENY: Final = "DENY"
TRUST: Final = "TRUST"
"""Only devices with a certificate: the service returns it although its model lacks it."""


def covers_everything(blocks: Iterable[str]) -> bool:
    """Return whether address blocks together contain every IPv4 or every IPv6 address."""
    networks = [ip_network(block, strict=False) for block in blocks]
    v4 = collapse_addresses(each for each in networks if isinstance(each, IPv4Network))
    v6 = collapse_addresses(each for each in networks if isinstance(each, IPv6Network))
    return any(each.prefixlen == 0 for each in v4) or any(each.prefixlen == 0 for each in v6)


def _internet_access(directory: s.WorkspaceDirectory, context: CheckContext) -> Verdict:
    del context
    properties = directory.workspace_creation_properties
    value = properties.enable_internet_access if properties else None
    if value is None:
        return absent("EnableInternetAccess")
    if value:
        return failed("new WorkSpaces get a public address", EnableInternetAccess=value)
    return passed("new WorkSpaces get no public address", EnableInternetAccess=value)


def _ip_groups(directory: s.WorkspaceDirectory, context: CheckContext) -> Verdict:
    ids = directory.ip_group_ids
    if not ids:
        return proven("no IP access control group is associated: clients may connect from anywhere", ipGroupIds=ids)
    listed = [group for group, _ in context.facts.ip_groups if group.group_id in ids]
    if empty := [group.group_id for group in listed if not group.user_rules]:
        return proven(f"a group without rules locks every user out: {', '.join(map(str, empty))}", ipGroupIds=ids)
    rules = [rule.ip_rule or "" for group in listed for rule in group.user_rules]
    try:
        is_open = covers_everything(rules)
    except ValueError:
        return unknown(Reason.INCOMPLETE, "a rule is not an address block", ipRule=rules)
    if is_open:
        return proven("the rules of the groups together let every address in", ipGroupIds=ids, ipRule=rules)
    if missing := sorted(set(ids) - {group.group_id for group in listed}):
        text = f"the listing of IP access control groups lacks {', '.join(missing)}"
        return unknown(Reason.INCOMPLETE, text, ipGroupIds=ids)
    return passed("clients may connect from the listed addresses only", ipGroupIds=ids)


def _device(directory: s.WorkspaceDirectory, device: str) -> str | None:
    properties = directory.workspace_access_properties
    value = getattr(properties, f"device_type_{device}") if properties else None
    return None if value is None else str(value)


def _web_access(directory: s.WorkspaceDirectory, context: CheckContext) -> Verdict:
    del context
    value = _device(directory, "web")
    if value == ALLOW:
        return failed("users may connect with a web browser", DeviceTypeWeb=value)
    if value == DENY:
        return passed("web access is off", DeviceTypeWeb=value)
    return unknown(Reason.INCOMPLETE, "DeviceTypeWeb is absent or not known", DeviceTypeWeb=value)


def _trusted_devices(directory: s.WorkspaceDirectory, context: CheckContext) -> Verdict:
    values = {device: _device(directory, device) for device in (*CERTIFIABLE_DEVICES, *OTHER_DEVICES)}
    read = {_member(device): value for device, value in values.items()}
    accepted = context.settings.uncertified_devices
    opened = [device for device, value in values.items() if value == ALLOW and device not in accepted]
    if opened:
        names = ", ".join(map(_member, opened))
        return failed(f"devices of these types may connect without a certificate: {names}", **read)
    undecided = [
        device
        for device, value in values.items()
        if value not in {DENY, ALLOW} and not (value == TRUST and device in CERTIFIABLE_DEVICES)
    ]
    if undecided:
        names = ", ".join(map(_member, undecided))
        return unknown(Reason.INCOMPLETE, f"absent or not known: {names}", **read)
    return passed("only devices with a certificate, and accepted types, may connect", **read)


def _member(device: str) -> str:
    """Return AWS's name of the member for a device type."""
    return "DeviceType" + "".join(part.capitalize() for part in device.split("_"))


def _streaming_endpoint(directory: s.WorkspaceDirectory, context: CheckContext) -> Verdict:
    properties = directory.workspace_access_properties
    config = properties.access_endpoint_config if properties else None
    if config is None:
        # EC2 has nothing to add to it, even if it cannot be read.
        return msgspec.structs.replace(not_applicable("streaming uses no VPC endpoint"), is_proven=True)
    fallback = [str(each) for each in config.internet_fallback_protocols]
    ids = streaming_endpoint_ids(directory)
    if fallback:
        return proven("streaming may fall back to the internet", VpcEndpointId=ids, InternetFallbackProtocols=fallback)
    if not ids:
        return absent("AccessEndpoints")
    listed = {each.vpc_endpoint_id: str(each.state or "").lower() for each, _ in context.facts.streaming_endpoints}
    states = {each: listed.get(each, "deleted") for each in ids}
    read = {"VpcEndpointId": ids, "State": list(states.values())}
    if broken := [each for each, state in states.items() if state not in {"", "available"}]:
        return failed(f"these endpoints for streaming do not exist or are not available: {', '.join(broken)}", **read)
    if "" in states.values():
        return absent("State")
    return passed("streaming goes through an available VPC endpoint alone", **read)


def _streaming_fips(directory: s.WorkspaceDirectory, context: CheckContext) -> Verdict:
    mode = directory.endpoint_encryption_mode
    if not context.settings.fips:
        return not_applicable("FIPS is not required", EndpointEncryptionMode=mode)
    if mode == "FIPS_VALIDATED":
        return passed("streaming is FIPS validated", EndpointEncryptionMode=mode)
    if mode == "STANDARD_TLS":
        return failed("FIPS is required, but streaming is not FIPS validated", EndpointEncryptionMode=mode)
    return unknown(Reason.INCOMPLETE, "EndpointEncryptionMode is absent or not known", EndpointEncryptionMode=mode)


CHECKS: Final = (
    Check(
        id="network.internet_access",
        title="New WorkSpaces get no public address",
        why="a public address makes a WorkSpace a target of scans and attacks from the internet",
        section=Section.NETWORK_ISOLATION,
        subject=Subject.DIRECTORY,
        severity=Severity.MEDIUM,
        severity_source=OURS,
        same_as=("ElectricEye WorkSpaces.4",),
        remedy="ModifyWorkspaceCreationProperties with EnableInternetAccess false; existing WorkSpaces keep their "
        "address",
        judge=_internet_access,
    ),
    Check(
        id="access.ip_groups",
        title="Clients are limited to known addresses",
        why="a stolen password is of no use from an address that is not permitted",
        section=Section.NETWORK_ISOLATION,
        subject=Subject.DIRECTORY,
        severity=Severity.MEDIUM,
        severity_source="CloudSploit, CIS level 1",
        same_as=("CIS 2.8", "CloudSploit workspacesIpAccessControl"),
        needs=("ip_groups",),
        remedy="CreateIpGroup, AuthorizeIpRules, then AssociateIpGroups, in this order",
        judge=_ip_groups,
    ),
    Check(
        id="access.web",
        title="Web access is off",
        why="any computer with a browser can connect, managed or not",
        section=Section.NETWORK_ISOLATION,
        subject=Subject.DIRECTORY,
        severity=Severity.MEDIUM,
        severity_source="CIS level 1",
        same_as=("CIS 2.6",),
        remedy="ModifyWorkspaceAccessProperties with DeviceTypeWeb DENY",
        judge=_web_access,
    ),
    Check(
        id="access.trusted_devices",
        title="Only devices with a certificate connect",
        why="a device that the company does not manage may hold malware, or record the screen",
        section=Section.NETWORK_ISOLATION,
        subject=Subject.DIRECTORY,
        severity=Severity.LOW,
        severity_source="CIS level 2",
        same_as=("CIS 2.7",),
        remedy="in the console, Access control options of the directory; ModifyWorkspaceAccessProperties for DENY",
        judge=_trusted_devices,
        settings=("uncertified_devices",),
    ),
    Check(
        id="access.streaming_endpoint",
        title="Streaming uses its VPC endpoint alone",
        why="streams over the internet leave the private network, and without the endpoint users cannot connect",
        section=Section.NETWORK_ISOLATION,
        subject=Subject.DIRECTORY,
        severity=Severity.LOW,
        severity_source=OURS,
        needs=("streaming_endpoints",),
        remedy="ModifyWorkspaceAccessProperties with an AccessEndpointConfig of an available endpoint, without "
        "InternetFallbackProtocols",
        judge=_streaming_endpoint,
    ),
    Check(
        id="fips.streaming",
        title="Streaming is FIPS validated where FIPS is required",
        why="regulated data needs validated cryptography in the users' sessions too",
        section=Section.FIPS,
        subject=Subject.DIRECTORY,
        severity=Severity.LOW,
        severity_source="CIS level 2",
        same_as=("CIS 2.16",),
        remedy="ModifyEndpointEncryptionMode, for a directory without WorkSpaces; PrivateLink for the API remains",
        judge=_streaming_fips,
        settings=("fips",),
    ),
)
