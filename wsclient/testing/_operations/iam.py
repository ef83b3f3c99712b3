"""The operation of IAM that returns users, roles and their policies.

A user or role without policies may do everything in the emulator, so it is shown with AdministratorAccess.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from wsclient._generated.iam import enums
from wsclient._generated.iam import operations as ops
from wsclient._generated.iam import structures as s
from wsclient.testing._operations.handler import Call, HandlerTable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wsclient.testing._state.identities import Role

operations = HandlerTable()

ADMINISTRATOR: Final = "arn:aws:iam::aws:policy/AdministratorAccess"
PAGE_ITEMS: Final = 100
"""Users, roles and policies of a page without MaxItems."""
_EVERYTHING: Final = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'


@operations.emulates(ops.GET_ACCOUNT_AUTHORIZATION_DETAILS)
def get_account_authorization_details(
    call: Call, request: s.GetAccountAuthorizationDetailsRequest
) -> s.GetAccountAuthorizationDetailsResponse:
    """Return the users, roles and managed policies of the account, a page at a time over all of them."""
    items = {key: item for key, item in _items(call).items() if not request.filter or _kind(item) in request.filter}
    size = request.max_items or PAGE_ITEMS
    start = int(request.marker) if request.marker else 0
    page = [items[key] for key in sorted(items)[start : start + size]]
    is_truncated = start + size < len(items)
    return s.GetAccountAuthorizationDetailsResponse(
        user_detail_list=[item for item in page if isinstance(item, s.UserDetail)],
        role_detail_list=[item for item in page if isinstance(item, s.RoleDetail)],
        policies=[item for item in page if isinstance(item, s.ManagedPolicyDetail)],
        is_truncated=is_truncated,
        marker=str(start + size) if is_truncated else None,
    )


def _kind(item: s.UserDetail | s.RoleDetail | s.ManagedPolicyDetail) -> enums.EntityType:
    if isinstance(item, s.UserDetail):
        return enums.EntityType.USER
    if isinstance(item, s.RoleDetail):
        return enums.EntityType.ROLE
    is_aws = (item.arn or "").startswith("arn:aws:iam::aws:")
    return enums.EntityType.AWSMANAGEDPOLICY if is_aws else enums.EntityType.LOCALMANAGEDPOLICY


def _items(call: Call) -> Mapping[str, s.UserDetail | s.RoleDetail | s.ManagedPolicyDetail]:
    account = call.caller.account_id
    users = {key.principal.arn: key.principal.user_id for key in call.keys.issued.values()}
    own_users = {arn: user_id for arn, user_id in users.items() if arn.startswith(f"arn:aws:iam::{account}:user/")}
    roles = [role for role in call.identities.roles.values() if role.account_id == account]
    managed = s.ManagedPolicyDetail(
        policy_name="AdministratorAccess",
        arn=ADMINISTRATOR,
        is_attachable=True,
        default_version_id="v1",
        policy_version_list=[s.PolicyVersion(document=quote(_EVERYTHING), version_id="v1", is_default_version=True)],
    )
    return {
        **{arn: _user(call, arn, user_id) for arn, user_id in own_users.items()},
        **{role.arn: _role(call, role) for role in roles},
        ADMINISTRATOR: managed,
    }


def _user(call: Call, arn: str, user_id: str) -> s.UserDetail:
    policies, attached = _policies(call, arn)
    return s.UserDetail(
        path="/",
        user_name=arn.rpartition("/")[2],
        user_id=user_id,
        arn=arn,
        user_policy_list=policies,
        attached_managed_policies=attached,
    )


def _role(call: Call, role: Role) -> s.RoleDetail:
    policies, attached = _policies(call, role.arn)
    principals = [f"arn:aws:iam::{each}:root" if each.isdigit() else each for each in role.trusts]
    trust = {"Effect": "Allow", "Principal": {"AWS": principals}, "Action": "sts:AssumeRole"}
    return s.RoleDetail(
        path="/",
        role_name=role.name,
        role_id=role.role_id,
        arn=role.arn,
        assume_role_policy_document=quote(json.dumps({"Version": "2012-10-17", "Statement": [trust]})),
        role_policy_list=policies,
        attached_managed_policies=attached,
    )


def _policies(call: Call, arn: str) -> tuple[list[s.PolicyDetail], list[s.AttachedPolicy]]:
    attached = call.identities.policies.attached_to(arn)
    if attached is None:
        return [], [s.AttachedPolicy(policy_name="AdministratorAccess", policy_arn=ADMINISTRATOR)]
    return [
        s.PolicyDetail(policy_name=f"inline-{number}", policy_document=quote(policy.to_json()))
        for number, policy in enumerate(attached, start=1)
    ], []
