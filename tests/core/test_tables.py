"""Tables of structures: columns that follow from the class, rows, frames of pandas and polars, nothing secret."""

from __future__ import annotations

import asyncio
import csv
import dataclasses
import enum
import json
import re
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, assert_type

import msgspec
import pandas as pd
import polars as pl
import pytest

import wsclient
from tests.support.in_process import client_of
from tests.support.structures import AT, filled, kinds
from wsclient import tables, types
from wsclient._core.model.structures import Output, ResponseMetadata, attach_metadata
from wsclient._core.tables.columns import list_members
from wsclient.tables import CellKind, Column, Row, Table
from wsclient.testing import Emulator

if TYPE_CHECKING:
    from collections.abc import Callable

    from wsclient._core.model.structures import Structure

SECRET = "hunter2-a-canary"
FULL = types.Workspace(
    workspace_id="ws-1",
    state=types.WorkspaceState.AVAILABLE,
    user_volume_encryption_enabled=True,
    workspace_properties=types.WorkspaceProperties(
        running_mode=types.RunningMode("A MODE OF TOMORROW"),
        root_volume_size_gib=80,
        protocols=[types.Protocol.PCOIP, types.Protocol.WSP],
    ),
    modification_states=[types.ModificationState(), types.ModificationState()],
    data_replication_settings=types.DataReplicationSettings(recovery_snapshot_time=AT),
)
BARE = types.Workspace(workspace_id="ws-2")
LISTING = {
    "CreateWorkspacesResult": ("pending_requests",),
    "CreateStandbyWorkspacesResult": ("pending_standby_requests",),
    "DescribeWorkspaceSnapshotsResult": ("rebuild_snapshots", "restore_snapshots"),
    "DescribeWorkspaceImagePermissionsResult": ("image_permissions",),
    "DescribeCustomWorkspaceImageImportResult": (),
    "DescribeAccountResult": (),
    "StopWorkspacesResult": ("failed_requests",),
    "ListAvailableManagementCidrRangesResult": ("management_cidr_ranges",),
}


class Outcome(enum.Enum):
    """Outcome of an item."""

    DONE = "done"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Ended(Row):
    """A row as reports have them."""

    workspace_id: str
    outcome: Outcome
    at: datetime | None = None
    tags: dict[str, str] = dataclasses.field(default_factory=dict[str, str])
    seconds: float = 0.5
    mixed: int | str | None = None
    hidden: str = dataclasses.field(default=SECRET, repr=False)


class Joined(Row, msgspec.Struct, frozen=True, kw_only=True):
    """A row that says its columns itself, as one does that takes structures in."""

    workspace: types.Workspace
    bundle: types.WorkspaceBundle | None = None

    @classmethod
    def table_columns(cls) -> tuple[Column, ...]:
        """Return the columns of two structures."""
        return (
            *tables.columns_within("workspace", types.Workspace),
            *tables.columns_within("bundle", types.WorkspaceBundle),
        )


