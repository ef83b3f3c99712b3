"""Errors of attributes that do not exist, with what to write instead.

Python suggests a close name in the tracebacks that it prints, but not in logs and notebooks, and code for boto3 uses
names that resemble none.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Final

from wsclient._core.utils import closest

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

MAX_HINTS: Final = 500
"""Hints that are kept: programs may look for any number of names."""
NO_NAMES: Final[Mapping[str, str]] = {}
_HINTS: Final[dict[tuple[type, str], str | None]] = {}
"""Hints by class and name: hasattr(), and getattr() with a default, may try a name on many objects."""


class _Explained:
    """Object that knows what to write instead of attributes that it does not have."""

    __slots__ = ()

    _other_names: ClassVar[Mapping[str, str]] = NO_NAMES
    """What to write instead of names that resemble no attribute, such as those of boto3."""

    def _instead_of(self, name: str) -> str | None:
        """Return what to write instead of a name of another library, None for any other name."""
        return self._other_names.get(name)


class ExplainedAttributes(_Explained):
    """Object whose AttributeErrors say what to write instead.

    Type checkers see no __getattr__, and report an attribute that does not exist by themselves.
    """

    __slots__ = ()

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            """Raise AttributeError with what to write instead."""
            return missing_attribute(self, name, self._instead_of)


_DICT: Final = "its members are attributes, as in .{example}, and to_dict() returns a dict"
_DICT_NAMES: Final = frozenset({"get", "items", "keys", "pop", "setdefault", "update", "values"})
_CONVERSIONS: Final = frozenset({"as_dict", "asdict", "dict", "json", "model_dump", "model_dump_json", "to_json"})


class AttributesOnly(_Explained):
    """Object with attributes that other libraries return as a dict: errors of items and of missing attributes say so.

    Errors of attributes are Python's own on Python 3.11, where each of the many reads of these attributes would take
    30 ns longer if the class had a __getattr__; later versions specialize such reads.
    """

    __slots__ = ()

    if not TYPE_CHECKING and sys.version_info >= (3, 12):

        def __getattr__(self, name: str) -> object:
            """Raise AttributeError with what to write instead."""
            return missing_attribute(self, name, self._instead_of)

    if not TYPE_CHECKING:
        # A class with __getitem__ would be taken for a sequence by iter(), and by what tries iter().
        __iter__ = None

        def __getitem__(self, key: object) -> NoReturn:
            """Raise TypeError with the attribute to write instead."""
            hint = self._instead_of(key) or closest_attribute(self, key) if isinstance(key, str) else None
            hint = hint or _DICT.format(example=_first_attribute(self))
            raise TypeError(f"{type(self).__name__!r} object is not subscriptable; {hint}")

    def _instead_of(self, name: str) -> str | None:
        if name in _DICT_NAMES:
            return _DICT.format(example=_first_attribute(self))
        return "did you mean 'to_dict'?" if name in _CONVERSIONS and hasattr(self, "to_dict") else None


def _first_attribute(owner: object) -> str:
    fields: tuple[str, ...] = getattr(type(owner), "__struct_fields__", ()) or ("name",)
    return next((name for name in fields if name != "metadata"), fields[0])


def missing_attribute(owner: object, name: str, instead_of: Callable[[str], str | None]) -> object:
    """Raise the AttributeError of an attribute that an object does not have, with instead_of(name) or the closest name.

    The error of a private name is Python's own: copy, pickle, pydantic, mocks and notebooks look for such names. So is
    that of a name which the class has: the attribute is not set yet, or the code of a property raised the error.
    """
    kind = type(owner)
    if hasattr(kind, name):
        return object.__getattribute__(owner, name)
    if name.startswith("_"):
        raise AttributeError(_native(kind, name), name=name, obj=owner)
    if (kind, name) not in _HINTS:
        if len(_HINTS) >= MAX_HINTS:
            _HINTS.clear()
        _HINTS[kind, name] = instead_of(name) or closest_attribute(owner, name)
    hint = _HINTS.get((kind, name))
    # Without obj: Python would add a suggestion of its own.
    raise AttributeError(f"{_native(kind, name)}; {hint}" if hint else _native(kind, name), name=name)


def _native(kind: type, name: str) -> str:
    return f"{kind.__name__!r} object has no attribute {name!r}"


def closest_attribute(owner: object, name: str) -> str | None:
    """Return the question for the public attribute that a name most resembles, None if it resembles none."""
    match = closest(name, [each for each in dir(owner) if not each.startswith("_")])
    return f"did you mean {match!r}?" if match else None
