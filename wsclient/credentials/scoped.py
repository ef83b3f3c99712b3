"""Scoped credentials provider: temporary credentials of another provider, narrowed by a policy.

"GetScopedCredentials", https://docs.aws.amazon.com/STS/latest/APIReference/API_GetScopedCredentials.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Final

from wsclient._core.argument_checks import checked
from wsclient._core.credentials import Credentials, CredentialsProvider
from wsclient._core.errors import ConfigurationError
from wsclient._core.features import credential_features
from wsclient._core.value_kinds import TEXT, optional
from wsclient._generated.sts import structures as s
from wsclient._generated.sts.operations import GET_SCOPED_CREDENTIALS
from wsclient.credentials._coerce import as_provider
from wsclient.credentials._internal.argument_kinds import DURATION_SECONDS, POLICY, SOURCE
from wsclient.credentials._internal.base import bind
from wsclient.credentials._internal.refreshing import RefreshingProvider
from wsclient.credentials._internal.sts import call_sts, credentials_from_response, named_failures, policy_text

if TYPE_CHECKING:
    from wsclient.credentials._internal.context import ProviderContext

MAX_DURATION_SECONDS: Final = 129_600
MAX_POLICY_LENGTH: Final = 2048
MIN_DESCRIPTION_LENGTH, MAX_DESCRIPTION_LENGTH = 2, 256
EXPIRY_MARGIN: Final = 5.0
"""Seconds by which a duration stays within that of the session: STS rejects a longer one, and clocks differ."""
LONG_TERM_KEYS: Final = (
    "GetScopedCredentials needs temporary credentials, and its source has long-term keys; pass "
    "SessionTokenProvider(source=...) or a provider of role credentials as source"
)


class ScopedCredentialsProvider(RefreshingProvider):
    """Provider that narrows the temporary credentials of source, and narrows them again when these are refreshed.

    The caller stays the same: GetCallerIdentity and CloudTrail show the identity of source. A call needs the permission
    of both. STS is called at a regional endpoint: the global one does not offer GetScopedCredentials.

    Args:
        source: temporary credentials: Credentials with a session token, or any provider of such.
        policy: IAM policy (JSON text of at most 2,048 characters, or a dict) that the credentials are narrowed to.
            AWS accepts 3 policies for a session, so a provider can be the source of another one twice.
        duration_seconds: 1 to 129,600; the credentials end with those of source at the latest. Default: with those.
        description: 2 to 256 characters that CloudTrail shows for the request.

    Raises ConfigurationError for an invalid argument, without policy and duration_seconds, and for long-term keys,
    before any request.
    """

    name: ClassVar[str] = "GetScopedCredentials"

    @checked(
        {
            "source": SOURCE,
            "policy": optional(POLICY),
            "duration_seconds": optional(DURATION_SECONDS),
            "description": optional(TEXT),
        }
    )
    def __init__(
        self,
        source: Credentials | CredentialsProvider,
        *,
        policy: str | Mapping[str, object] | None = None,
        duration_seconds: int | None = None,
        description: str | None = None,
    ) -> None:
        super().__init__()
        _validate(duration_seconds, description)
        if policy is None and duration_seconds is None:
            raise ConfigurationError("ScopedCredentialsProvider needs policy=, duration_seconds=, or both")
        text = policy_text(policy)
        if text is not None and len(text) > MAX_POLICY_LENGTH:
            raise ConfigurationError(
                f"policy must have at most {MAX_POLICY_LENGTH} characters (got {len(text)}); a dict is written without "
                "spaces"
            )
        if isinstance(source, Credentials) and source.session_token is None:
            raise ConfigurationError(LONG_TERM_KEYS)
        self._source = as_provider(source)
        self._request = s.GetScopedCredentialsRequest(
            policy=text, duration_seconds=duration_seconds, scoped_session_description=description
        )

    @property
    def _features(self) -> frozenset[str]:
        return super()._features | credential_features(self._source)

    async def _fetch(self, context: ProviderContext) -> Credentials:
        source = bind(self._source, context)
        with named_failures(self.name, "the source's session"):
            calling = await source.get_credentials()
        if calling.session_token is None:
            raise ConfigurationError(LONG_TERM_KEYS)
        response = await call_sts(
            context, GET_SCOPED_CREDENTIALS, self._request_for(calling, context), source, subject="the source's session"
        )
        session = response.session_info
        return credentials_from_response(response.credentials, "the scoped session", session.arn if session else None)

    def _request_for(self, calling: Credentials, context: ProviderContext) -> s.GetScopedCredentialsRequest:
        """Return the request with a duration within the remaining lifetime of the calling credentials."""
        requested = self._request.duration_seconds
        if requested is None or calling.expiration is None:
            return self._request
        left = (calling.expiration - context.time.clock.now()).total_seconds() - EXPIRY_MARGIN
        if requested <= left:
            return self._request
        # Without a duration, the credentials end with the calling session; STS needs a policy then.
        seconds = None if self._request.policy is not None else max(1, int(left))
        return s.GetScopedCredentialsRequest(
            policy=self._request.policy,
            duration_seconds=seconds,
            scoped_session_description=self._request.scoped_session_description,
        )


def _validate(duration_seconds: int | None, description: str | None) -> None:
    if duration_seconds is not None and not 1 <= duration_seconds <= MAX_DURATION_SECONDS:
        raise ConfigurationError(f"duration_seconds must be 1 to {MAX_DURATION_SECONDS} (got {duration_seconds})")
    if description is not None and not MIN_DESCRIPTION_LENGTH <= len(description) <= MAX_DESCRIPTION_LENGTH:
        raise ConfigurationError(
            f"description must have {MIN_DESCRIPTION_LENGTH} to {MAX_DESCRIPTION_LENGTH} characters "
            f"(got {len(description)})"
        )
