"""Makes plans: selects WorkSpaces, leaves out what cannot or need not be done, or takes a plan from its journal."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from contextlib import aclosing
from typing import TYPE_CHECKING, TypeVar, cast

from wsclient._core.errors import ConfigurationError, WsclientError
from wsclient._core.fleet_errors import SiteError
from wsclient._core.utils import chunked
from wsclient.fleet._actions.items import LeftOut, Parameters, PlanItem, digest_of
from wsclient.fleet._actions.requests import creation_key
from wsclient.fleet._actions.specs import ACTION_SPECS
from wsclient.fleet._journal import journal as journals
from wsclient.fleet._journal.journal import PlanIntent, PlanSnapshot
from wsclient.fleet._plan import Plan
from wsclient.fleet._rows import InventoryRow
from wsclient.fleet._run.context import RunDependencies
from wsclient.waiters._resources import PER_CALL
from wsclient.workspaces._reconcilers import UNDEFINED_USER

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator, Mapping, Sequence

    from wsclient._core.site import Site
    from wsclient._generated.workspaces import structures as s
    from wsclient.fleet._inventory.inventory import InventoryMixin
    from wsclient.fleet._journal.journal import JournalPath
    from wsclient.fleet._journal.storage import JournalStorage
    from wsclient.fleet._selection.predicates import Predicate


def _path_of(journal: object) -> str | None:
    if journal is None:
        return None
    path = os.fspath(cast("os.PathLike[str]", journal)) if isinstance(journal, os.PathLike) else journal
    if not isinstance(path, str) or not path:
        raise ConfigurationError(f"journal= takes the path of a file, as a text or a Path, not {journal!r:.80}")
    return path


class Planning:
    """A plan that has not been made yet: await it. Nothing is sent before but reading calls."""

    def __init__(
        self,
        fleet: InventoryMixin,
        action: str,
        parameters: Parameters,
        journal: JournalPath | None,
        media: JournalStorage,
        *,
        where: Predicate | None = None,
        ids: Mapping[Site, tuple[str, ...]] | None = None,
        requests: Mapping[Site, tuple[s.WorkspaceRequest, ...]] | None = None,
    ) -> None:
        self.fleet = fleet
        self.action = action
        self.parameters = parameters
        self.journal = _path_of(journal)
        self.media = media
        self.where = where
        self.ids = ids
        self.requests = requests

    def __await__(self) -> Generator[object, None, Plan]:
        """Select the WorkSpaces, or take them from the journal."""
        return planned(self).__await__()

    if not TYPE_CHECKING:  # checkers know by themselves that there is no such member

        def __getattr__(self, name: str) -> object:
            """Say that what a plan has comes with the plan."""
            # Not even the action may be asked for: a copy that is being made has none yet.
            raise AttributeError(f"a Planning has no {name}: await it for the plan, as in plan = await fleet.stop(…)")

    def __repr__(self) -> str:
        """Say what would be planned, and how to get it."""
        return f"<Planning of {self.action}: await it for the plan>"


T = TypeVar("T")


async def planned(planning: Planning) -> Plan:
    """Return the plan: the journal's, where there is one, else a new one."""
    fleet = planning.fleet
    means = RunDependencies(
        client=fleet.client,
        time=fleet._time,  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the fleet's own time source
        media=planning.media,
    )
    requests = _requests_by_key(planning.requests or {})
    intention = _intention(planning, requests)
    path = planning.journal
    if path is not None and await means.media.exists(path):
        paper = await journals.load(means.media, path, intention, {key: one for key, (_, one) in requests.items()})
    else:
        items, left_out = _creations(requests) if planning.requests is not None else await _selected(planning)
        paper = PlanSnapshot(
            intention=intention, made_at=means.time.clock.now(), items=tuple(items), left_out=tuple(left_out)
        )
    return Plan(parameters=planning.parameters, journal=path, _paper=paper, _means=means)


def _intention(planning: Planning, requests: Mapping[str, tuple[Site, s.WorkspaceRequest]]) -> PlanIntent:
    return PlanIntent(
        action=planning.action,
        parameters=str(planning.parameters),
        digest=digest_of(planning.parameters, (request for _, request in requests.values())),
        selection=_selection(planning),
        sites=planning.fleet.sites,
    )


