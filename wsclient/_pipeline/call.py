"""State of one call in flight, and the errors that end it early: client closed, deadline exceeded."""

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
    """One call in flight: its operation, and the state that its attempts share.

    ambiguous_error is the latest failure after which the service may have executed the call. may_have_been_sent is True
    from the first write of the current attempt, and stays True after an ambiguous failure.
    """

    name: str
    effect: Effect
    model: AnyOperation | None
    sensitive: tuple[str, ...] = ()
    invocation_id: str = msgspec.field(default_factory=new_id)
    attempts: int = 0
    may_have_been_sent: bool = False
    is_waiting_for_permit: bool = False
    ambiguous_error: WsclientError | None = None
    has_invalidated_key: bool = False
    has_corrected_clock: bool = False
    deadline: float | None = None
    instrumentation: CallInstrumentation | None = None

    def mark_sending(self) -> None:
        """Record that bytes of a request may have reached the service from now on."""
        self.may_have_been_sent = True

    def record_failure(self, error: WsclientError) -> None:
        """Record the error of an attempt, a response that cannot be parsed included.

        An ambiguous error is kept for the whole call: a later clean failure does not undo what an earlier attempt did.
        """
        if error.is_ambiguous:
            self.ambiguous_error = error
        # An unambiguous failure had no effect, so only an earlier ambiguous attempt still counts.
        self.may_have_been_sent = self.ambiguous_error is not None

    def time_left(self) -> float | None:
        """Return the seconds until the call's deadline, or None without a deadline."""
        return None if self.deadline is None else self.deadline - asyncio.get_running_loop().time()

    def client_closed_error(self) -> WsclientError:
        """Return the error for a call in flight when its client was closed."""
        message = f"this client was closed while {self.name} was in flight"
        error: WsclientError
        if self.may_have_been_sent:
            error = ConnectionLostError(message, may_have_been_sent=True, is_transient=False)
        else:
            error = ConfigurationError(f"{message}; nothing was sent")
        error.operation, error.attempts = self.name, self.attempts
        return error

    def deadline_error(self, total: float) -> RequestTimeoutError:
        """Return the error for a call that exceeded its Timeout.total of total seconds."""
        error: RequestTimeoutError
        # The attempt that waits for its permit was not sent: only an earlier attempt can make the call ambiguous.
        if self.is_waiting_for_permit:
            error = PaceTimeoutError(
                f"{self.name} waited for the rate limit until its Timeout.total of {total:g} s was over; raise the "
                "timeout, or make fewer concurrent calls"
            )
            error.is_ambiguous = error.may_have_been_sent = (
                self.ambiguous_error is not None and self.effect is not Effect.READ
            )
        else:
            error = RequestTimeoutError(
                f"{self.name} did not finish within its Timeout.total of {total:g} s",
                phase="total",
                may_have_been_sent=self.may_have_been_sent,
                is_transient=False,
            )
        error.operation, error.attempts = self.name, self.attempts
        return error
