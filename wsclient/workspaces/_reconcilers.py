"""Reconcilers of all creations: how to find what an ambiguous call created, and only that."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, Generic, TypeVar, cast

import msgspec
from msgspec.structs import replace

from wsclient._core.absence import is_absent
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
CreatedT = TypeVar("CreatedT", bound=Structure)

MAX_CLOCK_SKEW: Final = timedelta(minutes=5)
"""Maximum time by which a creation time may precede its request: clocks differ."""
NEW_STATES: Final = frozenset({WorkspaceState.PENDING, WorkspaceState.ERROR})
"""States of a WorkSpace in the first minutes after its creation, which takes 20 minutes."""
UNDEFINED_USER: Final = "[undefined]"
"""Lower-case user name of a WorkSpace without a user; such a WorkSpace is identified by its own name."""
EXISTS: Final = "ResourceExists"
"""Prefix of the error codes for items of a batch that exist already."""


def reconcilers(client: Client) -> Mapping[str, Reconciler[Output]]:
    """Return the reconcilers of a client, by operation."""
    reconcilers_by_operation: dict[str, object] = {
        "CreateConnectClientAddIn": _SingleResourceReconciler(client, _add_in),
        "CreateConnectionAlias": _SingleResourceReconciler(client, _alias),
        "CreateIpGroup": _SingleResourceReconciler(client, _ip_group),
        "CreateStandbyWorkspaces": _StandbyReconciler(client),
        "CreateWorkspaceBundle": _SingleResourceReconciler(client, _bundle),
        "CreateWorkspaces": _WorkspacesReconciler(client),
        "CreateWorkspacesPool": _SingleResourceReconciler(client, _pool),
        **{
            operation: _SingleResourceReconciler(client, _image_search(*search))
            for operation, search in _IMAGE_OPERATIONS.items()
        },
    }
    return cast("Mapping[str, Reconciler[Output]]", reconcilers_by_operation)


class _SingleResourceReconciler(msgspec.Struct, Generic[RequestT, OutputT], frozen=True):
    """Reconciler of operations that create a single resource."""

    client: Client
    search: Callable[[Client, RequestT, datetime], Awaitable[OutputT | None]]

    async def find(self, request: RequestT, since: datetime, *, thorough: bool) -> ReconcileResult[OutputT]:
        del thorough
        output = await self.search(self.client, request, since - MAX_CLOCK_SKEW)
        return ReconcileResult(output, request if output is None else None)

    def merge(self, found: OutputT, rest: OutputT) -> OutputT:
        del found
        return rest

    def already_existing(self, output: OutputT) -> RequestT | None:
        del output
        return None


class _WorkspacesReconciler(msgspec.Struct, frozen=True):
    """Reconciler of WorkSpaces by directory and user, or by name for WorkSpaces without a user."""

    client: Client

    async def find(
        self, request: s.CreateWorkspacesRequest, since: datetime, *, thorough: bool
    ) -> ReconcileResult[s.CreateWorkspacesResult]:
        del since
        created, missing = await _search_each(request.workspaces, self._workspace, thorough=thorough)
        output = s.CreateWorkspacesResult(pending_requests=created) if created else None
        return ReconcileResult(output, replace(request, workspaces=missing) if missing else None)

    def merge(self, found: s.CreateWorkspacesResult, rest: s.CreateWorkspacesResult) -> s.CreateWorkspacesResult:
        created = {workspace_key(workspace) for workspace in found.pending_requests}
        failed = [
            item
            for item in rest.failed_requests
            if is_absent(item.workspace_request) or workspace_key(item.workspace_request) not in created
        ]
        return replace(rest, pending_requests=[*found.pending_requests, *rest.pending_requests], failed_requests=failed)

    def already_existing(self, output: s.CreateWorkspacesResult) -> s.CreateWorkspacesRequest | None:
        items = [
            item.workspace_request
            for item in output.failed_requests
            if not is_absent(item.workspace_request) and item.error_code.startswith(EXISTS)
        ]
        return s.CreateWorkspacesRequest(workspaces=items) if items else None

    async def _workspace(self, request: s.WorkspaceRequest) -> s.Workspace | None:
        """Return the WorkSpace that the request created, or None; an older one has another state or bundle."""
        if _is_without_user(request):
            if request.workspace_name is None:
                return None
            listing = self.client.describe_workspaces(workspace_name=request.workspace_name)
        else:
            listing = self.client.describe_workspaces(directory_id=request.directory_id, user_name=request.user_name)
        async for workspace in listing:
            if (
                workspace_key(workspace) == workspace_key(request)
                and workspace.bundle_id == request.bundle_id
                and workspace.state in NEW_STATES
            ):
                return workspace
        return None


class _StandbyReconciler(msgspec.Struct, frozen=True):
    """Reconciler of standby WorkSpaces in their directory, by primary WorkSpace."""

    client: Client

    async def find(
        self, request: s.CreateStandbyWorkspacesRequest, since: datetime, *, thorough: bool
    ) -> ReconcileResult[s.CreateStandbyWorkspacesResult]:
        del since
        created, missing = await _search_each(request.standby_workspaces, self._standby, thorough=thorough)
        output = s.CreateStandbyWorkspacesResult(pending_standby_requests=created) if created else None
        return ReconcileResult(output, replace(request, standby_workspaces=missing) if missing else None)

    def merge(
        self, found: s.CreateStandbyWorkspacesResult, rest: s.CreateStandbyWorkspacesResult
    ) -> s.CreateStandbyWorkspacesResult:
        return replace(rest, pending_standby_requests=[*found.pending_standby_requests, *rest.pending_standby_requests])

    def already_existing(self, output: s.CreateStandbyWorkspacesResult) -> s.CreateStandbyWorkspacesRequest | None:
        del output
        return None

    async def _standby(self, request: s.StandbyWorkspace) -> s.PendingCreateStandbyWorkspacesRequest | None:
        async for workspace in self.client.describe_workspaces(directory_id=request.directory_id):
            primaries = {related.workspace_id for related in workspace.related_workspaces}
            if request.primary_workspace_id in primaries and workspace.state in NEW_STATES:
                return s.PendingCreateStandbyWorkspacesRequest(
                    user_name=workspace.user_name,
                    directory_id=workspace.directory_id,
                    state=workspace.state,
                    workspace_id=workspace.workspace_id,
                )
        return None


async def _search_each(
    items: Iterable[ItemT], search: Callable[[ItemT], Awaitable[CreatedT | None]], *, thorough: bool
) -> tuple[list[CreatedT], list[ItemT]]:
    """Return the created resources and the missing items; unless thorough, stop at the first missing item.

    A batch that is not listed yet then costs one lookup, not 25.
    """
    created: list[CreatedT] = []
    missing: list[ItemT] = []
    for item in items:
        found = None if missing and not thorough else await search(item)
        if found is None:
            missing.append(item)
        else:
            created.append(found)
    return created, missing


def _is_without_user(request: s.Workspace | s.WorkspaceRequest) -> bool:
    return request.user_name.lower() == UNDEFINED_USER


def workspace_key(workspace: s.Workspace | s.WorkspaceRequest) -> tuple[str | None, str | None]:
    """Return the key that is unique per WorkSpace: directory, and user name without case or WorkSpace name."""
    user = workspace.workspace_name if _is_without_user(workspace) else workspace.user_name.lower()
    return workspace.directory_id, user


async def _ip_group(client: Client, request: s.CreateIpGroupRequest, since: datetime) -> s.CreateIpGroupResult | None:
    del since  # AWS returns no creation time for groups
    rules = {rule.ip_rule for rule in request.user_rules or ()}
    async for group in client.describe_ip_groups():
        if (
            group.group_name == request.group_name
            and (group.group_desc or None) == (request.group_desc or None)
            and {rule.ip_rule for rule in group.user_rules} == rules
        ):
            return s.CreateIpGroupResult(group_id=group.group_id)
    return None


async def _alias(
    client: Client, request: s.CreateConnectionAliasRequest, since: datetime
) -> s.CreateConnectionAliasResult | None:
    del since  # AWS returns no creation time for aliases; a new one is not associated with a directory
    async for alias in client.describe_connection_aliases():
        is_new = not any(association.resource_id for association in alias.associations)
        if alias.connection_string == request.connection_string and is_new:
            return s.CreateConnectionAliasResult(alias_id=alias.alias_id)
    return None


async def _add_in(
    client: Client, request: s.CreateConnectClientAddInRequest, since: datetime
) -> s.CreateConnectClientAddInResult | None:
    del since  # AWS returns no creation time for add-ins
    async for add_in in client.describe_connect_client_add_ins(resource_id=request.resource_id):
        if add_in.name == request.name and add_in.url == request.url:
            return s.CreateConnectClientAddInResult(add_in_id=add_in.add_in_id)
    return None


async def _bundle(
    client: Client, request: s.CreateWorkspaceBundleRequest, since: datetime
) -> s.CreateWorkspaceBundleResult | None:
    async for bundle in client.describe_workspace_bundles():  # without owner=, AWS lists the account's own bundles
        if (
            bundle.name == request.bundle_name
            and bundle.image_id == request.image_id
            and _is_new(bundle.creation_time, since)
        ):
            return s.CreateWorkspaceBundleResult(workspace_bundle=bundle)
    return None


async def _pool(
    client: Client, request: s.CreateWorkspacesPoolRequest, since: datetime
) -> s.CreateWorkspacesPoolResult | None:
    async for pool in client.describe_workspaces_pools():
        if (
            pool.pool_name == request.pool_name
            and pool.directory_id == request.directory_id
            and _is_new(pool.created_at, since)
        ):
            return s.CreateWorkspacesPoolResult(workspaces_pool=pool)
    return None


def _created_image(image: s.WorkspaceImage) -> s.CreateWorkspaceImageResult:
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


_IMAGE_OPERATIONS: Final[Mapping[str, tuple[str, Callable[[s.WorkspaceImage], Output]]]] = {
    "CopyWorkspaceImage": ("name", lambda image: s.CopyWorkspaceImageResult(image_id=image.image_id)),
    "CreateUpdatedWorkspaceImage": ("name", lambda image: s.CreateUpdatedWorkspaceImageResult(image_id=image.image_id)),
    "CreateWorkspaceImage": ("name", _created_image),
    "ImportCustomWorkspaceImage": (
        "image_name",
        lambda image: s.ImportCustomWorkspaceImageResult(image_id=image.image_id),
    ),
    "ImportWorkspaceImage": ("image_name", lambda image: s.ImportWorkspaceImageResult(image_id=image.image_id)),
}
"""Request member with the image name, and conversion of the image to the response, by operation."""


def _image_search(
    name_member: str, to_output: Callable[[s.WorkspaceImage], Output]
) -> Callable[[Client, Structure, datetime], Awaitable[Output | None]]:
    """Return a search for the account's new image with the name in that request member."""

    async def search(client: Client, request: Structure, since: datetime) -> Output | None:
        image = await _own_image(client, getattr(request, name_member), since)
        return None if image is None else to_output(image)

    return search


async def _own_image(client: Client, name: str, since: datetime) -> s.WorkspaceImage | None:
    async for image in client.describe_workspace_images(image_type=ImageType.OWNED):
        if image.name == name and _is_new(image.created, since):
            return image
    return None


def _is_new(created: datetime | None, since: datetime) -> bool:
    """Return whether the call may have created a resource; a resource without a creation time counts as new."""
    return created is None or created >= since
