"""How what each creation of Amazon WorkSpaces makes is found again, and told from what was there before."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, Generic, TypeVar, cast

import msgspec
from msgspec.structs import replace

from wsclient._core.model.structures import Output, Structure
from wsclient._generated.workspaces import structures as s
from wsclient._generated.workspaces.enums import ImageType, WorkspaceState
from wsclient._pipeline.reconciliation import ReconcileResult

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping
    from datetime import datetime

    from wsclient._client.operations.workspaces import WorkSpacesOperations as Client
    from wsclient._pipeline.reconciliation import Reconciler

RequestT = TypeVar("RequestT", bound=Structure)
OutputT = TypeVar("OutputT", bound=Output)
ItemT = TypeVar("ItemT", bound=Structure)
MadeT = TypeVar("MadeT", bound=Structure)

CLOCKS_MAY_DIFFER: Final = timedelta(minutes=5)
"""How much older than its request a creation time may be."""
NEW_STATES: Final = frozenset({WorkspaceState.PENDING, WorkspaceState.ERROR})
"""States of a WorkSpace within the minutes after its creation, which takes 20."""
UNDEFINED_USER: Final = "[undefined]"
"""User name, in lower case, of a WorkSpace without a user, which is known by its own name."""
EXISTS: Final = "ResourceExists"
"""How the code begins with which a batch refuses what exists already."""


def reconcilers(client: Client) -> Mapping[str, Reconciler[Output]]:
    """Return the look-ups of a client, by operation."""
    ways: dict[str, object] = {
        "CopyWorkspaceImage": _SingleResourceReconciler(client, _copied_image),
        "CreateConnectClientAddIn": _SingleResourceReconciler(client, _add_in),
        "CreateConnectionAlias": _SingleResourceReconciler(client, _alias),
        "CreateIpGroup": _SingleResourceReconciler(client, _ip_group),
        "CreateStandbyWorkspaces": _StandbyReconciler(client),
        "CreateUpdatedWorkspaceImage": _SingleResourceReconciler(client, _updated_image),
        "CreateWorkspaceBundle": _SingleResourceReconciler(client, _bundle),
        "CreateWorkspaceImage": _SingleResourceReconciler(client, _image),
        "CreateWorkspaces": _WorkspacesReconciler(client),
        "CreateWorkspacesPool": _SingleResourceReconciler(client, _pool),
        "ImportCustomWorkspaceImage": _SingleResourceReconciler(client, _custom_image),
        "ImportWorkspaceImage": _SingleResourceReconciler(client, _imported_image),
    }
    return cast("Mapping[str, Reconciler[Output]]", ways)


class _SingleResourceReconciler(msgspec.Struct, Generic[RequestT, OutputT], frozen=True):
    """Looks for the one thing that an operation creates."""

    client: Client
    seek: Callable[[Client, RequestT, datetime], Awaitable[OutputT | None]]

    async def find(self, request: RequestT, since: datetime, *, thorough: bool) -> ReconcileResult[OutputT]:
        del thorough
        output = await self.seek(self.client, request, since - CLOCKS_MAY_DIFFER)
        return ReconcileResult(output, request if output is None else None)

    def merge(self, found: OutputT, rest: OutputT) -> OutputT:
        del found
        return rest

    def already_existing(self, output: OutputT) -> RequestT | None:
        del output
        return None


class _WorkspacesReconciler(msgspec.Struct, frozen=True):
    """Looks for WorkSpaces by directory and user, or by name where they have no user."""

    client: Client

    async def find(
        self, request: s.CreateWorkspacesRequest, since: datetime, *, thorough: bool
    ) -> ReconcileResult[s.CreateWorkspacesResult]:
        del since
        made, left = await _sought(request.workspaces, self._workspace, thorough=thorough)
        output = s.CreateWorkspacesResult(pending_requests=made) if made else None
        return ReconcileResult(output, replace(request, workspaces=left) if left else None)

    def merge(self, found: s.CreateWorkspacesResult, rest: s.CreateWorkspacesResult) -> s.CreateWorkspacesResult:
        made = {workspace_key(workspace) for workspace in found.pending_requests}
        failed = [
            item
            for item in rest.failed_requests
            if item.workspace_request is None or workspace_key(item.workspace_request) not in made
        ]
        return replace(rest, pending_requests=[*found.pending_requests, *rest.pending_requests], failed_requests=failed)

    def already_existing(self, output: s.CreateWorkspacesResult) -> s.CreateWorkspacesRequest | None:
        items = [
            item.workspace_request
            for item in output.failed_requests
            if item.workspace_request is not None and (item.error_code or "").startswith(EXISTS)
        ]
        return s.CreateWorkspacesRequest(workspaces=items) if items else None

    async def _workspace(self, asked: s.WorkspaceRequest) -> s.Workspace | None:
        """Return the new WorkSpace that was asked for; one that was there before is not new, or of another bundle."""
        if _is_without_user(asked):
            if asked.workspace_name is None:
                return None
            listing = self.client.describe_workspaces(workspace_name=asked.workspace_name)
        else:
            listing = self.client.describe_workspaces(directory_id=asked.directory_id, user_name=asked.user_name)
        async for workspace in listing:
            if (
                workspace_key(workspace) == workspace_key(asked)
                and workspace.bundle_id == asked.bundle_id
                and workspace.state in NEW_STATES
            ):
                return workspace
        return None


class _StandbyReconciler(msgspec.Struct, frozen=True):
    """Looks for standby WorkSpaces in their directory, by the primary that they stand by for."""

    client: Client

    async def find(
        self, request: s.CreateStandbyWorkspacesRequest, since: datetime, *, thorough: bool
    ) -> ReconcileResult[s.CreateStandbyWorkspacesResult]:
        del since
        made, left = await _sought(request.standby_workspaces, self._standby, thorough=thorough)
        output = s.CreateStandbyWorkspacesResult(pending_standby_requests=made) if made else None
        return ReconcileResult(output, replace(request, standby_workspaces=left) if left else None)

    def merge(
        self, found: s.CreateStandbyWorkspacesResult, rest: s.CreateStandbyWorkspacesResult
    ) -> s.CreateStandbyWorkspacesResult:
        return replace(rest, pending_standby_requests=[*found.pending_standby_requests, *rest.pending_standby_requests])

    def already_existing(self, output: s.CreateStandbyWorkspacesResult) -> s.CreateStandbyWorkspacesRequest | None:
        del output
        return None

    async def _standby(self, asked: s.StandbyWorkspace) -> s.PendingCreateStandbyWorkspacesRequest | None:
        async for workspace in self.client.describe_workspaces(directory_id=asked.directory_id):
            primaries = {related.workspace_id for related in workspace.related_workspaces}
            if asked.primary_workspace_id in primaries and workspace.state in NEW_STATES:
                return s.PendingCreateStandbyWorkspacesRequest(
                    user_name=workspace.user_name,
                    directory_id=workspace.directory_id,
                    state=workspace.state,
                    workspace_id=workspace.workspace_id,
                )
        return None


async def _sought(
    items: Iterable[ItemT], seek: Callable[[ItemT], Awaitable[MadeT | None]], *, thorough: bool
) -> tuple[list[MadeT], list[ItemT]]:
    """Return what was made and which items are left; a batch that is not visible yet costs one look, not 25."""
    made: list[MadeT] = []
    left: list[ItemT] = []
    for item in items:
        found = None if left and not thorough else await seek(item)
        if found is None:
            left.append(item)
        else:
            made.append(found)
    return made, left


def _is_without_user(asked: s.Workspace | s.WorkspaceRequest) -> bool:
    return (asked.user_name or "").lower() == UNDEFINED_USER


def workspace_key(asked: s.Workspace | s.WorkspaceRequest) -> tuple[str | None, str | None]:
    """Return what there can be only one of: a user's WorkSpace in a directory; user names ignore case."""
    user = asked.workspace_name if _is_without_user(asked) else (asked.user_name or "").lower()
    return asked.directory_id, user


