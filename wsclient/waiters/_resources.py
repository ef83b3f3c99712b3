"""Resources that can be waited for: format of their ids, and the Describe call for many ids."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Generic, TypeAlias, TypeVar, cast

from wsclient._core.absence import is_absent, present
from wsclient._core.errors import ResponseParseError
from wsclient._core.model.structures import Structure
from wsclient._core.printable import printable
from wsclient._core.utils import chunked
from wsclient._generated.workspaces import enums
from wsclient._generated.workspaces import structures as s

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from wsclient._client.operations.workspaces import WorkSpacesOperations as Client

ItemT = TypeVar("ItemT", bound=Structure)

PER_CALL: Final = 25
"""Maximum number of ids in one Describe call."""


def _state(item: Structure) -> str | None:
    return present(getattr(item, "state", None))


def _error_members(item: Structure) -> tuple[str | None, str | None]:
    return present(getattr(item, "error_code", None)), getattr(item, "error_message", None)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WaitableResource(Generic[ItemT]):
    """Resource type that waiters support: AWS's structure, id format and Describe call.

    describe returns the descriptions of up to per_call ids, by id; an id without a description is left out. id_sources
    has the structures that contain an id, with the path of the id in them. A structure in one of initial_states may be
    the response to a creation, which does not prove that AWS lists the resource yet. error_of returns AWS's error code
    and message, placeholder a structure with the id only.
    """

    noun: str
    item: type[ItemT]
    id_pattern: re.Pattern[str]
    id_example: str
    describe: Callable[[Client, Sequence[str]], Awaitable[Mapping[str, ItemT]]]
    id_sources: Mapping[type[Structure], str]
    per_call: int = PER_CALL
    state_of: Callable[[ItemT], str | None] = field(default=_state)
    initial_states: frozenset[str] = frozenset()
    error_of: Callable[[ItemT], tuple[str | None, str | None]] = field(default=_error_members)
    placeholder: Callable[[str], ItemT]

    def key_of(self, reference: object) -> str | None:
        """Return the id in a reference, or None if it is not a reference to this resource type."""
        if isinstance(reference, str):
            return reference if self.id_pattern.fullmatch(reference) else None
        path = self.id_sources.get(type(reference)) if isinstance(reference, Structure) else None
        value = reference if path else None
        for step in path.split(".") if path else ():
            value = getattr(value, step, None)
        return value if isinstance(value, str) and value else None

    def was_described(self, reference: object) -> bool:
        """Return whether a reference is a description, which proves that AWS has listed the resource."""
        return isinstance(reference, self.item) and self.state_of(reference) not in {None, *self.initial_states}

    def batches(self, keys: Sequence[str]) -> list[Sequence[str]]:
        """Return the ids in batches, one per call."""
        return list(chunked(keys, self.per_call))


AnyResource: TypeAlias = WaitableResource[Any]


def by_id(items: Sequence[ItemT], member: str, ids: Sequence[str]) -> dict[str, ItemT]:
    """Return the resources of a response by id, the value of a member.

    Raises ResponseParseError if one is not among the ids that the call named: the response is another call's.
    """
    found: dict[str, ItemT] = {getattr(item, member): item for item in items}
    foreign = next((key for key in found if not is_absent(key) and key not in ids), None)
    if foreign is not None:
        raise ResponseParseError(
            f"the response describes {printable(foreign)[:80]}, which the call did not name: it is another call's"
        )
    return found


async def _workspaces(client: Client, ids: Sequence[str]) -> Mapping[str, s.Workspace]:
    return by_id(await client.describe_workspaces(workspace_ids=ids).collect(), "workspace_id", ids)


async def _snapshots(client: Client, ids: Sequence[str]) -> Mapping[str, s.DescribeWorkspaceSnapshotsResult]:
    return {key: await client.describe_workspace_snapshots(workspace_id=key) for key in ids}


async def _images(client: Client, ids: Sequence[str]) -> Mapping[str, s.WorkspaceImage]:
    return by_id(await client.describe_workspace_images(image_ids=ids).collect(), "image_id", ids)


async def _bundles(client: Client, ids: Sequence[str]) -> Mapping[str, s.WorkspaceBundle]:
    return by_id(await client.describe_workspace_bundles(bundle_ids=ids).collect(), "bundle_id", ids)


async def _directories(client: Client, ids: Sequence[str]) -> Mapping[str, s.WorkspaceDirectory]:
    return by_id(await client.describe_workspace_directories(directory_ids=ids).collect(), "directory_id", ids)


async def _pools(client: Client, ids: Sequence[str]) -> Mapping[str, s.WorkspacesPool]:
    return by_id(await client.describe_workspaces_pools(pool_ids=ids).collect(), "pool_id", ids)


async def _aliases(client: Client, ids: Sequence[str]) -> Mapping[str, s.ConnectionAlias]:
    return by_id(await client.describe_connection_aliases(alias_ids=ids).collect(), "alias_id", ids)


async def _links(client: Client, ids: Sequence[str]) -> Mapping[str, s.AccountLink]:
    links = {key: (await client.get_account_link(link_id=key)).account_link for key in ids}
    return {key: link for key, link in links.items() if link is not None}


async def _installations(client: Client, ids: Sequence[str]) -> Mapping[str, s.WorkspaceResourceAssociation]:
    """Describe the applications of one WorkSpace; all ids have the same WorkSpace."""
    workspace_id, wanted = ids[0].partition("/")[0], set(ids)
    response = await client.describe_workspace_associations(
        workspace_id=workspace_id, associated_resource_types=[enums.WorkSpaceAssociatedResourceType.APPLICATION]
    )
    associations = {f"{workspace_id}/{item.associated_resource_id}": item for item in response.associations}
    return {key: item for key, item in associations.items() if key in wanted}


def _installation_placeholder(key: str) -> s.WorkspaceResourceAssociation:
    workspace_id, _, application_id = key.partition("/")
    return s.WorkspaceResourceAssociation(workspace_id=workspace_id, associated_resource_id=application_id)


class _InstallationResource(WaitableResource[s.WorkspaceResourceAssociation]):
    """Application on a WorkSpace: identified by both ids, and described per WorkSpace."""

    __slots__ = ()

    def key_of(self, reference: object) -> str | None:
        if isinstance(reference, s.AssociateWorkspaceApplicationResult | s.DisassociateWorkspaceApplicationResult):
            reference = reference.association
        if isinstance(reference, self.item):
            reference = (reference.workspace_id, reference.associated_resource_id)
        if isinstance(reference, tuple):
            reference = "/".join(map(str, cast("tuple[object, ...]", reference)))
        return reference if isinstance(reference, str) and self.id_pattern.fullmatch(reference) else None

    def batches(self, keys: Sequence[str]) -> list[Sequence[str]]:
        by_workspace: dict[str, list[str]] = {}
        for key in keys:
            by_workspace.setdefault(key.partition("/")[0], []).append(key)
        return list(by_workspace.values())


def _alias_status(alias: s.ConnectionAlias) -> str:
    """Return the status of an alias's association, or NOT_ASSOCIATED; an alias has at most one association."""
    not_associated = enums.AssociationStatus.NOT_ASSOCIATED
    statuses = [item.association_status for item in alias.associations]
    return next((status for status in statuses if status not in {None, not_associated}), None) or not_associated


