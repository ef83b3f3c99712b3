"""InventoryRow, Join and their columns: one WorkSpace with the results of up to five AWS operations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum, StrEnum
from functools import cache, partial
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, cast

import msgspec

from wsclient._core.absence import member_value, members_with_stand_ins, present
from wsclient._core.dates import as_utc, iso_date
from wsclient._core.site import Site
from wsclient._core.tables.columns import CellKind, Column, Row
from wsclient._core.tables.table import Table
from wsclient._generated.workspaces import structures as s
from wsclient._generated.workspaces.enums import RunningMode, WorkspaceState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wsclient._core.tables.columns import Cell


_TEXT, _TIME, _FLAG, _INTEGER, _TEXTS = CellKind.TEXT, CellKind.TIME, CellKind.FLAG, CellKind.INTEGER, CellKind.TEXTS
_PROPERTIES: Final = "workspace.workspace_properties"
SOURCES: Final[tuple[tuple[str, CellKind, str], ...]] = (
    ("account", _TEXT, "site.account"),
    ("region", _TEXT, "site.region"),
    ("workspace_id", _TEXT, "workspace.workspace_id"),
    ("workspace_name", _TEXT, "workspace.workspace_name"),
    ("user_name", _TEXT, "workspace.user_name"),
    ("computer_name", _TEXT, "workspace.computer_name"),
    ("ip_address", _TEXT, "workspace.ip_address"),
    ("subnet_id", _TEXT, "workspace.subnet_id"),
    ("state", _TEXT, "workspace.state"),
    ("error_code", _TEXT, "workspace.error_code"),
    ("error_message", _TEXT, "workspace.error_message"),
    ("running_mode", _TEXT, f"{_PROPERTIES}.running_mode"),
    ("auto_stop_minutes", _INTEGER, f"{_PROPERTIES}.running_mode_auto_stop_timeout_in_minutes"),
    ("compute_type", _TEXT, f"{_PROPERTIES}.compute_type_name"),
    ("operating_system", _TEXT, f"{_PROPERTIES}.operating_system_name"),
    ("protocols", _TEXTS, f"{_PROPERTIES}.protocols"),
    ("root_volume_gib", _INTEGER, f"{_PROPERTIES}.root_volume_size_gib"),
    ("user_volume_gib", _INTEGER, f"{_PROPERTIES}.user_volume_size_gib"),
    ("root_volume_encrypted", _FLAG, "workspace.root_volume_encryption_enabled"),
    ("user_volume_encrypted", _FLAG, "workspace.user_volume_encryption_enabled"),
    ("directory_id", _TEXT, "workspace.directory_id"),
    ("directory_name", _TEXT, "directory.directory_name"),
    ("directory_alias", _TEXT, "directory.alias"),
    ("directory_type", _TEXT, "directory.directory_type"),
    ("directory_state", _TEXT, "directory.state"),
    ("bundle_id", _TEXT, "workspace.bundle_id"),
    ("bundle_name", _TEXT, "bundle.name"),
    ("bundle_owner", _TEXT, "bundle.owner"),
    ("image_id", _TEXT, "bundle.image_id"),
    ("connection_state", _TEXT, "connection.connection_state"),
    ("connection_checked_at", _TIME, "connection.connection_state_check_timestamp"),
    ("last_connected_at", _TIME, "connection.last_known_user_connection_timestamp"),
    ("tags", _TEXTS, "tags"),
    ("seen_at", _TIME, "seen_at"),
)
"""Name, cell type and attribute path of each column."""
_PATHS: Final[Mapping[str, Sequence[str]]] = {name: tuple(path.split(".")) for name, _, path in SOURCES}
_TAGS: Final = _PATHS["tags"]
_TIMES: Final = tuple(index for index, (_, kind, _) in enumerate(SOURCES) if kind is _TIME)
_Line: Final = msgspec.defstruct("_Line", [name for name, _, _ in SOURCES], gc=False)


def flatten(row: InventoryRow) -> dict[str, object]:
    """Return the columns of a row in JSON types: times in ISO 8601, protocols a list, tags an object."""
    line: dict[str, object] = msgspec.to_builtins(to_line(row))
    return line


def to_line(row: InventoryRow) -> msgspec.Struct:
    """Return the columns of a row as a structure, from which msgspec makes the JSON types of flatten()."""
    values = column_values(row)
    for index in _TIMES:
        time = values[index]
        if isinstance(time, datetime) and time.tzinfo is not UTC:
            values[index] = as_utc(time)
    return _Line(*values)


def column_values(row: InventoryRow) -> list[object]:
    """Return the values of a row's columns, None where AWS returned none."""
    values = _attributes(row)
    for index in _columns_with_stand_ins():
        if not values[index]:
            values[index] = present(values[index])
    return values


