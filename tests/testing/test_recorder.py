"""Recorder: real calls are recorded once, without secrets, and replayed strictly."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest

import wsclient
from tests.support.driven_clients import driven_client
from tests.support.in_process import client_of
from tests.support.recorded import ACCOUNT, REPLAYING, listing, once, over, unconnected
from tests.support.virtual_time import VirtualClock, run_in_virtual_time
from wsclient import errors, types
from wsclient.credentials import AssumeRoleProvider
from wsclient.testing import Drop, Emulator, FakeTransport, HttpAnswer, Recorder, UnrecordedCallError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from wsclient.workspaces import WorkSpacesClient


def test_recorded_pages_are_replayed(tmp_path: Path) -> None:
    """Page tokens lead from page to page as they did; no token of AWS's is in the file."""
    path = tmp_path / "calls.json"
    recorded, replayed = once(path, listing, unconnected())
    assert recorded == replayed
    assert isinstance(recorded, list)
    assert len(recorded) == 30
    calls = json.loads(path.read_text())["Calls"]
    assert [call["Operation"] for call in calls] == ["DescribeWorkspaces"] * 2
    assert calls[1]["Request"]["NextToken"] == calls[0]["Answer"]["NextToken"]
    assert calls[0]["Region"] == "us-west-2"


def test_concurrent_recorded_listings_do_not_mix(tmp_path: Path) -> None:
    """In replay each request gets its own recorded response, in any order of requests."""

    async def both(client: WorkSpacesClient) -> object:
        slow = client.describe_workspaces(limit=10).pages()
        quick = client.describe_workspaces(limit=20).pages()
        pages = [await anext(slow), await anext(quick), await anext(quick), await anext(slow), await anext(slow)]
        for pages_left in (slow, quick):
            async for page in pages_left:
                pages.append(page)  # noqa: PERF401 - the order is the point
        return [[workspace.workspace_id for workspace in page.workspaces] for page in pages]

    async def the_other_way_round(client: WorkSpacesClient) -> object:
        quick = [page async for page in client.describe_workspaces(limit=20).pages()]
        slow = [page async for page in client.describe_workspaces(limit=10).pages()]
        pages = [slow[0], *quick, *slow[1:]]
        return [[workspace.workspace_id for workspace in page.workspaces] for page in pages]

    path = tmp_path / "calls.json"
    aws = unconnected()
    recorded = asyncio.run(over(Recorder(path, transport=aws.transport()), both, aws))
    assert asyncio.run(over(Recorder(path), the_other_way_round)) == recorded


