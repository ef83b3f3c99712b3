"""Progress of a command: one line on a terminal, nothing anywhere else."""

from __future__ import annotations

import sys
from typing import Final, Self

from wsclient._core.clock import SYSTEM_CLOCK

SECONDS: Final = 0.2
"""Time between two updates of the line."""
_CLEAR: Final = "\r\x1b[2K"


class ProgressLine:
    """on_progress of a run: keeps a line of the standard error up to date if it is a terminal, and removes it last."""

    def __init__(self) -> None:
        self._is_shown = sys.stderr.isatty()
        self._next = SYSTEM_CLOCK.monotonic()

    def __call__(self, progress: object) -> None:
        """Show the text of the progress, a few times a second at most."""
        now = SYSTEM_CLOCK.monotonic()
        if self._is_shown and now >= self._next:
            self._next = now + SECONDS
            sys.stderr.write(f"{_CLEAR}{progress}")
            sys.stderr.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove the line."""
        if self._is_shown:
            self._is_shown = False
            sys.stderr.write(_CLEAR)
            sys.stderr.flush()
