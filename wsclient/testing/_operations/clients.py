"""Operations of the WorkSpaces client of a directory: client properties, branding and logos.

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
    _Imported = s.DefaultImportClientBrandingAttributes | s.IosImportClientBrandingAttributes
    _Described = s.DefaultClientBrandingAttributes | s.IosClientBrandingAttributes

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
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MAX_LOGO_BYTES = 6 * 1024 * 1024
_LOCALE = "en_US"


@operations.emulates(ops.DESCRIBE_CLIENT_PROPERTIES)
def describe_client_properties(
    call: Call, request: s.DescribeClientPropertiesRequest
) -> s.DescribeClientPropertiesResult:
    """Return the client properties of directories."""
    for resource_id in request.resource_ids:
        check_directory_exists(call.store, resource_id)
    properties = call.store.client_properties
    return s.DescribeClientPropertiesResult(
        client_properties_list=[
            s.ClientPropertiesResult(resource_id=resource_id, client_properties=properties.get(resource_id, _DEFAULT))
            for resource_id in dict.fromkeys(request.resource_ids)
        ]
    )


@operations.emulates(ops.MODIFY_CLIENT_PROPERTIES)
def modify_client_properties(call: Call, request: s.ModifyClientPropertiesRequest) -> s.ModifyClientPropertiesResult:
    """Modify the client properties of a directory; members that are not in the request do not change."""
    usable_directory(call.store, request.resource_id)
    requested = request.client_properties
    if requested.client_experience_policy not in (None, *_POLICIES):
        raise InvalidParameterValuesException(f"ClientExperiencePolicy must be one of {', '.join(_POLICIES)}.")
    changes = {name: value for name, value in asdict(requested).items() if value is not None}
    properties = call.store.client_properties
    properties[request.resource_id] = replace(properties.get(request.resource_id, _DEFAULT), **changes)
    return s.ModifyClientPropertiesResult()


@operations.emulates(ops.IMPORT_CLIENT_BRANDING)
def import_client_branding(call: Call, request: s.ImportClientBrandingRequest) -> s.ImportClientBrandingResult:
    """Replace the branding of platforms; the response holds the URLs of the logos."""
    check_directory_exists(call.store, request.resource_id)
    imported = {field: getattr(request, field) for field in _PLATFORMS.values() if getattr(request, field) is not None}
    if not imported:
        raise InvalidParameterValuesException("Branding for at least one platform is required.")
    for attributes in imported.values():
        _check(attributes)
    if sum(len(logo) for attributes in imported.values() for logo in _logos(attributes).values()) > _MAX_LOGO_BYTES:
        raise ResourceLimitExceededException("The logos of a request can have at most 6 MB in total.")
    branding = {
        field: _branding(f"{call.store.region}/{request.resource_id}/{field}", attributes)
        for field, attributes in imported.items()
    }
    _store_branding(call, request.resource_id, branding)
    return replace(s.ImportClientBrandingResult(), **branding)


@operations.emulates(ops.DESCRIBE_CLIENT_BRANDING)
def describe_client_branding(call: Call, request: s.DescribeClientBrandingRequest) -> s.DescribeClientBrandingResult:
    """Return the branding of the platforms that have branding."""
    check_directory_exists(call.store, request.resource_id)
    return call.store.branding.get(request.resource_id, s.DescribeClientBrandingResult())


@operations.emulates(ops.DELETE_CLIENT_BRANDING)
def delete_client_branding(call: Call, request: s.DeleteClientBrandingRequest) -> s.DeleteClientBrandingResult:
    """Delete the branding of platforms; a platform without branding is not an error."""
    check_directory_exists(call.store, request.resource_id)
    _store_branding(call, request.resource_id, {_PLATFORMS[platform]: None for platform in request.platforms})
    return s.DeleteClientBrandingResult()


def _store_branding(call: Call, resource_id: str, branding: dict[str, _Described] | dict[str, None]) -> None:
    current = call.store.branding.get(resource_id, s.DescribeClientBrandingResult())
    call.store.branding[resource_id] = replace(current, **branding)


def _check(attributes: _Imported) -> None:
    if attributes.support_email is not None and attributes.support_link is not None:
        raise InvalidParameterValuesException("Specify either SupportEmail or SupportLink, not both.")
    if any(locale != _LOCALE for locale in attributes.login_message or ()):
        raise InvalidParameterValuesException(f"The locale of a LoginMessage must be {_LOCALE}.")
    if not all(logo.startswith(_PNG_SIGNATURE) for logo in _logos(attributes).values()):
        raise InvalidParameterValuesException("A logo must be a PNG image.")


def _logos(attributes: _Imported) -> dict[str, bytes]:
    names = ("logo", "logo2x", "logo3x")
    return {name: logo for name in names if (logo := getattr(attributes, name, None)) is not None}


def _branding(url_path: str, attributes: _Imported) -> _Described:
    """Return the branding to describe. The URL of a logo contains a hash of the logo: a new logo has a new URL."""
    urls = {
        f"{name}_url": f"https://branding.emulator.invalid/{url_path}/{hashlib.sha256(logo).hexdigest()[:16]}.png"
        for name, logo in _logos(attributes).items()
    }
    is_ios = isinstance(attributes, s.IosImportClientBrandingAttributes)
    described: _Described = s.IosClientBrandingAttributes() if is_ios else s.DefaultClientBrandingAttributes()
    return replace(
        described,
        support_email=attributes.support_email,
        support_link=attributes.support_link,
        forgot_password_link=attributes.forgot_password_link,
        login_message=attributes.login_message,
        **urls,
    )
