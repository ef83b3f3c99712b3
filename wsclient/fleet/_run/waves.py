"""Waves: the sizes of a run's waves, the items of each, and the failures that may precede the next one. Pure.

The items of a plan have a fixed order of their own, in which every start of the list takes from each site and directory
its share: a pilot of five is spread over the fleet. The order follows from the plan alone, so that a resumed run finds
the same waves without a record of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING, TypeAlias

from wsclient._core.errors import ConfigurationError
from wsclient._core.utils import is_list

if TYPE_CHECKING:
    from wsclient.fleet._actions.items import PlanItem

Share: TypeAlias = int | float
"""Number of items as an int, or a share of them as a float from 0.0 to 1.0."""
Waves: TypeAlias = Sequence[Share]
"""Size of each wave."""


def check_waves(waves: object) -> None:
    """Raise ConfigurationError unless the waves are a list of sizes."""
    if not is_list(waves) or not waves:
        raise ConfigurationError(f"waves={waves!r:.80}: use a list of sizes, as in waves=[5, 0.1, 1.0]")
    for size in waves:
        is_count = type(size) is int and size >= 1
        is_share = isinstance(size, float) and 0 < size <= 1
        if not is_count and not is_share:
            raise ConfigurationError(
                f"waves= contains {size!r:.80}: use a number of items of 1 or more, or a share of the plan above 0.0 "
                "and up to 1.0, as in waves=[5, 0.1, 1.0]"
            )


def check_max_failures(limit: object) -> None:
    """Raise ConfigurationError unless the limit is a number or a share of items."""
    is_count = type(limit) is int and limit >= 0
    is_share = isinstance(limit, float) and 0 <= limit <= 1
    if limit is not None and not is_count and not is_share:
        raise ConfigurationError(
            f"max_failures={limit!r:.80}: use a whole number, 0 or more, or a share as a float from 0.0 to 1.0"
        )


def split_waves(items: Sequence[PlanItem], waves: Waves) -> list[tuple[int, ...]]:
    """Return the item numbers of each wave; waves beyond the last item are empty.

    A share is rounded up. Items that the waves leave over are in none.
    """
    order, start, found = wave_order(items), 0, list[tuple[int, ...]]()
    for size in waves:
        count = ceil(_fraction(size) * len(items)) if isinstance(size, float) else size
        found.append(tuple(order[start : start + count]))
        start += count
    return found


def wave_order(items: Sequence[PlanItem]) -> list[int]:
    """Return the item numbers in the order of waves: any first n of them are spread evenly over sites and directories.

    Journals count the items that passed by this order, so that it must stay the same in every version.
    """
    groups = Counter((item.site, item.directory_id) for item in items)
    seen: Counter[object] = Counter()
    positions: list[tuple[float, int]] = []
    for number, item in enumerate(items):
        group = (item.site, item.directory_id)
        # The middle of the item's part of its group: the k-th of n is at (2k + 1) / 2n of the way.
        positions.append(((2 * seen[group] + 1) / (2 * groups[group]), number))
        seen[group] += 1
    return [number for _, number in sorted(positions)]


def failures_allowed(limit: Share | None, tried: int) -> int | None:
    """Return the number of failures above which no call is made, for the items of the waves so far; None for any."""
    return floor(_fraction(limit) * tried) if isinstance(limit, float) else limit


def _fraction(share: float) -> Fraction:
    """Return the decimal that was written: 0.1 of 30 items are 3, which the nearest binary number exceeds."""
    return Fraction(str(share))
