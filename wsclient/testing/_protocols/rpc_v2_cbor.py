"""smithy-rpc-v2-cbor from the service's side: what boto3 from 1.44 on speaks to WorkSpaces.

"Smithy RPC v2 CBOR protocol", https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import cbor2

from wsclient._core.http import HttpResponse
from wsclient._core.service_errors import SerializationException
from wsclient._generated.workspaces.operations import SERVICE
from wsclient.testing._protocols.base import header, status_of, target

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wsclient._core.errors import ServiceError
    from wsclient._core.http import HttpRequest

PROTOCOL = "rpc-v2-cbor"
_PATH = f"/service/{SERVICE.target_prefix}/operation/"
_HEADERS = (("content-type", "application/cbor"), ("smithy-protocol", PROTOCOL))


class CborWire:
    """Answers WorkSpaces calls made in smithy-rpc-v2-cbor."""

    service = SERVICE

    def claims(self, request: HttpRequest) -> bool:
        """Whether the request says it is of this protocol and its path leads to WorkSpaces."""
        return header(request, "smithy-protocol") == PROTOCOL and target(request)[0].startswith(_PATH)

    def operation_name(self, request: HttpRequest) -> str:
        """Return the last part of the path."""
        return target(request)[0].removeprefix(_PATH)

    def read(self, request: HttpRequest) -> dict[str, object]:
        """Return the members of the CBOR map in the body; an operation without input has no body."""
        if not request.body:
            return {}
        try:
            members: object = cbor2.loads(request.body)
        except Exception:  # noqa: BLE001 - tags run constructors that may raise anything; none of it is a fault of ours
            raise SerializationException("the body is no CBOR") from None
        if not isinstance(members, dict):
            raise SerializationException("the body is no CBOR map")
        return cast("dict[str, object]", members)

    def write(self, operation: str, result: Mapping[str, object], request_id: str) -> HttpResponse:  # noqa: ARG002 - Wire
        """Return the result as a CBOR map, times under tag 1."""
        return HttpResponse(200, _HEADERS, cbor2.dumps(dict(result), datetime_as_timestamp=True))

    def write_error(self, error: ServiceError, request_id: str) -> HttpResponse:  # noqa: ARG002 - Wire
        """Return the error as a CBOR map with its __type."""
        body = {"__type": f"com.amazonaws.workspaces#{error.code}", "message": error.message, **error.details}
        return HttpResponse(status_of(error), _HEADERS, cbor2.dumps(body))