def _attributes(row: InventoryRow) -> list[object]:
    """Return the attributes that SOURCES names; written out, because reading paths takes half the time of an export."""
    site, workspace = row.site, row.workspace
    properties = workspace.workspace_properties
    nothing = _nothing_found()
    directory = row.directory or nothing.directory
    bundle = row.bundle or nothing.bundle
    connection = row.connection or nothing.connection
    return [
        site.account,
        site.region,
        workspace.workspace_id,
        workspace.workspace_name,
        workspace.user_name,
        workspace.computer_name,
        workspace.ip_address,
        workspace.subnet_id,
        workspace.state,
        workspace.error_code,
        workspace.error_message,
        properties.running_mode,
        properties.running_mode_auto_stop_timeout_in_minutes,
        properties.compute_type_name,
        properties.operating_system_name,
        properties.protocols,
        properties.root_volume_size_gib,
        properties.user_volume_size_gib,
        workspace.root_volume_encryption_enabled,
        workspace.user_volume_encryption_enabled,
        workspace.directory_id,
        directory.directory_name,
        directory.alias,
        directory.directory_type,
        directory.state,
        workspace.bundle_id,
        bundle.name,
        bundle.owner,
        bundle.image_id,
        connection.connection_state,
        connection.connection_state_check_timestamp,
        connection.last_known_user_connection_timestamp,
        row.tags,
        row.seen_at,
    ]


class _NothingFound(msgspec.Struct, frozen=True):
    """Results of lookups in which AWS returned nothing."""

    directory: s.WorkspaceDirectory
    bundle: s.WorkspaceBundle
    connection: s.WorkspaceConnectionStatus


@cache
def _nothing_found() -> _NothingFound:
    from wsclient._generated.workspaces import structures as s  # noqa: PLC0415 - slow to import; a row needs it anyway

    return _NothingFound(s.WorkspaceDirectory(), s.WorkspaceBundle(), s.WorkspaceConnectionStatus())


@cache
def _columns_with_stand_ins() -> Sequence[int]:
    """Return the indexes of the columns whose empty value may be a stand-in."""
    from wsclient._generated.workspaces import structures as s  # noqa: PLC0415 - as above

    structures: dict[str, type[msgspec.Struct]] = {
        "workspace": s.Workspace,
        _PROPERTIES: s.WorkspaceProperties,
        "directory": s.WorkspaceDirectory,
        "bundle": s.WorkspaceBundle,
        "connection": s.WorkspaceConnectionStatus,
    }
    members = (path.rpartition(".") for _, _, path in SOURCES)
    return [
        index
        for index, (part, _, member) in enumerate(members)
        if part in structures and member in members_with_stand_ins(structures[part])
    ]


def _json_value(value: object) -> object:
    match value:
        case datetime():
            return iso_date(value)
        case Enum():
            return str(value.value)
        case list():
            return [_json_value(item) for item in cast("Sequence[object]", value)]
        case _:
            return value


def _read_path(path: Sequence[str], row: object) -> object:
    value = row
    for member in path:
        if value is None:
            return None
        value = member_value(value, member)
    return value


def _cell(path: Sequence[str], row: object) -> Cell:
    value = _read_path(path, row)
    if path == _TAGS and value is not None:
        return tuple(f"{key}={text}" for key, text in cast("Mapping[str, str]", value).items())
    # Tables and frames have a column type for times, so that a datetime is kept.
    cell = value if isinstance(value, datetime) else _json_value(value)
    return tuple(map(str, cast("Sequence[str]", cell))) if isinstance(cell, list) else cast("Cell", cell)


