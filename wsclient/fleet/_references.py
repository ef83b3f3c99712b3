"""References to WorkSpaces: ids, structures, and items of plans, reports and inventories, grouped by their sites."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypeAlias, cast

from wsclient._core.errors import ConfigurationError
from wsclient._core.site import Site
from wsclient._core.value_kinds import type_name
from wsclient._generated.workspaces import structures as s
from wsclient.fleet._actions.items import LeftOut, PlanItem
from wsclient.fleet._actions.waits import WaitTarget
from wsclient.fleet._report import ItemReport, Report
from wsclient.fleet._rows import InventoryRow
from wsclient.fleet.where import WORKSPACE_ID

if TYPE_CHECKING:
    from collections.abc import Sequence

WorkspaceItem: TypeAlias = str | s.Workspace | InventoryRow | PlanItem | ItemReport | LeftOut
"""WorkSpace id or structure, or an item that contains its site: of an inventory, a plan or a report."""
Items: TypeAlias = Iterable[WorkspaceItem] | Mapping[Site, Iterable[WorkspaceItem]]
"""WorkSpaces: items with their sites, ids of a fleet's only site, or either by site."""


def group_by_site(
    name: str, argument: str, items: object, sites: Sequence[Site]
) -> dict[Site, list[tuple[int, WaitTarget]]]:
    """Return the WorkSpaces of each site, with their positions; raise ConfigurationError for an invalid reference."""
    found: dict[Site, list[tuple[int, WaitTarget]]] = {}
    for index, (site, item) in enumerate(_pairs(name, argument, items)):
        own_site, target = _parse(name, argument, item)
        if site is not None and own_site not in {None, site}:
            raise ConfigurationError(
                f"{name}: {target.current_id} is of {own_site}, but {argument}= has it under {site}"
            )
        found.setdefault(site or own_site or _only_site(name, argument, sites), []).append((index, target))
    return found


def only_site_error(name: str, argument: str, sites: Sequence[Site]) -> ConfigurationError:
    """Return the error for WorkSpaces whose site is ambiguous."""
    known = ", ".join(map(str, sites))
    return ConfigurationError(
        f"{name}: the site is ambiguous, since {argument}= has ids without a site and the fleet has {known}; pass "
        "where=where.ids(…) to look them up at every site, items of a plan, a report or an inventory, or a mapping by "
        "Site"
    )


def _only_site(name: str, argument: str, sites: Sequence[Site]) -> Site:
    if len(sites) != 1:
        raise only_site_error(name, argument, sites)
    return sites[0]


def _pairs(name: str, argument: str, items: object) -> list[tuple[Site | None, object]]:
    if isinstance(items, Report):
        raise ConfigurationError(f'{name}: {argument}= takes items of a report, as in report.of("done")')
    if isinstance(items, str | s.Workspace | InventoryRow | PlanItem | ItemReport | LeftOut) or not isinstance(
        items, Iterable
    ):
        raise ConfigurationError(
            f"{name}: {argument}= takes a list of ids or items, not {type_name(items)}; put a single id in a list"
        )
    if not isinstance(items, Mapping):
        return [(None, item) for item in cast("Iterable[object]", items)]
    pairs: list[tuple[Site | None, object]] = []
    for site, site_items in cast("Mapping[object, object]", items).items():
        if not isinstance(site, Site):
            raise ConfigurationError(f"{name}: {argument}= has {type_name(site)} as a key; use a Site")
        pairs += [(site, item) for _, item in _pairs(name, argument, site_items)]
    return pairs


def _parse(name: str, argument: str, item: object) -> tuple[Site | None, WaitTarget]:
    """Return the site of an item, if it has one, and its WorkSpace."""
    match item:
        case str():
            site, target = None, WaitTarget(workspace_id=item)
        case s.Workspace():
            site, target = None, WaitTarget(workspace_id=item.workspace_id)
        case ItemReport():
            target = WaitTarget(
                workspace_id=item.workspace_id, new_workspace_id=item.new_workspace_id, sent_at=item.sent_at
            )
            site = item.site
        case InventoryRow() | PlanItem() | LeftOut():
            site, target = item.site, WaitTarget(workspace_id=item.workspace_id)
        case _:
            raise ConfigurationError(
                f"{name}: {argument}= takes WorkSpace ids, or items of a plan, a report or an inventory, not a "
                f"{type(item).__name__}"
            )
    if not target.current_id and isinstance(item, PlanItem | ItemReport):
        raise ConfigurationError(f"{name}: {item.key} has no WorkSpace id, since no WorkSpace was created for it")
    if not WORKSPACE_ID.fullmatch(target.current_id):
        raise ConfigurationError(f"{name}: {target.current_id!r:.80} is not a WorkSpace id (ws-0123456789)")
    return site, target
