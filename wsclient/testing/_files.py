"""JSON file format of inventories, snapshots and recordings: Format and Version members, and errors with a location."""

from __future__ import annotations

import json
import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import msgspec

from wsclient._core.decodable import decodable
from wsclient._core.errors import ConfigurationError
from wsclient._core.public_names import publish_one
from wsclient._core.utils import is_mapping

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")
PathLike: TypeAlias = str | os.PathLike[str]
_MSGSPEC_ERROR = re.compile(r"^(?P<why>.*?)(?: - at `(?P<key>key in )?\$\.?(?P<where>.*)`)?$", re.DOTALL)


class FileFormatError(ConfigurationError):
    """An inventory, snapshot or recording file is invalid; none of its content is applied.

    why is the reason, file the path (None for values that are not from a file), and where the location in the
    document, such as Workspaces[3].State.
    """

    def __init__(self, why: str, *, file: str | None = None, where: str = "") -> None:
        super().__init__(": ".join(part for part in (file, where, why) if part))
        self.why = why
        self.file = file
        self.where = where

    def of(self, path: PathLike) -> FileFormatError:
        """Return a copy of this error with the path of the file."""
        return FileFormatError(self.why, file=os.fspath(path), where=self.where)


publish_one("wsclient.testing", FileFormatError)


def read_document(path: PathLike, document_format: str, version: int) -> dict[str, object]:
    """Return the members of a file. Raises FileFormatError for another format or version, or invalid JSON."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise FileFormatError(f"cannot read the file: {error.strerror}", file=os.fspath(path)) from None
    except UnicodeDecodeError:
        raise FileFormatError("invalid JSON: the file is not UTF-8", file=os.fspath(path)) from None
    try:
        return document_members(parse_json(text), document_format, version)
    except FileFormatError as error:
        raise error.of(path) from None


def parse_json(text: str) -> object:
    """Parse a JSON text. Raises FileFormatError with line and column."""
    try:
        value: object = json.loads(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise FileFormatError(f"invalid JSON: {error.msg}", where=where) from None
    except ValueError:
        raise FileFormatError("invalid JSON: a number has thousands of digits") from None
    except RecursionError:
        raise FileFormatError("the JSON is nested too deeply") from None
    return value


def document_members(document: object, document_format: str, version: int) -> dict[str, object]:
    """Return a document's members without Format and Version. Raises FileFormatError if either is wrong."""
    if not is_mapping(document):
        raise FileFormatError("the document must be a JSON object")
    members = {str(name): value for name, value in document.items()}
    format_name, format_version = members.pop("Format", None), members.pop("Version", None)
    if format_name != document_format:
        raise FileFormatError(f'must be "{document_format}"', where="Format")
    if format_version != version:
        raise FileFormatError(
            f"unsupported version {format_version!r:.20}; this wsclient reads version {version}", where="Version"
        )
    return members


def write_document(path: PathLike, document_format: str, version: int, members: Mapping[str, object]) -> None:
    """Write a document atomically: readers see the old file or the complete new one."""
    text = json.dumps({"Format": document_format, "Version": version, **members}, indent=1, ensure_ascii=False) + "\n"
    target = Path(path)
    # In the same directory: a rename is atomic only within one file system.
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")
    temporary = Path(name)
    try:
        # Closed before it is renamed or removed: Windows refuses both while a file is open.
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        temporary.replace(target)
    except BaseException:
        temporary.unlink()
        raise


def convert(value: object, target_type: type[T], where: str = "") -> T:
    """Convert a value to a type with msgspec. Raises FileFormatError with the location of the mismatch."""
    try:
        return msgspec.convert(value, decodable(target_type), strict=False)
    except (msgspec.ValidationError, ValueError, OverflowError) as error:  # ValueError for the year 10000
        match = _MSGSPEC_ERROR.match(str(error))
        inner_path = (match and match["where"]) or ""
        separator = "." if where and inner_path and not inner_path.startswith("[") else ""
        raise FileFormatError((match and match["why"]) or str(error), where=f"{where}{separator}{inner_path}") from None
