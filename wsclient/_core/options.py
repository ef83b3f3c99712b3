"""Options: tables of names and kinds of values, by which constructors and functions check their arguments.

An unknown name raises TypeError with the closest known one. A value of another kind raises ConfigurationError with the
option, the value and what the option takes. A kind may convert a value that can only mean one thing.
"""

from __future__ import annotations

import functools
import inspect
import math
import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeVar, cast

import msgspec

from wsclient._core.errors import ConfigurationError
from wsclient._core.tracebacks import without_locals
from wsclient._core.utils import closest, with_article

if TYPE_CHECKING:
    from types import FunctionType

ClassT = TypeVar("ClassT", bound=type)
FunctionT = TypeVar("FunctionT", bound=Callable[..., object])

REJECTED: Final = object()
"""Result of Kind.accept for a value that the option does not take."""
ACCOUNT_DIGITS: Final = 12
_MAX_SHOWN: Final = 80
_MAX_LISTED: Final = 12
_OTHER_NAMES: Final = {
    "MaxItems": "limit",
    "MaxResults": "limit",
    "PageSize": "limit",
    "StartingToken": "next_token",
    "access_key_id": "credentials",
    "aws_access_key_id": "credentials",
    "aws_secret_access_key": "credentials",
    "aws_session_token": "credentials",
    "ca_bundle": "tls",
    "ca_file": "tls",
    "client_cert": "tls",
    "limits": "max_connections",
    "max_attempts": "retry",
    "proxies": "proxy",
    "rate": "pace",
    "rate_limit": "pace",
    "read_timeout": "timeout",
    "role_arn": "credentials",
    "secret_access_key": "credentials",
    "session": "credentials",
    "session_token": "credentials",
    "ssl": "tls",
    "ssl_context": "tls",
    "use_dualstack_endpoint": "use_dualstack",
    "use_fips_endpoint": "use_fips",
    "user_agent_appid": "app_id",
    "user_agent_extra": "app_id",
    "verify": "tls",
    "verify_ssl": "tls",
}
"""Our options and parameters by the names of boto3, httpx and aiohttp, where the closest name is another one."""
_USER_INFO: Final = r"(?s)([A-Za-z][A-Za-z0-9+.-]*://)[^/?#]*@|^[^/]*:[^/]*@"
"""Pattern of user name and password of a URL or of a proxy, compiled for the first message that needs it."""


NO_HINTS: Final[Mapping[str, str]] = {}


class Kind(msgspec.Struct, frozen=True):
    """Kind of values: what messages say of it, and the check, which returns the value to use or REJECTED.

    A secret's value is not shown in messages.
    """

    expected: str
    accept: Callable[[object], object]
    is_secret: bool = False


Kinds = Mapping[str, Kind]
"""Table of options: the kind of values by name."""


class OptionTable(msgspec.Struct, frozen=True):
    """Options of a constructor or function: its name in messages, the kinds by option, and the error of its values."""

    owner: str
    kinds: Kinds
    error: type[ConfigurationError] = ConfigurationError

    def check(self, options: Mapping[str, object], owner: str | None = None) -> dict[str, object]:
        """Return the options with their values converted; owner replaces the table's in messages.

        Raises TypeError for an unknown name, ConfigurationError for a value of the wrong kind.
        """
        return {name: self.accept(name, value, owner) for name, value in options.items()}

    def accept(self, name: str, value: object, owner: str | None = None) -> object:
        """Return the value to use for an option; see check()."""
        kind = self.kinds.get(name)
        if kind is None:
            raise unknown_option(owner or self.owner, name, self.kinds)
        accepted = kind.accept(value)
        if accepted is REJECTED:
            shown = _type_names(value) if kind.is_secret else show(value)
            raise self.error(f"{owner or self.owner}.{name} must be {kind.expected}, not {shown}")
        return accepted


def unknown_option(owner: str, name: str, known: Iterable[str], hints: Mapping[str, str] = NO_HINTS) -> TypeError:
    """Return the error for an option that does not exist, with its hint, the closest name, or all names."""
    names = [option for option in known if not option.startswith("_")]
    translated = _OTHER_NAMES.get(name)
    match = translated if translated in names else closest(name, names)
    if name in hints:
        hint = f"; {hints[name]}"
    elif match:
        hint = f"; did you mean {match!r}?"
    else:
        hint = f"; it takes {', '.join(names)}" if 0 < len(names) <= _MAX_LISTED else ""
    return TypeError(f"{owner} has no option {name!r}{hint}")


