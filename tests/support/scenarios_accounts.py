"""Emulator scenarios about sharing between accounts and regions, and about pools."""

from __future__ import annotations

from tests.support.emulator_stage import OTHER_ACCOUNT, Members, ScenarioSuite, Stage
from wsclient._generated.workspaces.enums import WorkspaceType
from wsclient.testing import Quotas

SUITE = ScenarioSuite()
THIRD_ACCOUNT = "333333333333"
NO_ALIAS = "wsca-000000000"
NO_LINK = "link-000000000"
NO_POOL = "wspool-000000000"
NO_SESSION = "00000000-0000-0000-0000-000000000000"


def alias(t: Stage, alias_id: str) -> Members:
    """Return a connection alias as its owner sees it."""
    found: Members = t.here.ok("DescribeConnectionAliases", AliasIds=[alias_id])["ConnectionAliases"][0]
    return found


@SUITE.scenario_with(Quotas(connection_aliases=1))
def aliases_lead_to_directories(t: Stage) -> None:
    """An alias is created, associated, disassociated and deleted; its name stays the account's."""
    name = {"ConnectionString": "desk.example.com"}
    own = {"Tags": [{"Key": "aws:own", "Value": ""}]}
    t.here.error("CreateConnectionAlias", "InvalidParameterValuesException", **name | own)
    alias_id = t.here.ok("CreateConnectionAlias", **name)["AliasId"]
    pair = {"AliasId": alias_id, "ResourceId": t.aws.directory_id}
    t.here.error("AssociateConnectionAlias", "InvalidResourceStateException", **pair)
    permission = {"SharedAccountId": OTHER_ACCOUNT, "AllowAssociation": True}
    t.here.error(
        "UpdateConnectionAliasPermission",
        "InvalidResourceStateException",
        AliasId=alias_id,
        ConnectionAliasPermission=permission,
    )
    t.advance(minutes=1)
    created = (alias(t, alias_id)["State"], alias(t, alias_id)["Associations"][0]["AssociationStatus"])
    t.verify(created, ("CREATED", "NOT_ASSOCIATED"), "CreateConnectionAlias", "DescribeConnectionAliases")
    t.here.error("CreateConnectionAlias", "ResourceAlreadyExistsException", **name)
    t.here.error("CreateConnectionAlias", "ResourceLimitExceededException", ConnectionString="other.example.com")
    t.here.error("AssociateConnectionAlias", "ResourceNotFoundException", **pair | {"ResourceId": "d-0000000000"})
    unready = t.aws.add_directory(registered=False)
    t.here.ok("RegisterWorkspaceDirectory", DirectoryId=unready)
    t.here.error("AssociateConnectionAlias", "OperationNotSupportedException", **pair | {"ResourceId": unready})
    identifier = t.here.ok("AssociateConnectionAlias", **pair)["ConnectionIdentifier"]
    t.here.error("AssociateConnectionAlias", "ResourceAssociatedException", **pair)
    t.here.error("DisassociateConnectionAlias", "InvalidResourceStateException", AliasId=alias_id)
    t.advance(minutes=1)
    expected = {
        "AssociationStatus": "ASSOCIATED_WITH_OWNER_ACCOUNT",
        "AssociatedAccountId": t.aws.account_id,
        "ResourceId": t.aws.directory_id,
        "ConnectionIdentifier": identifier,
    }
    t.verify(alias(t, alias_id)["Associations"], [expected], "AssociateConnectionAlias")
    t.here.error("DeleteConnectionAlias", "ResourceAssociatedException", AliasId=alias_id)
    t.here.error("DeregisterWorkspaceDirectory", "InvalidResourceStateException", DirectoryId=t.aws.directory_id)
    t.here.ok("DisassociateConnectionAlias", AliasId=alias_id)
    t.advance(minutes=1)
    status = alias(t, alias_id)["Associations"][0]["AssociationStatus"]
    t.verify(status, "NOT_ASSOCIATED", "DisassociateConnectionAlias")
    t.here.ok("DeleteConnectionAlias", AliasId=alias_id)
    t.advance(minutes=1)
    t.verify(t.here.ok("DescribeConnectionAliases")["ConnectionAliases"], [], "DeleteConnectionAlias")
    t.actor(account_id=OTHER_ACCOUNT).error("CreateConnectionAlias", "ResourceAlreadyExistsException", **name)
    both = {"AliasIds": [alias_id], "ResourceId": t.aws.directory_id}
    t.here.error("DescribeConnectionAliases", "InvalidParameterValuesException", **both)
    for operation in ("DisassociateConnectionAlias", "DeleteConnectionAlias", "DescribeConnectionAliasPermissions"):
        t.here.error(operation, "ResourceNotFoundException", AliasId=NO_ALIAS)


