"""Enumerations of Amazon WorkSpaces.

Written by `python -m wsclient._codegen` from the model workspaces-2015-04-08
(SHA-256 1783af6d9327fb88dea6ffed0a9371124d6c56b281b8a4ff226d7b13c87c4202).
Do not edit: change the generator and write it again.
"""

from __future__ import annotations

from wsclient._core.model.enums import OpenEnum


class AGAModeForDirectoryEnum(OpenEnum):
    ENABLED_AUTO = "ENABLED_AUTO"
    DISABLED = "DISABLED"


class AGAModeForWorkSpaceEnum(OpenEnum):
    ENABLED_AUTO = "ENABLED_AUTO"
    DISABLED = "DISABLED"
    INHERITED = "INHERITED"


class AGAPreferredProtocolForDirectory(OpenEnum):
    TCP = "TCP"
    NONE = "NONE"


class AGAPreferredProtocolForWorkSpace(OpenEnum):
    TCP = "TCP"
    NONE = "NONE"
    INHERITED = "INHERITED"


class AccessEndpointType(OpenEnum):
    STREAMING_WSP = "STREAMING_WSP"


class AccessPropertyValue(OpenEnum):
    ALLOW = "ALLOW"
    DENY = "DENY"


class AccountLinkStatusEnum(OpenEnum):
    LINKED = "LINKED"
    LINKING_FAILED = "LINKING_FAILED"
    LINK_NOT_FOUND = "LINK_NOT_FOUND"
    PENDING_ACCEPTANCE_BY_TARGET_ACCOUNT = "PENDING_ACCEPTANCE_BY_TARGET_ACCOUNT"
    REJECTED = "REJECTED"


class Application(OpenEnum):
    MICROSOFT_OFFICE_2016 = "Microsoft_Office_2016"
    MICROSOFT_OFFICE_2019 = "Microsoft_Office_2019"


class ApplicationAssociatedResourceType(OpenEnum):
    WORKSPACE = "WORKSPACE"
    BUNDLE = "BUNDLE"
    IMAGE = "IMAGE"


class ApplicationSettingsStatusEnum(OpenEnum):
    DISABLED = "DISABLED"
    ENABLED = "ENABLED"


class AssociationErrorCode(OpenEnum):
    VALIDATIONERROR_INSUFFICIENTDISKSPACE = "ValidationError.InsufficientDiskSpace"
    VALIDATIONERROR_INSUFFICIENTMEMORY = "ValidationError.InsufficientMemory"
    VALIDATIONERROR_UNSUPPORTEDOPERATINGSYSTEM = "ValidationError.UnsupportedOperatingSystem"
    DEPLOYMENTERROR_INTERNALSERVERERROR = "DeploymentError.InternalServerError"
    DEPLOYMENTERROR_WORKSPACEUNREACHABLE = "DeploymentError.WorkspaceUnreachable"
    VALIDATIONERROR_APPLICATIONOLDVERSIONEXISTS = "ValidationError.ApplicationOldVersionExists"


class AssociationState(OpenEnum):
    PENDING_INSTALL = "PENDING_INSTALL"
    PENDING_INSTALL_DEPLOYMENT = "PENDING_INSTALL_DEPLOYMENT"
    PENDING_UNINSTALL = "PENDING_UNINSTALL"
    PENDING_UNINSTALL_DEPLOYMENT = "PENDING_UNINSTALL_DEPLOYMENT"
    INSTALLING = "INSTALLING"
    UNINSTALLING = "UNINSTALLING"
    ERROR = "ERROR"
    COMPLETED = "COMPLETED"
    REMOVED = "REMOVED"


class AssociationStatus(OpenEnum):
    NOT_ASSOCIATED = "NOT_ASSOCIATED"
    ASSOCIATED_WITH_OWNER_ACCOUNT = "ASSOCIATED_WITH_OWNER_ACCOUNT"
    ASSOCIATED_WITH_SHARED_ACCOUNT = "ASSOCIATED_WITH_SHARED_ACCOUNT"
    PENDING_ASSOCIATION = "PENDING_ASSOCIATION"
    PENDING_DISASSOCIATION = "PENDING_DISASSOCIATION"


