"""Checks of the diagnosis that need credentials: the credentials, the caller identity, and a read-only call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._core.credentials import masked_key
from wsclient._core.errors import ServiceError, WsclientError
from wsclient._core.utils import is_list
from wsclient._pipeline.transport.request_trace import host_and_port
from wsclient.cli.doctor.remedies import PAGES, account_remedy, credentials_remedy, service_remedy, sts_remedy
from wsclient.cli.doctor.report import failed, ok, warning

if TYPE_CHECKING:
    from wsclient.cli.doctor.context import Diagnosis
    from wsclient.cli.doctor.report import Step


async def check_credentials(at: Diagnosis, name: str) -> Step:
    """Get credentials from the client's provider."""
    try:
        credentials = await at.pipeline.credentials.get_credentials()
    except WsclientError as error:
        return failed(name, str(error), credentials_remedy(error))
    provider, expiration = at.client.explain_credentials(), credentials.expiration
    lifetime = "long-term" if credentials.session_token is None else "temporary"
    until = f", valid until {expiration:%Y-%m-%d %H:%M:%S} UTC" if expiration else ""
    detail = f"access key {masked_key(credentials.access_key_id)}, {lifetime}{until}, from {provider}"
    facts = {"provider": provider, "expiration": expiration.isoformat() if expiration else None}
    if expiration is not None and expiration <= at.clock.now():
        advice = "log in again, or renew the credentials at their source"
        return warning(name, f"{detail}; expired", advice, facts=facts)
    return ok(name, detail, facts=facts)


async def check_identity(at: Diagnosis, name: str) -> Step:
    """Ask STS whose credentials these are, and compare the account with the expected one."""
    try:
        identity = await at.client.whoami()
    except ServiceError as error:
        return failed(name, str(error), service_remedy(error), facts=_error_facts(error))
    except WsclientError as error:
        # A VPC may have an endpoint for WorkSpaces and none for STS, so the call is made all the same.
        route = await at.sts_route()
        peer = host_and_port(route.endpoint.url) if route else "STS"
        proxy = route.transport.proxy_peer if route else None
        remedy = sts_remedy(error, peer, proxy)
        if at.expected_account:
            return failed(name, f"the account cannot be verified: {error}", remedy)
        return warning(name, str(error), remedy)
    detail = f"{identity.arn} in account {identity.account_id}"
    facts = {"arn": identity.arn, "account_id": identity.account_id}
    if at.expected_account not in {None, identity.account_id}:
        detail = f"{detail}, not in the expected account {at.expected_account}"
        return failed(name, detail, account_remedy(str(at.expected_account)), facts=facts)
    return ok(name, detail, facts=facts)


async def check_call(at: Diagnosis, name: str) -> Step:
    """Make one read-only call."""
    try:
        response = await at.client.raw("DescribeWorkspaces", {"Limit": 1})
    except ServiceError as error:
        return failed(name, str(error), service_remedy(error), facts=_error_facts(error))
    except WsclientError as error:
        return failed(name, str(error), f"check the warnings of the previous steps; see {PAGES['troubleshooting']}")
    workspaces = response.get("Workspaces")
    count = len(workspaces) if is_list(workspaces) else 0
    return ok(
        name, f"DescribeWorkspaces succeeded; its first page (limit 1) has {count} WorkSpaces", facts={"count": count}
    )


def _error_facts(error: ServiceError) -> dict[str, object]:
    return {"code": error.code, "request_id": error.request_id}