@SUITE.scenario
def aliases_are_shared(t: Stage) -> None:
    """One other account may see an alias and associate it; what it has associated cannot be unshared."""
    alias_id = t.here.ok("CreateConnectionAlias", ConnectionString="desk.example.com")["AliasId"]
    t.advance(minutes=1)
    other = t.actor(account_id=OTHER_ACCOUNT)
    directory_id = t.aws.add_directory(account_id=OTHER_ACCOUNT)
    pair = {"AliasId": alias_id, "ResourceId": directory_id}
    other.error("AssociateConnectionAlias", "ResourceNotFoundException", **pair)

    def share(account_id: str, *, is_allowed: bool = True) -> Members:
        permission = {"SharedAccountId": account_id, "AllowAssociation": is_allowed}
        return {"AliasId": alias_id, "ConnectionAliasPermission": permission}

    t.here.ok("UpdateConnectionAliasPermission", **share(OTHER_ACCOUNT))
    connection_alias_permissions = t.here.ok("DescribeConnectionAliasPermissions", AliasId=alias_id)[
        "ConnectionAliasPermissions"
    ]
    t.verify(
        connection_alias_permissions,
        [{"SharedAccountId": OTHER_ACCOUNT, "AllowAssociation": True}],
        "UpdateConnectionAliasPermission",
        "DescribeConnectionAliasPermissions",
    )
    update = "UpdateConnectionAliasPermission"
    t.here.error(update, "ResourceLimitExceededException", **share(THIRD_ACCOUNT))
    t.here.error(update, "InvalidParameterValuesException", **share(t.aws.account_id))
    other.error(update, "AccessDeniedException", **share(THIRD_ACCOUNT))
    other.error("DescribeConnectionAliasPermissions", "AccessDeniedException", AliasId=alias_id)
    other.error("DeleteConnectionAlias", "AccessDeniedException", AliasId=alias_id)
    lost = {"AliasId": alias_id, "NextToken": "none of yours"}
    t.here.error("DescribeConnectionAliasPermissions", "InvalidParameterValuesException", **lost)
    t.here.error("DeleteConnectionAlias", "InvalidResourceStateException", AliasId=alias_id)
    other.ok("AssociateConnectionAlias", **pair)
    t.advance(minutes=1)
    assert alias(t, alias_id)["Associations"][0]["AssociationStatus"] == "ASSOCIATED_WITH_SHARED_ACCOUNT"
    t.here.error("DisassociateConnectionAlias", "AccessDeniedException", AliasId=alias_id)
    t.here.error(update, "ResourceAssociatedException", **share(OTHER_ACCOUNT, is_allowed=False))
    other.ok("DisassociateConnectionAlias", AliasId=alias_id)
    t.advance(minutes=1)
    t.here.ok(update, **share(OTHER_ACCOUNT, is_allowed=False))
    assert other.ok("DescribeConnectionAliases")["ConnectionAliases"] == []
    t.here.error(update, "ResourceNotFoundException", **share(OTHER_ACCOUNT) | {"AliasId": NO_ALIAS})


