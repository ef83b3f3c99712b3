"""Endpoint resolution: EndpointParameters to one Endpoint, or an error that names the settings in conflict.

    EndpointParameters(service="workspaces", region="us-west-2")            workspaces.us-west-2.amazonaws.com
    … use_dualstack=True                                                    workspaces.us-west-2.api.aws
    … use_fips=True                                                         workspaces-fips.us-west-2.amazonaws.com
    … use_fips=True, use_dualstack=True                                     workspaces-fips.us-west-2.api.aws
    … vpc_endpoint="vpce-0123-abcd"                 vpce-0123-abcd.workspaces.us-west-2.vpce.amazonaws.com
    … private_dns=True                              the public host, which must resolve to private addresses
    … endpoint_url="https://proxy.bank.internal/"   that URL; a PrivateLink host in it counts as PrivateLink

Pure and synchronous: no DNS lookup and no request. Amazon WorkSpaces does not support PrivateLink with FIPS
("Infrastructure Security in Amazon WorkSpaces",
https://docs.aws.amazon.com/workspaces/latest/adminguide/infrastructure-security.html), so every combination of the two
raises PrivateLinkFipsError, whichever settings select them. The regions come from
wsclient/_generated/partitions.py.
"""

from typing import TYPE_CHECKING

from wsclient._core.lazy_imports import lazy_exports
from wsclient._core.public_names import publish
from wsclient.endpoints._private_link import PrivateDns, VpcEndpoint
from wsclient.endpoints._resolver import resolve_endpoint
from wsclient.endpoints._types import Endpoint, EndpointKind, EndpointParameters

if TYPE_CHECKING:
    from wsclient.endpoints._routing import Reach, ServiceRouting, StsRouting
else:
    __getattr__, __dir__ = lazy_exports(
        __name__,
        "wsclient.endpoints._routing:Reach",
        "wsclient.endpoints._routing:ServiceRouting",
        "wsclient.endpoints._routing:StsRouting",
    )

__all__ = [
    "Endpoint",
    "EndpointKind",
    "EndpointParameters",
    "PrivateDns",
    "Reach",
    "ServiceRouting",
    "StsRouting",
    "VpcEndpoint",
    "resolve_endpoint",
]

publish(__name__, __all__)
