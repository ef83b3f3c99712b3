"""Credentials of a role for whom an identity provider of a company vouches by a SAML assertion.

"AssumeRoleWithSAML", https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace

from wsclient._core.errors import ConfigurationError
from wsclient._generated.sts import structures as s
from wsclient._generated.sts.operations import ASSUME_ROLE_WITH_SAML
from wsclient.credentials._internal.mfa import read_secret
from wsclient.credentials._internal.refreshing import RefreshingProvider
from wsclient.credentials._internal.sts import call_sts, credentials_from_response, managed_policies, policy_text
from wsclient.credentials.assume_role import checked_role

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from wsclient._core.credentials import Credentials
    from wsclient.credentials._internal.context import ProviderContext


class SamlProvider(RefreshingProvider):
    """Assumes a role by a SAML assertion, which is taken anew for each session.

    Args:
        role_arn: the role, arn:aws:iam::123456789012:role/NAME.
        principal_arn: the identity provider, arn:aws:iam::123456789012:saml-provider/NAME.
        assertion: a function (sync or async) that returns a current assertion in base64; an assertion is good for
            minutes only. It is asked in the last minute of a session, since it may have to ask somebody.
        duration_seconds: 900 to 43,200; one hour unless said.
        policy, policy_arns: a session policy (JSON text or dict) and up to 10 managed policies that narrow the session.

    The call to STS is not signed: no other credentials are needed.
    """

    name: ClassVar[str] = "AssumeRoleWithSAML"

    def __init__(
        self,
        *,
        role_arn: str,
        principal_arn: str,
        assertion: Callable[[], str | Awaitable[str]],
        duration_seconds: int | None = None,
        policy: str | Mapping[str, object] | None = None,
        policy_arns: Sequence[str] = (),
    ) -> None:
        super().__init__(is_early=False)
        checked_role(role_arn, None, duration_seconds)
        if ":saml-provider/" not in principal_arn:
            raise ConfigurationError(
                f"principal_arn must be like arn:aws:iam::123456789012:saml-provider/NAME, not {principal_arn!r:.120}"
            )
        self._assertion = assertion
        self._request = s.AssumeRoleWithSAMLRequest(
            role_arn=role_arn,
            principal_arn=principal_arn,
            saml_assertion="",
            duration_seconds=duration_seconds,
            policy=policy_text(policy),
            policy_arns=managed_policies(policy_arns),
        )

    async def _fetch(self, surroundings: ProviderContext) -> Credentials:
        request = replace(self._request, saml_assertion=await read_secret(self._assertion, "the SAML assertion"))
        answer = await call_sts(surroundings, ASSUME_ROLE_WITH_SAML, request, None, what=request.role_arn)
        return credentials_from_response(answer.credentials, request.role_arn, answer.assumed_role_user)
