"""The HTTP values that pass between the pipeline and the transport; no HTTP library in sight."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import msgspec

from wsclient._core.errors import ConfigurationError, ResponseParseError


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeout:
    """Seconds to wait, for each phase of an attempt and for the whole call.

    connect covers name look-up and TCP, and once more the TLS handshake; read and write one silence while receiving
    or sending; pool the wait for a free connection; total the whole call with all its attempts and pauses. None means
    no limit.
    """

    connect: float | None = 5.0
    read: float | None = 60.0
    write: float | None = 30.0
    pool: float | None = None
    total: float | None = None

    def __post_init__(self) -> None:
        """Refuse what is no duration."""
        for name in ("connect", "read", "write", "pool", "total"):
            value = getattr(self, name)
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
                raise ConfigurationError(f"Timeout.{name} must be a positive number of seconds or None, not {value!r}")


FIRST_FINAL_STATUS: Final = 200
"""Answers below it are interim ones."""


class HttpRequest(msgspec.Struct, frozen=True):
    """One request, ready to be written to a connection; it may hold a signature, so it has no telling repr."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def __repr__(self) -> str:
        """Show where it goes, not what it carries."""
        return f"HttpRequest({self.method} {self.url}, {len(self.body)} bytes)"


class HttpResponse(msgspec.Struct, frozen=True):
    """One whole answer. Header names are in lower case."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the first header of that lower-case name."""
        for key, value in self.headers:
            if key == name:
                return value
        return None

    def __repr__(self) -> str:
        """Show the status and the size, not what it carries."""
        return f"HttpResponse({self.status}, {len(self.body)} bytes)"


class PoolState(msgspec.Struct, frozen=True, kw_only=True):
    """How many connections are open, in use or not, and how many requests wait for one."""

    active: int = 0
    idle: int = 0
    waiting: int = 0


def sum_pool_states(states: Iterable[PoolState]) -> PoolState:
    """Return the state of several pools together."""
    several = list(states)
    return PoolState(
        active=sum(state.active for state in several),
        idle=sum(state.idle for state in several),
        waiting=sum(state.waiting for state in several),
    )


class UnsendableRequestError(Exception):
    """A request that HTTP/1.1 cannot express; quotes nothing of it."""


class PhaseTimeoutError(Exception):
    """A time-out of one phase: connect, read, write or pool."""

    def __init__(self, phase: str) -> None:
        super().__init__(phase)
        self.phase = phase


def reject_content_encoding(answer: HttpResponse) -> None:
    """Raise ResponseParseError for an answer whose body is encoded: none asked for that."""
    encoding = answer.header("content-encoding")
    if encoding and encoding.strip().lower() != "identity":
        raise unreadable_response(answer, "it is compressed, which was not asked for")


def response_too_large(answer: HttpResponse, most_bytes: int, start: bytes) -> ResponseParseError:
    """Return the error for an answer with more bytes than are taken."""
    return unreadable_response(answer, f"it is larger than {most_bytes} bytes", start)


def unreadable_response(answer: HttpResponse, why: str, start: bytes = b"") -> ResponseParseError:
    """Return the error for an answer that cannot be taken, which says why."""
    return ResponseParseError(
        f"HTTP {answer.status} that cannot be read: {why}",
        status=answer.status,
        headers=answer.headers,
        first_bytes=start,
    )
