"""Service quotas of the emulated accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wsclient._core.argument_checks import checked_class
from wsclient._core.value_kinds import optional, whole_number

_COUNT: Final = whole_number(0, "number of resources")


@checked_class({"workspaces": optional(_COUNT)}, others=_COUNT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Quotas:
    """Service quotas: maximum numbers of resources of each account in each region.

    A call that would exceed a quota gets ResourceLimitExceededException. Resources that the methods Emulator.add_…
    create count, but the methods themselves ignore the quotas.

    The defaults are those of "Amazon WorkSpaces quotas",
    https://docs.aws.amazon.com/workspaces/latest/adminguide/workspaces-limits.html, with two exceptions. workspaces is
    None, no limit: AWS's default is 1, which accounts in use have had raised. AWS documents no quota for pools.
    vpc_endpoints are the interface endpoints of a VPC; beyond it EC2 answers VpcEndpointLimitExceeded.
    """

    workspaces: int | None = None
    standby_workspaces: int = 5
    bundles: int = 50
    images: int = 40
    directories: int = 50
    connection_aliases: int = 20
    ip_groups: int = 100
    ip_groups_per_directory: int = 25
    rules_per_ip_group: int = 10
    pools: int = 10
    vpc_endpoints: int = 50
