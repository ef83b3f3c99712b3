"""Attempt, Answer and the Middleware type: functions that wrap each attempt to observe, time, extend or reject it.

    async def timed(attempt: Attempt, proceed: Next) -> Answer:
        started = time.perf_counter()
        try:
            return await proceed(attempt)
        finally:
            print(attempt.operation, attempt.number, time.perf_counter() - started)

    ws = wsclient.WorkSpacesClient(middleware=(timed,))

The first function of the tuple is the outermost. Each is called once for each attempt, after the rate limit and the
credentials, and before the attempt is signed. proceed(attempt) signs and sends the attempt and reads its status and
error; for a failed attempt it raises the error, which the retry policy then classifies. Middleware does not cover the
parsing of the body of a successful response, nor the requests that retrieve credentials.

Middleware can add headers: proceed(attempt.with_header("x-team", "blue")). They are signed, except those that AWS SDKs
do not sign because proxies change them (traceparent, tracestate, baggage, x-amzn-trace-id). Adding a header that
wsclient or HTTP sets raises MiddlewareError.

Middleware can reject an attempt by raising an error instead of calling proceed. The error ends the call without a
retry, unless it is a WsclientError with is_transient or is_throttling: then the retry policy applies as to a failed
attempt. An exception of a class that the caller or a library defines passes unchanged; one of Python's own, such as
KeyError, becomes a MiddlewareError, whose __cause__ it is. If a WsclientError hides the outcome of a sent attempt,
wsclient sets its is_ambiguous and may_have_been_sent.

Anything else raises MiddlewareError without sending a second request: calling proceed twice, returning another object
than proceed returned, or changing another field. Middleware has no access to keys, tokens, signatures and bodies.
"""

from collections.abc import Awaitable, Callable
from typing import ClassVar, TypeAlias

import msgspec

from wsclient._core.errors import MiddlewareError
from wsclient._core.reprs import RedactedStruct
from wsclient.endpoints._types import EndpointKind

__all__ = ["Answer", "Attempt", "Middleware", "MiddlewareError", "Next"]


class Attempt(RedactedStruct, frozen=True, kw_only=True):
    """Attempt of a call, before it is signed.

    service is the signing name (workspaces, sts). operation is AWS's name of the operation. number counts from 1 to
    max_attempts. region is the signing region. host (with the port, unless it is 443) and endpoint_kind are those of
    the endpoint. invocation_id is the same for all attempts of a call. headers are those that middleware added; the
    repr omits them.
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
        """Return a copy with one more header; for several, use msgspec.structs.replace(attempt, headers=…)."""
        return msgspec.structs.replace(self, headers=(*self.headers, (name, value)))


class Answer(RedactedStruct, frozen=True, kw_only=True):
    """Successful response of an attempt: HTTP status, AWS request id, and headers with lower-case names."""

    _hidden_fields: ClassVar[frozenset[str]] = frozenset({"headers"})

    status: int
    request_id: str | None
    headers: tuple[tuple[str, str], ...]


Next: TypeAlias = Callable[[Attempt], Awaitable[Answer]]
"""Async function that passes the attempt to the next middleware or the service, and returns its response or raises."""
Middleware: TypeAlias = Callable[[Attempt, Next], Awaitable[Answer]]
"""Async function that wraps an attempt: it receives the attempt and the function that proceeds with it."""
