"""wait_until_… methods for WorkSpaces."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar, Unpack

from wsclient._client.operations.workspaces import WorkSpacesOperations
from wsclient._core.errors import RequestValidationError
from wsclient._core.lazy_imports import LazyModule

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Self

    from wsclient._client.client_options import CheckedOptions
    from wsclient._generated.workspaces import enums as t
    from wsclient._generated.workspaces import structures as s
    from wsclient.waiters import _definitions as targets
    from wsclient.waiters import _poller as polling
    from wsclient.waiters import _references as references
    from wsclient.waiters import _waiter as waiters
else:
    s = LazyModule("wsclient.types")
    targets = LazyModule("wsclient.waiters._definitions")
    references = LazyModule("wsclient.waiters._references")
    t = LazyModule("wsclient.types")
    waiters = LazyModule("wsclient.waiters")
    polling = LazyModule("wsclient.waiters._poller")


P = ParamSpec("P")
T = TypeVar("T")


def _with_since(method: Callable[P, Coroutine[object, object, T]]) -> Callable[P, Coroutine[object, object, T]]:
    """Raise RequestValidationError for a call without since=, instead of a TypeError."""

    @wraps(method)
    async def checked(*args: P.args, **kwargs: P.kwargs) -> T:
        if "since" not in kwargs:
            raise RequestValidationError(
                f"{method.__name__} needs since=, an aware datetime just before the change request: a WorkSpace is "
                "AVAILABLE before the change and after it; nothing was sent",
                path="since",
                limit="required",
            )
        return await method(*args, **kwargs)

    return checked


class WorkspaceWaiters(WorkSpacesOperations):
    """WorkSpaces waiters. One poller serves all waiters of a client and its copies.

    Every method takes ids or structures from responses, and returns the final structures in the same order. It accepts
    the options of waiters.WaitOptions: timeout, polling, fail_fast, on_progress; its docstring has the default timeout.
    It raises WaiterError if a resource ends in a failure state, WaiterTimeoutError at the deadline, both with the
    state of all other resources, RequestValidationError for invalid arguments, ConfigurationError for wrong values of
    options, and TypeError, with the closest name, for unknown options. A transient failure of a poll is
    retried in the next round.
    """

    _pollers: list[polling.Poller]

    def _set_up(  # pyright: ignore[reportIncompatibleMethodOverride] - base is of the client's own class
        self, options: CheckedOptions, base: Self | None = None, *, is_same_identity: bool = False
    ) -> None:
        super()._set_up(options, base, is_same_identity=is_same_identity)
        # At most one poller, created at the first wait. Copies of the client share the list; a client of another
        # account or region gets its own.
        self._pollers = []

    @property
    def _poller(self) -> polling.Poller:
        from wsclient.waiters._poller import Poller  # noqa: PLC0415 - as above

        if not self._pollers:
            self._pollers.append(Poller())
        return self._pollers[0]

    def _wait(self, name: str, options: waiters.WaitOptions) -> waiters.Waiter:
        from wsclient.waiters._waiter import Waiter, check_wait_options  # noqa: PLC0415 - as above

        pipeline = self._pipeline
        time = pipeline.time
        return Waiter(name=name, client=self, poller=self._poller, time=time, options=check_wait_options(name, options))

    async def wait_until_available(
        self, workspaces: Iterable[references.WorkspaceReference], **options: Unpack[waiters.WaitOptions]
    ) -> list[s.Workspace]:
        """Wait until WorkSpaces are AVAILABLE, after creating or starting them. Default timeout: 1.5 hours.

        Failures: ERROR, UNHEALTHY, IMPAIRED, TERMINATING, TERMINATED, a WorkSpace that AWS does not describe within
        five minutes, or no longer describes. AVAILABLE counts whenever it is observed: after a reboot, rebuild,
        restore, migration or modification, use the method for that change.
        """
        return await self._wait("wait_until_available", options).wait(targets.AVAILABLE, workspaces)

    async def wait_until_stopped(
        self, workspaces: Iterable[references.WorkspaceReference], **options: Unpack[waiters.WaitOptions]
    ) -> list[s.Workspace]:
        """Wait until WorkSpaces are STOPPED. Default timeout: 15 minutes.

        Failures: TERMINATING, TERMINATED, a WorkSpace that AWS no longer describes, and, after STOPPING was observed,
        ERROR, UNHEALTHY and IMPAIRED.
        """
        return await self._wait("wait_until_stopped", options).wait(targets.STOPPED, workspaces)

    async def wait_until_terminated(
        self, workspaces: Iterable[references.WorkspaceReference], **options: Unpack[waiters.WaitOptions]
    ) -> list[s.Workspace]:
        """Wait until WorkSpaces are terminated: AWS no longer describes them. Default timeout: 10 minutes.

        A WorkSpace that this client has described, or whose description is passed, is gone when it is missing after
        TERMINATING, or in two consecutive polls; any other WorkSpace after a minute of polls. The result is the last
        description, with the state TERMINATED. Failures: SUSPENDED, which cannot be terminated, and ERROR after
        TERMINATING.
        """
        return await self._wait("wait_until_terminated", options).wait(targets.TERMINATED, workspaces)

    async def wait_until_suspended(
        self, workspaces: Iterable[references.WorkspaceReference], **options: Unpack[waiters.WaitOptions]
    ) -> list[s.Workspace]:
        """Wait until WorkSpaces are SUSPENDED, as during the creation of an image. Default timeout: 10 minutes.

        Failures: ERROR, UNHEALTHY, IMPAIRED, TERMINATING, TERMINATED, and a WorkSpace that AWS no longer describes.
        """
        return await self._wait("wait_until_suspended", options).wait(targets.SUSPENDED, workspaces)

    @_with_since
    async def wait_until_rebooted(
        self,
        workspaces: Iterable[references.WorkspaceReference],
        *,
        since: datetime,
        **options: Unpack[waiters.WaitOptions],
    ) -> list[s.Workspace]:
        """Wait until WorkSpaces have been rebooted since a time. Default timeout: 30 minutes.

        AVAILABLE or STOPPED counts after REBOOTING was observed, or 20 minutes after since: AWS calls a longer reboot
        stuck. Failures: TERMINATING, TERMINATED, a WorkSpace that AWS no longer describes, and ERROR, UNHEALTHY and
        IMPAIRED after REBOOTING or five minutes after since.

        Args:
            workspaces: ids or structures.
            since: aware datetime just before the reboot request.
        """
        wait = self._wait("wait_until_rebooted", options)
        return await wait.wait(targets.rebooted(wait.since(since)), workspaces)

    @_with_since
    async def wait_until_rebuilt(
        self,
        workspaces: Iterable[references.WorkspaceReference],
        *,
        since: datetime,
        **options: Unpack[waiters.WaitOptions],
    ) -> list[s.Workspace]:
        """Wait until WorkSpaces have been rebuilt since a time. Default timeout: 1.5 hours.

        AVAILABLE or STOPPED counts after REBUILDING was observed; from five minutes after since on, if a rebuild
        snapshot is newer than since, because AWS takes a snapshot soon after a rebuild; or an hour after since, the
        maximum duration of a rebuild. Failures as for wait_until_rebooted.

        Args:
            workspaces: ids or structures.
            since: aware datetime just before the rebuild request.
        """
        wait = self._wait("wait_until_rebuilt", options)
        definition, service_since = targets.rebuilt(wait.since(since)), self._service_time(since)
        return await wait.wait(
            definition, workspaces, lambda snapshots: _has_newer(snapshots.rebuild_snapshots, service_since)
        )

    @_with_since
    async def wait_until_restored(
        self,
        workspaces: Iterable[references.WorkspaceReference],
        *,
        since: datetime,
        **options: Unpack[waiters.WaitOptions],
    ) -> list[s.Workspace]:
        """Wait until WorkSpaces have been restored since a time. Default timeout: 1.5 hours.

        AVAILABLE or STOPPED counts after RESTORING was observed; from five minutes after since on, if a restore
        snapshot is newer than since; or an hour after since. Failures as for wait_until_rebooted.

        Args:
            workspaces: ids or structures.
            since: aware datetime just before the restore request.
        """
        wait = self._wait("wait_until_restored", options)
        definition, service_since = targets.restored(wait.since(since)), self._service_time(since)
        return await wait.wait(
            definition, workspaces, lambda snapshots: _has_newer(snapshots.restore_snapshots, service_since)
        )

    @_with_since
    async def wait_until_modified(
        self,
        workspaces: Iterable[references.WorkspaceReference],
        *,
        since: datetime,
        properties: s.WorkspaceProperties | None = None,
        data_replication: t.DataReplication | None = None,
        **options: Unpack[waiters.WaitOptions],
    ) -> list[s.Workspace]:
        """Wait until WorkSpaces have been modified since a time. Default timeout: 3 hours.

        A WorkSpace counts when it is AVAILABLE or STOPPED, its ModificationStates have no modification in progress, and
        it has the values of properties and data_replication. Without both arguments, it counts after UPDATING or a
        modification was observed, or two hours after since, the maximum duration for larger volumes. A running mode
        changes immediately, without a visible state: pass properties for it. Failures: TERMINATING, TERMINATED, a
        WorkSpace that AWS no longer describes, and UPDATE_FAILED, ERROR, UNHEALTHY and IMPAIRED after the modification
        was observed or five minutes after since.

        Args:
            workspaces: ids or structures.
            since: aware datetime just before the modification request.
            properties: properties of the request.
            data_replication: data replication of the request.
        """
        wait = self._wait("wait_until_modified", options)
        return await wait.wait(targets.modified(wait.since(since), properties, data_replication), workspaces)

    @_with_since
    async def wait_until_migrated(
        self, migrations: Iterable[references.Migration], *, since: datetime, **options: Unpack[waiters.WaitOptions]
    ) -> list[s.Workspace]:
        """Wait until the new WorkSpaces of migrations are available, and return them. Default timeout: 1.5 hours.

        For a response of migrate_workspace(), AVAILABLE or STOPPED counts immediately: its target WorkSpace is new. For
        an id, which may be that of the old WorkSpace, it counts after PENDING was observed, or an hour after since, the
        maximum duration of a migration. Failures: ERROR, UNHEALTHY, IMPAIRED, TERMINATING, TERMINATED, a WorkSpace that
        AWS does not describe within five minutes, or no longer describes.

        Args:
            migrations: responses of migrate_workspace(), or ids of new WorkSpaces.
            since: aware datetime just before the migration request.
        """
        from wsclient.waiters._resources import WORKSPACE  # noqa: PLC0415 - as above

        wait = self._wait("wait_until_migrated", options)
        references = wait.reference_list(WORKSPACE, migrations)
        results = [item for item in references if isinstance(item, s.MigrateWorkspaceResult)]
        new_ids = frozenset(item.target_workspace_id for item in results if item.target_workspace_id)
        return await wait.wait(targets.migrated(wait.since(since), new_ids), references)

    def _service_time(self, moment: datetime) -> datetime:
        """Convert a local time to the service's clock, by the skew that is believed."""
        return self._shared.skew.service_time(moment)


def _has_newer(snapshots: Iterable[s.Snapshot], since: datetime) -> bool:
    return any(snapshot.snapshot_time is not None and snapshot.snapshot_time > since for snapshot in snapshots)
