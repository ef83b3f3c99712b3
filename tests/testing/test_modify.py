"""ModifyWorkspaceProperties in the emulator: one property per call, minimum intervals, and durations."""

from __future__ import annotations

import pytest

from tests.support.emulator_calls import Members, change, describe, modify, modify_refusal, refusal
from tests.support.emulators import Desk
from wsclient._generated.workspaces.enums import RunningMode, WorkspaceState

AUTO = RunningMode.AUTO_STOP


@pytest.fixture
def desk() -> Desk:
    """Give an emulator of its own to each test, in this process, at a standing clock."""
    return Desk()


def test_a_running_mode_changes_at_once_with_its_timeout(desk: Desk) -> None:
    """The running mode is the only property that may be changed together with another."""
    workspace_id = desk.aws.add_workspaces()[0]
    modify(desk, workspace_id, RunningMode="AUTO_STOP", RunningModeAutoStopTimeoutInMinutes=120)
    properties = describe(desk)[0]["WorkspaceProperties"]
    assert (properties["RunningMode"], properties["RunningModeAutoStopTimeoutInMinutes"]) == ("AUTO_STOP", 120)
    modify(desk, workspace_id, RunningMode="ALWAYS_ON")
    assert "RunningModeAutoStopTimeoutInMinutes" not in describe(desk)[0]["WorkspaceProperties"]
    for wrong in ({"RunningModeAutoStopTimeoutInMinutes": 60}, {"RunningMode": "AUTO_STOP"} | {
        "RunningModeAutoStopTimeoutInMinutes": 61}):  # fmt: skip
        assert modify_refusal(desk, workspace_id, **wrong) == "InvalidParameterValuesException"


@pytest.mark.parametrize(
    "properties",
    [
        {},
        {"RunningMode": "AUTO_STOP", "ComputeTypeName": "POWER"},
        {"RootVolumeSizeGib": 175, "UserVolumeSizeGib": 100},
        {"OperatingSystemName": "WINDOWS_11"},
    ],
)
def test_a_call_modifies_exactly_one_property(desk: Desk, properties: Members) -> None:
    """A call with no property, two properties, or an unmodifiable property is rejected."""
    workspace_id = desk.aws.add_workspaces()[0]
    assert modify_refusal(desk, workspace_id, **properties) == "InvalidParameterValuesException"


def test_compute_type_change_takes_an_hour(desk: Desk) -> None:
    """While it changes, the WorkSpace is UPDATING with the old property; nothing else can be modified meanwhile."""
    workspace_id = desk.aws.add_workspaces(state=WorkspaceState.STOPPED)[0]
    modify(desk, workspace_id, ComputeTypeName="POWER")
    during = describe(desk)[0]
    assert (during["State"], during["WorkspaceProperties"]["ComputeTypeName"]) == ("UPDATING", "STANDARD")
    assert during["ModificationStates"] == [{"Resource": "COMPUTE_TYPE", "State": "UPDATE_INITIATED"}]
    assert modify_refusal(desk, workspace_id, RunningMode="AUTO_STOP") == "InvalidResourceStateException"
    desk.aws.clock.advance(hours=1)
    after = describe(desk)[0]
    assert (after["State"], after["WorkspaceProperties"]["ComputeTypeName"]) == ("STOPPED", "POWER")
    assert after["ModificationStates"] == []


def test_compute_changes_keep_awss_pauses(desk: Desk) -> None:
    """A larger type is accepted after six hours, a smaller type after thirty days; graphics types never."""
    workspace_id = desk.aws.add_workspaces()[0]
    modify(desk, workspace_id, ComputeTypeName="PERFORMANCE")
    desk.aws.clock.advance(hours=5)
    assert modify_refusal(desk, workspace_id, ComputeTypeName="POWER") == "InvalidResourceStateException"
    desk.aws.clock.advance(hours=1)
    modify(desk, workspace_id, ComputeTypeName="POWER")
    desk.aws.clock.advance(days=29)
    assert modify_refusal(desk, workspace_id, ComputeTypeName="VALUE") == "InvalidResourceStateException"
    desk.aws.clock.advance(days=1)
    modify(desk, workspace_id, ComputeTypeName="VALUE")
    desk.aws.clock.advance(hours=7)
    assert (
        modify_refusal(desk, workspace_id, ComputeTypeName="GRAPHICS") == "UnsupportedWorkspaceConfigurationException"
    )


