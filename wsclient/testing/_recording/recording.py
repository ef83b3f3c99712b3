"""A recording: calls and how they were answered, in a file that people can read, and that holds no secret.

The file is a JSON object: "Format": "wsclient-recording", "Version": 1, and "Calls", a list in the order of the calls:

    "Service", "Operation", "Region"   what was called; Region is null for a call that was not signed
    "Request"                          the members of the request
    "Status", "Headers"                of the answer; of the headers those that a client looks at
    "Answer"                           its body: an object for JSON, a text for anything else
    "Failure"                          in place of an answer: the class of httpx's error that was raised
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx
import msgspec

from wsclient._core.utils import is_list, is_mapping
from wsclient.testing._files import FileFormatError, PathLike, converted, read_document, write_document

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

FORMAT, VERSION = "wsclient-recording", 1
HEADERS = frozenset({"content-type", "x-amzn-requestid", "x-amzn-errortype", "x-amz-retry-after", "retry-after"})
"""Headers of an answer that are kept; not Date, by which a client would take its clock for wrong."""
_SHOWN = 8
"""Differences that an error names at most."""


class RecordedCall(msgspec.Struct, frozen=True, kw_only=True, rename="pascal", omit_defaults=True):
    """One call of a recording."""

    service: str
    operation: str
    region: str | None
    request: dict[str, object]
    status: int = 0
    headers: dict[str, str] = {}
    answer: dict[str, object] | list[object] | str | None = None
    failure: str | None = None

    def response(self) -> httpx.Response:
        """Return the answer, or raise the error of the network that came in its place."""
        if self.failure is not None:
            raise failures()[self.failure]("as it was recorded")
        content = self.answer if isinstance(self.answer, str) else json.dumps(self.answer)
        return httpx.Response(self.status, headers=self.headers, content=content.encode())

    @property
    def name(self) -> str:
        """What was called, and where."""
        return f"{self.operation} in {self.region}" if self.region else self.operation


def failures() -> dict[str, type[httpx.TransportError]]:
    """Return httpx's errors of the network by name."""
    kinds = (getattr(httpx, name) for name in httpx.__all__)
    return {kind.__name__: kind for kind in kinds if isinstance(kind, type) and issubclass(kind, httpx.TransportError)}


def load(path: PathLike) -> list[RecordedCall]:
    """Read a recording; raises FileFormatError, which says where it is wrong."""
    members = read_document(path, FORMAT, VERSION)
    try:
        return _calls(members)
    except FileFormatError as error:
        raise error.of(path) from None


def save(path: PathLike, calls: Sequence[RecordedCall]) -> None:
    """Write a recording."""
    write_document(path, FORMAT, VERSION, {"Calls": msgspec.to_builtins(calls)})


def _calls(members: Mapping[str, object]) -> list[RecordedCall]:
    if set(members) != {"Calls"}:
        raise FileFormatError('besides Format and Version it has "Calls" and nothing else')
    calls = converted(members["Calls"], list[RecordedCall], "Calls")
    for number, call in enumerate(calls):
        _check(call, f"Calls[{number}]")
    return calls


def _check(call: RecordedCall, where: str) -> None:
    if call.failure is not None and call.failure not in failures():
        raise FileFormatError("httpx has no such error", where=f"{where}.Failure")
    if call.failure is None and not 200 <= call.status < 600:  # noqa: PLR2004 - final statuses of HTTP
        raise FileFormatError("there is neither an answer's status nor a failure", where=f"{where}.Status")


def differences(recorded: object, asked: object, where: str = "") -> Iterator[str]:
    """Yield where a request differs from a recorded one; says places, and no values."""
    if is_mapping(recorded) and is_mapping(asked):
        for name in sorted({*recorded, *asked}, key=str):
            place = f"{where}.{name}" if where else str(name)
            if name not in asked:
                yield f"{place} was recorded and is missing"
            elif name not in recorded:
                yield f"{place} was not recorded"
            else:
                yield from differences(recorded[name], asked[name], place)
    elif is_list(recorded) and is_list(asked):
        if len(recorded) != len(asked):
            yield f"{where} has {len(asked)} items and was recorded with {len(recorded)}"
        else:
            for number, (one, other) in enumerate(zip(recorded, asked, strict=True)):
                yield from differences(one, other, f"{where}[{number}]")
    elif recorded != asked:
        yield f"{where} is another"


def told(found: Iterator[str]) -> str:
    """Return differences in one line."""
    named = list(found)
    more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
    return "; ".join(named[:_SHOWN]) + more
