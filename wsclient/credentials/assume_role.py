"""Credentials of a role that other credentials may assume.

"AssumeRole", https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html; "Assume role credential
provider", https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace

from wsclient._core.errors import ConfigurationError
from wsclient._generated.sts import structures as s
from wsclient._generated.sts.operations import ASSUME_ROLE
from wsclient.credentials._coerce import as_provider
from wsclient.credentials._internal.base import bind
from wsclient.credentials._internal.cli_cache import session_key
from wsclient.credentials._internal.mfa import mfa_code
from wsclient.credentials._internal.refreshing import RefreshingProvider
from wsclient.credentials._internal.sts import call_sts, credentials_from_response, managed_policies, policy_text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from wsclient._core.credentials import Credentials, CredentialsProvider
    from wsclient.credentials._internal.cli_cache import CliCache
    from wsclient.credentials._internal.context import ProviderContext

ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/\S+", re.ASCII)
SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
LONGEST_SECONDS = 43_200
SHORTEST_SECONDS = 900


class AssumeRoleProvider(RefreshingProvider):
    """Assumes a role with the credentials of source, and again before the session ends.

    Args:
        role_arn: the role, arn:aws:iam::123456789012:role/NAME.
        source: the credentials that may assume it: Credentials, or any provider, so that roles chain.
        role_session_name: 2 to 64 letters, digits and _+=,.@- that CloudTrail shows; made up when not said.
        duration_seconds: 900 to 43,200; AWS allows a chained role 3,600 at most. One hour unless said.
        external_id: what the role's trust policy asks for.
        mfa_serial, mfa_code: the MFA device's serial number or ARN, and a function (sync or async) that returns its
            code; without one the person at the terminal or notebook is asked. Such a session is renewed in its last
            minute only, so that nobody is asked for a code early.
        policy, policy_arns: a session policy (JSON text or dict) and up to 10 managed policies that narrow the session.
        tags, transitive_tag_keys: up to 50 session tags, and those of them that a chained role keeps.
        source_identity: who is behind it, kept through role chains.
        cache: where sessions are kept between runs, as the AWS CLI does.

    Raises ConfigurationError for what cannot be right, before anything is sent.
    """

    name: ClassVar[str] = "AssumeRole"

    def __init__(
        self,
        *,
        role_arn: str,
        source: Credentials | CredentialsProvider,
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
        checked_role(role_arn, role_session_name, duration_seconds)
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

    async def _fetch(self, surroundings: ProviderContext) -> Credentials:
        """Assume the role."""
        request, code = self._request, None
        if request.serial_number is not None:
            code = await mfa_code(request.serial_number, self._mfa_code, surroundings.ask_mfa_code)
        request = replace(
            request,
            role_session_name=request.role_session_name or made_up_session_name(surroundings),
            token_code=code,
        )
        source = bind(self._source, surroundings)
        answer = await call_sts(surroundings, ASSUME_ROLE, request, source, what=request.role_arn)
        return credentials_from_response(answer.credentials, request.role_arn, answer.assumed_role_user)

    def _disk_key(self) -> str:
        return session_key(self._request)


def made_up_session_name(surroundings: ProviderContext) -> str:
    """Return a session name for a caller who gave none; CloudTrail shows it."""
    return f"wsclient-{int(surroundings.time.clock.now().timestamp())}"


def checked_role(role_arn: str, role_session_name: str | None, duration_seconds: int | None) -> None:
    """Refuse what no role, session name or duration can be, before anything is sent."""
    if not ROLE_ARN.fullmatch(str(role_arn)):
        raise ConfigurationError(f"role_arn must be like arn:aws:iam::123456789012:role/NAME, not {role_arn!r:.120}")
    if role_session_name is not None and not SESSION_NAME.fullmatch(role_session_name):
        raise ConfigurationError(
            f"role_session_name must be 2 to 64 letters, digits or _+=,.@-, not {role_session_name!r:.80}"
        )
    if duration_seconds is not None and not SHORTEST_SECONDS <= duration_seconds <= LONGEST_SECONDS:
        raise ConfigurationError(
            f"duration_seconds must be {SHORTEST_SECONDS} to {LONGEST_SECONDS}, not {duration_seconds}"
        )
