"""DescribedEndpoint: an endpoint as EC2 describes it, with its forms for CloudFormation, Terraform and the AWS CLI."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

import msgspec

from wsclient._core.errors import ConfigurationError
from wsclient._core.utils import is_list
from wsclient._core.vpc_errors import EndpointServiceError, EndpointStateError
from wsclient.endpoints._private_link import VpcEndpoint
from wsclient.policy._policy import Policy
from wsclient.vpc._reads import find_endpoint, find_endpoints, permitted, service_name, state_of

if TYPE_CHECKING:
    from wsclient._generated.ec2 import structures as s
    from wsclient.vpc._session import Session


class DescribedEndpoint(msgspec.Struct, frozen=True, kw_only=True):
    """Interface endpoint: its facts in EC2's words, states in lower case.

    policy is its endpoint policy, None for one that cannot be parsed; policy_document is EC2's text of it.
    """

    id: str
    vpc_id: str
    service_name: str
    state: str
    private_dns: bool
    subnet_ids: tuple[str, ...]
    security_group_ids: tuple[str, ...]
    network_interface_ids: tuple[str, ...]
    dns_names: tuple[str, ...]
    tags: dict[str, str]
    owner_id: str | None = None
    is_requester_managed: bool = False
    policy_document: str | None = None

    @property
    def policy(self) -> Policy | None:
        """Endpoint policy, None if EC2's text cannot be parsed."""
        try:
            return Policy.parse(self.policy_document) if self.policy_document else None
        except ConfigurationError:
            return None

    def vpc_endpoint(self) -> VpcEndpoint:
        """Return the endpoint for vpc_endpoint= of a client. Raises EndpointResolutionError unless it is available."""
        entries = [{"DnsName": name} for name in self.dns_names]
        return VpcEndpoint.from_describe(
            {"VpcEndpointId": self.id, "ServiceName": self.service_name, "DnsEntries": entries}
        )

    def to_cloudformation(self) -> str:
        """Return an AWS CloudFormation template, JSON, with this endpoint as its only resource."""
        properties: dict[str, object] = {
            "VpcEndpointType": "Interface",
            "VpcId": self.vpc_id,
            "ServiceName": self.service_name,
            "SubnetIds": list(self.subnet_ids),
            "SecurityGroupIds": list(self.security_group_ids),
            "PrivateDnsEnabled": self.private_dns,
            "PolicyDocument": self._policy_value(),
            "Tags": [{"Key": key, "Value": value} for key, value in self._own_tags().items()],
        }
        resource = {"Type": "AWS::EC2::VPCEndpoint", "Properties": properties}
        template = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"WorkSpacesApiEndpoint": resource}}
        return json.dumps(template, indent=2)

    def to_aws_cli(self) -> str:
        """Return the command of the AWS CLI that creates such an endpoint, for a POSIX shell."""
        tags = [{"Key": key, "Value": value} for key, value in self._own_tags().items()]
        specification = [{"ResourceType": "vpc-endpoint", "Tags": tags}]
        parts = [
            *("aws", "ec2", "create-vpc-endpoint", "--vpc-endpoint-type", "Interface"),
            *("--vpc-id", self.vpc_id, "--service-name", self.service_name),
            *("--subnet-ids", *self.subnet_ids, "--security-group-ids", *self.security_group_ids),
            "--private-dns-enabled" if self.private_dns else "--no-private-dns-enabled",
            *("--policy-document", json.dumps(self._policy_value(), separators=(",", ":"))),
            *(("--tag-specifications", json.dumps(specification, separators=(",", ":"))) if tags else ()),
        ]
        return shlex.join(parts)

    def to_terraform(self) -> str:
        """Return a Terraform resource, aws_vpc_endpoint."""
        tags = "".join(f"    {_hcl(key)} = {_hcl(value)}\n" for key, value in self._own_tags().items())
        return (
            'resource "aws_vpc_endpoint" "workspaces_api" {\n'
            '  vpc_endpoint_type   = "Interface"\n'
            f"  vpc_id              = {_hcl(self.vpc_id)}\n"
            f"  service_name        = {_hcl(self.service_name)}\n"
            f"  subnet_ids          = {_hcl(list(self.subnet_ids))}\n"
            f"  security_group_ids  = {_hcl(list(self.security_group_ids))}\n"
            f"  private_dns_enabled = {str(self.private_dns).lower()}\n"
            f"  policy              = {_hcl(json.dumps(self._policy_value(), separators=(',', ':')))}\n"
            f"  tags = {{\n{tags}  }}\n}}\n"
        )

    def _own_tags(self) -> dict[str, str]:
        """Return the tags without those of AWS, which no one else can set."""
        return {key: value for key, value in self.tags.items() if not key.startswith("aws:")}

    def _policy_value(self) -> object:
        policy = self.policy
        return policy.to_dict() if policy is not None else self.policy_document

    def __str__(self) -> str:
        """Return the facts, one a line."""
        lines = [
            f"{name}: {_line(getattr(self, name))}" for name in self.__struct_fields__ if name != "policy_document"
        ]
        return "\n".join([*lines, f"policy: {json.dumps(self._policy_value())}"])


