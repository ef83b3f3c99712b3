"""Which errors a function of the emulator can raise, read from its source and that of every function it calls."""

from __future__ import annotations

import ast
import inspect
import textwrap
from typing import TYPE_CHECKING

from wsclient._core.errors import ServiceError
from wsclient.testing._operations.pagination import paginate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PACKAGE = "wsclient.testing."


def raised_by(function: Callable[..., object]) -> set[str]:
    """Return the codes of the service errors that a call of the function may end in."""
    codes: set[str] = set()
    _follow(function, codes, set())
    return codes


def _follow(function: Callable[..., object], codes: set[str], seen: set[object]) -> None:
    if function in seen:
        return
    seen.add(function)
    for node in _nodes(function):
        if not isinstance(node, ast.Call):
            continue
        called = _named(node.func, function)
        if inspect.isclass(called) and issubclass(called, ServiceError):
            codes.add(called.code)
        elif called is paginate:
            codes.add(_error_code(node, function))
        elif inspect.isfunction(called) and called.__module__.startswith(_PACKAGE):
            _follow(called, codes, seen)


def _nodes(function: Callable[..., object]) -> Iterator[ast.AST]:
    return _walk(ast.parse(textwrap.dedent(inspect.getsource(function))), function)


def _walk(node: ast.AST, function: Callable[..., object]) -> Iterator[ast.AST]:
    """Yield every node but those under a try that catches whatever error of a service comes out of them."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not (isinstance(node, ast.Try) and child in node.body and _catches_all(node, function)):
            yield from _walk(child, function)


def _catches_all(attempt: ast.Try, function: Callable[..., object]) -> bool:
    caught = [_named(handler.type, function) for handler in attempt.handlers if handler.type is not None]
    return ServiceError in caught


def _named(node: ast.AST, function: Callable[..., object]) -> object:
    """Return what a name means where the function is written."""
    return vars(inspect.getmodule(function)).get(node.id) if isinstance(node, ast.Name) else None


def _error_code(call: ast.Call, function: Callable[..., object]) -> str:
    """Return the code that a page refuses a token with: the one it is given, or its own."""
    values = [_named(keyword.value, function) for keyword in call.keywords if keyword.arg == "error_type"]
    error = values[0] if values else inspect.signature(paginate).parameters["error_type"].default
    assert inspect.isclass(error)
    assert issubclass(error, ServiceError)
    return error.code
