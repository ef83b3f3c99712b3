"""awsJson 1.1 codec, the protocol of Amazon WorkSpaces.

"AWS JSON 1.1 protocol", https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, TypeVar

import msgspec

from wsclient._core.model.gaps import fill_gaps
from wsclient._core.model.structures import Output, TimestampFormat, drop_nulls
from wsclient._core.protocols.codec import (
    UNSERIALIZABLE,
    ErrorFacts,
    Payload,
    strip_error_code,
    unproven_response,
    unreadable_response,
    unserializable_request,
)
from wsclient._core.protocols.json_bounds import excess
from wsclient._core.protocols.values import encoding_error, members_to_wire, structure_to_wire
from wsclient._core.tracebacks import without_locals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wsclient._core.http import HttpResponse
    from wsclient._core.model.operations import Operation, Service
    from wsclient._core.model.structures import Structure

OutputT = TypeVar("OutputT", bound=Output)

CONTENT_TYPE = "application/x-amz-json-1.1"
UNREADABLE = (msgspec.MsgspecError, ValueError, OverflowError, RecursionError)
"""Exceptions of msgspec for bytes that are not JSON or not of the expected type; ValueError for the year 10000."""
NOT_DETAILS = frozenset({"__type", "code", "message"})

TIMESTAMPS = TimestampFormat.EPOCH_SECONDS

_encode = msgspec.json.Encoder().encode


def _body(members: Mapping[str, object]) -> bytes:
    """Encode wire values. Raises one of UNSERIALIZABLE, with the value's path if a value is the reason."""
    try:
        return _encode(members)
    except UNSERIALIZABLE as error:
        raise encoding_error(members, _encode) or error from None


class JsonCodec:
    """awsJson 1.1 codec of one service."""

    def __init__(self, service: Service) -> None:
        self._target = f"{service.target_prefix}."
        self._operations = service.operations

    @without_locals
    def serialize(self, operation: str, request: Structure, extra: Mapping[str, object] | None) -> Payload:
        """Serialize a request to JSON, without members that are None."""
        try:
            members = structure_to_wire(request, TIMESTAMPS)
            if extra:
                members |= members_to_wire(extra, type(request), TIMESTAMPS)
            body = _body(members)
        except UNSERIALIZABLE as error:
            raise unserializable_request(operation, error) from None
        return Payload(self._headers(operation), body)

    @without_locals
    def serialize_raw(self, operation: str, request: Mapping[str, object]) -> Payload:
        """Serialize a request with AWS's member names to JSON."""
        model = self._operations.get(operation)
        try:
            members = members_to_wire(request, model.input if model else None, TIMESTAMPS)
            return Payload(self._headers(operation), _body(members))
        except UNSERIALIZABLE as error:
            raise unserializable_request(operation, error) from None

    @without_locals
    def parse(self, operation: Operation[Structure, OutputT], response: HttpResponse) -> OutputT:
        """Parse a successful response to its type; raises ResponseParseError if it is not recognisably AWS's."""
        output = self._decode(operation, response)
        # The first member of nearly every response is one of the operation's: no need to read the body once more.
        if response.body.startswith(_beginnings(operation.output)) and self._has_origin(response):
            return output
        known = _known_members(operation.output)
        received = _object_or_empty(response.body).keys()
        is_known = not received or not known or not received.isdisjoint(known.values())
        if is_known and (self._has_origin(response) or (received and known and _is_json(response))):
            return output
        raise unproven_response(response, operation.name)

    def _decode(self, operation: Operation[Structure, OutputT], response: HttpResponse) -> OutputT:
        if not response.body and not _known_members(operation.output):
            return operation.output()
        _check_bounds(response)
        try:
            decoder: msgspec.json.Decoder[OutputT] = _decoder(operation.output)
            return decoder.decode(response.body)
        except msgspec.ValidationError:
            return _decode_with_gaps(operation.output, response)
        except UNREADABLE as error:
            raise unreadable_response(response, _reason(error)) from None

    def _has_origin(self, response: HttpResponse) -> bool:
        """Return whether a response has a mark of the service: a request id, or the protocol's content type."""
        if self.request_id(response) is not None:
            return True
        return (response.header("content-type") or "").lower().startswith(CONTENT_TYPE)

    @without_locals
    def parse_raw(self, operation: str, response: HttpResponse) -> dict[str, object]:
        """Parse a successful response to plain values."""
        _check_bounds(response)
        try:
            members = msgspec.json.decode(response.body or b"{}", type=dict[str, object])
        except UNREADABLE as error:
            raise unreadable_response(response, f"{operation}: {_reason(error)}") from None
        model = self._operations.get(operation)
        known = _known_members(model.output) if model else dict[str, str]()
        is_known = not members or not known or not members.keys().isdisjoint(known.values())
        if is_known and (self._has_origin(response) or (members and known and _is_json(response))):
            return members
        raise unproven_response(response, operation)

    def error_facts(self, response: HttpResponse) -> ErrorFacts:
        """Parse an error response: the code of the header first, then code in the body, then __type."""
        body = _object_or_empty(response.body)
        code = response.header("x-amzn-errortype") or _text(body, "code") or _text(body, "__type")
        return ErrorFacts(
            code=strip_error_code(code) if code else None,
            message=_text(body, "message") or _text(body, "Message"),
            request_id=self.request_id(response),
            details={
                name: value
                for name, value in body.items()
                if isinstance(value, str) and name.lower() not in NOT_DETAILS
            },
        )

    def request_id(self, response: HttpResponse) -> str | None:
        """Return the request id from the headers."""
        return response.header("x-amzn-requestid") or response.header("x-amz-request-id")

    def _headers(self, operation: str) -> tuple[tuple[str, str], ...]:
        return ("content-type", CONTENT_TYPE), ("x-amz-target", self._target + operation)


