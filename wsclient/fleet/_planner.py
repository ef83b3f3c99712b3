"""Planning: selects WorkSpaces, leaves out those that the action skips, and makes a Plan or loads it from a journal."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Generator, Mapping
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

from wsclient._core.absence import is_absent
from wsclient._core.errors import ConfigurationError, WsclientError
from wsclient._core.fleet_errors import JournalError, SiteError
from wsclient._core.site import Site
from wsclient._core.unawaited import AsyncOnly, warn_unused
from wsclient._core.utils import chunked
from wsclient._generated.workspaces import structures as s
from wsclient.fleet._actions.items import LeftOut, Parameters, PlanItem, digest_parameters
from wsclient.fleet._actions.requests import creation_key
from wsclient.fleet._actions.specs import ACTION_SPECS
from wsclient.fleet._inventory.inventory import InventoryMixin
from wsclient.fleet._journal import journal as journals
from wsclient.fleet._journal.journal import JournalPath, PlanIntent, PlanSnapshot
from wsclient.fleet._journal.storage import JournalStorage
from wsclient.fleet._plan import Plan
from wsclient.fleet._rows import InventoryRow
from wsclient.fleet._run.context import PlanState, RunDependencies
from wsclient.fleet._selection.predicates import Predicate
from wsclient.retries._retrying import ThrottleRetry
from wsclient.waiters._resources import PER_CALL, by_id
from wsclient.workspaces._reconcilers import UNDEFINED_USER

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence


class Planning(AsyncOnly):
    """Plan that is made when awaited: plan = await fleet.stop(…). Awaiting it makes only read calls.

    One that is dropped without await warns, as a coroutine does that was never awaited.
    """

    _is_awaitable = True

    def __init__(
        self,
        fleet: InventoryMixin,
        action: str,
        parameters: Parameters,
        journal: JournalPath | None,
        storage: JournalStorage,
        *,
        where: Predicate | None = None,
        ids: Mapping[Site, tuple[str, ...]] | None = None,
        requests: Mapping[Site, tuple[s.WorkspaceRequest, ...]] | None = None,
        on_site_error: Callable[[SiteError], object] | None = None,
    ) -> None:
        self.fleet = fleet
        self.action = action
        self.parameters = parameters
        self.journal = _journal_path(journal)
        self.storage = storage
        self.where = where
        self.ids = ids
        self.requests = requests
        self.on_site_error = on_site_error
        self._is_used = False

    def __await__(self) -> Generator[object, None, Plan]:
        """Return the plan: select the WorkSpaces, or load the plan from its journal."""
        self._is_used = True
        return make_plan(self).__await__()

    def __del__(self) -> None:
        """Warn if the planning was never awaited."""
        if not self._is_used:
            warn_unused(f"the Planning of {self.action}", "plan = await fleet.stop(…), then await plan.run()")

    if not TYPE_CHECKING:  # type checkers report a missing attribute by themselves

        def __getattr__(self, name: str) -> object:
            """Raise AttributeError with the hint to await the planning."""
            vars(self)["_is_used"] = True  # the error says what to do
            # The message must not read an attribute of self: copy creates an object that has none yet.
            raise AttributeError(f"a Planning has no {name}: await it for the plan, as in plan = await fleet.stop(…)")

    def __repr__(self) -> str:
        """Return the action, and how to get the plan."""
        self._is_used = True
        return f"<Planning of {self.action}: await it for the plan>"


def _journal_path(journal: JournalPath | None) -> str | None:
    """Return the absolute path of a journal: the program may change its folder before the plan is run."""
    if journal is None:
        return None
    try:
        # Not abspath(), which takes ".." out of the text: after a symbolic link it leads elsewhere.
        return str(Path(journal).absolute())
    except OSError as error:
        path = os.fspath(journal)
        raise JournalError(
            f"cannot use the journal {path}: the current folder was removed; pass an absolute path", path=path
        ) from error


async def make_plan(planning: Planning) -> Plan:
    """Return the plan of an existing journal, or else a new plan."""
    fleet = planning.fleet
    dependencies = RunDependencies(
        client=fleet.client,
        time=fleet._time,  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the fleet's own time source
        storage=planning.storage,
        where=planning.where,
    )
    requests = _requests_by_key(planning.requests or {})
    intent = _plan_intent(planning, requests)
    path, state = planning.journal, PlanState()
    if path is not None and await dependencies.storage.exists(path):
        state.has_journal = True
        requests_by_key = {key: request for key, (_, request) in requests.items()}
        snapshot = await journals.load(dependencies.storage, path, intent, requests_by_key)
        _check_items(path, snapshot, planning, requests)
    elif planning.requests is not None:
        items = tuple(_creation_items(requests))
        snapshot = PlanSnapshot(intent=intent, made_at=dependencies.time.clock.now(), items=items, left_out=())
    else:
        snapshot = await _select(planning, intent)
    return Plan(
        parameters=planning.parameters, journal=path, _snapshot=snapshot, _dependencies=dependencies, _state=state
    )


def _check_items(
    path: str, snapshot: PlanSnapshot, planning: Planning, requests: Mapping[str, tuple[Site, s.WorkspaceRequest]]
) -> None:
    """Raise JournalError unless the items of a journal are among those that the caller names, each once."""
    seen: set[tuple[Site, str]] = set()
    for item in snapshot.items:
        if (item.site, item.key) in seen:
            raise JournalError(f"the journal {path} is damaged: it contains {item.key} of {item.site} twice", path=path)
        seen.add((item.site, item.key))
        is_named = True
        if planning.requests is not None:
            is_named = item.key in requests and requests[item.key][0] == item.site
        elif planning.ids is not None:
            is_named = item.key in planning.ids.get(item.site, ())
        if not is_named:
            raise JournalError(
                f"the journal {path} contains {item.key} of {item.site}, which the arguments do not name; nothing was "
                "sent. Remove the journal and plan again",
                path=path,
            )


def _plan_intent(planning: Planning, requests: Mapping[str, tuple[Site, s.WorkspaceRequest]]) -> PlanIntent:
    return PlanIntent(
        action=planning.action,
        parameters=str(planning.parameters),
        digest=digest_parameters(planning.parameters, (request for _, request in requests.values())),
        selection=_selection_text(planning),
        sites=planning.fleet.sites,
    )


def _selection_text(planning: Planning) -> str:
    """Return the selection as text; long lists are represented by a digest.

    Journals compare selections by this text, so that it must stay the same in every version.
    """
    if planning.where is not None:
        return planning.where.description
    if planning.ids is not None:
        ids = sorted(f"{site} {key}" for site, site_ids in planning.ids.items() for key in site_ids)
        return f"id is one of {len(ids)} ({_digest(ids)})"
    by_site = planning.requests or {}
    keys = sorted(f"{site} {creation_key(request)}" for site, requests in by_site.items() for request in requests)
    return f"it is one of {len(keys)} to create ({_digest(keys)})"


def _digest(texts: Sequence[str]) -> str:
    return hashlib.blake2b("\n".join(texts).encode(), digest_size=6).hexdigest()


def _requests_by_key(
    by_site: Mapping[Site, Sequence[s.WorkspaceRequest]],
) -> dict[str, tuple[Site, s.WorkspaceRequest]]:
    found: dict[str, tuple[Site, s.WorkspaceRequest]] = {}
    for site, requests in by_site.items():
        for request in requests:
            key = creation_key(request)
            if key in found:
                raise ConfigurationError(f"create: {key} occurs twice; a user has one WorkSpace in a directory")
            found[key] = site, request
    return found


def _creation_items(requests: Mapping[str, tuple[Site, s.WorkspaceRequest]]) -> list[PlanItem]:
    return [
        PlanItem(
            site=site,
            key=key,
            directory_id=request.directory_id,
            user_name=request.user_name or UNDEFINED_USER,
            request=request,
        )
        for key, (site, request) in requests.items()
    ]


async def _select(planning: Planning, intent: PlanIntent) -> PlanSnapshot:
    spec = ACTION_SPECS[planning.action]
    items: list[PlanItem] = []
    left_out: list[LeftOut] = []
    failed: list[SiteError] = []
    sites_by_id: dict[str, Site] = {}
    async with aclosing(_evaluated_rows(planning, failed)) as rows:
        async for row, result in rows:
            # Twice at one site if the list changed between two pages; it must be changed once.
            if not _is_first(row, sites_by_id):
                continue
            reason = spec.skip_reason(row, planning.parameters) if result else _UNKNOWN.format(planning.where)
            if is_absent(row.workspace_id):
                reason = _WITHOUT_ID
            if reason is None:
                items.append(_item(row))
            else:
                left_out.append(_left_out(row, reason))
    # Of a site that could not be read completely, not even a part is planned: the rest of it would be missed.
    unread = {error.site for error in failed}
    left_out += _not_found(planning, sites_by_id)
    # Sites are read concurrently; a plan lists one site after another, each in AWS's order.
    site_indexes = {site: index for index, site in enumerate(planning.fleet.sites) if site not in unread}
    return PlanSnapshot(
        intent=intent,
        made_at=planning.fleet._time.clock.now(),  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - as above
        items=tuple(
            sorted((item for item in items if item.site in site_indexes), key=lambda item: site_indexes[item.site])
        ),
        left_out=tuple(
            sorted((out for out in left_out if out.site in site_indexes), key=lambda out: site_indexes[out.site])
        ),
        failed=tuple(failed),
    )


_UNKNOWN = "cannot be evaluated: unknown whether {}"
_WITHOUT_ID = "cannot be changed: AWS returned no WorkSpace id"


def _is_first(row: InventoryRow, sites_by_id: dict[str, Site]) -> bool:
    """Return whether no earlier row was of this WorkSpace; raise ConfigurationError if one was, of another site."""
    if is_absent(row.workspace_id):
        return True
    first_site = sites_by_id.get(row.workspace_id)
    if first_site not in {None, row.site}:
        raise ConfigurationError(
            f"{row.workspace_id} is in {first_site} and in {row.site}: they are one account, remove one of them"
        )
    sites_by_id[row.workspace_id] = row.site
    return first_site is None


async def _evaluated_rows(
    planning: Planning, failed: list[SiteError]
) -> AsyncGenerator[tuple[InventoryRow, bool | None]]:
    """Yield the WorkSpaces that are selected or unknown; sites that fail are added to failed, or raise SiteError."""
    fleet = planning.fleet

    def handle(error: SiteError) -> None:
        if planning.on_site_error is None:
            raise error
        failed.append(error)
        planning.on_site_error(error)

    if planning.ids is None:
        evaluated = fleet._evaluated(planning.where, handle)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the fleet's own
        async with aclosing(evaluated) as rows:
            async for row in rows:
                yield row
        return
    for site, ids in planning.ids.items():
        if len(set(ids)) < len(ids):
            raise ConfigurationError(f"{planning.action}: ids= contains an id of {site} twice")
        throttle_retry = ThrottleRetry(fleet._time)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the fleet's own
        for batch in chunked(ids, PER_CALL):
            found = fleet.client(site).describe_workspaces(workspace_ids=batch)
            try:
                workspaces = by_id(
                    await found.fetched_through(throttle_retry.read).collect(), "workspace_id", batch
                ).values()
            except WsclientError as error:
                handle(SiteError(site, error))
                break
            for workspace in workspaces:
                at = fleet._time.clock.now()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - as above
                yield InventoryRow(site=site, workspace=workspace, seen_at=at), True


def _item(row: InventoryRow) -> PlanItem:
    return PlanItem(
        site=row.site,
        workspace_id=row.workspace_id,
        directory_id=row.workspace.directory_id,
        user_name=row.user_name,
        state=row.state,
    )


def _left_out(row: InventoryRow, reason: str) -> LeftOut:
    return LeftOut(
        site=row.site, workspace_id=row.workspace_id, user_name=row.user_name, state=row.state, reason=reason
    )


def _not_found(planning: Planning, sites_by_id: Mapping[str, Site]) -> list[LeftOut]:
    return [
        LeftOut(site=site, workspace_id=workspace_id, reason="was not found")
        for site, ids in (planning.ids or {}).items()
        for workspace_id in ids
        if workspace_id not in sites_by_id
    ]
