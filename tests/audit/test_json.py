"""The JSON document, JSON lines and CSV of a report."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.audit.reports import NOW, exception, finding, report, reports, unknown
from tests.support.loops import on_a_loop
from wsclient._core.tables.text import FORMULA_PREFIXES
from wsclient.audit import AuditReport
from wsclient.audit._render.document import SCHEMA_FILE, new_schema
from wsclient.audit._render.html import html_parts
from wsclient.audit._render.junit import junit_parts
from wsclient.audit._render.lines import csv_parts, json_line_parts
from wsclient.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VALIDATOR = jsonschema.Draft202012Validator(AuditReport.json_schema())


def test_shipped_json_schema_matches_the_classes() -> None:
    """The file has what the classes say, and is a schema of draft 2020-12."""
    assert json.loads(SCHEMA_FILE.read_text(encoding="utf-8")) == json.loads(json.dumps(new_schema()))
    VALIDATOR.check_schema(AuditReport.json_schema())


@given(reports())
def test_json_round_trip_gives_an_equal_report(made: AuditReport) -> None:
    """Whatever AWS names things: valid against the schema, and equal after reading."""
    marked = made.with_exceptions([exception()])
    text = marked.to_json()
    VALIDATOR.validate(json.loads(text))
    assert AuditReport.from_json(text) == marked


@on_a_loop
async def test_json_file_round_trip(tmp_path: Path) -> None:
    """write_json() replaces a file, and read() reads it."""
    made, path = report(finding(), unknown()), tmp_path / "audit.json"
    path.write_text("old", encoding="utf-8")
    assert await made.write_json(path) == path
    assert AuditReport.read(path) == made
    assert [each.name for each in tmp_path.iterdir()] == ["audit.json"]  # noqa: ASYNC240 - nothing else runs


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"schema": "wsclient.audit/2"}',
        '{"schema": "wsclient.audit/1"}',
        report().to_json().replace('"image_days":90', '"image_days":0'),
        report(finding()).to_json().replace('"fail"', '"passed"'),
        "[" * 100_000,
        b"\xff",
    ],
)
def test_document_that_is_no_report_is_rejected(text: str | bytes) -> None:
    """The error says which document, and of which schema it is if that is why."""
    with pytest.raises(ConfigurationError, match=r"last\.json|image_days"):
        AuditReport.from_json(text, name="last.json")


def test_unknown_members_of_a_report_are_ignored() -> None:
    """A document with members that are not known reads as without them."""
    made = report(finding())
    later: dict[str, Any] = {**json.loads(made.to_json()), "more": [1]}
    later["findings"][0]["more"] = True
    assert AuditReport.from_json(json.dumps(later)) == made


@given(reports())
def test_jsonl_and_csv_have_a_row_per_finding(made: AuditReport) -> None:
    """JSON lines and CSV have a row for each finding; in CSV no cell begins like a formula."""
    lines = [json.loads(line) for line in "".join(json_line_parts(made)).split("\n") if line]
    cells = list(csv.DictReader(io.StringIO("".join(csv_parts(made, guard_formulas=True)), newline="")))
    rows = made.rows()
    assert [line["check"] for line in lines] == [row.check for row in rows]
    assert [line["message"] for line in lines] == [row.message for row in rows]
    assert [cell["message"].removeprefix("'") for cell in cells] == [row.message.removeprefix("'") for row in rows]
    assert not any(value.startswith(FORMULA_PREFIXES) for cell in cells for value in cell.values())


@on_a_loop
async def test_jsonl_and_csv_files_are_written(tmp_path: Path) -> None:
    """write_jsonl() and write_csv() write a row for each of many findings."""
    made = report(*[finding() for _ in range(1_203)])
    await made.write_jsonl(tmp_path / "audit.jsonl")
    await made.write_csv(tmp_path / "audit.csv")
    assert len((tmp_path / "audit.jsonl").read_text(encoding="utf-8").splitlines()) == 1_203
    assert len((tmp_path / "audit.csv").read_text(encoding="utf-8").splitlines()) == 1_204


HOSTILE_VALUES: tuple[object, ...] = (
    "2026-01-01T00:00:00",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    *(0, -1, 10**18, 1.5, True, None, ""),
    *([], {}, ["x"], {"a": "\x1b"}),
    *("\x1b[2J\u202e\n", "high", "fail", "x" * 3000),
)
"""Values in the place of others in a document that somebody else wrote."""


def _places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, member in members:
        yield from _places(member, (*path, name))


def _put(document: Any, path: tuple[str | int, ...], value: object) -> None:
    for name in path[:-1]:
        document = document[name]
    document[path[-1]] = value


@given(data=st.data())
def test_altered_report_document_is_rejected_or_usable(data: st.DataObject) -> None:
    """Whatever value has another's place: ConfigurationError, or a report that every method and format takes."""
    whole = report(finding(), finding("tls.version", first_seen=NOW), unknown())
    document = json.loads(whole.to_json())
    path = data.draw(st.sampled_from(list(_places(document))))
    _put(document, path, data.draw(st.sampled_from(HOSTILE_VALUES)))
    try:
        made = AuditReport.from_json(json.dumps(document))
    except ConfigurationError as error:
        assert str(error).isprintable()  # noqa: PT017 - most values are refused, some are not
        return
    assert made.exit_code() in {0, 1, 3}
    assert all([str(made), made.to_json(), made._repr_html_()])
    assert len(made.to_asff()) == len(made.to_ocsf()) == len(made.findings)
    for parts in (html_parts(made), junit_parts(made)):
        assert "\x1b" not in "".join(parts)
    assert list(csv_parts(made, guard_formulas=True))
    assert len(list(json_line_parts(made))) == len(made.findings)
    assert str(made.compare(whole))
    assert str(whole.compare(made))
    assert len(made.continued_from(whole).findings) == len(made.findings)


def test_report_time_without_zone_is_rejected() -> None:
    """Such a time can be compared with no other one: reading names its place."""
    document = json.loads(report(finding()).to_json())
    document["findings"][0]["first_seen"] = "2026-01-01T00:00:00"
    with pytest.raises(ConfigurationError, match=r"findings\[0\].first_seen|\.first_seen"):
        AuditReport.from_json(json.dumps(document))
