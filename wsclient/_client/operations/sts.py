"""Operations, one method each, of AWS Security Token Service.

Written by `python -m wsclient._codegen` from the model sts-2011-06-15
(SHA-256 61ad864dde7632da0c80666c582e7cbf923446511ca2b932c1c3ccd589b32b4b).
Do not edit: change the generator and write it again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._client.base_client import BaseClient
from wsclient._generated.sts import operations as ops
from wsclient._generated.sts import structures as s

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wsclient._client.base_client import Extra


class StsOperations(BaseClient):
    """The 11 operations of AWS Security Token Service.

    Every method takes extra, members newer than the model in AWS's names, and validate=False, which sends
    the request without looking at it first.
    """

    _service = ops.SERVICE

    async def assume_role(
        self,
        *,
        role_arn: str,
        role_session_name: str,
        policy_arns: Sequence[s.PolicyDescriptorType] | None = None,
        policy: str | None = None,
        duration_seconds: int | None = None,
        tags: Sequence[s.Tag] | None = None,
        transitive_tag_keys: Sequence[str] | None = None,
        external_id: str | None = None,
        serial_number: str | None = None,
        token_code: str | None = None,
        source_identity: str | None = None,
        provided_contexts: Sequence[s.ProvidedContext] | None = None,
        minimum_session_token_size: int | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.AssumeRoleResponse:
        r"""Call AssumeRole.

        Changes nothing; tried again after any transient failure.

        Args:
            role_arn: required; 20 to 2048 characters, pattern [\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+.
            role_session_name: required; 2 to 64 characters, pattern [\w+=,.@-]*.
            policy_arns: optional.
            policy: optional; at least 1 characters, pattern [\u0009\u000A\u000D\u0020-\u00FF]+.
            duration_seconds: optional; 900 to 43200.
            tags: optional; at most 50 items.
            transitive_tag_keys: optional; at most 50 items; each 1 to 128 characters, pattern [\p{L}\p{Z}\p{N}_.:/=+\-@]+.
            external_id: optional; 2 to 1224 characters, pattern [\w+=,.@:\/-]*.
            serial_number: optional; 9 to 256 characters, pattern [\w+=/:,.@-]*.
            token_code: optional; 6 to 6 characters, pattern [\d]*.
            source_identity: optional; 2 to 64 characters, pattern [\w+=,.@-]*.
            provided_contexts: optional; 1 to 5 items.
            minimum_session_token_size: optional; 0 to 4096.

        Raises:
            MalformedPolicyDocumentException, PackedPolicyTooLargeException, RegionDisabledException,
            ExpiredTokenException

        https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
        """
        return await self._call(
            ops.ASSUME_ROLE,
            s.AssumeRoleRequest(
                role_arn=role_arn, role_session_name=role_session_name, policy_arns=policy_arns,
                policy=policy, duration_seconds=duration_seconds, tags=tags,
                transitive_tag_keys=transitive_tag_keys, external_id=external_id,
                serial_number=serial_number, token_code=token_code, source_identity=source_identity,
                provided_contexts=provided_contexts, minimum_session_token_size=minimum_session_token_size,
            ),
            extra,
            validate,
        )

    async def assume_role_with_saml(
        self,
        *,
        role_arn: str,
        principal_arn: str,
        saml_assertion: str,
        policy_arns: Sequence[s.PolicyDescriptorType] | None = None,
        policy: str | None = None,
        duration_seconds: int | None = None,
        minimum_session_token_size: int | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.AssumeRoleWithSAMLResponse:
        r"""Call AssumeRoleWithSAML.

        Changes nothing; tried again after any transient failure.

        Args:
            role_arn: required; 20 to 2048 characters, pattern [\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+.
            principal_arn: required; 20 to 2048 characters, pattern [\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+.
            saml_assertion: required; 4 to 100000 characters.
            policy_arns: optional.
            policy: optional; 1 to 2048 characters, pattern [\u0009\u000A\u000D\u0020-\u00FF]+.
            duration_seconds: optional; 900 to 43200.
            minimum_session_token_size: optional; 0 to 4096.

        Raises:
            MalformedPolicyDocumentException, PackedPolicyTooLargeException, IDPRejectedClaimException,
            InvalidIdentityTokenException, ExpiredTokenException, RegionDisabledException

        https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
        """
        return await self._call(
            ops.ASSUME_ROLE_WITH_SAML,
            s.AssumeRoleWithSAMLRequest(
                role_arn=role_arn, principal_arn=principal_arn, saml_assertion=saml_assertion,
                policy_arns=policy_arns, policy=policy, duration_seconds=duration_seconds,
                minimum_session_token_size=minimum_session_token_size,
            ),
            extra,
            validate,
        )

    async def assume_role_with_web_identity(
        self,
        *,
        role_arn: str,
        role_session_name: str,
        web_identity_token: str,
        provider_id: str | None = None,
        policy_arns: Sequence[s.PolicyDescriptorType] | None = None,
        policy: str | None = None,
        duration_seconds: int | None = None,
        minimum_session_token_size: int | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.AssumeRoleWithWebIdentityResponse:
        r"""Call AssumeRoleWithWebIdentity.

        Changes nothing; tried again after any transient failure.

        Args:
            role_arn: required; 20 to 2048 characters, pattern [\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+.
            role_session_name: required; 2 to 64 characters, pattern [\w+=,.@-]*.
            web_identity_token: required; 4 to 20000 characters.
            provider_id: optional; 4 to 2048 characters.
            policy_arns: optional.
            policy: optional; 1 to 2048 characters, pattern [\u0009\u000A\u000D\u0020-\u00FF]+.
            duration_seconds: optional; 900 to 43200.
            minimum_session_token_size: optional; 0 to 4096.

        Raises:
            MalformedPolicyDocumentException, PackedPolicyTooLargeException, IDPRejectedClaimException,
            IDPCommunicationErrorException, InvalidIdentityTokenException, ExpiredTokenException,
            RegionDisabledException

        https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
        """
        return await self._call(
            ops.ASSUME_ROLE_WITH_WEB_IDENTITY,
            s.AssumeRoleWithWebIdentityRequest(
                role_arn=role_arn, role_session_name=role_session_name,
                web_identity_token=web_identity_token, provider_id=provider_id, policy_arns=policy_arns,
                policy=policy, duration_seconds=duration_seconds,
                minimum_session_token_size=minimum_session_token_size,
            ),
            extra,
            validate,
        )

    async def assume_root(
        self,
        *,
        target_principal: str,
        task_policy_arn: s.PolicyDescriptorType,
        duration_seconds: int | None = None,
        minimum_session_token_size: int | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.AssumeRootResponse:
        """Call AssumeRoot.

        Changes nothing; tried again after any transient failure.

        Args:
            target_principal: required; 12 to 2048 characters.
            task_policy_arn: required.
            duration_seconds: optional; 0 to 900.
            minimum_session_token_size: optional; 0 to 4096.

        Raises:
            RegionDisabledException, ExpiredTokenException

        https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html
        """
        return await self._call(
            ops.ASSUME_ROOT,
            s.AssumeRootRequest(
                target_principal=target_principal, task_policy_arn=task_policy_arn,
                duration_seconds=duration_seconds, minimum_session_token_size=minimum_session_token_size,
            ),
            extra,
            validate,
        )

    async def decode_authorization_message(
        self,
        *,
        encoded_message: str,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.DecodeAuthorizationMessageResponse:
        """Call DecodeAuthorizationMessage.

        Changes nothing; tried again after any transient failure.

        Args:
            encoded_message: required; 1 to 10240 characters.

        Raises:
            InvalidAuthorizationMessageException

        https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
        """
        return await self._call(
            ops.DECODE_AUTHORIZATION_MESSAGE,
            s.DecodeAuthorizationMessageRequest(encoded_message=encoded_message),
            extra,
            validate,
        )

    async def get_access_key_info(
        self,
        *,
        access_key_id: str,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.GetAccessKeyInfoResponse:
        r"""Call GetAccessKeyInfo.

        Changes nothing; tried again after any transient failure.

        Args:
            access_key_id: required; 16 to 128 characters, pattern [\w]*.

        https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html
        """
        return await self._call(
            ops.GET_ACCESS_KEY_INFO,
            s.GetAccessKeyInfoRequest(access_key_id=access_key_id),
            extra,
            validate,
        )

    async def get_caller_identity(
        self,
        *,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.GetCallerIdentityResponse:
        """Call GetCallerIdentity.

        Changes nothing; tried again after any transient failure.

        https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
        """
        return await self._call(ops.GET_CALLER_IDENTITY, s.GetCallerIdentityRequest(), extra, validate)

    async def get_delegated_access_token(
        self,
        *,
        trade_in_token: str,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.GetDelegatedAccessTokenResponse:
        """Call GetDelegatedAccessToken.

        Changes nothing; tried again after any transient failure.

        Args:
            trade_in_token: required.

        Raises:
            ExpiredTradeInTokenException, RegionDisabledException, PackedPolicyTooLargeException

        https://docs.aws.amazon.com/STS/latest/APIReference/API_GetDelegatedAccessToken.html
        """
        return await self._call(
            ops.GET_DELEGATED_ACCESS_TOKEN,
            s.GetDelegatedAccessTokenRequest(trade_in_token=trade_in_token),
            extra,
            validate,
        )

    async def get_federation_token(
        self,
        *,
        name: str,
        policy: str | None = None,
        policy_arns: Sequence[s.PolicyDescriptorType] | None = None,
        duration_seconds: int | None = None,
        tags: Sequence[s.Tag] | None = None,
        minimum_session_token_size: int | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.GetFederationTokenResponse:
        r"""Call GetFederationToken.

        Changes nothing; tried again after any transient failure.

        Args:
            name: required; 2 to 32 characters, pattern [\w+=,.@-]*.
            policy: optional; 1 to 2048 characters, pattern [\u0009\u000A\u000D\u0020-\u00FF]+.
            policy_arns: optional.
            duration_seconds: optional; 900 to 129600.
            tags: optional; at most 50 items.
            minimum_session_token_size: optional; 0 to 4096.

        Raises:
            MalformedPolicyDocumentException, PackedPolicyTooLargeException, RegionDisabledException

        https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
        """
        return await self._call(
            ops.GET_FEDERATION_TOKEN,
            s.GetFederationTokenRequest(
                name=name, policy=policy, policy_arns=policy_arns, duration_seconds=duration_seconds,
                tags=tags, minimum_session_token_size=minimum_session_token_size,
            ),
            extra,
            validate,
        )

    async def get_session_token(
        self,
        *,
        duration_seconds: int | None = None,
        serial_number: str | None = None,
        token_code: str | None = None,
        minimum_session_token_size: int | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.GetSessionTokenResponse:
        r"""Call GetSessionToken.

        Changes nothing; tried again after any transient failure.

        Args:
            duration_seconds: optional; 900 to 129600.
            serial_number: optional; 9 to 256 characters, pattern [\w+=/:,.@-]*.
            token_code: optional; 6 to 6 characters, pattern [\d]*.
            minimum_session_token_size: optional; 0 to 4096.

        Raises:
            RegionDisabledException

        https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
        """
        return await self._call(
            ops.GET_SESSION_TOKEN,
            s.GetSessionTokenRequest(
                duration_seconds=duration_seconds, serial_number=serial_number, token_code=token_code,
                minimum_session_token_size=minimum_session_token_size,
            ),
            extra,
            validate,
        )

    async def get_web_identity_token(
        self,
        *,
        audience: Sequence[str],
        signing_algorithm: str,
        duration_seconds: int | None = None,
        tags: Sequence[s.Tag] | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.GetWebIdentityTokenResponse:
        """Call GetWebIdentityToken.

        Changes nothing; tried again after any transient failure.

        Args:
            audience: required; 1 to 10 items; each 1 to 1000 characters.
            duration_seconds: optional; 60 to 3600.
            signing_algorithm: required; 5 to 5 characters.
            tags: optional; at most 50 items.

        Raises:
            SessionDurationEscalationException, OutboundWebIdentityFederationDisabledException,
            JWTPayloadSizeExceededException

        https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html
        """
        return await self._call(
            ops.GET_WEB_IDENTITY_TOKEN,
            s.GetWebIdentityTokenRequest(
                audience=audience, duration_seconds=duration_seconds, signing_algorithm=signing_algorithm,
                tags=tags,
            ),
            extra,
            validate,
        )
