"""API request of each action: one call for as many items as its operation accepts, and its result for each item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

import msgspec

from wsclient._core.absence import is_absent
from wsclient._core.model.structures import Structure
from wsclient._core.printable import printable
from wsclient._generated.workspaces import structures as s
from wsclient.workspaces._reconcilers import workspace_key

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from wsclient._core.model.structures import ResponseMetadata
    from wsclient.fleet._actions.items import Parameters, PlanItem
    from wsclient.workspaces._client import WorkSpacesClient

RequestT = TypeVar("RequestT", bound=Structure)
BatchRequest: TypeAlias = "Callable[[WorkSpacesClient, Sequence[PlanItem], Parameters], Awaitable[BatchResult]]"
"""Function that makes the call for a batch of items and returns its result for each."""


class ItemError(msgspec.Struct, frozen=True):
    """Error that AWS returned for one item."""

    code: str
    message: str

    def __post_init__(self) -> None:
        """Replace unprintable characters in AWS's texts."""
        msgspec.structs.force_setattr(self, "code", printable(self.code))
        msgspec.structs.force_setattr(self, "message", printable(self.message))


class BatchResult(msgspec.Struct, frozen=True, kw_only=True):
    """Result of a call that succeeded, by item keys; an item without an entry was done.

    unclear are items whose outcome the response does not contain; new_ids are the ids of created WorkSpaces.
    was_repeated means that the call was sent more than once, so that a refusal may be the effect of an earlier attempt.
    """

    refusals: dict[str, ItemError] = {}
    unclear: frozenset[str] = frozenset()
    new_ids: dict[str, str] = {}
    was_repeated: bool = False


def creation_key(workspace: s.WorkspaceRequest | s.Workspace) -> str:
    """Return the item key of a WorkSpace to be created: a user has one WorkSpace in a directory."""
    directory, user = workspace_key(workspace)
    return f"{directory or ''}/{user or ''}"


class ChangeResponse(Protocol):
    """Response of an operation that changes several WorkSpaces."""

    @property
    def failed_requests(self) -> Sequence[s.FailedWorkspaceChangeRequest]:
        """WorkSpaces for which the change was refused."""
        ...

    @property
    def metadata(self) -> ResponseMetadata:
        """Metadata of the call."""
        ...


def _batch_request(
    request: Callable[[str], RequestT], call: Callable[[WorkSpacesClient, list[RequestT]], Awaitable[ChangeResponse]]
) -> BatchRequest:
    """Return the function for an operation that takes one request per WorkSpace and returns FailedRequests."""

    async def send(client: WorkSpacesClient, items: Sequence[PlanItem], parameters: Parameters) -> BatchResult:
        del parameters
        response = await call(client, [request(item.key) for item in items])
        return _parse_failed_requests(items, response.failed_requests, response.metadata)

    return send


stop = _batch_request(
    lambda key: s.StopRequest(workspace_id=key),
    lambda client, requests: client.stop_workspaces(stop_workspace_requests=requests),
)
start = _batch_request(
    lambda key: s.StartRequest(workspace_id=key),
    lambda client, requests: client.start_workspaces(start_workspace_requests=requests),
)
reboot = _batch_request(
    lambda key: s.RebootRequest(workspace_id=key),
    lambda client, requests: client.reboot_workspaces(reboot_workspace_requests=requests),
)
rebuild = _batch_request(
    lambda key: s.RebuildRequest(workspace_id=key),
    lambda client, requests: client.rebuild_workspaces(rebuild_workspace_requests=requests),
)
terminate = _batch_request(
    lambda key: s.TerminateRequest(workspace_id=key),
    lambda client, requests: client.terminate_workspaces(terminate_workspace_requests=requests),
)


async def restore(client: WorkSpacesClient, items: Sequence[PlanItem], parameters: Parameters) -> BatchResult:
    """Call RestoreWorkspace."""
    del parameters
    await client.restore_workspace(workspace_id=items[0].key)
    return BatchResult()


async def migrate(client: WorkSpacesClient, items: Sequence[PlanItem], parameters: Parameters) -> BatchResult:
    """Call MigrateWorkspace, which returns the new WorkSpace's id."""
    key = items[0].key
    result = await client.migrate_workspace(source_workspace_id=key, bundle_id=parameters.bundle_id or "")
    if result.source_workspace_id not in {None, key}:
        return BatchResult(unclear=frozenset({key}), was_repeated=result.metadata.attempts > 1)
    return BatchResult(new_ids={key: result.target_workspace_id} if result.target_workspace_id else {})


async def modify(client: WorkSpacesClient, items: Sequence[PlanItem], parameters: Parameters) -> BatchResult:
    """Call ModifyWorkspaceProperties."""
    await client.modify_workspace_properties(
        workspace_id=items[0].key, workspace_properties=parameters.properties or s.WorkspaceProperties()
    )
    return BatchResult()


async def set_state(client: WorkSpacesClient, items: Sequence[PlanItem], parameters: Parameters) -> BatchResult:
    """Call ModifyWorkspaceState."""
    if parameters.target is not None:
        await client.modify_workspace_state(workspace_id=items[0].key, workspace_state=parameters.target)
    return BatchResult()


async def tag(client: WorkSpacesClient, items: Sequence[PlanItem], parameters: Parameters) -> BatchResult:
    """Call CreateTags, which overwrites the values of existing keys."""
    tags = [s.Tag(key=key, value=value) for key, value in parameters.tags]
    await client.create_tags(resource_id=items[0].key, tags=tags)
    return BatchResult()


async def untag(client: WorkSpacesClient, items: Sequence[PlanItem], parameters: Parameters) -> BatchResult:
    """Call DeleteTags."""
    await client.delete_tags(resource_id=items[0].key, tag_keys=parameters.keys)
    return BatchResult()


async def create(client: WorkSpacesClient, items: Sequence[PlanItem], parameters: Parameters) -> BatchResult:
    """Call CreateWorkspaces; the client itself reconciles an attempt whose outcome is ambiguous."""
    del parameters
    result = await client.create_workspaces(workspaces=[item.request for item in items if item.request is not None])
    created = {creation_key(workspace): workspace.workspace_id for workspace in result.pending_requests}
    refusals = {
        creation_key(failure.workspace_request): ItemError(failure.error_code or "Unknown", failure.error_message or "")
        for failure in result.failed_requests
        if not is_absent(failure.workspace_request)
    }
    return BatchResult(
        refusals=refusals,
        unclear=frozenset(item.key for item in items) - created.keys() - refusals.keys(),
        new_ids={key: new_id for key, new_id in created.items() if new_id},
    )


def _parse_failed_requests(
    items: Sequence[PlanItem], failures: Sequence[s.FailedWorkspaceChangeRequest], metadata: ResponseMetadata
) -> BatchResult:
    """Parse FailedRequests; an entry that matches no item makes every item without an entry unclear."""
    keys = {item.key for item in items}
    refusals: dict[str, ItemError] = {}
    is_clear = True
    for failure in failures:
        # An entry without an id is about the only item of a call; one with another id is of another call's response.
        named = None if is_absent(failure.workspace_id) else failure.workspace_id
        key = named or (items[0].key if len(items) == 1 else None)
        if key in keys:
            refusals[key] = ItemError(failure.error_code or "Unknown", failure.error_message or "")
        else:
            is_clear = False
    return BatchResult(
        refusals=refusals,
        unclear=frozenset() if is_clear else frozenset(keys - refusals.keys()),
        was_repeated=metadata.attempts > 1,
    )