class AuthenticationType(OpenEnum):
    SAML = "SAML"


class BundleAssociatedResourceType(OpenEnum):
    APPLICATION = "APPLICATION"


class BundleType(OpenEnum):
    REGULAR = "REGULAR"
    STANDBY = "STANDBY"


class CertificateBasedAuthStatusEnum(OpenEnum):
    DISABLED = "DISABLED"
    ENABLED = "ENABLED"


class ClientDeviceType(OpenEnum):
    DEVICETYPEWINDOWS = "DeviceTypeWindows"
    DEVICETYPEOSX = "DeviceTypeOsx"
    DEVICETYPEANDROID = "DeviceTypeAndroid"
    DEVICETYPEIOS = "DeviceTypeIos"
    DEVICETYPELINUX = "DeviceTypeLinux"
    DEVICETYPEWEB = "DeviceTypeWeb"


class Compute(OpenEnum):
    VALUE = "VALUE"
    STANDARD = "STANDARD"
    PERFORMANCE = "PERFORMANCE"
    POWER = "POWER"
    GRAPHICS = "GRAPHICS"
    POWERPRO = "POWERPRO"
    GENERALPURPOSE_4XLARGE = "GENERALPURPOSE_4XLARGE"
    GENERALPURPOSE_8XLARGE = "GENERALPURPOSE_8XLARGE"
    GRAPHICSPRO = "GRAPHICSPRO"
    GRAPHICS_G4DN = "GRAPHICS_G4DN"
    GRAPHICSPRO_G4DN = "GRAPHICSPRO_G4DN"
    GRAPHICS_G6_XLARGE = "GRAPHICS_G6_XLARGE"
    GRAPHICS_G6_2XLARGE = "GRAPHICS_G6_2XLARGE"
    GRAPHICS_G6_4XLARGE = "GRAPHICS_G6_4XLARGE"
    GRAPHICS_G6_8XLARGE = "GRAPHICS_G6_8XLARGE"
    GRAPHICS_G6_16XLARGE = "GRAPHICS_G6_16XLARGE"
    GRAPHICS_GR6_4XLARGE = "GRAPHICS_GR6_4XLARGE"
    GRAPHICS_GR6_8XLARGE = "GRAPHICS_GR6_8XLARGE"
    GRAPHICS_G6F_LARGE = "GRAPHICS_G6F_LARGE"
    GRAPHICS_G6F_XLARGE = "GRAPHICS_G6F_XLARGE"
    GRAPHICS_G6F_2XLARGE = "GRAPHICS_G6F_2XLARGE"
    GRAPHICS_G6F_4XLARGE = "GRAPHICS_G6F_4XLARGE"
    GRAPHICS_GR6F_4XLARGE = "GRAPHICS_GR6F_4XLARGE"
    GRAPHICS_G7_2XLARGE = "GRAPHICS_G7_2XLARGE"
    GRAPHICS_G7_4XLARGE = "GRAPHICS_G7_4XLARGE"
    GRAPHICS_G7_8XLARGE = "GRAPHICS_G7_8XLARGE"
    GRAPHICS_G7_12XLARGE = "GRAPHICS_G7_12XLARGE"


class ConnectionAliasState(OpenEnum):
    CREATING = "CREATING"
    CREATED = "CREATED"
    DELETING = "DELETING"


class ConnectionState(OpenEnum):
    CONNECTED = "CONNECTED"
    DISCONNECTED = "DISCONNECTED"
    UNKNOWN = "UNKNOWN"


class CustomImageProtocol(OpenEnum):
    PCOIP = "PCOIP"
    DCV = "DCV"
    BYOP = "BYOP"


class CustomWorkspaceImageImportState(OpenEnum):
    PENDING = "PENDING"
    IN_PROGRESS = "IN_PROGRESS"
    PROCESSING_SOURCE_IMAGE = "PROCESSING_SOURCE_IMAGE"
    IMAGE_TESTING_START = "IMAGE_TESTING_START"
    UPDATING_OPERATING_SYSTEM = "UPDATING_OPERATING_SYSTEM"
    IMAGE_COMPATIBILITY_CHECKING = "IMAGE_COMPATIBILITY_CHECKING"
    IMAGE_TESTING_GENERALIZATION = "IMAGE_TESTING_GENERALIZATION"
    CREATING_TEST_INSTANCE = "CREATING_TEST_INSTANCE"
    INSTALLING_COMPONENTS = "INSTALLING_COMPONENTS"
    GENERALIZING = "GENERALIZING"
    VALIDATING = "VALIDATING"
    PUBLISHING = "PUBLISHING"
    COMPLETED = "COMPLETED"
    ERROR = "ERROR"


