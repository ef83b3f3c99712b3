"""AssumeRole credential provider.

"AssumeRole", https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html; "Assume role credential
provider", https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace

from wsclient._core.argument_checks import checked
from wsclient._core.credentials import Credentials, CredentialsProvider
from wsclient._core.errors import ConfigurationError
from wsclient._core.features import ROLE, credential_features, using
from wsclient._core.value_kinds import TEXT, TEXT_MAP, TEXTS, optional
from wsclient._generated.sts import structures as s
from wsclient._generated.sts.operations import ASSUME_ROLE
from wsclient.credentials._coerce import as_provider
from wsclient.credentials._internal.argument_kinds import CACHE, ROLE_OPTIONS, SECRET_FUNCTION, SOURCE
from wsclient.credentials._internal.base import bind
from wsclient.credentials._internal.cli_cache import CliCache, session_key
from wsclient.credentials._internal.mfa import mfa_code
from wsclient.credentials._internal.role_sessions import RoleProvider
from wsclient.credentials._internal.sts import call_sts, credentials_from_response, managed_policies, policy_text

if TYPE_CHECKING:
    from wsclient.credentials._internal.context import ProviderContext

ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/\S+", re.ASCII)
SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
MAX_DURATION_SECONDS = 43_200
MIN_DURATION_SECONDS = 900


class AssumeRoleProvider(RoleProvider["s.AssumeRoleRequest"]):
    """Provider that assumes a role with the credentials of source, and refreshes the session before it ends.

    Args:
        role_arn: ARN of the role, arn:aws:iam::123456789012:role/NAME.
        source: credentials that may assume the role: Credentials, or any provider, for role chaining too.
        role_session_name: 2 to 64 letters, digits and _+=,.@- that CloudTrail shows; default wsclient- and the time.
        duration_seconds: 900 to 43,200; AWS allows at most 3,600 for a chained role. Default one hour.
        external_id: external ID that the role's trust policy requires.
        mfa_serial, mfa_code: the MFA device's serial number or ARN, and a function (sync or async) that returns its
            code; without a function, the terminal or notebook prompts for it. Such a session is refreshed in its
            last minute only, so that the prompt comes as late as possible.
        policy, policy_arns: a session policy (JSON text or dict) and up to 10 managed policies that narrow the session.
        tags, transitive_tag_keys: up to 50 session tags, and the keys of those that a chained role inherits.
        source_identity: identity of the user or application, kept through role chains.
        cache: stores sessions between runs, as the AWS CLI does.

    Raises ConfigurationError for an invalid argument, before any request.
    """

    name: ClassVar[str] = "AssumeRole"
    _own_features: ClassVar[frozenset[str]] = frozenset({ROLE})

    @checked(
        {
            **ROLE_OPTIONS,
            "source": SOURCE,
            "external_id": optional(TEXT),
            "mfa_serial": optional(TEXT),
            "mfa_code": optional(SECRET_FUNCTION),
            "tags": optional(TEXT_MAP),
            "transitive_tag_keys": TEXTS,
            "source_identity": optional(TEXT),
            "cache": CACHE,
        }
    )
    def __init__(
        self,
        *,
        role_arn: str,
        source: Credentials | s.Credentials | CredentialsProvider,
        role_session_name: str | None = None,
        duration_seconds: int | None = None,
        external_id: str | None = None,
        mfa_serial: str | None = None,
        mfa_code: Callable[[], str | Awaitable[str]] | None = None,
        policy: str | Mapping[str, object] | None = None,
        policy_arns: Sequence[str] = (),
        tags: Mapping[str, str] | None = None,
        transitive_tag_keys: Sequence[str] = (),
        source_identity: str | None = None,
        cache: CliCache | None = None,
    ) -> None:
        super().__init__(is_early=mfa_serial is None, disk=cache)
        validate_role(role_arn, role_session_name, duration_seconds)
        if mfa_code is not None and mfa_serial is None:
            raise ConfigurationError("mfa_code= needs mfa_serial=, the serial number or ARN of the MFA device")
        self._source = as_provider(source)
        self._request = s.AssumeRoleRequest(
            role_arn=role_arn,
            role_session_name=role_session_name or "",
            duration_seconds=duration_seconds,
            external_id=external_id,
            serial_number=mfa_serial,
            policy=policy_text(policy),
            policy_arns=managed_policies(policy_arns),
            tags=[s.Tag(key=key, value=value) for key, value in (tags or {}).items()] or None,
            transitive_tag_keys=list(transitive_tag_keys) or None,
            source_identity=source_identity,
        )
        self._mfa_code = mfa_code

    @property
    def _features(self) -> frozenset[str]:
        return super()._features | credential_features(self._source)

    async def _fetch(self, context: ProviderContext) -> Credentials:
        """Assume the role."""
        request, code = self._request, None
        if request.serial_number is not None:
            code = await mfa_code(request.serial_number, self._mfa_code, context.ask_mfa_code)
        request = replace(
            request,
            role_session_name=request.role_session_name or default_session_name(context),
            token_code=code,
        )
        code = None  # a transport or log handler of the caller may log its stack with its locals
        source = bind(self._source, context)
        with using(*self._origin):
            response = await call_sts(context, ASSUME_ROLE, request, source, subject=request.role_arn)
        return credentials_from_response(response.credentials, request.role_arn, response.assumed_role_user.arn)

    def _disk_key(self) -> str:
        return session_key(self._request)


def default_session_name(context: ProviderContext) -> str:
    """Return the session name for a caller who passed none, from the time; CloudTrail shows it."""
    return f"wsclient-{int(context.time.clock.now().timestamp())}"


def validate_role(role_arn: str, role_session_name: str | None, duration_seconds: int | None) -> None:
    """Validate a role ARN, session name and duration. Raises ConfigurationError before any request."""
    if not ROLE_ARN.fullmatch(str(role_arn)):
        raise ConfigurationError(f"role_arn must be like arn:aws:iam::123456789012:role/NAME (got {role_arn!r:.120})")
    if role_session_name is not None and not SESSION_NAME.fullmatch(role_session_name):
        raise ConfigurationError(
            f"role_session_name must be 2 to 64 letters, digits or _+=,.@- (got {role_session_name!r:.80})"
        )
    if duration_seconds is not None and not MIN_DURATION_SECONDS <= duration_seconds <= MAX_DURATION_SECONDS:
        raise ConfigurationError(
            f"duration_seconds must be {MIN_DURATION_SECONDS} to {MAX_DURATION_SECONDS} (got {duration_seconds})"
        )
