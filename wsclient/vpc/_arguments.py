"""Forms of arguments, checked before any call: ids of EC2's resources, networks, tags."""

from __future__ import annotations

import re
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Final

from wsclient._core.vpc_errors import (
    EndpointSubnetsError,
    EndpointVpcError,
    SecurityGroupClosedError,
    VpcEndpointError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_TAGS: Final = 50
MAX_TAG_KEY: Final = 128
MAX_TAG_VALUE: Final = 256
_DNS_LABEL: Final = re.compile(r"(?P<id>vpce-[0-9a-z]+)-[0-9a-z-]+(\..*)?")
"""First label of an endpoint's DNS name, or the whole name: it begins with the id."""


def check_vpc_id(vpc_id: str) -> str:
    """Return the id of a VPC; raise EndpointVpcError for another form."""
    if not _has_form("vpc", vpc_id):
        raise EndpointVpcError(f"vpc_id: {vpc_id!r:.60} is not the id of a VPC (vpc-...)", vpc_id=vpc_id)
    return vpc_id


def check_endpoint_id(endpoint_id: str) -> str:
    """Return the id of a VPC endpoint; raise VpcEndpointError for another form."""
    if _has_form("vpce", endpoint_id):
        return endpoint_id
    name = _DNS_LABEL.fullmatch(endpoint_id)
    hint = f"; {name['id']} is the id in this DNS name" if name else ""
    raise VpcEndpointError(f"endpoint_id: {endpoint_id!r:.80} is not the id of a VPC endpoint (vpce-...){hint}")


def check_subnet_ids(subnet_ids: Sequence[str]) -> None:
    """Raise EndpointSubnetsError for an id of another form."""
    if wrong := [each for each in subnet_ids if not _has_form("subnet", each)]:
        raise EndpointSubnetsError(f"subnet_ids: {wrong[0]!r:.60} is not the id of a subnet (subnet-...)")


def check_group_ids(group_ids: Sequence[str]) -> None:
    """Raise SecurityGroupClosedError for an id of another form."""
    if wrong := [each for each in group_ids if not _has_form("sg", each)]:
        raise SecurityGroupClosedError(
            f"security_group_ids: {wrong[0]!r:.60} is not the id of a security group (sg-...); names are not ids",
            group_ids=wrong,
        )


def check_clients(clients: Sequence[str]) -> tuple[str, ...]:
    """Return the networks of the callers; raise VpcEndpointError for an empty list and for other than IPv4 networks."""
    if not clients:
        raise VpcEndpointError("clients is empty: pass the IPv4 networks that call the endpoint, or leave it out")
    for network in clients:
        try:
            IPv4Network(network, strict=False)
        except ValueError:
            raise VpcEndpointError(f"clients: {network!r:.60} is not an IPv4 network, as in 10.0.0.0/16") from None
    return tuple(clients)


def check_tags(tags: Mapping[str, str], reserved: Sequence[str]) -> None:
    """Raise VpcEndpointError for tags that AWS does not take, and for the keys of wsclient's own tags.

    "Tag your Amazon EC2 resources", https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html
    """
    most = MAX_TAGS - len(reserved)
    if len(tags) > most:
        raise VpcEndpointError(f"tags: {len(tags)} tags; AWS allows {MAX_TAGS}, of which wsclient sets {len(reserved)}")
    for key, text in tags.items():
        if not 1 <= len(key) <= MAX_TAG_KEY or len(text) > MAX_TAG_VALUE:
            raise VpcEndpointError(
                f"tags: {key!r:.60} has {len(key)} characters and its value {len(text)}; AWS allows 1 to "
                f"{MAX_TAG_KEY}, and {MAX_TAG_VALUE} for the value"
            )
        if key.lower().startswith("aws:") or key in reserved:
            owner = "wsclient" if key in reserved else "AWS"
            raise VpcEndpointError(f"tags: {owner} sets the tag {key!r}; choose another key")


def _has_form(prefix: str, text: str) -> bool:
    return re.fullmatch(f"{prefix}-[0-9a-z]+", text) is not None