def _cells_of(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Return a frame's rows in plain values, None where something is missing."""
    if not len(frame.columns):  # pandas before 3 has no records of a frame without columns
        return [{} for _ in range(len(frame))]
    return [
        {str(name): None if not isinstance(cell, tuple) and pd.isna(cell) else cell for name, cell in row.items()}
        for row in frame.to_dict("records")
    ]


def test_nested_members_and_lists_become_columns() -> None:
    """A structure's row has dotted names, texts of a list together, structures of a list counted, None where absent."""
    (row,) = tables.to_rows([FULL])
    assert row["workspace_id"] == "ws-1"
    assert row["workspace_properties.running_mode"] == "A MODE OF TOMORROW"
    assert row["workspace_properties.protocols"] == ("PCOIP", "WSP")
    assert row["workspace_properties.global_accelerator.mode"] is None
    assert row["modification_states"] == 2
    assert row["data_replication_settings.recovery_snapshot_time"] == AT
    assert row["user_volume_encryption_enabled"] is True
    assert type(row["state"]) is str


def test_columns_do_not_depend_on_rows() -> None:
    """A table without rows, or of rows in which nothing is, has the columns of any other; of no class it has none."""
    names = [column.name for column in tables.columns_of(types.Workspace)]
    assert list(tables.to_pandas([], types.Workspace).columns) == names
    assert tables.to_polars([], types.Workspace).columns == names
    assert tables.to_pandas([]).shape == tables.to_polars([]).shape == (0, 0)


def test_frame_schema_does_not_depend_on_values() -> None:
    """No rows, empty ones and full ones have the same types in both libraries, and can be put together."""
    several: tuple[list[types.Workspace], ...] = ([], [BARE], [FULL], [FULL, BARE])
    for_polars = [tables.to_polars(items, types.Workspace) for items in several]
    for_pandas = [tables.to_pandas(items, types.Workspace) for items in several]
    assert len({tuple(frame.schema.items()) for frame in for_polars}) == 1
    assert len({tuple(frame.dtypes.astype(str)) for frame in for_pandas}) == 1
    assert pl.concat(for_polars).height == len(pd.concat(for_pandas)) == 4


def test_column_types_follow_the_members() -> None:
    """Texts and enumerations are strings, numbers and flags know a missing value, times are in UTC."""
    pandas, polars = tables.to_pandas([FULL, BARE]), tables.to_polars([FULL, BARE])
    expected: dict[str, tuple[str, pl.DataType]] = {
        "state": ("string", pl.String()),
        "user_volume_encryption_enabled": ("boolean", pl.Boolean()),
        "workspace_properties.root_volume_size_gib": ("Int64", pl.Int64()),
        "workspace_properties.protocols": ("object", pl.List(pl.String())),
        "data_replication_settings.recovery_snapshot_time": ("datetime64[us, UTC]", pl.Datetime("us", "UTC")),
        "modification_states": ("Int64", pl.Int64()),
    }
    for name, (of_pandas, of_polars) in expected.items():
        assert (str(pandas.dtypes[name]), polars.schema[name]) == (of_pandas, of_polars), name
    assert pandas["workspace_properties.root_volume_size_gib"].isna().tolist() == [False, True]
    assert pandas["data_replication_settings.recovery_snapshot_time"][0] == AT


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_every_structure_becomes_frames_and_back(kind: type[Structure]) -> None:
    """Each of the 290 classes gives rows, and both libraries give the same cells again."""
    items = [filled(kind, "text"), filled(kind, "", items=0)]
    rows = list(tables.to_rows(items))
    assert _cells_of(tables.to_pandas(items)) == rows
    polars = [
        {name: tuple(cell) if isinstance(cell, list) else cell for name, cell in row.items()}
        for row in tables.to_polars(items).to_dicts()
    ]
    assert polars == (rows if tables.columns_of(kind) else [])  # polars has no rows of nothing


@pytest.mark.parametrize("kind", [kind for kind in kinds() if kind._sensitive], ids=lambda kind: kind.__name__)
@pytest.mark.parametrize(
    "shown",
    [
        repr,
        lambda item: item._repr_html_(),
        lambda entry: tables.to_csv([entry]),
        lambda value: tables.to_jsonl([value]),
    ],
)
def test_sensitive_members_are_redacted_in_reprs_and_tables(
    kind: type[Structure], shown: Callable[[Structure], str]
) -> None:
    """Sensitive members are shown as [redacted] in reprs, HTML and tables; other members are shown."""
    text = shown(filled(kind, "shown", secret=SECRET))
    assert SECRET not in text
    assert "[redacted]" in text
    assert "[redacted]" not in shown(filled(types.Tag, "shown"))


@pytest.mark.parametrize("nested", [types.sts.AssumeRoleResponse, types.sts.GetSessionTokenResponse])
def test_nested_credentials_are_redacted(nested: type[Structure]) -> None:
    """Credentials within an answer stay unseen too."""
    answer = filled(nested, "shown", secret=SECRET)
    frames = (tables.to_pandas([answer]).to_csv(), tables.to_polars([answer]).write_csv())
    for text in (repr(answer), answer._repr_html_(), *frames):
        assert SECRET not in text
        assert "[redacted]" in text


def test_table_times_are_in_utc() -> None:
    """A time of another zone is the same instant, one without a zone is taken for UTC, as AWS's are."""
    east = timezone(timedelta(hours=5))
    values = [AT.astimezone(east), AT.replace(tzinfo=None), None, datetime(9999, 12, 31, tzinfo=UTC)]
    items = [types.Snapshot(snapshot_time=at) for at in values]
    expected = [AT, AT, None, values[3]]
    assert tables.to_polars(items)["snapshot_time"].to_list() == expected
    assert [row["snapshot_time"] for row in _cells_of(tables.to_pandas(items))] == expected


def test_list_members_of_a_page() -> None:
    """list_members() excludes failures and scalar members; a response about a single resource has no list."""
    assert {name: list_members(getattr(types, name)) for name in LISTING} == LISTING


def test_page_tables_use_the_list_of_the_paginator() -> None:
    """The list that the client iterates is the one that becomes a table."""
    from wsclient._generated.workspaces.service import SERVICE  # noqa: PLC0415 - all the operations

    paged = [operation for operation in SERVICE.operations.values() if operation.items]
    assert len(paged) == 17
    for operation in paged:
        assert list_members(operation.output) == (operation.items,), operation.name


def test_page_becomes_a_table_of_its_items() -> None:
    """A row an item; of two lists with the member's name in front; of an answer about one thing one row."""
    page = types.DescribeWorkspacesResult(workspaces=[FULL, BARE], next_token="more")
    assert page.to_pandas().equals(tables.to_pandas([FULL, BARE]))
    assert page.to_polars().equals(tables.to_polars([FULL, BARE]))
    both = types.DescribeWorkspaceSnapshotsResult(
        rebuild_snapshots=[types.Snapshot(snapshot_time=AT)], restore_snapshots=[types.Snapshot()]
    )
    assert both.to_polars().rows() == [("rebuild_snapshots", AT), ("restore_snapshots", None)]
    ranges = types.ListAvailableManagementCidrRangesResult(management_cidr_ranges=["10.0.0.0/16"])
    assert ranges.to_polars().to_dicts() == [{"management_cidr_ranges": "10.0.0.0/16"}]
    result = types.DescribeAccountResult(dedicated_tenancy_support=types.DedicatedTenancySupportResultEnum.ENABLED)
    assert result.to_pandas()["dedicated_tenancy_support"].tolist() == ["ENABLED"]
    assert types.DescribeWorkspacesResult().to_polars().columns == tables.to_polars([FULL]).columns


def test_paginator_becomes_a_table_of_all_pages() -> None:
    """A paginator's frame has every item of every page, and its columns when there are no items."""
    aws = Emulator()

    async def frames() -> tuple[pd.DataFrame, pd.DataFrame, pl.DataFrame]:
        async with client_of(aws) as ws:
            none = await ws.describe_workspaces().to_pandas()
            aws.add_workspaces(60)
            return none, await ws.describe_workspaces().to_pandas(), await ws.describe_workspaces().to_polars()

    none, pandas, polars = asyncio.run(frames())
    assert_type(types.DescribeWorkspacesResult().to_pandas(), pd.DataFrame)
    assert_type(types.DescribeWorkspacesResult().to_polars(), pl.DataFrame)
    assert (len(none), len(pandas), polars.height) == (0, 60, 60)
    assert list(none.columns) == list(pandas.columns) == polars.columns
    assert Counter(pandas["state"]) == {"AVAILABLE": 60}
    assert sorted(pandas["workspace_id"]) == sorted(polars["workspace_id"].to_list())
    assert pandas["workspace_id"].is_unique


def test_report_rows_become_tables() -> None:
    """Fields are columns: enumerations, maps and unions as text; fields hidden from the repr aren't columns."""
    row = Ended(workspace_id="ws-1", outcome=Outcome.DONE, at=AT, tags={"team": "a"}, mixed=3)
    assert list(tables.to_rows([row])) == [
        {"workspace_id": "ws-1", "outcome": "done", "at": AT, "tags": ("team=a",), "seconds": 0.5, "mixed": "3"}
    ]
    assert tables.to_polars([row]).height == len(tables.to_pandas([row])) == 1


def test_rows_with_declared_columns() -> None:
    """Structures within are taken in under the member's name, and are missing as a whole."""
    (row,) = tables.to_rows([Joined(workspace=FULL)])
    assert row["workspace.workspace_properties.root_volume_size_gib"] == 80
    assert row["bundle.bundle_id"] is None
    assert tables.to_polars([], Joined).columns == list(row)


def test_rows_become_csv_and_json_lines() -> None:
    """The same cells in either form: names first, times in UTC, lists as JSON, nothing where nothing is."""
    status = types.WorkspaceConnectionStatus(
        workspace_id="ws-1",
        last_known_user_connection_timestamp=datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=1))),
    )
    names = [column.name for column in tables.columns_of(types.WorkspaceConnectionStatus)]
    assert list(csv.reader(tables.to_csv([status]).splitlines())) == [names, ["ws-1", "", "", "2026-01-01T00:00:00Z"]]
    assert tables.to_csv([], types.WorkspaceConnectionStatus).splitlines() == [",".join(names)]
    (row,) = map(json.loads, tables.to_jsonl([status]).splitlines())
    assert list(row) == names
    assert row["workspace_id"] == "ws-1"
    properties = types.WorkspaceProperties(protocols=[types.Protocol.PCOIP, types.Protocol.WSP])
    assert '"[""PCOIP"",""WSP""]"' in tables.to_csv([properties])


