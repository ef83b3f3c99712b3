"""Retry loops: the only module that imports tenacity. The decisions are in wsclient/retries/_strategy.py.

Most calls succeed on their first attempt and never import tenacity, which runs only after a first failure that a
retry may fix. Errors of attempts pass through tenacity as values (_FailedAttempt), not as exceptions: the caller gets
the last error itself, its traceback shows the attempt and not the retry loop, and neither tenacity's frames nor its
records keep the error, or the response within it, alive.
"""

from __future__ import annotations

import asyncio
import logging
import math
import weakref
from typing import TYPE_CHECKING, Final, Generic, TypeVar

import msgspec

from wsclient._core.clock import SYSTEM_TIME, TimeSource
from wsclient._core.errors import ServiceError, WsclientError
from wsclient._core.logging import error_name, log_fields
from wsclient.retries._policy import NO_RETRY_INCREMENT, RetryEvent, RetryPolicy, RetryQuota
from wsclient.retries._strategy import Decision, decide, is_retryable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from types import ModuleType

    from tenacity import RetryCallState

    from wsclient._core.clock import Random, Sleep


T = TypeVar("T")

INITIAL_BACKOFF: Final = 1.0
MAX_BACKOFF: Final = 30.0
"""Seconds before a throttled read is retried: doubled from the initial to the maximum, the upper half random."""
MAX_THROTTLED_SECONDS: Final = 600.0
"""Seconds without a success after which a throttled read fails: other programs use up the account's rate limit."""

_logger = logging.getLogger("wsclient.retries")
_UNDECIDED = Decision(retry=False, reason="nothing has failed yet")


async def retry_while(
    attempt: Callable[[], Awaitable[T]], *, next_delay: Callable[[int, T | WsclientError], float | None], sleep: Sleep
) -> T:
    """Await attempt() repeatedly until next_delay returns None for its outcome; return or raise that outcome.

    next_delay takes the number of attempts made and the outcome of the last, a result or a WsclientError; it returns
    the seconds until the next attempt, or None for a final outcome. Any other exception ends the loop.
    """
    try:
        first = await attempt()
    except WsclientError as error:
        delay = next_delay(1, error)
        if delay is None or (tenacity := _import_tenacity()) is None:
            raise
    else:
        delay = next_delay(1, first)
        if delay is None or (tenacity := _import_tenacity()) is None:
            return first

    async def next_attempt() -> T:
        # tenacity awaits coroutine functions only, and attempt may be any function that returns an awaitable.
        return await attempt()

    loop = _DelayedLoop(next_delay, sleep, delay)
    await loop.pause(delay)
    driver = tenacity.AsyncRetrying(retry=loop.is_next_due, wait=loop.wait, sleep=loop.pause, reraise=True)
    result: T = await driver(next_attempt)
    return result


def _import_tenacity() -> ModuleType | None:
    """Import tenacity; return None if its files cannot be opened, as in a process with too many open files.

    The first failure is then the last one: it tells more than an error of an import, and whether anything was sent.
    """
    try:
        import tenacity  # noqa: PLC0415 - not before a first failure
    except OSError:
        return None
    return tenacity


class _DelayedLoop(msgspec.Struct, Generic[T]):
    """State of retry_while after the first attempt; tenacity calls is_next_due, wait and pause between the others."""

    next_delay: Callable[[int, T | WsclientError], float | None]
    sleep: Sleep
    delay: float | None

    def is_next_due(self, state: RetryCallState) -> bool:
        """Return whether another attempt follows, and keep the delay before it."""
        outcome = state.outcome
        if outcome is None:
            return False
        failure = outcome.exception()
        if failure is None:
            self.delay = self.next_delay(state.attempt_number + 1, outcome.result())
        elif isinstance(failure, WsclientError):
            self.delay = self.next_delay(state.attempt_number + 1, failure)
        else:
            return False
        return self.delay is not None

    def wait(self, _: RetryCallState) -> float:
        """Return the seconds before the next attempt."""
        return self.delay or 0.0

    async def pause(self, seconds: float) -> None:
        """Wait before the next attempt."""
        if seconds > 0:
            await self.sleep(seconds)


