"""ServiceRouting, StsRouting and Reach: endpoints of other services that a WorkSpaces client's features call."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Final

from wsclient._core.argument_checks import checked_class
from wsclient._core.errors import EndpointResolutionError
from wsclient._core.value_kinds import TEXT, either, instance_of, one_of, optional
from wsclient.endpoints._private_link import PrivateDns, VpcEndpoint
from wsclient.endpoints._types import ROUTING_KINDS, EndpointParameters


@checked_class(ROUTING_KINDS, error=EndpointResolutionError)
@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRouting:
    """Endpoint settings of another service that a WorkSpaces client's features call, with the client's credentials.

    For region, use_fips and use_dualstack, None means "as for WorkSpaces". These and the permissions (allow_unlisted,
    allow_http) are inherited from the WorkSpaces client. vpc_endpoint, private_dns and endpoint_url are not: a VPC may
    have an interface endpoint for WorkSpaces and reach other services over the internet.
    """

    region: str | None = None
    vpc_endpoint: str | VpcEndpoint | None = None
    private_dns: bool | PrivateDns | None = None
    endpoint_url: str | None = None
    use_fips: bool | None = None
    use_dualstack: bool | None = None

    def parameters_for(self, service: str, client: EndpointParameters, argument: str) -> EndpointParameters:
        """Return the endpoint parameters for a service, given those of a client and the argument that was passed."""
        names = [each.name for each in fields(self) if getattr(self, each.name) is not None]
        sources = {name: f"argument {argument}({name}=…)" for name in names}
        return replace(
            client,
            service=service,
            region=client.region if self.region is None else self.region,
            vpc_endpoint=self.vpc_endpoint,
            private_dns=self.private_dns,
            endpoint_url=self.endpoint_url,
            use_fips=client.use_fips if self.use_fips is None else self.use_fips,
            use_dualstack=client.use_dualstack if self.use_dualstack is None else self.use_dualstack,
            sources={**client.sources, **sources},
        )


@checked_class(ROUTING_KINDS, error=EndpointResolutionError)
@dataclass(frozen=True, slots=True, kw_only=True)
class StsRouting(ServiceRouting):
    """Endpoint settings of the STS calls that a client's credentials need; the fields are those of ServiceRouting."""

    def parameters(self, workspaces: EndpointParameters) -> EndpointParameters:
        """Return the endpoint parameters for STS, given those of the WorkSpaces client."""
        return self.parameters_for("sts", workspaces, "sts=StsRouting")


_REACH: Final = either("a ServiceRouting or an interface endpoint id", instance_of(ServiceRouting, expected=""), TEXT)


@checked_class({}, others=optional(_REACH), error=EndpointResolutionError)
@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Endpoints of the other services that an audit and the management of interface endpoints call.

    Each is a ServiceRouting, or the id of an interface endpoint of that service ("vpce-..."). None means the public
    endpoint for a client of the public endpoint; a client of a private or custom endpoint does not call that service.
    Raises EndpointResolutionError for a text that is no such id.
    """

    ec2: ServiceRouting | str | None = None
    ds: ServiceRouting | str | None = None
    iam: ServiceRouting | str | None = None

    def __post_init__(self) -> None:
        """Validate the ids of interface endpoints."""
        for name in ("ec2", "ds", "iam"):
            value: ServiceRouting | str | None = getattr(self, name)
            if isinstance(value, str):
                try:
                    VpcEndpoint(value)
                except EndpointResolutionError as error:
                    raise EndpointResolutionError(f"reach=Reach({name}=...): {error}") from None

    def routing(self, service: str) -> ServiceRouting | None:
        """Return the routing of "ec2", "ds" or "iam", or None if it is not set."""
        value: ServiceRouting | str | None = getattr(self, service)
        return ServiceRouting(vpc_endpoint=value) if isinstance(value, str) else value


REACH_KIND: Final = optional(either("a Reach or 'public'", instance_of(Reach, expected=""), one_of("public")))
"""Kind of reach= of audits and of interface endpoints."""
