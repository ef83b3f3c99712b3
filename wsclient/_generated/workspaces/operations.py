"""Operations of Amazon WorkSpaces.

Written by `python -m wsclient._codegen` from the model workspaces-2015-04-08
(SHA-256 1783af6d9327fb88dea6ffed0a9371124d6c56b281b8a4ff226d7b13c87c4202).
Do not edit: change the generator and write it again.
"""

from __future__ import annotations

from wsclient._generated.workspaces import errors as e
from wsclient._generated.workspaces import structures as s
from wsclient._core.model.operations import AnyOperation, Batch, Effect, Operation, Service

ACCEPT_ACCOUNT_LINK_INVITATION = Operation(
    name="AcceptAccountLinkInvitation",
    input=s.AcceptAccountLinkInvitationRequest,
    output=s.AcceptAccountLinkInvitationResult,
    effect=Effect.REPEATABLE,
    errors=(e.ValidationException, e.ResourceNotFoundException, e.AccessDeniedException, e.ConflictException, e.InternalServerException),
    idempotency_token="client_token",
)

ASSOCIATE_CONNECTION_ALIAS = Operation(
    name="AssociateConnectionAlias",
    input=s.AssociateConnectionAliasRequest,
    output=s.AssociateConnectionAliasResult,
    effect=Effect.REPEATABLE,
    errors=(e.ResourceAssociatedException, e.AccessDeniedException, e.ResourceNotFoundException, e.InvalidParameterValuesException, e.InvalidResourceStateException, e.OperationNotSupportedException),
)

ASSOCIATE_IP_GROUPS = Operation(
    name="AssociateIpGroups",
    input=s.AssociateIpGroupsRequest,
    output=s.AssociateIpGroupsResult,
    effect=Effect.REPEATABLE,
    errors=(e.InvalidParameterValuesException, e.ResourceNotFoundException, e.ResourceLimitExceededException, e.InvalidResourceStateException, e.AccessDeniedException, e.OperationNotSupportedException),
)

ASSOCIATE_WORKSPACE_APPLICATION = Operation(
    name="AssociateWorkspaceApplication",
    input=s.AssociateWorkspaceApplicationRequest,
    output=s.AssociateWorkspaceApplicationResult,
    effect=Effect.REPEATABLE,
    errors=(e.AccessDeniedException, e.InvalidParameterValuesException, e.OperationNotSupportedException, e.ResourceAlreadyExistsException, e.ResourceInUseException, e.ResourceNotFoundException, e.ComputeNotCompatibleException, e.OperatingSystemNotCompatibleException, e.ApplicationNotSupportedException, e.IncompatibleApplicationsException),
)

AUTHORIZE_IP_RULES = Operation(
    name="AuthorizeIpRules",
    input=s.AuthorizeIpRulesRequest,
    output=s.AuthorizeIpRulesResult,
    effect=Effect.REPEATABLE,
    errors=(e.InvalidParameterValuesException, e.ResourceNotFoundException, e.ResourceLimitExceededException, e.InvalidResourceStateException, e.AccessDeniedException),
)

COPY_WORKSPACE_IMAGE = Operation(
    name="CopyWorkspaceImage",
    input=s.CopyWorkspaceImageRequest,
    output=s.CopyWorkspaceImageResult,
    effect=Effect.ONCE,
    errors=(e.ResourceLimitExceededException, e.ResourceAlreadyExistsException, e.ResourceNotFoundException, e.ResourceUnavailableException, e.OperationNotSupportedException, e.AccessDeniedException, e.InvalidParameterValuesException),
    natural_key=("Name",),
)

CREATE_ACCOUNT_LINK_INVITATION = Operation(
    name="CreateAccountLinkInvitation",
    input=s.CreateAccountLinkInvitationRequest,
    output=s.CreateAccountLinkInvitationResult,
    effect=Effect.REPEATABLE,
    errors=(e.ValidationException, e.AccessDeniedException, e.ConflictException, e.InternalServerException),
    idempotency_token="client_token",
)

CREATE_CONNECT_CLIENT_ADD_IN = Operation(
    name="CreateConnectClientAddIn",
    input=s.CreateConnectClientAddInRequest,
    output=s.CreateConnectClientAddInResult,
    effect=Effect.ONCE,
    errors=(e.InvalidParameterValuesException, e.ResourceNotFoundException, e.ResourceCreationFailedException, e.ResourceAlreadyExistsException, e.AccessDeniedException),
)

CREATE_CONNECTION_ALIAS = Operation(
    name="CreateConnectionAlias",
    input=s.CreateConnectionAliasRequest,
    output=s.CreateConnectionAliasResult,
    effect=Effect.ONCE,
    errors=(e.ResourceAlreadyExistsException, e.AccessDeniedException, e.InvalidParameterValuesException, e.ResourceLimitExceededException, e.InvalidResourceStateException, e.OperationNotSupportedException),
    natural_key=("ConnectionString",),
)

CREATE_IP_GROUP = Operation(
    name="CreateIpGroup",
    input=s.CreateIpGroupRequest,
    output=s.CreateIpGroupResult,
    effect=Effect.ONCE,
    errors=(e.InvalidParameterValuesException, e.ResourceLimitExceededException, e.ResourceAlreadyExistsException, e.ResourceCreationFailedException, e.AccessDeniedException),
    natural_key=("GroupName",),
)

