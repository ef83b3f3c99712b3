"""Pace, a configured rate limit, and PaceState, the state of a client's rate limit.

Amazon WorkSpaces documents 2 calls per second with a burst of 5 ("Troubleshoot WorkSpaces Personal issues",
https://docs.aws.amazon.com/workspaces/latest/adminguide/amazon-workspaces-troubleshooting.html); above that, retries
alone lose most calls.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, cast

import msgspec

from wsclient._core.argument_checks import checked_class
from wsclient._core.value_kinds import RATE, converted, either, instance_of, one_of, optional, whole_number

DOCUMENTED_RATE: Final = 2.0
"""Calls per second that AWS documents for one account in one region."""
DOCUMENTED_BURST: Final = 5
"""Calls that AWS documents to accept in a burst after a pause."""

Priority = Literal["interactive", "background"]
"""Order of waiting calls: "background" calls let "interactive" calls go first, for up to 30 seconds."""


@checked_class({"rate": RATE, "burst": whole_number(1, "number of calls")})
@dataclass(frozen=True, slots=True)
class Pace:
    """Fixed rate limit, which applies from the first call on.

    rate is in calls per second, a positive number (default 2). burst is the number of calls that may start without
    delay after a pause, at least 1 (default 5). Use it for batch work that must leave capacity to other programs of the
    same account. Raises ConfigurationError for invalid values.
    """

    rate: float = DOCUMENTED_RATE
    burst: int = DOCUMENTED_BURST


PACE_KIND: Final = optional(
    either(
        "a Pace, a positive number of calls per second or 'auto'",
        instance_of(Pace, expected=""),
        one_of("auto"),
        converted(RATE, lambda rate: Pace(cast("float", rate))),
    )
)


class PaceState(msgspec.Struct, frozen=True, kw_only=True):
    """State of a client's rate limit at one moment.

    mode is "fixed", "auto", "adaptive" or "off". rate is in calls per second, None while no limit applies; burst is the
    number of calls after a pause; available is the number of calls that could start now; waiting is the number of calls
    that wait for a permit. throttled counts the throttling responses to this account and region in this process;
    too_fast is the lowest rate known to be throttled, or None.
    """

    mode: Literal["fixed", "auto", "adaptive", "off"]
    rate: float | None = None
    burst: float | None = None
    available: float | None = None
    waiting: int = 0
    throttled: int = 0
    too_fast: float | None = None
