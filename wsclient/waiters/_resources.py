"""The kinds of things that can be waited for: how their ids look, and how they are described, many by one call."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Generic, TypeAlias, TypeVar, cast

from wsclient._core.model.structures import Structure
from wsclient._core.utils import chunked
from wsclient._generated.workspaces import enums
from wsclient._generated.workspaces import structures as s

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from wsclient._client.operations.workspaces import WorkSpacesOperations as Client

ItemT = TypeVar("ItemT", bound=Structure)

PER_CALL: Final = 25
"""Ids that a Describe operation takes."""


def _state(item: Structure) -> str | None:
    return getattr(item, "state", None)


def _said_plainly(item: Structure) -> tuple[str | None, str | None]:
    return getattr(item, "error_code", None), getattr(item, "error_message", None)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WaitableResource(Generic[ItemT]):
    """One kind of thing: AWS's structure of it, and how it is looked at.

    describe gives what AWS describes of up to per_call ids, by id; what is left out was not there. givers are the
    structures that operations answer and that hold an id, and where in them it is; newborn are states in which a
    structure may be the answer to a creation, and say nothing of whether it can be described yet. said_of gives AWS's
    error code and message, bare a structure with nothing but the id.
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
    error_of: Callable[[ItemT], tuple[str | None, str | None]] = field(default=_said_plainly)
    placeholder: Callable[[str], ItemT]

    def key_of(self, given: object) -> str | None:
        """Return the id that a reference holds, None when it is no reference to such a thing."""
        if isinstance(given, str):
            return given if self.id_pattern.fullmatch(given) else None
        path = self.id_sources.get(type(given)) if isinstance(given, Structure) else None
        found = given if path else None
        for step in path.split(".") if path else ():
            found = getattr(found, step, None)
        return found if isinstance(found, str) else None

    def was_described(self, given: object) -> bool:
        """Tell whether a reference is a description, so that the thing was there for others to see."""
        return isinstance(given, self.item) and self.state_of(given) not in {None, *self.initial_states}

    def batches(self, keys: Sequence[str]) -> list[Sequence[str]]:
        """Return the ids call by call."""
        return list(chunked(keys, self.per_call))


AnyKind: TypeAlias = WaitableResource[Any]


def _by_id(items: Sequence[ItemT], member: str) -> dict[str, ItemT]:
    return {getattr(item, member): item for item in items}


async def _workspaces(client: Client, ids: Sequence[str]) -> Mapping[str, s.Workspace]:
    return _by_id(await client.describe_workspaces(workspace_ids=ids).collect(), "workspace_id")


async def _snapshots(client: Client, ids: Sequence[str]) -> Mapping[str, s.DescribeWorkspaceSnapshotsResult]:
    return {key: await client.describe_workspace_snapshots(workspace_id=key) for key in ids}


async def _images(client: Client, ids: Sequence[str]) -> Mapping[str, s.WorkspaceImage]:
    return _by_id(await client.describe_workspace_images(image_ids=ids).collect(), "image_id")


async def _bundles(client: Client, ids: Sequence[str]) -> Mapping[str, s.WorkspaceBundle]:
    return _by_id(await client.describe_workspace_bundles(bundle_ids=ids).collect(), "bundle_id")


async def _directories(client: Client, ids: Sequence[str]) -> Mapping[str, s.WorkspaceDirectory]:
    return _by_id(await client.describe_workspace_directories(directory_ids=ids).collect(), "directory_id")


async def _pools(client: Client, ids: Sequence[str]) -> Mapping[str, s.WorkspacesPool]:
    return _by_id(await client.describe_workspaces_pools(pool_ids=ids).collect(), "pool_id")


async def _aliases(client: Client, ids: Sequence[str]) -> Mapping[str, s.ConnectionAlias]:
    return _by_id(await client.describe_connection_aliases(alias_ids=ids).collect(), "alias_id")


async def _links(client: Client, ids: Sequence[str]) -> Mapping[str, s.AccountLink]:
    links = {key: (await client.get_account_link(link_id=key)).account_link for key in ids}
    return {key: link for key, link in links.items() if link is not None}