@cache
def _decoder(output: type[OutputT]) -> msgspec.json.Decoder[OutputT]:
    # Not strict, because awsJson sends timestamps as numbers.
    return msgspec.json.Decoder(output, strict=False)


@cache
def _beginnings(output: type[Output]) -> tuple[bytes, ...]:
    """Return how a body begins whose first member is one of the operation's output, as AWS writes it."""
    return tuple(b'{"%s":' % member.encode() for member in _known_members(output).values())


@cache
def _known_members(output: type[Output]) -> Mapping[str, str]:
    """Return the members of an operation's output: AWS's names by attribute."""
    names = zip(output.__struct_fields__, output.__struct_encode_fields__, strict=True)
    return {name: member for name, member in names if name not in Output.__struct_fields__}


def _is_json(response: HttpResponse) -> bool:
    """Return whether a response says that it is JSON of any kind, as services that imitate AWS do."""
    return (response.header("content-type") or "").partition(";")[0].strip().lower() == "application/json"


def _check_bounds(response: HttpResponse) -> None:
    if reason := excess(response.body):
        raise unreadable_response(response, reason)


def _decode_with_gaps(output: type[OutputT], response: HttpResponse) -> OutputT:
    """Decode again, slower: null is absent everywhere, in lists too, and required members that are absent are empty."""
    try:
        members = fill_gaps(drop_nulls(msgspec.json.decode(response.body)), output)
        return msgspec.convert(members, output, strict=False)
    except UNREADABLE as error:
        raise unreadable_response(response, _reason(error)) from None


def _object_or_empty(body: bytes) -> dict[str, object]:
    if excess(body):
        return {}
    try:
        return msgspec.json.decode(body, type=dict[str, object])
    except UNREADABLE:
        return {}


def _text(body: Mapping[str, object], name: str) -> str | None:
    value = body.get(name)
    return value if isinstance(value, str) and value else None


def _reason(error: Exception) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)
