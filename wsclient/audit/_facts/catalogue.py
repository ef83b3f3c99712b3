"""Facts and what they cost: the operation of each, the IAM action it needs, and its calls for so many resources."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

Option = Literal["tags", "interfaces", "probe_public"]
"""Reads that are made on request only."""
OPTIONS: Final[tuple[Option, ...]] = ("tags", "interfaces", "probe_public")
PAGE: Final = 25
INTERFACES_PAGE: Final = 1_000
RATE: Final = 2.0
"""Calls a second that AWS documents for most operations of WorkSpaces."""


@dataclass(frozen=True, slots=True)
class Source:
    """Operation that a fact is read from: its IAM action, and its calls for so many WorkSpaces and directories."""

    fact: str
    action: str
    calls: Callable[[int, int], int]
    option: Option | None = None


def _one(workspaces: int, directories: int) -> int:
    del workspaces, directories
    return 1


SOURCES: Final = (
    Source("directories", "workspaces:DescribeWorkspaceDirectories", lambda _, directories: ceil(directories / PAGE)),
    Source("ip_groups", "workspaces:DescribeIpGroups", _one),
    Source("images", "workspaces:DescribeWorkspaceImages", _one),
    Source("image_shares", "workspaces:DescribeWorkspaceImagePermissions", lambda _, directories: directories),
    Source("client_settings", "workspaces:DescribeClientProperties", lambda _, directories: ceil(directories / PAGE)),
    Source("tenancy", "workspaces:DescribeAccount", _one),
    Source("endpoints", "ec2:DescribeVpcEndpoints", _one),
    Source("subnets", "ec2:DescribeSubnets", _one),
    Source("vpcs", "ec2:DescribeVpcs", _one),
    Source("vpcs", "ec2:DescribeVpcAttribute", lambda _, directories: 2 * directories),
    Source("routes", "ec2:DescribeRouteTables", _one),
    Source("nats", "ec2:DescribeNatGateways", _one),
    Source("groups", "ec2:DescribeSecurityGroups", _one),
    Source("ds", "ds:DescribeDirectories", lambda _, directories: ceil(directories / PAGE)),
    Source("smart_cards", "ds:DescribeClientAuthenticationSettings", lambda _, directories: directories),
    Source("endpoint_interfaces", "ec2:DescribeNetworkInterfaces", _one),
    Source(
        "interfaces",
        "ec2:DescribeNetworkInterfaces",
        lambda workspaces, _: ceil(workspaces / INTERFACES_PAGE),
        "interfaces",
    ),
    Source("iam", "iam:GetAccountAuthorizationDetails", _one),
    Source("public_probe", "workspaces:DescribeWorkspaceDirectories", _one, "probe_public"),
    Source("workspaces", "workspaces:DescribeWorkspaces", lambda workspaces, _: ceil(workspaces / PAGE)),
    Source(
        "workspaces", "workspaces:DescribeWorkspacesConnectionStatus", lambda workspaces, _: ceil(workspaces / PAGE)
    ),
    Source("workspaces", "workspaces:DescribeTags", lambda workspaces, _: workspaces, "tags"),
)
"""Every read of an audit; the caller's identity needs no permission."""


PREREQUISITES: Final[Mapping[str, Collection[str]]] = {
    **dict.fromkeys(("subnets", "groups"), ("directories", "endpoints")),
    **dict.fromkeys(("vpcs", "routes", "nats"), ("subnets",)),
    "endpoint_interfaces": ("endpoints",),
    "interfaces": ("directories",),
    "client_settings": ("directories",),
    "image_shares": ("images",),
    "ds": ("directories",),
    "smart_cards": ("directories",),
    # Whoever is asked about the connection must have one.
    "connection": ("tenancy",),
}
"""Facts that are read before a fact, since they name what it is read for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Calls and time of an audit of one site, at the two calls a second that AWS documents."""

    calls: int
    seconds: float
    calls_by_action: Mapping[str, int]

    def __str__(self) -> str:
        """Return the estimate as one line."""
        return f"{self.calls:,} calls a site, about {self.seconds / 60:.0f} minutes at {RATE:g} calls a second"


OPTIONAL: Final[Mapping[str, Option]] = {"interfaces": "interfaces", "public_probe": "probe_public"}
"""Facts that are read on request only, and the option of each."""


def is_requested(facts: Collection[str], options: Collection[str]) -> bool:
    """Return whether the options ask for all of these facts that are read on request only."""
    return all(OPTIONAL[fact] in options for fact in facts if fact in OPTIONAL)


def with_prerequisites(facts: Collection[str]) -> frozenset[str]:
    """Return these facts and those by whose ids they are read."""
    needed = frozenset(facts)
    while more := frozenset[str]().union(*(PREREQUISITES.get(fact, ()) for fact in needed)) - needed:
        needed |= more
    return needed


def sources_of(facts: Collection[str], options: Collection[str]) -> tuple[Source, ...]:
    """Return the reads that these facts need, with those that come before them."""
    needed = with_prerequisites(facts)
    return tuple(
        source for source in SOURCES if source.fact in needed and (source.option is None or source.option in options)
    )


def estimated(sources: Collection[Source], workspaces: int, directories: int) -> Estimate:
    """Return what these reads cost."""
    by_action = Counter[str]()
    for source in sources:
        by_action[source.action] += source.calls(workspaces, directories)
    total = by_action.total()
    return Estimate(calls=total, seconds=total / RATE, calls_by_action=by_action)
