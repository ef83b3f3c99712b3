"""SiteAccess and FactReader: the calls of an audit at one site, a record of each, and failures as problems."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeVar

from wsclient._core.dates import http_date
from wsclient._core.errors import (
    CredentialsError,
    ServiceError,
    TransportError,
    WsclientError,
)
from wsclient.audit._facts.records import Fact, Problem
from wsclient.audit._model import AuditCall, Reason

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
    from datetime import datetime

    from wsclient._client.base_client import BaseClient
    from wsclient._client.pagination import Paginator
    from wsclient._core.clock import Clock
    from wsclient._core.model.structures import Output
    from wsclient._core.site import Site
    from wsclient.endpoints._routing import Reach
    from wsclient.retries._retrying import ThrottleRetry
    from wsclient.workspaces._client import WorkSpacesClient

OutputT = TypeVar("OutputT", bound="Output")
ItemT = TypeVar("ItemT")
DENIED_CODES: Final = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
"""Error codes of a missing permission: of the query protocol, of JSON, and of EC2."""


class CallLog:
    """Numbers the calls of an audit from 1 over all sites, and passes a record of each on; it keeps none."""

    def __init__(self, on_call: Callable[[AuditCall], object] | None = None) -> None:
        self.count = 0
        self._on_call = on_call

    def add(self, site: Site, client: BaseClient, operation: str, output: Output, now: datetime) -> int:
        """Record a response, and return the call's number."""
        date = next((value for name, value in output.metadata.headers if name == "date"), "")
        number = self.count = self.count + 1
        if self._on_call is not None:
            self._on_call(
                AuditCall(
                    number=number,
                    site=site,
                    service=client.endpoint.signing_name,
                    operation=operation,
                    request_id=output.metadata.request_id,
                    at=http_date(date) or now,
                    endpoint_kind=str(client.endpoint.kind),
                )
            )
        return number


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteAccess:
    """Access to a site: its client, the log of calls, retries of throttled reads, and routes to other services."""

    site: Site
    client: WorkSpacesClient
    log: CallLog
    throttle_retry: ThrottleRetry
    reach: Reach | Literal["public"] | None

    def reader(self, client: BaseClient | None = None) -> FactReader:
        """Return a reader of the site through a client of another service, or through its own."""
        return FactReader(self.site, client or self.client, self.log, self.throttle_retry)


class FactReader:
    """Reads the facts of one site through one client; throttled reads are retried, as ThrottleRetry describes."""

    def __init__(self, site: Site, client: BaseClient, log: CallLog, throttle_retry: ThrottleRetry) -> None:
        self.site = site
        self._client = client
        self._log = log
        self._throttle_retry = throttle_retry
        self.last_call = 0
        """Number of the last call that had a response."""

    @property
    def _clock(self) -> Clock:
        return self._throttle_retry.time.clock

    async def call(self, operation: str, call: Callable[[], Awaitable[OutputT]]) -> tuple[OutputT, int]:
        """Make one call; return its response and number. Raises its error."""
        output = await self._throttle_retry.read(call)
        return output, self._added(operation, output)

    def _added(self, operation: str, output: Output) -> int:
        self.last_call = self._log.add(self.site, self._client, operation, output, self._clock.now())
        return self.last_call

    async def single(
        self, operation: str, call: Callable[[], Awaitable[OutputT]], items: Callable[[OutputT], Sequence[ItemT]]
    ) -> Fact[ItemT]:
        """Make one call, and return its items as a fact."""
        try:
            output, number = await self.call(operation, call)
        except WsclientError as error:
            return Fact(problem=self.problem(operation, error))
        found = tuple(items(output))
        return Fact(found, (number,) * len(found))

    async def pages(
        self, operation: str, paginator: Paginator[OutputT, ItemT]
    ) -> AsyncGenerator[tuple[OutputT, int] | Problem]:
        """Yield the pages of a listing with the numbers of their calls, and last the problem that ended it early."""
        try:
            async with aclosing(paginator.fetched_through(self._throttle_retry.read).pages()) as pages:
                async for page in pages:
                    yield page, self._added(operation, page)
        except WsclientError as error:
            yield self.problem(operation, error)

    async def listing(
        self, operation: str, paginator: Paginator[OutputT, ItemT], items: Callable[[OutputT], Sequence[ItemT]]
    ) -> Fact[ItemT]:
        """Read a listing to its end, and return it as a fact."""
        found, calls, problem = list[ItemT](), list[int](), None
        async with aclosing(self.pages(operation, paginator)) as pages:
            async for page in pages:
                if isinstance(page, Problem):
                    problem = page
                    continue
                new = items(page[0])
                found.extend(new)
                calls.extend([page[1]] * len(new))
        return Fact(tuple(found), tuple(calls), problem)

    def problem(self, operation: str, error: WsclientError) -> Problem:
        """Return why a call's failure leaves a fact unknown."""
        action = f"{self._client.endpoint.signing_name}:{operation}"
        if isinstance(error, ServiceError) and error.code in DENIED_CODES:
            return Problem(Reason.NOT_PERMITTED, f"the permission {action} is missing: {error}", action, error.code)
        if isinstance(error, TransportError | CredentialsError):
            return Problem(Reason.NOT_REACHED, f"{operation}: {error}")
        code = error.code if isinstance(error, ServiceError) else ""
        return Problem(Reason.INCOMPLETE, f"{operation} ended early{code and f' ({code})'}: {error}", code=code)
