"""wsclient against a service that is not ours: moto's standalone server."""

import asyncio
from collections.abc import Iterator

import pytest

import wsclient
from tests.support.moto_server import moto_directory, moto_server
from wsclient import types

ENVIRONMENT = wsclient.ClientConfig.load("workspaces", environ={"HOME": "/nonexistent"}, region="us-east-1")
KEYS = wsclient.Credentials("AKIDEXAMPLE", "secret")


@pytest.fixture(scope="module")
def moto_url() -> Iterator[str]:
    """Run moto's server in a process of its own."""
    with moto_server() as url:
        yield url


def test_a_workspace_s_life_at_moto(moto_url: str) -> None:
    """A directory is registered, a WorkSpace created, listed and tagged, by a service that wsclient did not write."""

    async def main() -> None:
        client = wsclient.WorkSpacesClient(
            endpoint_url=moto_url,
            allow_http=True,
            credentials=KEYS,
            config=ENVIRONMENT,
            timeout=wsclient.Timeout(read=30),
        )
        assert client.endpoint.insecure
        async with client as ws:
            directory = await asyncio.to_thread(moto_directory, moto_url, "us-east-1")
            await ws.register_workspace_directory(directory_id=directory, enable_self_service=False)
            request = types.WorkspaceRequest(
                directory_id=directory,
                user_name="jane",
                bundle_id="wsb-bh8rsxt14",
                tags=[types.Tag(key="a", value="b")],
            )
            created = (await ws.create_workspaces(workspaces=[request])).raise_for_failures()
            workspace_id = created.pending_requests[0].workspace_id or ""
            listed = await ws.describe_workspaces(directory_id=directory).collect()
            assert [workspace.workspace_id for workspace in listed] == [workspace_id]
            assert listed[0].user_name == "jane"
            await ws.create_tags(resource_id=workspace_id, tags=[types.Tag(key="team", value="blue")])
            tags = (await ws.describe_tags(resource_id=workspace_id)).tag_list
            assert {tag.key: tag.value for tag in tags} == {"a": "b", "team": "blue"}
            gone = await ws.terminate_workspaces(
                terminate_workspace_requests=[types.TerminateRequest(workspace_id=workspace_id)]
            )
            assert gone.failed_requests == []
            assert await ws.describe_workspaces(directory_id=directory).collect() == []

    asyncio.run(main())
