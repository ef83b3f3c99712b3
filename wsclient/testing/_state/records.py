"""What an account can have besides WorkSpaces and directories, and how it moves on by the clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from msgspec.structs import replace

from wsclient._core.model.structures import Structure
from wsclient._generated.workspaces import enums
from wsclient._generated.workspaces import structures as s

if TYPE_CHECKING:
    from datetime import datetime

    from wsclient._core.model.enums import OpenEnum

DescribedT = TypeVar("DescribedT", bound=Structure)


@dataclass(slots=True, kw_only=True)
class Record(Generic[DescribedT]):
    """A resource with a state as it is described, and the state it will be in and from when on: None is its end."""

    described: DescribedT
    change: tuple[datetime, OpenEnum | None] | None = None
    is_gone: bool = False

    def transition(self, through: OpenEnum, at: datetime, to: OpenEnum | None) -> None:
        """Go into one state now, and into another one at that time."""
        self.described = replace(self.described, state=through)
        self.change = (at, to)

    @property
    def due(self) -> datetime | None:
        """When it goes into another state, None where it stays."""
        return self.change[0] if self.change else None

    def apply_due_changes(self, now: datetime) -> None:
        """Let happen what is due."""
        if self.change and self.change[0] <= now:
            (_, state), self.change = self.change, None
            if state is None:
                self.is_gone = True
            else:
                self.described = replace(self.described, state=state)


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """Where an image comes from that EC2 Image Builder makes, and from when until when it does."""

    begun: datetime
    done: datetime
    infrastructure_arn: str
    source: s.ImageSourceIdentifier


@dataclass(slots=True, kw_only=True)
class ImageRecord(Record[s.WorkspaceImage]):
    """An image: its operating system and volumes in GiB, which accounts may copy it, how it was imported."""

    system: enums.OperatingSystemName
    root_gib: int = 80
    user_gib: int = 10
    shared_with: list[str] = field(default_factory=list[str])
    imported: Import | None = None


@dataclass(slots=True, kw_only=True)
class PoolRecord(Record[s.WorkspacesPool]):
    """A pool; its capacity is worked out when it is described."""

    desired_sessions: int


@dataclass(slots=True, kw_only=True)
class AliasRecord(Record[s.ConnectionAlias]):
    """A connection alias, with whom it is shared, and what its association becomes and when: None is its end."""

    shared_with: str | None = None
    association: s.ConnectionAliasAssociation | None = None
    association_change: tuple[datetime, s.ConnectionAliasAssociation | None] | None = None

    def apply_due_changes(self, now: datetime) -> None:
        """Let happen what is due."""
        # The base by its name: a dataclass with slots is another class than the one super() looks for.
        Record[s.ConnectionAlias].apply_due_changes(self, now)
        if self.association_change and self.association_change[0] <= now:
            (_, self.association), self.association_change = self.association_change, None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationRecord:
    """An application, and the ids of those that no WorkSpace can have besides it."""

    application: s.WorkSpaceApplication
    excludes: frozenset[str] = frozenset()


_DEPLOYED = {
    enums.AssociationState.INSTALLING: enums.AssociationState.COMPLETED,
    enums.AssociationState.UNINSTALLING: enums.AssociationState.REMOVED,
}
"""What a deployment goes through, and what it ends in."""
_UNREACHABLE = s.AssociationStateReason(
    error_code=enums.AssociationErrorCode.DEPLOYMENTERROR_WORKSPACEUNREACHABLE,
    error_message="The WorkSpace could not be reached.",
)


@dataclass(slots=True, kw_only=True)
class Installation:
    """An application that belongs to a WorkSpace, an image or a bundle. REMOVED is its end.

    attempt is what was last deployed, in ERROR what failed; is_reachable says whether its WorkSpace is there to deploy
    to: a deployment that ends when it is not has failed, and reason says why.
    """

    application_id: str
    resource_id: str
    kind: enums.ApplicationAssociatedResourceType
    created: datetime
    updated: datetime
    state: enums.AssociationState
    attempt: enums.AssociationState = enums.AssociationState.INSTALLING
    due: datetime | None = None
    reason: s.AssociationStateReason | None = None
    is_reachable: bool = True

    def deploy(self, attempt: enums.AssociationState, now: datetime, due: datetime) -> None:
        """Be INSTALLING or UNINSTALLING from now on until it is due."""
        self.set_state(attempt, now)
        self.attempt, self.due, self.reason = attempt, due, None

    def set_state(self, state: enums.AssociationState, now: datetime) -> None:
        """Go into a state."""
        self.state, self.updated = state, now

    def apply_due_changes(self, now: datetime) -> None:
        """Let happen what is due."""
        if self.due is not None and self.due <= now:
            at, self.due = self.due, None
            self.set_state(_DEPLOYED[self.attempt] if self.is_reachable else enums.AssociationState.ERROR, at)
            self.reason = None if self.is_reachable else _UNREACHABLE

    @property
    def is_gone(self) -> bool:
        """Whether nothing is left of it."""
        return self.state is enums.AssociationState.REMOVED


@dataclass(slots=True, kw_only=True)
class Byol:
    """Bring Your Own License: whether AWS has allowed it to the account, and what the account has made of it."""

    is_allowed: bool = False
    cidr_range: str | None = None
    modifications: list[s.AccountModification] = field(default_factory=list[s.AccountModification])
    change_at: datetime | None = None

    @property
    def is_enabled(self) -> bool:
        """Whether dedicated hardware is there for the account."""
        return self.cidr_range is not None

    def apply_due_changes(self, now: datetime) -> None:
        """Let happen what is due."""
        if self.change_at is not None and self.change_at <= now:
            self.change_at = None
            done = replace(
                self.modifications[-1], modification_state=enums.DedicatedTenancyModificationStateEnum.COMPLETED
            )
            self.modifications[-1] = done
            self.cidr_range = done.dedicated_tenancy_management_cidr_range
