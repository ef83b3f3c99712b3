"""EndpointSpec: the desired state of an interface endpoint, its tags, and the client token derived from them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, Literal, cast, get_args

import msgspec

from wsclient._core.vpc_errors import (
    EndpointPolicyError,
    EndpointSubnetsError,
    SecurityGroupClosedError,
    VpcEndpointError,
)
from wsclient._version import __version__
from wsclient.policy._lint import Finding
from wsclient.policy._policy import Policy
from wsclient.vpc._arguments import check_group_ids, check_subnet_ids, check_tags, check_vpc_id

if TYPE_CHECKING:
    from collections.abc import Sequence

Repair = Literal["policy", "subnets", "groups", "private_dns", "tags"]
"""Part of an existing endpoint that may be changed."""

TAG: Final = "wsclient"
"""Tag with the first half of the client token: it marks endpoints that wsclient created, and from which spec."""
MAKER_TAG: Final = "wsclient:made-by"
MAX_POLICY: Final = 20_480
"""Characters of an endpoint policy, white space included. "Control access to VPC endpoints using endpoint policies",
https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html"""
MAX_TOKEN: Final = 64


class EndpointSpec(msgspec.Struct, frozen=True, kw_only=True):
    """Desired endpoint: its VPC, subnets (None: chosen), security groups, private DNS, policy (None: see policy_text).

    service is the last part of the service's name. tags are added to those that say who made the endpoint.
    """

    vpc_id: str
    subnet_ids: tuple[str, ...] | None
    group_ids: tuple[str, ...]
    private_dns: bool
    policy: Policy | None = None
    tags: tuple[tuple[str, str], ...] = ()
    service: str = "workspaces"

    def check(self) -> EndpointSpec:
        """Return the spec; raise VpcEndpointError for a mistake that needs no read of EC2."""
        check_vpc_id(self.vpc_id)
        check_subnet_ids(self.subnet_ids or ())
        check_group_ids(self.group_ids)
        check_tags(dict(self.tags), (TAG, MAKER_TAG))
        if self.subnet_ids is not None and not self.subnet_ids:
            raise EndpointSubnetsError(
                "subnet_ids is empty: an interface endpoint without subnets never answers. Pass one subnet for each "
                'zone, or subnet_ids="auto"'
            )
        if not self.group_ids:
            raise SecurityGroupClosedError(
                "security_group_ids is empty: EC2 would use the VPC's default group. Pass the groups that allow HTTPS "
                "from the clients",
                group_ids=(),
            )
        if self.policy is not None:
            check_policy(self.policy)
        return self

    def token(self, *, partition: str, account_id: str, region: str, after: str | None = None) -> str:
        """Return the client token: a hash of the account, the region and every parameter, 64 characters.

        after is the id of a deleted endpoint that was created with the previous token.
        """
        parts = [partition, account_id, region, self.service, self.vpc_id, self.private_dns, self.tags]
        subnets = "auto" if self.subnet_ids is None else sorted(set(self.subnet_ids))
        policy = None if self.policy is None else self.policy.to_dict()
        text = json.dumps([*parts, subnets, sorted(set(self.group_ids)), policy], sort_keys=True)
        token = hashlib.sha256(text.encode()).hexdigest()
        return token if after is None else hashlib.sha256(f"{token} {after}".encode()).hexdigest()

    def all_tags(self, token: str) -> dict[str, str]:
        """Return the tags of a new endpoint: the caller's, and those that identify wsclient and the spec."""
        return {**dict(self.tags), TAG: token[: MAX_TOKEN // 2], MAKER_TAG: f"wsclient/{__version__}"}


def texts(name: str, values: object, error: type[VpcEndpointError] | None = None) -> tuple[str, ...]:
    """Return a list of strings as a tuple; raise an error for one string, which would count as its characters."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        message = f"{name} must be a list of strings, not {values!r:.80}"
        if error is EndpointSubnetsError:
            message += '; or "auto"'
        if error is SecurityGroupClosedError:
            raise SecurityGroupClosedError(message, group_ids=())
        raise (error or VpcEndpointError)(message)
    return tuple(str(value) for value in cast("Iterable[object]", values))


def check_repair(parts: Sequence[str]) -> tuple[Repair, ...]:
    """Return the parts that may be changed; raise VpcEndpointError for an unknown part."""
    known = get_args(Repair)
    for part in parts:
        if part not in known:
            raise VpcEndpointError(f"repair: {part!r:.40} is not part of an endpoint; use {', '.join(known)}")
    return cast("tuple[Repair, ...]", tuple(parts))


def check_policy(policy: Policy) -> None:
    """Raise EndpointPolicyError for a policy that EC2 rejects, or that has a mistake."""
    if len(policy.to_json()) > MAX_POLICY:
        raise EndpointPolicyError(
            f"the endpoint policy has {len(policy.to_json())} characters; AWS allows {MAX_POLICY}, white space "
            "included. Use wildcards in ARNs, or move conditions to identity policies"
        )
    missing = [
        f"Statement[{number}]: an endpoint policy needs a Principal"
        for number, statement in enumerate(policy.statements)
        if statement.principals is None and statement.not_principals is None
    ]
    findings = [*missing, *_texts(policy.lint())]
    if findings:
        raise EndpointPolicyError(
            f"the endpoint policy does not do what it seems to: {'; '.join(findings)}", findings=findings
        )


def _texts(findings: Iterable[Finding]) -> list[str]:
    return [str(finding) for finding in findings if finding.severity == "error" or "account id" in finding.message]
