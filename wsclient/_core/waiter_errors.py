"""How waiting fails: what was reached, what not yet, and what failed with AWS's words for it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wsclient._core.errors import WsclientError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wsclient._core.model.structures import Structure

TOLD: Final = 3
"""Items that a message tells of one by one; the error itself holds all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitedItem:
    """One thing that was waited for and was not reached.

    state is AWS's as it was last seen, None when it was never described; error_code and error_message are what AWS says
    of it, reason is why waiting for it ended, in words; latest is its last description.
    """

    id: str
    state: str | None
    reason: str
    error_code: str | None = None
    error_message: str | None = None
    latest: Structure | None = None

    def __str__(self) -> str:
        """Say the id, the reason, and AWS's words."""
        said = ": ".join(part for part in (self.error_code, self.error_message) if part)
        return f"{self.id} {self.reason}{f' ({said})' if said else ''}"


class WaiterError(WsclientError):
    """What was waited for did not come about.

    reached holds the final structures of what did, in the order that was asked; failed what ended in a state that it
    does not come back from; waiting what was still under way when waiting ended.
    """

    def __init__(
        self,
        message: str,
        *,
        reached: Sequence[Structure] = (),
        failed: Sequence[WaitedItem] = (),
        waiting: Sequence[WaitedItem] = (),
    ) -> None:
        super().__init__(message)
        self.reached = tuple(reached)
        self.failed = tuple(failed)
        self.waiting = tuple(waiting)


class WaiterTimeoutError(WaiterError, TimeoutError):
    """The time was up before everything was reached; what had failed by then is in failed."""


def summarize(items: Sequence[WaitedItem]) -> str:
    """Name the first items, and count the others by their states."""
    first, rest = items[:TOLD], items[TOLD:]
    parts = [str(item) for item in first]
    if rest:
        counts = Counter(item.state or "not described" for item in rest).most_common()
        parts.append(f"and {len(rest)} more ({', '.join(f'{state} {count}' for state, count in counts)})")
    return "; ".join(parts)
