"""Eventual consistency: lists that do not show yet what has just come, and still show what has just gone.

Only lists lag. An operation that names a resource finds it at once, and none that is gone; so a second WorkSpace of a
user is refused although the first one is not described yet, as AWS does.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from wsclient.testing._state.visibility import RESOURCE_TYPES, ResourceType

if TYPE_CHECKING:
    from collections.abc import Generator
    from datetime import datetime

    from wsclient.testing._operations.handler import Call
    from wsclient.testing._state.store import Store


def list_view(store: Store, now: datetime) -> Store:
    """Return the store as lists show it now: to be read only."""
    lists = store.lists
    lists.prune(now)
    if not lists.hidden and not lists.removed:
        return store
    shown: dict[ResourceType, dict[str, object]] = {kind: _shown(store, kind) for kind in RESOURCE_TYPES}
    return replace(store, **shown)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - a store's own fields


def _shown(store: Store, kind: ResourceType) -> dict[str, object]:
    past = {key: record for (of, key), (_, record) in store.lists.removed.items() if of == kind}
    present = {key: record for key, record in _kept(store, kind).items() if key not in store.lists.hidden}
    return past | present


@contextmanager
def record_changes(store: Store, now: datetime) -> Generator[None]:
    """Note what comes and goes meanwhile, for the store's lists."""
    before: dict[ResourceType, dict[str, object]] = {}
    if store.lists.is_delayed:
        before = {kind: dict(_kept(store, kind)) for kind in RESOURCE_TYPES}
    yield
    for kind, known in before.items():
        kept = _kept(store, kind)
        if store.lists.appear:
            store.lists.hidden |= dict.fromkeys(kept.keys() - known.keys(), now + store.lists.appear)
        for key in known.keys() - kept.keys():
            store.lists.record_removal(kind, key, known[key], now)


def _kept(store: Store, kind: ResourceType) -> dict[str, object]:
    return cast("dict[str, object]", getattr(store, kind))


def with_lag(call: Call) -> Call:
    """Return a call as lists see the world."""

    def store_at(account_id: str, region: str) -> Store:
        return list_view(call.store_at(account_id, region), call.now)

    def stores_in(region: str) -> list[Store]:
        return [list_view(store, call.now) for store in call.stores_in(region)]

    return replace(call, store=list_view(call.store, call.now), store_at=store_at, stores_in=stores_in)
