"""Records of images, pools, connection aliases, applications and BYOL, with their pending state changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from msgspec.structs import replace

from wsclient._core.model.structures import Structure
from wsclient._generated.workspaces import enums
from wsclient._generated.workspaces import structures as s
from wsclient.testing._state.timed_records import TimedRecord

if TYPE_CHECKING:
    from datetime import datetime

    from wsclient._core.model.enums import OpenEnum

DescribedT = TypeVar("DescribedT", bound=Structure)


@dataclass(slots=True, kw_only=True)
class Record(TimedRecord, Generic[DescribedT]):
    """Resource with a state, and its pending state change: a time and the next state, None for its removal."""

    described: DescribedT
    change: tuple[datetime, OpenEnum | None] | None = None
    is_gone: bool = False

    def transition(self, through: OpenEnum, at: datetime, to: OpenEnum | None) -> None:
        """Set a transitional state now, and the final state at a time; None removes the resource then."""
        self.described = replace(self.described, state=through)
        self.change = (at, to)

    @property
    def removal_due(self) -> datetime | None:
        """Time of the pending state change, None without one."""
        return self.change[0] if self.change else None

    def apply_due_changes(self, now: datetime) -> None:
        """Apply the state change that is due."""
        if self.change and self.change[0] <= now:
            (_, state), self.change = self.change, None
            if state is None:
                self.is_gone = True  # pyright: ignore[reportIncompatibleMethodOverride] - a property to its readers
            else:
                self.described = replace(self.described, state=state)


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """Import of an image by EC2 Image Builder: its source, start time and end time."""

    begun: datetime
    done: datetime
    infrastructure_arn: str
    source: s.ImageSourceIdentifier


@dataclass(slots=True, kw_only=True)
class ImageRecord(Record[s.WorkspaceImage]):
    """Image: operating system, volume sizes in GiB, the accounts it is shared with, and its import."""

    system: enums.OperatingSystemName
    root_gib: int = 80
    user_gib: int = 10
    shared_with: list[str] = field(default_factory=list[str])
    imported: Import | None = None


@dataclass(slots=True, kw_only=True)
class PoolRecord(Record[s.WorkspacesPool]):
    """Pool; DescribeWorkspacesPools computes its capacity."""

    desired_sessions: int


@dataclass(slots=True, kw_only=True)
class AliasRecord(Record[s.ConnectionAlias]):
    """Connection alias: the account it is shared with, its association, and the pending change of the association.

    A pending change is a time and the next association, None for disassociation.
    """

    shared_with: str | None = None
    association: s.ConnectionAliasAssociation | None = None
    association_change: tuple[datetime, s.ConnectionAliasAssociation | None] | None = None

    @property
    def next_change_at(self) -> datetime | None:
        """Time of the first pending change, None without one."""
        pending = [change[0] for change in (self.change, self.association_change) if change is not None]
        return min(pending, default=None)

    def apply_due_changes(self, now: datetime) -> None:
        """Apply the state change that is due."""
        # Call the base by name: dataclass(slots=True) creates a new class, and super() without arguments refers to
        # the original one (CPython issue 90562).
        Record[s.ConnectionAlias].apply_due_changes(self, now)
        if self.association_change and self.association_change[0] <= now:
            (_, self.association), self.association_change = self.association_change, None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationRecord:
    """Application, and the ids of the applications that exclude it on the same WorkSpace."""

    application: s.WorkSpaceApplication
    excludes: frozenset[str] = frozenset()


_DEPLOYED = {
    enums.AssociationState.INSTALLING: enums.AssociationState.COMPLETED,
    enums.AssociationState.UNINSTALLING: enums.AssociationState.REMOVED,
}
"""Final state of a deployment, by its transitional state."""
_UNREACHABLE = s.AssociationStateReason(
    error_code=enums.AssociationErrorCode.DEPLOYMENTERROR_WORKSPACEUNREACHABLE,
    error_message="The WorkSpace could not be reached.",
)


@dataclass(slots=True, kw_only=True)
class Installation(TimedRecord):
    """Application on a WorkSpace, an image or a bundle. In the state REMOVED it no longer exists.

    attempt is the last deployment, INSTALLING or UNINSTALLING; in the state ERROR, the failed one. is_reachable is
    False if the WorkSpace is not AVAILABLE: a deployment that ends then has failed, and reason holds the error.
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
        """Start a deployment, INSTALLING or UNINSTALLING, that ends at due."""
        self.set_state(attempt, now)
        self.attempt, self.due, self.reason = attempt, due, None

    def set_state(self, state: enums.AssociationState, now: datetime) -> None:
        """Set the state and the time of the last update."""
        self.state, self.updated = state, now

    def apply_due_changes(self, now: datetime) -> None:
        """Apply the state change that is due."""
        if self.due is not None and self.due <= now:
            at, self.due = self.due, None
            self.set_state(_DEPLOYED[self.attempt] if self.is_reachable else enums.AssociationState.ERROR, at)
            self.reason = None if self.is_reachable else _UNREACHABLE

    @property
    def removal_due(self) -> datetime | None:
        """Time of the end of the deployment, None without one."""
        return self.due

    @property
    def is_gone(self) -> bool:
        """True if the application is removed."""
        return self.state == enums.AssociationState.REMOVED


@dataclass(slots=True, kw_only=True)
class Byol:
    """Bring Your Own License: whether AWS allows it for the account, and the account's modifications."""

    is_allowed: bool = False
    cidr_range: str | None = None
    modifications: list[s.AccountModification] = field(default_factory=list[s.AccountModification])
    change_at: datetime | None = None

    @property
    def is_enabled(self) -> bool:
        """True if the account has dedicated hardware."""
        return self.cidr_range is not None

    def apply_due_changes(self, now: datetime) -> None:
        """Apply the state change that is due."""
        if self.change_at is not None and self.change_at <= now:
            self.change_at = None
            done = replace(
                self.modifications[-1], modification_state=enums.DedicatedTenancyModificationStateEnum.COMPLETED
            )
            self.modifications[-1] = done
            self.cidr_range = done.dedicated_tenancy_management_cidr_range
