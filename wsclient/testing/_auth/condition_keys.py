"""Global condition keys of a call: its principal, its time and its network origin.

"AWS global condition context keys",
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html. The emulator's accounts belong
to no organization, so no call has the keys about organizations.
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
"""Source address of every call that does not use a VPC endpoint."""


def condition_keys(
    request: HttpRequest, key: IssuedKey | None, region: str, now: datetime, endpoint: InterfaceEndpoint | None
) -> dict[str, str]:
    """Return the condition keys of a whole call; each permission adds the keys of its resource and tags.

    key is None for an unsigned call, endpoint None for a call that does not use a VPC endpoint.
    """
    keys = {
        "aws:CurrentTime": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "aws:EpochTime": str(int(now.timestamp())),
        "aws:PrincipalIsAWSService": "false",
        "aws:RequestedRegion": region,
        "aws:SecureTransport": "true",
        "aws:ViaAWSService": "false",
        **_principal_keys(key, now),
        **_network_keys(endpoint),
    }
    if user_agent := header(request, "user-agent"):
        keys["aws:UserAgent"] = user_agent
    return keys


def _network_keys(endpoint: InterfaceEndpoint | None) -> dict[str, str]:
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


def _principal_keys(key: IssuedKey | None, now: datetime) -> dict[str, str]:
    if key is None:
        return {"aws:PrincipalType": "Anonymous", "aws:userid": ANONYMOUS.user_id}
    principal = key.principal
    keys = {
        "aws:PrincipalAccount": principal.account_id,
        # For a role session, AWS sets aws:PrincipalArn to the ARN of the role.
        "aws:PrincipalArn": principal.identity if principal.is_role_session else principal.arn,
        "aws:PrincipalType": _principal_type(principal),
        "aws:userid": principal.user_id,
        **{f"aws:PrincipalTag/{name}": value for name, value in key.session.tags.items()},
    }
    if _principal_type(principal) == "User":
        keys["aws:username"] = principal.arn.rpartition("/")[2]
    return keys | _session_keys(key, now)


def _principal_type(principal: Principal) -> str:
    if principal.is_root:
        return "Account"
    if principal.is_federated:
        return "FederatedUser"
    return "User" if ":user/" in principal.arn else "AssumedRole"


def _session_keys(key: IssuedKey, now: datetime) -> dict[str, str]:
    """Return the keys of temporary credentials; long-term credentials have none of them."""
    if key.credentials.session_token is None:
        return {}
    keys = {"aws:MultiFactorAuthPresent": "true" if key.has_mfa else "false"}
    issued_at = key.session.issued_at
    if issued_at is not None:
        keys["aws:TokenIssueTime"] = f"{issued_at:%Y-%m-%dT%H:%M:%SZ}"
        if key.has_mfa:
            keys["aws:MultiFactorAuthAge"] = str(int((now - issued_at).total_seconds()))
    return keys