def checked(
    kinds: Kinds,
    *,
    keywords: Kinds | None = None,
    owner: str | None = None,
    error: type[ConfigurationError] = ConfigurationError,
    hints: Mapping[str, str] = NO_HINTS,
) -> Callable[[FunctionT], FunctionT]:
    """Return a decorator that checks and converts the arguments of a function by these kinds.

    keywords is the table of the options that the function takes as **options, for example to pass them on. hints are
    what messages say of options that another function takes, by name.
    Parameters without a kind are passed on unchecked. A constructor's messages name the class that is created. The
    wrapper's frames show no argument in tracebacks.
    """

    def decorate(function: FunctionT) -> FunctionT:
        is_constructor = function.__name__ == "__init__"
        positional, named = _parameters(function)
        if strangers := kinds.keys() - {*positional, *named}:
            raise TypeError(f"{_owner(function)} has no parameter {', '.join(sorted(strangers))}")
        takes_keywords_only = is_constructor and positional == ("self",)
        known = [*(name for name in named if name not in {"self", "cls"}), *(keywords or ())]
        table = OptionTable(owner or _owner(function), {**(keywords or {}), **kinds}, error)

        def wrapper(*args: object, **kwargs: object) -> object:
            called = type(args[0]).__name__ if is_constructor and args else table.owner
            if takes_keywords_only and len(args) > 1:
                raise TypeError(f"{called} takes keyword arguments only, such as {called}({known[0]}=…)")
            for name in kwargs:
                if name not in known:
                    raise unknown_option(called, name, known, hints)
            given = [
                table.accept(name, value, called) if name in table.kinds else value
                for name, value in zip(positional, args, strict=False)
            ]
            options = {
                name: table.accept(name, value, called) if name in table.kinds else value
                for name, value in kwargs.items()
            }
            return function(*given, *args[len(given) :], **options)

        wrapped = cast("FunctionT", functools.wraps(function)(without_locals(wrapper)))
        TABLES[table.owner] = table
        return wrapped

    return decorate


def checked_class(
    kinds: Kinds, *, others: Kind | None = None, error: type[ConfigurationError] = ConfigurationError
) -> Callable[[ClassT], ClassT]:
    """Return a decorator that checks the constructor of a class, such as a dataclass, as checked() does.

    others is the kind of the fields that kinds does not name.
    """

    def decorate(cls: ClassT) -> ClassT:
        table = kinds if others is None else {**dict.fromkeys(cls.__annotations__, others), **kinds}
        constructor: Callable[..., object] = vars(cls)["__init__"]
        # Type checkers keep the signature that they know: setattr does not change it.
        setattr(cls, "__init__", checked(table, owner=cls.__name__, error=error)(constructor))  # noqa: B010 - see above
        return cls

    return decorate


TABLES: Final[dict[str, OptionTable]] = {}
"""Tables of the checked constructors and functions that were imported, by owner; tests go through them."""


def _parameters(function: Callable[..., object]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the parameters that a function takes by position, and those that it takes by name.

    From its code, which takes a fiftieth of the time of inspect.signature().
    """
    code = cast("FunctionType", inspect.unwrap(function)).__code__
    names, count = code.co_varnames, code.co_argcount
    return names[:count], names[code.co_posonlyargcount : count + code.co_kwonlyargcount]


def _owner(function: Callable[..., object]) -> str:
    """Return the name of a function for messages: the class alone for a constructor."""
    return function.__qualname__.removesuffix(".__init__")


def show(value: object) -> str:
    """Return a wrong value for messages: numbers and texts themselves, shortened; for anything else its type."""
    if isinstance(value, str):
        # Quoted after the cut, so that the quotes stay; a URL's password is not shown.
        text = re.sub(_USER_INFO, r"\1***@", value)
        return repr(text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}…")
    if value is None or isinstance(value, bool | int | float):
        text = repr(value) if not isinstance(value, int) or abs(value) < 10**_MAX_LISTED else "a large int"
        return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}…"
    return _type_names(value)


def _type_names(value: object) -> str:
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
    return with_article(type(value).__name__)


# Kinds of values.


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
CALLABLE: Final = satisfies("a function", lambda value: callable(value) and not isinstance(value, type))
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