CREATE_STANDBY_WORKSPACES = Operation(
    name="CreateStandbyWorkspaces",
    input=s.CreateStandbyWorkspacesRequest,
    output=s.CreateStandbyWorkspacesResult,
    effect=Effect.ONCE,
    errors=(e.AccessDeniedException, e.InvalidParameterValuesException, e.OperationNotSupportedException, e.ResourceNotFoundException, e.ResourceLimitExceededException),
)

CREATE_TAGS = Operation(
    name="CreateTags",
    input=s.CreateTagsRequest,
    output=s.CreateTagsResult,
    effect=Effect.REPEATABLE,
    errors=(e.ResourceNotFoundException, e.InvalidParameterValuesException, e.ResourceLimitExceededException),
)

CREATE_UPDATED_WORKSPACE_IMAGE = Operation(
    name="CreateUpdatedWorkspaceImage",
    input=s.CreateUpdatedWorkspaceImageRequest,
    output=s.CreateUpdatedWorkspaceImageResult,
    effect=Effect.ONCE,
    errors=(e.ResourceLimitExceededException, e.ResourceAlreadyExistsException, e.ResourceNotFoundException, e.OperationNotSupportedException, e.InvalidResourceStateException, e.AccessDeniedException, e.InvalidParameterValuesException),
    natural_key=("Name",),
)

CREATE_WORKSPACE_BUNDLE = Operation(
    name="CreateWorkspaceBundle",
    input=s.CreateWorkspaceBundleRequest,
    output=s.CreateWorkspaceBundleResult,
    effect=Effect.ONCE,
    errors=(e.ResourceUnavailableException, e.ResourceAlreadyExistsException, e.ResourceLimitExceededException, e.InvalidParameterValuesException, e.ResourceNotFoundException, e.AccessDeniedException),
    natural_key=("BundleName",),
)

CREATE_WORKSPACE_IMAGE = Operation(
    name="CreateWorkspaceImage",
    input=s.CreateWorkspaceImageRequest,
    output=s.CreateWorkspaceImageResult,
    effect=Effect.ONCE,
    errors=(e.ResourceLimitExceededException, e.ResourceAlreadyExistsException, e.ResourceNotFoundException, e.OperationNotSupportedException, e.InvalidResourceStateException, e.AccessDeniedException, e.InvalidParameterValuesException),
    natural_key=("Name",),
)

CREATE_WORKSPACES = Operation(
    name="CreateWorkspaces",
    input=s.CreateWorkspacesRequest,
    output=s.CreateWorkspacesResult,
    effect=Effect.ONCE,
    errors=(e.ResourceLimitExceededException, e.InvalidParameterValuesException),
    batch=Batch(member="workspaces", limit=25),
    natural_key=("Workspaces[].DirectoryId", "Workspaces[].UserName", "Workspaces[].WorkspaceName"),
)

CREATE_WORKSPACES_POOL = Operation(
    name="CreateWorkspacesPool",
    input=s.CreateWorkspacesPoolRequest,
    output=s.CreateWorkspacesPoolResult,
    effect=Effect.ONCE,
    errors=(e.ResourceLimitExceededException, e.ResourceNotFoundException, e.InvalidParameterValuesException, e.ResourceAlreadyExistsException, e.OperationNotSupportedException, e.AccessDeniedException),
    natural_key=("PoolName",),
)

DELETE_ACCOUNT_LINK_INVITATION = Operation(
    name="DeleteAccountLinkInvitation",
    input=s.DeleteAccountLinkInvitationRequest,
    output=s.DeleteAccountLinkInvitationResult,
    effect=Effect.REPEATABLE,
    errors=(e.ValidationException, e.AccessDeniedException, e.ResourceNotFoundException, e.ConflictException, e.InternalServerException),
    idempotency_token="client_token",
)

DELETE_CLIENT_BRANDING = Operation(
    name="DeleteClientBranding",
    input=s.DeleteClientBrandingRequest,
    output=s.DeleteClientBrandingResult,
    effect=Effect.REPEATABLE,
    errors=(e.InvalidParameterValuesException, e.ResourceNotFoundException, e.AccessDeniedException),
)

DELETE_CONNECT_CLIENT_ADD_IN = Operation(
    name="DeleteConnectClientAddIn",
    input=s.DeleteConnectClientAddInRequest,
    output=s.DeleteConnectClientAddInResult,
    effect=Effect.REPEATABLE,
    errors=(e.InvalidParameterValuesException, e.ResourceNotFoundException, e.AccessDeniedException),
)

DELETE_CONNECTION_ALIAS = Operation(
    name="DeleteConnectionAlias",
    input=s.DeleteConnectionAliasRequest,
    output=s.DeleteConnectionAliasResult,
    effect=Effect.REPEATABLE,
    errors=(e.ResourceNotFoundException, e.ResourceAssociatedException, e.AccessDeniedException, e.InvalidParameterValuesException, e.InvalidResourceStateException, e.OperationNotSupportedException),
)

DELETE_IP_GROUP = Operation(
    name="DeleteIpGroup",
    input=s.DeleteIpGroupRequest,
    output=s.DeleteIpGroupResult,
    effect=Effect.REPEATABLE,
    errors=(e.InvalidParameterValuesException, e.ResourceNotFoundException, e.ResourceAssociatedException, e.AccessDeniedException),
)

DELETE_TAGS = Operation(
    name="DeleteTags",
    input=s.DeleteTagsRequest,
    output=s.DeleteTagsResult,
    effect=Effect.REPEATABLE,
    errors=(e.ResourceNotFoundException, e.InvalidParameterValuesException),
)

