"""WaitedItem: resource that did not reach the state of a wait, as WaiterError carries it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wsclient._core.model.structures import Structure
from wsclient._core.printable import printable_or_none

if TYPE_CHECKING:
    from collections.abc import Sequence


MAX_LISTED_ITEMS: Final = 3
"""Maximum number of items that a message lists; the error itself holds all items."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitedItem:
    """Resource that did not reach the state of a wait.

    state is the last AWS state, None if AWS never described the resource; error_code and error_message are AWS's, if it
    returned any; reason explains why the wait ended for this resource; latest is its last description.
    """

    id: str
    state: str | None
    reason: str
    error_code: str | None = None
    error_message: str | None = None
    latest: Structure | None = None

    def __post_init__(self) -> None:
        """Replace unprintable characters in the texts, which may be AWS's."""
        for name in ("id", "state", "reason", "error_code", "error_message"):
            object.__setattr__(self, name, printable_or_none(getattr(self, name)))

    def __str__(self) -> str:
        """Return the id, the reason, and AWS's error code and message."""
        aws_error = ": ".join(part for part in (self.error_code, self.error_message) if part)
        return f"{self.id} {self.reason}{f' ({aws_error})' if aws_error else ''}"


def summarize(items: Sequence[WaitedItem]) -> str:
    """Return a message that lists the first items and counts the rest by state."""
    first, rest = items[:MAX_LISTED_ITEMS], items[MAX_LISTED_ITEMS:]
    parts = [str(item) for item in first]
    if rest:
        counts = Counter(item.state or "not described" for item in rest).most_common()
        parts.append(f"and {len(rest)} more ({', '.join(f'{state} {count}' for state, count in counts)})")
    return "; ".join(parts)
