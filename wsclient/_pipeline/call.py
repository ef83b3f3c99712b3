"""State of one call in flight, and the errors that end it early: client closed, deadline exceeded."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import msgspec

from wsclient._core.clock import new_id
from wsclient._core.errors import (
    ConfigurationError,
    ConnectionLostError,
    PaceTimeoutError,
    RequestTimeoutError,
    ResponseParseError,
)
from wsclient._core.model.operations import Effect
from wsclient._core.printable import printable
from wsclient._core.protocols.codec import redact_parse_error
from wsclient._core.redaction import Secrets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wsclient._core.credentials import Credentials
    from wsclient._core.errors import WsclientError
    from wsclient._core.model.operations import AnyOperation
    from wsclient._pipeline.instrumentation import CallInstrumentation

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MAX_REQUEST_ID = 256
"""Characters of a request id that is kept: seven times AWS's."""


class Call(msgspec.Struct):
    """One call in flight: its operation, and the state that its attempts share.

    ambiguous_error is the latest failure after which the service may have executed the call. may_have_been_sent is True
    from the first write of the current attempt, and stays True after an ambiguous failure. request (a Structure, or a
    mapping with AWS's names), extra and used_credentials are kept for the redaction of errors; repr hides them.
    """

    name: str
    effect: Effect
    model: AnyOperation | None
    request: object = None
    extra: Mapping[str, object] | None = None
    used_credentials: tuple[Credentials, ...] = ()
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

    def __repr__(self) -> str:
        """Return the operation, the invocation id and the number of attempts."""
        return f"Call({self.name}, {self.invocation_id}, attempts={self.attempts})"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        """Return the same for rich."""
        return [("name", self.name), ("invocation_id", self.invocation_id), ("attempts", self.attempts)]

    def record_credentials(self, credentials: Credentials | None) -> None:
        """Record the credentials that sign an attempt, which no error may show."""
        if credentials is not None and credentials not in self.used_credentials:
            self.used_credentials = (*self.used_credentials, credentials)

    def secrets(self) -> Secrets:
        """Return the secrets that were sent: credentials, and the sensitive members of the request."""
        from wsclient._core.model.sensitive import sensitive_strings  # noqa: PLC0415 - needed after a failure only

        keys = [
            key
            for used in self.used_credentials
            for key in (used.session_token, used.secret_access_key, used.access_key_id)
        ]
        members = sensitive_strings(self.request, self.model.input if self.model else None)
        return Secrets([*keys, *members, *sensitive_strings(self.extra)])

    def redact(self, error: WsclientError) -> None:
        """Remove secrets from the error of an unreadable response; it keeps no body that may contain new ones."""
        if not isinstance(error, ResponseParseError):
            return
        from wsclient._core.model.sensitive import has_sensitive_output  # noqa: PLC0415 - as above

        redact_parse_error(error, self.secrets(), keep_body=not has_sensitive_output(self.model))

    def request_id(self, value: str | None) -> str | None:
        """Return a response's request id as logs, metadata and middleware may show it."""
        # AWS's ids are UUIDs; anything else may be a secret that the service repeats.
        return (
            value
            if value is None or _UUID.fullmatch(value)
            else printable(self.secrets().redact(value[:MAX_REQUEST_ID]))
        )

    def record_failure(self, error: WsclientError) -> None:
        """Record the error of an attempt, a response that cannot be parsed included.

        An ambiguous error is kept for the whole call: a later clean failure does not undo what an earlier attempt did.
        """
        self.redact(error)
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
