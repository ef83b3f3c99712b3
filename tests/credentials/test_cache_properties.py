"""State machine test of the credentials cache against a model: the set each caller gets, the calls of the source."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from tests.support.loop_machine import LoopMachine, pick
from wsclient._core.clock import TimeSource
from wsclient.credentials import Credentials
from wsclient.credentials._internal.cache import CredentialsCache
from wsclient.errors import ConnectError, CredentialsRefreshError

CHANCE = 0.5
PAUSE = 450.0
"""Seconds for which a source that failed is left alone, with that chance: between 300 and 600."""
MEMORY = 3.0
"""Seconds for which an error is remembered, with that chance: between 1 and 5."""
PATIENCE = 0.5
MINUTE = timedelta(minutes=1)
LIFETIMES = [0.5, 2.0, 15.0, 20.0, 45.0, 90.0, 720.0]
PICK = st.integers(0, 1000)


@dataclass(eq=False)
class Asker:
    """Caller that waits for credentials, with the outcome that the model predicts."""

    task: asyncio.Task[Credentials]
    until: float | None = None
    """End of its wait in seconds of loop time; None means that it waits without limit."""
    meanwhile: Credentials | None = None
    """Credentials it gets at that time."""


def end_of(credentials: Credentials) -> datetime:
    """Return when credentials expire."""
    return credentials.expiration or datetime.max.replace(tzinfo=UTC)


def due_at(credentials: Credentials, now: datetime) -> datetime:
    """Return when to ask again for credentials got now, as AWS's SDKs do."""
    lifetime = end_of(credentials) - now
    window = (5 if lifetime <= 20 * MINUTE else 15 if lifetime < 90 * MINUTE else 60) * MINUTE
    return end_of(credentials) - min(window, lifetime / 2 if window >= lifetime else window)


