"""The emulator's resources as JSON and back: every value says what it is, so that nothing is guessed.

AWS's structures are {"$Workspace": {…}} in AWS's own names, records of the emulator {"$WorkspaceRecord": {…}},
enumerations {"$enum": ["WorkspaceState", "STOPPED"]}, times {"$at": "…"}. What no repr shows is a secret and left out.
"""

from __future__ import annotations

import base64
import dataclasses
import inspect
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, cast

import msgspec

from wsclient._core.model.enums import OpenEnum
from wsclient._core.model.structures import Structure
from wsclient._core.utils import is_list, is_mapping
from wsclient._generated.workspaces import enums, structures
from wsclient.endpoints._types import EndpointKind
from wsclient.testing._files import FileFormatError, converted
from wsclient.testing._state import call_log as _calls
from wsclient.testing._state import identities as _identities
from wsclient.testing._state import records as _records
from wsclient.testing._state import store as _store
from wsclient.testing._state import vpc_endpoints as _vpc_endpoints

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import ModuleType

_MARK = "$"
_MODULES: tuple[ModuleType, ...] = (structures, enums, _store, _records, _calls, _identities, _vpc_endpoints)
"""Where the classes are of which values may be."""


@cache
def _classes() -> Mapping[str, type[object]]:
    found = dict[str, type[object]](EndpointKind=EndpointKind)
    for module in _MODULES:
        for name, kind in inspect.getmembers(module, inspect.isclass):
            if issubclass(kind, Structure | OpenEnum | EndpointKind) or dataclasses.is_dataclass(kind):
                found[name] = kind
    return found


def encoded(value: object) -> object:
    """Return a value in types that JSON knows; raises TypeError for one that no state holds."""
    if isinstance(value, OpenEnum | EndpointKind):
        return {"$enum": [type(value).__name__, value.value]}
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, Structure):
        return {f"{_MARK}{type(value).__name__}": msgspec.to_builtins(value)}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        shown = [field.name for field in dataclasses.fields(value) if field.repr]
        return {f"{_MARK}{type(value).__name__}": {name: encoded(getattr(value, name)) for name in shown}}
    return _encoded_builtin(value)


def _encoded_builtin(value: object) -> object:
    if isinstance(value, datetime):
        return {"$at": value.isoformat()}
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, tuple | set | frozenset):
        items = [encoded(item) for item in cast("tuple[object, ...]", value)]
        # A set has no order, and a file that is written again shall differ only where the state does.
        ordered = items if isinstance(value, tuple) else sorted(items, key=repr)
        return {f"{_MARK}{type(value).__name__}": ordered}  # pyright: ignore[reportUnknownArgumentType]
    if is_list(value):
        return [encoded(item) for item in value]
    if is_mapping(value):
        if all(isinstance(key, str) and not key.startswith(_MARK) for key in value):
            return {key: encoded(item) for key, item in value.items()}
        return {"$pairs": [[encoded(key), encoded(item)] for key, item in value.items()]}
    raise TypeError(f"a {type(value).__name__} is no part of a state")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoder:
    """Reads values back: what was to come when they were written is as far off now as it was then."""

    taken_at: datetime
    passed: timedelta

    def value(self, data: object, where: str) -> object:
        """Return the value; raises FileFormatError with the place of what is none."""
        if is_list(data):
            return [self.value(item, f"{where}[{number}]") for number, item in enumerate(data)]
        if not is_mapping(data):
            return data
        name = next(iter(data), None)
        if len(data) != 1 or not isinstance(name, str) or not name.startswith(_MARK):
            return {str(key): self.value(item, f"{where}.{key}") for key, item in data.items()}
        inner = data[name]
        if (reader := self._readers().get(name)) is not None:
            try:
                return reader(inner, where)
            except (ValueError, TypeError):
                raise FileFormatError(f"this is no {name.removeprefix(_MARK)}", where=where) from None
        return self._object(name.removeprefix(_MARK), inner, where)

    def _readers(self) -> Mapping[str, Callable[[object, str], object]]:
        return {
            "$at": lambda data, _: self._later(datetime.fromisoformat(cast("str", data))),
            "$bytes": lambda data, _: base64.b64decode(cast("str", data), validate=True),
            "$enum": lambda data, _: self._enum(*cast("list[str]", data)),
            "$tuple": lambda data, where: tuple(self._items(data, where)),
            "$set": lambda data, where: set(self._items(data, where)),
            "$frozenset": lambda data, where: frozenset(self._items(data, where)),
            "$pairs": lambda data, where: dict(cast("Iterator[tuple[object, object]]", self._items(data, where))),
        }

    def _items(self, data: object, where: str) -> Iterator[object]:
        if not is_list(data):
            raise TypeError
        return (self.value(item, f"{where}[{number}]") for number, item in enumerate(data))

    def _enum(self, name: str, value: str) -> OpenEnum | EndpointKind:
        kind = _classes().get(name)
        if kind is None or not issubclass(kind, OpenEnum | EndpointKind):
            raise ValueError
        return kind(value)

    def _object(self, name: str, data: object, where: str) -> object:
        kind = _classes().get(name)
        if kind is None or not is_mapping(data):
            raise FileFormatError(f"there is no {name} in a state", where=where)
        if issubclass(kind, Structure):
            return self._structure(converted(data, kind, where))
        if unknown := data.keys() - set(getattr(kind, "__dataclass_fields__", ())):
            raise FileFormatError(f"a {name} has no {', '.join(sorted(map(str, unknown)))}", where=where)
        members = {str(key): self.value(item, f"{where}.{key}") for key, item in data.items()}
        try:
            return kind(**members)
        except TypeError:
            raise FileFormatError(f"a {name} has more members than these", where=where) from None

    def _structure(self, value: Structure) -> Structure:
        members = ((name, getattr(value, name)) for name in value.__struct_fields__)
        later = {name: self._later(member) for name, member in members if isinstance(member, datetime)}
        return msgspec.structs.replace(value, **later) if later else value

    def _later(self, at: datetime) -> datetime:
        return at + self.passed if at > self.taken_at else at
