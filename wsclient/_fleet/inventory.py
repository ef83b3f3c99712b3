"""Reads a fleet: every WorkSpace of every site, with what a question about it needs looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._clock import SYSTEM_CLOCK, Clock
from wsclient._fleet.rows import InventoryRow
from wsclient._fleet.sites import Sites

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from wsclient._fleet.predicates import Predicate


class Inventories(Sites):
    """A fleet that can be read."""

    _clock: Clock = SYSTEM_CLOCK

    async def _judged(self, where: Predicate | None) -> AsyncGenerator[tuple[InventoryRow, bool | None]]:
        """Give the WorkSpaces that a question selects, with True, and those of which it cannot be known, with None.

        Of each no more is looked up than its answer needs.
        """
        for site in self.sites:
            async for workspace in self.client(site).describe_workspaces():
                row = InventoryRow(site=site, workspace=workspace, seen_at=self._clock.now())
                answer = True if where is None else where.answer(row)
                if answer is not False:
                    yield row, answer
