"""Predicates by which a fleet's WorkSpaces are selected: where.state("AVAILABLE") & where.running_mode("AUTO_STOP")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._fleet.predicates import Predicate

if TYPE_CHECKING:
    from wsclient._generated.workspaces.enums import RunningMode, WorkspaceState


def state(*states: WorkspaceState | str) -> Predicate:
    """Select WorkSpaces in one of these states."""
    return Predicate(says=f"state is {_either(states)}", answer=lambda row: row.state in states)


def running_mode(*modes: RunningMode | str) -> Predicate:
    """Select WorkSpaces with one of these running modes."""
    return Predicate(says=f"running mode is {_either(modes)}", answer=lambda row: row.running_mode in modes)


def _either(values: tuple[str, ...]) -> str:
    return " or ".join(map(str, values))
