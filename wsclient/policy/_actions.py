"""Actions, resource types and condition keys that policies for Amazon WorkSpaces may name.

"Actions, resources, and condition keys for Amazon WorkSpaces",
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonworkspaces.html. The actions are the
operations of the API and some permissions without an operation.
"""

from __future__ import annotations

from typing import Final

from wsclient._generated.workspaces.operations import OPERATIONS

PERMISSION_ONLY: Final = frozenset(
    {
        "CreateRootClientCertificate",
        "DeleteRootClientCertificate",
        "DescribeConsent",
        "DirectoryAccessManagement",
        "GetTroubleshootingRecommendation",
        "InvokeOnboardingAgent",
        "InvokeTroubleshootingInvestigation",
        "ListTroubleshootingRecommendations",
        "Personalization",
        "Stream",
        "UpdateConsent",
        "UpdateRootClientCertificate",
    }
)
"""Permission-only actions: the API has no operation of that name."""

ACTIONS: Final = frozenset(OPERATIONS) | PERMISSION_ONLY
"""Every action of the service prefix workspaces."""

RESOURCE_TYPES: Final = frozenset(
    {
        "connectionalias",
        "directory",
        "workspace",
        "workspaceapplication",
        "workspacebundle",
        "workspacecertificate",
        "workspaceimage",
        "workspaceipgroup",
        "workspacespool",
    }
)
"""Values of TYPE in arn:PARTITION:workspaces:REGION:ACCOUNT:TYPE/ID."""

WITHOUT_RESOURCE: Final = frozenset(
    {
        "AcceptAccountLinkInvitation",
        "CreateAccountLinkInvitation",
        "CreateConnectionAlias",
        "CreateIpGroup",
        "CreateTags",
        "DeleteAccountLinkInvitation",
        "DeleteTags",
        "DescribeAccount",
        "DescribeAccountModifications",
        "DescribeApplications",
        "DescribeConnectionAliases",
        "DescribeCustomWorkspaceImageImport",
        "DescribeTags",
        "DescribeWorkspaceBundles",
        "DescribeWorkspaceDirectories",
        "DescribeWorkspaceImages",
        "DescribeWorkspaces",
        "DescribeWorkspacesConnectionStatus",
        "DescribeWorkspacesPools",
        "GetAccountLink",
        "ImportCustomWorkspaceImage",
        "ImportWorkspaceImage",
        "ListAccountLinks",
        "ListAvailableManagementCidrRanges",
        "ModifyAccount",
        "RejectAccountLinkInvitation",
        "TerminateWorkspacesPoolSession",
    }
)
"""Actions without resource-level permissions: a statement matches them only with Resource "*"."""

_ACTIONS_BY_TYPES: Final = {
    ("connectionalias", "directory"): ("AssociateConnectionAlias",),
    ("directory", "workspaceipgroup"): ("AssociateIpGroups", "DisassociateIpGroups"),
    ("workspaceipgroup",): (
        "AuthorizeIpRules",
        "DeleteIpGroup",
        "DescribeIpGroups",
        "RevokeIpRules",
        "UpdateRulesOfIpGroup",
    ),
    ("workspaceimage",): (
        "CopyWorkspaceImage",
        "CreateUpdatedWorkspaceImage",
        "DeleteWorkspaceImage",
        "DescribeImageAssociations",
        "DescribeWorkspaceImagePermissions",
        "UpdateWorkspaceImagePermission",
    ),
    ("directory",): (
        "CreateConnectClientAddIn",
        "DeleteClientBranding",
        "DeleteConnectClientAddIn",
        "DeregisterWorkspaceDirectory",
        "DescribeClientBranding",
        "DescribeClientProperties",
        "DescribeConnectClientAddIns",
        "ImportClientBranding",
        "ModifyCertificateBasedAuthProperties",
        "ModifyClientProperties",
        "ModifyEndpointEncryptionMode",
        "ModifySamlProperties",
        "ModifySelfservicePermissions",
        "ModifyStreamingProperties",
        "ModifyWorkspaceAccessProperties",
        "ModifyWorkspaceCreationProperties",
        "RegisterWorkspaceDirectory",
        "UpdateConnectClientAddIn",
    ),
    ("connectionalias",): (
        "DeleteConnectionAlias",
        "DescribeConnectionAliasPermissions",
        "DisassociateConnectionAlias",
        "UpdateConnectionAliasPermission",
    ),
    ("workspacebundle", "workspaceimage"): ("CreateWorkspaceBundle", "UpdateWorkspaceBundle"),
    ("workspacebundle",): ("DeleteWorkspaceBundle", "DescribeBundleAssociations"),
    ("workspace", "workspaceimage"): ("CreateWorkspaceImage",),
    ("directory", "workspace"): ("CreateStandbyWorkspaces",),
    ("directory", "workspacebundle", "workspacespool"): ("CreateWorkspacesPool",),
    ("workspacespool",): (
        "DescribeWorkspacesPoolSessions",
        "StartWorkspacesPool",
        "StopWorkspacesPool",
        "TerminateWorkspacesPool",
        "UpdateWorkspacesPool",
    ),
    ("workspace", "workspaceapplication"): ("AssociateWorkspaceApplication", "DisassociateWorkspaceApplication"),
    ("workspaceapplication",): ("DescribeApplicationAssociations",),
    ("directory", "workspace", "workspacebundle"): ("CreateWorkspaces",),
    ("workspace", "workspacebundle"): ("MigrateWorkspace",),
    ("workspace",): (
        "DeployWorkspaceApplications",
        "DescribeWorkspaceAssociations",
        "DescribeWorkspaceSnapshots",
        "ModifyWorkspaceProperties",
        "ModifyWorkspaceState",
        "RebootWorkspaces",
        "RebuildWorkspaces",
        "RestoreWorkspace",
        "StartWorkspaces",
        "StopWorkspaces",
        "TerminateWorkspaces",
    ),
}
RESOURCE_TYPES_BY_ACTION: Final = {action: types for types, actions in _ACTIONS_BY_TYPES.items() for action in actions}
"""Resource types of each action that has resource-level permissions."""

DEPENDENT_ACTIONS: Final = {
    "UpdateRulesOfIpGroup": ("AuthorizeIpRules", "RevokeIpRules"),
    "CopyWorkspaceImage": ("DescribeWorkspaceImages",),
    "CreateStandbyWorkspaces": ("CreateTags", "DescribeWorkspaces"),
    "CreateWorkspaces": ("CreateTags",),
}
"""Further actions that a caller needs for an action ("dependent actions" in the AWS page)."""

CONDITION_KEYS: Final = (
    "aws:CalledVia",
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:MultiFactorAuthAge",
    "aws:MultiFactorAuthPresent",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalServiceName",
    "aws:PrincipalTag",
    "aws:PrincipalType",
    "aws:RequestTag",
    "aws:RequestedRegion",
    "aws:ResourceAccount",
    "aws:ResourceOrgID",
    "aws:ResourceOrgPaths",
    "aws:ResourceTag",
    "aws:SecureTransport",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceIp",
    "aws:SourceOrgID",
    "aws:SourceVpc",
    "aws:SourceVpcArn",
    "aws:SourceVpce",
    "aws:TagKeys",
    "aws:TokenIssueTime",
    "aws:UserAgent",
    "aws:ViaAWSService",
    "aws:VpcSourceIp",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:VpceOrgPaths",
    "aws:userid",
    "aws:username",
)
"""Global condition keys. aws:PrincipalTag, aws:RequestTag and aws:ResourceTag continue with a slash and a tag key.

"AWS global condition context keys",
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""
