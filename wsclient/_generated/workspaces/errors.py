"""Errors of Amazon WorkSpaces.

Written by `python -m wsclient._codegen` from the model workspaces-2015-04-08
(SHA-256 1783af6d9327fb88dea6ffed0a9371124d6c56b281b8a4ff226d7b13c87c4202).
Do not edit: change the generator and write it again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._core.service_errors import AccessDeniedException, ValidationException
from wsclient._core.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Mapping


class ApplicationNotSupportedException(ServiceError):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_Operations.html"""

    code = "ApplicationNotSupportedException"


class ComputeNotCompatibleException(ServiceError):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_Operations.html"""

    code = "ComputeNotCompatibleException"


class ConflictException(ServiceError):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_Operations.html"""

    code = "ConflictException"


class IncompatibleApplicationsException(ServiceError):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_Operations.html"""

    code = "IncompatibleApplicationsException"


class InternalServerException(ServiceError):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_Operations.html"""

    code = "InternalServerException"


class InvalidParameterCombinationException(ServiceError):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_Operations.html"""

    code = "InvalidParameterCombinationException"


class InvalidParameterValuesException(ServiceError):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_Operations.html"""

    code = "InvalidParameterValuesException"


class InvalidResourceStateException(ServiceError):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_Operations.html"""

    code = "InvalidResourceStateException"


class OperatingSystemNotCompatibleException(ServiceError):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_Operations.html"""

    code = "OperatingSystemNotCompatibleException"


class OperationInProgressException(ServiceError):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_Operations.html"""

    code = "OperationInProgressException"


class OperationNotSupportedException(ServiceError):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_Operations.html"""

    code = "OperationNotSupportedException"

    @property
    def reason(self) -> str | None:
        return self.details.get("reason")


class ResourceAlreadyExistsException(ServiceError):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_Operations.html"""

    code = "ResourceAlreadyExistsException"


class ResourceAssociatedException(ServiceError):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_Operations.html"""

    code = "ResourceAssociatedException"


class ResourceCreationFailedException(ServiceError):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_Operations.html"""

    code = "ResourceCreationFailedException"


class ResourceInUseException(ServiceError):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_Operations.html"""

    code = "ResourceInUseException"

    @property
    def resource_id(self) -> str | None:
        return self.details.get("ResourceId")


class ResourceLimitExceededException(ServiceError):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_Operations.html"""

    code = "ResourceLimitExceededException"


class ResourceNotFoundException(ServiceError):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_Operations.html"""

    code = "ResourceNotFoundException"

    @property
    def resource_id(self) -> str | None:
        return self.details.get("ResourceId")


class ResourceUnavailableException(ServiceError):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_Operations.html"""

    code = "ResourceUnavailableException"

    @property
    def resource_id(self) -> str | None:
        return self.details.get("ResourceId")


class UnsupportedNetworkConfigurationException(ServiceError):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_Operations.html"""

    code = "UnsupportedNetworkConfigurationException"


class UnsupportedWorkspaceConfigurationException(ServiceError):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_Operations.html"""

    code = "UnsupportedWorkspaceConfigurationException"


class WorkspacesDefaultRoleNotFoundException(ServiceError):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_Operations.html"""

    code = "WorkspacesDefaultRoleNotFoundException"


BY_CODE: Mapping[str, type[ServiceError]] = {
    "AccessDeniedException": AccessDeniedException,
    "ApplicationNotSupportedException": ApplicationNotSupportedException,
    "ComputeNotCompatibleException": ComputeNotCompatibleException,
    "ConflictException": ConflictException,
    "IncompatibleApplicationsException": IncompatibleApplicationsException,
    "InternalServerException": InternalServerException,
    "InvalidParameterCombinationException": InvalidParameterCombinationException,
    "InvalidParameterValuesException": InvalidParameterValuesException,
    "InvalidResourceStateException": InvalidResourceStateException,
    "OperatingSystemNotCompatibleException": OperatingSystemNotCompatibleException,
    "OperationInProgressException": OperationInProgressException,
    "OperationNotSupportedException": OperationNotSupportedException,
    "ResourceAlreadyExistsException": ResourceAlreadyExistsException,
    "ResourceAssociatedException": ResourceAssociatedException,
    "ResourceCreationFailedException": ResourceCreationFailedException,
    "ResourceInUseException": ResourceInUseException,
    "ResourceLimitExceededException": ResourceLimitExceededException,
    "ResourceNotFoundException": ResourceNotFoundException,
    "ResourceUnavailableException": ResourceUnavailableException,
    "UnsupportedNetworkConfigurationException": UnsupportedNetworkConfigurationException,
    "UnsupportedWorkspaceConfigurationException": UnsupportedWorkspaceConfigurationException,
    "ValidationException": ValidationException,
    "WorkspacesDefaultRoleNotFoundException": WorkspacesDefaultRoleNotFoundException,
}

__all__ = [
    "AccessDeniedException",
    "ApplicationNotSupportedException",
    "ComputeNotCompatibleException",
    "ConflictException",
    "IncompatibleApplicationsException",
    "InternalServerException",
    "InvalidParameterCombinationException",
    "InvalidParameterValuesException",
    "InvalidResourceStateException",
    "OperatingSystemNotCompatibleException",
    "OperationInProgressException",
    "OperationNotSupportedException",
    "ResourceAlreadyExistsException",
    "ResourceAssociatedException",
    "ResourceCreationFailedException",
    "ResourceInUseException",
    "ResourceLimitExceededException",
    "ResourceNotFoundException",
    "ResourceUnavailableException",
    "UnsupportedNetworkConfigurationException",
    "UnsupportedWorkspaceConfigurationException",
    "ValidationException",
    "WorkspacesDefaultRoleNotFoundException",
]
