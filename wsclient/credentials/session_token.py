"""Session token provider: temporary credentials of an IAM user, with or without MFA.

"GetSessionToken", https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, ClassVar

from wsclient._core.argument_checks import checked
from wsclient._core.credentials import Credentials, CredentialsProvider
from wsclient._core.errors import ConfigurationError
from wsclient._core.features import SESSION_TOKEN, credential_features
from wsclient._core.value_kinds import TEXT, optional
from wsclient._generated.sts import structures as s
from wsclient._generated.sts.operations import GET_SESSION_TOKEN
from wsclient.credentials._coerce import as_provider
from wsclient.credentials._internal.argument_kinds import DURATION_SECONDS, SECRET_FUNCTION, SOURCE
from wsclient.credentials._internal.base import bind
from wsclient.credentials._internal.mfa import mfa_code
from wsclient.credentials._internal.refreshing import RefreshingProvider
from wsclient.credentials._internal.sts import call_sts, credentials_from_response

if TYPE_CHECKING:
    from wsclient.credentials._internal.context import ProviderContext

MIN_DURATION_SECONDS = 900
MAX_DURATION_SECONDS = 129_600


class SessionTokenProvider(RefreshingProvider):
    """Provider that requests a session for an IAM user's long-term keys, and refreshes it before it ends.

    Args:
        source: long-term keys of the user: Credentials, or any provider.
        duration_seconds: 900 to 129,600; default 12 hours.
        mfa_serial, mfa_code: the MFA device's serial number or ARN, and a function (sync or async) that returns its
            code; without a function, the terminal or notebook prompts for it, in the session's last minute.
    """

    name: ClassVar[str] = "GetSessionToken"
    _own_features: ClassVar[frozenset[str]] = frozenset({SESSION_TOKEN})

    @checked(
        {
            "source": SOURCE,
            "duration_seconds": optional(DURATION_SECONDS),
            "mfa_serial": optional(TEXT),
            "mfa_code": optional(SECRET_FUNCTION),
        }
    )
    def __init__(
        self,
        *,
        source: Credentials | s.Credentials | CredentialsProvider,
        duration_seconds: int | None = None,
        mfa_serial: str | None = None,
        mfa_code: Callable[[], str | Awaitable[str]] | None = None,
    ) -> None:
        super().__init__(is_early=mfa_serial is None)
        if mfa_code is not None and mfa_serial is None:
            raise ConfigurationError("mfa_code= needs mfa_serial=, the serial number or ARN of the MFA device")
        if duration_seconds is not None and not MIN_DURATION_SECONDS <= duration_seconds <= MAX_DURATION_SECONDS:
            raise ConfigurationError(
                f"duration_seconds must be {MIN_DURATION_SECONDS} to {MAX_DURATION_SECONDS} (got {duration_seconds})"
            )
        self._source = as_provider(source)
        self._duration_seconds = duration_seconds
        self._mfa_serial = mfa_serial
        self._mfa_code = mfa_code

    @property
    def _features(self) -> frozenset[str]:
        return super()._features | credential_features(self._source)

    async def _fetch(self, context: ProviderContext) -> Credentials:
        serial, code = self._mfa_serial, None
        if serial is not None:
            code = await mfa_code(serial, self._mfa_code, context.ask_mfa_code)
        request = s.GetSessionTokenRequest(
            duration_seconds=self._duration_seconds, serial_number=serial, token_code=code
        )
        code = None  # a transport or log handler of the caller may log its stack with its locals
        source = bind(self._source, context)
        response = await call_sts(context, GET_SESSION_TOKEN, request, source, subject="the IAM user")
        return credentials_from_response(response.credentials, "the IAM user's session")