async def _ip_group(client: Client, asked: s.CreateIpGroupRequest, since: datetime) -> s.CreateIpGroupResult | None:
    del since  # groups do not tell their age
    rules = {rule.ip_rule for rule in asked.user_rules or ()}
    async for group in client.describe_ip_groups():
        if (
            group.group_name == asked.group_name
            and (group.group_desc or None) == (asked.group_desc or None)
            and {rule.ip_rule for rule in group.user_rules} == rules
        ):
            return s.CreateIpGroupResult(group_id=group.group_id)
    return None


async def _alias(
    client: Client, asked: s.CreateConnectionAliasRequest, since: datetime
) -> s.CreateConnectionAliasResult | None:
    del since  # aliases do not tell their age; a new one is associated with no directory
    async for alias in client.describe_connection_aliases():
        is_new = not any(association.resource_id for association in alias.associations)
        if alias.connection_string == asked.connection_string and is_new:
            return s.CreateConnectionAliasResult(alias_id=alias.alias_id)
    return None


async def _add_in(
    client: Client, asked: s.CreateConnectClientAddInRequest, since: datetime
) -> s.CreateConnectClientAddInResult | None:
    del since  # add-ins do not tell their age
    async for add_in in client.describe_connect_client_add_ins(resource_id=asked.resource_id):
        if add_in.name == asked.name and add_in.url == asked.url:
            return s.CreateConnectClientAddInResult(add_in_id=add_in.add_in_id)
    return None


