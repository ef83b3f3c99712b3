"""Clients of an emulator in the same process, over its own transport, with nothing of this machine in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import wsclient
from wsclient._core.clock import SYSTEM_CLOCK

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Unpack

    from wsclient._client.client_options import ClientOptions
    from wsclient.testing import Emulator


@dataclass(frozen=True)
class StoppedClock:
    """A clock that stopped just now: only a test moves time, and signatures by the real one are good for a while."""

    at: datetime = field(default_factory=lambda: SYSTEM_CLOCK.now().replace(microsecond=0))

    def now(self) -> datetime:
        """Return when it stopped."""
        return self.at

    def monotonic(self) -> float:
        """Return nothing gone by."""
        return 0.0


NO_SETTINGS = {"HOME": "/nonexistent"}


def client_of(aws: Emulator, **options: Unpack[ClientOptions]) -> wsclient.WorkSpacesClient:
    """Return a client that tries once and at once, unless the options say otherwise."""
    merged: ClientOptions = {
        "region": aws.region,
        "credentials": aws.credentials,
        "transport": aws.transport(),
        "config": wsclient.ClientConfig.load("workspaces", environ=NO_SETTINGS, region=aws.region),
        "retry": wsclient.RetryPolicy(mode="off"),
        "pace": None,
        **options,
    }
    return wsclient.WorkSpacesClient(**merged)
