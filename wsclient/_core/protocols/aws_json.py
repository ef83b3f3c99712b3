"""awsJson 1.1 codec, the protocol of Amazon WorkSpaces.

"AWS JSON 1.1 protocol", https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, TypeVar

import msgspec

from wsclient._core.decodable import decodable
from wsclient._core.http import SUCCESS_STATUS
from wsclient._core.model.gaps import fill_gaps
from wsclient._core.model.operations import Effect
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
from wsclient._core.protocols.json_bounds import size_problem
from wsclient._core.protocols.json_text import decode_json
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
        # A page of a list begins with the list, and repeats no member: no need to read its body once more.
        is_page = operation.effect is Effect.READ and response.body.startswith(_beginnings(operation.output))
        if is_page and _has_success_head(response) and self._has_origin(response):
            return output
        self._require_proof(response, operation.output, operation.name)
        return output

    def _require_proof(self, response: HttpResponse, output: type[Output] | None, operation: str) -> None:
        """Raise ResponseParseError unless a response has a mark of the service, and members of the operation's."""
        known = _known_members(output) if output else dict[str, str]()
        received = _received_members(response)
        is_known = not received or not received.isdisjoint(known.values())
        if not known:
            # A newer model may have members, but no success names an error.
            is_known = "__type" not in received
        has_origin = self._has_origin(response) or (received and known and _media_type(response) == "application/json")
        if not (is_known and has_origin and _has_success_head(response)):
            raise unproven_response(response, operation)

    def _decode(self, operation: Operation[Structure, OutputT], response: HttpResponse) -> OutputT:
        if not response.body and not _known_members(operation.output):
            return operation.output()
        _check_bounds(response)
        try:
            decoder: msgspec.json.Decoder[OutputT] = _decoder(operation.output)
            return decode_json(decoder.decode, response.body)
        except msgspec.ValidationError:
            return _decode_with_gaps(operation.output, response)
        except UNREADABLE as error:
            raise unreadable_response(response, _reason(error)) from None

    def _has_origin(self, response: HttpResponse) -> bool:
        """Return whether a response has a mark of the service: a request id, or the protocol's content type."""
        if self.request_id(response) is not None:
            return True
        return _media_type(response) == CONTENT_TYPE

    @without_locals
    def parse_raw(self, operation: str, response: HttpResponse) -> dict[str, object]:
        """Parse a successful response to plain values."""
        _check_bounds(response)
        try:
            members = decode_json(_decode_object, response.body or b"{}")
        except UNREADABLE as error:
            raise unreadable_response(response, f"{operation}: {_reason(error)}") from None
        model = self._operations.get(operation)
        self._require_proof(response, model.output if model else None, operation)
        return members

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
        return response.request_ids[0] if response.request_ids else None

    def _headers(self, operation: str) -> tuple[tuple[str, str], ...]:
        return ("content-type", CONTENT_TYPE), ("x-amz-target", self._target + operation)


@cache
def _decoder(output: type[OutputT]) -> msgspec.json.Decoder[OutputT]:
    # Not strict, because awsJson sends timestamps as numbers.
    return msgspec.json.Decoder(decodable(output), strict=False)


@cache
def _beginnings(output: type[Output]) -> tuple[bytes, ...]:
    """Return how a body begins whose first member is one of the operation's output, as AWS writes it."""
    return tuple(b'{"%s":' % member.encode() for member in _known_members(output).values())


@cache
def _known_members(output: type[Output]) -> Mapping[str, str]:
    """Return the members of an operation's output: AWS's names by attribute."""
    names = zip(output.__struct_fields__, output.__struct_encode_fields__, strict=True)
    return {name: member for name, member in names if name not in Output.__struct_fields__}


def _media_type(response: HttpResponse) -> str:
    """Return the media type of a response; services that imitate AWS say application/json."""
    return (response.header("content-type") or "").partition(";")[0].strip().lower()


def _has_success_head(response: HttpResponse) -> bool:
    """Return whether status and headers are those of the protocol's success: 200, and no error code.

    Any other status is a proxy's or gateway's, such as 206 for a part of the response.
    """
    return response.status == SUCCESS_STATUS and response.header("x-amzn-errortype") is None


def _received_members(response: HttpResponse) -> set[str]:
    """Return the names of a response's members. Raises ResponseParseError if one is there twice."""
    values = _raw_members(response.body)
    # As AWS writes JSON, without spaces: nothing is there besides these members. Python's decoder sees the others.
    length = sum([len(name) + len(value) + 4 for name, value in values.items()])
    if values and length + 1 != len(response.body) and _repeats_member(response.body):
        raise unreadable_response(response, "it has the same member twice")
    return set(values)


def _raw_members(body: bytes) -> dict[str, bytes]:
    return {name: bytes(value) for name, value in decode_json(_decode_raw, body).items()} if body else {}


_decode_raw = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_object = msgspec.json.Decoder(dict[str, object]).decode


def _repeats_member(body: bytes) -> bool:
    import json  # noqa: PLC0415 - few responses have spaces, and few programs need this module

    try:
        pairs: list[tuple[str, object]] = json.loads(body, object_pairs_hook=list)
    except (ValueError, RecursionError):
        return True
    return len(dict(pairs)) < len(pairs)


def _check_bounds(response: HttpResponse) -> None:
    if reason := size_problem(response.body):
        raise unreadable_response(response, reason)


def _decode_with_gaps(output: type[OutputT], response: HttpResponse) -> OutputT:
    """Decode again, slower: null is absent everywhere, in lists too, and required members that are absent are empty."""
    try:
        # The decoder knows RFC 3339 dates only.
        members = drop_nulls(decode_json(msgspec.json.decode, response.body))
        members = fill_gaps(members, output, has_any_time=True)
        return msgspec.convert(members, decodable(output), strict=False)
    except UNREADABLE as error:
        raise unreadable_response(response, _reason(error)) from None


def _object_or_empty(body: bytes) -> dict[str, object]:
    if size_problem(body):
        return {}
    try:
        return decode_json(_decode_object, body)
    except UNREADABLE:
        return {}


def _text(body: Mapping[str, object], name: str) -> str | None:
    value = body.get(name)
    return value if isinstance(value, str) and value else None


def _reason(error: Exception) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)