async def _bundle(
    client: Client, asked: s.CreateWorkspaceBundleRequest, since: datetime
) -> s.CreateWorkspaceBundleResult | None:
    async for bundle in client.describe_workspace_bundles():  # without an owner: the account's own
        if (
            bundle.name == asked.bundle_name
            and bundle.image_id == asked.image_id
            and _is_new(bundle.creation_time, since)
        ):
            return s.CreateWorkspaceBundleResult(workspace_bundle=bundle)
    return None


async def _pool(
    client: Client, asked: s.CreateWorkspacesPoolRequest, since: datetime
) -> s.CreateWorkspacesPoolResult | None:
    async for pool in client.describe_workspaces_pools():
        if (
            pool.pool_name == asked.pool_name
            and pool.directory_id == asked.directory_id
            and _is_new(pool.created_at, since)
        ):
            return s.CreateWorkspacesPoolResult(workspaces_pool=pool)
    return None


async def _image(
    client: Client, asked: s.CreateWorkspaceImageRequest, since: datetime
) -> s.CreateWorkspaceImageResult | None:
    image = await _own_image(client, asked.name, since)
    if image is None:
        return None
    return s.CreateWorkspaceImageResult(
        image_id=image.image_id,
        name=image.name,
        description=image.description,
        operating_system=image.operating_system,
        state=image.state,
        required_tenancy=image.required_tenancy,
        created=image.created,
        owner_account_id=image.owner_account_id,
    )


async def _updated_image(
    client: Client, asked: s.CreateUpdatedWorkspaceImageRequest, since: datetime
) -> s.CreateUpdatedWorkspaceImageResult | None:
    image = await _own_image(client, asked.name, since)
    return None if image is None else s.CreateUpdatedWorkspaceImageResult(image_id=image.image_id)


async def _copied_image(
    client: Client, asked: s.CopyWorkspaceImageRequest, since: datetime
) -> s.CopyWorkspaceImageResult | None:
    image = await _own_image(client, asked.name, since)
    return None if image is None else s.CopyWorkspaceImageResult(image_id=image.image_id)


async def _imported_image(
    client: Client, asked: s.ImportWorkspaceImageRequest, since: datetime
) -> s.ImportWorkspaceImageResult | None:
    image = await _own_image(client, asked.image_name, since)
    return None if image is None else s.ImportWorkspaceImageResult(image_id=image.image_id)


async def _custom_image(
    client: Client, asked: s.ImportCustomWorkspaceImageRequest, since: datetime
) -> s.ImportCustomWorkspaceImageResult | None:
    image = await _own_image(client, asked.image_name, since)
    return None if image is None else s.ImportCustomWorkspaceImageResult(image_id=image.image_id)


async def _own_image(client: Client, name: str, since: datetime) -> s.WorkspaceImage | None:
    async for image in client.describe_workspace_images(image_type=ImageType.OWNED):
        if image.name == name and _is_new(image.created, since):
            return image
    return None


def _is_new(created: datetime | None, since: datetime) -> bool:
    """Tell whether something was made by the call; what does not tell its age is taken to be."""
    return created is None or created >= since
