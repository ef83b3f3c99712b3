"""Operations of applications, and of their associations with WorkSpaces, images and bundles.

"Manage applications in WorkSpaces Personal", https://docs.aws.amazon.com/workspaces/latest/adminguide/manage-applications.html.
Associations are the desired applications of a WorkSpace; a deployment installs and uninstalls them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._generated.workspaces import enums
from wsclient._generated.workspaces import operations as ops
from wsclient._generated.workspaces import structures as s
from wsclient._generated.workspaces.enums import AssociationState
from wsclient._generated.workspaces.errors import (
    ApplicationNotSupportedException,
    ComputeNotCompatibleException,
    IncompatibleApplicationsException,
    OperatingSystemNotCompatibleException,
    OperationNotSupportedException,
    ResourceAlreadyExistsException,
    ResourceInUseException,
)
from wsclient.testing._operations.changes import find_workspace
from wsclient.testing._operations.common import list_installations, not_found, owned_image
from wsclient.testing._operations.handler import Call, HandlerTable
from wsclient.testing._operations.pagination import paginate
from wsclient.testing._state.records import Installation

if TYPE_CHECKING:
    from wsclient.testing._state.records import ApplicationRecord

operations = HandlerTable()

_RUNNING = (AssociationState.INSTALLING, AssociationState.UNINSTALLING)
_PENDING = {
    AssociationState.PENDING_INSTALL: AssociationState.INSTALLING,
    AssociationState.PENDING_UNINSTALL: AssociationState.UNINSTALLING,
}
_APPLICATION = enums.WorkSpaceAssociatedResourceType.APPLICATION


@operations.emulates(ops.DESCRIBE_APPLICATIONS)
def describe_applications(call: Call, request: s.DescribeApplicationsRequest) -> s.DescribeApplicationsResult:
    """List applications: all, by id, or by owner, license, compute type and operating system."""
    applications = call.store.applications
    for application_id in request.application_ids or ():
        if application_id not in applications:
            raise not_found("application", application_id)
    matching = {
        key: record.application for key, record in applications.items() if _matches(record.application, request)
    }
    page, token = paginate(call, request, matching, limit=request.max_results)
    return s.DescribeApplicationsResult(applications=page, next_token=token)


def _matches(application: s.WorkSpaceApplication, request: s.DescribeApplicationsRequest) -> bool:
    computes, systems = request.compute_type_names, request.operating_system_names
    return (
        (request.application_ids is None or application.application_id in request.application_ids)
        and request.owner in (None, application.owner)
        and request.license_type in (None, application.license_type)
        and (computes is None or any(name in computes for name in application.supported_compute_type_names))
        and (systems is None or any(name in systems for name in application.supported_operating_system_names))
    )


@operations.emulates(ops.ASSOCIATE_WORKSPACE_APPLICATION)
def associate_workspace_application(
    call: Call, request: s.AssociateWorkspaceApplicationRequest
) -> s.AssociateWorkspaceApplicationResult:
    """Associate an application with a WorkSpace; it is PENDING_INSTALL until a deployment."""
    workspace = find_workspace(call, request.workspace_id).workspace
    record = _application(call, request.application_id)
    key = (request.workspace_id, request.application_id)
    _check_idle(call, request.workspace_id)
    if key in call.store.installations:
        raise ResourceAlreadyExistsException("The application is already associated with the WorkSpace.")
    _check_compatible(call, record, workspace)
    installed = Installation(
        application_id=request.application_id,
        resource_id=request.workspace_id,
        kind=enums.ApplicationAssociatedResourceType.WORKSPACE,
        created=call.now,
        updated=call.now,
        state=AssociationState.PENDING_INSTALL,
    )
    call.store.installations[key] = installed
    return s.AssociateWorkspaceApplicationResult(association=_workspace_association(installed))


def _check_compatible(call: Call, record: ApplicationRecord, workspace: s.Workspace) -> None:
    application, properties = record.application, workspace.workspace_properties
    if application.state != enums.WorkSpaceApplicationState.AVAILABLE:
        raise ApplicationNotSupportedException(f"The application is {application.state}.")
    if properties.compute_type_name not in application.supported_compute_type_names:
        raise ComputeNotCompatibleException("The WorkSpace's compute type is not compatible with the application.")
    if properties.operating_system_name not in application.supported_operating_system_names:
        raise OperatingSystemNotCompatibleException(
            "The WorkSpace's operating system is not compatible with the application."
        )
    installed_ids = {
        installed.application_id for installed in list_installations(call.store, workspace.workspace_id or "")
    }
    if installed_ids & record.excludes:
        raise IncompatibleApplicationsException(
            "The WorkSpace has an application that is incompatible with this application."
        )


@operations.emulates(ops.DISASSOCIATE_WORKSPACE_APPLICATION)
def disassociate_workspace_application(
    call: Call, request: s.DisassociateWorkspaceApplicationRequest
) -> s.DisassociateWorkspaceApplicationResult:
    """Disassociate an application from a WorkSpace; an application that was never deployed is removed immediately."""
    find_workspace(call, request.workspace_id)
    installed = call.store.installations.get((request.workspace_id, request.application_id))
    if installed is None:
        raise not_found("application of the WorkSpace", request.application_id)
    _check_idle(call, request.workspace_id)
    is_undeployed = installed.state == AssociationState.PENDING_INSTALL
    installed.set_state(AssociationState.REMOVED if is_undeployed else AssociationState.PENDING_UNINSTALL, call.now)
    return s.DisassociateWorkspaceApplicationResult(association=_workspace_association(installed))


@operations.emulates(ops.DEPLOY_WORKSPACE_APPLICATIONS)
def deploy_workspace_applications(
    call: Call, request: s.DeployWorkspaceApplicationsRequest
) -> s.DeployWorkspaceApplicationsResult:
    """Deploy the pending applications of an AVAILABLE WorkSpace; with Force also those in the state ERROR."""
    workspace = find_workspace(call, request.workspace_id).workspace
    if workspace.state != enums.WorkspaceState.AVAILABLE:
        raise OperationNotSupportedException(f"The WorkSpace is {workspace.state}.")
    _check_idle(call, request.workspace_id)
    at = call.now + call.durations.install_applications
    installations = list_installations(call.store, request.workspace_id)
    for installed in installations:
        attempt = _PENDING.get(installed.state)
        if request.force and installed.state == AssociationState.ERROR:
            attempt = installed.attempt
        if attempt is not None:
            installed.deploy(attempt, call.now, at)
    deployment = s.WorkSpaceApplicationDeployment(
        associations=[_workspace_association(installed) for installed in installations]
    )
    return s.DeployWorkspaceApplicationsResult(deployment=deployment)


@operations.emulates(ops.DESCRIBE_APPLICATION_ASSOCIATIONS)
def describe_application_associations(
    call: Call, request: s.DescribeApplicationAssociationsRequest
) -> s.DescribeApplicationAssociationsResult:
    """List the WorkSpaces, bundles and images that have an application."""
    _application(call, request.application_id)
    associations = {
        resource_id: _application_association(installed)
        for (resource_id, application_id), installed in call.store.installations.items()
        if application_id == request.application_id and installed.kind in request.associated_resource_types
    }
    page, token = paginate(call, request, associations, limit=request.max_results)
    return s.DescribeApplicationAssociationsResult(associations=page, next_token=token)


@operations.emulates(ops.DESCRIBE_WORKSPACE_ASSOCIATIONS)
def describe_workspace_associations(
    call: Call, request: s.DescribeWorkspaceAssociationsRequest
) -> s.DescribeWorkspaceAssociationsResult:
    """List the applications that are associated with a WorkSpace."""
    find_workspace(call, request.workspace_id)
    installations = list_installations(call.store, request.workspace_id)
    return s.DescribeWorkspaceAssociationsResult(
        associations=[_workspace_association(installed) for installed in installations]
    )


@operations.emulates(ops.DESCRIBE_IMAGE_ASSOCIATIONS)
def describe_image_associations(
    call: Call, request: s.DescribeImageAssociationsRequest
) -> s.DescribeImageAssociationsResult:
    """List the applications of an image, which come from its source WorkSpace."""
    owned_image(call.store, request.image_id)
    return s.DescribeImageAssociationsResult(
        associations=[
            s.ImageResourceAssociation(
                associated_resource_id=installed.application_id,
                associated_resource_type=enums.ImageAssociatedResourceType.APPLICATION,
                image_id=request.image_id,
                created=installed.created,
                last_updated_time=installed.updated,
                state=installed.state,
            )
            for installed in list_installations(call.store, request.image_id)
        ]
    )


@operations.emulates(ops.DESCRIBE_BUNDLE_ASSOCIATIONS)
def describe_bundle_associations(
    call: Call, request: s.DescribeBundleAssociationsRequest
) -> s.DescribeBundleAssociationsResult:
    """List the applications of a bundle, which come from its image."""
    if request.bundle_id not in call.store.bundles:
        raise not_found("bundle", request.bundle_id)
    return s.DescribeBundleAssociationsResult(
        associations=[
            s.BundleResourceAssociation(
                associated_resource_id=installed.application_id,
                associated_resource_type=enums.BundleAssociatedResourceType.APPLICATION,
                bundle_id=request.bundle_id,
                created=installed.created,
                last_updated_time=installed.updated,
                state=installed.state,
            )
            for installed in list_installations(call.store, request.bundle_id)
        ]
    )


def _application(call: Call, application_id: str) -> ApplicationRecord:
    record = call.store.applications.get(application_id)
    if record is None:
        raise not_found("application", application_id)
    return record


def _check_idle(call: Call, workspace_id: str) -> None:
    if any(installed.state in _RUNNING for installed in list_installations(call.store, workspace_id)):
        raise ResourceInUseException(
            "A deployment of applications to the WorkSpace is in progress.", details={"ResourceId": workspace_id}
        )


def _workspace_association(installed: Installation) -> s.WorkspaceResourceAssociation:
    return s.WorkspaceResourceAssociation(
        associated_resource_id=installed.application_id,
        associated_resource_type=_APPLICATION,
        workspace_id=installed.resource_id,
        created=installed.created,
        last_updated_time=installed.updated,
        state=installed.state,
        state_reason=installed.reason,
    )


def _application_association(installed: Installation) -> s.ApplicationResourceAssociation:
    return s.ApplicationResourceAssociation(
        application_id=installed.application_id,
        associated_resource_id=installed.resource_id,
        associated_resource_type=installed.kind,
        created=installed.created,
        last_updated_time=installed.updated,
        state=installed.state,
        state_reason=installed.reason,
    )
