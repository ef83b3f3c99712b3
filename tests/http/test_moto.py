"""wsclient against a service that is not ours: moto's standalone server."""

import asyncio
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from urllib.error import URLError

import pytest

import wsclient
from wsclient import types

ENVIRONMENT = wsclient.ClientConfig.load("workspaces", environ={"HOME": "/nonexistent"}, region="us-east-1")
KEYS = wsclient.Credentials("AKIDEXAMPLE", "secret")


@pytest.fixture(scope="module")
def moto_url() -> Iterator[str]:
    """Run moto's server in a process of its own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/"
    try:
        _wait_for(url, process)
        yield url
    finally:
        process.terminate()
        process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers; it says nothing when it is ready, so it is asked."""
    for _ in range(100_000):
        assert process.poll() is None, "moto's server ended"
        try:
            urllib.request.urlopen(f"{url}moto-api/", timeout=5).close()
        except (URLError, ConnectionError):
            continue
        return
    raise AssertionError("moto's server never answered")


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
            directory = await _directory(moto_url)
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


async def _directory(url: str) -> str:
    """Make a directory with boto3, for it is another service's to make."""
    import boto3  # noqa: PLC0415 - imported where the other SDK is used

    def make() -> str:
        settings = {"region_name": "us-east-1", "endpoint_url": url.rstrip("/")}
        keys = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "secret"}
        ec2 = boto3.client("ec2", **settings, **keys)
        subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"][:2]]
        vpc = ec2.describe_subnets(SubnetIds=subnets)["Subnets"][0]["VpcId"]
        ds = boto3.client("ds", **settings, **keys)
        answer = ds.create_directory(
            Name="test.example.com",
            Password="Password1!",
            Size="Small",
            VpcSettings={"VpcId": vpc, "SubnetIds": subnets},
        )
        return str(answer["DirectoryId"])

    return await asyncio.to_thread(make)
