"""Operations that modify the properties of a registered directory.

A request changes the members that it contains; the other members keep their values.
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

_ORGANIZATIONAL_UNIT = re.compile(r"OU=[^,]+(,OU=[^,]+)*(,DC=[^,]+){2,}", re.IGNORECASE)
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
    """Allow or deny device types, and set the VPC endpoints for streaming."""
    record = usable_directory(call.store, request.resource_id)
    requested = request.workspace_access_properties
    _check_endpoints(requested.access_endpoint_config)
    _update(record, workspace_access_properties=_merged(record.directory.workspace_access_properties, requested))
    return s.ModifyWorkspaceAccessPropertiesResult()


def _check_endpoints(config: s.AccessEndpointConfig | None) -> None:
    if config is None:
        return
    endpoints = config.access_endpoints or []
    types = [endpoint.access_endpoint_type for endpoint in endpoints]
    if len(types) != len(set(types)):
        raise InvalidParameterValuesException("A directory can have only one access endpoint of each type.")
    if config.internet_fallback_protocols and not endpoints:
        raise InvalidParameterCombinationException("InternetFallbackProtocols require an access endpoint.")


@operations.emulates(ops.MODIFY_SAML_PROPERTIES)
def modify_saml_properties(call: Call, request: s.ModifySamlPropertiesRequest) -> s.ModifySamlPropertiesResult:
    """Modify or delete the SAML 2.0 properties; SAML 2.0 cannot be enabled without a user access URL."""
    record = usable_directory(call.store, request.resource_id)
    requested = request.saml_properties or s.SamlProperties()
    deleted = [_DELETED_SAML[name] for name in request.properties_to_delete or ()]
    if any(getattr(requested, name) is not None for name in deleted):
        raise InvalidParameterValuesException("A property can be modified or deleted, not both.")
    merged = _merged(record.directory.saml_properties, requested)
    merged = replace(merged, **dict.fromkeys(deleted))
    if merged.status not in (None, enums.SamlStatusEnum.DISABLED) and merged.user_access_url is None:
        raise InvalidParameterValuesException("SAML 2.0 authentication requires a UserAccessUrl.")
    _update(record, saml_properties=merged)
    return s.ModifySamlPropertiesResult()


@operations.emulates(ops.MODIFY_CERTIFICATE_BASED_AUTH_PROPERTIES)
def modify_certificate_based_auth_properties(
    call: Call, request: s.ModifyCertificateBasedAuthPropertiesRequest
) -> s.ModifyCertificateBasedAuthPropertiesResult:
    """Modify or delete certificate-based authentication, which requires SAML 2.0 and a certificate authority."""
    record = usable_directory(call.store, request.resource_id)
    requested = request.certificate_based_auth_properties or s.CertificateBasedAuthProperties()
    if request.properties_to_delete and requested.certificate_authority_arn is not None:
        raise InvalidParameterValuesException("A property can be modified or deleted, not both.")
    merged = _merged(record.directory.certificate_based_auth_properties, requested)
    if request.properties_to_delete:
        merged = replace(merged, certificate_authority_arn=None)
    if merged.status == enums.CertificateBasedAuthStatusEnum.ENABLED:
        if merged.certificate_authority_arn is None:
            raise InvalidParameterValuesException(
                "Certificate-based authentication requires a CertificateAuthorityArn."
            )
        _check_saml(record)
    _update(record, certificate_based_auth_properties=merged)
    return s.ModifyCertificateBasedAuthPropertiesResult()


def _check_saml(record: DirectoryRecord) -> None:
    saml = record.directory.saml_properties
    if saml is None or saml.status in (None, enums.SamlStatusEnum.DISABLED):
        raise OperationNotSupportedException("Certificate-based authentication requires SAML 2.0 authentication.")


@operations.emulates(ops.MODIFY_SELFSERVICE_PERMISSIONS)
def modify_selfservice_permissions(
    call: Call, request: s.ModifySelfservicePermissionsRequest
) -> s.ModifySelfservicePermissionsResult:
    """Set the self-service permissions of users for their own WorkSpaces."""
    record = usable_directory(call.store, request.resource_id)
    merged = _merged(record.directory.selfservice_permissions, request.selfservice_permissions)
    _update(record, selfservice_permissions=merged)
    return s.ModifySelfservicePermissionsResult()


@operations.emulates(ops.MODIFY_STREAMING_PROPERTIES)
def modify_streaming_properties(
    call: Call, request: s.ModifyStreamingPropertiesRequest
) -> s.ModifyStreamingPropertiesResult:
    """Set the preferred protocol, user settings (clipboard, printing), storage connectors and Global Accelerator."""
    record = usable_directory(call.store, request.resource_id)
    requested = request.streaming_properties or s.StreamingProperties()
    settings = requested.user_settings or []
    if len({setting.action for setting in settings}) != len(settings):
        raise InvalidParameterValuesException("A directory can have only one user setting of each action.")
    if any(setting.maximum_length is not None and setting.action not in _CLIPBOARD for setting in settings):
        raise InvalidParameterValuesException("Only clipboard actions can have a MaximumLength.")
    _update(record, streaming_properties=_merged(record.directory.streaming_properties, requested))
    return s.ModifyStreamingPropertiesResult()


@operations.emulates(ops.MODIFY_WORKSPACE_CREATION_PROPERTIES)
def modify_workspace_creation_properties(
    call: Call, request: s.ModifyWorkspaceCreationPropertiesRequest
) -> s.ModifyWorkspaceCreationPropertiesResult:
    """Set the default creation properties of the directory's future WorkSpaces."""
    record = usable_directory(call.store, request.resource_id)
    requested = request.workspace_creation_properties
    if requested.default_ou and not _ORGANIZATIONAL_UNIT.fullmatch(requested.default_ou):
        raise InvalidParameterValuesException("DefaultOu must have the form OU=value,DC=value,DC=value.")
    current = record.directory.workspace_creation_properties or s.DefaultWorkspaceCreationProperties()
    _update(record, workspace_creation_properties=replace(current, **_set_members(requested)))
    return s.ModifyWorkspaceCreationPropertiesResult()


@operations.emulates(ops.MODIFY_ENDPOINT_ENCRYPTION_MODE)
def modify_endpoint_encryption_mode(
    call: Call, request: s.ModifyEndpointEncryptionModeRequest
) -> s.ModifyEndpointEncryptionModeResponse:
    """Set the encryption of streaming: standard TLS, or FIPS-validated in regions with a FIPS endpoint."""
    record = usable_directory(call.store, request.directory_id)
    is_fips = request.endpoint_encryption_mode == enums.EndpointEncryptionMode.FIPS_VALIDATED
    if is_fips and call.store.region not in WORKSPACES_FIPS:
        raise OperationNotSupportedException(f"The region {call.store.region} has no FIPS endpoint.")
    _update(record, endpoint_encryption_mode=request.endpoint_encryption_mode)
    return s.ModifyEndpointEncryptionModeResponse()


def _update(record: DirectoryRecord, **properties: object) -> None:
    record.directory = replace(record.directory, **properties)


def _merged(current: StructureT | None, requested: StructureT) -> StructureT:
    return requested if current is None else replace(current, **_set_members(requested))


def _set_members(structure: Structure) -> dict[str, object]:
    return {name: value for name, value in asdict(structure).items() if value is not None}