DELETE_WORKSPACE_BUNDLE = Operation(
    name="DeleteWorkspaceBundle",
    input=s.DeleteWorkspaceBundleRequest,
    output=s.DeleteWorkspaceBundleResult,
    effect=Effect.REPEATABLE,
    errors=(e.InvalidParameterValuesException, e.ResourceNotFoundException, e.ResourceAssociatedException, e.AccessDeniedException),
)

DELETE_WORKSPACE_IMAGE = Operation(
    name="DeleteWorkspaceImage",
    input=s.DeleteWorkspaceImageRequest,
    output=s.DeleteWorkspaceImageResult,
    effect=Effect.REPEATABLE,
    errors=(e.ResourceAssociatedException, e.InvalidResourceStateException, e.AccessDeniedException),
)

DEPLOY_WORKSPACE_APPLICATIONS = Operation(
    name="DeployWorkspaceApplications",
    input=s.DeployWorkspaceApplicationsRequest,
    output=s.DeployWorkspaceApplicationsResult,
    effect=Effect.REPEATABLE,
    errors=(e.AccessDeniedException, e.InvalidParameterValuesException, e.OperationNotSupportedException, e.ResourceInUseException, e.ResourceNotFoundException, e.IncompatibleApplicationsException),
)

DEREGISTER_WORKSPACE_DIRECTORY = Operation(
    name="DeregisterWorkspaceDirectory",
    input=s.DeregisterWorkspaceDirectoryRequest,
    output=s.DeregisterWorkspaceDirectoryResult,
    effect=Effect.REPEATABLE,
    errors=(e.AccessDeniedException, e.InvalidParameterValuesException, e.OperationNotSupportedException, e.ResourceNotFoundException, e.InvalidResourceStateException),
)

DESCRIBE_ACCOUNT = Operation(
    name="DescribeAccount",
    input=s.DescribeAccountRequest,
    output=s.DescribeAccountResult,
    effect=Effect.READ,
    errors=(e.AccessDeniedException,),
)

DESCRIBE_ACCOUNT_MODIFICATIONS = Operation(
    name="DescribeAccountModifications",
    input=s.DescribeAccountModificationsRequest,
    output=s.DescribeAccountModificationsResult,
    effect=Effect.READ,
    errors=(e.AccessDeniedException,),
    items="account_modifications",
)

DESCRIBE_APPLICATION_ASSOCIATIONS = Operation(
    name="DescribeApplicationAssociations",
    input=s.DescribeApplicationAssociationsRequest,
    output=s.DescribeApplicationAssociationsResult,
    effect=Effect.READ,
    errors=(e.AccessDeniedException, e.InvalidParameterValuesException, e.OperationNotSupportedException, e.ResourceNotFoundException),
    items="associations",
)

DESCRIBE_APPLICATIONS = Operation(
    name="DescribeApplications",
    input=s.DescribeApplicationsRequest,
    output=s.DescribeApplicationsResult,
    effect=Effect.READ,
    errors=(e.AccessDeniedException, e.InvalidParameterValuesException, e.OperationNotSupportedException, e.ResourceNotFoundException),
    items="applications",
)

DESCRIBE_BUNDLE_ASSOCIATIONS = Operation(
    name="DescribeBundleAssociations",
    input=s.DescribeBundleAssociationsRequest,
    output=s.DescribeBundleAssociationsResult,
    effect=Effect.READ,
    errors=(e.AccessDeniedException, e.InvalidParameterValuesException, e.OperationNotSupportedException, e.ResourceNotFoundException),
)

DESCRIBE_CLIENT_BRANDING = Operation(
    name="DescribeClientBranding",
    input=s.DescribeClientBrandingRequest,
    output=s.DescribeClientBrandingResult,
    effect=Effect.READ,
    errors=(e.InvalidParameterValuesException, e.ResourceNotFoundException, e.AccessDeniedException),
)

DESCRIBE_CLIENT_PROPERTIES = Operation(
    name="DescribeClientProperties",
    input=s.DescribeClientPropertiesRequest,
    output=s.DescribeClientPropertiesResult,
    effect=Effect.READ,
    errors=(e.InvalidParameterValuesException, e.ResourceNotFoundException, e.AccessDeniedException),
)

DESCRIBE_CONNECT_CLIENT_ADD_INS = Operation(
    name="DescribeConnectClientAddIns",
    input=s.DescribeConnectClientAddInsRequest,
    output=s.DescribeConnectClientAddInsResult,
    effect=Effect.READ,
    errors=(e.InvalidParameterValuesException, e.ResourceNotFoundException, e.AccessDeniedException),
    items="add_ins",
)

DESCRIBE_CONNECTION_ALIAS_PERMISSIONS = Operation(
    name="DescribeConnectionAliasPermissions",
    input=s.DescribeConnectionAliasPermissionsRequest,
    output=s.DescribeConnectionAliasPermissionsResult,
    effect=Effect.READ,
    errors=(e.AccessDeniedException, e.InvalidParameterValuesException, e.ResourceNotFoundException, e.OperationNotSupportedException),
    items="connection_alias_permissions",
)

DESCRIBE_CONNECTION_ALIASES = Operation(
    name="DescribeConnectionAliases",
    input=s.DescribeConnectionAliasesRequest,
    output=s.DescribeConnectionAliasesResult,
    effect=Effect.READ,
    errors=(e.AccessDeniedException, e.InvalidParameterValuesException, e.OperationNotSupportedException),
    items="connection_aliases",
)

