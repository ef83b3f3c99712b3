"""WorkSpaces in the emulator: valid requests, state transitions, and changes over time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.emulator_calls import CHANGES, Members, change, create, describe, refusal
from tests.support.emulators import Caller
from tests.support.virtual_time import WallClock
from wsclient._core.errors import ConfigurationError
from wsclient._generated.workspaces.enums import RunningMode, WorkspaceState
from wsclient._generated.workspaces.operations import OPERATIONS
from wsclient.testing import Durations, Emulator
from wsclient.testing._operations import HANDLERS
from wsclient.testing._state.store import WorkspaceRecord

if TYPE_CHECKING:
    from datetime import datetime

AUTO = RunningMode.AUTO_STOP


@pytest.fixture
def caller() -> Caller:
    """Give an emulator of its own to each test, in this process, at a standing clock."""
    return Caller()


def test_new_emulator_has_a_directory_and_bundles(caller: Caller) -> None:
    """A new emulator has one registered directory, AWS's bundles, and no WorkSpaces."""
    directories: Any = caller.call("DescribeWorkspaceDirectories")["Directories"]
    bundles: Any = caller.call("DescribeWorkspaceBundles", {"Owner": "AMAZON"})["Bundles"]
    assert [(directory["DirectoryId"], directory["State"]) for directory in directories] == [
        (caller.aws.directory_id, "REGISTERED")
    ]
    assert caller.aws.bundle_id in [bundle["BundleId"] for bundle in bundles]
    assert describe(caller) == []


@pytest.mark.parametrize(("encrypted", "minutes"), [(False, 20), (True, 60)])
def test_workspace_creation_takes_its_documented_time(caller: Caller, minutes: int, *, encrypted: bool) -> None:
    """A WorkSpace becomes AVAILABLE after 20 minutes; with an encrypted root volume, after an hour."""
    create(caller, RootVolumeEncryptionEnabled=encrypted)
    caller.aws.clock.advance(minutes=minutes)
    assert caller.states() == ["AVAILABLE"]


def test_workspace_is_pending_until_its_duration_has_passed(caller: Caller) -> None:
    """A second before its time a WorkSpace is PENDING and has no address."""
    create(caller)
    caller.aws.clock.advance(minutes=19, seconds=59)
    assert [(workspace["State"], "IpAddress" in workspace) for workspace in describe(caller)] == [("PENDING", False)]


def test_workspace_defaults_come_from_bundle_and_aws(caller: Caller) -> None:
    """Sizes and compute come from the bundle; AUTO_STOP without a time-out stops after an hour."""
    pending = create(caller, WorkspaceProperties={"RunningMode": "AUTO_STOP"})["PendingRequests"]
    assert pending[0]["WorkspaceProperties"] == {
        "RunningMode": "AUTO_STOP",
        "RunningModeAutoStopTimeoutInMinutes": 60,
        "RootVolumeSizeGib": 80,
        "UserVolumeSizeGib": 50,
        "ComputeTypeName": "STANDARD",
        "OperatingSystemName": "WINDOWS_10",
        "Protocols": ["WSP"],
    }


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"DirectoryId": "d-0123456789"}, "ResourceNotFound.Directory"),
        ({"BundleId": "wsb-012345678"}, "ResourceNotFound.Bundle"),
        ({"Tags": [{"Key": "AWS:mine", "Value": ""}]}, "InvalidParameterValuesException"),
        ({"Tags": [{"Key": str(number)} for number in range(51)]}, "ResourceLimitExceededException"),
        (
            {"WorkspaceProperties": {"RunningModeAutoStopTimeoutInMinutes": 60}},
            "AutoStopTimeoutIsNotApplicableForAnAlwaysOnWorkspace",
        ),
        (
            {"WorkspaceProperties": {"RunningMode": "AUTO_STOP", "RunningModeAutoStopTimeoutInMinutes": 90}},
            "InvalidParameterValues.WorkspaceProperties",
        ),
        ({"WorkspaceProperties": {"RootVolumeSizeGib": 90}}, "InvalidParameterValues.WorkspaceProperties"),
    ],
)  # fmt: skip
def test_invalid_creation_request_is_in_failed_requests(caller: Caller, members: Members, code: str) -> None:
    """A request that cannot be fulfilled is returned in FailedRequests with an error code, and creates nothing."""
    answer = create(caller, **members)
    assert [failed["ErrorCode"] for failed in answer["FailedRequests"]] == [code]
    assert answer["FailedRequests"][0]["WorkspaceRequest"].items() >= members.items()
    assert (answer["PendingRequests"], describe(caller)) == ([], [])


