"""What a plan remembers of its runs, so that it is not run twice at once, and goes on where it ended."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec

from wsclient._errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Generator

    from wsclient._fleet.ledger import Ledger


class Memory(msgspec.Struct):
    """What a plan remembers of its runs in this program; what it has a journal for is remembered there."""

    ledger: Ledger | None = None
    is_running: bool = False

    @contextmanager
    def held(self) -> Generator[None]:
        """Refuse to run one plan twice at once."""
        if self.is_running:
            raise ConfigurationError("this plan is being run; a plan runs once at a time")
        self.is_running = True
        try:
            yield
        finally:
            self.is_running = False
