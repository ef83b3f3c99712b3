"""What users see of a directory in the WorkSpaces client: its properties, branding and logos.

"Customize branding", https://docs.aws.amazon.com/workspaces/latest/adminguide/customize-branding.html
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from msgspec.structs import asdict, replace

from wsclient._generated.workspaces import enums
from wsclient._generated.workspaces import operations as ops
from wsclient._generated.workspaces import structures as s
from wsclient._generated.workspaces.errors import InvalidParameterValuesException, ResourceLimitExceededException
from wsclient.testing._operations.common import check_directory_exists, usable_directory
from wsclient.testing._operations.handler import Call, HandlerTable

if TYPE_CHECKING:
    _Given = s.DefaultImportClientBrandingAttributes | s.IosImportClientBrandingAttributes
    _Kept = s.DefaultClientBrandingAttributes | s.IosClientBrandingAttributes

operations = HandlerTable()

_POLICIES = ("FORCE_CLASSIC", "FORCE_UI_2026", "USER_CHOICE")
_DEFAULT = s.ClientProperties(
    reconnect_enabled=enums.ReconnectEnum.ENABLED, log_upload_enabled=enums.LogUploadEnum.ENABLED
)
_PLATFORMS = {
    enums.ClientDeviceType.DEVICETYPEWINDOWS: "device_type_windows",
    enums.ClientDeviceType.DEVICETYPEOSX: "device_type_osx",
    enums.ClientDeviceType.DEVICETYPEANDROID: "device_type_android",
    enums.ClientDeviceType.DEVICETYPEIOS: "device_type_ios",
    enums.ClientDeviceType.DEVICETYPELINUX: "device_type_linux",
    enums.ClientDeviceType.DEVICETYPEWEB: "device_type_web",
}
_PNG = b"\x89PNG\r\n\x1a\n"
_MOST_BYTES = 6 * 1024 * 1024
_LOCALE = "en_US"


@operations.emulates(ops.DESCRIBE_CLIENT_PROPERTIES)
def describe_client_properties(
    call: Call, request: s.DescribeClientPropertiesRequest
) -> s.DescribeClientPropertiesResult:
    """Tell what the clients of directories' users may do."""
    for resource_id in request.resource_ids:
        check_directory_exists(call.store, resource_id)
    kept = call.store.client_properties
    return s.DescribeClientPropertiesResult(
        client_properties_list=[
            s.ClientPropertiesResult(resource_id=one, client_properties=kept.get(one, _DEFAULT))
            for one in dict.fromkeys(request.resource_ids)
        ]
    )


@operations.emulates(ops.MODIFY_CLIENT_PROPERTIES)
def modify_client_properties(call: Call, request: s.ModifyClientPropertiesRequest) -> s.ModifyClientPropertiesResult:
    """Say what the clients of a directory's users may do; what is not named stays as it is."""
    usable_directory(call.store, request.resource_id)
    asked = request.client_properties
    if asked.client_experience_policy not in (None, *_POLICIES):
        raise InvalidParameterValuesException(f"ClientExperiencePolicy is one of {', '.join(_POLICIES)}.")
    given = {name: value for name, value in asdict(asked).items() if value is not None}
    kept = call.store.client_properties
    kept[request.resource_id] = replace(kept.get(request.resource_id, _DEFAULT), **given)
    return s.ModifyClientPropertiesResult()


@operations.emulates(ops.IMPORT_CLIENT_BRANDING)
def import_client_branding(call: Call, request: s.ImportClientBrandingRequest) -> s.ImportClientBrandingResult:
    """Put branding into the place of what platforms had; logos can be had at the URLs that are answered."""
    check_directory_exists(call.store, request.resource_id)
    given = {field: getattr(request, field) for field in _PLATFORMS.values() if getattr(request, field) is not None}
    if not given:
        raise InvalidParameterValuesException("The request needs branding for at least one platform.")
    for attributes in given.values():
        _check(attributes)
    if sum(len(logo) for attributes in given.values() for logo in _logos(attributes).values()) > _MOST_BYTES:
        raise ResourceLimitExceededException("The request holds more than 6 MB of logos.")
    branding = {
        field: _branding(f"{call.store.region}/{request.resource_id}/{field}", attributes)
        for field, attributes in given.items()
    }
    _keep(call, request.resource_id, branding)
    return replace(s.ImportClientBrandingResult(), **branding)


@operations.emulates(ops.DESCRIBE_CLIENT_BRANDING)
def describe_client_branding(call: Call, request: s.DescribeClientBrandingRequest) -> s.DescribeClientBrandingResult:
    """Return the branding of the platforms that have any."""
    check_directory_exists(call.store, request.resource_id)
    return call.store.branding.get(request.resource_id, s.DescribeClientBrandingResult())


@operations.emulates(ops.DELETE_CLIENT_BRANDING)
def delete_client_branding(call: Call, request: s.DeleteClientBrandingRequest) -> s.DeleteClientBrandingResult:
    """Take the branding of platforms away; one that has none is no error."""
    check_directory_exists(call.store, request.resource_id)
    _keep(call, request.resource_id, {_PLATFORMS[platform]: None for platform in request.platforms})
    return s.DeleteClientBrandingResult()


def _keep(call: Call, resource_id: str, branding: dict[str, _Kept] | dict[str, None]) -> None:
    now = call.store.branding.get(resource_id, s.DescribeClientBrandingResult())
    call.store.branding[resource_id] = replace(now, **branding)


def _check(given: _Given) -> None:
    if given.support_email is not None and given.support_link is not None:
        raise InvalidParameterValuesException("SupportEmail and SupportLink exclude one another.")
    if any(locale != _LOCALE for locale in given.login_message or ()):
        raise InvalidParameterValuesException(f"The only locale of a LoginMessage is {_LOCALE}.")
    if not all(logo.startswith(_PNG) for logo in _logos(given).values()):
        raise InvalidParameterValuesException("A logo must be a PNG image.")


def _logos(given: _Given) -> dict[str, bytes]:
    names = ("logo", "logo2x", "logo3x")
    return {name: logo for name in names if (logo := getattr(given, name, None)) is not None}


def _branding(place: str, given: _Given) -> _Kept:
    """Return branding as it is described: a logo's URL tells its content, so that another logo is another URL."""
    urls = {
        f"{name}_url": f"https://branding.emulator.invalid/{place}/{hashlib.sha256(logo).hexdigest()[:16]}.png"
        for name, logo in _logos(given).items()
    }
    is_ios = isinstance(given, s.IosImportClientBrandingAttributes)
    kept: _Kept = s.IosClientBrandingAttributes() if is_ios else s.DefaultClientBrandingAttributes()
    return replace(
        kept,
        support_email=given.support_email,
        support_link=given.support_link,
        forgot_password_link=given.forgot_password_link,
        login_message=given.login_message,
        **urls,
    )
