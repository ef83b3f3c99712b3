"""Kinds of values: what an argument may be, how messages describe it, and how they show a wrong value.

A kind may convert a value that can only mean one thing. argument_checks.py checks arguments by tables of kinds.
"""

from __future__ import annotations

import inspect
import math
import os
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, cast

import msgspec

from wsclient._core.utils import with_article

REJECTED: Final = object()
"""Result of Kind.accept for a value that the option does not take."""
ACCOUNT_DIGITS: Final = 12
_MAX_SHOWN: Final = 80
_MAX_DIGITS: Final = 12
_USER_INFO: Final = r"(?s)([A-Za-z][A-Za-z0-9+.-]*://)[^/?#]*@|^[^/]*:[^/]*@"
"""Pattern of user name and password of a URL or of a proxy, compiled for the first message that needs it."""


class Kind(msgspec.Struct, frozen=True):
    """Kind of values: what messages say of it, and the check, which returns the value to use or REJECTED.

    A secret's value is not shown in messages.
    """

    expected: str
    accept: Callable[[object], object]
    is_secret: bool = False


def show(value: object) -> str:
    """Return a wrong value for messages: numbers and texts themselves, shortened; for anything else its type."""
    if isinstance(value, str):
        # Quoted after the cut, so that the quotes stay; a URL's password is not shown.
        text = re.sub(_USER_INFO, r"\1***@", value)
        return repr(text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}…")
    if value is None or isinstance(value, bool | int | float):
        text = repr(value) if not isinstance(value, int) or abs(value) < 10**_MAX_DIGITS else "a large int"
        return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}…"
    return type_names(value)


def type_names(value: object) -> str:
    """Return the type of a value, and those of the items of a list or the values of a dict: one of them is wrong."""
    name = type_name(value)
    if isinstance(value, list | tuple | set | frozenset | dict) and value:
        items = cast("Collection[object]", value.values() if isinstance(value, dict) else value)
        kinds = sorted({type_name(item) for item in items})
        return f"{name} with {' and '.join(kinds[:3])}"
    return name


def type_name(value: object) -> str:
    """Return the type of a value with its article: "a list"; for a class, that it is one."""
    if value is None:
        return "None"
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if _is_async(value):
        return "an async function"
    return with_article(type(value).__name__)


def satisfies(expected: str, test: Callable[[object], bool], *, is_secret: bool = False) -> Kind:
    """Return the kind of values for which a test is true."""
    return Kind(expected, lambda value: value if test(value) else REJECTED, is_secret)


def optional(kind: Kind) -> Kind:
    """Return the kind that takes None too."""
    is_list = " or " in kind.expected
    # Not "a whole number, at least 1 or None", which a reader takes for a minimum of None.
    none = ", or None" if "," in kind.expected and not is_list else " or None"
    expected = kind.expected.replace(", or ", " or ").replace(" or ", ", ") + none
    return Kind(expected, lambda value: None if value is None else kind.accept(value), kind.is_secret)


def secret(kind: Kind) -> Kind:
    """Return a kind whose values messages do not show."""
    return Kind(kind.expected, kind.accept, is_secret=True)


def one_of(*values: str) -> Kind:
    """Return the kind of these texts."""
    *first, last = map(repr, values)
    expected = f"{', '.join(first)} or {last}" if first else last
    return satisfies(expected, lambda value: isinstance(value, str) and value in values)


def instance_of(*types: type, expected: str) -> Kind:
    """Return the kind of objects of these types."""
    return satisfies(expected, lambda value: isinstance(value, types))


def whole_number(minimum: int, unit: str = "number") -> Kind:
    """Return the kind of whole numbers from a minimum on; a bool is not a number."""
    return satisfies(
        f"a whole {unit}, at least {minimum}",
        lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= minimum,
    )


def either(expected: str, *kinds: Kind) -> Kind:
    """Return the kind of values that one of several kinds takes, tried in order."""

    def accept(value: object) -> object:
        return next((found for kind in kinds if (found := kind.accept(value)) is not REJECTED), REJECTED)

    return Kind(expected, accept, any(kind.is_secret for kind in kinds))


