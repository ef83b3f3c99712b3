"""Questions that providers ask over HTTP: asked again a few times while a failure may heal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wsclient._errors import CredentialsRefreshError, WsclientError
from wsclient.retries import backoff_delay, is_retryable

if TYPE_CHECKING:
    from collections.abc import Callable

    from wsclient._http import HttpRequest, HttpResponse, Timeout
    from wsclient.credentials._surroundings import Send, Surroundings

ATTEMPTS: Final = 3
OK: Final = 200
TOO_MANY: Final = 429
FIRST_SERVER_ERROR: Final = 500


async def asked(
    send: Send,
    request: HttpRequest,
    timeout: Timeout,  # noqa: ASYNC109 - one for each phase
    surroundings: Surroundings,
    *,
    whom: str,
    refusal: Callable[[HttpResponse], CredentialsRefreshError],
) -> HttpResponse:
    """Return a good answer (HTTP 200), after three attempts at most, with AWS's pauses between them.

    Time-outs, lost connections, HTTP 429 and 5xx are asked again. Any other answer ends in what refusal makes of it,
    the last failure in CredentialsRefreshError.
    """
    attempt = 1
    while True:
        try:
            answer = await send(request, timeout)
        except WsclientError as error:
            failure = CredentialsRefreshError(f"{whom} did not answer: {error}", can_heal=is_retryable(error))
            failure.__cause__ = error
        else:
            if answer.status == OK:
                return answer
            can_heal = answer.status == TOO_MANY or answer.status >= FIRST_SERVER_ERROR
            failure = CredentialsRefreshError(f"{whom} answered HTTP {answer.status}") if can_heal else refusal(answer)
        if attempt == ATTEMPTS or not failure.can_heal:
            raise failure
        await surroundings.sleep(backoff_delay(attempt - 1, throttling=True, random=surroundings.random))
        attempt += 1
