"""Documented facts about operations that botocore's models lack; each group names its source.

The model of WorkSpaces has no idempotency or retry traits, and neither model marks session tokens as sensitive.
Region facts are in regions.py.
"""

from __future__ import annotations

from typing import Final

PROTOCOLS: Final = {"workspaces": "json", "sts": "query", "ec2": "ec2", "ds": "json", "iam": "query"}
"""Protocol that wsclient uses with each service, one of those in its model."""

SUBSETS: Final = {
    # The operations that the audit of an account and the management of interface endpoints need, and no others: EC2's
    # model changes weekly and has 830 operations.
    "ec2": (
        "CreateTags",
        "CreateVpcEndpoint",
        "DeleteVpcEndpoints",
        "DescribeNatGateways",
        "DescribeNetworkInterfaces",
        "DescribeRouteTables",
        "DescribeSecurityGroups",
        "DescribeSubnets",
        "DescribeVpcAttribute",
        "DescribeVpcEndpointServices",
        "DescribeVpcEndpoints",
        "DescribeVpcs",
        "ModifyVpcEndpoint",
    ),
    "ds": ("DescribeClientAuthenticationSettings", "DescribeDirectories"),
    "iam": ("GetAccountAuthorizationDetails",),
}
"""Operations of the services of which wsclient has a part only; every other service is complete."""

DROPPED_MEMBERS: Final = {
    # The secret that RADIUS servers share with AWS Directory Service: no caller of wsclient needs it. "RadiusSettings",
    # https://docs.aws.amazon.com/directoryservice/latest/devguide/API_RadiusSettings.html
    "RadiusSettings": ("SharedSecret",),
}
"""Members of responses that are secrets nobody may read: the structures lack them, so no response keeps them."""

PAGE_ITEMS: Final = {"DescribeVpcEndpointServices": "ServiceDetails"}
"""Output member with the items of a page, for operations with two lists: service names repeat in the details."""

READ_PREFIXES: Final = ("Describe", "List", "Get", "Decode")
"""Name prefixes of read-only operations (Amazon WorkSpaces API Reference and AWS STS API Reference, "Actions")."""

READS_WITHOUT_PREFIX: Final = frozenset(
    {
        # These issue credentials and change no persistent state. "AWS STS API Reference: Actions",
        # https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html
        "AssumeRole",
        "AssumeRoleWithSAML",
        "AssumeRoleWithWebIdentity",
        "AssumeRoot",
    }
)

ONCE: Final = frozenset(
    {
        # A second call creates a second resource, or disrupts a desktop a second time. Only the account-link
        # operations have a client token. "Amazon WorkSpaces API Reference: Actions",
        # https://docs.aws.amazon.com/workspaces/latest/api/API_Operations.html
        "CopyWorkspaceImage",
        "CreateConnectClientAddIn",
        "CreateConnectionAlias",
        "CreateIpGroup",
        "CreateStandbyWorkspaces",
        "CreateUpdatedWorkspaceImage",
        "CreateWorkspaceBundle",
        "CreateWorkspaceImage",
        "CreateWorkspaces",
        "CreateWorkspacesPool",
        "ImportCustomWorkspaceImage",
        "ImportWorkspaceImage",
        "MigrateWorkspace",
        "RebootWorkspaces",
        "RebuildWorkspaces",
        # Without a DirectoryId it creates a directory, and AWS does not document that directory names are unique.
        # "RegisterWorkspaceDirectory",
        # https://docs.aws.amazon.com/workspaces/latest/api/API_RegisterWorkspaceDirectory.html
        "RegisterWorkspaceDirectory",
        "RestoreWorkspace",
        # wsclient.vpc reads before it repeats these: after an ambiguous outcome it looks at the endpoint first.
        # "CreateVpcEndpoint", https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html
        "CreateVpcEndpoint",
        "ModifyVpcEndpoint",
    }
)

