"""Environment credential provider.

"AWS access keys", https://docs.aws.amazon.com/sdkref/latest/guide/feature-static-credentials.html
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wsclient._core.credentials import make_credentials
from wsclient._core.errors import CredentialsError, NoCredentialsError
from wsclient._core.tracebacks import without_locals
from wsclient.config._client_config import system_environment
from wsclient.credentials._internal.base import PicklableProvider
from wsclient.credentials._internal.cache import unwrap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wsclient._core.credentials import Credentials

ACCESS_KEY = "AWS_ACCESS_KEY_ID"
SECRET_KEY = "AWS_SECRET_ACCESS_KEY"  # noqa: S105 - a variable's name
# botocore reads the older name first; both tools must find the same identity.
TOKENS = ("AWS_SECURITY_TOKEN", "AWS_SESSION_TOKEN")
EXPIRATION = "AWS_CREDENTIAL_EXPIRATION"
ACCOUNT = "AWS_ACCOUNT_ID"


class EnvironmentProvider(PicklableProvider):
    """Provider of AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and related variables.

    The constructor reads environ, default the process's environment. get_credentials() raises NoCredentialsError if
    neither key variable is set, and CredentialsError if only one is set. An empty variable counts as not set.
    """

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self._result: Credentials | CredentialsError
        try:
            self._result = _load(system_environment() if environ is None else environ)
        except CredentialsError as error:
            self._result = error.with_traceback(None)

    async def get_credentials(self) -> Credentials:
        """Return the credentials of the environment."""
        return unwrap(self._result)

    def invalidate(self, access_key_id: str) -> bool:  # noqa: ARG002 - there are no other credentials for any key
        """Return False: this provider has no other credentials."""
        return False


@without_locals
def _load(environ: Mapping[str, str]) -> Credentials:
    names = (ACCESS_KEY, SECRET_KEY, *TOKENS, EXPIRATION, ACCOUNT)
    values = {name: value for name in names if (value := environ.get(name, "").strip())}
    missing = [name for name in (ACCESS_KEY, SECRET_KEY) if name not in values]
    if len(missing) == 1:
        present = SECRET_KEY if missing == [ACCESS_KEY] else ACCESS_KEY
        raise CredentialsError(f"{present} is set and {missing[0]} is not; set both or neither")
    if missing:
        raise NoCredentialsError([("environment", f"{ACCESS_KEY} and {SECRET_KEY} are not set")])
    return make_credentials(
        "environment",
        values[ACCESS_KEY],
        values[SECRET_KEY],
        next((values[name] for name in TOKENS if name in values), None),
        _parse_expiration(values.get(EXPIRATION)),
        values.get(ACCOUNT),
    )


def _parse_expiration(text: str | None) -> datetime | None:
    """Parse the expiration, an ISO 8601 time; a time without a zone is UTC."""
    if text is None:
        return None
    try:
        expiration = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        expiration = None
    if expiration is None:
        raise CredentialsError(f"{EXPIRATION} must be an ISO 8601 time such as 2026-01-02T03:04:05Z")
    return expiration if expiration.tzinfo else expiration.replace(tzinfo=UTC)
