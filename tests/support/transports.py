"""The kinds of transport that a client's life is tested over: a row here, and every such test runs over it as well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

import wsclient
from tests.support.driven_clients import NO_SETTINGS

if TYPE_CHECKING:
    from collections.abc import Callable

    from wsclient._clock import Clock

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
    client._shared.sender._clock = clock


KINDS = {"stock": TransportKind(wsclient.WorkSpacesClient, _set_sender_clock)}

over_each_transport = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
"""Has a test take `kind`, once for each row."""
