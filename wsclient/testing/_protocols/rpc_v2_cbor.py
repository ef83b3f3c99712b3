"""Server-side smithy-rpc-v2-cbor codec, for WorkSpaces and Directory Service; boto3 1.44 and later use this protocol.

"Smithy RPC v2 CBOR protocol", https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import cbor2

from wsclient._core.http import HttpResponse
from wsclient._core.service_errors import SerializationException
from wsclient.testing._protocols.base import POST_ONLY, header, http_status, path_and_query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wsclient._core.errors import ServiceError
    from wsclient._core.http import HttpRequest
    from wsclient._core.model.operations import Service

PROTOCOL = "rpc-v2-cbor"
_HEADERS = (("content-type", "application/cbor"), ("smithy-protocol", PROTOCOL))


class CborServerCodec:
    """Server-side codec of smithy-rpc-v2-cbor, for the requests of one service."""

    methods = POST_ONLY

    def __init__(self, service: Service) -> None:
        self.service = service
        self._prefix = f"/service/{service.target_prefix}/operation/"

    def matches(self, request: HttpRequest) -> bool:
        """Return whether the Smithy-Protocol header names this protocol and the path is one of the service."""
        return header(request, "smithy-protocol") == PROTOCOL and path_and_query(request)[0].startswith(self._prefix)

    def operation_name(self, request: HttpRequest) -> str:
        """Return the operation name in the path."""
        return path_and_query(request)[0].removeprefix(self._prefix)

    def read(self, request: HttpRequest) -> dict[str, object]:
        """Parse the CBOR map in the body; empty for an operation without input. Raises SerializationException."""
        if not request.body:
            return {}
        try:
            members: object = cbor2.loads(request.body)
        except Exception:  # noqa: BLE001 - CBOR tags run constructors that may raise any exception
            raise SerializationException("the body is not valid CBOR") from None
        if not isinstance(members, dict):
            raise SerializationException("the body is not a CBOR map")
        return cast("dict[str, object]", members)

    def write(self, operation: str, result: Mapping[str, object], request_id: str) -> HttpResponse:  # noqa: ARG002 - Wire
        """Serialize the result as a CBOR map, timestamps under tag 1 (RFC 8949, 3.4.2)."""
        return HttpResponse(200, _HEADERS, cbor2.dumps(dict(result), datetime_as_timestamp=True))

    def write_error(self, error: ServiceError, request_id: str) -> HttpResponse:  # noqa: ARG002 - Wire
        """Serialize the error as a CBOR map with its code in __type."""
        body = {"__type": f"com.amazonaws.{self.service.name}#{error.code}", "message": error.message, **error.details}
        return HttpResponse(http_status(error), _HEADERS, cbor2.dumps(body))
