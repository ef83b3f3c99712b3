"""Waiting for an endpoint: until it is available, until private DNS shows, until it is gone."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from wsclient._core.errors import WsclientError
from wsclient._core.vpc_errors import EndpointStateError
from wsclient.vpc._reads import find_endpoint, state_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from wsclient._client.operations.ec2 import Ec2Operations
    from wsclient._core.clock import TimeSource
    from wsclient._generated.ec2 import structures as s
    from wsclient.vpc._proof import Proof, ProofPart

T = TypeVar("T")

FIRST_PAUSE: Final = 5.0
LONGEST_PAUSE: Final = 30.0
GROWTH: Final = 1.5
DEADLINE: Final = 900.0
"""Seconds until an endpoint must be available: it usually takes one to nine minutes."""
UNSEEN: Final = 120.0
"""Seconds after its creation in which EC2 may not find an endpoint yet."""
NAMES_DEADLINE: Final = 180.0
"""Seconds until names must resolve privately after private DNS was switched on."""
_ENDED: Final = frozenset({"failed", "rejected", "expired", "partial", "deleting", "deleted"})


class Waiting:
    """Waiter for endpoints, with pauses of 5 seconds that grow to 30."""

    def __init__(self, ec2: Ec2Operations, time: TimeSource) -> None:
        self._ec2 = ec2
        self._time = time

    async def until_available(self, endpoint_id: str, *, is_new: bool) -> s.VpcEndpoint:
        """Wait until an endpoint is available. Raises EndpointStateError for any other end, with AWS's reason."""
        started = self._time.clock.monotonic()
        pauses = _Pauses(self._time)
        while True:
            endpoint = await self.retry_read(partial(find_endpoint, self._ec2, endpoint_id))
            waited = self._time.clock.monotonic() - started
            if endpoint is not None and state_of(endpoint) == "available":
                return endpoint
            if endpoint is not None and state_of(endpoint) in _ENDED:
                raise _ended(endpoint)
            if endpoint is None and not (is_new and waited < UNSEEN):
                raise EndpointStateError(
                    f"{endpoint_id} does not exist any more", endpoint_id=endpoint_id, state="deleted"
                )
            if endpoint is not None and state_of(endpoint) == "pendingacceptance":
                raise EndpointStateError(
                    f"{endpoint_id} waits for the owner of the service to accept it",
                    endpoint_id=endpoint_id,
                    state="pendingAcceptance",
                )
            if waited >= DEADLINE:
                state = state_of(endpoint) if endpoint else "unknown"
                raise EndpointStateError(
                    f"{endpoint_id} is still {state} after {DEADLINE:g} s; run the plan again to go on waiting",
                    endpoint_id=endpoint_id,
                    state=state,
                )
            await pauses.sleep()

    async def retry_read(self, read: Callable[[], Awaitable[T]]) -> T:
        """Read; a failure that will pass is waited out until the deadline."""
        started = self._time.clock.monotonic()
        pauses = _Pauses(self._time)
        while True:
            try:
                return await read()
            except WsclientError as error:
                is_late = self._time.clock.monotonic() - started >= DEADLINE
                if is_late or not (error.is_transient or error.is_throttling):
                    raise
            await pauses.sleep()

    async def until_shown(self, read: Callable[[], Awaitable[T | None]]) -> T | None:
        """Read until there is a value, for as long as EC2 may not show a new endpoint; then return None."""
        started = self._time.clock.monotonic()
        pauses = _Pauses(self._time)
        while (found := await self.retry_read(read)) is None and self._time.clock.monotonic() - started < UNSEEN:
            await pauses.sleep()
        return found

    async def until_private_dns(self, endpoint_id: str, *, is_on: bool) -> s.VpcEndpoint:
        """Wait until EC2 shows private DNS as switched."""
        started = self._time.clock.monotonic()
        pauses = _Pauses(self._time)
        while True:
            endpoint = await self.until_available(endpoint_id, is_new=False)
            if bool(endpoint.private_dns_enabled) == is_on:
                return endpoint
            if self._time.clock.monotonic() - started >= DEADLINE:
                raise EndpointStateError(
                    f"{endpoint_id} does not show private DNS as switched after {DEADLINE:g} s",
                    endpoint_id=endpoint_id,
                    state=state_of(endpoint),
                )
            await pauses.sleep()

    async def until_gone(self, endpoint_id: str) -> None:
        """Wait until EC2 does not find an endpoint, or shows it as deleted."""
        started = self._time.clock.monotonic()
        pauses = _Pauses(self._time)
        while True:
            endpoint = await self.retry_read(partial(find_endpoint, self._ec2, endpoint_id))
            if endpoint is None or state_of(endpoint) == "deleted":
                return
            if self._time.clock.monotonic() - started >= DEADLINE:
                state = state_of(endpoint)
                raise EndpointStateError(
                    f"{endpoint_id} is still {state} after {DEADLINE:g} s", endpoint_id=endpoint_id, state=state
                )
            await pauses.sleep()

    async def until_passed(self, prove: Callable[[], Awaitable[ProofPart]], so_far: Proof) -> ProofPart:
        """Repeat a proof until it passes, for as long as names take to change; immediately from outside the VPC."""
        started = self._time.clock.monotonic()
        pauses = _Pauses(self._time)
        while True:
            part = await prove()
            is_inside = so_far.path.outcome == "pass"
            if part.outcome == "pass" or not is_inside or self._time.clock.monotonic() - started >= NAMES_DEADLINE:
                return part
            await pauses.sleep()


class _Pauses:
    def __init__(self, time: TimeSource) -> None:
        self._time = time
        self._next = FIRST_PAUSE

    async def sleep(self) -> None:
        await self._time.sleep(self._next)
        self._next = min(self._next * GROWTH, LONGEST_PAUSE)


def _ended(endpoint: s.VpcEndpoint) -> EndpointStateError:
    error = endpoint.last_error
    reason = (error.message if error else None) or endpoint.failure_reason
    endpoint_id, state = endpoint.vpc_endpoint_id or "", state_of(endpoint)
    text = f"{endpoint_id} is {state}{f': {reason}' if reason else ''}. Delete it, mend the cause, and ensure again"
    return EndpointStateError(text, endpoint_id=endpoint_id, state=state, reason=reason)
