"""Operations of AWS Security Token Service.

Written by `python -m wsclient._codegen` from the model sts-2011-06-15
(SHA-256 61ad864dde7632da0c80666c582e7cbf923446511ca2b932c1c3ccd589b32b4b).
Do not edit: change the generator and write it again.
"""

from __future__ import annotations

from wsclient._generated.sts import errors as e
from wsclient._generated.sts import structures as s
from wsclient._core.model.operations import AnyOperation, Effect, Operation, Service

ASSUME_ROLE = Operation(
    name="AssumeRole",
    input=s.AssumeRoleRequest,
    output=s.AssumeRoleResponse,
    effect=Effect.READ,
    errors=(e.MalformedPolicyDocumentException, e.PackedPolicyTooLargeException, e.RegionDisabledException, e.ExpiredTokenException),
    result_wrapper="AssumeRoleResult",
)

ASSUME_ROLE_WITH_SAML = Operation(
    name="AssumeRoleWithSAML",
    input=s.AssumeRoleWithSAMLRequest,
    output=s.AssumeRoleWithSAMLResponse,
    effect=Effect.READ,
    errors=(e.MalformedPolicyDocumentException, e.PackedPolicyTooLargeException, e.IDPRejectedClaimException, e.InvalidIdentityTokenException, e.ExpiredTokenException, e.RegionDisabledException),
    result_wrapper="AssumeRoleWithSAMLResult",
    is_signed=False,
)

ASSUME_ROLE_WITH_WEB_IDENTITY = Operation(
    name="AssumeRoleWithWebIdentity",
    input=s.AssumeRoleWithWebIdentityRequest,
    output=s.AssumeRoleWithWebIdentityResponse,
    effect=Effect.READ,
    errors=(e.MalformedPolicyDocumentException, e.PackedPolicyTooLargeException, e.IDPRejectedClaimException, e.IDPCommunicationErrorException, e.InvalidIdentityTokenException, e.ExpiredTokenException, e.RegionDisabledException),
    result_wrapper="AssumeRoleWithWebIdentityResult",
    is_signed=False,
)

ASSUME_ROOT = Operation(
    name="AssumeRoot",
    input=s.AssumeRootRequest,
    output=s.AssumeRootResponse,
    effect=Effect.READ,
    errors=(e.RegionDisabledException, e.ExpiredTokenException),
    result_wrapper="AssumeRootResult",
)

DECODE_AUTHORIZATION_MESSAGE = Operation(
    name="DecodeAuthorizationMessage",
    input=s.DecodeAuthorizationMessageRequest,
    output=s.DecodeAuthorizationMessageResponse,
    effect=Effect.READ,
    errors=(e.InvalidAuthorizationMessageException,),
    result_wrapper="DecodeAuthorizationMessageResult",
)

GET_ACCESS_KEY_INFO = Operation(
    name="GetAccessKeyInfo",
    input=s.GetAccessKeyInfoRequest,
    output=s.GetAccessKeyInfoResponse,
    effect=Effect.READ,
    result_wrapper="GetAccessKeyInfoResult",
)

GET_CALLER_IDENTITY = Operation(
    name="GetCallerIdentity",
    input=s.GetCallerIdentityRequest,
    output=s.GetCallerIdentityResponse,
    effect=Effect.READ,
    result_wrapper="GetCallerIdentityResult",
)

GET_DELEGATED_ACCESS_TOKEN = Operation(
    name="GetDelegatedAccessToken",
    input=s.GetDelegatedAccessTokenRequest,
    output=s.GetDelegatedAccessTokenResponse,
    effect=Effect.READ,
    errors=(e.ExpiredTradeInTokenException, e.RegionDisabledException, e.PackedPolicyTooLargeException),
    result_wrapper="GetDelegatedAccessTokenResult",
)

GET_FEDERATION_TOKEN = Operation(
    name="GetFederationToken",
    input=s.GetFederationTokenRequest,
    output=s.GetFederationTokenResponse,
    effect=Effect.READ,
    errors=(e.MalformedPolicyDocumentException, e.PackedPolicyTooLargeException, e.RegionDisabledException),
    result_wrapper="GetFederationTokenResult",
)

GET_SESSION_TOKEN = Operation(
    name="GetSessionToken",
    input=s.GetSessionTokenRequest,
    output=s.GetSessionTokenResponse,
    effect=Effect.READ,
    errors=(e.RegionDisabledException,),
    result_wrapper="GetSessionTokenResult",
)

GET_WEB_IDENTITY_TOKEN = Operation(
    name="GetWebIdentityToken",
    input=s.GetWebIdentityTokenRequest,
    output=s.GetWebIdentityTokenResponse,
    effect=Effect.READ,
    errors=(e.SessionDurationEscalationException, e.OutboundWebIdentityFederationDisabledException, e.JWTPayloadSizeExceededException),
    result_wrapper="GetWebIdentityTokenResult",
)

OPERATIONS: dict[str, AnyOperation] = {
    operation.name: operation
    for operation in (
        ASSUME_ROLE,
        ASSUME_ROLE_WITH_SAML,
        ASSUME_ROLE_WITH_WEB_IDENTITY,
        ASSUME_ROOT,
        DECODE_AUTHORIZATION_MESSAGE,
        GET_ACCESS_KEY_INFO,
        GET_CALLER_IDENTITY,
        GET_DELEGATED_ACCESS_TOKEN,
        GET_FEDERATION_TOKEN,
        GET_SESSION_TOKEN,
        GET_WEB_IDENTITY_TOKEN,
    )
}

SERVICE = Service(
    name="sts",
    service_id="STS",
    api_version="2011-06-15",
    protocol="query",
    signing_name="sts",
    xml_namespace="https://sts.amazonaws.com/doc/2011-06-15/",
    errors=e.BY_CODE,
    operations=OPERATIONS,
)
