"""What goes wrong on purpose: which operation, how, and how often; and the answers that carry it out."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from wsclient._core.errors import ConfigurationError, ServiceError
from wsclient._core.http import HttpResponse
from wsclient._generated.sts.operations import SERVICE as STS
from wsclient._generated.workspaces.operations import SERVICE as WORKSPACES

if TYPE_CHECKING:
    from wsclient.testing._state.clock import DrivenClock

ANY = "*"
"""Stands for every operation."""
_WORDS = "The emulator was told to fail."
_STATUSES = range(200, 600)


class Drop(Enum):
    """A connection that is dropped instead of an answer."""

    BEFORE = "dropped before it was carried out"
    AFTER = "dropped after it was carried out"


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """An answer that is not the service's own, such as a gateway's error page; nothing is carried out."""

    status: int
    body: str | bytes = b""
    content_type: str = "text/html"

    def __post_init__(self) -> None:
        """Refuse what is no status of a final answer."""
        if type(self.status) is not int or self.status not in _STATUSES:
            raise ConfigurationError(f"HttpAnswer: status {self.status!r} is none of 200 to 599")


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """An answer that comes so much later than the operation was carried out, by the emulator's clock."""

    seconds: float

    def __post_init__(self) -> None:
        """Refuse what is no duration."""
        if type(self.seconds) not in {int, float} or not 0 < self.seconds < float("inf"):
            raise ConfigurationError(f"Latency: seconds must be a positive number, not {self.seconds!r}")


Failure: TypeAlias = ServiceError | type[ServiceError] | HttpAnswer | Drop | Latency
"""How an operation may fail: with an error of AWS's, a foreign answer, a connection that is dropped, or late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that goes wrong: at which operation ("*" for every one), how, and how often yet.

    left counts the calls that it will still strike, None for every one until it is cleared.
    """

    operation: str
    with_: Failure
    left: int | None

    @property
    def mark(self) -> str:
        """What the log of calls says of a call that was struck: an error's code, "HTTP 502", "late by 3 s"."""
        if isinstance(self.with_, HttpAnswer):
            return f"HTTP {self.with_.status}"
        if isinstance(self.with_, Latency):
            return f"late by {self.with_.seconds:g} s"
        return self.with_.value if isinstance(self.with_, Drop) else self.with_.code


class FaultyResponse(HttpResponse, frozen=True, kw_only=True):
    """An answer that comes late, or not at all: its connection is dropped.

    It was made at struck_at, and is due delay seconds later, by the clock's monotonic().
    """

    started_at: float
    delay: float
    is_dropped: bool
    clock: DrivenClock

    async def wait(self, patience: float | None = None) -> bool:
        """Wait until it is time for it, or until somebody has no more patience; whether it was time."""
        wait = self.delay if patience is None else min(self.delay, patience)
        await self.clock.wait_until(self.started_at + wait)
        return wait == self.delay


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultPlan:
    """What strikes one call, and when: a failure, a delay, both or nothing."""

    at: float = 0.0
    failure: Fault | None = None
    latency: Fault | None = None

    @property
    def mark(self) -> str | None:
        """What the log of calls says of it."""
        return ", ".join(fault.mark for fault in (self.failure, self.latency) if fault is not None) or None

    def replacement_response(self) -> HttpResponse | None:
        """Return the answer that stands in for carrying the operation out, None when it is carried out.

        Raises the ServiceError that is to be answered.
        """
        how = self.failure.with_ if self.failure is not None else None
        if isinstance(how, HttpAnswer):
            body = how.body.encode() if isinstance(how.body, str) else how.body
            return HttpResponse(how.status, (("content-type", how.content_type),), body)
        if how is Drop.BEFORE:
            return HttpResponse(503, (), b"")
        if isinstance(how, ServiceError):
            # A copy: one that was raised before has its traceback.
            raise copy(how)
        if isinstance(how, type):
            raise how(_WORDS)
        return None

    def apply_to_response(self, response: HttpResponse, clock: DrivenClock) -> HttpResponse:
        """Return the answer with what happens to it on its way."""
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
    """Everything that is to go wrong; whoever reads or changes it holds the world's lock."""

    pending: list[Fault] = field(default_factory=list[Fault])

    def add(self, fault: Fault) -> None:
        """Let something go wrong from now on; of two that fit a call, the one that was added first strikes it."""
        check_operation(fault.operation)
        check_failure(fault.with_)
        if fault.left is not None and (type(fault.left) is not int or fault.left < 1):
            raise ConfigurationError(f"Emulator.fail: times={fault.left!r}; use a whole number from 1 on, or None")
        self.pending.append(fault)

    def clear(self, operation: str | None = None) -> None:
        """Let nothing go wrong any more, or nothing that was said of one operation."""
        if operation is not None:
            check_operation(operation)
        self.pending = [fault for fault in self.pending if operation not in (None, fault.operation)]

    def next_plan(self, operation: str, now: float) -> FaultPlan:
        """Return what strikes a call of an operation now, and count it."""
        if not self.pending:
            return NO_FAULT
        failure, latency = (self._take(operation, is_latency=is_latency) for is_latency in (False, True))
        return FaultPlan(at=now, failure=failure, latency=latency)

    def _take(self, operation: str, *, is_latency: bool) -> Fault | None:
        for number, fault in enumerate(self.pending):
            if fault.operation in (operation, ANY) and isinstance(fault.with_, Latency) is is_latency:
                if fault.left == 1:
                    del self.pending[number]
                elif fault.left is not None:
                    self.pending[number] = replace(fault, left=fault.left - 1)
                return fault
        return None


def check_operation(name: str) -> None:
    """Raise ConfigurationError for an operation that neither service has."""
    known = [*WORKSPACES.operations, *STS.operations]
    if name != ANY and name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f", did you mean {near[0]}?" if near else ""
        raise ConfigurationError(f"Emulator.fail: neither WorkSpaces nor STS has an operation {name}{hint}")


def check_failure(how: object) -> None:
    """Raise ConfigurationError for what is no way to fail."""
    if isinstance(how, type):
        is_way, what = issubclass(how, ServiceError), f"the class {how.__name__}"
    else:
        is_way, what = isinstance(how, ServiceError | HttpAnswer | Drop | Latency), f"a {type(how).__name__}"
    if not is_way:
        raise ConfigurationError(
            f"Emulator.fail: with_ is {what}, which is no way to fail: use an error of wsclient.errors "
            "that a service answers, an HttpAnswer, Drop.BEFORE, Drop.AFTER or a Latency"
        )
