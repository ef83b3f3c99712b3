"""Server-side AWS Query codec, for AWS STS: form-encoded requests, XML responses.

"AWS Query protocol", https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from wsclient._core.http import HttpResponse
from wsclient._core.model.shapes import Shape, ShapeKind, structure_members
from wsclient._core.protocols.values import member_shapes
from wsclient._core.service_errors import SerializationException, UnknownOperationException
from wsclient._generated.sts.operations import SERVICE
from wsclient.testing._protocols.base import BAD_REQUEST, header, http_status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from wsclient._core.errors import ServiceError
    from wsclient._core.http import HttpRequest
    from wsclient._core.model.structures import Structure

FORBIDDEN = 403
_MAX_FIELDS = 1000
_MAX_DIGITS = 6
_INTEGER = re.compile(r"-?[0-9]{1,19}")
_ERROR_CODES = {
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
"""Error codes and HTTP statuses that this protocol uses for the errors common to all protocols."""


class QueryServerCodec:
    """Server-side codec of AWS Query, for STS requests."""

    service = SERVICE

    def matches(self, request: HttpRequest) -> bool:
        """Return whether the request body is a form."""
        return header(request, "content-type").startswith("application/x-www-form-urlencoded")

    def operation_name(self, request: HttpRequest) -> str:
        """Return the Action of the form; empty if the form has no Action or cannot be parsed."""
        try:
            return _parse_form(request).get("Action", "")
        except SerializationException:
            return ""

    def read(self, request: HttpRequest) -> dict[str, object]:
        """Parse the form into the members of the operation's input, with their types.

        Raises SerializationException for an unreadable form, UnknownOperationException for another API version.
        """
        form = _parse_form(request)
        if form.get("Version") != SERVICE.api_version:
            raise UnknownOperationException(f"Could not find operation for a version other than {SERVICE.api_version}")
        operation = SERVICE.operations.get(form.get("Action", ""))
        return _read_structure(operation.input, form, "") if operation else dict(form)

    def write(self, operation: str, result: Mapping[str, object], request_id: str) -> HttpResponse:
        """Serialize the result as XML in the operation's result element."""
        name = f"{operation}Response"
        model = SERVICE.operations.get(operation)
        members = "".join(_members_to_xml(result, model.output if model else None))
        body = f"<{operation}Result>{members}</{operation}Result>"
        metadata = f"<ResponseMetadata><RequestId>{escape(request_id)}</RequestId></ResponseMetadata>"
        return _response(200, f'<{name} xmlns="{SERVICE.xml_namespace}">{body}{metadata}</{name}>')

    def write_error(self, error: ServiceError, request_id: str) -> HttpResponse:
        """Serialize the error as an ErrorResponse document."""
        code, status = _ERROR_CODES.get(error.code, (error.code, http_status(error)))
        if error.status is not None:
            # An error with its own status is one that the operation models, even if a common error has the same name.
            code, status = error.code, error.status
        fault = "Receiver" if error.fault == "server" else "Sender"
        members = {"Type": fault, "Code": code, "Message": error.message, **error.details}
        body = f"<Error>{_to_xml(members)}</Error><RequestId>{escape(request_id)}</RequestId>"
        return _response(status, f'<ErrorResponse xmlns="{SERVICE.xml_namespace}">{body}</ErrorResponse>')


def _parse_form(request: HttpRequest) -> dict[str, str]:
    try:
        text = request.body.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS)
    except ValueError:
        raise SerializationException("the body is not a valid form") from None
    return dict(pairs)


def _read_structure(structure_type: type[Structure], form: Mapping[str, str], prefix: str) -> dict[str, object]:
    members = (
        (member.name, _read_value(member.shape, form, f"{prefix}{member.name}"))
        for member in structure_members(structure_type)
    )
    return {name: value for name, value in members if value is not None}