@SUITE.scenario
def accounts_bring_their_own_licenses(t: Stage) -> None:
    """An account that AWS has enabled for BYOL chooses a network, once; the modification is listed."""
    search = {"ManagementCidrRangeConstraint": "172.16.0.0/12"}
    wanted = {"DedicatedTenancySupport": "ENABLED", "DedicatedTenancyManagementCidrRange": "172.31.0.0/16"}
    t.here.error("ListAvailableManagementCidrRanges", "AccessDeniedException", **search)
    t.here.error("ModifyAccount", "AccessDeniedException", **wanted)
    t.aws.allow_byol()
    pages = [t.here.ok("ListAvailableManagementCidrRanges", **search)]
    while "NextToken" in pages[-1]:
        more = pages[-1]["NextToken"]
        pages.append(t.here.ok("ListAvailableManagementCidrRanges", **search, NextToken=more))
    ranges = [item for page in pages for item in page["ManagementCidrRanges"]]
    t.verify(
        (len(ranges), set(map(len, (page["ManagementCidrRanges"] for page in pages)))),
        (16, {5, 1}),
        "ListAvailableManagementCidrRanges",
    )
    t.here.error(
        "ListAvailableManagementCidrRanges", "InvalidParameterValuesException", **search, NextToken="none of yours"
    )
    elsewhere = wanted | {"DedicatedTenancyManagementCidrRange": "8.8.0.0/16"}
    t.here.error("ModifyAccount", "InvalidParameterValuesException", **elsewhere)
    t.here.ok("ModifyAccount", **wanted)
    t.here.error("ModifyAccount", "InvalidResourceStateException", **wanted)
    pending = t.here.ok("DescribeAccountModifications")["AccountModifications"]
    t.advance(minutes=30)
    done = t.here.ok("DescribeAccountModifications")["AccountModifications"]
    states = [workspace["ModificationState"] for workspace in pending + done]
    t.verify(states, ["PENDING", "COMPLETED"], "DescribeAccountModifications")
    account = t.here.ok("DescribeAccount")
    seen = {name: account[name] for name in wanted}
    t.verify(seen, wanted, "ModifyAccount", "DescribeAccount")
    t.here.error("DescribeAccountModifications", "ValidationException", NextToken="none of yours")


@SUITE.scenario
def accounts_are_linked(t: Stage) -> None:
    """One account invites, the other accepts; a client token makes a repetition the same request."""
    other, third = t.actor(account_id=OTHER_ACCOUNT), t.actor(account_id=THIRD_ACCOUNT)
    invite = {"TargetAccountId": OTHER_ACCOUNT, "ClientToken": "once"}
    link = t.here.ok("CreateAccountLinkInvitation", **invite)["AccountLink"]
    again = t.here.ok("CreateAccountLinkInvitation", **invite)["AccountLink"]
    t.verify(again, link, "CreateAccountLinkInvitation")
    t.here.error("CreateAccountLinkInvitation", "ConflictException", TargetAccountId=THIRD_ACCOUNT, ClientToken="once")
    t.here.error("CreateAccountLinkInvitation", "ConflictException", TargetAccountId=OTHER_ACCOUNT)
    t.here.error("CreateAccountLinkInvitation", "ValidationException", TargetAccountId=t.aws.account_id)
    by_id = {"LinkId": link["AccountLinkId"]}
    t.here.error("AcceptAccountLinkInvitation", "AccessDeniedException", **by_id)
    t.here.error("RejectAccountLinkInvitation", "AccessDeniedException", **by_id)
    third.error("AcceptAccountLinkInvitation", "ResourceNotFoundException", **by_id)
    other.error("DeleteAccountLinkInvitation", "AccessDeniedException", **by_id)
    other.ok("AcceptAccountLinkInvitation", **by_id)
    linked = t.here.ok("GetAccountLink", LinkedAccountId=OTHER_ACCOUNT)["AccountLink"]
    t.verify(linked, link | {"AccountLinkStatus": "LINKED"}, "AcceptAccountLinkInvitation", "GetAccountLink")
    other.error("AcceptAccountLinkInvitation", "ConflictException", **by_id)
    t.here.error("DeleteAccountLinkInvitation", "ConflictException", **by_id)
    ends = [actor.ok("DescribeAccount")["DedicatedTenancyAccountType"] for actor in (t.here, other)]
    assert ends == ["SOURCE_ACCOUNT", "TARGET_ACCOUNT"]
    listed = other.ok("ListAccountLinks", LinkStatusFilter=["LINKED"])["AccountLinks"]
    t.verify(listed, [linked], "ListAccountLinks")
    t.here.error("ListAccountLinks", "ValidationException", NextToken="none of yours")
    t.here.error("GetAccountLink", "ValidationException")
    t.here.error("GetAccountLink", "ResourceNotFoundException", LinkId=NO_LINK)
    t.here.error("GetAccountLink", "ResourceNotFoundException", LinkedAccountId=THIRD_ACCOUNT)


