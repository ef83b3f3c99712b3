"""Clients of an in-process emulator, over its own transport, independent of this machine's settings."""

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
    """A clock stopped at the current time: only a test advances it; signatures by the real clock stay valid."""

    at: datetime = field(default_factory=lambda: SYSTEM_CLOCK.now().replace(microsecond=0))

    def now(self) -> datetime:
        """Return when it stopped."""
        return self.at

    def monotonic(self) -> float:
        """Return nothing gone by."""
        return 0.0


NO_SETTINGS = {"HOME": "/nonexistent"}


def client_of(aws: Emulator, **options: Unpack[ClientOptions]) -> wsclient.WorkSpacesClient:
    """Return a client without retries and rate limits, unless options change that."""
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
