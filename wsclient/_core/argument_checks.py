"""Checks of arguments: constructors and functions check what they are called with by tables of names and kinds.

An unknown name raises TypeError with the closest known one. A value of another kind raises ConfigurationError with the
option, the value and what the option takes. The kinds are in value_kinds.py.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Final, TypeVar, cast

import msgspec

from wsclient._core.errors import ConfigurationError
from wsclient._core.tracebacks import without_locals
from wsclient._core.utils import closest
from wsclient._core.value_kinds import REJECTED, Kind, show, type_names

if TYPE_CHECKING:
    from types import FunctionType

ClassT = TypeVar("ClassT", bound=type)
FunctionT = TypeVar("FunctionT", bound=Callable[..., object])

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
NO_HINTS: Final[Mapping[str, str]] = {}
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
            shown = type_names(value) if kind.is_secret else show(value)
            raise self.error(f"{owner or self.owner}.{name} must be {kind.expected}, not {shown}")
        return accepted


def unknown_option(owner: str, name: str, known: Iterable[str], hints: Mapping[str, str] = NO_HINTS) -> TypeError:
    """Return the error for an option that does not exist, with its hint, the closest name, or all names.

    A name in known that begins with a star, as *values, stands for positional arguments: it is listed, never suggested.
    """
    listed = [option for option in known if not option.startswith("_")]
    names = [option for option in listed if not option.startswith("*")]
    translated = _OTHER_NAMES.get(name)
    match = translated if translated in names else closest(name, names)
    if name in hints:
        hint = f"; {hints[name]}"
    elif match:
        hint = f"; did you mean {match!r}?"
    else:
        hint = f"; it takes {', '.join(listed)}" if 0 < len(listed) <= _MAX_LISTED else ""
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
        method = "" if is_constructor else f".{function.__name__}"
        signature = _signature(function)
        if unknown := kinds.keys() - {*signature.positional, *signature.named}:
            raise TypeError(f"{_owner(function)} has no parameter {', '.join(sorted(unknown))}")
        names_class = is_constructor or (owner is None and signature.positional[:1] == ("self",))
        known = [*(name for name in signature.named if name not in {"self", "cls"}), *(keywords or ())]
        table = OptionTable(owner or _owner(function), {**(keywords or {}), **kinds}, error)

        def wrapper(*args: object, **kwargs: object) -> object:
            # The class of the object, which may derive from the class that defines the function.
            called = f"{type(args[0]).__name__}{method}" if names_class and args else table.owner
            for name in kwargs:
                if name not in known:
                    raise unknown_option(called, name, [*known, *signature.any_number], hints)
            signature.require_arguments(called, len(args), kwargs)
            given = [
                table.accept(name, value, called) if name in table.kinds else value
                for name, value in zip(signature.positional, args, strict=False)
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


class _Signature(msgspec.Struct, frozen=True):
    """Parameters of a function: those that it takes by position and by name, and those without a default."""

    positional: tuple[str, ...]
    named: tuple[str, ...]
    required: tuple[str, ...]
    any_number: tuple[str, ...]
    """The name of *arguments with its star, or nothing."""

    def require_arguments(self, called: str, count: int, keywords: Mapping[str, object]) -> None:
        """Raise TypeError if required arguments are missing or too many are positional; count includes self."""
        if count > len(self.positional) and not self.any_number:
            keyword = next((name for name in self.named if name not in self.positional), None)
            taken = [name for name in self.positional if name not in {"self", "cls"}]
            if not taken:
                raise TypeError(f"{called} takes keyword arguments only, such as {called}({keyword}=…)")
            rest = f"; pass the others by name, such as {keyword}=…" if keyword else ""
            raise TypeError(f"{called} takes only {', '.join(taken)} by position{rest}")
        missing = [
            name if name in self.positional else f"{name}="
            for name in self.required
            if name not in keywords and name not in self.positional[:count]
        ]
        if missing:
            raise TypeError(f"{called} needs {', '.join(missing)}")


def _signature(function: Callable[..., object]) -> _Signature:
    """Return the parameters of a function, from its code, which takes a fiftieth of the time of inspect.signature()."""
    plain = cast("FunctionType", inspect.unwrap(function))
    code, optional = plain.__code__, plain.__kwdefaults__ or {}
    names, count = code.co_varnames, code.co_argcount
    by_keyword = names[count : count + code.co_kwonlyargcount]
    required = names[: count - len(plain.__defaults__ or ())]
    return _Signature(
        positional=names[:count],
        named=names[code.co_posonlyargcount : count + code.co_kwonlyargcount],
        required=(*required, *(name for name in by_keyword if name not in optional)),
        any_number=(f"*{names[count + code.co_kwonlyargcount]}",) if code.co_flags & inspect.CO_VARARGS else (),
    )


def _owner(function: Callable[..., object]) -> str:
    """Return the name of a function for messages: the class alone for a constructor."""
    return function.__qualname__.removesuffix(".__init__")
