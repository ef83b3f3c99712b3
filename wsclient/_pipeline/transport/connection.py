"""TLS connection as an asyncio protocol: one HTTP/1.1 exchange after another, with read and write timeouts.

OpenSSL works on memory buffers (ssl.MemoryBIO) and asyncio moves the encrypted bytes. Compared with asyncio's own TLS
this takes less time per call, behaves the same on every event loop, can resume a TLS session, and distinguishes an
orderly close (close_notify) from a truncated connection.
"""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING, Final, cast

from wsclient._core.http import MAX_READ_TIMEOUTS, PhaseTimeoutError, response_too_large
from wsclient._pipeline.transport.readiness import Readiness
from wsclient._pipeline.transport.request_ids import RequestIdHistory
from wsclient._pipeline.transport.response_parser import InvalidResponseError, ResponseParser, ResponseTooLargeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from wsclient._core.http import HttpResponse, Timeout

READ_BYTES: Final = 16 * 1024
"""Bytes of one TLS record at most (RFC 8446, section 5.1), which is all that one read of OpenSSL returns."""
TLS13: Final = "TLSv1.3"


class StaleConnectionError(ConnectionError):
    """An idle connection was closed, or received data that belongs to no request, before a request was written."""


class RefusedRenegotiationError(ConnectionResetError):
    """The connection ended after the server requested another TLS 1.2 handshake, which the client refuses."""


