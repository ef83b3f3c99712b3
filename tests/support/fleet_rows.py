"""Rows of a small fleet, and predicates over them, as strategies for properties."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone
from functools import partial
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from msgspec.structs import replace

from tests.support.virtual_time import NOON
from wsclient import types
from wsclient._core.absence import EPOCH
from wsclient.fleet import InventoryRow, Join, Predicate, Site, where

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wsclient.fleet._selection.filters import Listing

T = TypeVar("T")

SITES = [Site(account=account, region=region) for account in ("lab", "prod") for region in ("eu-west-1", "us-west-2")]
IDS = [f"ws-00000000{number}" for number in range(4)]
DIRECTORIES = ["d-0000000001", "d-0000000002"]
BUNDLES = ["wsb-000000001", "wsb-000000002"]
USERS = ["mary", "Mary", "john"]
STATES = [types.WorkspaceState.AVAILABLE, types.WorkspaceState.STOPPED]
MODES = [types.RunningMode.AUTO_STOP, types.RunningMode.ALWAYS_ON]
LAST = [None, NOON - timedelta(days=1), NOON - timedelta(days=40)]
TAGS: list[dict[str, str]] = [{}, {"team": "red"}, {"team": "blue", "keep": ""}]


def _perhaps(values: Sequence[T]) -> st.SearchStrategy[T | None]:
    return st.sampled_from([*values, None])


WORKSPACES = st.builds(
    types.Workspace,
    workspace_id=st.sampled_from(IDS),
    directory_id=st.sampled_from(DIRECTORIES),
    bundle_id=st.sampled_from(BUNDLES),
    user_name=st.sampled_from(USERS),
    state=st.sampled_from([*STATES, types.WorkspaceState("")]),
    error_code=_perhaps(["ENI.Gone"]),
    workspace_properties=st.builds(types.WorkspaceProperties, running_mode=_perhaps(MODES)),
)
CONNECTIONS = st.builds(
    types.WorkspaceConnectionStatus,
    connection_state=st.sampled_from([*types.ConnectionState, types.ConnectionState("")]),
    last_known_user_connection_timestamp=st.sampled_from(LAST),
)


def _row(
    site: Site,
    workspace: types.Workspace,
    connection: types.WorkspaceConnectionStatus | None,
    tags: dict[str, str] | None,
) -> InventoryRow:
    return InventoryRow(
        site=site, workspace=workspace, seen_at=NOON, connection=connection, tags=tags, joined=frozenset(Join)
    )


ROWS: st.SearchStrategy[InventoryRow] = st.builds(
    _row,
    site=st.sampled_from(SITES),
    workspace=WORKSPACES,
    connection=st.one_of(st.none(), CONNECTIONS),
    tags=st.one_of(st.none(), st.sampled_from(TAGS)),
)
"""WorkSpaces of which everything was looked up."""

_WORDS = _perhaps(["", "mary", "=SUM(A1)", 'a "quoted", line\nand \N{GREEK SMALL LETTER ALPHA}'])
_NUMBERS = _perhaps([0, 80])
_FLAGS = _perhaps([False, True])
_TIMES = st.datetimes(
    min_value=EPOCH.replace(tzinfo=None) + timedelta(days=2),
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=2)), ZoneInfo("UTC")]),
)


def _structures(kind: Callable[..., T], **members: st.SearchStrategy[object]) -> st.SearchStrategy[T]:
    """Return a strategy of structures with any of these members omitted."""
    return st.fixed_dictionaries({}, optional=members).map(lambda options: kind(**options))


FULL_ROWS: st.SearchStrategy[InventoryRow] = _structures(
    partial(InventoryRow, site=SITES[0], workspace=types.Workspace(), seen_at=NOON),
    workspace=_structures(
        types.Workspace,
        **dict.fromkeys(("workspace_id", "user_name", "directory_id", "bundle_id"), st.sampled_from(["", "ws-1"])),
        **dict.fromkeys(("workspace_name", "computer_name", "ip_address", "subnet_id", "error_code"), _WORDS),
        **dict.fromkeys(("root_volume_encryption_enabled", "user_volume_encryption_enabled"), _FLAGS),
        error_message=_WORDS,
        state=st.sampled_from([*STATES, types.WorkspaceState(""), types.WorkspaceState("HIBERNATED")]),
        workspace_properties=_structures(
            types.WorkspaceProperties,
            running_mode=_perhaps(MODES),
            running_mode_auto_stop_timeout_in_minutes=_NUMBERS,
            root_volume_size_gib=_NUMBERS,
            user_volume_size_gib=_NUMBERS,
            compute_type_name=_perhaps([types.Compute.POWER]),
            operating_system_name=_perhaps([types.OperatingSystemName.WINDOWS_10]),
            protocols=st.sampled_from([[], [types.Protocol.WSP], [types.Protocol("NEW"), types.Protocol.PCOIP]]),
        ),
    ),
    seen_at=_TIMES,
    directory=st.none()
    | _structures(
        types.WorkspaceDirectory,
        directory_name=_WORDS,
        alias=_WORDS,
        directory_type=st.sampled_from([types.WorkspaceDirectoryType.AD_CONNECTOR, types.WorkspaceDirectoryType("")]),
        state=st.sampled_from([types.WorkspaceDirectoryState.REGISTERED, types.WorkspaceDirectoryState("")]),
    ),
    bundle=st.none()
    | _structures(
        types.WorkspaceBundle,
        name=st.sampled_from(["", "Standard"]),
        owner=st.sampled_from(["", "AMAZON"]),
        image_id=_WORDS,
    ),
    connection=st.none()
    | _structures(
        types.WorkspaceConnectionStatus,
        connection_state=st.sampled_from([types.ConnectionState.CONNECTED, types.ConnectionState("")]),
        connection_state_check_timestamp=st.none() | _TIMES,
        last_known_user_connection_timestamp=st.none() | _TIMES,
    ),
    tags=st.none() | st.sampled_from(TAGS),
)
"""WorkSpaces with any member and any lookup present or absent."""


def _is_red(row: InventoryRow) -> bool | None:
    assert Join.TAGS in row.joined, "asked before its lookup was made"
    return None if row.tags is None else row.tags.get("team") == "red"


JOINS = st.sets(st.sampled_from(list(Join))).map(frozenset)
QUESTIONS = st.sampled_from(
    [
        where.everything(),
        where.state("AVAILABLE"),
        where.running_mode("AUTO_STOP"),
        where.error_code(),
        where.user("mary"),
        where.user("MARY", "john"),
        where.user_like("m*"),
        where.ids(IDS[0]),
        where.ids(IDS[0], IDS[1]),
        where.directory(DIRECTORIES[0]),
        where.directory(*DIRECTORIES),
        where.bundle(BUNDLES[0]),
        where.account("prod"),
        where.region("eu-west-1"),
        where.connected(),
        where.never_connected(),
        where.idle_for(days=30),
        where.tag("team", "red"),
        where.has_tag("keep"),
        where.untagged(),
        where.row(_is_red, description="is red", needs=["tags"]),
        where.row(lambda row: None if row.state is None else row.user_name == "john", description="is John's"),
    ]
)
PREDICATES: st.SearchStrategy[Predicate] = st.recursive(
    QUESTIONS,
    lambda inner: st.one_of(
        st.builds(lambda first, other: first & other, inner, inner),
        st.builds(lambda single, other: single | other, inner, inner),
        st.builds(lambda item: ~item, inner),
    ),
    max_leaves=8,
)


def looked_up(row: InventoryRow, joined: frozenset[Join]) -> InventoryRow:
    """Return a row as it is after only these lookups."""
    dropped = {join.value: None for join in Join if join not in joined}
    return replace(row, joined=joined, **dropped)


def is_listed(listing: Listing, workspace: types.Workspace) -> bool:
    """Return whether a listing with these filters returns a WorkSpace."""
    return (
        (not listing.ids or workspace.workspace_id in listing.ids)
        and listing.directory_id in (None, workspace.directory_id)
        and listing.bundle_id in (None, workspace.bundle_id)
        and listing.user_name in (None, (workspace.user_name or "").lower())
    )
