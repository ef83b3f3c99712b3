"""Clients of an emulator in the same process, over its own transport, with nothing of this machine in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import wsclient

if TYPE_CHECKING:
    from typing import Unpack

    from wsclient._options import ClientOptions
    from wsclient.testing import Emulator

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
