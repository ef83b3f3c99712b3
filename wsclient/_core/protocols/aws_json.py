"""awsJson 1.1, as Amazon WorkSpaces speaks it.

"AWS JSON 1.1 protocol", https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, TypeVar

import msgspec

from wsclient._core.model.structures import Output, drop_nulls
from wsclient._core.protocols.codec import (
    ErrorFacts,
    Payload,
    strip_error_code,
    unreadable_response,
    unserializable_request,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wsclient._core.http import HttpResponse
    from wsclient._core.model.operations import Operation, Service
    from wsclient._core.model.structures import Structure

OutputT = TypeVar("OutputT", bound=Output)

CONTENT_TYPE = "application/x-amz-json-1.1"
UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What msgspec raises on bytes that are no JSON, or not of the type."""
UNSERIALIZABLE = (TypeError, ValueError, OverflowError, RecursionError)
NOT_DETAILS = frozenset({"__type", "code", "message"})

_encode = msgspec.json.Encoder().encode


class JsonCodec:
    """Speaks awsJson 1.1 for one service."""

    def __init__(self, service: Service) -> None:
        self._target = f"{service.target_prefix}."

    def serialize(self, operation: str, request: Structure, extra: Mapping[str, object] | None) -> Payload:
        """Turn a request into JSON; what is None is left out."""
        try:
            body = _encode(msgspec.to_builtins(request) | extra if extra else request)
        except UNSERIALIZABLE as error:
            raise unserializable_request(operation, error) from None
        return Payload(self._headers(operation), body)

    def serialize_raw(self, operation: str, request: Mapping[str, object]) -> Payload:
        """Turn a request in AWS's names into JSON."""
        try:
            return Payload(self._headers(operation), _encode(dict(request)))
        except UNSERIALIZABLE as error:
            raise unserializable_request(operation, error) from None

    def parse(self, operation: Operation[Structure, OutputT], response: HttpResponse) -> OutputT:
        """Turn a successful answer into its typed value."""
        if not response.body and operation.output.__struct_fields__ == Output.__struct_fields__:
            return operation.output()
        try:
            decoder: msgspec.json.Decoder[OutputT] = _decoder(operation.output)
            return decoder.decode(response.body)
        except msgspec.ValidationError:
            return _decode_with_nulls(operation.output, response)
        except UNREADABLE as error:
            raise unreadable_response(response, _words(error)) from None

    def parse_raw(self, operation: str, response: HttpResponse) -> dict[str, object]:
        """Turn a successful answer into plain values."""
        try:
            return msgspec.json.decode(response.body or b"{}", type=dict[str, object])
        except UNREADABLE as error:
            raise unreadable_response(response, f"{operation}: {_words(error)}") from None

    def error_facts(self, response: HttpResponse) -> ErrorFacts:
        """Read an error answer: the header's code first, then the body's code, then its __type."""
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
        """Return the request id, which AWS sends as a header."""
        return response.header("x-amzn-requestid") or response.header("x-amz-request-id")

    def _headers(self, operation: str) -> tuple[tuple[str, str], ...]:
        return ("content-type", CONTENT_TYPE), ("x-amz-target", self._target + operation)


@cache
def _decoder(output: type[OutputT]) -> msgspec.json.Decoder[OutputT]:
    # Not strict, because AWS sends times as numbers.
    return msgspec.json.Decoder(output, strict=False)


def _decode_with_nulls(output: type[OutputT], response: HttpResponse) -> OutputT:
    """Decode the slow way, in which null means absent everywhere, lists included."""
    try:
        return msgspec.convert(drop_nulls(msgspec.json.decode(response.body)), output, strict=False)
    except UNREADABLE as error:
        raise unreadable_response(response, _words(error)) from None


def _object_or_empty(body: bytes) -> dict[str, object]:
    try:
        return msgspec.json.decode(body, type=dict[str, object])
    except UNREADABLE:
        return {}


def _text(body: Mapping[str, object], name: str) -> str | None:
    value = body.get(name)
    return value if isinstance(value, str) and value else None


def _words(error: Exception) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)
