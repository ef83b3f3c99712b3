"""The waiters of what there is besides WorkSpaces, as methods of their client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._core.lazy_imports import LazyModule
from wsclient.workspaces._wait_methods import WorkspaceWaiters

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Unpack

    from wsclient._generated.workspaces import structures as s
    from wsclient.waiters import _definitions as targets
    from wsclient.waiters._references import (
        AliasReference,
        ApplicationReference,
        BundleReference,
        DirectoryReference,
        ImageReference,
        LinkReference,
        PoolReference,
    )
    from wsclient.waiters._waiter import WaitOptions
else:
    targets = LazyModule("wsclient.waiters._definitions")


class ResourceWaiters(WorkspaceWaiters):
    """Waits until other things are in a state, as WorkspaceWaiters does for WorkSpaces."""

    async def wait_until_image_available(
        self, images: Iterable[ImageReference], **options: Unpack[WaitOptions]
    ) -> list[s.WorkspaceImage]:
        """Wait until images are AVAILABLE: five hours by default, for an import; an image of a WorkSpace takes less.

        ERROR is a failure, and so is one that is not described within five minutes, or no longer.
        """
        return await self._wait("wait_until_image_available", options).wait(targets.IMAGE_AVAILABLE, images)

    async def wait_until_bundle_available(
        self, bundles: Iterable[BundleReference], **options: Unpack[WaitOptions]
    ) -> list[s.WorkspaceBundle]:
        """Wait until bundles are AVAILABLE: 30 minutes by default. Failures as with images."""
        return await self._wait("wait_until_bundle_available", options).wait(targets.BUNDLE_AVAILABLE, bundles)

    async def wait_until_directory_registered(
        self, directories: Iterable[DirectoryReference], **options: Unpack[WaitOptions]
    ) -> list[s.WorkspaceDirectory]:
        """Wait until directories are REGISTERED: 15 minutes by default.

        ERROR and DEREGISTERING are failures, DEREGISTERED after REGISTERING, and one that is not described within five
        minutes, or no longer.
        """
        wait = self._wait("wait_until_directory_registered", options)
        return await wait.wait(targets.DIRECTORY_REGISTERED, directories)

    async def wait_until_directory_deregistered(
        self, directories: Iterable[DirectoryReference], **options: Unpack[WaitOptions]
    ) -> list[s.WorkspaceDirectory]:
        """Wait until directories are DEREGISTERED, or are no longer described: 15 minutes by default.

        What is taken for gone is as with wait_until_terminated. ERROR and REGISTERED after DEREGISTERING are failures.
        """
        wait = self._wait("wait_until_directory_deregistered", options)
        return await wait.wait(targets.DIRECTORY_DEREGISTERED, directories)

    async def wait_until_pool_running(
        self, pools: Iterable[PoolReference], **options: Unpack[WaitOptions]
    ) -> list[s.WorkspacesPool]:
        """Wait until pools are RUNNING: 30 minutes by default.

        DELETING is a failure, STOPPING and STOPPED after STARTING, and to be gone; the pool's last error says why.
        """
        return await self._wait("wait_until_pool_running", options).wait(targets.POOL_RUNNING, pools)

    async def wait_until_pool_stopped(
        self, pools: Iterable[PoolReference], **options: Unpack[WaitOptions]
    ) -> list[s.WorkspacesPool]:
        """Wait until pools are STOPPED, as they also are when they have been created: 30 minutes by default.

        DELETING is a failure, RUNNING after STOPPING, and to be gone.
        """
        return await self._wait("wait_until_pool_stopped", options).wait(targets.POOL_STOPPED, pools)

    async def wait_until_application_associated(
        self, applications: Iterable[ApplicationReference], **options: Unpack[WaitOptions]
    ) -> list[s.WorkspaceResourceAssociation]:
        """Wait until applications are installed on WorkSpaces (COMPLETED): an hour by default.

        They are installed by deploy_workspace_applications. ERROR, UNINSTALLING and REMOVED are failures. A WorkSpace
        costs one call a round.

        Args:
            applications: pairs of WorkSpace's and application's id, or what associating answered.
        """
        wait = self._wait("wait_until_application_associated", options)
        return await wait.wait(targets.APPLICATION_INSTALLED, applications)

    async def wait_until_application_disassociated(
        self, applications: Iterable[ApplicationReference], **options: Unpack[WaitOptions]
    ) -> list[s.WorkspaceResourceAssociation]:
        """Wait until applications are REMOVED from WorkSpaces, or are no longer described: an hour by default.

        ERROR after UNINSTALLING is a failure. A WorkSpace costs one call a round.

        Args:
            applications: pairs of WorkSpace's and application's id, or what disassociating answered.
        """
        wait = self._wait("wait_until_application_disassociated", options)
        return await wait.wait(targets.APPLICATION_REMOVED, applications)

    async def wait_until_connection_alias_created(
        self, aliases: Iterable[AliasReference], **options: Unpack[WaitOptions]
    ) -> list[s.ConnectionAlias]:
        """Wait until connection aliases are CREATED: 10 minutes by default. DELETING is a failure, and to be gone."""
        return await self._wait("wait_until_connection_alias_created", options).wait(targets.ALIAS_CREATED, aliases)

    async def wait_until_connection_alias_deleted(
        self, aliases: Iterable[AliasReference], **options: Unpack[WaitOptions]
    ) -> list[s.ConnectionAlias]:
        """Wait until connection aliases are no longer described: 10 minutes by default. Returned is what was last seen.

        What is taken for gone is as with wait_until_terminated. CREATED after DELETING is a failure.
        """
        return await self._wait("wait_until_connection_alias_deleted", options).wait(targets.ALIAS_DELETED, aliases)

    async def wait_until_connection_alias_associated(
        self, aliases: Iterable[AliasReference], **options: Unpack[WaitOptions]
    ) -> list[s.ConnectionAlias]:
        """Wait until connection aliases are associated with a directory: 10 minutes by default.

        NOT_ASSOCIATED and PENDING_DISASSOCIATION after PENDING_ASSOCIATION are failures, and to be gone.
        """
        wait = self._wait("wait_until_connection_alias_associated", options)
        return await wait.wait(targets.ALIAS_ASSOCIATED, aliases)

    async def wait_until_connection_alias_disassociated(
        self, aliases: Iterable[AliasReference], **options: Unpack[WaitOptions]
    ) -> list[s.ConnectionAlias]:
        """Wait until connection aliases are NOT_ASSOCIATED: 10 minutes by default.

        To be associated after PENDING_DISASSOCIATION is a failure, and to be gone.
        """
        wait = self._wait("wait_until_connection_alias_disassociated", options)
        return await wait.wait(targets.ALIAS_DISASSOCIATED, aliases)

    async def wait_until_account_linked(
        self, links: Iterable[LinkReference], **options: Unpack[WaitOptions]
    ) -> list[s.AccountLink]:
        """Wait until account links are LINKED: a day by default, for the other account has to accept.

        LINKING_FAILED, REJECTED and LINK_NOT_FOUND are failures, and to be gone. A link costs one call a round.
        """
        return await self._wait("wait_until_account_linked", options).wait(targets.ACCOUNT_LINKED, links)