class DataReplication(OpenEnum):
    NO_REPLICATION = "NO_REPLICATION"
    PRIMARY_AS_SOURCE = "PRIMARY_AS_SOURCE"


class DedicatedTenancyAccountType(OpenEnum):
    SOURCE_ACCOUNT = "SOURCE_ACCOUNT"
    TARGET_ACCOUNT = "TARGET_ACCOUNT"


class DedicatedTenancyModificationStateEnum(OpenEnum):
    PENDING = "PENDING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


class DedicatedTenancySupportEnum(OpenEnum):
    ENABLED = "ENABLED"


class DedicatedTenancySupportResultEnum(OpenEnum):
    ENABLED = "ENABLED"
    DISABLED = "DISABLED"


class DeletableCertificateBasedAuthProperty(OpenEnum):
    CERTIFICATE_BASED_AUTH_PROPERTIES_CERTIFICATE_AUTHORITY_ARN = "CERTIFICATE_BASED_AUTH_PROPERTIES_CERTIFICATE_AUTHORITY_ARN"


class DeletableSamlProperty(OpenEnum):
    SAML_PROPERTIES_USER_ACCESS_URL = "SAML_PROPERTIES_USER_ACCESS_URL"
    SAML_PROPERTIES_RELAY_STATE_PARAMETER_NAME = "SAML_PROPERTIES_RELAY_STATE_PARAMETER_NAME"


class DescribeWorkspaceDirectoriesFilterName(OpenEnum):
    USER_IDENTITY_TYPE = "USER_IDENTITY_TYPE"
    WORKSPACE_TYPE = "WORKSPACE_TYPE"


class DescribeWorkspacesPoolsFilterName(OpenEnum):
    POOLNAME = "PoolName"


class DescribeWorkspacesPoolsFilterOperator(OpenEnum):
    EQUALS = "EQUALS"
    NOTEQUALS = "NOTEQUALS"
    CONTAINS = "CONTAINS"
    NOTCONTAINS = "NOTCONTAINS"


class EndpointEncryptionMode(OpenEnum):
    STANDARD_TLS = "STANDARD_TLS"
    FIPS_VALIDATED = "FIPS_VALIDATED"


class ImageAssociatedResourceType(OpenEnum):
    APPLICATION = "APPLICATION"


class ImageComputeType(OpenEnum):
    BASE = "BASE"
    GRAPHICS_G4DN = "GRAPHICS_G4DN"
    GRAPHICS_G6 = "GRAPHICS_G6"
    GRAPHICS_G7 = "GRAPHICS_G7"


class ImageType(OpenEnum):
    OWNED = "OWNED"
    SHARED = "SHARED"


class ImageValidationMode(OpenEnum):
    CUSTOMER_MANAGED = "CUSTOMER_MANAGED"
    SERVICE_MANAGED = "SERVICE_MANAGED"


class InternetFallbackProtocol(OpenEnum):
    PCOIP = "PCOIP"


class LogUploadEnum(OpenEnum):
    ENABLED = "ENABLED"
    DISABLED = "DISABLED"


class ModificationResourceEnum(OpenEnum):
    ROOT_VOLUME = "ROOT_VOLUME"
    USER_VOLUME = "USER_VOLUME"
    COMPUTE_TYPE = "COMPUTE_TYPE"
    PROTOCOL = "PROTOCOL"
    NESTED_VIRTUALIZATION = "NESTED_VIRTUALIZATION"


class ModificationStateEnum(OpenEnum):
    UPDATE_INITIATED = "UPDATE_INITIATED"
    UPDATE_IN_PROGRESS = "UPDATE_IN_PROGRESS"
    UPDATE_FAILED = "UPDATE_FAILED"


