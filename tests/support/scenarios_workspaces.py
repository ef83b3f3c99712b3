"""Scenarios about WorkSpaces: their life, their recovery, standbys, applications and tags."""

from __future__ import annotations

from datetime import timedelta

from tests.support.emulator_stage import OTHER_REGION, Members, ScenarioSuite, Stage
from wsclient._generated.workspaces.enums import Compute, RunningMode, WorkSpaceApplicationState, WorkspaceState
from wsclient.testing import Quotas

SUITE = ScenarioSuite()
NOWHERE = "ws-000000000"
AUTO = RunningMode.AUTO_STOP
BATCHES = {
    "StartWorkspaces": "StartWorkspaceRequests",
    "StopWorkspaces": "StopWorkspaceRequests",
    "RebootWorkspaces": "RebootWorkspaceRequests",
    "RebuildWorkspaces": "RebuildWorkspaceRequests",
    "TerminateWorkspaces": "TerminateWorkspaceRequests",
}


def batch(operation: str, workspace_id: str) -> Members:
    """Return the members of a change of one WorkSpace."""
    return {BATCHES[operation]: [{"WorkspaceId": workspace_id}]}


@SUITE.scenario_with(Quotas(workspaces=2))
def workspaces_live_and_end(t: Stage) -> None:
    """A WorkSpace is created, modified, maintained, and terminated."""
    wanted = {"DirectoryId": t.aws.directory_id, "UserName": "mary", "BundleId": t.aws.bundle_id}
    created = t.here.ok("CreateWorkspaces", Workspaces=[wanted])
    workspace_id = created["PendingRequests"][0]["WorkspaceId"]
    t.here.failed("CreateWorkspaces", "ResourceExists.WorkSpace", Workspaces=[wanted])
    t.here.error("CreateWorkspaces", "ResourceLimitExceededException", Workspaces=[wanted, wanted])
    t.advance(minutes=20)
    t.verify(t.workspace(workspace_id)["State"], "AVAILABLE", "CreateWorkspaces", "DescribeWorkspaces")
    t.here.error("DescribeWorkspaces", "InvalidParameterValuesException", UserName="mary")
    one_property = {"WorkspaceId": workspace_id, "WorkspaceProperties": {"ComputeTypeName": "POWER"}}
    t.here.ok("ModifyWorkspaceProperties", **one_property)
    t.here.error("ModifyWorkspaceProperties", "InvalidResourceStateException", **one_property)
    t.here.error("ModifyWorkspaceProperties", "ResourceNotFoundException", **one_property | {"WorkspaceId": NOWHERE})
    t.advance(hours=1)
    properties = t.workspace(workspace_id)["WorkspaceProperties"]
    t.verify(properties["ComputeTypeName"], "POWER", "ModifyWorkspaceProperties")
    both = {"ComputeTypeName": "POWER", "RunningMode": "AUTO_STOP"}
    t.here.error(
        "ModifyWorkspaceProperties",
        "InvalidParameterValuesException",
        WorkspaceId=workspace_id,
        WorkspaceProperties=both,
    )
    t.advance(hours=6)
    volume = {"WorkspaceId": workspace_id, "WorkspaceProperties": {"UserVolumeSizeGib": 100}}
    t.here.ok("ModifyWorkspaceProperties", **volume)
    t.here.error("ModifyWorkspaceProperties", "OperationInProgressException", **volume)
    maintained = {"WorkspaceId": workspace_id, "WorkspaceState": "ADMIN_MAINTENANCE"}
    t.here.ok("ModifyWorkspaceState", **maintained)
    t.verify(t.workspace(workspace_id)["State"], "ADMIN_MAINTENANCE", "ModifyWorkspaceState")
    t.here.error("ModifyWorkspaceState", "ResourceNotFoundException", **maintained | {"WorkspaceId": NOWHERE})
    t.here.ok("TerminateWorkspaces", **batch("TerminateWorkspaces", workspace_id))
    t.here.error("ModifyWorkspaceState", "InvalidResourceStateException", **maintained)
    t.advance(minutes=5)
    t.verify(t.here.ok("DescribeWorkspaces")["Workspaces"], [], "TerminateWorkspaces")


