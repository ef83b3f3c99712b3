"""Documented facts about members of structures that botocore's models lack; each group names its source.

REQUIRED has no default: the model forgets that a request or a response is nothing without it. ALWAYS_SENT has a
harmless stand-in instead of None: "", an enumeration value "" or an empty structure, never a number or a time, which
could be taken for real ones. Where no page of AWS says that a member is always present, its source is the page whose
example shows a response.
"""

from __future__ import annotations

from typing import Final

REQUIRED: Final = {
    # The request names nothing else. "StartWorkspaces" and "StopWorkspaces",
    # https://docs.aws.amazon.com/workspaces/latest/api/API_StartWorkspaces.html,
    # https://docs.aws.amazon.com/workspaces/latest/api/API_StopWorkspaces.html
    "StartRequest": ("WorkspaceId",),
    "StopRequest": ("WorkspaceId",),
    # The bundle to delete or update, and its new image. "DeleteWorkspaceBundle" and "UpdateWorkspaceBundle",
    # https://docs.aws.amazon.com/workspaces/latest/api/API_DeleteWorkspaceBundle.html,
    # https://docs.aws.amazon.com/workspaces/latest/api/API_UpdateWorkspaceBundle.html
    "DeleteWorkspaceBundleRequest": ("BundleId",),
    "UpdateWorkspaceBundleRequest": ("BundleId", "ImageId"),
    # A rule is an address range, with an optional description. "IpRuleItem",
    # https://docs.aws.amazon.com/workspaces/latest/api/API_IpRuleItem.html
    "IpRuleItem": ("ipRule",),
    # The compute type has no other member. "ComputeType",
    # https://docs.aws.amazon.com/workspaces/latest/api/API_ComputeType.html
    "ComputeType": ("Name",),
    # The response is the pool that was created or updated. "CreateWorkspacesPool" and "UpdateWorkspacesPool",
    # https://docs.aws.amazon.com/workspaces/latest/api/API_CreateWorkspacesPool.html,
    # https://docs.aws.amazon.com/workspaces/latest/api/API_UpdateWorkspacesPool.html
    "CreateWorkspacesPoolResult": ("WorkspacesPool",),
    "UpdateWorkspacesPoolResult": ("WorkspacesPool",),
    # The policy has no other member; a context is nothing without its provider and its assertion.
    # "PolicyDescriptorType" and "ProvidedContext",
    # https://docs.aws.amazon.com/STS/latest/APIReference/API_PolicyDescriptorType.html,
    # https://docs.aws.amazon.com/STS/latest/APIReference/API_ProvidedContext.html
    "PolicyDescriptorType": ("arn",),
    "ProvidedContext": ("ProviderArn", "ContextAssertion"),
    # The response has the credentials and their user. "Actions",
    # https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html
    "AssumeRoleResponse": ("Credentials", "AssumedRoleUser"),
    "AssumeRoleWithSAMLResponse": ("Credentials", "AssumedRoleUser"),
    "AssumeRoleWithWebIdentityResponse": ("Credentials", "AssumedRoleUser"),
    "AssumeRootResponse": ("Credentials",),
    "GetDelegatedAccessTokenResponse": ("Credentials",),
    "GetFederationTokenResponse": ("Credentials", "FederatedUser"),
    "GetSessionTokenResponse": ("Credentials",),
}

