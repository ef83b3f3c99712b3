"""Search for secrets in what tools that show local variables (pytest -l, Sentry, rich) show of an error or a stack."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import FrameType, TracebackType


def leaks(error: BaseException, secrets: Iterable[str | bytes]) -> list[str]:
    """Return where an error shows a secret: in the repr of a local variable of any frame, an attribute, or a text.

    It looks at the frames of the error and of all its causes and contexts, also where `from None` suppresses them, and
    at the items of containers and the attributes of objects of wsclient whose repr is not their own.
    """
    words = [secret.decode() if isinstance(secret, bytes) else secret for secret in secrets]
    found: list[str] = []
    for each in _chain(error):
        own = {"args": each.args, "str": str(each), "repr": repr(each), **vars(each)}
        shown = [(f"{type(each).__name__}.{name}", value) for name, value in own.items()]
        shown += _locals(each.__traceback__)
        for place, value in shown:
            text = _repr(value)
            found += [f"{place} shows {word}" for word in words if word in text]
    return found


def stack_leaks(secrets: Iterable[str]) -> list[str]:
    """Return where a secret is in a local variable of the stack that a hook of the caller is called on.

    Sentry (attach_stacktrace=True) shows these with a log record, loguru (backtrace=True) with an exception.
    """
    frame: FrameType | None = sys._getframe(1)
    shown = list[tuple[str, object]]()
    while frame is not None and "/_pytest/" not in frame.f_code.co_filename:
        shown += _own_locals(frame, frame.f_lineno)
        frame = frame.f_back
    words, once = list(secrets), {id(value): (place, value) for place, value in shown}
    texts = [(place, _repr(value)) for place, value in once.values()]
    return [f"{place} shows {word}" for place, text in texts for word in words if word in text]


def _chain(error: BaseException) -> Iterator[BaseException]:
    pending, seen = [error], set[int]()
    while pending:
        each = pending.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        if isinstance(each, BaseExceptionGroup):
            pending += cast("BaseExceptionGroup[BaseException]", each).exceptions
        pending += [other for other in (each.__cause__, each.__context__) if other is not None]


def _locals(traceback: TracebackType | None) -> Iterator[tuple[str, object]]:
    while traceback is not None:
        yield from _own_locals(traceback.tb_frame, traceback.tb_lineno)
        traceback = traceback.tb_next


def _own_locals(frame: FrameType, line: int) -> Iterator[tuple[str, object]]:
    file = frame.f_code.co_filename
    # The caller's own frames hold what the caller passed.
    if "/tests/" not in file and "/asyncio/" not in file:
        place = f"{file.rpartition('/')[2]}:{line} {frame.f_code.co_name}"
        yield from ((f"{place}: {name}", value) for name, value in frame.f_locals.items())


def _repr(value: object) -> str:
    """Return the repr of a value, with what rich shows of it, and of the items of containers in full."""
    if isinstance(value, dict):
        return " ".join(f"{_repr(key)} {_repr(item)}" for key, item in cast("dict[object, object]", value).items())
    if isinstance(value, list | tuple | set | frozenset):
        return " ".join(_repr(item) for item in cast("list[object]", value))
    if isinstance(value, memoryview):
        return repr(value)
    try:
        fields = getattr(type(value), "__rich_repr__", None)
        return repr(value) if fields is None else f"{value!r} {_repr(fields(value))}"
    except Exception as error:  # noqa: BLE001 - a repr that fails shows nothing
        return type(error).__name__
