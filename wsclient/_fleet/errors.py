"""How reading a fleet fails: which site it was, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._errors import ConfigurationError, WsclientError

if TYPE_CHECKING:
    from wsclient._fleet.sites import Site


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
