"""Waiters: options, progress, references and errors of the wait_until_… methods of WorkSpacesClient.

    pending = (await workspaces.create_workspaces(workspaces=[…])).pending_requests
    ready = await workspaces.wait_until_available(pending, on_progress=print)

    since = datetime.now(UTC)
    await workspaces.reboot_workspaces(reboot_workspace_requests=[…])
    await workspaces.wait_until_rebooted(ids, since=since, timeout=900, fail_fast=False)

A WorkSpace is AVAILABLE before a change and after it: since= is the time of the change request, and the docstring of
each method says which evidence of the change counts. One poller serves all waiters of a client: 25 WorkSpaces per call,
with lower priority than the program's own calls. It retries transient failures in the next round.
"""

from wsclient import errors, types  # noqa: F401  # pyright: ignore[reportUnusedImport] - classes report them
from wsclient._core.public_names import publish
from wsclient._core.waited_items import WaitedItem
from wsclient._core.waiter_errors import WaiterError, WaiterTimeoutError
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

publish(__name__, __all__)
