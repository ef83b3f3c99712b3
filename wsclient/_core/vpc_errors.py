"""VpcEndpointError and its subclasses: mistakes with an interface endpoint, refused before anything is changed."""

from __future__ import annotations

from collections.abc import Sequence

from wsclient._core.errors import ConfigurationError


class VpcEndpointError(ConfigurationError):
    """An interface endpoint cannot be as requested; nothing was changed unless the message says so."""


class EndpointServiceError(VpcEndpointError):
    """The region offers no interface endpoint service of this name (service_name)."""

    def __init__(self, message: str, *, service_name: str) -> None:
        super().__init__(message)
        self.service_name = service_name


class EndpointVpcError(VpcEndpointError):
    """The VPC (vpc_id) does not exist, is not available, or belongs to another account (owner)."""

    def __init__(self, message: str, *, vpc_id: str, owner: str | None = None) -> None:
        super().__init__(message)
        self.vpc_id = vpc_id
        self.owner = owner


class VpcDnsDisabledError(VpcEndpointError):
    """Private DNS needs attributes of the VPC (vpc_id) that are off: attributes has their names."""

    def __init__(self, message: str, *, vpc_id: str, attributes: Sequence[str]) -> None:
        super().__init__(message)
        self.vpc_id = vpc_id
        self.attributes = tuple(attributes)


class EndpointSubnetsError(VpcEndpointError):
    """Subnets (subnet_ids) are missing, of another VPC, full, on an Outpost, or without IPv4."""

    def __init__(self, message: str, *, subnet_ids: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.subnet_ids = tuple(subnet_ids)


class ZoneNotSupportedError(EndpointSubnetsError):
    """The zone (zone_id) of a subnet (subnet_id) is not one that the service supports."""

    def __init__(self, message: str, *, subnet_id: str, zone_id: str, supported: Sequence[str]) -> None:
        super().__init__(message, subnet_ids=[subnet_id])
        self.subnet_id = subnet_id
        self.zone_id = zone_id
        self.supported = tuple(supported)


class SubnetZoneConflictError(EndpointSubnetsError):
    """Two or more subnets (subnet_ids) are in one zone (zone)."""

    def __init__(self, message: str, *, zone: str, subnet_ids: Sequence[str]) -> None:
        super().__init__(message, subnet_ids=subnet_ids)
        self.zone = zone


class SecurityGroupClosedError(VpcEndpointError):
    """No security group (group_ids) lets HTTPS in from some networks (missing) of the callers."""

    def __init__(self, message: str, *, group_ids: Sequence[str], missing: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.group_ids = tuple(group_ids)
        self.missing = tuple(missing)


class PrivateDnsConflictError(VpcEndpointError):
    """The VPC (vpc_id) has the service's name already: by another endpoint (other_id), or by a hosted zone (None)."""

    def __init__(self, message: str, *, vpc_id: str, other_id: str | None = None) -> None:
        super().__init__(message)
        self.vpc_id = vpc_id
        self.other_id = other_id


class SeveralEndpointsError(VpcEndpointError):
    """The VPC has several endpoints (endpoint_ids) of the service; endpoint_id= chooses one."""

    def __init__(self, message: str, *, endpoint_ids: Sequence[str]) -> None:
        super().__init__(message)
        self.endpoint_ids = tuple(endpoint_ids)


class EndpointPolicyError(VpcEndpointError):
    """The endpoint policy is too large, malformed, or does not do what it seems to: findings says why."""

    def __init__(self, message: str, *, findings: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.findings = tuple(findings)


class EndpointLockoutError(VpcEndpointError):
    """The endpoint policy denies the caller an action (action) that this client needs."""

    def __init__(self, message: str, *, action: str) -> None:
        super().__init__(message)
        self.action = action


class EndpointStateError(VpcEndpointError):
    """An endpoint (endpoint_id) is in a state (state) in which it cannot be used or changed; reason is AWS's text."""

    def __init__(self, message: str, *, endpoint_id: str, state: str, reason: str | None = None) -> None:
        super().__init__(message)
        self.endpoint_id = endpoint_id
        self.state = state
        self.reason = reason


class EndpointPermissionError(VpcEndpointError):
    """The caller lacks a permission: action is its name, resource the ARN that AWS names."""

    def __init__(self, message: str, *, action: str, resource: str | None = None) -> None:
        super().__init__(message)
        self.action = action
        self.resource = resource


class EndpointQuotaError(VpcEndpointError):
    """The VPC has as many interface endpoints as its quota allows."""


class EndpointProofError(VpcEndpointError):
    """An endpoint (endpoint_id) exists, and the proof that it works failed; its private DNS was not switched on."""

    def __init__(self, message: str, *, endpoint_id: str) -> None:
        super().__init__(message)
        self.endpoint_id = endpoint_id