def test_csv_formulas_are_escaped_by_default() -> None:
    """A user name that a spreadsheet would run gets an apostrophe, and none where programs read the file."""
    evil = types.Workspace(user_name="=HYPERLINK(1)")
    assert "'=HYPERLINK(1)" in tables.to_csv([evil])
    assert "'=" not in tables.to_csv([evil], guard_formulas=False)


def test_mappings_are_rows_if_columns_are_given() -> None:
    """A key that a mapping lacks is a missing value."""
    table = Table.of_mappings([{"a": 1}, {"b": "x"}], {"a": CellKind.INTEGER, "b": CellKind.TEXT})
    assert table.to_polars().to_dicts() == list(table.rows()) == [{"a": 1, "b": None}, {"a": None, "b": "x"}]


def test_mixed_or_unknown_classes_raise_type_error() -> None:
    """Items of several classes, and classes without a table (such as Credentials), raise TypeError with their names."""
    with pytest.raises(TypeError, match="of several classes: Tag, Workspace"):
        tables.to_pandas([FULL, types.Tag(key="a")])
    with pytest.raises(TypeError, match="of several classes: Tag, Workspace"):
        tables.to_pandas([FULL], types.Tag)
    with pytest.raises(TypeError, match="cannot make a table of Credentials"):
        tables.to_pandas([wsclient.Credentials("AKIAIOSFODNN7EXAMPLE", SECRET)])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType] - the mistake under test


