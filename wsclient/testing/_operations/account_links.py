"""Operations of account links: an account invites another account, which accepts or rejects.

The store of the inviting account holds the link. A repeated request with the same client token returns the first
result; the same token with a different request is a ConflictException.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from wsclient._core.service_errors import AccessDeniedException, ValidationException
from wsclient._generated.workspaces import operations as ops
from wsclient._generated.workspaces import structures as s
from wsclient._generated.workspaces.enums import AccountLinkStatusEnum
from wsclient._generated.workspaces.errors import ConflictException
from wsclient.testing._operations.common import not_found
from wsclient.testing._operations.handler import Call, HandlerTable
from wsclient.testing._operations.pagination import paginate
from wsclient.testing._state import ids as _ids

if TYPE_CHECKING:
    from collections.abc import Callable

operations = HandlerTable()

_PENDING = AccountLinkStatusEnum.PENDING_ACCEPTANCE_BY_TARGET_ACCOUNT
_ACTIVE_STATUSES = (_PENDING, AccountLinkStatusEnum.LINKED)


@operations.emulates(ops.CREATE_ACCOUNT_LINK_INVITATION)
def create_account_link_invitation(
    call: Call, request: s.CreateAccountLinkInvitationRequest
) -> s.CreateAccountLinkInvitationResult:
    """Invite another account to an account link."""
    target = request.target_account_id

    def invite() -> s.AccountLink:
        source = call.store.account_id
        if target == source:
            raise ValidationException("An account cannot be linked with itself.")
        if any(
            target in _account_ids(link) and link.account_link_status in _ACTIVE_STATUSES
            for link in _links(call).values()
        ):
            raise ConflictException(f"The account {target} is already linked or invited.")
        link_id = _ids.resource_id("link")
        call.store.links[link_id] = link = s.AccountLink(
            account_link_id=link_id,
            account_link_status=_PENDING,
            source_account_id=source,
            target_account_id=target,
        )
        return link

    link = _run_idempotently(call, "CreateAccountLinkInvitation", request.client_token, target, invite)
    return s.CreateAccountLinkInvitationResult(account_link=link)


@operations.emulates(ops.ACCEPT_ACCOUNT_LINK_INVITATION)
def accept_account_link_invitation(
    call: Call, request: s.AcceptAccountLinkInvitationRequest
) -> s.AcceptAccountLinkInvitationResult:
    """Accept an invitation, as the invited account. Linked accounts cannot be unlinked."""

    def accept() -> s.AccountLink:
        return _respond(call, request.link_id, AccountLinkStatusEnum.LINKED)

    link = _run_idempotently(call, "AcceptAccountLinkInvitation", request.client_token, request.link_id, accept)
    return s.AcceptAccountLinkInvitationResult(account_link=link)


@operations.emulates(ops.REJECT_ACCOUNT_LINK_INVITATION)
def reject_account_link_invitation(
    call: Call, request: s.RejectAccountLinkInvitationRequest
) -> s.RejectAccountLinkInvitationResult:
    """Reject an invitation, as the invited account."""

    def reject() -> s.AccountLink:
        return _respond(call, request.link_id, AccountLinkStatusEnum.REJECTED)

    link = _run_idempotently(call, "RejectAccountLinkInvitation", request.client_token, request.link_id, reject)
    return s.RejectAccountLinkInvitationResult(account_link=link)


@operations.emulates(ops.DELETE_ACCOUNT_LINK_INVITATION)
def delete_account_link_invitation(
    call: Call, request: s.DeleteAccountLinkInvitationRequest
) -> s.DeleteAccountLinkInvitationResult:
    """Delete an invitation, as the inviting account, unless it has been accepted."""

    def delete() -> s.AccountLink:
        link = _link(call, request.link_id)
        if link.source_account_id != call.store.account_id:
            raise AccessDeniedException("The invitation belongs to another account.")
        if link.account_link_status == AccountLinkStatusEnum.LINKED:
            raise ConflictException("The accounts are linked. Linked accounts cannot be unlinked.")
        return call.store.links.pop(request.link_id)

    link = _run_idempotently(call, "DeleteAccountLinkInvitation", request.client_token, request.link_id, delete)
    return s.DeleteAccountLinkInvitationResult(account_link=link)


@operations.emulates(ops.GET_ACCOUNT_LINK)
def get_account_link(call: Call, request: s.GetAccountLinkRequest) -> s.GetAccountLinkResult:
    """Return an account link, by its id or by the linked account."""
    if (request.link_id is None) == (request.linked_account_id is None):
        raise ValidationException("Specify either LinkId or LinkedAccountId.")
    if request.link_id is not None:
        return s.GetAccountLinkResult(account_link=_link(call, request.link_id))
    linked_id = request.linked_account_id or ""
    links = [
        link for link in _links(call).values() if linked_id in _account_ids(link) and linked_id != call.store.account_id
    ]
    if not links:
        raise not_found("account link", linked_id)
    # Return the latest link: an account that rejected an invitation may have been invited again.
    return s.GetAccountLinkResult(account_link=links[-1])


@operations.emulates(ops.LIST_ACCOUNT_LINKS)
def list_account_links(call: Call, request: s.ListAccountLinksRequest) -> s.ListAccountLinksResult:
    """List the account's links and invitations, as the inviting or the invited account, with an optional filter."""
    statuses = request.link_status_filter
    links = {
        link_id: link
        for link_id, link in _links(call).items()
        if statuses is None or link.account_link_status in statuses
    }
    page, token = paginate(call, request, links, limit=request.max_results, error_type=ValidationException)
    return s.ListAccountLinksResult(account_links=page, next_token=token)


def _run_idempotently(
    call: Call, operation: str, token: str | None, argument: str, act: Callable[[], s.AccountLink]
) -> s.AccountLink:
    """Run act, or return the first result of the client token."""
    if token is None:
        return act()
    tokens, key = call.store.client_tokens, (operation, token)
    if key in tokens:
        first_argument, link = tokens[key]
        if first_argument != argument:
            raise ConflictException("The client token was used for another request.")
        return link
    link = act()
    tokens[key] = (argument, link)
    return link


def _respond(call: Call, link_id: str, status: AccountLinkStatusEnum) -> s.AccountLink:
    link = _link(call, link_id)
    if link.target_account_id != call.store.account_id:
        raise AccessDeniedException("The invitation is for another account.")
    if link.account_link_status is not _PENDING:
        raise ConflictException(f"The link is {link.account_link_status}.")
    updated = replace(link, account_link_status=status)
    call.store_at(link.source_account_id or "", call.store.region).links[link_id] = updated
    return updated


def _links(call: Call) -> dict[str, s.AccountLink]:
    """Return every link of the account, by id."""
    return {
        link_id: link
        for store in call.stores_in(call.store.region)
        for link_id, link in store.links.items()
        if call.store.account_id in _account_ids(link)
    }


def _link(call: Call, link_id: str) -> s.AccountLink:
    link = _links(call).get(link_id)
    if link is None:
        raise not_found("account link", link_id)
    return link


def _account_ids(link: s.AccountLink) -> tuple[str | None, str | None]:
    return (link.source_account_id, link.target_account_id)
