"""InterfaceEndpoint: ensure, describe, find and delete interface endpoints of the WorkSpaces API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal, final

from wsclient._core.argument_checks import checked
from wsclient._core.clock import SYSTEM_TIME
from wsclient._core.value_kinds import BOOL, TEXT, TEXT_MAP, instance_of, optional
from wsclient._core.vpc_errors import EndpointSubnetsError, SecurityGroupClosedError, VpcEndpointError
from wsclient.endpoints._routing import REACH_KIND, Reach
from wsclient.policy._policy import Policy
from wsclient.vpc._arguments import check_clients, check_endpoint_id, check_vpc_id
from wsclient.vpc._deletion import DeletionPlan, plan_deletion
from wsclient.vpc._described_endpoint import DescribedEndpoint, describe_endpoint, find_in_vpc
from wsclient.vpc._plan import EndpointPlan
from wsclient.vpc._planning import PlanOptions, plan_endpoint
from wsclient.vpc._session import Session
from wsclient.vpc._spec import EndpointSpec, Repair, check_repair, texts
from wsclient.workspaces._client import WorkSpacesClient

_COMMON: Final = {
    "client": instance_of(WorkSpacesClient, expected="a WorkSpacesClient"),
    "reach": REACH_KIND,
}


@final
class InterfaceEndpoint:
    """Interface endpoint (AWS PrivateLink) of the Amazon WorkSpaces API in a VPC: found or created, changed, deleted.

    Every method looks first and returns a plan or a description; only run() of a plan changes anything. All of them
    call EC2 with the client's credentials, TLS policy and proxy, at its public endpoint or as reach= says.
    """

    def __init__(self, *_: object, **__: object) -> None:
        """Raise TypeError: there is nothing to create; call ensure(), describe(), find() or delete()."""
        raise TypeError("InterfaceEndpoint has class methods only: ensure(), describe(), find() and delete()")

    @staticmethod
    @checked(
        {
            **_COMMON,
            "vpc_id": TEXT,
            "private_dns": BOOL,
            "policy": optional(instance_of(Policy, expected="a Policy (for JSON, see Policy.parse)")),
            "tags": optional(TEXT_MAP),
            "endpoint_id": optional(TEXT),
            "allow_undecided": BOOL,
            "allow_lockout": BOOL,
        },
        error=VpcEndpointError,
    )
    async def ensure(
        *,
        vpc_id: str,
        subnet_ids: Sequence[str] | Literal["auto"],
        security_group_ids: Sequence[str],
        private_dns: bool,
        client: WorkSpacesClient,
        policy: Policy | None = None,
        tags: Mapping[str, str] | None = None,
        repair: Sequence[Repair] = (),
        endpoint_id: str | None = None,
        clients: Sequence[str] | None = None,
        allow_undecided: bool = False,
        allow_lockout: bool = False,
        reach: Reach | Literal["public"] | None = None,
    ) -> EndpointPlan:
        """Read the network of the VPC, and plan the endpoint. Changes nothing.

        An endpoint of the service that exists in the VPC is adopted: differences are shown, and changed only if repair
        names them. Otherwise one is created, once, however many processes ask.

        Args:
            vpc_id: VPC of the endpoint, owned by the account of the client's credentials.
            subnet_ids: ids of subnets, one in each zone; "auto" takes the private subnet with most free addresses of
                each zone, at least two.
            security_group_ids: groups of the VPC that let TCP 443 in from the clients.
            private_dns: True for the service's usual names to lead to the endpoint, within the VPC. It is switched on
                last, when the endpoint is available and no part of the proof that is possible from here failed.
            client: WorkSpacesClient whose credentials and settings are used.
            policy: endpoint policy, for example allow_account(...). None creates the endpoint for principals of this
                account only, and leaves the policy of an existing one.
            tags: tags in addition to those that say who made the endpoint.
            repair: parts of an existing endpoint that may be changed: "policy", "subnets", "groups", "private_dns",
                "tags". Default: none.
            endpoint_id: which one to adopt, if the VPC has several.
            clients: IPv4 networks that call the endpoint. Default: the blocks of the VPC.
            allow_undecided: True accepts rules that name prefix lists or groups, whose members are not read.
            allow_lockout: True accepts a policy that denies this caller: the new one, or that of an existing endpoint
                to which private DNS would send its requests.
            reach: Reach, how EC2 is called; "public" for its public endpoint from a client of a private one.

        Raises PrivateLinkFipsError for a client with FIPS, VpcEndpointError for every mistake, and
        EndpointResolutionError if EC2 must not be called from this client. Nothing is changed then.
        """
        spec = EndpointSpec(
            vpc_id=vpc_id,
            subnet_ids=None if subnet_ids == "auto" else texts("subnet_ids", subnet_ids, EndpointSubnetsError),
            group_ids=texts("security_group_ids", security_group_ids, SecurityGroupClosedError),
            private_dns=private_dns,
            policy=policy,
            tags=tuple(sorted((tags or {}).items())),
        )
        terms = PlanOptions(
            repair=check_repair(texts("repair", repair)),
            endpoint_id=None if endpoint_id is None else check_endpoint_id(endpoint_id),
            clients=None if clients is None else check_clients(texts("clients", clients)),
            allow_undecided=allow_undecided,
            allow_lockout=allow_lockout,
        )
        return await plan_endpoint(Session(client=client, reach=reach), spec.check(), terms, SYSTEM_TIME)

    @staticmethod
    @checked({**_COMMON, "endpoint_id": TEXT}, error=VpcEndpointError)
    async def describe(
        endpoint_id: str, *, client: WorkSpacesClient, reach: Reach | Literal["public"] | None = None
    ) -> DescribedEndpoint:
        """Return an endpoint of the WorkSpaces API as EC2 describes it, with its forms for other tools.

        Raises EndpointStateError if it does not exist, EndpointServiceError if it is of another service.
        """
        return await describe_endpoint(Session(client=client, reach=reach), check_endpoint_id(endpoint_id))

    @staticmethod
    @checked({**_COMMON, "vpc_id": TEXT}, error=VpcEndpointError)
    async def find(
        *, vpc_id: str, client: WorkSpacesClient, reach: Reach | Literal["public"] | None = None
    ) -> tuple[DescribedEndpoint, ...]:
        """Return the interface endpoints of the WorkSpaces API in a VPC, in every state that EC2 lists."""
        return await find_in_vpc(Session(client=client, reach=reach), check_vpc_id(vpc_id))

    @staticmethod
    @checked({**_COMMON, "endpoint_id": TEXT, "adopted": BOOL}, error=VpcEndpointError)
    async def delete(
        endpoint_id: str,
        *,
        client: WorkSpacesClient,
        adopted: bool = False,
        reach: Reach | Literal["public"] | None = None,
    ) -> DeletionPlan:
        """Read an endpoint, and plan its deletion; run(confirm=id) repeats the id and deletes it.

        adopted=True is needed for an endpoint that wsclient did not make. Raises VpcEndpointError for one of another
        service, and for one that another service manages.
        """
        session = Session(client=client, reach=reach)
        return await plan_deletion(session, check_endpoint_id(endpoint_id), adopted=adopted, time=SYSTEM_TIME)
