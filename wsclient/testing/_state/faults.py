"""Injected faults: the operations they hit, how often, and the responses they produce."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from wsclient._core.argument_checks import checked_class
from wsclient._core.errors import ConfigurationError, ServiceError
from wsclient._core.http import HttpResponse
from wsclient._core.value_kinds import SECONDS, TEXT, satisfies, type_name
from wsclient._generated.ds.service import SERVICE as DS
from wsclient._generated.ec2.service import SERVICE as EC2
from wsclient._generated.iam.service import SERVICE as IAM
from wsclient._generated.sts.service import SERVICE as STS
from wsclient._generated.workspaces.service import SERVICE as WORKSPACES

if TYPE_CHECKING:
    from wsclient.testing._state.clock import DrivenClock

ANY = "*"
"""Pattern of every operation."""
_ERROR_MESSAGE = "This error was injected with Emulator.fail()."
_STATUSES = range(200, 600)
"""Statuses of final responses; those of 1xx are interim."""
STATUS = satisfies("a whole number from 200 to 599", lambda value: type(value) is int and value in _STATUSES)
_BODY = satisfies("a str or bytes", lambda value: isinstance(value, str | bytes))


class Drop(Enum):
    """Connection that the emulator closes instead of sending a response."""

    BEFORE = "dropped before it was carried out"
    AFTER = "dropped after it was carried out"


@checked_class({"status": STATUS, "body": _BODY, "content_type": TEXT})
@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """Response that does not come from the service, such as a gateway's error page; the operation is not carried out.

    status is an HTTP status from 200 to 599; any other value raises ConfigurationError.
    """

    status: int
    body: str | bytes = b""
    content_type: str = "text/html"


@checked_class({"seconds": SECONDS})
@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Delay of a response in seconds, by the emulator's clock; the operation is carried out before the delay.

    seconds must be positive and finite; any other value raises ConfigurationError.
    """

    seconds: float


Failure: TypeAlias = ServiceError | type[ServiceError] | HttpAnswer | Drop | Latency
"""Failure of an operation: an error of AWS, a response of a gateway, a dropped connection, or a delay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Injected fault: the operation it hits ("*" for every operation), the failure, and the remaining calls.

    left is the number of calls that the fault will still hit, None for every call until it is cleared.
    """

    operation: str
    with_: Failure
    left: int | None

    @property
    def mark(self) -> str:
        """Mark in the log of calls: an error's code, "HTTP 502", "late by 3 s", or the value of a Drop."""
        if isinstance(self.with_, HttpAnswer):
            return f"HTTP {self.with_.status}"
        if isinstance(self.with_, Latency):
            return f"late by {self.with_.seconds:g} s"
        return self.with_.value if isinstance(self.with_, Drop) else self.with_.code