def converted(kind: Kind, convert: Callable[[object], object]) -> Kind:
    """Return a kind that converts the values that another takes; convert may raise ConfigurationError."""

    def accept(value: object) -> object:
        found = kind.accept(value)
        return REJECTED if found is REJECTED else convert(found)

    return Kind(kind.expected, accept, kind.is_secret)


def collection_of(item: Kind, expected: str) -> Kind:
    """Return the kind of lists, tuples and sets of such items; a single text is not one."""
    return _items_of(item, expected, Collection)


def sequence_of(item: Kind, expected: str) -> Kind:
    """Return the kind of lists and tuples of such items; a single text is not one."""
    return _items_of(item, expected, Sequence)


def _items_of(item: Kind, expected: str, container: type) -> Kind:
    def accept(value: object) -> object:
        if isinstance(value, str | bytes | bytearray | memoryview | Mapping) or not isinstance(value, container):
            return REJECTED
        items = [item.accept(each) for each in cast("Collection[object]", value)]
        return REJECTED if any(each is REJECTED for each in items) else tuple(items)

    return Kind(expected, accept, item.is_secret)


def mapping_of(item: Kind, expected: str) -> Kind:
    """Return the kind of mappings from texts to such items, which are not converted."""

    def accept(value: object) -> object:
        if not isinstance(value, Mapping):
            return REJECTED
        # The mapping itself: the caller may change it later, as os.environ.
        items = cast("Mapping[object, object]", value).items()
        is_right = all(isinstance(key, str) and item.accept(each) is not REJECTED for key, each in items)
        return cast("object", value) if is_right else REJECTED

    return Kind(expected, accept, item.is_secret)


def _is_function(value: object) -> bool:
    return callable(value) and not isinstance(value, type)


def _is_async(value: object) -> bool:
    """Return whether calling a value returns a coroutine, for all that can be known without a call."""
    if not callable(value):
        return False
    return inspect.iscoroutinefunction(value) or inspect.iscoroutinefunction(cast("Any", type(value)).__call__)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_path(value: object) -> bool:
    if not isinstance(value, str | os.PathLike):
        return False
    path = os.fspath(cast("str | os.PathLike[str] | os.PathLike[bytes]", value))
    return isinstance(path, str) and path != "" and "\0" not in path


def _is_account_id(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and value.isdigit() and len(value) == ACCOUNT_DIGITS


def _is_positive(value: object) -> bool:
    return _is_number(value) and 0 < cast("float", value) < math.inf


BOOL: Final = satisfies("True or False", lambda value: isinstance(value, bool))
TEXT: Final = satisfies("a string", lambda value: isinstance(value, str))
NAME: Final = satisfies("a string that is not empty", lambda value: isinstance(value, str) and value != "")
ACCOUNT_ID: Final = satisfies(f"a string of {ACCOUNT_DIGITS} digits", _is_account_id)
SECONDS: Final = satisfies("a positive number of seconds", _is_positive)
RATE: Final = satisfies("a positive number of calls per second", _is_positive)
CALLABLE: Final = satisfies("a function", _is_function)
"""A function, async or not."""
CALLBACK: Final = satisfies("a plain function", lambda value: _is_function(value) and not _is_async(value))
"""A function that is called and not awaited."""
PATH: Final = converted(
    satisfies("the path of a file", _is_path),
    lambda value: os.fspath(cast("os.PathLike[str]", value)),
)
TEXTS: Final = sequence_of(TEXT, "a list of strings")
TEXT_MAP: Final = mapping_of(TEXT, "a mapping from strings to strings")
DATETIME: Final = satisfies("an aware datetime", lambda value: isinstance(value, datetime))
DURATION: Final = satisfies("a timedelta", lambda value: isinstance(value, timedelta))
CLOCK: Final = satisfies(
    "a clock, with now() and monotonic()", lambda value: hasattr(value, "now") and hasattr(value, "monotonic")
)
MAPPING: Final = satisfies("a mapping", lambda value: isinstance(value, Mapping))
ANYTHING: Final = Kind("", lambda value: value)
"""Kind of an option that its constructor checks by itself."""
