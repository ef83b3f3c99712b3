"""One HTTP/1.1 answer as it comes in: llhttp reads it, and what is not strictly HTTP is an error.

RFC 9112, HTTP/1.1, https://www.rfc-editor.org/rfc/rfc9112
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from wsclient._core.http import FIRST_FINAL_STATUS, HttpResponse

MOST_HEAD_BYTES: Final = 100 * 1024
"""How long status line and headers may be, those of interim answers included."""
FIRST_BYTES: Final = b"HTTP/1."
"""How an answer begins: llhttp would let other protocols and versions through."""
_CONTROLS: Final = bytes(byte for byte in (*range(32), 127) if byte not in b"\t\r\n")
_SWITCHING_PROTOCOLS: Final = 101


class InvalidResponseError(Exception):
    """An answer that is no HTTP."""


class ResponseTooLargeError(Exception):
    """An answer with more bytes than are taken."""


class ResponseParser:
    """What an answer has come to so far; llhttp calls the methods that begin with on_.

    is_complete says that all of it is there, keeps_alive that the connection may carry another one after it: not when
    the server says otherwise, when the answer ended with the connection, or when bytes came after it.
    """

    __slots__ = (
        "_body_bytes",
        "_chunks",
        "_fed",
        "_has_length",
        "_head",
        "_headers",
        "_interim_answers",
        "_most_bytes",
        "_parser",
        "is_complete",
        "keeps_alive",
        "status",
    )

    def __init__(self, most_bytes: int) -> None:
        self.is_complete = False
        self.keeps_alive = False
        self.status = 0
        self._most_bytes = most_bytes
        self._head = b""
        self._interim_answers = 0
        self._fed = 0
        self._body_bytes = 0
        self._has_length = False
        self._headers: list[tuple[str, bytes]] = []
        self._chunks: list[bytes] = []
        self._parser: HttpResponseParser | None = HttpResponseParser(self)

    def feed(self, data: bytes) -> None:
        """Take the bytes that came; raises AnswerError and AnswerTooLargeError."""
        if self._parser is None:  # it was complete: what follows was not asked for
            self.keeps_alive = False
            return
        if not self.status:
            self._head += data
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as error:
            if not self.is_complete:
                raise InvalidResponseError(type(error).__name__) from error
            self.keeps_alive = False
        if self._head and self.status:
            self._check_heads()
        if self.is_complete:
            self._parser = None  # each holds the other
        self._check_size(len(data))

    def end(self) -> None:
        """Take note that the connection ended in an orderly way; raises AnswerError when the answer is not complete."""
        if self.status and not self._has_length:
            self.is_complete = True
        self._parser = None
        if not self.is_complete:
            raise InvalidResponseError("it ended half-way")

    def response(self) -> HttpResponse:
        """Return the whole answer."""
        chunks = self._chunks
        body = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        return HttpResponse(self.status, _texts(self._headers), body)

    def head(self) -> HttpResponse:
        """Return status and headers with the beginning of the body, of an answer that cannot be taken whole."""
        del self._chunks[1:]
        return self.response()

    def on_message_begin(self) -> None:
        """Begin; once the answer is complete, this is one that nobody asked for."""
        if self.is_complete:
            self.keeps_alive = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take one header, or trailer."""
        if not self.status:
            self._headers.append((_lower(name), value))

    def on_headers_complete(self) -> None:
        """Tell an interim answer, which is passed over, from the one that was asked for."""
        if self.is_complete or self._parser is None:
            return
        status = self._parser.get_status_code()
        if status < FIRST_FINAL_STATUS:
            self._headers.clear()
            self._interim_answers += 1
            if not 100 <= status < FIRST_FINAL_STATUS or status == _SWITCHING_PROTOCOLS:  # noqa: PLR2004 - a status
                raise InvalidResponseError("its status is none that was asked for")
            return
        self.status = status
        for name, value in self._headers:
            if name == "content-length":
                self._has_length = True
            elif name == "transfer-encoding":
                self._has_length = True
                if value.strip().lower() != b"chunked":
                    raise InvalidResponseError("its transfer encoding is unknown")

    def on_body(self, chunk: bytes) -> None:
        """Take a part of the body."""
        if not self.is_complete:
            self._body_bytes += len(chunk)
            self._chunks.append(chunk)

    def on_message_complete(self) -> None:
        """Be complete, unless this was an interim answer."""
        if self.status and not self.is_complete and self._parser is not None:
            self.is_complete = True
            self.keeps_alive = self._parser.should_keep_alive()

    def _check_heads(self) -> None:
        heads = self._head.split(b"\r\n\r\n", self._interim_answers + 1)
        for head in heads[: self._interim_answers + 1]:
            if not head.startswith(FIRST_BYTES) or len(head) != len(head.translate(None, _CONTROLS)):
                raise InvalidResponseError("its head is not that of HTTP")
        self._head = b""

    def _check_size(self, new: int) -> None:
        self._fed += new
        if self._body_bytes > self._most_bytes or self._fed > 2 * self._most_bytes + MOST_HEAD_BYTES:
            raise ResponseTooLargeError
        if not self.status and self._fed > MOST_HEAD_BYTES:
            raise InvalidResponseError("its head is too long")


@lru_cache(maxsize=256)  # names are few and come again
def _lower(name: bytes) -> str:
    return name.decode("latin-1").lower()


def _texts(headers: list[tuple[str, bytes]]) -> tuple[tuple[str, str], ...]:
    """Return headers with values of text: UTF-8, as httpx reads them, or else Latin-1, which everything is."""
    try:
        return tuple([(name, value.decode().rstrip(" \t")) for name, value in headers])
    except UnicodeDecodeError:
        return tuple([(name, value.decode("latin-1").rstrip(" \t")) for name, value in headers])