COLUMNS: Final = tuple(
    Column(name, kind, partial(_cell, _PATHS[name]), is_map=name == "tags") for name, kind, _ in SOURCES
)
"""Columns of tables and DataFrames, in which tags are str "key=value"."""


class Join(StrEnum):
    """Lookup that an inventory can make for its WorkSpaces, ordered by its number of calls."""

    DIRECTORY = "directory"
    """One call for 25 directories."""
    BUNDLE = "bundle"
    """One call for 25 bundles."""
    CONNECTION = "connection"
    """One call for 25 WorkSpaces."""
    TAGS = "tags"
    """One call for each WorkSpace."""


JoinText: TypeAlias = Join | Literal["directory", "bundle", "connection", "tags"]
"""The member, or its text."""


class InventoryRow(msgspec.Struct, Row, frozen=True, kw_only=True, gc=False):
    """WorkSpace with the results of its lookups.

    joined are the lookups that were made; the members of other lookups are None. A member is also None if its lookup
    was made and AWS returned nothing: no connection status for new and broken WorkSpaces, no tags of a WorkSpace that
    was deleted in the meantime, no directory or bundle that was deleted. seen_at is the time at which AWS described the
    WorkSpace, by AWS's clock.
    """

    site: Site
    workspace: s.Workspace
    seen_at: datetime
    directory: s.WorkspaceDirectory | None = None
    bundle: s.WorkspaceBundle | None = None
    connection: s.WorkspaceConnectionStatus | None = None
    tags: Mapping[str, str] | None = None
    joined: frozenset[Join] = frozenset()

    @property
    def workspace_id(self) -> str:
        """WorkSpace id."""
        return self.workspace.workspace_id

    @property
    def state(self) -> WorkspaceState | None:
        """State of the WorkSpace when it was described, None if AWS returned none."""
        return present(self.workspace.state)

    @property
    def user_name(self) -> str:
        """User name."""
        return self.workspace.user_name

    @property
    def running_mode(self) -> RunningMode | None:
        """Running mode: AUTO_STOP, ALWAYS_ON or MANUAL."""
        return self.workspace.workspace_properties.running_mode

    @property
    def last_connected_at(self) -> datetime | None:
        """Time at which the user's last known connection started, None if AWS returned none."""
        return self.connection.last_known_user_connection_timestamp if self.connection is not None else None

    def to_dict(self) -> dict[str, object]:
        """Return the row as a flat dict of JSON types, as files contain it; always these columns, in this order.

        account, region, workspace_id, workspace_name, user_name, computer_name, ip_address, subnet_id, state,
        error_code, error_message, running_mode, auto_stop_minutes, compute_type, operating_system, protocols,
        root_volume_gib, user_volume_gib, root_volume_encrypted, user_volume_encrypted, directory_id, directory_name,
        directory_alias, directory_type, directory_state, bundle_id, bundle_name, bundle_owner, image_id,
        connection_state, connection_checked_at, last_connected_at, tags, seen_at.

        Times are in ISO 8601, in UTC; protocols is a list, tags a dict; missing values are None. Later versions may add
        columns at the end.
        """
        return flatten(self)

    @classmethod
    def table_columns(cls) -> tuple[Column, ...]:
        """Return the columns of to_dict() for tables and DataFrames, in which tags are str "key=value"."""
        return COLUMNS

    def _repr_html_(self) -> str:
        """Return a table of the row's columns, for notebooks."""
        return Table.of([self]).to_lines_html(f"InventoryRow {self.workspace_id}")

    def __repr__(self) -> str:
        """Return id, user, site, state and lookups of the WorkSpace."""
        joined = f", with {', '.join(sorted(self.joined))}" if self.joined else ""
        return f"<InventoryRow {self.workspace_id} of {self.user_name or '?'} at {self.site}, {self.state}{joined}>"
