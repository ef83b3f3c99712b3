"""Bundles: what a WorkSpace is made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._generated.workspaces import enums
from wsclient._generated.workspaces import operations as ops
from wsclient._generated.workspaces import structures as s
from wsclient._generated.workspaces.errors import InvalidParameterValuesException
from wsclient.testing import _ids
from wsclient.testing._call import Call, Table
from wsclient.testing._pages import page_of

if TYPE_CHECKING:
    from datetime import datetime

operations = Table()


@operations.emulates(ops.DESCRIBE_WORKSPACE_BUNDLES)
def describe_workspace_bundles(
    call: Call, request: s.DescribeWorkspaceBundlesRequest
) -> s.DescribeWorkspaceBundlesResult:
    """List bundles: by id, of an owner (AMAZON for those of AWS), or the account's own."""
    if request.bundle_ids is not None and request.owner is not None:
        raise InvalidParameterValuesException("BundleIds and Owner exclude one another.")
    owner = request.owner or call.store.account_id
    found = {
        bundle_id: bundle
        for bundle_id, bundle in call.store.bundles.items()
        if (bundle.owner == owner if request.bundle_ids is None else bundle_id in request.bundle_ids)
    }
    page, token = page_of(call.store, "DescribeWorkspaceBundles", found, token=request.next_token, limit=None)
    return s.DescribeWorkspaceBundlesResult(bundles=page, next_token=token)


def new_bundle(
    name: str, *, owner: str, compute: enums.Compute, root_gib: int, user_gib: int, now: datetime
) -> s.WorkspaceBundle:
    """Return a bundle as it is described."""
    return s.WorkspaceBundle(
        bundle_id=_ids.resource_id("wsb"),
        name=name,
        owner=owner,
        description=name,
        image_id=_ids.resource_id("wsi"),
        root_storage=s.RootStorage(capacity=str(root_gib)),
        user_storage=s.UserStorage(capacity=str(user_gib)),
        compute_type=s.ComputeType(name=compute),
        last_updated_time=now,
        creation_time=now,
        state=enums.WorkspaceBundleState.AVAILABLE,
        bundle_type=enums.BundleType.REGULAR,
    )
