"""A hostile peer: typed errors only, nothing done twice, nothing believed, no secret shown, no long wait.

WSCLIENT_TESTS=full goes through a hundred times as many cases.
"""

import asyncio
import logging
import pickle
from collections.abc import Coroutine
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.attacks.hostile import HOSTILE, Hostile
from tests.faults.loop import FaultLoop
from tests.faults.setup import CREATION, KINDS, SETTLED_CREATION, USER, FaultSetup, Kind, fault_setup
from tests.faults.transports import TRANSPORTS
from tests.support.scale import at_scale
from wsclient._core.model.structures import Output
from wsclient.errors import ServiceError, WsclientError
from wsclient.retries import MAX_DELAY, RETRY_AFTER_SLACK

ALWAYS = 1000
CASES = settings(
    max_examples=at_scale(20, 2000),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


async def _secrets(setup: FaultSetup) -> tuple[str, ...]:
    """Return the strings that must never be shown: secret key, session token, and the prefix of the signature."""
    credentials = await setup.ws._pipeline.credentials.get_credentials()
    return tuple(filter(None, (credentials.secret_access_key, credentials.session_token, "Signature=")))


def _run(case: Coroutine[Any, Any, None]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(60):
            await case

    with asyncio.Runner(loop_factory=FaultLoop) as runner:
        runner.run(bounded())


async def _outcome(kind: Kind, setup: FaultSetup) -> Output | WsclientError:
    """Make the call; any error that is not wsclient's fails the test by itself."""
    try:
        return await kind.run(setup)
    except WsclientError as error:
        return error


def _hold_to_the_promises(kind: Kind, setup: FaultSetup, outcome: Output | WsclientError, executed: int) -> None:
    if kind in {CREATION, SETTLED_CREATION}:
        assert executed <= 1, "a creation was executed twice"
        assert setup.workspaces_of(USER) == executed
    if isinstance(outcome, Output):
        assert executed >= 1, "a success that the service knows nothing of"
    elif executed and not kind.repeatable:
        found = outcome.is_ambiguous or (
            isinstance(outcome, ServiceError) and outcome.earlier_attempt_may_have_succeeded
        )
        assert found, "it was executed, and the error does not say that it may have been"
    assert all(seconds <= MAX_DELAY + RETRY_AFTER_SLACK for seconds in setup.slept), "a response made the client wait"


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_hostile_responses_break_no_promise_of_a_call(
    kind: Kind, transport: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A call through hostile answers, once or for ever, keeps every promise; the next call of the client succeeds."""
    caplog.set_level(logging.DEBUG)

    @CASES
    @given(hostile=HOSTILE, times=st.sampled_from([1, 2, ALWAYS]))
    def holds(hostile: Hostile, times: int) -> None:
        caplog.clear()

        async def case() -> None:
            async with fault_setup(transport) as setup:
                before = setup.executed(kind.operation)
                setup.begin(hostile.server_fault(), times, big=False)
                outcome = await _outcome(kind, setup)
                setup.heal()
                _hold_to_the_promises(kind, setup, outcome, setup.executed(kind.operation) - before)
                secrets = await _secrets(setup)
                shown = [*(record.getMessage() for record in caplog.records), caplog.text]
                if isinstance(outcome, WsclientError):
                    notes = "".join(getattr(outcome, "__notes__", ()))
                    shown += [str(outcome), repr(outcome), notes, pickle.dumps(outcome).decode("latin-1")]
                assert not [secret for secret in secrets if any(secret in text for text in shown)], "a secret was shown"
                assert (await KINDS[0].run(setup)).metadata.attempts == 1

        _run(case())

    holds()
