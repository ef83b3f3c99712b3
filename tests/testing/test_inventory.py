"""Inventories: listings of a real account are saved and seeded into an emulator, which returns the same listings."""

# Reads private state of the emulator.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.support.emulators import Caller
from tests.support.in_process import client_of
from tests.support.seeded_emulator import full_emulator, inventory_of
from tests.support.virtual_time import WallClock, stopped_clock
from wsclient import errors, types
from wsclient.testing import Emulator, FileFormatError, Inventory

if TYPE_CHECKING:
    from pathlib import Path

HEAD = {"Format": "wsclient-inventory", "Version": 1}
ACCOUNT = "210987654321"
HAND_WRITTEN = {
    **HEAD,
    "Workspaces": [
        {"WorkspaceId": "ws-111111111", "UserName": "jane"},
        {
            "WorkspaceId": "ws-222222222",
            "UserName": "john",
            "DirectoryId": "d-9999999999",
            "BundleId": "wsb-999999999",
            "State": "STOPPED",
            "WorkspaceProperties": {"RunningMode": "AUTO_STOP", "ComputeTypeName": "POWER", "RootVolumeSizeGib": 175},
            "ErrorCode": None,
            "NewerThanTheModel": {"Is": "Ignored"},
        },
    ],
    "Tags": {"ws-111111111": [{"Key": "team", "Value": "a"}]},
}


def test_seeded_inventory_is_listed(tmp_path: Path) -> None:
    """An emulator seeded with an inventory lists exactly its resources, plus AWS's own bundles."""
    path = tmp_path / "account.json"
    first = full_emulator()
    saved = asyncio.run(inventory_of(first))
    saved.save(path)
    with_it = Emulator(seed=path, clock=WallClock(first.clock.now()))
    assert (with_it.account_id, with_it.region) == (ACCOUNT, "eu-west-1")
    assert with_it.directory_id in {directory.directory_id for directory in saved.directories}
    assert len(saved.workspaces) == 31
    # Each emulator has bundles of AWS's of its own besides.
    again = asyncio.run(inventory_of(with_it))
    assert {bundle.bundle_id for bundle in saved.bundles} <= {bundle.bundle_id for bundle in again.bundles}
    actual, expected = again.to_dict(), saved.to_dict()
    for part in expected:
        if part != "Bundles":
            assert actual[part] == expected[part], part
    assert actual.keys() == expected.keys()
    assert Inventory.load(path) == Inventory.from_dict(expected) == saved


def test_seeded_workspace_transitions_complete() -> None:
    """States that pass end in their time, counted from when they were put in."""
    ends = {
        "PENDING": "AVAILABLE",
        "STARTING": "AVAILABLE",
        "STOPPING": "STOPPED",
        "UPDATING": "AVAILABLE",
        "TERMINATING": None,
        "MAINTENANCE": "MAINTENANCE",
        "ERROR": "ERROR",
    }
    listed = [{"WorkspaceId": f"ws-{state.lower()}", "UserName": state, "State": state} for state in ends]
    aws = Emulator(seed=Inventory.from_dict({**HEAD, "Workspaces": listed}), clock=stopped_clock())
    before = asyncio.run(inventory_of(aws)).workspaces
    assert {str(workspace.user_name): str(workspace.state) for workspace in before} == {state: state for state in ends}
    assert {workspace.user_name for workspace in before if workspace.ip_address is None} == {"PENDING", "ERROR"}
    aws.clock.advance(hours=2)
    after = {str(workspace.user_name): workspace for workspace in asyncio.run(inventory_of(aws)).workspaces}
    assert {state: str(after[state].state) if state in after else None for state in ends} == ends
    assert after["PENDING"].ip_address is not None


