"""Definitions of all waiters: states, default timeouts, and the evidence of a change.

A default timeout is 1.5 times the duration that AWS documents, where it documents one. The Administration Guide says
20 minutes for creating, an hour with an encrypted root volume; 5 minutes for terminating; an hour for another compute
type, two for larger volumes; an hour for migrating; 45 minutes for an image. A rebuild may take an hour
(https://docs.aws.amazon.com/workspaces/latest/userguide/client-rebuild-workspace.html); a restore is assumed to take as
long. A reboot of more than 20 minutes is stuck
(https://docs.aws.amazon.com/workspaces/latest/api/API_RebootWorkspaces.html). Where AWS documents no duration, the
timeout is Terraform's or longer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wsclient._core.absence import is_absent
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


MINUTE: Final = 60.0
HOUR: Final = 60 * MINUTE

MAX_STATE_DELAY: Final = 5 * MINUTE
"""Maximum seconds between a change request and its state; after that, a failure state is not from before."""
REBOOT_DURATION: Final = 20 * MINUTE
REBUILD_DURATION: Final = HOUR
MODIFICATION_DURATION: Final = 2 * HOUR
MIGRATION_DURATION: Final = HOUR

_ENDING: Final = frozenset({W.TERMINATING, W.TERMINATED})
_UNHEALTHY: Final = frozenset({W.ERROR, W.UNHEALTHY, W.IMPAIRED})
_AT_REST: Final = frozenset({W.AVAILABLE, W.STOPPED})
"""States without a change in progress; an AUTO_STOP WorkSpace may go from AVAILABLE to STOPPED by itself."""

AVAILABLE: Final = WaiterDefinition(
    resource=WORKSPACE,
    name=W.AVAILABLE,
    default_timeout=1.5 * HOUR,
    success_states=frozenset({W.AVAILABLE}),
    failure_states=_UNHEALTHY | _ENDING,
)
STOPPED: Final = WaiterDefinition(
    resource=WORKSPACE,
    name=W.STOPPED,
    default_timeout=15 * MINUTE,
    success_states=frozenset({W.STOPPED}),
    transitional_states=frozenset({W.STOPPING}),
    failure_states=_ENDING,
    failure_states_after_change=_UNHEALTHY,
)
TERMINATED: Final = WaiterDefinition(
    resource=WORKSPACE,
    name=W.TERMINATED,
    default_timeout=10 * MINUTE,
    success_states=frozenset({W.TERMINATED}),
    transitional_states=frozenset({W.TERMINATING}),
    failure_states=frozenset({W.SUSPENDED}),  # TerminateWorkspaces accepts every other state
    failure_states_after_change=frozenset({W.ERROR}),
    is_absence=True,
    final_state=W.TERMINATED,
)
SUSPENDED: Final = WaiterDefinition(
    resource=WORKSPACE,
    name=W.SUSPENDED,
    default_timeout=10 * MINUTE,
    success_states=frozenset({W.SUSPENDED}),
    failure_states=_UNHEALTHY | _ENDING,
)
IMAGE_AVAILABLE: Final = WaiterDefinition(
    resource=IMAGE,
    name=enums.WorkspaceImageState.AVAILABLE,
    default_timeout=5 * HOUR,
    success_states=frozenset({enums.WorkspaceImageState.AVAILABLE}),
    failure_states=frozenset({enums.WorkspaceImageState.ERROR}),
)
BUNDLE_AVAILABLE: Final = WaiterDefinition(
    resource=BUNDLE,
    name=enums.WorkspaceBundleState.AVAILABLE,
    default_timeout=30 * MINUTE,
    success_states=frozenset({enums.WorkspaceBundleState.AVAILABLE}),
    failure_states=frozenset({enums.WorkspaceBundleState.ERROR}),
)
_DIRECTORY = enums.WorkspaceDirectoryState
DIRECTORY_REGISTERED: Final = WaiterDefinition(
    resource=DIRECTORY,
    name=_DIRECTORY.REGISTERED,
    default_timeout=15 * MINUTE,
    success_states=frozenset({_DIRECTORY.REGISTERED}),
    transitional_states=frozenset({_DIRECTORY.REGISTERING}),
    failure_states=frozenset({_DIRECTORY.ERROR, _DIRECTORY.DEREGISTERING}),
    failure_states_after_change=frozenset({_DIRECTORY.DEREGISTERED}),
)
DIRECTORY_DEREGISTERED: Final = WaiterDefinition(
    resource=DIRECTORY,
    name=_DIRECTORY.DEREGISTERED,
    default_timeout=15 * MINUTE,
    success_states=frozenset({_DIRECTORY.DEREGISTERED}),
    transitional_states=frozenset({_DIRECTORY.DEREGISTERING}),
    failure_states_after_change=frozenset({_DIRECTORY.ERROR, _DIRECTORY.REGISTERED}),
    is_absence=True,
    final_state=_DIRECTORY.DEREGISTERED,
)
_POOL = enums.WorkspacesPoolState
POOL_RUNNING: Final = WaiterDefinition(
    resource=POOL,
    name=_POOL.RUNNING,
    default_timeout=30 * MINUTE,
    success_states=frozenset({_POOL.RUNNING}),
    transitional_states=frozenset({_POOL.STARTING}),
    failure_states=frozenset({_POOL.DELETING}),
    failure_states_after_change=frozenset({_POOL.STOPPING, _POOL.STOPPED}),
)
POOL_STOPPED: Final = WaiterDefinition(
    resource=POOL,
    name=_POOL.STOPPED,
    default_timeout=30 * MINUTE,
    success_states=frozenset({_POOL.STOPPED}),
    transitional_states=frozenset({_POOL.STOPPING, _POOL.CREATING}),
    failure_states=frozenset({_POOL.DELETING}),
    failure_states_after_change=frozenset({_POOL.RUNNING}),
)
_INSTALLATION = enums.AssociationState
APPLICATION_INSTALLED: Final = WaiterDefinition(
    resource=INSTALLATION,
    name="installed",
    default_timeout=HOUR,
    success_states=frozenset({_INSTALLATION.COMPLETED}),
    failure_states=frozenset({_INSTALLATION.ERROR, _INSTALLATION.UNINSTALLING, _INSTALLATION.REMOVED}),
)
APPLICATION_REMOVED: Final = WaiterDefinition(
    resource=INSTALLATION,
    name=_INSTALLATION.REMOVED,
    default_timeout=HOUR,
    success_states=frozenset({_INSTALLATION.REMOVED}),
    transitional_states=frozenset({_INSTALLATION.UNINSTALLING}),
    failure_states_after_change=frozenset({_INSTALLATION.ERROR}),
    is_absence=True,
    final_state=_INSTALLATION.REMOVED,
)
_ALIAS = enums.ConnectionAliasState
ALIAS_CREATED: Final = WaiterDefinition(
    resource=ALIAS,
    name=_ALIAS.CREATED,
    default_timeout=10 * MINUTE,
    success_states=frozenset({_ALIAS.CREATED}),
    failure_states=frozenset({_ALIAS.DELETING}),
)
ALIAS_DELETED: Final = WaiterDefinition(
    resource=ALIAS,
    name="deleted",
    default_timeout=10 * MINUTE,
    transitional_states=frozenset({_ALIAS.DELETING}),
    failure_states_after_change=frozenset({_ALIAS.CREATED}),
    is_absence=True,
)
_STATUS = enums.AssociationStatus
_ASSOCIATED: Final = frozenset({_STATUS.ASSOCIATED_WITH_OWNER_ACCOUNT, _STATUS.ASSOCIATED_WITH_SHARED_ACCOUNT})
ALIAS_ASSOCIATED: Final = WaiterDefinition(
    resource=ALIAS_ASSOCIATION,
    name="associated",
    default_timeout=10 * MINUTE,
    success_states=_ASSOCIATED,
    transitional_states=frozenset({_STATUS.PENDING_ASSOCIATION}),
    failure_states_after_change=frozenset({_STATUS.NOT_ASSOCIATED, _STATUS.PENDING_DISASSOCIATION}),
)
ALIAS_DISASSOCIATED: Final = WaiterDefinition(
    resource=ALIAS_ASSOCIATION,
    name="disassociated",
    default_timeout=10 * MINUTE,
    success_states=frozenset({_STATUS.NOT_ASSOCIATED}),
    transitional_states=frozenset({_STATUS.PENDING_DISASSOCIATION}),
    failure_states_after_change=_ASSOCIATED,
)
_LINK = enums.AccountLinkStatusEnum
ACCOUNT_LINKED: Final = WaiterDefinition(
    resource=LINK,
    name=_LINK.LINKED,
    default_timeout=24 * HOUR,  # an administrator of the other account must accept
    success_states=frozenset({_LINK.LINKED}),
    failure_states=frozenset({_LINK.LINKING_FAILED, _LINK.REJECTED, _LINK.LINK_NOT_FOUND}),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """Time of a change request on the monotonic clock; an earlier state may be from before the change."""

    at: float


def rebooted(since: Since) -> WaiterDefinition[s.Workspace]:
    """Return the definition of a reboot: REBOOTING was observed and is over."""
    return _renewed("rebooted", W.REBOOTING, since, REBOOT_DURATION, default_timeout=30 * MINUTE)


def rebuilt(since: Since) -> WaiterDefinition[s.Workspace]:
    """Return the definition of a rebuild: REBUILDING was observed and is over."""
    return _renewed("rebuilt", W.REBUILDING, since, REBUILD_DURATION, default_timeout=1.5 * HOUR)


def restored(since: Since) -> WaiterDefinition[s.Workspace]:
    """Return the definition of a restore: RESTORING was observed and is over."""
    return _renewed("restored", W.RESTORING, since, REBUILD_DURATION, default_timeout=1.5 * HOUR)


def _renewed(
    name: str, transitional_state: W, since: Since, duration: float, *, default_timeout: float
) -> WaiterDefinition[s.Workspace]:
    return WaiterDefinition(
        resource=WORKSPACE,
        name=name,
        default_timeout=default_timeout,
        success_states=_AT_REST,
        transitional_states=frozenset({transitional_state}),
        failure_states=_ENDING,
        failure_states_after_change=_UNHEALTHY,
        needs_change=True,
        success_counts_from=since.at + duration,
        failures_count_from=since.at + MAX_STATE_DELAY,
    )


def migrated(since: Since, targets: Collection[str]) -> WaiterDefinition[s.Workspace]:
    """Return the definition of a migration; targets are the new WorkSpaces' ids from MigrateWorkspace responses."""
    return WaiterDefinition(
        resource=WORKSPACE,
        name="migrated",
        default_timeout=1.5 * HOUR,
        success_states=_AT_REST,
        transitional_states=frozenset({W.PENDING}),
        failure_states=_ENDING,
        failure_states_after_change=_UNHEALTHY,
        proves=lambda workspace: workspace.workspace_id in targets,
        needs_change=True,
        success_counts_from=since.at + MIGRATION_DURATION,
        failures_count_from=since.at + MAX_STATE_DELAY,
    )