REPEATABLE: Final = frozenset(
    {
        # A second call changes nothing more: the state that it asks for is there, or it has a client token. See "Amazon
        # WorkSpaces API Reference: Actions", https://docs.aws.amazon.com/workspaces/latest/api/API_Operations.html, and
        # "Amazon EC2 API Reference", https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Operations.html
        "AcceptAccountLinkInvitation",
        "AssociateConnectionAlias",
        "AssociateIpGroups",
        "AssociateWorkspaceApplication",
        "AuthorizeIpRules",
        "CreateAccountLinkInvitation",
        "CreateTags",
        "DeleteAccountLinkInvitation",
        "DeleteClientBranding",
        "DeleteConnectClientAddIn",
        "DeleteConnectionAlias",
        "DeleteIpGroup",
        "DeleteTags",
        "DeleteVpcEndpoints",
        "DeleteWorkspaceBundle",
        "DeleteWorkspaceImage",
        "DeployWorkspaceApplications",
        "DeregisterWorkspaceDirectory",
        "DisassociateConnectionAlias",
        "DisassociateIpGroups",
        "DisassociateWorkspaceApplication",
        "ImportClientBranding",
        "ModifyAccount",
        "ModifyCertificateBasedAuthProperties",
        "ModifyClientProperties",
        "ModifyEndpointEncryptionMode",
        "ModifySamlProperties",
        "ModifySelfservicePermissions",
        "ModifyStreamingProperties",
        "ModifyWorkspaceAccessProperties",
        "ModifyWorkspaceCreationProperties",
        "ModifyWorkspaceProperties",
        "ModifyWorkspaceState",
        "RejectAccountLinkInvitation",
        "RevokeIpRules",
        "StartWorkspaces",
        "StartWorkspacesPool",
        "StopWorkspaces",
        "StopWorkspacesPool",
        "TerminateWorkspaces",
        "TerminateWorkspacesPool",
        "TerminateWorkspacesPoolSession",
        "UpdateConnectClientAddIn",
        "UpdateConnectionAliasPermission",
        "UpdateRulesOfIpGroup",
        "UpdateWorkspaceBundle",
        "UpdateWorkspaceImagePermission",
        "UpdateWorkspacesPool",
    }
)

IDEMPOTENCY_TOKENS: Final = frozenset(
    {
        # A string of up to 64 characters by which AWS recognises a repeated request. "CreateAccountLinkInvitation",
        # https://docs.aws.amazon.com/workspaces/latest/api/API_CreateAccountLinkInvitation.html
        "ClientToken",
    }
)

NATURAL_KEYS: Final = {
    # A user has one WorkSpace in a directory; names of the remaining resources are unique in an account and region.
    # Source: "Amazon WorkSpaces API Reference: Actions",
    # https://docs.aws.amazon.com/workspaces/latest/api/API_Operations.html
    "CopyWorkspaceImage": ("Name",),
    "CreateConnectionAlias": ("ConnectionString",),
    "CreateIpGroup": ("GroupName",),
    "CreateUpdatedWorkspaceImage": ("Name",),
    "CreateWorkspaceBundle": ("BundleName",),
    "CreateWorkspaceImage": ("Name",),
    "CreateWorkspaces": ("Workspaces[].DirectoryId", "Workspaces[].UserName", "Workspaces[].WorkspaceName"),
    "CreateWorkspacesPool": ("PoolName",),
    "ImportCustomWorkspaceImage": ("ImageName",),
    "ImportWorkspaceImage": ("ImageName",),
}

RECONCILED: Final = {
    # The read that finds the resource after an ambiguous outcome (wsclient/workspaces/_reconcilers.py), and the default
    # of reconcile=. Only a user's WorkSpace can be identified without doubt, so the rest is opt-in.
    "CopyWorkspaceImage": ("DescribeWorkspaceImages, by name and age", False),
    "CreateConnectClientAddIn": ("DescribeConnectClientAddIns, by name and URL", False),
    "CreateConnectionAlias": ("DescribeConnectionAliases, by connection string", False),
    "CreateIpGroup": ("DescribeIpGroups, by name, description and rules", False),
    "CreateStandbyWorkspaces": ("DescribeWorkspaces, by directory and primary WorkSpace", False),
    "CreateUpdatedWorkspaceImage": ("DescribeWorkspaceImages, by name and age", False),
    "CreateWorkspaceBundle": ("DescribeWorkspaceBundles, by name, image and age", False),
    "CreateWorkspaceImage": ("DescribeWorkspaceImages, by name and age", False),
    "CreateWorkspaces": ("DescribeWorkspaces, by directory and user (by name for [UNDEFINED] users)", True),
    "CreateWorkspacesPool": ("DescribeWorkspacesPools, by name, directory and age", False),
    "ImportCustomWorkspaceImage": ("DescribeWorkspaceImages, by name and age", False),
    "ImportWorkspaceImage": ("DescribeWorkspaceImages, by name and age", False),
}

SENSITIVE_MEMBERS: Final = frozenset(
    {
        # Bearer secrets that the STS model does not mark as sensitive. "Credentials",
        # https://docs.aws.amazon.com/STS/latest/APIReference/API_Credentials.html, and "GetSessionToken",
        # https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
        "SessionToken",
        "TokenCode",
        "WebIdentityToken",
    }
)

TRANSIENT_ERRORS: Final = frozenset(
    {
        # The identity provider did not answer in time. "AssumeRoleWithWebIdentity", Errors,
        # https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
        "IDPCommunicationError",
    }
)
