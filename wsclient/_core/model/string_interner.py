"""StringInterner: equal strings of a listing's items become one object."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from wsclient._core.model.fields import structure_fields
from wsclient._core.model.structures import Structure

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class StringInterner:
    """Interner of equal strings in many structures: ids of directories, bundles and keys repeat in a listing.

    It halves the memory of a long listing. It keeps about 10,000 strings at most. A member whose first 500 values were
    mostly different, as the items' own ids and names are, is not looked at again.
    """

    _MAX_STRINGS = 10_000
    _TRIAL = 500
    _MIN_SHARE = 0.25

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._members: dict[type[Structure], list[_TextMember]] = {}

    def share(self, structures: Iterable[object]) -> None:
        """Replace strings of these structures by equal known ones, before other code can see the frozen structures."""
        if len(self._known) > self._MAX_STRINGS:
            self._known.clear()
        items = [item for item in structures if isinstance(item, Structure)]
        for kind in set(map(type, items)):
            alike = [item for item in items if type(item) is kind]
            self._members[kind] = [each for each in self._members_of(kind) if self._share_member(each, alike)]

    def _members_of(self, kind: type[Structure]) -> list[_TextMember]:
        members = self._members.get(kind)
        if members is None:
            fields = zip(kind.__struct_fields__, structure_fields(kind), strict=True)
            members = [_TextMember(name) for name, field in fields if field.annotation is str]
        return members

    def _share_member(self, member: _TextMember, structures: Sequence[Structure]) -> bool:
        """Share the strings of one member; return whether it is worth to go on with it."""
        known, name, shared = self._known, member.name, 0
        for structure in structures:
            value = getattr(structure, name)
            if value and (first := known.setdefault(value, value)) is not value:
                msgspec.structs.force_setattr(structure, name, first)
                shared += 1
        member.seen += len(structures)
        member.shared += shared
        return member.seen < self._TRIAL or member.shared >= self._MIN_SHARE * member.seen


class _TextMember:
    """Member of a structure that is a string, with the number of values seen, and of those that were known."""

    __slots__ = ("name", "seen", "shared")

    def __init__(self, name: str) -> None:
        self.name = name
        self.seen = self.shared = 0