@SUITE.scenario
def invitations_are_rejected_and_taken_back(t: Stage) -> None:
    """After a rejected invitation a new one may be created; a deleted invitation no longer exists."""
    other = t.actor(account_id=OTHER_ACCOUNT)
    target = {"TargetAccountId": OTHER_ACCOUNT}
    first = t.here.ok("CreateAccountLinkInvitation", **target)["AccountLink"]["AccountLinkId"]
    other.ok("RejectAccountLinkInvitation", LinkId=first)
    status = t.here.ok("GetAccountLink", LinkId=first)["AccountLink"]["AccountLinkStatus"]
    t.verify(status, "REJECTED", "RejectAccountLinkInvitation")
    other.error("RejectAccountLinkInvitation", "ConflictException", LinkId=first)
    second = t.here.ok("CreateAccountLinkInvitation", **target)["AccountLink"]["AccountLinkId"]
    t.here.ok("DeleteAccountLinkInvitation", LinkId=second)
    left = [link["AccountLinkId"] for link in other.ok("ListAccountLinks")["AccountLinks"]]
    t.verify(left, [first], "DeleteAccountLinkInvitation")
    t.here.error("DeleteAccountLinkInvitation", "ResourceNotFoundException", LinkId=second)
    other.error("RejectAccountLinkInvitation", "ResourceNotFoundException", LinkId=second)


def new_pool(t: Stage, **members: object) -> Members:
    """Return what a pool in a directory for pools is created with."""
    return {
        "PoolName": "callers",
        "Description": "callers",
        "BundleId": t.aws.bundle_id,
        "DirectoryId": t.aws.add_directory(kind=WorkspaceType.POOLS),
        "Capacity": {"DesiredUserSessions": 2},
        **members,
    }


