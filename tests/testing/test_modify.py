"""ModifyWorkspaceProperties in the emulator: one property per call, minimum intervals, and durations."""

from __future__ import annotations

import pytest

from tests.support.emulator_calls import Members, change, describe, modify, modify_refusal, refusal
from tests.support.emulators import Caller
from wsclient._generated.workspaces.enums import RunningMode, WorkspaceState

AUTO = RunningMode.AUTO_STOP


@pytest.fixture
def caller() -> Caller:
    """Give an emulator of its own to each test, in this process, at a standing clock."""
    return Caller()


def test_a_running_mode_changes_at_once_with_its_timeout(caller: Caller) -> None:
    """The running mode is the only property that may be changed together with another."""
    workspace_id = caller.aws.add_workspaces()[0]
    modify(caller, workspace_id, RunningMode="AUTO_STOP", RunningModeAutoStopTimeoutInMinutes=120)
    properties = describe(caller)[0]["WorkspaceProperties"]
    assert (properties["RunningMode"], properties["RunningModeAutoStopTimeoutInMinutes"]) == ("AUTO_STOP", 120)
    modify(caller, workspace_id, RunningMode="ALWAYS_ON")
    assert "RunningModeAutoStopTimeoutInMinutes" not in describe(caller)[0]["WorkspaceProperties"]
    for wrong in ({"RunningModeAutoStopTimeoutInMinutes": 60}, {"RunningMode": "AUTO_STOP"} | {
        "RunningModeAutoStopTimeoutInMinutes": 61}):  # fmt: skip
        assert modify_refusal(caller, workspace_id, **wrong) == "InvalidParameterValuesException"


@pytest.mark.parametrize(
    "properties",
    [
        {},
        {"RunningMode": "AUTO_STOP", "ComputeTypeName": "POWER"},
        {"RootVolumeSizeGib": 175, "UserVolumeSizeGib": 100},
        {"OperatingSystemName": "WINDOWS_11"},
    ],
)
def test_a_call_modifies_exactly_one_property(caller: Caller, properties: Members) -> None:
    """A call with no property, two properties, or an unmodifiable property is rejected."""
    workspace_id = caller.aws.add_workspaces()[0]
    assert modify_refusal(caller, workspace_id, **properties) == "InvalidParameterValuesException"


def test_compute_type_change_takes_an_hour(caller: Caller) -> None:
    """While it changes, the WorkSpace is UPDATING with the old property; nothing else can be modified meanwhile."""
    workspace_id = caller.aws.add_workspaces(state=WorkspaceState.STOPPED)[0]
    modify(caller, workspace_id, ComputeTypeName="POWER")
    during = describe(caller)[0]
    assert (during["State"], during["WorkspaceProperties"]["ComputeTypeName"]) == ("UPDATING", "STANDARD")
    assert during["ModificationStates"] == [{"Resource": "COMPUTE_TYPE", "State": "UPDATE_INITIATED"}]
    assert modify_refusal(caller, workspace_id, RunningMode="AUTO_STOP") == "InvalidResourceStateException"
    caller.aws.clock.advance(hours=1)
    after = describe(caller)[0]
    assert (after["State"], after["WorkspaceProperties"]["ComputeTypeName"]) == ("STOPPED", "POWER")
    assert after["ModificationStates"] == []


def test_compute_changes_keep_awss_pauses(caller: Caller) -> None:
    """A larger type is accepted after six hours, a smaller type after thirty days; graphics types never."""
    workspace_id = caller.aws.add_workspaces()[0]
    modify(caller, workspace_id, ComputeTypeName="PERFORMANCE")
    caller.aws.clock.advance(hours=5)
    assert modify_refusal(caller, workspace_id, ComputeTypeName="POWER") == "InvalidResourceStateException"
    caller.aws.clock.advance(hours=1)
    modify(caller, workspace_id, ComputeTypeName="POWER")
    caller.aws.clock.advance(days=29)
    assert modify_refusal(caller, workspace_id, ComputeTypeName="VALUE") == "InvalidResourceStateException"
    caller.aws.clock.advance(days=1)
    modify(caller, workspace_id, ComputeTypeName="VALUE")
    caller.aws.clock.advance(hours=7)
    assert (
        modify_refusal(caller, workspace_id, ComputeTypeName="GRAPHICS") == "UnsupportedWorkspaceConfigurationException"
    )


