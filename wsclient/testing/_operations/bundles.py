"""Operations of bundles, from which WorkSpaces are created: AWS's bundles, and custom bundles from images.

"Create a custom WorkSpaces image and bundle", https://docs.aws.amazon.com/workspaces/latest/adminguide/create-custom-bundle.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from wsclient._core.service_errors import AccessDeniedException
from wsclient._generated.workspaces import enums
from wsclient._generated.workspaces import operations as ops
from wsclient._generated.workspaces import structures as s
from wsclient._generated.workspaces.errors import (
    InvalidParameterValuesException,
    ResourceAlreadyExistsException,
    ResourceAssociatedException,
    ResourceLimitExceededException,
    ResourceUnavailableException,
)
from wsclient.testing._operations.common import copy_installations, is_volume_pair, not_found, owned_image
from wsclient.testing._operations.handler import Call, HandlerTable
from wsclient.testing._operations.pagination import paginate
from wsclient.testing._operations.tags import tag_new_resource
from wsclient.testing._state import ids as _ids
from wsclient.testing._state.store import AMAZON

if TYPE_CHECKING:
    from datetime import datetime

    from wsclient.testing._state.records import ImageRecord

operations = HandlerTable()


@operations.emulates(ops.DESCRIBE_WORKSPACE_BUNDLES)
def describe_workspace_bundles(
    call: Call, request: s.DescribeWorkspaceBundlesRequest
) -> s.DescribeWorkspaceBundlesResult:
    """List bundles: by id, by owner (AMAZON for AWS's bundles), or the account's own bundles."""
    if request.bundle_ids is not None and request.owner is not None:
        raise InvalidParameterValuesException("Specify either BundleIds or Owner, not both.")
    owner = request.owner or call.store.account_id
    bundles = {
        bundle_id: bundle
        for bundle_id, bundle in call.store.bundles.items()
        if (bundle.owner == owner if request.bundle_ids is None else bundle_id in request.bundle_ids)
    }
    page, token = paginate(call, request, bundles)
    return s.DescribeWorkspaceBundlesResult(bundles=page, next_token=token)


@operations.emulates(ops.CREATE_WORKSPACE_BUNDLE)
def create_workspace_bundle(call: Call, request: s.CreateWorkspaceBundleRequest) -> s.CreateWorkspaceBundleResult:
    """Create a bundle from an image of the account. Its volumes must be at least as large as those of the image."""
    image = _ready_image(call, request.image_id)
    own_bundles = [bundle for bundle in call.store.bundles.values() if bundle.owner != AMAZON]
    if any(bundle.name == request.bundle_name for bundle in own_bundles):
        raise ResourceAlreadyExistsException(f"A bundle named {request.bundle_name} already exists.")
    if len(own_bundles) >= call.quotas.bundles:
        raise ResourceLimitExceededException(f"An account can have at most {call.quotas.bundles} bundles.")
    root, user = _volumes(request, image)
    bundle = new_bundle(
        request.bundle_name,
        owner=call.store.account_id,
        compute=request.compute_type.name or enums.Compute.STANDARD,
        root_gib=root,
        user_gib=user,
        now=call.now,
        image_id=request.image_id,
    )
    bundle = replace(bundle, description=request.bundle_description)
    bundle_id = bundle.bundle_id or ""
    tag_new_resource(call.store, bundle_id, request.tags)
    call.store.bundles[bundle_id] = bundle
    copy_installations(
        call.store, request.image_id, call.store, bundle_id, enums.ApplicationAssociatedResourceType.BUNDLE, call.now
    )
    return s.CreateWorkspaceBundleResult(workspace_bundle=bundle)


def _ready_image(call: Call, image_id: str) -> ImageRecord:
    record = owned_image(call.store, image_id)
    if record.described.state != enums.WorkspaceImageState.AVAILABLE:
        raise ResourceUnavailableException("The image is not available.", details={"ResourceId": image_id})
    return record


def _volumes(request: s.CreateWorkspaceBundleRequest, image: ImageRecord) -> tuple[int, int]:
    """Return the sizes of the root and user volumes in GiB. Raises InvalidParameterValuesException."""
    root_capacity = request.root_storage.capacity if request.root_storage else str(image.root_gib)
    try:
        root, user = int(root_capacity or ""), int(request.user_storage.capacity or "")
    except ValueError:
        raise InvalidParameterValuesException("The capacity of a volume must be a number of GiB.") from None
    if not is_volume_pair(root, user) or root < image.root_gib or user < image.user_gib:
        raise InvalidParameterValuesException(
            "These sizes of the root and user volumes are not supported for a bundle of this image."
        )
    return root, user


@operations.emulates(ops.UPDATE_WORKSPACE_BUNDLE)
def update_workspace_bundle(call: Call, request: s.UpdateWorkspaceBundleRequest) -> s.UpdateWorkspaceBundleResult:
    """Replace the image of a bundle of the account. Existing WorkSpaces do not change."""
    bundle = _own_bundle(call, request.bundle_id)
    if not request.image_id:
        raise InvalidParameterValuesException("ImageId is required.")
    _ready_image(call, request.image_id)
    bundle_id = bundle.bundle_id or ""
    call.store.bundles[bundle_id] = replace(bundle, image_id=request.image_id, last_updated_time=call.now)
    call.store.drop_installations(bundle_id)
    copy_installations(
        call.store, request.image_id, call.store, bundle_id, enums.ApplicationAssociatedResourceType.BUNDLE, call.now
    )
    return s.UpdateWorkspaceBundleResult()


@operations.emulates(ops.DELETE_WORKSPACE_BUNDLE)
def delete_workspace_bundle(call: Call, request: s.DeleteWorkspaceBundleRequest) -> s.DeleteWorkspaceBundleResult:
    """Delete a bundle of the account that no WorkSpace and no pool uses."""
    bundle_id = _own_bundle(call, request.bundle_id).bundle_id or ""
    in_use = {record.workspace.bundle_id for record in call.store.workspaces.values()}
    in_use |= {record.described.bundle_id for record in call.store.pools.values()}
    if bundle_id in in_use:
        raise ResourceAssociatedException("WorkSpaces or pools still use the bundle.")
    del call.store.bundles[bundle_id]
    call.store.drop_installations(bundle_id)
    call.store.tags.pop(bundle_id, None)
    return s.DeleteWorkspaceBundleResult()


def _own_bundle(call: Call, bundle_id: str | None) -> s.WorkspaceBundle:
    if not bundle_id:
        raise InvalidParameterValuesException("BundleId is required.")
    bundle = call.store.bundles.get(bundle_id)
    if bundle is None:
        raise not_found("bundle", bundle_id)
    if bundle.owner == AMAZON:
        raise AccessDeniedException("The bundle belongs to AWS.")
    return bundle


def new_bundle(
    name: str,
    *,
    owner: str,
    compute: enums.Compute,
    root_gib: int,
    user_gib: int,
    now: datetime,
    image_id: str | None = None,
) -> s.WorkspaceBundle:
    """Return a new bundle. Without an image id it gets the id of an image that no operation describes, as AWS's do."""
    return s.WorkspaceBundle(
        bundle_id=_ids.resource_id("wsb"),
        name=name,
        owner=owner,
        description=name,
        image_id=image_id or _ids.resource_id("wsi"),
        root_storage=s.RootStorage(capacity=str(root_gib)),
        user_storage=s.UserStorage(capacity=str(user_gib)),
        compute_type=s.ComputeType(name=compute),
        last_updated_time=now,
        creation_time=now,
        state=enums.WorkspaceBundleState.AVAILABLE,
        bundle_type=enums.BundleType.REGULAR,
    )