def modified(
    since: Since, properties: s.WorkspaceProperties | None, replication: enums.DataReplication | None
) -> WaiterDefinition[s.Workspace]:
    """Return the definition of a modification: none is in progress, and values that are passed have been applied."""
    has_expectation = properties is not None or replication is not None

    def has_expected_values(workspace: s.Workspace) -> bool:
        settings = workspace.data_replication_settings or s.DataReplicationSettings()
        is_replicated = replication in {None, settings.data_replication}
        return is_replicated and has_properties(workspace.workspace_properties, properties)

    return WaiterDefinition(
        resource=WORKSPACE,
        name="modified",
        default_timeout=3 * HOUR,
        success_states=_AT_REST,
        transitional_states=frozenset({W.UPDATING}),
        failure_states=_ENDING,
        failure_states_after_change=_UNHEALTHY,
        fits=lambda workspace: has_expected_values(workspace) and (has_expectation or not _has_failed(workspace)),
        changing=_is_being_modified,
        has_failed=_has_failed,
        proves=lambda workspace: has_expectation and has_expected_values(workspace),
        needs_change=True,
        success_counts_from=since.at + MODIFICATION_DURATION,
        failures_count_from=since.at + MAX_STATE_DELAY,
    )


def has_properties(actual: s.WorkspaceProperties, expected: s.WorkspaceProperties | None) -> bool:
    """Return whether the actual properties have all values that are set in the expected ones."""
    names = expected.__struct_fields__ if expected is not None else ()
    expected_values = {name: value for name in names if not is_absent(value := getattr(expected, name))}
    return all(getattr(actual, name) == value for name, value in expected_values.items())


def _is_being_modified(workspace: s.Workspace) -> bool:
    failed = enums.ModificationStateEnum.UPDATE_FAILED
    return any(modification.state != failed for modification in workspace.modification_states)


def _has_failed(workspace: s.Workspace) -> bool:
    failed = enums.ModificationStateEnum.UPDATE_FAILED
    return any(modification.state == failed for modification in workspace.modification_states)
