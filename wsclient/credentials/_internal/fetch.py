"""HTTP requests and JSON parsing for the container, IMDS, SSO and process sources, with retries."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from wsclient._core.credentials import make_credentials
from wsclient._core.dates import is_in_range, parse_time
from wsclient._core.errors import CredentialsError, CredentialsRefreshError, NetworkAccessError, WsclientError
from wsclient.retries._retrying import retry_while
from wsclient.retries._strategy import backoff_delay, is_retryable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from wsclient._core.credentials import Credentials
    from wsclient._core.http import HttpRequest, HttpResponse, Timeout
    from wsclient.credentials._internal.context import ProviderContext, Send


Members: TypeAlias = "Mapping[str, object] | Mapping[object, object]"


MAX_DOCUMENT: Final = 1024 * 1024
"""Bytes of a credentials document at most (1 MiB): parsing it stops the event loop."""


def parse_json_object(document: bytes, where: str) -> Mapping[str, object]:
    """Return the members of a JSON object. Raises CredentialsRefreshError, without the document, if it is not one."""
    if len(document) > MAX_DOCUMENT:
        raise CredentialsRefreshError(f"{where} returned {len(document)} bytes, more than {MAX_DOCUMENT}")
    try:
        members = json.loads(document.decode())
    except (ValueError, RecursionError):
        members = None
    if not isinstance(members, dict):
        # Raised outside the except block: the decoder's error, as context, would hold the document.
        raise CredentialsRefreshError(f"{where} returned {len(document)} bytes that are not a JSON object")
    return cast("dict[str, object]", members)


def parse_credentials(members: Members, where: str, *, session_member: str = "Token") -> Credentials:
    """Parse the credentials in a document; session_member is its member name for the session token.

    Raises CredentialsRefreshError that names a missing or malformed member, without its value.
    """
    access_key, secret_key = (_string_member(members, name, where) for name in ("AccessKeyId", "SecretAccessKey"))
    if not access_key or not secret_key:
        missing = "SecretAccessKey" if access_key else "AccessKeyId"
        raise CredentialsRefreshError(f"{where} returned credentials without {missing}")
    expiration = parse_timestamp(_string_member(members, "Expiration", where), where)
    session_token, account_id = _string_member(members, session_member, where), _account_id(members, where)
    try:
        return make_credentials(where, access_key, secret_key, session_token, expiration, account_id)
    except CredentialsError as error:
        raise CredentialsRefreshError(str(error)) from None


def _account_id(members: Members, where: str) -> str | None:
    """Return the account ID; a program that prints it as a number loses its leading zeros."""
    value = members.get("AccountId")
    return f"{value:012}" if type(value) is int else _string_member(members, "AccountId", where)


def parse_timestamp(text: str | None, where: str) -> datetime | None:
    """Parse a time, as ISO 8601 or an HTTP date; a time without a zone is UTC.

    Raises CredentialsRefreshError for any other text, and for a time before 1970 or after 9999.
    """
    if text is None:
        return None
    time = parse_time(text)
    if time is None:
        raise CredentialsRefreshError(f"{where} returned an Expiration that is not an ISO 8601 time")
    return bounded_time(time, where)


def bounded_time(time: datetime, where: str) -> datetime:
    """Return an aware time. Raises CredentialsRefreshError if it is before 1970 or after 9999."""
    if not is_in_range(time):
        raise CredentialsRefreshError(
            f"{where} returned an Expiration in the year {time.year}; it must be from 1970 to 9999 in UTC"
        )
    return time


def _string_member(members: Members, name: str, where: str) -> str | None:
    value = members.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise CredentialsRefreshError(f"{where} returned {name} as {type(value).__name__}, not as a string")
    return value


ATTEMPTS: Final = 3
OK: Final = 200
TOO_MANY_REQUESTS: Final = 429
FIRST_SERVER_ERROR: Final = 500


async def fetch(
    send: Send,
    request: HttpRequest,
    timeout: Timeout,  # noqa: ASYNC109 - a time limit for each phase
    context: ProviderContext,
    *,
    source: str,
    make_error: Callable[[HttpResponse], CredentialsRefreshError],
) -> HttpResponse:
    """Send a request and return its HTTP 200 response, with at most three attempts and AWS's backoff between them.

    Timeouts, lost connections, HTTP 429 and 5xx are retried; CredentialsRefreshError is raised after the last attempt.
    Any other status raises the error that make_error returns. source names the service in error messages.
    """

    async def attempt() -> HttpResponse:
        try:
            response = await send(request, timeout)
        except NetworkAccessError:
            raise
        except WsclientError as error:
            message = f"{source} did not answer: {error}"
            raise CredentialsRefreshError(message, can_heal=is_retryable(error)) from error
        if response.status == OK:
            return response
        if response.status == TOO_MANY_REQUESTS or response.status >= FIRST_SERVER_ERROR:
            raise CredentialsRefreshError(f"{source} returned HTTP {response.status}")
        raise make_error(response)

    def next_delay(number: int, outcome: HttpResponse | WsclientError) -> float | None:
        can_heal = isinstance(outcome, CredentialsRefreshError) and outcome.can_heal
        if number == ATTEMPTS or not can_heal:
            return None
        return backoff_delay(number - 1, throttling=True, random=context.time.random)

    return await retry_while(attempt, next_delay=next_delay, sleep=context.time.sleep)
