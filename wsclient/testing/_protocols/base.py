"""Server-side codec interface: parses request bytes into members with AWS's names, and serializes responses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from wsclient._core.service_errors import ServiceUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wsclient._core.errors import ServiceError
    from wsclient._core.http import HttpRequest, HttpResponse
    from wsclient._core.model.operations import Service

POST_ONLY: Final = frozenset({"POST"})
BAD_REQUEST, INTERNAL, UNAVAILABLE = 400, 500, 503


class ServerCodec(Protocol):
    """Server-side codec of one protocol: parses requests and serializes responses."""

    @property
    def methods(self) -> frozenset[str]:
        """HTTP methods of the protocol."""
        ...

    @property
    def service(self) -> Service:
        """The service whose requests this codec reads."""
        ...

    def matches(self, request: HttpRequest) -> bool:
        """Return whether a request uses this protocol."""
        ...

    def operation_name(self, request: HttpRequest) -> str:
        """Return the operation name in a request, even if it is unknown; empty if the request has none."""
        ...

    def read(self, request: HttpRequest) -> dict[str, object]:
        """Parse the members of a request. Raises SerializationException for an unreadable body."""
        ...

    def write(self, operation: str, result: Mapping[str, object], request_id: str) -> HttpResponse:
        """Serialize the result of an operation to a response."""
        ...

    def write_error(self, error: ServiceError, request_id: str) -> HttpResponse:
        """Serialize an error to a response."""
        ...


def http_status(error: ServiceError) -> int:
    """Return the HTTP status of an error: its own, or 503 for ServiceUnavailable, 500 for server faults, else 400."""
    if error.status is not None:
        return error.status
    if isinstance(error, ServiceUnavailable):
        return UNAVAILABLE
    return INTERNAL if error.fault == "server" else BAD_REQUEST


def path_and_query(request: HttpRequest) -> tuple[str, str]:
    """Return the path and query as sent; scheme and host of an absolute URL (the proxy form) are removed.

    urlsplit is not used: it parses `//x` as a host, and rejects some request targets that clients may send.
    """
    address, _, query = request.url.partition("?")
    scheme, separator, rest = address.partition("://")
    if separator and "/" not in scheme:
        address = f"/{rest.partition('/')[2]}"
    return address or "/", query


def header(request: HttpRequest, name: str) -> str:
    """Return the first header with a lower-case name; empty if the request has none."""
    return next((value for key, value in request.headers if key.lower() == name), "")
