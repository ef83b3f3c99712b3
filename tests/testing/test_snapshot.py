"""Snapshots: the whole state of an emulator, restored in memory and from a file."""

# Reads private state of the emulator.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import dataclasses
import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.emulators import Caller, CallFailedError
from tests.support.in_process import client_of
from tests.support.seeded_emulator import full_emulator, inventory_of
from tests.support.virtual_time import WallClock, stopped_clock
from wsclient import errors
from wsclient.testing import Drop, Emulator, FileFormatError, Snapshot
from wsclient.testing._emulator.snapshot import FORMAT, VERSION, _checksum
from wsclient.testing._emulator.state_codec import Decoder, encode
from wsclient.testing._files import write_document
from wsclient.testing._state.emulator_state import EmulatorState
from wsclient.testing._state.store import Store
from wsclient.types import WorkspaceState

if TYPE_CHECKING:
    from pathlib import Path

    from wsclient import Credentials

KEPT = {"clock", "keys", "identities", "amazon_bundles", "stores", "calls", "faults", "endpoints"} | {
    "network",
    "directory_services",
}
SETTINGS = {"durations", "quotas", "regions", "lock"}
"""What an emulator is made with; a snapshot has none of it."""
BEGUN_AFRESH = {"buckets", "arrivals"}


def filled() -> Emulator:
    """Return an emulator with records of every kind, some of them in a transitional state."""
    aws = full_emulator()
    caller = Caller(aws, region="eu-west-1")
    aws.allow_byol()
    other = caller.other(account_id="999999999999")
    application = aws.add_application("viewer")
    workspaces = asyncio.run(inventory_of(aws)).workspaces
    workspace_id = next(
        workspace.workspace_id for workspace in workspaces if workspace.state is WorkspaceState.AVAILABLE
    )
    caller.call("AssociateWorkspaceApplication", {"WorkspaceId": workspace_id, "ApplicationId": application})
    caller.call("DeployWorkspaceApplications", {"WorkspaceId": workspace_id})
    caller.call("CreateAccountLinkInvitation", {"TargetAccountId": "999999999999", "ClientToken": "token-1"})
    other.call("ListAccountLinks")
    logo = {"Logo": "iVBORw0KGgo="}
    caller.call(
        "ImportClientBranding", {"ResourceId": aws.directory_id, "DeviceTypeWindows": logo, "DeviceTypeLinux": logo}
    )
    caller.call("CreateConnectClientAddIn", {"ResourceId": aws.directory_id, "Name": "chat", "URL": "https://a.test"})
    caller.call(
        "ModifyClientProperties",
        {"ResourceId": aws.directory_id, "ClientProperties": {"ReconnectEnabled": "ENABLED"}},
    )
    aws.add_ec2_image()
    aws.add_directory(registered=False)
    aws.add_role("desktops", trusts=("999999999999",))
    return aws


def state_of(aws: Emulator) -> object:
    """Return all state that an emulator holds about its resources, as plain values."""
    for store in aws._world.stores.values():
        store.apply_due_changes(aws.clock.now())
    return {place: encode(store) for place, store in aws._world.stores.items()}


def test_snapshot_restores_the_state() -> None:
    """Restoring a snapshot undoes every later change, and a snapshot can be restored repeatedly."""
    aws = filled()
    before, snapshot, now, calls = state_of(aws), aws.snapshot(), aws.clock.now(), aws.calls
    for _ in range(2):
        caller = Caller(aws, region="eu-west-1")
        first = asyncio.run(inventory_of(aws)).workspaces[0].workspace_id
        caller.call("TerminateWorkspaces", {"TerminateWorkspaceRequests": [{"WorkspaceId": first}]})
        caller.call("CreateIpGroup", {"GroupName": "new"})
        aws.add_workspaces(3)
        aws.clock.advance(days=3)
        aws.clock.skew(minutes=1)
        assert state_of(aws) != before
        aws.restore(snapshot)
        assert state_of(aws) == before
        assert (aws.clock.now(), aws.calls) == (now, calls)
    assert snapshot.taken_at == now


def test_snapshot_file_restores_another_emulator(tmp_path: Path) -> None:
    """Another emulator of the same account restores all resources of the first from a file, and keeps its own keys."""
    path = tmp_path / "state.json"
    first = filled()
    first.snapshot().save(path)
    second = Emulator(account_id=first.account_id, region=first.region, clock=WallClock(first.clock._base.now()))
    second.restore(path)
    assert state_of(second) == state_of(first)
    assert second.calls == first.calls
    assert (second.directory_id, second.bundle_id) == (first.directory_id, first.bundle_id)
    listed = asyncio.run(inventory_of(second))
    assert listed == asyncio.run(inventory_of(first))
    added = second.add_workspaces(1)
    names = [
        workspace.user_name
        for workspace in asyncio.run(inventory_of(second)).workspaces
        if workspace.workspace_id in added
    ]
    assert set(names).isdisjoint(workspace.user_name for workspace in listed.workspaces)


