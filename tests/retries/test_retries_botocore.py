"""botocore's standard mode as oracle: equal failures give equal decisions, tokens and delays.

botocore is driven through its own retry handler, quota checker and backoff, wired as its client wires them;
wsclient through retry_call. Both read the same random numbers, and every comparison is exact.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from wsclient import retries
from wsclient._core.errors import (
    THROTTLING_CODES,
    TRANSIENT_CODES,
    ConnectError,
    ConnectionLostError,
    RequestTimeoutError,
    ServiceError,
    WsclientError,
)
from wsclient._generated.sts.errors import IDPCommunicationErrorException
from wsclient.retries import RetryPolicy, RetryQuota, backoff_delay
from wsclient.retries._retrying import retry_call

# botocore has no type hints: its modules are Any here.
exceptions: Any = import_module("botocore.exceptions")
oracle: Any = import_module("botocore.retries.standard")
oracle_quota: Any = import_module("botocore.retries.quota")
loaders: Any = import_module("botocore.loaders")
model: Any = import_module("botocore.model")

FRACTIONS = st.floats(0, 1, exclude_max=True)


@dataclass(frozen=True)
class Answer:
    """Outcome of an attempt for both sides: an HTTP response, or the kind of connection loss."""

    status: int
    code: str | None = None
    retry_after_ms: int | None = None
    lost: str | None = None

    @property
    def succeeded(self) -> bool:
        """Return whether this attempt succeeds."""
        return self.lost is None and self.status == 200

    def error(self, modeled: frozenset[str]) -> WsclientError:
        """Return the attempt's error in wsclient, whose parser knows the operation's modeled error codes."""
        if self.lost is not None:
            return _LOSSES[self.lost]()[1]
        known = self.code in modeled
        transient = known and self.code == IDPCommunicationErrorException.code
        return (IDPCommunicationErrorException if transient else ServiceError)(
            code=self.code,
            status=self.status,
            retry_after=None if self.retry_after_ms is None else self.retry_after_ms / 1000,
            modeled=known,
        )

    def for_botocore(self) -> dict[str, Any]:
        """Return the arguments of botocore's needs-retry event for the attempt."""
        if self.lost is not None:
            return {"response": None, "caught_exception": _LOSSES[self.lost]()[0]}
        headers = {} if self.retry_after_ms is None else {"x-amz-retry-after": str(self.retry_after_ms)}
        parsed = {} if self.code is None else {"Error": {"Code": self.code}}
        return {"response": (Http(self.status, headers), parsed), "caught_exception": None}


@dataclass(frozen=True)
class Http:
    """The parts of an HTTP response that botocore's retries read."""

    status_code: int
    headers: dict[str, str]


_LOSSES: dict[str, Callable[[], tuple[Exception, WsclientError]]] = {
    "refused": lambda: (exceptions.EndpointConnectionError(endpoint_url="x"), ConnectError("refused")),
    "connect timeout": lambda: (
        exceptions.ConnectTimeoutError(endpoint_url="x"),
        RequestTimeoutError("slow", phase="connect", may_have_been_sent=False),
    ),
    "closed": lambda: (
        exceptions.ConnectionClosedError(endpoint_url="x"),
        ConnectionLostError("closed", may_have_been_sent=True),
    ),
}

CODES = sorted(
    THROTTLING_CODES
    | TRANSIENT_CODES
    | {"ValidationException", "AccessDeniedException", "InternalFailure", "NewCode"}
    # A code that only ModifyWorkspaceState has, and two that only AssumeRoleWithWebIdentity has.
    | {"InvalidResourceStateException", "ExpiredTokenException", "IDPCommunicationError"}
)
SUCCESS = Answer(200)
FAILURES = st.one_of(
    st.builds(
        Answer,
        status=st.sampled_from([400, 403, 404, 408, 409, 429, 500, 501, 502, 503, 504]),
        code=st.sampled_from(CODES),
        retry_after_ms=st.none() | st.integers(0, 30_000),
    ),
    st.builds(Answer, status=st.just(0), lost=st.sampled_from(sorted(_LOSSES))),
)
ANSWERS = st.one_of(st.just(SUCCESS), FAILURES)
CALLS = st.lists(st.lists(ANSWERS, min_size=6, max_size=6), min_size=1, max_size=12)


@dataclass
class Record:
    """A side's record: every delay, and for each call its attempts and the tokens after it."""

    delays: list[float]
    tokens: list[int]
    attempts: list[int]


