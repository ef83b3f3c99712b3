"""HttpRequest, HttpResponse, Timeout and PoolState, and errors of HTTP exchanges; imports no HTTP library."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Final, cast

import msgspec

from wsclient._core.argument_checks import checked_class
from wsclient._core.errors import ResponseParseError
from wsclient._core.public_names import publish_one
from wsclient._core.reprs import RedactedStruct
from wsclient._core.value_kinds import SECONDS, converted, either, instance_of, optional

_PHASES: Final = ("connect", "read", "write", "pool", "total")


@checked_class(dict.fromkeys(_PHASES, optional(SECONDS)))
@dataclass(frozen=True, slots=True, kw_only=True)
class Timeout:
    """Timeouts in seconds, for each phase of an attempt and for the whole call.

    connect (default 5) limits DNS lookup with TCP connect, and separately the TLS handshake, and a proxy's response to
    the request for a tunnel (CONNECT). read (default 60) and write (default 30) limit the time without progress while
    receiving or sending; a whole response may take ten times read. pool (default None) limits the wait for a free
    connection. total (default None) limits the whole call with all attempts and delays. Each is a positive number, or
    None for no limit; other values raise ConfigurationError.
    """

    connect: float | None = 5.0
    read: float | None = 60.0
    write: float | None = 30.0
    pool: float | None = None
    total: float | None = None


def _for_each_phase(seconds: object) -> Timeout:
    """Return the timeout that a single number means, as in httpx: the same limit for each phase, none for the call."""
    limit = cast("float", seconds)
    return Timeout(connect=limit, read=limit, write=limit, pool=limit)


TIMEOUT_KIND: Final = either(
    "a Timeout or a positive number of seconds for each phase",
    instance_of(Timeout, expected=""),
    converted(SECONDS, _for_each_phase),
)


MAX_READ_TIMEOUTS: Final = 10
"""Read timeouts that one response may take: a peer that sends a byte now and then would hold off each of them."""
FIRST_FINAL_STATUS: Final = 200
"""Lowest status of a final response; lower ones are interim (1xx; RFC 9110, section 15.2)."""
SUCCESS_STATUS: Final = 200
"""Status of every success of AWS's JSON and query protocols; any other is a proxy's or gateway's."""
FIRST_ERROR_STATUS: Final = 300
REQUEST_ID_HEADERS: Final = ("x-amzn-requestid", "x-amz-request-id")
_find_alphanumeric: Final = re.compile("[0-9A-Za-z]").search


class HttpRequest(RedactedStruct, frozen=True):
    """HTTP request, ready to be sent; its repr shows neither headers nor body, which may hold secrets."""

    _hidden_fields: ClassVar[frozenset[str]] = frozenset({"headers", "body"})

    expects_request_id: ClassVar[bool] = False
    """True if the service marks every response with a request id."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def __repr__(self) -> str:
        """Return method, URL and the size of the body."""
        return f"HttpRequest({self.method} {self.url}, {len(self.body)} bytes)"


class ServiceRequest(HttpRequest, frozen=True):
    """Request of an operation of an AWS service."""

    expects_request_id: ClassVar[bool] = True


class HttpResponse(RedactedStruct, frozen=True):
    """Complete HTTP response. Header names are in lower case."""

    _hidden_fields: ClassVar[frozenset[str]] = frozenset({"headers", "body", "request_ids", "_first"})

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    request_ids: tuple[str, ...] = ()
    """AWS's request ids in the headers; a blank value, or a dash in its place, identifies no request."""

    _first: dict[str, str] = {}  # noqa: RUF012 - msgspec copies it

    def __post_init__(self) -> None:
        """Find the request ids and each name's first value, which are needed several times for every response."""
        msgspec.structs.force_setattr(self, "_first", dict(reversed(self.headers)))
        ids = [value for name, value in self.headers if name in REQUEST_ID_HEADERS and _find_alphanumeric(value)]
        msgspec.structs.force_setattr(self, "request_ids", tuple(ids))

    def header(self, name: str) -> str | None:
        """Return the value of the first header with this lower-case name, or None."""
        return self._first.get(name)

    def __repr__(self) -> str:
        """Return the status and the size of the body."""
        return f"HttpResponse({self.status}, {len(self.body)} bytes)"


class PoolState(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers of active connections, idle connections, and requests that wait for one."""

    active: int = 0
    idle: int = 0
    waiting: int = 0


def sum_pool_states(states: Iterable[PoolState]) -> PoolState:
    """Return the sums over several pools."""
    pools = list(states)
    return PoolState(
        active=sum(pool.active for pool in pools),
        idle=sum(pool.idle for pool in pools),
        waiting=sum(pool.waiting for pool in pools),
    )


class UnsendableRequestError(Exception):
    """The request cannot be expressed in HTTP/1.1; the message does not quote it."""


class PhaseTimeoutError(Exception):
    """The timeout of one phase expired: connect, read, write or pool.

    was_progressing is True for a response of which parts arrived in time, but not the whole. step is what the phase
    connect waited for, if known: "name", "connection", "tunnel" or "handshake".
    """

    def __init__(self, phase: str, *, was_progressing: bool = False, step: str | None = None) -> None:
        super().__init__(phase)
        self.phase = phase
        self.was_progressing = was_progressing
        self.step = step


class UnansweredRequestError(AssertionError):
    """Failure of a test whose transport has no response for a request; it reaches the test unchanged."""


def reject_content_encoding(response: HttpResponse) -> None:
    """Raise ResponseParseError for a compressed body, which wsclient never requests."""
    if response.header("content-encoding") is None:
        return
    encodings = ",".join([value for name, value in response.headers if name == "content-encoding"])
    if any(coding.strip().lower() not in {"", "identity"} for coding in encodings.split(",")):
        raise unreadable_response(
            response,
            "its body is compressed, although the request accepts no compression: a gateway on the way compresses it; "
            "switch that off there",
        )


def response_too_large(response: HttpResponse, max_bytes: int, first_bytes: bytes) -> ResponseParseError:
    """Return the error for a response with a body of more than max_bytes."""
    return unreadable_response(response, f"its body is larger than {max_bytes} bytes", first_bytes)


def unreadable_response(response: HttpResponse, reason: str, first_bytes: bytes = b"") -> ResponseParseError:
    """Return the error for a response that cannot be used, with the reason."""
    return ResponseParseError(
        f"cannot read the HTTP {response.status} response: {reason}",
        status=response.status,
        headers=response.headers,
        first_bytes=first_bytes,
    )


publish_one("wsclient", Timeout)