class CacheMachine(LoopMachine):
    """Asks, answers, fails, invalidates, cancels and lets time pass, in any order; says each time what should come."""

    def __init__(self) -> None:
        super().__init__()
        self.answer: asyncio.Future[Credentials] | None = None
        """What the source is about to say; None while nobody asks it."""
        self.source_calls = self.expected_calls = self.numbers = 0
        self.askers: list[Asker] = []
        self.cached: Credentials | None = None
        self.due = datetime.min.replace(tzinfo=UTC)
        self.left_alone_until = self.refused_until = float("-inf")
        self.is_strict = False
        self.rejected: str | None = None

    @initialize(is_strict=st.booleans())
    def start(self, is_strict: bool) -> None:
        """Make a cache."""
        self.is_strict = is_strict
        self.cache = CredentialsCache("the source", is_strict=is_strict)

    async def _source(self) -> Credentials:
        assert self.answer is None, "the source is asked while it is being asked"
        self.source_calls += 1
        self.answer = self.loop.create_future()
        try:
            return await self.answer
        finally:
            self.answer = None

    @rule(number=st.integers(1, 3))
    def ask(self, number: int) -> None:
        """Have some more ask, one after the other."""
        for _ in range(number):
            self._ask()

    def _ask(self) -> None:
        now, cached = self.loop.time(), self.cached
        time = TimeSource(clock=self.clock, random=lambda: CHANCE)
        asker = Asker(self.loop.create_task(self.cache.get(self._source, time)))
        was_asked = self.answer is not None
        self.settle()
        is_fresh = self.clock.now() < self.due and not self._is_rejected()
        if cached is not None and (is_fresh or self._is_left_alone(now)):
            assert asker.task.result() == cached
        elif now < self.refused_until:
            assert isinstance(asker.task.exception(), ConnectError | CredentialsRefreshError)
        else:
            self.expected_calls += not was_asked
            if cached is None or self._is_rejected() or self.clock.now() >= end_of(cached) - MINUTE:
                self.askers.append(asker)
            elif was_asked:
                assert asker.task.result() == cached, "only who begins a refresh waits for it, and not for long"
            else:
                asker.until, asker.meanwhile = now + PATIENCE, cached
                self.askers.append(asker)

    def _is_rejected(self) -> bool:
        return self.cached is not None and self.cached.access_key_id == self.rejected

    def _is_left_alone(self, now: float) -> bool:
        # An error that is remembered goes first.
        return now >= self.refused_until and now < self.left_alone_until

    @precondition(lambda self: self.answer is not None)
    @rule(minutes=st.sampled_from(LIFETIMES))
    def give(self, minutes: float) -> None:
        """Have the source give a set: everybody who waits has it, and it is kept until its window begins."""
        fresh = self._new(minutes)
        self.cached, self.due = fresh, due_at(fresh, self.clock.now())
        self.refused_until, self.rejected = float("-inf"), None
        self._answer(fresh)
        assert all(asker.task.result() == fresh for asker in self._answered())

    @precondition(lambda self: self.answer is not None)
    @rule(is_repeated=st.booleans())
    def give_what_is_stale(self, is_repeated: bool) -> None:
        """Have the source give what has expired, or what it gave before: it is left alone, the better one is served."""
        stale = self.cached if is_repeated and self.cached is not None else self._new(-5)
        assert stale is not None
        if self.is_strict:
            self._answer(stale)
            self._all_failed(CredentialsRefreshError)
            return
        self.cached = stale if self.cached is None else max(self.cached, stale, key=end_of)
        self.due, self.refused_until = self.clock.now(), float("-inf")
        self.left_alone_until = self.loop.time() + PAUSE
        self._answer(stale)
        assert all(asker.task.result() == self.cached for asker in self._answered())

    @precondition(lambda self: self.answer is not None)
    @rule(can_heal=st.booleans())
    def fail(self, can_heal: bool) -> None:
        """Have the source fail: what is cached is served on, unless it cannot heal or the source is strict."""
        error = ConnectError("no route") if can_heal else CredentialsRefreshError("not allowed", can_heal=False)
        serves_on = self.cached is not None and can_heal and not self.is_strict
        if serves_on:
            self.left_alone_until = self.loop.time() + PAUSE
        elif not can_heal:
            self._refuse()
        self._answer(error)
        if serves_on:
            assert all(asker.task.result() == self.cached for asker in self._answered())
        else:
            self._all_failed(type(error))

    @rule(is_current=st.booleans())
    def invalidate(self, is_current: bool) -> None:
        """Reject a key: the cached one forces a refresh, any other changes nothing."""
        if is_current and self.cached is not None:
            self.rejected = self.cached.access_key_id
            self.cache.invalidate(self.rejected)
        else:
            self.cache.invalidate("KEY0")

    @precondition(lambda self: self.askers)
    @rule(which=PICK)
    def cancel(self, which: int) -> None:
        """Cancel a waiting caller: the call of the source continues for the others."""
        asker = pick(self.askers, which)
        self.askers.remove(asker)
        asker.task.cancel()
        self.settle()
        assert asker.task.cancelled()

    @rule(seconds=st.sampled_from([0.25, 0.5, 2.0, 4.0, 61.0, 290.0, 600.0, 3000.0, 50_000.0]))
    def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        self.run_here(asyncio.sleep(seconds))
        self.settle()
        for asker in list(self.askers):
            if asker.until is not None and self.loop.time() >= asker.until:
                self.askers.remove(asker)
                assert asker.task.result() == asker.meanwhile, "patience has an end"

    @precondition(lambda self: self.cached is not None)
    @rule(beyond=st.sampled_from([-1.0, 0.5, 100.0]))
    def pass_time_until_due(self, beyond: float) -> None:
        """Let time pass until the cached set is to be refreshed, nearly or just so."""
        self.pass_time(max(0.0, (self.due - self.clock.now()).total_seconds() + beyond))

    @precondition(lambda self: self.left_alone_until > self.loop.time())
    @rule(beyond=st.sampled_from([-1.0, 0.5]))
    def pass_the_pause(self, beyond: float) -> None:
        """Advance time to just before, or just after, the end of the pause between calls of the source."""
        self.pass_time(max(0.0, self.left_alone_until - self.loop.time() + beyond))

    @invariant()
    def the_source_is_asked_when_it_should_be(self) -> None:
        """Check the count of calls of the source; callers wait only while a call is in progress."""
        assert self.source_calls == self.expected_calls
        assert not any(asker.task.done() for asker in self.askers)
        assert not self.askers or self.answer is not None

    def finish(self) -> None:
        """Complete the last call of the source: no caller is left waiting."""
        if self.answer is not None:
            self.give(90)
        assert not self.askers

    def _new(self, minutes: float) -> Credentials:
        self.numbers += 1
        expiration = self.clock.now() + minutes * MINUTE
        return Credentials(f"KEY{self.numbers}", f"secret{self.numbers}", f"token{self.numbers}", expiration)

    def _answer(self, answer: Credentials | Exception) -> None:
        assert self.answer is not None
        if isinstance(answer, Exception):
            self.answer.set_exception(answer)
        else:
            self.answer.set_result(answer)
        self.settle()

    def _answered(self) -> list[Asker]:
        waited, self.askers = self.askers, []
        return waited

    def _refuse(self) -> None:
        self.refused_until = self.loop.time() + MEMORY

    def _all_failed(self, kind: type[Exception]) -> None:
        raised = [asker.task.exception() for asker in self._answered()]
        assert all(type(error) is kind for error in raised)
        assert len(raised) == len({id(error) for error in raised}), "everybody gets an error of its own"


CacheMachine.TestCase.settings = settings(max_examples=150, stateful_step_count=40)
test_the_cache_goes_by_aws_s_rules = CacheMachine.TestCase
