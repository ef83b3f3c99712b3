"""A call through retry_call whose every attempt is scripted, for tests of retrying."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

import pytest

from wsclient._core.errors import WsclientError
from wsclient.retries import RetryEvent, RetryPolicy, RetryQuota
from wsclient.retries._retrying import retry_call


@dataclass
class Call:
    """A scripted call: each outcome is returned or raised in turn; what happened is written down."""

    outcomes: Iterable[object]
    quota: RetryQuota = field(default_factory=RetryQuota)
    policy: RetryPolicy = field(default_factory=RetryPolicy)
    safe_to_repeat: bool = True
    is_read: bool = False
    on_retry: Callable[[RetryEvent], None] | None = None
    time_left: Callable[[], float | None] | None = None
    sleep: Callable[[float], Awaitable[None]] | None = None
    random: Callable[[], float] = lambda: 0.5
    numbers: list[int] = field(default_factory=list[int])
    slept: list[float] = field(default_factory=list[float])

    async def run(self) -> object:
        """Run the call to its end; half of every longest delay is slept, unless random says otherwise."""
        outcomes = iter(self.outcomes)

        async def attempt(number: int) -> object:
            self.numbers.append(number)
            outcome = next(outcomes)
            if isinstance(outcome, BaseException):
                raise outcome
            return outcome

        async def sleep(seconds: float) -> None:
            self.slept.append(seconds)

        return await retry_call(
            attempt,
            operation="CreateWorkspaces",
            policy=self.policy,
            quota=self.quota,
            safe_to_repeat=self.safe_to_repeat,
            is_read=self.is_read,
            sleep=self.sleep or sleep,
            random=self.random,
            on_retry=self.on_retry,
            time_left=self.time_left,
        )

    def error(self) -> WsclientError:
        """Run the call and return the error it ends in."""
        with pytest.raises(WsclientError) as caught:
            asyncio.run(self.run())
        return caught.value
