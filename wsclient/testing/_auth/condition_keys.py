"""The condition keys that the emulator knows of a call: who makes it, when, and by which road.

"AWS global condition context keys",
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html. No account here is in an
organization, so the keys about organizations are in no request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient.testing._protocols.base import header
from wsclient.testing._state.keyring import ANONYMOUS
from wsclient.testing._state.vpc_endpoints import region_partition

if TYPE_CHECKING:
    from datetime import datetime

    from wsclient._core.http import HttpRequest
    from wsclient.testing._state.keyring import IssuedKey, Principal
    from wsclient.testing._state.vpc_endpoints import InterfaceEndpoint

LOOPBACK = "127.0.0.1"
"""Where every call comes from that comes through no VPC endpoint."""


def condition_keys(
    request: HttpRequest, key: IssuedKey | None, region: str, now: datetime, endpoint: InterfaceEndpoint | None
) -> dict[str, str]:
    """Return the keys of a call as a whole; those of its resources and tags come with these."""
    keys = {
        "aws:CurrentTime": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "aws:EpochTime": str(int(now.timestamp())),
        "aws:PrincipalIsAWSService": "false",
        "aws:RequestedRegion": region,
        "aws:SecureTransport": "true",
        "aws:ViaAWSService": "false",
        **_of_caller(key, now),
        **_of_road(endpoint),
    }
    if agent := header(request, "user-agent"):
        keys["aws:UserAgent"] = agent
    return keys


def _of_road(endpoint: InterfaceEndpoint | None) -> dict[str, str]:
    if endpoint is None:
        return {"aws:SourceIp": LOOPBACK}
    partition = region_partition(endpoint.region).id
    return {
        "aws:SourceVpc": endpoint.vpc_id,
        "aws:SourceVpcArn": f"arn:{partition}:ec2:{endpoint.region}:{endpoint.account_id}:vpc/{endpoint.vpc_id}",
        "aws:SourceVpce": endpoint.id,
        "aws:VpcSourceIp": endpoint.client_address,
        "aws:VpceAccount": endpoint.account_id,
    }


def _of_caller(key: IssuedKey | None, now: datetime) -> dict[str, str]:
    if key is None:
        return {"aws:PrincipalType": "Anonymous", "aws:userid": ANONYMOUS.user_id}
    principal = key.principal
    keys = {
        "aws:PrincipalAccount": principal.account_id,
        # A role's session is known here by its role.
        "aws:PrincipalArn": principal.identity if principal.is_role_session else principal.arn,
        "aws:PrincipalType": _type_of(principal),
        "aws:userid": principal.user_id,
        **{f"aws:PrincipalTag/{name}": value for name, value in key.session.tags.items()},
    }
    if _type_of(principal) == "User":
        keys["aws:username"] = principal.arn.rpartition("/")[2]
    return keys | _of_session(key, now)


def _type_of(principal: Principal) -> str:
    if principal.is_root:
        return "Account"
    if principal.is_federated:
        return "FederatedUser"
    return "User" if ":user/" in principal.arn else "AssumedRole"


def _of_session(key: IssuedKey, now: datetime) -> dict[str, str]:
    """Return the keys that only temporary credentials have."""
    if key.credentials.session_token is None:
        return {}
    keys = {"aws:MultiFactorAuthPresent": "true" if key.has_mfa else "false"}
    issued_at = key.session.issued_at
    if issued_at is not None:
        keys["aws:TokenIssueTime"] = f"{issued_at:%Y-%m-%dT%H:%M:%SZ}"
        if key.has_mfa:
            keys["aws:MultiFactorAuthAge"] = str(int((now - issued_at).total_seconds()))
    return keys
