"""Errors of wsclient: the tree of every error it raises.

    WsclientError
    ├ ConfigurationError
    │ ├ DuplicateSiteError          two sites of a fleet are the same account and region
    │ ├ EndpointResolutionError
    │ │ └ PrivateLinkFipsError
    │ ├ NetworkAccessError          a test mocks httpx or allows loopback only; not sent
    │ ├ PlanCountError              count, expected; a destructive plan ran without the confirmed count
    │ ├ TLSPolicyError
    │ └ VpcEndpointError            a mistake with an interface endpoint; its kinds are in wsclient.vpc
    ├ CredentialsError
    │ ├ NoCredentialsError          each provider tried, and why it had no credentials
    │ └ CredentialsRefreshError
    ├ RequestValidationError        never sent: operation, path, limit, value_size
    ├ TransportError                may_have_been_sent
    │ ├ ConnectError
    │ ├ TLSError
    │ ├ RequestTimeoutError         phase; is a TimeoutError too
    │ │ └ PaceTimeoutError          the wait for the rate limit exceeds the deadline; not sent
    │ └ ConnectionLostError
    ├ ResponseParseError            received, unreadable: status, headers, first_bytes
    ├ MiddlewareError               a middleware forged a response, proceeded twice, or set a reserved header
    ├ PaginationError
    ├ WaiterError                   reached, failed, waiting
    │ └ WaiterTimeoutError          the deadline passed; is a TimeoutError too
    ├ JournalError                  path; a fleet's journal that cannot be used
    ├ SiteError                     site, error; a site of a fleet could not be read
    ├ PartialFailureError           failed_requests, from raise_for_failures()
    └ ServiceError                  code, message, status, request_id, operation, attempts, fault, retry_after
      ├ ThrottlingException         and the other errors that all AWS services share
      └ ResourceNotFoundException   and the other errors that the models of WorkSpaces and STS name

All carry operation, attempts, is_transient, is_throttling, is_ambiguous and may_have_been_sent; all pickle and copy.
"""

from typing import TYPE_CHECKING

from wsclient._core.errors import (
    ConfigurationError,
    ConnectError,
    ConnectionLostError,
    CredentialsError,
    CredentialsRefreshError,
    EndpointResolutionError,
    FailedItem,
    MiddlewareError,
    NetworkAccessError,
    NoCredentialsError,
    PaceTimeoutError,
    PaginationError,
    PartialFailureError,
    PrivateLinkFipsError,
    RequestTimeoutError,
    RequestValidationError,
    ResponseParseError,
    ServiceError,
    TLSError,
    TLSPolicyError,
    TransportError,
    WsclientError,
)
from wsclient._core.fleet_errors import DuplicateSiteError, JournalError, PlanCountError, SiteError
from wsclient._core.public_names import publish
from wsclient._core.service_errors import (
    AccessDeniedException,
    ExpiredTokenException,
    IncompleteSignatureException,
    InternalFailure,
    InvalidSignatureException,
    MissingAuthenticationTokenException,
    OptInRequiredException,
    SerializationException,
    ServiceUnavailable,
    ThrottlingException,
    UnknownOperationException,
    UnrecognizedClientException,
    ValidationException,
)
from wsclient._core.vpc_errors import VpcEndpointError
from wsclient._core.waiter_errors import WaiterError, WaiterTimeoutError
from wsclient._generated.sts.errors import (
    ExpiredTradeInTokenException,
    IDPCommunicationErrorException,
    IDPRejectedClaimException,
    InsufficientSessionLifetimeException,
    InvalidAuthorizationMessageException,
    InvalidContextAssertionException,
    InvalidIdentityTokenException,
    InvalidSubjectCredentialsException,
    JWTPayloadSizeExceededException,
    MalformedPolicyDocumentException,
    OutboundWebIdentityFederationDisabledException,
    PackedPolicyTooLargeException,
    RegionDisabledException,
    SessionDurationEscalationException,
)
from wsclient._generated.workspaces.errors import (
    ApplicationNotSupportedException,
    ComputeNotCompatibleException,
    ConflictException,
    IncompatibleApplicationsException,
    InternalServerException,
    InvalidParameterCombinationException,
    InvalidParameterValuesException,
    InvalidResourceStateException,
    OperatingSystemNotCompatibleException,
    OperationInProgressException,
    OperationNotSupportedException,
    ResourceAlreadyExistsException,
    ResourceAssociatedException,
    ResourceCreationFailedException,
    ResourceInUseException,
    ResourceLimitExceededException,
    ResourceNotFoundException,
    ResourceUnavailableException,
    UnsupportedNetworkConfigurationException,
    UnsupportedWorkspaceConfigurationException,
    WorkspacesDefaultRoleNotFoundException,
)

if not TYPE_CHECKING:  # type checkers report a missing name by themselves

    def __getattr__(name: str) -> object:
        from wsclient._core.other_names import missing_name  # noqa: PLC0415 - needed for errors only

        raise missing_name(__name__, name)


__all__ = [
    "AccessDeniedException",
    "ApplicationNotSupportedException",
    "ComputeNotCompatibleException",
    "ConfigurationError",
    "ConflictException",
    "ConnectError",
    "ConnectionLostError",
    "CredentialsError",
    "CredentialsRefreshError",
    "DuplicateSiteError",
    "EndpointResolutionError",
    "ExpiredTokenException",
    "ExpiredTradeInTokenException",
    "FailedItem",
    "IDPCommunicationErrorException",
    "IDPRejectedClaimException",
    "IncompatibleApplicationsException",
    "IncompleteSignatureException",
    "InsufficientSessionLifetimeException",
    "InternalFailure",
    "InternalServerException",
    "InvalidAuthorizationMessageException",
    "InvalidContextAssertionException",
    "InvalidIdentityTokenException",
    "InvalidParameterCombinationException",
    "InvalidParameterValuesException",
    "InvalidResourceStateException",
    "InvalidSignatureException",
    "InvalidSubjectCredentialsException",
    "JWTPayloadSizeExceededException",
    "JournalError",
    "MalformedPolicyDocumentException",
    "MiddlewareError",
    "MissingAuthenticationTokenException",
    "NetworkAccessError",
    "NoCredentialsError",
    "OperatingSystemNotCompatibleException",
    "OperationInProgressException",
    "OperationNotSupportedException",
    "OptInRequiredException",
    "OutboundWebIdentityFederationDisabledException",
    "PaceTimeoutError",
    "PackedPolicyTooLargeException",
    "PaginationError",
    "PartialFailureError",
    "PlanCountError",
    "PrivateLinkFipsError",
    "RegionDisabledException",
    "RequestTimeoutError",
    "RequestValidationError",
    "ResourceAlreadyExistsException",
    "ResourceAssociatedException",
    "ResourceCreationFailedException",
    "ResourceInUseException",
    "ResourceLimitExceededException",
    "ResourceNotFoundException",
    "ResourceUnavailableException",
    "ResponseParseError",
    "SerializationException",
    "ServiceError",
    "ServiceUnavailable",
    "SessionDurationEscalationException",
    "SiteError",
    "TLSError",
    "TLSPolicyError",
    "ThrottlingException",
    "TransportError",
    "UnknownOperationException",
    "UnrecognizedClientException",
    "UnsupportedNetworkConfigurationException",
    "UnsupportedWorkspaceConfigurationException",
    "ValidationException",
    "VpcEndpointError",
    "WaiterError",
    "WaiterTimeoutError",
    "WorkspacesDefaultRoleNotFoundException",
    "WsclientError",
]

publish(__name__, __all__)
