"""Tens of thousands of WorkSpaces, in several accounts and regions, read and changed as one.

    async with Fleet(regions=["us-west-2", "eu-west-1"], profiles=["prod", "lab"]) as fleet:
        async for row in fleet.inventory(where=where.state("AVAILABLE") & where.idle_for(days=30)):
            print(row.site, row.workspace_id, row.user_name, row.tags)
        await fleet.inventory().write_csv("workspaces.csv")

        plan = await fleet.stop(where=where.idle_for(days=30), journal="stop.jsonl")
        print(plan)
        report = await plan.run()

Where they are:  Fleet, Site
Which of them:   where, whose predicates are joined by &, | and ~
What is done:    Planning, Plan (PlanItem, LeftOut, PlanRow), Progress, Report (ItemReport, Outcome, ReportRow)
What is known:   FleetInventory, inventory, InventoryRow, Join, WrittenFile
What goes wrong: SiteError, and of wsclient.errors JournalError, PlanCountError
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._fleet import where
from wsclient._fleet.actions import Actions, Planning
from wsclient._fleet.errors import SiteError
from wsclient._fleet.files import WrittenFile
from wsclient._fleet.inventory import FleetInventory
from wsclient._fleet.plan import Plan
from wsclient._fleet.plan_items import LeftOut, PlanItem, PlanRow
from wsclient._fleet.predicates import Predicate
from wsclient._fleet.report import ItemReport, Outcome, Progress, Report, ReportRow
from wsclient._fleet.rows import InventoryRow, Join
from wsclient._fleet.sites import Site

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from typing import Unpack

    from wsclient._client_options import ClientOptions
    from wsclient._credentials import Credentials, CredentialsProvider


class Fleet(Actions):
    """The WorkSpaces of several accounts and regions; its constructor says what it can be told.

    Its clients open at their first call; `async with` or aclose() closes those that it made.
    """


def inventory(
    *,
    regions: Sequence[str] = (),
    profiles: Sequence[str] = (),
    accounts: Mapping[str, Credentials | CredentialsProvider] | None = None,
    where: Predicate | None = None,
    join: Collection[Join | str] = tuple(Join),
    on_site_error: Callable[[SiteError], object] | None = None,
    **options: Unpack[ClientOptions],
) -> FleetInventory:
    """Return the WorkSpaces of these regions and accounts, to be read: Fleet(…).inventory(…) for who needs no fleet.

    `async for row in wsclient.fleet.inventory(regions=["eu-west-1"], profiles=["prod", "lab"]): …`. See Fleet for
    regions, profiles, accounts and options, Fleet.inventory for the others. Connections that stay idle close by
    themselves.
    """
    fleet = Fleet(regions=regions, profiles=profiles, accounts=accounts, **options)
    return fleet.inventory(where=where, join=join, on_site_error=on_site_error)


__all__ = [
    "Fleet",
    "FleetInventory",
    "InventoryRow",
    "ItemReport",
    "Join",
    "LeftOut",
    "Outcome",
    "Plan",
    "PlanItem",
    "PlanRow",
    "Planning",
    "Predicate",
    "Progress",
    "Report",
    "ReportRow",
    "Site",
    "SiteError",
    "WrittenFile",
    "inventory",
    "where",
]
