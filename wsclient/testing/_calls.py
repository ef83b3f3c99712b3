"""The log of calls that tests assert on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """One request that reached the emulator, and how it ended.

    account and region are None when the request was not authenticated; error is the code that was answered, None for
    a success and for an answer that is not the service's own; fault is the mark of what went wrong on purpose.
    """

    service: str
    operation: str
    account: str | None
    region: str | None
    request_id: str
    error: str | None
    fault: str | None = None
