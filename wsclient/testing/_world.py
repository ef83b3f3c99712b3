"""Everything an emulator knows, shared by the thread that serves and the thread that tests."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wsclient._token_bucket import TokenBucket
from wsclient.testing._calls import CallRecord
from wsclient.testing._faults import Faults
from wsclient.testing._store import Store

if TYPE_CHECKING:
    from wsclient._generated.workspaces.structures import WorkspaceBundle
    from wsclient.pacing import Pace
    from wsclient.testing._clock import DrivenClock
    from wsclient.testing._identities import Identities
    from wsclient.testing._keys import KeyRing
    from wsclient.testing._quotas import Quotas
    from wsclient.testing._store import Durations


@dataclass(slots=True, kw_only=True)
class World:
    """Everything the emulator knows; whoever reads or changes it holds the lock.

    amazon_bundles are AWS's own, by region and id: every account has them from the start. throttle is how fast each
    account may call WorkSpaces in each region, None for any speed.
    """

    clock: DrivenClock
    keys: KeyRing
    identities: Identities
    durations: Durations
    quotas: Quotas
    regions: frozenset[str]
    amazon_bundles: dict[str, dict[str, WorkspaceBundle]] = field(
        default_factory=dict[str, dict[str, "WorkspaceBundle"]]
    )
    throttle: Pace | None = None
    buckets: dict[tuple[str, str], TokenBucket] = field(default_factory=dict[tuple[str, str], TokenBucket])
    stores: dict[tuple[str, str], Store] = field(default_factory=dict[tuple[str, str], Store])
    calls: list[CallRecord] = field(default_factory=list[CallRecord])
    faults: Faults = field(default_factory=Faults)
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def store(self, account_id: str, region: str) -> Store:
        """Return what that account has in that region, as it is by now."""
        found = self.stores.get((account_id, region))
        if found is None:
            found = Store(account_id, region, bundles=dict(self.amazon_bundles.get(region, {})))
            self.stores[account_id, region] = found
        found.settle(self.clock.now())
        return found

    def stores_in(self, region: str) -> list[Store]:
        """Return what each account that was ever seen there has in a region, as it is by now."""
        return [self.store(account, place) for account, place in list(self.stores) if place == region]

    def admits(self, account_id: str, region: str) -> bool:
        """Tell whether that account may make one more call in that region now; the call is counted."""
        if self.throttle is None:
            return True
        now = self.clock.monotonic()
        bucket = self.buckets.get((account_id, region))
        if bucket is None:
            bucket = TokenBucket(self.throttle.rate, self.throttle.burst, now=now, tokens=self.throttle.burst)
            self.buckets[account_id, region] = bucket
        return bucket.take(now)
