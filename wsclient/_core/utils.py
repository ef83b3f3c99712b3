"""Type guards, close matches, articles and counts in messages, lone surrogates, chunking and shallow copies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Self, TypeGuard, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence


def is_mapping(value: object) -> TypeGuard[Mapping[object, object]]:
    """Return True if a value is a mapping; unlike isinstance, gives type checkers the item types."""
    return isinstance(value, Mapping)


def is_list(value: object) -> TypeGuard[Sequence[object]]:
    """Return True if a value is a list or tuple; unlike isinstance, gives type checkers the item type."""
    return isinstance(value, list | tuple)


def close_matches(name: str, known: Iterable[str], *, most: int = 3) -> list[str]:
    """Return the known names that resemble a misspelt one, the closest first, at most this many."""
    from difflib import get_close_matches  # noqa: PLC0415 - needed for error messages only

    return get_close_matches(name, list(known), n=most)


def folded(name: str) -> str:
    """Return a name without case and underscores, by which workspace_id and WorkspaceId are the same."""
    return name.replace("_", "").lower()


def closest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that a misspelt one most resembles, regardless of case and underscores, or None."""
    # Edit distance counts each underscore: readonly is read_only to a reader, and workspace_id is WorkspaceId.
    names = {folded(each): each for each in known}
    matches = close_matches(folded(name), names, most=1)
    return names[matches[0]] if matches else None


def name_hint(name: str, known: Collection[str]) -> str:
    """Return the closest known name as the advice for an unknown one, or else all known names."""
    found = closest(name, known)
    return f"did you mean {found!r}?" if found else f"use {', '.join(known)}"


def with_article(noun: str) -> str:
    """Return a noun with its indefinite article: "a list", "an int"."""
    return f"an {noun}" if noun[:1].lower() in tuple("aeiou") else f"a {noun}"


def counted(count: int, noun: str) -> str:
    """Return a number with its noun: "1 call", "2,000 calls"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def comment_hint(text: str) -> str:
    """Return what to do about a setting's value with a comment behind it, or "": the AWS CLI takes it for the value."""
    has_comment = any(f"{space}{sign}" in text for space in " \t" for sign in "#;")
    return "; a comment belongs on a line of its own" if has_comment else ""


def has_lone_surrogate(text: str) -> bool:
    """Return whether a text contains half a surrogate pair, which no file or request can hold as UTF-8.

    Python represents bytes that are not UTF-8 so, as of a command's arguments or of a file name.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


T = TypeVar("T")


def chunked(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Yield the items in order, in chunks of this size; the last chunk may be smaller."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


class ShallowCopyMixin:
    """Mixin for copy.copy() of classes whose __reduce__ refuses to pickle, or replaces attributes."""

    def __copy__(self) -> Self:
        """Return a new object of the same class with the same attributes."""
        duplicate = object.__new__(type(self))
        vars(duplicate).update(vars(self))
        return duplicate
