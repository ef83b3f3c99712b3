"""Visibility of new and removed resources in lists: eventual consistency, driven by the emulator's clock."""

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
"""What lists show, by the names a store has for it."""


@dataclass(slots=True, kw_only=True)
class ListVisibility:
    """How lists of a store lag: by appear behind what comes, by disappear behind what goes.

    hidden tells by id from when on something is listed, gone until when something still is, and as what.
    """

    appear: timedelta = timedelta()
    disappear: timedelta = timedelta()
    hidden: dict[str, datetime] = field(default_factory=dict[str, "datetime"])
    removed: dict[tuple[ResourceType, str], tuple[datetime, object]] = field(
        default_factory=dict[tuple[ResourceType, str], tuple["datetime", object]]
    )

    @property
    def is_delayed(self) -> bool:
        """Whether they do at all."""
        return bool(self.appear or self.disappear)

    def record_removal(self, kind: ResourceType, resource_id: str, record: object, at: datetime) -> None:
        """Learn that something is gone since a time."""
        if self.disappear:
            self.removed[kind, resource_id] = (at + self.disappear, record)

    def prune(self, now: datetime) -> None:
        """Drop what is listed by now, and what is not listed any more."""
        self.hidden = {key: at for key, at in self.hidden.items() if at > now}
        self.removed = {key: (until, record) for key, (until, record) in self.removed.items() if until > now}
