"""Retry loop: number, delays and cost of attempts, and the error that the caller receives."""

import asyncio
import contextlib
import errno
import gc
import logging
import pickle
import sys
import traceback
import weakref
from collections.abc import Callable
from types import FrameType

import pytest
import tenacity

from tests.support.scripted_call import Call
from wsclient._core.errors import ConnectError, ConnectionLostError, ResponseParseError, ServiceError, WsclientError
from wsclient._core.service_errors import ValidationException
from wsclient.retries import RetryEvent, RetryPolicy, RetryQuota
from wsclient.retries._retrying import retry_call, retry_while


def _throttled() -> ServiceError:
    return ServiceError("slow down, secret", code="ThrottlingException", status=400)


def _failed() -> ServiceError:
    return ServiceError(code="InternalFailure", status=500)


def _lost() -> ConnectionLostError:
    return ConnectionLostError("the connection broke", may_have_been_sent=True)


def test_first_success_returns_one_token() -> None:
    """A call that succeeds at the first attempt does not wait and adds one token."""
    quota = RetryQuota()
    quota.take(10)
    call = Call(["answer"], quota=quota)
    assert asyncio.run(call.run()) == "answer"
    assert (call.numbers, call.slept, quota.available) == ([1], [], 491)


@pytest.mark.parametrize(
    ("outcomes", "meets"),
    [
        (["answer"], False),
        ([None], False),
        ([ValidationException(status=400)], False),
        ([_throttled(), "answer"], True),
    ],
)
def test_tenacity_is_used_only_after_a_retryable_failure(outcomes: list[object], meets: bool) -> None:
    """Neither a first success nor an error that would come again enters tenacity's code."""
    entered: set[str] = set()

    def profile(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            entered.add(str(frame.f_globals.get("__name__")))

    async def run() -> None:
        sys.setprofile(profile)
        try:
            await Call(outcomes).run()
        except ValidationException:
            pass
        finally:
            sys.setprofile(None)

    asyncio.run(run())
    assert "wsclient.retries._retrying" in entered
    assert ("tenacity.asyncio" in entered) is meets


def test_success_after_retries_returns_the_last_cost() -> None:
    """Two retries take 14 and 5 tokens; the success returns the cost of the last retry only."""
    call = Call([_failed(), _throttled(), "answer"])
    assert asyncio.run(call.run()) == "answer"
    assert call.numbers == [1, 2, 3]
    assert call.slept == pytest.approx([0.025, 1.0], abs=1e-9)
    assert call.quota.available == 500 - 14 - 5 + 5


def test_none_result_after_a_retry_is_returned() -> None:
    """None is a valid result."""
    assert asyncio.run(Call([_failed(), None]).run()) is None


def test_last_error_object_is_raised() -> None:
    """After the last attempt the last error object is raised, with the number of attempts."""
    errors = [_failed(), _throttled(), _failed()]
    call = Call(errors)
    error = call.error()
    assert error is errors[2]
    assert error.attempts == 3
    assert call.quota.available == 500 - 14 - 5
    assert error.__notes__ == ["not retried: 3 of 3 attempts were made"]


class OpensNothing:
    """Finder of modules in a process that has too many open files."""

    def find_spec(self, name: str, *_: object) -> None:
        """Fail as the import of a module whose file cannot be opened."""
        raise OSError(errno.EMFILE, "Too many open files", f"{name}.py")


@pytest.mark.parametrize("outcome", [_failed(), _lost(), ConnectError("Too many open files")])
def test_call_error_is_raised_if_tenacity_cannot_be_imported(
    outcome: WsclientError, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If tenacity cannot be imported for a first failure, that failure is raised, with what is known of it."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "tenacity"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [OpensNothing()])
    error = Call([outcome]).error()
    assert error is outcome
    assert error.attempts == 1
    assert error.__notes__ == ["not retried: no file can be opened; raise the limit of open files"]

    async def read() -> None:
        raise outcome

    with pytest.raises(type(outcome)) as caught:
        asyncio.run(retry_while(read, next_delay=lambda *_: 1.0, sleep=asyncio.sleep))
    assert caught.value is outcome


def test_non_retryable_error_ends_the_call() -> None:
    """An error that is not retryable is raised after one attempt, takes no token and has no note."""
    call = Call([ValidationException(status=400)])
    error = call.error()
    assert (error.attempts, call.numbers, call.quota.available) == (1, [1], 500)
    assert not hasattr(error, "__notes__")


def test_non_retryable_error_after_a_retry_ends_the_call() -> None:
    """An error that is not retryable ends the call after a retry, and the retry's tokens are not returned."""
    call = Call([_throttled(), ValidationException(status=400), "never"])
    error = call.error()
    assert isinstance(error, ValidationException)
    assert (error.attempts, call.numbers, call.quota.available) == (2, [1, 2], 495)
    assert not hasattr(error, "__notes__")


@pytest.mark.parametrize("outcomes", [[_failed()], [ValidationException(status=400)], [_throttled(), _failed()]])
def test_traceback_has_one_retry_frame(outcomes: list[WsclientError]) -> None:
    """The traceback has only retry_call's frame between the caller and the attempt, and no frame twice."""
    error = Call(outcomes, policy=RetryPolicy(max_attempts=len(outcomes))).error()
    frames = [frame.name for frame in traceback.extract_tb(error.__traceback__)]
    assert frames[frames.index("retry_call") :] == ["retry_call", "attempt"]
    assert not any("tenacity" in frame.filename for frame in traceback.extract_tb(error.__traceback__))


def test_earlier_errors_are_not_chained() -> None:
    """The last error keeps its own cause and context; earlier attempts are not chained to it."""
    cause = OSError("reset")
    last = _lost()
    last.__cause__ = last.__context__ = cause
    error = Call([_failed(), _throttled(), last]).error()
    assert error is last
    assert (error.__cause__, error.__context__) == (cause, cause)
    assert cause.__context__ is None
    assert Call([_failed(), ConnectError("no route", is_transient=False)]).error().__context__ is None


def test_errors_leave_no_reference_cycle() -> None:
    """A raised error is in no reference cycle, so it is freed with its last reference, as are its frames' objects."""
    gc.collect()
    gc.disable()
    try:
        references = _caught_and_dropped()
        assert [reference() for reference in references] == [None, None, None]
    finally:
        gc.enable()


def _caught_and_dropped() -> list[weakref.ref[ServiceError]]:
    errors = [_failed(), _throttled(), _failed()]
    references = [weakref.ref(error) for error in errors]

    async def attempt(number: int) -> None:
        raise errors.pop(0)

    async def sleep(seconds: float) -> None:
        pass

    async def run() -> None:
        with contextlib.suppress(ServiceError):
            await retry_call(
                attempt,
                operation="X",
                policy=RetryPolicy(),
                quota=RetryQuota(),
                safe_to_repeat=True,
                sleep=sleep,
                random=lambda: 0.5,
            )

    asyncio.run(run())
    assert errors == []
    return references


def test_ambiguous_creation_is_not_retried() -> None:
    """A creation with an ambiguous outcome is sent once, and the error's note names retry_ambiguous=True."""
    call = Call([_lost(), "never"], safe_to_repeat=False)
    error = call.error()
    assert (error.attempts, error.may_have_been_sent, call.numbers) == (1, True, [1])
    assert "retry_ambiguous=True" in error.__notes__[0]
    assert call.quota.available == 500


@pytest.mark.parametrize("ambiguous", [_lost, _failed, lambda: ResponseParseError("HTML")])
@pytest.mark.parametrize("code", ["ResourceAlreadyExistsException", "ResourceNotFoundException", "ThrottlingException"])
def test_error_after_an_ambiguous_attempt_is_ambiguous(ambiguous: Callable[[], WsclientError], code: str) -> None:
    """Any error after an ambiguous attempt is ambiguous, since the earlier attempt may have succeeded."""
    last = ServiceError(code=code, status=400)
    error = Call([ambiguous(), last], policy=RetryPolicy(max_attempts=2)).error()
    assert isinstance(error, ServiceError)
    assert error.earlier_attempt_may_have_succeeded
    assert error.is_ambiguous
    assert "An earlier attempt may have succeeded." in str(error)


def test_attempt_is_not_earlier_than_itself() -> None:
    """If the lookup of an ambiguous outcome fails, the attempt's own error ends the call: no attempt came before it."""
    first, second = _failed(), _failed()
    error = Call([first, first], policy=RetryPolicy(max_attempts=2)).error()
    assert isinstance(error, ServiceError)
    assert (error.is_ambiguous, error.earlier_attempt_may_have_succeeded) == (True, False)
    error = Call([first, second, second], policy=RetryPolicy(max_attempts=3)).error()
    assert isinstance(error, ServiceError)
    assert error.earlier_attempt_may_have_succeeded


def test_ambiguity_survives_unambiguous_failures() -> None:
    """An ambiguous attempt makes the call ambiguous even after unambiguous failures, also for a transport error."""
    error = Call([_lost(), _throttled(), ConnectError("no route")]).error()
    assert isinstance(error, ConnectError)
    assert error.is_ambiguous
    assert error.may_have_been_sent


@pytest.mark.parametrize(
    "outcomes",
    [
        [_throttled(), ServiceError(code="ResourceNotFoundException", status=400)],
        [ServiceError(code="ServiceUnavailable", status=503), ValidationException(status=400)],
        [_failed()],
    ],
)
def test_unambiguous_attempts_leave_the_error_unambiguous(outcomes: list[ServiceError]) -> None:
    """Throttling and 503 are unambiguous, and the last attempt does not count as an earlier one."""
    error = Call(outcomes, policy=RetryPolicy(max_attempts=len(outcomes))).error()
    assert isinstance(error, ServiceError)
    assert not error.earlier_attempt_may_have_succeeded


def test_error_after_an_ambiguous_read_is_unambiguous() -> None:
    """A read changes nothing, so an error after an ambiguous read is unambiguous."""
    last = ServiceError(code="ResourceNotFoundException", status=400)
    error = Call([_failed(), last], is_read=True).error()
    assert isinstance(error, ServiceError)
    assert not error.earlier_attempt_may_have_succeeded
    assert not error.is_ambiguous


def test_error_after_retries_pickles_with_attempts_and_note() -> None:
    """Attempts, doubt and note survive the way to another process."""
    error = pickle.loads(pickle.dumps(Call([_failed(), _failed()], policy=RetryPolicy(max_attempts=2)).error()))
    assert isinstance(error, ServiceError)
    assert (error.attempts, error.earlier_attempt_may_have_succeeded) == (2, True)
    assert error.__notes__ == ["not retried: 2 of 2 attempts were made"]


@pytest.mark.parametrize("foreign", [ValueError("a bug"), KeyboardInterrupt(), tenacity.TryAgain()])
@pytest.mark.parametrize("earlier", [[], [_throttled()]])
def test_foreign_exceptions_propagate_without_retry(foreign: BaseException, earlier: list[ServiceError]) -> None:
    """Exceptions that are not wsclient's end the call at any attempt, and take no token."""
    call = Call([*earlier, foreign, "never"])
    assert asyncio.run(_raised(call)) is foreign
    assert len(call.numbers) == len(earlier) + 1
    assert call.quota.available == 500 - 5 * len(earlier)
    assert not any("tenacity" in frame.filename for frame in traceback.extract_tb(foreign.__traceback__))


async def _raised(call: Call) -> BaseException:
    # Caught within the loop: asyncio.run has its own way with cancellation and interrupts.
    try:
        await call.run()
    except BaseException as error:  # noqa: BLE001 - whatever comes is compared
        return error
    pytest.fail("the call succeeded")


@pytest.mark.parametrize(("at_the_end", "left"), [(None, 500), (9.0, 500), (-0.1, 486)])
def test_cancelled_retry_returns_its_tokens(at_the_end: float | None, left: int) -> None:
    """A retry cancelled by the caller returns its tokens; a retry cut off by the call's deadline does not."""
    cancelled = asyncio.CancelledError()
    times_left = iter([9.0, at_the_end])
    call = Call([_failed(), cancelled], time_left=lambda: next(times_left))
    assert asyncio.run(_raised(call)) is cancelled
    assert (call.numbers, call.quota.available) == ([1, 2], left)


def test_cancelled_wait_returns_the_retry_tokens() -> None:
    """A task cancelled between two attempts ends without further delay, and the retry's tokens are returned."""
    quota = RetryQuota()

    async def run() -> None:
        asleep = asyncio.Event()

        async def sleep(seconds: float) -> None:
            asleep.set()
            await asyncio.Event().wait()

        call = Call([_failed(), "never"], quota=quota, sleep=sleep)
        task = asyncio.create_task(call.run())
        await asleep.wait()
        assert quota.available == 486
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert call.numbers == [1]

    asyncio.run(run())
    assert quota.available == 500


def test_failing_on_retry_returns_the_retry_tokens() -> None:
    """An error of on_retry is the caller's own: it propagates, and the unmade retry is not paid."""

    def on_retry(event: RetryEvent) -> None:
        raise LookupError(event.operation)

    call = Call([_failed(), "never"], on_retry=on_retry)
    with pytest.raises(LookupError, match="CreateWorkspaces"):
        asyncio.run(call.run())
    assert (call.numbers, call.slept, call.quota.available) == ([1], [], 500)


def test_exhausted_quota_raises_the_last_error() -> None:
    """Without tokens for another attempt the last error is raised, and its note says so."""
    call = Call([_failed(), _failed(), "never"], quota=RetryQuota(20))
    error = call.error()
    assert isinstance(error, ServiceError)
    assert (error.code, error.attempts, call.numbers, call.quota.available) == (
        "InternalFailure",
        2,
        [1, 2],
        6,
    )
    assert "retry quota is exhausted (6 tokens left, 14 needed)" in error.__notes__[0]
    throttled = Call([_throttled(), "never"], quota=RetryQuota(0)).error()
    assert throttled.__notes__[0].endswith("too many of its calls are throttled: make fewer at once, or set pace=")


def test_mode_off_raises_the_first_error() -> None:
    """Mode off raises the first error."""
    call = Call([_throttled(), "never"], policy=RetryPolicy(mode="off"))
    assert call.error().attempts == 1
    assert call.numbers == [1]


def test_delay_beyond_the_deadline_is_not_slept() -> None:
    """If the deadline comes before the next attempt, the last error is raised without waiting, at no cost."""
    remaining = iter([10.0, 0.9])
    call = Call([_throttled(), _throttled(), "never"], time_left=lambda: next(remaining))
    error = call.error()
    assert (error.attempts, call.slept, call.quota.available) == (2, [0.5], 495)
    assert error.__notes__ == ["not retried: the next attempt would start in 1.000 s, but the deadline is in 0.900 s"]


def test_time_left_none_means_no_limit() -> None:
    """time_left may return None for no limit."""
    assert asyncio.run(Call([_throttled(), "answer"], time_left=lambda: None).run()) == "answer"


def test_on_retry_is_called_once_before_each_delay() -> None:
    """on_retry receives one event per retry before its delay, with the quota after taking the cost."""
    events: list[RetryEvent] = []
    call = Call([_failed(), _throttled(), "answer"], on_retry=events.append)
    asyncio.run(call.run())
    assert events == [
        RetryEvent(
            operation="CreateWorkspaces",
            attempt=1,
            reason="transient failure: InternalFailure (HTTP 500)",
            delay=0.025,
            quota_left=486,
        ),
        RetryEvent(
            operation="CreateWorkspaces",
            attempt=2,
            reason="throttled: ThrottlingException (HTTP 400)",
            delay=1.0,
            quota_left=481,
        ),
    ]


def test_each_retry_logs_one_line_without_the_service_message(caplog: pytest.LogCaptureFixture) -> None:
    """Each retry logs a debug line with attempt, reason, delay and quota, and without the error's message."""
    caplog.set_level(logging.DEBUG, "wsclient.retries")
    Call([_throttled(), ValidationException("secret", status=400)]).error()
    assert [(record.name, record.levelname) for record in caplog.records] == [("wsclient.retries", "DEBUG")] * 2
    assert [record.getMessage() for record in caplog.records] == [
        (
            "CreateWorkspaces: attempt 1 failed (throttled: ThrottlingException (HTTP 400)); "
            "the next starts in 0.500 s, retry quota 495"
        ),
        "CreateWorkspaces: not retried after attempt 2: ValidationException (HTTP 400) is not retryable",
    ]


def test_a_first_success_logs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """A call that needs no retry leaves no line."""
    caplog.set_level(logging.DEBUG, "wsclient.retries")
    asyncio.run(Call(["answer"]).run())
    assert caplog.records == []


def test_quota_is_shared_by_successive_event_loops() -> None:
    """A quota is independent of event loops: spent tokens stay spent in the next loop, and successes refill it."""
    quota = RetryQuota()
    Call([_failed()] * 3, quota=quota).error()
    assert quota.available == 472
    for _ in range(3):
        asyncio.run(Call(["answer"], quota=quota).run())
    assert quota.available == 475
