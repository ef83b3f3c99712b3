"""Images of a company's own Windows licenses (BYOL), imported from EC2.

"Bring Your Own Windows desktop licenses", https://docs.aws.amazon.com/workspaces/latest/adminguide/byol-windows-images.html.
What EC2 has is seeded, for there is no EC2 here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from wsclient._generated.workspaces import enums
from wsclient._generated.workspaces import operations as ops
from wsclient._generated.workspaces import structures as s
from wsclient._generated.workspaces.errors import (
    InvalidParameterValuesException,
    OperationNotSupportedException,
)
from wsclient.testing._operations.common import not_found
from wsclient.testing._operations.handler import Call, HandlerTable
from wsclient.testing._operations.images import add_image, new_image
from wsclient.testing._state.records import ImageRecord, Import

if TYPE_CHECKING:
    from datetime import datetime

operations = HandlerTable()

_STATES = [
    state
    for state in enums.CustomWorkspaceImageImportState
    if state not in (enums.CustomWorkspaceImageImportState.COMPLETED, enums.CustomWorkspaceImageImportState.ERROR)
]
"""What an import goes through, in the model's order, until it is COMPLETED."""


@operations.emulates(ops.IMPORT_WORKSPACE_IMAGE)
def import_workspace_image(call: Call, request: s.ImportWorkspaceImageRequest) -> s.ImportWorkspaceImageResult:
    """Import an image of EC2, for an account that AWS has enabled for BYOL."""
    _check_byol(call)
    _check_ec2_image(call, request.ec2_image_id)
    if len(request.applications or ()) > 1:
        raise InvalidParameterValuesException("Only one application can be subscribed to.")
    record = ImageRecord(
        described=_dedicated(call, request.image_name, request.image_description),
        system=enums.OperatingSystemName.WINDOWS_10,
    )
    return s.ImportWorkspaceImageResult(image_id=add_image(call, record, call.durations.import_image, request.tags))


@operations.emulates(ops.IMPORT_CUSTOM_WORKSPACE_IMAGE)
def import_custom_workspace_image(
    call: Call, request: s.ImportCustomWorkspaceImageRequest
) -> s.ImportCustomWorkspaceImageResult:
    """Import an image by EC2 Image Builder, from exactly one source; how far it is can be asked."""
    _check_byol(call)
    _check_source(call, request.image_source)
    is_11 = request.os_version is enums.OSVersion.WINDOWS_11
    if is_11 and request.protocol is enums.CustomImageProtocol.PCOIP:
        raise OperationNotSupportedException("Windows 11 does not support PCoIP.")
    done = call.now + call.durations.import_image
    record = ImageRecord(
        described=_dedicated(call, request.image_name, request.image_description),
        system=enums.OperatingSystemName.WINDOWS_11 if is_11 else enums.OperatingSystemName.WINDOWS_10,
        imported=Import(
            begun=call.now,
            done=done,
            infrastructure_arn=request.infrastructure_configuration_arn,
            source=request.image_source,
        ),
    )
    image_id = add_image(call, record, call.durations.import_image, request.tags)
    return s.ImportCustomWorkspaceImageResult(image_id=image_id, state=_STATES[0])


@operations.emulates(ops.DESCRIBE_CUSTOM_WORKSPACE_IMAGE_IMPORT)
def describe_custom_workspace_image_import(
    call: Call, request: s.DescribeCustomWorkspaceImageImportRequest
) -> s.DescribeCustomWorkspaceImageImportResult:
    """Tell how far an import by EC2 Image Builder is."""
    record = call.store.images.get(request.image_id)
    if record is None or record.imported is None:
        raise not_found("image import", request.image_id)
    imported = record.imported
    percent = _percent(imported, call.now)
    completed = enums.CustomWorkspaceImageImportState.COMPLETED
    state = completed if percent == 100 else _STATES[percent * len(_STATES) // 100]  # noqa: PLR2004 - percent
    return s.DescribeCustomWorkspaceImageImportResult(
        image_id=request.image_id,
        infrastructure_configuration_arn=imported.infrastructure_arn,
        state=state,
        progress_percentage=percent,
        created=imported.begun,
        last_updated_time=min(call.now, imported.done),
        image_source=imported.source,
    )


def _percent(imported: Import, now: datetime) -> int:
    duration = imported.done - imported.begun
    return 100 if now >= imported.done else int(100 * ((now - imported.begun) / duration))


def _check_byol(call: Call) -> None:
    if not call.store.byol.is_allowed:
        raise OperationNotSupportedException("The account is not enabled for BYOL.")


def _check_ec2_image(call: Call, image_id: str) -> None:
    if image_id not in call.store.ec2_images:
        raise not_found("EC2 image", image_id)


def _check_source(call: Call, source: s.ImageSourceIdentifier) -> None:
    given = [source.ec2_import_task_id, source.image_build_version_arn, source.ec2_image_id]
    if sum(one is not None for one in given) != 1:
        raise InvalidParameterValuesException("ImageSource needs exactly one source.")
    if source.ec2_image_id is not None:
        _check_ec2_image(call, source.ec2_image_id)


def _dedicated(call: Call, name: str, description: str) -> s.WorkspaceImage:
    image = new_image(call.store.account_id, name, description, call.now)
    return replace(image, required_tenancy=enums.WorkspaceImageRequiredTenancy.DEDICATED)
