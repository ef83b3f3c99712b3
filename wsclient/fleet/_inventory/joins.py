"""Joins: lookups of the directory, bundle, connection status and tags of WorkSpaces at one site, in few calls."""

from __future__ import annotations

import asyncio
from functools import cache
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from msgspec.structs import replace

from wsclient._core.absence import is_absent
from wsclient._core.utils import chunked
from wsclient._generated.workspaces.errors import ResourceNotFoundException
from wsclient.fleet._concurrency import cancel_all
from wsclient.fleet._rows import InventoryRow, Join

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from wsclient._generated.workspaces import structures as s
    from wsclient.retries._retrying import ThrottleRetry
    from wsclient.workspaces._client import WorkSpacesClient

T = TypeVar("T")

BATCH_SIZE: Final = 25
"""Ids that one call of each of these operations accepts."""
MAX_CONCURRENT_CALLS: Final = 10
"""Concurrent DescribeTags calls at a site."""


class Lookups:
    """Lookups at one site; directories and bundles, which many WorkSpaces share, are looked up once."""

    def __init__(self, client: WorkSpacesClient, throttle_retry: ThrottleRetry) -> None:
        self._client = client
        self._throttle_retry = throttle_retry
        self._directories = _LookupCache(self._describe_directories)
        self._bundles = _LookupCache(self._describe_bundles)
        self._slots = asyncio.Semaphore(MAX_CONCURRENT_CALLS)

    async def join(self, join: Join, rows: Sequence[InventoryRow]) -> list[InventoryRow]:
        """Return the rows, in their order, with the result of a lookup added to those that lack it."""
        lacking = [row for row in rows if join not in row.joined]
        joined = iter(await self._join_all(join, lacking))
        return [row if join in row.joined else next(joined) for row in rows]

    async def _join_all(self, join: Join, rows: Sequence[InventoryRow]) -> list[InventoryRow]:
        match join:
            case Join.DIRECTORY:
                directories = await self._directories.get({row.workspace.directory_id for row in rows})
                found: Iterable[object] = [directories[row.workspace.directory_id] for row in rows]
            case Join.BUNDLE:
                bundles = await self._bundles.get({row.workspace.bundle_id for row in rows})
                found = [bundles[row.workspace.bundle_id] for row in rows]
            case Join.CONNECTION:
                ids = [row.workspace.workspace_id for row in rows]
                found = map((await self._describe_connections(ids)).get, ids)
            case Join.TAGS:
                found = await _gather(self._describe_tags(row.workspace_id) for row in rows)
        member = join.value
        return [
            replace(row, joined=_extended(row.joined, join), **{member: value})
            for row, value in zip(rows, found, strict=True)
        ]

    async def _describe_directories(self, ids: list[str]) -> Mapping[str | None, s.WorkspaceDirectory]:
        found = self._client.describe_workspace_directories(directory_ids=ids)
        directories = found.fetched_through(self._throttle_retry.read)
        return {directory.directory_id: directory async for directory in directories}

    async def _describe_bundles(self, ids: list[str]) -> Mapping[str | None, s.WorkspaceBundle]:
        found = self._client.describe_workspace_bundles(bundle_ids=ids).fetched_through(self._throttle_retry.read)
        return {bundle.bundle_id: bundle async for bundle in found}

    async def _describe_connections(self, ids: list[str]) -> Mapping[str | None, s.WorkspaceConnectionStatus]:
        found: dict[str | None, s.WorkspaceConnectionStatus] = {}
        for batch in chunked(ids, BATCH_SIZE):
            statuses = self._client.describe_workspaces_connection_status(workspace_ids=batch)
            async for page in statuses.fetched_through(self._throttle_retry.read).pages():
                found |= {status.workspace_id: status for status in page.workspaces_connection_status}
        return found

    async def _describe_tags(self, workspace_id: str) -> Mapping[str, str] | None:
        async with self._slots:
            try:
                result = await self._throttle_retry.read(lambda: self._client.describe_tags(resource_id=workspace_id))
            except ResourceNotFoundException:  # deleted since it was listed
                return None
        return {tag.key: tag.value or "" for tag in result.tag_list}


class _LookupCache(Generic[T]):
    """Cache of resources that many WorkSpaces share; an id that AWS does not return is cached as None."""

    def __init__(self, fetch: Callable[[list[str]], Awaitable[Mapping[str | None, T]]]) -> None:
        self._fetch = fetch
        self._found: dict[str, T | None] = {}
        self._lock = asyncio.Lock()

    async def get(self, ids: AbstractSet[str]) -> Mapping[str, T | None]:
        if not ids <= self._found.keys():
            # One caller fetches; callers that wait for the lock find its results in the cache.
            async with self._lock:
                self._found |= {key: None for key in ids if is_absent(key)}
                missing = sorted(ids - self._found.keys())
                for batch in chunked(missing, BATCH_SIZE):
                    fetched = await self._fetch(list(batch))
                    self._found |= {key: fetched.get(key) for key in batch}
        return self._found


async def _gather(lookups: Iterable[Coroutine[object, object, T]]) -> list[T]:
    """Run lookups concurrently; the first error cancels the others."""
    tasks = [asyncio.create_task(lookup) for lookup in lookups]
    try:
        return await asyncio.gather(*tasks)
    finally:
        await cancel_all(tasks)


@cache  # every row has one of few sets
def _extended(joined: frozenset[Join], join: Join) -> frozenset[Join]:
    return joined | {join}