@pytest.mark.parametrize("extra", ["pandas", "polars"])
def test_a_missing_library_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch, extra: str) -> None:
    """Without pandas or polars the error says what to install."""
    monkeypatch.setitem(sys.modules, extra, None)
    page = types.DescribeWorkspacesResult()
    with pytest.raises(wsclient.errors.ConfigurationError, match=rf"{extra} is missing; .*'wsclient\[{extra}\]'"):
        (page.to_pandas if extra == "pandas" else page.to_polars)()


def test_metadata_is_not_a_column() -> None:
    """A response's request id is shown in repr and HTML, but isn't a column; its headers are never shown."""
    metadata = ResponseMetadata(request_id="id-1", headers=(("set-cookie", SECRET),), attempts=2, was_reconciled=True)
    for answer in (types.DescribeAccountResult(), types.DescribeWorkspacesResult(workspaces=[FULL])):
        found: Output = attach_metadata(answer, metadata)
        assert "metadata" not in found.to_pandas().columns
        for text in (repr(found), found._repr_html_()):
            assert "id-1" in text
            assert SECRET not in text
        assert "2 attempts" in found._repr_html_()


@pytest.mark.parametrize(
    ("item", "remedy"),
    [(types.DescribeWorkspacesResult(), "page.workspaces"), (types.Workspace(), "[item]")],
    ids=["page", "structure"],
)
def test_page_in_place_of_a_list_is_rejected_with_its_member(item: Any, remedy: str) -> None:
    """A table of a page would have one row: the error names the member to pass."""
    for make in (tables.to_csv, tables.to_pandas, tables.to_rows, tables.to_html):
        with pytest.raises(TypeError, match=rf"not one {type(item).__name__}: pass {re.escape(remedy)}"):
            list(make(item))