class OSVersion(OpenEnum):
    WINDOWS_10 = "Windows_10"
    WINDOWS_11 = "Windows_11"


class OperatingSystemName(OpenEnum):
    AMAZON_LINUX_2 = "AMAZON_LINUX_2"
    UBUNTU_18_04 = "UBUNTU_18_04"
    UBUNTU_20_04 = "UBUNTU_20_04"
    UBUNTU_22_04 = "UBUNTU_22_04"
    UNKNOWN = "UNKNOWN"
    WINDOWS_10 = "WINDOWS_10"
    WINDOWS_11 = "WINDOWS_11"
    WINDOWS_7 = "WINDOWS_7"
    WINDOWS_SERVER_2016 = "WINDOWS_SERVER_2016"
    WINDOWS_SERVER_2019 = "WINDOWS_SERVER_2019"
    WINDOWS_SERVER_2022 = "WINDOWS_SERVER_2022"
    WINDOWS_SERVER_2025 = "WINDOWS_SERVER_2025"
    RHEL_8 = "RHEL_8"
    ROCKY_8 = "ROCKY_8"
    UBUNTU_24_04 = "UBUNTU_24_04"
    RHEL_9 = "RHEL_9"
    ROCKY_9 = "ROCKY_9"
    UBUNTU_26_04 = "UBUNTU_26_04"
    RHEL_10 = "RHEL_10"
    ROCKY_10 = "ROCKY_10"


class OperatingSystemType(OpenEnum):
    WINDOWS = "WINDOWS"
    LINUX = "LINUX"


class Platform(OpenEnum):
    WINDOWS = "WINDOWS"


class PoolsRunningMode(OpenEnum):
    AUTO_STOP = "AUTO_STOP"
    ALWAYS_ON = "ALWAYS_ON"


class Protocol(OpenEnum):
    PCOIP = "PCOIP"
    WSP = "WSP"


class ReconnectEnum(OpenEnum):
    ENABLED = "ENABLED"
    DISABLED = "DISABLED"


class RunningMode(OpenEnum):
    AUTO_STOP = "AUTO_STOP"
    ALWAYS_ON = "ALWAYS_ON"
    MANUAL = "MANUAL"


class SamlStatusEnum(OpenEnum):
    DISABLED = "DISABLED"
    ENABLED = "ENABLED"
    ENABLED_WITH_DIRECTORY_LOGIN_FALLBACK = "ENABLED_WITH_DIRECTORY_LOGIN_FALLBACK"


class SessionConnectionState(OpenEnum):
    CONNECTED = "CONNECTED"
    NOT_CONNECTED = "NOT_CONNECTED"


class StandbyWorkspaceRelationshipType(OpenEnum):
    PRIMARY = "PRIMARY"
    STANDBY = "STANDBY"


class StorageConnectorStatusEnum(OpenEnum):
    ENABLED = "ENABLED"
    DISABLED = "DISABLED"


class StorageConnectorTypeEnum(OpenEnum):
    HOME_FOLDER = "HOME_FOLDER"


class StreamingExperiencePreferredProtocolEnum(OpenEnum):
    TCP = "TCP"
    UDP = "UDP"


class TargetWorkspaceState(OpenEnum):
    AVAILABLE = "AVAILABLE"
    ADMIN_MAINTENANCE = "ADMIN_MAINTENANCE"


class Tenancy(OpenEnum):
    DEDICATED = "DEDICATED"
    SHARED = "SHARED"


class UserIdentityType(OpenEnum):
    CUSTOMER_MANAGED = "CUSTOMER_MANAGED"
    AWS_DIRECTORY_SERVICE = "AWS_DIRECTORY_SERVICE"
    AWS_IAM_IDENTITY_CENTER = "AWS_IAM_IDENTITY_CENTER"


class UserSettingActionEnum(OpenEnum):
    CLIPBOARD_COPY_FROM_LOCAL_DEVICE = "CLIPBOARD_COPY_FROM_LOCAL_DEVICE"
    CLIPBOARD_COPY_TO_LOCAL_DEVICE = "CLIPBOARD_COPY_TO_LOCAL_DEVICE"
    PRINTING_TO_LOCAL_DEVICE = "PRINTING_TO_LOCAL_DEVICE"
    SMART_CARD = "SMART_CARD"