class HTTP11Connection(asyncio.BufferedProtocol):
    """An HTTP/1.1 connection over TLS on one event loop.

    Await wait_for_handshake() first, then exchange(). session is a TLS 1.3 session to resume, or None. max_bytes limits
    the body of a response, in bytes.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        context: ssl.SSLContext,
        host: str,
        session: ssl.SSLSession | None,
        max_bytes: int,
    ) -> None:
        self._loop = loop
        self._max_bytes = max_bytes
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host, session=session)
        self._buffer = memoryview(bytearray(32768))
        self._transport: asyncio.Transport | None = None
        self._is_secure = self._has_refused_renegotiation = False
        self._handshake_done: asyncio.Future[BaseException | None] = loop.create_future()
        self.lost: asyncio.Future[None] = loop.create_future()
        """Done when asyncio has closed the socket."""
        self._parser: ResponseParser | None = None
        self._response_done: asyncio.Future[HttpResponse] | None = None
        self._failure: BaseException | None = None
        self._timeout: Timeout | None = None
        self._last_progress = self._started = 0.0
        self._unsent = 0
        self._timer: asyncio.TimerHandle | None = None
        self.request_ids = RequestIdHistory()
        self.is_new = True
        """True until the first exchange has completed."""
        self.was_idle = False
        """True once it was kept for later requests: the server may have closed it before the next one."""
        self.is_closed = False
        """True once it is closed and takes no further exchange."""

    async def wait_for_handshake(self) -> None:
        """Wait for the TLS handshake, or raise its error."""
        error = await self._handshake_done
        if error is not None:
            raise error

    def session(self) -> ssl.SSLSession | None:
        """Return the TLS 1.3 session that a later connection may resume, or None.

        A TLS 1.2 session is never resumed: it reuses the keys of the first handshake, so anyone with the server's
        ticket key can decrypt all of them. TLS 1.3 resumes with a key exchange of its own (psk_dhe_ke; RFC 8446,
        section 2.2).
        """
        session = self.tls.session if self.tls.version() == TLS13 else None
        return session if session is not None and session.has_ticket else None

    def exchange(
        self, prepare: Callable[[], bytes], timeout: Timeout, on_sending: Callable[[], None]
    ) -> asyncio.Future[HttpResponse]:
        """Write a request; return a future of the complete response.

        Just before the write, prepare returns the request's bytes, and then on_sending is called. The future fails with
        StaleConnectionError before either, if an idle connection is not usable any more; with the error of prepare; and
        with PhaseTimeoutError, InvalidResponseError, OSError, and ResponseParseError for a response that is too large.
        After an error or a cancellation the caller must abort the connection: the rest of the response may still
        arrive.
        """
        if self._failure is not None:  # it failed between the handshake and this request
            raise self._failure
        self._response_done = self._loop.create_future()
        # After the other tasks that are ready, so that the requests of concurrent calls are written one after another.
        # Writing each before the next call is prepared takes a quarter more time: most writes then wake the receiver.
        self._loop.call_soon(self._send, prepare, timeout, on_sending)
        return self._response_done

    def abort(self) -> None:
        """Close the connection immediately, in any state; idempotent."""
        self.is_closed = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._transport is not None:
            self._transport.abort()

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the TLS handshake."""
        self._transport = cast("asyncio.Transport", transport)
        if self.is_closed:
            self._transport.abort()
            return
        try:
            self._readiness = Readiness(self._transport.get_extra_info("socket"))
            self._handshake()
        except BaseException as error:  # noqa: BLE001 - asyncio would only log it, and the caller wait for a timeout
            self._fail_in_callback(error)

    def get_buffer(self, sizehint: int) -> memoryview:
        """Return the buffer for the next encrypted bytes."""
        del sizehint
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Decrypt the received bytes."""
        try:
            self._incoming.write(self._buffer[:nbytes])
            if self._is_secure:
                self._read()
            else:
                self._handshake()
        except BaseException as error:  # noqa: BLE001 - as in connection_made
            self._fail_in_callback(error)

    def eof_received(self) -> None:
        """Pass the end of the stream to OpenSSL, which reports a missing close_notify as an error."""
        try:
            self._incoming.write_eof()
            if self._is_secure:
                self._read()
            else:
                self._handshake()
        except BaseException as error:  # noqa: BLE001 - as in connection_made
            self._fail_in_callback(error)

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail the handshake or exchange in progress."""
        try:
            self._fail(exc or ConnectionResetError("the connection was closed"))
        finally:
            self.lost.set_result(None)

    # TLS.

    def _handshake(self) -> None:
        if self.is_closed:
            return
        try:
            self.tls.do_handshake()
        except ssl.SSLWantReadError:
            self._flush()
        except ssl.SSLError as error:
            self._flush()  # the alert, which gives the peer the reason
            self._fail(error)
        else:
            self._is_secure = True
            self._flush()
            if not self._handshake_done.done():  # else the waiting task was cancelled, and aborts the connection
                self._handshake_done.set_result(None)
            self._read()

    def _read(self) -> None:
        """Decrypt all complete records, and feed them to the response parser in one piece."""
        if self.is_closed:
            return
        tls, incoming = self.tls, self._incoming
        records: list[bytes] = []
        is_ended, failure = False, None
        try:
            while data := tls.read(READ_BYTES):
                records.append(data)
                if not incoming.pending:
                    break
            else:
                is_ended = True
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError as error:
            failure = error
        if records:
            self._feed(b"".join(records))
        if failure is not None:
            self._fail(failure)
        elif is_ended:
            self._handle_close()
        elif self._outgoing.pending:
            # In TLS 1.2 OpenSSL answers nothing by itself but a HelloRequest, by the alert no_renegotiation.
            self._has_refused_renegotiation = tls.version() != TLS13
            self._flush()

    def _flush(self) -> None:
        if self._transport is not None and not self.is_closed:
            self._transport.write(self._outgoing.read())

    # The exchange.

    def _send(self, prepare: Callable[[], bytes], timeout: Timeout, on_sending: Callable[[], None]) -> None:
        """Write the request, unless its call was cancelled or the connection was closed in the meantime."""
        if self._response_done is None or self._response_done.done() or self.is_closed:
            return
        try:
            # Data on an idle connection is a close by the server, or bytes that belong to no request. RFC 9112, section
            # 9.2: they must not be taken for the next response, and the client should close the connection.
            if self.was_idle and self._readiness.is_readable():
                self._fail(StaleConnectionError())
                return
            self._parser = ResponseParser(self._max_bytes)
            request = prepare()
            on_sending()
            self.tls.write(request)
            self._flush()
            self._arm_timeout(timeout)
        except BaseException as error:  # noqa: BLE001 - as in connection_made
            self._fail_in_callback(error)

    def _feed(self, data: bytes) -> None:
        parser = self._parser
        if parser is None:  # data without a request in flight (RFC 9112, section 9.2)
            self.abort()
            return
        try:
            parser.feed(data)
        except InvalidResponseError as error:
            self._fail(error)
        except ResponseTooLargeError:
            head = parser.head()
            self._fail(response_too_large(head, self._max_bytes, head.body))
        else:
            if parser.is_complete:
                self._succeed(parser)
            else:
                self._last_progress = self._loop.time()

    def _handle_close(self) -> None:
        """Handle close_notify, which ends a response that has no length (RFC 9112, section 6.3)."""
        if self._incoming.eof:
            # close_notify is read when it arrives, so this is the end of TCP alone, in a context of the caller's that
            # ignores its absence (OP_IGNORE_UNEXPECTED_EOF).
            self._fail(ssl.SSLEOFError(ssl.SSL_ERROR_EOF, "the connection ended without a TLS close_notify"))
            return
        parser = self._parser
        try:
            if parser is not None:
                parser.end()
                self._succeed(parser)
        except InvalidResponseError as error:
            self._fail(ConnectionResetError(str(error)))
        self.abort()

    def _succeed(self, parser: ResponseParser) -> None:
        response, done = parser.response(), self._response_done
        self._parser = self._response_done = self._timeout = None
        # With request bytes still unsent, the server responded early: the rest would be read as the next request.
        if not parser.keeps_alive or (self._unsent and self._unsent_bytes()):
            self.abort()
        if done is not None and not done.done():
            done.set_result(response)

    def _fail(self, error: BaseException) -> None:
        """Close the connection, and fail its handshake or exchange in progress with this error."""
        if self._has_refused_renegotiation and isinstance(error, OSError):
            error = RefusedRenegotiationError(str(error))
        if not self._handshake_done.done():
            self._handshake_done.set_result(error)
        if self._response_done is not None and not self._response_done.done():
            is_stale = self.was_idle and self._parser is None
            self._response_done.set_exception(StaleConnectionError() if is_stale else error)
        self._failure = self._failure or error
        self.abort()

    def _fail_in_callback(self, error: BaseException) -> None:
        """Fail the handshake or exchange with an error of a callback; raise an interrupt again, which stops the loop.

        The loop may run on after Ctrl-C, as that of `python -m asyncio` does: the call must not wait for ever.
        """
        if isinstance(error, Exception):
            self._fail(error)
        else:
            self._fail(ConnectionAbortedError("the event loop was interrupted"))
            raise error

    # Read and write timeouts: one timer that outlives exchanges, because most exchanges end long before it fires and
    # setting a timer for each would cost more than checking a stale one.

    def _arm_timeout(self, timeout: Timeout) -> None:
        self._timeout = timeout
        self._last_progress = self._started = self._loop.time()
        self._unsent = self._unsent_bytes()
        self._schedule_check(self._last_progress, timeout)

    def _schedule_check(self, since: float, timeout: Timeout) -> None:
        seconds = timeout.write if self._unsent else timeout.read
        if seconds is None:
            return
        when = since + seconds
        if self._timer is not None:
            if self._timer.when() <= when:
                return
            self._timer.cancel()
        self._timer = self._loop.call_at(when, self._check_timeout)

    def _check_timeout(self) -> None:
        self._timer = None
        timeout = self._timeout
        if self._response_done is None or timeout is None:
            return
        try:
            self._check_progress(timeout)
        except BaseException as error:  # noqa: BLE001 - as in connection_made
            self._fail_in_callback(error)

    def _check_progress(self, timeout: Timeout) -> None:
        is_sending, unsent, now = self._unsent > 0, self._unsent_bytes(), self._loop.time()
        if unsent < self._unsent:
            self._unsent, self._last_progress = unsent, now
        seconds = timeout.write if is_sending else timeout.read
        if seconds is not None and now >= self._last_progress + seconds:
            self._fail(PhaseTimeoutError("write" if is_sending else "read"))
        elif timeout.read is not None and now >= self._started + MAX_READ_TIMEOUTS * timeout.read:
            self._fail(PhaseTimeoutError("read", was_progressing=True))
        else:
            self._schedule_check(self._last_progress, timeout)

    def _unsent_bytes(self) -> int:
        return self._transport.get_write_buffer_size() if self._transport is not None else 0
