"""One TLS connection that carries one exchange after the other, and knows when nothing comes for too long.

OpenSSL works on buffers in memory and asyncio moves bytes: that is less on the way of a call than asyncio's own TLS,
it works alike on every event loop, takes up an earlier session, and tells an orderly end from a cut.
"""

from __future__ import annotations

import asyncio
import select
import ssl
from typing import TYPE_CHECKING, Final, cast

from wsclient._core.http import PhaseTimeoutError, response_too_large
from wsclient._pipeline.transport.response_parser import InvalidResponseError, ResponseParser, ResponseTooLargeError

if TYPE_CHECKING:
    from wsclient._core.http import HttpResponse, Timeout

READ_BYTES: Final = 16 * 1024
"""What OpenSSL gives at once at most: one record."""
TLS13: Final = "TLSv1.3"


class HTTP11Connection(asyncio.BufferedProtocol):
    """A connection in the hands of an event loop; wait for secured(), then exchange() as often as is_usable().

    A TLS 1.3 session may be handed in, to be taken up. most_bytes is how large an answer's body may be.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        context: ssl.SSLContext,
        host: str,
        session: ssl.SSLSession | None,
        most_bytes: int,
    ) -> None:
        self._loop = loop
        self._most_bytes = most_bytes
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host, session=session)
        self._buffer = memoryview(bytearray(32768))
        self._transport: asyncio.Transport | None = None
        self._is_secure = False
        self._secured: asyncio.Future[BaseException | None] = loop.create_future()
        self.lost: asyncio.Future[None] = loop.create_future()
        """Done when nothing is left of it."""
        self._answer: ResponseParser | None = None
        self._answered: asyncio.Future[None] | None = None
        self._timeout: Timeout | None = None
        self._quiet_since = 0.0
        self._unsent = 0
        self._look: asyncio.TimerHandle | None = None
        self.is_new = True
        """Whether it has carried nothing yet."""
        self.is_over = False
        """Whether it carries nothing any more."""

    async def wait_for_handshake(self) -> None:
        """Wait for the TLS handshake; raises its error."""
        error = await self._secured
        if error is not None:
            raise error

    def is_usable(self) -> bool:
        """Tell whether a request may be written: what has something to read, if only its end, is not."""
        return not (self.is_over or self._poll.poll(0))

    def session(self) -> ssl.SSLSession | None:
        """Return what a later connection may take up.

        Of TLS 1.3 alone, where a key exchange of its own gives each connection forward secrecy all the same.
        """
        session = self.tls.session if self.tls.version() == TLS13 else None
        return session if session is not None and session.has_ticket else None

    async def exchange(self, request: bytes, timeout: Timeout) -> HttpResponse:  # noqa: ASYNC109 - one for each phase
        """Write a request and return the whole answer.

        Raises PhaseTimeoutError, AnswerError, OSError, and ResponseParseError for an answer that is too large; after an
        error, or a cancellation, the connection is to be aborted.
        """
        answer = self._answer = ResponseParser(self._most_bytes)
        answered = self._answered = self._loop.create_future()
        self.tls.write(request)
        self._flush()
        self._arm_timeout(timeout)
        try:
            await answered
            if not answer.keeps_alive or self._unsent_bytes():
                self.abort()
            return answer.response()
        finally:
            self._answer = self._answered = None

    def abort(self) -> None:
        """End it at once, whatever its state; harmless when done twice."""
        self.is_over = True
        if self._look is not None:
            self._look.cancel()
            self._look = None
        if self._transport is not None:
            self._transport.abort()

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin the handshake."""
        self._transport = cast("asyncio.Transport", transport)
        if self.is_over:
            self._transport.abort()
            return
        self._poll = select.poll()
        self._poll.register(self._transport.get_extra_info("socket").fileno(), select.POLLIN)
        self._shake_hands()

    def get_buffer(self, sizehint: int) -> memoryview:
        """Return where the next bytes are to be put."""
        del sizehint
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Decrypt what came."""
        self._incoming.write(self._buffer[:nbytes])
        if self._is_secure:
            self._read()
        else:
            self._shake_hands()

    def eof_received(self) -> None:
        """Learn from OpenSSL whether the end was an orderly one."""
        self._incoming.write_eof()
        if self._is_secure:
            self._read()
        else:
            self._shake_hands()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits."""
        self._fail(exc or ConnectionResetError("the connection was closed"))
        self.lost.set_result(None)

    # TLS.

    def _shake_hands(self) -> None:
        if self.is_over:
            return
        try:
            self.tls.do_handshake()
        except ssl.SSLWantReadError:
            self._flush()
        except ssl.SSLError as error:
            self._flush()  # the alert that tells the peer why
            self._fail(error)
        else:
            self._is_secure = True
            self._flush()
            if not self._secured.done():  # else who waited was cancelled, and aborts it
                self._secured.set_result(None)
            self._read()

    def _read(self) -> None:
        """Hand on what can be decrypted."""
        tls, incoming = self.tls, self._incoming
        try:
            while not self.is_over:
                data = tls.read(READ_BYTES)
                if not data:
                    self._end()
                    return
                self._received(data)
                if not incoming.pending and not tls.pending():
                    break
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError as error:
            self._fail(error)
            return
        if self._outgoing.pending:
            self._flush()

    def _flush(self) -> None:
        if self._transport is not None and not self.is_over:
            self._transport.write(self._outgoing.read())

    # The exchange.

    def _received(self, data: bytes) -> None:
        answer = self._answer
        if answer is None:  # nobody asked
            self.abort()
            return
        self._quiet_since = self._loop.time()
        try:
            answer.feed(data)
        except InvalidResponseError as error:
            self._fail(error)
        except ResponseTooLargeError:
            head = answer.head()
            self._fail(response_too_large(head, self._most_bytes, head.body))
        else:
            if answer.is_complete:
                self._succeed()

    def _end(self) -> None:
        """Take note of an orderly end, which is how an answer of no said length ends."""
        answer = self._answer
        try:
            if answer is not None:
                answer.end()
                self._succeed()
        except InvalidResponseError as error:
            self._fail(ConnectionResetError(str(error)))
        self.abort()

    def _succeed(self) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_result(None)

    def _fail(self, error: BaseException) -> None:
        """End the connection, and whatever waits for it, with an error."""
        if not self._secured.done():
            self._secured.set_result(error)
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(error)
        self.abort()

    # Silence: one timer that outlives exchanges, since most of them end long before it would ring.

    def _arm_timeout(self, timeout: Timeout) -> None:
        self._timeout = timeout
        self._quiet_since = self._loop.time()
        self._unsent = self._unsent_bytes()
        self._look_at(self._quiet_since, timeout)

    def _look_at(self, since: float, timeout: Timeout) -> None:
        seconds = timeout.write if self._unsent else timeout.read
        if seconds is None:
            return
        when = since + seconds
        if self._look is not None:
            if self._look.when() <= when:
                return
            self._look.cancel()
        self._look = self._loop.call_at(when, self._check_timeout)

    def _check_timeout(self) -> None:
        self._look = None
        timeout = self._timeout
        if self._answered is None or timeout is None:
            return
        was_sending, unsent, now = self._unsent > 0, self._unsent_bytes(), self._loop.time()
        if unsent < self._unsent:
            self._unsent, self._quiet_since = unsent, now
        seconds = timeout.write if was_sending else timeout.read
        if seconds is not None and now >= self._quiet_since + seconds:
            self._fail(PhaseTimeoutError("write" if was_sending else "read"))
        else:
            self._look_at(self._quiet_since, timeout)

    def _unsent_bytes(self) -> int:
        return self._transport.get_write_buffer_size() if self._transport is not None else 0
