"""Eventual consistency of list operations: new resources appear late, removed resources disappear late.

Only lists are delayed. An operation that names a resource by id sees the current state: like AWS, it rejects a second
WorkSpace of a user although DescribeWorkspaces does not return the first one yet.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from wsclient.testing._state.timed_records import SortedRecords
from wsclient.testing._state.visibility import RESOURCE_TYPES, ResourceType

if TYPE_CHECKING:
    from collections.abc import Generator
    from datetime import datetime

    from wsclient.testing._operations.handler import Call
    from wsclient.testing._state.store import Store


def list_view(store: Store, now: datetime) -> Store:
    """Return the store as lists show it now. The caller must not change it."""
    lists = store.lists
    lists.prune(now)
    if not lists.hidden and not lists.removed:
        return store
    visible = {name: _visible(store, name) for name in RESOURCE_TYPES}
    return replace(store, **visible)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - a store's own fields


def _visible(store: Store, resource_type: ResourceType) -> SortedRecords[str, object]:
    removed = {key: record for (name, key), (_, record) in store.lists.removed.items() if name == resource_type}
    current = {key: record for key, record in _resources(store, resource_type).items() if key not in store.lists.hidden}
    return SortedRecords(removed | current)


@contextmanager
def record_changes(store: Store, now: datetime) -> Generator[None]:
    """Record the resources that the body of the with statement adds and removes, for the store's lists."""
    before: dict[ResourceType, dict[str, object]] = {}
    if store.lists.is_delayed:
        before = {name: dict(_resources(store, name)) for name in RESOURCE_TYPES}
    yield
    for resource_type, old in before.items():
        new = _resources(store, resource_type)
        if store.lists.appear:
            store.lists.hidden |= dict.fromkeys(new.keys() - old.keys(), now + store.lists.appear)
        for key in old.keys() - new.keys():
            store.lists.record_removal(resource_type, key, old[key], now)


def _resources(store: Store, resource_type: ResourceType) -> dict[str, object]:
    return cast("dict[str, object]", getattr(store, resource_type))


def with_lag(call: Call) -> Call:
    """Return a call whose stores are those that lists show."""

    def store_at(account_id: str, region: str) -> Store:
        return list_view(call.store_at(account_id, region), call.now)

    def stores_in(region: str) -> list[Store]:
        return [list_view(store, call.now) for store in call.stores_in(region)]

    return replace(call, store=list_view(call.store, call.now), store_at=store_at, stores_in=stores_in)
