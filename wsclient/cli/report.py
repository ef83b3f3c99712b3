"""Reports for people, in 80 columns, and for machines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from wsclient.cli.steps import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from wsclient.cli.steps import Step

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
