"""Network guard for tests: refuses requests that would leave this machine although a test mocks or forbids them.

respx and similar libraries replace methods of httpx or httpcore; moto answers botocore's requests. A client without
transport= opens connections of its own, past such a mock, so its signed request would reach AWS from a test that looks
hermetic.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from wsclient._core.errors import NetworkAccessError
from wsclient._core.hosts import is_loopback
from wsclient._pipeline.transport.custom_transport import LIBRARIES, library_names

if TYPE_CHECKING:
    from collections.abc import Generator

    from wsclient._pipeline.transport.custom_transport import AsyncTransport


class NetworkAccess(Enum):
    """Hosts that requests may be sent to, in this process."""

    UNMOCKED = "unmocked"
    """Any host, but only loopback while httpx or boto3 is mocked: the default."""
    LOOPBACK = "loopback"
    """This machine only."""
    ANY = "any"
    """Any host, even while a mock is active."""


_PATCHED: Final = (
    ("httpx", "AsyncHTTPTransport", "handle_async_request"),  # pytest-httpx and most monkeypatches
    ("httpx", "AsyncClient", "_transport_for_url"),  # respx.mock(using="httpx")
    ("httpcore", "AsyncConnectionPool", "handle_async_request"),  # respx.mock
    ("httpx2", "AsyncHTTPTransport", "handle_async_request"),
    ("httpx2", "AsyncClient", "_transport_for_url"),
    ("httpcore2", "AsyncConnectionPool", "handle_async_request"),  # pytest-httpx2
)
"""Package, class and method that mocks replace."""
_PACKAGES = frozenset(package for package, _, _ in _PATCHED)
_access = NetworkAccess.UNMOCKED


@contextmanager
def network_access(access: NetworkAccess) -> Generator[None]:
    """Set the hosts that this process's requests may be sent to, for the duration of the block."""
    global _access  # noqa: PLW0603 - a setting of the process, as the mocks that it knows of
    previous, _access = _access, access
    try:
        yield
    finally:
        _access = previous


def active_mock() -> tuple[str, str] | None:
    """Return the package that a mock has patched and the module that the mock is from, or None.

    A wrapper that keeps the function's __module__, as functools.wraps and wrapt do, is not a mock: OpenTelemetry and
    other monitoring wraps these methods in production.
    """
    if sys.modules.keys().isdisjoint(_PACKAGES):  # nothing to patch: most programs import none of them
        return None
    for package, class_name, method in _PATCHED:
        if (module := sys.modules.get(package)) is None:
            continue
        function = getattr(getattr(module, class_name, None), method, None)
        home = getattr(function, "__module__", None)
        if isinstance(home, str) and home.partition(".")[0] not in LIBRARIES:
            return package.replace("httpcore", "httpx"), home
    return None


def _is_moto_active() -> bool:
    """Return whether moto's mock_aws is active, which answers the requests of botocore and of no other library."""
    stubber = getattr(sys.modules.get("moto.core.models"), "botocore_stubber", None)
    return getattr(stubber, "enabled", False) is True


def check_network_access(url: str, transport: AsyncTransport | None = None, proxy: str | None = None) -> None:
    """Raise NetworkAccessError for a request that a mock or the guard of a test keeps from leaving this machine.

    transport is the caller's: only a stock AsyncHTTPTransport is known to open connections, unless it is mocked itself.
    """
    if _access is NetworkAccess.ANY:
        return
    mock, is_confined = active_mock(), _access is NetworkAccess.LOOPBACK or _is_moto_active()
    if transport is None:
        is_refused = mock is not None or is_confined
    else:
        is_refused = is_confined and mock is None and "AsyncHTTPTransport" in library_names(transport)
    if not is_refused or (is_loopback(_host(url)) and (not proxy or is_loopback(_host(proxy)))):
        return
    host = _host(url)
    if _access is NetworkAccess.LOOPBACK:
        raise NetworkAccessError(
            f"{host} is not loopback, and this test run allows requests to loopback only (wsclient_network); use the "
            "emulator (the fixtures workspaces_client and wsclient_environment) or a mocked transport=, or allow the "
            'network with @pytest.mark.wsclient(network="any"); nothing was sent'
        )
    if mock is None:
        raise NetworkAccessError(
            "moto mocks boto3, and this client does not send its requests through boto3: the signed request would have "
            f"left for {host}. Pass the URL of moto's server as endpoint_url=, or use the emulator (the fixture "
            'workspaces_client). To send requests all the same, use @pytest.mark.wsclient(network="any"); nothing was '
            "sent"
        )
    library, home = mock
    raise NetworkAccessError(
        f"{library} is mocked by {home}, and this client does not send its requests through {library}: the signed "
        f"request would have left for {host}. Pass transport={library}.AsyncHTTPTransport() to have the mock answer, "
        f"or transport={library}.MockTransport(handler), or the emulator's transport(). To send requests all the same, "
        'use @pytest.mark.wsclient(network="any"); nothing was sent'
    )


@lru_cache(maxsize=64)
def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
