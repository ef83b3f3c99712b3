"""Step results, printed as a table of 80 columns or as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console


class Status(Enum):
    """Result of a step."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Step of the diagnosis: its name, status, finding and remedy."""

    name: str
    status: Status
    detail: str
    advice: str = ""

    def to_dict(self) -> dict[str, str]:
        """Return the step as a dict for JSON."""
        return {"name": self.name, "status": self.status.value, "detail": self.detail, "advice": self.advice}


def ok(name: str, detail: str) -> Step:
    """Return a step that succeeded."""
    return Step(name=name, status=Status.OK, detail=detail)


def warning(name: str, detail: str, advice: str) -> Step:
    """Return a step that succeeded with a warning."""
    return Step(name=name, status=Status.WARNING, detail=detail, advice=advice)


def failed(name: str, detail: str, advice: str) -> Step:
    """Return a step that failed."""
    return Step(name=name, status=Status.FAILED, detail=detail, advice=advice)


def skipped(name: str, reason: str) -> Step:
    """Return a step that was skipped."""
    return Step(name=name, status=Status.SKIPPED, detail=reason)


COLOURS = {Status.OK: "green", Status.WARNING: "yellow", Status.FAILED: "red", Status.SKIPPED: "dim"}


def show(console: Console, steps: Sequence[Step]) -> None:
    """Print each step with its remedy."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for step in steps:
        text = Text(step.detail)
        if step.advice:
            text.append(f"\n-> {step.advice}", style="bold")
        table.add_row(Text(step.status.value, style=COLOURS[step.status]), step.name, text)
    console.print(table)


def as_json(steps: Sequence[Step]) -> str:
    """Return the steps as JSON."""
    return json.dumps([step.to_dict() for step in steps], indent=2)


def exit_code(steps: Sequence[Step]) -> int:
    """Return the exit code of the process: 1 if a step failed, else 0."""
    return int(any(step.status is Status.FAILED for step in steps))
