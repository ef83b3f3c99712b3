"""Creations with an ambiguous outcome, by operation: found or sent again, and never created twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest

import wsclient
from tests.support.driven_clients import InProcess, driven_client
from tests.support.virtual_time import VirtualClock, run_in_virtual_time
from wsclient import errors, types
from wsclient._core.model.operations import Effect
from wsclient._generated.workspaces.operations import OPERATIONS
from wsclient.testing import Durations, Emulator

Maker = Callable[[wsclient.WorkSpacesClient, Emulator, bool], Awaitable[Any]]
"""Creates one thing; the last argument is reconcile."""
OTHER_REGION = "eu-west-1"
URL = "https://add-in.example.com"


async def _workspaces(ws: wsclient.WorkSpacesClient, aws: Emulator, reconcile: bool) -> object:
    requested = [
        types.WorkspaceRequest(directory_id=aws.directory_id, user_name=user, bundle_id=aws.bundle_id)
        for user in ("Mary", "joe")
    ]
    result = await ws.create_workspaces(workspaces=requested, reconcile=reconcile)
    assert not result.failed_requests
    assert sorted(workspace.user_name or "" for workspace in result.pending_requests) == ["Mary", "joe"]
    return result


async def _standby(ws: wsclient.WorkSpacesClient, aws: Emulator, reconcile: bool) -> object:
    (primary,) = aws.add_workspaces()
    here = aws.add_directory(region=OTHER_REGION)
    standby = types.StandbyWorkspace(primary_workspace_id=primary, directory_id=here)
    result = await ws.create_standby_workspaces(
        primary_region=aws.region, standby_workspaces=[standby], reconcile=reconcile
    )
    assert len(result.pending_standby_requests) == 1
    return result


async def _image(ws: wsclient.WorkSpacesClient, aws: Emulator, reconcile: bool) -> object:
    (workspace,) = aws.add_workspaces()
    result = await ws.create_workspace_image(
        name="gold", description="gold", workspace_id=workspace, reconcile=reconcile
    )
    assert result.name == "gold"
    return result.image_id


async def _copied(ws: wsclient.WorkSpacesClient, aws: Emulator, reconcile: bool) -> object:
    source = aws.add_image("source")
    result = await ws.copy_workspace_image(
        name="copy", source_image_id=source, source_region=aws.region, reconcile=reconcile
    )
    return result.image_id


async def _updated(ws: wsclient.WorkSpacesClient, aws: Emulator, reconcile: bool) -> object:
    source = aws.add_image("source")
    result = await ws.create_updated_workspace_image(
        name="updated", description="updated", source_image_id=source, reconcile=reconcile
    )
    return result.image_id


async def _imported(ws: wsclient.WorkSpacesClient, aws: Emulator, reconcile: bool) -> object:
    aws.allow_byol()
    result = await ws.import_workspace_image(
        ec2_image_id=aws.add_ec2_image(),
        ingestion_process=types.WorkspaceImageIngestionProcess.BYOL_REGULAR_WSP,
        image_name="own",
        image_description="own",
        reconcile=reconcile,
    )
    return result.image_id


async def _custom(ws: wsclient.WorkSpacesClient, aws: Emulator, reconcile: bool) -> object:
    aws.allow_byol()
    result = await ws.import_custom_workspace_image(
        image_name="built",
        image_description="built",
        compute_type=types.ImageComputeType.BASE,
        protocol=types.CustomImageProtocol.DCV,
        image_source=types.ImageSourceIdentifier(ec2_import_task_id="import-ami-0123456789abcdef0"),
        infrastructure_configuration_arn="arn:aws:imagebuilder:us-west-2:123456789012:infrastructure-configuration/a",
        platform=types.Platform.WINDOWS,
        os_version=types.OSVersion.WINDOWS_11,
        reconcile=reconcile,
    )
    return result.image_id


async def _bundle(ws: wsclient.WorkSpacesClient, aws: Emulator, reconcile: bool) -> object:
    result = await ws.create_workspace_bundle(
        bundle_name="desk",
        bundle_description="desk",
        image_id=aws.add_image("source"),
        compute_type=types.ComputeType(name=types.Compute.STANDARD),
        user_storage=types.UserStorage(capacity="50"),
        reconcile=reconcile,
    )
    assert result.workspace_bundle is not None
    return result.workspace_bundle.bundle_id


async def _ip_group(ws: wsclient.WorkSpacesClient, aws: Emulator, reconcile: bool) -> object:
    rules = [types.IpRuleItem(ip_rule="10.0.0.0/8")]
    result = await ws.create_ip_group(group_name="office", user_rules=rules, reconcile=reconcile)
    return result.group_id


async def _alias(ws: wsclient.WorkSpacesClient, aws: Emulator, reconcile: bool) -> object:
    result = await ws.create_connection_alias(connection_string="desk.example.com", reconcile=reconcile)
    return result.alias_id


async def _add_in(ws: wsclient.WorkSpacesClient, aws: Emulator, reconcile: bool) -> object:
    result = await ws.create_connect_client_add_in(
        resource_id=aws.directory_id, name="add-in", url=URL, reconcile=reconcile
    )
    return result.add_in_id


async def _pool(ws: wsclient.WorkSpacesClient, aws: Emulator, reconcile: bool) -> object:
    result = await ws.create_workspaces_pool(
        pool_name="pool",
        description="pool",
        bundle_id=aws.bundle_id,
        directory_id=aws.add_directory(kind=types.WorkspaceType.POOLS),
        capacity=types.Capacity(desired_user_sessions=1),
        reconcile=reconcile,
    )
    assert result.workspaces_pool is not None
    return result.workspaces_pool.pool_id


MAKERS: dict[str, Maker] = {
    "CopyWorkspaceImage": _copied,
    "CreateConnectClientAddIn": _add_in,
    "CreateConnectionAlias": _alias,
    "CreateIpGroup": _ip_group,
    "CreateStandbyWorkspaces": _standby,
    "CreateUpdatedWorkspaceImage": _updated,
    "CreateWorkspaceBundle": _bundle,
    "CreateWorkspaceImage": _image,
    "CreateWorkspaces": _workspaces,
    "CreateWorkspacesPool": _pool,
    "ImportCustomWorkspaceImage": _custom,
    "ImportWorkspaceImage": _imported,
}
each = pytest.mark.parametrize("name", MAKERS)


@dataclass
class Way:
    """Loses the answers to the first requests of an operation, which the service has carried out or not."""

    name: str
    times: int = 1
    executed: bool = True
    calls_made: int = 0

    async def __call__(self, request: httpx.Request, execute: Callable[[], httpx.Response]) -> httpx.Response:
        """Execute a request, or lose its response."""
        if not request.headers["x-amz-target"].endswith(f".{self.name}"):
            return execute()
        self.calls_made += 1
        if self.calls_made <= self.times:
            if self.executed:
                execute()
            raise httpx.ReadError("lost")
        return execute()


def _run(name: str, way: Way, *, reconcile: bool = True, invisible: float = 0) -> tuple[object, Emulator, float]:
    """Create a resource; return the result or error, the service, and the duration."""

    async def main() -> tuple[object, Emulator, float]:
        clock = VirtualClock()
        durations = Durations(appear=timedelta(seconds=invisible))
        aws = Emulator(clock=clock, durations=durations, other_regions=[OTHER_REGION])
        region = OTHER_REGION if name == "CreateStandbyWorkspaces" else aws.region
        ws = driven_client(aws, InProcess(aws, around=way), clock, pace=None, region=region)
        try:
            result: object = await MAKERS[name](ws, aws, reconcile)
        except errors.WsclientError as error:
            result = error
        return result, aws, clock.monotonic()

    return run_in_virtual_time(main())


def _executed(aws: Emulator, name: str) -> int:
    return sum(call.operation == name and call.error is None for call in aws.calls)


def test_reconciled_operations_are_all_tested() -> None:
    """Each operation that takes reconcile= is tested, and no other operation that is unsafe to repeat makes things."""
    with_choice = {
        operation.name
        for operation in OPERATIONS.values()
        if "reconcile" in getattr(wsclient.WorkSpacesClient, _method(operation.name)).__annotations__
    }
    assert with_choice == MAKERS.keys()
    rest = {operation.name for operation in OPERATIONS.values() if operation.effect is Effect.ONCE} - with_choice
    assert rest == {
        *("MigrateWorkspace", "RebootWorkspaces", "RebuildWorkspaces", "RestoreWorkspace"),
        "RegisterWorkspaceDirectory",
    }


def _method(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


@each
def test_created_resource_is_found_and_not_created_again(name: str) -> None:
    """The answer was lost after the service had done it: the thing is found, and it was made once."""
    way = Way(name)
    result, aws, _ = _run(name, way)
    assert not isinstance(result, BaseException), result
    assert result is not None
    assert (way.calls_made, _executed(aws, name)) == (1, 1)


@each
def test_missing_resource_is_created_after_verification(name: str) -> None:
    """The request was lost before the service had it: after half a minute of looking it is sent again, once."""
    way = Way(name, executed=False)
    result, aws, seconds = _run(name, way)
    assert not isinstance(result, BaseException), result
    assert (way.calls_made, _executed(aws, name)) == (2, 1)
    assert seconds >= 30


@each
def test_reconcile_false_raises_an_ambiguous_error(name: str) -> None:
    """With reconcile=False nothing is looked for and nothing sent again: the error says that it may have happened."""
    way = Way(name)
    result, aws, _ = _run(name, way, reconcile=False)
    assert isinstance(result, errors.ConnectionLostError)
    assert (result.is_ambiguous, result.may_have_been_sent, result.attempts) == (True, True, 1)
    assert (way.calls_made, _executed(aws, name)) == (1, 1)


@each
def test_final_lost_attempt_reports_the_verification(name: str) -> None:
    """Three attempts lost before the service had them: the error says that it was looked for and is not there."""
    way = Way(name, times=3, executed=False)
    result, aws, _ = _run(name, way)
    assert isinstance(result, errors.ConnectionLostError)
    assert "did not create or list it yet" in " ".join(result.__notes__)
    assert (way.calls_made, _executed(aws, name)) == (3, 0)


@pytest.mark.parametrize("invisible", [2, 10, 25])
def test_late_listed_workspace_is_not_created_again(invisible: float) -> None:
    """A new WorkSpace that is listed late is found, and not created a second time."""
    way = Way("CreateWorkspaces")
    result, aws, seconds = _run("CreateWorkspaces", way, invisible=invisible)
    assert not isinstance(result, BaseException), result
    assert (way.calls_made, _executed(aws, "CreateWorkspaces")) == (1, 1)
    assert invisible <= seconds <= 31
