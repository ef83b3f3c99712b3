"""The files of the testing kit: JSON documents that say what they are, of which version, and where they are wrong."""

from __future__ import annotations

import json
import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import msgspec

from wsclient._core.errors import ConfigurationError
from wsclient._core.utils import is_mapping

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")
PathLike: TypeAlias = "str | os.PathLike[str]"
_WHERE = re.compile(r"^(?P<why>.*?)(?: - at `(?P<key>key in )?\$\.?(?P<where>.*)`)?$", re.DOTALL)


class FileFormatError(ConfigurationError):
    """A file of the testing kit is not what it should be; nothing of it was used.

    file is its path, None for values that came from none; where is the place in it, as in Workspaces[3].State.
    """

    def __init__(self, why: str, *, file: str | None = None, where: str = "") -> None:
        super().__init__(": ".join(part for part in (file, where, why) if part))
        self.why = why
        self.file = file
        self.where = where

    def of(self, path: PathLike) -> FileFormatError:
        """Return the same error with the file's name."""
        return FileFormatError(self.why, file=os.fspath(path), where=self.where)


def read_document(path: PathLike, kind: str, version: int) -> dict[str, object]:
    """Return a document's members; raises FileFormatError for another kind, another version, or no JSON object."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise FileFormatError(f"it cannot be read: {error.strerror}", file=os.fspath(path)) from None
    except UnicodeDecodeError:
        raise FileFormatError("it is no JSON: it is not UTF-8", file=os.fspath(path)) from None
    try:
        return members_of_document(parsed(text), kind, version)
    except FileFormatError as error:
        raise error.of(path) from None


def parsed(text: str) -> object:
    """Return what a JSON text says; raises FileFormatError with line and column."""
    try:
        value: object = json.loads(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise FileFormatError(f"it is no JSON: {error.msg}", where=where) from None
    except RecursionError:
        raise FileFormatError("it is nested too deeply") from None
    return value


def members_of_document(document: object, kind: str, version: int) -> dict[str, object]:
    """Return a document's members without those that say what it is."""
    if not is_mapping(document):
        raise FileFormatError("it is no JSON object")
    members = {str(name): value for name, value in document.items()}
    said, number = members.pop("Format", None), members.pop("Version", None)
    if said != kind:
        raise FileFormatError(f'it must say "{kind}"', where="Format")
    if number != version:
        raise FileFormatError(f"this wsclient reads version {version}, and not {number!r:.20}", where="Version")
    return members


def write_document(path: PathLike, kind: str, version: int, members: Mapping[str, object]) -> None:
    """Write a document in one step: a file of that name is the old one or the whole new one."""
    text = json.dumps({"Format": kind, "Version": version, **members}, indent=1, ensure_ascii=False) + "\n"
    target = Path(path)
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", newline="\n", dir=target.parent, prefix=f".{target.name}-", delete=False
    ) as file:
        file.write(text)
    Path(file.name).replace(target)


def converted(value: object, kind: type[T], where: str = "") -> T:
    """Return a value as that type; raises FileFormatError with the place where it does not fit."""
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as error:
        found = _WHERE.match(str(error))
        inner = (found and found["where"]) or ""
        joint = "." if where and inner and not inner.startswith("[") else ""
        raise FileFormatError((found and found["why"]) or str(error), where=f"{where}{joint}{inner}") from None
