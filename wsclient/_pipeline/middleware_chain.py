"""Middleware chain: runs an attempt through the middleware and enforces its contract.

A middleware may add headers, observe, or raise. It proceeds at most once, with the same attempt, and returns the
response of that attempt.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Generic, TypeVar, cast

import msgspec

from wsclient._core.errors import ConfigurationError, MiddlewareError, WsclientError
from wsclient._core.event_loops import is_cancellation
from wsclient._pipeline.caller_errors import is_from_python

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from wsclient.middleware import Answer, Attempt, Middleware, Next

    Headers = tuple[tuple[str, str], ...]

T = TypeVar("T")

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# No control characters: a line break in a value would inject headers (RFC 9110, section 5.5).
_VALUE = re.compile(r"[\x20-\x7e]*")
_RESERVED_HEADERS = frozenset(
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
"""Header names that wsclient sets or that control HTTP framing, in lower case."""
_RESERVED_PREFIXES = ("amz-sdk-", "proxy-", "x-amz-")


def validate_middleware(value: object) -> tuple[Middleware, ...]:
    """Return the middleware= argument as a tuple; raise ConfigurationError if it is not a sequence of callables."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        hint = "; put a single function in a list" if callable(value) else ""
        raise ConfigurationError(f"middleware= takes a tuple of async functions, not a {type(value).__name__}{hint}")
    middleware = tuple(cast("Sequence[Middleware]", value))
    for index, function in enumerate(middleware):
        if not callable(function):
            raise ConfigurationError(
                f"middleware[{index}] is a {type(function).__name__}; use an async function of (attempt, proceed)"
            )
    return middleware


class MiddlewareChain(Generic[T]):
    """One attempt and its middleware.

    send sends the attempt with the headers that the middleware added; read makes the Answer that middleware sees.
    """

    def __init__(
        self,
        middleware: Sequence[Middleware],
        send: Callable[[Headers], Awaitable[T]],
        read: Callable[[T], Answer],
    ) -> None:
        self._middleware = middleware
        self._send = send
        self._read = read
        self._has_started = self._is_over = False
        self._sent: list[T] = []
        self._failure: BaseException | None = None

    async def run(self, attempt: Attempt) -> T:
        """Return the result of send; raise the error of the attempt or of a middleware.

        An error that a middleware raises after an ambiguous attempt is marked ambiguous too, so that no retry repeats
        what the service may have executed.
        """
        try:
            await self._step(0, attempt)
        except BaseException as error:
            if error is not self._failure:
                self._mark_ambiguous(error)
            raise
        finally:
            self._is_over, self._failure = True, None
        return self._sent[0]

    async def _step(self, index: int, attempt: Attempt) -> Answer:
        if index == len(self._middleware):
            return await self._send_attempt(attempt)
        middleware, responses, was_called = self._middleware[index], list["Answer"](), False

        async def proceed(changed: Attempt) -> Answer:
            nonlocal was_called
            # A second proceed would send the request twice, outside of the retry policy and quota.
            if was_called or self._is_over:
                raise MiddlewareError(f"{_name(middleware)} called proceed twice, or after the attempt had ended")
            was_called = True
            _check_change(middleware, attempt, changed)
            responses.append(await self._step(index + 1, changed))
            return responses[0]

        try:
            response = await _await_middleware(middleware, attempt, proceed)
        except (Exception, asyncio.CancelledError) as error:
            if error is self._failure or is_cancellation(error) or not is_from_python(error):
                raise
            raise MiddlewareError(
                f"{_name(middleware)} raised {type(error).__name__}, which is this error's __cause__"
            ) from error
        # Identity, not equality: a response made up or kept from an earlier attempt would hide the real outcome.
        if not responses or response is not responses[0]:
            raise MiddlewareError(
                f"{_name(middleware)} did not return this attempt's response: return the result of proceed, or raise"
            )
        return response

    async def _send_attempt(self, attempt: Attempt) -> Answer:
        """Send the attempt and keep its outcome, which decides about ambiguity whatever the middleware raises."""
        self._has_started = True
        try:
            sent = await self._send(attempt.headers)
        except BaseException as error:
            self._failure = error
            raise
        self._sent.append(sent)
        return self._read(sent)

    def _mark_ambiguous(self, error: BaseException) -> None:
        """Copy the outcome of the attempt to an error that a middleware raised in its stead."""
        failure = self._failure if isinstance(self._failure, WsclientError) else None
        is_ambiguous = self._has_started and (failure is None or failure.is_ambiguous)
        if is_ambiguous:
            error.add_note("raised by a middleware, after an attempt that the service may have executed")
        if not isinstance(error, WsclientError):
            return
        # Without an attempt nothing was sent, so the error does not count as one.
        if not self._has_started:
            error.was_tried = False
        elif is_ambiguous:
            error.is_ambiguous = error.may_have_been_sent = True
        elif failure is not None and failure.may_have_been_sent:
            error.may_have_been_sent = True


async def _await_middleware(middleware: Middleware, attempt: Attempt, proceed: Next) -> Answer:
    response = middleware(attempt, proceed)
    if not hasattr(response, "__await__"):
        raise MiddlewareError(f"{_name(middleware)} must be an async function; it returned a {type(response).__name__}")
    return await response


def _check_change(middleware: Middleware, before: Attempt, after: object) -> None:
    """Raise MiddlewareError if the attempt was changed other than by appending headers."""
    count = len(before.headers)
    if (
        not isinstance(after, type(before))
        or after.headers[:count] != before.headers
        or msgspec.structs.replace(after, headers=before.headers) != before
    ):
        raise MiddlewareError(f"{_name(middleware)} changed the attempt: it may only add headers")
    for name, value in after.headers[count:]:
        _check_header(middleware, name, value)


def _check_header(middleware: Middleware, name: object, value: object) -> None:
    """Raise MiddlewareError for a header that wsclient sets itself or that HTTP cannot express.

    The message does not show the value, which may be a secret.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise MiddlewareError(f"{_name(middleware)} added a header with an invalid name")
    if name.lower() in _RESERVED_HEADERS or name.lower().startswith(_RESERVED_PREFIXES):
        raise MiddlewareError(f"{_name(middleware)} added the header {name}, which wsclient sets itself")
    if not isinstance(value, str) or not _VALUE.fullmatch(value):
        raise MiddlewareError(f"{_name(middleware)} added the header {name} with a value that is not printable ASCII")


def _name(middleware: Middleware) -> str:
    return f"the middleware {getattr(middleware, '__qualname__', type(middleware).__name__)}"
