"""Credentials from environment variables.

"AWS access keys", https://docs.aws.amazon.com/sdkref/latest/guide/feature-static-credentials.html
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wsclient._errors import CredentialsError, NoCredentialsError
from wsclient.credentials._types import Credentials

if TYPE_CHECKING:
    from collections.abc import Mapping

ACCESS_KEY = "AWS_ACCESS_KEY_ID"
SECRET_KEY = "AWS_SECRET_ACCESS_KEY"  # noqa: S105 - a variable's name
TOKENS = ("AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN")
EXPIRATION = "AWS_CREDENTIAL_EXPIRATION"
ACCOUNT = "AWS_ACCOUNT_ID"


class EnvironmentProvider:
    """Reads AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and their companions, once.

    Has none when AWS_ACCESS_KEY_ID is not set; raises CredentialsError when it is and its secret is not.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        names = (ACCESS_KEY, SECRET_KEY, *TOKENS, EXPIRATION, ACCOUNT)
        self._values = {name: environ[name].strip() for name in names if environ.get(name, "").strip()}

    async def get_credentials(self) -> Credentials:
        """Return the credentials of the environment."""
        values = self._values
        if ACCESS_KEY not in values:
            raise NoCredentialsError([("environment", f"{ACCESS_KEY} is not set")])
        if SECRET_KEY not in values:
            raise CredentialsError(f"{ACCESS_KEY} is set and {SECRET_KEY} is not: set both, or neither")
        return Credentials(
            values[ACCESS_KEY],
            values[SECRET_KEY],
            next((values[name] for name in TOKENS if name in values), None),
            _instant(values.get(EXPIRATION)),
            values.get(ACCOUNT),
        )


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise CredentialsError(f"{EXPIRATION} is no time of the form 2026-01-02T03:04:05Z") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
