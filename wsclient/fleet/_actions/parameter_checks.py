"""Checks of an action's parameters when it is planned: members, types and values of enumerations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from wsclient._core.errors import ConfigurationError, RequestValidationError
from wsclient._core.model.enums import OpenEnum, unknown_value_text
from wsclient._core.model.shapes import structure_members
from wsclient._core.model.structures import Structure
from wsclient._core.model.validation import validate
from wsclient._core.protocols.values import encoding_error
from wsclient._core.utils import has_lone_surrogate, is_list
from wsclient._core.value_kinds import type_name
from wsclient._generated.workspaces import structures as s

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wsclient._core.model.shapes import Shape


def check_structure(action: str, structure: Structure) -> None:
    """Raise RequestValidationError for a missing or mistyped member, ConfigurationError for an unknown value."""
    validate(action, structure)
    if (error := encoding_error(structure.to_dict(), msgspec.json.encode)) is not None:
        raise RequestValidationError(f"{action}: {error}; nothing was sent", path=error.path)
    for path, value, enum in _enum_values(structure):
        check_value(action, path, value, enum)


def check_value(action: str, name: str, value: object, enum: type[OpenEnum]) -> None:
    """Raise ConfigurationError for a str that is not a value of an enumeration; values made by the enumeration pass."""
    if isinstance(value, str) and not isinstance(value, OpenEnum) and enum(value).is_unknown:
        raise ConfigurationError(f"{action}: {unknown_value_text(name, value, enum)}; nothing was sent")


def check_tags(action: str, tags: Iterable[tuple[object, object]]) -> None:
    """Raise ConfigurationError for a key or value that is not a str, an empty key, and a lone surrogate."""
    for key, value in tags:
        if not isinstance(key, str) or not key or not isinstance(value, str):
            raise ConfigurationError(f"{action}: keys and values of tags are str, not {key!r:.80}: {value!r:.80}")
        if has_lone_surrogate(key) or has_lone_surrogate(value):
            raise ConfigurationError(
                f"{action}: the tag {key!r:.80} contains a lone surrogate, which UTF-8 cannot encode; nothing was sent"
            )


def check_requests(requests: Iterable[object]) -> None:
    """Raise RequestValidationError or ConfigurationError for an invalid request to create a WorkSpace."""
    for request in requests:
        if not isinstance(request, s.WorkspaceRequest):
            raise ConfigurationError(f"create: requests= takes types.WorkspaceRequest(…), not {type_name(request)}")
        check_structure("create", request)


def _enum_values(structure: Structure, prefix: str = "") -> Iterator[tuple[str, object, type[OpenEnum]]]:
    """Yield the path, value and enumeration of each member that has one."""
    for member in structure_members(type(structure)):
        yield from _values_within(f"{prefix}{member.field}", getattr(structure, member.field), member.shape)


def _values_within(path: str, value: object, shape: Shape) -> Iterator[tuple[str, object, type[OpenEnum]]]:
    if isinstance(value, Structure):
        yield from _enum_values(value, f"{path}.")
    elif is_list(value) and shape.item is not None:
        for item in value:
            yield from _values_within(path, item, shape.item)
    elif shape.enum is not None and value is not None:
        yield path, value, shape.enum
