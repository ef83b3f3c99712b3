"""SAML credential provider: assumes a role with a SAML assertion of an identity provider.

"AssumeRoleWithSAML", https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from msgspec.structs import replace

from wsclient._core.argument_checks import checked
from wsclient._core.features import SAML_ROLE
from wsclient._core.value_kinds import satisfies
from wsclient._generated.sts import structures as s
from wsclient._generated.sts.operations import ASSUME_ROLE_WITH_SAML
from wsclient.credentials._internal.argument_kinds import SAML_OPTIONS, SECRET_FUNCTION
from wsclient.credentials._internal.mfa import read_secret
from wsclient.credentials._internal.refreshing import RefreshingProvider
from wsclient.credentials._internal.sts import call_sts, credentials_from_response, managed_policies, policy_text
from wsclient.credentials.assume_role import validate_role

if TYPE_CHECKING:
    from wsclient._core.credentials import Credentials
    from wsclient.credentials._internal.context import ProviderContext


_PRINCIPAL_ARN: Final = satisfies(
    "the ARN of an identity provider, such as arn:aws:iam::123456789012:saml-provider/NAME",
    lambda value: isinstance(value, str) and ":saml-provider/" in value,
)


class SamlProvider(RefreshingProvider):
    """Provider that assumes a role with a SAML assertion; each session uses a new assertion.

    Args:
        role_arn: ARN of the role, arn:aws:iam::123456789012:role/NAME.
        principal_arn: ARN of the identity provider, arn:aws:iam::123456789012:saml-provider/NAME.
        assertion: a function (sync or async) that returns a current assertion in base64; an assertion is valid for
            minutes only. It is called in the last minute of a session, because it may prompt the user.
        duration_seconds: 900 to 43,200; default one hour.
        policy, policy_arns: a session policy (JSON text or dict) and up to 10 managed policies that narrow the session.

    The STS call is not signed: no other credentials are needed.
    """

    name: ClassVar[str] = "AssumeRoleWithSAML"
    _own_features: ClassVar[frozenset[str]] = frozenset({SAML_ROLE})

    @checked({**SAML_OPTIONS, "principal_arn": _PRINCIPAL_ARN, "assertion": SECRET_FUNCTION})
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
        validate_role(role_arn, None, duration_seconds)
        self._assertion = assertion
        self._request = s.AssumeRoleWithSAMLRequest(
            role_arn=role_arn,
            principal_arn=principal_arn,
            saml_assertion="",
            duration_seconds=duration_seconds,
            policy=policy_text(policy),
            policy_arns=managed_policies(policy_arns),
        )

    async def _fetch(self, context: ProviderContext) -> Credentials:
        request = replace(self._request, saml_assertion=await read_secret(self._assertion, "the SAML assertion"))
        response = await call_sts(context, ASSUME_ROLE_WITH_SAML, request, None, subject=request.role_arn)
        return credentials_from_response(response.credentials, request.role_arn, response.assumed_role_user.arn)
