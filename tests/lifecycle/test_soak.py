"""The soak in short: many tasks, a service that fails, and nothing left of it; and what it calls flat."""

from __future__ import annotations

import pytest

from tests.benchmarks.soak import MIB, Sample, Soak, main, report
from tests.support.transports import KINDS


@pytest.mark.parametrize("transport", KINDS)
def test_short_soak_leaks_nothing(transport: str, capsys: pytest.CaptureFixture[str]) -> None:
    """For two seconds 200 tasks call, with faults at 5%: calls succeed, and no socket, task or call is left."""
    code = main(["--tasks", "200", "--minutes", "0.03", "--faults", "0.05", "--seed", "1", "--transport", transport])
    table = dict(line.rsplit(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert int(table["  succeeded"]) > 0
    assert int(table["retries"]) > 0
    assert table["left"] == "nothing"
    # Two seconds are all warm-up: whether memory is flat shows in minutes.
    assert code == (table["memory"] != "flat")


def _soak(memory: list[float], left: int = 0) -> Soak:
    """Return a run of 100 seconds with these amounts of memory, spread evenly."""
    soak = Soak(tasks=1, seconds=100.0)
    step = soak.seconds / (len(memory) - 1)
    soak.samples = [
        Sample(at=number * step, memory=int(amount * MIB), sockets=1, tasks=1) for number, amount in enumerate(memory)
    ]
    soak.left = {"sockets": left}
    return soak


@pytest.mark.parametrize(
    ("memory", "is_flat"),
    [
        ([60.0] * 100, True),
        ([20.0 + number if number < 45 else 65.0 for number in range(100)], True),
        ([60.0 + 3 * (number % 2) for number in range(100)], True),
        ([60.0 + number / 20 for number in range(100)], True),
        ([60.0 + number / 10 for number in range(100)], False),
        ([500.0 + number / 10 for number in range(100)], True),
        ([60.0 + 5 * (number > 70) for number in range(100)], False),
    ],
    ids=["level", "a warm-up", "up and down", "two megabytes", "five megabytes", "one per cent", "a step"],
)
def test_soak_verdict_on_memory_growth(memory: list[float], is_flat: bool) -> None:
    """Memory that settles or swings is flat, memory that goes on rising is not; the table says which."""
    soak = _soak(memory)
    assert soak.is_flat == is_flat
    assert ("growing" in report(soak)) != is_flat


def test_soak_table_lists_leaks() -> None:
    """A socket that is left is in the table."""
    assert not _soak([60.0] * 100, left=1).is_clean
    assert "SOMETHING" in report(_soak([60.0] * 100, left=1))