def _selection(planning: Planning) -> str:
    """Say in words which WorkSpaces are meant; of long lists, what tells one from another."""
    if planning.where is not None:
        return planning.where.says
    if planning.ids is not None:
        ids = sorted(f"{site} {one}" for site, theirs in planning.ids.items() for one in theirs)
        return f"id is one of {len(ids)} ({_mark(ids)})"
    keys = sorted(f"{site} {creation_key(one)}" for site, theirs in (planning.requests or {}).items() for one in theirs)
    return f"it is one of {len(keys)} to create ({_mark(keys)})"


def _mark(texts: Sequence[str]) -> str:
    return hashlib.blake2b("\n".join(texts).encode(), digest_size=6).hexdigest()


def _requests_by_key(
    by_site: Mapping[Site, Sequence[s.WorkspaceRequest]],
) -> dict[str, tuple[Site, s.WorkspaceRequest]]:
    found: dict[str, tuple[Site, s.WorkspaceRequest]] = {}
    for site, requests in by_site.items():
        for request in requests:
            key = creation_key(request)
            if key in found:
                raise ConfigurationError(f"create: {key} is there twice; a user has one WorkSpace in a directory")
            found[key] = site, request
    return found


def _creations(requests: Mapping[str, tuple[Site, s.WorkspaceRequest]]) -> tuple[list[PlanItem], list[LeftOut]]:
    items = [
        PlanItem(
            site=site,
            key=key,
            directory_id=request.directory_id or "",
            user_name=request.user_name or UNDEFINED_USER,
            request=request,
        )
        for key, (site, request) in requests.items()
    ]
    return items, []


async def _selected(planning: Planning) -> tuple[list[PlanItem], list[LeftOut]]:
    kind = ACTION_SPECS[planning.action]
    items: list[PlanItem] = []
    left_out: list[LeftOut] = []
    seen: dict[str, Site] = {}
    async with aclosing(_judged(planning)) as judged:
        async for row, answer in judged:
            other = seen.setdefault(row.workspace_id, row.site)
            if other != row.site:
                raise ConfigurationError(
                    f"{row.workspace_id} is reached by {other} and by {row.site}: they are one account, name it once"
                )
            objection = kind.objection(row, planning.parameters) if answer else _UNKNOWN.format(planning.where)
            if objection is None:
                items.append(_item(row))
            else:
                left_out.append(_left_out(row, objection))
    left_out += _not_found(planning, seen)
    # Sites are read side by side; a plan has one after the other, each in AWS's order.
    places = {site: place for place, site in enumerate(planning.fleet.sites)}
    return sorted(items, key=lambda one: places[one.site]), sorted(left_out, key=lambda one: places[one.site])


_UNKNOWN = "cannot be judged: it is not known whether {}"


async def _judged(planning: Planning) -> AsyncGenerator[tuple[InventoryRow, bool | None]]:
    fleet = planning.fleet
    if planning.ids is None:
        theirs = fleet._judged(planning.where)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the fleet's own
        async with aclosing(theirs) as judged:
            async for one in judged:
                yield one
        return
    for site, ids in planning.ids.items():
        if len(set(ids)) < len(ids):
            raise ConfigurationError(f"{planning.action}: an id of {site} is named twice")
        for some in chunked(ids, PER_CALL):
            found = fleet.client(site).describe_workspaces(workspace_ids=some)
            patience = fleet._patience  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the fleet's own
            try:
                workspaces = await found.fetched_through(patience.read).collect()
            except WsclientError as error:
                raise SiteError(site, error) from error
            for workspace in workspaces:
                at = fleet._time.clock.now()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - as above
                yield InventoryRow(site=site, workspace=workspace, seen_at=at), True


def _item(row: InventoryRow) -> PlanItem:
    return PlanItem(
        site=row.site,
        key=row.workspace_id,
        directory_id=row.workspace.directory_id or "",
        user_name=row.user_name,
        state=row.state,
    )


def _left_out(row: InventoryRow, reason: str) -> LeftOut:
    return LeftOut(
        site=row.site, workspace_id=row.workspace_id, user_name=row.user_name, state=row.state, reason=reason
    )


def _not_found(planning: Planning, seen: Mapping[str, Site]) -> list[LeftOut]:
    return [
        LeftOut(site=site, workspace_id=one, reason="was not found")
        for site, ids in (planning.ids or {}).items()
        for one in ids
        if one not in seen
    ]
