"""Operations of IP access control groups: the addresses from which users can reach the WorkSpaces of a directory.

Limits: "IP access control groups", https://docs.aws.amazon.com/workspaces/latest/adminguide/amazon-workspaces-ip-access-control-groups.html
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from msgspec.structs import replace

from wsclient._generated.workspaces import operations as ops
from wsclient._generated.workspaces import structures as s
from wsclient._generated.workspaces.errors import (
    InvalidParameterValuesException,
    ResourceAlreadyExistsException,
    ResourceAssociatedException,
    ResourceLimitExceededException,
    ResourceNotFoundException,
)
from wsclient.testing._operations.directories import registered_directory
from wsclient.testing._operations.handler import Call, HandlerTable
from wsclient.testing._operations.pagination import paginate
from wsclient.testing._operations.tags import tag_new_resource
from wsclient.testing._state import ids as _ids

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wsclient.testing._state.store import Store

operations = HandlerTable()


@operations.emulates(ops.CREATE_IP_GROUP)
def create_ip_group(call: Call, request: s.CreateIpGroupRequest) -> s.CreateIpGroupResult:
    """Create a group with a name that is unique in the account and region."""
    groups = call.store.ip_groups
    if any(group.group_name == request.group_name for group in groups.values()):
        raise ResourceAlreadyExistsException(f"An IP access control group named {request.group_name} already exists.")
    if len(groups) >= call.quotas.ip_groups:
        raise ResourceLimitExceededException(
            f"An account can have at most {call.quotas.ip_groups} IP access control groups."
        )
    rules = _merge_rules(call, [], request.user_rules or ())
    group_id = _ids.resource_id("wsipg")
    tag_new_resource(call.store, group_id, request.tags)
    groups[group_id] = s.WorkspacesIpGroup(
        group_id=group_id, group_name=request.group_name, group_desc=request.group_desc, user_rules=rules
    )
    return s.CreateIpGroupResult(group_id=group_id)


@operations.emulates(ops.DESCRIBE_IP_GROUPS)
def describe_ip_groups(call: Call, request: s.DescribeIpGroupsRequest) -> s.DescribeIpGroupsResult:
    """List groups: all, or by id."""
    group_ids = request.group_ids
    groups = {key: group for key, group in call.store.ip_groups.items() if group_ids is None or key in group_ids}
    page, token = paginate(call, request, groups, limit=request.max_results)
    return s.DescribeIpGroupsResult(result=page, next_token=token)


@operations.emulates(ops.DELETE_IP_GROUP)
def delete_ip_group(call: Call, request: s.DeleteIpGroupRequest) -> s.DeleteIpGroupResult:
    """Delete a group that is not associated with a directory."""
    group_id = request.group_id
    _group(call.store, group_id)
    if any(group_id in record.directory.ip_group_ids for record in call.store.directories.values()):
        raise ResourceAssociatedException("The IP access control group is associated with a directory.")
    del call.store.ip_groups[group_id]
    call.store.tags.pop(group_id, None)
    return s.DeleteIpGroupResult()


@operations.emulates(ops.ASSOCIATE_IP_GROUPS)
def associate_ip_groups(call: Call, request: s.AssociateIpGroupsRequest) -> s.AssociateIpGroupsResult:
    """Associate groups with a directory, in addition to its current groups."""
    record = registered_directory(call.store, request.directory_id)
    for group_id in request.group_ids:
        _group(call.store, group_id)
    combined = list(dict.fromkeys([*record.directory.ip_group_ids, *request.group_ids]))
    if len(combined) > call.quotas.ip_groups_per_directory:
        raise ResourceLimitExceededException(
            f"A directory can have at most {call.quotas.ip_groups_per_directory} IP access control groups."
        )
    record.directory = replace(record.directory, ip_group_ids=combined)
    return s.AssociateIpGroupsResult()


@operations.emulates(ops.DISASSOCIATE_IP_GROUPS)
def disassociate_ip_groups(call: Call, request: s.DisassociateIpGroupsRequest) -> s.DisassociateIpGroupsResult:
    """Disassociate groups from a directory; a group that is not associated is not an error."""
    record = registered_directory(call.store, request.directory_id)
    remaining = [group_id for group_id in record.directory.ip_group_ids if group_id not in request.group_ids]
    record.directory = replace(record.directory, ip_group_ids=remaining)
    return s.DisassociateIpGroupsResult()


@operations.emulates(ops.AUTHORIZE_IP_RULES)
def authorize_ip_rules(call: Call, request: s.AuthorizeIpRulesRequest) -> s.AuthorizeIpRulesResult:
    """Add rules to a group."""
    group = _group(call.store, request.group_id)
    _update_rules(call.store, group, _merge_rules(call, group.user_rules, request.user_rules))
    return s.AuthorizeIpRulesResult()


@operations.emulates(ops.REVOKE_IP_RULES)
def revoke_ip_rules(call: Call, request: s.RevokeIpRulesRequest) -> s.RevokeIpRulesResult:
    """Remove rules from a group by their addresses; an address without a rule is not an error."""
    group = _group(call.store, request.group_id)
    _update_rules(call.store, group, [rule for rule in group.user_rules if rule.ip_rule not in request.user_rules])
    return s.RevokeIpRulesResult()


@operations.emulates(ops.UPDATE_RULES_OF_IP_GROUP)
def update_rules_of_ip_group(call: Call, request: s.UpdateRulesOfIpGroupRequest) -> s.UpdateRulesOfIpGroupResult:
    """Replace all rules of a group."""
    group = _group(call.store, request.group_id)
    _update_rules(call.store, group, _merge_rules(call, [], request.user_rules))
    return s.UpdateRulesOfIpGroupResult()


def _group(store: Store, group_id: str) -> s.WorkspacesIpGroup:
    group = store.ip_groups.get(group_id)
    if group is None:
        raise ResourceNotFoundException(
            "The specified IP access control group could not be found.", details={"ResourceId": group_id}
        )
    return group


def _update_rules(store: Store, group: s.WorkspacesIpGroup, rules: list[s.IpRuleItem]) -> None:
    store.ip_groups[group.group_id or ""] = replace(group, user_rules=rules)


def _merge_rules(call: Call, rules: list[s.IpRuleItem], added: Sequence[s.IpRuleItem]) -> list[s.IpRuleItem]:
    """Return the rules with the added rules; an added rule replaces a rule of the same address."""
    for rule in added:
        _check_rule(rule)
    combined = list({rule.ip_rule: rule for rule in [*rules, *added]}.values())
    if len(combined) > call.quotas.rules_per_ip_group:
        raise ResourceLimitExceededException(
            f"An IP access control group can have at most {call.quotas.rules_per_ip_group} rules."
        )
    return combined


def _check_rule(rule: s.IpRuleItem) -> None:
    try:
        ipaddress.IPv4Network(rule.ip_rule or "", strict=False)
    except ValueError:
        raise InvalidParameterValuesException(
            "An IP rule must be an IPv4 address or a CIDR block such as 203.0.113.0/24."
        ) from None
