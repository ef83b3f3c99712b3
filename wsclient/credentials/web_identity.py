"""Web identity credential provider: roles for EKS service accounts, GitHub Actions and other identity providers.

"AssumeRoleWithWebIdentity", https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html;
"Assume role credential provider", https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from msgspec.structs import replace

from wsclient._core.argument_checks import checked
from wsclient._core.credentials import Credentials
from wsclient._core.errors import ConfigurationError, CredentialsRefreshError, ServiceError, WsclientError
from wsclient._core.features import WEB_IDENTITY_ROLE, using
from wsclient._core.small_files import read_small_file
from wsclient._core.value_kinds import PATH, TEXT, optional
from wsclient._generated.sts import structures as s
from wsclient._generated.sts.operations import ASSUME_ROLE_WITH_WEB_IDENTITY
from wsclient.config._profiles import expand_home
from wsclient.credentials._internal.argument_kinds import CACHE, ROLE_OPTIONS, SECRET_FUNCTION
from wsclient.credentials._internal.cli_cache import CliCache, session_key
from wsclient.credentials._internal.mfa import read_secret
from wsclient.credentials._internal.role_sessions import RoleProvider
from wsclient.credentials._internal.sts import call_sts, credentials_from_response, managed_policies, policy_text
from wsclient.credentials.assume_role import default_session_name, validate_role
from wsclient.retries._retrying import retry_while
from wsclient.retries._strategy import backoff_delay

if TYPE_CHECKING:
    from wsclient.credentials._internal.context import ProviderContext

MAX_TOKEN_LENGTH = 20_000
"""Maximum length of a token in characters, the limit of STS."""
ATTEMPTS: Final = 3
"""Attempts while STS cannot validate the token; each reads it again."""
REJECTED_TOKENS: Final = frozenset({"InvalidIdentityToken", "ExpiredTokenException"})
"""Codes of STS for a token that it could not validate, also for an outage of the identity provider, and for an expired
token ("Errors", https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html)."""


class WebIdentityProvider(RoleProvider["s.AssumeRoleWithWebIdentityRequest"]):
    """Provider that assumes a role with a web identity token; each session reads the token again.

    Args:
        role_arn: ARN of the role, arn:aws:iam::123456789012:role/NAME.
        token_file: path of the file that holds the token; another process keeps it current. A leading ~ is expanded.
        token: instead of a file, a function (sync or async) that returns the token.
        role_session_name: 2 to 64 letters, digits and _+=,.@- that CloudTrail shows; default wsclient- and the time.
        duration_seconds: 900 to 43,200; default one hour.
        provider_id: host of an OAuth 2.0 provider that does not support OpenID Connect.
        policy, policy_arns: a session policy (JSON text or dict) and up to 10 managed policies that narrow the session.
        cache: stores sessions between runs, as the AWS CLI does.

    The STS call is not signed: no other credentials are needed. A token that STS could not validate is read again, for
    at most three attempts; if it stays invalid, credentials that were fetched before stay in use.
    """

    name: ClassVar[str] = "AssumeRoleWithWebIdentity"
    _own_features: ClassVar[frozenset[str]] = frozenset({WEB_IDENTITY_ROLE})

    @checked(
        {
            **ROLE_OPTIONS,
            "token_file": optional(PATH),
            "token": optional(SECRET_FUNCTION),
            "provider_id": optional(TEXT),
            "cache": CACHE,
        }
    )
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
        validate_role(role_arn, role_session_name, duration_seconds)
        if (token_file is None) == (token is None):
            raise ConfigurationError("a web identity needs exactly one of token_file= and token=")
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

    async def _fetch(self, context: ProviderContext) -> Credentials:
        def next_delay(number: int, outcome: Credentials | WsclientError) -> float | None:
            if number == ATTEMPTS or isinstance(outcome, Credentials) or not _is_token_rejected(outcome):
                return None
            return backoff_delay(number - 1, throttling=True, random=context.time.random)

        try:
            return await retry_while(
                lambda: self._assume_role(context), next_delay=next_delay, sleep=context.time.sleep
            )
        except CredentialsRefreshError as error:
            # The next token may be accepted: credentials that were fetched before stay in use until then.
            error.can_heal |= _is_token_rejected(error)
            raise

    async def _assume_role(self, context: ProviderContext) -> Credentials:
        request = replace(
            self._request,
            role_session_name=self._request.role_session_name or default_session_name(context),
            web_identity_token=await self._read_token(context),
        )
        with using(*self._origin):
            response = await call_sts(context, ASSUME_ROLE_WITH_WEB_IDENTITY, request, None, subject=request.role_arn)
        return credentials_from_response(response.credentials, request.role_arn, response.assumed_role_user.arn)

    async def _read_token(self, context: ProviderContext) -> str:
        where = "token=" if self._token_file is None else str(self._token_file)
        if self._token is not None:
            text = await read_secret(self._token, where)
        else:
            text = await asyncio.to_thread(_read_token_file, expand_home(where, context.home))
        if not text or len(text) > MAX_TOKEN_LENGTH or not text.isascii() or not text.isprintable():
            raise CredentialsRefreshError(
                f"{where} must hold a web identity token of 1 to {MAX_TOKEN_LENGTH} printable ASCII characters"
            )
        return text

    def _disk_key(self) -> str:
        return session_key(self._request)


def _is_token_rejected(error: WsclientError) -> bool:
    """Return whether STS could not validate the token, which a new one or a moment may change."""
    cause = error.__cause__
    return isinstance(cause, ServiceError) and cause.code in REJECTED_TOKENS


def _read_token_file(path: Path) -> str:
    try:
        return read_small_file(path, 2 * MAX_TOKEN_LENGTH).decode("ascii").strip()
    except OSError as error:
        problem = f"the web identity token file {path} cannot be read: {error.strerror}"
    except UnicodeDecodeError:
        problem = f"the web identity token file {path} must be ASCII text"
    # Raised outside the except block: the decoder's error, as context, would hold the file's content.
    raise CredentialsRefreshError(problem)
