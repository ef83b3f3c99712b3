"""From plain values to a generated request, checked against the model's limits as the service checks them.

A value of the wrong type is a SerializationException; members that are missing, too long, too many or of no known
value are one ValidationException that lists them all, in the words of AWS's services.
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

from wsclient._core.model.shapes import Member, Shape, ShapeKind, members_of
from wsclient._core.service_errors import SerializationException, ValidationException

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wsclient._core.model.operations import AnyOperation
    from wsclient._core.model.structures import Limits, Structure

_SHOWN = 100
"""Characters of a refused value that an error repeats."""
_MOST = 50
"""Violations that are told at most: an answer is never much larger than a sensible request."""
_LONG = 2**63
"""Integers of AWS's models have 64 bits at most."""
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
_JAVA_CLASSES = {r"\p{L}": r"\w", r"\p{N}": r"\d", r"\p{Z}": r"\s"}
"""Unicode classes of AWS's patterns, and what comes nearest to them in Python's."""


def read_request(operation: AnyOperation, values: Mapping[str, object]) -> Structure:
    """Return the typed request, or raise SerializationException or ValidationException."""
    reader = _Reader()
    checked = reader.structure(operation.input, values, "")
    if reader.violations:
        raise reader.refusal()
    return msgspec.convert(checked, operation.input, strict=False)


@dataclass(slots=True)
class _Reader:
    """Walks a request once, collecting what the model does not allow."""

    violations: list[str] = field(default_factory=list[str])

    def structure(self, kind: type[Structure], values: Mapping[str, object], path: str) -> dict[str, object]:
        """Return the members that the model knows; others are ignored, as AWS does."""
        checked: dict[str, object] = {}
        for member in members_of(kind):
            value = values.get(member.name)
            where = f"{path}.{_camel(member.name)}" if path else _camel(member.name)
            if value is not None:
                checked[member.name] = self._value(member, member.shape, value, where)
            elif member.required:
                self._add("Value null", where, "Member must not be null")
        return checked

    def _value(self, member: Member, shape: Shape, value: object, path: str) -> object:
        value = _typed(shape.kind, value, path)
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
        """Note what the value itself breaks; whether that was nothing, so that a look inside is worth its time."""
        broken = list(_broken(shape, value))
        for constraint in broken:
            shown = "Value" if member.sensitive or isinstance(value, bytes) else f"Value '{_shown(value)}'"
            self._add(shown, path, constraint)
        return not broken

    def _add(self, value: str, path: str, constraint: str) -> None:
        self.violations.append(f"{value} at '{path}' failed to satisfy constraint: {constraint}")
        if len(self.violations) == _MOST:
            raise self.refusal()

    def refusal(self) -> ValidationException:
        """Return the error that tells every violation so far."""
        count = len(self.violations)
        plural = "s" if count > 1 else ""
        return ValidationException(f"{count} validation error{plural} detected: {'; '.join(self.violations)}")


def _typed(kind: ShapeKind, value: object, path: str) -> object:
    """Return the value in the type its kind has here; numbers stand for times and base64 for blobs, as in JSON."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if isinstance(value, int) and not -_LONG <= value < _LONG:
        raise SerializationException(f"the number at '{path}' is too large")
    if kind is ShapeKind.TIMESTAMP and number:
        value = _instant(cast("float", value), path)
    if kind is ShapeKind.BLOB and isinstance(value, str):
        value = _decoded(value, path)
    if not isinstance(value, _TYPES[kind]) or (isinstance(value, bool) and kind is not ShapeKind.BOOLEAN):
        raise SerializationException(f"{type(value).__name__} at '{path}' can not be converted to {kind.value}")
    return value


def _instant(seconds: float, path: str) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise SerializationException(f"the number at '{path}' is no time") from None


def _decoded(text: str, path: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise SerializationException(f"the text at '{path}' is no base64") from None


def _broken(shape: Shape, value: object) -> Iterator[str]:
    """Yield each constraint that the value breaks."""
    if isinstance(value, str | bytes | list | dict):
        size = len(cast("str", value))
        yield from _out_of_range(shape.limits, size, "length")
        # No pattern is tried on what is too long, so that its cost is bounded.
        if isinstance(value, str) and size <= (shape.limits.maximum or size):
            yield from _badly_written(shape, value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _out_of_range(shape.limits, value, "value")


def _out_of_range(limits: Limits, size: float, what: str) -> Iterator[str]:
    if limits.minimum is not None and size < limits.minimum:
        yield f"Member must have {what} greater than or equal to {limits.minimum:g}"
    if limits.maximum is not None and size > limits.maximum:
        yield f"Member must have {what} less than or equal to {limits.maximum:g}"


def _badly_written(shape: Shape, text: str) -> Iterator[str]:
    pattern = shape.limits.pattern
    if shape.values and text not in shape.values:
        yield f"Member must satisfy enum value set: [{', '.join(shape.values)}]"
    if pattern and not compiled(pattern).fullmatch(text):
        yield f"Member must satisfy regular expression pattern: {pattern}"


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Return a pattern of AWS's model, which is written in Java's dialect, as Python reads it."""
    for java, python in _JAVA_CLASSES.items():
        pattern = pattern.replace(java, python)
    return re.compile(pattern)


def _shown(value: object) -> str:
    if isinstance(value, list | dict):
        return f"[{len(cast('list[object]', value))} items]"
    return str(value)[:_SHOWN]


def _camel(name: str) -> str:
    return name[0].lower() + name[1:]
