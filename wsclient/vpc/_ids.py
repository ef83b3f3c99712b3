"""Ids of EC2's resources: their forms, checked before any call."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from wsclient._core.vpc_errors import (
    EndpointSubnetsError,
    EndpointVpcError,
    SecurityGroupClosedError,
    VpcEndpointError,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def _has_form(prefix: str, text: str) -> bool:
    return re.fullmatch(f"{prefix}-[0-9a-z]+", text) is not None
