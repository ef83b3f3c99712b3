"""What the emulator and FakeTransport ask of a protocol: bytes to plain values in AWS's names, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from wsclient._core.service_errors import ServiceUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wsclient._core.errors import ServiceError
    from wsclient._core.http import HttpRequest, HttpResponse
    from wsclient._core.model.operations import Service

BAD_REQUEST, INTERNAL, UNAVAILABLE = 400, 500, 503


class Wire(Protocol):
    """One protocol, seen from the service's side."""

    @property
    def service(self) -> Service:
        """The service that is spoken to in this protocol."""
        ...

    def claims(self, request: HttpRequest) -> bool:
        """Whether the request is one of this protocol."""
        ...

    def operation_name(self, request: HttpRequest) -> str:
        """Return the name of the operation asked for, known or not; empty when there is none."""
        ...

    def read(self, request: HttpRequest) -> dict[str, object]:
        """Return the request's members, or raise SerializationException."""
        ...

    def write(self, operation: str, result: Mapping[str, object], request_id: str) -> HttpResponse:
        """Return the answer that carries a result."""
        ...

    def write_error(self, error: ServiceError, request_id: str) -> HttpResponse:
        """Return the answer that carries an error."""
        ...


def status_of(error: ServiceError) -> int:
    """Return the HTTP status that an error travels under: its own, or what its kind usually has."""
    if error.status is not None:
        return error.status
    if isinstance(error, ServiceUnavailable):
        return UNAVAILABLE
    return INTERNAL if error.fault == "server" else BAD_REQUEST


def target(request: HttpRequest) -> tuple[str, str]:
    """Return path and query as they were sent; an absolute URL, as proxies are sent one, loses scheme and host.

    Not urlsplit: that takes `//x` for a host, and refuses some of what a client may well send.
    """
    address, _, query = request.url.partition("?")
    scheme, separator, rest = address.partition("://")
    if separator and "/" not in scheme:
        address = f"/{rest.partition('/')[2]}"
    return address or "/", query


def header(request: HttpRequest, name: str) -> str:
    """Return the first header of that lower-case name, empty when there is none."""
    return next((value for key, value in request.headers if key.lower() == name), "")
