"""Credentials of a role for whoever holds a token of an identity provider: EKS service accounts, GitHub, and others.

"AssumeRoleWithWebIdentity", https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html;
"Assume role credential provider", https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace

from wsclient._core.errors import ConfigurationError, CredentialsRefreshError
from wsclient._generated.sts import structures as s
from wsclient._generated.sts.operations import ASSUME_ROLE_WITH_WEB_IDENTITY
from wsclient.credentials._internal.cli_cache import session_key
from wsclient.credentials._internal.mfa import read_secret
from wsclient.credentials._internal.refreshing import RefreshingProvider
from wsclient.credentials._internal.sts import call_sts, credentials_from_response, managed_policies, policy_text
from wsclient.credentials.assume_role import checked_role, made_up_session_name

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from wsclient._core.credentials import Credentials
    from wsclient.credentials._internal.cli_cache import CliCache
    from wsclient.credentials._internal.context import ProviderContext

LARGEST_TOKEN = 20_000
"""Characters; STS takes no longer one."""


class WebIdentityProvider(RefreshingProvider):
    """Assumes a role by a web identity token, which is taken anew for each session.

    Args:
        role_arn: the role, arn:aws:iam::123456789012:role/NAME.
        token_file: path of the file that holds the token; somebody else keeps it current.
        token: in place of a file, a function (sync or async) that returns the token.
        role_session_name: 2 to 64 letters, digits and _+=,.@- that CloudTrail shows; made up when not said.
        duration_seconds: 900 to 43,200; one hour unless said.
        provider_id: host of an OAuth 2.0 provider that is not OpenID Connect.
        policy, policy_arns: a session policy (JSON text or dict) and up to 10 managed policies that narrow the session.
        cache: where sessions are kept between runs, as the AWS CLI does.

    The call to STS is not signed: no other credentials are needed.
    """

    name: ClassVar[str] = "AssumeRoleWithWebIdentity"

    def __init__(
        self,
        *,
        role_arn: str,
        token_file: str | Path | None = None,
        token: Callable[[], str | Awaitable[str]] | None = None,
        role_session_name: str | None = None,
        duration_seconds: int | None = None,
        provider_id: str | None = None,
        policy: str | Mapping[str, object] | None = None,
        policy_arns: Sequence[str] = (),
        cache: CliCache | None = None,
    ) -> None:
        super().__init__(disk=cache)
        checked_role(role_arn, role_session_name, duration_seconds)
        if (token_file is None) == (token is None):
            raise ConfigurationError("a web identity needs one of token_file= and token=")
        self._token_file = None if token_file is None else Path(token_file)
        self._token = token
        self._request = s.AssumeRoleWithWebIdentityRequest(
            role_arn=role_arn,
            role_session_name=role_session_name or "",
            web_identity_token="",
            duration_seconds=duration_seconds,
            provider_id=provider_id,
            policy=policy_text(policy),
            policy_arns=managed_policies(policy_arns),
        )

    async def _fetch(self, surroundings: ProviderContext) -> Credentials:
        request = replace(
            self._request,
            role_session_name=self._request.role_session_name or made_up_session_name(surroundings),
            web_identity_token=await self._current_token(),
        )
        answer = await call_sts(surroundings, ASSUME_ROLE_WITH_WEB_IDENTITY, request, None, what=request.role_arn)
        return credentials_from_response(answer.credentials, request.role_arn, answer.assumed_role_user)

    async def _current_token(self) -> str:
        where = "token=" if self._token_file is None else str(self._token_file)
        if self._token is not None:
            text = await read_secret(self._token, where)
        else:
            text = await asyncio.to_thread(_content, Path(where))
        if not text or len(text) > LARGEST_TOKEN or not text.isascii() or not text.isprintable():
            raise CredentialsRefreshError(f"{where} holds no web identity token of up to {LARGEST_TOKEN} characters")
        return text

    def _disk_key(self) -> str:
        return session_key(self._request)


def _content(path: Path) -> str:
    try:
        return path.read_bytes().decode("ascii").strip()
    except OSError as error:
        problem = f"the web identity token file {path} cannot be read: {error.strerror}"
    except UnicodeDecodeError:
        problem = f"the web identity token file {path} holds no token: it is not ASCII text"
    # Raised here, since the decoder's error holds the file's content.
    raise CredentialsRefreshError(problem)
