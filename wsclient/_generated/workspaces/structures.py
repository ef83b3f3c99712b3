"""Structures of Amazon WorkSpaces.

Written by `python -m wsclient._codegen` from the model workspaces-2015-04-08
(SHA-256 1783af6d9327fb88dea6ffed0a9371124d6c56b281b8a4ff226d7b13c87c4202).
Do not edit: change the generator and write it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar

from msgspec import field

from wsclient._generated.workspaces.enums import (
    AGAModeForDirectoryEnum,
    AGAModeForWorkSpaceEnum,
    AGAPreferredProtocolForDirectory,
    AGAPreferredProtocolForWorkSpace,
    AccessEndpointType,
    AccessPropertyValue,
    AccountLinkStatusEnum,
    Application,
    ApplicationAssociatedResourceType,
    ApplicationSettingsStatusEnum,
    AssociationErrorCode,
    AssociationState,
    AssociationStatus,
    AuthenticationType,
    BundleAssociatedResourceType,
    BundleType,
    CertificateBasedAuthStatusEnum,
    ClientDeviceType,
    Compute,
    ConnectionAliasState,
    ConnectionState,
    CustomImageProtocol,
    CustomWorkspaceImageImportState,
    DataReplication,
    DedicatedTenancyAccountType,
    DedicatedTenancyModificationStateEnum,
    DedicatedTenancySupportEnum,
    DedicatedTenancySupportResultEnum,
    DeletableCertificateBasedAuthProperty,
    DeletableSamlProperty,
    DescribeWorkspaceDirectoriesFilterName,
    DescribeWorkspacesPoolsFilterName,
    DescribeWorkspacesPoolsFilterOperator,
    EndpointEncryptionMode,
    ImageAssociatedResourceType,
    ImageComputeType,
    ImageType,
    ImageValidationMode,
    InternetFallbackProtocol,
    LogUploadEnum,
    ModificationResourceEnum,
    ModificationStateEnum,
    OSVersion,
    OperatingSystemName,
    OperatingSystemType,
    Platform,
    PoolsRunningMode,
    Protocol,
    ReconnectEnum,
    RunningMode,
    SamlStatusEnum,
    SessionConnectionState,
    StandbyWorkspaceRelationshipType,
    StorageConnectorStatusEnum,
    StorageConnectorTypeEnum,
    StreamingExperiencePreferredProtocolEnum,
    TargetWorkspaceState,
    Tenancy,
    UserIdentityType,
    UserSettingActionEnum,
    UserSettingPermissionEnum,
    WorkSpaceApplicationLicenseType,
    WorkSpaceApplicationState,
    WorkSpaceAssociatedResourceType,
    WorkspaceBundleState,
    WorkspaceDirectoryState,
    WorkspaceDirectoryType,
    WorkspaceImageErrorDetailCode,
    WorkspaceImageIngestionProcess,
    WorkspaceImageRequiredTenancy,
    WorkspaceImageState,
    WorkspaceOSUserMode,
    WorkspaceState,
    WorkspaceType,
    WorkspacesPoolErrorCode,
    WorkspacesPoolState,
)
from wsclient._core.model.structures import Input, Limits, Output, Structure, Timestamp

ARN = Annotated[str, Limits(None, None, r"^arn:aws[a-z-]{0,7}:[A-Za-z0-9][A-za-z0-9_/.-]{0,62}:[A-za-z0-9_/.-]{0,63}:[A-za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$")]
ActiveUserSessions = Annotated[int, Limits(0)]
ActualUserSessions = Annotated[int, Limits(0)]
AddInName = Annotated[str, Limits(1, 64, r"^.*$")]
AddInUrl = Annotated[str, Limits(1, 1024, r"^(http|https)\://\S+")]
AlphanumericDashUnderscoreNonEmptyString = Annotated[str, Limits(None, None, r"^[a-zA-Z0-9\_\-]{1,1000}$")]
AmazonUuid = Annotated[str, Limits(36, 36, r"[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}")]
AvailableUserSessions = Annotated[int, Limits(0)]
AwsAccount = Annotated[str, Limits(None, None, r"^\d{12}$")]
BundleId = Annotated[str, Limits(None, None, r"^wsb-[0-9a-z]{8,63}$")]
CertificateAuthorityArn = Annotated[str, Limits(5, 200, r"arn:[\w+=/,.@-]+:[\w+=/,.@-]+:[\w+=/,.@-]*:[0-9]*:[\w+=,.@-]+(/[\w+=,.@-]+)*")]
ClientEmail = Annotated[str, Limits(6, 64, r"^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,4}$")]
ClientExperiencePolicy = Annotated[str, Limits(None, 64, r"^[A-Z_0-9]+$")]
ClientLocale = Annotated[str, Limits(5, 5, r"^[a-z]{2}_[A-Z]{2}$")]
ClientLoginMessage = Annotated[str, Limits(0, 2000, r"^.*$")]
ClientToken = Annotated[str, Limits(None, None, r"^.{1,64}$")]
ClientUrl = Annotated[str, Limits(1, 200, r"^(http|https)\://\S+")]
ConnectionAliasId = Annotated[str, Limits(13, 68, r"^wsca-[0-9a-z]{8,63}$")]
ConnectionIdentifier = Annotated[str, Limits(1, 20, r"^[a-zA-Z0-9]+$")]
ConnectionString = Annotated[str, Limits(1, 255, r"^[.0-9a-zA-Z\-]{1,255}$")]
DedicatedTenancyManagementCidrRange = Annotated[str, Limits(None, None, r"(^([0-9]|[1-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-5])\.([0-9]|[1-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-5])\.0\.0)(\/(16$))$")]
DefaultLogo = Annotated[bytes, Limits(1, 1500000)]
DescribeWorkspaceDirectoriesFilterValue = Annotated[str, Limits(None, None, r"^[0-9a-zA-Z\*\.\\/\?-_]{0,64}$")]
DescribeWorkspacesPoolsFilterValue = Annotated[str, Limits(1, 128, r"^[A-Za-z0-9][A-Za-z0-9_.-]+$")]
DesiredUserSessions = Annotated[int, Limits(0)]
DirectoryId = Annotated[str, Limits(10, 65, r"^(d-[0-9a-f]{8,63}$)|(wsd-[0-9a-z]{8,63}$)")]
DisconnectTimeoutInSeconds = Annotated[int, Limits(60, 36000)]
DomainName = Annotated[str, Limits(None, None, r"^([a-zA-Z0-9]+[.-])+([a-zA-Z0-9])+$")]
Ec2ImageId = Annotated[str, Limits(None, None, r"^ami\-([a-f0-9]{8}|[a-f0-9]{17})$")]
Ec2ImportTaskId = Annotated[str, Limits(19, 28, r"^import-ami\-([a-zA-Z0-9]{8}|[a-zA-Z0-9]{17})$")]
ErrorCode = Annotated[str, Limits(1, 256)]
IdleDisconnectTimeoutInSeconds = Annotated[int, Limits(0, 36000)]
ImageBuildVersionArn = Annotated[str, Limits(1, 2048, r"^arn:aws[^:]*:imagebuilder:[^:]+:(?:[0-9]{12}|aws(?:-[a-z-]+)?):image/[a-z0-9-_]+/(?:(?:([0-9]+|x)\.([0-9]+|x)\.([0-9]+|x))|(?:[0-9]+\.[0-9]+\.[0-9]+/[0-9]+))$")]
ImageErrorMessage = Annotated[str, Limits(1, 2048)]
InfrastructureConfigurationArn = Annotated[str, Limits(1, 2048, r"^arn:aws[^:]*:imagebuilder:[^:]+:(?:[0-9]{12}|aws):infrastructure-configuration/[a-z0-9-_]+$")]
Ios2XLogo = Annotated[bytes, Limits(1, 1770000)]
Ios3XLogo = Annotated[bytes, Limits(1, 1770000)]
IosLogo = Annotated[bytes, Limits(1, 447000)]
IpGroupId = Annotated[str, Limits(None, None, r"wsipg-[0-9a-z]{8,63}$")]
Ipv6Address = Annotated[str, Limits(None, None, r"^(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}|[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){0,6}::[0-9a-fA-F]{1,4}$")]
Limit = Annotated[int, Limits(1, 25)]
Limit50 = Annotated[int, Limits(1, 50)]
LinkId = Annotated[str, Limits(None, None, r"^link-.{8,24}$")]
ManagementCidrRangeConstraint = Annotated[str, Limits(None, None, r"^(([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])\.){3}([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])(\/(3[0-2]|[1-2][0-9]|[0-9]))$")]
ManagementCidrRangeMaxResults = Annotated[int, Limits(1, 5)]
MaxUserDurationInSeconds = Annotated[int, Limits(600, 432000)]
MaximumLength = Annotated[int, Limits(0)]
MicrosoftEntraConfigTenantId = Annotated[str, Limits(None, None, r"^[a-zA-Z0-9-]{1,100}$")]
NonEmptyString = Annotated[str, Limits(1)]
PaginationToken = Annotated[str, Limits(1, 2048)]
Percentage = Annotated[int, Limits(0, 100)]
Region = Annotated[str, Limits(1, 31, r"^[-0-9a-z]{1,31}$")]
RegistrationCode = Annotated[str, Limits(1, 20)]
S3BucketName = Annotated[str, Limits(3, 63, r"^[a-z0-9][\.\-a-z0-9]{1,61}[a-z0-9]$")]
SamlUserAccessUrl = Annotated[str, Limits(8, 200, r"^(http|https)\://\S+$")]
SecretsManagerArn = Annotated[str, Limits(None, None, r"^arn:aws[a-z-]{0,7}:secretsmanager:[A-za-z0-9_/.-]{0,63}:[A-za-z0-9_/.-]{0,63}:secret:[A-Za-z0-9][A-za-z0-9_/.-]{8,519}$")]
SecurityGroupId = Annotated[str, Limits(11, 20, r"^(sg-([0-9a-f]{8}|[0-9a-f]{17}))$")]
SessionInstanceId = Annotated[str, Limits(None, None, r"^i-[a-f0-9]{8}(?:[a-f0-9]{9})?$")]
SettingsGroup = Annotated[str, Limits(None, 100, r"^[A-Za-z0-9_./()!*'-]+$")]
String2048 = Annotated[str, Limits(0, 2048)]
SubnetId = Annotated[str, Limits(15, 24, r"^(subnet-([0-9a-f]{8}|[0-9a-f]{17}))$")]
TagKey = Annotated[str, Limits(1, 127)]
TagValue = Annotated[str, Limits(None, 255)]
UpdateDescription = Annotated[str, Limits(1, 255, r"^[a-zA-Z0-9_./() -]+$")]
UserName = Annotated[str, Limits(1, 63)]
WorkSpaceApplicationId = Annotated[str, Limits(None, None, r"^wsa-[0-9a-z]{8,63}$")]
WorkSpaceApplicationOwner = Annotated[str, Limits(None, None, r"^\d{12}|AMAZON$")]
WorkflowStateMessage = Annotated[str, Limits(1, 1000)]
WorkspaceBundleDescription = Annotated[str, Limits(1, 255, r"^[a-zA-Z0-9_./() -]+$")]
WorkspaceBundleName = Annotated[str, Limits(1, 64, r"^[a-zA-Z0-9_./()\\-]+$")]
WorkspaceDirectoryDescription = Annotated[str, Limits(None, None, r"^([a-zA-Z0-9_])[\\a-zA-Z0-9_@#%*+=:?./!\s-]{1,255}$")]
WorkspaceDirectoryName = Annotated[str, Limits(None, None, r"^[a-zA-Z0-9][a-zA-Z0-9_.\s-]{1,64}$")]
WorkspaceId = Annotated[str, Limits(None, None, r"^ws-[0-9a-z]{8,63}$")]
WorkspaceImageDescription = Annotated[str, Limits(1, 256, r"^[a-zA-Z0-9_./() -]+$")]
WorkspaceImageId = Annotated[str, Limits(None, None, r"wsi-[0-9a-z]{9,63}$")]
WorkspaceImageName = Annotated[str, Limits(1, 64, r"^[a-zA-Z0-9_./()\\-]+$")]
WorkspaceName = Annotated[str, Limits(None, None, r"^[a-zA-Z0-9_()][a-zA-Z0-9_.()-]{1,63}$")]
WorkspacesPoolId = Annotated[str, Limits(None, None, r"^wspool-[0-9a-z]{9}$")]
WorkspacesPoolName = Annotated[str, Limits(None, None, r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
WorkspacesPoolUserId = Annotated[str, Limits(2, 128)]


class AcceptAccountLinkInvitationRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_AcceptAccountLinkInvitation.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"link_id"})
    link_id: LinkId
    client_token: ClientToken | None = None


class AcceptAccountLinkInvitationResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_AcceptAccountLinkInvitation.html"""

    account_link: AccountLink | None = None