def test_seeded_transitions_of_other_resources_complete() -> None:
    """Directories, images, aliases, pools and modifications end in their time."""
    content = {
        **HEAD,
        "Directories": [
            {"DirectoryId": "d-1111111111", "State": "REGISTERING"},
            {"DirectoryId": "d-2222222222", "State": "DEREGISTERING"},
        ],
        "Images": [{"ImageId": "wsi-111111111", "State": "PENDING", "OperatingSystem": {"Type": "LINUX"}}],
        "ConnectionAliases": [
            {"AliasId": "wsca-111111111", "State": "CREATING"},
            {"AliasId": "wsca-222222222", "State": "DELETING"},
        ],
        "WorkspacesPools": [
            {"PoolId": "wspool-111111111", "State": "STARTING"},
            {"PoolId": "wspool-222222222", "State": "DELETING"},
            {"PoolId": "wspool-333333333"},
        ],
        "Workspaces": [
            {
                "WorkspaceId": "ws-111111111",
                "ModificationStates": [{"Resource": "USER_VOLUME", "State": "UPDATE_IN_PROGRESS"}],
                "WorkspaceProperties": {"RunningMode": "MANUAL"},
            }
        ],
    }
    aws = Emulator(seed=Inventory.from_dict(content), clock=stopped_clock())
    assert len(asyncio.run(inventory_of(aws)).workspaces[0].modification_states) == 1
    aws.clock.advance(hours=2)
    found = asyncio.run(inventory_of(aws))
    assert found.workspaces[0].modification_states == []
    assert [
        (directory.directory_id, str(directory.state))
        for directory in found.directories
        if directory.directory_id == "d-1111111111"
    ] == [("d-1111111111", "REGISTERED")]
    assert "d-2222222222" not in {directory.directory_id for directory in found.directories}
    assert [str(image.state) for image in found.images] == ["AVAILABLE"]
    assert [str(alias.state) for alias in found.connection_aliases] == ["CREATED"]
    assert [str(pool.state) for pool in found.workspaces_pools] == ["RUNNING", "STOPPED"]


def test_inventory_file_may_omit_members(tmp_path: Path) -> None:
    """A hand-written file may omit members, which get defaults; unlisted directories and bundles are created."""
    path = tmp_path / "seed.json"
    path.write_text(json.dumps(HAND_WRITTEN))
    aws = Emulator(seed=str(path))
    found = asyncio.run(inventory_of(aws))
    jane, john = found.workspaces
    assert (jane.state, jane.directory_id, jane.bundle_id) == ("AVAILABLE", aws.directory_id, aws.bundle_id)
    assert jane.ip_address is not None
    assert jane.workspace_properties is not None
    assert jane.workspace_properties.compute_type_name == "STANDARD"
    assert john.workspace_properties == types.WorkspaceProperties(
        running_mode=types.RunningMode.AUTO_STOP, compute_type_name=types.Compute.POWER, root_volume_size_gib=175
    )
    assert {directory.directory_id for directory in found.directories} == {aws.directory_id, "d-9999999999"}
    made_up = next(bundle for bundle in found.bundles if bundle.bundle_id == "wsb-999999999")
    assert made_up.compute_type == types.ComputeType(name=types.Compute.POWER)
    assert found.tags == {"ws-111111111": [types.Tag(key="team", value="a")]}


def test_seeded_resources_can_be_changed() -> None:
    """Operations treat seeded resources like resources that they created themselves."""
    aws = Emulator(seed=Inventory.from_dict(HAND_WRITTEN))
    caller = Caller(aws)
    assert caller.call("StartWorkspaces", {"StartWorkspaceRequests": [{"WorkspaceId": "ws-222222222"}]}) == {
        "FailedRequests": []
    }
    failed = caller.call(
        "CreateWorkspaces",
        {"Workspaces": [{"DirectoryId": "d-9999999999", "UserName": "JOHN", "BundleId": "wsb-999999999"}]},
    )["FailedRequests"]
    assert isinstance(failed, list)
    assert failed[0]["ErrorCode"] == "ResourceExists.WorkSpace"