ALWAYS_SENT: Final = {
    # Examples in the AWS CLI Command Reference: those of describe-workspaces have all of these, those of
    # create-workspaces all but the properties,
    # https://docs.aws.amazon.com/cli/latest/reference/workspaces/describe-workspaces.html,
    # https://docs.aws.amazon.com/cli/latest/reference/workspaces/create-workspaces.html
    "Workspace": ("WorkspaceId", "DirectoryId", "UserName", "State", "BundleId", "WorkspaceProperties"),
    # Examples of describe-workspaces-connection-status in the AWS CLI Command Reference,
    # https://docs.aws.amazon.com/cli/latest/reference/workspaces/describe-workspaces-connection-status.html
    "WorkspaceConnectionStatus": ("WorkspaceId", "ConnectionState"),
    # Examples of describe-workspace-directories in the AWS CLI Command Reference,
    # https://docs.aws.amazon.com/cli/latest/reference/workspaces/describe-workspace-directories.html
    "WorkspaceDirectory": ("DirectoryId", "DirectoryType", "State"),
    # "RegisterWorkspaceDirectory", Response Elements,
    # https://docs.aws.amazon.com/workspaces/latest/api/API_RegisterWorkspaceDirectory.html
    "RegisterWorkspaceDirectoryResult": ("DirectoryId", "State"),
    # Amazon's bundles belong to AMAZON, others to an account. "WorkspaceBundle",
    # https://docs.aws.amazon.com/workspaces/latest/api/API_WorkspaceBundle.html
    "WorkspaceBundle": ("BundleId", "Name", "Owner"),
    # "CreateWorkspaceBundle", Response Elements,
    # https://docs.aws.amazon.com/workspaces/latest/api/API_CreateWorkspaceBundle.html
    "CreateWorkspaceBundleResult": ("WorkspaceBundle",),
    # CreateWorkspaceImage and its kin require the name. "WorkspaceImage" and "CreateWorkspaceImage",
    # https://docs.aws.amazon.com/workspaces/latest/api/API_WorkspaceImage.html,
    # https://docs.aws.amazon.com/workspaces/latest/api/API_CreateWorkspaceImage.html
    "WorkspaceImage": ("ImageId", "Name"),
    "CreateWorkspaceImageResult": ("ImageId", "Name"),
    # The image's id is all that the response is for. "CopyWorkspaceImage", "CreateUpdatedWorkspaceImage",
    # "ImportWorkspaceImage" and "ImportCustomWorkspaceImage", Response Elements,
    # https://docs.aws.amazon.com/workspaces/latest/api/API_CopyWorkspaceImage.html,
    # https://docs.aws.amazon.com/workspaces/latest/api/API_CreateUpdatedWorkspaceImage.html,
    # https://docs.aws.amazon.com/workspaces/latest/api/API_ImportWorkspaceImage.html,
    # https://docs.aws.amazon.com/workspaces/latest/api/API_ImportCustomWorkspaceImage.html
    "CopyWorkspaceImageResult": ("ImageId",),
    "CreateUpdatedWorkspaceImageResult": ("ImageId",),
    "ImportWorkspaceImageResult": ("ImageId",),
    "ImportCustomWorkspaceImageResult": ("ImageId",),
    # CreateIpGroup requires the name and returns the id. "WorkspacesIpGroup" and "CreateIpGroup",
    # https://docs.aws.amazon.com/workspaces/latest/api/API_WorkspacesIpGroup.html,
    # https://docs.aws.amazon.com/workspaces/latest/api/API_CreateIpGroup.html
    "WorkspacesIpGroup": ("groupId", "groupName"),
    "CreateIpGroupResult": ("GroupId",),
    # CreateConnectionAlias requires the string and returns the id. "ConnectionAlias" and "CreateConnectionAlias",
    # https://docs.aws.amazon.com/workspaces/latest/api/API_ConnectionAlias.html,
    # https://docs.aws.amazon.com/workspaces/latest/api/API_CreateConnectionAlias.html
    "ConnectionAlias": ("AliasId", "ConnectionString"),
    "CreateConnectionAliasResult": ("AliasId",),
    # CreateConnectClientAddIn requires the name and returns the id. "ConnectClientAddIn" and
    # "CreateConnectClientAddIn", https://docs.aws.amazon.com/workspaces/latest/api/API_ConnectClientAddIn.html,
    # https://docs.aws.amazon.com/workspaces/latest/api/API_CreateConnectClientAddIn.html
    "ConnectClientAddIn": ("AddInId", "Name"),
    "CreateConnectClientAddInResult": ("AddInId",),
    # Examples of migrate-workspace in the AWS CLI Command Reference,
    # https://docs.aws.amazon.com/cli/latest/reference/workspaces/migrate-workspace.html
    "MigrateWorkspaceResult": ("SourceWorkspaceId", "TargetWorkspaceId"),
    # An item that failed has its request and the reason. "FailedCreateWorkspaceRequest",
    # "FailedCreateStandbyWorkspacesRequest" and "FailedWorkspaceChangeRequest",
    # https://docs.aws.amazon.com/workspaces/latest/api/API_FailedCreateWorkspaceRequest.html,
    # https://docs.aws.amazon.com/workspaces/latest/api/API_FailedCreateStandbyWorkspacesRequest.html,
    # https://docs.aws.amazon.com/workspaces/latest/api/API_FailedWorkspaceChangeRequest.html
    "FailedCreateWorkspaceRequest": ("WorkspaceRequest", "ErrorCode"),
    "FailedCreateStandbyWorkspacesRequest": ("StandbyWorkspaceRequest", "ErrorCode"),
    "FailedWorkspaceChangeRequest": ("WorkspaceId", "ErrorCode"),
    # "GetCallerIdentity", Response Elements,
    # https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    "GetCallerIdentityResponse": ("UserId", "Account", "Arn"),
}
