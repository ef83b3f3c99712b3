"""OpenEnum, the base of AWS's enumerations, which keeps values that the model does not define."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final, Literal, Self, cast

from wsclient._core.utils import close_matches


class OpenEnum(StrEnum):
    """String enumeration that accepts values newer than the model, with is_unknown set.

    Unknown values compare, hash, pickle and print like any string. They are not members: iteration and `in list(...)`
    include only the values of the model. The unknown value "" stands for a member that a response lacks although AWS
    always sends it; it is false.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        """Return an unknown value; only "" is cached, so that input from outside cannot grow the class."""
        if not isinstance(value, str):
            return None
        if not value and (empty := _EMPTY.get(cls)) is not None:
            return cast("Self", empty)
        unknown_value = str.__new__(cls, value)
        unknown_value._name_ = value
        unknown_value._value_ = value
        if not value:
            _EMPTY[cls] = unknown_value
        return unknown_value

    def __reduce_ex__(self, protocol: object) -> tuple[type[Self], tuple[str]]:
        """Pickle and copy by value: Python 3.11.0 to 3.11.3 look for the name, which an unknown value does not have."""
        return type(self), (self._value_,)

    @property
    def is_unknown(self) -> bool:
        """True if the model that wsclient was generated from does not define this value."""
        return self._value_ not in type(self)._value2member_map_


_EMPTY: Final[dict[type[OpenEnum], OpenEnum]] = {}
"""The value "" of each enumeration. to_dict() omits it by its identity."""


def text_aliases(members: Mapping[str, object]) -> Callable[[str], object]:
    """Return the __getattr__ of a module of enumerations (PEP 562): XText is X or one of the texts of X.

    The aliases are for annotations. Type checkers see those that the module spells out for them.
    """

    def __getattr__(name: str) -> object:  # noqa: N807 - the function is a module's __getattr__
        enum = members.get(name.removesuffix("Text"))
        if name.endswith("Text") and isinstance(enum, type) and issubclass(enum, OpenEnum):
            texts = tuple(member.value for member in enum)
            return enum | cast("Any", Literal)[texts]
        raise AttributeError(f"module {members['__name__']!r} has no attribute {name!r}")

    return __getattr__


def unknown_value_text(name: str, value: str, enum: type[OpenEnum]) -> str:
    """Return the message for a value that the model does not define: the closest one, and how to pass a new one."""
    matches = close_matches(value.upper(), list(enum), most=1)
    hint = f"did you mean '{matches[0]}'?" if matches else f"known are {', '.join(enum)}."
    return f"unknown {name} {value!r}; {hint} Pass a value that is new at AWS as types.{enum.__name__}(…)"
