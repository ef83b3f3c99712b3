"""First tests with wsclient's pytest plugin, without an account, credentials or a server.

pip install 'wsclient[testing]' pytest && pytest examples/test_desktops.py
"""

import asyncio

import pytest

import wsclient
from wsclient import errors
from wsclient.testing import Emulator


async def stopped(workspaces: wsclient.WorkSpacesClient) -> list[str]:
    """Return the users of stopped WorkSpaces: the code under test."""
    listing = workspaces.describe_workspaces()
    return [desktop.user_name or "" async for desktop in listing if desktop.state == "STOPPED"]


@pytest.mark.wsclient(workspaces=3, running_mode="AUTO_STOP", state="STOPPED")
def test_stopped_desktops_are_found(workspaces_client: wsclient.WorkSpacesClient) -> None:
    """Stopped WorkSpaces are found."""
    assert len(asyncio.run(stopped(workspaces_client))) == 3


def test_a_refusal_is_no_empty_report(
    workspaces_client: wsclient.WorkSpacesClient, wsclient_emulator: Emulator
) -> None:
    """A denied call raises an error, and the emulator records the call."""
    wsclient_emulator.fail("DescribeWorkspaces", with_=errors.AccessDeniedException)
    with pytest.raises(errors.AccessDeniedException):
        asyncio.run(stopped(workspaces_client))
    assert [(call.operation, call.error) for call in wsclient_emulator.calls] == [
        ("DescribeWorkspaces", "AccessDeniedException")
    ]
