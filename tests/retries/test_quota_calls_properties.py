"""Calls that share a retry quota, step by step: every token is accounted for, with cancellations at any point."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from tests.support.loop_machine import LoopMachine, pick
from wsclient.errors import ServiceError
from wsclient.retries import NO_RETRY_INCREMENT, RETRY_COST, THROTTLING_RETRY_COST, RetryPolicy, RetryQuota
from wsclient.retries._retrying import retry_call

if TYPE_CHECKING:
    import asyncio

POLICY = RetryPolicy(max_attempts=4)
COSTS = {"ThrottlingException": THROTTLING_RETRY_COST, "RequestTimeout": RETRY_COST}
PICK = st.integers(0, 1000)


@dataclass(eq=False)
class Call:
    """A call whose attempts and pauses end when a rule says so."""

    quota: RetryQuota
    loop: asyncio.AbstractEventLoop
    left: float | None = None
    attempts: int = 0
    attempt: asyncio.Future[None] | None = None
    pause: asyncio.Future[None] | None = None
    cost: int = 0
    """What the latest retry cost."""
    task: asyncio.Task[None] = field(init=False)

    def __post_init__(self) -> None:
        """Begin."""
        self.task = self.loop.create_task(self._run())

    async def _run(self) -> None:
        async def attempt(number: int) -> None:
            self.attempts, self.attempt = number, self.loop.create_future()
            try:
                await self.attempt
            finally:
                self.attempt = None

        async def sleep(_: float) -> None:
            self.pause = self.loop.create_future()
            try:
                await self.pause
            finally:
                self.pause = None

        await retry_call(
            attempt,
            operation="X",
            policy=POLICY,
            quota=self.quota,
            safe_to_repeat=True,
            sleep=sleep,
            random=lambda: 0.5,
            time_left=lambda: self.left,
        )


class CallsMachine(LoopMachine):
    """Keeps the books that the quota should keep."""

    def __init__(self) -> None:
        super().__init__()
        self.quota = RetryQuota()
        self.expected = self.quota.capacity
        self.calls: list[Call] = []

    @initialize(capacity=st.sampled_from([500, 60, 20]))
    def start(self, capacity: int) -> None:
        """Start with AWS's quota, or with a small quota."""
        self.quota, self.expected = RetryQuota(capacity), capacity

    @rule(number=st.integers(1, 3))
    def call(self, number: int) -> None:
        """Begin some more calls."""
        self.calls += [Call(self.quota, self.loop) for _ in range(number)]
        self.settle()

    @precondition(lambda self: self._in_attempts())
    @rule(which=PICK)
    def succeed(self, which: int) -> None:
        """Let an attempt succeed: its retry's cost is returned, or one token added."""
        call = pick(self._in_attempts(), which)
        assert call.attempt is not None
        call.attempt.set_result(None)
        self._earn(call.cost or NO_RETRY_INCREMENT)
        self.settle()
        assert call.task.done()

    @precondition(lambda self: self._in_attempts())
    @rule(which=PICK, code=st.sampled_from([*COSTS, "ValidationException"]))
    def fail(self, which: int, code: str) -> None:
        """Have an attempt fail: a retry that is allowed and can be paid is paid."""
        call = pick(self._in_attempts(), which)
        assert call.attempt is not None
        call.attempt.set_exception(ServiceError("no", code=code, status=400))
        cost = COSTS.get(code, 0)
        goes_on = 0 < cost <= self.expected and call.attempts < POLICY.max_attempts
        if goes_on:
            call.cost = cost
            self.expected -= cost
        self.settle()
        assert call.task.done() != goes_on

    @precondition(lambda self: self._in_pauses())
    @rule(which=PICK)
    def go_on(self, which: int) -> None:
        """Have a pause end: another attempt is made, and nothing is paid for it now."""
        call = pick(self._in_pauses(), which)
        assert call.pause is not None
        call.pause.set_result(None)
        self.settle()
        assert call.attempt is not None

    @precondition(lambda self: self._in_attempts() or self._in_pauses())
    @rule(which=PICK, is_late=st.booleans())
    def cancel(self, which: int, is_late: bool) -> None:
        """Cancel a call, wherever it is: its retry is given back, unless its own deadline cut an attempt off."""
        call = pick(self._in_attempts() + self._in_pauses(), which)
        call.left = -1.0 if is_late else 1.0
        if call.pause is not None or not is_late:
            self._earn(call.cost)
        call.task.cancel()
        self.settle()
        assert call.task.cancelled()

    @invariant()
    def the_books_agree(self) -> None:
        """Find in the quota what should be there, within its bounds."""
        assert self.quota.available == self.expected
        assert 0 <= self.expected <= self.quota.capacity

    def finish(self) -> None:
        """Let every call come to its end."""
        for call in self.calls:
            call.task.cancel()
        self.settle()
        for call in self.calls:
            assert call.task.cancelled() or isinstance(call.task.exception(), ServiceError | None)

    def _earn(self, amount: int) -> None:
        self.expected = min(self.quota.capacity, self.expected + amount)

    def _in_attempts(self) -> list[Call]:
        return [call for call in self.calls if call.attempt is not None]

    def _in_pauses(self) -> list[Call]:
        return [call for call in self.calls if call.pause is not None]


CallsMachine.TestCase.settings = settings(max_examples=100, stateful_step_count=40)
test_every_token_is_somewhere = CallsMachine.TestCase
