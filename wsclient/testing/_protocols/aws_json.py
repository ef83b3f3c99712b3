"""Server-side awsJson 1.1 codec, for WorkSpaces and Directory Service.

"AWS JSON 1.1 protocol", https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
"""

from __future__ import annotations

import base64
import json
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from wsclient._core.http import HttpResponse
from wsclient._core.service_errors import SerializationException
from wsclient.testing._protocols.base import POST_ONLY, header, http_status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wsclient._core.errors import ServiceError
    from wsclient._core.http import HttpRequest
    from wsclient._core.model.operations import Service

CONTENT_TYPE = "application/x-amz-json-1.1"


class JsonServerCodec:
    """Server-side codec of awsJson 1.1, for the requests of one service."""

    methods = POST_ONLY

    def __init__(self, service: Service) -> None:
        self.service = service
        self._prefix = f"{service.target_prefix}."

    def matches(self, request: HttpRequest) -> bool:
        """Return whether X-Amz-Target names an operation of the service."""
        return header(request, "x-amz-target").startswith(self._prefix)

    def operation_name(self, request: HttpRequest) -> str:
        """Return the operation name in X-Amz-Target."""
        return header(request, "x-amz-target").removeprefix(self._prefix)

    def read(self, request: HttpRequest) -> dict[str, object]:
        """Parse the JSON object in the body. Raises SerializationException."""
        try:
            return msgspec.json.decode(request.body or b"{}", type=dict[str, object])
        except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError):
            raise SerializationException("the body is not a JSON object") from None

    def write(self, operation: str, result: Mapping[str, object], request_id: str) -> HttpResponse:  # noqa: ARG002 - Wire
        """Serialize the result as JSON, timestamps as seconds since 1970."""
        return _response(200, result)

    def write_error(self, error: ServiceError, request_id: str) -> HttpResponse:  # noqa: ARG002 - Wire
        """Serialize the error as JSON with its code in __type."""
        body = {"__type": error.code, "message": error.message, **error.details}
        return _response(http_status(error), body)


def _response(status: int, body: Mapping[str, object]) -> HttpResponse:
    return HttpResponse(status, (("content-type", CONTENT_TYPE),), json.dumps(dict(body), default=_to_json).encode())


def _to_json(value: object) -> object:
    """Convert a value without a JSON type: timestamps to seconds since 1970, bytes to base64."""
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"a response cannot contain a value of type {type(value).__name__}")
