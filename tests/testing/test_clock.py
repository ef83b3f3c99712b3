"""The emulator's clock: how far it can be advanced and skewed."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.support.virtual_time import WallClock
from wsclient._core.errors import ConfigurationError
from wsclient.testing._state.clock import DrivenClock

DAYS = st.floats(-5_000_000, 5_000_000)


@given(st.lists(st.tuples(st.booleans(), DAYS), max_size=6))
def test_clock_moves_within_the_range_of_dates(steps: list[tuple[bool, float]]) -> None:
    """However it is advanced and skewed, the clock shows a date, and a refused step leaves it where it was."""
    clock = DrivenClock(WallClock())
    for is_skew, days in steps:
        before = (clock.advanced, clock.skewed)
        try:
            if is_skew:
                clock.skew(minutes=days * 24 * 60)
            else:
                clock.advance(days=days)
        except ConfigurationError:
            assert (clock.advanced, clock.skewed) == before
        assert 1 < clock.now().year < 9999
        assert 1 < clock.wall().year < 9999


def test_decades_of_skew_are_within_the_limits() -> None:
    """A machine without a battery shows 1970, or a date after 2060: tests can set both."""
    clock = DrivenClock(WallClock())
    for days in (15_000, -15_000):
        clock.skew(minutes=days * 24 * 60)
        assert clock.skewed == timedelta(days=days)
