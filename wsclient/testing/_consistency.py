"""Eventual consistency: lists that do not show yet what has just come, and still show what has just gone.

Only lists lag. An operation that names a resource finds it at once, and none that is gone; so a second WorkSpace of a
user is refused although the first one is not described yet, as AWS does.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, cast

if TYPE_CHECKING:
    from collections.abc import Generator
    from datetime import datetime

    from wsclient.testing._call import Call
    from wsclient.testing._store import Store

Kind = Literal["workspaces", "directories", "bundles", "images", "ip_groups", "aliases", "pools", "add_ins", "links"]
KINDS: tuple[Kind, ...] = (
    "workspaces",
    "directories",
    "bundles",
    "images",
    "ip_groups",
    "aliases",
    "pools",
    "add_ins",
    "links",
)
"""What lists show, by the names a store has for it."""


@dataclass(slots=True, kw_only=True)
class Lists:
    """How lists of a store lag: by appear behind what comes, by disappear behind what goes.

    hidden tells by id from when on something is listed, gone until when something still is, and as what.
    """

    appear: timedelta = timedelta()
    disappear: timedelta = timedelta()
    hidden: dict[str, datetime] = field(default_factory=dict[str, "datetime"])
    gone: dict[tuple[Kind, str], tuple[datetime, object]] = field(
        default_factory=dict[tuple[Kind, str], tuple["datetime", object]]
    )

    @property
    def lag(self) -> bool:
        """Whether they do at all."""
        return bool(self.appear or self.disappear)

    def went(self, kind: Kind, resource_id: str, record: object, at: datetime) -> None:
        """Learn that something is gone since a time."""
        if self.disappear:
            self.gone[kind, resource_id] = (at + self.disappear, record)

    def forget(self, now: datetime) -> None:
        """Drop what is listed by now, and what is not listed any more."""
        self.hidden = {key: at for key, at in self.hidden.items() if at > now}
        self.gone = {key: (until, record) for key, (until, record) in self.gone.items() if until > now}


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
def noting(store: Store, now: datetime) -> Generator[None]:
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


def lagging(call: Call) -> Call:
    """Return a call as lists see the world."""

    def store_at(account_id: str, region: str) -> Store:
        return listed(call.store_at(account_id, region), call.now)

    def stores_in(region: str) -> list[Store]:
        return [listed(store, call.now) for store in call.stores_in(region)]

    return replace(call, store=listed(call.store, call.now), store_at=store_at, stores_in=stores_in)
