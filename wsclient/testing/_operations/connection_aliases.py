"""Operations of connection aliases: names with which users connect to their WorkSpaces in any region.

"Cross-Region redirection", https://docs.aws.amazon.com/workspaces/latest/adminguide/cross-region-redirection.html.
The store of the owner holds an alias. The owner can share it with one account at a time, which can describe it and
associate it with its own directory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from wsclient._core.service_errors import AccessDeniedException
from wsclient._generated.workspaces import enums
from wsclient._generated.workspaces import operations as ops
from wsclient._generated.workspaces import structures as s
from wsclient._generated.workspaces.enums import AssociationStatus, ConnectionAliasState
from wsclient._generated.workspaces.errors import (
    InvalidParameterValuesException,
    InvalidResourceStateException,
    ResourceAlreadyExistsException,
    ResourceAssociatedException,
    ResourceLimitExceededException,
)
from wsclient.testing._operations.common import not_found, usable_directory
from wsclient.testing._operations.handler import Call, HandlerTable
from wsclient.testing._operations.pagination import paginate
from wsclient.testing._operations.tags import tag_new_resource
from wsclient.testing._state import ids as _ids
from wsclient.testing._state.records import AliasRecord

if TYPE_CHECKING:
    from wsclient.testing._state.store import Store

operations = HandlerTable()


@operations.emulates(ops.CREATE_CONNECTION_ALIAS)
def create_connection_alias(call: Call, request: s.CreateConnectionAliasRequest) -> s.CreateConnectionAliasResult:
    """Create an alias. A connection string stays reserved for the account that first used it."""
    store, text = call.store, request.connection_string
    if any(record.described.connection_string == text for record in store.aliases.values()):
        raise ResourceAlreadyExistsException(f"A connection alias for {text} already exists.")
    if any(text in account_store.connection_strings for account_store in _foreign_stores(call)):
        raise ResourceAlreadyExistsException("The connection string belongs to another account.")
    if len(store.aliases) >= call.quotas.connection_aliases:
        raise ResourceLimitExceededException(
            f"An account can have at most {call.quotas.connection_aliases} connection aliases."
        )
    alias_id = _ids.resource_id("wsca")
    tag_new_resource(store, alias_id, request.tags)
    alias = s.ConnectionAlias(connection_string=text, alias_id=alias_id, owner_account_id=store.account_id)
    store.aliases[alias_id] = record = AliasRecord(described=alias)
    record.transition(
        ConnectionAliasState.CREATING, call.now + call.durations.change_alias, ConnectionAliasState.CREATED
    )
    store.connection_strings.add(text)
    return s.CreateConnectionAliasResult(alias_id=alias_id)


def _foreign_stores(call: Call) -> list[Store]:
    stores = [store for region in sorted(call.regions) for store in call.stores_in(region)]
    return [store for store in stores if store.account_id != call.store.account_id]


@operations.emulates(ops.DELETE_CONNECTION_ALIAS)
def delete_connection_alias(call: Call, request: s.DeleteConnectionAliasRequest) -> s.DeleteConnectionAliasResult:
    """Delete an alias that is neither associated nor shared."""
    record = _check_owner(call, _created_alias(call, request.alias_id))
    if record.association is not None:
        raise ResourceAssociatedException("The connection alias is associated with a directory.")
    if record.shared_with is not None:
        raise InvalidResourceStateException("The connection alias is shared with another account: unshare it first.")
    record.transition(ConnectionAliasState.DELETING, call.now + call.durations.change_alias, None)
    return s.DeleteConnectionAliasResult()


@operations.emulates(ops.DESCRIBE_CONNECTION_ALIASES)
def describe_connection_aliases(
    call: Call, request: s.DescribeConnectionAliasesRequest
) -> s.DescribeConnectionAliasesResult:
    """List aliases of the account and aliases shared with it: all, by id, or by directory."""
    if request.alias_ids is not None and request.resource_id is not None:
        raise InvalidParameterValuesException("Specify either AliasIds or ResourceId, not both.")
    aliases = {
        alias_id: _described(record)
        for alias_id, record in _visible_aliases(call).items()
        if (request.alias_ids is None or alias_id in request.alias_ids)
        and (request.resource_id is None or _associated_directory(record) == request.resource_id)
    }
    page, token = paginate(call, request, aliases, limit=request.limit)
    return s.DescribeConnectionAliasesResult(connection_aliases=page, next_token=token)


@operations.emulates(ops.ASSOCIATE_CONNECTION_ALIAS)
def associate_connection_alias(
    call: Call, request: s.AssociateConnectionAliasRequest
) -> s.AssociateConnectionAliasResult:
    """Associate an alias, owned by or shared with the account, with a directory that has no other alias."""
    record = _created_alias(call, request.alias_id)
    usable_directory(call.store, request.resource_id)
    if record.association is not None:
        raise ResourceAssociatedException("The connection alias is associated with a directory.")
    if any(_associated_directory(visible) == request.resource_id for visible in _visible_aliases(call).values()):
        raise ResourceAssociatedException("The directory is associated with another connection alias.")
    is_owner = record.described.owner_account_id == call.store.account_id
    pending = s.ConnectionAliasAssociation(
        association_status=AssociationStatus.PENDING_ASSOCIATION,
        associated_account_id=call.store.account_id,
        resource_id=request.resource_id,
        connection_identifier=_ids.connection_identifier(),
    )
    status = (
        AssociationStatus.ASSOCIATED_WITH_OWNER_ACCOUNT
        if is_owner
        else AssociationStatus.ASSOCIATED_WITH_SHARED_ACCOUNT
    )
    record.association = pending
    record.association_change = (call.now + call.durations.change_alias, replace(pending, association_status=status))
    return s.AssociateConnectionAliasResult(connection_identifier=pending.connection_identifier)


@operations.emulates(ops.DISASSOCIATE_CONNECTION_ALIAS)
def disassociate_connection_alias(
    call: Call, request: s.DisassociateConnectionAliasRequest
) -> s.DisassociateConnectionAliasResult:
    """Disassociate an alias from its directory, as the account that associated it."""
    record = _created_alias(call, request.alias_id)
    association = record.association
    if association is None or record.association_change is not None:
        raise InvalidResourceStateException(
            "The connection alias is not associated, or a change of its association is in progress."
        )
    if association.associated_account_id != call.store.account_id:
        raise AccessDeniedException("Another account has associated the connection alias.")
    record.association = replace(association, association_status=AssociationStatus.PENDING_DISASSOCIATION)
    record.association_change = (call.now + call.durations.change_alias, None)
    return s.DisassociateConnectionAliasResult()


@operations.emulates(ops.UPDATE_CONNECTION_ALIAS_PERMISSION)
def update_connection_alias_permission(
    call: Call, request: s.UpdateConnectionAliasPermissionRequest
) -> s.UpdateConnectionAliasPermissionResult:
    """Share an alias with one account, or stop sharing it."""
    record, permission = _check_owner(call, _created_alias(call, request.alias_id)), request.connection_alias_permission
    account = permission.shared_account_id
    if account == call.store.account_id:
        raise InvalidParameterValuesException(
            "The connection alias belongs to this account; it can only be shared with another account."
        )
    if permission.allow_association:
        if record.shared_with not in (None, account):
            raise ResourceLimitExceededException("The connection alias is already shared with another account.")
        record.shared_with = account
    elif record.shared_with == account:
        if record.association is not None and record.association.associated_account_id == account:
            raise ResourceAssociatedException(
                "The shared account has associated the connection alias with a directory."
            )
        record.shared_with = None
    return s.UpdateConnectionAliasPermissionResult()


@operations.emulates(ops.DESCRIBE_CONNECTION_ALIAS_PERMISSIONS)
def describe_connection_alias_permissions(
    call: Call, request: s.DescribeConnectionAliasPermissionsRequest
) -> s.DescribeConnectionAliasPermissionsResult:
    """Return the account that an alias of the caller is shared with."""
    record, permissions = _check_owner(call, _alias(call, request.alias_id)), dict[str, s.ConnectionAliasPermission]()
    if record.shared_with is not None:
        permissions[record.shared_with] = s.ConnectionAliasPermission(
            shared_account_id=record.shared_with, allow_association=True
        )
    page, token = paginate(call, request, permissions, limit=request.max_results)
    return s.DescribeConnectionAliasPermissionsResult(
        alias_id=request.alias_id, connection_alias_permissions=page, next_token=token
    )


def _visible_aliases(call: Call) -> dict[str, AliasRecord]:
    """Return the aliases of the account and the aliases shared with it, by id."""
    return {
        alias_id: record
        for store in call.stores_in(call.store.region)
        for alias_id, record in store.aliases.items()
        if call.store.account_id in (store.account_id, record.shared_with)
    }


def _alias(call: Call, alias_id: str) -> AliasRecord:
    record = _visible_aliases(call).get(alias_id)
    if record is None:
        raise not_found("connection alias", alias_id)
    return record


def _created_alias(call: Call, alias_id: str) -> AliasRecord:
    record = _alias(call, alias_id)
    if record.described.state != ConnectionAliasState.CREATED:
        raise InvalidResourceStateException(f"The connection alias is {record.described.state}.")
    return record


def _check_owner(call: Call, record: AliasRecord) -> AliasRecord:
    if record.described.owner_account_id != call.store.account_id:
        raise AccessDeniedException("The connection alias belongs to another account.")
    return record


def _associated_directory(record: AliasRecord) -> str | None:
    return record.association.resource_id if record.association else None


def _described(record: AliasRecord) -> s.ConnectionAlias:
    unassociated = s.ConnectionAliasAssociation(association_status=enums.AssociationStatus.NOT_ASSOCIATED)
    return replace(record.described, associations=[record.association or unassociated])