@cache
def _operation(service: str, name: str) -> Any:
    data = loaders.Loader().load_service_model(service, "service-2")
    return model.ServiceModel(data, service_name=service).operation_model(name)


def _modeled(operation: Any) -> frozenset[str]:
    return frozenset(shape.metadata.get("error", {}).get("code", shape.name) for shape in operation.error_shapes)


class Oracle:
    """botocore's retry objects of one client, wired as register_retry_handler wires them."""

    def __init__(self, capacity: int, max_attempts: int, draws: Iterator[float]) -> None:
        adapter = oracle.RetryEventAdapter()
        detector = oracle.ThrottlingErrorDetector(adapter)
        self.quota = oracle_quota.RetryQuota(capacity)
        self.checker = oracle.RetryQuotaChecker(self.quota, detector)
        self.handler = oracle.RetryHandler(
            retry_policy=oracle.RetryPolicy(
                retry_checker=oracle.StandardRetryConditions(max_attempts=max_attempts),
                retry_backoff=oracle.ExponentialBackoff(
                    random=lambda: next(draws), service_name="workspaces", throttling_detector=detector
                ),
            ),
            retry_event_adapter=adapter,
            retry_quota=self.checker,
            service_name="workspaces",
        )

    def call(self, answers: list[Answer], operation: Any, record: Record) -> None:
        """Make a call as botocore's endpoint does."""
        context: dict[str, Any] = {}
        for attempts, answer in enumerate(answers, start=1):
            event = answer.for_botocore()
            delay = self.handler.needs_retry(
                **event, attempts=attempts, operation=operation, request_dict={"context": context}
            )
            if delay is None:
                http = event["response"] and event["response"][0]
                self.checker.release_retry_quota(context, http)
                record.attempts.append(attempts)
                break
            record.delays.append(delay)
        record.tokens.append(self.quota.available_capacity)


class Ours:
    """wsclient's retry objects of one client."""

    def __init__(self, capacity: int, max_attempts: int, draws: Iterator[float], modeled: frozenset[str]) -> None:
        self.quota = RetryQuota(capacity)
        self.policy = RetryPolicy(max_attempts=max_attempts)
        self.draws = draws
        self.modeled = modeled

    async def call(self, answers: list[Answer], record: Record) -> None:
        """Make a call."""
        made: list[int] = []

        async def attempt(number: int) -> None:
            made.append(number)
            if not answers[number - 1].succeeded:
                raise answers[number - 1].error(self.modeled)

        async def sleep(seconds: float) -> None:
            record.delays.append(seconds)

        try:
            await retry_call(
                attempt,
                operation="X",
                policy=self.policy,
                quota=self.quota,
                safe_to_repeat=True,
                sleep=sleep,
                random=lambda: next(self.draws),
            )
        except WsclientError as error:
            record.attempts.append(error.attempts)
        else:
            record.attempts.append(len(made))
        record.tokens.append(self.quota.available)


def _compare(
    calls: list[list[Answer]],
    *,
    operation: Any,
    capacity: int,
    max_attempts: int,
    draws: list[float],
) -> None:
    reference, ours = Record([], [], []), Record([], [], [])
    their_draws, our_draws = iter(draws), iter(draws)
    their_client = Oracle(capacity, max_attempts, their_draws)
    our_client = Ours(capacity, max_attempts, our_draws, _modeled(operation))

    async def run() -> None:
        for answers in calls:
            await our_client.call(answers, ours)

    for answers in calls:
        their_client.call(answers, operation, reference)
    asyncio.run(run())
    assert ours == reference
    assert list(our_draws) == list(their_draws)


THROTTLED = Answer(400, "ThrottlingException")
FAILED = Answer(500, "InternalFailure")


@settings(max_examples=250)
@given(
    calls=CALLS,
    capacity=st.sampled_from([0, 4, 5, 13, 14, 20, 47, 500]),
    max_attempts=st.integers(1, 6),
    draws=st.lists(FRACTIONS, min_size=60, max_size=60),
)
@example(calls=[[FAILED] * 6] * 12, capacity=500, max_attempts=3, draws=[0.5] * 60)
@example(calls=[[THROTTLED] * 6] * 10 + [[SUCCESS] * 6] * 2, capacity=47, max_attempts=6, draws=[0.99] * 60)
@example(calls=[[FAILED, THROTTLED, SUCCESS] * 2] * 12, capacity=47, max_attempts=3, draws=[0.1] * 60)
@example(
    calls=[[Answer(429, "InvalidResourceStateException")] * 6, [Answer(429, "NewCode")] * 6],
    capacity=500,
    max_attempts=3,
    draws=[0.5] * 60,
)
def test_workspaces_retries_equal_botocores(
    calls: list[list[Answer]], capacity: int, max_attempts: int, draws: list[float]
) -> None:
    """For sequential calls of a client, attempts, delays, tokens and random draws are equal."""
    operation = _operation("workspaces", "ModifyWorkspaceState")
    _compare(calls, operation=operation, capacity=capacity, max_attempts=max_attempts, draws=draws)


