"""awsJson 1.1 from the service's side.

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
from wsclient._generated.workspaces.operations import SERVICE
from wsclient.testing._protocols.base import header, status_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wsclient._core.errors import ServiceError
    from wsclient._core.http import HttpRequest

CONTENT_TYPE = "application/x-amz-json-1.1"
_TARGET = f"{SERVICE.target_prefix}."


class JsonWire:
    """Answers WorkSpaces calls made in awsJson 1.1."""

    service = SERVICE

    def claims(self, request: HttpRequest) -> bool:
        """Whether the request names a target of WorkSpaces."""
        return header(request, "x-amz-target").startswith(_TARGET)

    def operation_name(self, request: HttpRequest) -> str:
        """Return what follows the prefix of X-Amz-Target."""
        return header(request, "x-amz-target").removeprefix(_TARGET)

    def read(self, request: HttpRequest) -> dict[str, object]:
        """Return the members of the JSON object in the body."""
        try:
            return msgspec.json.decode(request.body or b"{}", type=dict[str, object])
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise SerializationException("the body is no JSON object") from None

    def write(self, operation: str, result: Mapping[str, object], request_id: str) -> HttpResponse:  # noqa: ARG002 - Wire
        """Return the result as JSON, times as seconds since 1970."""
        return _response(200, result)

    def write_error(self, error: ServiceError, request_id: str) -> HttpResponse:  # noqa: ARG002 - Wire
        """Return the error as JSON with its __type."""
        body = {"__type": error.code, "message": error.message, **error.details}
        return _response(status_of(error), body)


def _response(status: int, body: Mapping[str, object]) -> HttpResponse:
    return HttpResponse(status, (("content-type", CONTENT_TYPE),), json.dumps(dict(body), default=_default).encode())


def _default(value: object) -> object:
    """Turn into JSON what JSON has no type for."""
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"an answer cannot hold a {type(value).__name__}")