class AccessEndpoint(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_AccessEndpoint.html"""

    access_endpoint_type: AccessEndpointType | None = None
    vpc_endpoint_id: AlphanumericDashUnderscoreNonEmptyString | None = None


class AccessEndpointConfig(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_AccessEndpointConfig.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"access_endpoints"})
    access_endpoints: list[AccessEndpoint] | None = None
    internet_fallback_protocols: list[InternetFallbackProtocol] | None = None


class AccountLink(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_AccountLink.html"""

    account_link_id: LinkId | None = None
    account_link_status: AccountLinkStatusEnum | None = None
    source_account_id: AwsAccount | None = None
    target_account_id: AwsAccount | None = None


class AccountModification(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_AccountModification.html"""

    modification_state: DedicatedTenancyModificationStateEnum | None = None
    dedicated_tenancy_support: DedicatedTenancySupportResultEnum | None = None
    dedicated_tenancy_management_cidr_range: DedicatedTenancyManagementCidrRange | None = None
    start_time: Timestamp | None = None
    error_code: str | None = None
    error_message: str | None = None


class ActiveDirectoryConfig(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ActiveDirectoryConfig.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"domain_name", "service_account_secret_arn"})
    domain_name: DomainName | None = None
    service_account_secret_arn: SecretsManagerArn | None = None


class ApplicationResourceAssociation(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ApplicationResourceAssociation.html"""

    application_id: WorkSpaceApplicationId | None = None
    associated_resource_id: NonEmptyString | None = None
    associated_resource_type: ApplicationAssociatedResourceType | None = None
    created: Timestamp | None = None
    last_updated_time: Timestamp | None = None
    state: AssociationState | None = None
    state_reason: AssociationStateReason | None = None


class ApplicationSettingsRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ApplicationSettingsRequest.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"status"})
    status: ApplicationSettingsStatusEnum
    settings_group: SettingsGroup | None = None


class ApplicationSettingsResponse(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ApplicationSettingsResponse.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"status"})
    status: ApplicationSettingsStatusEnum | None = None
    settings_group: SettingsGroup | None = None
    s3_bucket_name: S3BucketName | None = None


class AssociateConnectionAliasRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_AssociateConnectionAlias.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"alias_id", "resource_id"})
    alias_id: ConnectionAliasId
    resource_id: NonEmptyString


class AssociateConnectionAliasResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_AssociateConnectionAlias.html"""

    connection_identifier: ConnectionIdentifier | None = None


class AssociateIpGroupsRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_AssociateIpGroups.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"directory_id", "group_ids"})
    directory_id: DirectoryId
    group_ids: Sequence[IpGroupId]


class AssociateIpGroupsResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_AssociateIpGroups.html"""


class AssociateWorkspaceApplicationRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_AssociateWorkspaceApplication.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"application_id", "workspace_id"})
    workspace_id: WorkspaceId
    application_id: WorkSpaceApplicationId


class AssociateWorkspaceApplicationResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_AssociateWorkspaceApplication.html"""

    association: WorkspaceResourceAssociation | None = None


class AssociationStateReason(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_AssociationStateReason.html"""

    error_code: AssociationErrorCode | None = None
    error_message: String2048 | None = None


class AuthorizeIpRulesRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_AuthorizeIpRules.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"group_id", "user_rules"})
    group_id: IpGroupId
    user_rules: Sequence[IpRuleItem]


class AuthorizeIpRulesResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_AuthorizeIpRules.html"""


class BundleResourceAssociation(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_BundleResourceAssociation.html"""

    associated_resource_id: NonEmptyString | None = None
    associated_resource_type: BundleAssociatedResourceType | None = None
    bundle_id: BundleId | None = None
    created: Timestamp | None = None
    last_updated_time: Timestamp | None = None
    state: AssociationState | None = None
    state_reason: AssociationStateReason | None = None


class Capacity(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_Capacity.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"desired_user_sessions"})
    desired_user_sessions: DesiredUserSessions


class CapacityStatus(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_CapacityStatus.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"active_user_sessions", "actual_user_sessions", "available_user_sessions", "desired_user_sessions"})
    available_user_sessions: AvailableUserSessions | None = None
    desired_user_sessions: DesiredUserSessions | None = None
    actual_user_sessions: ActualUserSessions | None = None
    active_user_sessions: ActiveUserSessions | None = None


class CertificateBasedAuthProperties(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_CertificateBasedAuthProperties.html"""

    status: CertificateBasedAuthStatusEnum | None = None
    certificate_authority_arn: CertificateAuthorityArn | None = None


class ClientProperties(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ClientProperties.html"""

    reconnect_enabled: ReconnectEnum | None = None
    log_upload_enabled: LogUploadEnum | None = None
    client_experience_policy: ClientExperiencePolicy | None = None


class ClientPropertiesResult(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ClientPropertiesResult.html"""

    resource_id: NonEmptyString | None = None
    client_properties: ClientProperties | None = None


class ComputeType(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ComputeType.html"""

    name: Compute | None = None


class ConnectClientAddIn(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ConnectClientAddIn.html"""

    add_in_id: AmazonUuid | None = None
    resource_id: DirectoryId | None = None
    name: AddInName | None = None
    url: AddInUrl | None = field(default=None, name="URL")


class ConnectionAlias(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ConnectionAlias.html"""

    connection_string: ConnectionString | None = None
    alias_id: ConnectionAliasId | None = None
    state: ConnectionAliasState | None = None
    owner_account_id: AwsAccount | None = None
    associations: Annotated[list[ConnectionAliasAssociation], Limits(1, 25)] = []


class ConnectionAliasAssociation(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ConnectionAliasAssociation.html"""

    association_status: AssociationStatus | None = None
    associated_account_id: AwsAccount | None = None
    resource_id: NonEmptyString | None = None
    connection_identifier: ConnectionIdentifier | None = None


class ConnectionAliasPermission(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ConnectionAliasPermission.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"allow_association", "shared_account_id"})
    shared_account_id: AwsAccount | None = None
    allow_association: bool | None = None


class CopyWorkspaceImageRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_CopyWorkspaceImage.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"name", "source_image_id", "source_region"})
    name: WorkspaceImageName
    description: WorkspaceImageDescription | None = None
    source_image_id: WorkspaceImageId
    source_region: Region
    tags: Sequence[Tag] | None = None


class CopyWorkspaceImageResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_CopyWorkspaceImage.html"""

    image_id: WorkspaceImageId | None = None


class CreateAccountLinkInvitationRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_CreateAccountLinkInvitation.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"target_account_id"})
    target_account_id: AwsAccount
    client_token: ClientToken | None = None


class CreateAccountLinkInvitationResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_CreateAccountLinkInvitation.html"""

    account_link: AccountLink | None = None


class CreateConnectClientAddInRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_CreateConnectClientAddIn.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"name", "resource_id", "url"})
    resource_id: DirectoryId
    name: AddInName
    url: AddInUrl = field(name="URL")


class CreateConnectClientAddInResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_CreateConnectClientAddIn.html"""

    add_in_id: AmazonUuid | None = None


class CreateConnectionAliasRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_CreateConnectionAlias.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"connection_string"})
    connection_string: ConnectionString
    tags: Sequence[Tag] | None = None


class CreateConnectionAliasResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_CreateConnectionAlias.html"""

    alias_id: ConnectionAliasId | None = None


class CreateIpGroupRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_CreateIpGroup.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"group_name"})
    group_name: str
    group_desc: str | None = None
    user_rules: Sequence[IpRuleItem] | None = None
    tags: Sequence[Tag] | None = None


class CreateIpGroupResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_CreateIpGroup.html"""

    group_id: IpGroupId | None = None


class CreateStandbyWorkspacesRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_CreateStandbyWorkspaces.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"primary_region", "standby_workspaces"})
    primary_region: Region
    standby_workspaces: Sequence[StandbyWorkspace]


class CreateStandbyWorkspacesResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_CreateStandbyWorkspaces.html"""

    _failures: ClassVar[str | None] = "failed_standby_requests"
    failed_standby_requests: list[FailedCreateStandbyWorkspacesRequest] = []
    pending_standby_requests: list[PendingCreateStandbyWorkspacesRequest] = []


class CreateTagsRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_CreateTags.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"resource_id", "tags"})
    resource_id: NonEmptyString
    tags: Sequence[Tag]


class CreateTagsResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_CreateTags.html"""


class CreateUpdatedWorkspaceImageRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_CreateUpdatedWorkspaceImage.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"description", "name", "source_image_id"})
    name: WorkspaceImageName
    description: WorkspaceImageDescription
    source_image_id: WorkspaceImageId
    tags: Sequence[Tag] | None = None


class CreateUpdatedWorkspaceImageResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_CreateUpdatedWorkspaceImage.html"""

    image_id: WorkspaceImageId | None = None


class CreateWorkspaceBundleRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_CreateWorkspaceBundle.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"bundle_description", "bundle_name", "compute_type", "image_id", "user_storage"})
    bundle_name: WorkspaceBundleName
    bundle_description: WorkspaceBundleDescription
    image_id: WorkspaceImageId
    compute_type: ComputeType
    user_storage: UserStorage
    root_storage: RootStorage | None = None
    tags: Sequence[Tag] | None = None


class CreateWorkspaceBundleResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_CreateWorkspaceBundle.html"""

    workspace_bundle: WorkspaceBundle | None = None


class CreateWorkspaceImageRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_CreateWorkspaceImage.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"description", "name", "workspace_id"})
    name: WorkspaceImageName
    description: WorkspaceImageDescription
    workspace_id: WorkspaceId
    tags: Sequence[Tag] | None = None


class CreateWorkspaceImageResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_CreateWorkspaceImage.html"""

    image_id: WorkspaceImageId | None = None
    name: WorkspaceImageName | None = None
    description: WorkspaceImageDescription | None = None
    operating_system: OperatingSystem | None = None
    state: WorkspaceImageState | None = None
    required_tenancy: WorkspaceImageRequiredTenancy | None = None
    created: Timestamp | None = None
    owner_account_id: AwsAccount | None = None


class CreateWorkspacesPoolRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_CreateWorkspacesPool.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"bundle_id", "capacity", "description", "directory_id", "pool_name"})
    pool_name: WorkspacesPoolName
    description: UpdateDescription
    bundle_id: BundleId
    directory_id: DirectoryId
    capacity: Capacity
    tags: Sequence[Tag] | None = None
    application_settings: ApplicationSettingsRequest | None = None
    timeout_settings: TimeoutSettings | None = None
    running_mode: PoolsRunningMode | None = None


class CreateWorkspacesPoolResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_CreateWorkspacesPool.html"""

    workspaces_pool: WorkspacesPool | None = None


class CreateWorkspacesRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_CreateWorkspaces.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"workspaces"})
    workspaces: Annotated[Sequence[WorkspaceRequest], Limits(1, 25)]


class CreateWorkspacesResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_CreateWorkspaces.html"""

    _failures: ClassVar[str | None] = "failed_requests"
    failed_requests: list[FailedCreateWorkspaceRequest] = []
    pending_requests: list[Workspace] = []


class CustomWorkspaceImageImportErrorDetails(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_CustomWorkspaceImageImportErrorDetails.html"""

    error_code: ErrorCode | None = None
    error_message: ImageErrorMessage | None = None


class DataReplicationSettings(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DataReplicationSettings.html"""

    data_replication: DataReplication | None = None
    recovery_snapshot_time: Timestamp | None = None


class DefaultClientBrandingAttributes(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DefaultClientBrandingAttributes.html"""

    logo_url: ClientUrl | None = None
    support_email: ClientEmail | None = None
    support_link: ClientUrl | None = None
    forgot_password_link: ClientUrl | None = None
    login_message: dict[ClientLocale, ClientLoginMessage] | None = None


class DefaultImportClientBrandingAttributes(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DefaultImportClientBrandingAttributes.html"""

    logo: DefaultLogo | None = None
    support_email: ClientEmail | None = None
    support_link: ClientUrl | None = None
    forgot_password_link: ClientUrl | None = None
    login_message: dict[ClientLocale, ClientLoginMessage] | None = None


class DefaultWorkspaceCreationProperties(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DefaultWorkspaceCreationProperties.html"""

    enable_internet_access: bool | None = None
    default_ou: str | None = None
    custom_security_group_id: SecurityGroupId | None = None
    user_enabled_as_local_administrator: bool | None = None
    enable_maintenance_mode: bool | None = None
    instance_iam_role_arn: ARN | None = None


class DeleteAccountLinkInvitationRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DeleteAccountLinkInvitation.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"link_id"})
    link_id: LinkId
    client_token: ClientToken | None = None


class DeleteAccountLinkInvitationResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DeleteAccountLinkInvitation.html"""

    account_link: AccountLink | None = None


class DeleteClientBrandingRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DeleteClientBranding.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"platforms", "resource_id"})
    resource_id: DirectoryId
    platforms: Annotated[Sequence[ClientDeviceType], Limits(1, 6)]


class DeleteClientBrandingResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DeleteClientBranding.html"""


class DeleteConnectClientAddInRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DeleteConnectClientAddIn.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"add_in_id", "resource_id"})
    add_in_id: AmazonUuid
    resource_id: DirectoryId


class DeleteConnectClientAddInResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DeleteConnectClientAddIn.html"""


class DeleteConnectionAliasRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DeleteConnectionAlias.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"alias_id"})
    alias_id: ConnectionAliasId


class DeleteConnectionAliasResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DeleteConnectionAlias.html"""


class DeleteIpGroupRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DeleteIpGroup.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"group_id"})
    group_id: IpGroupId


class DeleteIpGroupResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DeleteIpGroup.html"""


class DeleteTagsRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DeleteTags.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"resource_id", "tag_keys"})
    resource_id: NonEmptyString
    tag_keys: Sequence[NonEmptyString]


class DeleteTagsResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DeleteTags.html"""


class DeleteWorkspaceBundleRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DeleteWorkspaceBundle.html"""

    bundle_id: BundleId | None = None


class DeleteWorkspaceBundleResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DeleteWorkspaceBundle.html"""


class DeleteWorkspaceImageRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DeleteWorkspaceImage.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"image_id"})
    image_id: WorkspaceImageId


class DeleteWorkspaceImageResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DeleteWorkspaceImage.html"""


class DeployWorkspaceApplicationsRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DeployWorkspaceApplications.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"workspace_id"})
    workspace_id: WorkspaceId
    force: bool | None = None


class DeployWorkspaceApplicationsResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DeployWorkspaceApplications.html"""

    deployment: WorkSpaceApplicationDeployment | None = None


class DeregisterWorkspaceDirectoryRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DeregisterWorkspaceDirectory.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"directory_id"})
    directory_id: DirectoryId


class DeregisterWorkspaceDirectoryResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DeregisterWorkspaceDirectory.html"""


class DescribeAccountModificationsRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeAccountModifications.html"""

    next_token: PaginationToken | None = None


class DescribeAccountModificationsResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeAccountModifications.html"""

    account_modifications: list[AccountModification] = []
    next_token: PaginationToken | None = None


class DescribeAccountRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeAccount.html"""


class DescribeAccountResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeAccount.html"""

    dedicated_tenancy_support: DedicatedTenancySupportResultEnum | None = None
    dedicated_tenancy_management_cidr_range: DedicatedTenancyManagementCidrRange | None = None
    dedicated_tenancy_account_type: DedicatedTenancyAccountType | None = None
    message: str | None = None


class DescribeApplicationAssociationsRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeApplicationAssociations.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"application_id", "associated_resource_types"})
    max_results: Limit | None = None
    next_token: PaginationToken | None = None
    application_id: WorkSpaceApplicationId
    associated_resource_types: Sequence[ApplicationAssociatedResourceType]


class DescribeApplicationAssociationsResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeApplicationAssociations.html"""

    associations: list[ApplicationResourceAssociation] = []
    next_token: PaginationToken | None = None


class DescribeApplicationsRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeApplications.html"""

    application_ids: Annotated[Sequence[WorkSpaceApplicationId], Limits(1, 25)] | None = None
    compute_type_names: Sequence[Compute] | None = None
    license_type: WorkSpaceApplicationLicenseType | None = None
    operating_system_names: Sequence[OperatingSystemName] | None = None
    owner: WorkSpaceApplicationOwner | None = None
    max_results: Limit | None = None
    next_token: PaginationToken | None = None


class DescribeApplicationsResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeApplications.html"""

    applications: list[WorkSpaceApplication] = []
    next_token: PaginationToken | None = None


class DescribeBundleAssociationsRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeBundleAssociations.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"associated_resource_types", "bundle_id"})
    bundle_id: BundleId
    associated_resource_types: Sequence[BundleAssociatedResourceType]


class DescribeBundleAssociationsResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeBundleAssociations.html"""

    associations: list[BundleResourceAssociation] = []


class DescribeClientBrandingRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeClientBranding.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"resource_id"})
    resource_id: DirectoryId


class DescribeClientBrandingResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeClientBranding.html"""

    device_type_windows: DefaultClientBrandingAttributes | None = None
    device_type_osx: DefaultClientBrandingAttributes | None = None
    device_type_android: DefaultClientBrandingAttributes | None = None
    device_type_ios: IosClientBrandingAttributes | None = None
    device_type_linux: DefaultClientBrandingAttributes | None = None
    device_type_web: DefaultClientBrandingAttributes | None = None


class DescribeClientPropertiesRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeClientProperties.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"resource_ids"})
    resource_ids: Annotated[Sequence[NonEmptyString], Limits(1, 25)]


class DescribeClientPropertiesResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeClientProperties.html"""

    client_properties_list: list[ClientPropertiesResult] = []


class DescribeConnectClientAddInsRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeConnectClientAddIns.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"resource_id"})
    resource_id: DirectoryId
    next_token: PaginationToken | None = None
    max_results: Limit | None = None


class DescribeConnectClientAddInsResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeConnectClientAddIns.html"""

    add_ins: list[ConnectClientAddIn] = []
    next_token: PaginationToken | None = None


class DescribeConnectionAliasPermissionsRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeConnectionAliasPermissions.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"alias_id"})
    alias_id: ConnectionAliasId
    next_token: PaginationToken | None = None
    max_results: Limit | None = None


class DescribeConnectionAliasPermissionsResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeConnectionAliasPermissions.html"""

    alias_id: ConnectionAliasId | None = None
    connection_alias_permissions: Annotated[list[ConnectionAliasPermission], Limits(1, 25)] = []
    next_token: PaginationToken | None = None


class DescribeConnectionAliasesRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeConnectionAliases.html"""

    alias_ids: Annotated[Sequence[ConnectionAliasId], Limits(1, 25)] | None = None
    resource_id: NonEmptyString | None = None
    limit: Limit | None = None
    next_token: PaginationToken | None = None


class DescribeConnectionAliasesResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeConnectionAliases.html"""

    connection_aliases: Annotated[list[ConnectionAlias], Limits(1, 25)] = []
    next_token: PaginationToken | None = None


class DescribeCustomWorkspaceImageImportRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeCustomWorkspaceImageImport.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"image_id"})
    image_id: WorkspaceImageId


class DescribeCustomWorkspaceImageImportResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeCustomWorkspaceImageImport.html"""

    image_id: WorkspaceImageId | None = None
    infrastructure_configuration_arn: InfrastructureConfigurationArn | None = None
    state: CustomWorkspaceImageImportState | None = None
    state_message: WorkflowStateMessage | None = None
    progress_percentage: Percentage | None = None
    created: Timestamp | None = None
    last_updated_time: Timestamp | None = None
    image_source: ImageSourceIdentifier | None = None
    image_builder_instance_id: NonEmptyString | None = None
    error_details: list[CustomWorkspaceImageImportErrorDetails] = []


class DescribeImageAssociationsRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeImageAssociations.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"associated_resource_types", "image_id"})
    image_id: WorkspaceImageId
    associated_resource_types: Sequence[ImageAssociatedResourceType]


class DescribeImageAssociationsResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeImageAssociations.html"""

    associations: list[ImageResourceAssociation] = []


class DescribeIpGroupsRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeIpGroups.html"""

    group_ids: Sequence[IpGroupId] | None = None
    next_token: PaginationToken | None = None
    max_results: Limit | None = None


class DescribeIpGroupsResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeIpGroups.html"""

    result: list[WorkspacesIpGroup] = []
    next_token: PaginationToken | None = None


class DescribeTagsRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeTags.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"resource_id"})
    resource_id: NonEmptyString


class DescribeTagsResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeTags.html"""

    tag_list: list[Tag] = []


class DescribeWorkspaceAssociationsRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeWorkspaceAssociations.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"associated_resource_types", "workspace_id"})
    workspace_id: WorkspaceId
    associated_resource_types: Sequence[WorkSpaceAssociatedResourceType]


class DescribeWorkspaceAssociationsResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeWorkspaceAssociations.html"""

    associations: list[WorkspaceResourceAssociation] = []


class DescribeWorkspaceBundlesRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeWorkspaceBundles.html"""

    bundle_ids: Annotated[Sequence[BundleId], Limits(1, 25)] | None = None
    owner: str | None = None
    next_token: PaginationToken | None = None


class DescribeWorkspaceBundlesResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeWorkspaceBundles.html"""

    bundles: list[WorkspaceBundle] = []
    next_token: PaginationToken | None = None


class DescribeWorkspaceDirectoriesFilter(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeWorkspaceDirectoriesFilter.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"name", "values"})
    name: DescribeWorkspaceDirectoriesFilterName
    values: Annotated[Sequence[DescribeWorkspaceDirectoriesFilterValue], Limits(1, 25)]


class DescribeWorkspaceDirectoriesRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeWorkspaceDirectories.html"""

    directory_ids: Annotated[Sequence[DirectoryId], Limits(1, 25)] | None = None
    workspace_directory_names: Annotated[Sequence[WorkspaceDirectoryName], Limits(1, 25)] | None = None
    limit: Limit | None = None
    next_token: PaginationToken | None = None
    filters: Annotated[Sequence[DescribeWorkspaceDirectoriesFilter], Limits(1, 25)] | None = None


class DescribeWorkspaceDirectoriesResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeWorkspaceDirectories.html"""

    directories: list[WorkspaceDirectory] = []
    next_token: PaginationToken | None = None


class DescribeWorkspaceImagePermissionsRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeWorkspaceImagePermissions.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"image_id"})
    image_id: WorkspaceImageId
    next_token: PaginationToken | None = None
    max_results: Limit | None = None


class DescribeWorkspaceImagePermissionsResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeWorkspaceImagePermissions.html"""

    image_id: WorkspaceImageId | None = None
    image_permissions: list[ImagePermission] = []
    next_token: PaginationToken | None = None


class DescribeWorkspaceImagesRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeWorkspaceImages.html"""

    image_ids: Annotated[Sequence[WorkspaceImageId], Limits(1, 25)] | None = None
    image_type: ImageType | None = None
    next_token: PaginationToken | None = None
    max_results: Limit | None = None


class DescribeWorkspaceImagesResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeWorkspaceImages.html"""

    images: list[WorkspaceImage] = []
    next_token: PaginationToken | None = None


class DescribeWorkspaceSnapshotsRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeWorkspaceSnapshots.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"workspace_id"})
    workspace_id: WorkspaceId


class DescribeWorkspaceSnapshotsResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeWorkspaceSnapshots.html"""

    rebuild_snapshots: list[Snapshot] = []
    restore_snapshots: list[Snapshot] = []


class DescribeWorkspacesConnectionStatusRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeWorkspacesConnectionStatus.html"""

    workspace_ids: Annotated[Sequence[WorkspaceId], Limits(1, 25)] | None = None
    next_token: PaginationToken | None = None


class DescribeWorkspacesConnectionStatusResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeWorkspacesConnectionStatus.html"""

    workspaces_connection_status: list[WorkspaceConnectionStatus] = []
    next_token: PaginationToken | None = None


class DescribeWorkspacesPoolSessionsRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeWorkspacesPoolSessions.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"pool_id"})
    pool_id: WorkspacesPoolId
    user_id: WorkspacesPoolUserId | None = None
    limit: Limit50 | None = None
    next_token: PaginationToken | None = None


class DescribeWorkspacesPoolSessionsResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeWorkspacesPoolSessions.html"""

    sessions: list[WorkspacesPoolSession] = []
    next_token: PaginationToken | None = None


class DescribeWorkspacesPoolsFilter(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeWorkspacesPoolsFilter.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"name", "operator", "values"})
    name: DescribeWorkspacesPoolsFilterName
    values: Annotated[Sequence[DescribeWorkspacesPoolsFilterValue], Limits(1, 25)]
    operator: DescribeWorkspacesPoolsFilterOperator


class DescribeWorkspacesPoolsRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeWorkspacesPools.html"""

    pool_ids: Annotated[Sequence[WorkspacesPoolId], Limits(1, 25)] | None = None
    filters: Annotated[Sequence[DescribeWorkspacesPoolsFilter], Limits(1, 25)] | None = None
    limit: Limit | None = None
    next_token: PaginationToken | None = None


class DescribeWorkspacesPoolsResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeWorkspacesPools.html"""

    workspaces_pools: list[WorkspacesPool] = []
    next_token: PaginationToken | None = None


class DescribeWorkspacesRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeWorkspaces.html"""

    workspace_ids: Annotated[Sequence[WorkspaceId], Limits(1, 25)] | None = None
    directory_id: DirectoryId | None = None
    user_name: UserName | None = None
    bundle_id: BundleId | None = None
    limit: Limit | None = None
    next_token: PaginationToken | None = None
    workspace_name: WorkspaceName | None = None


class DescribeWorkspacesResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeWorkspaces.html"""

    workspaces: list[Workspace] = []
    next_token: PaginationToken | None = None


class DisassociateConnectionAliasRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DisassociateConnectionAlias.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"alias_id"})
    alias_id: ConnectionAliasId


class DisassociateConnectionAliasResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DisassociateConnectionAlias.html"""


class DisassociateIpGroupsRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DisassociateIpGroups.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"directory_id", "group_ids"})
    directory_id: DirectoryId
    group_ids: Sequence[IpGroupId]


class DisassociateIpGroupsResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DisassociateIpGroups.html"""


class DisassociateWorkspaceApplicationRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DisassociateWorkspaceApplication.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"application_id", "workspace_id"})
    workspace_id: WorkspaceId
    application_id: WorkSpaceApplicationId


class DisassociateWorkspaceApplicationResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_DisassociateWorkspaceApplication.html"""

    association: WorkspaceResourceAssociation | None = None


class ErrorDetails(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ErrorDetails.html"""

    error_code: WorkspaceImageErrorDetailCode | None = None
    error_message: str | None = None


