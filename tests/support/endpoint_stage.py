"""An emulated VPC in which endpoints are ensured, with a clock that waiting moves."""

# Runs plans by the emulator's clock.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wsclient._core.clock import TimeSource
from wsclient.policy import allow_account
from wsclient.vpc import DeletionPlan, EndpointPlan, InterfaceEndpoint

if TYPE_CHECKING:
    from datetime import datetime

    from wsclient import WorkSpacesClient
    from wsclient.testing import Emulator

SERVICE = "com.amazonaws.us-west-2.workspaces"
READS = ("Describe", "GetCallerIdentity")


@dataclass
class EmulatedTime:
    """The emulator's clock, which sleeping moves."""

    aws: Emulator

    def now(self) -> datetime:
        """Return the emulator's time."""
        return self.aws.clock.now()

    def monotonic(self) -> float:
        """Return the emulator's seconds."""
        return self.aws.clock.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Move the clock."""
        self.aws.advance(seconds=seconds)


def driven(aws: Emulator) -> TimeSource:
    """Return the emulator's clock as a source of time."""
    time = EmulatedTime(aws)
    return TimeSource(clock=time, sleep=time.sleep)


def correct_arguments(aws: Emulator, **changes: Any) -> dict[str, Any]:
    """Return arguments without a mistake for the account's own VPC, with changes."""
    network = aws.network
    good: dict[str, Any] = {
        "vpc_id": network.vpc_id,
        "subnet_ids": "auto",
        "security_group_ids": [],
        "private_dns": True,
        "policy": allow_account(aws.account_id),
    }
    merged = good | changes
    if not merged["security_group_ids"] and "security_group_ids" not in changes:
        merged["security_group_ids"] = [group_of(aws)]
    return merged


def group_of(aws: Emulator) -> str:
    """Return the security group of endpoints in the account's own VPC, made at the first call."""
    network = aws.network
    groups = aws._world.network.groups.values()
    found = [each.id for each in groups if (each.vpc_id, each.name) == (network.vpc_id, "endpoint")]
    return found[0] if found else network.add_security_group()


async def ensure(aws: Emulator, ws: WorkSpacesClient, **changes: Any) -> EndpointPlan:
    """Plan an endpoint from these arguments, with changes; it runs by the emulator's clock."""
    time = changes.pop("time", None)
    plan = await InterfaceEndpoint.ensure(client=ws, **correct_arguments(aws, **changes))
    plan._time = time or driven(aws)
    return plan


async def delete(aws: Emulator, ws: WorkSpacesClient, endpoint_id: str, **options: Any) -> DeletionPlan:
    """Plan a deletion, run by the emulator's clock."""
    plan = await InterfaceEndpoint.delete(endpoint_id, client=ws, **options)
    plan._time = driven(aws)
    return plan


def changing(aws: Emulator, since: int = 0) -> list[str]:
    """Return the names of the changing calls that the emulator received."""
    return [call.operation for call in aws.calls[since:] if not call.operation.startswith(READS)]


def live(aws: Emulator) -> list[Any]:
    """Return the endpoints of WorkSpaces that exist."""
    found = aws._world.endpoints.all()
    return [each for each in found if each.service == "workspaces" and each.state in {"pending", "available"}]