class UserSettingPermissionEnum(OpenEnum):
    ENABLED = "ENABLED"
    DISABLED = "DISABLED"


class WorkSpaceApplicationLicenseType(OpenEnum):
    LICENSED = "LICENSED"
    UNLICENSED = "UNLICENSED"


class WorkSpaceApplicationState(OpenEnum):
    PENDING = "PENDING"
    ERROR = "ERROR"
    AVAILABLE = "AVAILABLE"
    UNINSTALL_ONLY = "UNINSTALL_ONLY"


class WorkSpaceAssociatedResourceType(OpenEnum):
    APPLICATION = "APPLICATION"


class WorkspaceBundleState(OpenEnum):
    AVAILABLE = "AVAILABLE"
    PENDING = "PENDING"
    ERROR = "ERROR"


class WorkspaceDirectoryState(OpenEnum):
    REGISTERING = "REGISTERING"
    REGISTERED = "REGISTERED"
    DEREGISTERING = "DEREGISTERING"
    DEREGISTERED = "DEREGISTERED"
    ERROR = "ERROR"


class WorkspaceDirectoryType(OpenEnum):
    SIMPLE_AD = "SIMPLE_AD"
    AD_CONNECTOR = "AD_CONNECTOR"
    CUSTOMER_MANAGED = "CUSTOMER_MANAGED"
    AWS_IAM_IDENTITY_CENTER = "AWS_IAM_IDENTITY_CENTER"


class WorkspaceImageErrorDetailCode(OpenEnum):
    OUTDATEDPOWERSHELLVERSION = "OutdatedPowershellVersion"
    OFFICEINSTALLED = "OfficeInstalled"
    PCOIPAGENTINSTALLED = "PCoIPAgentInstalled"
    WINDOWSUPDATESENABLED = "WindowsUpdatesEnabled"
    AUTOMOUNTDISABLED = "AutoMountDisabled"
    WORKSPACESBYOLACCOUNTNOTFOUND = "WorkspacesBYOLAccountNotFound"
    WORKSPACESBYOLACCOUNTDISABLED = "WorkspacesBYOLAccountDisabled"
    DHCPDISABLED = "DHCPDisabled"
    DISKFREESPACE = "DiskFreeSpace"
    ADDITIONALDRIVESATTACHED = "AdditionalDrivesAttached"
    OSNOTSUPPORTED = "OSNotSupported"
    DOMAINJOINED = "DomainJoined"
    AZUREDOMAINJOINED = "AzureDomainJoined"
    FIREWALLENABLED = "FirewallEnabled"
    VMWARETOOLSINSTALLED = "VMWareToolsInstalled"
    DISKSIZEEXCEEDED = "DiskSizeExceeded"
    INCOMPATIBLEPARTITIONING = "IncompatiblePartitioning"
    PENDINGREBOOT = "PendingReboot"
    AUTOLOGONENABLED = "AutoLogonEnabled"
    REALTIMEUNIVERSALDISABLED = "RealTimeUniversalDisabled"
    MULTIPLEBOOTPARTITION = "MultipleBootPartition"
    REQUIRES64BITOS = "Requires64BitOS"
    ZEROREARMCOUNT = "ZeroRearmCount"
    INPLACEUPGRADE = "InPlaceUpgrade"
    ANTIVIRUSINSTALLED = "AntiVirusInstalled"
    UEFINOTSUPPORTED = "UEFINotSupported"
    UNKNOWNERROR = "UnknownError"
    APPXPACKAGESINSTALLED = "AppXPackagesInstalled"
    RESERVEDSTORAGEINUSE = "ReservedStorageInUse"
    ADDITIONALDRIVESPRESENT = "AdditionalDrivesPresent"
    WINDOWSUPDATESREQUIRED = "WindowsUpdatesRequired"
    SYSPREPFILEMISSING = "SysPrepFileMissing"
    USERPROFILEMISSING = "UserProfileMissing"
    INSUFFICIENTDISKSPACE = "InsufficientDiskSpace"
    ENVIRONMENTVARIABLESPATHMISSINGENTRIES = "EnvironmentVariablesPathMissingEntries"
    DOMAINACCOUNTSERVICESFOUND = "DomainAccountServicesFound"
    INVALIDIP = "InvalidIp"
    REMOTEDESKTOPSERVICESDISABLED = "RemoteDesktopServicesDisabled"
    WINDOWSMODULESINSTALLERDISABLED = "WindowsModulesInstallerDisabled"
    AMAZONSSMAGENTENABLED = "AmazonSsmAgentEnabled"
    UNSUPPORTEDSECURITYPROTOCOL = "UnsupportedSecurityProtocol"
    MULTIPLEUSERPROFILES = "MultipleUserProfiles"
    STAGEDAPPXPACKAGE = "StagedAppxPackage"
    UNSUPPORTEDOSUPGRADE = "UnsupportedOsUpgrade"
    INSUFFICIENTREARMCOUNT = "InsufficientRearmCount"
    PROTOCOLOSINCOMPATIBILITY = "ProtocolOSIncompatibility"
    MEMORYINTEGRITYINCOMPATIBILITY = "MemoryIntegrityIncompatibility"
    RESTRICTEDDRIVELETTERINUSE = "RestrictedDriveLetterInUse"


