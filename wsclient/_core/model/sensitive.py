"""Sensitive members of requests and responses, as the service model marks them."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from wsclient._core.model.structures import Structure
from wsclient._core.utils import is_list, is_mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wsclient._core.model.operations import AnyOperation
    from wsclient._core.model.shapes import Shape

_SENSITIVE_NAME: Final = re.compile(
    r"password|passcode|secret|credential|assertion|tokencode|(?<!next)(?<!client)token$"
)
"""Names, in lower case, of members that the model does not know and whose strings count as sensitive."""

_PRIVILEGED: Final = frozenset({"DecodeAuthorizationMessage"})
"""Operations whose responses the model does not mark as sensitive, although AWS encodes their content because it "can
contain privileged information" ("DecodeAuthorizationMessage",
https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html)."""


def sensitive_strings(value: object, structure: type[Structure] | None = None) -> Iterator[str]:
    """Yield the sensitive strings of a request: a Structure, or a mapping with AWS's names of this structure.

    Errors must not show them if the service repeats them. Members newer than the model are judged by their names.
    """
    from wsclient._core.model.shapes import structure_members  # noqa: PLC0415 - needed after a failure only

    if isinstance(value, Structure):
        for member in structure_members(type(value)):
            item = getattr(value, member.field)
            yield from _all_strings(item) if member.sensitive else sensitive_strings(item)
    elif is_mapping(value):
        known = {member.name: member for member in structure_members(structure)} if structure else {}
        for name, item in value.items():
            found = known.get(str(name))
            if _SENSITIVE_NAME.search(str(name).lower()) if found is None else found.sensitive:
                yield from _all_strings(item)
            else:
                yield from sensitive_strings(item, None if found is None else _nested(found.shape))
    elif is_list(value):
        for item in value:
            yield from sensitive_strings(item, structure)


@cache
def has_sensitive_output(operation: AnyOperation | None) -> bool:
    """Return whether a response may contain secrets; True for an operation that the model lacks."""
    return operation is None or operation.name in _PRIVILEGED or _is_sensitive(operation.output, ())


def _is_sensitive(structure: type[Structure], outer: tuple[type[Structure], ...]) -> bool:
    from wsclient._core.model.shapes import structure_members  # noqa: PLC0415 - as above

    if structure in outer:
        return False
    if structure._dropped:  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the base class's own mark
        return True
    members = structure_members(structure)
    if any(member.sensitive for member in members):
        return True
    inner = (_nested(member.shape) for member in members)
    return any(_is_sensitive(each, (*outer, structure)) for each in inner if each is not None)


def _nested(shape: Shape) -> type[Structure] | None:
    """Return the structure of a member, or of the items of a list or map, or None."""
    while shape.item is not None:
        shape = shape.item
    return shape.structure


def _all_strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, bytes | bytearray):
        yield bytes(value).decode("utf-8", "replace")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield str(value)
    elif isinstance(value, Structure):
        yield from _all_strings([getattr(value, name) for name in value.__struct_fields__])
    elif is_mapping(value):
        yield from _all_strings(list(value.values()))
    elif is_list(value):
        for item in value:
            yield from _all_strings(item)