def test_volumes_grow_by_the_sizes_of_aws(caller: Caller) -> None:
    """The user volume first, then the root; six hours apart; usable meanwhile; no other sizes."""
    workspace_id = caller.aws.add_workspaces()[0]
    assert modify_refusal(caller, workspace_id, RootVolumeSizeGib=175) == "InvalidParameterValuesException"
    assert modify_refusal(caller, workspace_id, UserVolumeSizeGib=10) == "InvalidParameterValuesException"
    assert modify_refusal(caller, workspace_id, UserVolumeSizeGib=70) == "InvalidParameterValuesException"
    modify(caller, workspace_id, UserVolumeSizeGib=100)
    assert (caller.states(), describe(caller)[0]["WorkspaceProperties"]["UserVolumeSizeGib"]) == (["AVAILABLE"], 50)
    assert modify_refusal(caller, workspace_id, RunningMode="AUTO_STOP") == "OperationInProgressException"
    caller.aws.clock.advance(hours=2)
    assert describe(caller)[0]["WorkspaceProperties"]["UserVolumeSizeGib"] == 100
    assert modify_refusal(caller, workspace_id, RootVolumeSizeGib=200) == "InvalidResourceStateException"
    caller.aws.clock.advance(hours=4)
    modify(caller, workspace_id, RootVolumeSizeGib=200)
    caller.aws.clock.advance(hours=2)
    assert describe(caller)[0]["WorkspaceProperties"]["RootVolumeSizeGib"] == 200


def test_stopping_during_volume_growth_completes_both(caller: Caller) -> None:
    """Stopping while a volume grows completes both changes."""
    workspace_id = caller.aws.add_workspaces(running_mode=AUTO)[0]
    modify(caller, workspace_id, UserVolumeSizeGib=100)
    assert change(caller, "StopWorkspaces", workspace_id) == []
    caller.aws.clock.advance(hours=2)
    after = describe(caller)[0]
    assert (after["State"], after["WorkspaceProperties"]["UserVolumeSizeGib"]) == ("STOPPED", 100)


@pytest.mark.parametrize(
    ("properties", "minutes"),
    [
        ({"Protocols": ["PCOIP"]}, 10),
        ({"NestedVirtualizationEnabled": True}, 60),
        ({"GlobalAccelerator": {"Mode": "DISABLED"}}, 0),
    ],
)
def test_other_properties_can_be_modified(caller: Caller, properties: Members, minutes: int) -> None:
    """Protocols, nested virtualization and the accelerator take the value they are given."""
    workspace_id = caller.aws.add_workspaces()[0]
    modify(caller, workspace_id, **properties)
    caller.aws.clock.advance(minutes=minutes)
    assert describe(caller)[0]["WorkspaceProperties"].items() >= properties.items()


def test_data_replication_is_modified_alone(caller: Caller) -> None:
    """Replication is set alone, or refused together with another property."""
    workspace_id = caller.aws.add_workspaces()[0]
    members = {"WorkspaceId": workspace_id, "DataReplication": "PRIMARY_AS_SOURCE"}
    both = members | {"WorkspaceProperties": {"RunningMode": "AUTO_STOP"}}
    assert refusal(caller, "ModifyWorkspaceProperties", both) == "InvalidParameterValuesException"
    caller.call("ModifyWorkspaceProperties", members)
    assert describe(caller)[0]["DataReplicationSettings"] == {"DataReplication": "PRIMARY_AS_SOURCE"}
