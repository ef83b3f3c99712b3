"""What a registered directory lets its users do, and what its WorkSpaces are created with.

What a request names takes the new value, the rest stays as it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import asdict, replace

from wsclient._generated.partitions import WORKSPACES_FIPS
from wsclient._generated.workspaces import enums
from wsclient._generated.workspaces import operations as ops
from wsclient._generated.workspaces import structures as s
from wsclient._generated.workspaces.errors import (
    InvalidParameterCombinationException,
    InvalidParameterValuesException,
    OperationNotSupportedException,
)
from wsclient.testing._operations.common import usable_directory
from wsclient.testing._operations.handler import Call, HandlerTable

if TYPE_CHECKING:
    from typing import TypeVar

    from wsclient._core.model.structures import Structure
    from wsclient.testing._state.store import DirectoryRecord

    StructureT = TypeVar("StructureT", bound=Structure)

operations = HandlerTable()

_UNIT = re.compile(r"OU=[^,]+(,OU=[^,]+)*(,DC=[^,]+){2,}", re.IGNORECASE)
_CLIPBOARD = (
    enums.UserSettingActionEnum.CLIPBOARD_COPY_FROM_LOCAL_DEVICE,
    enums.UserSettingActionEnum.CLIPBOARD_COPY_TO_LOCAL_DEVICE,
)
_DELETED_SAML = {
    enums.DeletableSamlProperty.SAML_PROPERTIES_USER_ACCESS_URL: "user_access_url",
    enums.DeletableSamlProperty.SAML_PROPERTIES_RELAY_STATE_PARAMETER_NAME: "relay_state_parameter_name",
}


@operations.emulates(ops.MODIFY_WORKSPACE_ACCESS_PROPERTIES)
def modify_workspace_access_properties(
    call: Call, request: s.ModifyWorkspaceAccessPropertiesRequest
) -> s.ModifyWorkspaceAccessPropertiesResult:
    """Allow or deny kinds of devices, and set the VPC endpoints for streaming."""
    record = usable_directory(call.store, request.resource_id)
    asked = request.workspace_access_properties
    _check_endpoints(asked.access_endpoint_config)
    _keep(record, workspace_access_properties=_merged(record.directory.workspace_access_properties, asked))
    return s.ModifyWorkspaceAccessPropertiesResult()


def _check_endpoints(config: s.AccessEndpointConfig | None) -> None:
    if config is None:
        return
    endpoints = config.access_endpoints or []
    kinds = [endpoint.access_endpoint_type for endpoint in endpoints]
    if len(kinds) != len(set(kinds)):
        raise InvalidParameterValuesException("There can be one access endpoint of a type.")
    if config.internet_fallback_protocols and not endpoints:
        raise InvalidParameterCombinationException("A fallback to the Internet needs an access endpoint to fall from.")


@operations.emulates(ops.MODIFY_SAML_PROPERTIES)
def modify_saml_properties(call: Call, request: s.ModifySamlPropertiesRequest) -> s.ModifySamlPropertiesResult:
    """Set up or delete what SAML 2.0 needs; it cannot be enabled without a user access URL."""
    record = usable_directory(call.store, request.resource_id)
    asked = request.saml_properties or s.SamlProperties()
    deleted = [_DELETED_SAML[name] for name in request.properties_to_delete or ()]
    if any(getattr(asked, name) is not None for name in deleted):
        raise InvalidParameterValuesException("A property can be modified or deleted, not both.")
    merged = _merged(record.directory.saml_properties, asked)
    merged = replace(merged, **dict.fromkeys(deleted))
    if merged.status not in (None, enums.SamlStatusEnum.DISABLED) and merged.user_access_url is None:
        raise InvalidParameterValuesException("SAML 2.0 authentication needs a UserAccessUrl.")
    _keep(record, saml_properties=merged)
    return s.ModifySamlPropertiesResult()


@operations.emulates(ops.MODIFY_CERTIFICATE_BASED_AUTH_PROPERTIES)
def modify_certificate_based_auth_properties(
    call: Call, request: s.ModifyCertificateBasedAuthPropertiesRequest
) -> s.ModifyCertificateBasedAuthPropertiesResult:
    """Set up or delete certificate-based authentication, which comes after SAML 2.0 and needs an authority."""
    record = usable_directory(call.store, request.resource_id)
    asked = request.certificate_based_auth_properties or s.CertificateBasedAuthProperties()
    if request.properties_to_delete and asked.certificate_authority_arn is not None:
        raise InvalidParameterValuesException("A property can be modified or deleted, not both.")
    merged = _merged(record.directory.certificate_based_auth_properties, asked)
    if request.properties_to_delete:
        merged = replace(merged, certificate_authority_arn=None)
    if merged.status is enums.CertificateBasedAuthStatusEnum.ENABLED:
        if merged.certificate_authority_arn is None:
            raise InvalidParameterValuesException("Certificate-based authentication needs a CertificateAuthorityArn.")
        _check_saml(record)
    _keep(record, certificate_based_auth_properties=merged)
    return s.ModifyCertificateBasedAuthPropertiesResult()


def _check_saml(record: DirectoryRecord) -> None:
    saml = record.directory.saml_properties
    if saml is None or saml.status in (None, enums.SamlStatusEnum.DISABLED):
        raise OperationNotSupportedException("Certificate-based authentication needs SAML 2.0 authentication.")


@operations.emulates(ops.MODIFY_SELFSERVICE_PERMISSIONS)
def modify_selfservice_permissions(
    call: Call, request: s.ModifySelfservicePermissionsRequest
) -> s.ModifySelfservicePermissionsResult:
    """Say what users may do to their own WorkSpaces."""
    record = usable_directory(call.store, request.resource_id)
    merged = _merged(record.directory.selfservice_permissions, request.selfservice_permissions)
    _keep(record, selfservice_permissions=merged)
    return s.ModifySelfservicePermissionsResult()


@operations.emulates(ops.MODIFY_STREAMING_PROPERTIES)
def modify_streaming_properties(
    call: Call, request: s.ModifyStreamingPropertiesRequest
) -> s.ModifyStreamingPropertiesResult:
    """Set the preferred protocol, what users may copy and print, storage connectors and the accelerator."""
    record = usable_directory(call.store, request.resource_id)
    asked = request.streaming_properties or s.StreamingProperties()
    settings = asked.user_settings or []
    if len({setting.action for setting in settings}) != len(settings):
        raise InvalidParameterValuesException("There can be one setting of an action.")
    if any(setting.maximum_length is not None and setting.action not in _CLIPBOARD for setting in settings):
        raise InvalidParameterValuesException("Only actions of the clipboard have a MaximumLength.")
    _keep(record, streaming_properties=_merged(record.directory.streaming_properties, asked))
    return s.ModifyStreamingPropertiesResult()


@operations.emulates(ops.MODIFY_WORKSPACE_CREATION_PROPERTIES)
def modify_workspace_creation_properties(
    call: Call, request: s.ModifyWorkspaceCreationPropertiesRequest
) -> s.ModifyWorkspaceCreationPropertiesResult:
    """Set what WorkSpaces of the directory are created with from now on."""
    record = usable_directory(call.store, request.resource_id)
    asked = request.workspace_creation_properties
    if asked.default_ou and not _UNIT.fullmatch(asked.default_ou):
        raise InvalidParameterValuesException("DefaultOu has the form OU=value,DC=value,DC=value.")
    now = record.directory.workspace_creation_properties or s.DefaultWorkspaceCreationProperties()
    _keep(record, workspace_creation_properties=replace(now, **_given(asked)))
    return s.ModifyWorkspaceCreationPropertiesResult()


@operations.emulates(ops.MODIFY_ENDPOINT_ENCRYPTION_MODE)
def modify_endpoint_encryption_mode(
    call: Call, request: s.ModifyEndpointEncryptionModeRequest
) -> s.ModifyEndpointEncryptionModeResponse:
    """Stream with standard TLS or with FIPS-validated encryption, where the region has that."""
    record = usable_directory(call.store, request.directory_id)
    is_fips = request.endpoint_encryption_mode is enums.EndpointEncryptionMode.FIPS_VALIDATED
    if is_fips and call.store.region not in WORKSPACES_FIPS:
        raise OperationNotSupportedException(f"There is no FIPS endpoint in {call.store.region}.")
    _keep(record, endpoint_encryption_mode=request.endpoint_encryption_mode)
    return s.ModifyEndpointEncryptionModeResponse()


def _keep(record: DirectoryRecord, **properties: object) -> None:
    record.directory = replace(record.directory, **properties)


def _merged(now: StructureT | None, asked: StructureT) -> StructureT:
    return asked if now is None else replace(now, **_given(asked))


def _given(asked: Structure) -> dict[str, object]:
    return {name: value for name, value in asdict(asked).items() if value is not None}