def test_failed_item_does_not_affect_others(caller: Caller) -> None:
    """A failed item of a batch does not prevent the creation of the others."""
    good = {"DirectoryId": caller.aws.directory_id, "UserName": "a", "BundleId": caller.aws.bundle_id}
    answer: Any = caller.call("CreateWorkspaces", {"Workspaces": [good | {"BundleId": "wsb-012345678"}, good]})
    assert (len(answer["PendingRequests"]), len(answer["FailedRequests"])) == (1, 1)


def test_a_user_has_one_workspace_in_a_directory(caller: Caller) -> None:
    """A user has one WorkSpace in a directory, case-insensitively; a terminated WorkSpace no longer counts."""
    create(caller)
    assert create(caller, UserName="MARY")["FailedRequests"][0]["ErrorCode"] == "ResourceExists.WorkSpace"
    assert create(caller, DirectoryId=caller.aws.add_directory())["FailedRequests"] == []
    for workspace in describe(caller):
        assert change(caller, "TerminateWorkspaces", workspace["WorkspaceId"]) == []
    caller.aws.clock.advance(minutes=5)
    assert create(caller)["FailedRequests"] == []


def test_undefined_user_may_have_several_workspaces(caller: Caller) -> None:
    """[UNDEFINED] users may have any number of WorkSpaces, of different names."""
    for name, code in (("one", []), ("two", []), ("one", ["ResourceExists.WorkSpace"])):
        failed = create(caller, UserName="[UNDEFINED]", WorkspaceName=name)["FailedRequests"]
        assert [item["ErrorCode"] for item in failed] == code
    assert [found["WorkspaceName"] for found in describe(caller, WorkspaceName="two")] == ["two"]


def test_describe_filters_work_alone(caller: Caller) -> None:
    """Filters by ids, by directory with optional user, and by bundle work alone; combining them is rejected."""
    other, bundle = caller.aws.add_directory(), caller.aws.add_bundle("mine")
    workspace_id, two = caller.aws.add_workspaces(2)
    three = caller.aws.add_workspaces(directory_id=other, bundle_id=bundle)[0]

    def found(**filters: object) -> set[object]:
        return {workspace["WorkspaceId"] for workspace in describe(caller, **filters)}

    assert found(WorkspaceIds=[workspace_id, three, "ws-000000000"]) == {workspace_id, three}
    assert found(DirectoryId=caller.aws.directory_id) == {workspace_id, two}
    assert found(DirectoryId=caller.aws.directory_id, UserName="USER-0002") == {two}
    assert found(BundleId=bundle) == {three}
    both = {"DirectoryId": other, "BundleId": bundle}
    assert refusal(caller, "DescribeWorkspaces", both) == "InvalidParameterValuesException"
    assert refusal(caller, "DescribeWorkspaces", {"UserName": "user-0001"}) == "InvalidParameterValuesException"


@pytest.mark.parametrize(
    ("operation", "allowed"),
    [
        ("StartWorkspaces", {"STOPPED"}),
        ("StopWorkspaces", {"AVAILABLE", "IMPAIRED", "UNHEALTHY", "ERROR"}),
        ("RebootWorkspaces", {"AVAILABLE", "UNHEALTHY"}),
        ("RebuildWorkspaces", {"AVAILABLE", "ERROR", "UNHEALTHY", "STOPPED", "REBOOTING"}),
        ("TerminateWorkspaces", {state.value for state in WorkspaceState} - {"SUSPENDED", "TERMINATED"}),
    ],
)
def test_changes_are_accepted_only_from_documented_states(caller: Caller, operation: str, allowed: set[str]) -> None:
    """From every state a change begins, or fails with the WorkSpace's id and leaves it as it was."""
    started: set[str] = set()
    for state in set(WorkspaceState) - {WorkspaceState.TERMINATED}:
        workspace_id = caller.aws.add_workspaces(running_mode=AUTO, state=state)[0]
        failed = change(caller, operation, workspace_id)
        if failed:
            assert (failed[0]["WorkspaceId"], failed[0]["ErrorCode"]) == (
                workspace_id,
                "InvalidResourceState.Workspace",
            )
            assert describe(caller, WorkspaceIds=[workspace_id])[0]["State"] == state
        else:
            started.add(state.value)
    assert started == allowed


