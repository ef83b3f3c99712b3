"""HTTP/1.1 response parser on llhttp; anything that deviates from HTTP/1.1 is an error.

RFC 9112, HTTP/1.1, https://www.rfc-editor.org/rfc/rfc9112
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from wsclient._core.http import FIRST_FINAL_STATUS, HttpResponse

MAX_HEAD_BYTES: Final = 100 * 1024
"""Bytes of status line and headers at most (100 KiB), interim responses included."""
KEPT_BYTES: Final = 64 * 1024
"""Bytes kept of the body of a response that is too large."""
HTTP1_PREFIX: Final = b"HTTP/1."
"""First bytes of every response head: llhttp alone would accept other protocols and versions."""
_HEAD_END: Final = b"\r\n\r\n"
_CONTROLS: Final = bytes(byte for byte in (*range(32), 127) if byte not in b"\t\r\n")
_SWITCHING_PROTOCOLS: Final = 101


class InvalidResponseError(Exception):
    """The response is not valid HTTP/1.1."""


class ResponseTooLargeError(Exception):
    """The response has more bytes than allowed."""


class ResponseParser:
    """Parser of one response; llhttp calls the on_* methods.

    is_complete is True when the whole response has arrived. keeps_alive is True if the connection may carry another
    exchange: not if the server closes it, if the response ended with the connection, or if bytes follow the response.
    """

    __slots__ = (
        "_announced",
        "_body",
        "_fed",
        "_has_length",
        "_head",
        "_headers",
        "_interim_responses",
        "_max_bytes",
        "_parser",
        "is_complete",
        "keeps_alive",
        "status",
    )

    def __init__(self, max_bytes: int) -> None:
        self.is_complete = False
        self.keeps_alive = False
        self.status = 0
        self._max_bytes = max_bytes
        self._head = bytearray()
        self._interim_responses = 0
        self._fed = 0
        self._has_length = False
        self._announced = 0
        self._headers: list[tuple[str, bytes]] = []
        # One buffer: a list of two-byte chunks would take twenty times their size.
        self._body: bytes | bytearray = b""
        self._parser: HttpResponseParser | None = HttpResponseParser(self)

    def feed(self, data: bytes) -> None:
        """Parse received bytes; raise InvalidResponseError or ResponseTooLargeError."""
        if self._parser is None:
            # Bytes after a complete response belong to no request (RFC 9112, section 9.2): close the connection.
            self.keeps_alive = False
            return
        was_in_head = not self.status
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as error:
            if not self.is_complete:
                raise InvalidResponseError(type(error).__name__) from error
            self.keeps_alive = False
        if was_in_head and not self.status:
            self._head += data
        elif was_in_head:
            self._check_heads(bytes(self._head) + data if self._head else data)
        if self.is_complete:
            self._parser = None  # breaks the reference cycle between the two parsers
        self._check_size(len(data))

    def end(self) -> None:
        """Handle the end of the connection; raise InvalidResponseError if the response is incomplete."""
        # Without a length the end of the connection ends the response (RFC 9112, section 6.3). This is safe only after
        # close_notify: a cut TCP connection must not make a truncated body complete (RFC 9112, section 8).
        if self.status and not self._has_length:
            self.is_complete = True
        self._parser = None
        if not self.is_complete:
            raise InvalidResponseError("the response is incomplete")

    def response(self) -> HttpResponse:
        """Return the complete response."""
        return HttpResponse(self.status, _decode_headers(self._headers), bytes(self._body))

    def head(self) -> HttpResponse:
        """Return status, headers and the beginning of the body of a response that is too large."""
        self._body = self._body[:KEPT_BYTES]
        return self.response()

    def on_message_begin(self) -> None:
        """Handle the start of a message; a second final response is one that belongs to no request."""
        if self.is_complete:
            self.keeps_alive = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Record a header; ignore trailers, which follow the body."""
        if not self.status:
            self._headers.append((_decode_name(name), value))

    def on_headers_complete(self) -> None:
        """Handle the end of a head: discard an interim (1xx) response, check the framing of a final one."""
        if self.is_complete or self._parser is None:
            return
        status = self._parser.get_status_code()
        if status < FIRST_FINAL_STATUS:
            self._headers.clear()
            self._interim_responses += 1
            if not 100 <= status < FIRST_FINAL_STATUS or status == _SWITCHING_PROTOCOLS:  # noqa: PLR2004 - a status
                raise InvalidResponseError("its interim status is invalid or switches protocols")
            return
        self.status, codings = status, False
        for name, value in self._headers:
            if name == "content-length":
                self._has_length, self._announced = True, int(value)
            elif name == "transfer-encoding":
                # Any other coding would leave the length of the body to interpretation (RFC 9112, section 6.1).
                if codings or value.strip().lower() != b"chunked":
                    raise InvalidResponseError("its transfer encoding is unknown")
                self._has_length = codings = True

    def on_body(self, chunk: bytes) -> None:
        """Record a part of the body."""
        if not self.is_complete:
            if not self._body:
                self._body = chunk  # most bodies arrive in one piece, which is kept without a copy
                return
            if isinstance(self._body, bytes):
                self._body = bytearray(self._body)
            self._body += chunk

    def on_message_complete(self) -> None:
        """Handle the end of a message: the response is complete, unless this was an interim one."""
        if self.status and not self.is_complete and self._parser is not None:
            self.is_complete = True
            self.keeps_alive = self._parser.should_keep_alive()

    def _check_heads(self, received: bytes) -> None:
        """Check the heads at the beginning of the received bytes: that of the response, after interim ones."""
        start = 0
        for _ in range(self._interim_responses + 1):
            end = received.find(_HEAD_END, start)
            head = received[start:end]
            is_whole = end >= 0 and head.startswith(HTTP1_PREFIX)
            if not is_whole or len(head) != len(head.translate(None, _CONTROLS)):
                raise InvalidResponseError("its head is not HTTP/1.1")
            start = end + len(_HEAD_END)

    def _check_size(self, new: int) -> None:
        self._fed += new
        # Twice the body limit for all bytes: chunked framing may not cost more than the data that it frames.
        size = max(len(self._body), self._announced)
        if size > self._max_bytes or self._fed > 2 * self._max_bytes + MAX_HEAD_BYTES:
            raise ResponseTooLargeError
        if not self.status and self._fed > MAX_HEAD_BYTES:
            raise InvalidResponseError("its head is too long")


@lru_cache(maxsize=256)  # a few header names repeat in all responses
def _decode_name(name: bytes) -> str:
    return name.decode("latin-1").lower()


def _decode_headers(headers: list[tuple[str, bytes]]) -> tuple[tuple[str, str], ...]:
    """Return headers with decoded values: as UTF-8 like httpx, or as Latin-1, which decodes any byte."""
    try:
        return tuple([(name, value.decode().rstrip(" \t")) for name, value in headers])
    except UnicodeDecodeError:
        return tuple([(name, value.decode("latin-1").rstrip(" \t")) for name, value in headers])