DESCRIBE_CUSTOM_WORKSPACE_IMAGE_IMPORT = Operation(
    name="DescribeCustomWorkspaceImageImport",
    input=s.DescribeCustomWorkspaceImageImportRequest,
    output=s.DescribeCustomWorkspaceImageImportResult,
    effect=Effect.READ,
    errors=(e.AccessDeniedException, e.ResourceNotFoundException),
)

DESCRIBE_IMAGE_ASSOCIATIONS = Operation(
    name="DescribeImageAssociations",
    input=s.DescribeImageAssociationsRequest,
    output=s.DescribeImageAssociationsResult,
    effect=Effect.READ,
    errors=(e.AccessDeniedException, e.InvalidParameterValuesException, e.OperationNotSupportedException, e.ResourceNotFoundException),
)

DESCRIBE_IP_GROUPS = Operation(
    name="DescribeIpGroups",
    input=s.DescribeIpGroupsRequest,
    output=s.DescribeIpGroupsResult,
    effect=Effect.READ,
    errors=(e.InvalidParameterValuesException, e.AccessDeniedException),
    items="result",
)

DESCRIBE_TAGS = Operation(
    name="DescribeTags",
    input=s.DescribeTagsRequest,
    output=s.DescribeTagsResult,
    effect=Effect.READ,
    errors=(e.ResourceNotFoundException,),
)

DESCRIBE_WORKSPACE_ASSOCIATIONS = Operation(
    name="DescribeWorkspaceAssociations",
    input=s.DescribeWorkspaceAssociationsRequest,
    output=s.DescribeWorkspaceAssociationsResult,
    effect=Effect.READ,
    errors=(e.AccessDeniedException, e.InvalidParameterValuesException, e.OperationNotSupportedException, e.ResourceNotFoundException),
)

DESCRIBE_WORKSPACE_BUNDLES = Operation(
    name="DescribeWorkspaceBundles",
    input=s.DescribeWorkspaceBundlesRequest,
    output=s.DescribeWorkspaceBundlesResult,
    effect=Effect.READ,
    errors=(e.InvalidParameterValuesException,),
    items="bundles",
)

DESCRIBE_WORKSPACE_DIRECTORIES = Operation(
    name="DescribeWorkspaceDirectories",
    input=s.DescribeWorkspaceDirectoriesRequest,
    output=s.DescribeWorkspaceDirectoriesResult,
    effect=Effect.READ,
    errors=(e.InvalidParameterValuesException,),
    items="directories",
)

DESCRIBE_WORKSPACE_IMAGE_PERMISSIONS = Operation(
    name="DescribeWorkspaceImagePermissions",
    input=s.DescribeWorkspaceImagePermissionsRequest,
    output=s.DescribeWorkspaceImagePermissionsResult,
    effect=Effect.READ,
    errors=(e.ResourceNotFoundException, e.AccessDeniedException, e.InvalidParameterValuesException),
    items="image_permissions",
)

DESCRIBE_WORKSPACE_IMAGES = Operation(
    name="DescribeWorkspaceImages",
    input=s.DescribeWorkspaceImagesRequest,
    output=s.DescribeWorkspaceImagesResult,
    effect=Effect.READ,
    errors=(e.AccessDeniedException,),
    items="images",
)

DESCRIBE_WORKSPACE_SNAPSHOTS = Operation(
    name="DescribeWorkspaceSnapshots",
    input=s.DescribeWorkspaceSnapshotsRequest,
    output=s.DescribeWorkspaceSnapshotsResult,
    effect=Effect.READ,
    errors=(e.InvalidParameterValuesException, e.ResourceNotFoundException, e.AccessDeniedException),
)

DESCRIBE_WORKSPACES = Operation(
    name="DescribeWorkspaces",
    input=s.DescribeWorkspacesRequest,
    output=s.DescribeWorkspacesResult,
    effect=Effect.READ,
    errors=(e.InvalidParameterValuesException, e.ResourceUnavailableException),
    items="workspaces",
)

DESCRIBE_WORKSPACES_CONNECTION_STATUS = Operation(
    name="DescribeWorkspacesConnectionStatus",
    input=s.DescribeWorkspacesConnectionStatusRequest,
    output=s.DescribeWorkspacesConnectionStatusResult,
    effect=Effect.READ,
    errors=(e.InvalidParameterValuesException,),
    items="workspaces_connection_status",
)

DESCRIBE_WORKSPACES_POOL_SESSIONS = Operation(
    name="DescribeWorkspacesPoolSessions",
    input=s.DescribeWorkspacesPoolSessionsRequest,
    output=s.DescribeWorkspacesPoolSessionsResult,
    effect=Effect.READ,
    errors=(e.InvalidParameterValuesException, e.ResourceNotFoundException, e.AccessDeniedException),
    items="sessions",
)

DESCRIBE_WORKSPACES_POOLS = Operation(
    name="DescribeWorkspacesPools",
    input=s.DescribeWorkspacesPoolsRequest,
    output=s.DescribeWorkspacesPoolsResult,
    effect=Effect.READ,
    errors=(e.InvalidParameterValuesException, e.ResourceNotFoundException, e.AccessDeniedException),
    items="workspaces_pools",
)

DISASSOCIATE_CONNECTION_ALIAS = Operation(
    name="DisassociateConnectionAlias",
    input=s.DisassociateConnectionAliasRequest,
    output=s.DisassociateConnectionAliasResult,
    effect=Effect.REPEATABLE,
    errors=(e.AccessDeniedException, e.ResourceNotFoundException, e.InvalidParameterValuesException, e.InvalidResourceStateException, e.OperationNotSupportedException),
)

