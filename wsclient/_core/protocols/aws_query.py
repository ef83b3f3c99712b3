"""AWS query codec, the protocol of AWS STS, IAM and, in a dialect, EC2: requests as forms, responses as XML.

"AWS Query protocol", https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
"AWS EC2 Query protocol", https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from wsclient._core.decodable import decodable
from wsclient._core.http import SUCCESS_STATUS
from wsclient._core.model.gaps import fill_gaps
from wsclient._core.model.structures import Output, TimestampFormat
from wsclient._core.protocols.codec import (
    UNSERIALIZABLE,
    ErrorFacts,
    Payload,
    strip_error_code,
    unproven_response,
    unreadable_response,
    unserializable_request,
)
from wsclient._core.protocols.query_dialects import DIALECTS
from wsclient._core.protocols.query_fields import structure_fields
from wsclient._core.protocols.query_results import read_raw_structure, read_structure
from wsclient._core.protocols.values import encoding_error, members_to_wire, structure_to_wire
from wsclient._core.protocols.xml import Element, XmlError, parse_xml
from wsclient._core.tracebacks import without_locals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wsclient._core.http import HttpResponse
    from wsclient._core.model.operations import Operation, Service
    from wsclient._core.model.structures import Structure

OutputT = TypeVar("OutputT", bound=Output)

CONTENT_TYPE = "application/x-www-form-urlencoded; charset=utf-8"
TIMESTAMPS = TimestampFormat.ISO8601
NOT_DETAILS = frozenset({"Code", "Message", "Type"})
MAX_HEAD = 1024
"""Bytes of a response of EC2 that are searched for its request id."""
_REQUEST_ID = re.compile(rb"<requestId>([0-9A-Za-z-]{1,64})</requestId>")
FAULTS = {"Sender": "client", "Receiver": "server"}


class QueryCodec:
    """AWS query codec of one service."""

    def __init__(self, service: Service) -> None:
        self._version = service.api_version
        self._operations = service.operations
        self._dialect = DIALECTS[service.protocol]

    @without_locals
    def serialize(self, operation: str, request: Structure, extra: Mapping[str, object] | None) -> Payload:
        """Serialize a request to a form, without members that are None."""
        try:
            members = structure_to_wire(request, TIMESTAMPS) | members_to_wire(extra or {}, type(request), TIMESTAMPS)
            return self._form(operation, members, type(request))
        except UNSERIALIZABLE as error:
            raise unserializable_request(operation, error) from None

    @without_locals
    def serialize_raw(self, operation: str, request: Mapping[str, object]) -> Payload:
        """Serialize a request with AWS's member names to a form."""
        model = self._operations.get(operation)
        structure_type = model.input if model else None
        try:
            return self._form(operation, members_to_wire(request, structure_type, TIMESTAMPS), structure_type)
        except UNSERIALIZABLE as error:
            raise unserializable_request(operation, error) from None

    def _form(self, operation: str, members: Mapping[str, object], structure_type: type[Structure] | None) -> Payload:
        fields = [("Action", operation), ("Version", self._version)]
        try:
            fields += structure_fields("", members, structure_type, self._dialect)
            body = urlencode(fields, quote_via=quote, safe="-_.~").encode()
        except UNSERIALIZABLE as error:
            raise encoding_error(members, lambda value: str(value).encode()) or error from None
        return Payload((("content-type", CONTENT_TYPE),), body)

    @without_locals
    def parse(self, operation: Operation[Structure, OutputT], response: HttpResponse) -> OutputT:
        """Parse a successful response to its type."""
        result = self._result(operation.name, operation.result_wrapper, response)
        try:
            members = fill_gaps(read_structure(result, operation.output, self._dialect), operation.output)
            return msgspec.convert(members, decodable(operation.output), strict=False)
        except (msgspec.ValidationError, ValueError, OverflowError) as error:  # ValueError for the year 10000
            raise unreadable_response(response, str(error)) from None

    @without_locals
    def parse_raw(self, operation: str, response: HttpResponse) -> dict[str, object]:
        """Parse a successful response to plain values; every scalar is a string, as in the XML.

        Repeated elements become a list, also those that the model lacks.
        """
        model = self._operations.get(operation)
        result = self._result(operation, None if self._dialect.is_ec2 else f"{operation}Result", response)
        members = read_raw_structure(result, model.output if model else None, self._dialect)
        if self._dialect.is_ec2:
            members.pop("requestId", None)
        return members

    def error_facts(self, response: HttpResponse) -> ErrorFacts:
        """Parse an error response: ErrorResponse/Error, or Response/Errors/Error as in EC2."""
        try:
            root = self._root(response)
        except XmlError:
            return ErrorFacts(request_id=self.request_id(response))
        error = root.child("Error") or next(iter((root.child("Errors") or root).children), Element(""))
        code = error.child_text("Code")
        return ErrorFacts(
            code=strip_error_code(code) if code else None,
            message=error.child_text("Message"),
            request_id=_request_id(root) or self.request_id(response),
            fault=FAULTS.get(error.child_text("Type") or ""),
            details={
                child.tag: child.text for child in error.children if child.tag not in NOT_DETAILS and not child.children
            },
        )

    def request_id(self, response: HttpResponse) -> str | None:
        """Return the request id from the header, or the one with which the body of EC2 begins."""
        if in_headers := response.request_ids:
            return in_headers[0]
        found = _REQUEST_ID.search(response.body, 0, MAX_HEAD) if self._dialect.is_ec2 else None
        return found[1].decode("ascii") if found else None

    def _root(self, response: HttpResponse) -> Element:
        limits = self._dialect
        return parse_xml(response.body, max_bytes=limits.max_bytes, max_elements=limits.max_elements)

    def _result(self, operation: str, wrapper: str | None, response: HttpResponse) -> Element:
        try:
            root = self._root(response)
        except XmlError as error:
            raise unreadable_response(response, str(error)) from None
        if response.status != SUCCESS_STATUS:
            raise unproven_response(response, operation)
        if root.tag != f"{operation}Response":
            raise unreadable_response(
                response, f"the XML document is <{root.tag[:40]}>, expected <{operation}Response>"
            )
        # An operation without output members may omit the wrapper.
        return (root.child(wrapper) if wrapper else root) or Element("")


def _request_id(root: Element) -> str | None:
    metadata = root.child("ResponseMetadata") or root
    return metadata.child_text("RequestId") or metadata.child_text("RequestID")
