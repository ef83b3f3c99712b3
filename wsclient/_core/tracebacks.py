"""Tracebacks without local variables, for functions whose frames hold secrets.

pytest -l, Sentry and rich show the local variables of every frame of an error and of its causes. On the way out of a
function marked without_locals, the frames of wsclient and of the libraries below it are replaced: file, line and name
stay, so that the traceback reads as before, but the local variables are gone. Frames of the caller's own code (a
provider, a middleware, a transport) stay as they are.

Of an error that only the caller can fix (settings, arguments, credentials), these frames are left out: its message says
what is wrong and where it was set, and the frames of wsclient would hide the caller's line.
"""

from __future__ import annotations

import functools
import inspect
import sys
from functools import lru_cache
from types import FunctionType, TracebackType
from typing import TYPE_CHECKING, Final, TypeVar, cast

from wsclient._core.errors import ConfigurationError, CredentialsError, RequestValidationError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
    from types import CodeType, FrameType

    Explain = Callable[[BaseException, Sequence[object], Mapping[str, object]], None]

FunctionT = TypeVar("FunctionT", bound="Callable[..., object]")

_PACKAGES: Final = sys.stdlib_module_names | {
    "aiobotocore",
    "aiohappyeyeballs",
    "aiohttp",
    "anyio",
    "boto3",
    "botocore",
    "h11",
    "httpcore",
    "httpcore2",
    "httptools",
    "httpx",
    "httpx2",
    "msgspec",
    "tenacity",
    "truststore",
    "urllib3",
    "wsclient",
}
"""Packages whose frames are replaced."""

_NO_KEYWORDS: Final[dict[str, object]] = {}


def without_locals(function: FunctionT, explain: Explain | None = None) -> FunctionT:
    """Return a function, sync or async, whose errors show no local variable of its frame or of those below it.

    explain may change an error before it is raised; it gets the arguments of the call, too. For an async function it
    is called only if these do not match the parameters.
    """
    if inspect.iscoroutinefunction(function):
        run = cast("Callable[..., Awaitable[object]]", function)

        async def async_wrapper(*args: object, **kwargs: object) -> object:
            try:
                running = run(*args, **kwargs)
            except BaseException as error:  # noqa: BLE001 - raised again
                if explain is not None:
                    explain(error, args, kwargs)
                args, kwargs = (), {}  # emptied, not deleted: IPython cannot show a frame without its arguments
                raise hide_locals(error)  # noqa: B904 - the error itself
            # While the function runs, the caller's hooks may log their stack with its locals (Sentry, loguru).
            args, kwargs = (), _NO_KEYWORDS
            try:
                return await running
            except BaseException as error:  # noqa: BLE001 - raised again
                raise hide_locals(error)  # noqa: B904 - the error itself

        return cast("FunctionT", functools.wraps(function)(async_wrapper))

    def wrapper(*args: object, **kwargs: object) -> object:
        try:
            return function(*args, **kwargs)
        except BaseException as error:  # noqa: BLE001 - raised again
            if explain is not None:
                explain(error, args, kwargs)
            args, kwargs = (), {}
            raise hide_locals(error)  # noqa: B904 - the error itself

    return cast("FunctionT", functools.wraps(function)(wrapper))


def hide_locals(error: BaseException) -> BaseException:
    """Replace the frames of an error that its caller has caught, and of its causes; return the error."""
    # The first frame is the caller's, which raises the error again and so is added once more.
    own = error.__traceback__.tb_next if error.__traceback__ is not None else None
    is_of_caller = isinstance(error, ConfigurationError | CredentialsError | RequestValidationError)
    error.__traceback__ = _hidden(own, keeps_package=not is_of_caller)
    for cause in _causes(error):
        if _is_of_package(_deepest(cause.__traceback__)):
            _forget_document(cause)
        cause.__traceback__ = _hidden(cause.__traceback__)
    return error


def _forget_document(error: BaseException) -> None:
    """Remove what could not be encoded, decoded or parsed as JSON from the error."""
    json = sys.modules.get("json.decoder")  # not imported for this: few programs have such an error
    if isinstance(error, UnicodeEncodeError):
        error.args, error.object = (), ""
    elif isinstance(error, UnicodeDecodeError):
        error.args, error.object = (), b""
    elif json is not None and isinstance(error, json.JSONDecodeError):
        error.__dict__["doc"] = ""


def _deepest(traceback: TracebackType | None) -> FrameType | None:
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    return None if traceback is None else traceback.tb_frame


def _is_of_package(frame: FrameType | None) -> bool:
    return frame is not None and str(frame.f_globals.get("__name__", "")).partition(".")[0] in _PACKAGES


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield everything that an error was raised from or while handling, once each."""
    pending, seen = [error], {id(error)}
    while pending:
        each = pending.pop()
        related = [each.__cause__, each.__context__]
        if isinstance(each, BaseExceptionGroup):
            related += cast("BaseExceptionGroup[BaseException]", each).exceptions
        for other in related:
            if other is not None and id(other) not in seen:
                seen.add(id(other))
                pending.append(other)
                yield other


def _hidden(traceback: TracebackType | None, *, keeps_package: bool = True) -> TracebackType | None:
    entries: list[TracebackType] = []
    while traceback is not None:
        if keeps_package or not _is_of_package(traceback.tb_frame):
            entries.append(traceback)
        traceback = traceback.tb_next
    result: TracebackType | None = None
    for entry in reversed(entries):
        frame, last_instruction = entry.tb_frame, entry.tb_lasti
        module = str(frame.f_globals.get("__name__", ""))
        if frame.f_globals.get(_MARK) is None and _is_of_package(frame):
            frame = _empty_frame(frame.f_code, entry.tb_lineno, module)
            last_instruction = frame.f_lasti
        result = TracebackType(result, frame, last_instruction, entry.tb_lineno)
    return result


_MARK: Final = "__without_locals__"


def _raise() -> None:
    raise RuntimeError


# Positions without columns for every 8 instructions (CPython, Objects/locations.md): the columns would be those of
# _raise, and the traceback would underline parts of another line.
_NO_COLUMNS: Final = b"".join(
    bytes([0x80 | 13 << 3 | min(8, left) - 1, 0]) for left in range(len(_raise.__code__.co_code) // 2, 0, -8)
)


@lru_cache(maxsize=512)
def _empty_frame(code: CodeType, line: int, module: str) -> FrameType:
    """Return a frame without local variables that shows the file, line and name of a code object."""
    copied = _raise.__code__.replace(
        co_filename=code.co_filename,
        co_name=code.co_name,
        co_qualname=code.co_qualname,
        co_firstlineno=line,
        co_linetable=_NO_COLUMNS,
    )
    try:
        FunctionType(copied, {"__name__": module, _MARK: True})()
    except RuntimeError as error:
        traceback = cast("TracebackType", cast("TracebackType", error.__traceback__).tb_next)
        return traceback.tb_frame
    raise AssertionError("unreachable: the copied function raises")
