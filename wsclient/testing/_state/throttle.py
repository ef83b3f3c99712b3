"""Rate limits of the emulator: token buckets for an account's calls as a whole and for single operations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import cast

from wsclient._core.argument_checks import checked_class
from wsclient._core.errors import ConfigurationError
from wsclient._core.value_kinds import instance_of, mapping_of, optional
from wsclient._generated.sts.operations import OPERATIONS as STS_OPERATIONS
from wsclient._generated.workspaces.operations import OPERATIONS
from wsclient.pacing._pace import Pace
from wsclient.pacing._token_bucket import TokenBucket

PACE = instance_of(Pace, expected="a Pace, such as Pace(2, 5)")
_OPERATIONS = mapping_of(PACE, 'a mapping such as {"CreateWorkspaces": Pace(1, 2)}')
_NAMES = frozenset(OPERATIONS) | frozenset(STS_OPERATIONS)


@checked_class({"account": optional(PACE), "operations": _OPERATIONS})
@dataclass(frozen=True, slots=True, kw_only=True)
class Throttle:
    """Rate limits of each account in each region. A call beyond them gets ThrottlingException and is not carried out.

    account limits all operations of WorkSpaces together; AWS documents Pace(2, 5): 2 calls a second, bursts of 5.
    operations limits single operations of WorkSpaces or STS, by AWS's names. A call of such an operation needs a token
    of both buckets; without both it consumes neither. Calls without a matching limit are not limited.

    Raises ConfigurationError for values of the wrong type and for unknown operations.
    """

    account: Pace | None = None
    operations: Mapping[str, Pace] = field(default_factory=dict[str, Pace])

    def __post_init__(self) -> None:
        """Validate the names of the operations."""
        for name in self.operations:
            _check_operation(name)
        # Copy the dict, because the caller may change it later.
        object.__setattr__(self, "operations", dict(self.operations))


def _check_operation(name: str) -> None:
    if name not in _NAMES:
        matches = get_close_matches(str(name), sorted(_NAMES), n=1) or ["DescribeWorkspaces"]
        raise ConfigurationError(
            f"Throttle.operations: unknown operation {name!r:.80}; use AWS's name, such as {matches[0]!r}"
        )


def coerce_throttle(throttle: Throttle | Pace | None) -> Throttle:
    """Return the throttle argument of Emulator as a Throttle; a Pace is the limit of the account."""
    if isinstance(throttle, Throttle):
        return throttle
    if throttle is None or isinstance(throttle, Pace):  # pyright: ignore[reportUnnecessaryIsInstance] - unchecked callers
        return Throttle(account=throttle)
    raise ConfigurationError(
        "Emulator: throttle must be a Pace, a Throttle(account=…, operations=…), or None "
        f"(got {cast('object', throttle)!r:.80})"
    )


class Throttler:
    """Token buckets of every account in every region. Each bucket is full until its first call."""

    def __init__(self, throttle: Throttle) -> None:
        self.throttle = throttle
        self._buckets: dict[tuple[str, str, str], TokenBucket] = {}

    def try_acquire(self, service: str, operation: str, account_id: str, region: str, now: float) -> bool:
        """Take a token from each bucket of a call; return False, and take none, if a bucket is empty."""
        paces = {operation: self.throttle.operations.get(operation)}
        if service == "workspaces":
            paces[""] = self.throttle.account
        buckets = [
            self._bucket(account_id, region, name, pace, now) for name, pace in paces.items() if pace is not None
        ]
        for index, bucket in enumerate(buckets):
            if not bucket.take(now):
                # Return the tokens already taken, so that a rejected call consumes none.
                for earlier in buckets[:index]:
                    earlier.tokens += 1
                return False
        return True

    def refill(self) -> None:
        """Refill every bucket, as before the first call."""
        self._buckets.clear()

    def _bucket(self, account_id: str, region: str, name: str, pace: Pace, now: float) -> TokenBucket:
        key = (account_id, region, name)
        if key not in self._buckets:
            self._buckets[key] = TokenBucket(pace.rate, pace.burst, now=now, tokens=pace.burst)
        return self._buckets[key]
