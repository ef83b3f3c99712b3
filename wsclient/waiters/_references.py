"""Types that waiters accept as references."""

from __future__ import annotations

from typing import TypeAlias

from wsclient._generated.workspaces import structures as s

WorkspaceReference: TypeAlias = str | s.Workspace | s.PendingCreateStandbyWorkspacesRequest
"""WorkSpace id, or a structure with one: a description, or a pending request of create_workspaces."""
Migration: TypeAlias = str | s.Workspace | s.MigrateWorkspaceResult
"""Response of MigrateWorkspace, or the id of the new WorkSpace."""

ImageReference: TypeAlias = (
    str
    | s.WorkspaceImage
    | s.CreateWorkspaceImageResult
    | s.CreateUpdatedWorkspaceImageResult
    | s.CopyWorkspaceImageResult
    | s.ImportWorkspaceImageResult
    | s.ImportCustomWorkspaceImageResult
)
BundleReference: TypeAlias = str | s.WorkspaceBundle | s.CreateWorkspaceBundleResult
DirectoryReference: TypeAlias = str | s.WorkspaceDirectory | s.RegisterWorkspaceDirectoryResult
PoolReference: TypeAlias = str | s.WorkspacesPool | s.CreateWorkspacesPoolResult
ApplicationReference: TypeAlias = (
    tuple[str, str]
    | s.WorkspaceResourceAssociation
    | s.AssociateWorkspaceApplicationResult
    | s.DisassociateWorkspaceApplicationResult
)
"""Ids of a WorkSpace and an application, or a structure with both."""
AliasReference: TypeAlias = str | s.ConnectionAlias | s.CreateConnectionAliasResult
LinkReference: TypeAlias = (
    str | s.AccountLink | s.CreateAccountLinkInvitationResult | s.AcceptAccountLinkInvitationResult
)
