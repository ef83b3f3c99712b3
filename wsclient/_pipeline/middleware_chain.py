"""Takes an attempt through its middleware, and holds each of them to what it may do."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Generic, TypeVar, cast

import msgspec

from wsclient._core.errors import ConfigurationError, MiddlewareError, WsclientError

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from wsclient.middleware import Answer, Attempt, Middleware, Next

    Headers = tuple[tuple[str, str], ...]

T = TypeVar("T")

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\x20-\x7e]*")
_OURS = frozenset(
    {
        "accept-encoding",
        "authorization",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "date",
        "expect",
        "host",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
    }
)
"""Headers that wsclient sets, or that say how HTTP is spoken."""
_OUR_PREFIXES = ("amz-sdk-", "proxy-", "x-amz-")


def validate_middleware(given: object) -> tuple[Middleware, ...]:
    """Return what a client was told as middleware, or raise ConfigurationError for what cannot be some."""
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise ConfigurationError(f"middleware= takes a tuple of async functions, not a {type(given).__name__}")
    several = tuple(cast("Sequence[Middleware]", given))
    for place, one in enumerate(several):
        if not callable(one):
            raise ConfigurationError(
                f"middleware[{place}] is a {type(one).__name__}; use an async function of (attempt, proceed)"
            )
    return several


class MiddlewareChain(Generic[T]):
    """One attempt and its middleware; send sends it with the headers that they added, read tells of what came back."""

    def __init__(
        self,
        middleware: Sequence[Middleware],
        send: Callable[[Headers], Awaitable[T]],
        read: Callable[[T], Answer],
    ) -> None:
        self._middleware = middleware
        self._send = send
        self._read = read
        self._was_begun = self._is_over = False
        self._sent: list[T] = []
        self._failure: BaseException | None = None

    async def run(self, attempt: Attempt) -> T:
        """Return what was sent back; raises what the attempt or its middleware raised, which says what is in doubt."""
        try:
            await self._step(0, attempt)
        except BaseException as error:
            if error is not self._failure:
                self._mark_ambiguous(error)
            raise
        finally:
            self._is_over, self._failure = True, None
        return self._sent[0]

    async def _step(self, place: int, attempt: Attempt) -> Answer:
        if place == len(self._middleware):
            return await self._send_attempt(attempt)
        middleware, answers, was_called = self._middleware[place], list["Answer"](), False

        async def proceed(changed: Attempt) -> Answer:
            nonlocal was_called
            if was_called or self._is_over:
                raise MiddlewareError(f"{_name(middleware)} went on with an attempt twice, or when it was over")
            was_called = True
            _check_change(middleware, attempt, changed)
            answers.append(await self._step(place + 1, changed))
            return answers[0]

        answer = await _called(middleware, attempt, proceed)
        if not answers or answer is not answers[0]:
            raise MiddlewareError(
                f"{_name(middleware)} returned something that is not this attempt's answer: return what proceed "
                "gave, or raise"
            )
        return answer

    async def _send_attempt(self, attempt: Attempt) -> Answer:
        """Send the attempt, and keep what came of it: what middleware makes of it counts for less."""
        self._was_begun = True
        try:
            sent = await self._send(attempt.headers)
        except BaseException as error:
            self._failure = error
            raise
        self._sent.append(sent)
        return self._read(sent)

    def _mark_ambiguous(self, error: BaseException) -> None:
        """Write on what middleware raised what became of the attempt that it hides."""
        failure = self._failure if isinstance(self._failure, WsclientError) else None
        in_doubt = self._was_begun and (failure is None or failure.is_ambiguous)
        if in_doubt:
            error.add_note("raised by a middleware, after an attempt that may have been carried out")
        if not isinstance(error, WsclientError):
            return
        if not self._was_begun:
            error.was_tried = False
        elif in_doubt:
            error.is_ambiguous = error.may_have_been_sent = True
        elif failure is not None and failure.may_have_been_sent:
            error.may_have_been_sent = True


async def _called(middleware: Middleware, attempt: Attempt, proceed: Next) -> Answer:
    answer = middleware(attempt, proceed)
    if not hasattr(answer, "__await__"):
        raise MiddlewareError(f"{_name(middleware)} is no async function: it returned a {type(answer).__name__}")
    return await answer


def _check_change(middleware: Middleware, before: Attempt, after: object) -> None:
    """Raise MiddlewareError where more was changed than headers were added."""
    count = len(before.headers)
    if (
        not isinstance(after, type(before))
        or after.headers[:count] != before.headers
        or msgspec.structs.replace(after, headers=before.headers) != before
    ):
        raise MiddlewareError(f"{_name(middleware)} went on with another attempt: only headers may be added to it")
    for name, value in after.headers[count:]:
        _check_header(middleware, name, value)


def _check_header(middleware: Middleware, name: object, value: object) -> None:
    """Raise MiddlewareError for a header that is wsclient's own or cannot be sent; the value is not shown."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise MiddlewareError(f"{_name(middleware)} added a header whose name is none")
    if name.lower() in _OURS or name.lower().startswith(_OUR_PREFIXES):
        raise MiddlewareError(f"{_name(middleware)} added the header {name}, which wsclient sets itself")
    if not isinstance(value, str) or not _VALUE.fullmatch(value):
        raise MiddlewareError(f"{_name(middleware)} added the header {name} with a value that is no printable ASCII")


def _name(middleware: Middleware) -> str:
    return f"the middleware {getattr(middleware, '__qualname__', type(middleware).__name__)}"
