"""How each action is asked for: one call for up to as many items as its operation takes, and what was answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

import msgspec

from wsclient._core.model.structures import Structure
from wsclient._generated.workspaces import structures as s
from wsclient.workspaces._reconcilers import workspace_key

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from wsclient._core.model.structures import ResponseMetadata
    from wsclient.fleet._actions.items import Parameters, PlanItem
    from wsclient.workspaces._client import WorkSpacesClient

RequestT = TypeVar("RequestT", bound=Structure)
BatchRequest: TypeAlias = "Callable[[WorkSpacesClient, Sequence[PlanItem], Parameters], Awaitable[BatchResult]]"
"""Makes the call for some items, and reads what it says of each."""


class ItemError(msgspec.Struct, frozen=True):
    """Why one item was refused, in AWS's words."""

    code: str
    message: str


class BatchResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a call that succeeded says of its items, by their keys; what is not named was done.

    unclear are items of which the answer does not tell; new_ids are WorkSpaces that were made. was_repeated says that
    the call was sent more than once, so that a refusal may come from what an earlier attempt did.
    """

    refusals: dict[str, ItemError] = {}
    unclear: frozenset[str] = frozenset()
    new_ids: dict[str, str] = {}
    was_repeated: bool = False


def creation_key(asked: s.WorkspaceRequest | s.Workspace) -> str:
    """Return the key of a WorkSpace that is to be created: there is one of a user in a directory."""
    directory, user = workspace_key(asked)
    return f"{directory or ''}/{user or ''}"


class Changed(Protocol):
    """What an operation answers that changes WorkSpaces: those that it refuses."""

    @property
    def failed_requests(self) -> Sequence[s.FailedWorkspaceChangeRequest]:
        """The WorkSpaces that were refused."""
        ...

    @property
    def metadata(self) -> ResponseMetadata:
        """How the call went."""
        ...


def _of_many(
    request: Callable[[str], RequestT], call: Callable[[WorkSpacesClient, list[RequestT]], Awaitable[Changed]]
) -> BatchRequest:
    """Return how an operation is called that takes a request for each WorkSpace and answers with FailedRequests."""

    async def ask(client: WorkSpacesClient, items: Sequence[PlanItem], parameters: Parameters) -> BatchResult:
        del parameters
        result = await call(client, [request(item.key) for item in items])
        return _changed(items, result.failed_requests, result.metadata)

    return ask


stop = _of_many(
    lambda key: s.StopRequest(workspace_id=key),
    lambda client, wanted: client.stop_workspaces(stop_workspace_requests=wanted),
)
start = _of_many(
    lambda key: s.StartRequest(workspace_id=key),
    lambda client, wanted: client.start_workspaces(start_workspace_requests=wanted),
)
reboot = _of_many(
    lambda key: s.RebootRequest(workspace_id=key),
    lambda client, wanted: client.reboot_workspaces(reboot_workspace_requests=wanted),
)
rebuild = _of_many(
    lambda key: s.RebuildRequest(workspace_id=key),
    lambda client, wanted: client.rebuild_workspaces(rebuild_workspace_requests=wanted),
)
terminate = _of_many(
    lambda key: s.TerminateRequest(workspace_id=key),
    lambda client, wanted: client.terminate_workspaces(terminate_workspace_requests=wanted),
)


async def restore(client: WorkSpacesClient, items: Sequence[PlanItem], parameters: Parameters) -> BatchResult:
    """Call RestoreWorkspace."""
    del parameters
    await client.restore_workspace(workspace_id=items[0].key)
    return BatchResult()


async def migrate(client: WorkSpacesClient, items: Sequence[PlanItem], parameters: Parameters) -> BatchResult:
    """Call MigrateWorkspace, which answers the new WorkSpace's id."""
    key = items[0].key
    result = await client.migrate_workspace(source_workspace_id=key, bundle_id=parameters.bundle_id or "")
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
    """Call CreateTags, which puts new values in the place of old ones."""
    tags = [s.Tag(key=key, value=value) for key, value in parameters.tags]
    await client.create_tags(resource_id=items[0].key, tags=tags)
    return BatchResult()


async def untag(client: WorkSpacesClient, items: Sequence[PlanItem], parameters: Parameters) -> BatchResult:
    """Call DeleteTags."""
    await client.delete_tags(resource_id=items[0].key, tag_keys=parameters.keys)
    return BatchResult()


async def create(client: WorkSpacesClient, items: Sequence[PlanItem], parameters: Parameters) -> BatchResult:
    """Call CreateWorkspaces, which looks by itself after an attempt that is in doubt."""
    del parameters
    result = await client.create_workspaces(workspaces=[item.request for item in items if item.request is not None])
    made = {creation_key(one): one.workspace_id for one in result.pending_requests}
    refusals = {
        creation_key(one.workspace_request): ItemError(one.error_code or "Unknown", one.error_message or "")
        for one in result.failed_requests
        if one.workspace_request is not None
    }
    return BatchResult(
        refusals=refusals,
        unclear=frozenset(item.key for item in items) - made.keys() - refusals.keys(),
        new_ids={key: new_id for key, new_id in made.items() if new_id},
    )


def _changed(
    items: Sequence[PlanItem], failed: Sequence[s.FailedWorkspaceChangeRequest], metadata: ResponseMetadata
) -> BatchResult:
    """Read FailedRequests; an entry that names no item makes all of which nothing else is said unclear."""
    keys = {item.key for item in items}
    refusals: dict[str, ItemError] = {}
    is_clear = True
    for one in failed:
        key = items[0].key if len(items) == 1 else one.workspace_id
        if key in keys:
            refusals[key] = ItemError(one.error_code or "Unknown", one.error_message or "")
        else:
            is_clear = False
    return BatchResult(
        refusals=refusals,
        unclear=frozenset() if is_clear else frozenset(keys - refusals.keys()),
        was_repeated=metadata.attempts > 1,
    )