def test_seed_adds_to_existing_resources() -> None:
    """seed() adds to the resources of a running emulator, also in another region or account."""
    aws = Emulator(other_regions=["eu-west-1"])
    aws.add_workspaces(1)
    aws.seed(Inventory.from_dict(HAND_WRITTEN))
    aws.seed(Inventory.from_dict(HAND_WRITTEN), region="eu-west-1", account_id=ACCOUNT)
    assert len(asyncio.run(inventory_of(aws)).workspaces) == 3
    assert len(aws._world.store(ACCOUNT, "eu-west-1").workspaces) == 2
    with pytest.raises(errors.ConfigurationError, match="region us-east-1 is not served"):
        aws.seed(Inventory(), region="us-east-1")


def test_seeded_resources_are_owned_by_the_emulators_account() -> None:
    """Resources owned by the saved account become the emulator's account's; other owners stay unchanged."""
    content = {
        **HEAD,
        "AccountId": ACCOUNT,
        "Bundles": [{"BundleId": "wsb-111111111", "Owner": ACCOUNT, "ImageId": "wsi-111111111"}],
        "Images": [
            {"ImageId": "wsi-111111111", "OwnerAccountId": ACCOUNT},
            {"ImageId": "wsi-222222222", "OwnerAccountId": "999999999999"},
        ],
    }
    aws = Emulator(seed=Inventory.from_dict(content), account_id="111122223333")
    found = asyncio.run(inventory_of(aws))
    assert [bundle.owner for bundle in found.bundles if bundle.bundle_id == "wsb-111111111"] == ["111122223333"]
    assert [(image.image_id, image.owner_account_id) for image in found.images] == [("wsi-111111111", "111122223333")]
    shared = Caller(aws).call("DescribeWorkspaceImages", {"ImageType": "SHARED"})["Images"]
    assert isinstance(shared, list)
    assert [image["OwnerAccountId"] for image in shared] == ["999999999999"]


def test_saved_owner_is_derived_without_sts() -> None:
    """If STS is denied, the inventory is still saved, and its owner is derived from resource ownership."""
    aws = Emulator(account_id=ACCOUNT)
    aws.add_bundle("ours")
    aws.fail("GetCallerIdentity", with_=errors.AccessDeniedException("no"))
    found = asyncio.run(inventory_of(aws))
    assert (found.account_id, found.owner) == (None, ACCOUNT)


def test_inventory_times_in_other_formats() -> None:
    """With a space, as Python's str() has it; with another zone; in seconds since 1970."""
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    for written in ("2026-03-01 12:00:00+00:00", "2026-03-01T13:00:00+01:00", at.timestamp()):
        listed = {**HEAD, "Images": [{"ImageId": "wsi-111111111", "Created": written}]}
        assert Inventory.from_dict(listed).images[0].created == at


