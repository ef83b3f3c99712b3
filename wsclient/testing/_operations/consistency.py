"""Eventual consistency: lists that do not show yet what has just come, and still show what has just gone.

Only lists lag. An operation that names a resource finds it at once, and none that is gone; so a second WorkSpace of a
user is refused although the first one is not described yet, as AWS does.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from wsclient.testing._state.visibility import KINDS, Kind

if TYPE_CHECKING:
    from collections.abc import Generator
    from datetime import datetime

    from wsclient.testing._operations.handler import Call
    from wsclient.testing._state.store import Store


def listed(store: Store, now: datetime) -> Store:
    """Return the store as lists show it now: to be read only."""
    lists = store.lists
    lists.forget(now)
    if not lists.hidden and not lists.gone:
        return store
    shown: dict[Kind, dict[str, object]] = {kind: _shown(store, kind) for kind in KINDS}
    return replace(store, **shown)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - a store's own fields


def _shown(store: Store, kind: Kind) -> dict[str, object]:
    past = {key: record for (of, key), (_, record) in store.lists.gone.items() if of == kind}
    present = {key: record for key, record in _kept(store, kind).items() if key not in store.lists.hidden}
    return past | present


@contextmanager
def record_changes(store: Store, now: datetime) -> Generator[None]:
    """Note what comes and goes meanwhile, for the store's lists."""
    before: dict[Kind, dict[str, object]] = {}
    if store.lists.lag:
        before = {kind: dict(_kept(store, kind)) for kind in KINDS}
    yield
    for kind, known in before.items():
        kept = _kept(store, kind)
        if store.lists.appear:
            store.lists.hidden |= dict.fromkeys(kept.keys() - known.keys(), now + store.lists.appear)
        for key in known.keys() - kept.keys():
            store.lists.went(kind, key, known[key], now)


def _kept(store: Store, kind: Kind) -> dict[str, object]:
    return cast("dict[str, object]", getattr(store, kind))


def with_lag(call: Call) -> Call:
    """Return a call as lists see the world."""

    def store_at(account_id: str, region: str) -> Store:
        return listed(call.store_at(account_id, region), call.now)

    def stores_in(region: str) -> list[Store]:
        return [listed(store, call.now) for store in call.stores_in(region)]

    return replace(call, store=listed(call.store, call.now), store_at=store_at, stores_in=stores_in)
