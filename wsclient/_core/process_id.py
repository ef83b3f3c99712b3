"""The id of this process, without the system call that os.getpid() makes each time."""

from __future__ import annotations

import os

_current = os.getpid()


def _update() -> None:
    global _current  # noqa: PLW0603 - one id for each process
    _current = os.getpid()


def process_id() -> int:
    """Return the id of this process; a forked child has its own."""
    return _current


if hasattr(os, "register_at_fork"):  # no process forks on Windows
    os.register_at_fork(after_in_child=_update)
