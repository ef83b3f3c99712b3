"""Visibility of new and removed resources in list operations: eventual consistency, by the emulator's clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime


ResourceType = Literal[
    "workspaces", "directories", "bundles", "images", "ip_groups", "aliases", "pools", "add_ins", "links"
]
RESOURCE_TYPES: tuple[ResourceType, ...] = (
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
"""Resource types of list operations, by the names of the store's attributes."""


@dataclass(slots=True, kw_only=True)
class ListVisibility:
    """Delays of the list operations of one store.

    Lists show a new resource after appear, and a removed resource until disappear has passed. hidden holds, by id, the
    time from which a new resource is listed; removed holds the time until which a removed resource is listed, with its
    last record.
    """

    appear: timedelta = timedelta()
    disappear: timedelta = timedelta()
    hidden: dict[str, datetime] = field(default_factory=dict[str, "datetime"])
    removed: dict[tuple[ResourceType, str], tuple[datetime, object]] = field(
        default_factory=dict[tuple[ResourceType, str], tuple["datetime", object]]
    )

    @property
    def is_delayed(self) -> bool:
        """True if lists show new or removed resources with a delay."""
        return bool(self.appear or self.disappear)

    def record_removal(self, resource_type: ResourceType, resource_id: str, record: object, at: datetime) -> None:
        """Record the removal of a resource, with its last record and the time of its removal."""
        if self.disappear:
            self.removed[resource_type, resource_id] = (at + self.disappear, record)

    def prune(self, now: datetime) -> None:
        """Drop the entries whose time has passed."""
        self.hidden = {key: at for key, at in self.hidden.items() if at > now}
        self.removed = {key: (until, record) for key, (until, record) in self.removed.items() if until > now}
