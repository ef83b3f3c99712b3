"""Test cases of standard retries that the AWS SDKs share: tokens of the quota and delays, exact to the token.

"Standard mode" cases of the SDKs' retry specification, as smithy-kotlin has them:
https://github.com/smithy-lang/smithy-kotlin. The random share of a delay is 1 in all of them.
"""

import asyncio
from dataclasses import dataclass

import pytest

from tests.support.scripted_call import Call
from wsclient._core.errors import ServiceError, WsclientError
from wsclient._core.http import HttpResponse
from wsclient._core.protocols.codec import retry_after
from wsclient.retries import RetryPolicy, RetryQuota, backoff_delay


@dataclass(frozen=True)
class Answer:
    """A response, the tokens that are left after it, and the delay until the next attempt."""

    status: int
    tokens: int
    delay: float = 0.0
    code: str = "InternalFailure"
    header: str = ""

    def outcome(self) -> object:
        """Return the result of the attempt, or its error."""
        if self.status == 200:
            return "success"
        wish = retry_after(HttpResponse(self.status, (("x-amz-retry-after", self.header),), b""))
        return ServiceError(code=self.code, status=self.status, retry_after=wish)


A = Answer
CASES = {
    "a retry succeeds": (3, 500, [A(500, 486, 0.05), A(500, 472, 0.1), A(200, 486)]),
    "no attempts are left": (3, 500, [A(502, 486, 0.05), A(502, 472, 0.1), A(502, 472)]),
    "no tokens are left after one retry": (3, 14, [A(500, 0, 0.05), A(500, 0)]),
    "no tokens are there": (3, 0, [A(500, 0)]),
    "the delay doubles": (
        5,
        500,
        [A(500, 486, 0.05), A(500, 472, 0.1), A(500, 458, 0.2), A(500, 444, 0.4), A(500, 444)],
    ),
    "too few tokens are left": (5, 20, [A(500, 6, 0.05), A(502, 6)]),
    "throttling": (3, 500, [A(400, 495, 1.0, "Throttling"), A(200, 500)]),
    "x-amz-retry-after": (3, 500, [A(500, 486, 1.5, header="1500"), A(200, 500)]),
    "x-amz-retry-after below the delay": (3, 500, [A(500, 486, 0.05, header="0"), A(200, 500)]),
    "x-amz-retry-after far above the delay": (3, 500, [A(500, 486, 5.05, header="10000"), A(200, 500)]),
    "unreadable x-amz-retry-after": (3, 500, [A(500, 486, 0.05, header="invalid"), A(200, 500)]),
}


def _run(attempts: int, quota: RetryQuota, answers: list[Answer]) -> None:
    """Make one call, and compare tokens and delays after each attempt."""
    tokens: list[int] = []
    call = Call([answer.outcome() for answer in answers], quota=quota, policy=RetryPolicy(max_attempts=attempts))
    call.random = lambda: 1.0
    call.on_retry = lambda event: tokens.append(event.quota_left)
    if answers[-1].status == 200:
        assert asyncio.run(call.run()) == "success"
    else:
        with pytest.raises(WsclientError):
            asyncio.run(call.run())
    assert [*tokens, quota.available] == [answer.tokens for answer in answers]
    assert call.slept == pytest.approx([answer.delay for answer in answers[:-1]], abs=1e-9)


@pytest.mark.parametrize("name", CASES)
def test_shared_cases_give_equal_tokens_and_delays(name: str) -> None:
    """Each shared case leaves the same tokens after each attempt, and waits as long."""
    attempts, capacity, answers = CASES[name]
    _run(attempts, RetryQuota(capacity), answers)


def test_success_returns_the_cost_of_the_last_retry() -> None:
    """Two calls of one client share its quota: the second has the tokens that the first has left."""
    quota = RetryQuota(30)
    _run(5, quota, [A(500, 16, 0.05), A(502, 2, 0.1), A(200, 16)])
    _run(5, quota, [A(500, 2, 0.05), A(200, 16)])


def test_concurrent_calls_share_the_quota() -> None:
    """Tokens of calls in flight are taken from one quota, in the order of their attempts, and given back by each."""
    quota, seen = RetryQuota(), list[int]()
    failed = ServiceError(code="InternalFailure", status=500)

    async def main() -> None:
        turns = [asyncio.Event() for _ in range(3)]

        async def first(_: float) -> None:
            seen.append(quota.available)
            if len(seen) == 2:  # both retries of the first call are paid for
                turns[0].set()
                await turns[1].wait()

        async def second(_: float) -> None:
            seen.append(quota.available)
            turns[1].set()
            await turns[2].wait()

        policy = RetryPolicy(max_attempts=5)
        one = asyncio.create_task(Call([failed, failed, "one"], quota=quota, policy=policy, sleep=first).run())
        await turns[0].wait()
        two = asyncio.create_task(Call([failed, "two"], quota=quota, policy=policy, sleep=second).run())
        assert await one == "one"
        seen.append(quota.available)
        turns[2].set()
        assert await two == "two"
        seen.append(quota.available)

    asyncio.run(main())
    assert seen == [486, 472, 458, 472, 486]


def test_delay_is_capped() -> None:
    """The doubling stops at the longest delay, 20 seconds."""
    delays = [backoff_delay(index, throttling=True, random=lambda: 1.0) for index in range(7)]
    assert delays == [1, 2, 4, 8, 16, 20, 20]
