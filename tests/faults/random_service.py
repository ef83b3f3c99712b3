"""In-process service that fails at random, before or after it has executed the request."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from typing import TypeVar

from wsclient._core.http import HttpResponse
from wsclient.testing import Durations, Emulator
from wsclient.testing._state.store import Store
from wsclient.testing._state.timed_records import TimedRecords

T = TypeVar("T")
Later = Callable[[float, Callable[[], object]], object]
"""Has a function called after so many seconds."""

HTML = b"<html><body><h1>Something is wrong</h1></body></html>"
THROTTLED = b'{"__type": "ThrottlingException", "message": "Rate exceeded"}'
LATEST = 8.0
"""Seconds after which a request that was thought lost may still be executed."""
DURATIONS = Durations(appear=timedelta(seconds=6))
AFTERWARDS = 60.0
"""Seconds after which everything that was executed late can be seen."""


class Broken(Enum):
    """Failure of a request without a response; each library has its own error for it."""

    UNCONNECTED = auto()
    LOST = auto()
    TIMED_OUT = auto()
    NO_HTTP = auto()


class NoAnswerError(Exception):
    """A request got no answer."""

    def __init__(self, how: Broken) -> None:
        super().__init__(how)
        self.how = how


class Executed(Enum):
    """Whether and when the service executes the request."""

    NEVER = auto()
    FIRST = auto()
    LATER = auto()


@dataclass(frozen=True, slots=True)
class Fault:
    """Fault of a request: whether it is executed, and the failure or response that its sender gets."""

    executed: Executed
    seen: Broken | HttpResponse


def _html(status: int) -> HttpResponse:
    return HttpResponse(status, (("content-type", "text/html"),), HTML)


def _json(status: int, body: bytes) -> HttpResponse:
    return HttpResponse(status, (("content-type", "application/json"),), body)


GATEWAY_STATUSES = (302, 307, 400, 401, 403, 404, 408, 413, 421, 429, 500, 502, 503, 504, 520, 524, 599)
"""What a gateway between says in a page of its own, whether or not the service has done what it was asked for."""
FAULTS = (
    Fault(Executed.NEVER, Broken.UNCONNECTED),
    Fault(Executed.NEVER, Broken.LOST),
    Fault(Executed.FIRST, Broken.LOST),
    Fault(Executed.LATER, Broken.LOST),
    Fault(Executed.NEVER, Broken.TIMED_OUT),
    Fault(Executed.FIRST, Broken.TIMED_OUT),
    Fault(Executed.LATER, Broken.TIMED_OUT),
    Fault(Executed.FIRST, Broken.NO_HTTP),
    Fault(Executed.FIRST, _html(200)),
    Fault(Executed.NEVER, _json(200, b'{"status": "UP"}')),
    Fault(Executed.FIRST, _json(200, b'{"status": "UP"}')),
    Fault(Executed.FIRST, _json(503, b'{"message": "upstream"}')),
    Fault(Executed.NEVER, HttpResponse(400, (("content-type", "application/x-amz-json-1.1"),), THROTTLED)),
)
GATEWAY_FAULTS = tuple(
    Fault(executed, _html(status)) for status in GATEWAY_STATUSES for executed in (Executed.NEVER, Executed.FIRST)
)
KINDS_OF_FAULTS = (FAULTS, FAULTS, GATEWAY_FAULTS)
"""One fault in three is a gateway's."""


@dataclass(kw_only=True)
class Odds:
    """An emulator behind a network that fails a share of the requests.

    AWS refuses a user's second WorkSpace. With is_strict False this service makes it, so that what was sent twice
    can be counted.
    """

    aws: Emulator
    chance: random.Random
    share: float
    later: Later
    is_strict: bool
    requests: int = 0

    def meet(self, operation: str, execute: Callable[[], T]) -> T | HttpResponse:
        """Let a request meet its fate: return an answer, or raise NoAnswerError."""
        self.requests += 1
        if self.chance.random() >= self.share:
            return self._execute(operation, execute)
        fault = self.chance.choice(self.chance.choice(KINDS_OF_FAULTS))
        if fault.executed is Executed.FIRST:
            self._execute(operation, execute)
        elif fault.executed is Executed.LATER:
            self.later(self.chance.uniform(0, LATEST), lambda: self._execute(operation, execute))
        if isinstance(fault.seen, Broken):
            raise NoAnswerError(fault.seen)
        return fault.seen

    def made(self) -> Counter[str]:
        """Return the number of existing WorkSpaces and directories by name."""
        workspaces = (record.workspace for record in self._store.workspaces.values())
        directories = (record.directory for record in self._store.directories.values())
        return Counter(
            [
                *(workspace.workspace_name or workspace.user_name or "" for workspace in workspaces),
                *(
                    directory.workspace_directory_name
                    for directory in directories
                    if directory.workspace_directory_name
                ),
            ]
        )

    @property
    def _store(self) -> Store:
        return self.aws._world.store(self.aws.account_id, self.aws.region)

    def _execute(self, operation: str, execute: Callable[[], T]) -> T:
        if self.is_strict or operation != "CreateWorkspaces":
            return execute()
        before, self._store.workspaces = self._store.workspaces, TimedRecords()
        try:
            return execute()
        finally:
            self._store.workspaces = before | self._store.workspaces
