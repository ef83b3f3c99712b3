"""Questions that providers ask over HTTP: asked again a few times while a failure may heal."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from wsclient._core.credentials import make_credentials
from wsclient._core.errors import CredentialsError, CredentialsRefreshError, WsclientError
from wsclient.retries._retrying import retry_while
from wsclient.retries._strategy import backoff_delay, is_retryable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wsclient._core.credentials import Credentials
    from wsclient._core.http import HttpRequest, HttpResponse, Timeout
    from wsclient.credentials._internal.context import ProviderContext, Send


Members: TypeAlias = "Mapping[str, object] | Mapping[object, object]"


def parse_json_object(document: bytes, where: str) -> Mapping[str, object]:
    """Return the members of a JSON object; raises CredentialsRefreshError, without the document, when it is none."""
    try:
        members = json.loads(document.decode())
    except (ValueError, RecursionError):
        members = None
    if not isinstance(members, dict):
        # Raised here, since the decoder's error holds the document.
        raise CredentialsRefreshError(f"{where} gave {len(document)} bytes that are no JSON object")
    return cast("dict[str, object]", members)


def parse_credentials(members: Members, where: str, *, session_member: str = "Token") -> Credentials:
    """Return the credentials in a document; session_member is the name under which it has the session token.

    Raises CredentialsRefreshError that names what is missing or malformed, and shows nothing of it.
    """
    access_key, secret_key = (_text(members, name, where) for name in ("AccessKeyId", "SecretAccessKey"))
    if not access_key or not secret_key:
        missing = "SecretAccessKey" if access_key else "AccessKeyId"
        raise CredentialsRefreshError(f"{where} gave credentials without {missing}")
    expiration = parse_timestamp(_text(members, "Expiration", where), where)
    session_token, account_id = (_text(members, name, where) for name in (session_member, "AccountId"))
    try:
        return make_credentials(where, access_key, secret_key, session_token, expiration, account_id)
    except CredentialsError as error:
        raise CredentialsRefreshError(str(error)) from None


def parse_timestamp(text: str | None, where: str) -> datetime | None:
    """Return a time of ISO 8601; one without a zone is UTC. Raises CredentialsRefreshError when it is none.

    The AWS CLI writes UTC as a name in its files.
    """
    if text is None:
        return None
    at: datetime | None = None
    with suppress(ValueError):  # which would hold the text
        at = datetime.fromisoformat(text.removesuffix("UTC"))
    if at is None:
        raise CredentialsRefreshError(f"{where} gave an Expiration that is no time of ISO 8601")
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _text(members: Members, name: str, where: str) -> str | None:
    value = members.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise CredentialsRefreshError(f"{where} gave {name} as a {type(value).__name__}, not as text")
    return value


ATTEMPTS: Final = 3
OK: Final = 200
TOO_MANY: Final = 429
FIRST_SERVER_ERROR: Final = 500


async def fetch(
    send: Send,
    request: HttpRequest,
    timeout: Timeout,  # noqa: ASYNC109 - one for each phase
    context: ProviderContext,
    *,
    whom: str,
    refusal: Callable[[HttpResponse], CredentialsRefreshError],
) -> HttpResponse:
    """Return a good answer (HTTP 200), after three attempts at most, with AWS's pauses between them.

    Time-outs, lost connections, HTTP 429 and 5xx are asked again. Any other answer ends in what refusal makes of it,
    the last failure in CredentialsRefreshError.
    """

    async def attempt() -> HttpResponse:
        try:
            response = await send(request, timeout)
        except WsclientError as error:
            message = f"{whom} did not answer: {error}"
            raise CredentialsRefreshError(message, can_heal=is_retryable(error)) from error
        if response.status == OK:
            return response
        if response.status == TOO_MANY or response.status >= FIRST_SERVER_ERROR:
            raise CredentialsRefreshError(f"{whom} answered HTTP {response.status}")
        raise refusal(response)

    def next_delay(number: int, outcome: HttpResponse | WsclientError) -> float | None:
        can_heal = isinstance(outcome, CredentialsRefreshError) and outcome.can_heal
        if number == ATTEMPTS or not can_heal:
            return None
        return backoff_delay(number - 1, throttling=True, random=context.time.random)

    return await retry_while(attempt, next_delay=next_delay, sleep=context.time.sleep)
