"""Outputs of the audit: which format goes to which file, and what is written to the standard output."""

from __future__ import annotations

import io
from dataclasses import dataclass
from enum import StrEnum, unique
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

import msgspec
import typer
from rich.console import Console

from wsclient.cli.audit.summary import show
from wsclient.cli.common_options import usage_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from wsclient.audit import AuditReport
    from wsclient.audit._model import SeverityText

WIDTH: Final = 80
"""Columns of a table in a file."""


@unique
class Format(StrEnum):
    """Format of a report."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    ASFF = "asff"
    OCSF = "ocsf"
    JUNIT = "junit"
    HTML = "html"


SUFFIXES: Final = {
    ".txt": Format.TABLE,
    ".json": Format.JSON,
    ".jsonl": Format.JSONL,
    ".csv": Format.CSV,
    ".xml": Format.JUNIT,
    ".html": Format.HTML,
}
"""Formats by the ending of a file's name, where no --format says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One output of the report: its format, and its file, or folder for ASFF; None is the standard output."""

    format: Format
    path: Path | None = None

    @property
    def is_data(self) -> bool:
        """True for a format that programs read."""
        return self.format is not Format.TABLE


def outputs_of(formats: Sequence[Format], paths: Sequence[Path]) -> tuple[Output, ...]:
    """Return what --format and --output say together; the n-th file is of the n-th format.

    Ends the command for what cannot be written, before anything is read.
    """
    if not formats and not paths:
        return (Output(format=Format.TABLE),)
    if len(paths) > len(formats) > 0:
        usage_error("there are more --output than --format: each file needs its format")
    outputs = tuple(
        Output(format=form or _by_suffix(path), path=path) for form, path in zip_longest(formats, paths) if form or path
    )
    if sum(output.path is None for output in outputs) > 1:
        usage_error("only one --format can go to the standard output: give each of the others an --output")
    for output in outputs:
        _require_writable(output)
    return outputs


def _by_suffix(path: Path) -> Format:
    found = SUFFIXES.get(path.suffix.lower())
    if found is None:
        usage_error(f"--output {path}: its ending must be {', '.join(sorted(SUFFIXES))}; or add --format")
    return found


def _require_writable(output: Output) -> None:
    path = output.path
    if path is None:
        return
    if not path.parent.is_dir():
        usage_error(f"--output {path}: the folder {path.parent} does not exist")
    if output.format is Format.ASFF:
        if path.exists() and not path.is_dir():
            usage_error(f"--output {path}: ASFF is written to a folder, in files of 100 findings, and this is a file")
        if path.is_dir() and any(path.iterdir()):
            usage_error(f"--output {path}: ASFF is written to a new or empty folder, and this one has files")
    elif path.is_dir():
        usage_error(f"--output {path}: this is a folder, and {output.format} is written to a file")


async def write(
    report: AuditReport, outputs: Sequence[Output], *, fail_on: SeverityText, fail_on_unknown: bool
) -> None:
    """Write every output; the standard output comes last."""
    for output in sorted(outputs, key=lambda each: each.path is None):
        if output.path is None:
            _print(report, output.format, fail_on=fail_on, fail_on_unknown=fail_on_unknown)
        elif output.format is Format.ASFF:
            await report.write_asff(output.path)
        elif output.format is Format.JUNIT:
            await report.write_junit(output.path, fail_on_unknown=fail_on_unknown)
        elif output.format is Format.TABLE:
            from wsclient.audit._render.files import write_parts  # noqa: PLC0415 - as below

            await write_parts(output.path, iter([_table(report, fail_on)]))
        else:
            writes = {
                Format.JSON: report.write_json,
                Format.JSONL: report.write_jsonl,
                Format.CSV: report.write_csv,
                Format.OCSF: report.write_ocsf,
                Format.HTML: report.write_html,
            }
            await writes[output.format](output.path)


def _print(report: AuditReport, form: Format, *, fail_on: SeverityText, fail_on_unknown: bool) -> None:
    """Write a report to the standard output: a table as the terminal takes it, everything else in UTF-8."""
    if form is Format.TABLE:
        show(Console(), report, fail_on)
        return
    from wsclient.audit._render.files import encoded  # noqa: PLC0415 - other commands do not wait for the audit's import

    stream = typer.get_binary_stream("stdout")
    parts = _parts(report, fail_on_unknown=fail_on_unknown)[form]()
    while batch := encoded(parts):
        stream.write(batch)
    stream.flush()


def _parts(report: AuditReport, *, fail_on_unknown: bool) -> Mapping[Format, Callable[[], Iterator[str]]]:
    from wsclient.audit._render import document, html, junit, lines, ocsf  # noqa: PLC0415 - as above

    return {
        Format.JSON: lambda: document.json_parts(report),
        Format.JSONL: lambda: lines.json_line_parts(report),
        Format.CSV: lambda: lines.csv_parts(report, guard_formulas=True),
        Format.OCSF: lambda: ocsf.ocsf_parts(report),
        Format.JUNIT: lambda: junit.junit_parts(report, fail_on_unknown=fail_on_unknown),
        Format.HTML: lambda: html.html_parts(report),
        Format.ASFF: lambda: iter([msgspec.json.encode(report.to_asff()).decode(), "\n"]),
    }


def _table(report: AuditReport, fail_on: SeverityText) -> str:
    text = io.StringIO()
    show(Console(file=text, width=WIDTH), report, fail_on)
    return text.getvalue()
