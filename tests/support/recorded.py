"""Clients whose calls a Recorder carries."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import wsclient
from wsclient.testing import Emulator, Recorder

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from wsclient.workspaces import WorkSpacesClient

ACCOUNT = "210987654321"
REPLAYING = wsclient.Credentials("AKIAREPLAY", "replay")


def unconnected() -> Emulator:
    """Return an emulator with more WorkSpaces than a page has."""
    aws = Emulator(account_id=ACCOUNT)
    aws.add_workspaces(30)
    return aws


async def over(
    recorder: Recorder,
    use: Callable[[WorkSpacesClient], Awaitable[object]],
    aws: Emulator | None = None,
    region: str = "us-west-2",
) -> object:
    """Use a client whose calls a recorder carries, and end the recording."""
    async with recorder:
        credentials = aws.credentials if aws else REPLAYING
        client = wsclient.WorkSpacesClient(
            region=region,
            credentials=credentials,
            transport=recorder,
            retry=wsclient.RetryPolicy(mode="off"),
            pace=None,
            config=wsclient.ClientConfig.load("workspaces", environ={"HOME": "/nonexistent"}, region=region),
        )
        async with client:
            return await use(client)


def once(path: Path, use: Callable[[WorkSpacesClient], Awaitable[object]], aws: Emulator) -> tuple[object, object]:
    """Record a use and replay it; return what both saw."""
    recorded = asyncio.run(over(Recorder(path, transport=aws.transport()), use, aws))
    calls = len(aws.calls)
    replayed = asyncio.run(over(Recorder(path), use))
    assert len(aws.calls) == calls
    return recorded, replayed


async def listing(client: WorkSpacesClient) -> list[dict[str, object]]:
    """Return every WorkSpace."""
    return [workspace.to_dict() for workspace in await client.describe_workspaces().collect()]
