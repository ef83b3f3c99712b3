"""The waiters of WorkSpaces, as methods of their client."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from wsclient._client.operations.workspaces import WorkSpacesOperations
from wsclient._core.errors import RequestValidationError
from wsclient._core.lazy_imports import LazyModule
from wsclient._generated.workspaces import structures as s

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable
    from datetime import datetime, timedelta
    from typing import Self, Unpack

    from wsclient._client.options import ClientOptions
    from wsclient._generated.workspaces.enums import DataReplication
    from wsclient.waiters import _definitions as targets
    from wsclient.waiters._poller import Poller
    from wsclient.waiters._references import Migration, WorkspaceReference
    from wsclient.waiters._waiter import Waiter, WaitOptions
else:
    targets = LazyModule("wsclient.waiters._definitions")


P = ParamSpec("P")
T = TypeVar("T")


def _with_since(method: Callable[P, Coroutine[object, object, T]]) -> Callable[P, Coroutine[object, object, T]]:
    """Say what is missing to a caller whom no type checker told."""

    @wraps(method)
    async def checked(*args: P.args, **kwargs: P.kwargs) -> T:
        if "since" not in kwargs:
            raise RequestValidationError(
                f"{method.__name__} needs since=, the time just before the change was asked for: a WorkSpace is "
                "AVAILABLE before as well as after; nothing was sent",
                path="since",
                limit="required",
            )
        return await method(*args, **kwargs)

    return checked


class WorkspaceWaiters(WorkSpacesOperations):
    """Waits until WorkSpaces are in a state: one poller looks for everybody who waits on a client and on its copies.

    Every method takes ids or the structures that operations answer, and returns the final structures in their order. It
    takes the options of waiters.WaitOptions: timeout, polling, fail_fast, on_progress. Its default deadline is in its
    docstring. It raises WaiterError when one of them ends in a state that it does not come back from,
    WaiterTimeoutError when the time is up, with all that is known of the others in either; RequestValidationError for
    what can only be a mistake. A look that fails in passing is made again in the next round.
    """

    _pollers: list[Poller]

    def _set_up(  # pyright: ignore[reportIncompatibleMethodOverride] - beside is of the client's own class
        self, options: ClientOptions, beside: Self | None = None, *, is_same_identity: bool = False
    ) -> None:
        super()._set_up(options, beside, is_same_identity=is_same_identity)
        # One, made at the first wait. A cheap copy has this same list; a client of another place has its own.
        self._pollers = []

    @property
    def _poller(self) -> Poller:
        from wsclient.waiters._poller import Poller  # noqa: PLC0415 - as above

        if not self._pollers:
            self._pollers.append(Poller())
        return self._pollers[0]

    def _wait(self, name: str, options: WaitOptions) -> Waiter:
        from wsclient.waiters._waiter import Waiter  # noqa: PLC0415 - as above

        pipeline = self._pipeline
        means = pipeline.time
        return Waiter(name=name, client=self, poller=self._poller, means=means, options=options)

    async def wait_until_available(
        self, workspaces: Iterable[WorkspaceReference], **options: Unpack[WaitOptions]
    ) -> list[s.Workspace]:
        """Wait until WorkSpaces are AVAILABLE, after creating or starting them: an hour and a half by default.

        ERROR, UNHEALTHY, IMPAIRED, TERMINATING and TERMINATED are failures, and so is one that is not described within
        five minutes, or no longer. AVAILABLE counts whenever it is seen: after a reboot, rebuild, restore, migration or
        modification, wait for that instead.
        """
        return await self._wait("wait_until_available", options).wait(targets.AVAILABLE, workspaces)

    async def wait_until_stopped(
        self, workspaces: Iterable[WorkspaceReference], **options: Unpack[WaitOptions]
    ) -> list[s.Workspace]:
        """Wait until WorkSpaces are STOPPED: 15 minutes by default.

        Failures are TERMINATING and TERMINATED, to be gone, and, once STOPPING was seen, ERROR, UNHEALTHY and IMPAIRED.
        """
        return await self._wait("wait_until_stopped", options).wait(targets.STOPPED, workspaces)

    async def wait_until_terminated(
        self, workspaces: Iterable[WorkspaceReference], **options: Unpack[WaitOptions]
    ) -> list[s.Workspace]:
        """Wait until WorkSpaces are terminated, that is: until AWS no longer describes them. 10 minutes by default.

        One that this client has seen, or that is given as it was described, is gone after TERMINATING, or when two
        looks in a row miss it; one that nobody has seen after a minute of looks. Returned is the last description, with
        the state TERMINATED. SUSPENDED, which cannot be terminated, is a failure, and ERROR after TERMINATING.
        """
        return await self._wait("wait_until_terminated", options).wait(targets.TERMINATED, workspaces)

    async def wait_until_suspended(
        self, workspaces: Iterable[WorkspaceReference], **options: Unpack[WaitOptions]
    ) -> list[s.Workspace]:
        """Wait until WorkSpaces are SUSPENDED, as they are while an image is made of them: 10 minutes by default.

        ERROR, UNHEALTHY, IMPAIRED, TERMINATING and TERMINATED are failures, and to be gone.
        """
        return await self._wait("wait_until_suspended", options).wait(targets.SUSPENDED, workspaces)

    @_with_since
    async def wait_until_rebooted(
        self, workspaces: Iterable[WorkspaceReference], *, since: datetime, **options: Unpack[WaitOptions]
    ) -> list[s.Workspace]:
        """Wait until WorkSpaces have been rebooted since a time: 30 minutes by default.

        AVAILABLE, or STOPPED, counts when REBOOTING was seen before, or 20 minutes after since: AWS calls a reboot that
        takes longer stuck. Failures are TERMINATING, TERMINATED, to be gone, and ERROR, UNHEALTHY and IMPAIRED after
        REBOOTING or five minutes after since.

        Args:
            workspaces: ids or structures.
            since: the time just before the reboot was asked for, aware.
        """
        wait = self._wait("wait_until_rebooted", options)
        return await wait.wait(targets.rebooted(wait.since(since)), workspaces)

    @_with_since
    async def wait_until_rebuilt(
        self, workspaces: Iterable[WorkspaceReference], *, since: datetime, **options: Unpack[WaitOptions]
    ) -> list[s.Workspace]:
        """Wait until WorkSpaces have been rebuilt since a time: an hour and a half by default.

        AVAILABLE, or STOPPED, counts when REBUILDING was seen before; when, five minutes after since or later, there is
        a snapshot to rebuild from that is newer than since, for AWS takes one soon after a rebuild; or an hour after
        since, which a rebuild may take. Failures as with a reboot.

        Args:
            workspaces: ids or structures.
            since: the time just before the rebuild was asked for, aware.
        """
        wait = self._wait("wait_until_rebuilt", options)
        goal, theirs = targets.rebuilt(wait.since(since)), self._by_their_clock(since)
        return await wait.wait(goal, workspaces, lambda found: _is_newer(found.rebuild_snapshots, theirs))

    @_with_since
    async def wait_until_restored(
        self, workspaces: Iterable[WorkspaceReference], *, since: datetime, **options: Unpack[WaitOptions]
    ) -> list[s.Workspace]:
        """Wait until WorkSpaces have been restored since a time: an hour and a half by default.

        AVAILABLE, or STOPPED, counts when RESTORING was seen before; when, five minutes after since or later, there is
        a snapshot to restore from that is newer than since; or an hour after since. Failures as with a reboot.

        Args:
            workspaces: ids or structures.
            since: the time just before the restore was asked for, aware.
        """
        wait = self._wait("wait_until_restored", options)
        goal, theirs = targets.restored(wait.since(since)), self._by_their_clock(since)
        return await wait.wait(goal, workspaces, lambda found: _is_newer(found.restore_snapshots, theirs))

    @_with_since
    async def wait_until_modified(
        self,
        workspaces: Iterable[WorkspaceReference],
        *,
        since: datetime,
        properties: s.WorkspaceProperties | None = None,
        data_replication: DataReplication | None = None,
        **options: Unpack[WaitOptions],
    ) -> list[s.Workspace]:
        """Wait until WorkSpaces have been modified since a time: three hours by default.

        One that is AVAILABLE or STOPPED, with no modification under way in its ModificationStates, counts when what was
        asked for is told and is so. When it is not told: when UPDATING or a modification was seen before, or two hours
        after since, which larger volumes may take; a running mode changes at once and shows nothing, so tell it.
        Failures are TERMINATING, TERMINATED, to be gone, and UPDATE_FAILED, ERROR, UNHEALTHY and IMPAIRED after the
        modification was seen or five minutes after since.

        Args:
            workspaces: ids or structures.
            since: the time just before the modification was asked for, aware.
            properties: what was asked for.
            data_replication: what was asked for of that.
        """
        wait = self._wait("wait_until_modified", options)
        return await wait.wait(targets.modified(wait.since(since), properties, data_replication), workspaces)

    @_with_since
    async def wait_until_migrated(
        self, migrations: Iterable[Migration], *, since: datetime, **options: Unpack[WaitOptions]
    ) -> list[s.Workspace]:
        """Wait until the new WorkSpaces of migrations are there, and return those: an hour and a half by default.

        AVAILABLE, or STOPPED, counts at once for what migrate_workspace() answered: its target is new. For an id, which
        may be the old one's, it counts when PENDING was seen before, or an hour after since, which a migration may
        take. Failures are ERROR, UNHEALTHY, IMPAIRED, TERMINATING and TERMINATED, one that is not described within five
        minutes, or no longer.

        Args:
            migrations: answers of migrate_workspace(), or ids of new WorkSpaces.
            since: the time just before the migration was asked for, aware.
        """
        from wsclient.waiters._resources import WORKSPACE  # noqa: PLC0415 - as above

        wait = self._wait("wait_until_migrated", options)
        asked = wait.listed(WORKSPACE, migrations)
        answers = [one for one in asked if isinstance(one, s.MigrateWorkspaceResult)]
        new = frozenset(one.target_workspace_id for one in answers if one.target_workspace_id is not None)
        return await wait.wait(targets.migrated(wait.since(since), new), asked)

    def _by_their_clock(self, moment: datetime) -> datetime:
        skew: timedelta | None = self.clock_skew
        return moment if skew is None else moment + skew


def _is_newer(snapshots: Iterable[s.Snapshot], since: datetime) -> bool:
    return any(one.snapshot_time is not None and one.snapshot_time > since for one in snapshots)
