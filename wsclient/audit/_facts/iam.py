"""Facts of AWS IAM: users and roles of an account with the policies that apply to each, read once an account."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from wsclient._client.operations.iam import IamOperations
from wsclient._client.other_service_clients import side_client
from wsclient._core.errors import ConfigurationError, WsclientError
from wsclient.audit._facts.records import Fact, Principal, Problem
from wsclient.audit._model import Reason
from wsclient.policy._policy import Policy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from wsclient._generated.iam import structures as iam
    from wsclient.audit._facts.reader import SiteAccess
    from wsclient.policy._documents import Statement

MAX_ITEMS: Final = 1_000
Principals = Fact[tuple[Principal, ...]]


class IamReader:
    """Reads the principals of each account once, although an account may be audited in several regions."""

    def __init__(self) -> None:
        self._found: dict[str, Principals] = {}
        self._locks = defaultdict[str, asyncio.Lock](asyncio.Lock)

    async def principals(self, access: SiteAccess, account: str) -> Principals:
        """Return the principals of an account, read through one of its sites; account is "" if it is not known."""
        key = account or str(access.site)
        async with self._locks[key]:
            if key not in self._found:
                self._found[key] = await _read(access)
        return self._found[key]


async def _read(access: SiteAccess) -> Principals:
    try:
        side = side_client(access.client, IamOperations, access.reach)
    except ConfigurationError as error:
        return Fact(problem=Problem(Reason.NOT_REACHED, str(error)))
    reader = access.reader(side)
    pages = list["iam.GetAccountAuthorizationDetailsResponse"]()
    marker, number = None, 0
    try:
        while marker or not pages:
            page, number = await reader.call("GetAccountAuthorizationDetails", partial(_page, side, marker))
            pages.append(page)
            marker = page.marker if page.is_truncated else None
    except WsclientError as error:
        return Fact(problem=reader.problem("GetAccountAuthorizationDetails", error))
    finally:
        await side.aclose()
    if pages[-1].is_truncated:
        return Fact(problem=Problem(Reason.INCOMPLETE, "GetAccountAuthorizationDetails returned no Marker"))
    return Fact((_principals(pages),), (number,))


async def _page(side: IamOperations, marker: str | None) -> iam.GetAccountAuthorizationDetailsResponse:
    return await side.get_account_authorization_details(max_items=MAX_ITEMS, marker=marker)


def _principals(pages: Sequence[iam.GetAccountAuthorizationDetailsResponse]) -> tuple[Principal, ...]:
    managed = {policy.arn or "": _default_version(policy) for page in pages for policy in page.policies}
    groups = {group.group_name or "": group for page in pages for group in page.group_detail_list}
    found = list[Principal]()
    for page in pages:
        for user in page.user_detail_list:
            documents = _Documents(managed)
            documents.add(user.user_policy_list, user.attached_managed_policies)
            for name in user.group_list:
                documents.add_group(name, groups.get(name))
            found.append(documents.principal(user.arn, user.permissions_boundary))
        for role in page.role_detail_list:
            documents = _Documents(managed)
            documents.add(role.role_policy_list, role.attached_managed_policies)
            found.append(documents.principal(role.arn, role.permissions_boundary))
    return tuple(found)


def _default_version(policy: iam.ManagedPolicyDetail) -> str | None:
    return next((each.document for each in policy.policy_version_list if each.is_default_version), None)


class _Documents:
    """Statements of the policies that apply to one principal, and what of them is missing."""

    def __init__(self, managed: Mapping[str, str | None]) -> None:
        self._managed = managed
        self._statements: list[Statement] = []
        self._unread: list[str] = []

    def add(self, inline: Iterable[iam.PolicyDetail], attached: Iterable[iam.AttachedPolicy]) -> None:
        for policy in inline:
            self._statements += self._parsed(policy.policy_name, policy.policy_document)
        for each in attached:
            self._statements += self._parsed(each.policy_arn, self._managed.get(each.policy_arn or ""))

    def add_group(self, name: str, group: iam.GroupDetail | None) -> None:
        if group is None:
            self._unread.append(f"group {name}")
        else:
            self.add(group.group_policy_list, group.attached_managed_policies)

    def principal(self, arn: str | None, boundary: iam.AttachedPermissionsBoundary | None) -> Principal:
        limit = None
        if boundary is not None:
            name = boundary.permissions_boundary_arn
            limit = Policy(statements=tuple(self._parsed(name, self._managed.get(name or ""))))
        unread = ", ".join(self._unread)
        return Principal(arn or "(without an ARN)", Policy(statements=tuple(self._statements)), limit, unread)

    def _parsed(self, name: str | None, document: str | None) -> Sequence[Statement]:
        """Return the statements of a URL-encoded document."""
        try:
            return Policy.parse(unquote(document or "")).statements
        except ConfigurationError:
            self._unread.append(f"policy {name}")
            return ()