class ThrottleRetry(msgspec.Struct):
    """Retries throttled reads until they succeed, or until none of its reads has succeeded for ten minutes.

    A client's own retries end with its retry quota, which other users of the account's rate limit can empty. Retrying
    a throttled call is safe: AWS did not execute it. Reads that succeed meanwhile show that there is a rate, if a low
    one, and one read among many may wait for its turn for longer than ten minutes.
    """

    time: TimeSource = SYSTEM_TIME
    _succeeded_at: float = -math.inf

    async def read(self, call: Callable[[], Awaitable[T]]) -> T:
        """Return the result of a read; raises its last throttling error, and any other error unchanged."""
        clock, random = self.time.clock, self.time.random
        started = clock.monotonic()

        def next_delay(number: int, outcome: T | WsclientError) -> float | None:
            if not isinstance(outcome, WsclientError):
                self._succeeded_at = clock.monotonic()
                return None
            waited = clock.monotonic() - max(started, self._succeeded_at)
            if not outcome.is_throttling or waited >= MAX_THROTTLED_SECONDS:
                return None
            # Ten doublings pass the maximum; the power of a longer series would overflow a float.
            return min(INITIAL_BACKOFF * 2.0 ** min(number - 1, 10), MAX_BACKOFF) * (0.5 + random() / 2)

        return await retry_while(call, next_delay=next_delay, sleep=self.time.sleep)


async def retry_call(
    attempt: Callable[[int], Awaitable[T]],
    *,
    operation: str,
    policy: RetryPolicy,
    quota: RetryQuota,
    safe_to_repeat: bool,
    sleep: Sleep,
    random: Random,
    is_read: bool = False,
    on_retry: Callable[[RetryEvent], None] | None = None,
    time_left: Callable[[], float | None] | None = None,
    log_fields: Callable[[], Mapping[str, object]] = dict[str, object],
) -> T:
    """Await attempt(1), then attempt(2) and so on as the policy allows, and return the first result.

    The last WsclientError is raised unchanged, with its attempts set. After an ambiguous attempt of an
    operation that changes something (is_read is False), the error is marked as ambiguous: by is_ambiguous and
    may_have_been_sent, and by earlier_attempt_may_have_succeeded if it is a ServiceError. Any other exception,
    of an attempt, of sleep or of on_retry, ends the call immediately. A retry whose delay was cancelled returns its
    tokens. time_left returns the seconds until the call's deadline, or None; a delay beyond the deadline is not
    started. operation is AWS's name, for log records and RetryEvents; log_fields returns further fields of log
    records.
    """
    outcome: T | _FailedAttempt
    try:
        result = await attempt(1)
    except BaseException as failure:  # noqa: BLE001 - raised again below
        outcome = _failed(failure, 1)
    else:
        # Successes refill the quota slowly, so that occasional failures remain retriable during normal operation.
        quota.give_back(NO_RETRY_INCREMENT)
        return result
    if isinstance(outcome.error, WsclientError) and is_retryable(outcome.error):
        outcome = await _RetryState(
            attempt=attempt,
            operation=operation,
            policy=policy,
            quota=quota,
            safe_to_repeat=safe_to_repeat,
            sleep=sleep,
            random=random,
            is_read=is_read,
            on_retry=on_retry,
            time_left=time_left,
            log_fields=log_fields,
            first=outcome,
        ).run()
    if not isinstance(outcome, _FailedAttempt):
        return outcome
    error = outcome.error
    # The error's traceback holds this frame and, from Python 3.12 on, those of tenacity, which hold the outcome:
    # left in either, the error and its frames would keep each other alive.
    del outcome.error, outcome
    try:
        raise error
    finally:
        del error


class _FailedAttempt(msgspec.Struct):
    """The exception of a failed attempt, carried as a value until the caller of the loop raises it."""

    error: BaseException


async def _attempt(attempt: Callable[[int], Awaitable[T]], number: int) -> T | _FailedAttempt:
    """Make one attempt and return its outcome."""
    try:
        return await attempt(number)
    except BaseException as error:  # noqa: BLE001 - raised again by the caller of the loop
        return _failed(error, number)


def _failed(error: BaseException, number: int) -> _FailedAttempt:
    """Return an attempt's exception as a value, with the number of attempts made if it is wsclient's."""
    if isinstance(error, WsclientError):
        error.attempts = number if error.was_tried else number - 1
    # Without the frame that caught it: retry_call is one of these, and is added when it raises the error again.
    error.__traceback__ = error.__traceback__ and error.__traceback__.tb_next
    return _FailedAttempt(error)


