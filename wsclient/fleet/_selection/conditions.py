"""The questions that `where` asks of a row, with what each is about in front: True, False, or None for not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._generated.workspaces.enums import ConnectionState, WorkspaceState

if TYPE_CHECKING:
    import re
    from collections.abc import Callable
    from datetime import timedelta

    from wsclient.fleet._rows import InventoryRow


def always(row: InventoryRow) -> bool:
    """Select it."""
    del row
    return True


def in_state(states: frozenset[str], row: InventoryRow) -> bool | None:
    """Tell whether it is in one of the states."""
    return _is_among(states, row.workspace.state)


def has_property(member: str, values: frozenset[str], row: InventoryRow) -> bool | None:
    """Tell whether a property of it has one of the values."""
    return _is_among(values, getattr(row.workspace.workspace_properties, member, None))


def speaks(protocols: frozenset[str], row: InventoryRow) -> bool | None:
    """Tell whether it speaks one of the protocols."""
    properties = row.workspace.workspace_properties
    spoken = properties.protocols if properties is not None else None
    return None if not spoken else not protocols.isdisjoint(spoken)


def has_error(codes: frozenset[str] | None, row: InventoryRow) -> bool:
    """Tell whether AWS tells one of the error codes, or any."""
    told = row.workspace.error_code
    return bool(told) and (codes is None or told in codes)


def has_id(ids: frozenset[str], row: InventoryRow) -> bool | None:
    """Tell whether it is one of these."""
    return _is_among(ids, row.workspace.workspace_id)


def in_directory(ids: frozenset[str], row: InventoryRow) -> bool | None:
    """Tell whether it is in one of the directories."""
    return _is_among(ids, row.workspace.directory_id)


def from_bundle(ids: frozenset[str], row: InventoryRow) -> bool | None:
    """Tell whether it is from one of the bundles."""
    return _is_among(ids, row.workspace.bundle_id)


def of_user(names: frozenset[str], row: InventoryRow) -> bool | None:
    """Tell whether it is of one of the users, whose names are in lower case."""
    return _is_among(names, row.user_name.lower() or None)


def of_user_like(shape: re.Pattern[str], row: InventoryRow) -> bool | None:
    """Tell whether its user's name, in lower case, is like the pattern."""
    name = row.user_name.lower()
    return shape.fullmatch(name) is not None if name else None


def has_tag(key: str, values: frozenset[str] | None, row: InventoryRow) -> bool | None:
    """Tell whether it has the tag, with one of the values if any are named."""
    if row.tags is None:
        return None
    return key in row.tags and (values is None or row.tags[key] in values)


def is_untagged(row: InventoryRow) -> bool | None:
    """Tell whether it has no tag."""
    return None if row.tags is None else not row.tags


def is_connected(row: InventoryRow) -> bool | None:
    """Tell whether its user is connected."""
    told = row.connection.connection_state if row.connection is not None else None
    if told == ConnectionState.CONNECTED:
        return True
    if told == ConnectionState.DISCONNECTED or (row.connection and row.state == WorkspaceState.STOPPED):
        return False
    return None


def was_never_connected(row: InventoryRow) -> bool | None:
    """Tell whether no user has ever connected to it."""
    if row.connection is None:
        return None
    is_used = row.last_connected_at is not None or is_connected(row)
    return None if is_used is None else not is_used


def has_been_idle(length: timedelta, row: InventoryRow) -> bool | None:
    """Tell whether nobody is connected to it, and nobody has connected for that long."""
    if is_connected(row):
        return False
    last = row.last_connected_at
    if last is None:
        return None
    if row.seen_at - last < length:
        return False
    return None if is_connected(row) is None else True


def own(question: Callable[[InventoryRow], bool | None], says: str, row: InventoryRow) -> bool | None:
    """Ask the caller's own question; raises TypeError for what is no answer."""
    try:
        answer = question(row)
    except Exception as error:
        error.add_note(f"where.row({says!r}) was asked of {row.workspace_id}; needs= names what is looked up first")
        raise
    if answer is not None and type(answer) is not bool:
        raise TypeError(f"where.row({says!r}) answered with a {type(answer).__name__}; use True, False or None")
    return answer


def _is_among(values: frozenset[str], told: str | None) -> bool | None:
    return None if told is None else told in values
