"""Errors of calls whose arguments an operation does not take: the closest parameter, in place of Python's message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wsclient._core.argument_checks import NO_HINTS, unknown_option

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import FunctionType

_FILTERS: Final[Mapping[str, str]] = dict.fromkeys(
    ("where", "filters", "state", "states", "tags", "running_mode", "compute_type", "operating_system"),
    "AWS filters by ids, directory, user and bundle only; fleet.inventory(where=…) of wsclient.fleet does by the rest",
)
"""Hints for the filters that DescribeWorkspaces does not have."""


def explain_arguments(
    method: FunctionType, error: BaseException, arguments: Sequence[object], keywords: Mapping[str, object]
) -> None:
    """Rewrite the TypeError of a call that could not be bound: an unknown, missing or positional argument."""
    traceback = error.__traceback__
    if type(error) is not TypeError or traceback is None or traceback.tb_next is not None:
        return  # raised within the method
    code, defaults = method.__code__, method.__kwdefaults__ or {}
    name = f"{type(arguments[0]).__name__}.{method.__name__}" if arguments else method.__name__
    known = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    unknown = next((keyword for keyword in keywords if keyword not in known), None)
    missing = [parameter for parameter in known if parameter not in keywords and parameter not in defaults]
    if unknown is not None:
        hints = _FILTERS if method.__name__ == "describe_workspaces" else NO_HINTS
        error.args = unknown_option(name, unknown, known, hints).args
    elif len(arguments) > code.co_argcount:
        error.args = (f"{name} takes keyword arguments only, such as {known[0]}=…",)
    elif missing:
        error.args = (f"{name} needs {', '.join(f'{parameter}=' for parameter in missing)}",)