@SUITE.scenario
def workspaces_change_their_state(t: Stage) -> None:
    """A WorkSpace is stopped, started, rebooted and rebuilt; one that is not there is a failed item."""
    workspace_id = t.aws.add_workspaces(running_mode=AUTO)[0]
    for operation, during, after in (
        ("StopWorkspaces", "STOPPING", "STOPPED"),
        ("StartWorkspaces", "STARTING", "AVAILABLE"),
        ("RebootWorkspaces", "REBOOTING", "AVAILABLE"),
        ("RebuildWorkspaces", "REBUILDING", "AVAILABLE"),
    ):
        t.here.ok(operation, **batch(operation, workspace_id))
        state = t.workspace(workspace_id)["State"]
        t.advance(minutes=30)
        t.verify((state, t.workspace(workspace_id)["State"]), (during, after), operation)
    for operation in BATCHES:
        t.here.failed(operation, "ResourceNotFound.Workspace", **batch(operation, NOWHERE))
    t.here.failed("StartWorkspaces", "InvalidResourceState.Workspace", **batch("StartWorkspaces", workspace_id))


@SUITE.scenario
def workspaces_go_back_to_snapshots(t: Stage) -> None:
    """Snapshots come every twelve hours while a WorkSpace is healthy, and it is restored from the last of them."""
    workspace_id = t.aws.add_workspaces()[0]
    snapshots = t.here.ok("DescribeWorkspaceSnapshots", WorkspaceId=workspace_id)
    rebuild, restore = snapshots["RebuildSnapshots"], snapshots["RestoreSnapshots"]
    t.verify((len(rebuild), restore), (1, rebuild), "DescribeWorkspaceSnapshots")
    t.aws.set_workspace_state(workspace_id, WorkspaceState.UNHEALTHY)
    t.advance(hours=12)
    later = t.here.ok("DescribeWorkspaceSnapshots", WorkspaceId=workspace_id)
    assert later["RestoreSnapshots"] == restore
    assert later["RebuildSnapshots"][0]["SnapshotTime"] - rebuild[0]["SnapshotTime"] == timedelta(hours=12)
    t.here.ok("RestoreWorkspace", WorkspaceId=workspace_id)
    t.here.error("RestoreWorkspace", "OperationNotSupportedException", WorkspaceId=workspace_id)
    state = t.workspace(workspace_id)["State"]
    t.advance(minutes=30)
    t.verify((state, t.workspace(workspace_id)["State"]), ("RESTORING", "AVAILABLE"), "RestoreWorkspace")
    for operation in ("RestoreWorkspace", "DescribeWorkspaceSnapshots"):
        t.here.error(operation, "ResourceNotFoundException", WorkspaceId=NOWHERE)


@SUITE.scenario
def workspaces_migrate(t: Stage) -> None:
    """A migrated WorkSpace is another one, from another bundle, of the same user; Linux stays where it is."""
    workspace_id = t.aws.add_workspaces()[0]
    bundles = t.here.ok("DescribeWorkspaceBundles", Owner="AMAZON")["Bundles"]
    by_name = {bundle["Name"]: bundle["BundleId"] for bundle in bundles}
    power, linux = by_name["Power with Windows 10"], by_name["Standard with Ubuntu 22.04"]
    before = t.workspace(workspace_id)
    t.here.error("MigrateWorkspace", "OperationNotSupportedException", SourceWorkspaceId=workspace_id, BundleId=linux)
    move = {"SourceWorkspaceId": workspace_id, "BundleId": power}
    target_id = t.here.ok("MigrateWorkspace", **move)["TargetWorkspaceId"]
    t.here.error("MigrateWorkspace", "OperationInProgressException", **move)
    t.here.error("MigrateWorkspace", "ResourceNotFoundException", **move | {"SourceWorkspaceId": NOWHERE})
    t.advance(hours=1)
    after = [
        (workspace["WorkspaceId"], workspace["UserName"], workspace["BundleId"], workspace["State"])
        for workspace in t.here.ok("DescribeWorkspaces")["Workspaces"]
    ]
    t.verify(after, [(target_id, before["UserName"], power, "AVAILABLE")], "MigrateWorkspace")


