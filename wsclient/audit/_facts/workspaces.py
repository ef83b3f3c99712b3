"""Facts of the WorkSpaces API and STS, and of the client's own connection."""

from __future__ import annotations

from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, Final

from wsclient._core.errors import WsclientError
from wsclient._core.utils import chunked
from wsclient._generated.workspaces import structures as s
from wsclient._generated.workspaces.enums import WorkspaceImageState
from wsclient.audit._facts.records import (
    Caller,
    ConnectionFacts,
    Fact,
    Problem,
    SharedImage,
    SiteFacts,
    WorkspaceFacts,
)
from wsclient.audit._model import Reason
from wsclient.credentials._internal.base import bind
from wsclient.tls._inspection import has_fips_provider

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Collection, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from wsclient.audit._facts.reader import SiteAccess

BATCH: Final = 25
"""Ids that one call takes."""
LONG_TERM_PREFIX: Final = "AKIA"
"""Beginning of a user's access key id ("IAM identifiers",
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html)."""
GONE: Final = frozenset({"TERMINATING", "TERMINATED"})
"""States of WorkSpaces that are left out."""


class WorkspacesReader:
    """Reads the facts of one site's WorkSpaces API, of STS and of the connection."""

    def __init__(self, access: SiteAccess) -> None:
        self._client = access.client
        self._reader = access.reader()
        self.left_out = 0
        """WorkSpaces in a state of termination."""

    async def site(self, needed: AbstractSet[str]) -> SiteFacts:
        """Read the needed facts except the WorkSpaces, with the caller and the connection."""
        ws, reader, facts = self._client, self._reader, SiteFacts()
        facts.caller = await self._caller()
        if "directories" in needed:
            facts.directories = await reader.listing(
                "DescribeWorkspaceDirectories", ws.describe_workspace_directories(), lambda page: page.directories
            )
        if "ip_groups" in needed:
            facts.ip_groups = await reader.listing(
                "DescribeIpGroups", ws.describe_ip_groups(), lambda page: page.result
            )
        if "images" in needed:
            facts.images = await reader.listing(
                "DescribeWorkspaceImages", ws.describe_workspace_images(), lambda page: page.images
            )
        if "image_shares" in needed:
            facts.image_shares = await self._image_shares(facts.images, facts.caller)
        if "client_settings" in needed:
            facts.client_settings = await self._client_settings(facts.directories)
        if "tenancy" in needed:
            facts.tenancy = await reader.single("DescribeAccount", ws.describe_account, lambda output: [output])
        facts.connection = Fact((self._connection(),))
        return facts

    async def workspaces(self, joins: Collection[str]) -> AsyncGenerator[Fact[WorkspaceFacts]]:
        """Yield the WorkSpaces page by page, each as a fact; the last one has the problem of a listing that broke.

        joins are the further reads for each WorkSpace: "connections", "tags".
        """
        listing = self._reader.pages("DescribeWorkspaces", self._client.describe_workspaces())
        async with aclosing(listing) as pages:
            async for page in pages:
                if isinstance(page, Problem):
                    yield Fact(problem=page)
                    continue
                output, number = page
                kept = [workspace for workspace in output.workspaces if workspace.state not in GONE]
                self.left_out += len(output.workspaces) - len(kept)
                items = await self._joined(kept, joins)
                yield Fact(items, (number,) * len(items))

    async def _joined(self, workspaces: Sequence[s.Workspace], joins: Collection[str]) -> tuple[WorkspaceFacts, ...]:
        ids = [workspace.workspace_id for workspace in workspaces]
        connected, problem = await self._connections(ids if "connections" in joins else ())
        tags = [await self._tags(workspace_id) for workspace_id in ids] if "tags" in joins else None
        return tuple(
            WorkspaceFacts(
                workspace,
                connected.get(workspace.workspace_id),
                problem,
                *(tags[index] if tags is not None else (None, None)),
            )
            for index, workspace in enumerate(workspaces)
        )

    async def _connections(self, ids: Sequence[str]) -> tuple[dict[str, datetime | None], Problem | None]:
        found: dict[str, datetime | None] = {}
        for batch in chunked(ids, BATCH):
            fact = await self._reader.listing(
                "DescribeWorkspacesConnectionStatus",
                self._client.describe_workspaces_connection_status(workspace_ids=batch),
                lambda page: page.workspaces_connection_status,
            )
            for status in fact.items:
                found[status.workspace_id] = status.last_known_user_connection_timestamp
            if fact.problem is not None:
                return found, fact.problem
        return found, None

    async def _tags(self, workspace_id: str) -> tuple[tuple[str, ...] | None, Problem | None]:
        fact = await self._reader.single(
            "DescribeTags",
            lambda: self._client.describe_tags(resource_id=workspace_id),
            lambda output: [output.tag_list],
        )
        return (None, fact.problem) if fact.problem else (tuple(tag.key for tag in fact.items[0]), None)

    async def _client_settings(self, directories: Fact[s.WorkspaceDirectory]) -> Fact[s.ClientPropertiesResult]:
        found, calls = list[s.ClientPropertiesResult](), list[int]()
        for batch in chunked([directory.directory_id for directory in directories.items], BATCH):
            fact = await self._reader.single(
                "DescribeClientProperties",
                partial(self._client.describe_client_properties, resource_ids=batch),
                lambda output: output.client_properties_list,
            )
            found.extend(fact.items)
            calls.extend(fact.calls)
            if fact.problem is not None:
                return Fact(tuple(found), tuple(calls), fact.problem)
            # A directory that the response leaves out must not be left out of the findings.
            left_out = sorted({*batch} - {each.resource_id for each in fact.items})
            found.extend(s.ClientPropertiesResult(resource_id=each) for each in left_out)
            calls.extend([self._reader.last_call] * len(left_out))
        return Fact(tuple(found), tuple(calls), directories.problem)

    async def _image_shares(self, images: Fact[s.WorkspaceImage], caller: Fact[Caller]) -> Fact[SharedImage]:
        if not caller.items:
            return Fact(problem=caller.problem)
        account = caller.items[0].account
        found, calls = list[SharedImage](), list[int]()
        for image in images.items:
            if image.state != WorkspaceImageState.AVAILABLE or image.owner_account_id != account:
                continue
            fact = await self._reader.listing(
                "DescribeWorkspaceImagePermissions",
                self._client.describe_workspace_image_permissions(image_id=image.image_id),
                lambda page: page.image_permissions,
            )
            if fact.problem is not None:
                return Fact(tuple(found), tuple(calls), fact.problem)
            found.append(SharedImage(image.image_id, tuple(each.shared_account_id or "" for each in fact.items)))
            calls.append(self._reader.last_call)
        return Fact(tuple(found), tuple(calls), images.problem)

    async def _caller(self) -> Fact[Caller]:
        client = self._client
        try:
            identity = await client.whoami()
            keys = await bind(client._identity, client._provider_context).get_credentials()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - no public accessor hands out keys
        except WsclientError as error:
            return Fact(problem=Problem(Reason.NOT_REACHED, f"GetCallerIdentity: {error}"))
        is_long_term = keys.access_key_id.startswith(LONG_TERM_PREFIX)
        return Fact((Caller(identity.account_id, identity.arn or "", is_long_term),))

    def _connection(self) -> ConnectionFacts:
        client = self._client
        return ConnectionFacts(
            endpoint_kind=client.endpoint.kind,
            host=client.endpoint.host,
            is_plain_http=client.endpoint.insecure,
            is_fips_requested=client.endpoint.is_fips or client.config.use_fips.value,
            uses_proxy=client.config.https_proxy.value is not None,
            negotiated=client.connection_info(),
            fips_provider=has_fips_provider(),
        )