def test_recording_path_is_relative_to_the_starting_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative path is that of the folder in which the recorder was made, also if the test changes the folder."""
    aws = unconnected()
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path)

    async def record(client: WorkSpacesClient) -> object:
        monkeypatch.chdir(tmp_path / "other")
        return await listing(client)

    asyncio.run(over(Recorder("calls.json", transport=aws.transport()), record, aws))
    assert (tmp_path / "calls.json").exists()


def test_recorded_errors_and_retries_are_replayed(tmp_path: Path) -> None:
    """A client that got over two failures gets over them again, by the same attempts."""
    path = tmp_path / "calls.json"

    async def attempts(recorder: Recorder, aws: Emulator | None) -> int:
        clock = VirtualClock()
        host = aws or Emulator(clock=clock)
        async with recorder:
            client = driven_client(host, recorder, clock, retry=wsclient.RetryPolicy(max_attempts=5))
            page = await client.describe_workspaces()
        assert len(page.workspaces) == 1
        return page.metadata.attempts

    async def record() -> int:
        aws = Emulator(clock=VirtualClock())
        aws.add_workspaces(1)
        aws.fail("DescribeWorkspaces", with_=errors.ThrottlingException)
        aws.fail("DescribeWorkspaces", with_=Drop.BEFORE)
        aws.fail("DescribeWorkspaces", with_=HttpAnswer(status=502, body="<html>Bad Gateway</html>"))
        return await attempts(Recorder(path, transport=aws.transport()), aws)

    assert run_in_virtual_time(record()) == 4
    assert run_in_virtual_time(attempts(Recorder(path), None)) == 4
    calls = json.loads(path.read_text())["Calls"]
    assert [call.get("Failure", call.get("Status")) for call in calls] == [400, "RemoteProtocolError", 502, 200]
    assert calls[2]["Answer"] == "<html>Bad Gateway</html>"


def test_recorded_error_is_equal(tmp_path: Path) -> None:
    """Code, message, status, request id and further members come back."""

    async def missing(client: WorkSpacesClient) -> object:
        with pytest.raises(errors.ResourceNotFoundException) as raised:
            await client.describe_tags(resource_id="ws-000000000")
        error = raised.value
        return error.code, error.message, error.status, error.request_id, error.details

    recorded, replayed = once(tmp_path / "calls.json", missing, Emulator())
    assert recorded == replayed


def test_recorded_times_and_changes_are_replayed(tmp_path: Path) -> None:
    """A creation, later calls, their times and request ids are replayed unchanged."""
    aws = Emulator()

    async def create(client: WorkSpacesClient) -> object:
        made = await client.create_ip_group(group_name="office")
        image = await client.describe_workspace_images().collect()
        return made.group_id, made.metadata.request_id, [item.created for item in image]

    aws.add_image("golden")
    recorded, replayed = once(tmp_path / "calls.json", create, aws)
    assert recorded == replayed


def test_replayed_sts_credentials_never_expire(tmp_path: Path) -> None:
    """A role that was assumed is assumed again from the file, and its credentials have not expired."""
    path = tmp_path / "calls.json"

    async def assume(recorder: Recorder, source: wsclient.Credentials) -> object:
        role = AssumeRoleProvider(role_arn=f"arn:aws:iam::{ACCOUNT}:role/desktops", source=source)
        async with recorder:
            options = client_of(unconnected(), transport=recorder, credentials=role)
            async with options as client:
                identity = await client.whoami()
                return identity.arn, len(await client.describe_workspaces().collect())

    aws = unconnected()
    recorded = asyncio.run(assume(Recorder(path, transport=aws.transport()), aws.credentials))
    assert asyncio.run(assume(Recorder(path), REPLAYING)) == recorded
    text = path.read_text()
    for key in aws._world.keys.issued.values():  # pyright: ignore[reportPrivateUsage]
        assert key.credentials.access_key_id not in text
        assert key.credentials.secret_access_key not in text
        assert (key.credentials.session_token or "none at all") not in text


def test_unrecorded_call_is_rejected_with_its_difference(tmp_path: Path) -> None:
    """Each way in which a call can differ, by the place and not by the value."""
    path = tmp_path / "calls.json"
    aws = Emulator()

    async def record(client: WorkSpacesClient) -> None:
        await client.describe_workspaces(limit=3)
        await client.describe_ip_groups(group_ids=["wsipg-111111111"])

    asyncio.run(over(Recorder(path, transport=aws.transport()), record, aws))

    async def refused(call: Callable[[WorkSpacesClient], Awaitable[object]], region: str = "us-west-2") -> str:
        with pytest.raises(UnrecordedCallError) as raised:
            await over(Recorder(path), call, region=region)
        return str(raised.value)

    async def said() -> None:
        limit = await refused(lambda client: client.describe_workspaces(limit=5).first_page())
        requested = "calls.json: DescribeWorkspaces in us-west-2"
        assert limit == f"{requested} is not recorded with this request: Limit has a different value"
        without = await refused(lambda client: client.describe_workspaces().first_page())
        assert without.endswith("Limit is in the recording and not in the request")
        more = await refused(
            lambda client: client.describe_workspaces(limit=3, directory_id="d-9999999999").first_page()
        )
        assert more.endswith("DirectoryId is in the request and not in the recording")
        item = await refused(lambda client: client.describe_ip_groups(group_ids=["wsipg-222222222"]).first_page())
        assert item.endswith("GroupIds[0] has a different value")
        items = await refused(lambda client: client.describe_ip_groups(group_ids=["a", "b"]).first_page())
        assert items.endswith("GroupIds has 2 items in the request and 1 in the recording")
        other = await refused(lambda client: client.describe_tags(resource_id="ws-1"))
        assert other.endswith(
            "no recorded call of DescribeTags in us-west-2 is left; recorded calls left: "
            "DescribeIpGroups in us-west-2, DescribeWorkspaces in us-west-2"
        )
        region = await refused(lambda client: client.describe_workspaces(limit=3).first_page(), "eu-west-1")
        assert region.endswith(
            "DescribeWorkspaces in eu-west-1 is not recorded; the recording has DescribeWorkspaces in us-west-2"
        )

    asyncio.run(said())


def test_each_recorded_call_is_replayed_once(tmp_path: Path) -> None:
    """Each recorded call is replayed once; a further call fails, and unused calls are reported."""
    path = tmp_path / "calls.json"
    aws = Emulator()

    async def look(client: WorkSpacesClient) -> int:
        return len((await client.describe_workspaces()).workspaces)

    async def watch(client: WorkSpacesClient) -> list[int]:
        first = await look(client)
        aws.add_workspaces(1)
        return [first, await look(client)]

    assert asyncio.run(over(Recorder(path, transport=aws.transport()), watch, aws)) == [0, 1]

    async def replay(recorder: Recorder, client: WorkSpacesClient) -> list[int]:
        assert list(recorder.left) == ["DescribeWorkspaces in us-west-2"] * 2
        seen = [await look(client), await look(client)]
        assert list(recorder.left) == []
        with pytest.raises(UnrecordedCallError, match="is left; recorded calls left: none"):
            await look(client)
        return seen

    recorder = Recorder(path)
    assert asyncio.run(over(recorder, lambda client: replay(recorder, client))) == [0, 1]


def test_operations_newer_than_the_model_are_recorded(tmp_path: Path) -> None:
    """By their names, with whatever members."""
    fake = FakeTransport({"DescribeMoons": {"Moons": [1]}})
    path = tmp_path / "calls.json"

    async def ask(client: WorkSpacesClient) -> object:
        return (await client.raw("DescribeMoons", {"Planet": "Mars"}))["Moons"]

    assert asyncio.run(over(Recorder(path, transport=fake), ask)) == [1]
    assert asyncio.run(over(Recorder(path), ask)) == [1]


def test_replayed_responses_have_the_usual_types(tmp_path: Path) -> None:
    """Replayed responses have the usual types."""

    async def first(client: WorkSpacesClient) -> object:
        return (await client.describe_workspaces()).workspaces[0]

    recorded, replayed = once(tmp_path / "calls.json", first, unconnected())
    assert isinstance(replayed, types.Workspace)
    assert replayed == recorded
