"""Structures of AWS Security Token Service.

Written by `python -m wsclient._codegen` from the model sts-2011-06-15
(SHA-256 61ad864dde7632da0c80666c582e7cbf923446511ca2b932c1c3ccd589b32b4b).
Do not edit: change the generator and write it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar

from msgspec import field

from wsclient._core.model.structures import Input, Limits, Output, Structure, Timestamp

RootDurationSecondsType = Annotated[int, Limits(0, 900)]
SAMLAssertionType = Annotated[str, Limits(4, 100000)]
TargetPrincipalType = Annotated[str, Limits(12, 2048)]
AccessKeyIdType = Annotated[str, Limits(16, 128, r"[\w]*")]
ArnType = Annotated[str, Limits(20, 2048, r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+")]
AssumedRoleIdType = Annotated[str, Limits(2, 193, r"[\w+=,.@:-]*")]
ClientTokenType = Annotated[str, Limits(4, 20000)]
ContextAssertionType = Annotated[str, Limits(4, 2048)]
DurationSecondsType = Annotated[int, Limits(900, 129600)]
EncodedMessageType = Annotated[str, Limits(1, 10240)]
ExternalIdType = Annotated[str, Limits(2, 1224, r"[\w+=,.@:\/-]*")]
FederatedIdType = Annotated[str, Limits(2, 193, r"[\w+=,.@\:-]*")]
JwtAlgorithmType = Annotated[str, Limits(5, 5)]
MinimumSessionTokenSizeType = Annotated[int, Limits(0, 4096)]
NonNegativeIntegerType = Annotated[int, Limits(0)]
RoleDurationSecondsType = Annotated[int, Limits(900, 43200)]
RoleSessionNameType = Annotated[str, Limits(2, 64, r"[\w+=,.@-]*")]
SerialNumberType = Annotated[str, Limits(9, 256, r"[\w+=/:,.@-]*")]
SessionPolicyDocumentType = Annotated[str, Limits(1, 2048, r"[\u0009\u000A\u000D\u0020-\u00FF]+")]
SessionTokenSizeType = Annotated[int, Limits(0)]
SessionTokenUtilizationType = Annotated[int, Limits(0)]
SourceIdentityType = Annotated[str, Limits(2, 64, r"[\w+=,.@-]*")]
TagKeyType = Annotated[str, Limits(1, 128, r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+")]
TagValueType = Annotated[str, Limits(0, 256, r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*")]
TokenCodeType = Annotated[str, Limits(6, 6, r"[\d]*")]
UnrestrictedSessionPolicyDocumentType = Annotated[str, Limits(1, None, r"[\u0009\u000A\u000D\u0020-\u00FF]+")]
UrlType = Annotated[str, Limits(4, 2048)]
UserNameType = Annotated[str, Limits(2, 32, r"[\w+=,.@-]*")]
WebIdentitySubjectType = Annotated[str, Limits(6, 255)]
WebIdentityTokenAudienceStringType = Annotated[str, Limits(1, 1000)]
WebIdentityTokenDurationSecondsType = Annotated[int, Limits(60, 3600)]


class AssumeRoleRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"role_arn", "role_session_name"})
    _sensitive: ClassVar[frozenset[str]] = frozenset({"token_code"})
    role_arn: ArnType
    role_session_name: RoleSessionNameType
    policy_arns: Sequence[PolicyDescriptorType] | None = None
    policy: UnrestrictedSessionPolicyDocumentType | None = None
    duration_seconds: RoleDurationSecondsType | None = None
    tags: Annotated[Sequence[Tag], Limits(None, 50)] | None = None
    transitive_tag_keys: Annotated[Sequence[TagKeyType], Limits(None, 50)] | None = None
    external_id: ExternalIdType | None = None
    serial_number: SerialNumberType | None = None
    token_code: TokenCodeType | None = None
    source_identity: SourceIdentityType | None = None
    provided_contexts: Annotated[Sequence[ProvidedContext], Limits(1, 5)] | None = None
    minimum_session_token_size: MinimumSessionTokenSizeType | None = None


class AssumeRoleResponse(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html"""

    credentials: Credentials | None = None
    assumed_role_user: AssumedRoleUser | None = None
    packed_policy_size: NonNegativeIntegerType | None = None
    source_identity: SourceIdentityType | None = None
    session_token_utilization: SessionTokenUtilizationType | None = None
    session_token_size: SessionTokenSizeType | None = None


class AssumeRoleWithSAMLRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"principal_arn", "role_arn", "saml_assertion"})
    _sensitive: ClassVar[frozenset[str]] = frozenset({"saml_assertion"})
    role_arn: ArnType
    principal_arn: ArnType
    saml_assertion: SAMLAssertionType = field(name="SAMLAssertion")
    policy_arns: Sequence[PolicyDescriptorType] | None = None
    policy: SessionPolicyDocumentType | None = None
    duration_seconds: RoleDurationSecondsType | None = None
    minimum_session_token_size: MinimumSessionTokenSizeType | None = None


class AssumeRoleWithSAMLResponse(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html"""

    credentials: Credentials | None = None
    assumed_role_user: AssumedRoleUser | None = None
    packed_policy_size: NonNegativeIntegerType | None = None
    subject: str | None = None
    subject_type: str | None = None
    issuer: str | None = None
    audience: str | None = None
    name_qualifier: str | None = None
    source_identity: SourceIdentityType | None = None
    session_token_utilization: SessionTokenUtilizationType | None = None
    session_token_size: SessionTokenSizeType | None = None


class AssumeRoleWithWebIdentityRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"role_arn", "role_session_name", "web_identity_token"})
    _sensitive: ClassVar[frozenset[str]] = frozenset({"web_identity_token"})
    role_arn: ArnType
    role_session_name: RoleSessionNameType
    web_identity_token: ClientTokenType
    provider_id: UrlType | None = None
    policy_arns: Sequence[PolicyDescriptorType] | None = None
    policy: SessionPolicyDocumentType | None = None
    duration_seconds: RoleDurationSecondsType | None = None
    minimum_session_token_size: MinimumSessionTokenSizeType | None = None


class AssumeRoleWithWebIdentityResponse(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html"""

    credentials: Credentials | None = None
    subject_from_web_identity_token: WebIdentitySubjectType | None = None
    assumed_role_user: AssumedRoleUser | None = None
    packed_policy_size: NonNegativeIntegerType | None = None
    provider: str | None = None
    audience: str | None = None
    source_identity: SourceIdentityType | None = None
    session_token_utilization: SessionTokenUtilizationType | None = None
    session_token_size: SessionTokenSizeType | None = None


class AssumeRootRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"target_principal", "task_policy_arn"})
    target_principal: TargetPrincipalType
    task_policy_arn: PolicyDescriptorType
    duration_seconds: RootDurationSecondsType | None = None
    minimum_session_token_size: MinimumSessionTokenSizeType | None = None


class AssumeRootResponse(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html"""

    credentials: Credentials | None = None
    source_identity: SourceIdentityType | None = None
    session_token_utilization: SessionTokenUtilizationType | None = None
    session_token_size: SessionTokenSizeType | None = None


class AssumedRoleUser(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumedRoleUser.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"arn", "assumed_role_id"})
    assumed_role_id: AssumedRoleIdType | None = None
    arn: ArnType | None = None


class Credentials(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_Credentials.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"access_key_id", "expiration", "secret_access_key", "session_token"})
    _sensitive: ClassVar[frozenset[str]] = frozenset({"secret_access_key", "session_token"})
    access_key_id: AccessKeyIdType | None = None
    secret_access_key: str | None = None
    session_token: str | None = None
    expiration: Timestamp | None = None


class DecodeAuthorizationMessageRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"encoded_message"})
    encoded_message: EncodedMessageType


class DecodeAuthorizationMessageResponse(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html"""

    decoded_message: str | None = None


class FederatedUser(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_FederatedUser.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"arn", "federated_user_id"})
    federated_user_id: FederatedIdType | None = None
    arn: ArnType | None = None


class GetAccessKeyInfoRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"access_key_id"})
    access_key_id: AccessKeyIdType


