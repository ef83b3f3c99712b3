"""Operations that import images with the account's own Windows licenses (BYOL) from EC2.

"Bring Your Own Windows desktop licenses", https://docs.aws.amazon.com/workspaces/latest/adminguide/byol-windows-images.html.
The emulator has no EC2: tests add the EC2 images that can be imported.
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
"""States of an import before COMPLETED, in the order of the model."""


@operations.emulates(ops.IMPORT_WORKSPACE_IMAGE)
def import_workspace_image(call: Call, request: s.ImportWorkspaceImageRequest) -> s.ImportWorkspaceImageResult:
    """Import an EC2 image, for an account that AWS has enabled for BYOL."""
    _check_byol(call)
    _check_ec2_image(call, request.ec2_image_id)
    if len(request.applications or ()) > 1:
        raise InvalidParameterValuesException("Applications can have at most one item.")
    record = ImageRecord(
        described=_dedicated_image(call, request.image_name, request.image_description),
        system=enums.OperatingSystemName.WINDOWS_10,
    )
    return s.ImportWorkspaceImageResult(image_id=add_image(call, record, call.durations.import_image, request.tags))


@operations.emulates(ops.IMPORT_CUSTOM_WORKSPACE_IMAGE)
def import_custom_workspace_image(
    call: Call, request: s.ImportCustomWorkspaceImageRequest
) -> s.ImportCustomWorkspaceImageResult:
    """Import an image with EC2 Image Builder, from exactly one source."""
    _check_byol(call)
    _check_source(call, request.image_source)
    is_windows_11 = request.os_version == enums.OSVersion.WINDOWS_11
    if is_windows_11 and request.protocol == enums.CustomImageProtocol.PCOIP:
        raise OperationNotSupportedException("Windows 11 does not support PCoIP.")
    done = call.now + call.durations.import_image
    record = ImageRecord(
        described=_dedicated_image(call, request.image_name, request.image_description),
        system=enums.OperatingSystemName.WINDOWS_11 if is_windows_11 else enums.OperatingSystemName.WINDOWS_10,
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
    """Return the state and the progress of an import with EC2 Image Builder."""
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
    sources = [source.ec2_import_task_id, source.image_build_version_arn, source.ec2_image_id]
    if sum(value is not None for value in sources) != 1:
        raise InvalidParameterValuesException("ImageSource must have exactly one source.")
    if source.ec2_image_id is not None:
        _check_ec2_image(call, source.ec2_image_id)


def _dedicated_image(call: Call, name: str, description: str) -> s.WorkspaceImage:
    image = new_image(call.store.account_id, name, description, call.now)
    return replace(image, required_tenancy=enums.WorkspaceImageRequiredTenancy.DEDICATED)
