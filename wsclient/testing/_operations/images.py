"""Operations of images: create, copy, update, share and delete.

"Create a custom WorkSpaces image and bundle", https://docs.aws.amazon.com/workspaces/latest/adminguide/create-custom-bundle.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from wsclient._core.service_errors import AccessDeniedException, ValidationException
from wsclient._generated.workspaces import enums
from wsclient._generated.workspaces import operations as ops
from wsclient._generated.workspaces import structures as s
from wsclient._generated.workspaces.errors import (
    InvalidParameterValuesException,
    InvalidResourceStateException,
    OperationNotSupportedException,
    ResourceAlreadyExistsException,
    ResourceAssociatedException,
    ResourceLimitExceededException,
    ResourceUnavailableException,
)
from wsclient.testing._operations.changes import find_workspace
from wsclient.testing._operations.common import copy_installations, is_windows, not_found, owned_image
from wsclient.testing._operations.handler import Call, HandlerTable
from wsclient.testing._operations.pagination import paginate
from wsclient.testing._operations.tags import tag_new_resource
from wsclient.testing._state import ids as _ids
from wsclient.testing._state.records import ImageRecord

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

operations = HandlerTable()

_IMAGE = enums.ApplicationAssociatedResourceType.IMAGE
_WINDOWS_10 = enums.OperatingSystemName.WINDOWS_10


@operations.emulates(ops.CREATE_WORKSPACE_IMAGE)
def create_workspace_image(call: Call, request: s.CreateWorkspaceImageRequest) -> s.CreateWorkspaceImageResult:
    """Create an image of an AVAILABLE WorkSpace. The WorkSpace is SUSPENDED until the image is ready."""
    record = find_workspace(call, request.workspace_id)
    workspace = record.workspace
    if workspace.state != enums.WorkspaceState.AVAILABLE:
        raise InvalidResourceStateException(f"The WorkSpace is {workspace.state}.")
    properties = workspace.workspace_properties
    image = ImageRecord(
        described=new_image(call.store.account_id, request.name, request.description, call.now),
        system=properties.operating_system_name or _WINDOWS_10,
        root_gib=properties.root_volume_size_gib or 0,
        user_gib=properties.user_volume_size_gib or 0,
    )
    image_id = add_image(call, image, call.durations.create_image, request.tags)
    copy_installations(call.store, request.workspace_id, call.store, image_id, _IMAGE, call.now)
    record.transition(enums.WorkspaceState.SUSPENDED, call.now + call.durations.create_image, workspace.state)
    described = image.described
    return s.CreateWorkspaceImageResult(
        image_id=image_id,
        name=described.name,
        description=described.description,
        operating_system=described.operating_system,
        state=described.state,
        required_tenancy=described.required_tenancy,
        created=described.created,
        owner_account_id=described.owner_account_id,
    )


@operations.emulates(ops.COPY_WORKSPACE_IMAGE)
def copy_workspace_image(call: Call, request: s.CopyWorkspaceImageRequest) -> s.CopyWorkspaceImageResult:
    """Copy an image, owned by or shared with the account, from any region into this region."""
    if request.source_region not in call.regions:
        raise InvalidParameterValuesException(
            f"The emulator does not serve the region {request.source_region}; add it to other_regions."
        )
    source = _find_copyable(call, request.source_image_id, request.source_region)
    if source.described.state != enums.WorkspaceImageState.AVAILABLE:
        raise ResourceUnavailableException(
            "The image is not available.", details={"ResourceId": request.source_image_id}
        )
    description = request.description or source.described.description or request.name
    image = _copy(call, source, request.name, description)
    image_id = add_image(call, image, call.durations.copy_image, request.tags)
    origin = call.store_at(source.described.owner_account_id or "", request.source_region)
    copy_installations(origin, request.source_image_id, call.store, image_id, _IMAGE, call.now)
    return s.CopyWorkspaceImageResult(image_id=image_id)


def _find_copyable(call: Call, image_id: str, region: str) -> ImageRecord:
    for store in call.stores_in(region):
        record = store.images.get(image_id)
        if record is not None and call.store.account_id in (store.account_id, *record.shared_with):
            return record
    raise not_found("image", image_id)


def _copy(call: Call, source: ImageRecord, name: str, description: str) -> ImageRecord:
    tenancy = source.described.required_tenancy
    described = replace(new_image(call.store.account_id, name, description, call.now), required_tenancy=tenancy)
    return ImageRecord(described=described, system=source.system, root_gib=source.root_gib, user_gib=source.user_gib)


@operations.emulates(ops.CREATE_UPDATED_WORKSPACE_IMAGE)
def create_updated_workspace_image(
    call: Call, request: s.CreateUpdatedWorkspaceImageRequest
) -> s.CreateUpdatedWorkspaceImageResult:
    """Create an updated copy of a Windows image of the account. The source image does not change."""
    source = owned_image(call.store, request.source_image_id)
    if source.described.state != enums.WorkspaceImageState.AVAILABLE:
        raise InvalidResourceStateException(f"The image is {source.described.state}.")
    if not is_windows(source.system):
        raise OperationNotSupportedException("Only Windows images can be updated.")
    image = _copy(call, source, request.name, request.description)
    image_id = add_image(call, image, call.durations.update_image, request.tags)
    copy_installations(call.store, request.source_image_id, call.store, image_id, _IMAGE, call.now)
    return s.CreateUpdatedWorkspaceImageResult(image_id=image_id)


@operations.emulates(ops.DELETE_WORKSPACE_IMAGE)
def delete_workspace_image(call: Call, request: s.DeleteWorkspaceImageRequest) -> s.DeleteWorkspaceImageResult:
    """Delete an image that no bundle uses and that is not shared; AccessDeniedException for an unknown image."""
    record = call.store.images.get(request.image_id)
    if record is None:
        # The model of DeleteWorkspaceImage has no ResourceNotFoundException.
        raise AccessDeniedException("The account does not own this image.")
    if any(bundle.image_id == request.image_id for bundle in call.store.bundles.values()):
        raise ResourceAssociatedException("Bundles use the image: delete them first.")
    if record.shared_with:
        raise InvalidResourceStateException("The image is shared with another account: unshare it first.")
    if record.described.state == enums.WorkspaceImageState.PENDING:
        raise InvalidResourceStateException("The image is PENDING.")
    del call.store.images[request.image_id]
    call.store.drop_installations(request.image_id)
    call.store.tags.pop(request.image_id, None)
    return s.DeleteWorkspaceImageResult()


@operations.emulates(ops.DESCRIBE_WORKSPACE_IMAGES)
def describe_workspace_images(call: Call, request: s.DescribeWorkspaceImagesRequest) -> s.DescribeWorkspaceImagesResult:
    """List images: the account's own (the default), those shared with it, or by id."""
    own_images = call.store.images
    shared = {
        key: record
        for store in call.stores_in(call.store.region)
        for key, record in store.images.items()
        if call.store.account_id in record.shared_with
    }
    records = shared if request.image_type == enums.ImageType.SHARED else own_images
    if request.image_ids is not None:
        candidates = own_images | shared if request.image_type is None else records
        records = {key: record for key, record in candidates.items() if key in request.image_ids}
    images = {key: record.described for key, record in records.items()}
    page, token = paginate(call, request, images, limit=request.max_results, error_type=ValidationException)
    return s.DescribeWorkspaceImagesResult(images=page, next_token=token)


