"""AWS query codec, the protocol of AWS STS: requests as forms, responses as XML.

"AWS Query protocol", https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast
from urllib.parse import quote, urlencode

import msgspec

from wsclient._core.model.shapes import Shape, ShapeKind, structure_members
from wsclient._core.model.structures import Output
from wsclient._core.protocols.codec import (
    ErrorFacts,
    Payload,
    strip_error_code,
    unreadable_response,
    unserializable_request,
)
from wsclient._core.protocols.xml import Element, XmlError, parse_xml
from wsclient._core.utils import is_list, is_mapping

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wsclient._core.http import HttpResponse
    from wsclient._core.model.operations import Operation, Service
    from wsclient._core.model.structures import Structure

OutputT = TypeVar("OutputT", bound=Output)

CONTENT_TYPE = "application/x-www-form-urlencoded; charset=utf-8"
NOT_DETAILS = frozenset({"Code", "Message", "Type"})
FAULTS = {"Sender": "client", "Receiver": "server"}


class QueryCodec:
    """AWS query codec of one service."""

    def __init__(self, service: Service) -> None:
        self._version = service.api_version

    def serialize(self, operation: str, request: Structure, extra: Mapping[str, object] | None) -> Payload:
        """Serialize a request to a form, without members that are None."""
        return self.serialize_raw(operation, request.to_dict() | dict(extra or {}))

    def serialize_raw(self, operation: str, request: Mapping[str, object]) -> Payload:
        """Serialize a request with AWS's member names to a form."""
        fields = [("Action", operation), ("Version", self._version), *_fields("", request)]
        try:
            body = urlencode(fields, quote_via=quote, safe="-_.~").encode()
        except UnicodeEncodeError as error:
            raise unserializable_request(operation, error) from None
        return Payload((("content-type", CONTENT_TYPE),), body)

    def parse(self, operation: Operation[Structure, OutputT], response: HttpResponse) -> OutputT:
        """Parse a successful response to its type."""
        result = self._result(operation.name, operation.result_wrapper, response)
        try:
            return msgspec.convert(_members(result, operation.output), operation.output, strict=False)
        except (msgspec.ValidationError, ValueError, OverflowError) as error:  # ValueError for the year 10000
            raise unreadable_response(response, str(error)) from None

    def parse_raw(self, operation: str, response: HttpResponse) -> dict[str, object]:
        """Parse a successful response to plain values; every scalar is a string, as in the XML."""
        result = self._result(operation, f"{operation}Result", response)
        return {child.tag: _plain_untyped(child) for child in result.children}

    def error_facts(self, response: HttpResponse) -> ErrorFacts:
        """Parse an error response: ErrorResponse/Error, or Response/Errors/Error as in EC2."""
        try:
            root = parse_xml(response.body)
        except XmlError:
            return ErrorFacts(request_id=self.request_id(response))
        error = root.child("Error") or next(iter((root.child("Errors") or root).children), Element(""))
        code = error.child_text("Code")
        return ErrorFacts(
            code=strip_error_code(code) if code else None,
            message=error.child_text("Message"),
            request_id=_request_id(root) or self.request_id(response),
            fault=FAULTS.get(error.child_text("Type") or ""),
            details={child.tag: child.text for child in error.children if child.tag not in NOT_DETAILS},
        )

    def request_id(self, response: HttpResponse) -> str | None:
        """Return the request id from the header; the body of a response repeats it."""
        return response.header("x-amzn-requestid")

    def _result(self, operation: str, wrapper: str | None, response: HttpResponse) -> Element:
        try:
            root = parse_xml(response.body)
        except XmlError as error:
            raise unreadable_response(response, str(error)) from None
        if root.tag != f"{operation}Response":
            raise unreadable_response(
                response, f"the XML document is <{root.tag[:40]}>, expected <{operation}Response>"
            )
        # An operation without output members may omit the wrapper.
        return (root.child(wrapper) if wrapper else root) or Element("")


def _fields(prefix: str, value: object) -> Iterator[tuple[str, str]]:
    if is_mapping(value):
        for name, member in value.items():
            yield from _fields(f"{prefix}.{name}" if prefix else str(name), member)
    elif is_list(value):
        if not value:
            yield prefix, ""
        for number, item in enumerate(value, start=1):
            yield from _fields(f"{prefix}.member.{number}", item)
    elif isinstance(value, bool):
        yield prefix, "true" if value else "false"
    elif value is not None:
        yield prefix, str(value)


def _members(element: Element, structure_type: type[Structure]) -> dict[str, object]:
    shapes = {member.name: member.shape for member in structure_members(structure_type)}
    return {child.tag: _plain(child, shapes[child.tag]) for child in element.children if child.tag in shapes}


def _plain(element: Element, shape: Shape) -> object:
    """Convert an element to plain values by its shape: in XML, an empty list and an empty string look the same."""
    if shape.kind is ShapeKind.LIST:
        return [_plain(child, cast("Shape", shape.item)) for child in element.children]
    return element.text if shape.structure is None else _members(element, shape.structure)


def _plain_untyped(element: Element) -> object:
    if not element.children:
        return element.text
    if all(child.tag == "member" for child in element.children):
        return [_plain_untyped(child) for child in element.children]
    return {child.tag: _plain_untyped(child) for child in element.children}


def _request_id(root: Element) -> str | None:
    metadata = root.child("ResponseMetadata") or root
    return metadata.child_text("RequestId") or metadata.child_text("RequestID")
