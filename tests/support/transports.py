"""The kinds of transport that a client's life is tested over: a row here, and every such test runs over it as well."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

import wsclient
from tests.support.driven_clients import NO_SETTINGS
from wsclient._pipeline.transport.http_transport import HttpTransport

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from wsclient._core.clock import Clock

KEYS = wsclient.Credentials("AKIDEXAMPLE", "hunter2")


@dataclass(frozen=True)
class TransportKind:
    """How a client of this kind is made, and how its connections are told the time."""

    make: Callable[..., wsclient.WorkSpacesClient]
    set_clock: Callable[[wsclient.WorkSpacesClient, Clock], None]

    def client(self, url: str, **options: object) -> wsclient.WorkSpacesClient:
        """Return a client of what answers at a URL, with nothing of this machine's settings in it."""
        return self.make(**({"endpoint_url": url, "credentials": KEYS, "config": NO_SETTINGS} | options))


def _set_sender_clock(client: wsclient.WorkSpacesClient, clock: Clock) -> None:
    client._shared.transport._clock = clock


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


KINDS = {
    "engine": TransportKind(wsclient.WorkSpacesClient, _set_sender_clock),
    "stock": TransportKind(_over_httpx, _set_sender_clock),
}

_numbers = count(1)


def own_pace(burst: int) -> wsclient.Pace:
    """Return a pace of next to no calls that no other test keeps: those of one pace share their turns."""
    return wsclient.Pace(0.001 + next(_numbers) / 1e9, burst)


over_each_transport = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
"""Has a test take `kind`, once for each row."""