async def _installations(client: Client, ids: Sequence[str]) -> Mapping[str, s.WorkspaceResourceAssociation]:
    """Describe what one WorkSpace has: the ids are all of the same."""
    workspace_id, wanted = ids[0].partition("/")[0], set(ids)
    answer = await client.describe_workspace_associations(
        workspace_id=workspace_id, associated_resource_types=[enums.WorkSpaceAssociatedResourceType.APPLICATION]
    )
    found = {f"{workspace_id}/{one.associated_resource_id}": one for one in answer.associations}
    return {key: one for key, one in found.items() if key in wanted}


def _bare_installation(key: str) -> s.WorkspaceResourceAssociation:
    workspace_id, _, application_id = key.partition("/")
    return s.WorkspaceResourceAssociation(workspace_id=workspace_id, associated_resource_id=application_id)


class _InstallationKind(WaitableResource[s.WorkspaceResourceAssociation]):
    """An application on a WorkSpace: known by both their ids, and described a WorkSpace at a time."""

    __slots__ = ()

    def key_of(self, given: object) -> str | None:
        if isinstance(given, s.AssociateWorkspaceApplicationResult | s.DisassociateWorkspaceApplicationResult):
            given = given.association
        if isinstance(given, self.item):
            given = (given.workspace_id, given.associated_resource_id)
        if isinstance(given, tuple):
            given = "/".join(map(str, cast("tuple[object, ...]", given)))
        return given if isinstance(given, str) and self.id_pattern.fullmatch(given) else None

    def batches(self, keys: Sequence[str]) -> list[Sequence[str]]:
        by_workspace: dict[str, list[str]] = {}
        for key in keys:
            by_workspace.setdefault(key.partition("/")[0], []).append(key)
        return list(by_workspace.values())


def _alias_status(alias: s.ConnectionAlias) -> str:
    """Return the status of the one association that an alias has, or NOT_ASSOCIATED."""
    nothing = enums.AssociationStatus.NOT_ASSOCIATED
    told = [one.association_status for one in alias.associations if one.association_status not in {None, nothing}]
    return told[0] or nothing if told else nothing


def _of_pool(pool: s.WorkspacesPool) -> tuple[str | None, str | None]:
    last = pool.errors[-1] if pool.errors else s.WorkspacesPoolError()
    return last.error_code, last.error_message


def _of_installation(one: s.WorkspaceResourceAssociation) -> tuple[str | None, str | None]:
    return _said_plainly(one.state_reason) if one.state_reason else (None, None)


# The patterns ask for what can only be a mistake otherwise: the prefix, and letters and digits. How long an id may be
# is AWS's to judge.
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
    error_of=_of_pool,
    placeholder=lambda key: s.WorkspacesPool(pool_id=key),
)
_ALIAS_ID = re.compile(r"wsca-[0-9a-z]{8,}")
_ALIAS_GIVERS: Final[Mapping[type[Structure], str]] = {
    s.ConnectionAlias: "alias_id",
    s.CreateConnectionAliasResult: "alias_id",
}
ALIAS: Final = WaitableResource(
    noun="connection alias",
    item=s.ConnectionAlias,
    id_pattern=_ALIAS_ID,
    id_example="wsca-0123456789",
    describe=_aliases,
    id_sources=_ALIAS_GIVERS,
    placeholder=lambda key: s.ConnectionAlias(alias_id=key),
)
ALIAS_ASSOCIATION: Final = WaitableResource(
    noun="connection alias",
    item=s.ConnectionAlias,
    id_pattern=_ALIAS_ID,
    id_example="wsca-0123456789",
    describe=_aliases,
    id_sources=_ALIAS_GIVERS,
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
INSTALLATION: Final = _InstallationKind(
    noun="WorkSpace's application",
    item=s.WorkspaceResourceAssociation,
    id_pattern=re.compile(r"ws-[0-9a-z]{8,}/wsa-[0-9a-z]{8,}"),
    id_example="('ws-0123456789', 'wsa-0123456789')",
    describe=_installations,
    id_sources={},
    initial_states=frozenset({enums.AssociationState.PENDING_INSTALL}),
    error_of=_of_installation,
    placeholder=_bare_installation,
)