DISASSOCIATE_IP_GROUPS = Operation(
    name="DisassociateIpGroups",
    input=s.DisassociateIpGroupsRequest,
    output=s.DisassociateIpGroupsResult,
    effect=Effect.REPEATABLE,
    errors=(e.InvalidParameterValuesException, e.ResourceNotFoundException, e.InvalidResourceStateException, e.AccessDeniedException, e.OperationNotSupportedException),
)

DISASSOCIATE_WORKSPACE_APPLICATION = Operation(
    name="DisassociateWorkspaceApplication",
    input=s.DisassociateWorkspaceApplicationRequest,
    output=s.DisassociateWorkspaceApplicationResult,
    effect=Effect.REPEATABLE,
    errors=(e.AccessDeniedException, e.InvalidParameterValuesException, e.OperationNotSupportedException, e.ResourceInUseException, e.ResourceNotFoundException),
)

GET_ACCOUNT_LINK = Operation(
    name="GetAccountLink",
    input=s.GetAccountLinkRequest,
    output=s.GetAccountLinkResult,
    effect=Effect.READ,
    errors=(e.AccessDeniedException, e.ValidationException, e.ResourceNotFoundException, e.InternalServerException),
)

IMPORT_CLIENT_BRANDING = Operation(
    name="ImportClientBranding",
    input=s.ImportClientBrandingRequest,
    output=s.ImportClientBrandingResult,
    effect=Effect.REPEATABLE,
    errors=(e.InvalidParameterValuesException, e.ResourceLimitExceededException, e.ResourceNotFoundException, e.AccessDeniedException),
)

IMPORT_CUSTOM_WORKSPACE_IMAGE = Operation(
    name="ImportCustomWorkspaceImage",
    input=s.ImportCustomWorkspaceImageRequest,
    output=s.ImportCustomWorkspaceImageResult,
    effect=Effect.ONCE,
    errors=(e.AccessDeniedException, e.InvalidParameterValuesException, e.OperationNotSupportedException, e.ResourceNotFoundException, e.ResourceAlreadyExistsException, e.ResourceLimitExceededException),
    natural_key=("ImageName",),
)

IMPORT_WORKSPACE_IMAGE = Operation(
    name="ImportWorkspaceImage",
    input=s.ImportWorkspaceImageRequest,
    output=s.ImportWorkspaceImageResult,
    effect=Effect.ONCE,
    errors=(e.ResourceLimitExceededException, e.ResourceAlreadyExistsException, e.ResourceNotFoundException, e.OperationNotSupportedException, e.AccessDeniedException, e.InvalidParameterValuesException),
    natural_key=("ImageName",),
)

LIST_ACCOUNT_LINKS = Operation(
    name="ListAccountLinks",
    input=s.ListAccountLinksRequest,
    output=s.ListAccountLinksResult,
    effect=Effect.READ,
    errors=(e.AccessDeniedException, e.ValidationException, e.InternalServerException),
    items="account_links",
)

LIST_AVAILABLE_MANAGEMENT_CIDR_RANGES = Operation(
    name="ListAvailableManagementCidrRanges",
    input=s.ListAvailableManagementCidrRangesRequest,
    output=s.ListAvailableManagementCidrRangesResult,
    effect=Effect.READ,
    errors=(e.InvalidParameterValuesException, e.AccessDeniedException),
    items="management_cidr_ranges",
)

MIGRATE_WORKSPACE = Operation(
    name="MigrateWorkspace",
    input=s.MigrateWorkspaceRequest,
    output=s.MigrateWorkspaceResult,
    effect=Effect.ONCE,
    errors=(e.InvalidParameterValuesException, e.ResourceNotFoundException, e.AccessDeniedException, e.OperationNotSupportedException, e.OperationInProgressException, e.ResourceUnavailableException),
)

MODIFY_ACCOUNT = Operation(
    name="ModifyAccount",
    input=s.ModifyAccountRequest,
    output=s.ModifyAccountResult,
    effect=Effect.REPEATABLE,
    errors=(e.InvalidParameterValuesException, e.AccessDeniedException, e.InvalidResourceStateException, e.ResourceUnavailableException, e.ResourceNotFoundException),
)

MODIFY_CERTIFICATE_BASED_AUTH_PROPERTIES = Operation(
    name="ModifyCertificateBasedAuthProperties",
    input=s.ModifyCertificateBasedAuthPropertiesRequest,
    output=s.ModifyCertificateBasedAuthPropertiesResult,
    effect=Effect.REPEATABLE,
    errors=(e.AccessDeniedException, e.InvalidParameterValuesException, e.OperationNotSupportedException, e.ResourceNotFoundException),
)

MODIFY_CLIENT_PROPERTIES = Operation(
    name="ModifyClientProperties",
    input=s.ModifyClientPropertiesRequest,
    output=s.ModifyClientPropertiesResult,
    effect=Effect.REPEATABLE,
    errors=(e.InvalidParameterValuesException, e.ResourceNotFoundException, e.AccessDeniedException, e.OperationNotSupportedException),
)

MODIFY_ENDPOINT_ENCRYPTION_MODE = Operation(
    name="ModifyEndpointEncryptionMode",
    input=s.ModifyEndpointEncryptionModeRequest,
    output=s.ModifyEndpointEncryptionModeResponse,
    effect=Effect.REPEATABLE,
    errors=(e.AccessDeniedException, e.ResourceNotFoundException, e.OperationNotSupportedException),
)

