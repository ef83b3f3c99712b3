"""Every goal that a client can wait for: its states, its default deadline, and what proves a change.

How long things take is AWS's word where it gives one, and half as long again is waited by default. The Administration
Guide names 20 minutes for creating, an hour with an encrypted root volume; 5 minutes for terminating; an hour for
another compute type, two for larger volumes; an hour for migrating; 45 minutes for an image. A rebuild may take an hour
(https://docs.aws.amazon.com/workspaces/latest/userguide/client-rebuild-workspace.html), a restore is taken to be as
long; a reboot that takes more than 20 minutes is stuck
(https://docs.aws.amazon.com/workspaces/latest/api/API_RebootWorkspaces.html). Where AWS names nothing, the deadline is
Terraform's or longer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wsclient._generated.workspaces import enums
from wsclient._generated.workspaces import structures as s
from wsclient._generated.workspaces.enums import WorkspaceState as W
from wsclient.waiters._acceptors import WaiterDefinition
from wsclient.waiters._resources import (
    ALIAS,
    ALIAS_ASSOCIATION,
    BUNDLE,
    DIRECTORY,
    IMAGE,
    INSTALLATION,
    LINK,
    POOL,
    WORKSPACE,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from wsclient._core.model.structures import Structure

MINUTE: Final = 60.0
HOUR: Final = 60 * MINUTE

SHOWS: Final = 5 * MINUTE
"""Seconds after which a change that was asked for shows in the state, so that a bad state is no longer an old one."""
REBOOTS: Final = 20 * MINUTE
REBUILDS: Final = HOUR
MODIFIES: Final = 2 * HOUR
MIGRATES: Final = HOUR

_ENDING: Final = frozenset({W.TERMINATING, W.TERMINATED})
_ILL: Final = frozenset({W.ERROR, W.UNHEALTHY, W.IMPAIRED})
_AT_REST: Final = frozenset({W.AVAILABLE, W.STOPPED})
"""States in which nothing is under way; a WorkSpace that stops by itself may have gone from one to the other."""

AVAILABLE: Final = WaiterDefinition(
    kind=WORKSPACE,
    name=W.AVAILABLE,
    within=1.5 * HOUR,
    success_states=frozenset({W.AVAILABLE}),
    failure_states=_ILL | _ENDING,
)
STOPPED: Final = WaiterDefinition(
    kind=WORKSPACE,
    name=W.STOPPED,
    within=15 * MINUTE,
    success_states=frozenset({W.STOPPED}),
    transitional_states=frozenset({W.STOPPING}),
    failure_states=_ENDING,
    failed=_ILL,
)
TERMINATED: Final = WaiterDefinition(
    kind=WORKSPACE,
    name=W.TERMINATED,
    within=10 * MINUTE,
    success_states=frozenset({W.TERMINATED}),
    transitional_states=frozenset({W.TERMINATING}),
    failure_states=frozenset({W.SUSPENDED}),  # the one state that TerminateWorkspaces does not take
    failed=frozenset({W.ERROR}),
    is_absence=True,
    gone_as=W.TERMINATED,
)
SUSPENDED: Final = WaiterDefinition(
    kind=WORKSPACE,
    name=W.SUSPENDED,
    within=10 * MINUTE,
    success_states=frozenset({W.SUSPENDED}),
    failure_states=_ILL | _ENDING,
)
IMAGE_AVAILABLE: Final = WaiterDefinition(
    kind=IMAGE,
    name=enums.WorkspaceImageState.AVAILABLE,
    within=5 * HOUR,
    success_states=frozenset({enums.WorkspaceImageState.AVAILABLE}),
    failure_states=frozenset({enums.WorkspaceImageState.ERROR}),
)
BUNDLE_AVAILABLE: Final = WaiterDefinition(
    kind=BUNDLE,
    name=enums.WorkspaceBundleState.AVAILABLE,
    within=30 * MINUTE,
    success_states=frozenset({enums.WorkspaceBundleState.AVAILABLE}),
    failure_states=frozenset({enums.WorkspaceBundleState.ERROR}),
)
_DIRECTORY = enums.WorkspaceDirectoryState
DIRECTORY_REGISTERED: Final = WaiterDefinition(
    kind=DIRECTORY,
    name=_DIRECTORY.REGISTERED,
    within=15 * MINUTE,
    success_states=frozenset({_DIRECTORY.REGISTERED}),
    transitional_states=frozenset({_DIRECTORY.REGISTERING}),
    failure_states=frozenset({_DIRECTORY.ERROR, _DIRECTORY.DEREGISTERING}),
    failed=frozenset({_DIRECTORY.DEREGISTERED}),
)
DIRECTORY_DEREGISTERED: Final = WaiterDefinition(
    kind=DIRECTORY,
    name=_DIRECTORY.DEREGISTERED,
    within=15 * MINUTE,
    success_states=frozenset({_DIRECTORY.DEREGISTERED}),
    transitional_states=frozenset({_DIRECTORY.DEREGISTERING}),
    failed=frozenset({_DIRECTORY.ERROR, _DIRECTORY.REGISTERED}),
    is_absence=True,
    gone_as=_DIRECTORY.DEREGISTERED,
)
_POOL = enums.WorkspacesPoolState
POOL_RUNNING: Final = WaiterDefinition(
    kind=POOL,
    name=_POOL.RUNNING,
    within=30 * MINUTE,
    success_states=frozenset({_POOL.RUNNING}),
    transitional_states=frozenset({_POOL.STARTING}),
    failure_states=frozenset({_POOL.DELETING}),
    failed=frozenset({_POOL.STOPPING, _POOL.STOPPED}),
)
POOL_STOPPED: Final = WaiterDefinition(
    kind=POOL,
    name=_POOL.STOPPED,
    within=30 * MINUTE,
    success_states=frozenset({_POOL.STOPPED}),
    transitional_states=frozenset({_POOL.STOPPING, _POOL.CREATING}),
    failure_states=frozenset({_POOL.DELETING}),
    failed=frozenset({_POOL.RUNNING}),
)
_INSTALLATION = enums.AssociationState
APPLICATION_INSTALLED: Final = WaiterDefinition(
    kind=INSTALLATION,
    name="installed",
    within=HOUR,
    success_states=frozenset({_INSTALLATION.COMPLETED}),
    failure_states=frozenset({_INSTALLATION.ERROR, _INSTALLATION.UNINSTALLING, _INSTALLATION.REMOVED}),
)
APPLICATION_REMOVED: Final = WaiterDefinition(
    kind=INSTALLATION,
    name=_INSTALLATION.REMOVED,
    within=HOUR,
    success_states=frozenset({_INSTALLATION.REMOVED}),
    transitional_states=frozenset({_INSTALLATION.UNINSTALLING}),
    failed=frozenset({_INSTALLATION.ERROR}),
    is_absence=True,
    gone_as=_INSTALLATION.REMOVED,
)
_ALIAS = enums.ConnectionAliasState
ALIAS_CREATED: Final = WaiterDefinition(
    kind=ALIAS,
    name=_ALIAS.CREATED,
    within=10 * MINUTE,
    success_states=frozenset({_ALIAS.CREATED}),
    failure_states=frozenset({_ALIAS.DELETING}),
)
ALIAS_DELETED: Final = WaiterDefinition(
    kind=ALIAS,
    name="deleted",
    within=10 * MINUTE,
    transitional_states=frozenset({_ALIAS.DELETING}),
    failed=frozenset({_ALIAS.CREATED}),
    is_absence=True,
)
_STATUS = enums.AssociationStatus
_ASSOCIATED: Final = frozenset({_STATUS.ASSOCIATED_WITH_OWNER_ACCOUNT, _STATUS.ASSOCIATED_WITH_SHARED_ACCOUNT})
ALIAS_ASSOCIATED: Final = WaiterDefinition(
    kind=ALIAS_ASSOCIATION,
    name="associated",
    within=10 * MINUTE,
    success_states=_ASSOCIATED,
    transitional_states=frozenset({_STATUS.PENDING_ASSOCIATION}),
    failed=frozenset({_STATUS.NOT_ASSOCIATED, _STATUS.PENDING_DISASSOCIATION}),
)
ALIAS_DISASSOCIATED: Final = WaiterDefinition(
    kind=ALIAS_ASSOCIATION,
    name="disassociated",
    within=10 * MINUTE,
    success_states=frozenset({_STATUS.NOT_ASSOCIATED}),
    transitional_states=frozenset({_STATUS.PENDING_DISASSOCIATION}),
    failed=_ASSOCIATED,
)
_LINK = enums.AccountLinkStatusEnum
ACCOUNT_LINKED: Final = WaiterDefinition(
    kind=LINK,
    name=_LINK.LINKED,
    within=24 * HOUR,  # the other account's administrator has to accept
    success_states=frozenset({_LINK.LINKED}),
    failure_states=frozenset({_LINK.LINKING_FAILED, _LINK.REJECTED, _LINK.LINK_NOT_FOUND}),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """When a change was asked for, by the monotonic clock: what was seen before may be from before."""

    at: float


def rebooted(since: Since) -> WaiterDefinition[s.Workspace]:
    """Return the goal: REBOOTING was seen and is over."""
    return _renewed("rebooted", W.REBOOTING, since, REBOOTS, within=30 * MINUTE)


def rebuilt(since: Since) -> WaiterDefinition[s.Workspace]:
    """Return the goal: REBUILDING was seen and is over."""
    return _renewed("rebuilt", W.REBUILDING, since, REBUILDS, within=1.5 * HOUR)


def restored(since: Since) -> WaiterDefinition[s.Workspace]:
    """Return the goal: RESTORING was seen and is over."""
    return _renewed("restored", W.RESTORING, since, REBUILDS, within=1.5 * HOUR)


def _renewed(name: str, through: W, since: Since, takes: float, *, within: float) -> WaiterDefinition[s.Workspace]:
    return WaiterDefinition(
        kind=WORKSPACE,
        name=name,
        within=within,
        success_states=_AT_REST,
        transitional_states=frozenset({through}),
        failure_states=_ENDING,
        failed=_ILL,
        needs_change=True,
        settled_at=since.at + takes,
        believed_at=since.at + SHOWS,
    )


def migrated(since: Since, targets: Collection[str]) -> WaiterDefinition[s.Workspace]:
    """Return the goal: the new WorkSpace is there; targets are ids that MigrateWorkspace answered as new."""
    return WaiterDefinition(
        kind=WORKSPACE,
        name="migrated",
        within=1.5 * HOUR,
        success_states=_AT_REST,
        transitional_states=frozenset({W.PENDING}),
        failure_states=_ENDING,
        failed=_ILL,
        proves=lambda workspace: workspace.workspace_id in targets,
        needs_change=True,
        settled_at=since.at + MIGRATES,
        believed_at=since.at + SHOWS,
    )


def modified(
    since: Since, properties: s.WorkspaceProperties | None, replication: enums.DataReplication | None
) -> WaiterDefinition[s.Workspace]:
    """Return the goal: no modification is under way, and the properties, where they are told, are as asked."""
    is_told = properties is not None or replication is not None

    def is_as_asked(workspace: s.Workspace) -> bool:
        settings = workspace.data_replication_settings or s.DataReplicationSettings()
        is_replicated = replication in {None, settings.data_replication}
        return is_replicated and has_properties(workspace.workspace_properties, properties)

    return WaiterDefinition(
        kind=WORKSPACE,
        name="modified",
        within=3 * HOUR,
        success_states=_AT_REST,
        transitional_states=frozenset({W.UPDATING}),
        failure_states=_ENDING,
        failed=_ILL,
        fits=lambda workspace: is_as_asked(workspace) and (is_told or not _has_failed(workspace)),
        changing=_is_being_modified,
        broken=_has_failed,
        proves=lambda workspace: is_told and is_as_asked(workspace),
        needs_change=True,
        settled_at=since.at + MODIFIES,
        believed_at=since.at + SHOWS,
    )


def has_properties(found: Structure | None, asked: s.WorkspaceProperties | None) -> bool:
    """Tell whether the properties hold whatever was asked for."""
    names = asked.__struct_fields__ if asked is not None else ()
    wanted = {name: value for name in names if (value := getattr(asked, name)) is not None}
    return all(getattr(found, name, None) == value for name, value in wanted.items())


def _is_being_modified(workspace: s.Workspace) -> bool:
    failed = enums.ModificationStateEnum.UPDATE_FAILED
    return any(one.state != failed for one in workspace.modification_states)


def _has_failed(workspace: s.Workspace) -> bool:
    failed = enums.ModificationStateEnum.UPDATE_FAILED
    return any(one.state == failed for one in workspace.modification_states)
