"""Environment credential provider.

"AWS access keys", https://docs.aws.amazon.com/sdkref/latest/guide/feature-static-credentials.html
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from wsclient._core.argument_checks import checked
from wsclient._core.credentials import Credentials, lacks_session_token, make_credentials
from wsclient._core.dates import parse_time
from wsclient._core.errors import CredentialsError, NoCredentialsError
from wsclient._core.features import ENVIRONMENT
from wsclient._core.logging import error_name, log_fields
from wsclient._core.reprs import Hidden
from wsclient._core.tracebacks import without_locals
from wsclient._core.value_kinds import TEXT_MAP, optional, secret
from wsclient.config._client_config import system_environment
from wsclient.credentials._internal.base import PicklableProvider
from wsclient.credentials._internal.cache import unwrap

if TYPE_CHECKING:
    from datetime import datetime

logger = logging.getLogger("wsclient.credentials")

ACCESS_KEY = "AWS_ACCESS_KEY_ID"
SECRET_KEY = "AWS_SECRET_ACCESS_KEY"  # noqa: S105 - a variable's name
# botocore reads the older name first; both tools must find the same identity.
TOKENS = ("AWS_SECURITY_TOKEN", "AWS_SESSION_TOKEN")
EXPIRATION = "AWS_CREDENTIAL_EXPIRATION"
ACCOUNT = "AWS_ACCOUNT_ID"


class EnvironmentProvider(PicklableProvider):
    """Provider of AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and related variables.

    The constructor reads environ, default the process's environment. With AWS_CREDENTIAL_EXPIRATION, each call reads it
    again, so that a program that renews the variables in time needs no new client; without, only the rejection of the
    key by the service does. While the variables have no complete set, the one that was read before stays in use.

    get_credentials() raises NoCredentialsError if neither key variable is set, and CredentialsError if only one is set.
    An empty variable counts as not set.
    """

    _own_features: ClassVar[frozenset[str]] = frozenset({ENVIRONMENT})

    @checked({"environ": secret(optional(TEXT_MAP))})
    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self._environ = Hidden(system_environment() if environ is None else environ)
        self._result = _read(self._environ.value)

    async def get_credentials(self) -> Credentials:
        """Return the credentials of the environment."""
        if not isinstance(self._result, Credentials) or self._result.expiration is not None:
            self._read_again()
        return unwrap(self._result)

    def invalidate(self, access_key_id: str) -> bool:
        """Read the variables again if they had the rejected key; return whether they have another set now."""
        rejected = self._result
        if not isinstance(rejected, Credentials):
            return False
        if rejected.access_key_id == access_key_id and (problem := self._read_again()) is not None:
            logger.warning(
                "%s; the rejected credentials stay in use", problem, extra=log_fields(error=error_name(problem))
            )
        return self._result is not rejected or rejected.access_key_id != access_key_id

    def _read_again(self) -> CredentialsError | None:
        """Read the variables; keep the set that was read before if they are the same or not complete."""
        result = _read(self._environ.value)
        is_held = isinstance(self._result, Credentials)
        if isinstance(result, CredentialsError):
            self._result = self._result if is_held else result
            return result
        if result != self._result:
            self._result = result
        return None


def _read(environ: Mapping[str, str]) -> Credentials | CredentialsError:
    try:
        return _load(environ)
    except CredentialsError as error:
        return error.with_traceback(None)


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
    token = next((values[name] for name in TOKENS if name in values), None)
    if lacks_session_token(values[ACCESS_KEY], token):
        raise CredentialsError(f"{ACCESS_KEY} is a temporary key (ASIA...), and {TOKENS[-1]} is not set; set it, too")
    return make_credentials(
        "environment",
        values[ACCESS_KEY],
        values[SECRET_KEY],
        token,
        _parse_expiration(values.get(EXPIRATION)),
        values.get(ACCOUNT),
    )


def _parse_expiration(text: str | None) -> datetime | None:
    """Parse the expiration, an ISO 8601 time; a time without a zone is UTC."""
    if text is None:
        return None
    expiration = parse_time(text)
    if expiration is None:
        raise CredentialsError(f"{EXPIRATION} must be an ISO 8601 time such as 2026-01-02T03:04:05Z")
    return expiration