def _hcl(value: object) -> str:
    """Return a value in Terraform's language: JSON, in which no text is a template."""
    return json.dumps(value).replace("${", "$${").replace("%{", "%%{")


def _line(value: object) -> str:
    return ", ".join(map(str, value)) if is_list(value) else str(value)


async def describe_endpoint(session: Session, endpoint_id: str) -> DescribedEndpoint:
    """Read an endpoint of the WorkSpaces API. Raises EndpointStateError or EndpointServiceError."""
    async with session.ec2() as ec2:
        found = await permitted("ec2:DescribeVpcEndpoints", find_endpoint(ec2, endpoint_id))
    if found is None:
        raise EndpointStateError(
            f"{endpoint_id} does not exist in this account and region", endpoint_id=endpoint_id, state="deleted"
        )
    expected = service_name("workspaces", session.client.endpoint.signing_region)
    if found.service_name != expected or str(found.vpc_endpoint_type) != "Interface":
        raise EndpointServiceError(
            f"{endpoint_id} is an endpoint of {found.service_name} ({found.vpc_endpoint_type}), not an interface "
            f"endpoint of {expected}",
            service_name=found.service_name or "",
        )
    return described(found)


async def find_in_vpc(session: Session, vpc_id: str) -> tuple[DescribedEndpoint, ...]:
    """Read the interface endpoints of the WorkSpaces API in a VPC."""
    name = service_name("workspaces", session.client.endpoint.signing_region)
    async with session.ec2() as ec2:
        found = await find_endpoints(ec2, vpc_id, name)
    return tuple(described(each) for each in found if str(each.vpc_endpoint_type) == "Interface")


def described(endpoint: s.VpcEndpoint) -> DescribedEndpoint:
    """Return the description of an endpoint."""
    return DescribedEndpoint(
        id=endpoint.vpc_endpoint_id or "",
        vpc_id=endpoint.vpc_id or "",
        service_name=endpoint.service_name or "",
        state=state_of(endpoint),
        private_dns=bool(endpoint.private_dns_enabled),
        subnet_ids=tuple(endpoint.subnet_ids),
        security_group_ids=tuple(group.group_id or "" for group in endpoint.groups),
        network_interface_ids=tuple(endpoint.network_interface_ids),
        dns_names=tuple(entry.dns_name for entry in endpoint.dns_entries if entry.dns_name),
        tags={tag.key or "": tag.value or "" for tag in endpoint.tags},
        owner_id=endpoint.owner_id,
        is_requester_managed=bool(endpoint.requester_managed),
        policy_document=endpoint.policy_document,
    )