def test_snapshot_restores_keys_and_mfa_codes() -> None:
    """Restoring in memory removes users added after the snapshot, and an MFA code used after it is accepted again."""
    aws = Emulator()
    device = aws.add_mfa_device()
    early = aws.add_user("early")
    snapshot = aws.snapshot()
    later = aws.add_user("late")
    code = device.code()
    token = {"RoleArn": f"arn:aws:iam::{aws.account_id}:role/r", "RoleSessionName": "s"}
    assert aws._world.identities.accepts_code(device.serial_number, code)
    aws.add_role("added")
    aws.fail("DescribeTags", with_=Drop.BEFORE)
    aws.restore(snapshot)
    assert aws._world.identities.accepts_code(device.serial_number, code)
    assert aws._world.identities.role(token["RoleArn"]) is not None
    assert aws.faults == ()

    async def who(credentials: Credentials) -> str | None:
        async with client_of(aws, credentials=credentials) as client:
            return (await client.whoami()).arn

    assert asyncio.run(who(early)) == f"arn:aws:iam::{aws.account_id}:user/early"
    with pytest.raises(errors.UnrecognizedClientException):
        asyncio.run(who(later))


def test_snapshot_restores_pending_faults() -> None:
    """A test that begins with a fault begins with it each time."""
    aws = Emulator()
    aws.fail("DescribeTags", with_=Drop.BEFORE, times=2)
    snapshot = aws.snapshot()
    aws.clear_faults()
    aws.restore(snapshot)
    assert [fault.left for fault in aws.faults] == [2]


def test_snapshot_keeps_page_tokens_valid() -> None:
    """A page token issued before the snapshot is valid after the restore."""
    aws = Emulator()
    aws.add_workspaces(3)
    caller = Caller(aws)
    token = caller.call("DescribeWorkspaces", {"Limit": 2})["NextToken"]
    snapshot = aws.snapshot()
    aws.restore(snapshot)
    listed = caller.call("DescribeWorkspaces", {"NextToken": token})["Workspaces"]
    assert isinstance(listed, list)
    assert len(listed) == 1


def test_snapshot_restores_remaining_transition_times(tmp_path: Path) -> None:
    """After restoring a year-old file, a creation takes its remaining time, and past timestamps stay unchanged."""
    path = tmp_path / "state.json"
    old = Emulator(clock=WallClock(stopped_clock().time - timedelta(days=365)))
    Caller(old).call(
        "CreateWorkspaces",
        {"Workspaces": [{"DirectoryId": old.directory_id, "UserName": "jane", "BundleId": old.bundle_id}]},
    )
    image = old.add_image("old")
    old.clock.advance(minutes=1)
    old.snapshot().save(path)
    aws = Emulator(clock=stopped_clock())
    aws.restore(path)

    def seen() -> tuple[list[str], datetime | None]:
        found = asyncio.run(inventory_of(aws))
        created = next(item.created for item in found.images if item.image_id == image)
        return [str(workspace.state) for workspace in found.workspaces], created

    assert seen() == (["PENDING"], old.clock._base.now())
    aws.clock.advance(minutes=18, seconds=59)
    assert seen()[0] == ["PENDING"]
    aws.clock.advance(seconds=1)
    assert seen()[0] == ["AVAILABLE"]


def test_snapshot_file_contains_no_secret(tmp_path: Path) -> None:
    """Keys, tokens, MFA secrets and the key that seals page tokens are never written to the file."""
    path = tmp_path / "state.json"
    aws = filled()
    aws.add_mfa_device()
    temporary = aws._world.keys.issue_temporary(
        next(iter(aws._world.keys.issued.values())).principal, aws._world.identities.expiry(60)
    )
    aws.snapshot().save(path)
    text = path.read_text()
    for key in (aws.credentials, temporary):
        assert key.access_key_id not in text
        assert key.secret_access_key not in text
    assert str(temporary.session_token) not in text
    assert "token_key" not in text
    assert "$Role" in text
    assert aws.credentials.secret_access_key not in repr(aws.snapshot())


def test_snapshot_restores_policies_and_vpc_endpoints(tmp_path: Path) -> None:
    """From memory and from a file: who was held to a policy is held to it again, and so is an endpoint."""
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
    open_door = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
    }
    aws = Emulator()
    role = aws.add_role("caller", policy=policy)
    managed = aws.add_policy("limits", policy)
    endpoint = aws.add_vpc_endpoint(policy=open_door)
    saved = aws.snapshot()
    saved.save(tmp_path / "state.json")
    for snapshot in (saved, Snapshot.load(tmp_path / "state.json")):
        other = Emulator()
        other.restore(snapshot)
        policies, endpoints = other._world.identities.policies, other._world.endpoints
        assert policies.documents() == aws._world.identities.policies.documents()
        assert policies.attached_to(role) is not None
        assert policies.find_managed(managed) is not None
        assert endpoints.all() == [endpoint]
        assert endpoints.policy(endpoint.id) == aws._world.endpoints.policy(endpoint.id)
        assert other.snapshot()._members.policies == saved._members.policies


def test_snapshot_covers_every_field_of_the_state() -> None:
    """Each field of the emulator's state is saved, is a setting, or is listed as deliberately reset."""
    assert {field.name for field in dataclasses.fields(EmulatorState)} == KEPT | SETTINGS | BEGUN_AFRESH


