"""Fleets: inventory and bulk actions for tens of thousands of WorkSpaces in several accounts and regions.

    async with Fleet(regions=["us-west-2", "eu-west-1"], profiles=["prod", "lab"]) as fleet:
        idle = where.state("AVAILABLE") & where.idle_for(days=30)
        async for row in fleet.inventory(where=idle):
            print(row.site, row.workspace_id, row.user_name, row.tags)
        await fleet.inventory().write_csv("workspaces.csv")

        plan = await fleet.stop(where=idle, journal="stop.jsonl")
        print(plan)
        report = await plan.run()

Sites:      Fleet, Site, FleetOptions
Selection:  where, whose predicates combine by &, | and ~; Predicate
Actions:    Planning, Plan (PlanItem, LeftOut, PlanRow), Progress, Report (ItemReport, Outcome, ReportRow)
Inventory:  FleetInventory, inventory, InventoryRow, Join, WrittenFile
Errors:     SiteError; JournalError and PlanCountError of wsclient.errors
"""

from wsclient import errors, types  # noqa: F401  # pyright: ignore[reportUnusedImport] - classes report them
from wsclient._client.client_options import FleetOptions
from wsclient._core.fleet_errors import SiteError
from wsclient._core.public_names import publish
from wsclient._core.site import Site
from wsclient.fleet import where
from wsclient.fleet._actions.items import LeftOut, PlanItem, PlanRow
from wsclient.fleet._fleet import Fleet, inventory
from wsclient.fleet._inventory.export import WrittenFile
from wsclient.fleet._inventory.inventory import FleetInventory
from wsclient.fleet._plan import Plan
from wsclient.fleet._planner import Planning
from wsclient.fleet._report import ItemReport, Outcome, Progress, Report, ReportRow
from wsclient.fleet._rows import InventoryRow, Join
from wsclient.fleet._selection.predicates import Predicate

__all__ = [
    "Fleet",
    "FleetInventory",
    "FleetOptions",
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

publish(__name__, __all__)
