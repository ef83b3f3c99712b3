"""Where calls go: EndpointParameters in, one Endpoint out, or a refusal that says which settings disagree.

    EndpointParameters(service="workspaces", region="us-west-2")            workspaces.us-west-2.amazonaws.com
    … use_dualstack=True                                                    workspaces.us-west-2.api.aws
    … use_fips=True                                                         workspaces-fips.us-west-2.amazonaws.com
    … use_fips=True, use_dualstack=True                                     workspaces-fips.us-west-2.api.aws
    … vpc_endpoint="vpce-0123-abcd"                 vpce-0123-abcd.workspaces.us-west-2.vpce.amazonaws.com
    … private_dns=True                              the public host, which must resolve to private addresses
    … endpoint_url="https://proxy.bank.internal/"   as given; a PrivateLink name in it is PrivateLink

Pure and synchronous: nothing is looked up and nothing is sent. Amazon WorkSpaces knows no PrivateLink with FIPS
("Infrastructure Security in Amazon WorkSpaces",
https://docs.aws.amazon.com/workspaces/latest/adminguide/infrastructure-security.html), so that is refused by
whatever road each was asked for. The regions come from wsclient/_generated/partitions.py.
"""

from wsclient.endpoints._private_link import PrivateDns, VpcEndpoint
from wsclient.endpoints._resolver import resolve_endpoint
from wsclient.endpoints._types import Endpoint, EndpointKind, EndpointParameters, StsRouting

__all__ = [
    "Endpoint",
    "EndpointKind",
    "EndpointParameters",
    "PrivateDns",
    "StsRouting",
    "VpcEndpoint",
    "resolve_endpoint",
]
