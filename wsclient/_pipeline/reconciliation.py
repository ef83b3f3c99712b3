"""Reconciliation of ambiguous creations: looks up what an ambiguous attempt created before it is sent again.

Resources that a lookup finds become the response; the rest of the request is sent once more. AWS lists a new resource
with a delay, so a resource counts as missing only after several lookups.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar

import msgspec

from wsclient._core.errors import WsclientError
from wsclient._core.model.structures import Output, Structure

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from wsclient._core.clock import Sleep

OutputT = TypeVar("OutputT", bound=Output)

LOOKUP_DELAYS: Final = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds before each lookup: 30 in total, because AWS lists a new resource with a delay."""


class ReconcileResult(msgspec.Struct, Generic[OutputT], frozen=True):
    """Result of a lookup: the response to what was found, and the part of the request that was not found.

    output is None when nothing was found; left is None when everything was.
    """

    output: OutputT | None
    left: Structure | None


class Reconciler(Protocol[OutputT]):
    """Lookup of what one operation creates, as distinct from resources that existed before the call."""

    async def find(self, request: Structure, since: datetime, *, thorough: bool) -> ReconcileResult[OutputT]:
        """Look up what the request creates, created since that time; unless thorough, stop at the first miss."""
        ...

    def merge(self, found: OutputT, rest: OutputT) -> OutputT:
        """Return one response from what was found and the response to the rest of the request."""
        ...

    def already_existing(self, output: OutputT) -> Structure | None:
        """Return the part of a request that a response rejects as already existing, or None."""
        ...


class Reconciliation(Generic[OutputT]):
    """State of one creation whose attempts may have an ambiguous outcome.

    ambiguous_error, in its methods, is the latest failure after which the service may have executed the call.
    """

    def __init__(self, reconciler: Reconciler[OutputT], request: Structure, *, since: datetime, sleep: Sleep) -> None:
        self.has_run = False
        """True once a lookup was made."""
        self._reconciler = reconciler
        self._since = since
        self._sleep = sleep
        self._left: Structure = request
        self._found: OutputT | None = None
        self._has_failed = False

    async def attempt(
        self, send: Callable[[Structure], Awaitable[OutputT]], ambiguous_error: WsclientError | None
    ) -> OutputT:
        """Send the missing part of the request; after an ambiguous attempt, look up its outcome first."""
        if ambiguous_error is None:
            return await send(self._left)
        if (found := await self._find(ambiguous_error)) is not None:
            return found
        return await self._merge_found(await send(self._left))

    async def conclude(self, error: WsclientError, ambiguous_error: WsclientError | None) -> OutputT:
        """Return what the failed call created after all, or raise its error."""
        if ambiguous_error is not None and not self._has_failed:
            found = await self._find(error)
            if found is not None:
                return found
            error.add_note("a lookup did not find what the call should have created: AWS did not create or list it yet")
        raise error

    async def _find(self, error: WsclientError) -> OutputT | None:
        """Return the response when lookups found everything, None when a part of the request is still missing."""
        self.has_run = True
        try:
            for number, delay in enumerate(LOOKUP_DELAYS, start=1):
                await self._sleep(delay)
                found = await self._reconciler.find(self._left, self._since, thorough=number == len(LOOKUP_DELAYS))
                self._record(found)
                if found.left is None:
                    return self._found
        except WsclientError as reason:
            # Without a lookup, sending again could create the resource twice: the call ends here, still ambiguous.
            self._has_failed = True
            error.is_transient = error.is_throttling = error.was_tried = False
            error.is_ambiguous = error.may_have_been_sent = True
            error.add_note(f"the lookup of its outcome failed: {reason}")
            raise error from reason
        return None

    def _record(self, found: ReconcileResult[OutputT]) -> None:
        if found.output is not None:
            self._found = found.output if self._found is None else self._reconciler.merge(self._found, found.output)
        if found.left is not None:
            self._left = found.left

    async def _merge_found(self, output: OutputT) -> OutputT:
        """Return the response to what was sent again, merged with what lookups found.

        An item that the service rejects as already existing may be the work of an earlier attempt: AWS lists it by now.
        """
        claimed = self._reconciler.already_existing(output)
        if claimed is not None:
            # thorough: look up every item, because the service has reported each as existing.
            found = await self._reconciler.find(claimed, self._since, thorough=True)
            if found.output is not None:
                output = self._reconciler.merge(found.output, output)
        return output if self._found is None else self._reconciler.merge(self._found, output)
