"""Facts and their costs: the operation of each, the IAM action it needs, and its calls for so many resources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

Option = Literal["tags", "interfaces", "probe_public"]
"""Reads that are made on request only."""
OPTIONS: Final[tuple[Option, ...]] = ("tags", "interfaces", "probe_public")
PAGE: Final = 25
INTERFACES_PAGE: Final = 1_000
RATE: Final = 2.0
"""Calls a second that AWS documents for most operations of WorkSpaces."""
MINUTE: Final = 60
HOUR: Final = 60 * MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Number of resources of a site: images are the account's own, vpcs those of its directories and endpoints."""

    workspaces: int
    directories: int
    vpcs: int
    images: int


@dataclass(frozen=True, slots=True)
class Source:
    """Operation that a fact is read from: its IAM action, and its calls for a site of some size."""

    fact: str
    action: str
    calls: Callable[[Size], int]
    option: Option | None = None


def _once(size: Size) -> int:
    del size
    return 1


def _pages_of_directories(size: Size) -> int:
    return ceil(size.directories / PAGE)


def _pages_of_workspaces(size: Size) -> int:
    return ceil(size.workspaces / PAGE)


SOURCES: Final = (
    Source("directories", "workspaces:DescribeWorkspaceDirectories", _pages_of_directories),
    Source("ip_groups", "workspaces:DescribeIpGroups", _once),
    Source("images", "workspaces:DescribeWorkspaceImages", lambda size: max(1, ceil(size.images / PAGE))),
    Source("image_shares", "workspaces:DescribeWorkspaceImagePermissions", lambda size: size.images),
    Source("client_settings", "workspaces:DescribeClientProperties", _pages_of_directories),
    Source("tenancy", "workspaces:DescribeAccount", _once),
    Source("endpoints", "ec2:DescribeVpcEndpoints", _once),
    Source("subnets", "ec2:DescribeSubnets", _once),
    Source("vpcs", "ec2:DescribeVpcs", _once),
    Source("vpcs", "ec2:DescribeVpcAttribute", lambda size: 2 * size.vpcs),
    Source("routes", "ec2:DescribeRouteTables", _once),
    Source("nats", "ec2:DescribeNatGateways", _once),
    Source("groups", "ec2:DescribeSecurityGroups", _once),
    Source("ds", "ds:DescribeDirectories", _pages_of_directories),
    Source("smart_cards", "ds:DescribeClientAuthenticationSettings", lambda size: size.directories),
    Source("endpoint_interfaces", "ec2:DescribeNetworkInterfaces", _once),
    Source(
        "interfaces",
        "ec2:DescribeNetworkInterfaces",
        lambda size: max(1, ceil(size.workspaces / INTERFACES_PAGE)),
        "interfaces",
    ),
    Source("iam", "iam:GetAccountAuthorizationDetails", _once),
    Source("public_probe", "workspaces:DescribeWorkspaceDirectories", _once, "probe_public"),
    Source("workspaces", "workspaces:DescribeWorkspaces", lambda size: max(1, _pages_of_workspaces(size))),
    Source("connections", "workspaces:DescribeWorkspacesConnectionStatus", _pages_of_workspaces),
    Source("tags", "workspaces:DescribeTags", lambda size: size.workspaces, "tags"),
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
    # One call lists the endpoints for both purposes.
    "streaming_endpoints": ("endpoints", "directories"),
    **dict.fromkeys(("connections", "tags"), ("workspaces",)),
    # The live connection exists after a call of the WorkSpaces API only.
    "connection": ("tenancy",),
}
"""Facts that are read before a fact, because their items have the ids that it is read by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Calls and time of an audit of one site, at the two calls a second that AWS documents."""

    calls: int
    seconds: float
    calls_by_action: Mapping[str, int]

    def __str__(self) -> str:
        """Return the estimate as one line."""
        return f"{self.calls:,} calls a site, {_duration(self.seconds)} at {RATE:g} calls a second"


OPTIONAL: Final[Mapping[str, Option]] = {"interfaces": "interfaces", "public_probe": "probe_public"}
"""Facts that are read on request only, and the option of each."""


def is_requested(facts: Collection[str], options: Collection[str]) -> bool:
    """Return whether the options include all of these facts that are read on request only."""
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


def estimated(sources: Collection[Source], size: Size) -> Estimate:
    """Return the calls and the time of these reads."""
    by_action = Counter[str]()
    for source in sources:
        by_action[source.action] += source.calls(size)
    total = by_action.total()
    return Estimate(calls=total, seconds=total / RATE, calls_by_action=by_action)


def _duration(seconds: float) -> str:
    """Return a time in the unit that people would use."""
    if seconds < 2 * MINUTE:
        return f"about {ceil(seconds)} seconds"
    return f"about {seconds / MINUTE:.0f} minutes" if seconds < 2 * HOUR else f"about {seconds / HOUR:.1f} hours"