class WorkspaceImageIngestionProcess(OpenEnum):
    BYOL_REGULAR = "BYOL_REGULAR"
    BYOL_GRAPHICS = "BYOL_GRAPHICS"
    BYOL_GRAPHICSPRO = "BYOL_GRAPHICSPRO"
    BYOL_GRAPHICS_G4DN = "BYOL_GRAPHICS_G4DN"
    BYOL_REGULAR_WSP = "BYOL_REGULAR_WSP"
    BYOL_GRAPHICS_G4DN_WSP = "BYOL_GRAPHICS_G4DN_WSP"
    BYOL_REGULAR_BYOP = "BYOL_REGULAR_BYOP"
    BYOL_GRAPHICS_G4DN_BYOP = "BYOL_GRAPHICS_G4DN_BYOP"


class WorkspaceImageRequiredTenancy(OpenEnum):
    DEFAULT = "DEFAULT"
    DEDICATED = "DEDICATED"


class WorkspaceImageState(OpenEnum):
    AVAILABLE = "AVAILABLE"
    PENDING = "PENDING"
    ERROR = "ERROR"


class WorkspaceOSUserMode(OpenEnum):
    LOCAL_USER = "LOCAL_USER"
    DOMAIN_JOIN = "DOMAIN_JOIN"
    ENTRA_JOIN = "ENTRA_JOIN"
    SELF_MANAGED = "SELF_MANAGED"


class WorkspaceState(OpenEnum):
    PENDING = "PENDING"
    AVAILABLE = "AVAILABLE"
    IMPAIRED = "IMPAIRED"
    UNHEALTHY = "UNHEALTHY"
    REBOOTING = "REBOOTING"
    STARTING = "STARTING"
    REBUILDING = "REBUILDING"
    RESTORING = "RESTORING"
    MAINTENANCE = "MAINTENANCE"
    ADMIN_MAINTENANCE = "ADMIN_MAINTENANCE"
    TERMINATING = "TERMINATING"
    TERMINATED = "TERMINATED"
    SUSPENDED = "SUSPENDED"
    UPDATING = "UPDATING"
    STOPPING = "STOPPING"
    STOPPED = "STOPPED"
    ERROR = "ERROR"


class WorkspaceType(OpenEnum):
    PERSONAL = "PERSONAL"
    POOLS = "POOLS"


