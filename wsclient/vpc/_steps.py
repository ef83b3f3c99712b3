"""Steps of a plan: the calls that change something, each with its parameters, computed from facts alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from wsclient._generated.ec2 import enums as t
from wsclient._generated.ec2 import structures as s
from wsclient.policy._builders import allow_account
from wsclient.vpc._reads import service_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wsclient.policy._policy import Policy
    from wsclient.vpc._differences import Difference
    from wsclient.vpc._reads import Facts
    from wsclient.vpc._spec import EndpointSpec

NEW: Final = "vpce-new"
"""Id of an endpoint that does not exist yet, in the plan of its private DNS."""
StepName = Literal["create", "modify", "tag", "private_dns"]


class EndpointStep(msgspec.Struct, frozen=True, kw_only=True):
    """Call that changes something: its name in the plan, AWS's operation, and the request."""

    name: StepName
    operation: str
    request: s.CreateVpcEndpointRequest | s.ModifyVpcEndpointRequest | s.CreateTagsRequest

    @property
    def parameters(self) -> Mapping[str, object]:
        """Parameters in AWS's names."""
        return self.request.to_dict()

    def __str__(self) -> str:
        """Return the call as one line."""
        shown = (f"{name}={_value(value)}" for name, value in self.parameters.items())
        return f"{self.operation} {' '.join(shown)}"


def _value(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    text = " ".join(text.split())
    return text if len(text) <= 200 else f"{text[:200]}…"  # noqa: PLR2004 - a line of a plan


def creation(facts: Facts, spec: EndpointSpec, subnet_ids: Sequence[str], token: str) -> EndpointStep:
    """Return the call that creates the endpoint, with private DNS off: it is switched on after the proof."""
    tags = [s.Tag(key=key, value=value) for key, value in spec.all_tags(token).items()]
    request = s.CreateVpcEndpointRequest(
        vpc_endpoint_type=t.VpcEndpointType.INTERFACE,
        vpc_id=spec.vpc_id,
        service_name=service_name(spec.service, facts.region),
        subnet_ids=list(subnet_ids),
        security_group_ids=list(spec.group_ids),
        policy_document=policy_text(spec.policy or allow_account(facts.account_id)),
        ip_address_type=t.IpAddressType.IPV4,
        private_dns_enabled=False,
        tag_specifications=[s.TagSpecification(resource_type=t.ResourceType.VPC_ENDPOINT, tags=tags)],
        client_token=token,
    )
    return EndpointStep(name="create", operation="CreateVpcEndpoint", request=request)


def policy_text(policy: Policy) -> str:
    """Return a policy as EC2 gets it, without white space."""
    return json.dumps(policy.to_dict(), separators=(",", ":"))


def modification(
    endpoint_id: str, parts: Sequence[Difference], spec: EndpointSpec, endpoint: s.VpcEndpoint
) -> list[EndpointStep]:
    """Return the calls that repair these parts of an endpoint, except private DNS, which follows the proof."""
    names: set[str] = {part.part for part in parts}
    steps: list[EndpointStep] = []
    if names & {"policy", "subnets", "groups"}:
        changes = _modifications(endpoint_id, names, spec, endpoint)
        steps += [EndpointStep(name="modify", operation="ModifyVpcEndpoint", request=change) for change in changes]
    if "tags" in names:
        tags = [s.Tag(key=key, value=value) for key, value in spec.tags]
        request = s.CreateTagsRequest(resources=[endpoint_id], tags=tags)
        steps.append(EndpointStep(name="tag", operation="CreateTags", request=request))
    return steps


def _modifications(
    endpoint_id: str, names: set[str], spec: EndpointSpec, endpoint: s.VpcEndpoint
) -> list[s.ModifyVpcEndpointRequest]:
    """Return the calls; subnets are removed before others are added, of which EC2 allows one in a zone."""
    groups = [group.group_id or "" for group in endpoint.groups]
    wanted_subnets = spec.subnet_ids or () if "subnets" in names else endpoint.subnet_ids
    added, removed = _changes(endpoint.subnet_ids, wanted_subnets)
    added_groups, removed_groups = _changes(groups, spec.group_ids if "groups" in names else groups)
    first = s.ModifyVpcEndpointRequest(
        vpc_endpoint_id=endpoint_id,
        policy_document=policy_text(spec.policy) if "policy" in names and spec.policy else None,
        add_subnet_ids=None if removed else added or None,
        remove_subnet_ids=removed or None,
        add_security_group_ids=added_groups or None,
        remove_security_group_ids=removed_groups or None,
    )
    if not (added and removed):
        return [first]
    return [first, s.ModifyVpcEndpointRequest(vpc_endpoint_id=endpoint_id, add_subnet_ids=added)]


def _changes(current: Sequence[str], wanted: Sequence[str]) -> tuple[list[str], list[str]]:
    added = [each for each in dict.fromkeys(wanted) if each not in current]
    return added, [each for each in current if each not in wanted]


def private_dns(endpoint_id: str, *, is_on: bool) -> EndpointStep:
    """Return the call that switches private DNS."""
    request = s.ModifyVpcEndpointRequest(vpc_endpoint_id=endpoint_id, private_dns_enabled=is_on)
    return EndpointStep(name="private_dns", operation="ModifyVpcEndpoint", request=request)