class GetAccessKeyInfoResponse(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html"""

    account: str | None = None


class GetCallerIdentityRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html"""


class GetCallerIdentityResponse(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html"""

    user_id: str | None = None
    account: str | None = None
    arn: ArnType | None = None


class GetDelegatedAccessTokenRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_GetDelegatedAccessToken.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"trade_in_token"})
    _sensitive: ClassVar[frozenset[str]] = frozenset({"trade_in_token"})
    trade_in_token: str


class GetDelegatedAccessTokenResponse(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_GetDelegatedAccessToken.html"""

    credentials: Credentials | None = None
    packed_policy_size: NonNegativeIntegerType | None = None
    assumed_principal: ArnType | None = None


class GetFederationTokenRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"name"})
    name: UserNameType
    policy: SessionPolicyDocumentType | None = None
    policy_arns: Sequence[PolicyDescriptorType] | None = None
    duration_seconds: DurationSecondsType | None = None
    tags: Annotated[Sequence[Tag], Limits(None, 50)] | None = None
    minimum_session_token_size: MinimumSessionTokenSizeType | None = None


class GetFederationTokenResponse(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html"""

    credentials: Credentials | None = None
    federated_user: FederatedUser | None = None
    packed_policy_size: NonNegativeIntegerType | None = None
    session_token_utilization: SessionTokenUtilizationType | None = None
    session_token_size: SessionTokenSizeType | None = None


class GetSessionTokenRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html"""

    _sensitive: ClassVar[frozenset[str]] = frozenset({"token_code"})
    duration_seconds: DurationSecondsType | None = None
    serial_number: SerialNumberType | None = None
    token_code: TokenCodeType | None = None
    minimum_session_token_size: MinimumSessionTokenSizeType | None = None


class GetSessionTokenResponse(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html"""

    credentials: Credentials | None = None
    session_token_utilization: SessionTokenUtilizationType | None = None
    session_token_size: SessionTokenSizeType | None = None


class GetWebIdentityTokenRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"audience", "signing_algorithm"})
    audience: Annotated[Sequence[WebIdentityTokenAudienceStringType], Limits(1, 10)]
    duration_seconds: WebIdentityTokenDurationSecondsType | None = None
    signing_algorithm: JwtAlgorithmType
    tags: Annotated[Sequence[Tag], Limits(None, 50)] | None = None


class GetWebIdentityTokenResponse(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html"""

    _sensitive: ClassVar[frozenset[str]] = frozenset({"web_identity_token"})
    web_identity_token: str | None = None
    expiration: Timestamp | None = None


class PolicyDescriptorType(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_PolicyDescriptorType.html"""

    arn: ArnType | None = field(default=None, name="arn")


class ProvidedContext(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_ProvidedContext.html"""

    provider_arn: ArnType | None = None
    context_assertion: ContextAssertionType | None = None


class Tag(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_Tag.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"key", "value"})
    key: TagKeyType
    value: TagValueType


__all__ = [
    "AssumeRoleRequest",
    "AssumeRoleResponse",
    "AssumeRoleWithSAMLRequest",
    "AssumeRoleWithSAMLResponse",
    "AssumeRoleWithWebIdentityRequest",
    "AssumeRoleWithWebIdentityResponse",
    "AssumeRootRequest",
    "AssumeRootResponse",
    "AssumedRoleUser",
    "Credentials",
    "DecodeAuthorizationMessageRequest",
    "DecodeAuthorizationMessageResponse",
    "FederatedUser",
    "GetAccessKeyInfoRequest",
    "GetAccessKeyInfoResponse",
    "GetCallerIdentityRequest",
    "GetCallerIdentityResponse",
    "GetDelegatedAccessTokenRequest",
    "GetDelegatedAccessTokenResponse",
    "GetFederationTokenRequest",
    "GetFederationTokenResponse",
    "GetSessionTokenRequest",
    "GetSessionTokenResponse",
    "GetWebIdentityTokenRequest",
    "GetWebIdentityTokenResponse",
    "PolicyDescriptorType",
    "ProvidedContext",
    "Tag",
]
