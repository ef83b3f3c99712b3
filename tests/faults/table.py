"""The faults: what goes wrong, and what an attempt comes to that meets it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from tests.faults import server_faults as s
from tests.faults.server import NO_SERVER_FAULT, NOBODY, ServerFault, head
from tests.faults.setup import CONNECT_SECONDS, WRITE_SECONDS, FaultSetup
from wsclient import errors

LOST = errors.ConnectionLostError
UNREADABLE = errors.ResponseParseError
UNCONNECTED = errors.ConnectError
LATE = errors.RequestTimeoutError
TOTAL_SECONDS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Fault, and the expected outcome of an attempt that meets it.

    It occurs at the server, or once before the call, with a connection already open. error is the error of the attempt,
    None if it succeeds; detail its code or phase. ambiguous says that the client cannot know
    whether the request was executed, executed that it was, final that no attempt follows. total is the call's
    Timeout.total; big means a request larger than the kernel's send buffer; attempts how many attempts a fault spoils.
    """

    name: str
    server_fault: ServerFault = NO_SERVER_FAULT
    before: Callable[[FaultSetup], Awaitable[None]] | None = None
    error: type[errors.WsclientError] | None = None
    detail: str | None = None
    ambiguous: bool = False
    executed: bool = False
    final: bool = False
    total: float | None = None
    big: bool = False
    attempts: int = 1


def _connecting(
    name: str, server_fault: ServerFault, error: type[errors.WsclientError], detail: str | None = None
) -> Fault:
    """Return a fault that keeps a connection from coming about: surely nothing was sent."""
    return Fault(name=name, server_fault=server_fault, error=error, detail=detail)


def _lost(name: str, request: s.AtRequest, *, executed: bool) -> Fault:
    """Return a fault that breaks a connection with a request on it: whether it was executed, the client cannot know."""
    return Fault(name=name, server_fault=ServerFault(request=request), error=LOST, executed=executed, ambiguous=True)


def _late(name: str, request: s.AtRequest, phase: str, *, executed: bool = True) -> Fault:
    """Return a fault that makes a request's answer come too late."""
    fault = Fault(
        name=name,
        server_fault=ServerFault(request=request),
        error=LATE,
        detail=phase,
        executed=executed,
        ambiguous=True,
    )
    return replace(fault, final=True, total=TOTAL_SECONDS) if phase == "total" else fault


def _unreadable(name: str, request: s.AtRequest) -> Fault:
    """Return a fault that makes an answer unreadable after its request was executed."""
    return Fault(name=name, server_fault=ServerFault(request=request), error=UNREADABLE, executed=True, ambiguous=True)


def _refused(
    name: str, answer: bytes, error: type[errors.ServiceError], code: str, *, executed: bool | None = None
) -> Fault:
    """Return an error in place of the service's answer; executed None says that it means not executed."""
    return Fault(
        name=name,
        server_fault=ServerFault(request=s.says(answer, executed=bool(executed))),
        error=error,
        detail=code,
        executed=bool(executed),
        ambiguous=executed is not None,
    )


def _harmless(name: str, request: s.AtRequest) -> Fault:
    return Fault(name=name, server_fault=ServerFault(request=request), executed=True)


