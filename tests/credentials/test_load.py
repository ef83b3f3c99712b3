"""Many concurrent calls with credentials that expire."""

import asyncio

import pytest

from tests.benchmarks.credentials import main, run


def test_concurrent_calls_share_refreshes_and_none_fails() -> None:
    """Each round costs one call to STS at most and no call fails, also while STS is dead in the advisory window."""
    rounds = asyncio.run(run(300))
    assert [item.failed for item in rounds] == [0, 0, 0, 0]
    assert [item.source_calls for item in rounds] == [1, 1, 0, 1]


def test_the_benchmark_prints_its_table(capsys: pytest.CaptureFixture[str]) -> None:
    """The command prints a line a round."""
    main(["--calls", "2"])
    assert len(capsys.readouterr().out.splitlines()) == 5
