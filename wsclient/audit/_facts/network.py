"""Facts of Amazon EC2: subnets, VPCs, routes, NAT gateways, security groups and interface endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from wsclient._client.operations.ec2 import Ec2Operations
from wsclient._client.other_service_clients import side_client
from wsclient._core.errors import ConfigurationError
from wsclient._core.utils import chunked
from wsclient._generated.ec2 import structures as ec2
from wsclient.audit._facts.public_host import usual_name
from wsclient.audit._facts.records import Fact, Interfaces, Problem, VpcFacts, joined
from wsclient.audit._model import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from wsclient._client.pagination import Paginator
    from wsclient._core.model.structures import Output
    from wsclient._generated.workspaces import structures as s
    from wsclient.audit._facts.reader import FactReader, SiteAccess
    from wsclient.audit._facts.records import SiteFacts

PageT = TypeVar("PageT", bound="Output")
ItemT = TypeVar("ItemT")
MAX_FILTER_VALUES: Final = 200
"""Values that a filter of EC2 takes ("Filtering your resources",
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html)."""
NETWORK_FACTS: Final = frozenset(
    {
        "subnets",
        "vpcs",
        "routes",
        "nats",
        "groups",
        "endpoints",
        "streaming_endpoints",
        "endpoint_interfaces",
        "interfaces",
    }
)
MAX_INTERFACES: Final = 1_000
"""Interfaces on a page."""


async def read_network(
    facts: SiteFacts, access: SiteAccess, *, needed: AbstractSet[str], api_vpcs: Sequence[str]
) -> None:
    """Read the EC2 facts of a site: the networks of its directories, these VPCs, and its interface endpoints."""
    try:
        side = side_client(access.client, Ec2Operations, access.reach)
    except ConfigurationError as error:
        not_reached: Fact[object] = Fact(problem=Problem(Reason.NOT_REACHED, str(error)))
        for name in NETWORK_FACTS & needed:
            setattr(facts, name, not_reached)
        return
    try:
        network = _NetworkReader(side, access.reader(side))
        await network.read(facts, needed, api_vpcs)
        if "endpoint_interfaces" in needed and any(endpoint.private_dns_enabled for endpoint, _ in facts.endpoints):
            facts.usual_name = await usual_name(access.client)
    finally:
        await side.aclose()


class _NetworkReader:
    """Reads each kind of resource by the ids that the facts before it name."""

    def __init__(self, client: Ec2Operations, reader: FactReader) -> None:
        self._client = client
        self._reader = reader

    async def read(self, facts: SiteFacts, needed: AbstractSet[str], api_vpcs: Sequence[str]) -> None:
        """Read the facts that are needed, each by the ids that those before it named."""
        client = self._client
        if "endpoints" in needed:
            await self._endpoints(facts)
        if "subnets" in needed:
            facts.subnets = await self._subnets(facts)
        endpoints = facts.endpoints.items
        vpc_ids = {*(each.vpc_id for each in facts.subnets.items), *(each.vpc_id for each in endpoints), *api_vpcs}
        if "vpcs" in needed:
            facts.vpcs = await self._vpcs(vpc_ids)
        if "routes" in needed:
            facts.routes = await self._by_ids(
                "DescribeRouteTables",
                "vpc-id",
                vpc_ids,
                lambda filters: client.describe_route_tables(filters=filters),
                lambda page: page.route_tables,
            )
        if "nats" in needed:
            facts.nats = await self._by_ids(
                "DescribeNatGateways",
                "vpc-id",
                vpc_ids,
                lambda filters: client.describe_nat_gateways(filter=filters),
                lambda page: page.nat_gateways,
            )
        if "groups" in needed:
            facts.groups = await self._groups(facts)
        if "endpoint_interfaces" in needed:
            facts.endpoint_interfaces = await self._by_ids(
                "DescribeNetworkInterfaces",
                "network-interface-id",
                _all(each.network_interface_ids for each in endpoints),
                lambda filters: client.describe_network_interfaces(filters=filters),
                lambda page: page.network_interfaces,
            )
        if "interfaces" in needed:
            facts.interfaces = await self.interfaces(facts.directories)

    async def _endpoints(self, facts: SiteFacts) -> None:
        """Read the interface endpoints of the account: those of the WorkSpaces API, and those for streaming.

        One call lists both: endpoints for streaming are known only by the ids that directories have.
        """
        found = await self._reader.listing(
            "DescribeVpcEndpoints",
            self._client.describe_vpc_endpoints(filters=[_filter("vpc-endpoint-type", ["Interface"])]),
            lambda page: page.vpc_endpoints,
        )
        configured = {each for directory, _ in facts.directories for each in streaming_endpoint_ids(directory)}
        facts.endpoints = found.where(lambda each: each.service_name == self._service_name)
        facts.streaming_endpoints = found.where(lambda each: each.vpc_endpoint_id in configured)

    async def _subnets(self, facts: SiteFacts) -> Fact[ec2.Subnet]:
        of_directories = (each.subnet_ids for each, _ in facts.directories)
        of_endpoints = (each.subnet_ids for each, _ in facts.endpoints)
        return await self._by_ids(
            "DescribeSubnets",
            "subnet-id",
            {*_all(of_directories), *_all(of_endpoints)},
            lambda filters: self._client.describe_subnets(filters=filters),
            lambda page: page.subnets,
        )

    async def _groups(self, facts: SiteFacts) -> Fact[ec2.SecurityGroup]:
        creation = [each.workspace_creation_properties for each, _ in facts.directories]
        group_ids = {
            *(each.workspace_security_group_id for each, _ in facts.directories),
            *(each.custom_security_group_id for each in creation if each is not None),
            *(group.group_id for each, _ in facts.endpoints for group in each.groups),
        }
        return await self._by_ids(
            "DescribeSecurityGroups",
            "group-id",
            group_ids,
            lambda filters: self._client.describe_security_groups(filters=filters),
            lambda page: page.security_groups,
        )

    async def interfaces(self, directories: Fact[s.WorkspaceDirectory]) -> Fact[Interfaces]:
        """Read the interfaces in the directories' subnets; of each only its addresses are kept."""
        found = await self._by_ids(
            "DescribeNetworkInterfaces",
            "subnet-id",
            _all(each.subnet_ids for each, _ in directories),
            lambda filters: self._client.describe_network_interfaces(filters=filters, max_results=MAX_INTERFACES),
            lambda page: [_addresses(each) for each in page.network_interfaces],
        )
        problem = found.problem or directories.problem
        return Fact((Interfaces(dict(found.items)),), (found.calls[-1],) if found.calls else (), problem)

    @property
    def _service_name(self) -> str:
        return f"com.amazonaws.{self._client.endpoint.signing_region}.workspaces"

    async def _vpcs(self, vpc_ids: Iterable[str | None]) -> Fact[VpcFacts]:
        vpcs = await self._by_ids(
            "DescribeVpcs",
            "vpc-id",
            vpc_ids,
            lambda filters: self._client.describe_vpcs(filters=filters),
            lambda page: page.vpcs,
        )
        found, calls = list[VpcFacts](), list[int]()
        for vpc, call in vpcs:
            support, hostnames = [
                await self._attribute(vpc, name) for name in ("enableDnsSupport", "enableDnsHostnames")
            ]
            problem = support.problem or hostnames.problem
            if problem is not None:
                return Fact(tuple(found), tuple(calls), problem)
            found.append(
                VpcFacts(
                    vpc,
                    dns_support=_is_on(support.items[0].enable_dns_support),
                    dns_hostnames=_is_on(hostnames.items[0].enable_dns_hostnames),
                )
            )
            calls.append(call or 0)
        return Fact(tuple(found), tuple(calls), vpcs.problem)

    async def _attribute(
        self, vpc: ec2.Vpc, name: Literal["enableDnsSupport", "enableDnsHostnames"]
    ) -> Fact[ec2.DescribeVpcAttributeResult]:
        return await self._reader.single(
            "DescribeVpcAttribute",
            lambda: self._client.describe_vpc_attribute(attribute=name, vpc_id=vpc.vpc_id or ""),
            lambda output: [output],
        )

    async def _by_ids(
        self,
        operation: str,
        filter_name: str,
        ids: Iterable[str | None],
        listing: Callable[[Sequence[ec2.Filter]], Paginator[PageT, Any]],
        items: Callable[[PageT], Sequence[ItemT]],
    ) -> Fact[ItemT]:
        """Read the resources with these ids; a filter leaves out what is gone, where ids would be refused."""
        wanted = sorted({each for each in ids if each})
        return joined(
            [
                await self._reader.listing(operation, listing([_filter(filter_name, batch)]), items)
                for batch in chunked(wanted, MAX_FILTER_VALUES)
            ]
        )


def streaming_endpoint_ids(directory: s.WorkspaceDirectory) -> tuple[str, ...]:
    """Return the ids of the VPC endpoints that a directory's users stream through."""
    properties = directory.workspace_access_properties
    config = properties.access_endpoint_config if properties else None
    endpoints = config.access_endpoints if config else ()
    return tuple(each.vpc_endpoint_id for each in endpoints if each.vpc_endpoint_id)


def _filter(name: str, values: Sequence[str]) -> ec2.Filter:
    return ec2.Filter(name=name, values=list(values))


def _all(lists: Iterable[Sequence[str]]) -> Iterable[str]:
    return (each for texts in lists for each in texts)


def _is_on(attribute: ec2.AttributeBooleanValue | None) -> bool | None:
    return attribute.value if attribute is not None else None


def _addresses(interface: ec2.NetworkInterface) -> tuple[tuple[str, str], str | None]:
    association = interface.association
    key = (interface.subnet_id or "", interface.private_ip_address or "")
    return key, association.public_ip if association is not None else None
