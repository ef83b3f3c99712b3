"""Three-valued conditions on an inventory row, used by the predicates of `where`.

Each condition takes its own arguments first and the row last. It returns True, False, or None if the row lacks data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._core.absence import is_absent
from wsclient._core.value_kinds import type_name
from wsclient._generated.workspaces.enums import ConnectionState, WorkspaceState

if TYPE_CHECKING:
    import re
    from collections.abc import Callable
    from datetime import timedelta

    from wsclient.fleet._rows import InventoryRow


def always(row: InventoryRow) -> bool:
    """Return True for every WorkSpace."""
    del row
    return True


def in_state(states: frozenset[str], row: InventoryRow) -> bool | None:
    """Return whether the WorkSpace is in one of the states."""
    return _is_among(states, row.workspace.state)


def has_property(member: str, values: frozenset[str], row: InventoryRow) -> bool | None:
    """Return whether a member of the WorkSpace's properties has one of the values."""
    return _is_among(values, getattr(row.workspace.workspace_properties, member))


def has_protocol(protocols: frozenset[str], row: InventoryRow) -> bool | None:
    """Return whether the WorkSpace supports one of the protocols."""
    supported = row.workspace.workspace_properties.protocols
    return None if not supported else not protocols.isdisjoint(supported)


def has_error(codes: frozenset[str] | None, row: InventoryRow) -> bool:
    """Return whether AWS reports one of the error codes for the WorkSpace; with None, any error code."""
    code = row.workspace.error_code
    return bool(code) and (codes is None or code in codes)


def has_id(ids: frozenset[str], row: InventoryRow) -> bool | None:
    """Return whether the WorkSpace has one of the ids."""
    return _is_among(ids, row.workspace.workspace_id)


def in_directory(ids: frozenset[str], row: InventoryRow) -> bool | None:
    """Return whether the WorkSpace belongs to one of the directories."""
    return _is_among(ids, row.workspace.directory_id)


def from_bundle(ids: frozenset[str], row: InventoryRow) -> bool | None:
    """Return whether the WorkSpace uses one of the bundles."""
    return _is_among(ids, row.workspace.bundle_id)


def has_user(names: frozenset[str], row: InventoryRow) -> bool | None:
    """Return whether the WorkSpace is assigned to one of the users; names are in lower case."""
    return _is_among(names, row.user_name.lower())


def matches_user(pattern: re.Pattern[str], row: InventoryRow) -> bool | None:
    """Return whether the pattern matches the whole user name in lower case."""
    name = row.user_name.lower()
    return pattern.fullmatch(name) is not None if name else None


def has_tag(key: str, values: frozenset[str] | None, row: InventoryRow) -> bool | None:
    """Return whether the WorkSpace has the tag with one of the values; with None, with any value."""
    if row.tags is None:
        return None
    return key in row.tags and (values is None or row.tags[key] in values)


def is_untagged(row: InventoryRow) -> bool | None:
    """Return whether the WorkSpace has no tag."""
    return None if row.tags is None else not row.tags


def is_connected(row: InventoryRow) -> bool | None:
    """Return whether the user of the WorkSpace is connected."""
    state = row.connection.connection_state if row.connection is not None else None
    if state == ConnectionState.CONNECTED:
        return True
    # AWS reports UNKNOWN for a STOPPED WorkSpace, and a STOPPED WorkSpace has no session.
    if state == ConnectionState.DISCONNECTED or (row.connection and row.state == WorkspaceState.STOPPED):
        return False
    return None


def was_never_connected(row: InventoryRow) -> bool | None:
    """Return whether no user has ever connected to the WorkSpace."""
    if row.connection is None:
        return None
    is_used = row.last_connected_at is not None or is_connected(row)
    return None if is_used is None else not is_used


def has_been_idle(length: timedelta, row: InventoryRow) -> bool | None:
    """Return whether the WorkSpace has no connection now and no connection started within that time."""
    if is_connected(row):
        return False
    last = row.last_connected_at
    if last is None:
        return None
    # A recent connection decides even if the current connection state is unknown.
    if row.seen_at - last < length:
        return False
    return None if is_connected(row) is None else True


def custom(function: Callable[[InventoryRow], bool | None], description: str, row: InventoryRow) -> bool | None:
    """Evaluate the caller's function; raises TypeError for a result other than True, False or None."""
    try:
        result = function(row)
    except Exception as error:
        error.add_note(
            f"raised by where.row({description!r}) for {row.workspace_id}; list the joins that it reads in needs="
        )
        raise
    if result is not None and type(result) is not bool:
        raise TypeError(f"where.row({description!r}) returned {type_name(result)}; return True, False or None")
    return result


def _is_among(values: frozenset[str], value: str | None) -> bool | None:
    return None if is_absent(value) else value in values