def test_snapshot_of_another_account_or_region_is_rejected() -> None:
    """Restoring a snapshot of another account, or with more regions, raises an error that names the missing setting."""
    snapshot = Emulator(account_id="210987654321", other_regions=["eu-west-1"]).snapshot()
    with pytest.raises(errors.ConfigurationError, match='create the emulator with account_id="210987654321"'):
        Emulator().restore(snapshot)
    with pytest.raises(errors.ConfigurationError, match="more regions; add eu-west-1 to other_regions"):
        Emulator(account_id="210987654321").restore(snapshot)


def test_changed_snapshot_file_is_rejected(tmp_path: Path) -> None:
    """A reformatted file loads; a file with changed content fails its checksum."""
    path = tmp_path / "state.json"
    Emulator().snapshot().save(path)
    document = json.loads(path.read_text())
    path.write_text(json.dumps(document, indent=7))
    Snapshot.load(path)
    path.write_text(json.dumps({**document, "Users": 3}))
    with pytest.raises(FileFormatError, match=r"state\.json: Checksum: the file was modified"):
        Snapshot.load(path)


@pytest.mark.parametrize(
    ("member", "value", "where", "why"),
    [
        ("Users", "x", "Users", "Expected `int`"),
        ("Stores", [{"$Role": {"arn": "a"}}], "Stores", "must contain Store items only"),
        ("Stores", [{"$Store": {}}], "Stores[0]", "Store is missing required members"),
        ("Stores", [{"$Store": {"x": 1}}], "Stores[0]", "Store has no member x"),
        ("Stores", [{"$Emulator": {}}], "Stores[0]", "unknown type Emulator"),
        ("Stores", [{"$at": "noon"}], "Stores[0]", r"invalid value for \$at"),
        ("Stores", [{"$enum": ["Store", "x"]}], "Stores[0]", r"invalid value for \$enum"),
        ("Stores", [{"$tuple": 3}], "Stores[0]", r"invalid value for \$tuple"),
        ("Stores", [{"$Workspace": {"WorkspaceId": 3}}], "Stores[0].WorkspaceId", "Expected `str"),
        ("Roles", [3], "Roles", "must contain Role items only"),
        ("Stores", [{"$Store": []}], "Stores[0]", "Store must be an object of its members"),
        ("AmazonBundles", [], "AmazonBundles", "Expected `object`"),
        ("AmazonBundles", {"us-west-2": []}, "AmazonBundles.us-west-2", "must be an object of bundles by bundle id"),
        ("AmazonBundles", {"us-west-2": None}, "AmazonBundles.us-west-2", "must be an object of bundles by bundle id"),
        ("AmazonBundles", {"us-west-2": {"wsb-1": 3}}, "AmazonBundles.us-west-2.wsb-1", "must be a WorkspaceBundle"),
        ("Xyz", 1, "", "unknown field"),
    ],
)
def test_invalid_snapshot_file_names_its_place(
    tmp_path: Path, member: str, value: object, where: str, why: str
) -> None:
    """A file with a right checksum and wrong content, of another version perhaps, is a typed error."""
    path = tmp_path / "state.json"
    Emulator().snapshot().save(path)
    document = json.loads(path.read_text())
    content = {name: kept for name, kept in document.items() if name not in {"Format", "Version", "Checksum"}}
    content[member] = value
    write_document(path, FORMAT, VERSION, {"Checksum": _checksum(content), **content})
    with pytest.raises(FileFormatError, match=why) as raised:
        Snapshot.load(path)
    assert (raised.value.where, raised.value.file) == (where, str(path))


def test_snapshot_round_trip_of_every_value_type() -> None:
    """Whatever a record may hold is the same value of the same type afterwards."""
    at = stopped_clock().time
    values: list[object] = [
        None,
        True,
        1.5,
        "text",
        b"\xff",
        (1, "a"),
        {"a", "b"},
        frozenset({"a"}),
        {"$at": 1, "b": [at]},
        {("a", "b"): at},
        Store("1", "r"),
    ]
    decoder = Decoder(taken_at=at, elapsed=timedelta(hours=1))
    for value in values:
        tree = json.loads(json.dumps(encode(value)))
        back = decoder.decode(tree, "")
        assert type(back) is type(value)
        if not isinstance(value, Store):
            assert back == value
    assert decoder.decode(encode(at + timedelta(seconds=1)), "") == at + timedelta(hours=1, seconds=1)
    with pytest.raises(TypeError, match="cannot encode a value of type object"):
        encode(object())


def test_running_emulator_serves_the_restored_state() -> None:
    """A running emulator serves the state that was put back to clients that were there before."""
    aws = Emulator()
    snapshot = aws.snapshot()
    caller = Caller(aws)
    group = caller.call("CreateIpGroup", {"GroupName": "office"})["GroupId"]
    aws.restore(snapshot)
    assert caller.call("DescribeIpGroups")["Result"] == []
    with pytest.raises(CallFailedError):
        caller.call("DeleteIpGroup", {"GroupId": group})
