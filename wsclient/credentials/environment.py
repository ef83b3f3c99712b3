"""Credentials from environment variables.

"AWS access keys", https://docs.aws.amazon.com/sdkref/latest/guide/feature-static-credentials.html
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wsclient._core.credentials import make_credentials
from wsclient._core.errors import CredentialsError, NoCredentialsError
from wsclient.config._client_config import system_environment
from wsclient.credentials._internal.base import PicklableProvider
from wsclient.credentials._internal.cache import unwrap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wsclient._core.credentials import Credentials

ACCESS_KEY = "AWS_ACCESS_KEY_ID"
SECRET_KEY = "AWS_SECRET_ACCESS_KEY"  # noqa: S105 - a variable's name
# The older name goes first, as in botocore: both tools must find the same identity.
TOKENS = ("AWS_SECURITY_TOKEN", "AWS_SESSION_TOKEN")
EXPIRATION = "AWS_CREDENTIAL_EXPIRATION"
ACCOUNT = "AWS_ACCOUNT_ID"


class EnvironmentProvider(PicklableProvider):
    """Reads AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and their companions, when it is made.

    environ stands in for the process's environment. It has none when neither half of the pair is set, and raises
    CredentialsError when one is. An empty variable is one that is not set.
    """

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self._found: Credentials | CredentialsError
        try:
            self._found = _found(system_environment() if environ is None else environ)
        except CredentialsError as error:
            self._found = error.with_traceback(None)

    async def get_credentials(self) -> Credentials:
        """Return the credentials of the environment."""
        return unwrap(self._found)

    def invalidate(self, access_key_id: str) -> bool:  # noqa: ARG002 - whichever it is, there is no other
        """Say that there is nothing else to give."""
        return False


def _found(environ: Mapping[str, str]) -> Credentials:
    names = (ACCESS_KEY, SECRET_KEY, *TOKENS, EXPIRATION, ACCOUNT)
    values = {name: value for name in names if (value := environ.get(name, "").strip())}
    missing = [name for name in (ACCESS_KEY, SECRET_KEY) if name not in values]
    if len(missing) == 1:
        there = SECRET_KEY if missing == [ACCESS_KEY] else ACCESS_KEY
        raise CredentialsError(f"{there} is set and {missing[0]} is not: set both, or neither")
    if missing:
        raise NoCredentialsError([("environment", f"{ACCESS_KEY} and {SECRET_KEY} are not set")])
    return make_credentials(
        "environment",
        values[ACCESS_KEY],
        values[SECRET_KEY],
        next((values[name] for name in TOKENS if name in values), None),
        _instant(values.get(EXPIRATION)),
        values.get(ACCOUNT),
    )


def _instant(text: str | None) -> datetime | None:
    """Return a time; one without a zone is UTC."""
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None:
        raise CredentialsError(f"{EXPIRATION} is no time of the form 2026-01-02T03:04:05Z")
    return at if at.tzinfo else at.replace(tzinfo=UTC)
