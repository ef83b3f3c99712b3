"""WorkSpacesClient, with guards for the operations that can lock all users out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, final

from wsclient._client.base_client import Extra
from wsclient._core.errors import RequestValidationError
from wsclient._core.lazy_imports import LazyModule
from wsclient.workspaces._resource_wait_methods import ResourceWaiters

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from wsclient._core.model.structures import Output
    from wsclient._generated.workspaces import operations as ops
    from wsclient._generated.workspaces import structures as s
    from wsclient._pipeline.reconciliation import Reconciler
else:
    ops = LazyModule("wsclient._generated.workspaces.operations")
    s = LazyModule("wsclient.types")


@final
class WorkSpacesClient(ResourceWaiters):
    """Client of Amazon WorkSpaces: all 91 operations, and waiters (wait_until_…).

    The constructor documents its options.

    An IP access control group without rules blocks all users. To associate such a group, or to remove a group's last
    rule, pass allow_lockout=True ("IP access control groups for WorkSpaces",
    https://docs.aws.amazon.com/workspaces/latest/adminguide/amazon-workspaces-ip-access-control-groups.html).
    raw() bypasses this guard.
    """

    async def associate_ip_groups(
        self,
        *,
        directory_id: str,
        group_ids: Sequence[str],
        allow_lockout: bool = False,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.AssociateIpGroupsResult:
        """Call AssociateIpGroups, after a check that each group has rules: one without would lock all users out.

        Args:
            directory_id: required; id of the directory.
            group_ids: required; ids of the groups, at most 25 per directory.
            allow_lockout: True skips the check and its DescribeIpGroups call.

        https://docs.aws.amazon.com/workspaces/latest/api/API_AssociateIpGroups.html
        """
        request = s.AssociateIpGroupsRequest(directory_id=directory_id, group_ids=group_ids)
        self._check(ops.ASSOCIATE_IP_GROUPS, request, validates=validate)
        if not allow_lockout:
            groups = await self._groups(group_ids)
            empty = [group.group_id for group in groups if not group.user_rules]
            if empty:
                raise _lockout("AssociateIpGroups", "GroupIds", f"{', '.join(map(str, empty))} has no rules")
        return await self._call(ops.ASSOCIATE_IP_GROUPS, request, extra, validate)

    async def revoke_ip_rules(
        self,
        *,
        group_id: str,
        user_rules: Sequence[str],
        allow_lockout: bool = False,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.RevokeIpRulesResult:
        """Call RevokeIpRules, after a check that a rule remains: a group without rules would lock all users out.

        Args:
            group_id: required; id of the group.
            user_rules: required; IP ranges to remove.
            allow_lockout: True skips the check and its DescribeIpGroups call.

        https://docs.aws.amazon.com/workspaces/latest/api/API_RevokeIpRules.html
        """
        request = s.RevokeIpRulesRequest(group_id=group_id, user_rules=user_rules)
        self._check(ops.REVOKE_IP_RULES, request, validates=validate)
        if not allow_lockout:
            groups = await self._groups([group_id])
            if any(_remaining_rule_count(group, user_rules) == 0 for group in groups):
                raise _lockout("RevokeIpRules", "UserRules", f"these are all the rules of {group_id}")
        return await self._call(ops.REVOKE_IP_RULES, request, extra, validate)

    async def update_rules_of_ip_group(
        self,
        *,
        group_id: str,
        user_rules: Sequence[s.IpRuleItem],
        allow_lockout: bool = False,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.UpdateRulesOfIpGroupResult:
        """Call UpdateRulesOfIpGroup, which replaces a group's rules: an empty list would lock all users out.

        Args:
            group_id: required; id of the group.
            user_rules: required; new rules, at most 10.
            allow_lockout: True allows an empty list.

        https://docs.aws.amazon.com/workspaces/latest/api/API_UpdateRulesOfIpGroup.html
        """
        request = s.UpdateRulesOfIpGroupRequest(group_id=group_id, user_rules=user_rules)
        self._check(ops.UPDATE_RULES_OF_IP_GROUP, request, validates=validate)
        if not user_rules and not allow_lockout:
            raise _lockout("UpdateRulesOfIpGroup", "UserRules", "the list of rules is empty")
        return await self._call(ops.UPDATE_RULES_OF_IP_GROUP, request, extra, validate)

    def _reconcilers(self) -> Mapping[str, Reconciler[Output]]:
        from wsclient.workspaces._reconcilers import reconcilers  # noqa: PLC0415 - few calls are ambiguous

        return reconcilers(self)

    async def _groups(self, group_ids: Sequence[str]) -> list[s.WorkspacesIpGroup]:
        return await self.describe_ip_groups(group_ids=group_ids).collect()


def _remaining_rule_count(group: s.WorkspacesIpGroup, revoked_rules: Collection[str]) -> int:
    return sum(1 for rule in group.user_rules if rule.ip_rule not in revoked_rules)


def _lockout(operation: str, path: str, problem: str) -> RequestValidationError:
    return RequestValidationError(
        f"{operation}: {problem}, which locks all users out of the directory's WorkSpaces; pass allow_lockout=True "
        "if intended. Nothing was sent",
        operation=operation,
        path=path,
        limit="allow_lockout",
    )
