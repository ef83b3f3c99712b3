"""State of an emulator, shared by the server's thread and the test's thread under one lock."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wsclient.testing._state.call_log import CallRecord
from wsclient.testing._state.directory_services import DirectoryServiceRecord
from wsclient.testing._state.faults import Faults
from wsclient.testing._state.network import Network
from wsclient.testing._state.store import Store
from wsclient.testing._state.visibility import ListVisibility
from wsclient.testing._state.vpc_connections import ConnectionRegistry
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
    """State of an emulator. Code that reads or changes it must hold the lock.

    amazon_bundles are AWS's own bundles, by region and id; every account has them. stores are the resources, by account
    and region. buckets are the rate limits; endpoints are the VPC endpoints, and arrivals the connections that clients
    opened from within a VPC. network are the VPCs, directory_services the facts that AWS Directory Service knows about
    directories, by directory id.
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
    network: Network = field(default_factory=Network)
    directory_services: dict[str, DirectoryServiceRecord] = field(default_factory=dict[str, DirectoryServiceRecord])
    arrivals: ConnectionRegistry = field(default_factory=ConnectionRegistry)
    calls: list[CallRecord] = field(default_factory=list[CallRecord])
    faults: Faults = field(default_factory=Faults)
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def store(self, account_id: str, region: str) -> Store:
        """Return the store of an account in a region, with all due changes applied."""
        store = self.stores.get((account_id, region))
        if store is None:
            lists = ListVisibility(appear=self.durations.appear, disappear=self.durations.disappear)
            store = Store(account_id, region, bundles=dict(self.amazon_bundles.get(region, {})), lists=lists)
            self.stores[account_id, region] = store
        store.apply_due_changes(self.clock.now())
        return store

    def stores_in(self, region: str) -> list[Store]:
        """Return the store of every known account in a region, with all due changes applied."""
        keys = [key for key in self.stores if key[1] == region]
        return [self.store(account, region) for account, _ in keys]