class WorkspacesPoolErrorCode(OpenEnum):
    IAM_SERVICE_ROLE_IS_MISSING = "IAM_SERVICE_ROLE_IS_MISSING"
    IAM_SERVICE_ROLE_MISSING_ENI_DESCRIBE_ACTION = "IAM_SERVICE_ROLE_MISSING_ENI_DESCRIBE_ACTION"
    IAM_SERVICE_ROLE_MISSING_ENI_CREATE_ACTION = "IAM_SERVICE_ROLE_MISSING_ENI_CREATE_ACTION"
    IAM_SERVICE_ROLE_MISSING_ENI_DELETE_ACTION = "IAM_SERVICE_ROLE_MISSING_ENI_DELETE_ACTION"
    NETWORK_INTERFACE_LIMIT_EXCEEDED = "NETWORK_INTERFACE_LIMIT_EXCEEDED"
    INTERNAL_SERVICE_ERROR = "INTERNAL_SERVICE_ERROR"
    MACHINE_ROLE_IS_MISSING = "MACHINE_ROLE_IS_MISSING"
    STS_DISABLED_IN_REGION = "STS_DISABLED_IN_REGION"
    SUBNET_HAS_INSUFFICIENT_IP_ADDRESSES = "SUBNET_HAS_INSUFFICIENT_IP_ADDRESSES"
    IAM_SERVICE_ROLE_MISSING_DESCRIBE_SUBNET_ACTION = "IAM_SERVICE_ROLE_MISSING_DESCRIBE_SUBNET_ACTION"
    SUBNET_NOT_FOUND = "SUBNET_NOT_FOUND"
    IMAGE_NOT_FOUND = "IMAGE_NOT_FOUND"
    INVALID_SUBNET_CONFIGURATION = "INVALID_SUBNET_CONFIGURATION"
    SECURITY_GROUPS_NOT_FOUND = "SECURITY_GROUPS_NOT_FOUND"
    IGW_NOT_ATTACHED = "IGW_NOT_ATTACHED"
    IAM_SERVICE_ROLE_MISSING_DESCRIBE_SECURITY_GROUPS_ACTION = "IAM_SERVICE_ROLE_MISSING_DESCRIBE_SECURITY_GROUPS_ACTION"
    WORKSPACES_POOL_STOPPED = "WORKSPACES_POOL_STOPPED"
    WORKSPACES_POOL_INSTANCE_PROVISIONING_FAILURE = "WORKSPACES_POOL_INSTANCE_PROVISIONING_FAILURE"
    DOMAIN_JOIN_ERROR_FILE_NOT_FOUND = "DOMAIN_JOIN_ERROR_FILE_NOT_FOUND"
    DOMAIN_JOIN_ERROR_ACCESS_DENIED = "DOMAIN_JOIN_ERROR_ACCESS_DENIED"
    DOMAIN_JOIN_ERROR_LOGON_FAILURE = "DOMAIN_JOIN_ERROR_LOGON_FAILURE"
    DOMAIN_JOIN_ERROR_INVALID_PARAMETER = "DOMAIN_JOIN_ERROR_INVALID_PARAMETER"
    DOMAIN_JOIN_ERROR_MORE_DATA = "DOMAIN_JOIN_ERROR_MORE_DATA"
    DOMAIN_JOIN_ERROR_NO_SUCH_DOMAIN = "DOMAIN_JOIN_ERROR_NO_SUCH_DOMAIN"
    DOMAIN_JOIN_ERROR_NOT_SUPPORTED = "DOMAIN_JOIN_ERROR_NOT_SUPPORTED"
    DOMAIN_JOIN_NERR_INVALID_WORKGROUP_NAME = "DOMAIN_JOIN_NERR_INVALID_WORKGROUP_NAME"
    DOMAIN_JOIN_NERR_WORKSTATION_NOT_STARTED = "DOMAIN_JOIN_NERR_WORKSTATION_NOT_STARTED"
    DOMAIN_JOIN_ERROR_DS_MACHINE_ACCOUNT_QUOTA_EXCEEDED = "DOMAIN_JOIN_ERROR_DS_MACHINE_ACCOUNT_QUOTA_EXCEEDED"
    DOMAIN_JOIN_NERR_PASSWORD_EXPIRED = "DOMAIN_JOIN_NERR_PASSWORD_EXPIRED"
    DOMAIN_JOIN_INTERNAL_SERVICE_ERROR = "DOMAIN_JOIN_INTERNAL_SERVICE_ERROR"
    DOMAIN_JOIN_ERROR_SECRET_ACTION_PERMISSION_IS_MISSING = "DOMAIN_JOIN_ERROR_SECRET_ACTION_PERMISSION_IS_MISSING"
    DOMAIN_JOIN_ERROR_SECRET_DECRYPTION_FAILURE = "DOMAIN_JOIN_ERROR_SECRET_DECRYPTION_FAILURE"
    DOMAIN_JOIN_ERROR_SECRET_STATE_INVALID = "DOMAIN_JOIN_ERROR_SECRET_STATE_INVALID"
    DOMAIN_JOIN_ERROR_SECRET_NOT_FOUND = "DOMAIN_JOIN_ERROR_SECRET_NOT_FOUND"
    DOMAIN_JOIN_ERROR_SECRET_VALUE_KEY_NOT_FOUND = "DOMAIN_JOIN_ERROR_SECRET_VALUE_KEY_NOT_FOUND"
    DOMAIN_JOIN_ERROR_SECRET_INVALID = "DOMAIN_JOIN_ERROR_SECRET_INVALID"
    BUNDLE_NOT_FOUND = "BUNDLE_NOT_FOUND"
    DIRECTORY_NOT_FOUND = "DIRECTORY_NOT_FOUND"
    INSUFFICIENT_PERMISSIONS_ERROR = "INSUFFICIENT_PERMISSIONS_ERROR"
    DEFAULT_OU_IS_MISSING = "DEFAULT_OU_IS_MISSING"


