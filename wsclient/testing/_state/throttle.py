"""How fast accounts may call: token buckets, for all calls together and for single operations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import cast

from wsclient._core.errors import ConfigurationError
from wsclient._generated.sts.operations import OPERATIONS as STS_OPERATIONS
from wsclient._generated.workspaces.operations import OPERATIONS
from wsclient.pacing._pace import Pace
from wsclient.pacing._token_bucket import TokenBucket

_NAMES = frozenset(OPERATIONS) | frozenset(STS_OPERATIONS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttle:
    """How fast each account may call in each region; beyond that it gets ThrottlingException, and nothing is done.

    account is for all operations of WorkSpaces together: AWS documents Pace(2, 5). operations is for single ones, of
    WorkSpaces or of STS, by AWS's names; a call of one that is named needs a token of both buckets, and takes of both
    or of neither. What is left out is not limited.
    """

    account: Pace | None = None
    operations: Mapping[str, Pace] = field(default_factory=dict[str, Pace])

    def __post_init__(self) -> None:
        """Refuse what the type checker of an untyped caller did not, and operations that there are not."""
        if self.account is not None and not _is_pace(self.account):
            raise ConfigurationError(
                f"Throttle.account is {self.account!r:.80}: use a Pace such as Pace(2, 5), or None"
            )
        if not _is_mapping(self.operations):
            raise ConfigurationError(
                f'Throttle.operations is {self.operations!r:.80}: use a dict such as {{"CreateWorkspaces": Pace(1, 2)}}'
            )
        for name, pace in self.operations.items():
            _check_operation(name, pace)
        # Kept apart from the caller's dict, which may change.
        object.__setattr__(self, "operations", dict(self.operations))


def _check_operation(name: object, pace: object) -> None:
    if name not in _NAMES:
        close = get_close_matches(str(name), sorted(_NAMES), n=1) or ["DescribeWorkspaces"]
        raise ConfigurationError(
            f"Throttle.operations: there is no operation {name!r:.80}; use AWS's name, such as {close[0]}"
        )
    if not _is_pace(pace):
        raise ConfigurationError(f"Throttle.operations: {name} has {pace!r:.80}; use a Pace such as Pace(1, 2)")


def _is_pace(value: object) -> bool:
    return isinstance(value, Pace)


def _is_mapping(value: object) -> bool:
    return isinstance(value, Mapping)


def coerce_throttle(given: Throttle | Pace | None) -> Throttle:
    """Return what an emulator was given as a Throttle: a Pace alone is the account's."""
    if isinstance(given, Throttle):
        return given
    if given is None or _is_pace(given):
        return Throttle(account=given)
    raise ConfigurationError(
        f"Emulator: throttle is {cast('object', given)!r:.80}; use a Pace, a Throttle(account=…, operations=…), or None"
    )


class Throttler:
    """The buckets of every account in every region, full until the first call."""

    def __init__(self, throttle: Throttle) -> None:
        self.throttle = throttle
        self._buckets: dict[tuple[str, str, str], TokenBucket] = {}

    def try_acquire(self, service: str, operation: str, account_id: str, region: str, now: float) -> bool:
        """Tell whether an account may make this call in a region now; if so, it is counted."""
        paces = {operation: self.throttle.operations.get(operation)}
        if service == "workspaces":
            paces[""] = self.throttle.account
        buckets = [
            self._bucket(account_id, region, name, pace, now) for name, pace in paces.items() if pace is not None
        ]
        for place, bucket in enumerate(buckets):
            if not bucket.take(now):
                for taken in buckets[:place]:
                    taken.tokens += 1
                return False
        return True

    def refill(self) -> None:
        """Have every bucket full again, as before the first call."""
        self._buckets.clear()

    def _bucket(self, account_id: str, region: str, name: str, pace: Pace, now: float) -> TokenBucket:
        key = (account_id, region, name)
        if key not in self._buckets:
            self._buckets[key] = TokenBucket(pace.rate, pace.burst, now=now, tokens=pace.burst)
        return self._buckets[key]