MODIFY_SAML_PROPERTIES = Operation(
    name="ModifySamlProperties",
    input=s.ModifySamlPropertiesRequest,
    output=s.ModifySamlPropertiesResult,
    effect=Effect.REPEATABLE,
    errors=(e.AccessDeniedException, e.InvalidParameterValuesException, e.OperationNotSupportedException, e.ResourceNotFoundException),
)

MODIFY_SELFSERVICE_PERMISSIONS = Operation(
    name="ModifySelfservicePermissions",
    input=s.ModifySelfservicePermissionsRequest,
    output=s.ModifySelfservicePermissionsResult,
    effect=Effect.REPEATABLE,
    errors=(e.AccessDeniedException, e.InvalidParameterValuesException, e.ResourceNotFoundException, e.OperationNotSupportedException),
)

MODIFY_STREAMING_PROPERTIES = Operation(
    name="ModifyStreamingProperties",
    input=s.ModifyStreamingPropertiesRequest,
    output=s.ModifyStreamingPropertiesResult,
    effect=Effect.REPEATABLE,
    errors=(e.AccessDeniedException, e.InvalidParameterValuesException, e.ResourceNotFoundException, e.OperationNotSupportedException),
)

MODIFY_WORKSPACE_ACCESS_PROPERTIES = Operation(
    name="ModifyWorkspaceAccessProperties",
    input=s.ModifyWorkspaceAccessPropertiesRequest,
    output=s.ModifyWorkspaceAccessPropertiesResult,
    effect=Effect.REPEATABLE,
    errors=(e.ResourceNotFoundException, e.AccessDeniedException, e.InvalidParameterValuesException, e.InvalidParameterCombinationException, e.OperationNotSupportedException),
)

MODIFY_WORKSPACE_CREATION_PROPERTIES = Operation(
    name="ModifyWorkspaceCreationProperties",
    input=s.ModifyWorkspaceCreationPropertiesRequest,
    output=s.ModifyWorkspaceCreationPropertiesResult,
    effect=Effect.REPEATABLE,
    errors=(e.AccessDeniedException, e.InvalidParameterValuesException, e.ResourceNotFoundException, e.OperationNotSupportedException),
)

MODIFY_WORKSPACE_PROPERTIES = Operation(
    name="ModifyWorkspaceProperties",
    input=s.ModifyWorkspacePropertiesRequest,
    output=s.ModifyWorkspacePropertiesResult,
    effect=Effect.REPEATABLE,
    errors=(e.InvalidParameterValuesException, e.InvalidResourceStateException, e.OperationInProgressException, e.UnsupportedWorkspaceConfigurationException, e.ResourceNotFoundException, e.AccessDeniedException, e.ResourceUnavailableException),
)

MODIFY_WORKSPACE_STATE = Operation(
    name="ModifyWorkspaceState",
    input=s.ModifyWorkspaceStateRequest,
    output=s.ModifyWorkspaceStateResult,
    effect=Effect.REPEATABLE,
    errors=(e.InvalidParameterValuesException, e.InvalidResourceStateException, e.ResourceNotFoundException, e.OperationNotSupportedException),
)

REBOOT_WORKSPACES = Operation(
    name="RebootWorkspaces",
    input=s.RebootWorkspacesRequest,
    output=s.RebootWorkspacesResult,
    effect=Effect.ONCE,
    errors=(e.OperationNotSupportedException,),
    batch=Batch(member="reboot_workspace_requests", limit=25),
)

REBUILD_WORKSPACES = Operation(
    name="RebuildWorkspaces",
    input=s.RebuildWorkspacesRequest,
    output=s.RebuildWorkspacesResult,
    effect=Effect.ONCE,
    errors=(e.OperationNotSupportedException,),
    batch=Batch(member="rebuild_workspace_requests", limit=1),
)

REGISTER_WORKSPACE_DIRECTORY = Operation(
    name="RegisterWorkspaceDirectory",
    input=s.RegisterWorkspaceDirectoryRequest,
    output=s.RegisterWorkspaceDirectoryResult,
    effect=Effect.ONCE,
    errors=(e.InvalidParameterValuesException, e.ResourceNotFoundException, e.ResourceLimitExceededException, e.AccessDeniedException, e.WorkspacesDefaultRoleNotFoundException, e.InvalidResourceStateException, e.UnsupportedNetworkConfigurationException, e.OperationNotSupportedException, e.ResourceAlreadyExistsException),
)

REJECT_ACCOUNT_LINK_INVITATION = Operation(
    name="RejectAccountLinkInvitation",
    input=s.RejectAccountLinkInvitationRequest,
    output=s.RejectAccountLinkInvitationResult,
    effect=Effect.REPEATABLE,
    errors=(e.AccessDeniedException, e.ValidationException, e.ResourceNotFoundException, e.ConflictException, e.InternalServerException),
    idempotency_token="client_token",
)

RESTORE_WORKSPACE = Operation(
    name="RestoreWorkspace",
    input=s.RestoreWorkspaceRequest,
    output=s.RestoreWorkspaceResult,
    effect=Effect.ONCE,
    errors=(e.InvalidParameterValuesException, e.ResourceNotFoundException, e.AccessDeniedException, e.OperationNotSupportedException),
)

REVOKE_IP_RULES = Operation(
    name="RevokeIpRules",
    input=s.RevokeIpRulesRequest,
    output=s.RevokeIpRulesResult,
    effect=Effect.REPEATABLE,
    errors=(e.InvalidParameterValuesException, e.ResourceNotFoundException, e.InvalidResourceStateException, e.AccessDeniedException),
)