@SUITE.scenario
def users_connect(t: Stage) -> None:
    """A user is connected or not; of a stopped WorkSpace nothing is known, a broken one is left out."""
    ids = sorted(t.aws.add_workspaces(4, running_mode=AUTO))
    t.aws.connect_user(ids[0])
    t.here.ok("StopWorkspaces", **batch("StopWorkspaces", ids[1]))
    t.aws.set_workspace_state(ids[2], WorkspaceState.ERROR)
    t.advance(minutes=2)
    listed = t.here.ok("DescribeWorkspacesConnectionStatus", WorkspaceIds=ids)["WorkspacesConnectionStatus"]
    t.verify(
        [(item["ConnectionState"], "LastKnownUserConnectionTimestamp" in item) for item in listed],
        [("CONNECTED", True), ("UNKNOWN", False), ("DISCONNECTED", False)],
        "DescribeWorkspacesConnectionStatus",
    )
    t.here.error("DescribeWorkspacesConnectionStatus", "InvalidParameterValuesException", NextToken="none of yours")


@SUITE.scenario_with(Quotas(standby_workspaces=1))
def workspaces_stand_by(t: Stage) -> None:
    """A standby in another region knows its primary, and the primary its standby, until one of them is gone."""
    primary_id = t.aws.add_workspaces()[0]
    directory_id = t.aws.add_directory(region=OTHER_REGION)
    there = t.actor(region=OTHER_REGION)
    item = {"PrimaryWorkspaceId": primary_id, "DirectoryId": directory_id, "DataReplication": "PRIMARY_AS_SOURCE"}
    request = {"PrimaryRegion": t.aws.region, "StandbyWorkspaces": [item]}
    nowhere = [item | {"PrimaryWorkspaceId": NOWHERE}]
    there.failed("CreateStandbyWorkspaces", "ResourceNotFound.Workspace", **request | {"StandbyWorkspaces": nowhere})
    there.error(
        "CreateStandbyWorkspaces", "InvalidParameterValuesException", **request | {"PrimaryRegion": OTHER_REGION}
    )
    pending = there.ok("CreateStandbyWorkspaces", **request)["PendingStandbyRequests"][0]
    there.error("CreateStandbyWorkspaces", "ResourceLimitExceededException", **request)
    t.advance(minutes=20)
    related = t.workspace(primary_id)["RelatedWorkspaces"]
    expected = {
        "WorkspaceId": pending["WorkspaceId"],
        "Region": OTHER_REGION,
        "State": "AVAILABLE",
        "Type": "STANDBY",
    }
    t.verify(related, [expected], "CreateStandbyWorkspaces")
    standby = there.ok("DescribeWorkspaces")["Workspaces"][0]
    assert standby["RelatedWorkspaces"][0]["Type"] == "PRIMARY"
    assert standby["DataReplicationSettings"] == {"DataReplication": "PRIMARY_AS_SOURCE"}
    there.ok("TerminateWorkspaces", **batch("TerminateWorkspaces", pending["WorkspaceId"]))
    t.advance(minutes=5)
    assert t.workspace(primary_id)["RelatedWorkspaces"] == []


@SUITE.scenario
def workspaces_have_applications(t: Stage) -> None:
    """An application is associated, deployed, disassociated, and deployed away."""
    workspace_id = t.aws.add_workspaces()[0]
    office = t.aws.add_application("Office", compute_types=[Compute.STANDARD])
    pair = {"WorkspaceId": workspace_id, "ApplicationId": office}
    kinds = {"AssociatedResourceTypes": ["APPLICATION"]}

    def states() -> list[str]:
        listed = t.here.ok("DescribeWorkspaceAssociations", WorkspaceId=workspace_id, **kinds)
        return [association["State"] for association in listed["Associations"]]

    t.here.ok("AssociateWorkspaceApplication", **pair)
    t.here.error("AssociateWorkspaceApplication", "ResourceAlreadyExistsException", **pair)
    t.verify(states(), ["PENDING_INSTALL"], "AssociateWorkspaceApplication", "DescribeWorkspaceAssociations")
    deployed = t.here.ok("DeployWorkspaceApplications", WorkspaceId=workspace_id)
    assert [association["State"] for association in deployed["Deployment"]["Associations"]] == ["INSTALLING"]
    t.here.error("DeployWorkspaceApplications", "ResourceInUseException", WorkspaceId=workspace_id)
    t.here.error("DisassociateWorkspaceApplication", "ResourceInUseException", **pair)
    more = pair | {"ApplicationId": t.aws.add_application("Visio")}
    t.here.error("AssociateWorkspaceApplication", "ResourceInUseException", **more)
    t.advance(minutes=30)
    t.verify(states(), ["COMPLETED"], "DeployWorkspaceApplications")
    users = {"ApplicationId": office, "AssociatedResourceTypes": ["WORKSPACE"]}
    used = t.here.ok("DescribeApplicationAssociations", **users)["Associations"]
    t.verify([item["AssociatedResourceId"] for item in used], [workspace_id], "DescribeApplicationAssociations")
    t.here.ok("DisassociateWorkspaceApplication", **pair)
    t.here.ok("DeployWorkspaceApplications", WorkspaceId=workspace_id)
    during = states()
    t.advance(minutes=30)
    t.verify((during, states()), (["UNINSTALLING"], []), "DisassociateWorkspaceApplication")
    t.here.error("DisassociateWorkspaceApplication", "ResourceNotFoundException", **pair)
    nobody = {"ApplicationId": "wsa-000000000"}
    lost = {"NextToken": "none of yours"}
    t.here.error("DescribeApplicationAssociations", "InvalidParameterValuesException", **users | lost)
    t.here.error("DescribeApplicationAssociations", "ResourceNotFoundException", **users | nobody)
    t.here.error("AssociateWorkspaceApplication", "ResourceNotFoundException", **pair | nobody)
    t.here.error("DescribeWorkspaceAssociations", "ResourceNotFoundException", WorkspaceId=NOWHERE, **kinds)
    t.here.error("DeployWorkspaceApplications", "ResourceNotFoundException", WorkspaceId=NOWHERE)
    t.aws.set_workspace_state(workspace_id, WorkspaceState.STOPPED)
    t.here.error("DeployWorkspaceApplications", "OperationNotSupportedException", WorkspaceId=workspace_id)