class _RetryState(msgspec.Struct, Generic[T], kw_only=True):
    """State of a call after its first failure; tenacity calls _next, _should_retry, _delay and _pause in turn.

    decision is for the latest failed attempt, and latest_error is the name of its error; ambiguous_error is the error
    of the first ambiguous attempt of an operation that changes something, once another attempt follows it.
    """

    attempt: Callable[[int], Awaitable[T]]
    operation: str
    policy: RetryPolicy
    quota: RetryQuota
    safe_to_repeat: bool
    sleep: Sleep
    random: Random
    is_read: bool
    on_retry: Callable[[RetryEvent], None] | None
    time_left: Callable[[], float | None] | None
    log_fields: Callable[[], Mapping[str, object]]
    first: _FailedAttempt | None
    number: int = 0
    latest_error: str = ""
    ambiguous_error: weakref.ref[WsclientError] | None = None
    decision: Decision = _UNDECIDED

    async def run(self) -> T | _FailedAttempt:
        """Return the outcome of the last attempt.

        tenacity's stop condition stays "never", because decide() recognizes the last attempt; tenacity would stop only
        after decide() has taken tokens for a retry.
        """
        tenacity = _import_tenacity()
        if tenacity is None:
            return self._give_up(await self._next())
        driver = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_result(self._should_retry), wait=self._delay, sleep=self._pause
        )
        outcome: T | _FailedAttempt = await driver(self._next)
        # A retry that succeeded returns what it cost; so does one that the caller cancelled, which tells nothing about
        # the service. Only failures drain the quota.
        if not isinstance(outcome, _FailedAttempt) or self._was_cancelled_by_caller(outcome.error):
            self.quota.give_back(self.decision.cost)
        return outcome

    def _give_up(self, outcome: T | _FailedAttempt) -> T | _FailedAttempt:
        """Return the first outcome as the last one."""
        if isinstance(outcome, _FailedAttempt) and isinstance(outcome.error, WsclientError):
            self.decision = Decision(retry=False, reason="no file can be opened; raise the limit of open files")
            self._finish(outcome.error)
        return outcome

    def _was_cancelled_by_caller(self, error: BaseException) -> bool:
        """Return True if the caller cancelled the attempt, rather than the call's deadline.

        asyncio.timeout cancels too; a deadline that passed means that the service did not respond in time.
        """
        if not isinstance(error, asyncio.CancelledError):
            return False
        left = self.time_left() if self.time_left else None
        return left is None or left > 0

    async def _next(self) -> T | _FailedAttempt:
        """Make the next attempt; the first was made before tenacity started."""
        self.number += 1
        first, self.first = self.first, None
        if first is not None:
            return first
        return await _attempt(self.attempt, self.number)

    def _should_retry(self, outcome: T | _FailedAttempt) -> bool:
        """Return True if another attempt follows; its tokens are then taken."""
        if not isinstance(outcome, _FailedAttempt) or not isinstance(outcome.error, WsclientError):
            return False
        error = outcome.error
        self.decision = decide(
            error,
            attempt=self.number,
            policy=self.policy,
            safe_to_repeat=self.safe_to_repeat,
            quota=self.quota,
            random=self.random,
            time_left=self.time_left() if self.time_left else None,
        )
        self.latest_error = error_name(error)
        if self.decision.retry:
            if self.ambiguous_error is None and error.is_ambiguous and not self.is_read:
                # Weak, because the error's traceback refers to this state: they would be a reference cycle.
                self.ambiguous_error = weakref.ref(error)
        else:
            self._finish(error)
        return self.decision.retry

    def _delay(self, _: RetryCallState) -> float:
        return self.decision.delay

    async def _pause(self, delay: float) -> None:
        """Notify on_retry and wait; if either raises, the retry is not made and its tokens are returned."""
        try:
            self._notify()
            await self.sleep(delay)
        except BaseException:
            self.quota.give_back(self.decision.cost)
            raise

    def _notify(self) -> None:
        event = RetryEvent(
            operation=self.operation,
            attempt=self.number,
            reason=self.decision.reason,
            delay=self.decision.delay,
            quota_left=self.quota.available,
        )
        if _logger.isEnabledFor(logging.DEBUG):
            _logger.debug(
                "%s: attempt %d failed (%s); the next starts in %.3f s, retry quota %d",
                event.operation,
                event.attempt,
                event.reason,
                event.delay,
                event.quota_left,
                extra=self._fields(delay=event.delay),
            )
        if self.on_retry:
            self.on_retry(event)

    def _fields(self, **more: object) -> dict[str, object]:
        """Return the structured fields of a log record."""
        facts = {"error": self.latest_error, "reason": self.decision.reason, "quota_left": self.quota.available}
        return {**self.log_fields(), **log_fields(operation=self.operation, attempt=self.number, **facts, **more)}

    def _finish(self, error: WsclientError) -> None:
        """Add to the last error why no retry follows, and whether an earlier attempt was ambiguous."""
        reason = self.decision.reason
        if _logger.isEnabledFor(logging.DEBUG):
            message = "%s: not retried after attempt %d: %s"
            _logger.debug(message, self.operation, self.number, reason, extra=self._fields())
        if is_retryable(error):
            error.add_note(f"not retried: {reason}")
        if self.ambiguous_error is not None:
            error.is_ambiguous = error.may_have_been_sent = True
            # A lookup of the outcome that fails raises the error of the attempt itself again.
            if isinstance(error, ServiceError) and error is not self.ambiguous_error():
                error.earlier_attempt_may_have_succeeded = True