class FaultyResponse(HttpResponse, frozen=True, kw_only=True):
    """Response that the server sends late, or whose connection the server drops.

    The operation ended at started_at; the response is due delay seconds later. Both are by the clock's monotonic().
    """

    started_at: float
    delay: float
    is_dropped: bool
    clock: DrivenClock

    async def wait(self, max_wait: float | None = None) -> bool:
        """Wait until the response is due, at most max_wait seconds; return whether it is due."""
        wait = self.delay if max_wait is None else min(self.delay, max_wait)
        await self.clock.wait_until(self.started_at + wait)
        return wait == self.delay


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultPlan:
    """Faults of one call: a failure, a delay, both or neither; at is the clock's monotonic()."""

    at: float = 0.0
    failure: Fault | None = None
    latency: Fault | None = None

    @property
    def mark(self) -> str | None:
        """Mark in the log of calls, None without a fault."""
        return ", ".join(fault.mark for fault in (self.failure, self.latency) if fault is not None) or None

    def replacement_response(self) -> HttpResponse | None:
        """Return the response that replaces the operation, None if the operation is to be carried out.

        Raises the injected ServiceError.
        """
        failure = self.failure.with_ if self.failure is not None else None
        if isinstance(failure, HttpAnswer):
            body = failure.body.encode() if isinstance(failure.body, str) else failure.body
            return HttpResponse(failure.status, (("content-type", failure.content_type),), body)
        if failure is Drop.BEFORE:
            return HttpResponse(503, (), b"")
        if isinstance(failure, ServiceError):
            # Raise a copy: an exception that has been raised keeps the traceback of that time.
            raise copy(failure)
        if isinstance(failure, type):
            raise failure(_ERROR_MESSAGE)
        return None

    def apply_to_response(self, response: HttpResponse, clock: DrivenClock) -> HttpResponse:
        """Return the response with its delay and its dropped connection, unchanged without either."""
        latency = self.latency.with_ if self.latency is not None else None
        delay = latency.seconds if isinstance(latency, Latency) else 0.0
        is_dropped = self.failure is not None and isinstance(self.failure.with_, Drop)
        if not delay and not is_dropped:
            return response
        return FaultyResponse(
            response.status,
            response.headers,
            response.body,
            started_at=self.at,
            delay=delay,
            is_dropped=is_dropped,
            clock=clock,
        )


NO_FAULT = FaultPlan()


@dataclass(slots=True)
class Faults:
    """Pending faults, oldest first. The caller of every method holds the lock of the emulator's state."""

    pending: list[Fault] = field(default_factory=list[Fault])

    def add(self, fault: Fault, caller: str = "Emulator.fail") -> None:
        """Add a fault. If two faults match a call, the older one applies. caller is the method that messages name.

        Raises ConfigurationError for an unknown operation or an invalid failure.
        """
        check_operation(fault.operation, caller)
        check_failure(fault.with_)
        self.pending.append(fault)

    def clear(self, operation: str | None = None) -> None:
        """Remove every fault, or the faults of one operation. Raises ConfigurationError for an unknown operation."""
        if operation is not None:
            check_operation(operation, "Emulator.clear_faults")
        self.pending = [fault for fault in self.pending if operation not in (None, fault.operation)]

    def next_plan(self, operation: str, now: float) -> FaultPlan:
        """Return the faults of the next call of an operation, and count the call."""
        if not self.pending:
            return NO_FAULT
        failure, latency = (self._consume(operation, is_latency=is_latency) for is_latency in (False, True))
        return FaultPlan(at=now, failure=failure, latency=latency)

    def _consume(self, operation: str, *, is_latency: bool) -> Fault | None:
        for number, fault in enumerate(self.pending):
            if fault.operation in (operation, ANY) and isinstance(fault.with_, Latency) is is_latency:
                if fault.left == 1:
                    del self.pending[number]
                elif fault.left is not None:
                    self.pending[number] = replace(fault, left=fault.left - 1)
                return fault
        return None


def check_operation(name: str, caller: str) -> None:
    """Raise ConfigurationError unless an emulated service has the operation, or the name is "*"."""
    operations = [name for service in (WORKSPACES, STS, EC2, DS, IAM) for name in service.operations]
    if name != ANY and name not in operations:
        matches = get_close_matches(name, operations, n=1)
        hint = f"; did you mean {matches[0]!r}?" if matches else ""
        raise ConfigurationError(f"{caller}: the emulated services have no operation {name!r}{hint}")


def check_failure(failure: object) -> None:
    """Raise ConfigurationError for a value that is not a Failure."""
    if isinstance(failure, type):
        is_failure = issubclass(failure, ServiceError)
    else:
        is_failure = isinstance(failure, ServiceError | HttpAnswer | Drop | Latency)
    if not is_failure:
        raise ConfigurationError(
            f"Emulator.fail: with_ cannot be {type_name(failure)}; use a service error of wsclient.errors, an "
            "HttpAnswer, Drop.BEFORE, Drop.AFTER or a Latency"
        )
