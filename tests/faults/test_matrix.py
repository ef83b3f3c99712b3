"""Every fault, for each kind of call and each transport: the caller's outcome, and the calls executed."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.faults.loop import FaultLoop
from tests.faults.setup import CREATION, KINDS, READ, SETTLED_CREATION, USER, FaultSetup, Kind, fault_setup
from tests.faults.table import BETWEEN_CALLS, STRIKING, Fault
from tests.faults.transports import TRANSPORTS
from wsclient.errors import RequestTimeoutError, ServiceError, WsclientError

ATTEMPTS = 3
ALWAYS = 10**6
HANGS_AFTER = 200
"""Seconds, those included that are skipped: more than any call here may take with all its attempts."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Outcome of a call for its caller, and executions by the service's own log."""

    succeeded: bool
    attempts: int
    executed: int
    reconciled: bool = False


def expected_once(fault: Fault, kind: Kind) -> Outcome:
    """Return what comes of a call whose first attempt meets a fault."""
    if fault.error is None:
        return Outcome(succeeded=True, attempts=1, executed=1)
    is_looked_up = fault.ambiguous and fault.executed and fault.total is None and kind is SETTLED_CREATION
    if (fault.final and not is_looked_up) or (fault.ambiguous and kind is CREATION):
        return Outcome(succeeded=False, attempts=1, executed=fault.executed)
    if fault.ambiguous and kind is SETTLED_CREATION:
        # What was made is found and nothing sent again; what was not made is.
        return Outcome(succeeded=True, attempts=1 if fault.executed else 2, executed=1, reconciled=True)
    return Outcome(succeeded=True, attempts=1 + fault.attempts, executed=fault.executed + 1)


def expected_always(fault: Fault, kind: Kind) -> Outcome:
    """Return what comes of a call whose every attempt meets a fault, every look for what it made included."""
    if fault.error is None:
        return Outcome(succeeded=True, attempts=1, executed=1)
    attempts = 1 if fault.final or (fault.ambiguous and not kind.repeatable) else ATTEMPTS
    return Outcome(succeeded=False, attempts=attempts, executed=attempts * fault.executed)


async def _outcome(fault: Fault, kind: Kind, setup: FaultSetup, times: int) -> Outcome:
    """Make a call through a fault; whatever comes of it, the same client's next calls succeed."""
    if fault.before is not None:
        await READ.run(setup)
        await fault.before(setup)
    before = setup.executed(kind.operation)
    setup.begin(fault.server_fault, times, big=fault.big)
    try:
        found = (await kind.run(setup)).metadata
        outcome = Outcome(succeeded=True, attempts=found.attempts, executed=0, reconciled=found.was_reconciled)
    except WsclientError as error:
        _hold_to(fault, error)
        outcome = Outcome(succeeded=False, attempts=error.attempts, executed=0)
    setup.heal()
    executed = setup.executed(kind.operation) - before
    for _ in range(2):
        assert (await READ.run(setup)).metadata.attempts == 1
    return replace(outcome, executed=executed)


def _hold_to(fault: Fault, error: WsclientError) -> None:
    """Hold an error to what the fault's line says."""
    assert type(error) is fault.error
    if fault.detail is not None:
        assert fault.detail == (error.phase if isinstance(error, RequestTimeoutError) else getattr(error, "code", None))
    assert error.is_ambiguous == fault.ambiguous
    assert error.may_have_been_sent == (fault.ambiguous or isinstance(error, ServiceError))


def _run(cell: Coroutine[Any, Any, None]) -> None:
    """Run a cell, which neither hangs nor leaves a task or a socket behind."""

    async def watched() -> None:
        before = _open_files()
        async with asyncio.timeout(HANGS_AFTER):
            await cell
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert _open_files() == before

    with asyncio.Runner(loop_factory=FaultLoop) as runner:
        runner.run(watched())


def _open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("fault", [*STRIKING, *BETWEEN_CALLS], ids=lambda fault: fault.name)
def test_single_fault_is_retried_or_reported(fault: Fault, kind: Kind, transport: str) -> None:
    """A fault that occurs once: the call succeeds where it may be repeated, else its error says what is known."""

    async def cell() -> None:
        async with fault_setup(transport, total=fault.total) as setup:
            assert await _outcome(fault, kind, setup, times=1) == expected_once(fault, kind)
            made = setup.workspaces_of(USER)
            assert made == (setup.executed("CreateWorkspaces") if kind in {CREATION, SETTLED_CREATION} else 0)

    _run(cell())


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("fault", STRIKING, ids=lambda fault: fault.name)
def test_permanent_fault_ends_in_the_last_error(fault: Fault, kind: Kind, transport: str) -> None:
    """A fault that occurs always: the error of the last attempt, and no creation sent that may be there already."""

    async def cell() -> None:
        async with fault_setup(transport, total=fault.total) as setup:
            assert await _outcome(fault, kind, setup, times=ALWAYS) == expected_always(fault, kind)

    _run(cell())
