"""How reading a fleet fails: which site it was, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._core.errors import ConfigurationError, WsclientError

if TYPE_CHECKING:
    from wsclient._core.site import Site


class PlanCountError(ConfigurationError):
    """A plan that cannot be undone has another number of items than the caller expects; nothing was sent."""

    def __init__(self, message: str, *, count: int, expected: int | None) -> None:
        super().__init__(message)
        self.count = count
        self.expected = expected


class JournalError(WsclientError):
    """A fleet's journal cannot be used: damaged, of another plan or version, in use, or not writable; path says which.

    Nothing is sent that was not written down before.
    """

    def __init__(self, message: str, *, path: str) -> None:
        super().__init__(message)
        self.path = path


class SiteError(WsclientError):
    """A site could not be read to its end, so that what was read of the fleet is not the whole.

    site says which, error why: it is the error that a call there ended in, and this one's __cause__.
    """

    def __init__(self, site: Site, error: WsclientError) -> None:
        super().__init__(f"{site} could not be read to its end, the inventory is not whole: {error}")
        self.site = site
        self.error = error
        self.operation = error.operation
        self.attempts = error.attempts
        self.__cause__ = error


class CountedTwiceError(ConfigurationError):
    """Two sites of a fleet are the same account and region."""
