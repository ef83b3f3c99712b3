"""A call's attempts, one after another: drives tenacity with the decisions of wsclient/retries/_policy.py.

Most calls succeed at once and never meet tenacity, which is entered only after a first failure that a
repetition may mend. Whatever an attempt raises travels through tenacity as a value (_Failed), not as an
exception: so the caller gets the last error itself, its traceback shows the attempt and not the machinery,
and neither tenacity's frames nor its records keep the error, or the answer within it, alive.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final, Generic, TypeVar

import msgspec

from wsclient._core.clock import SYSTEM_CLOCK, Clock, Random, Sleep, sleep, uniform
from wsclient._core.errors import ServiceError, WsclientError
from wsclient._core.logging import error_name, log_fields
from wsclient.retries._policy import NO_RETRY_INCREMENT, RetryEvent, RetryPolicy, RetryQuota
from wsclient.retries._strategy import Decision, decide, is_retryable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from tenacity import RetryCallState

    from wsclient._core.clock import Random, Sleep


T = TypeVar("T")

FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 30.0
"""Seconds before a read is made again; they double from the first to the longest, a half of each by chance."""
LONGEST_WAIT: Final = 600.0
"""Seconds after which a read that was throttled all the time fails: somebody else has the account to themselves."""


class ThrottleRetry(msgspec.Struct, frozen=True, kw_only=True):
    """Makes reads, and waits out what the client's own retries do not: their quota ends when others use the account."""

    clock: Clock = SYSTEM_CLOCK
    sleep: Sleep = msgspec.field(default=sleep)
    random: Random = msgspec.field(default=uniform)

    async def read(self, call: Callable[[], Awaitable[T]]) -> T:
        """Return what a read answers; raises its throttling error when that was all it answered for ten minutes."""
        begun, pause = self.clock.monotonic(), FIRST_PAUSE
        while True:
            try:
                return await call()
            except WsclientError as error:
                if not error.is_throttling or self.clock.monotonic() - begun >= LONGEST_WAIT:
                    raise
            await self.sleep(pause * (0.5 + self.random() / 2))
            pause = min(2 * pause, LONGEST_PAUSE)


_logger = logging.getLogger("wsclient.retries")
_UNDECIDED = Decision(retry=False, reason="nothing has failed yet")


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

    The last WsclientError is raised as it is, with its attempts set. After an ambiguous attempt of an
    operation that changes something (is_read is False), it says that the call may have been carried out: by
    is_ambiguous and may_have_been_sent, and by earlier_attempt_may_have_succeeded when it is a ServiceError.
    Any other exception, of an attempt, of sleep or of on_retry, ends the call at once. A retry that was paid
    for and never made, since its wait was cancelled, gives its tokens back. time_left tells how many seconds
    the call may still take, None for any: a delay that would outlive it is not begun. operation is AWS's
    name, for log lines and RetryEvents; log_fields gives what log records say of the call besides.
    """
    outcome = await _attempt(attempt, 1)
    if not isinstance(outcome, _FailedAttempt):
        quota.give_back(NO_RETRY_INCREMENT)
        return outcome
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
    """What an attempt raised, until it is taken out to be raised again."""

    error: BaseException


async def _attempt(attempt: Callable[[int], Awaitable[T]], number: int) -> T | _FailedAttempt:
    """Make one attempt and return what came of it."""
    try:
        return await attempt(number)
    except WsclientError as error:
        error.attempts = number if error.was_tried else number - 1
        return _FailedAttempt(error)
    except BaseException as error:  # noqa: BLE001 - raised again by run_attempts
        return _FailedAttempt(error)


class _RetryState(msgspec.Struct, Generic[T], kw_only=True):
    """One call after its first failure; tenacity asks its methods in turn: _next, _again, _delay, _pause.

    decision is about the latest failed attempt, and latest names its error; in_doubt is set once an attempt that
    changes something ended ambiguously and another was made.
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
    latest: str = ""
    in_doubt: bool = False
    decision: Decision = _UNDECIDED

    async def run(self) -> T | _FailedAttempt:
        """Return the outcome of the last attempt.

        tenacity's stop is left at "never": decide knows the last attempt, and tokens must not be taken for
        one more.
        """
        from tenacity import AsyncRetrying, retry_if_result  # noqa: PLC0415 - not before a first failure

        driver = AsyncRetrying(retry=retry_if_result(self._should_retry), wait=self._delay, sleep=self._pause)
        outcome: T | _FailedAttempt = await driver(self._next)
        if not isinstance(outcome, _FailedAttempt) or self._was_given_up(outcome.error):
            self.quota.give_back(self.decision.cost)
        return outcome

    def _was_given_up(self, error: BaseException) -> bool:
        """Tell whether the caller went away in the middle of an attempt, which then says nothing of the service.

        The call's own deadline is cancellation too, but says that the service did not answer in time.
        """
        if not isinstance(error, asyncio.CancelledError):
            return False
        left = self.time_left() if self.time_left else None
        return left is None or left > 0

    async def _next(self) -> T | _FailedAttempt:
        """Make the next attempt; the first was made before tenacity came in."""
        self.number += 1
        first, self.first = self.first, None
        if first is not None:
            return first
        return await _attempt(self.attempt, self.number)

    def _should_retry(self, outcome: T | _FailedAttempt) -> bool:
        """Tell whether another attempt follows; if so, it is paid for."""
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
        self.latest = error_name(error)
        if self.decision.retry:
            self.in_doubt = self.in_doubt or (error.is_ambiguous and not self.is_read)
        else:
            self._finish(error)
        return self.decision.retry

    def _delay(self, _: RetryCallState) -> float:
        return self.decision.delay

    async def _pause(self, delay: float) -> None:
        """Tell of the retry and wait for it; when either fails, the retry is not made and costs nothing."""
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
        """Return what a record says beside its message."""
        told = {"error": self.latest, "reason": self.decision.reason, "quota_left": self.quota.available}
        return {**self.log_fields(), **log_fields(operation=self.operation, attempt=self.number, **told, **more)}

    def _finish(self, error: WsclientError) -> None:
        """Write on the last error what it cannot know: why the call ends here, and what went before."""
        reason = self.decision.reason
        if _logger.isEnabledFor(logging.DEBUG):
            words = "%s: not tried again after attempt %d: %s"
            _logger.debug(words, self.operation, self.number, reason, extra=self._fields())
        if is_retryable(error):
            error.add_note(f"not tried again: {reason}")
        if self.in_doubt:
            error.is_ambiguous = error.may_have_been_sent = True
            if isinstance(error, ServiceError):
                error.earlier_attempt_may_have_succeeded = True
