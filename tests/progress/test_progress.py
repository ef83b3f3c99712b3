"""Progress bars for listings and for events, with and without a terminal."""

from __future__ import annotations

import asyncio
import io
import sys
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.in_process import client_of
from wsclient import errors
from wsclient.fleet._report import Progress
from wsclient.progress import _tqdm_class, progress, progress_bar
from wsclient.testing import Emulator
from wsclient.waiters import WaitProgress

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable


class Terminal(io.StringIO):
    """An output that is a terminal."""

    def isatty(self) -> bool:
        """Return True."""
        return True


@dataclass(frozen=True)
class Event:
    """An event with the required members only."""

    done: int
    total: int | None


def _waited(done: int, waiting: int, failed: int = 0) -> WaitProgress:
    states = {"PENDING": waiting - 1, "": 1} if waiting else {}
    return WaitProgress(done=done, waiting=waiting, failed=failed, round=1, seconds=1.0, states=states)


async def _numbers() -> AsyncGenerator[int]:
    for number in range(5):
        yield number


def test_progress_total_is_the_sum_of_its_counts() -> None:
    """A wait's total is the sum of done, waiting and failed."""
    assert _waited(3, 4, 2).total == 9


def test_bar_counts_items_of_a_listing() -> None:
    """The items come through as they are, and the bar ends with how many there were, and its line."""
    file = Terminal()

    async def collect() -> list[int]:
        return [number async for number in progress(_numbers(), "numbers", unit="numbers", file=file)]

    assert asyncio.run(collect()) == [0, 1, 2, 3, 4]
    assert "numbers: 5 numbers" in file.getvalue().split("\r")[-1]
    assert file.getvalue().endswith("\n")


def test_bar_accepts_a_paginator() -> None:
    """A bar over every WorkSpace of every page, with the total that is known from elsewhere."""
    aws, file = Emulator(), io.StringIO()
    aws.add_workspaces(60)

    async def count() -> int:
        async with client_of(aws) as ws:
            seen = [item async for item in progress(ws.describe_workspaces(), "WorkSpaces", total=60, file=file)]
        return len({workspace.workspace_id for workspace in seen})

    assert asyncio.run(count()) == 60
    assert file.getvalue() == "WorkSpaces: 60 of 60\n"


def test_leaving_a_counted_listing_closes_it() -> None:
    """A loop that ends early or fails closes the listing, and the bar writes its line."""
    file = io.StringIO()
    closed = list[str]()

    async def listing() -> AsyncGenerator[int]:
        try:
            yield 1
            yield 2
            raise errors.PaginationError("broken")
        finally:
            closed.append("closed")

    async def leave() -> None:
        async with aclosing(progress(listing(), "early", file=file)) as listed:
            async for _ in listed:
                break
        with pytest.raises(errors.PaginationError):
            async for _ in progress(listing(), "broken", file=file):
                pass

    asyncio.run(leave())
    assert closed == ["closed", "closed"]
    assert file.getvalue() == "early: 1\nbroken: 2\n"


def test_bar_follows_progress_events_and_closes() -> None:
    """A bar follows a wait's events, counts failures, shows states, and closes once with the last event."""
    file = Terminal()
    bar = progress_bar("starting", file=file)
    for done, waiting, failed in ((0, 10, 0), (4, 6, 0), (8, 0, 2)):
        bar(_waited(done, waiting, failed))
    last = file.getvalue().split("\r")[-1]
    assert "starting: 100%" in last
    assert "10/10" in last
    assert "2 failed" in last
    assert last.endswith("\n")
    before = file.getvalue()
    bar.close()
    assert file.getvalue() == before


def test_bar_counts_ambiguous_and_untried_items_as_finished() -> None:
    """Ambiguous and untried items count as finished and are shown, so the bar of a run completes."""
    file = io.StringIO()
    bar = progress_bar("stopping", file=file)
    bar(Progress(done=1, failed=0, ambiguous=0, not_tried=0, total=9))
    assert file.getvalue() == ""
    bar(Progress(done=3, failed=2, ambiguous=1, not_tried=3, total=9))
    assert file.getvalue() == "stopping: 9 of 9, 2 failed, 1 ambiguous, 3 not tried\n"


def test_bar_without_terminal_writes_one_line() -> None:
    """Without a terminal only the final line is written; a bar may be used again."""
    file = io.StringIO()
    with progress_bar("stopping", file=file) as bar:
        for done in range(5):
            bar(_waited(done, 4 - done))
        assert file.getvalue() == "stopping: 4 of 4\n"
        bar(Event(done=1, total=None))
        bar(Event(done=2, total=7))
    assert file.getvalue() == "stopping: 4 of 4\nstopping: 2 of 7\n"


def test_interrupted_bar_writes_its_counts() -> None:
    """When the wait fails, leaving the block writes the numbers of done and remaining items."""
    file = io.StringIO()

    def wait() -> None:
        with progress_bar("starting", file=file) as bar:
            bar(_waited(1, 3, 1))
            raise TimeoutError

    with pytest.raises(TimeoutError):
        wait()
    assert file.getvalue() == "starting: 2 of 5, 1 failed, 1 not described, 2 PENDING\n"


def test_the_default_output_is_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    """The default output is stderr, and stdout is unchanged."""
    with progress_bar() as bar:
        bar.add(3)
    output = capsys.readouterr()
    assert (output.out, output.err) == ("", "3\n")


def test_a_missing_tqdm_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without tqdm, creating a bar raises ConfigurationError with the extra to install."""
    _tqdm_class.cache_clear()
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    with pytest.raises(errors.ConfigurationError, match=r"tqdm is missing; .*'wsclient\[notebook\]'"):
        progress_bar()


@pytest.mark.parametrize("make", [lambda: [1, 2], lambda: asyncio.sleep(0)], ids=["list", "coroutine"])
def test_bar_of_a_list_or_coroutine_is_rejected(make: Callable[[], Any]) -> None:
    """A list, or the coroutine of a waiter, raises when the bar is made, and leaves no warning."""
    with pytest.raises(
        errors.ConfigurationError, match=r"takes an async iterable, .* pass progress_bar\(…\) as on_progress="
    ):
        progress(make())
