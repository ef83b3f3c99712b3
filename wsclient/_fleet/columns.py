"""The flat form of a row: its columns, the same in files and frames, and always in this order."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Final, cast

from wsclient._dates import iso_date
from wsclient._tables import CellKind, Column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wsclient._fleet.rows import InventoryRow
    from wsclient._tables import Cell

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


def flat(row: InventoryRow) -> dict[str, object]:
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
