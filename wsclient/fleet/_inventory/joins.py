"""Looks up what AWS knows beside a WorkSpace at one site, in as few calls as its operations allow."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from msgspec.structs import replace

from wsclient._core.utils import chunked
from wsclient._generated.workspaces.errors import ResourceNotFoundException
from wsclient.fleet._concurrency import cancel_all
from wsclient.fleet._rows import InventoryRow, Join

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence

    from wsclient._generated.workspaces import structures as s
    from wsclient.retries._retrying import ThrottleRetry
    from wsclient.workspaces._client import WorkSpacesClient

T = TypeVar("T")

BATCH: Final = 25
"""Ids that each of these operations takes."""
CALLS: Final = 10
"""Calls for tags of a site that are under way at once."""


class Lookups:
    """The lookups at one site; directories and bundles, which many WorkSpaces share, are looked up once."""

    def __init__(self, client: WorkSpacesClient, patience: ThrottleRetry) -> None:
        self._client = client
        self._patience = patience
        self._directories = _Known(self._directories_of)
        self._bundles = _Known(self._bundles_of)
        self._places = asyncio.Semaphore(CALLS)

    async def join(self, join: Join, rows: Sequence[InventoryRow]) -> list[InventoryRow]:
        """Return the rows, in their order, with what that is about looked up."""
        match join:
            case Join.DIRECTORY:
                directories = await self._directories.of(row.workspace.directory_id for row in rows)
                return [_with(row, join, directory=directories[row.workspace.directory_id]) for row in rows]
            case Join.BUNDLE:
                bundles = await self._bundles.of(row.workspace.bundle_id for row in rows)
                return [_with(row, join, bundle=bundles[row.workspace.bundle_id]) for row in rows]
            case Join.CONNECTION:
                connections = await self._connections_of([row.workspace_id for row in rows])
                return [_with(row, join, connection=connections.get(row.workspace_id)) for row in rows]
            case Join.TAGS:
                tags = await _all_of(self._tags_of(row.workspace_id) for row in rows)
                return [_with(row, join, tags=found) for row, found in zip(rows, tags, strict=True)]

    async def _directories_of(self, ids: list[str]) -> Mapping[str | None, s.WorkspaceDirectory]:
        found = self._client.describe_workspace_directories(directory_ids=ids).fetched_through(self._patience.read)
        return {directory.directory_id: directory async for directory in found}

    async def _bundles_of(self, ids: list[str]) -> Mapping[str | None, s.WorkspaceBundle]:
        found = self._client.describe_workspace_bundles(bundle_ids=ids).fetched_through(self._patience.read)
        return {bundle.bundle_id: bundle async for bundle in found}

    async def _connections_of(self, ids: list[str]) -> Mapping[str | None, s.WorkspaceConnectionStatus]:
        found: dict[str | None, s.WorkspaceConnectionStatus] = {}
        for batch in chunked(ids, BATCH):
            statuses = self._client.describe_workspaces_connection_status(workspace_ids=batch)
            patient = statuses.fetched_through(self._patience.read)
            found |= {status.workspace_id: status async for status in patient}
        return found

    async def _tags_of(self, workspace_id: str) -> Mapping[str, str] | None:
        async with self._places:
            try:
                answer = await self._patience.read(lambda: self._client.describe_tags(resource_id=workspace_id))
            except ResourceNotFoundException:  # it went since it was described
                return None
        return {tag.key or "": tag.value or "" for tag in answer.tag_list}


class _Known(Generic[T]):
    """What many WorkSpaces share: asked for once, None where AWS does not tell of it."""

    def __init__(self, fetch: Callable[[list[str]], Awaitable[Mapping[str | None, T]]]) -> None:
        self._fetch = fetch
        self._found: dict[str | None, T | None] = {None: None}
        self._asking = asyncio.Lock()

    async def of(self, ids: Iterable[str | None]) -> Mapping[str | None, T | None]:
        wanted = set(ids)
        if not wanted <= self._found.keys():
            async with self._asking:
                for batch in chunked(sorted(one for one in wanted - self._found.keys() if one is not None), BATCH):
                    answer = await self._fetch(list(batch))
                    self._found |= {one: answer.get(one) for one in batch}
        return self._found


async def _all_of(lookups: Iterable[Coroutine[object, object, T]]) -> list[T]:
    """Run lookups side by side; the first error ends the others."""
    tasks = [asyncio.create_task(lookup) for lookup in lookups]
    try:
        return await asyncio.gather(*tasks)
    finally:
        await cancel_all(tasks)


def _with(row: InventoryRow, join: Join, **found: object) -> InventoryRow:
    return replace(row, joined=row.joined | {join}, **found)