class FailedCreateStandbyWorkspacesRequest(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_FailedCreateStandbyWorkspacesRequest.html"""

    standby_workspace_request: StandbyWorkspace | None = None
    error_code: str | None = None
    error_message: str | None = None


class FailedCreateWorkspaceRequest(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_FailedCreateWorkspaceRequest.html"""

    workspace_request: WorkspaceRequest | None = None
    error_code: str | None = None
    error_message: str | None = None


class FailedWorkspaceChangeRequest(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_FailedWorkspaceChangeRequest.html"""

    workspace_id: WorkspaceId | None = None
    error_code: str | None = None
    error_message: str | None = None


class GetAccountLinkRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_GetAccountLink.html"""

    link_id: LinkId | None = None
    linked_account_id: AwsAccount | None = None


class GetAccountLinkResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_GetAccountLink.html"""

    account_link: AccountLink | None = None


class GlobalAcceleratorForDirectory(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_GlobalAcceleratorForDirectory.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"mode"})
    mode: AGAModeForDirectoryEnum | None = None
    preferred_protocol: AGAPreferredProtocolForDirectory | None = None


class GlobalAcceleratorForWorkSpace(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_GlobalAcceleratorForWorkSpace.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"mode"})
    mode: AGAModeForWorkSpaceEnum | None = None
    preferred_protocol: AGAPreferredProtocolForWorkSpace | None = None


class IDCConfig(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_IDCConfig.html"""

    instance_arn: ARN | None = None
    application_arn: ARN | None = None


class ImagePermission(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ImagePermission.html"""

    shared_account_id: AwsAccount | None = None


class ImageResourceAssociation(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ImageResourceAssociation.html"""

    associated_resource_id: NonEmptyString | None = None
    associated_resource_type: ImageAssociatedResourceType | None = None
    created: Timestamp | None = None
    last_updated_time: Timestamp | None = None
    image_id: WorkspaceImageId | None = None
    state: AssociationState | None = None
    state_reason: AssociationStateReason | None = None


class ImageSourceIdentifier(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ImageSourceIdentifier.html"""

    ec2_import_task_id: Ec2ImportTaskId | None = None
    image_build_version_arn: ImageBuildVersionArn | None = None
    ec2_image_id: Ec2ImageId | None = None


class ImportClientBrandingRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ImportClientBranding.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"resource_id"})
    resource_id: DirectoryId
    device_type_windows: DefaultImportClientBrandingAttributes | None = None
    device_type_osx: DefaultImportClientBrandingAttributes | None = None
    device_type_android: DefaultImportClientBrandingAttributes | None = None
    device_type_ios: IosImportClientBrandingAttributes | None = None
    device_type_linux: DefaultImportClientBrandingAttributes | None = None
    device_type_web: DefaultImportClientBrandingAttributes | None = None


class ImportClientBrandingResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ImportClientBranding.html"""

    device_type_windows: DefaultClientBrandingAttributes | None = None
    device_type_osx: DefaultClientBrandingAttributes | None = None
    device_type_android: DefaultClientBrandingAttributes | None = None
    device_type_ios: IosClientBrandingAttributes | None = None
    device_type_linux: DefaultClientBrandingAttributes | None = None
    device_type_web: DefaultClientBrandingAttributes | None = None


class ImportCustomWorkspaceImageRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ImportCustomWorkspaceImage.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"compute_type", "image_description", "image_name", "image_source", "infrastructure_configuration_arn", "os_version", "platform", "protocol"})
    image_name: WorkspaceImageName
    image_description: WorkspaceImageDescription
    compute_type: ImageComputeType
    protocol: CustomImageProtocol
    image_source: ImageSourceIdentifier
    infrastructure_configuration_arn: InfrastructureConfigurationArn
    platform: Platform
    os_version: OSVersion
    tags: Sequence[Tag] | None = None
    image_validation_mode: ImageValidationMode | None = None


class ImportCustomWorkspaceImageResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ImportCustomWorkspaceImage.html"""

    image_id: WorkspaceImageId | None = None
    state: CustomWorkspaceImageImportState | None = None


class ImportWorkspaceImageRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ImportWorkspaceImage.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"ec2_image_id", "image_description", "image_name", "ingestion_process"})
    ec2_image_id: Ec2ImageId
    ingestion_process: WorkspaceImageIngestionProcess
    image_name: WorkspaceImageName
    image_description: WorkspaceImageDescription
    tags: Sequence[Tag] | None = None
    applications: Annotated[Sequence[Application], Limits(1, 5)] | None = None


class ImportWorkspaceImageResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ImportWorkspaceImage.html"""

    image_id: WorkspaceImageId | None = None


class IosClientBrandingAttributes(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_IosClientBrandingAttributes.html"""

    logo_url: ClientUrl | None = None
    logo2x_url: ClientUrl | None = field(default=None, name="Logo2xUrl")
    logo3x_url: ClientUrl | None = field(default=None, name="Logo3xUrl")
    support_email: ClientEmail | None = None
    support_link: ClientUrl | None = None
    forgot_password_link: ClientUrl | None = None
    login_message: dict[ClientLocale, ClientLoginMessage] | None = None


class IosImportClientBrandingAttributes(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_IosImportClientBrandingAttributes.html"""

    logo: IosLogo | None = None
    logo2x: Ios2XLogo | None = field(default=None, name="Logo2x")
    logo3x: Ios3XLogo | None = field(default=None, name="Logo3x")
    support_email: ClientEmail | None = None
    support_link: ClientUrl | None = None
    forgot_password_link: ClientUrl | None = None
    login_message: dict[ClientLocale, ClientLoginMessage] | None = None


class IpRuleItem(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_IpRuleItem.html"""

    ip_rule: str | None = field(default=None, name="ipRule")
    rule_desc: str | None = field(default=None, name="ruleDesc")


class ListAccountLinksRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ListAccountLinks.html"""

    link_status_filter: Sequence[AccountLinkStatusEnum] | None = None
    next_token: PaginationToken | None = None
    max_results: Limit | None = None


class ListAccountLinksResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ListAccountLinks.html"""

    account_links: list[AccountLink] = []
    next_token: PaginationToken | None = None


class ListAvailableManagementCidrRangesRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ListAvailableManagementCidrRanges.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"management_cidr_range_constraint"})
    management_cidr_range_constraint: ManagementCidrRangeConstraint
    max_results: ManagementCidrRangeMaxResults | None = None
    next_token: PaginationToken | None = None


class ListAvailableManagementCidrRangesResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ListAvailableManagementCidrRanges.html"""

    management_cidr_ranges: list[DedicatedTenancyManagementCidrRange] = []
    next_token: PaginationToken | None = None


class MicrosoftEntraConfig(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_MicrosoftEntraConfig.html"""

    tenant_id: MicrosoftEntraConfigTenantId | None = None
    application_config_secret_arn: SecretsManagerArn | None = None


class MigrateWorkspaceRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_MigrateWorkspace.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"bundle_id", "source_workspace_id"})
    source_workspace_id: WorkspaceId
    bundle_id: BundleId


class MigrateWorkspaceResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_MigrateWorkspace.html"""

    source_workspace_id: WorkspaceId | None = None
    target_workspace_id: WorkspaceId | None = None


class ModificationState(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ModificationState.html"""

    resource: ModificationResourceEnum | None = None
    state: ModificationStateEnum | None = None


class ModifyAccountRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ModifyAccount.html"""

    dedicated_tenancy_support: DedicatedTenancySupportEnum | None = None
    dedicated_tenancy_management_cidr_range: DedicatedTenancyManagementCidrRange | None = None


class ModifyAccountResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ModifyAccount.html"""

    message: str | None = None


class ModifyCertificateBasedAuthPropertiesRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ModifyCertificateBasedAuthProperties.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"resource_id"})
    resource_id: DirectoryId
    certificate_based_auth_properties: CertificateBasedAuthProperties | None = None
    properties_to_delete: Sequence[DeletableCertificateBasedAuthProperty] | None = None


class ModifyCertificateBasedAuthPropertiesResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ModifyCertificateBasedAuthProperties.html"""


class ModifyClientPropertiesRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ModifyClientProperties.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"client_properties", "resource_id"})
    resource_id: NonEmptyString
    client_properties: ClientProperties


class ModifyClientPropertiesResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ModifyClientProperties.html"""


class ModifyEndpointEncryptionModeRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ModifyEndpointEncryptionMode.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"directory_id", "endpoint_encryption_mode"})
    directory_id: DirectoryId
    endpoint_encryption_mode: EndpointEncryptionMode


class ModifyEndpointEncryptionModeResponse(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ModifyEndpointEncryptionMode.html"""


class ModifySamlPropertiesRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ModifySamlProperties.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"resource_id"})
    resource_id: DirectoryId
    saml_properties: SamlProperties | None = None
    properties_to_delete: Sequence[DeletableSamlProperty] | None = None


class ModifySamlPropertiesResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ModifySamlProperties.html"""


class ModifySelfservicePermissionsRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ModifySelfservicePermissions.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"resource_id", "selfservice_permissions"})
    resource_id: DirectoryId
    selfservice_permissions: SelfservicePermissions


class ModifySelfservicePermissionsResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ModifySelfservicePermissions.html"""


class ModifyStreamingPropertiesRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ModifyStreamingProperties.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"resource_id"})
    resource_id: DirectoryId
    streaming_properties: StreamingProperties | None = None


class ModifyStreamingPropertiesResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ModifyStreamingProperties.html"""


class ModifyWorkspaceAccessPropertiesRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ModifyWorkspaceAccessProperties.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"resource_id", "workspace_access_properties"})
    resource_id: DirectoryId
    workspace_access_properties: WorkspaceAccessProperties


class ModifyWorkspaceAccessPropertiesResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ModifyWorkspaceAccessProperties.html"""


class ModifyWorkspaceCreationPropertiesRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ModifyWorkspaceCreationProperties.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"resource_id", "workspace_creation_properties"})
    resource_id: DirectoryId
    workspace_creation_properties: WorkspaceCreationProperties


class ModifyWorkspaceCreationPropertiesResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ModifyWorkspaceCreationProperties.html"""


class ModifyWorkspacePropertiesRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ModifyWorkspaceProperties.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"workspace_id"})
    workspace_id: WorkspaceId
    workspace_properties: WorkspaceProperties | None = None
    data_replication: DataReplication | None = None


class ModifyWorkspacePropertiesResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ModifyWorkspaceProperties.html"""


class ModifyWorkspaceStateRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ModifyWorkspaceState.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"workspace_id", "workspace_state"})
    workspace_id: WorkspaceId
    workspace_state: TargetWorkspaceState


class ModifyWorkspaceStateResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_ModifyWorkspaceState.html"""


class NetworkAccessConfiguration(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_NetworkAccessConfiguration.html"""

    eni_private_ip_address: NonEmptyString | None = None
    eni_id: NonEmptyString | None = None


class OperatingSystem(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_OperatingSystem.html"""

    type: OperatingSystemType | None = None


class PendingCreateStandbyWorkspacesRequest(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_PendingCreateStandbyWorkspacesRequest.html"""

    user_name: UserName | None = None
    directory_id: DirectoryId | None = None
    state: WorkspaceState | None = None
    workspace_id: WorkspaceId | None = None


class RebootRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_RebootRequest.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"workspace_id"})
    workspace_id: WorkspaceId


class RebootWorkspacesRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_RebootWorkspaces.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"reboot_workspace_requests"})
    reboot_workspace_requests: Annotated[Sequence[RebootRequest], Limits(1, 25)]


class RebootWorkspacesResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_RebootWorkspaces.html"""

    _failures: ClassVar[str | None] = "failed_requests"
    failed_requests: list[FailedWorkspaceChangeRequest] = []


class RebuildRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_RebuildRequest.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"workspace_id"})
    workspace_id: WorkspaceId


class RebuildWorkspacesRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_RebuildWorkspaces.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"rebuild_workspace_requests"})
    rebuild_workspace_requests: Annotated[Sequence[RebuildRequest], Limits(1, 1)]


class RebuildWorkspacesResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_RebuildWorkspaces.html"""

    _failures: ClassVar[str | None] = "failed_requests"
    failed_requests: list[FailedWorkspaceChangeRequest] = []


class RegisterWorkspaceDirectoryRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_RegisterWorkspaceDirectory.html"""

    directory_id: DirectoryId | None = None
    subnet_ids: Annotated[Sequence[SubnetId], Limits(None, 2)] | None = None
    enable_self_service: bool | None = None
    tenancy: Tenancy | None = None
    tags: Sequence[Tag] | None = None
    workspace_directory_name: WorkspaceDirectoryName | None = None
    workspace_directory_description: WorkspaceDirectoryDescription | None = None
    user_identity_type: UserIdentityType | None = None
    workspace_os_user_mode: WorkspaceOSUserMode | None = None
    idc_instance_arn: ARN | None = None
    microsoft_entra_config: MicrosoftEntraConfig | None = None
    workspace_type: WorkspaceType | None = None
    active_directory_config: ActiveDirectoryConfig | None = None


class RegisterWorkspaceDirectoryResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_RegisterWorkspaceDirectory.html"""

    directory_id: DirectoryId | None = None
    state: WorkspaceDirectoryState | None = None


class RejectAccountLinkInvitationRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_RejectAccountLinkInvitation.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"link_id"})
    link_id: LinkId
    client_token: ClientToken | None = None


class RejectAccountLinkInvitationResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_RejectAccountLinkInvitation.html"""

    account_link: AccountLink | None = None


class RelatedWorkspaceProperties(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_RelatedWorkspaceProperties.html"""

    workspace_id: WorkspaceId | None = None
    region: Region | None = None
    state: WorkspaceState | None = None
    type: StandbyWorkspaceRelationshipType | None = None


class RestoreWorkspaceRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_RestoreWorkspace.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"workspace_id"})
    workspace_id: WorkspaceId


class RestoreWorkspaceResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_RestoreWorkspace.html"""


class RevokeIpRulesRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_RevokeIpRules.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"group_id", "user_rules"})
    group_id: IpGroupId
    user_rules: Sequence[str]


class RevokeIpRulesResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_RevokeIpRules.html"""


class RootStorage(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_RootStorage.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"capacity"})
    capacity: NonEmptyString | None = None


class SamlProperties(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_SamlProperties.html"""

    status: SamlStatusEnum | None = None
    user_access_url: SamlUserAccessUrl | None = None
    relay_state_parameter_name: NonEmptyString | None = None


class SelfservicePermissions(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_SelfservicePermissions.html"""

    restart_workspace: ReconnectEnum | None = None
    increase_volume_size: ReconnectEnum | None = None
    change_compute_type: ReconnectEnum | None = None
    switch_running_mode: ReconnectEnum | None = None
    rebuild_workspace: ReconnectEnum | None = None
    nested_virtualization: ReconnectEnum | None = None
    enable_end_user_advisor: ReconnectEnum | None = None


class Snapshot(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_Snapshot.html"""

    snapshot_time: Timestamp | None = None


class StandbyWorkspace(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_StandbyWorkspace.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"directory_id", "primary_workspace_id"})
    primary_workspace_id: WorkspaceId | None = None
    volume_encryption_key: str | None = None
    directory_id: DirectoryId | None = None
    tags: list[Tag] | None = None
    data_replication: DataReplication | None = None


class StandbyWorkspacesProperties(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_StandbyWorkspacesProperties.html"""

    standby_workspace_id: WorkspaceId | None = None
    data_replication: DataReplication | None = None
    recovery_snapshot_time: Timestamp | None = None


class StartRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_StartRequest.html"""

    workspace_id: WorkspaceId | None = None


class StartWorkspacesPoolRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_StartWorkspacesPool.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"pool_id"})
    pool_id: WorkspacesPoolId


class StartWorkspacesPoolResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_StartWorkspacesPool.html"""


class StartWorkspacesRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_StartWorkspaces.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"start_workspace_requests"})
    start_workspace_requests: Annotated[Sequence[StartRequest], Limits(1, 25)]


class StartWorkspacesResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_StartWorkspaces.html"""

    _failures: ClassVar[str | None] = "failed_requests"
    failed_requests: list[FailedWorkspaceChangeRequest] = []


class StopRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_StopRequest.html"""

    workspace_id: WorkspaceId | None = None


class StopWorkspacesPoolRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_StopWorkspacesPool.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"pool_id"})
    pool_id: WorkspacesPoolId


class StopWorkspacesPoolResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_StopWorkspacesPool.html"""


class StopWorkspacesRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_StopWorkspaces.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"stop_workspace_requests"})
    stop_workspace_requests: Annotated[Sequence[StopRequest], Limits(1, 25)]


class StopWorkspacesResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_StopWorkspaces.html"""

    _failures: ClassVar[str | None] = "failed_requests"
    failed_requests: list[FailedWorkspaceChangeRequest] = []


class StorageConnector(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_StorageConnector.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"connector_type", "status"})
    connector_type: StorageConnectorTypeEnum | None = None
    status: StorageConnectorStatusEnum | None = None


class StreamingProperties(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_StreamingProperties.html"""

    streaming_experience_preferred_protocol: StreamingExperiencePreferredProtocolEnum | None = None
    user_settings: Annotated[list[UserSetting], Limits(1)] | None = None
    storage_connectors: Annotated[list[StorageConnector], Limits(1)] | None = None
    global_accelerator: GlobalAcceleratorForDirectory | None = None


class Tag(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_Tag.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"key"})
    key: TagKey | None = None
    value: TagValue | None = None


class TerminateRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_TerminateRequest.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"workspace_id"})
    workspace_id: WorkspaceId


class TerminateWorkspacesPoolRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_TerminateWorkspacesPool.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"pool_id"})
    pool_id: WorkspacesPoolId


class TerminateWorkspacesPoolResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_TerminateWorkspacesPool.html"""


class TerminateWorkspacesPoolSessionRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_TerminateWorkspacesPoolSession.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"session_id"})
    session_id: AmazonUuid


class TerminateWorkspacesPoolSessionResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_TerminateWorkspacesPoolSession.html"""


class TerminateWorkspacesRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_TerminateWorkspaces.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"terminate_workspace_requests"})
    terminate_workspace_requests: Annotated[Sequence[TerminateRequest], Limits(1, 25)]


class TerminateWorkspacesResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_TerminateWorkspaces.html"""

    _failures: ClassVar[str | None] = "failed_requests"
    failed_requests: list[FailedWorkspaceChangeRequest] = []


class TimeoutSettings(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_TimeoutSettings.html"""

    disconnect_timeout_in_seconds: DisconnectTimeoutInSeconds | None = None
    idle_disconnect_timeout_in_seconds: IdleDisconnectTimeoutInSeconds | None = None
    max_user_duration_in_seconds: MaxUserDurationInSeconds | None = None


class UpdateConnectClientAddInRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_UpdateConnectClientAddIn.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"add_in_id", "resource_id"})
    add_in_id: AmazonUuid
    resource_id: DirectoryId
    name: AddInName | None = None
    url: AddInUrl | None = field(default=None, name="URL")


class UpdateConnectClientAddInResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_UpdateConnectClientAddIn.html"""


class UpdateConnectionAliasPermissionRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_UpdateConnectionAliasPermission.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"alias_id", "connection_alias_permission"})
    alias_id: ConnectionAliasId
    connection_alias_permission: ConnectionAliasPermission


class UpdateConnectionAliasPermissionResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_UpdateConnectionAliasPermission.html"""


class UpdateResult(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_UpdateResult.html"""

    update_available: bool | None = None
    description: UpdateDescription | None = None


class UpdateRulesOfIpGroupRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_UpdateRulesOfIpGroup.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"group_id", "user_rules"})
    group_id: IpGroupId
    user_rules: Sequence[IpRuleItem]


class UpdateRulesOfIpGroupResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_UpdateRulesOfIpGroup.html"""


class UpdateWorkspaceBundleRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_UpdateWorkspaceBundle.html"""

    bundle_id: BundleId | None = None
    image_id: WorkspaceImageId | None = None


class UpdateWorkspaceBundleResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_UpdateWorkspaceBundle.html"""


class UpdateWorkspaceImagePermissionRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_UpdateWorkspaceImagePermission.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"allow_copy_image", "image_id", "shared_account_id"})
    image_id: WorkspaceImageId
    allow_copy_image: bool
    shared_account_id: AwsAccount


class UpdateWorkspaceImagePermissionResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_UpdateWorkspaceImagePermission.html"""


class UpdateWorkspacesPoolRequest(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_UpdateWorkspacesPool.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"pool_id"})
    pool_id: WorkspacesPoolId
    description: UpdateDescription | None = None
    bundle_id: BundleId | None = None
    directory_id: DirectoryId | None = None
    capacity: Capacity | None = None
    application_settings: ApplicationSettingsRequest | None = None
    timeout_settings: TimeoutSettings | None = None
    running_mode: PoolsRunningMode | None = None


