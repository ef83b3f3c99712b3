"""One step on the way of a call: what it is, how it went, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


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
