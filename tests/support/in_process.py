"""Clients of an in-process emulator, over its own transport, independent of this machine's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import wsclient

if TYPE_CHECKING:
    from typing import Unpack

    from wsclient._client.client_options import ClientOptions
    from wsclient.testing import Emulator


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
