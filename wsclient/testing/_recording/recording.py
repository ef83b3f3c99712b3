"""Recording file: calls and their responses as readable JSON, without secrets.

The file is a JSON object: "Format": "wsclient-recording", "Version": 1, and "Calls", a list in the order of the calls:

    "Service", "Operation", "Region"   the operation called; Region is null for an unsigned call
    "Request"                          the members of the request
    "Status", "Headers"                of the response; only the headers that a client reads
    "Answer"                           the response body: JSON, or a string if the body is not a JSON object or array
    "Failure"                          instead of a response: the class name of the httpx error that was raised
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import httpx
import msgspec

from wsclient._core.utils import is_list, is_mapping
from wsclient._pipeline.transport.custom_transport import library_names
from wsclient.testing._files import FileFormatError, PathLike, convert, read_document, write_document

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

FORMAT, VERSION = "wsclient-recording", 1
HEADERS = frozenset({"content-type", "x-amzn-requestid", "x-amzn-errortype", "x-amz-retry-after", "retry-after"})
"""Response headers that are recorded. Date is not: on replay a client would read it as clock skew."""
_MAX_SHOWN = 8
"""Maximum number of differences in an error message."""


class RecordedCall(msgspec.Struct, frozen=True, kw_only=True, rename="pascal", omit_defaults=True):
    """Recorded call: the request, and its response or network error."""

    service: str
    operation: str
    region: str | None
    request: dict[str, object]
    status: int = 0
    headers: dict[str, str] = {}
    answer: dict[str, object] | list[object] | str | None = None
    failure: str | None = None

    def response(self) -> httpx.Response:
        """Return the recorded response, or raise the recorded network error."""
        if self.failure is not None:
            raise transport_errors()[self.failure]("replayed from the recording")
        content = self.answer if isinstance(self.answer, str) else json.dumps(self.answer)
        return httpx.Response(self.status, headers=self.headers, content=content.encode())

    @property
    def name(self) -> str:
        """Operation and region, for messages."""
        return f"{self.operation} in {self.region}" if self.region else self.operation


def transport_errors() -> dict[str, type[httpx.TransportError]]:
    """Return httpx's transport errors by class name."""
    candidates = (getattr(httpx, name) for name in httpx.__all__)
    return {
        candidate.__name__: candidate
        for candidate in candidates
        if isinstance(candidate, type) and issubclass(candidate, httpx.TransportError)
    }


def transport_error_name(error: BaseException) -> str | None:
    """Return the name under which a transport error of httpx or httpx2 is recorded, None for any other exception.

    An error that httpx2 alone has, or a class of the caller's, is recorded as its nearest base that httpx has too.
    """
    if "TransportError" not in library_names(error):
        return None
    known = transport_errors()
    return next((kind.__name__ for kind in type(error).__mro__ if kind.__name__ in known), None)


def load(path: PathLike) -> list[RecordedCall]:
    """Read a recording. Raises FileFormatError, with the location of the error in the file."""
    members = read_document(path, FORMAT, VERSION)
    try:
        return _parse_calls(members)
    except FileFormatError as error:
        raise error.of(path) from None


def save(path: PathLike, calls: Sequence[RecordedCall]) -> None:
    """Write a recording to a file."""
    write_document(path, FORMAT, VERSION, {"Calls": msgspec.to_builtins(calls)})


def _parse_calls(members: Mapping[str, object]) -> list[RecordedCall]:
    if set(members) != {"Calls"}:
        raise FileFormatError('a recording has exactly the members "Format", "Version" and "Calls"')
    calls = convert(members["Calls"], list[RecordedCall], "Calls")
    for number, call in enumerate(calls):
        _check_call(call, f"Calls[{number}]")
    return calls


def _check_call(call: RecordedCall, where: str) -> None:
    if call.failure is not None and call.failure not in transport_errors():
        raise FileFormatError(f"unknown httpx error {call.failure!r:.40}", where=f"{where}.Failure")
    if call.failure is None and not 200 <= call.status < 600:  # noqa: PLR2004 - final statuses of HTTP
        raise FileFormatError("a call needs a final HTTP status (200 to 599) or a Failure", where=f"{where}.Status")


def differences(recorded: object, sent: object, where: str = "") -> Iterator[str]:
    """Yield each difference between a recorded request and a sent one: the path of the member, never its value."""
    if is_mapping(recorded) and is_mapping(sent):
        for name in sorted({*recorded, *sent}, key=str):
            path = f"{where}.{name}" if where else str(name)
            if name not in sent:
                yield f"{path} is in the recording and not in the request"
            elif name not in recorded:
                yield f"{path} is in the request and not in the recording"
            else:
                yield from differences(recorded[name], sent[name], path)
    elif is_list(recorded) and is_list(sent):
        if len(recorded) != len(sent):
            yield f"{where} has {len(sent)} items in the request and {len(recorded)} in the recording"
        else:
            for number, (recorded_item, sent_item) in enumerate(zip(recorded, sent, strict=True)):
                yield from differences(recorded_item, sent_item, f"{where}[{number}]")
    elif recorded != sent:
        yield f"{where} has a different value"


def summarize(items: Iterator[str]) -> str:
    """Return the differences as one line, with at most 8 of them listed."""
    listed = list(items)
    more = f" and {len(listed) - _MAX_SHOWN} more" if len(listed) > _MAX_SHOWN else ""
    return "; ".join(listed[:_MAX_SHOWN]) + more
