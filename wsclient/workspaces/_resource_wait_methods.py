"""wait_until_… methods for images, bundles, directories, pools, applications, aliases and account links."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Unpack

from wsclient._core.lazy_imports import LazyModule
from wsclient.workspaces._wait_methods import WorkspaceWaiters

if TYPE_CHECKING:
    from wsclient._generated.workspaces import structures as s
    from wsclient.waiters import _definitions as targets
    from wsclient.waiters import _references as references
    from wsclient.waiters import _waiter as waiters
else:
    targets = LazyModule("wsclient.waiters._definitions")
    references = LazyModule("wsclient.waiters._references")
    s = LazyModule("wsclient.types")
    waiters = LazyModule("wsclient.waiters")


class ResourceWaiters(WorkspaceWaiters):
    """Waiters of all other resources, with the options and errors of WorkspaceWaiters."""

    async def wait_until_image_available(
        self, images: Iterable[references.ImageReference], **options: Unpack[waiters.WaitOptions]
    ) -> list[s.WorkspaceImage]:
        """Wait until images are AVAILABLE. Default timeout: 5 hours, for an import; other images take less.

        Failures: ERROR, an image that AWS does not describe within five minutes, or no longer describes.
        """
        return await self._wait("wait_until_image_available", options).wait(targets.IMAGE_AVAILABLE, images)

    async def wait_until_bundle_available(
        self, bundles: Iterable[references.BundleReference], **options: Unpack[waiters.WaitOptions]
    ) -> list[s.WorkspaceBundle]:
        """Wait until bundles are AVAILABLE. Default timeout: 30 minutes. Failures as for images."""
        return await self._wait("wait_until_bundle_available", options).wait(targets.BUNDLE_AVAILABLE, bundles)

    async def wait_until_directory_registered(
        self, directories: Iterable[references.DirectoryReference], **options: Unpack[waiters.WaitOptions]
    ) -> list[s.WorkspaceDirectory]:
        """Wait until directories are REGISTERED. Default timeout: 15 minutes.

        Failures: ERROR, DEREGISTERING, DEREGISTERED after REGISTERING, a directory that AWS does not describe within
        five minutes, or no longer describes.
        """
        wait = self._wait("wait_until_directory_registered", options)
        return await wait.wait(targets.DIRECTORY_REGISTERED, directories)

    async def wait_until_directory_deregistered(
        self, directories: Iterable[references.DirectoryReference], **options: Unpack[waiters.WaitOptions]
    ) -> list[s.WorkspaceDirectory]:
        """Wait until directories are DEREGISTERED, or AWS no longer describes them. Default timeout: 15 minutes.

        A directory counts as gone as in wait_until_terminated. Failures: ERROR and REGISTERED after DEREGISTERING.
        """
        wait = self._wait("wait_until_directory_deregistered", options)
        return await wait.wait(targets.DIRECTORY_DEREGISTERED, directories)

    async def wait_until_pool_running(
        self, pools: Iterable[references.PoolReference], **options: Unpack[waiters.WaitOptions]
    ) -> list[s.WorkspacesPool]:
        """Wait until pools are RUNNING. Default timeout: 30 minutes.

        Failures: DELETING, STOPPING and STOPPED after STARTING, and a pool that AWS no longer describes; the error has
        the pool's last error code and message.
        """
        return await self._wait("wait_until_pool_running", options).wait(targets.POOL_RUNNING, pools)

    async def wait_until_pool_stopped(
        self, pools: Iterable[references.PoolReference], **options: Unpack[waiters.WaitOptions]
    ) -> list[s.WorkspacesPool]:
        """Wait until pools are STOPPED, as they also are after their creation. Default timeout: 30 minutes.

        Failures: DELETING, RUNNING after STOPPING, and a pool that AWS no longer describes.
        """
        return await self._wait("wait_until_pool_stopped", options).wait(targets.POOL_STOPPED, pools)

    async def wait_until_application_associated(
        self, applications: Iterable[references.ApplicationReference], **options: Unpack[waiters.WaitOptions]
    ) -> list[s.WorkspaceResourceAssociation]:
        """Wait until applications are installed on WorkSpaces (COMPLETED). Default timeout: 1 hour.

        deploy_workspace_applications installs them. Failures: ERROR, UNINSTALLING and REMOVED. Each WorkSpace costs one
        call per round.

        Args:
            applications: pairs of a WorkSpace id and an application id, or responses of the associate operation.
        """
        wait = self._wait("wait_until_application_associated", options)
        return await wait.wait(targets.APPLICATION_INSTALLED, applications)

    async def wait_until_application_disassociated(
        self, applications: Iterable[references.ApplicationReference], **options: Unpack[waiters.WaitOptions]
    ) -> list[s.WorkspaceResourceAssociation]:
        """Wait until applications are REMOVED from WorkSpaces, or AWS no longer describes them. Default: 1 hour.

        Failure: ERROR after UNINSTALLING. Each WorkSpace costs one call per round.

        Args:
            applications: pairs of a WorkSpace id and an application id, or responses of the disassociate operation.
        """
        wait = self._wait("wait_until_application_disassociated", options)
        return await wait.wait(targets.APPLICATION_REMOVED, applications)

    async def wait_until_connection_alias_created(
        self, aliases: Iterable[references.AliasReference], **options: Unpack[waiters.WaitOptions]
    ) -> list[s.ConnectionAlias]:
        """Wait until connection aliases are CREATED. Default timeout: 10 minutes.

        Failures: DELETING, and an alias that AWS no longer describes.
        """
        return await self._wait("wait_until_connection_alias_created", options).wait(targets.ALIAS_CREATED, aliases)

    async def wait_until_connection_alias_deleted(
        self, aliases: Iterable[references.AliasReference], **options: Unpack[waiters.WaitOptions]
    ) -> list[s.ConnectionAlias]:
        """Wait until AWS no longer describes connection aliases; return the last descriptions. Default: 10 minutes.

        An alias counts as gone as in wait_until_terminated. Failure: CREATED after DELETING.
        """
        return await self._wait("wait_until_connection_alias_deleted", options).wait(targets.ALIAS_DELETED, aliases)

    async def wait_until_connection_alias_associated(
        self, aliases: Iterable[references.AliasReference], **options: Unpack[waiters.WaitOptions]
    ) -> list[s.ConnectionAlias]:
        """Wait until connection aliases are associated with a directory. Default timeout: 10 minutes.

        Failures: NOT_ASSOCIATED and PENDING_DISASSOCIATION after PENDING_ASSOCIATION, and an alias that AWS no longer
        describes.
        """
        wait = self._wait("wait_until_connection_alias_associated", options)
        return await wait.wait(targets.ALIAS_ASSOCIATED, aliases)

    async def wait_until_connection_alias_disassociated(
        self, aliases: Iterable[references.AliasReference], **options: Unpack[waiters.WaitOptions]
    ) -> list[s.ConnectionAlias]:
        """Wait until connection aliases are NOT_ASSOCIATED. Default timeout: 10 minutes.

        Failures: an associated state after PENDING_DISASSOCIATION, and an alias that AWS no longer describes.
        """
        wait = self._wait("wait_until_connection_alias_disassociated", options)
        return await wait.wait(targets.ALIAS_DISASSOCIATED, aliases)

    async def wait_until_account_linked(
        self, links: Iterable[references.LinkReference], **options: Unpack[waiters.WaitOptions]
    ) -> list[s.AccountLink]:
        """Wait until account links are LINKED. Default timeout: 24 hours, because the other account must accept.

        Failures: LINKING_FAILED, REJECTED, LINK_NOT_FOUND, and a link that AWS no longer describes. Each link costs one
        call per round.
        """
        return await self._wait("wait_until_account_linked", options).wait(targets.ACCOUNT_LINKED, links)
