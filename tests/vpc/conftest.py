"""One emulator for the tests of a module, as it was at first for each."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from wsclient.testing import Durations, Emulator, Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def running() -> Iterator[Emulator]:
    """Return an emulator for all tests of a module; EC2 finds an endpoint 20 seconds after it was created."""
    with Emulator(durations=Durations(appear=timedelta(seconds=20))) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def at_first(running: Emulator) -> Snapshot:
    """Return the state of the emulator before all tests."""
    return running.snapshot()


@pytest.fixture
def aws(running: Emulator, at_first: Snapshot) -> Emulator:
    """Return the emulator as it was at first."""
    running.restore(at_first)
    return running
