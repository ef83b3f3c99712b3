"""Verification: checks whether an action took effect, 25 WorkSpaces a call if the operation allows it.

The waiters define success (wsclient/waiters/_definitions.py). A change that a listing does not show yet may still
appear later: _run/reconciler.py decides when its absence counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import msgspec

from wsclient._core.absence import present
from wsclient._core.utils import chunked
from wsclient._generated.workspaces.enums import WorkspaceState
from wsclient._generated.workspaces.errors import ResourceNotFoundException
from wsclient.fleet._actions.requests import creation_key
from wsclient.waiters import _definitions as waiters
from wsclient.waiters._resources import PER_CALL, WORKSPACE
from wsclient.workspaces._reconcilers import UNDEFINED_USER

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence

    from wsclient._generated.workspaces import structures as s
    from wsclient.fleet._actions.items import Parameters, PlanItem
    from wsclient.waiters._acceptors import WaiterDefinition
    from wsclient.workspaces._client import WorkSpacesClient

_ENDING = frozenset({WorkspaceState.TERMINATING, WorkspaceState.TERMINATED})
# The time of the call may be unknown after a restart, so that no state is old enough to count as a change since then.
_NEVER = waiters.Since(at=float("inf"))


class VerificationResult(msgspec.Struct, frozen=True, kw_only=True):
    """Result of a check of one item: whether the action took effect, the state, and the id of a created WorkSpace."""

    is_done: bool
    state: str | None = None
    new_id: str | None = None


Verifier: TypeAlias = (
    "Callable[[WorkSpacesClient, Sequence[PlanItem], Parameters], Awaitable[Mapping[str, VerificationResult]]]"
)
"""Function that checks items and returns a result for each key."""


def verify_by_state(
    waiter: Callable[[Parameters], WaiterDefinition[s.Workspace]], *transitional_states: WorkspaceState
) -> Verifier:
    """Return a verifier for states and properties that a waiter accepts as success or as progress."""

    async def verify(
        client: WorkSpacesClient, items: Sequence[PlanItem], parameters: Parameters
    ) -> Mapping[str, VerificationResult]:
        definition = waiter(parameters)
        found = await _describe(client, items)
        return {item.key: _verify_state(definition, found.get(item.key), transitional_states) for item in items}

    return verify


def _verify_state(
    definition: WaiterDefinition[s.Workspace], workspace: s.Workspace | None, transitional_states: Collection[str]
) -> VerificationResult:
    if workspace is None:
        return VerificationResult(is_done=definition.is_absence)
    state = present(workspace.state)
    # If the action ends in the state in which it started (reboot), that state proves nothing.
    has_ended = not definition.needs_change and state in definition.success_states and definition.fits(workspace)
    is_under_way = (
        state in definition.transitional_states or state in transitional_states or definition.changing(workspace)
    )
    return VerificationResult(is_done=has_ended or is_under_way or definition.proves(workspace), state=state)


stopped = verify_by_state(lambda _: waiters.STOPPED)
started = verify_by_state(lambda _: waiters.AVAILABLE, WorkspaceState.STARTING)
terminated = verify_by_state(lambda _: waiters.TERMINATED)
rebooted = verify_by_state(lambda _: waiters.rebooted(_NEVER))
rebuilt = verify_by_state(lambda _: waiters.rebuilt(_NEVER))
restored = verify_by_state(lambda _: waiters.restored(_NEVER))
modified = verify_by_state(lambda parameters: waiters.modified(_NEVER, parameters.properties, None))


async def state_set(
    client: WorkSpacesClient, items: Sequence[PlanItem], parameters: Parameters
) -> Mapping[str, VerificationResult]:
    """Check whether WorkSpaces are in the requested state."""
    found = await _describe(client, items)
    states = {item.key: present(found[item.key].state) if item.key in found else None for item in items}
    return {
        key: VerificationResult(is_done=str(state) == parameters.target, state=state) for key, state in states.items()
    }


async def tagged(
    client: WorkSpacesClient, items: Sequence[PlanItem], parameters: Parameters
) -> Mapping[str, VerificationResult]:
    """Check whether WorkSpaces have all tags with their values; a call each."""
    expected = set(parameters.tags)
    found = {item.key: await _describe_tags(client, item) for item in items}
    return {
        key: VerificationResult(is_done=tags is not None and expected <= tags.items()) for key, tags in found.items()
    }


async def untagged(
    client: WorkSpacesClient, items: Sequence[PlanItem], parameters: Parameters
) -> Mapping[str, VerificationResult]:
    """Check that WorkSpaces have no tag with any of the keys; a call each."""
    found = {item.key: await _describe_tags(client, item) for item in items}
    return {
        key: VerificationResult(is_done=tags is not None and not tags.keys() & parameters.keys)
        for key, tags in found.items()
    }


async def created(
    client: WorkSpacesClient, items: Sequence[PlanItem], parameters: Parameters
) -> Mapping[str, VerificationResult]:
    """Check whether the users have WorkSpaces of the requested bundles; a call each."""
    del parameters
    return {item.key: await _verify_creation(client, item) for item in items}


async def _verify_creation(client: WorkSpacesClient, item: PlanItem) -> VerificationResult:
    request = item.request
    if request is None:
        return VerificationResult(is_done=False)
    if item.user_name.lower() == UNDEFINED_USER:
        listing = client.describe_workspaces(workspace_name=request.workspace_name)
    else:
        listing = client.describe_workspaces(directory_id=item.directory_id, user_name=item.user_name)
    async for workspace in listing:
        is_match = creation_key(workspace) == item.key and workspace.bundle_id == request.bundle_id
        if is_match and workspace.state not in _ENDING:
            return VerificationResult(is_done=True, state=present(workspace.state), new_id=workspace.workspace_id)
    return VerificationResult(is_done=False)


async def migrated(
    client: WorkSpacesClient, items: Sequence[PlanItem], parameters: Parameters
) -> Mapping[str, VerificationResult]:
    """Check whether the users have another WorkSpace, of the new bundle; a call each."""
    return {item.key: await _verify_migration(client, item, parameters) for item in items}


async def _verify_migration(client: WorkSpacesClient, item: PlanItem, parameters: Parameters) -> VerificationResult:
    source_state = None
    async for workspace in client.describe_workspaces(directory_id=item.directory_id, user_name=item.user_name):
        if workspace.workspace_id == item.key:
            source_state = present(workspace.state)
        elif workspace.bundle_id == parameters.bundle_id and workspace.state not in _ENDING:
            return VerificationResult(is_done=True, state=present(workspace.state), new_id=workspace.workspace_id)
    return VerificationResult(is_done=False, state=source_state)


async def _describe(client: WorkSpacesClient, items: Sequence[PlanItem]) -> Mapping[str, s.Workspace]:
    found: dict[str, s.Workspace] = {}
    for batch in chunked(items, PER_CALL):
        found |= await WORKSPACE.describe(client, [item.key for item in batch])
    return found


async def _describe_tags(client: WorkSpacesClient, item: PlanItem) -> dict[str, str] | None:
    """Return a WorkSpace's tags, or None if it was deleted, which must not fail the check of the other items."""
    try:
        tags = (await client.describe_tags(resource_id=item.key)).tag_list
    except ResourceNotFoundException:
        return None
    return {tag.key: tag.value or "" for tag in tags}
