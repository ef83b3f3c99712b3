"""Whether something was done to WorkSpaces: how to look, 25 a call where that is possible, and what counts as seen.

Success is defined by the waiters (wsclient/waiters/_definitions.py). A change that one listing does not show yet may
still appear: _run/reconciler.py decides when its absence counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import msgspec

from wsclient._core.utils import chunked
from wsclient._generated.workspaces import structures as s
from wsclient._generated.workspaces.enums import WorkspaceState
from wsclient._generated.workspaces.errors import ResourceNotFoundException
from wsclient.fleet._actions.requests import creation_key
from wsclient.waiters import _definitions as targets
from wsclient.waiters._resources import PER_CALL, WORKSPACE
from wsclient.workspaces._reconcilers import UNDEFINED_USER

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence

    from wsclient.fleet._actions.items import Parameters, PlanItem
    from wsclient.waiters._acceptors import WaiterDefinition
    from wsclient.workspaces._client import WorkSpacesClient

_ENDING = frozenset({WorkspaceState.TERMINATING, WorkspaceState.TERMINATED})
_NEVER = targets.Since(at=float("inf"))


class VerificationResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a look shows of an item: whether it was done, the state, and the WorkSpace that came of it."""

    is_done: bool
    state: str | None = None
    new_id: str | None = None


Look: TypeAlias = (
    "Callable[[WorkSpacesClient, Sequence[PlanItem], Parameters], Awaitable[Mapping[str, VerificationResult]]]"
)
"""Looks at items, and says of each key what is to be seen."""


def verify_by_state(goal_of: Callable[[Parameters], WaiterDefinition[s.Workspace]], *also: WorkspaceState) -> Look:
    """Return the look at states and properties that a waiter's goal takes as proof, or as being on the way."""

    async def look(
        client: WorkSpacesClient, items: Sequence[PlanItem], parameters: Parameters
    ) -> Mapping[str, VerificationResult]:
        goal = goal_of(parameters)
        found = await _described(client, items)
        return {item.key: _seen(goal, found.get(item.key), also) for item in items}

    return look


def _seen(
    goal: WaiterDefinition[s.Workspace], workspace: s.Workspace | None, also: Collection[str]
) -> VerificationResult:
    if workspace is None:
        return VerificationResult(is_done=goal.is_absence)
    state = workspace.state
    has_ended = not goal.needs_change and state in goal.success_states and goal.fits(workspace)
    is_under_way = state in goal.transitional_states or state in also or goal.changing(workspace)
    return VerificationResult(is_done=has_ended or is_under_way or goal.proves(workspace), state=state)


stopped = verify_by_state(lambda _: targets.STOPPED)
started = verify_by_state(lambda _: targets.AVAILABLE, WorkspaceState.STARTING)
terminated = verify_by_state(lambda _: targets.TERMINATED)
rebooted = verify_by_state(lambda _: targets.rebooted(_NEVER))
rebuilt = verify_by_state(lambda _: targets.rebuilt(_NEVER))
restored = verify_by_state(lambda _: targets.restored(_NEVER))
modified = verify_by_state(lambda parameters: targets.modified(_NEVER, parameters.properties, None))


async def state_set(
    client: WorkSpacesClient, items: Sequence[PlanItem], parameters: Parameters
) -> Mapping[str, VerificationResult]:
    """Look whether WorkSpaces are in the state that was set."""
    found = await _described(client, items)
    states = {item.key: found[item.key].state if item.key in found else None for item in items}
    return {
        key: VerificationResult(is_done=str(state) == parameters.target, state=state) for key, state in states.items()
    }


async def tagged(
    client: WorkSpacesClient, items: Sequence[PlanItem], parameters: Parameters
) -> Mapping[str, VerificationResult]:
    """Look whether WorkSpaces have all tags with their values; a call each."""
    wanted = set(parameters.tags)
    found = {item.key: await _tags(client, item) for item in items}
    return {key: VerificationResult(is_done=tags is not None and wanted <= tags.items()) for key, tags in found.items()}


async def untagged(
    client: WorkSpacesClient, items: Sequence[PlanItem], parameters: Parameters
) -> Mapping[str, VerificationResult]:
    """Look whether WorkSpaces have none of the tags; a call each."""
    found = {item.key: await _tags(client, item) for item in items}
    return {
        key: VerificationResult(is_done=tags is not None and not tags.keys() & parameters.keys)
        for key, tags in found.items()
    }


async def created(
    client: WorkSpacesClient, items: Sequence[PlanItem], parameters: Parameters
) -> Mapping[str, VerificationResult]:
    """Look whether the users have WorkSpaces of the bundles that were asked for; a call each."""
    del parameters
    return {item.key: await _created(client, item) for item in items}


async def _created(client: WorkSpacesClient, item: PlanItem) -> VerificationResult:
    asked = item.request or s.WorkspaceRequest()
    if item.user_name.lower() == UNDEFINED_USER:
        listing = client.describe_workspaces(workspace_name=asked.workspace_name)
    else:
        listing = client.describe_workspaces(directory_id=item.directory_id, user_name=item.user_name)
    async for one in listing:
        if creation_key(one) == item.key and one.bundle_id == asked.bundle_id and one.state not in _ENDING:
            return VerificationResult(is_done=True, state=one.state, new_id=one.workspace_id)
    return VerificationResult(is_done=False)


async def migrated(
    client: WorkSpacesClient, items: Sequence[PlanItem], parameters: Parameters
) -> Mapping[str, VerificationResult]:
    """Look whether the users have another WorkSpace, of the new bundle; a call each."""
    return {item.key: await _migrated(client, item, parameters) for item in items}


async def _migrated(client: WorkSpacesClient, item: PlanItem, parameters: Parameters) -> VerificationResult:
    source = None
    async for one in client.describe_workspaces(directory_id=item.directory_id, user_name=item.user_name):
        if one.workspace_id == item.key:
            source = one.state
        elif one.bundle_id == parameters.bundle_id and one.state not in _ENDING:
            return VerificationResult(is_done=True, state=one.state, new_id=one.workspace_id)
    return VerificationResult(is_done=False, state=source)


async def _described(client: WorkSpacesClient, items: Sequence[PlanItem]) -> Mapping[str, s.Workspace]:
    found: dict[str, s.Workspace] = {}
    for some in chunked(items, PER_CALL):
        found |= await WORKSPACE.describe(client, [item.key for item in some])
    return found


async def _tags(client: WorkSpacesClient, item: PlanItem) -> dict[str, str] | None:
    """Return a WorkSpace's tags, None of one that is gone: it says nothing of those that are looked at with it."""
    try:
        listed = (await client.describe_tags(resource_id=item.key)).tag_list
    except ResourceNotFoundException:
        return None
    return {tag.key: tag.value or "" for tag in listed if tag.key is not None}
