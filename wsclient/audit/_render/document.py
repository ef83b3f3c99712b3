"""JSON document of a report: written in parts, read back, and described by a JSON Schema."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, cast

import msgspec

from wsclient._core.dates import AwareTime
from wsclient._core.decodable import decodable
from wsclient._core.errors import ConfigurationError
from wsclient.audit._exceptions import AppliedException
from wsclient.audit._model import AuditCall, Finding
from wsclient.audit._results import (
    AuditedCheck,
    CheckCount,
    ReportContent,
    SiteResult,
)
from wsclient.audit._settings import AuditSettings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SCHEMA: Final = "wsclient.audit/1"
SCHEMA_ID: Final = "urn:wsclient:audit:1"
SCHEMA_FILE: Final = Path(__file__).parents[1] / "schema-1.json"
_ENCODER: Final = msgspec.json.Encoder(decimal_format="string")


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """Run of an audit; started and ended are None if there was no site."""

    version: str
    started: AwareTime | None
    ended: AwareTime | None
    is_whole: bool
    options: tuple[str, ...]
    policy: dict[str, Any]


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """Report of an audit of accounts by wsclient. Later versions may add members; none changes its meaning."""

    schema: Literal["wsclient.audit/1"]
    run: Run
    settings: AuditSettings
    sites: tuple[SiteResult, ...]
    checks: tuple[AuditedCheck, ...]
    check_counts: tuple[CheckCount, ...]
    exceptions: tuple[AppliedException, ...] = ()
    calls: tuple[AuditCall, ...]
    findings: tuple[Finding, ...]


class _Head(msgspec.Struct, frozen=True):
    schema: str


def json_parts(report: ReportContent) -> Iterator[str]:
    """Yield the document in parts of a line, so that no part grows with the account."""
    run = Run(
        version=report.version,
        started=report.started,
        ended=report.ended,
        is_whole=report.is_whole,
        options=report.options,
        policy=dict(report.policy),
    )
    yield f'{{"schema":{_text(SCHEMA)},\n"run":{_text(run)},\n"settings":{_text(report.settings)}'
    lists: Mapping[str, Sequence[object]] = {
        "sites": report.sites,
        "checks": report.checks,
        "check_counts": report.check_counts,
        "exceptions": report.exceptions,
        "calls": report.calls,
        "findings": report.findings,
    }
    for name, items in lists.items():
        yield f',\n"{name}":['
        for index, item in enumerate(items):
            yield f"{',' if index else ''}\n{_text(item)}"
        yield "]"
    yield "}\n"


def read_document(data: bytes | str, name: str) -> Document:
    """Return the content of a document; errors name it by name.

    Raises ConfigurationError for anything else, and for another schema.
    """
    try:
        schema = msgspec.json.decode(data, type=decodable(_Head)).schema
        if schema != SCHEMA:
            raise ConfigurationError(f"{name} has the schema {schema!r:.60}; this version of wsclient reads {SCHEMA}")
        return msgspec.json.decode(data, type=decodable(Document))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigurationError(f"{name} is not a report of an audit: {error}") from None


def json_schema() -> dict[str, object]:
    """Return the JSON Schema (draft 2020-12) of the document."""
    shipped: dict[str, object] = msgspec.json.decode(SCHEMA_FILE.read_bytes())
    return shipped


def new_schema() -> dict[str, object]:
    """Return the schema of the classes; the shipped file must be equal to it."""
    described = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID}
    schema: dict[str, object] = {**described, **msgspec.json.schema(Document)}
    for kind in cast("dict[str, dict[str, object]]", schema["$defs"]).values():
        if isinstance(text := kind.get("description"), str):
            # Python 3.13 removes the indentation of docstrings, older versions keep it.
            kind["description"] = inspect.cleandoc(text)
    return schema


def _text(value: object) -> str:
    return _ENCODER.encode(value).decode()
