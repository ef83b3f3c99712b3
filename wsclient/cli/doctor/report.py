"""Step results, printed as a table of 80 columns or as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from wsclient._core.printable import printable
from wsclient.cli.doctor.remedies import in_shell_terms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console, RenderableType


class Status(Enum):
    """Result of a step."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Step of the diagnosis: its name, status, finding and remedy.

    rows are printed in columns, below the finding; facts are the finding as values, for JSON.
    """

    name: str
    status: Status
    detail: str
    advice: str = ""
    rows: Sequence[tuple[str, ...]] = ()
    facts: Mapping[str, object] = field(default_factory=dict[str, object])

    def to_dict(self) -> dict[str, object]:
        """Return the step as a dict for JSON."""
        return {
            "name": self.name,
            "status": self.status.value,
            "detail": self.detail,
            "advice": self.advice,
            "facts": dict(self.facts),
        }


def ok(
    name: str, detail: str, *, rows: Sequence[tuple[str, ...]] = (), facts: Mapping[str, object] | None = None
) -> Step:
    """Return a step that succeeded."""
    return Step(name=name, status=Status.OK, detail=detail, rows=rows, facts=facts or {})


def warning(
    name: str,
    detail: str,
    advice: str,
    *,
    rows: Sequence[tuple[str, ...]] = (),
    facts: Mapping[str, object] | None = None,
) -> Step:
    """Return a step that succeeded with a warning; detail and advice may name arguments of a client."""
    detail, advice = in_shell_terms(detail), in_shell_terms(advice)
    return Step(name=name, status=Status.WARNING, detail=detail, advice=advice, rows=rows, facts=facts or {})


def failed(name: str, detail: str, advice: str, *, facts: Mapping[str, object] | None = None) -> Step:
    """Return a step that failed; detail and advice may name arguments of a client."""
    detail, advice = in_shell_terms(detail), in_shell_terms(advice)
    return Step(name=name, status=Status.FAILED, detail=detail, advice=advice, facts=facts or {})


def skipped(name: str, reason: str) -> Step:
    """Return a step that was skipped."""
    return Step(name=name, status=Status.SKIPPED, detail=reason)


_STATUS_WIDTH = max(len(status.value) for status in Status)
_NAME_WIDTH = len("credentials")
COLOURS = {Status.OK: "green", Status.WARNING: "yellow", Status.FAILED: "red", Status.SKIPPED: "dim"}


def show(console: Console, steps: Sequence[Step]) -> None:
    """Print each step with its remedy; rows get the full width, below their step."""
    for step in steps:
        line = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        line.add_column(width=_STATUS_WIDTH)
        line.add_column(width=_NAME_WIDTH)
        line.add_column(overflow="fold")
        remedy = Text(printable(f"-> {step.advice}"), style="bold") if step.advice else None
        # Certificates and proxies have names that a terminal could obey.
        texts: list[RenderableType] = [Text(printable(step.detail))] if step.detail else []
        texts += [remedy] if remedy and not step.rows else []
        line.add_row(Text(step.status.value, style=COLOURS[step.status]), step.name, Group(*texts))
        console.print(line)
        if step.rows:
            console.print(Padding(_columns(step.rows), (0, 0, 0, 2)))
            if remedy:
                console.print(Padding(remedy, (0, 0, 0, 2)))


def _columns(rows: Sequence[tuple[str, ...]]) -> Table:
    columns = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for number in range(len(rows[0])):
        columns.add_column(overflow="fold", no_wrap=number != 1)
    for row in rows:
        columns.add_row(*[Text(printable(cell)) for cell in row])
    return columns


def as_json(steps: Sequence[Step]) -> str:
    """Return the steps as JSON."""
    return json.dumps([step.to_dict() for step in steps], indent=2)


def exit_code(steps: Sequence[Step]) -> int:
    """Return the exit code of the process: 1 if a step failed, else 0."""
    return int(any(step.status is Status.FAILED for step in steps))
