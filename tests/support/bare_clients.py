"""Clients over either transport, with nothing of this machine's settings; imports no more than they need.

Scripts in processes of their own use it: to import pytest and the emulator takes longer than they run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import wsclient
from wsclient._pipeline.transport.http_transport import HttpTransport

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

KEYS = wsclient.Credentials("AKIDEXAMPLE", "hunter2")
NO_SETTINGS = wsclient.ClientConfig.load("workspaces", environ={"HOME": "/nonexistent"}, region="us-west-2")


class _WithoutEngine(HttpTransport):
    def _connections(self, context: ssl.SSLContext) -> Any:
        connections = super()._connections(context)
        connections.pool = None
        return connections


def have_it_use_httpx(sender: HttpTransport) -> None:
    """Have a sender carry everything over httpx, as through a proxy and over plain http."""
    sender.__class__ = _WithoutEngine


def _over_httpx(**options: Any) -> wsclient.WorkSpacesClient:
    client = wsclient.WorkSpacesClient(**options)
    have_it_use_httpx(client._shared.transport)
    return client


MAKERS: dict[str, Callable[..., wsclient.WorkSpacesClient]] = {
    "engine": wsclient.WorkSpacesClient,
    "stock": _over_httpx,
}
"""How a client of each transport is made."""


def bare_client(
    url: str, *, make: Callable[..., wsclient.WorkSpacesClient] = wsclient.WorkSpacesClient, **options: object
) -> wsclient.WorkSpacesClient:
    """Return a client of what answers at a URL, with nothing of this machine's settings in it."""
    return make(**({"endpoint_url": url, "credentials": KEYS, "config": NO_SETTINGS} | options))
