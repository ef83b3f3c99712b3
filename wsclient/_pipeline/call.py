"""One call on its way through the pipeline: what it is, how far it has come, and what it ends with too early."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec

from wsclient._core.clock import new_id
from wsclient._core.errors import ConfigurationError, ConnectionLostError, PaceTimeoutError, RequestTimeoutError
from wsclient._core.model.operations import Effect

if TYPE_CHECKING:
    from wsclient._core.errors import WsclientError
    from wsclient._core.model.operations import AnyOperation
    from wsclient._pipeline.instrumentation import CallInstrumentation


class Call(msgspec.Struct):
    """One call on its way: what it is, and how far it has come.

    doubt is the latest failure after which it may have been carried out; may_have_been_sent says so too of the attempt
    that is under way.
    """

    name: str
    effect: Effect
    model: AnyOperation | None
    sensitive: tuple[str, ...] = ()
    invocation_id: str = msgspec.field(default_factory=new_id)
    attempts: int = 0
    may_have_been_sent: bool = False
    waits_for_pace: bool = False
    ambiguous_error: WsclientError | None = None
    key_was_dropped: bool = False
    clock_was_corrected: bool = False
    deadline: float | None = None
    watch: CallInstrumentation | None = None

    def mark_sending(self) -> None:
        """Note that from here on bytes of a request may have left."""
        self.may_have_been_sent = True

    def record_failure(self, error: WsclientError) -> None:
        """Note how an attempt failed, its answer's reading included: in doubt, or surely without effect."""
        if error.is_ambiguous:
            self.ambiguous_error = error
        self.may_have_been_sent = self.ambiguous_error is not None

    def time_left(self) -> float | None:
        """Return the seconds until the call's deadline, None when it has none."""
        return None if self.deadline is None else self.deadline - asyncio.get_running_loop().time()

    def client_closed_error(self) -> WsclientError:
        """Return the error for a call whose client was closed under it."""
        words = f"this client was closed while {self.name} was on its way"
        error: WsclientError
        if self.may_have_been_sent:
            error = ConnectionLostError(words, may_have_been_sent=True, is_transient=False)
        else:
            error = ConfigurationError(f"{words}; nothing was sent")
        error.operation, error.attempts = self.name, self.attempts
        return error

    def deadline_error(self, total: float) -> RequestTimeoutError:
        """Return the error for a call whose time is up."""
        error: RequestTimeoutError
        if self.waits_for_pace:
            error = PaceTimeoutError(
                f"{self.name} did not get its turn within its {total:g} s in all; allow more time, or make fewer calls "
                "at once"
            )
            error.is_ambiguous = error.may_have_been_sent = (
                self.ambiguous_error is not None and self.effect is not Effect.READ
            )
        else:
            error = RequestTimeoutError(
                f"{self.name} did not finish within its {total:g} s in all",
                phase="total",
                may_have_been_sent=self.may_have_been_sent,
                is_transient=False,
            )
        error.operation, error.attempts = self.name, self.attempts
        return error
