"""FleetInventory: reads the WorkSpaces of all sites concurrently, with the lookups that selection and joins need."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from importlib import import_module
from os import PathLike
from typing import TYPE_CHECKING, Final, cast

from wsclient._core.argument_checks import checked
from wsclient._core.clock import SYSTEM_TIME, TimeSource
from wsclient._core.errors import ConfigurationError, WsclientError
from wsclient._core.files import AtomicFile
from wsclient._core.fleet_errors import DuplicateSiteError, SiteError
from wsclient._core.lazy_imports import OptionalModule
from wsclient._core.missing_attributes import ExplainedAttributes
from wsclient._core.site import Site
from wsclient._core.tables.frames import requires_extra
from wsclient._core.tables.table import Table
from wsclient._core.unawaited import AsyncOnly
from wsclient._core.utils import close_matches
from wsclient._core.value_kinds import ANYTHING, BOOL, CALLBACK, PATH, TEXT, collection_of, optional, type_name
from wsclient.fleet._concurrency import merge
from wsclient.fleet._inventory.export import MIN_BATCH_ROWS, WrittenFile, csv_head, csv_lines, json_lines
from wsclient.fleet._inventory.site_reader import DuplicateSiteDetector, Entry, InventoryQuery, SiteReader
from wsclient.fleet._rows import InventoryRow, Join, JoinText
from wsclient.fleet._selection.predicates import Predicate
from wsclient.fleet._sites import Sites
from wsclient.retries._retrying import ThrottleRetry
from wsclient.workspaces._client import WorkSpacesClient

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

    from wsclient._core.tables.columns import Cell
else:
    pd, pl = OptionalModule("pandas"), OptionalModule("polars")

MAX_CONCURRENT_SITES: Final = 32
"""Sites that are read concurrently."""
MAX_WAITING_LISTS: Final = 8
"""Lists of WorkSpaces, of all sites together, that wait for the consumer."""


class FleetInventory(AsyncOnly, ExplainedAttributes):
    """Inventory of a fleet's WorkSpaces, read on demand: `async for row in inventory`, or a method that reads them all.

    Every reading calls AWS again. Sites are read concurrently: rows of several sites come interleaved, rows of one site
    in AWS's order. A few pages of each site are prefetched, so that memory does not grow with the fleet. A loop may be
    left at any time. Two sites that are the same account raise ConfigurationError.

    A throttled read is retried until no read of its site has succeeded for ten minutes. A site that fails ends the
    reading with SiteError, so that a partial result is never mistaken for a complete one. With on_site_error the other
    sites are read on; failed and is_whole then show what the last reading lacks.
    """

    def __init__(
        self,
        clients: Mapping[Site, WorkSpacesClient],
        query: InventoryQuery,
        *,
        time: TimeSource,
        on_site_error: Callable[[SiteError], object] | None = None,
    ) -> None:
        self._clients = clients
        self._query = query
        self._time = time
        self._on_site_error = on_site_error
        self._failed: list[SiteError] = []
        self._readers: list[SiteReader] = []
        self._has_ended = False

    @property
    def sites(self) -> tuple[Site, ...]:
        """Sites that the inventory reads."""
        return tuple(self._clients)

    @property
    def failed(self) -> tuple[SiteError, ...]:
        """Errors of the sites that failed in the last reading; always empty without on_site_error."""
        return tuple(self._failed)

    @property
    def unknown(self) -> int:
        """Number of WorkSpaces that the last reading left out because where is unknown for them."""
        return sum(reader.unknown for reader in self._readers)

    @property
    def is_whole(self) -> bool:
        """True if the last reading was completed and no site failed."""
        return self._has_ended and not self._failed

    async def __aiter__(self) -> AsyncGenerator[InventoryRow]:
        """Read the WorkSpaces and yield a row for each."""
        async with aclosing(self.entries()) as lists:
            async for entries in lists:
                for row, _ in entries:
                    yield row

    async def collect(self) -> list[InventoryRow]:
        """Read every WorkSpace and return all rows; for a large fleet, iterate instead."""
        return [row async for row in self]

    async def to_pandas(self, *, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Read every WorkSpace into a pandas DataFrame with the columns of InventoryRow.to_dict().

        columns selects and orders them, by name; tags.KEY is a column with the values of one tag key, as in
        columns=["workspace_id", "state", "tags.Team"]. The column types do not depend on the data (see
        wsclient.tables); the column tags has tuples of str "key=value". Raises ConfigurationError before the first call
        for an unknown column, and if pandas is missing (extra wsclient[pandas]).
        """
        with requires_extra("pandas"):
            import_module("pandas")
        return (await self._table(columns)).to_pandas()

    async def to_polars(self, *, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """Read every WorkSpace into a polars DataFrame, as to_pandas() does; extra wsclient[polars]."""
        with requires_extra("polars"):
            import_module("polars")
        return (await self._table(columns)).to_polars()

    @checked({"path": PATH})
    async def write_jsonl(self, path: str | PathLike[str]) -> WrittenFile:
        """Read every WorkSpace into a file of JSON lines: one InventoryRow.to_dict() per line, in UTF-8.

        Memory does not grow with the fleet. The file is replaced once the reading is complete; after an error, or if
        the process is killed, the previous file remains. Raises SiteError as any reading does, and OSError if the file
        cannot be written.
        """
        return await self._write(AtomicFile(path), json_lines)

    @checked({"path": PATH, "guard_formulas": BOOL})
    async def write_csv(self, path: str | PathLike[str], *, guard_formulas: bool = True) -> WrittenFile:
        """Read every WorkSpace into a CSV file (RFC 4180) with the columns of InventoryRow.to_dict(), in UTF-8.

        Times are in ISO 8601, protocols and tags in JSON; missing values are empty. A cell that a spreadsheet would
        evaluate as a formula (it starts with =, +, -, @, a tab or a line break) is prefixed with an apostrophe, since
        user names, tags and error messages are untrusted input. guard_formulas=False writes the cells unchanged, for
        programs. The file is replaced as by write_jsonl().
        """
        return await self._write(AtomicFile(path, csv_head()), partial(csv_lines, guards_formulas=guard_formulas))

    async def _write(self, file: AtomicFile, encode: Callable[[Sequence[InventoryRow]], bytes]) -> WrittenFile:
        count, held = 0, list[InventoryRow]()
        async with file, aclosing(self.entries()) as lists:
            async for entries in lists:
                held += [row for row, _ in entries]
                count += len(entries)
                if len(held) >= MIN_BATCH_ROWS:
                    await file.write(partial(encode, held))
                    held = []
            await file.write(partial(encode, held))
        return WrittenFile(path=file.path, rows=count, unknown=self.unknown, failed=self.failed)

    async def _table(self, names: Sequence[str] | None) -> Table:
        """Read every WorkSpace into a table of cells, without keeping the structures from which they are read."""
        columns = Table(InventoryRow.table_columns(), ()).select(names).columns
        cells = [tuple(column.read(row) for column in columns) async for row in self]
        cell_columns = (replace(column, read=partial(_cell_at, index)) for index, column in enumerate(columns))
        return Table(tuple(cell_columns), cells)

    async def entries(self) -> AsyncGenerator[list[Entry]]:
        """Read the WorkSpaces in lists of rows, each with the result of the selection."""
        duplicates = DuplicateSiteDetector() if len(self._clients) > 1 else None
        self._failed, self._has_ended = [], False
        self._readers = [
            SiteReader(site, client, self._query, duplicates, ThrottleRetry(self._time))
            for site, client in self._clients.items()
        ]
        streams = map(_entries_or_error, self._readers)
        merged = merge(streams, max_concurrent=MAX_CONCURRENT_SITES, max_waiting=MAX_WAITING_LISTS)
        async with aclosing(merged) as lists:
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
        """Return the sites and the selection."""
        where = self._query.where
        selected = f", where {where}" if where is not None else ""
        return f"<FleetInventory of {', '.join(map(str, self._clients))}{selected}>"


def _cell_at(index: int, cells: object) -> Cell:
    return cast("tuple[Cell, ...]", cells)[index]


async def _entries_or_error(reader: SiteReader) -> AsyncGenerator[list[Entry] | SiteError]:
    """Yield the entries of a site, and its error last if it fails."""
    try:
        async with aclosing(reader.entries()) as lists:
            async for entries in lists:
                yield entries
    except DuplicateSiteError:
        raise
    except WsclientError as error:
        yield SiteError(reader.site, error)


class InventoryMixin(Sites):
    """Sites whose WorkSpaces can be read: the base of Fleet."""

    _time: TimeSource = SYSTEM_TIME

    @checked(
        {
            **dict.fromkeys(("regions", "profiles", "accounts"), collection_of(TEXT, "a list of names")),
            "where": ANYTHING,
            "join": collection_of(TEXT, "a list of joins"),
            "on_site_error": optional(CALLBACK),
        },
        owner="Fleet.inventory",
    )
    def inventory(
        self,
        *,
        regions: Collection[str] = (),
        profiles: Collection[str] = (),
        accounts: Collection[str] = (),
        where: Predicate | None = None,
        join: Collection[JoinText] = tuple(Join),
        on_site_error: Callable[[SiteError], object] | None = None,
    ) -> FleetInventory:
        """Return an inventory of the fleet's WorkSpaces: `async for row in fleet.inventory(): …`.

        No call is made before the inventory is read.

        Args:
            regions: read only these regions of the fleet; all by default.
            profiles, accounts: read only these accounts of the fleet, by their names in it; all by default.
            where: select WorkSpaces (see `where`). Those for which it is unknown are left out, and counted.
            join: lookups to make for each WorkSpace: "directory", "bundle", "connection" (one call for 25), "tags" (one
                call for each, which takes most of the time at AWS's documented two calls per second); all by default.
            on_site_error: called with the SiteError of each site that fails, while the other sites are read on.

        Raises ConfigurationError for a site that the fleet does not have.
        """
        clients = {site: self.client(site) for site in self._select_sites(regions, (*profiles, *accounts))}
        self._validate_selection(where)
        query = InventoryQuery(where=where, joins=_parse_joins(join))
        return FleetInventory(clients, query, time=self._time, on_site_error=on_site_error)

    async def _evaluated(
        self, where: Predicate | None, on_site_error: Callable[[SiteError], object] | None = None
    ) -> AsyncGenerator[tuple[InventoryRow, bool | None]]:
        """Yield the WorkSpaces that a predicate selects, with True, and those for which it is unknown, with None.

        Makes only the lookups that the predicate needs. Raises SiteError if a site cannot be read completely, unless
        on_site_error is passed.
        """
        self._validate_selection(where)
        clients = {site: self.client(site) for site in self.sites}
        query = InventoryQuery(where=where, keeps_unknown=True)
        inventory = FleetInventory(clients, query, time=self._time, on_site_error=on_site_error)
        async with aclosing(inventory.entries()) as lists:
            async for entries in lists:
                for entry in entries:
                    yield entry

    def _select_sites(self, regions: Collection[str], accounts: Collection[str]) -> Sequence[Site]:
        for part, requested, known in (
            ("region", regions, [site.region for site in self.sites]),
            ("account", accounts, [site.account for site in self.sites]),
        ):
            if isinstance(requested, str):
                raise ConfigurationError(f"{part}s= takes a list of names, not a str; put a single name in a list")
            for name in requested:
                if name not in known:
                    raise _unknown_name_error(part, name, known)
        sites = [
            site
            for site in self.sites
            if (not regions or site.region in regions) and (not accounts or site.account in accounts)
        ]
        if not sites:
            raise ConfigurationError("the fleet has no site that matches both accounts= and regions=")
        return sites

    def _validate_selection(self, where: object) -> None:
        """Raise ConfigurationError for a selection that is not a predicate or names sites that the fleet lacks."""
        if where is None:
            return
        if not isinstance(where, Predicate):
            raise ConfigurationError(
                f"where= takes a predicate such as where.state(…), not {type_name(where)}; "
                "where.row(…) makes a predicate from a function"
            )
        for name in sorted(where.unknown_sites(self.sites)):
            known = [part for site in self.sites for part in (site.account, site.region)]
            raise _unknown_name_error("account or region", name, known)


def _unknown_name_error(part: str, name: str, known: Sequence[str]) -> ConfigurationError:
    names = list(dict.fromkeys(known))
    matches = close_matches(name, names, most=1)
    hint = f"did you mean {matches[0]!r}?" if matches else f"it has {', '.join(names)}"
    return ConfigurationError(f"the fleet has no {part} {name!r}; {hint}")


def _parse_joins(names: Collection[JoinText]) -> frozenset[Join]:
    unknown = [] if isinstance(names, str) else sorted(set(names) - set(Join))
    if isinstance(names, str) or unknown:
        wrong = f", not {', '.join(unknown)}" if unknown else ""
        raise ConfigurationError(f"join= takes a list of {', '.join(Join)}{wrong}")
    return frozenset(map(Join, names))