START_WORKSPACES = Operation(
    name="StartWorkspaces",
    input=s.StartWorkspacesRequest,
    output=s.StartWorkspacesResult,
    effect=Effect.REPEATABLE,
    batch=Batch(member="start_workspace_requests", limit=25),
)

START_WORKSPACES_POOL = Operation(
    name="StartWorkspacesPool",
    input=s.StartWorkspacesPoolRequest,
    output=s.StartWorkspacesPoolResult,
    effect=Effect.REPEATABLE,
    errors=(e.InvalidParameterValuesException, e.InvalidResourceStateException, e.ResourceLimitExceededException, e.ResourceNotFoundException, e.OperationNotSupportedException, e.OperationInProgressException, e.AccessDeniedException),
)

STOP_WORKSPACES = Operation(
    name="StopWorkspaces",
    input=s.StopWorkspacesRequest,
    output=s.StopWorkspacesResult,
    effect=Effect.REPEATABLE,
    batch=Batch(member="stop_workspace_requests", limit=25),
)

STOP_WORKSPACES_POOL = Operation(
    name="StopWorkspacesPool",
    input=s.StopWorkspacesPoolRequest,
    output=s.StopWorkspacesPoolResult,
    effect=Effect.REPEATABLE,
    errors=(e.InvalidParameterValuesException, e.InvalidResourceStateException, e.ResourceNotFoundException, e.OperationInProgressException, e.AccessDeniedException),
)

TERMINATE_WORKSPACES = Operation(
    name="TerminateWorkspaces",
    input=s.TerminateWorkspacesRequest,
    output=s.TerminateWorkspacesResult,
    effect=Effect.REPEATABLE,
    batch=Batch(member="terminate_workspace_requests", limit=25),
)

TERMINATE_WORKSPACES_POOL = Operation(
    name="TerminateWorkspacesPool",
    input=s.TerminateWorkspacesPoolRequest,
    output=s.TerminateWorkspacesPoolResult,
    effect=Effect.REPEATABLE,
    errors=(e.InvalidParameterValuesException, e.InvalidResourceStateException, e.ResourceNotFoundException, e.OperationInProgressException, e.AccessDeniedException),
)

TERMINATE_WORKSPACES_POOL_SESSION = Operation(
    name="TerminateWorkspacesPoolSession",
    input=s.TerminateWorkspacesPoolSessionRequest,
    output=s.TerminateWorkspacesPoolSessionResult,
    effect=Effect.REPEATABLE,
    errors=(e.InvalidParameterValuesException, e.ResourceNotFoundException, e.OperationNotSupportedException, e.OperationInProgressException, e.AccessDeniedException),
)

UPDATE_CONNECT_CLIENT_ADD_IN = Operation(
    name="UpdateConnectClientAddIn",
    input=s.UpdateConnectClientAddInRequest,
    output=s.UpdateConnectClientAddInResult,
    effect=Effect.REPEATABLE,
    errors=(e.InvalidParameterValuesException, e.ResourceNotFoundException, e.AccessDeniedException),
)

UPDATE_CONNECTION_ALIAS_PERMISSION = Operation(
    name="UpdateConnectionAliasPermission",
    input=s.UpdateConnectionAliasPermissionRequest,
    output=s.UpdateConnectionAliasPermissionResult,
    effect=Effect.REPEATABLE,
    errors=(e.AccessDeniedException, e.InvalidParameterValuesException, e.ResourceLimitExceededException, e.ResourceNotFoundException, e.ResourceAssociatedException, e.InvalidResourceStateException, e.OperationNotSupportedException),
)

UPDATE_RULES_OF_IP_GROUP = Operation(
    name="UpdateRulesOfIpGroup",
    input=s.UpdateRulesOfIpGroupRequest,
    output=s.UpdateRulesOfIpGroupResult,
    effect=Effect.REPEATABLE,
    errors=(e.InvalidParameterValuesException, e.ResourceNotFoundException, e.ResourceLimitExceededException, e.InvalidResourceStateException, e.AccessDeniedException),
)

UPDATE_WORKSPACE_BUNDLE = Operation(
    name="UpdateWorkspaceBundle",
    input=s.UpdateWorkspaceBundleRequest,
    output=s.UpdateWorkspaceBundleResult,
    effect=Effect.REPEATABLE,
    errors=(e.AccessDeniedException, e.InvalidParameterValuesException, e.ResourceNotFoundException, e.ResourceUnavailableException, e.OperationNotSupportedException),
)

UPDATE_WORKSPACE_IMAGE_PERMISSION = Operation(
    name="UpdateWorkspaceImagePermission",
    input=s.UpdateWorkspaceImagePermissionRequest,
    output=s.UpdateWorkspaceImagePermissionResult,
    effect=Effect.REPEATABLE,
    errors=(e.ResourceNotFoundException, e.ResourceUnavailableException, e.AccessDeniedException, e.InvalidParameterValuesException, e.OperationNotSupportedException),
)

UPDATE_WORKSPACES_POOL = Operation(
    name="UpdateWorkspacesPool",
    input=s.UpdateWorkspacesPoolRequest,
    output=s.UpdateWorkspacesPoolResult,
    effect=Effect.REPEATABLE,
    errors=(e.InvalidParameterValuesException, e.InvalidResourceStateException, e.ResourceNotFoundException, e.ResourceLimitExceededException, e.OperationNotSupportedException, e.OperationInProgressException, e.AccessDeniedException),
)

