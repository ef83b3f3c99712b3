"""How fast a client calls: at a pace that is said, or at one that it learns from throttling answers.

Amazon WorkSpaces documents 2 calls a second with a burst of 5 ("Troubleshoot WorkSpaces Personal issues",
https://docs.aws.amazon.com/workspaces/latest/adminguide/amazon-workspaces-troubleshooting.html), and retrying alone
loses most calls there.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from wsclient._core.errors import ConfigurationError

DOCUMENTED_RATE: Final = 2.0
"""Calls a second that AWS documents for an account in a region."""
DOCUMENTED_BURST: Final = 5
"""Calls that may come at once after a pause, as AWS documents."""

Priority = Literal["interactive", "background"]
"""Whether somebody waits for a call, or it can let others go first."""


class Pace(msgspec.Struct, frozen=True):
    """A pace that is kept from the first call on: rate in calls a second, burst calls at once after a pause.

    For batch work that must not disturb others of the same account. A value that makes no sense is a
    ConfigurationError.
    """

    rate: float = DOCUMENTED_RATE
    burst: int = DOCUMENTED_BURST

    def __post_init__(self) -> None:
        """Refuse what the type checker of an untyped caller did not."""
        if type(self.rate) not in {int, float} or not 0 < self.rate < float("inf"):
            raise ConfigurationError(f"Pace.rate is {self.rate!r}: use a positive number of calls a second")
        if type(self.burst) is not int or self.burst < 1:
            raise ConfigurationError(f"Pace.burst is {self.burst!r}: use a whole number of calls from 1 on")


class PaceState(msgspec.Struct, frozen=True, kw_only=True):
    """How a client's calls are paced at this moment.

    mode is "fixed", "auto", "adaptive" or "off". rate is in calls a second, None while calls run free; available is how
    many calls could go at once, waiting how many wait for their turn. throttled counts the throttling answers that this
    account and region had in this process; too_fast is the lowest rate that is known to be throttled, None where none
    is.
    """

    mode: Literal["fixed", "auto", "adaptive", "off"]
    rate: float | None = None
    burst: float | None = None
    available: float | None = None
    waiting: int = 0
    throttled: int = 0
    too_fast: float | None = None
