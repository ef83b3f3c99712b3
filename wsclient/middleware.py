"""Middleware: functions that stand around each attempt of a call, to watch it, time it, add headers or refuse it.

    async def timed(attempt: Attempt, proceed: Next) -> Answer:
        begun = time.perf_counter()
        try:
            return await proceed(attempt)
        finally:
            print(attempt.operation, attempt.number, time.perf_counter() - begun)

    ws = wsclient.WorkSpacesClient(middleware=(timed,))

The first of a tuple is the outermost. Each is called once an attempt, when the attempt has its turn and its
credentials, and before it is signed. proceed(attempt) signs, sends, and reads status and error; a failed attempt raises
its error, which the retries read afterwards. What follows the status, reading the body, is not seen here, nor is
what fetches the credentials.

It can add headers: proceed(attempt.with_header("x-team", "blue")). They are signed, except those that no AWS SDK signs
since proxies change them (traceparent, tracestate, baggage, x-amzn-trace-id). Headers that wsclient or HTTP sets are
refused.

It can refuse an attempt by raising instead of proceeding. What it raises ends the call at once, unless it is a
WsclientError that says is_transient or is_throttling: then it counts as a failed attempt. An error that hides what
became of an attempt says so: is_ambiguous, may_have_been_sent.

It can do nothing else. Proceeding twice, returning anything but what proceed gave, changing another field: each is a
MiddlewareError, and nothing is sent a second time. Key, token, signature and body are never in sight.
"""

from collections.abc import Awaitable, Callable
from typing import ClassVar, TypeAlias

import msgspec

from wsclient._core.errors import MiddlewareError
from wsclient._core.reprs import RedactedStruct
from wsclient.endpoints._types import EndpointKind

__all__ = ["Answer", "Attempt", "Middleware", "MiddlewareError", "Next"]


class Attempt(RedactedStruct, frozen=True, kw_only=True):
    """One attempt, before it is signed.

    service is as in its signature (workspaces, sts); operation AWS's name; number counts from 1 to max_attempts; region
    is what it is signed for; host (with a port that is not 443) and endpoint_kind say where it goes; invocation_id is
    the same for all attempts of a call. headers are those that middleware added, and no repr shows them.
    """

    _hidden_fields: ClassVar[frozenset[str]] = frozenset({"headers"})

    service: str
    operation: str
    number: int
    max_attempts: int
    region: str
    host: str
    endpoint_kind: EndpointKind
    invocation_id: str
    headers: tuple[tuple[str, str], ...] = ()

    def with_header(self, name: str, value: str) -> "Attempt":
        """Return the attempt with one header more; msgspec.structs.replace(attempt, headers=…) does for several."""
        return msgspec.structs.replace(self, headers=(*self.headers, (name, value)))


class Answer(RedactedStruct, frozen=True, kw_only=True):
    """An attempt's successful answer: its HTTP status, AWS's request id, and its headers, names in lower case."""

    _hidden_fields: ClassVar[frozenset[str]] = frozenset({"headers"})

    status: int
    request_id: str | None
    headers: tuple[tuple[str, str], ...]


Next: TypeAlias = Callable[[Attempt], Awaitable[Answer]]
"""Goes on with the attempt, to the next middleware or to the service, and returns its answer or raises its error."""
Middleware: TypeAlias = Callable[[Attempt, Next], Awaitable[Answer]]
"""Stands around an attempt: an async function of the attempt and of what goes on with it."""
