"""Looks, before a journal is gone on with, whether these are still the accounts that it was begun with.

A profile's name may lead elsewhere by now. There nothing of the plan exists, and "it is gone" would be taken for done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._errors import JournalError, WsclientError
from wsclient._slices import slices
from wsclient._waiter_kinds import PER_CALL

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wsclient._fleet.course import Means
    from wsclient._fleet.plan_items import PlanItem
    from wsclient._fleet.sites import Site


async def check_accounts(path: str, items: Iterable[PlanItem], means: Means) -> None:
    """Raise JournalError where a site has none of the directories that these items are in.

    One call for each 25 directories of a site, until one is found. Where it may not be asked, nothing is known.
    """
    directories: dict[Site, dict[str, None]] = {}
    for item in items:
        directories.setdefault(item.site, {})[item.directory_id] = None
    for site, wanted in directories.items():
        if not await _has_any(site, wanted, means):
            raise JournalError(
                f"the journal {path} was begun in another account than {site} is now: none of its directories is there "
                f"({', '.join(list(wanted)[:3])}). Go on with the credentials of that account; if its directories were "
                "deregistered since, remove the journal and plan anew. Nothing was sent",
                path=path,
            )


async def _has_any(site: Site, wanted: Mapping[str, None], means: Means) -> bool:
    ids = [one for one in wanted if one]
    client = means.client(site)
    try:
        for some in slices(ids, PER_CALL):
            found = await client.describe_workspace_directories(directory_ids=some)
            if found.directories:
                return True
    except WsclientError:
        return True
    return not ids