OPERATIONS: dict[str, AnyOperation] = {
    operation.name: operation
    for operation in (
        ACCEPT_ACCOUNT_LINK_INVITATION,
        ASSOCIATE_CONNECTION_ALIAS,
        ASSOCIATE_IP_GROUPS,
        ASSOCIATE_WORKSPACE_APPLICATION,
        AUTHORIZE_IP_RULES,
        COPY_WORKSPACE_IMAGE,
        CREATE_ACCOUNT_LINK_INVITATION,
        CREATE_CONNECT_CLIENT_ADD_IN,
        CREATE_CONNECTION_ALIAS,
        CREATE_IP_GROUP,
        CREATE_STANDBY_WORKSPACES,
        CREATE_TAGS,
        CREATE_UPDATED_WORKSPACE_IMAGE,
        CREATE_WORKSPACE_BUNDLE,
        CREATE_WORKSPACE_IMAGE,
        CREATE_WORKSPACES,
        CREATE_WORKSPACES_POOL,
        DELETE_ACCOUNT_LINK_INVITATION,
        DELETE_CLIENT_BRANDING,
        DELETE_CONNECT_CLIENT_ADD_IN,
        DELETE_CONNECTION_ALIAS,
        DELETE_IP_GROUP,
        DELETE_TAGS,
        DELETE_WORKSPACE_BUNDLE,
        DELETE_WORKSPACE_IMAGE,
        DEPLOY_WORKSPACE_APPLICATIONS,
        DEREGISTER_WORKSPACE_DIRECTORY,
        DESCRIBE_ACCOUNT,
        DESCRIBE_ACCOUNT_MODIFICATIONS,
        DESCRIBE_APPLICATION_ASSOCIATIONS,
        DESCRIBE_APPLICATIONS,
        DESCRIBE_BUNDLE_ASSOCIATIONS,
        DESCRIBE_CLIENT_BRANDING,
        DESCRIBE_CLIENT_PROPERTIES,
        DESCRIBE_CONNECT_CLIENT_ADD_INS,
        DESCRIBE_CONNECTION_ALIAS_PERMISSIONS,
        DESCRIBE_CONNECTION_ALIASES,
        DESCRIBE_CUSTOM_WORKSPACE_IMAGE_IMPORT,
        DESCRIBE_IMAGE_ASSOCIATIONS,
        DESCRIBE_IP_GROUPS,
        DESCRIBE_TAGS,
        DESCRIBE_WORKSPACE_ASSOCIATIONS,
        DESCRIBE_WORKSPACE_BUNDLES,
        DESCRIBE_WORKSPACE_DIRECTORIES,
        DESCRIBE_WORKSPACE_IMAGE_PERMISSIONS,
        DESCRIBE_WORKSPACE_IMAGES,
        DESCRIBE_WORKSPACE_SNAPSHOTS,
        DESCRIBE_WORKSPACES,
        DESCRIBE_WORKSPACES_CONNECTION_STATUS,
        DESCRIBE_WORKSPACES_POOL_SESSIONS,
        DESCRIBE_WORKSPACES_POOLS,
        DISASSOCIATE_CONNECTION_ALIAS,
        DISASSOCIATE_IP_GROUPS,
        DISASSOCIATE_WORKSPACE_APPLICATION,
        GET_ACCOUNT_LINK,
        IMPORT_CLIENT_BRANDING,
        IMPORT_CUSTOM_WORKSPACE_IMAGE,
        IMPORT_WORKSPACE_IMAGE,
        LIST_ACCOUNT_LINKS,
        LIST_AVAILABLE_MANAGEMENT_CIDR_RANGES,
        MIGRATE_WORKSPACE,
        MODIFY_ACCOUNT,
        MODIFY_CERTIFICATE_BASED_AUTH_PROPERTIES,
        MODIFY_CLIENT_PROPERTIES,
        MODIFY_ENDPOINT_ENCRYPTION_MODE,
        MODIFY_SAML_PROPERTIES,
        MODIFY_SELFSERVICE_PERMISSIONS,
        MODIFY_STREAMING_PROPERTIES,
        MODIFY_WORKSPACE_ACCESS_PROPERTIES,
        MODIFY_WORKSPACE_CREATION_PROPERTIES,
        MODIFY_WORKSPACE_PROPERTIES,
        MODIFY_WORKSPACE_STATE,
        REBOOT_WORKSPACES,
        REBUILD_WORKSPACES,
        REGISTER_WORKSPACE_DIRECTORY,
        REJECT_ACCOUNT_LINK_INVITATION,
        RESTORE_WORKSPACE,
        REVOKE_IP_RULES,
        START_WORKSPACES,
        START_WORKSPACES_POOL,
        STOP_WORKSPACES,
        STOP_WORKSPACES_POOL,
        TERMINATE_WORKSPACES,
        TERMINATE_WORKSPACES_POOL,
        TERMINATE_WORKSPACES_POOL_SESSION,
        UPDATE_CONNECT_CLIENT_ADD_IN,
        UPDATE_CONNECTION_ALIAS_PERMISSION,
        UPDATE_RULES_OF_IP_GROUP,
        UPDATE_WORKSPACE_BUNDLE,
        UPDATE_WORKSPACE_IMAGE_PERMISSION,
        UPDATE_WORKSPACES_POOL,
    )
}

SERVICE = Service(
    name="workspaces",
    service_id="WorkSpaces",
    api_version="2015-04-08",
    protocol="json",
    signing_name="workspaces",
    target_prefix="WorkspacesService",
    xml_namespace="http://workspaces.amazonaws.com/api/v1",
    errors=e.BY_CODE,
    operations=OPERATIONS,
)
