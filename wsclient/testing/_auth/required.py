"""RequiredPermission: one action on one resource that a call requires."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredPermission:
    """Permission that a call requires: an action on a resource, with the condition keys of both.

    is_granted is True if the resource's own policy allows the action: then an identity-based policy need not allow it,
    but may deny it.
    """

    action: str
    resource: str
    is_granted: bool = False
    keys: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict[str, "str | tuple[str, ...]"])
