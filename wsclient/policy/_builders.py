"""Builders of common policies: one account, one organization, read-only, for VPC endpoints and for identities."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from wsclient._core.errors import ConfigurationError
from wsclient.policy._documents import ANY_PRINCIPAL, Effect, Statement
from wsclient.policy._policy import Policy

if TYPE_CHECKING:
    from collections.abc import Mapping

ACCOUNT: Final = re.compile(r"[0-9]{12}")
ORGANIZATION: Final = re.compile(r"o-[a-z0-9]{10,32}")
READS: Final = ("workspaces:Describe*", "workspaces:List*", "workspaces:Get*")
ALL: Final = ("workspaces:*",)


def allow_account(account_id: str, *, actions: Sequence[str] = ALL) -> Policy:
    """Return an endpoint policy that lets principals of one account through, and no keys of another account.

    The default policy of an endpoint lets every key of every account through, so data can leave with foreign keys.
    Raises ConfigurationError unless account_id has 12 digits. "Control access to VPC endpoints using endpoint
    policies", https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
    """
    if not ACCOUNT.fullmatch(account_id):
        raise ConfigurationError(f"allow_account: {account_id!r:.40} is not an account id of 12 digits")
    return _endpoint_policy(actions, {"StringEquals": {"aws:PrincipalAccount": (account_id,)}})


def allow_organization(organization_id: str, *, actions: Sequence[str] = ALL) -> Policy:
    """Return an endpoint policy that lets principals of the accounts of one organization through.

    Raises ConfigurationError unless organization_id has the form o-a1b2c3d4e5.
    """
    if not ORGANIZATION.fullmatch(organization_id):
        raise ConfigurationError(
            f"allow_organization: {organization_id!r:.60} is not the id of an organization, such as o-a1b2c3d4e5"
        )
    return _endpoint_policy(actions, {"StringEquals": {"aws:PrincipalOrgID": (organization_id,)}})


def read_only(*, account_id: str | None = None) -> Policy:
    """Return an identity policy that allows the read operations of WorkSpaces, and no change.

    With account_id it is an endpoint policy instead: only reads, by principals of that account.
    """
    if account_id is not None:
        return allow_account(account_id, actions=READS)
    return Policy(statements=(Statement(effect=Effect.ALLOW, actions=READS, resources=("*",)),), version="2012-10-17")


def _endpoint_policy(actions: Sequence[str], conditions: Mapping[str, Mapping[str, tuple[str, ...]]]) -> Policy:
    statement = Statement(
        effect=Effect.ALLOW,
        actions=tuple(actions),
        resources=("*",),
        principals=ANY_PRINCIPAL,
        conditions=conditions,
    )
    return Policy(statements=(statement,), version="2012-10-17")