@SUITE.scenario_with(Quotas(pools=1))
def pools_start_and_stop(t: Stage) -> None:
    """A pool is created, updated, started, stopped and terminated, each in its state alone."""
    draft = new_pool(t)
    personal = draft | {"DirectoryId": t.aws.directory_id}
    t.here.error("CreateWorkspacesPool", "OperationNotSupportedException", **personal)
    t.here.error("CreateWorkspacesPool", "ResourceNotFoundException", **draft | {"BundleId": "wsb-000000000"})
    group = {"ApplicationSettings": {"Status": "DISABLED", "SettingsGroup": "callers"}}
    t.here.error("CreateWorkspacesPool", "InvalidParameterValuesException", **draft | group)
    pool_id = t.here.ok("CreateWorkspacesPool", **draft)["WorkspacesPool"]["PoolId"]
    t.here.error("CreateWorkspacesPool", "ResourceAlreadyExistsException", **draft)
    t.here.error("CreateWorkspacesPool", "ResourceLimitExceededException", **draft | {"PoolName": "more"})

    def state() -> str:
        return str(t.here.ok("DescribeWorkspacesPools", PoolIds=[pool_id])["WorkspacesPools"][0]["State"])

    changes = ("StartWorkspacesPool", "StopWorkspacesPool", "UpdateWorkspacesPool", "TerminateWorkspacesPool")
    for operation in changes:
        t.here.error(operation, "OperationInProgressException", PoolId=pool_id)
        t.here.error(operation, "ResourceNotFoundException", PoolId=NO_POOL)
    t.advance(minutes=5)
    t.verify(state(), "STOPPED", "CreateWorkspacesPool", "DescribeWorkspacesPools")
    t.here.error("StopWorkspacesPool", "InvalidResourceStateException", PoolId=pool_id)
    t.here.error("UpdateWorkspacesPool", "InvalidParameterValuesException", PoolId=pool_id, **group)
    moved = {"PoolId": pool_id, "DirectoryId": t.aws.directory_id}
    t.here.error("UpdateWorkspacesPool", "OperationNotSupportedException", **moved)
    updated = t.here.ok("UpdateWorkspacesPool", PoolId=pool_id, RunningMode="ALWAYS_ON")["WorkspacesPool"]
    t.verify(updated["RunningMode"], "ALWAYS_ON", "UpdateWorkspacesPool")
    t.here.ok("StartWorkspacesPool", PoolId=pool_id)
    t.advance(minutes=15)
    t.verify(state(), "RUNNING", "StartWorkspacesPool")
    for operation in ("StartWorkspacesPool", "TerminateWorkspacesPool"):
        t.here.error(operation, "InvalidResourceStateException", PoolId=pool_id)
    t.here.error("UpdateWorkspacesPool", "InvalidResourceStateException", PoolId=pool_id, RunningMode="AUTO_STOP")
    t.here.ok("StopWorkspacesPool", PoolId=pool_id)
    t.advance(minutes=5)
    t.verify(state(), "STOPPED", "StopWorkspacesPool")
    t.here.ok("TerminateWorkspacesPool", PoolId=pool_id)
    t.advance(minutes=5)
    t.verify(t.here.ok("DescribeWorkspacesPools")["WorkspacesPools"], [], "TerminateWorkspacesPool")
    t.here.error("DescribeWorkspacesPools", "ResourceNotFoundException", PoolIds=[pool_id])


@SUITE.scenario
def pools_have_sessions(t: Stage) -> None:
    """Users' sessions of a pool that runs are listed, counted, and ended."""
    pool_id = t.here.ok("CreateWorkspacesPool", **new_pool(t))["WorkspacesPool"]["PoolId"]
    t.advance(minutes=5)
    t.here.ok("StartWorkspacesPool", PoolId=pool_id)
    t.advance(minutes=15)
    mary, john = t.aws.add_pool_session(pool_id, "mary"), t.aws.add_pool_session(pool_id, "john")

    def capacity() -> tuple[int, int]:
        pool = t.here.ok("DescribeWorkspacesPools")["WorkspacesPools"][0]["CapacityStatus"]
        return pool["ActiveUserSessions"], pool["AvailableUserSessions"]

    assert capacity() == (2, 0)
    of_mary = t.here.ok("DescribeWorkspacesPoolSessions", PoolId=pool_id, UserId="mary")["Sessions"]
    t.verify([item["SessionId"] for item in of_mary], [mary], "DescribeWorkspacesPoolSessions")
    t.here.ok("TerminateWorkspacesPoolSession", SessionId=mary)
    left = t.here.ok("DescribeWorkspacesPoolSessions", PoolId=pool_id)["Sessions"]
    t.verify([item["SessionId"] for item in left], [john], "TerminateWorkspacesPoolSession")
    assert capacity() == (1, 1)
    t.here.error("TerminateWorkspacesPoolSession", "ResourceNotFoundException", SessionId=NO_SESSION)
    lost = {"NextToken": "none of yours"}
    t.here.error("DescribeWorkspacesPools", "InvalidParameterValuesException", **lost)
    t.here.error("DescribeWorkspacesPoolSessions", "InvalidParameterValuesException", PoolId=pool_id, **lost)
    t.here.error("DescribeWorkspacesPoolSessions", "ResourceNotFoundException", PoolId=NO_POOL)
