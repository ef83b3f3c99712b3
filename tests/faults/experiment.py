"""Many calls with random faults: requested resources, reported outcomes, and the resources that exist."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Literal

UNDEFINED = "[UNDEFINED]"
"""The user of a WorkSpace that is known by its own name."""
DIRECTORY = "dir"
"""How the names of directories begin; all others are those of WorkSpaces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Creation:
    """WorkSpaces to be made by one call: for users of these names, or of no user and with these names."""

    names: tuple[str, ...]
    has_users: bool
    reconcile: bool


@dataclass(frozen=True, slots=True)
class Registration:
    """A directory to be made, of that name."""

    name: str


Call = Literal["read", "write"] | Creation | Registration


def calls(chance: random.Random, count: int) -> Iterator[Call]:
    """Give calls of every kind; no two make a thing of the same name."""
    for number in range(count):
        kind = chance.random()
        if kind < 0.45:
            yield "read"
        elif kind < 0.65:
            yield "write"
        elif kind < 0.70:
            yield Registration(f"{DIRECTORY}-{number}")
        else:
            size = chance.choice((1, 1, 1, 3))
            names = tuple(f"desk-{number}-{index}" for index in range(size))
            yield Creation(names=names, has_users=chance.random() < 0.7, reconcile=chance.random() < 0.8)


@dataclass(kw_only=True)
class Report:
    """Outcomes reported to the callers, by the names of the requested resources."""

    requested: set[str] = field(default_factory=set[str])
    made: set[str] = field(default_factory=set[str])
    not_made: set[str] = field(default_factory=set[str])
    in_doubt: set[str] = field(default_factory=set[str])
    found: set[str] = field(default_factory=set[str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Totals of an experiment; resources are WorkSpaces and directories.

    made_twice counts duplicates of a name; unreported counts existing resources that were reported as not made or were
    never found; untrue counts resources that were reported as made and don't exist.
    """

    calls: int = 0
    requests: int = 0
    requested: int = 0
    reported: int = 0
    in_doubt: int = 0
    found: int = 0
    made: int = 0
    made_twice: int = 0
    workspaces: int = 0
    workspaces_twice: int = 0
    unreported: int = 0
    untrue: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(**{item.name: getattr(self, item.name) + getattr(other, item.name) for item in fields(Count)})


def is_directory(name: str) -> bool:
    """Return whether this is the name of a directory."""
    return name.startswith(DIRECTORY)


def count(report: Report, made: Counter[str], *, calls: int, requests: int) -> Count:
    """Compare the reported outcomes with the existing resources."""
    there = {name: number for name, number in made.items() if name in report.requested}
    workspaces = {name: number for name, number in there.items() if not is_directory(name)}
    known = report.made | report.found
    return Count(
        calls=calls,
        requests=requests,
        requested=len(report.requested),
        reported=len(report.made),
        in_doubt=len(report.in_doubt),
        found=len(report.found),
        made=sum(there.values()),
        made_twice=sum(there.values()) - len(there),
        workspaces=sum(workspaces.values()),
        workspaces_twice=sum(workspaces.values()) - len(workspaces),
        unreported=len(there.keys() - known),
        untrue=len(known - there.keys()),
    )


WORDS = {
    "calls": "calls",
    "requests": "requests",
    "requested": "things to be made",
    "reported": "reported as made",
    "in_doubt": "in doubt",
    "found": "in doubt, and found to be made",
    "made": "made, by the service's own count",
    "workspaces": "... of them WorkSpaces",
    "made_twice": "made twice",
    "workspaces_twice": "... of them WorkSpaces",
    "unreported": "made, and known to nobody",
    "untrue": "reported as made, and not there",
}


def table(columns: Mapping[str, Count]) -> str:
    """Return counts side by side, under their names."""
    lines = [f"{'':<34}" + "".join(f"{name:>22}" for name in columns)]
    for field_name, words in WORDS.items():
        figures = "".join(f"{getattr(value, field_name):>22,}" for value in columns.values())
        lines.append(f"{words:<34}{figures}")
    return "\n".join(lines)
