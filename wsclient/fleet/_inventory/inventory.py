"""Reads a fleet: every WorkSpace of every site, with what a question about it needs looked up."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Final, cast

from wsclient._core.clock import SYSTEM_TIME, TimeSource
from wsclient._core.errors import ConfigurationError, WsclientError
from wsclient._core.fleet_errors import CountedTwiceError, SiteError
from wsclient._core.tables.frames import requires_extra
from wsclient._core.tables.table import Table
from wsclient._core.utils import close_matches
from wsclient.fleet._concurrency import merge
from wsclient.fleet._inventory.export import ROWS_AT_ONCE, AtomicFile, WrittenFile, csv_head, csv_lines, json_lines
from wsclient.fleet._inventory.site_reader import DuplicateSiteDetector, InventoryQuery, SiteReader
from wsclient.fleet._rows import InventoryRow, Join
from wsclient.fleet._selection.predicates import Predicate
from wsclient.fleet._sites import Sites
from wsclient.retries._retrying import ThrottleRetry

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
    from os import PathLike

    import pandas as pd
    import polars as pl

    from wsclient._core.site import Site
    from wsclient._core.tables.columns import Cell
    from wsclient.fleet._inventory.site_reader import Entry
    from wsclient.workspaces._client import WorkSpacesClient

SITES_AT_ONCE: Final = 32
"""Sites that are read at the same time."""
LISTS_WAITING: Final = 8
"""Lists of WorkSpaces, of all sites together, that wait for who reads them."""


class FleetInventory:
    """The WorkSpaces of a fleet, not read yet: `async for row in inventory`, or one of the methods that read them all.

    Every reading asks AWS anew. Sites are read side by side, so that rows of several come mixed, those of one in AWS's
    order. A few pages of each site are read ahead, and no more: memory does not grow with the fleet. A loop may be left
    at any time. Two sites that are the same account raise ConfigurationError.

    A read that is throttled is made again, for ten minutes at most. A site that fails ends the reading with SiteError,
    so that a part is never taken for the whole. With on_site_error the others go on; then failed and is_whole say what
    the last reading lacks.
    """

    def __init__(
        self,
        clients: Mapping[Site, WorkSpacesClient],
        question: InventoryQuery,
        *,
        patience: ThrottleRetry,
        on_site_error: Callable[[SiteError], object] | None = None,
    ) -> None:
        self._clients = clients
        self._question = question
        self._patience = patience
        self._on_site_error = on_site_error
        self._failed: list[SiteError] = []
        self._readings: list[SiteReader] = []
        self._has_ended = False

    @property
    def sites(self) -> tuple[Site, ...]:
        """The sites that are read."""
        return tuple(self._clients)

    @property
    def failed(self) -> tuple[SiteError, ...]:
        """The sites that failed in the last reading, and why; there are such with on_site_error alone."""
        return tuple(self._failed)

    @property
    def unknown(self) -> int:
        """WorkSpaces that the last reading left out because where could not be answered for them."""
        return sum(reading.unknown for reading in self._readings)

    @property
    def is_whole(self) -> bool:
        """Whether the last reading came to its end, and no site failed."""
        return self._has_ended and not self._failed

    async def __aiter__(self) -> AsyncGenerator[InventoryRow]:
        """Read the WorkSpaces."""
        async with aclosing(self.entries()) as lists:
            async for entries in lists:
                for row, _ in entries:
                    yield row

    async def collect(self) -> list[InventoryRow]:
        """Read every WorkSpace and return them all; iterate over a large fleet instead."""
        return [row async for row in self]

    async def to_pandas(self) -> pd.DataFrame:
        """Read every WorkSpace into a pandas DataFrame with the columns of InventoryRow.to_dict().

        Their types are the same whatever is in them (wsclient.tables tells which); tags are tuples of texts
        "key=value". Raises ConfigurationError, before anything is read, where pandas is missing (wsclient[pandas]).
        """
        with requires_extra("pandas"):
            import_module("pandas")
        return (await self._table()).to_pandas()

    async def to_polars(self) -> pl.DataFrame:
        """Read every WorkSpace into a polars DataFrame, as to_pandas() does; extra wsclient[polars]."""
        with requires_extra("polars"):
            import_module("polars")
        return (await self._table()).to_polars()

    async def write_jsonl(self, path: str | PathLike[str]) -> WrittenFile:
        """Read every WorkSpace into a file of JSON lines: InventoryRow.to_dict() a line, in UTF-8.

        Memory does not grow with the fleet. The file takes its name once the reading has come to its end; after an
        error, or where the process is killed, the file of that name is the one before. Raises SiteError as any reading
        does, and OSError where the file cannot be written.
        """
        return await self._written(AtomicFile(path), json_lines)

    async def write_csv(self, path: str | PathLike[str], *, guard_formulas: bool = True) -> WrittenFile:
        """Read every WorkSpace into a CSV file (RFC 4180) with the columns of InventoryRow.to_dict(), in UTF-8.

        Times are in ISO 8601, protocols and tags JSON, what is absent is empty. A text that a spreadsheet would take
        for a formula (it begins with =, +, -, @, a tab or a line break) gets an apostrophe in front: user names, tags
        and error messages come from outside. guard_formulas=False leaves texts as they are, for programs to read.
        The file is written as by write_jsonl().
        """
        return await self._written(AtomicFile(path, csv_head()), partial(csv_lines, guards_formulas=guard_formulas))

    async def _written(self, file: AtomicFile, encode: Callable[[Sequence[InventoryRow]], bytes]) -> WrittenFile:
        count, held = 0, list[InventoryRow]()
        async with file, aclosing(aiter(self)) as rows:
            async for row in rows:
                held.append(row)
                count += 1
                if len(held) == ROWS_AT_ONCE:
                    await file.write(encode, held)
                    held = []
            await file.write(encode, held)
        return WrittenFile(path=file.path, rows=count, unknown=self.unknown, failed=self.failed)

    async def _table(self) -> Table:
        """Read every WorkSpace into a table, which holds its cells and not the structures they are from."""
        columns = InventoryRow.table_columns()
        cells = [tuple(column.read(row) for column in columns) async for row in self]
        return Table(tuple(replace(one, read=partial(_cell_at, at)) for at, one in enumerate(columns)), cells)

    async def entries(self) -> AsyncGenerator[list[Entry]]:
        """Read the WorkSpaces, some at a time, each with whether it is selected."""
        marks, self._failed, self._has_ended = DuplicateSiteDetector(), [], False
        self._readings = [
            SiteReader(site, client, self._question, marks, self._patience) for site, client in self._clients.items()
        ]
        streams = map(_until_it_fails, self._readings)
        async with aclosing(merge(streams, at_once=SITES_AT_ONCE, waiting=LISTS_WAITING)) as lists:
            async for entries in lists:
                if isinstance(entries, SiteError):
                    self._failed.append(entries)
                    if self._on_site_error is None:
                        raise entries
                    self._on_site_error(entries)
                elif entries:
                    yield entries
        self._has_ended = True

    def __repr__(self) -> str:
        """Say what would be read."""
        where = self._question.where
        selected = f", where {where}" if where is not None else ""
        return f"<FleetInventory of {', '.join(map(str, self._clients))}{selected}>"


def _cell_at(at: int, cells: object) -> Cell:
    return cast("tuple[Cell, ...]", cells)[at]


async def _until_it_fails(reading: SiteReader) -> AsyncGenerator[list[Entry] | SiteError]:
    """Give what a site gives, and in the end how it failed if it did."""
    try:
        async with aclosing(reading.entries()) as lists:
            async for entries in lists:
                yield entries
    except CountedTwiceError:
        raise
    except WsclientError as error:
        yield SiteError(reading.site, error)


class InventoryMixin(Sites):
    """A fleet that can be read."""

    _time: TimeSource = SYSTEM_TIME

    @property
    def _patience(self) -> ThrottleRetry:
        return ThrottleRetry(self._time)

    def inventory(
        self,
        *,
        regions: Collection[str] = (),
        profiles: Collection[str] = (),
        accounts: Collection[str] = (),
        where: Predicate | None = None,
        join: Collection[Join | str] = tuple(Join),
        on_site_error: Callable[[SiteError], object] | None = None,
    ) -> FleetInventory:
        """Return the fleet's WorkSpaces, to be read: `async for row in fleet.inventory(): …`.

        Args:
            regions: read these regions of the fleet alone.
            profiles, accounts: read these accounts of the fleet alone, by the names they have in it.
            where: select WorkSpaces (see `where`). One for which it cannot be answered is left out, and counted.
            join: what to look up beside each: "directory", "bundle", "connection" (a call for 25), "tags" (a call for
                each, which at AWS's documented two calls a second is most of the time); all unless said.
            on_site_error: called with the SiteError of each site that fails, while the others are read on.

        Raises ConfigurationError for a site that the fleet does not have.
        """
        clients = {site: self.client(site) for site in self._narrowed(regions, (*profiles, *accounts))}
        self._refuse_strangers(where)
        question = InventoryQuery(where=where, joins=_joins(join))
        return FleetInventory(clients, question, patience=self._patience, on_site_error=on_site_error)

    async def _judged(self, where: Predicate | None) -> AsyncGenerator[tuple[InventoryRow, bool | None]]:
        """Give the WorkSpaces that a question selects, with True, and those of which it cannot be known, with None.

        Of each no more is looked up than its answer needs. Raises SiteError when a site cannot be read to its end.
        """
        self._refuse_strangers(where)
        clients = {site: self.client(site) for site in self.sites}
        inventory = FleetInventory(clients, InventoryQuery(where=where, keeps_unknown=True), patience=self._patience)
        async with aclosing(inventory.entries()) as lists:
            async for entries in lists:
                for entry in entries:
                    yield entry

    def _narrowed(self, regions: Collection[str], accounts: Collection[str]) -> Sequence[Site]:
        for kind, asked, known in (
            ("region", regions, [site.region for site in self.sites]),
            ("account", accounts, [site.account for site in self.sites]),
        ):
            if isinstance(asked, str):
                raise ConfigurationError(f"{kind}s= takes several names: put a single one in a list")
            for name in asked:
                if name not in known:
                    raise _no_such(kind, name, known)
        sites = [
            site
            for site in self.sites
            if (not regions or site.region in regions) and (not accounts or site.account in accounts)
        ]
        if not sites:
            raise ConfigurationError("the fleet has none of these accounts in any of these regions")
        return sites

    def _refuse_strangers(self, where: object) -> None:
        """Refuse a selection that names sites which the fleet does not have, and what is no selection."""
        if where is None:
            return
        if not isinstance(where, Predicate):
            raise ConfigurationError(
                f"where= takes a predicate as where.state(…) makes one, not a {type(where).__name__}; "
                "where.row(…) makes one of a function"
            )
        for name in sorted(where.unknown_sites(self.sites)):
            known = [part for site in self.sites for part in (site.account, site.region)]
            raise _no_such("account or region", name, known)


def _no_such(kind: str, name: str, known: Sequence[str]) -> ConfigurationError:
    names = list(dict.fromkeys(known))
    hint = close_matches(name, names, most=1)
    told = f"did you mean {hint[0]}?" if hint else f"it has {', '.join(names)}"
    return ConfigurationError(f"the fleet has no {kind} {name}: {told}")


def _joins(names: Collection[Join | str]) -> frozenset[Join]:
    if isinstance(names, str) or not set(names) <= set(Join):
        raise ConfigurationError(f"join= takes a list of {', '.join(Join)}")
    return frozenset(map(Join, names))
