"""Request validation: converts parsed members to a generated request structure and checks the model's limits.

A value of the wrong type raises SerializationException. Missing members and values outside the model's limits (length,
range, pattern, enumeration) raise one ValidationException that lists all violations, worded as AWS services word them.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, cast

import msgspec

from wsclient._core.decodable import decodable
from wsclient._core.model.gaps import fill_gaps
from wsclient._core.model.shapes import Member, Shape, ShapeKind, structure_members
from wsclient._core.service_errors import SerializationException, ValidationException

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wsclient._core.model.operations import AnyOperation
    from wsclient._core.model.structures import Limits, Structure

_MAX_SHOWN = 100
"""Maximum number of characters of a rejected value in an error message."""
_MAX_VIOLATIONS = 50
"""Maximum number of violations in an error message, which bounds the size of the response."""
_LONG_LIMIT = 2**63
"""Integers of AWS's models have at most 64 bits, signed."""
_TYPES: Mapping[ShapeKind, tuple[type, ...]] = {
    ShapeKind.STRING: (str,),
    ShapeKind.INTEGER: (int,),
    ShapeKind.FLOAT: (float, int),
    ShapeKind.BOOLEAN: (bool,),
    ShapeKind.TIMESTAMP: (datetime,),
    ShapeKind.BLOB: (bytes,),
    ShapeKind.LIST: (list,),
    ShapeKind.MAP: (dict,),
    ShapeKind.STRUCTURE: (dict,),
}
_INVALID_VALUES = "InvalidParameterValuesException"
_MAY_BE_EMPTY = frozenset(
    {
        # The new rules replace the current ones, so that an empty list removes all. "UpdateRulesOfIpGroup",
        # https://docs.aws.amazon.com/workspaces/latest/api/API_UpdateRulesOfIpGroup.html
        ("UpdateRulesOfIpGroup", "UserRules"),
    }
)
"""Required lists that may be empty, by operation and member."""
_JAVA_CLASSES = {r"\p{L}": r"\w", r"\p{N}": r"\d", r"\p{Z}": r"\s"}
"""Unicode classes in AWS's patterns, and the closest classes in Python's dialect."""


class MissingMemberError(ValidationException):
    """The request lacks a member that the operation requires; member is its name."""

    member = ""


def read_request(operation: AnyOperation, values: Mapping[str, object]) -> Structure:
    """Convert and validate a request. Raises SerializationException or ValidationException."""
    reader = _Reader()
    checked = reader.structure(operation.input, values, "")
    if reader.violations:
        raise reader.validation_error()
    _reject_empty_lists(operation, checked)
    return msgspec.convert(fill_gaps(checked, operation.input), decodable(operation.input), strict=False)


def _reject_empty_lists(operation: AnyOperation, checked: Mapping[str, object]) -> None:
    """Raise the error with which AWS answers an empty list that an operation requires, without a limit in the model."""
    for member in structure_members(operation.input):
        is_empty = member.required and checked.get(member.name) == []
        if is_empty and (operation.name, member.name) not in _MAY_BE_EMPTY:
            error = next((kind for kind in operation.errors if kind.code == _INVALID_VALUES), ValidationException)
            raise error(f"{member.name} must not be empty")


