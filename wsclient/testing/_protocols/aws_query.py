"""The query protocol from the service's side: a form comes in, XML goes out. AWS STS speaks it.

"AWS Query protocol", https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from wsclient._core.http import HttpResponse
from wsclient._core.model.shapes import Shape, ShapeKind, members_of
from wsclient._core.service_errors import SerializationException, UnknownOperationException
from wsclient._generated.sts.operations import SERVICE
from wsclient.testing._protocols.base import BAD_REQUEST, header, status_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wsclient._core.errors import ServiceError
    from wsclient._core.http import HttpRequest
    from wsclient._core.model.structures import Structure

FORBIDDEN = 403
_MAX_FIELDS = 1000
_MAX_DIGITS = 6
_INTEGER = re.compile(r"-?[0-9]{1,19}")
_CODES = {
    "AccessDeniedException": ("AccessDenied", FORBIDDEN),
    "ExpiredTokenException": ("ExpiredToken", FORBIDDEN),
    "IncompleteSignatureException": ("IncompleteSignature", FORBIDDEN),
    "InvalidSignatureException": ("SignatureDoesNotMatch", FORBIDDEN),
    "MissingAuthenticationTokenException": ("MissingAuthenticationToken", FORBIDDEN),
    "SerializationException": ("MalformedInput", BAD_REQUEST),
    "ThrottlingException": ("Throttling", BAD_REQUEST),
    "UnknownOperationException": ("InvalidAction", BAD_REQUEST),
    "UnrecognizedClientException": ("InvalidClientTokenId", FORBIDDEN),
    "ValidationException": ("ValidationError", BAD_REQUEST),
}
"""How this protocol calls errors that every protocol has, and with which status it sends them."""


class QueryWire:
    """Answers STS calls."""

    service = SERVICE

    def claims(self, request: HttpRequest) -> bool:
        """Whether the request carries a form."""
        return header(request, "content-type").startswith("application/x-www-form-urlencoded")

    def operation_name(self, request: HttpRequest) -> str:
        """Return the form's Action."""
        try:
            return _form(request).get("Action", "")
        except SerializationException:
            return ""

    def read(self, request: HttpRequest) -> dict[str, object]:
        """Return the members of the form, put together and typed as the operation's input says."""
        form = _form(request)
        if form.get("Version") != SERVICE.api_version:
            raise UnknownOperationException(f"Could not find operation for a version other than {SERVICE.api_version}")
        operation = SERVICE.operations.get(form.get("Action", ""))
        return _structure(operation.input, form, "") if operation else dict(form)

    def write(self, operation: str, result: Mapping[str, object], request_id: str) -> HttpResponse:
        """Return the result as XML within the operation's wrapper."""
        name = f"{operation}Response"
        body = f"<{operation}Result>{_xml(result)}</{operation}Result>"
        metadata = f"<ResponseMetadata><RequestId>{escape(request_id)}</RequestId></ResponseMetadata>"
        return _response(200, f'<{name} xmlns="{SERVICE.xml_namespace}">{body}{metadata}</{name}>')

    def write_error(self, error: ServiceError, request_id: str) -> HttpResponse:
        """Return the error as an ErrorResponse document."""
        code, status = _CODES.get(error.code, (error.code, status_of(error)))
        if error.status is not None:
            # An error of the operation's own, where a common one has the same name.
            code, status = error.code, error.status
        fault = "Receiver" if error.fault == "server" else "Sender"
        told = {"Type": fault, "Code": code, "Message": error.message, **error.details}
        body = f"<Error>{_xml(told)}</Error><RequestId>{escape(request_id)}</RequestId>"
        return _response(status, f'<ErrorResponse xmlns="{SERVICE.xml_namespace}">{body}</ErrorResponse>')


def _form(request: HttpRequest) -> dict[str, str]:
    try:
        text = request.body.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS)
    except ValueError:
        raise SerializationException("the body is no form") from None
    return dict(pairs)


def _structure(kind: type[Structure], form: Mapping[str, str], prefix: str) -> dict[str, object]:
    members = ((member.name, _value(member.shape, form, f"{prefix}{member.name}")) for member in members_of(kind))
    return {name: value for name, value in members if value is not None}


def _value(shape: Shape, form: Mapping[str, str], key: str) -> object:
    """Return the value below a key of the form, None when the form has none."""
    below = {name for name in form if name.startswith(f"{key}.")}
    if shape.structure is not None:
        return _structure(shape.structure, form, f"{key}.") if below else None
    if shape.kind is ShapeKind.LIST:
        return _items(cast("Shape", shape.item), form, key, below)
    text = form.get(key)
    return None if text is None else _scalar(shape.kind, text, key)


def _items(item: Shape, form: Mapping[str, str], key: str, below: set[str]) -> object:
    """Return a list's items in the order of their numbers, whatever gaps these have."""
    start = f"{key}.member."
    heads = {name.removeprefix(start).split(".", 1)[0] for name in below if name.startswith(start)}
    numbers = sorted(int(head) for head in heads if head.isascii() and head.isdigit() and len(head) <= _MAX_DIGITS)
    if not numbers:
        return [] if form.get(key) == "" else None
    return [_value(item, form, f"{start}{number}") for number in numbers]


def _scalar(kind: ShapeKind, text: str, key: str) -> object:
    readers: dict[ShapeKind, Callable[[str], object]] = {
        ShapeKind.INTEGER: _integer,
        ShapeKind.FLOAT: float,
        ShapeKind.BOOLEAN: {"true": True, "false": False}.__getitem__,
    }
    try:
        return readers.get(kind, str)(text)
    except (ValueError, KeyError):
        raise SerializationException(f"the value of {key} is no {kind.value}") from None


def _integer(text: str) -> int:
    # int() alone takes underscores, spaces and the digits of other scripts, which AWS does not.
    if not _INTEGER.fullmatch(text):
        raise ValueError
    return int(text)


def _xml(value: object) -> str:
    """Return a value as the content of an element."""
    if isinstance(value, dict):
        members = cast("dict[str, object]", value).items()
        return "".join(f"<{name}>{_xml(member)}</{name}>" for name, member in members)
    if isinstance(value, list):
        return "".join(f"<member>{_xml(item)}</member>" for item in cast("list[object]", value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return escape("".join(character for character in str(value) if character in "\t\n\r" or character >= " "))


def _response(status: int, document: str) -> HttpResponse:
    return HttpResponse(status, (("content-type", "text/xml"),), document.encode(errors="replace"))
