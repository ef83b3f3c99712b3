"""Properties of the retry quota: it stays within its bounds, and every token is accounted for."""

import asyncio
import pickle
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from wsclient._core.errors import ServiceError, WsclientError
from wsclient.retries import (
    NO_RETRY_INCREMENT,
    RETRY_COST,
    THROTTLING_RETRY_COST,
    RetryEvent,
    RetryPolicy,
    RetryQuota,
)
from wsclient.retries._retrying import retry_call

COSTS = st.sampled_from([RETRY_COST, THROTTLING_RETRY_COST])


class QuotaMachine(RuleBasedStateMachine):
    """Takes, returns and pickles in any order, and compares the quota with a ledger."""

    def __init__(self) -> None:
        super().__init__()
        self.quota = RetryQuota()
        self.taken = self.given = self.spilt = 0

    @initialize(capacity=st.sampled_from([500, 30, 14, 5, 0]))
    def start(self, capacity: int) -> None:
        """Begin with a quota that is soon empty, or with AWS's."""
        self.quota = RetryQuota(capacity)

    @rule(cost=COSTS)
    def take(self, cost: int) -> None:
        """Take a cost: completely if enough tokens are available, otherwise not at all."""
        before = self.quota.available
        granted = self.quota.take(cost)
        assert granted == (cost <= before)
        assert self.quota.available == before - cost * granted
        self.taken += cost * granted

    @rule(amount=COSTS | st.just(NO_RETRY_INCREMENT))
    def give_back(self, amount: int) -> None:
        """Return tokens: they are added up to the capacity."""
        room = self.quota.capacity - self.quota.available
        self.quota.give_back(amount)
        self.given += amount
        self.spilt += max(0, amount - room)

    @rule()
    def travel(self) -> None:
        """Pickle the quota: it keeps its tokens."""
        self.quota = pickle.loads(pickle.dumps(self.quota))

    @invariant()
    def within_bounds(self) -> None:
        """Never below zero, never above the capacity."""
        assert 0 <= self.quota.available <= self.quota.capacity

    @invariant()
    def nothing_is_lost(self) -> None:
        """Capacity = available + taken - returned within the capacity."""
        assert self.quota.available == self.quota.capacity - self.taken + self.given - self.spilt


QuotaMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40)
test_the_quota_keeps_its_books = QuotaMachine.TestCase


@dataclass(frozen=True)
class Plan:
    """A call that fails with these codes, then succeeds; cancelled in its wait number cancel_at."""

    codes: tuple[str, ...]
    cancel_at: int | None


PLANS = st.builds(
    Plan,
    codes=st.lists(st.sampled_from(["ThrottlingException", "RequestTimeout", "ValidationException"]), max_size=5).map(
        tuple
    ),
    cancel_at=st.none() | st.integers(1, 4),
)


async def _run(plan: Plan, quota: RetryQuota) -> None:
    """Run a call that yields to others wherever a real call would."""
    task = asyncio.current_task()
    assert task is not None
    waits = 0

    async def attempt(number: int) -> None:
        await asyncio.sleep(0)
        if number <= len(plan.codes):
            raise ServiceError(code=plan.codes[number - 1], status=400)

    async def sleep(_: float) -> None:
        nonlocal waits
        waits += 1
        if waits == plan.cancel_at:
            task.cancel()
        await asyncio.sleep(0)

    def on_retry(event: RetryEvent) -> None:
        assert 0 <= event.quota_left == quota.available <= quota.capacity

    await retry_call(
        attempt,
        operation="X",
        policy=RetryPolicy(max_attempts=5),
        quota=quota,
        safe_to_repeat=True,
        sleep=sleep,
        random=lambda: 0.5,
        on_retry=on_retry,
    )


def _price(plan: Plan) -> int:
    """Return the tokens a call costs in the end, when the quota can pay for everything."""
    costs = [
        {"ThrottlingException": THROTTLING_RETRY_COST, "RequestTimeout": RETRY_COST}.get(code, 0) for code in plan.codes
    ]
    made: list[int] = []
    for cost in costs:
        if cost == 0 or len(made) == 4 or len(made) + 1 == plan.cancel_at:
            return sum(made)
        made.append(cost)
    return sum(made[:-1]) if made else -NO_RETRY_INCREMENT


@settings(max_examples=150)
@given(plans=st.lists(PLANS, min_size=1, max_size=8))
def test_concurrent_calls_each_pay_their_own_quota_cost(plans: list[Plan]) -> None:
    """However calls that share a quota interleave, fail or are cancelled, each pays exactly its own price."""
    quota = RetryQuota(10_000)
    # Room for returned tokens: at the capacity, tokens would be lost and the sum would not be exact.
    assert quota.take(1_000)

    async def run() -> list[BaseException | None]:
        return await asyncio.gather(*(_run(plan, quota) for plan in plans), return_exceptions=True)

    outcomes = asyncio.run(run())
    assert all(outcome is None or isinstance(outcome, (WsclientError, asyncio.CancelledError)) for outcome in outcomes)
    assert quota.available == 9_000 - sum(_price(plan) for plan in plans)


@settings(max_examples=100)
@given(plans=st.lists(PLANS, min_size=1, max_size=8), capacity=st.integers(0, 60))
def test_quota_is_never_overdrawn(plans: list[Plan], capacity: int) -> None:
    """Concurrent calls never spend a token twice, and never exceed the capacity."""
    quota = RetryQuota(capacity)

    async def run() -> list[BaseException | None]:
        return await asyncio.gather(*(_run(plan, quota) for plan in plans), return_exceptions=True)

    for outcome in asyncio.run(run()):
        if outcome is not None and not isinstance(outcome, (WsclientError, asyncio.CancelledError)):
            pytest.fail(f"a call ended in {outcome!r}")
    assert 0 <= quota.available <= capacity