@operations.emulates(ops.UPDATE_WORKSPACE_IMAGE_PERMISSION)
def update_workspace_image_permission(
    call: Call, request: s.UpdateWorkspaceImagePermissionRequest
) -> s.UpdateWorkspaceImagePermissionResult:
    """Share an image with an account, or stop sharing it; a BYOL image only with an account enabled for BYOL."""
    record, account = owned_image(call.store, request.image_id), request.shared_account_id
    if account == call.store.account_id:
        raise InvalidParameterValuesException(
            "The image belongs to this account; it can only be shared with another account."
        )
    if record.described.state != enums.WorkspaceImageState.AVAILABLE:
        raise ResourceUnavailableException("The image is not available.", details={"ResourceId": request.image_id})
    is_dedicated = record.described.required_tenancy == enums.WorkspaceImageRequiredTenancy.DEDICATED
    if request.allow_copy_image and is_dedicated and not call.store_at(account, call.store.region).byol.is_allowed:
        raise OperationNotSupportedException("The shared account is not enabled for BYOL.")
    remaining = [shared for shared in record.shared_with if shared != account]
    record.shared_with = [*remaining, account] if request.allow_copy_image else remaining
    return s.UpdateWorkspaceImagePermissionResult()


@operations.emulates(ops.DESCRIBE_WORKSPACE_IMAGE_PERMISSIONS)
def describe_workspace_image_permissions(
    call: Call, request: s.DescribeWorkspaceImagePermissionsRequest
) -> s.DescribeWorkspaceImagePermissionsResult:
    """List the accounts that an image of the account is shared with."""
    record = owned_image(call.store, request.image_id)
    shared = {account: s.ImagePermission(shared_account_id=account) for account in record.shared_with}
    page, token = paginate(call, request, shared, limit=request.max_results)
    return s.DescribeWorkspaceImagePermissionsResult(
        image_id=request.image_id, image_permissions=page, next_token=token
    )


def new_image(account_id: str, name: str, description: str, now: datetime) -> s.WorkspaceImage:
    """Return a new image in the state AVAILABLE."""
    return s.WorkspaceImage(
        image_id=_ids.resource_id("wsi"),
        name=name,
        description=description,
        state=enums.WorkspaceImageState.AVAILABLE,
        required_tenancy=enums.WorkspaceImageRequiredTenancy.DEFAULT,
        created=now,
        owner_account_id=account_id,
        updates=s.UpdateResult(update_available=False),
    )


def add_image(call: Call, record: ImageRecord, duration: timedelta, tags: Sequence[s.Tag] | None) -> str:
    """Add an image to the store and return its id. The image is PENDING until duration has passed.

    Raises ResourceAlreadyExistsException for a name in use, ResourceLimitExceededException beyond the quota.
    """
    images = call.store.images
    if any(image.described.name == record.described.name for image in images.values()):
        raise ResourceAlreadyExistsException(f"An image named {record.described.name} already exists in this region.")
    if len(images) >= call.quotas.images:
        raise ResourceLimitExceededException(f"An account can have at most {call.quotas.images} images.")
    image_id = record.described.image_id or ""
    tag_new_resource(call.store, image_id, tags)
    system_type = enums.OperatingSystemType.WINDOWS if is_windows(record.system) else enums.OperatingSystemType.LINUX
    record.described = replace(record.described, operating_system=s.OperatingSystem(type=system_type))
    record.transition(enums.WorkspaceImageState.PENDING, call.now + duration, enums.WorkspaceImageState.AVAILABLE)
    images[image_id] = record
    return image_id
