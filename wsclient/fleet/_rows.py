"""What is known of one WorkSpace of a fleet: what AWS tells in five operations, in one row."""

from __future__ import annotations

from datetime import datetime
from enum import Enum, StrEnum
from functools import partial
from typing import TYPE_CHECKING, Final, cast

import msgspec

from wsclient._core.dates import iso_date
from wsclient._core.tables.columns import CellKind, Column, Row
from wsclient._core.tables.table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wsclient._core.site import Site
    from wsclient._core.tables.columns import Cell
    from wsclient._generated.workspaces import structures as s
    from wsclient._generated.workspaces.enums import RunningMode, WorkspaceState


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
"""Each column's name, what its cells are, and where a row has it."""
_PATHS: Final[Mapping[str, Sequence[str]]] = {name: tuple(path.split(".")) for name, _, path in SOURCES}
_TAGS: Final = _PATHS["tags"]


def flatten(row: InventoryRow) -> dict[str, object]:
    """Return a row's columns in types that JSON knows: times in ISO 8601, protocols a list, tags an object."""
    return {name: _plain(_value(path, row)) for name, path in _PATHS.items()}


def _plain(value: object) -> object:
    match value:
        case datetime():
            return iso_date(value)
        case Enum():
            return str(value.value)
        case list():
            return [_plain(item) for item in cast("Sequence[object]", value)]
        case _:
            return value


def _value(path: Sequence[str], row: object) -> object:
    found = row
    for member in path:
        if found is None:
            return None
        found = getattr(found, member)
    return found


def _cell(path: Sequence[str], row: object) -> Cell:
    value = _value(path, row)
    if path == _TAGS and value is not None:
        return tuple(f"{key}={text}" for key, text in cast("Mapping[str, str]", value).items())
    plain = value if isinstance(value, datetime) else _plain(value)
    return tuple(map(str, cast("Sequence[str]", plain))) if isinstance(plain, list) else cast("Cell", plain)


COLUMNS: Final = tuple(Column(name, kind, partial(_cell, _PATHS[name])) for name, kind, _ in SOURCES)
"""The columns of tables and frames, in which tags are texts "key=value"."""


class Join(StrEnum):
    """What can be looked up beside the WorkSpaces, and what that costs."""

    DIRECTORY = "directory"
    """A call for each 25 directories."""
    BUNDLE = "bundle"
    """A call for each 25 bundles."""
    CONNECTION = "connection"
    """A call for each 25 WorkSpaces."""
    TAGS = "tags"
    """A call for each WorkSpace."""


class InventoryRow(msgspec.Struct, Row, frozen=True, kw_only=True):
    """A WorkSpace, and what was looked up beside it.

    joined names what was looked up; the others are None because nobody asked. What was looked up and is None, AWS did
    not tell: a connection is left out for WorkSpaces that are new or broken, there are no tags of one that went in
    between, no directory or bundle that went. seen_at is when AWS described the WorkSpace, by AWS's clock.
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
        """The WorkSpace's id."""
        return self.workspace.workspace_id or ""

    @property
    def state(self) -> WorkspaceState | None:
        """The WorkSpace's state when it was described."""
        return self.workspace.state

    @property
    def user_name(self) -> str:
        """The user's name."""
        return self.workspace.user_name or ""

    @property
    def running_mode(self) -> RunningMode | None:
        """AUTO_STOP, ALWAYS_ON or MANUAL."""
        properties = self.workspace.workspace_properties
        return properties.running_mode if properties is not None else None

    @property
    def last_connected_at(self) -> datetime | None:
        """When its user began to connect last, as far as is known."""
        return self.connection.last_known_user_connection_timestamp if self.connection is not None else None

    def to_dict(self) -> dict[str, object]:
        """Return the row's flat form in types that JSON knows, as files have it; always these columns, in this order.

        account, region, workspace_id, workspace_name, user_name, computer_name, ip_address, subnet_id, state,
        error_code, error_message, running_mode, auto_stop_minutes, compute_type, operating_system, protocols,
        root_volume_gib, user_volume_gib, root_volume_encrypted, user_volume_encrypted, directory_id, directory_name,
        directory_alias, directory_type, directory_state, bundle_id, bundle_name, bundle_owner, image_id,
        connection_state, connection_checked_at, last_connected_at, tags, seen_at.

        Times are in ISO 8601, in UTC; protocols is a list, tags a dict; what was not looked up or told is None. Later
        versions may add columns at the end.
        """
        return flatten(self)

    @classmethod
    def table_columns(cls) -> tuple[Column, ...]:
        """Return the columns of to_dict() for tables and frames, in which tags are texts "key=value"."""
        return COLUMNS

    def _repr_html_(self) -> str:
        """Return a table of what is known, for notebooks."""
        return Table.of([self]).to_lines_html(f"InventoryRow {self.workspace_id}")

    def __repr__(self) -> str:
        """Say which WorkSpace it is of, its state and user, and what was looked up."""
        joined = f", with {', '.join(sorted(self.joined))}" if self.joined else ""
        return f"<InventoryRow {self.workspace_id} of {self.user_name or '?'} at {self.site}, {self.state}{joined}>"
