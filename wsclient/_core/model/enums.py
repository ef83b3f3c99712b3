"""The base of AWS's enumerations, which stay usable when AWS adds a value."""

from enum import StrEnum
from typing import Self


class OpenEnum(StrEnum):
    """An enumeration of strings in which a value newer than the model is a value too, marked is_unknown.

    Unknown values compare, hash, pickle and print like any string; they are not members, so iteration and
    `in list(...)` show what the model names.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        """Give a stand-in for a value that the model does not name; it is not remembered, so input cannot grow it."""
        if not isinstance(value, str):
            return None
        stand_in = str.__new__(cls, value)
        stand_in._name_ = value
        stand_in._value_ = value
        return stand_in

    @property
    def is_unknown(self) -> bool:
        """Whether the model that wsclient was generated from does not name this value."""
        return self._value_ not in type(self)._value2member_map_