class UpdateWorkspacesPoolResult(Output, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_UpdateWorkspacesPool.html"""

    workspaces_pool: WorkspacesPool | None = None


class UserSetting(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_UserSetting.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"action", "permission"})
    action: UserSettingActionEnum | None = None
    permission: UserSettingPermissionEnum | None = None
    maximum_length: MaximumLength | None = None


class UserStorage(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_UserStorage.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"capacity"})
    capacity: NonEmptyString | None = None


class WorkSpaceApplication(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_WorkSpaceApplication.html"""

    application_id: WorkSpaceApplicationId | None = None
    created: Timestamp | None = None
    description: String2048 | None = None
    license_type: WorkSpaceApplicationLicenseType | None = None
    name: NonEmptyString | None = None
    owner: WorkSpaceApplicationOwner | None = None
    state: WorkSpaceApplicationState | None = None
    supported_compute_type_names: list[Compute] = []
    supported_operating_system_names: list[OperatingSystemName] = []


class WorkSpaceApplicationDeployment(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_WorkSpaceApplicationDeployment.html"""

    associations: list[WorkspaceResourceAssociation] = []


class Workspace(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_Workspace.html"""

    workspace_id: WorkspaceId | None = None
    directory_id: DirectoryId | None = None
    user_name: UserName | None = None
    ip_address: str | None = None
    ipv6_address: Ipv6Address | None = None
    state: WorkspaceState | None = None
    bundle_id: BundleId | None = None
    subnet_id: SubnetId | None = None
    error_message: str | None = None
    error_code: str | None = None
    computer_name: str | None = None
    volume_encryption_key: str | None = None
    user_volume_encryption_enabled: bool | None = None
    root_volume_encryption_enabled: bool | None = None
    workspace_name: WorkspaceName | None = None
    workspace_properties: WorkspaceProperties | None = None
    modification_states: list[ModificationState] = []
    related_workspaces: list[RelatedWorkspaceProperties] = []
    data_replication_settings: DataReplicationSettings | None = None
    standby_workspaces_properties: list[StandbyWorkspacesProperties] = []


class WorkspaceAccessProperties(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_WorkspaceAccessProperties.html"""

    device_type_windows: AccessPropertyValue | None = None
    device_type_osx: AccessPropertyValue | None = None
    device_type_web: AccessPropertyValue | None = None
    device_type_ios: AccessPropertyValue | None = None
    device_type_android: AccessPropertyValue | None = None
    device_type_chrome_os: AccessPropertyValue | None = None
    device_type_zero_client: AccessPropertyValue | None = None
    device_type_linux: AccessPropertyValue | None = None
    device_type_work_spaces_thin_client: AccessPropertyValue | None = None
    access_endpoint_config: AccessEndpointConfig | None = None


class WorkspaceBundle(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_WorkspaceBundle.html"""

    bundle_id: BundleId | None = None
    name: NonEmptyString | None = None
    owner: str | None = None
    description: str | None = None
    image_id: WorkspaceImageId | None = None
    root_storage: RootStorage | None = None
    user_storage: UserStorage | None = None
    compute_type: ComputeType | None = None
    last_updated_time: Timestamp | None = None
    creation_time: Timestamp | None = None
    state: WorkspaceBundleState | None = None
    bundle_type: BundleType | None = None


class WorkspaceConnectionStatus(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_WorkspaceConnectionStatus.html"""

    workspace_id: WorkspaceId | None = None
    connection_state: ConnectionState | None = None
    connection_state_check_timestamp: Timestamp | None = None
    last_known_user_connection_timestamp: Timestamp | None = None


class WorkspaceCreationProperties(Input, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_WorkspaceCreationProperties.html"""

    enable_internet_access: bool | None = None
    default_ou: str | None = None
    custom_security_group_id: SecurityGroupId | None = None
    user_enabled_as_local_administrator: bool | None = None
    enable_maintenance_mode: bool | None = None
    instance_iam_role_arn: ARN | None = None


class WorkspaceDirectory(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_WorkspaceDirectory.html"""

    directory_id: DirectoryId | None = None
    alias: str | None = None
    directory_name: str | None = None
    registration_code: RegistrationCode | None = None
    subnet_ids: Annotated[list[SubnetId], Limits(None, 2)] = []
    dns_ip_addresses: list[str] = []
    dns_ipv6_addresses: list[Ipv6Address] = []
    customer_user_name: UserName | None = None
    iam_role_id: ARN | None = None
    directory_type: WorkspaceDirectoryType | None = None
    workspace_security_group_id: SecurityGroupId | None = None
    state: WorkspaceDirectoryState | None = None
    workspace_creation_properties: DefaultWorkspaceCreationProperties | None = None
    ip_group_ids: list[IpGroupId] = field(default=[], name="ipGroupIds")
    workspace_access_properties: WorkspaceAccessProperties | None = None
    tenancy: Tenancy | None = None
    selfservice_permissions: SelfservicePermissions | None = None
    saml_properties: SamlProperties | None = None
    certificate_based_auth_properties: CertificateBasedAuthProperties | None = None
    endpoint_encryption_mode: EndpointEncryptionMode | None = None
    microsoft_entra_config: MicrosoftEntraConfig | None = None
    workspace_directory_name: WorkspaceDirectoryName | None = None
    workspace_directory_description: WorkspaceDirectoryDescription | None = None
    user_identity_type: UserIdentityType | None = None
    workspace_type: WorkspaceType | None = None
    idc_config: IDCConfig | None = field(default=None, name="IDCConfig")
    active_directory_config: ActiveDirectoryConfig | None = None
    streaming_properties: StreamingProperties | None = None
    workspace_os_user_mode: WorkspaceOSUserMode | None = None
    error_message: str | None = None


class WorkspaceImage(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_WorkspaceImage.html"""

    image_id: WorkspaceImageId | None = None
    name: WorkspaceImageName | None = None
    description: WorkspaceImageDescription | None = None
    operating_system: OperatingSystem | None = None
    state: WorkspaceImageState | None = None
    required_tenancy: WorkspaceImageRequiredTenancy | None = None
    error_code: str | None = None
    error_message: str | None = None
    created: Timestamp | None = None
    owner_account_id: AwsAccount | None = None
    updates: UpdateResult | None = None
    error_details: list[ErrorDetails] = []


class WorkspaceProperties(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_WorkspaceProperties.html"""

    running_mode: RunningMode | None = None
    running_mode_auto_stop_timeout_in_minutes: int | None = None
    root_volume_size_gib: int | None = None
    user_volume_size_gib: int | None = None
    compute_type_name: Compute | None = None
    protocols: list[Protocol] | None = None
    operating_system_name: OperatingSystemName | None = None
    global_accelerator: GlobalAcceleratorForWorkSpace | None = None
    nested_virtualization_enabled: bool | None = None


class WorkspaceRequest(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_WorkspaceRequest.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"bundle_id", "directory_id", "user_name"})
    directory_id: DirectoryId | None = None
    user_name: UserName | None = None
    bundle_id: BundleId | None = None
    volume_encryption_key: str | None = None
    user_volume_encryption_enabled: bool | None = None
    root_volume_encryption_enabled: bool | None = None
    workspace_properties: WorkspaceProperties | None = None
    tags: list[Tag] | None = None
    workspace_name: WorkspaceName | None = None
    ipv6_address: Ipv6Address | None = None


class WorkspaceResourceAssociation(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_WorkspaceResourceAssociation.html"""

    associated_resource_id: NonEmptyString | None = None
    associated_resource_type: WorkSpaceAssociatedResourceType | None = None
    created: Timestamp | None = None
    last_updated_time: Timestamp | None = None
    state: AssociationState | None = None
    state_reason: AssociationStateReason | None = None
    workspace_id: WorkspaceId | None = None


class WorkspacesIpGroup(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_WorkspacesIpGroup.html"""

    group_id: IpGroupId | None = field(default=None, name="groupId")
    group_name: str | None = field(default=None, name="groupName")
    group_desc: str | None = field(default=None, name="groupDesc")
    user_rules: list[IpRuleItem] = field(default=[], name="userRules")


class WorkspacesPool(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_WorkspacesPool.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"bundle_id", "capacity_status", "created_at", "directory_id", "pool_arn", "pool_id", "pool_name", "running_mode", "state"})
    pool_id: WorkspacesPoolId | None = None
    pool_arn: ARN | None = None
    capacity_status: CapacityStatus | None = None
    pool_name: WorkspacesPoolName | None = None
    description: UpdateDescription | None = None
    state: WorkspacesPoolState | None = None
    created_at: Timestamp | None = None
    bundle_id: BundleId | None = None
    directory_id: DirectoryId | None = None
    errors: list[WorkspacesPoolError] = []
    application_settings: ApplicationSettingsResponse | None = None
    timeout_settings: TimeoutSettings | None = None
    running_mode: PoolsRunningMode | None = None


class WorkspacesPoolError(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_WorkspacesPoolError.html"""

    error_code: WorkspacesPoolErrorCode | None = None
    error_message: str | None = None


class WorkspacesPoolSession(Structure, frozen=True, kw_only=True):
    """https://docs.aws.amazon.com/workspaces/latest/api/API_WorkspacesPoolSession.html"""

    _required: ClassVar[frozenset[str]] = frozenset({"pool_id", "session_id", "user_id"})
    authentication_type: AuthenticationType | None = None
    connection_state: SessionConnectionState | None = None
    session_id: AmazonUuid | None = None
    instance_id: SessionInstanceId | None = None
    pool_id: WorkspacesPoolId | None = None
    expiration_time: Timestamp | None = None
    network_access_configuration: NetworkAccessConfiguration | None = None
    start_time: Timestamp | None = None
    user_id: WorkspacesPoolUserId | None = None


__all__ = [
    "AcceptAccountLinkInvitationRequest",
    "AcceptAccountLinkInvitationResult",
    "AccessEndpoint",
    "AccessEndpointConfig",
    "AccountLink",
    "AccountModification",
    "ActiveDirectoryConfig",
    "ApplicationResourceAssociation",
    "ApplicationSettingsRequest",
    "ApplicationSettingsResponse",
    "AssociateConnectionAliasRequest",
    "AssociateConnectionAliasResult",
    "AssociateIpGroupsRequest",
    "AssociateIpGroupsResult",
    "AssociateWorkspaceApplicationRequest",
    "AssociateWorkspaceApplicationResult",
    "AssociationStateReason",
    "AuthorizeIpRulesRequest",
    "AuthorizeIpRulesResult",
    "BundleResourceAssociation",
    "Capacity",
    "CapacityStatus",
    "CertificateBasedAuthProperties",
    "ClientProperties",
    "ClientPropertiesResult",
    "ComputeType",
    "ConnectClientAddIn",
    "ConnectionAlias",
    "ConnectionAliasAssociation",
    "ConnectionAliasPermission",
    "CopyWorkspaceImageRequest",
    "CopyWorkspaceImageResult",
    "CreateAccountLinkInvitationRequest",
    "CreateAccountLinkInvitationResult",
    "CreateConnectClientAddInRequest",
    "CreateConnectClientAddInResult",
    "CreateConnectionAliasRequest",
    "CreateConnectionAliasResult",
    "CreateIpGroupRequest",
    "CreateIpGroupResult",
    "CreateStandbyWorkspacesRequest",
    "CreateStandbyWorkspacesResult",
    "CreateTagsRequest",
    "CreateTagsResult",
    "CreateUpdatedWorkspaceImageRequest",
    "CreateUpdatedWorkspaceImageResult",
    "CreateWorkspaceBundleRequest",
    "CreateWorkspaceBundleResult",
    "CreateWorkspaceImageRequest",
    "CreateWorkspaceImageResult",
    "CreateWorkspacesPoolRequest",
    "CreateWorkspacesPoolResult",
    "CreateWorkspacesRequest",
    "CreateWorkspacesResult",
    "CustomWorkspaceImageImportErrorDetails",
    "DataReplicationSettings",
    "DefaultClientBrandingAttributes",
    "DefaultImportClientBrandingAttributes",
    "DefaultWorkspaceCreationProperties",
    "DeleteAccountLinkInvitationRequest",
    "DeleteAccountLinkInvitationResult",
    "DeleteClientBrandingRequest",
    "DeleteClientBrandingResult",
    "DeleteConnectClientAddInRequest",
    "DeleteConnectClientAddInResult",
    "DeleteConnectionAliasRequest",
    "DeleteConnectionAliasResult",
    "DeleteIpGroupRequest",
    "DeleteIpGroupResult",
    "DeleteTagsRequest",
    "DeleteTagsResult",
    "DeleteWorkspaceBundleRequest",
    "DeleteWorkspaceBundleResult",
    "DeleteWorkspaceImageRequest",
    "DeleteWorkspaceImageResult",
    "DeployWorkspaceApplicationsRequest",
    "DeployWorkspaceApplicationsResult",
    "DeregisterWorkspaceDirectoryRequest",
    "DeregisterWorkspaceDirectoryResult",
    "DescribeAccountModificationsRequest",
    "DescribeAccountModificationsResult",
    "DescribeAccountRequest",
    "DescribeAccountResult",
    "DescribeApplicationAssociationsRequest",
    "DescribeApplicationAssociationsResult",
    "DescribeApplicationsRequest",
    "DescribeApplicationsResult",
    "DescribeBundleAssociationsRequest",
    "DescribeBundleAssociationsResult",
    "DescribeClientBrandingRequest",
    "DescribeClientBrandingResult",
    "DescribeClientPropertiesRequest",
    "DescribeClientPropertiesResult",
    "DescribeConnectClientAddInsRequest",
    "DescribeConnectClientAddInsResult",
    "DescribeConnectionAliasPermissionsRequest",
    "DescribeConnectionAliasPermissionsResult",
    "DescribeConnectionAliasesRequest",
    "DescribeConnectionAliasesResult",
    "DescribeCustomWorkspaceImageImportRequest",
    "DescribeCustomWorkspaceImageImportResult",
    "DescribeImageAssociationsRequest",
    "DescribeImageAssociationsResult",
    "DescribeIpGroupsRequest",
    "DescribeIpGroupsResult",
    "DescribeTagsRequest",
    "DescribeTagsResult",
    "DescribeWorkspaceAssociationsRequest",
    "DescribeWorkspaceAssociationsResult",
    "DescribeWorkspaceBundlesRequest",
    "DescribeWorkspaceBundlesResult",
    "DescribeWorkspaceDirectoriesFilter",
    "DescribeWorkspaceDirectoriesRequest",
    "DescribeWorkspaceDirectoriesResult",
    "DescribeWorkspaceImagePermissionsRequest",
    "DescribeWorkspaceImagePermissionsResult",
    "DescribeWorkspaceImagesRequest",
    "DescribeWorkspaceImagesResult",
    "DescribeWorkspaceSnapshotsRequest",
    "DescribeWorkspaceSnapshotsResult",
    "DescribeWorkspacesConnectionStatusRequest",
    "DescribeWorkspacesConnectionStatusResult",
    "DescribeWorkspacesPoolSessionsRequest",
    "DescribeWorkspacesPoolSessionsResult",
    "DescribeWorkspacesPoolsFilter",
    "DescribeWorkspacesPoolsRequest",
    "DescribeWorkspacesPoolsResult",
    "DescribeWorkspacesRequest",
    "DescribeWorkspacesResult",
    "DisassociateConnectionAliasRequest",
    "DisassociateConnectionAliasResult",
    "DisassociateIpGroupsRequest",
    "DisassociateIpGroupsResult",
    "DisassociateWorkspaceApplicationRequest",
    "DisassociateWorkspaceApplicationResult",
    "ErrorDetails",
    "FailedCreateStandbyWorkspacesRequest",
    "FailedCreateWorkspaceRequest",
    "FailedWorkspaceChangeRequest",
    "GetAccountLinkRequest",
    "GetAccountLinkResult",
    "GlobalAcceleratorForDirectory",
    "GlobalAcceleratorForWorkSpace",
    "IDCConfig",
    "ImagePermission",
    "ImageResourceAssociation",
    "ImageSourceIdentifier",
    "ImportClientBrandingRequest",
    "ImportClientBrandingResult",
    "ImportCustomWorkspaceImageRequest",
    "ImportCustomWorkspaceImageResult",
    "ImportWorkspaceImageRequest",
    "ImportWorkspaceImageResult",
    "IosClientBrandingAttributes",
    "IosImportClientBrandingAttributes",
    "IpRuleItem",
    "ListAccountLinksRequest",
    "ListAccountLinksResult",
    "ListAvailableManagementCidrRangesRequest",
    "ListAvailableManagementCidrRangesResult",
    "MicrosoftEntraConfig",
    "MigrateWorkspaceRequest",
    "MigrateWorkspaceResult",
    "ModificationState",
    "ModifyAccountRequest",
    "ModifyAccountResult",
    "ModifyCertificateBasedAuthPropertiesRequest",
    "ModifyCertificateBasedAuthPropertiesResult",
    "ModifyClientPropertiesRequest",
    "ModifyClientPropertiesResult",
    "ModifyEndpointEncryptionModeRequest",
    "ModifyEndpointEncryptionModeResponse",
    "ModifySamlPropertiesRequest",
    "ModifySamlPropertiesResult",
    "ModifySelfservicePermissionsRequest",
    "ModifySelfservicePermissionsResult",
    "ModifyStreamingPropertiesRequest",
    "ModifyStreamingPropertiesResult",
    "ModifyWorkspaceAccessPropertiesRequest",
    "ModifyWorkspaceAccessPropertiesResult",
    "ModifyWorkspaceCreationPropertiesRequest",
    "ModifyWorkspaceCreationPropertiesResult",
    "ModifyWorkspacePropertiesRequest",
    "ModifyWorkspacePropertiesResult",
    "ModifyWorkspaceStateRequest",
    "ModifyWorkspaceStateResult",
    "NetworkAccessConfiguration",
    "OperatingSystem",
    "PendingCreateStandbyWorkspacesRequest",
    "RebootRequest",
    "RebootWorkspacesRequest",
    "RebootWorkspacesResult",
    "RebuildRequest",
    "RebuildWorkspacesRequest",
    "RebuildWorkspacesResult",
    "RegisterWorkspaceDirectoryRequest",
    "RegisterWorkspaceDirectoryResult",
    "RejectAccountLinkInvitationRequest",
    "RejectAccountLinkInvitationResult",
    "RelatedWorkspaceProperties",
    "RestoreWorkspaceRequest",
    "RestoreWorkspaceResult",
    "RevokeIpRulesRequest",
    "RevokeIpRulesResult",
    "RootStorage",
    "SamlProperties",
    "SelfservicePermissions",
    "Snapshot",
    "StandbyWorkspace",
    "StandbyWorkspacesProperties",
    "StartRequest",
    "StartWorkspacesPoolRequest",
    "StartWorkspacesPoolResult",
    "StartWorkspacesRequest",
    "StartWorkspacesResult",
    "StopRequest",
    "StopWorkspacesPoolRequest",
    "StopWorkspacesPoolResult",
    "StopWorkspacesRequest",
    "StopWorkspacesResult",
    "StorageConnector",
    "StreamingProperties",
    "Tag",
    "TerminateRequest",
    "TerminateWorkspacesPoolRequest",
    "TerminateWorkspacesPoolResult",
    "TerminateWorkspacesPoolSessionRequest",
    "TerminateWorkspacesPoolSessionResult",
    "TerminateWorkspacesRequest",
    "TerminateWorkspacesResult",
    "TimeoutSettings",
    "UpdateConnectClientAddInRequest",
    "UpdateConnectClientAddInResult",
    "UpdateConnectionAliasPermissionRequest",
    "UpdateConnectionAliasPermissionResult",
    "UpdateResult",
    "UpdateRulesOfIpGroupRequest",
    "UpdateRulesOfIpGroupResult",
    "UpdateWorkspaceBundleRequest",
    "UpdateWorkspaceBundleResult",
    "UpdateWorkspaceImagePermissionRequest",
    "UpdateWorkspaceImagePermissionResult",
    "UpdateWorkspacesPoolRequest",
    "UpdateWorkspacesPoolResult",
    "UserSetting",
    "UserStorage",
    "WorkSpaceApplication",
    "WorkSpaceApplicationDeployment",
    "Workspace",
    "WorkspaceAccessProperties",
    "WorkspaceBundle",
    "WorkspaceConnectionStatus",
    "WorkspaceCreationProperties",
    "WorkspaceDirectory",
    "WorkspaceImage",
    "WorkspaceProperties",
    "WorkspaceRequest",
    "WorkspaceResourceAssociation",
    "WorkspacesIpGroup",
    "WorkspacesPool",
    "WorkspacesPoolError",
    "WorkspacesPoolSession",
]