@SUITE.scenario
def applications_fit_or_do_not(t: Stage) -> None:
    """An application must fit the compute type, the operating system, and the applications that are there."""
    workspace_id = t.aws.add_workspaces()[0]
    first = t.aws.add_application("Office 2016")
    refused = {
        "IncompatibleApplicationsException": t.aws.add_application("Office 2019", excludes=[first]),
        "ComputeNotCompatibleException": t.aws.add_application("Studio", compute_types=[Compute.POWER]),
        "OperatingSystemNotCompatibleException": t.aws.add_application("Old", operating_systems=[]),
        "ApplicationNotSupportedException": t.aws.add_application(
            "Gone", state=WorkSpaceApplicationState.UNINSTALL_ONLY
        ),
    }
    t.here.ok("AssociateWorkspaceApplication", WorkspaceId=workspace_id, ApplicationId=first)
    for code, application_id in refused.items():
        t.here.error("AssociateWorkspaceApplication", code, WorkspaceId=workspace_id, ApplicationId=application_id)
    found = t.here.ok("DescribeApplications", ComputeTypeNames=["VALUE"], OperatingSystemNames=["WINDOWS_10"])
    names = {application["Name"] for application in found["Applications"]}
    t.verify(names, {"Office 2016", "Office 2019", "Gone"}, "DescribeApplications")
    t.here.error("DescribeApplications", "InvalidParameterValuesException", NextToken="none of yours")
    t.here.error("DescribeApplications", "ResourceNotFoundException", ApplicationIds=["wsa-000000000"])


@SUITE.scenario
def resources_are_tagged(t: Stage) -> None:
    """Tags are added, replaced and taken away, on whatever can be tagged."""
    workspace_id = t.aws.add_workspaces()[0]
    t.here.ok("CreateTags", ResourceId=workspace_id, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    t.here.ok("DeleteTags", ResourceId=workspace_id, TagKeys=["a"])
    tags = t.here.ok("DescribeTags", ResourceId=workspace_id)["TagList"]
    t.verify(tags, [{"Key": "b", "Value": "2"}], "CreateTags", "DeleteTags", "DescribeTags")
    many = [{"Key": str(number), "Value": ""} for number in range(50)]
    t.here.error("CreateTags", "ResourceLimitExceededException", ResourceId=workspace_id, Tags=many)
    t.here.error("CreateTags", "InvalidParameterValuesException", ResourceId=workspace_id, Tags=[{"Key": "aws:a"}])
    t.here.error("CreateTags", "ResourceNotFoundException", ResourceId=NOWHERE, Tags=many)
    t.here.error("DeleteTags", "ResourceNotFoundException", ResourceId=NOWHERE, TagKeys=["a"])
    t.here.error("DescribeTags", "ResourceNotFoundException", ResourceId=NOWHERE)