@pytest.mark.parametrize(
    ("operation", "before", "during", "seconds", "after"),
    [
        ("StartWorkspaces", "STOPPED", "STARTING", 90, "AVAILABLE"),
        ("StopWorkspaces", "AVAILABLE", "STOPPING", 120, "STOPPED"),
        ("RebootWorkspaces", "AVAILABLE", "REBOOTING", 180, "AVAILABLE"),
        ("RebuildWorkspaces", "AVAILABLE", "REBUILDING", 1800, "AVAILABLE"),
    ],
)
def test_transitional_state_lasts_its_duration(
    caller: Caller, operation: str, before: str, during: str, seconds: int, after: str
) -> None:
    """A change shows its own state until its time is over, and not a second longer."""
    workspace_id = caller.aws.add_workspaces(running_mode=AUTO, state=WorkspaceState(before))[0]
    assert change(caller, operation, workspace_id) == []
    caller.aws.clock.advance(seconds=seconds - 1)
    assert caller.states() == [during]
    caller.aws.clock.advance(seconds=1)
    assert caller.states() == [after]


@pytest.mark.parametrize("operation", sorted(CHANGES))
def test_unknown_workspace_is_in_failed_requests(caller: Caller, operation: str) -> None:
    """An unknown id is a failed request under HTTP 200, as AWS has it."""
    assert [failed["ErrorCode"] for failed in change(caller, operation, "ws-000000000")] == [
        "ResourceNotFound.Workspace"
    ]


@pytest.mark.parametrize("operation", ["StartWorkspaces", "StopWorkspaces"])
def test_always_on_workspace_cannot_be_started_or_stopped(caller: Caller, operation: str) -> None:
    """Starting and stopping need a running mode that stops."""
    state = WorkspaceState.STOPPED if operation == "StartWorkspaces" else WorkspaceState.AVAILABLE
    workspace_id = caller.aws.add_workspaces(state=state)[0]
    assert [item["ErrorCode"] for item in change(caller, operation, workspace_id)] == [
        "OperationNotSupported.Workspace"
    ]


def test_second_termination_does_not_restart_the_delay(caller: Caller) -> None:
    """A second termination succeeds without restarting the delay; tags are deleted with the WorkSpace."""
    workspace_id = caller.aws.add_workspaces()[0]
    caller.call("CreateTags", {"ResourceId": workspace_id, "Tags": [{"Key": "a", "Value": "b"}]})
    assert change(caller, "TerminateWorkspaces", workspace_id) == []
    caller.aws.clock.advance(minutes=4)
    assert change(caller, "TerminateWorkspaces", workspace_id) == []
    caller.aws.clock.advance(minutes=1)
    assert describe(caller) == []
    assert refusal(caller, "DescribeTags", {"ResourceId": workspace_id}) == "ResourceNotFoundException"


def test_durations_are_configurable() -> None:
    """Durations(create=timedelta()) makes a creation complete without delay."""
    quick = Caller(Emulator(clock=WallClock(), durations=Durations(create=timedelta())))
    create(quick)
    assert quick.states() == ["AVAILABLE"]


def test_admin_maintenance_is_entered_from_available(caller: Caller) -> None:
    """ADMIN_MAINTENANCE can be entered from AVAILABLE only, and takes effect without delay in both directions."""
    workspace_id = caller.aws.add_workspaces()[0]
    for state in ("ADMIN_MAINTENANCE", "AVAILABLE"):
        caller.call("ModifyWorkspaceState", {"WorkspaceId": workspace_id, "WorkspaceState": state})
        assert caller.states() == [state]
    caller.aws.set_workspace_state(workspace_id, WorkspaceState.STOPPED)
    members = {"WorkspaceId": workspace_id, "WorkspaceState": "AVAILABLE"}
    assert refusal(caller, "ModifyWorkspaceState", members) == "InvalidResourceStateException"
    missing = {"WorkspaceId": "ws-000000000", "WorkspaceState": "AVAILABLE"}
    assert refusal(caller, "ModifyWorkspaceState", missing) == "ResourceNotFoundException"