def test_volumes_grow_by_the_sizes_of_aws(desk: Desk) -> None:
    """The user volume first, then the root; six hours apart; usable meanwhile; no other sizes."""
    workspace_id = desk.aws.add_workspaces()[0]
    assert modify_refusal(desk, workspace_id, RootVolumeSizeGib=175) == "InvalidParameterValuesException"
    assert modify_refusal(desk, workspace_id, UserVolumeSizeGib=10) == "InvalidParameterValuesException"
    assert modify_refusal(desk, workspace_id, UserVolumeSizeGib=70) == "InvalidParameterValuesException"
    modify(desk, workspace_id, UserVolumeSizeGib=100)
    assert (desk.states(), describe(desk)[0]["WorkspaceProperties"]["UserVolumeSizeGib"]) == (["AVAILABLE"], 50)
    assert modify_refusal(desk, workspace_id, RunningMode="AUTO_STOP") == "OperationInProgressException"
    desk.aws.clock.advance(hours=2)
    assert describe(desk)[0]["WorkspaceProperties"]["UserVolumeSizeGib"] == 100
    assert modify_refusal(desk, workspace_id, RootVolumeSizeGib=200) == "InvalidResourceStateException"
    desk.aws.clock.advance(hours=4)
    modify(desk, workspace_id, RootVolumeSizeGib=200)
    desk.aws.clock.advance(hours=2)
    assert describe(desk)[0]["WorkspaceProperties"]["RootVolumeSizeGib"] == 200


def test_stopping_during_volume_growth_completes_both(desk: Desk) -> None:
    """Stopping while a volume grows completes both changes."""
    workspace_id = desk.aws.add_workspaces(running_mode=AUTO)[0]
    modify(desk, workspace_id, UserVolumeSizeGib=100)
    assert change(desk, "StopWorkspaces", workspace_id) == []
    desk.aws.clock.advance(hours=2)
    after = describe(desk)[0]
    assert (after["State"], after["WorkspaceProperties"]["UserVolumeSizeGib"]) == ("STOPPED", 100)


@pytest.mark.parametrize(
    ("properties", "minutes"),
    [
        ({"Protocols": ["PCOIP"]}, 10),
        ({"NestedVirtualizationEnabled": True}, 60),
        ({"GlobalAccelerator": {"Mode": "DISABLED"}}, 0),
    ],
)
def test_other_properties_can_be_modified(desk: Desk, properties: Members, minutes: int) -> None:
    """Protocols, nested virtualization and the accelerator take the value they are given."""
    workspace_id = desk.aws.add_workspaces()[0]
    modify(desk, workspace_id, **properties)
    desk.aws.clock.advance(minutes=minutes)
    assert describe(desk)[0]["WorkspaceProperties"].items() >= properties.items()


def test_data_replication_is_modified_alone(desk: Desk) -> None:
    """Replication is set alone, or refused together with another property."""
    workspace_id = desk.aws.add_workspaces()[0]
    members = {"WorkspaceId": workspace_id, "DataReplication": "PRIMARY_AS_SOURCE"}
    both = members | {"WorkspaceProperties": {"RunningMode": "AUTO_STOP"}}
    assert refusal(desk, "ModifyWorkspaceProperties", both) == "InvalidParameterValuesException"
    desk.call("ModifyWorkspaceProperties", members)
    assert describe(desk)[0]["DataReplicationSettings"] == {"DataReplication": "PRIMARY_AS_SOURCE"}
