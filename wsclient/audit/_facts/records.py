"""Fact, Problem and SiteFacts: what was read of a site, and what could not be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from wsclient._core.site import Site
from wsclient.audit._model import Reason
from wsclient.audit._settings import AuditSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from wsclient._generated.ds import structures as ds
    from wsclient._generated.ec2 import structures as ec2
    from wsclient._generated.workspaces import structures as s
    from wsclient.endpoints._types import EndpointKind
    from wsclient.policy._policy import Policy
    from wsclient.tls._inspection import NegotiatedTLS

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Problem:
    """Reason for which a fact was not read, or not completely.

    action is the IAM action that is missing, if that is the reason; code is AWS's error code, "" without one.
    """

    reason: Reason
    message: str
    action: str | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Fact(Generic[T]):
    """Result of one kind of read: items, the number of the call that returned each, and the problem, if any.

    With a problem, items holds what was read before it.
    """

    items: tuple[T, ...] = ()
    calls: tuple[int, ...] = ()
    problem: Problem | None = None

    def __iter__(self) -> Iterator[tuple[T, int | None]]:
        """Iterate over the items, each with the number of its call."""
        calls: Sequence[int | None] = self.calls or (None,) * len(self.items)
        return iter(zip(self.items, calls, strict=True))

    def where(self, matches: Callable[[T], bool]) -> Fact[T]:
        """Return the items that match, with their calls and the problem."""
        kept = [(item, call) for item, call in zip(self.items, self.calls, strict=True) if matches(item)]
        return Fact(tuple(item for item, _ in kept), tuple(call for _, call in kept), self.problem)


def joined(facts: Iterable[Fact[T]]) -> Fact[T]:
    """Return the items of several reads as one fact, with the problem of the last one that had any."""
    items, calls, problem = list[T](), list[int](), None
    for fact in facts:
        items += fact.items
        calls += fact.calls
        problem = fact.problem or problem
    return Fact(tuple(items), tuple(calls), problem)


NOT_READ: Final[Fact[Any]] = Fact(problem=Problem(Reason.NOT_REQUESTED, "this audit did not read it"))


@dataclass(frozen=True, slots=True)
class ConnectionFacts:
    """Facts of the client itself: the endpoint, the live connection, and the proxy if there is one."""

    endpoint_kind: EndpointKind
    host: str
    is_plain_http: bool
    is_fips_requested: bool
    uses_proxy: bool
    negotiated: NegotiatedTLS | None
    fips_provider: bool


@dataclass(frozen=True, slots=True)
class Caller:
    """Identity that signs the calls: account, ARN, and whether its key is a long-term key of a user."""

    account: str
    arn: str
    has_long_term_key: bool


@dataclass(frozen=True, slots=True)
class SharedImage:
    """Image with the accounts that it is shared with."""

    image_id: str
    account_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VpcFacts:
    """VPC with its two DNS attributes; None where the member was absent."""

    vpc: ec2.Vpc
    dns_support: bool | None
    dns_hostnames: bool | None


@dataclass(frozen=True, slots=True)
class SmartCards:
    """Smart card authentication of a directory."""

    directory_id: str
    is_enabled: bool


@dataclass(frozen=True, slots=True)
class UsualName:
    """Addresses that the service's usual host name leads to from here."""

    host: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Interfaces:
    """Public address of each network interface, None without one, by its subnet and private address."""

    public: Mapping[tuple[str, str], str | None]


@dataclass(frozen=True, slots=True)
class PublicProbe:
    """Response of the public host to a read with the audit's own credentials: code is "" if it succeeded.

    address is the one that the call reached, None if a proxy carried it or it is not known.
    """

    host: str
    code: str
    message: str
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Principal:
    """User or role, with the statements of its identity policies and of its permissions boundary, if it has one.

    unread names the policies that could not be read, "" if all were read.
    """

    arn: str
    policy: Policy
    boundary: Policy | None = None
    unread: str = ""


@dataclass(frozen=True, slots=True)
class WorkspaceFacts:
    """WorkSpace with the last known connection of its user and its tag keys; None where it was not read."""

    workspace: s.Workspace
    last_connected: datetime | None = None
    connection_problem: Problem | None = None
    tag_keys: tuple[str, ...] | None = None
    tag_problem: Problem | None = None


@dataclass(kw_only=True)
class SiteFacts:
    """Facts of one site. WorkSpaces are not among them: they are judged page by page, so that memory stays flat."""

    connection: Fact[ConnectionFacts] = NOT_READ
    caller: Fact[Caller] = NOT_READ
    directories: Fact[s.WorkspaceDirectory] = NOT_READ
    ip_groups: Fact[s.WorkspacesIpGroup] = NOT_READ
    images: Fact[s.WorkspaceImage] = NOT_READ
    image_shares: Fact[SharedImage] = NOT_READ
    client_settings: Fact[s.ClientPropertiesResult] = NOT_READ
    tenancy: Fact[s.DescribeAccountResult] = NOT_READ
    endpoints: Fact[ec2.VpcEndpoint] = NOT_READ
    """Interface endpoints of the WorkSpaces API."""
    streaming_endpoints: Fact[ec2.VpcEndpoint] = NOT_READ
    """Interface endpoints that directories name for streaming."""
    subnets: Fact[ec2.Subnet] = NOT_READ
    vpcs: Fact[VpcFacts] = NOT_READ
    routes: Fact[ec2.RouteTable] = NOT_READ
    nats: Fact[ec2.NatGateway] = NOT_READ
    groups: Fact[ec2.SecurityGroup] = NOT_READ
    ds: Fact[ds.DirectoryDescription] = NOT_READ
    smart_cards: Fact[SmartCards] = NOT_READ
    endpoint_interfaces: Fact[ec2.NetworkInterface] = NOT_READ
    usual_name: Fact[UsualName] = NOT_READ
    interfaces: Fact[Interfaces] = NOT_READ
    public_probe: Fact[PublicProbe] = NOT_READ
    iam: Fact[tuple[Principal, ...]] = NOT_READ

    def named(self, name: str) -> Fact[Any]:
        """Return the fact of this name."""
        fact: Fact[Any] = getattr(self, name)
        return fact


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckContext:
    """Input of a check in addition to the resource that it judges.

    account is the account's id, "" if it is not known; partition is AWS's, as in "aws-cn"; now is the time of the audit
    by AWS's clock; settings are those of the audit. facts has what was read of the site: items() returns it by name.
    unconnected_since has the time of the first audit that found no connection to a WorkSpace, by the WorkSpace's id, if
    the report of an earlier audit is known.
    """

    site: Site
    partition: str
    account: str
    now: datetime
    settings: AuditSettings
    facts: SiteFacts = field(repr=False)
    unconnected_since: Mapping[str, datetime] = field(default_factory=dict[str, "datetime"], repr=False)

    def items(self, fact: str) -> tuple[Any, ...]:
        """Return the items of a fact that a check needs, by its name: Check.needs must have it."""
        return self.facts.named(fact).items