def _pool_error(pool: s.WorkspacesPool) -> tuple[str | None, str | None]:
    last = pool.errors[-1] if pool.errors else s.WorkspacesPoolError()
    return last.error_code, last.error_message


def _installation_error(association: s.WorkspaceResourceAssociation) -> tuple[str | None, str | None]:
    return _error_members(association.state_reason) if association.state_reason else (None, None)


# The patterns reject only obvious mistakes, by prefix and characters. AWS validates the length of an id.
_WORKSPACE_ID = re.compile(r"ws-[0-9a-z]{8,}")
WORKSPACE: Final = WaitableResource(
    noun="WorkSpace",
    item=s.Workspace,
    id_pattern=_WORKSPACE_ID,
    id_example="ws-0123456789",
    describe=_workspaces,
    id_sources={
        s.Workspace: "workspace_id",
        s.PendingCreateStandbyWorkspacesRequest: "workspace_id",
        s.MigrateWorkspaceResult: "target_workspace_id",
    },
    initial_states=frozenset({enums.WorkspaceState.PENDING}),
    placeholder=lambda key: s.Workspace(workspace_id=key),
)
SNAPSHOTS: Final = WaitableResource(
    noun="WorkSpace's snapshots",
    item=s.DescribeWorkspaceSnapshotsResult,
    id_pattern=_WORKSPACE_ID,
    id_example="ws-0123456789",
    describe=_snapshots,
    id_sources={},
    per_call=1,
    placeholder=lambda _: s.DescribeWorkspaceSnapshotsResult(),
)
IMAGE: Final = WaitableResource(
    noun="image",
    item=s.WorkspaceImage,
    id_pattern=re.compile(r"wsi-[0-9a-z]{8,}"),
    id_example="wsi-0123456789",
    describe=_images,
    id_sources=dict.fromkeys(
        (
            s.WorkspaceImage,
            s.CreateWorkspaceImageResult,
            s.CreateUpdatedWorkspaceImageResult,
            s.CopyWorkspaceImageResult,
            s.ImportWorkspaceImageResult,
            s.ImportCustomWorkspaceImageResult,
        ),
        "image_id",
    ),
    placeholder=lambda key: s.WorkspaceImage(image_id=key),
)
BUNDLE: Final = WaitableResource(
    noun="bundle",
    item=s.WorkspaceBundle,
    id_pattern=re.compile(r"wsb-[0-9a-z]{8,}"),
    id_example="wsb-0123456789",
    describe=_bundles,
    id_sources={s.WorkspaceBundle: "bundle_id", s.CreateWorkspaceBundleResult: "workspace_bundle.bundle_id"},
    placeholder=lambda key: s.WorkspaceBundle(bundle_id=key),
)
DIRECTORY: Final = WaitableResource(
    noun="directory",
    item=s.WorkspaceDirectory,
    id_pattern=re.compile(r"d-[0-9a-f]{8,}|wsd-[0-9a-z]{8,}"),
    id_example="d-0123456789",
    describe=_directories,
    id_sources={s.WorkspaceDirectory: "directory_id", s.RegisterWorkspaceDirectoryResult: "directory_id"},
    placeholder=lambda key: s.WorkspaceDirectory(directory_id=key),
)
POOL: Final = WaitableResource(
    noun="pool",
    item=s.WorkspacesPool,
    id_pattern=re.compile(r"wspool-[0-9a-z]{8,}"),
    id_example="wspool-012345678",
    describe=_pools,
    id_sources={s.WorkspacesPool: "pool_id", s.CreateWorkspacesPoolResult: "workspaces_pool.pool_id"},
    error_of=_pool_error,
    placeholder=lambda key: s.WorkspacesPool.from_dict({"PoolId": key}),
)
_ALIAS_ID = re.compile(r"wsca-[0-9a-z]{8,}")
_ALIAS_ID_SOURCES: Final[Mapping[type[Structure], str]] = {
    s.ConnectionAlias: "alias_id",
    s.CreateConnectionAliasResult: "alias_id",
}
ALIAS: Final = WaitableResource(
    noun="connection alias",
    item=s.ConnectionAlias,
    id_pattern=_ALIAS_ID,
    id_example="wsca-0123456789",
    describe=_aliases,
    id_sources=_ALIAS_ID_SOURCES,
    placeholder=lambda key: s.ConnectionAlias(alias_id=key),
)
ALIAS_ASSOCIATION: Final = WaitableResource(
    noun="connection alias",
    item=s.ConnectionAlias,
    id_pattern=_ALIAS_ID,
    id_example="wsca-0123456789",
    describe=_aliases,
    id_sources=_ALIAS_ID_SOURCES,
    state_of=_alias_status,
    placeholder=lambda key: s.ConnectionAlias(alias_id=key),
)
LINK: Final = WaitableResource(
    noun="account link",
    item=s.AccountLink,
    id_pattern=re.compile(r"link-.{8,}"),
    id_example="link-0123456789",
    describe=_links,
    id_sources={
        s.AccountLink: "account_link_id",
        s.CreateAccountLinkInvitationResult: "account_link.account_link_id",
        s.AcceptAccountLinkInvitationResult: "account_link.account_link_id",
    },
    per_call=1,
    state_of=lambda link: link.account_link_status,
    placeholder=lambda key: s.AccountLink(account_link_id=key),
)
INSTALLATION: Final = _InstallationResource(
    noun="WorkSpace's application",
    item=s.WorkspaceResourceAssociation,
    id_pattern=re.compile(r"ws-[0-9a-z]{8,}/wsa-[0-9a-z]{8,}"),
    id_example="('ws-0123456789', 'wsa-0123456789')",
    describe=_installations,
    id_sources={},
    initial_states=frozenset({enums.AssociationState.PENDING_INSTALL}),
    error_of=_installation_error,
    placeholder=_installation_placeholder,
)