def test_invalid_seeding_is_rejected(caller: Caller) -> None:
    """Seeding an unknown directory or WorkSpace, or moving the clock back, raises ConfigurationError."""
    with pytest.raises(ConfigurationError, match="unknown directory"):
        caller.aws.add_workspaces(directory_id="d-0123456789")
    with pytest.raises(ConfigurationError, match="unknown WorkSpace ws-000000000"):
        caller.aws.set_workspace_state("ws-000000000", WorkspaceState.ERROR)
    with pytest.raises(ConfigurationError, match="cannot move the clock back"):
        caller.aws.clock.advance(minutes=-1)


def test_accounts_and_regions_are_isolated() -> None:
    """Regions do not share WorkSpaces, and an unserved region is rejected as an invalid signature scope."""
    aws = Emulator(clock=WallClock(), other_regions=["eu-west-1"])
    here, there = Caller(aws), Caller(aws, region="eu-west-1")
    aws.add_workspaces()
    assert (len(describe(here)), len(describe(there))) == (1, 0)
    assert [call.region for call in aws.calls] == ["us-west-2", "eu-west-1"]
    assert refusal(Caller(aws, region="eu-west-2"), "DescribeWorkspaces", {}) == "InvalidSignatureException"


def test_public_bundles_exist_in_every_account_and_region() -> None:
    """Each account and each region has AWS's own bundles, and no bundles of other accounts."""
    aws = Emulator(other_regions=("eu-west-1",), clock=WallClock())
    for region in ("us-west-2", "eu-west-1"):
        bundles: Any = Caller(aws, region).call("DescribeWorkspaceBundles", {"Owner": "AMAZON"})["Bundles"]
        assert len(bundles) == 5
    stranger = aws._world.store("210987654321", "us-west-2")
    assert aws.bundle_id in stranger.bundles
    mine = aws.add_bundle("mine")
    assert mine not in stranger.bundles


def test_workspace_addresses_are_unique(caller: Caller) -> None:
    """A new WorkSpace never gets the address of an existing WorkSpace after a termination."""
    first, _ = caller.aws.add_workspaces(2)
    caller.call("TerminateWorkspaces", {"TerminateWorkspaceRequests": [{"WorkspaceId": first}]})
    caller.aws.clock.advance(minutes=6)
    caller.aws.add_workspaces()
    left = describe(caller)
    assert len({workspace["IpAddress"] for workspace in left}) == len(left) == 2


def test_call_cost_is_independent_of_account_size(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cost of a call is independent of the account's size: only changed or due records are updated."""
    looked_at: list[str] = []
    apply = WorkspaceRecord.apply_due_changes

    def counted(record: WorkspaceRecord, now: datetime) -> None:
        looked_at.append(record.workspace.workspace_id or "")
        apply(record, now)

    first, *_ = caller.aws.add_workspaces(30, running_mode=AUTO)
    describe(caller, WorkspaceIds=[first])
    monkeypatch.setattr(WorkspaceRecord, "apply_due_changes", counted)
    assert [workspace["State"] for workspace in describe(caller, WorkspaceIds=[first])] == ["AVAILABLE"]
    assert looked_at == []
    change(caller, "StopWorkspaces", first)
    assert [workspace["State"] for workspace in describe(caller, WorkspaceIds=[first])] == ["STOPPING"]
    assert looked_at == [first]
    caller.aws.clock.advance(hours=1)
    assert [workspace["State"] for workspace in describe(caller, WorkspaceIds=[first])] == ["STOPPED"]
    assert set(looked_at) == {first}
    looked_at.clear()
    describe(caller, WorkspaceIds=[first])
    assert looked_at == []


def test_every_emulated_operation_is_one_of_the_model() -> None:
    """Each emulated operation exists in the service model."""
    assert HANDLERS["workspaces"].keys() <= OPERATIONS.keys()
    assert len(HANDLERS["workspaces"]) >= 24