CONNECTING = (
    _connecting("the name is unknown", ServerFault(lookup=s.name_unknown), UNCONNECTED),
    _connecting("the connection is refused", ServerFault(lookup=lambda _: NOBODY), UNCONNECTED),
    _connecting("nobody accepts the connection", ServerFault(lookup=s.nobody_accepts), LATE, "connect"),
    _connecting("the handshake is cut", ServerFault(connection=s.handshake_cut), UNCONNECTED),
    _connecting("the handshake is reset", ServerFault(connection=s.handshake_reset), UNCONNECTED),
    _connecting("the handshake is not answered", ServerFault(connection=s.handshake_silent), LATE, "connect"),
    replace(
        _connecting("the handshake is garbled", ServerFault(connection=s.handshake_garbled), errors.TLSError),
        final=True,
    ),
)
BREAKING = (
    _lost("reset at the first byte", s.reset_at_the_first_byte, executed=False),
    _lost("closed at the first byte", s.end_at_the_first_byte, executed=False),
    _lost("reset during the request", s.reset_after_the_head, executed=False),
    _lost("reset after the request", s.reset_after_the_request, executed=True),
    _lost("closed after the request", s.end_after_the_request, executed=True),
    _lost("reset after half the answer's head", s.reset_after_half_the_head, executed=True),
    _lost("reset after half the answer", s.reset_after_half_the_answer, executed=True),
    _lost("a content-length too long", s.says(s.with_length(lambda n: f"{n + 1}"), ends=True), executed=True),
    _lost("a chunk cut off", s.says(s.chunked(lost=8), ends=True), executed=True),
    _lost("the last chunk missing", s.says(s.chunked(lost=5), ends=True), executed=True),
    _lost("the name moves during the request", s.moves_in_the_request, executed=False),
    replace(_lost("the server restarts during the request", s.restarts_in_the_request, executed=False), attempts=2),
)
STALLING = (
    _late("silence after the request", s.silence_after_the_request, "read"),
    replace(
        _late("silence during the request", s.deaf_in_the_request(WRITE_SECONDS + 1), "write", executed=False), big=True
    ),
    replace(
        _connecting("the handshake takes the whole call", ServerFault(connection=s.handshake_silent), LATE, "total"),
        total=CONNECT_SECONDS - 1,
        final=True,
    ),
    _late("silence for the whole call", s.silence_after_the_request, "total"),
    _late("one byte a second", s.one_byte_each(seconds=1), "total"),
    _late("interim answers without an end", s.endless(head(102), head(102), seconds=1), "total"),
)
GARBLED = (
    _unreadable("a content-length too short", s.says(s.with_length(lambda n: f"{n - 1}"))),
    _unreadable("two content-lengths that differ", s.says(s.with_two_lengths)),
    _unreadable("a content-length that is no number", s.says(s.with_length(lambda n: f"{n}_0"))),
    _unreadable("a content-length below zero", s.says(s.with_length(lambda n: f"-{n}"))),
    _unreadable("no content-length and a byte lost", s.says(s.without_length_cut, ends=True)),
    _unreadable("a chunk size that is no number", s.says(s.chunked("{:x}zz"))),
    _unreadable("garbage instead of HTTP", s.says(b"\x15\x03\x01SSH-2.0-OpenSSH_9.6\r\n\r\n")),
    _unreadable("HTTP/2 instead of HTTP/1.1", s.says(b"\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x64")),
    _unreadable("HTML with status 200", s.says(s.html(200))),
    _unreadable("another protocol, which nobody asked for", s.says(s.switching)),
    _unreadable("an answer larger than the limit", s.says(s.too_large)),
    _unreadable("an answer without an end", s.endless(head(200, s.CHUNKED), b"1000\r\n" + b" " * 0x1000 + b"\r\n")),
    _unreadable("headers without an end", s.endless(b"HTTP/1.1 200 OK\r\n", b"x-filler: " + b"x" * 4000 + b"\r\n")),
)
REFUSED = (
    # A gateway's page leaves the outcome unknown: the service behind it may have executed the operation.
    *(
        _refused(f"{status} with HTML", s.html(status), errors.ServiceError, f"HTTP{status}", executed=False)
        for status in (429, 500, 502, 503, 504, 520, 524, 599)
    ),
    *(
        _refused(f"{status} with HTML, executed", s.html(status), errors.ServiceError, f"HTTP{status}", executed=True)
        for status in (429, 500, 502, 503, 504, 520, 524, 599)
    ),
    *(
        replace(
            _refused(
                f"{status} with HTML, executed", s.html(status), errors.ServiceError, f"HTTP{status}", executed=True
            ),
            final=True,
        )
        for status in (302, 403, 404, 413)
    ),
    _unreadable("a health check's JSON with status 200", s.says(s.health_check)),
    Fault(
        name="throttling in a 400",
        server_fault=ServerFault(request=s.refuses(400, "ThrottlingException")),
        error=errors.ThrottlingException,
        detail="ThrottlingException",
    ),
)
HARMLESS = (
    _harmless("100 before the answer", s.says(s.after(head(100)))),
    _harmless("103 before the answer", s.says(s.after(head(103, ("link", "</a.css>; rel=preload"))))),
    _harmless("many interim answers", s.says(s.after(*[head(102)] * 20))),
    _harmless("no content-length", s.says(s.without_length, ends=True)),
    _harmless("a chunked answer", s.says(s.chunked())),
    _harmless("one byte at a time", s.one_byte_each(seconds=0)),
    _harmless("two answers to one request", s.says(s.twice)),
    _harmless("two answers in a TLS record each", s.again_in_a_record_of_its_own),
)
BETWEEN_CALLS = (
    Fault(name="closed between calls", before=lambda setup: setup.server.end_all()),
    Fault(name="reset between calls", before=lambda setup: setup.server.reset_all()),
    Fault(name="moved between calls", before=lambda setup: setup.server.move()),
    Fault(name="restarted between calls", before=lambda setup: setup.server.restart()),
    Fault(name="an answer that nobody asked for", before=lambda setup: setup.server.say(s.POISON)),
    Fault(name="the token expires", before=FaultSetup.expire_token, error=errors.ExpiredTokenException),
    Fault(name="the clock is slow", before=lambda setup: setup.skew(3), error=errors.InvalidSignatureException),
    Fault(name="the clock is fast", before=lambda setup: setup.skew(-3), error=errors.InvalidSignatureException),
)
STRIKING = (*CONNECTING, *BREAKING, *STALLING, *GARBLED, *REFUSED, *HARMLESS)
