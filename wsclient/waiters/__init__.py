"""Waiting for what AWS takes minutes for: what the wait_until_… methods of WorkSpacesClient take, tell and raise.

    pending = (await workspaces.create_workspaces(workspaces=[…])).pending_requests
    ready = await workspaces.wait_until_available(pending, on_progress=print)

    since = datetime.now(UTC)
    await workspaces.reboot_workspaces(reboot_workspace_requests=[…])
    await workspaces.wait_until_rebooted(ids, since=since, timeout=900, fail_fast=False)

A WorkSpace is AVAILABLE before a change as well as after: since= says from when on a change counts, and each method
says what it takes as proof. One poller looks for everybody who waits on a client, 25 WorkSpaces a call, after calls
that people wait for. A look that fails in passing is made again.
"""

from wsclient._core.waiter_errors import WaitedItem, WaiterError, WaiterTimeoutError
from wsclient.waiters._poller import Polling
from wsclient.waiters._references import (
    AliasReference,
    ApplicationReference,
    BundleReference,
    DirectoryReference,
    ImageReference,
    LinkReference,
    Migration,
    PoolReference,
    WorkspaceReference,
)
from wsclient.waiters._waiter import WaitOptions, WaitProgress

__all__ = [
    "AliasReference",
    "ApplicationReference",
    "BundleReference",
    "DirectoryReference",
    "ImageReference",
    "LinkReference",
    "Migration",
    "Polling",
    "PoolReference",
    "WaitOptions",
    "WaitProgress",
    "WaitedItem",
    "WaiterError",
    "WaiterTimeoutError",
    "WorkspaceReference",
]
