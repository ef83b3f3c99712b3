"""Facts for checks: one directory, one WorkSpace, one image and so on, with single members changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from wsclient import types
from wsclient.audit import AuditSettings, Outcome, Reason
from wsclient.audit._facts.records import (
    Caller,
    CheckContext,
    ConnectionFacts,
    Fact,
    SharedImage,
    SiteFacts,
    WorkspaceFacts,
)
from wsclient.endpoints import EndpointKind
from wsclient.fleet import Site
from wsclient.tls import NegotiatedTLS

if TYPE_CHECKING:
    from wsclient._core.model.structures import Structure

ACCOUNT = "123456789012"
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
SITE = Site(account="main", region="eu-west-1")


class Row(NamedTuple):
    """Row of a table of checks: check, resource, expected outcome, and reason or settings where they matter."""

    check: str
    item: object
    outcome: Outcome
    reason: Reason | None = None
    settings: AuditSettings | None = None
    facts: dict[str, Fact[object]] | None = None


def context(settings: AuditSettings | None = None, **facts: Fact[object]) -> CheckContext:
    """Return a context with these facts; the others were not read."""
    return CheckContext(
        site=SITE,
        partition="aws",
        account=ACCOUNT,
        now=NOW,
        settings=settings or AuditSettings(),
        facts=SiteFacts(**facts),  # type: ignore[arg-type]
    )


def directory(**members: object) -> types.WorkspaceDirectory:
    """Return a directory with these members, by AWS's names."""
    return types.WorkspaceDirectory.from_dict({"DirectoryId": "d-1234567890", **members})


def access(**devices: str) -> types.WorkspaceDirectory:
    """Return a directory that allows device types so."""
    return directory(WorkspaceAccessProperties={f"DeviceType{name}": value for name, value in devices.items()})


def creation(**members: object) -> types.WorkspaceDirectory:
    """Return a directory with these properties of new WorkSpaces."""
    return directory(WorkspaceCreationProperties=members)


def workspace(**members: object) -> WorkspaceFacts:
    """Return a WorkSpace with these members and without a known connection."""
    return WorkspaceFacts(types.Workspace.from_dict({"WorkspaceId": "ws-123456789", "State": "AVAILABLE", **members}))


def connected(days: float) -> WorkspaceFacts:
    """Return a WorkSpace whose user connected so many days ago."""
    return WorkspaceFacts(types.Workspace.from_dict({"WorkspaceId": "ws-1"}), NOW - timedelta(days=days))


def tagged(*keys: str) -> WorkspaceFacts:
    """Return a WorkSpace with these tags."""
    return WorkspaceFacts(types.Workspace.from_dict({"WorkspaceId": "ws-1"}), tag_keys=keys)


def image(**members: object) -> types.WorkspaceImage:
    """Return an image of the account with these members."""
    defaults: dict[str, object] = {"ImageId": "wsi-1", "State": "AVAILABLE", "OwnerAccountId": ACCOUNT}
    return types.WorkspaceImage.from_dict({**defaults, **members})


def shared(*accounts: str) -> SharedImage:
    """Return an image that is shared with these accounts."""
    return SharedImage("wsi-1", accounts)


def group(*rules: str, group_id: str = "wsipg-1") -> types.WorkspacesIpGroup:
    """Return an IP access control group with these rules."""
    return types.WorkspacesIpGroup.from_dict({"groupId": group_id, "userRules": [{"ipRule": rule} for rule in rules]})


def client_settings(**members: str) -> types.ClientPropertiesResult:
    """Return the client properties of a directory."""
    return types.ClientPropertiesResult.from_dict({"ResourceId": "d-1234567890", "ClientProperties": members})


def caller(arn: str = f"arn:aws:sts::{ACCOUNT}:assumed-role/audit/s", *, long_term: bool = False) -> Caller:
    """Return who calls."""
    return Caller(ACCOUNT, arn, long_term)


def connection(
    *,
    version: str = "TLSv1.3",
    cipher: str = "TLS_AES_128_GCM_SHA256",
    issuer: str = "CN=Amazon RSA 2048 M01, O=Amazon",
    group: str | None = None,
    kind: EndpointKind = EndpointKind.PUBLIC,
    plain: bool = False,
    fips: bool = False,
    provider: bool = False,
    host: str = "workspaces.eu-west-1.amazonaws.com",
    address: str | None = None,
) -> ConnectionFacts:
    """Return what a client knows of its connection."""
    negotiated = NegotiatedTLS(
        version=version, cipher=cipher, bits=128, group=group, certificate_issuer=issuer, remote_address=address
    )
    return ConnectionFacts(
        endpoint_kind=kind,
        host=host,
        is_plain_http=plain,
        is_fips_requested=fips,
        uses_proxy=False,
        negotiated=None if plain else negotiated,
        fips_provider=provider,
    )


def fact(*items: Structure | object) -> Fact[object]:
    """Return a fact of these items, all of call 1."""
    return Fact(tuple(items), (1,) * len(items))
