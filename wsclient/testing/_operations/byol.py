"""Operations of Bring Your Own License (BYOL): dedicated hardware of an account, and its management network.

AWS enables an account for BYOL manually (Emulator.allow_byol). The account can then configure BYOL once.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from wsclient._core.service_errors import AccessDeniedException, ValidationException
from wsclient._generated.workspaces import enums
from wsclient._generated.workspaces import operations as ops
from wsclient._generated.workspaces import structures as s
from wsclient._generated.workspaces.errors import InvalidParameterValuesException, InvalidResourceStateException
from wsclient.testing._operations.handler import Call, HandlerTable
from wsclient.testing._operations.pagination import paginate

if TYPE_CHECKING:
    from wsclient.testing._state.records import Byol

operations = HandlerTable()

_MANAGEMENT_NETWORKS = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "198.18.0.0/15")
"""Networks that contain the available ranges for the management interface."""
_PREFIX_LENGTH = 16
_PAGE_SIZE = 5


@operations.emulates(ops.DESCRIBE_ACCOUNT)
def describe_account(call: Call, _request: s.DescribeAccountRequest) -> s.DescribeAccountResult:
    """Return the BYOL status, its management network, and the account's side of an account link."""
    byol = call.store.byol
    support = enums.DedicatedTenancySupportResultEnum
    return s.DescribeAccountResult(
        dedicated_tenancy_support=support.ENABLED if byol.is_enabled else support.DISABLED,
        dedicated_tenancy_management_cidr_range=byol.cidr_range,
        dedicated_tenancy_account_type=_account_type(call),
    )


def _account_type(call: Call) -> enums.DedicatedTenancyAccountType | None:
    account, linked = call.store.account_id, enums.AccountLinkStatusEnum.LINKED
    links = [link for store in call.stores_in(call.store.region) for link in store.links.values()]
    for link in links:
        if link.account_link_status is linked and account == link.source_account_id:
            return enums.DedicatedTenancyAccountType.SOURCE_ACCOUNT
        if link.account_link_status is linked and account == link.target_account_id:
            return enums.DedicatedTenancyAccountType.TARGET_ACCOUNT
    return None


@operations.emulates(ops.MODIFY_ACCOUNT)
def modify_account(call: Call, request: s.ModifyAccountRequest) -> s.ModifyAccountResult:
    """Enable BYOL with an available management network. This is possible once, and takes Durations.modify_account."""
    byol, cidr_range = _byol(call), request.dedicated_tenancy_management_cidr_range
    if cidr_range is None or request.dedicated_tenancy_support is None:
        raise InvalidParameterValuesException(
            "DedicatedTenancySupport and DedicatedTenancyManagementCidrRange are required."
        )
    if cidr_range not in _available_ranges("0.0.0.0/0"):
        raise InvalidParameterValuesException(f"The range {cidr_range} is not available.")
    if byol.is_enabled or byol.change_at is not None:
        raise InvalidResourceStateException("BYOL is already enabled or being enabled.")
    byol.modifications.append(
        s.AccountModification(
            modification_state=enums.DedicatedTenancyModificationStateEnum.PENDING,
            dedicated_tenancy_support=enums.DedicatedTenancySupportResultEnum.ENABLED,
            dedicated_tenancy_management_cidr_range=cidr_range,
            start_time=call.now,
        )
    )
    byol.change_at = call.now + call.durations.modify_account
    return s.ModifyAccountResult()


@operations.emulates(ops.DESCRIBE_ACCOUNT_MODIFICATIONS)
def describe_account_modifications(
    call: Call, request: s.DescribeAccountModificationsRequest
) -> s.DescribeAccountModificationsResult:
    """List the modifications that ModifyAccount has started, with their states."""
    modifications = {f"{number:06}": entry for number, entry in enumerate(call.store.byol.modifications)}
    page, token = paginate(call, request, modifications, error_type=ValidationException)
    return s.DescribeAccountModificationsResult(account_modifications=page, next_token=token)


@operations.emulates(ops.LIST_AVAILABLE_MANAGEMENT_CIDR_RANGES)
def list_available_management_cidr_ranges(
    call: Call, request: s.ListAvailableManagementCidrRangesRequest
) -> s.ListAvailableManagementCidrRangesResult:
    """List the available management networks within a range, for an account that AWS has enabled for BYOL."""
    _byol(call)
    ranges = {network: network for network in _available_ranges(request.management_cidr_range_constraint)}
    page, token = paginate(call, request, ranges, limit=request.max_results or _PAGE_SIZE)
    return s.ListAvailableManagementCidrRangesResult(management_cidr_ranges=page, next_token=token)


def _byol(call: Call) -> Byol:
    if not call.store.byol.is_allowed:
        raise AccessDeniedException("The account is not enabled for BYOL.")
    return call.store.byol


def _available_ranges(constraint: str) -> list[str]:
    """Return the /16 networks (65,536 addresses) within a range."""
    limits = ipaddress.IPv4Network(constraint, strict=False)
    networks = [
        network
        for wide in _MANAGEMENT_NETWORKS
        for network in ipaddress.IPv4Network(wide).subnets(new_prefix=_PREFIX_LENGTH)
    ]
    return [str(network) for network in networks if network.subnet_of(limits)]
