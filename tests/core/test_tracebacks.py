"""Tracebacks without local variables: file, line and name stay, values go, the caller's own frames are untouched."""

from __future__ import annotations

import asyncio
import inspect
import json
import traceback
from typing import TYPE_CHECKING

import pytest

from tests.support.frames import leaks
from wsclient._core.tracebacks import without_locals

if TYPE_CHECKING:
    from types import FrameType

SECRET = "canaryS3cr3t"


@without_locals
def _parse(text: str) -> object:
    """Parse."""
    return json.loads(text)


@without_locals
async def _parse_later(text: str) -> object:
    await asyncio.sleep(0)
    return _parse(text)


def _frames(error: BaseException) -> list[FrameType]:
    return [frame for frame, _ in traceback.walk_tb(error.__traceback__)]


def test_cleaned_traceback_keeps_its_frames_text() -> None:
    """File, line, name and source of each frame below are those of the same failure without the decorator."""
    with pytest.raises(ValueError, match="Expecting") as bare:
        inspect.unwrap(_parse)(SECRET)
    with pytest.raises(ValueError, match="Expecting") as hidden:
        _parse(SECRET)
    expected, shown = (traceback.extract_tb(each.value.__traceback__) for each in (bare, hidden))
    assert [tuple(line) for line in shown][-3:] == [tuple(line) for line in expected][-3:]
    assert "^" not in traceback.format_list(shown)[-1]
    assert [frame.f_locals for frame in _frames(hidden.value)][-3:] == [{}, {}, {}]


def test_wrapper_of_an_async_function_shows_no_arguments() -> None:
    """An async function stays one; neither it nor the wrapper shows what it was called with."""
    assert inspect.iscoroutinefunction(_parse_later)
    assert list(inspect.signature(_parse_later).parameters) == ["text"]
    assert _parse.__doc__ == "Parse."
    with pytest.raises(ValueError, match="Expecting") as failed:
        asyncio.run(_parse_later(SECRET))
    wrappers = [frame for frame in _frames(failed.value) if frame.f_code.co_name.endswith("wrapper")]
    assert wrappers
    assert all(SECRET not in repr(frame.f_locals) for frame in wrappers)


def test_causes_and_groups_are_cleaned() -> None:
    """Causes, suppressed contexts, members of groups and circular chains are cleaned too, and hold no document."""

    @without_locals
    def fail() -> None:
        try:
            json.loads(SECRET)
        except ValueError as first:
            try:
                f"{SECRET}\ud800".encode()
            except UnicodeEncodeError as second:
                second.__cause__ = ExceptionGroup("g", [first])
                first.__cause__ = second
                raise KeyError from None

    with pytest.raises(KeyError) as failed:
        fail()
    chain = [failed.value, failed.value.__context__]
    assert all(each is not None for each in chain)
    library = [
        frame
        for error in (failed.value.__context__, failed.value.__context__ and failed.value.__context__.__cause__)
        if error is not None
        for frame in _frames(error)
        if "/json/" in frame.f_code.co_filename
    ]
    assert all(frame.f_locals == {} for frame in library)


def test_frames_of_the_caller_are_kept() -> None:
    """A function of the caller that wsclient calls keeps its frame, the very object, with its local variables."""

    def own() -> None:
        mine = "shown"
        raise LookupError(mine)

    with pytest.raises(LookupError) as failed:
        without_locals(own)()
    assert _frames(failed.value)[-1].f_locals == {"mine": "shown"}


def test_result_of_a_wrapped_function_is_returned() -> None:
    """A function that succeeds returns its result."""
    assert _parse("[1]") == [1]
    assert asyncio.run(_parse_later("[1]")) == [1]
    assert leaks(ValueError(), [SECRET]) == []
