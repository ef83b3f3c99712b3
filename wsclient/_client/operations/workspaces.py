"""Operations, one method each, of Amazon WorkSpaces.

Written by `python -m wsclient._codegen` from the model workspaces-2015-04-08
(SHA-256 1783af6d9327fb88dea6ffed0a9371124d6c56b281b8a4ff226d7b13c87c4202).
Do not edit: change the generator and write it again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._client.base_client import BaseClient
from wsclient._generated.workspaces import operations as ops
from wsclient._generated.workspaces import structures as s

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wsclient._client.base_client import Extra
    from wsclient._generated.workspaces import enums as t
    from wsclient._client.pagination import Paginator


class WorkSpacesOperations(BaseClient):
    """The 91 operations of Amazon WorkSpaces.

    Every method takes extra, members newer than the model in AWS's names, and validate=False, which sends
    the request without looking at it first.
    """

    _service = ops.SERVICE

    async def accept_account_link_invitation(
        self,
        *,
        link_id: str,
        client_token: str | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.AcceptAccountLinkInvitationResult:
        """Call AcceptAccountLinkInvitation.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            link_id: required; pattern ^link-.{8,24}$.
            client_token: optional; pattern ^.{1,64}$.

        Raises:
            ValidationException, ResourceNotFoundException, AccessDeniedException, ConflictException,
            InternalServerException

        https://docs.aws.amazon.com/workspaces/latest/api/API_AcceptAccountLinkInvitation.html
        """
        return await self._call(
            ops.ACCEPT_ACCOUNT_LINK_INVITATION,
            s.AcceptAccountLinkInvitationRequest(link_id=link_id, client_token=client_token),
            extra,
            validate,
        )

    async def associate_connection_alias(
        self,
        *,
        alias_id: str,
        resource_id: str,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.AssociateConnectionAliasResult:
        """Call AssociateConnectionAlias.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            alias_id: required; 13 to 68 characters, pattern ^wsca-[0-9a-z]{8,63}$.
            resource_id: required; at least 1 characters.

        Raises:
            ResourceAssociatedException, AccessDeniedException, ResourceNotFoundException,
            InvalidParameterValuesException, InvalidResourceStateException, OperationNotSupportedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_AssociateConnectionAlias.html
        """
        return await self._call(
            ops.ASSOCIATE_CONNECTION_ALIAS,
            s.AssociateConnectionAliasRequest(alias_id=alias_id, resource_id=resource_id),
            extra,
            validate,
        )

    async def associate_ip_groups(
        self,
        *,
        directory_id: str,
        group_ids: Sequence[str],
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.AssociateIpGroupsResult:
        """Call AssociateIpGroups.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            directory_id: required; 10 to 65 characters, pattern ^(d-[0-9a-f]{8,63}$)|(wsd-[0-9a-z]{8,63}$).
            group_ids: required; each pattern wsipg-[0-9a-z]{8,63}$.

        Raises:
            InvalidParameterValuesException, ResourceNotFoundException, ResourceLimitExceededException,
            InvalidResourceStateException, AccessDeniedException, OperationNotSupportedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_AssociateIpGroups.html
        """
        return await self._call(
            ops.ASSOCIATE_IP_GROUPS,
            s.AssociateIpGroupsRequest(directory_id=directory_id, group_ids=group_ids),
            extra,
            validate,
        )

    async def associate_workspace_application(
        self,
        *,
        workspace_id: str,
        application_id: str,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.AssociateWorkspaceApplicationResult:
        """Call AssociateWorkspaceApplication.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            workspace_id: required; pattern ^ws-[0-9a-z]{8,63}$.
            application_id: required; pattern ^wsa-[0-9a-z]{8,63}$.

        Raises:
            AccessDeniedException, InvalidParameterValuesException, OperationNotSupportedException,
            ResourceAlreadyExistsException, ResourceInUseException, ResourceNotFoundException,
            ComputeNotCompatibleException, OperatingSystemNotCompatibleException,
            ApplicationNotSupportedException, IncompatibleApplicationsException

        https://docs.aws.amazon.com/workspaces/latest/api/API_AssociateWorkspaceApplication.html
        """
        return await self._call(
            ops.ASSOCIATE_WORKSPACE_APPLICATION,
            s.AssociateWorkspaceApplicationRequest(
                workspace_id=workspace_id, application_id=application_id,
            ),
            extra,
            validate,
        )

    async def authorize_ip_rules(
        self,
        *,
        group_id: str,
        user_rules: Sequence[s.IpRuleItem],
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.AuthorizeIpRulesResult:
        """Call AuthorizeIpRules.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            group_id: required; pattern wsipg-[0-9a-z]{8,63}$.
            user_rules: required.

        Raises:
            InvalidParameterValuesException, ResourceNotFoundException, ResourceLimitExceededException,
            InvalidResourceStateException, AccessDeniedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_AuthorizeIpRules.html
        """
        return await self._call(
            ops.AUTHORIZE_IP_RULES,
            s.AuthorizeIpRulesRequest(group_id=group_id, user_rules=user_rules),
            extra,
            validate,
        )

    async def copy_workspace_image(
        self,
        *,
        name: str,
        source_image_id: str,
        source_region: str,
        description: str | None = None,
        tags: Sequence[s.Tag] | None = None,
        reconcile: bool = False,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.CopyWorkspaceImageResult:
        r"""Call CopyWorkspaceImage.

        Not safe to send twice; not tried again when an attempt may have been carried out.

        Args:
            name: required; 1 to 64 characters, pattern ^[a-zA-Z0-9_./()\\-]+$.
            description: optional; 1 to 256 characters, pattern ^[a-zA-Z0-9_./() -]+$.
            source_image_id: required; pattern wsi-[0-9a-z]{9,63}$.
            source_region: required; 1 to 31 characters, pattern ^[-0-9a-z]{1,31}$.
            tags: optional.
            reconcile: whether, after an attempt that may have been carried out, half a minute is spent on finding
                what it made (DescribeWorkspaceImages, by name and age) before anything is sent
                again; False unless said.

        Raises:
            ResourceLimitExceededException, ResourceAlreadyExistsException, ResourceNotFoundException,
            ResourceUnavailableException, OperationNotSupportedException, AccessDeniedException,
            InvalidParameterValuesException

        https://docs.aws.amazon.com/workspaces/latest/api/API_CopyWorkspaceImage.html
        """
        return await self._call(
            ops.COPY_WORKSPACE_IMAGE,
            s.CopyWorkspaceImageRequest(
                name=name, description=description, source_image_id=source_image_id,
                source_region=source_region, tags=tags,
            ),
            extra,
            validate,
            reconcile,
        )

    async def create_account_link_invitation(
        self,
        *,
        target_account_id: str,
        client_token: str | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.CreateAccountLinkInvitationResult:
        r"""Call CreateAccountLinkInvitation.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            target_account_id: required; pattern ^\d{12}$.
            client_token: optional; pattern ^.{1,64}$.

        Raises:
            ValidationException, AccessDeniedException, ConflictException, InternalServerException

        https://docs.aws.amazon.com/workspaces/latest/api/API_CreateAccountLinkInvitation.html
        """
        return await self._call(
            ops.CREATE_ACCOUNT_LINK_INVITATION,
            s.CreateAccountLinkInvitationRequest(
                target_account_id=target_account_id, client_token=client_token,
            ),
            extra,
            validate,
        )

    async def create_connect_client_add_in(
        self,
        *,
        resource_id: str,
        name: str,
        url: str,
        reconcile: bool = False,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.CreateConnectClientAddInResult:
        r"""Call CreateConnectClientAddIn.

        Not safe to send twice; not tried again when an attempt may have been carried out.

        Args:
            resource_id: required; 10 to 65 characters, pattern ^(d-[0-9a-f]{8,63}$)|(wsd-[0-9a-z]{8,63}$).
            name: required; 1 to 64 characters, pattern ^.*$.
            url: required; 1 to 1024 characters, pattern ^(http|https)\://\S+.
            reconcile: whether, after an attempt that may have been carried out, half a minute is spent on finding
                what it made (DescribeConnectClientAddIns, by name and URL) before anything is sent
                again; False unless said.

        Raises:
            InvalidParameterValuesException, ResourceNotFoundException, ResourceCreationFailedException,
            ResourceAlreadyExistsException, AccessDeniedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_CreateConnectClientAddIn.html
        """
        return await self._call(
            ops.CREATE_CONNECT_CLIENT_ADD_IN,
            s.CreateConnectClientAddInRequest(resource_id=resource_id, name=name, url=url),
            extra,
            validate,
            reconcile,
        )

    async def create_connection_alias(
        self,
        *,
        connection_string: str,
        tags: Sequence[s.Tag] | None = None,
        reconcile: bool = False,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.CreateConnectionAliasResult:
        r"""Call CreateConnectionAlias.

        Not safe to send twice; not tried again when an attempt may have been carried out.

        Args:
            connection_string: required; 1 to 255 characters, pattern ^[.0-9a-zA-Z\-]{1,255}$.
            tags: optional.
            reconcile: whether, after an attempt that may have been carried out, half a minute is spent on finding
                what it made (DescribeConnectionAliases, by connection string) before anything is sent
                again; False unless said.

        Raises:
            ResourceAlreadyExistsException, AccessDeniedException, InvalidParameterValuesException,
            ResourceLimitExceededException, InvalidResourceStateException, OperationNotSupportedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_CreateConnectionAlias.html
        """
        return await self._call(
            ops.CREATE_CONNECTION_ALIAS,
            s.CreateConnectionAliasRequest(connection_string=connection_string, tags=tags),
            extra,
            validate,
            reconcile,
        )

    async def create_ip_group(
        self,
        *,
        group_name: str,
        group_desc: str | None = None,
        user_rules: Sequence[s.IpRuleItem] | None = None,
        tags: Sequence[s.Tag] | None = None,
        reconcile: bool = False,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.CreateIpGroupResult:
        """Call CreateIpGroup.

        Not safe to send twice; not tried again when an attempt may have been carried out.

        Args:
            group_name: required.
            group_desc: optional.
            user_rules: optional.
            tags: optional.
            reconcile: whether, after an attempt that may have been carried out, half a minute is spent on finding
                what it made (DescribeIpGroups, by name, description and rules) before anything is sent
                again; False unless said.

        Raises:
            InvalidParameterValuesException, ResourceLimitExceededException,
            ResourceAlreadyExistsException, ResourceCreationFailedException, AccessDeniedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_CreateIpGroup.html
        """
        return await self._call(
            ops.CREATE_IP_GROUP,
            s.CreateIpGroupRequest(
                group_name=group_name, group_desc=group_desc, user_rules=user_rules, tags=tags,
            ),
            extra,
            validate,
            reconcile,
        )

    async def create_standby_workspaces(
        self,
        *,
        primary_region: str,
        standby_workspaces: Sequence[s.StandbyWorkspace],
        reconcile: bool = False,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.CreateStandbyWorkspacesResult:
        """Call CreateStandbyWorkspaces.

        Not safe to send twice; not tried again when an attempt may have been carried out.

        Args:
            primary_region: required; 1 to 31 characters, pattern ^[-0-9a-z]{1,31}$.
            standby_workspaces: required.
            reconcile: whether, after an attempt that may have been carried out, half a minute is spent on finding
                what it made (DescribeWorkspaces, by directory and primary WorkSpace) before anything is sent
                again; False unless said.

        Raises:
            AccessDeniedException, InvalidParameterValuesException, OperationNotSupportedException,
            ResourceNotFoundException, ResourceLimitExceededException

        https://docs.aws.amazon.com/workspaces/latest/api/API_CreateStandbyWorkspaces.html
        """
        return await self._call(
            ops.CREATE_STANDBY_WORKSPACES,
            s.CreateStandbyWorkspacesRequest(
                primary_region=primary_region, standby_workspaces=standby_workspaces,
            ),
            extra,
            validate,
            reconcile,
        )

    async def create_tags(
        self,
        *,
        resource_id: str,
        tags: Sequence[s.Tag],
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.CreateTagsResult:
        """Call CreateTags.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            resource_id: required; at least 1 characters.
            tags: required.

        Raises:
            ResourceNotFoundException, InvalidParameterValuesException, ResourceLimitExceededException

        https://docs.aws.amazon.com/workspaces/latest/api/API_CreateTags.html
        """
        return await self._call(
            ops.CREATE_TAGS,
            s.CreateTagsRequest(resource_id=resource_id, tags=tags),
            extra,
            validate,
        )

    async def create_updated_workspace_image(
        self,
        *,
        name: str,
        description: str,
        source_image_id: str,
        tags: Sequence[s.Tag] | None = None,
        reconcile: bool = False,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.CreateUpdatedWorkspaceImageResult:
        r"""Call CreateUpdatedWorkspaceImage.

        Not safe to send twice; not tried again when an attempt may have been carried out.

        Args:
            name: required; 1 to 64 characters, pattern ^[a-zA-Z0-9_./()\\-]+$.
            description: required; 1 to 256 characters, pattern ^[a-zA-Z0-9_./() -]+$.
            source_image_id: required; pattern wsi-[0-9a-z]{9,63}$.
            tags: optional.
            reconcile: whether, after an attempt that may have been carried out, half a minute is spent on finding
                what it made (DescribeWorkspaceImages, by name and age) before anything is sent
                again; False unless said.

        Raises:
            ResourceLimitExceededException, ResourceAlreadyExistsException, ResourceNotFoundException,
            OperationNotSupportedException, InvalidResourceStateException, AccessDeniedException,
            InvalidParameterValuesException

        https://docs.aws.amazon.com/workspaces/latest/api/API_CreateUpdatedWorkspaceImage.html
        """
        return await self._call(
            ops.CREATE_UPDATED_WORKSPACE_IMAGE,
            s.CreateUpdatedWorkspaceImageRequest(
                name=name, description=description, source_image_id=source_image_id, tags=tags,
            ),
            extra,
            validate,
            reconcile,
        )

    async def create_workspace_bundle(
        self,
        *,
        bundle_name: str,
        bundle_description: str,
        image_id: str,
        compute_type: s.ComputeType,
        user_storage: s.UserStorage,
        root_storage: s.RootStorage | None = None,
        tags: Sequence[s.Tag] | None = None,
        reconcile: bool = False,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.CreateWorkspaceBundleResult:
        r"""Call CreateWorkspaceBundle.

        Not safe to send twice; not tried again when an attempt may have been carried out.

        Args:
            bundle_name: required; 1 to 64 characters, pattern ^[a-zA-Z0-9_./()\\-]+$.
            bundle_description: required; 1 to 255 characters, pattern ^[a-zA-Z0-9_./() -]+$.
            image_id: required; pattern wsi-[0-9a-z]{9,63}$.
            compute_type: required.
            user_storage: required.
            root_storage: optional.
            tags: optional.
            reconcile: whether, after an attempt that may have been carried out, half a minute is spent on finding
                what it made (DescribeWorkspaceBundles, by name, image and age) before anything is sent
                again; False unless said.

        Raises:
            ResourceUnavailableException, ResourceAlreadyExistsException, ResourceLimitExceededException,
            InvalidParameterValuesException, ResourceNotFoundException, AccessDeniedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_CreateWorkspaceBundle.html
        """
        return await self._call(
            ops.CREATE_WORKSPACE_BUNDLE,
            s.CreateWorkspaceBundleRequest(
                bundle_name=bundle_name, bundle_description=bundle_description, image_id=image_id,
                compute_type=compute_type, user_storage=user_storage, root_storage=root_storage, tags=tags,
            ),
            extra,
            validate,
            reconcile,
        )

    async def create_workspace_image(
        self,
        *,
        name: str,
        description: str,
        workspace_id: str,
        tags: Sequence[s.Tag] | None = None,
        reconcile: bool = False,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.CreateWorkspaceImageResult:
        r"""Call CreateWorkspaceImage.

        Not safe to send twice; not tried again when an attempt may have been carried out.

        Args:
            name: required; 1 to 64 characters, pattern ^[a-zA-Z0-9_./()\\-]+$.
            description: required; 1 to 256 characters, pattern ^[a-zA-Z0-9_./() -]+$.
            workspace_id: required; pattern ^ws-[0-9a-z]{8,63}$.
            tags: optional.
            reconcile: whether, after an attempt that may have been carried out, half a minute is spent on finding
                what it made (DescribeWorkspaceImages, by name and age) before anything is sent
                again; False unless said.

        Raises:
            ResourceLimitExceededException, ResourceAlreadyExistsException, ResourceNotFoundException,
            OperationNotSupportedException, InvalidResourceStateException, AccessDeniedException,
            InvalidParameterValuesException

        https://docs.aws.amazon.com/workspaces/latest/api/API_CreateWorkspaceImage.html
        """
        return await self._call(
            ops.CREATE_WORKSPACE_IMAGE,
            s.CreateWorkspaceImageRequest(
                name=name, description=description, workspace_id=workspace_id, tags=tags,
            ),
            extra,
            validate,
            reconcile,
        )

    async def create_workspaces(
        self,
        *,
        workspaces: Sequence[s.WorkspaceRequest],
        reconcile: bool = True,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.CreateWorkspacesResult:
        """Call CreateWorkspaces.

        Not safe to send twice; when an attempt may have been carried out, looks before it tries again.

        Args:
            workspaces: required; 1 to 25 items.
            reconcile: whether, after an attempt that may have been carried out, half a minute is spent on finding
                what it made (DescribeWorkspaces, by directory and user (by name for [UNDEFINED] users)) before anything is sent
                again; True unless said.

        Raises:
            ResourceLimitExceededException, InvalidParameterValuesException

        https://docs.aws.amazon.com/workspaces/latest/api/API_CreateWorkspaces.html
        """
        return await self._call(
            ops.CREATE_WORKSPACES,
            s.CreateWorkspacesRequest(workspaces=workspaces),
            extra,
            validate,
            reconcile,
        )

    async def create_workspaces_pool(
        self,
        *,
        pool_name: str,
        description: str,
        bundle_id: str,
        directory_id: str,
        capacity: s.Capacity,
        tags: Sequence[s.Tag] | None = None,
        application_settings: s.ApplicationSettingsRequest | None = None,
        timeout_settings: s.TimeoutSettings | None = None,
        running_mode: t.PoolsRunningMode | None = None,
        reconcile: bool = False,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.CreateWorkspacesPoolResult:
        """Call CreateWorkspacesPool.

        Not safe to send twice; not tried again when an attempt may have been carried out.

        Args:
            pool_name: required; pattern ^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$.
            description: required; 1 to 255 characters, pattern ^[a-zA-Z0-9_./() -]+$.
            bundle_id: required; pattern ^wsb-[0-9a-z]{8,63}$.
            directory_id: required; 10 to 65 characters, pattern ^(d-[0-9a-f]{8,63}$)|(wsd-[0-9a-z]{8,63}$).
            capacity: required.
            tags: optional.
            application_settings: optional.
            timeout_settings: optional.
            running_mode: optional; one of AUTO_STOP, ALWAYS_ON.
            reconcile: whether, after an attempt that may have been carried out, half a minute is spent on finding
                what it made (DescribeWorkspacesPools, by name, directory and age) before anything is sent
                again; False unless said.

        Raises:
            ResourceLimitExceededException, ResourceNotFoundException, InvalidParameterValuesException,
            ResourceAlreadyExistsException, OperationNotSupportedException, AccessDeniedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_CreateWorkspacesPool.html
        """
        return await self._call(
            ops.CREATE_WORKSPACES_POOL,
            s.CreateWorkspacesPoolRequest(
                pool_name=pool_name, description=description, bundle_id=bundle_id,
                directory_id=directory_id, capacity=capacity, tags=tags,
                application_settings=application_settings, timeout_settings=timeout_settings,
                running_mode=running_mode,
            ),
            extra,
            validate,
            reconcile,
        )

    async def delete_account_link_invitation(
        self,
        *,
        link_id: str,
        client_token: str | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.DeleteAccountLinkInvitationResult:
        """Call DeleteAccountLinkInvitation.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            link_id: required; pattern ^link-.{8,24}$.
            client_token: optional; pattern ^.{1,64}$.

        Raises:
            ValidationException, AccessDeniedException, ResourceNotFoundException, ConflictException,
            InternalServerException

        https://docs.aws.amazon.com/workspaces/latest/api/API_DeleteAccountLinkInvitation.html
        """
        return await self._call(
            ops.DELETE_ACCOUNT_LINK_INVITATION,
            s.DeleteAccountLinkInvitationRequest(link_id=link_id, client_token=client_token),
            extra,
            validate,
        )

    async def delete_client_branding(
        self,
        *,
        resource_id: str,
        platforms: Sequence[t.ClientDeviceType],
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.DeleteClientBrandingResult:
        """Call DeleteClientBranding.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            resource_id: required; 10 to 65 characters, pattern ^(d-[0-9a-f]{8,63}$)|(wsd-[0-9a-z]{8,63}$).
            platforms: required; 1 to 6 items.

        Raises:
            InvalidParameterValuesException, ResourceNotFoundException, AccessDeniedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_DeleteClientBranding.html
        """
        return await self._call(
            ops.DELETE_CLIENT_BRANDING,
            s.DeleteClientBrandingRequest(resource_id=resource_id, platforms=platforms),
            extra,
            validate,
        )

    async def delete_connect_client_add_in(
        self,
        *,
        add_in_id: str,
        resource_id: str,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.DeleteConnectClientAddInResult:
        """Call DeleteConnectClientAddIn.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            add_in_id: required; 36 to 36 characters, pattern [a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}.
            resource_id: required; 10 to 65 characters, pattern ^(d-[0-9a-f]{8,63}$)|(wsd-[0-9a-z]{8,63}$).

        Raises:
            InvalidParameterValuesException, ResourceNotFoundException, AccessDeniedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_DeleteConnectClientAddIn.html
        """
        return await self._call(
            ops.DELETE_CONNECT_CLIENT_ADD_IN,
            s.DeleteConnectClientAddInRequest(add_in_id=add_in_id, resource_id=resource_id),
            extra,
            validate,
        )

    async def delete_connection_alias(
        self,
        *,
        alias_id: str,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.DeleteConnectionAliasResult:
        """Call DeleteConnectionAlias.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            alias_id: required; 13 to 68 characters, pattern ^wsca-[0-9a-z]{8,63}$.

        Raises:
            ResourceNotFoundException, ResourceAssociatedException, AccessDeniedException,
            InvalidParameterValuesException, InvalidResourceStateException, OperationNotSupportedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_DeleteConnectionAlias.html
        """
        return await self._call(
            ops.DELETE_CONNECTION_ALIAS,
            s.DeleteConnectionAliasRequest(alias_id=alias_id),
            extra,
            validate,
        )

    async def delete_ip_group(
        self,
        *,
        group_id: str,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.DeleteIpGroupResult:
        """Call DeleteIpGroup.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            group_id: required; pattern wsipg-[0-9a-z]{8,63}$.

        Raises:
            InvalidParameterValuesException, ResourceNotFoundException, ResourceAssociatedException,
            AccessDeniedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_DeleteIpGroup.html
        """
        return await self._call(
            ops.DELETE_IP_GROUP,
            s.DeleteIpGroupRequest(group_id=group_id),
            extra,
            validate,
        )

    async def delete_tags(
        self,
        *,
        resource_id: str,
        tag_keys: Sequence[str],
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.DeleteTagsResult:
        """Call DeleteTags.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            resource_id: required; at least 1 characters.
            tag_keys: required; each at least 1 characters.

        Raises:
            ResourceNotFoundException, InvalidParameterValuesException

        https://docs.aws.amazon.com/workspaces/latest/api/API_DeleteTags.html
        """
        return await self._call(
            ops.DELETE_TAGS,
            s.DeleteTagsRequest(resource_id=resource_id, tag_keys=tag_keys),
            extra,
            validate,
        )

    async def delete_workspace_bundle(
        self,
        *,
        bundle_id: str | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.DeleteWorkspaceBundleResult:
        """Call DeleteWorkspaceBundle.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            bundle_id: optional; pattern ^wsb-[0-9a-z]{8,63}$.

        Raises:
            InvalidParameterValuesException, ResourceNotFoundException, ResourceAssociatedException,
            AccessDeniedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_DeleteWorkspaceBundle.html
        """
        return await self._call(
            ops.DELETE_WORKSPACE_BUNDLE,
            s.DeleteWorkspaceBundleRequest(bundle_id=bundle_id),
            extra,
            validate,
        )

    async def delete_workspace_image(
        self,
        *,
        image_id: str,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.DeleteWorkspaceImageResult:
        """Call DeleteWorkspaceImage.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            image_id: required; pattern wsi-[0-9a-z]{9,63}$.

        Raises:
            ResourceAssociatedException, InvalidResourceStateException, AccessDeniedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_DeleteWorkspaceImage.html
        """
        return await self._call(
            ops.DELETE_WORKSPACE_IMAGE,
            s.DeleteWorkspaceImageRequest(image_id=image_id),
            extra,
            validate,
        )

    async def deploy_workspace_applications(
        self,
        *,
        workspace_id: str,
        force: bool | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.DeployWorkspaceApplicationsResult:
        """Call DeployWorkspaceApplications.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            workspace_id: required; pattern ^ws-[0-9a-z]{8,63}$.
            force: optional.

        Raises:
            AccessDeniedException, InvalidParameterValuesException, OperationNotSupportedException,
            ResourceInUseException, ResourceNotFoundException, IncompatibleApplicationsException

        https://docs.aws.amazon.com/workspaces/latest/api/API_DeployWorkspaceApplications.html
        """
        return await self._call(
            ops.DEPLOY_WORKSPACE_APPLICATIONS,
            s.DeployWorkspaceApplicationsRequest(workspace_id=workspace_id, force=force),
            extra,
            validate,
        )

    async def deregister_workspace_directory(
        self,
        *,
        directory_id: str,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.DeregisterWorkspaceDirectoryResult:
        """Call DeregisterWorkspaceDirectory.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            directory_id: required; 10 to 65 characters, pattern ^(d-[0-9a-f]{8,63}$)|(wsd-[0-9a-z]{8,63}$).

        Raises:
            AccessDeniedException, InvalidParameterValuesException, OperationNotSupportedException,
            ResourceNotFoundException, InvalidResourceStateException

        https://docs.aws.amazon.com/workspaces/latest/api/API_DeregisterWorkspaceDirectory.html
        """
        return await self._call(
            ops.DEREGISTER_WORKSPACE_DIRECTORY,
            s.DeregisterWorkspaceDirectoryRequest(directory_id=directory_id),
            extra,
            validate,
        )

    async def describe_account(
        self,
        *,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.DescribeAccountResult:
        """Call DescribeAccount.

        Changes nothing; tried again after any transient failure.

        Raises:
            AccessDeniedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeAccount.html
        """
        return await self._call(ops.DESCRIBE_ACCOUNT, s.DescribeAccountRequest(), extra, validate)

    def describe_account_modifications(
        self,
        *,
        next_token: str | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> Paginator[s.DescribeAccountModificationsResult, s.AccountModification]:
        """Call DescribeAccountModifications.

        Changes nothing; tried again after any transient failure.
        Await the result for one page, iterate it for all items.

        Args:
            next_token: optional; 1 to 2048 characters.

        Raises:
            AccessDeniedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeAccountModifications.html
        """
        return self._paginate(
            ops.DESCRIBE_ACCOUNT_MODIFICATIONS,
            s.DescribeAccountModificationsRequest(next_token=next_token),
            lambda page: page.account_modifications,
            extra,
            validate,
        )

    def describe_application_associations(
        self,
        *,
        application_id: str,
        associated_resource_types: Sequence[t.ApplicationAssociatedResourceType],
        max_results: int | None = None,
        next_token: str | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> Paginator[s.DescribeApplicationAssociationsResult, s.ApplicationResourceAssociation]:
        """Call DescribeApplicationAssociations.

        Changes nothing; tried again after any transient failure.
        Await the result for one page, iterate it for all items.

        Args:
            max_results: optional; 1 to 25.
            next_token: optional; 1 to 2048 characters.
            application_id: required; pattern ^wsa-[0-9a-z]{8,63}$.
            associated_resource_types: required.

        Raises:
            AccessDeniedException, InvalidParameterValuesException, OperationNotSupportedException,
            ResourceNotFoundException

        https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeApplicationAssociations.html
        """
        return self._paginate(
            ops.DESCRIBE_APPLICATION_ASSOCIATIONS,
            s.DescribeApplicationAssociationsRequest(
                max_results=max_results, next_token=next_token, application_id=application_id,
                associated_resource_types=associated_resource_types,
            ),
            lambda page: page.associations,
            extra,
            validate,
        )

    def describe_applications(
        self,
        *,
        application_ids: Sequence[str] | None = None,
        compute_type_names: Sequence[t.Compute] | None = None,
        license_type: t.WorkSpaceApplicationLicenseType | None = None,
        operating_system_names: Sequence[t.OperatingSystemName] | None = None,
        owner: str | None = None,
        max_results: int | None = None,
        next_token: str | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> Paginator[s.DescribeApplicationsResult, s.WorkSpaceApplication]:
        r"""Call DescribeApplications.

        Changes nothing; tried again after any transient failure.
        Await the result for one page, iterate it for all items.

        Args:
            application_ids: optional; 1 to 25 items; each pattern ^wsa-[0-9a-z]{8,63}$.
            compute_type_names: optional.
            license_type: optional; one of LICENSED, UNLICENSED.
            operating_system_names: optional.
            owner: optional; pattern ^\d{12}|AMAZON$.
            max_results: optional; 1 to 25.
            next_token: optional; 1 to 2048 characters.

        Raises:
            AccessDeniedException, InvalidParameterValuesException, OperationNotSupportedException,
            ResourceNotFoundException

        https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeApplications.html
        """
        return self._paginate(
            ops.DESCRIBE_APPLICATIONS,
            s.DescribeApplicationsRequest(
                application_ids=application_ids, compute_type_names=compute_type_names,
                license_type=license_type, operating_system_names=operating_system_names, owner=owner,
                max_results=max_results, next_token=next_token,
            ),
            lambda page: page.applications,
            extra,
            validate,
        )

    async def describe_bundle_associations(
        self,
        *,
        bundle_id: str,
        associated_resource_types: Sequence[t.BundleAssociatedResourceType],
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.DescribeBundleAssociationsResult:
        """Call DescribeBundleAssociations.

        Changes nothing; tried again after any transient failure.

        Args:
            bundle_id: required; pattern ^wsb-[0-9a-z]{8,63}$.
            associated_resource_types: required.

        Raises:
            AccessDeniedException, InvalidParameterValuesException, OperationNotSupportedException,
            ResourceNotFoundException

        https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeBundleAssociations.html
        """
        return await self._call(
            ops.DESCRIBE_BUNDLE_ASSOCIATIONS,
            s.DescribeBundleAssociationsRequest(
                bundle_id=bundle_id, associated_resource_types=associated_resource_types,
            ),
            extra,
            validate,
        )

    async def describe_client_branding(
        self,
        *,
        resource_id: str,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.DescribeClientBrandingResult:
        """Call DescribeClientBranding.

        Changes nothing; tried again after any transient failure.

        Args:
            resource_id: required; 10 to 65 characters, pattern ^(d-[0-9a-f]{8,63}$)|(wsd-[0-9a-z]{8,63}$).

        Raises:
            InvalidParameterValuesException, ResourceNotFoundException, AccessDeniedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeClientBranding.html
        """
        return await self._call(
            ops.DESCRIBE_CLIENT_BRANDING,
            s.DescribeClientBrandingRequest(resource_id=resource_id),
            extra,
            validate,
        )

    async def describe_client_properties(
        self,
        *,
        resource_ids: Sequence[str],
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.DescribeClientPropertiesResult:
        """Call DescribeClientProperties.

        Changes nothing; tried again after any transient failure.

        Args:
            resource_ids: required; 1 to 25 items; each at least 1 characters.

        Raises:
            InvalidParameterValuesException, ResourceNotFoundException, AccessDeniedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeClientProperties.html
        """
        return await self._call(
            ops.DESCRIBE_CLIENT_PROPERTIES,
            s.DescribeClientPropertiesRequest(resource_ids=resource_ids),
            extra,
            validate,
        )

    def describe_connect_client_add_ins(
        self,
        *,
        resource_id: str,
        next_token: str | None = None,
        max_results: int | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> Paginator[s.DescribeConnectClientAddInsResult, s.ConnectClientAddIn]:
        """Call DescribeConnectClientAddIns.

        Changes nothing; tried again after any transient failure.
        Await the result for one page, iterate it for all items.

        Args:
            resource_id: required; 10 to 65 characters, pattern ^(d-[0-9a-f]{8,63}$)|(wsd-[0-9a-z]{8,63}$).
            next_token: optional; 1 to 2048 characters.
            max_results: optional; 1 to 25.

        Raises:
            InvalidParameterValuesException, ResourceNotFoundException, AccessDeniedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeConnectClientAddIns.html
        """
        return self._paginate(
            ops.DESCRIBE_CONNECT_CLIENT_ADD_INS,
            s.DescribeConnectClientAddInsRequest(
                resource_id=resource_id, next_token=next_token, max_results=max_results,
            ),
            lambda page: page.add_ins,
            extra,
            validate,
        )

    def describe_connection_alias_permissions(
        self,
        *,
        alias_id: str,
        next_token: str | None = None,
        max_results: int | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> Paginator[s.DescribeConnectionAliasPermissionsResult, s.ConnectionAliasPermission]:
        """Call DescribeConnectionAliasPermissions.

        Changes nothing; tried again after any transient failure.
        Await the result for one page, iterate it for all items.

        Args:
            alias_id: required; 13 to 68 characters, pattern ^wsca-[0-9a-z]{8,63}$.
            next_token: optional; 1 to 2048 characters.
            max_results: optional; 1 to 25.

        Raises:
            AccessDeniedException, InvalidParameterValuesException, ResourceNotFoundException,
            OperationNotSupportedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeConnectionAliasPermissions.html
        """
        return self._paginate(
            ops.DESCRIBE_CONNECTION_ALIAS_PERMISSIONS,
            s.DescribeConnectionAliasPermissionsRequest(
                alias_id=alias_id, next_token=next_token, max_results=max_results,
            ),
            lambda page: page.connection_alias_permissions,
            extra,
            validate,
        )

    def describe_connection_aliases(
        self,
        *,
        alias_ids: Sequence[str] | None = None,
        resource_id: str | None = None,
        limit: int | None = None,
        next_token: str | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> Paginator[s.DescribeConnectionAliasesResult, s.ConnectionAlias]:
        """Call DescribeConnectionAliases.

        Changes nothing; tried again after any transient failure.
        Await the result for one page, iterate it for all items.

        Args:
            alias_ids: optional; 1 to 25 items; each 13 to 68 characters, pattern ^wsca-[0-9a-z]{8,63}$.
            resource_id: optional; at least 1 characters.
            limit: optional; 1 to 25.
            next_token: optional; 1 to 2048 characters.

        Raises:
            AccessDeniedException, InvalidParameterValuesException, OperationNotSupportedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeConnectionAliases.html
        """
        return self._paginate(
            ops.DESCRIBE_CONNECTION_ALIASES,
            s.DescribeConnectionAliasesRequest(
                alias_ids=alias_ids, resource_id=resource_id, limit=limit, next_token=next_token,
            ),
            lambda page: page.connection_aliases,
            extra,
            validate,
        )

    async def describe_custom_workspace_image_import(
        self,
        *,
        image_id: str,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.DescribeCustomWorkspaceImageImportResult:
        """Call DescribeCustomWorkspaceImageImport.

        Changes nothing; tried again after any transient failure.

        Args:
            image_id: required; pattern wsi-[0-9a-z]{9,63}$.

        Raises:
            AccessDeniedException, ResourceNotFoundException

        https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeCustomWorkspaceImageImport.html
        """
        return await self._call(
            ops.DESCRIBE_CUSTOM_WORKSPACE_IMAGE_IMPORT,
            s.DescribeCustomWorkspaceImageImportRequest(image_id=image_id),
            extra,
            validate,
        )

    async def describe_image_associations(
        self,
        *,
        image_id: str,
        associated_resource_types: Sequence[t.ImageAssociatedResourceType],
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.DescribeImageAssociationsResult:
        """Call DescribeImageAssociations.

        Changes nothing; tried again after any transient failure.

        Args:
            image_id: required; pattern wsi-[0-9a-z]{9,63}$.
            associated_resource_types: required.

        Raises:
            AccessDeniedException, InvalidParameterValuesException, OperationNotSupportedException,
            ResourceNotFoundException

        https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeImageAssociations.html
        """
        return await self._call(
            ops.DESCRIBE_IMAGE_ASSOCIATIONS,
            s.DescribeImageAssociationsRequest(
                image_id=image_id, associated_resource_types=associated_resource_types,
            ),
            extra,
            validate,
        )

    def describe_ip_groups(
        self,
        *,
        group_ids: Sequence[str] | None = None,
        next_token: str | None = None,
        max_results: int | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> Paginator[s.DescribeIpGroupsResult, s.WorkspacesIpGroup]:
        """Call DescribeIpGroups.

        Changes nothing; tried again after any transient failure.
        Await the result for one page, iterate it for all items.

        Args:
            group_ids: optional; each pattern wsipg-[0-9a-z]{8,63}$.
            next_token: optional; 1 to 2048 characters.
            max_results: optional; 1 to 25.

        Raises:
            InvalidParameterValuesException, AccessDeniedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeIpGroups.html
        """
        return self._paginate(
            ops.DESCRIBE_IP_GROUPS,
            s.DescribeIpGroupsRequest(group_ids=group_ids, next_token=next_token, max_results=max_results),
            lambda page: page.result,
            extra,
            validate,
        )

    async def describe_tags(
        self,
        *,
        resource_id: str,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.DescribeTagsResult:
        """Call DescribeTags.

        Changes nothing; tried again after any transient failure.

        Args:
            resource_id: required; at least 1 characters.

        Raises:
            ResourceNotFoundException

        https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeTags.html
        """
        return await self._call(
            ops.DESCRIBE_TAGS,
            s.DescribeTagsRequest(resource_id=resource_id),
            extra,
            validate,
        )

    async def describe_workspace_associations(
        self,
        *,
        workspace_id: str,
        associated_resource_types: Sequence[t.WorkSpaceAssociatedResourceType],
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.DescribeWorkspaceAssociationsResult:
        """Call DescribeWorkspaceAssociations.

        Changes nothing; tried again after any transient failure.

        Args:
            workspace_id: required; pattern ^ws-[0-9a-z]{8,63}$.
            associated_resource_types: required.

        Raises:
            AccessDeniedException, InvalidParameterValuesException, OperationNotSupportedException,
            ResourceNotFoundException

        https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeWorkspaceAssociations.html
        """
        return await self._call(
            ops.DESCRIBE_WORKSPACE_ASSOCIATIONS,
            s.DescribeWorkspaceAssociationsRequest(
                workspace_id=workspace_id, associated_resource_types=associated_resource_types,
            ),
            extra,
            validate,
        )

    def describe_workspace_bundles(
        self,
        *,
        bundle_ids: Sequence[str] | None = None,
        owner: str | None = None,
        next_token: str | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> Paginator[s.DescribeWorkspaceBundlesResult, s.WorkspaceBundle]:
        """Call DescribeWorkspaceBundles.

        Changes nothing; tried again after any transient failure.
        Await the result for one page, iterate it for all items.

        Args:
            bundle_ids: optional; 1 to 25 items; each pattern ^wsb-[0-9a-z]{8,63}$.
            owner: optional.
            next_token: optional; 1 to 2048 characters.

        Raises:
            InvalidParameterValuesException

        https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeWorkspaceBundles.html
        """
        return self._paginate(
            ops.DESCRIBE_WORKSPACE_BUNDLES,
            s.DescribeWorkspaceBundlesRequest(bundle_ids=bundle_ids, owner=owner, next_token=next_token),
            lambda page: page.bundles,
            extra,
            validate,
        )

    def describe_workspace_directories(
        self,
        *,
        directory_ids: Sequence[str] | None = None,
        workspace_directory_names: Sequence[str] | None = None,
        limit: int | None = None,
        next_token: str | None = None,
        filters: Sequence[s.DescribeWorkspaceDirectoriesFilter] | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> Paginator[s.DescribeWorkspaceDirectoriesResult, s.WorkspaceDirectory]:
        r"""Call DescribeWorkspaceDirectories.

        Changes nothing; tried again after any transient failure.
        Await the result for one page, iterate it for all items.

        Args:
            directory_ids: optional; 1 to 25 items; each 10 to 65 characters, pattern ^(d-[0-9a-f]{8,63}$)|(wsd-[0-9a-z]{8,63}$).
            workspace_directory_names: optional; 1 to 25 items; each pattern ^[a-zA-Z0-9][a-zA-Z0-9_.\s-]{1,64}$.
            limit: optional; 1 to 25.
            next_token: optional; 1 to 2048 characters.
            filters: optional; 1 to 25 items.

        Raises:
            InvalidParameterValuesException

        https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeWorkspaceDirectories.html
        """
        return self._paginate(
            ops.DESCRIBE_WORKSPACE_DIRECTORIES,
            s.DescribeWorkspaceDirectoriesRequest(
                directory_ids=directory_ids, workspace_directory_names=workspace_directory_names,
                limit=limit, next_token=next_token, filters=filters,
            ),
            lambda page: page.directories,
            extra,
            validate,
        )

    def describe_workspace_image_permissions(
        self,
        *,
        image_id: str,
        next_token: str | None = None,
        max_results: int | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> Paginator[s.DescribeWorkspaceImagePermissionsResult, s.ImagePermission]:
        """Call DescribeWorkspaceImagePermissions.

        Changes nothing; tried again after any transient failure.
        Await the result for one page, iterate it for all items.

        Args:
            image_id: required; pattern wsi-[0-9a-z]{9,63}$.
            next_token: optional; 1 to 2048 characters.
            max_results: optional; 1 to 25.

        Raises:
            ResourceNotFoundException, AccessDeniedException, InvalidParameterValuesException

        https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeWorkspaceImagePermissions.html
        """
        return self._paginate(
            ops.DESCRIBE_WORKSPACE_IMAGE_PERMISSIONS,
            s.DescribeWorkspaceImagePermissionsRequest(
                image_id=image_id, next_token=next_token, max_results=max_results,
            ),
            lambda page: page.image_permissions,
            extra,
            validate,
        )

    def describe_workspace_images(
        self,
        *,
        image_ids: Sequence[str] | None = None,
        image_type: t.ImageType | None = None,
        next_token: str | None = None,
        max_results: int | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> Paginator[s.DescribeWorkspaceImagesResult, s.WorkspaceImage]:
        """Call DescribeWorkspaceImages.

        Changes nothing; tried again after any transient failure.
        Await the result for one page, iterate it for all items.

        Args:
            image_ids: optional; 1 to 25 items; each pattern wsi-[0-9a-z]{9,63}$.
            image_type: optional; one of OWNED, SHARED.
            next_token: optional; 1 to 2048 characters.
            max_results: optional; 1 to 25.

        Raises:
            AccessDeniedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeWorkspaceImages.html
        """
        return self._paginate(
            ops.DESCRIBE_WORKSPACE_IMAGES,
            s.DescribeWorkspaceImagesRequest(
                image_ids=image_ids, image_type=image_type, next_token=next_token, max_results=max_results,
            ),
            lambda page: page.images,
            extra,
            validate,
        )

    async def describe_workspace_snapshots(
        self,
        *,
        workspace_id: str,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.DescribeWorkspaceSnapshotsResult:
        """Call DescribeWorkspaceSnapshots.

        Changes nothing; tried again after any transient failure.

        Args:
            workspace_id: required; pattern ^ws-[0-9a-z]{8,63}$.

        Raises:
            InvalidParameterValuesException, ResourceNotFoundException, AccessDeniedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeWorkspaceSnapshots.html
        """
        return await self._call(
            ops.DESCRIBE_WORKSPACE_SNAPSHOTS,
            s.DescribeWorkspaceSnapshotsRequest(workspace_id=workspace_id),
            extra,
            validate,
        )

    def describe_workspaces(
        self,
        *,
        workspace_ids: Sequence[str] | None = None,
        directory_id: str | None = None,
        user_name: str | None = None,
        bundle_id: str | None = None,
        limit: int | None = None,
        next_token: str | None = None,
        workspace_name: str | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> Paginator[s.DescribeWorkspacesResult, s.Workspace]:
        """Call DescribeWorkspaces.

        Changes nothing; tried again after any transient failure.
        Await the result for one page, iterate it for all items.

        Args:
            workspace_ids: optional; 1 to 25 items; each pattern ^ws-[0-9a-z]{8,63}$.
            directory_id: optional; 10 to 65 characters, pattern ^(d-[0-9a-f]{8,63}$)|(wsd-[0-9a-z]{8,63}$).
            user_name: optional; 1 to 63 characters.
            bundle_id: optional; pattern ^wsb-[0-9a-z]{8,63}$.
            limit: optional; 1 to 25.
            next_token: optional; 1 to 2048 characters.
            workspace_name: optional; pattern ^[a-zA-Z0-9_()][a-zA-Z0-9_.()-]{1,63}$.

        Raises:
            InvalidParameterValuesException, ResourceUnavailableException

        https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeWorkspaces.html
        """
        return self._paginate(
            ops.DESCRIBE_WORKSPACES,
            s.DescribeWorkspacesRequest(
                workspace_ids=workspace_ids, directory_id=directory_id, user_name=user_name,
                bundle_id=bundle_id, limit=limit, next_token=next_token, workspace_name=workspace_name,
            ),
            lambda page: page.workspaces,
            extra,
            validate,
        )

    def describe_workspaces_connection_status(
        self,
        *,
        workspace_ids: Sequence[str] | None = None,
        next_token: str | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> Paginator[s.DescribeWorkspacesConnectionStatusResult, s.WorkspaceConnectionStatus]:
        """Call DescribeWorkspacesConnectionStatus.

        Changes nothing; tried again after any transient failure.
        Await the result for one page, iterate it for all items.

        Args:
            workspace_ids: optional; 1 to 25 items; each pattern ^ws-[0-9a-z]{8,63}$.
            next_token: optional; 1 to 2048 characters.

        Raises:
            InvalidParameterValuesException

        https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeWorkspacesConnectionStatus.html
        """
        return self._paginate(
            ops.DESCRIBE_WORKSPACES_CONNECTION_STATUS,
            s.DescribeWorkspacesConnectionStatusRequest(
                workspace_ids=workspace_ids, next_token=next_token,
            ),
            lambda page: page.workspaces_connection_status,
            extra,
            validate,
        )

    def describe_workspaces_pool_sessions(
        self,
        *,
        pool_id: str,
        user_id: str | None = None,
        limit: int | None = None,
        next_token: str | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> Paginator[s.DescribeWorkspacesPoolSessionsResult, s.WorkspacesPoolSession]:
        """Call DescribeWorkspacesPoolSessions.

        Changes nothing; tried again after any transient failure.
        Await the result for one page, iterate it for all items.

        Args:
            pool_id: required; pattern ^wspool-[0-9a-z]{9}$.
            user_id: optional; 2 to 128 characters.
            limit: optional; 1 to 50.
            next_token: optional; 1 to 2048 characters.

        Raises:
            InvalidParameterValuesException, ResourceNotFoundException, AccessDeniedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeWorkspacesPoolSessions.html
        """
        return self._paginate(
            ops.DESCRIBE_WORKSPACES_POOL_SESSIONS,
            s.DescribeWorkspacesPoolSessionsRequest(
                pool_id=pool_id, user_id=user_id, limit=limit, next_token=next_token,
            ),
            lambda page: page.sessions,
            extra,
            validate,
        )

    def describe_workspaces_pools(
        self,
        *,
        pool_ids: Sequence[str] | None = None,
        filters: Sequence[s.DescribeWorkspacesPoolsFilter] | None = None,
        limit: int | None = None,
        next_token: str | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> Paginator[s.DescribeWorkspacesPoolsResult, s.WorkspacesPool]:
        """Call DescribeWorkspacesPools.

        Changes nothing; tried again after any transient failure.
        Await the result for one page, iterate it for all items.

        Args:
            pool_ids: optional; 1 to 25 items; each pattern ^wspool-[0-9a-z]{9}$.
            filters: optional; 1 to 25 items.
            limit: optional; 1 to 25.
            next_token: optional; 1 to 2048 characters.

        Raises:
            InvalidParameterValuesException, ResourceNotFoundException, AccessDeniedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_DescribeWorkspacesPools.html
        """
        return self._paginate(
            ops.DESCRIBE_WORKSPACES_POOLS,
            s.DescribeWorkspacesPoolsRequest(
                pool_ids=pool_ids, filters=filters, limit=limit, next_token=next_token,
            ),
            lambda page: page.workspaces_pools,
            extra,
            validate,
        )

    async def disassociate_connection_alias(
        self,
        *,
        alias_id: str,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.DisassociateConnectionAliasResult:
        """Call DisassociateConnectionAlias.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            alias_id: required; 13 to 68 characters, pattern ^wsca-[0-9a-z]{8,63}$.

        Raises:
            AccessDeniedException, ResourceNotFoundException, InvalidParameterValuesException,
            InvalidResourceStateException, OperationNotSupportedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_DisassociateConnectionAlias.html
        """
        return await self._call(
            ops.DISASSOCIATE_CONNECTION_ALIAS,
            s.DisassociateConnectionAliasRequest(alias_id=alias_id),
            extra,
            validate,
        )

    async def disassociate_ip_groups(
        self,
        *,
        directory_id: str,
        group_ids: Sequence[str],
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.DisassociateIpGroupsResult:
        """Call DisassociateIpGroups.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            directory_id: required; 10 to 65 characters, pattern ^(d-[0-9a-f]{8,63}$)|(wsd-[0-9a-z]{8,63}$).
            group_ids: required; each pattern wsipg-[0-9a-z]{8,63}$.

        Raises:
            InvalidParameterValuesException, ResourceNotFoundException, InvalidResourceStateException,
            AccessDeniedException, OperationNotSupportedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_DisassociateIpGroups.html
        """
        return await self._call(
            ops.DISASSOCIATE_IP_GROUPS,
            s.DisassociateIpGroupsRequest(directory_id=directory_id, group_ids=group_ids),
            extra,
            validate,
        )

    async def disassociate_workspace_application(
        self,
        *,
        workspace_id: str,
        application_id: str,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.DisassociateWorkspaceApplicationResult:
        """Call DisassociateWorkspaceApplication.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            workspace_id: required; pattern ^ws-[0-9a-z]{8,63}$.
            application_id: required; pattern ^wsa-[0-9a-z]{8,63}$.

        Raises:
            AccessDeniedException, InvalidParameterValuesException, OperationNotSupportedException,
            ResourceInUseException, ResourceNotFoundException

        https://docs.aws.amazon.com/workspaces/latest/api/API_DisassociateWorkspaceApplication.html
        """
        return await self._call(
            ops.DISASSOCIATE_WORKSPACE_APPLICATION,
            s.DisassociateWorkspaceApplicationRequest(
                workspace_id=workspace_id, application_id=application_id,
            ),
            extra,
            validate,
        )

    async def get_account_link(
        self,
        *,
        link_id: str | None = None,
        linked_account_id: str | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.GetAccountLinkResult:
        r"""Call GetAccountLink.

        Changes nothing; tried again after any transient failure.

        Args:
            link_id: optional; pattern ^link-.{8,24}$.
            linked_account_id: optional; pattern ^\d{12}$.

        Raises:
            AccessDeniedException, ValidationException, ResourceNotFoundException, InternalServerException

        https://docs.aws.amazon.com/workspaces/latest/api/API_GetAccountLink.html
        """
        return await self._call(
            ops.GET_ACCOUNT_LINK,
            s.GetAccountLinkRequest(link_id=link_id, linked_account_id=linked_account_id),
            extra,
            validate,
        )

    async def import_client_branding(
        self,
        *,
        resource_id: str,
        device_type_windows: s.DefaultImportClientBrandingAttributes | None = None,
        device_type_osx: s.DefaultImportClientBrandingAttributes | None = None,
        device_type_android: s.DefaultImportClientBrandingAttributes | None = None,
        device_type_ios: s.IosImportClientBrandingAttributes | None = None,
        device_type_linux: s.DefaultImportClientBrandingAttributes | None = None,
        device_type_web: s.DefaultImportClientBrandingAttributes | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.ImportClientBrandingResult:
        """Call ImportClientBranding.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            resource_id: required; 10 to 65 characters, pattern ^(d-[0-9a-f]{8,63}$)|(wsd-[0-9a-z]{8,63}$).
            device_type_windows: optional.
            device_type_osx: optional.
            device_type_android: optional.
            device_type_ios: optional.
            device_type_linux: optional.
            device_type_web: optional.

        Raises:
            InvalidParameterValuesException, ResourceLimitExceededException, ResourceNotFoundException,
            AccessDeniedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_ImportClientBranding.html
        """
        return await self._call(
            ops.IMPORT_CLIENT_BRANDING,
            s.ImportClientBrandingRequest(
                resource_id=resource_id, device_type_windows=device_type_windows,
                device_type_osx=device_type_osx, device_type_android=device_type_android,
                device_type_ios=device_type_ios, device_type_linux=device_type_linux,
                device_type_web=device_type_web,
            ),
            extra,
            validate,
        )

    async def import_custom_workspace_image(
        self,
        *,
        image_name: str,
        image_description: str,
        compute_type: t.ImageComputeType,
        protocol: t.CustomImageProtocol,
        image_source: s.ImageSourceIdentifier,
        infrastructure_configuration_arn: str,
        platform: t.Platform,
        os_version: t.OSVersion,
        tags: Sequence[s.Tag] | None = None,
        image_validation_mode: t.ImageValidationMode | None = None,
        reconcile: bool = False,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.ImportCustomWorkspaceImageResult:
        r"""Call ImportCustomWorkspaceImage.

        Not safe to send twice; not tried again when an attempt may have been carried out.

        Args:
            image_name: required; 1 to 64 characters, pattern ^[a-zA-Z0-9_./()\\-]+$.
            image_description: required; 1 to 256 characters, pattern ^[a-zA-Z0-9_./() -]+$.
            compute_type: required; one of BASE, GRAPHICS_G4DN, GRAPHICS_G6, GRAPHICS_G7.
            protocol: required; one of PCOIP, DCV, BYOP.
            image_source: required.
            infrastructure_configuration_arn: required; 1 to 2048 characters, pattern ^arn:aws[^:]*:imagebuilder:[^:]+:(?:[0-9]{12}|aws):infrastructure-configuration/[a-z0-9-_]+$.
            platform: required; one of WINDOWS.
            os_version: required; one of Windows_10, Windows_11.
            tags: optional.
            image_validation_mode: optional; one of CUSTOMER_MANAGED, SERVICE_MANAGED.
            reconcile: whether, after an attempt that may have been carried out, half a minute is spent on finding
                what it made (DescribeWorkspaceImages, by name and age) before anything is sent
                again; False unless said.

        Raises:
            AccessDeniedException, InvalidParameterValuesException, OperationNotSupportedException,
            ResourceNotFoundException, ResourceAlreadyExistsException, ResourceLimitExceededException

        https://docs.aws.amazon.com/workspaces/latest/api/API_ImportCustomWorkspaceImage.html
        """
        return await self._call(
            ops.IMPORT_CUSTOM_WORKSPACE_IMAGE,
            s.ImportCustomWorkspaceImageRequest(
                image_name=image_name, image_description=image_description, compute_type=compute_type,
                protocol=protocol, image_source=image_source,
                infrastructure_configuration_arn=infrastructure_configuration_arn, platform=platform,
                os_version=os_version, tags=tags, image_validation_mode=image_validation_mode,
            ),
            extra,
            validate,
            reconcile,
        )

    async def import_workspace_image(
        self,
        *,
        ec2_image_id: str,
        ingestion_process: t.WorkspaceImageIngestionProcess,
        image_name: str,
        image_description: str,
        tags: Sequence[s.Tag] | None = None,
        applications: Sequence[t.Application] | None = None,
        reconcile: bool = False,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.ImportWorkspaceImageResult:
        r"""Call ImportWorkspaceImage.

        Not safe to send twice; not tried again when an attempt may have been carried out.

        Args:
            ec2_image_id: required; pattern ^ami\-([a-f0-9]{8}|[a-f0-9]{17})$.
            ingestion_process: required; one of BYOL_REGULAR, BYOL_GRAPHICS, BYOL_GRAPHICSPRO, BYOL_GRAPHICS_G4DN, BYOL_REGULAR_WSP, BYOL_GRAPHICS_G4DN_WSP, BYOL_REGULAR_BYOP, BYOL_GRAPHICS_G4DN_BYOP.
            image_name: required; 1 to 64 characters, pattern ^[a-zA-Z0-9_./()\\-]+$.
            image_description: required; 1 to 256 characters, pattern ^[a-zA-Z0-9_./() -]+$.
            tags: optional.
            applications: optional; 1 to 5 items.
            reconcile: whether, after an attempt that may have been carried out, half a minute is spent on finding
                what it made (DescribeWorkspaceImages, by name and age) before anything is sent
                again; False unless said.

        Raises:
            ResourceLimitExceededException, ResourceAlreadyExistsException, ResourceNotFoundException,
            OperationNotSupportedException, AccessDeniedException, InvalidParameterValuesException

        https://docs.aws.amazon.com/workspaces/latest/api/API_ImportWorkspaceImage.html
        """
        return await self._call(
            ops.IMPORT_WORKSPACE_IMAGE,
            s.ImportWorkspaceImageRequest(
                ec2_image_id=ec2_image_id, ingestion_process=ingestion_process, image_name=image_name,
                image_description=image_description, tags=tags, applications=applications,
            ),
            extra,
            validate,
            reconcile,
        )

    def list_account_links(
        self,
        *,
        link_status_filter: Sequence[t.AccountLinkStatusEnum] | None = None,
        next_token: str | None = None,
        max_results: int | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> Paginator[s.ListAccountLinksResult, s.AccountLink]:
        """Call ListAccountLinks.

        Changes nothing; tried again after any transient failure.
        Await the result for one page, iterate it for all items.

        Args:
            link_status_filter: optional.
            next_token: optional; 1 to 2048 characters.
            max_results: optional; 1 to 25.

        Raises:
            AccessDeniedException, ValidationException, InternalServerException

        https://docs.aws.amazon.com/workspaces/latest/api/API_ListAccountLinks.html
        """
        return self._paginate(
            ops.LIST_ACCOUNT_LINKS,
            s.ListAccountLinksRequest(
                link_status_filter=link_status_filter, next_token=next_token, max_results=max_results,
            ),
            lambda page: page.account_links,
            extra,
            validate,
        )

    def list_available_management_cidr_ranges(
        self,
        *,
        management_cidr_range_constraint: str,
        max_results: int | None = None,
        next_token: str | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> Paginator[s.ListAvailableManagementCidrRangesResult, str]:
        r"""Call ListAvailableManagementCidrRanges.

        Changes nothing; tried again after any transient failure.
        Await the result for one page, iterate it for all items.

        Args:
            management_cidr_range_constraint: required; pattern ^(([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])\.){3}([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])(\/(3[0-2]|[1-2][0-9]|[0-9]))$.
            max_results: optional; 1 to 5.
            next_token: optional; 1 to 2048 characters.

        Raises:
            InvalidParameterValuesException, AccessDeniedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_ListAvailableManagementCidrRanges.html
        """
        return self._paginate(
            ops.LIST_AVAILABLE_MANAGEMENT_CIDR_RANGES,
            s.ListAvailableManagementCidrRangesRequest(
                management_cidr_range_constraint=management_cidr_range_constraint, max_results=max_results,
                next_token=next_token,
            ),
            lambda page: page.management_cidr_ranges,
            extra,
            validate,
        )

    async def migrate_workspace(
        self,
        *,
        source_workspace_id: str,
        bundle_id: str,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.MigrateWorkspaceResult:
        """Call MigrateWorkspace.

        Not safe to send twice; not tried again when an attempt may have been carried out.

        Args:
            source_workspace_id: required; pattern ^ws-[0-9a-z]{8,63}$.
            bundle_id: required; pattern ^wsb-[0-9a-z]{8,63}$.

        Raises:
            InvalidParameterValuesException, ResourceNotFoundException, AccessDeniedException,
            OperationNotSupportedException, OperationInProgressException, ResourceUnavailableException

        https://docs.aws.amazon.com/workspaces/latest/api/API_MigrateWorkspace.html
        """
        return await self._call(
            ops.MIGRATE_WORKSPACE,
            s.MigrateWorkspaceRequest(source_workspace_id=source_workspace_id, bundle_id=bundle_id),
            extra,
            validate,
        )

    async def modify_account(
        self,
        *,
        dedicated_tenancy_support: t.DedicatedTenancySupportEnum | None = None,
        dedicated_tenancy_management_cidr_range: str | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.ModifyAccountResult:
        r"""Call ModifyAccount.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            dedicated_tenancy_support: optional; one of ENABLED.
            dedicated_tenancy_management_cidr_range: optional; pattern (^([0-9]|[1-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-5])\.([0-9]|[1-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-5])\.0\.0)(\/(16$))$.

        Raises:
            InvalidParameterValuesException, AccessDeniedException, InvalidResourceStateException,
            ResourceUnavailableException, ResourceNotFoundException

        https://docs.aws.amazon.com/workspaces/latest/api/API_ModifyAccount.html
        """
        return await self._call(
            ops.MODIFY_ACCOUNT,
            s.ModifyAccountRequest(
                dedicated_tenancy_support=dedicated_tenancy_support,
                dedicated_tenancy_management_cidr_range=dedicated_tenancy_management_cidr_range,
            ),
            extra,
            validate,
        )

    async def modify_certificate_based_auth_properties(
        self,
        *,
        resource_id: str,
        certificate_based_auth_properties: s.CertificateBasedAuthProperties | None = None,
        properties_to_delete: Sequence[t.DeletableCertificateBasedAuthProperty] | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.ModifyCertificateBasedAuthPropertiesResult:
        """Call ModifyCertificateBasedAuthProperties.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            resource_id: required; 10 to 65 characters, pattern ^(d-[0-9a-f]{8,63}$)|(wsd-[0-9a-z]{8,63}$).
            certificate_based_auth_properties: optional.
            properties_to_delete: optional.

        Raises:
            AccessDeniedException, InvalidParameterValuesException, OperationNotSupportedException,
            ResourceNotFoundException

        https://docs.aws.amazon.com/workspaces/latest/api/API_ModifyCertificateBasedAuthProperties.html
        """
        return await self._call(
            ops.MODIFY_CERTIFICATE_BASED_AUTH_PROPERTIES,
            s.ModifyCertificateBasedAuthPropertiesRequest(
                resource_id=resource_id,
                certificate_based_auth_properties=certificate_based_auth_properties,
                properties_to_delete=properties_to_delete,
            ),
            extra,
            validate,
        )

    async def modify_client_properties(
        self,
        *,
        resource_id: str,
        client_properties: s.ClientProperties,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.ModifyClientPropertiesResult:
        """Call ModifyClientProperties.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            resource_id: required; at least 1 characters.
            client_properties: required.

        Raises:
            InvalidParameterValuesException, ResourceNotFoundException, AccessDeniedException,
            OperationNotSupportedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_ModifyClientProperties.html
        """
        return await self._call(
            ops.MODIFY_CLIENT_PROPERTIES,
            s.ModifyClientPropertiesRequest(resource_id=resource_id, client_properties=client_properties),
            extra,
            validate,
        )

    async def modify_endpoint_encryption_mode(
        self,
        *,
        directory_id: str,
        endpoint_encryption_mode: t.EndpointEncryptionMode,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.ModifyEndpointEncryptionModeResponse:
        """Call ModifyEndpointEncryptionMode.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            directory_id: required; 10 to 65 characters, pattern ^(d-[0-9a-f]{8,63}$)|(wsd-[0-9a-z]{8,63}$).
            endpoint_encryption_mode: required; one of STANDARD_TLS, FIPS_VALIDATED.

        Raises:
            AccessDeniedException, ResourceNotFoundException, OperationNotSupportedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_ModifyEndpointEncryptionMode.html
        """
        return await self._call(
            ops.MODIFY_ENDPOINT_ENCRYPTION_MODE,
            s.ModifyEndpointEncryptionModeRequest(
                directory_id=directory_id, endpoint_encryption_mode=endpoint_encryption_mode,
            ),
            extra,
            validate,
        )

    async def modify_saml_properties(
        self,
        *,
        resource_id: str,
        saml_properties: s.SamlProperties | None = None,
        properties_to_delete: Sequence[t.DeletableSamlProperty] | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.ModifySamlPropertiesResult:
        """Call ModifySamlProperties.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            resource_id: required; 10 to 65 characters, pattern ^(d-[0-9a-f]{8,63}$)|(wsd-[0-9a-z]{8,63}$).
            saml_properties: optional.
            properties_to_delete: optional.

        Raises:
            AccessDeniedException, InvalidParameterValuesException, OperationNotSupportedException,
            ResourceNotFoundException

        https://docs.aws.amazon.com/workspaces/latest/api/API_ModifySamlProperties.html
        """
        return await self._call(
            ops.MODIFY_SAML_PROPERTIES,
            s.ModifySamlPropertiesRequest(
                resource_id=resource_id, saml_properties=saml_properties,
                properties_to_delete=properties_to_delete,
            ),
            extra,
            validate,
        )

    async def modify_selfservice_permissions(
        self,
        *,
        resource_id: str,
        selfservice_permissions: s.SelfservicePermissions,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.ModifySelfservicePermissionsResult:
        """Call ModifySelfservicePermissions.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            resource_id: required; 10 to 65 characters, pattern ^(d-[0-9a-f]{8,63}$)|(wsd-[0-9a-z]{8,63}$).
            selfservice_permissions: required.

        Raises:
            AccessDeniedException, InvalidParameterValuesException, ResourceNotFoundException,
            OperationNotSupportedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_ModifySelfservicePermissions.html
        """
        return await self._call(
            ops.MODIFY_SELFSERVICE_PERMISSIONS,
            s.ModifySelfservicePermissionsRequest(
                resource_id=resource_id, selfservice_permissions=selfservice_permissions,
            ),
            extra,
            validate,
        )

    async def modify_streaming_properties(
        self,
        *,
        resource_id: str,
        streaming_properties: s.StreamingProperties | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.ModifyStreamingPropertiesResult:
        """Call ModifyStreamingProperties.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            resource_id: required; 10 to 65 characters, pattern ^(d-[0-9a-f]{8,63}$)|(wsd-[0-9a-z]{8,63}$).
            streaming_properties: optional.

        Raises:
            AccessDeniedException, InvalidParameterValuesException, ResourceNotFoundException,
            OperationNotSupportedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_ModifyStreamingProperties.html
        """
        return await self._call(
            ops.MODIFY_STREAMING_PROPERTIES,
            s.ModifyStreamingPropertiesRequest(
                resource_id=resource_id, streaming_properties=streaming_properties,
            ),
            extra,
            validate,
        )

    async def modify_workspace_access_properties(
        self,
        *,
        resource_id: str,
        workspace_access_properties: s.WorkspaceAccessProperties,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.ModifyWorkspaceAccessPropertiesResult:
        """Call ModifyWorkspaceAccessProperties.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            resource_id: required; 10 to 65 characters, pattern ^(d-[0-9a-f]{8,63}$)|(wsd-[0-9a-z]{8,63}$).
            workspace_access_properties: required.

        Raises:
            ResourceNotFoundException, AccessDeniedException, InvalidParameterValuesException,
            InvalidParameterCombinationException, OperationNotSupportedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_ModifyWorkspaceAccessProperties.html
        """
        return await self._call(
            ops.MODIFY_WORKSPACE_ACCESS_PROPERTIES,
            s.ModifyWorkspaceAccessPropertiesRequest(
                resource_id=resource_id, workspace_access_properties=workspace_access_properties,
            ),
            extra,
            validate,
        )

    async def modify_workspace_creation_properties(
        self,
        *,
        resource_id: str,
        workspace_creation_properties: s.WorkspaceCreationProperties,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.ModifyWorkspaceCreationPropertiesResult:
        """Call ModifyWorkspaceCreationProperties.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            resource_id: required; 10 to 65 characters, pattern ^(d-[0-9a-f]{8,63}$)|(wsd-[0-9a-z]{8,63}$).
            workspace_creation_properties: required.

        Raises:
            AccessDeniedException, InvalidParameterValuesException, ResourceNotFoundException,
            OperationNotSupportedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_ModifyWorkspaceCreationProperties.html
        """
        return await self._call(
            ops.MODIFY_WORKSPACE_CREATION_PROPERTIES,
            s.ModifyWorkspaceCreationPropertiesRequest(
                resource_id=resource_id, workspace_creation_properties=workspace_creation_properties,
            ),
            extra,
            validate,
        )

    async def modify_workspace_properties(
        self,
        *,
        workspace_id: str,
        workspace_properties: s.WorkspaceProperties | None = None,
        data_replication: t.DataReplication | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.ModifyWorkspacePropertiesResult:
        """Call ModifyWorkspaceProperties.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            workspace_id: required; pattern ^ws-[0-9a-z]{8,63}$.
            workspace_properties: optional.
            data_replication: optional; one of NO_REPLICATION, PRIMARY_AS_SOURCE.

        Raises:
            InvalidParameterValuesException, InvalidResourceStateException, OperationInProgressException,
            UnsupportedWorkspaceConfigurationException, ResourceNotFoundException, AccessDeniedException,
            ResourceUnavailableException

        https://docs.aws.amazon.com/workspaces/latest/api/API_ModifyWorkspaceProperties.html
        """
        return await self._call(
            ops.MODIFY_WORKSPACE_PROPERTIES,
            s.ModifyWorkspacePropertiesRequest(
                workspace_id=workspace_id, workspace_properties=workspace_properties,
                data_replication=data_replication,
            ),
            extra,
            validate,
        )

    async def modify_workspace_state(
        self,
        *,
        workspace_id: str,
        workspace_state: t.TargetWorkspaceState,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.ModifyWorkspaceStateResult:
        """Call ModifyWorkspaceState.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            workspace_id: required; pattern ^ws-[0-9a-z]{8,63}$.
            workspace_state: required; one of AVAILABLE, ADMIN_MAINTENANCE.

        Raises:
            InvalidParameterValuesException, InvalidResourceStateException, ResourceNotFoundException,
            OperationNotSupportedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_ModifyWorkspaceState.html
        """
        return await self._call(
            ops.MODIFY_WORKSPACE_STATE,
            s.ModifyWorkspaceStateRequest(workspace_id=workspace_id, workspace_state=workspace_state),
            extra,
            validate,
        )

    async def reboot_workspaces(
        self,
        *,
        reboot_workspace_requests: Sequence[s.RebootRequest],
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.RebootWorkspacesResult:
        """Call RebootWorkspaces.

        Not safe to send twice; not tried again when an attempt may have been carried out.

        Args:
            reboot_workspace_requests: required; 1 to 25 items.

        Raises:
            OperationNotSupportedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_RebootWorkspaces.html
        """
        return await self._call(
            ops.REBOOT_WORKSPACES,
            s.RebootWorkspacesRequest(reboot_workspace_requests=reboot_workspace_requests),
            extra,
            validate,
        )

    async def rebuild_workspaces(
        self,
        *,
        rebuild_workspace_requests: Sequence[s.RebuildRequest],
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.RebuildWorkspacesResult:
        """Call RebuildWorkspaces.

        Not safe to send twice; not tried again when an attempt may have been carried out.

        Args:
            rebuild_workspace_requests: required; 1 to 1 items.

        Raises:
            OperationNotSupportedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_RebuildWorkspaces.html
        """
        return await self._call(
            ops.REBUILD_WORKSPACES,
            s.RebuildWorkspacesRequest(rebuild_workspace_requests=rebuild_workspace_requests),
            extra,
            validate,
        )

    async def register_workspace_directory(
        self,
        *,
        directory_id: str | None = None,
        subnet_ids: Sequence[str] | None = None,
        enable_self_service: bool | None = None,
        tenancy: t.Tenancy | None = None,
        tags: Sequence[s.Tag] | None = None,
        workspace_directory_name: str | None = None,
        workspace_directory_description: str | None = None,
        user_identity_type: t.UserIdentityType | None = None,
        workspace_os_user_mode: t.WorkspaceOSUserMode | None = None,
        idc_instance_arn: str | None = None,
        microsoft_entra_config: s.MicrosoftEntraConfig | None = None,
        workspace_type: t.WorkspaceType | None = None,
        active_directory_config: s.ActiveDirectoryConfig | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.RegisterWorkspaceDirectoryResult:
        r"""Call RegisterWorkspaceDirectory.

        Not safe to send twice; not tried again when an attempt may have been carried out.

        Args:
            directory_id: optional; 10 to 65 characters, pattern ^(d-[0-9a-f]{8,63}$)|(wsd-[0-9a-z]{8,63}$).
            subnet_ids: optional; at most 2 items; each 15 to 24 characters, pattern ^(subnet-([0-9a-f]{8}|[0-9a-f]{17}))$.
            enable_self_service: optional.
            tenancy: optional; one of DEDICATED, SHARED.
            tags: optional.
            workspace_directory_name: optional; pattern ^[a-zA-Z0-9][a-zA-Z0-9_.\s-]{1,64}$.
            workspace_directory_description: optional; pattern ^([a-zA-Z0-9_])[\\a-zA-Z0-9_@#%*+=:?./!\s-]{1,255}$.
            user_identity_type: optional; one of CUSTOMER_MANAGED, AWS_DIRECTORY_SERVICE, AWS_IAM_IDENTITY_CENTER.
            workspace_os_user_mode: optional; one of LOCAL_USER, DOMAIN_JOIN, ENTRA_JOIN, SELF_MANAGED.
            idc_instance_arn: optional; pattern ^arn:aws[a-z-]{0,7}:[A-Za-z0-9][A-za-z0-9_/.-]{0,62}:[A-za-z0-9_/.-]{0,63}:[A-za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$.
            microsoft_entra_config: optional.
            workspace_type: optional; one of PERSONAL, POOLS.
            active_directory_config: optional.

        Raises:
            InvalidParameterValuesException, ResourceNotFoundException, ResourceLimitExceededException,
            AccessDeniedException, WorkspacesDefaultRoleNotFoundException, InvalidResourceStateException,
            UnsupportedNetworkConfigurationException, OperationNotSupportedException,
            ResourceAlreadyExistsException

        https://docs.aws.amazon.com/workspaces/latest/api/API_RegisterWorkspaceDirectory.html
        """
        return await self._call(
            ops.REGISTER_WORKSPACE_DIRECTORY,
            s.RegisterWorkspaceDirectoryRequest(
                directory_id=directory_id, subnet_ids=subnet_ids, enable_self_service=enable_self_service,
                tenancy=tenancy, tags=tags, workspace_directory_name=workspace_directory_name,
                workspace_directory_description=workspace_directory_description,
                user_identity_type=user_identity_type, workspace_os_user_mode=workspace_os_user_mode,
                idc_instance_arn=idc_instance_arn, microsoft_entra_config=microsoft_entra_config,
                workspace_type=workspace_type, active_directory_config=active_directory_config,
            ),
            extra,
            validate,
        )

    async def reject_account_link_invitation(
        self,
        *,
        link_id: str,
        client_token: str | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.RejectAccountLinkInvitationResult:
        """Call RejectAccountLinkInvitation.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            link_id: required; pattern ^link-.{8,24}$.
            client_token: optional; pattern ^.{1,64}$.

        Raises:
            AccessDeniedException, ValidationException, ResourceNotFoundException, ConflictException,
            InternalServerException

        https://docs.aws.amazon.com/workspaces/latest/api/API_RejectAccountLinkInvitation.html
        """
        return await self._call(
            ops.REJECT_ACCOUNT_LINK_INVITATION,
            s.RejectAccountLinkInvitationRequest(link_id=link_id, client_token=client_token),
            extra,
            validate,
        )

    async def restore_workspace(
        self,
        *,
        workspace_id: str,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.RestoreWorkspaceResult:
        """Call RestoreWorkspace.

        Not safe to send twice; not tried again when an attempt may have been carried out.

        Args:
            workspace_id: required; pattern ^ws-[0-9a-z]{8,63}$.

        Raises:
            InvalidParameterValuesException, ResourceNotFoundException, AccessDeniedException,
            OperationNotSupportedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_RestoreWorkspace.html
        """
        return await self._call(
            ops.RESTORE_WORKSPACE,
            s.RestoreWorkspaceRequest(workspace_id=workspace_id),
            extra,
            validate,
        )

    async def revoke_ip_rules(
        self,
        *,
        group_id: str,
        user_rules: Sequence[str],
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.RevokeIpRulesResult:
        """Call RevokeIpRules.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            group_id: required; pattern wsipg-[0-9a-z]{8,63}$.
            user_rules: required.

        Raises:
            InvalidParameterValuesException, ResourceNotFoundException, InvalidResourceStateException,
            AccessDeniedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_RevokeIpRules.html
        """
        return await self._call(
            ops.REVOKE_IP_RULES,
            s.RevokeIpRulesRequest(group_id=group_id, user_rules=user_rules),
            extra,
            validate,
        )

    async def start_workspaces(
        self,
        *,
        start_workspace_requests: Sequence[s.StartRequest],
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.StartWorkspacesResult:
        """Call StartWorkspaces.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            start_workspace_requests: required; 1 to 25 items.

        https://docs.aws.amazon.com/workspaces/latest/api/API_StartWorkspaces.html
        """
        return await self._call(
            ops.START_WORKSPACES,
            s.StartWorkspacesRequest(start_workspace_requests=start_workspace_requests),
            extra,
            validate,
        )

    async def start_workspaces_pool(
        self,
        *,
        pool_id: str,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.StartWorkspacesPoolResult:
        """Call StartWorkspacesPool.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            pool_id: required; pattern ^wspool-[0-9a-z]{9}$.

        Raises:
            InvalidParameterValuesException, InvalidResourceStateException, ResourceLimitExceededException,
            ResourceNotFoundException, OperationNotSupportedException, OperationInProgressException,
            AccessDeniedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_StartWorkspacesPool.html
        """
        return await self._call(
            ops.START_WORKSPACES_POOL,
            s.StartWorkspacesPoolRequest(pool_id=pool_id),
            extra,
            validate,
        )

    async def stop_workspaces(
        self,
        *,
        stop_workspace_requests: Sequence[s.StopRequest],
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.StopWorkspacesResult:
        """Call StopWorkspaces.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            stop_workspace_requests: required; 1 to 25 items.

        https://docs.aws.amazon.com/workspaces/latest/api/API_StopWorkspaces.html
        """
        return await self._call(
            ops.STOP_WORKSPACES,
            s.StopWorkspacesRequest(stop_workspace_requests=stop_workspace_requests),
            extra,
            validate,
        )

    async def stop_workspaces_pool(
        self,
        *,
        pool_id: str,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.StopWorkspacesPoolResult:
        """Call StopWorkspacesPool.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            pool_id: required; pattern ^wspool-[0-9a-z]{9}$.

        Raises:
            InvalidParameterValuesException, InvalidResourceStateException, ResourceNotFoundException,
            OperationInProgressException, AccessDeniedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_StopWorkspacesPool.html
        """
        return await self._call(
            ops.STOP_WORKSPACES_POOL,
            s.StopWorkspacesPoolRequest(pool_id=pool_id),
            extra,
            validate,
        )

    async def terminate_workspaces(
        self,
        *,
        terminate_workspace_requests: Sequence[s.TerminateRequest],
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.TerminateWorkspacesResult:
        """Call TerminateWorkspaces.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            terminate_workspace_requests: required; 1 to 25 items.

        https://docs.aws.amazon.com/workspaces/latest/api/API_TerminateWorkspaces.html
        """
        return await self._call(
            ops.TERMINATE_WORKSPACES,
            s.TerminateWorkspacesRequest(terminate_workspace_requests=terminate_workspace_requests),
            extra,
            validate,
        )

    async def terminate_workspaces_pool(
        self,
        *,
        pool_id: str,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.TerminateWorkspacesPoolResult:
        """Call TerminateWorkspacesPool.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            pool_id: required; pattern ^wspool-[0-9a-z]{9}$.

        Raises:
            InvalidParameterValuesException, InvalidResourceStateException, ResourceNotFoundException,
            OperationInProgressException, AccessDeniedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_TerminateWorkspacesPool.html
        """
        return await self._call(
            ops.TERMINATE_WORKSPACES_POOL,
            s.TerminateWorkspacesPoolRequest(pool_id=pool_id),
            extra,
            validate,
        )

    async def terminate_workspaces_pool_session(
        self,
        *,
        session_id: str,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.TerminateWorkspacesPoolSessionResult:
        """Call TerminateWorkspacesPoolSession.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            session_id: required; 36 to 36 characters, pattern [a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}.

        Raises:
            InvalidParameterValuesException, ResourceNotFoundException, OperationNotSupportedException,
            OperationInProgressException, AccessDeniedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_TerminateWorkspacesPoolSession.html
        """
        return await self._call(
            ops.TERMINATE_WORKSPACES_POOL_SESSION,
            s.TerminateWorkspacesPoolSessionRequest(session_id=session_id),
            extra,
            validate,
        )

    async def update_connect_client_add_in(
        self,
        *,
        add_in_id: str,
        resource_id: str,
        name: str | None = None,
        url: str | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.UpdateConnectClientAddInResult:
        r"""Call UpdateConnectClientAddIn.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            add_in_id: required; 36 to 36 characters, pattern [a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}.
            resource_id: required; 10 to 65 characters, pattern ^(d-[0-9a-f]{8,63}$)|(wsd-[0-9a-z]{8,63}$).
            name: optional; 1 to 64 characters, pattern ^.*$.
            url: optional; 1 to 1024 characters, pattern ^(http|https)\://\S+.

        Raises:
            InvalidParameterValuesException, ResourceNotFoundException, AccessDeniedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_UpdateConnectClientAddIn.html
        """
        return await self._call(
            ops.UPDATE_CONNECT_CLIENT_ADD_IN,
            s.UpdateConnectClientAddInRequest(
                add_in_id=add_in_id, resource_id=resource_id, name=name, url=url,
            ),
            extra,
            validate,
        )

    async def update_connection_alias_permission(
        self,
        *,
        alias_id: str,
        connection_alias_permission: s.ConnectionAliasPermission,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.UpdateConnectionAliasPermissionResult:
        """Call UpdateConnectionAliasPermission.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            alias_id: required; 13 to 68 characters, pattern ^wsca-[0-9a-z]{8,63}$.
            connection_alias_permission: required.

        Raises:
            AccessDeniedException, InvalidParameterValuesException, ResourceLimitExceededException,
            ResourceNotFoundException, ResourceAssociatedException, InvalidResourceStateException,
            OperationNotSupportedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_UpdateConnectionAliasPermission.html
        """
        return await self._call(
            ops.UPDATE_CONNECTION_ALIAS_PERMISSION,
            s.UpdateConnectionAliasPermissionRequest(
                alias_id=alias_id, connection_alias_permission=connection_alias_permission,
            ),
            extra,
            validate,
        )

    async def update_rules_of_ip_group(
        self,
        *,
        group_id: str,
        user_rules: Sequence[s.IpRuleItem],
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.UpdateRulesOfIpGroupResult:
        """Call UpdateRulesOfIpGroup.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            group_id: required; pattern wsipg-[0-9a-z]{8,63}$.
            user_rules: required.

        Raises:
            InvalidParameterValuesException, ResourceNotFoundException, ResourceLimitExceededException,
            InvalidResourceStateException, AccessDeniedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_UpdateRulesOfIpGroup.html
        """
        return await self._call(
            ops.UPDATE_RULES_OF_IP_GROUP,
            s.UpdateRulesOfIpGroupRequest(group_id=group_id, user_rules=user_rules),
            extra,
            validate,
        )

    async def update_workspace_bundle(
        self,
        *,
        bundle_id: str | None = None,
        image_id: str | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.UpdateWorkspaceBundleResult:
        """Call UpdateWorkspaceBundle.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            bundle_id: optional; pattern ^wsb-[0-9a-z]{8,63}$.
            image_id: optional; pattern wsi-[0-9a-z]{9,63}$.

        Raises:
            AccessDeniedException, InvalidParameterValuesException, ResourceNotFoundException,
            ResourceUnavailableException, OperationNotSupportedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_UpdateWorkspaceBundle.html
        """
        return await self._call(
            ops.UPDATE_WORKSPACE_BUNDLE,
            s.UpdateWorkspaceBundleRequest(bundle_id=bundle_id, image_id=image_id),
            extra,
            validate,
        )

    async def update_workspace_image_permission(
        self,
        *,
        image_id: str,
        allow_copy_image: bool,
        shared_account_id: str,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.UpdateWorkspaceImagePermissionResult:
        r"""Call UpdateWorkspaceImagePermission.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            image_id: required; pattern wsi-[0-9a-z]{9,63}$.
            allow_copy_image: required.
            shared_account_id: required; pattern ^\d{12}$.

        Raises:
            ResourceNotFoundException, ResourceUnavailableException, AccessDeniedException,
            InvalidParameterValuesException, OperationNotSupportedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_UpdateWorkspaceImagePermission.html
        """
        return await self._call(
            ops.UPDATE_WORKSPACE_IMAGE_PERMISSION,
            s.UpdateWorkspaceImagePermissionRequest(
                image_id=image_id, allow_copy_image=allow_copy_image, shared_account_id=shared_account_id,
            ),
            extra,
            validate,
        )

    async def update_workspaces_pool(
        self,
        *,
        pool_id: str,
        description: str | None = None,
        bundle_id: str | None = None,
        directory_id: str | None = None,
        capacity: s.Capacity | None = None,
        application_settings: s.ApplicationSettingsRequest | None = None,
        timeout_settings: s.TimeoutSettings | None = None,
        running_mode: t.PoolsRunningMode | None = None,
        extra: Extra | None = None,
        validate: bool = True,
    ) -> s.UpdateWorkspacesPoolResult:
        """Call UpdateWorkspacesPool.

        Changes something; sent twice, the outcome is the same, so it is tried again.

        Args:
            pool_id: required; pattern ^wspool-[0-9a-z]{9}$.
            description: optional; 1 to 255 characters, pattern ^[a-zA-Z0-9_./() -]+$.
            bundle_id: optional; pattern ^wsb-[0-9a-z]{8,63}$.
            directory_id: optional; 10 to 65 characters, pattern ^(d-[0-9a-f]{8,63}$)|(wsd-[0-9a-z]{8,63}$).
            capacity: optional.
            application_settings: optional.
            timeout_settings: optional.
            running_mode: optional; one of AUTO_STOP, ALWAYS_ON.

        Raises:
            InvalidParameterValuesException, InvalidResourceStateException, ResourceNotFoundException,
            ResourceLimitExceededException, OperationNotSupportedException, OperationInProgressException,
            AccessDeniedException

        https://docs.aws.amazon.com/workspaces/latest/api/API_UpdateWorkspacesPool.html
        """
        return await self._call(
            ops.UPDATE_WORKSPACES_POOL,
            s.UpdateWorkspacesPoolRequest(
                pool_id=pool_id, description=description, bundle_id=bundle_id, directory_id=directory_id,
                capacity=capacity, application_settings=application_settings,
                timeout_settings=timeout_settings, running_mode=running_mode,
            ),
            extra,
            validate,
        )
