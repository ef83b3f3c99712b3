"""Kinds of transport for the client's lifecycle tests: each such test runs over every row."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

import pytest

import wsclient
from tests.support.bare_clients import MAKERS, bare_client

if TYPE_CHECKING:
    from collections.abc import Callable

    from wsclient._core.clock import Clock


@dataclass(frozen=True)
class TransportKind:
    """How to create a client of this kind, and how to drive the clock of its connections."""

    make: Callable[..., wsclient.WorkSpacesClient]
    set_clock: Callable[[wsclient.WorkSpacesClient, Clock], None]

    def client(self, url: str, **options: object) -> wsclient.WorkSpacesClient:
        """Return a client for a URL, independent of this machine's settings."""
        return bare_client(url, make=self.make, **options)


def _set_sender_clock(client: wsclient.WorkSpacesClient, clock: Clock) -> None:
    client._shared.transport._clock = clock


KINDS = {name: TransportKind(make, _set_sender_clock) for name, make in MAKERS.items()}

_numbers = count(1)


def own_pace(burst: int) -> wsclient.Pace:
    """Return a very slow pace that no other test uses, since equal paces share a queue."""
    return wsclient.Pace(0.001 + next(_numbers) / 1e9, burst)


over_each_transport = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
"""Has a test take `kind`, once for each row."""
