"""SiteError, JournalError and the other errors of fleets."""

from __future__ import annotations

from wsclient._core.errors import ConfigurationError, WsclientError
from wsclient._core.site import Site


class PlanCountError(ConfigurationError):
    """A plan has another number of items (count) than the caller confirmed (expected); nothing was sent.

    Actions that destroy data require the confirmation.
    """

    def __init__(self, message: str, *, count: int, expected: int | None) -> None:
        super().__init__(message)
        self.count = count
        self.expected = expected


class JournalError(WsclientError):
    """A fleet's journal at path is unusable: damaged, of another plan or version, in use, or not writable.

    No call is made that is not in the journal first.
    """

    def __init__(self, message: str, *, path: str) -> None:
        super().__init__(message)
        self.path = path


class SiteError(WsclientError):
    """A site could not be read completely, so that the inventory of the fleet is incomplete.

    site is the site; error is the error of the failed call, which is this error's __cause__ too.
    """

    def __init__(self, site: Site, error: WsclientError) -> None:
        super().__init__(f"{site} could not be read completely, so that the inventory is incomplete: {error}")
        self.site = site
        self.error = error
        self.operation = error.operation
        self.attempts = error.attempts
        self.__cause__ = error


class DuplicateSiteError(ConfigurationError):
    """Two sites of a fleet are the same account and region, so that its WorkSpaces would count twice."""