@dataclass(slots=True)
class _Reader:
    """Recursive validator of one request that collects violations of the model's limits."""

    violations: list[str] = field(default_factory=list[str])
    missing_member: str | None = None

    def structure(self, structure_type: type[Structure], values: Mapping[str, object], path: str) -> dict[str, object]:
        """Convert and validate the members in the model; unknown members are ignored, as AWS does."""
        checked: dict[str, object] = {}
        for member in structure_members(structure_type):
            value = values.get(member.name)
            where = f"{path}.{_camel_case(member.name)}" if path else _camel_case(member.name)
            if value is not None:
                checked[member.name] = self._value(member, member.shape, value, where)
            elif member.required and not member.forgotten:
                self.missing_member = self.missing_member or member.name
                self._add_violation("Value null", where, "Member must not be null")
        return checked

    def _value(self, member: Member, shape: Shape, value: object, path: str) -> object:
        value = _coerce(shape.kind, value, path)
        if not self._check(member, shape, value, path):
            return value
        if shape.structure is not None:
            return self.structure(shape.structure, cast("dict[str, object]", value), path)
        if shape.item is None:
            return value
        item = shape.item
        if isinstance(value, list):
            entries = enumerate(cast("list[object]", value), start=1)
            return [self._value(member, item, entry, f"{path}.{number}.member") for number, entry in entries]
        pairs = cast("dict[object, object]", value).items()
        key = cast("Shape", shape.key)
        return {
            self._value(member, key, name, f"{path}.key"): self._value(member, item, entry, f"{path}.value")
            for name, entry in pairs
        }

    def _check(self, member: Member, shape: Shape, value: object, path: str) -> bool:
        """Record the constraints that a value violates; return True if it satisfies all and its items are checked."""
        constraints = list(_broken_constraints(shape, value))
        for constraint in constraints:
            shown = "Value" if member.sensitive or isinstance(value, bytes) else f"Value '{_truncate(value)}'"
            self._add_violation(shown, path, constraint)
        return not constraints

    def _add_violation(self, value: str, path: str, constraint: str) -> None:
        self.violations.append(f"{value} at '{path}' failed to satisfy constraint: {constraint}")
        if len(self.violations) == _MAX_VIOLATIONS:
            raise self.validation_error()

    def validation_error(self) -> ValidationException:
        """Return a ValidationException that lists the violations so far."""
        count = len(self.violations)
        plural = "s" if count > 1 else ""
        message = f"{count} validation error{plural} detected: {'; '.join(self.violations)}"
        if self.missing_member is None:
            return ValidationException(message)
        error = MissingMemberError(message)
        error.member = self.missing_member
        return error


def _coerce(shape_kind: ShapeKind, value: object, path: str) -> object:
    """Convert a value to the Python type of its shape: numbers to timestamps and base64 to bytes, as in JSON."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if isinstance(value, int) and not -_LONG_LIMIT <= value < _LONG_LIMIT:
        raise SerializationException(f"the number at '{path}' is too large")
    if shape_kind is ShapeKind.TIMESTAMP and is_number:
        value = _parse_timestamp(cast("float", value), path)
    if shape_kind is ShapeKind.BLOB and isinstance(value, str):
        value = _decode_base64(value, path)
    if not isinstance(value, _TYPES[shape_kind]) or (isinstance(value, bool) and shape_kind is not ShapeKind.BOOLEAN):
        raise SerializationException(f"{type(value).__name__} at '{path}' can not be converted to {shape_kind.value}")
    return value


def _parse_timestamp(seconds: float, path: str) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise SerializationException(f"the number at '{path}' is not a valid timestamp") from None


def _decode_base64(text: str, path: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise SerializationException(f"the string at '{path}' is not valid base64") from None


def _broken_constraints(shape: Shape, value: object) -> Iterator[str]:
    """Yield each constraint that a value violates."""
    if isinstance(value, str | bytes | list | dict):
        size = len(cast("str", value))
        yield from _range_constraints(shape.limits, size, "length")
        # Values over the maximum length are not matched against the pattern, which bounds the matching time.
        if isinstance(value, str) and size <= (shape.limits.maximum or size):
            yield from _text_constraints(shape, value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _range_constraints(shape.limits, value, "value")


def _range_constraints(limits: Limits, size: float, quantity: str) -> Iterator[str]:
    if limits.minimum is not None and size < limits.minimum:
        yield f"Member must have {quantity} greater than or equal to {limits.minimum:g}"
    if limits.maximum is not None and size > limits.maximum:
        yield f"Member must have {quantity} less than or equal to {limits.maximum:g}"


def _text_constraints(shape: Shape, text: str) -> Iterator[str]:
    pattern = shape.limits.pattern
    if shape.values and text not in shape.values:
        yield f"Member must satisfy enum value set: [{', '.join(shape.values)}]"
    if pattern and not compile_pattern(pattern).fullmatch(text):
        yield f"Member must satisfy regular expression pattern: {pattern}"


@cache
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Compile a pattern of AWS's model, which uses Java's regular expression dialect."""
    for java, python in _JAVA_CLASSES.items():
        pattern = pattern.replace(java, python)
    return re.compile(pattern)


def _truncate(value: object) -> str:
    if isinstance(value, list | dict):
        return f"[{len(cast('list[object]', value))} items]"
    return str(value)[:_MAX_SHOWN]


def _camel_case(name: str) -> str:
    return name[0].lower() + name[1:]