@pytest.mark.parametrize(
    ("text", "where", "why"),
    [
        ("", "line 1, column 1", "invalid JSON"),
        ('{"Format": "wsclient-inventory",\n "Version" 1}', "line 2, column 12", "invalid JSON"),
        ("[]", "", "must be a JSON object"),
        ("[" * 100_000, "", "nested too deeply"),
        ("{}", "Format", 'must be "wsclient-inventory"'),
        ('{"Format": "wsclient-snapshot", "Version": 1}', "Format", "must be"),
        ('{"Format": "wsclient-inventory"}', "Version", "unsupported version None; this wsclient reads version 1"),
        (
            '{"Format": "wsclient-inventory", "Version": 2}',
            "Version",
            "unsupported version 2; this wsclient reads version 1",
        ),
        (
            json.dumps({**HEAD, "WorkSpaces": []}),
            "WorkSpaces",
            "unknown member; an inventory has AccountId, Region, Workspaces",
        ),
        (json.dumps({**HEAD, "Workspaces": {}}), "Workspaces", "Expected `array`, got `object`"),
        (json.dumps({**HEAD, "Workspaces": [{"WorkspaceId": 3}]}), "Workspaces[0].WorkspaceId", "Expected `str"),
        (
            json.dumps(
                {**HEAD, "Workspaces": [{"WorkspaceId": "a"}, {"WorkspaceProperties": {"RootVolumeSizeGib": "x"}}]}
            ),
            "Workspaces[1].WorkspaceProperties.RootVolumeSizeGib",
            "Expected `int",
        ),
        (json.dumps({**HEAD, "Images": [{"Created": "yesterday"}]}), "Images[0].Created", "Invalid RFC3339"),
        (json.dumps({**HEAD, "Images": [{"Created": "2026-03-01T12:00:00"}]}), "Images[0].Created", "timezone"),
        (json.dumps({**HEAD, "Directories": [{}]}), "Directories[0]", "the WorkspaceDirectory has no id"),
        (
            json.dumps({**HEAD, "Workspaces": [{"WorkspaceId": "ws-1"}, {"WorkspaceId": "ws-1"}]}),
            "Workspaces[1]",
            r"duplicate id ws-1; it is also at Workspaces\[0\]",
        ),
        (json.dumps({**HEAD, "Tags": {"ws-1": [{"Key": "a", "Value": "b"}]}}), "Tags.ws-1", "unknown resource ws-1"),
        (
            json.dumps({**HEAD, "WorkspacesConnectionStatus": [{"WorkspaceId": "ws-1"}]}),
            "WorkspacesConnectionStatus[0].WorkspaceId",
            "unknown WorkSpace ws-1",
        ),
    ],
)
def test_invalid_inventory_file_names_its_place(tmp_path: Path, text: str, where: str, why: str) -> None:
    """An invalid file raises FileFormatError with file and location, and nothing is seeded."""
    path = tmp_path / "seed.json"
    path.write_text(text)
    aws = Emulator()
    with pytest.raises(FileFormatError, match=why) as raised:
        aws.seed(path)
    assert raised.value.where == where
    if "unknown resource" not in why and "unknown WorkSpace" not in why:
        assert raised.value.file == str(path)
        assert str(raised.value).startswith(str(path))
    assert asyncio.run(inventory_of(aws)).workspaces == []


def test_unreadable_inventory_file_raises_file_format_error(tmp_path: Path) -> None:
    """A missing file and a binary file raise FileFormatError."""
    with pytest.raises(FileFormatError, match="cannot read the file: No such file"):
        Emulator(seed=tmp_path / "none.json")
    binary = tmp_path / "binary.json"
    binary.write_bytes(b"\xff\xfe")
    with pytest.raises(FileFormatError, match="the file is not UTF-8"):
        Inventory.load(binary)


def test_seeding_twice_is_rejected_atomically() -> None:
    """Seeding an existing WorkSpace is rejected with its id, and nothing else of that inventory is seeded."""
    aws = Emulator(seed=Inventory.from_dict(HAND_WRITTEN))
    more = [{"WorkspaceId": "ws-333333333"}, {"WorkspaceId": "ws-111111111"}]
    with pytest.raises(FileFormatError, match="ws-111111111 already exists in the emulator") as raised:
        aws.seed(Inventory.from_dict({**HEAD, "Workspaces": more}))
    assert raised.value.where == "Workspaces[1]"
    assert len(asyncio.run(inventory_of(aws)).workspaces) == 2


def test_saving_without_tags_makes_no_tag_calls() -> None:
    """tags=False omits the DescribeTags call that each resource otherwise needs."""
    aws = full_emulator()
    aws_calls = len(aws.calls)

    async def untagged() -> Inventory:
        async with client_of(aws) as client:
            return await Inventory.of(client, tags=False)

    assert asyncio.run(untagged()).tags == {}
    assert "DescribeTags" not in {call.operation for call in aws.calls[aws_calls:]}


def test_resource_deleted_during_saving_has_no_tags() -> None:
    """A resource deleted during the listing has no tags; any other error ends the listing instead of truncating it."""
    aws = Emulator()
    aws.add_workspaces(1)
    aws.fail("DescribeTags", with_=errors.ResourceNotFoundException("gone"), times=None)
    assert asyncio.run(inventory_of(aws)).tags == {}
    aws.clear_faults()
    aws.fail("DescribeTags", with_=errors.AccessDeniedException("no"), times=None)
    with pytest.raises(errors.AccessDeniedException):
        asyncio.run(inventory_of(aws))