def _read_value(shape: Shape, form: Mapping[str, str], key: str) -> object:
    """Return the value of a form key and its subkeys, None if the form does not have it."""
    child_keys = {name for name in form if name.startswith(f"{key}.")}
    if shape.structure is not None:
        return _read_structure(shape.structure, form, f"{key}.") if child_keys else None
    if shape.kind is ShapeKind.LIST:
        return _read_list(cast("Shape", shape.item), form, key, child_keys)
    if shape.kind is ShapeKind.MAP:
        return _read_map(shape, form, key, child_keys)
    text = form.get(key)
    return None if text is None else _parse_scalar(shape.kind, text, key)


def _read_list(item: Shape, form: Mapping[str, str], key: str, child_keys: set[str]) -> object:
    """Return the items of a list in the order of their indexes; gaps between indexes are ignored."""
    item_prefix = f"{key}.member."
    numbers = _indexes(item_prefix, child_keys)
    if not numbers:
        return [] if form.get(key) == "" else None
    return [_read_value(item, form, f"{item_prefix}{number}") for number in numbers]


def _read_map(shape: Shape, form: Mapping[str, str], key: str, child_keys: set[str]) -> object:
    """Return the entries of a map in the order of their indexes; an entry without a key is ignored."""
    entry_prefix = f"{key}.entry."
    prefixes = [f"{entry_prefix}{number}." for number in _indexes(entry_prefix, child_keys)]
    item = cast("Shape", shape.item)
    entries = ((form.get(f"{prefix}{shape.wire.key}"), prefix) for prefix in prefixes)
    values = {name: _read_value(item, form, f"{prefix}{shape.wire.value}") for name, prefix in entries if name}
    return values or None


def _indexes(prefix: str, child_keys: set[str]) -> list[int]:
    """Return the numbers that follow a prefix in the keys of a form, in ascending order."""
    heads = {name.removeprefix(prefix).split(".", 1)[0] for name in child_keys if name.startswith(prefix)}
    return sorted(int(head) for head in heads if head.isascii() and head.isdigit() and len(head) <= _MAX_DIGITS)


def _parse_scalar(shape_kind: ShapeKind, text: str, key: str) -> object:
    readers: dict[ShapeKind, Callable[[str], object]] = {
        ShapeKind.INTEGER: _parse_integer,
        ShapeKind.FLOAT: float,
        ShapeKind.BOOLEAN: {"true": True, "false": False}.__getitem__,
    }
    try:
        return readers.get(shape_kind, str)(text)
    except (ValueError, KeyError):
        raise SerializationException(f"the value of {key} is not of type {shape_kind.value}") from None


def _parse_integer(text: str) -> int:
    # int() also accepts underscores, spaces and digits of other scripts; AWS rejects them.
    if not _INTEGER.fullmatch(text):
        raise ValueError
    return int(text)


def _members_to_xml(members: Mapping[str, object], structure_type: type[Structure] | None) -> Iterator[str]:
    shapes = member_shapes(structure_type)
    for name, member in members.items():
        yield f"<{name}>{_to_xml(member, shapes.get(name))}</{name}>"


def _map_to_xml(entries: Mapping[str, object], shape: Shape) -> Iterator[str]:
    key, value = shape.wire.key, shape.wire.value
    for name, member in entries.items():
        yield f"<entry><{key}>{_to_xml(name)}</{key}><{value}>{_to_xml(member, shape.item)}</{value}></entry>"


def _to_xml(value: object, shape: Shape | None = None) -> str:
    """Return a value as the content of an XML element; control characters, which XML 1.0 forbids, are dropped."""
    if isinstance(value, dict):
        members = cast("dict[str, object]", value)
        if shape is not None and shape.kind is ShapeKind.MAP:
            return "".join(_map_to_xml(members, shape))
        return "".join(_members_to_xml(members, shape.structure if shape else None))
    if isinstance(value, list):
        item = shape.item if shape else None
        return "".join(f"<member>{_to_xml(member, item)}</member>" for member in cast("list[object]", value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return escape("".join(character for character in str(value) if character in "\t\n\r" or character >= " "))


def _response(status: int, document: str) -> HttpResponse:
    return HttpResponse(status, (("content-type", "text/xml"),), document.encode(errors="replace"))
