"""JSON codec of the emulator's state; every value is tagged with its type.

AWS's structures are {"$Workspace": {…}} with AWS's member names, records of the emulator {"$WorkspaceRecord": {…}},
enumerations {"$enum": ["WorkspaceState", "STOPPED"]}, timestamps {"$at": "…"}. Fields with repr=False are secrets and
are not encoded.
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
from wsclient.testing._files import FileFormatError, convert
from wsclient.testing._state import call_log as _calls
from wsclient.testing._state import directory_services as _directory_services
from wsclient.testing._state import identities as _identities
from wsclient.testing._state import network as _network
from wsclient.testing._state import records as _records
from wsclient.testing._state import store as _store
from wsclient.testing._state import vpc_endpoints as _vpc_endpoints

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import ModuleType

_TYPE_PREFIX = "$"
_MODULES: tuple[ModuleType, ...] = (
    structures,
    enums,
    _store,
    _records,
    _calls,
    _identities,
    _vpc_endpoints,
    _network,
    _directory_services,
)
"""Modules with the classes that the state may contain."""


@cache
def _classes_by_name() -> Mapping[str, type[object]]:
    found = dict[str, type[object]](EndpointKind=EndpointKind)
    for module in _MODULES:
        for name, class_ in inspect.getmembers(module, inspect.isclass):
            if issubclass(class_, Structure | OpenEnum | EndpointKind) or dataclasses.is_dataclass(class_):
                found[name] = class_
    return found


def encode(value: object) -> object:
    """Encode a value as JSON types. Raises TypeError for types that the state cannot contain."""
    if isinstance(value, OpenEnum | EndpointKind):
        return {"$enum": [type(value).__name__, value.value]}
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, Structure):
        return {f"{_TYPE_PREFIX}{type(value).__name__}": msgspec.to_builtins(value)}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        field_names = [field.name for field in dataclasses.fields(value) if field.repr]
        return {f"{_TYPE_PREFIX}{type(value).__name__}": {name: encode(getattr(value, name)) for name in field_names}}
    return _encode_builtin(value)


def _encode_builtin(value: object) -> object:
    if isinstance(value, datetime):
        return {"$at": value.isoformat()}
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, tuple | set | frozenset):
        items = [encode(item) for item in cast("tuple[object, ...]", value)]
        # Sets are sorted, so that equal states produce equal files.
        ordered = items if isinstance(value, tuple) else sorted(items, key=repr)
        return {f"{_TYPE_PREFIX}{type(value).__name__}": ordered}  # pyright: ignore[reportUnknownArgumentType]
    if is_list(value):
        return [encode(item) for item in value]
    if is_mapping(value):
        if all(isinstance(key, str) and not key.startswith(_TYPE_PREFIX) for key in value):
            return {key: encode(item) for key, item in value.items()}
        return {"$pairs": [[encode(key), encode(item)] for key, item in value.items()]}
    raise TypeError(f"cannot encode a value of type {type(value).__name__} in a snapshot")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoder:
    """Decoder of encoded values; timestamps after taken_at are shifted by elapsed, so that they stay in the future."""

    taken_at: datetime
    elapsed: timedelta

    def decode(self, data: object, where: str) -> object:
        """Decode a value. Raises FileFormatError with the location of invalid data."""
        if is_list(data):
            return [self.decode(item, f"{where}[{number}]") for number, item in enumerate(data)]
        if not is_mapping(data):
            return data
        name = next(iter(data), None)
        if len(data) != 1 or not isinstance(name, str) or not name.startswith(_TYPE_PREFIX):
            return {str(key): self.decode(item, f"{where}.{key}") for key, item in data.items()}
        inner = data[name]
        if (type_decoder := self._type_decoders().get(name)) is not None:
            try:
                return type_decoder(inner, where)
            except (ValueError, TypeError):
                raise FileFormatError(f"invalid value for {name}", where=where) from None
        return self._decode_object(name.removeprefix(_TYPE_PREFIX), inner, where)

    def _type_decoders(self) -> Mapping[str, Callable[[object, str], object]]:
        return {
            "$at": lambda data, _: self._shift_time(datetime.fromisoformat(cast("str", data))),
            "$bytes": lambda data, _: base64.b64decode(cast("str", data), validate=True),
            "$enum": lambda data, _: self._decode_enum(*cast("list[str]", data)),
            "$tuple": lambda data, where: tuple(self._decode_items(data, where)),
            "$set": lambda data, where: set(self._decode_items(data, where)),
            "$frozenset": lambda data, where: frozenset(self._decode_items(data, where)),
            "$pairs": lambda data, where: dict(
                cast("Iterator[tuple[object, object]]", self._decode_items(data, where))
            ),
        }

    def _decode_items(self, data: object, where: str) -> Iterator[object]:
        if not is_list(data):
            raise TypeError
        return (self.decode(item, f"{where}[{number}]") for number, item in enumerate(data))

    def _decode_enum(self, name: str, value: str) -> OpenEnum | EndpointKind:
        enum_type = _classes_by_name().get(name)
        if enum_type is None or not issubclass(enum_type, OpenEnum | EndpointKind):
            raise ValueError
        return enum_type(value)

    def _decode_object(self, name: str, data: object, where: str) -> object:
        class_ = _classes_by_name().get(name)
        if class_ is None:
            raise FileFormatError(f"unknown type {name}", where=where)
        if not is_mapping(data):
            raise FileFormatError(f"{name} must be an object of its members", where=where)
        if issubclass(class_, Structure):
            return self._shift_structure_times(convert(data, class_, where))
        if unknown := data.keys() - set(getattr(class_, "__dataclass_fields__", ())):
            raise FileFormatError(f"{name} has no member {', '.join(sorted(map(str, unknown)))}", where=where)
        members = {str(key): self.decode(item, f"{where}.{key}") for key, item in data.items()}
        try:
            return class_(**members)
        except TypeError:
            raise FileFormatError(f"{name} is missing required members", where=where) from None

    def _shift_structure_times(self, value: Structure) -> Structure:
        members = ((name, getattr(value, name)) for name in value.__struct_fields__)
        shifted = {name: self._shift_time(member) for name, member in members if isinstance(member, datetime)}
        return msgspec.structs.replace(value, **shifted) if shifted else value

    def _shift_time(self, at: datetime) -> datetime:
        return at + self.elapsed if at > self.taken_at else at