@settings(max_examples=60)
@given(calls=CALLS, capacity=st.sampled_from([20, 500]), draws=st.lists(FRACTIONS, min_size=60, max_size=60))
@example(calls=[[Answer(400, "IDPCommunicationError")] * 6], capacity=500, draws=[0.5] * 60)
@example(calls=[[Answer(429, "InternalFailure")] * 6], capacity=500, draws=[0.5] * 60)
def test_sts_retries_equal_botocores(calls: list[list[Answer]], capacity: int, draws: list[float]) -> None:
    """For STS, which has a transient error code of its own, the same holds."""
    operation = _operation("sts", "AssumeRoleWithWebIdentity")
    _compare(calls, operation=operation, capacity=capacity, max_attempts=3, draws=draws)


@settings(max_examples=300)
@given(
    index=st.integers(0, 900),
    fraction=FRACTIONS,
    throttling=st.booleans(),
    milliseconds=st.none() | st.integers(-10, 100_000),
)
def test_backoff_equals_botocores(
    index: int,
    fraction: float,
    throttling: bool,
    milliseconds: int | None,
) -> None:
    """A delay equals botocore's backoff for the same random draw, retry number and header."""
    detector = oracle.ThrottlingErrorDetector(oracle.RetryEventAdapter())
    backoff = oracle.ExponentialBackoff(random=lambda: fraction, throttling_detector=detector)
    answer = Answer(400, "Throttling" if throttling else "RequestTimeout", milliseconds)
    response, parsed = answer.for_botocore()["response"]
    context = oracle.RetryContext(
        attempt_number=index + 1,
        operation_model=_operation("workspaces", "DescribeWorkspaces"),
        parsed_response=parsed,
        http_response=response,
    )
    seconds = None if milliseconds is None else milliseconds / 1000
    ours = backoff_delay(index, throttling=throttling, random=lambda: fraction, retry_after=seconds)
    assert ours == backoff.delay_amount(context)


@settings(max_examples=200)
@given(capacity=st.integers(0, 60), steps=st.lists(st.tuples(st.booleans(), st.integers(1, 20)), max_size=60))
def test_quota_equals_botocores(capacity: int, steps: list[tuple[bool, int]]) -> None:
    """After any takings and givings both quotas hold the same, and grant and refuse the same."""
    ours, reference = RetryQuota(capacity), oracle_quota.RetryQuota(capacity)
    for taking, amount in steps:
        if taking:
            assert ours.take(amount) == reference.acquire(amount)
        else:
            ours.give_back(amount)
            reference.release(amount)
        assert ours.available == reference.available_capacity


def test_retry_constants_equal_botocores() -> None:
    """Every named constant has the value of its namesake in the botocore installed."""
    assert retries.DEFAULT_MAX_ATTEMPTS == oracle.DEFAULT_MAX_ATTEMPTS
    assert retries.QUOTA_CAPACITY == oracle_quota.RetryQuota.INITIAL_CAPACITY
    checker, backoff = oracle.RetryQuotaChecker, oracle.ExponentialBackoff
    assert checker._RETRY_COST == retries.RETRY_COST
    assert checker._THROTTLING_RETRY_COST == retries.THROTTLING_RETRY_COST
    assert checker._NO_RETRY_INCREMENT == retries.NO_RETRY_INCREMENT
    assert backoff._MAX_BACKOFF == retries.MAX_DELAY
    assert backoff._RETRY_AFTER_MAX_ADDITIONAL == retries.RETRY_AFTER_SLACK
    assert backoff._DEFAULT_BACKOFF_CONFIG == {
        "throttling_base_scale": retries.THROTTLING_BASE_DELAY,
        "non_throttling_base_scale": retries.BASE_DELAY,
    }
    assert set(oracle.ThrottledRetryableChecker._THROTTLED_ERROR_CODES) == THROTTLING_CODES
    assert set(oracle.TransientRetryableChecker._TRANSIENT_ERROR_CODES) == TRANSIENT_CODES