class WorkspacesPoolState(OpenEnum):
    CREATING = "CREATING"
    DELETING = "DELETING"
    RUNNING = "RUNNING"
    STARTING = "STARTING"
    STOPPED = "STOPPED"
    STOPPING = "STOPPING"
    UPDATING = "UPDATING"


__all__ = [
    "AGAModeForDirectoryEnum",
    "AGAModeForWorkSpaceEnum",
    "AGAPreferredProtocolForDirectory",
    "AGAPreferredProtocolForWorkSpace",
    "AccessEndpointType",
    "AccessPropertyValue",
    "AccountLinkStatusEnum",
    "Application",
    "ApplicationAssociatedResourceType",
    "ApplicationSettingsStatusEnum",
    "AssociationErrorCode",
    "AssociationState",
    "AssociationStatus",
    "AuthenticationType",
    "BundleAssociatedResourceType",
    "BundleType",
    "CertificateBasedAuthStatusEnum",
    "ClientDeviceType",
    "Compute",
    "ConnectionAliasState",
    "ConnectionState",
    "CustomImageProtocol",
    "CustomWorkspaceImageImportState",
    "DataReplication",
    "DedicatedTenancyAccountType",
    "DedicatedTenancyModificationStateEnum",
    "DedicatedTenancySupportEnum",
    "DedicatedTenancySupportResultEnum",
    "DeletableCertificateBasedAuthProperty",
    "DeletableSamlProperty",
    "DescribeWorkspaceDirectoriesFilterName",
    "DescribeWorkspacesPoolsFilterName",
    "DescribeWorkspacesPoolsFilterOperator",
    "EndpointEncryptionMode",
    "ImageAssociatedResourceType",
    "ImageComputeType",
    "ImageType",
    "ImageValidationMode",
    "InternetFallbackProtocol",
    "LogUploadEnum",
    "ModificationResourceEnum",
    "ModificationStateEnum",
    "OSVersion",
    "OperatingSystemName",
    "OperatingSystemType",
    "Platform",
    "PoolsRunningMode",
    "Protocol",
    "ReconnectEnum",
    "RunningMode",
    "SamlStatusEnum",
    "SessionConnectionState",
    "StandbyWorkspaceRelationshipType",
    "StorageConnectorStatusEnum",
    "StorageConnectorTypeEnum",
    "StreamingExperiencePreferredProtocolEnum",
    "TargetWorkspaceState",
    "Tenancy",
    "UserIdentityType",
    "UserSettingActionEnum",
    "UserSettingPermissionEnum",
    "WorkSpaceApplicationLicenseType",
    "WorkSpaceApplicationState",
    "WorkSpaceAssociatedResourceType",
    "WorkspaceBundleState",
    "WorkspaceDirectoryState",
    "WorkspaceDirectoryType",
    "WorkspaceImageErrorDetailCode",
    "WorkspaceImageIngestionProcess",
    "WorkspaceImageRequiredTenancy",
    "WorkspaceImageState",
    "WorkspaceOSUserMode",
    "WorkspaceState",
    "WorkspaceType",
    "WorkspacesPoolErrorCode",
    "WorkspacesPoolState",
]
