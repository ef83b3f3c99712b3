"""Interface endpoint (AWS PrivateLink) of the WorkSpaces API: found or created, proven, changed, deleted.

    plan = await InterfaceEndpoint.ensure(
        vpc_id="vpc-0123", subnet_ids="auto", security_group_ids=["sg-0123"], private_dns=True,
        policy=allow_account("123456789012"), client=ws,
    )
    print(plan)                       # what exists, what differs, each call that will be made; nothing was changed
    endpoint = await plan.run()       # waits, proves names, TLS and a signed call, and switches private DNS on last

There is one endpoint, however often and from wherever this runs: the client token is a hash of every parameter, and
after an ambiguous outcome EC2 is read before anything is sent again. Every mistake is a VpcEndpointError before a
change. "Access an AWS service using an interface VPC endpoint",
https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
"""

from wsclient._core.public_names import publish
from wsclient._core.vpc_errors import (
    EndpointLockoutError,
    EndpointPermissionError,
    EndpointPolicyError,
    EndpointProofError,
    EndpointQuotaError,
    EndpointServiceError,
    EndpointStateError,
    EndpointSubnetsError,
    EndpointVpcError,
    PrivateDnsConflictError,
    SecurityGroupClosedError,
    SeveralEndpointsError,
    SubnetZoneConflictError,
    VpcDnsDisabledError,
    ZoneNotSupportedError,
)
from wsclient.errors import VpcEndpointError
from wsclient.vpc._deletion import DeletionPlan
from wsclient.vpc._described_endpoint import DescribedEndpoint
from wsclient.vpc._differences import Difference
from wsclient.vpc._ensured_endpoint import EnsuredEndpoint
from wsclient.vpc._interface_endpoint import InterfaceEndpoint
from wsclient.vpc._plan import EndpointPlan, EndpointPlanRow
from wsclient.vpc._proof import Proof, ProofPart
from wsclient.vpc._steps import EndpointStep

__all__ = [
    "DeletionPlan",
    "DescribedEndpoint",
    "Difference",
    "EndpointLockoutError",
    "EndpointPermissionError",
    "EndpointPlan",
    "EndpointPlanRow",
    "EndpointPolicyError",
    "EndpointProofError",
    "EndpointQuotaError",
    "EndpointServiceError",
    "EndpointStateError",
    "EndpointStep",
    "EndpointSubnetsError",
    "EndpointVpcError",
    "EnsuredEndpoint",
    "InterfaceEndpoint",
    "PrivateDnsConflictError",
    "Proof",
    "ProofPart",
    "SecurityGroupClosedError",
    "SeveralEndpointsError",
    "SubnetZoneConflictError",
    "VpcDnsDisabledError",
    "VpcEndpointError",
    "ZoneNotSupportedError",
]

publish(__name__, __all__)
