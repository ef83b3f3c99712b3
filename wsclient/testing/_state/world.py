"""Everything an emulator knows, shared by the thread that serves and the thread that tests."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wsclient.testing._state.arrivals import ConnectionRegistry
from wsclient.testing._state.call_log import CallRecord
from wsclient.testing._state.faults import Faults
from wsclient.testing._state.store import Store
from wsclient.testing._state.visibility import ListVisibility
from wsclient.testing._state.vpc_endpoints import VpcEndpoints

if TYPE_CHECKING:
    from wsclient._generated.workspaces.structures import WorkspaceBundle
    from wsclient.testing._state.clock import DrivenClock
    from wsclient.testing._state.identities import Identities
    from wsclient.testing._state.keyring import KeyRing
    from wsclient.testing._state.quotas import Quotas
    from wsclient.testing._state.store import Durations
    from wsclient.testing._state.throttle import Throttler


@dataclass(slots=True, kw_only=True)
class EmulatorState:
    """Everything the emulator knows; whoever reads or changes it holds the lock.

    amazon_bundles are AWS's own, by region and id: every account has them from the start. buckets say how fast accounts
    may call; endpoints are those of VPCs, arrivals tell which calls were made from within one.
    """

    clock: DrivenClock
    keys: KeyRing
    identities: Identities
    durations: Durations
    quotas: Quotas
    regions: frozenset[str]
    buckets: Throttler
    amazon_bundles: dict[str, dict[str, WorkspaceBundle]] = field(
        default_factory=dict[str, dict[str, "WorkspaceBundle"]]
    )
    stores: dict[tuple[str, str], Store] = field(default_factory=dict[tuple[str, str], Store])
    endpoints: VpcEndpoints = field(default_factory=VpcEndpoints)
    arrivals: ConnectionRegistry = field(default_factory=ConnectionRegistry)
    calls: list[CallRecord] = field(default_factory=list[CallRecord])
    faults: Faults = field(default_factory=Faults)
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def store(self, account_id: str, region: str, *, to_read: bool = False) -> Store:
        """Return what that account has in that region, as it is by now; to_read promises that nobody changes it."""
        found = self.stores.get((account_id, region))
        if found is None:
            lists = ListVisibility(appear=self.durations.appear, disappear=self.durations.disappear)
            found = Store(account_id, region, bundles=dict(self.amazon_bundles.get(region, {})), lists=lists)
            self.stores[account_id, region] = found
        found.apply_due_changes(self.clock.now())
        found.is_touched = found.is_touched or not to_read
        return found

    def stores_in(self, region: str, *, to_read: bool = False) -> list[Store]:
        """Return what each account that was ever seen there has in a region, as it is by now."""
        return [self.store(account, place, to_read=to_read) for account, place in list(self.stores) if place == region]
