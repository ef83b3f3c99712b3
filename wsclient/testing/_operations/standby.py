"""Operation that creates standby WorkSpaces: a second WorkSpace of a user, in another region.

"Multi-Region Resilience", https://docs.aws.amazon.com/workspaces/latest/adminguide/multi-region-resilience.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from wsclient._generated.workspaces import enums
from wsclient._generated.workspaces import operations as ops
from wsclient._generated.workspaces import structures as s
from wsclient._generated.workspaces.errors import InvalidParameterValuesException, ResourceLimitExceededException
from wsclient.testing._operations.handler import Call, HandlerTable
from wsclient.testing._operations.tags import set_tags
from wsclient.testing._operations.workspaces import FailedItemError, check_request, new_workspace
from wsclient.testing._state.store import AMAZON, StateChange

if TYPE_CHECKING:
    from wsclient.testing._state.store import Store, WorkspaceRecord

operations = HandlerTable()

_RELATIONSHIP = enums.StandbyWorkspaceRelationshipType
_PRIMARY_STATES = (enums.WorkspaceState.AVAILABLE, enums.WorkspaceState.STOPPED)


@operations.emulates(ops.CREATE_STANDBY_WORKSPACES)
def create_standby_workspaces(call: Call, request: s.CreateStandbyWorkspacesRequest) -> s.CreateStandbyWorkspacesResult:
    """Create standbys in this region for WorkSpaces of another region. Each item can fail on its own."""
    if request.primary_region not in call.regions or request.primary_region == call.store.region:
        raise InvalidParameterValuesException(
            f"PrimaryRegion must be another region that the emulator serves (got {request.primary_region})."
        )
    standbys = sum(_is_standby(record) for record in call.store.workspaces.values())
    if standbys + len(request.standby_workspaces) > call.quotas.standby_workspaces:
        raise ResourceLimitExceededException(
            f"An account can have at most {call.quotas.standby_workspaces} standby WorkSpaces."
        )
    primaries = call.store_at(call.store.account_id, request.primary_region)
    pending: list[s.PendingCreateStandbyWorkspacesRequest] = []
    failed: list[s.FailedCreateStandbyWorkspacesRequest] = []
    for item in request.standby_workspaces:
        try:
            pending.append(_pending(_create(call, primaries, item)))
        except FailedItemError as error:
            failed.append(
                s.FailedCreateStandbyWorkspacesRequest(
                    standby_workspace_request=item, error_code=error.code, error_message=error.message
                )
            )
    return s.CreateStandbyWorkspacesResult(pending_standby_requests=pending, failed_standby_requests=failed)


def _is_standby(record: WorkspaceRecord) -> bool:
    return any(related.type is _RELATIONSHIP.PRIMARY for related in record.workspace.related_workspaces)


def _create(call: Call, primaries: Store, item: s.StandbyWorkspace) -> WorkspaceRecord:
    primary = _find_primary(primaries, item)
    source = primary.workspace
    properties = source.workspace_properties
    request = s.WorkspaceRequest(
        directory_id=item.directory_id or "",
        user_name=source.user_name or "",
        bundle_id=_similar_bundle(call.store, properties.compute_type_name),
        volume_encryption_key=item.volume_encryption_key,
        user_volume_encryption_enabled=source.user_volume_encryption_enabled,
        root_volume_encryption_enabled=source.root_volume_encryption_enabled,
        workspace_name=source.workspace_name,
        workspace_properties=properties,
        tags=item.tags,
    )
    check_request(call.store, request)
    record = new_workspace(call.store, request)
    set_tags(call.store, record.workspace.workspace_id or "", item.tags)
    record.change = StateChange(call.now + call.durations.create, enums.WorkspaceState.AVAILABLE)
    _relate(call, primaries, primary, record, item.data_replication or enums.DataReplication.NO_REPLICATION)
    return record


def _find_primary(primaries: Store, item: s.StandbyWorkspace) -> WorkspaceRecord:
    primary = primaries.workspaces.get(item.primary_workspace_id or "")
    if primary is None:
        raise FailedItemError("ResourceNotFound.Workspace", "The specified WorkSpace could not be found.")
    if primary.workspace.state not in _PRIMARY_STATES:
        raise FailedItemError("InvalidResourceState.Workspace", f"The WorkSpace is {primary.workspace.state}.")
    if primary.workspace.related_workspaces:
        raise FailedItemError("ResourceExists.WorkSpace", "The WorkSpace already has a standby WorkSpace, or is one.")
    return primary


def _similar_bundle(store: Store, compute: enums.Compute | None) -> str:
    """Return the id of the AWS bundle with a compute type, or of any AWS bundle.

    The id of the primary's bundle is not valid in this region.
    """
    bundles = [bundle for bundle in store.bundles.values() if bundle.owner == AMAZON]
    matching = [bundle for bundle in bundles if bundle.compute_type and bundle.compute_type.name == compute]
    return (matching or bundles)[0].bundle_id or ""


def _relate(
    call: Call,
    primaries: Store,
    primary: WorkspaceRecord,
    standby: WorkspaceRecord,
    replication: enums.DataReplication,
) -> None:
    standby_id, primary_id = standby.workspace.workspace_id, primary.workspace.workspace_id
    standby_relation = s.RelatedWorkspaceProperties(
        workspace_id=standby_id, region=call.store.region, type=_RELATIONSHIP.STANDBY
    )
    primary_relation = s.RelatedWorkspaceProperties(
        workspace_id=primary_id, region=primaries.region, type=_RELATIONSHIP.PRIMARY
    )
    settings = s.DataReplicationSettings(data_replication=replication)
    properties = s.StandbyWorkspacesProperties(standby_workspace_id=standby_id, data_replication=replication)
    primary.workspace = replace(
        primary.workspace,
        related_workspaces=[standby_relation],
        data_replication_settings=settings,
        standby_workspaces_properties=[properties],
    )
    changes = {"related_workspaces": [primary_relation], "data_replication_settings": settings}
    standby.workspace = replace(standby.workspace, **changes)
    standby.arrived = replace(standby.arrived, **changes)


def _pending(record: WorkspaceRecord) -> s.PendingCreateStandbyWorkspacesRequest:
    workspace = record.workspace
    return s.PendingCreateStandbyWorkspacesRequest(
        user_name=workspace.user_name,
        directory_id=workspace.directory_id,
        state=workspace.state,
        workspace_id=workspace.workspace_id,
    )
