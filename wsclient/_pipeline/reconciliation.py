"""Settles what became of a creation that may have been carried out: by looking, before anything is sent again.

What was found is the answer, what was not is sent once more. A new resource takes a while to be listed, so "not there"
is believed only after several looks.
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
"""Seconds before each look: half a minute in all, for a new resource to become visible."""


class ReconcileResult(msgspec.Struct, Generic[OutputT], frozen=True):
    """What a look found: the answer as far as it can be told, and the part of the request that is still open."""

    output: OutputT | None
    left: Structure | None


class Reconciler(Protocol[OutputT]):
    """Knows how what an operation creates is found again, and told from what was there before."""

    async def find(self, request: Structure, since: datetime, *, thorough: bool) -> ReconcileResult[OutputT]:
        """Look for what the request asked for, made since that time; unless thorough, the first miss is enough."""
        ...

    def merge(self, found: OutputT, rest: OutputT) -> OutputT:
        """Return one answer made of what was found and of the answer to the rest."""
        ...

    def already_existing(self, output: OutputT) -> Structure | None:
        """Return the part of a request that an answer refuses as existing already, None when it refuses none so."""
        ...


class Reconciliation(Generic[OutputT]):
    """One creation on its way; doubt is the latest failure after which it may have been carried out."""

    def __init__(self, lookup: Reconciler[OutputT], request: Structure, *, since: datetime, sleep: Sleep) -> None:
        self.was_needed = False
        """Whether a look had a part in the answer."""
        self._lookup = lookup
        self._since = since
        self._sleep = sleep
        self._left: Structure = request
        self._found: OutputT | None = None
        self._gave_up = False

    async def attempt(self, send: Callable[[Structure], Awaitable[OutputT]], doubt: WsclientError | None) -> OutputT:
        """Send what is left of the request; after a doubtful attempt, first look what became of it."""
        if doubt is None:
            return await send(self._left)
        if (found := await self._look(doubt)) is not None:
            return found
        return await self._completed(await send(self._left))

    async def conclude(self, error: WsclientError, doubt: WsclientError | None) -> OutputT:
        """Return what the call made although it failed, or raise its error."""
        if doubt is not None and not self._gave_up:
            found = await self._look(error)
            if found is not None:
                return found
            error.add_note("looked for what it should have made, and found that it was not made, or is not yet listed")
        raise error

    async def _look(self, error: WsclientError) -> OutputT | None:
        """Return the answer when everything is there, None when something is still to be sent."""
        self.was_needed = True
        try:
            for number, pause in enumerate(LOOKUP_DELAYS, start=1):
                await self._sleep(pause)
                found = await self._lookup.find(self._left, self._since, thorough=number == len(LOOKUP_DELAYS))
                self._keep(found)
                if found.left is None:
                    return self._found
        except WsclientError as reason:
            # Nothing may be sent again that could be there already.
            self._gave_up = True
            error.is_transient = error.is_throttling = error.was_tried = False
            error.is_ambiguous = error.may_have_been_sent = True
            error.add_note(f"whether it was carried out could not be looked up: {reason}")
            raise error from reason
        return None

    def _keep(self, found: ReconcileResult[OutputT]) -> None:
        if found.output is not None:
            self._found = found.output if self._found is None else self._lookup.merge(self._found, found.output)
        if found.left is not None:
            self._left = found.left

    async def _completed(self, output: OutputT) -> OutputT:
        """Return the answer to what was sent again together with what had been found.

        What is refused as existing already may be what an earlier attempt made: by now it can be seen.
        """
        claimed = self._lookup.already_existing(output)
        if claimed is not None:
            found = await self._lookup.find(claimed, self._since, thorough=True)
            if found.output is not None:
                output = self._lookup.merge(found.output, output)
        return output if self._found is None else self._lookup.merge(self._found, output)
