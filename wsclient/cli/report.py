"""Reports for people, in 80 columns, and for machines."""

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
    """How a step went."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step's name, how it went, what was found, and what to do about it."""

    name: str
    status: Status
    detail: str
    advice: str = ""

    def to_dict(self) -> dict[str, str]:
        """Return the step for machines."""
        return {"name": self.name, "status": self.status.value, "detail": self.detail, "advice": self.advice}


def ok(name: str, detail: str) -> Step:
    """Return a step that went well."""
    return Step(name=name, status=Status.OK, detail=detail)


def warning(name: str, detail: str, advice: str) -> Step:
    """Return a step that went, with something odd about it."""
    return Step(name=name, status=Status.WARNING, detail=detail, advice=advice)


def failed(name: str, detail: str, advice: str) -> Step:
    """Return a step that failed."""
    return Step(name=name, status=Status.FAILED, detail=detail, advice=advice)


def skipped(name: str, why: str) -> Step:
    """Return a step that was not taken."""
    return Step(name=name, status=Status.SKIPPED, detail=why)


COLOURS = {Status.OK: "green", Status.WARNING: "yellow", Status.FAILED: "red", Status.SKIPPED: "dim"}


def show(console: Console, steps: Sequence[Step]) -> None:
    """Print each step with what to do about it."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for step in steps:
        words = Text(step.detail)
        if step.advice:
            words.append(f"\n-> {step.advice}", style="bold")
        table.add_row(Text(step.status.value, style=COLOURS[step.status]), step.name, words)
    console.print(table)


def as_json(steps: Sequence[Step]) -> str:
    """Return the steps as JSON."""
    return json.dumps([step.to_dict() for step in steps], indent=2)


def exit_code(steps: Sequence[Step]) -> int:
    """Return 1 when a step failed, else 0."""
    return int(any(step.status is Status.FAILED for step in steps))
