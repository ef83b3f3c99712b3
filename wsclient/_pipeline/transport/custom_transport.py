"""transport= of the caller: its type, and the check that it is an asynchronous transport. Imports no HTTP library.

A transport may be one of httpx or of httpx2, the maintained fork with the same API (https://github.com/pydantic/httpx2).
Classes of both are recognized by name and package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from wsclient._core.errors import ConfigurationError
from wsclient._core.utils import with_article

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from typing import Never

LIBRARIES: Final = frozenset({"httpx", "httpcore", "httpx2", "httpcore2"})
"""Packages whose transports, exceptions and streams are recognized."""
_PROXY_POOLS: Final = frozenset({"AsyncHTTPProxy", "AsyncSOCKSProxy"})


class AsyncTransport(Protocol):
    """Asynchronous transport of httpx or httpx2: any AsyncBaseTransport, or an object with the same two methods."""

    def handle_async_request(self, request: Never, /) -> Awaitable[object]:
        """Send a Request of the transport's own library and return its Response."""
        ...

    async def aclose(self) -> None:
        """Close the connections."""
        ...


def library_names(value: object) -> frozenset[str]:
    """Return the names of an object's classes as far as httpx, httpcore, httpx2 or httpcore2 define them."""
    return frozenset(kind.__name__ for kind in type(value).__mro__ if _package(kind) in LIBRARIES)


def library_name(transport: object) -> str:
    """Return the library whose requests a transport takes: "httpx2", or "httpx" for any other transport."""
    return "httpx2" if any(_package(kind) == "httpx2" for kind in type(transport).__mro__) else "httpx"


def has_proxy(transport: object) -> bool:
    """Return True for a stock transport that sends its requests through a proxy; what wraps one cannot be inspected."""
    return not library_names(getattr(transport, "_pool", None)).isdisjoint(_PROXY_POOLS)


def validate_transport(transport: object) -> None:
    """Raise ConfigurationError, with the transport to pass instead, unless this is an asynchronous transport."""
    if isinstance(transport, type):
        raise ConfigurationError(f"transport= is the class {_qualified_name(transport)}; pass an instance of it")
    if all(callable(getattr(transport, name, None)) for name in ("handle_async_request", "aclose")):
        return
    kind = with_article(_qualified_name(type(transport)))
    raise ConfigurationError(f"transport= is {kind}, not an asynchronous transport; {_remedy(transport)}")


def _remedy(transport: object) -> str:
    names, library = library_names(transport), library_name(transport)
    if names & {"AsyncClient", "Client"}:
        return f"pass the transport of the client, such as {library}.AsyncHTTPTransport()"
    if callable(getattr(transport, "handle_request", None)):
        return f"pass its asynchronous counterpart, such as {library}.AsyncHTTPTransport()"
    if callable(getattr(transport, "async_handler", None)):  # a router of respx, which is callable too
        return "pass httpx.MockTransport(router.async_handler)"
    if callable(transport):
        return "pass httpx.MockTransport(function), which calls a function for each request"
    return "pass a transport of httpx or httpx2, or an object with async handle_async_request(request) and aclose()"


def _qualified_name(kind: type) -> str:
    return kind.__name__ if _package(kind) == "builtins" else f"{_package(kind)}.{kind.__name__}"


def _package(kind: type) -> str:
    return kind.__module__.partition(".")[0]
