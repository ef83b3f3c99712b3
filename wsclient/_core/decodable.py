"""Types prepared for msgspec, one by one: msgspec crashes when several threads prepare a type in parallel."""

from __future__ import annotations

import os
from threading import Lock
from typing import TypeVar

import msgspec

T = TypeVar("T")
_LOCK = Lock()
_prepared: set[object] = set()
if hasattr(os, "register_at_fork"):  # does not exist on Windows
    # A fork waits: its child would have the unfinished type, and a lock that no thread releases.
    os.register_at_fork(before=_LOCK.acquire, after_in_parent=_LOCK.release, after_in_child=_LOCK.release)


def decodable(target: type[T]) -> type[T]:
    """Return a type, prepared so that several threads may decode it in parallel.

    At its first use of a structure, msgspec 0.22 stores facts about it that are not complete yet. Another thread that
    decodes the structure, or one that contains it, takes them as complete and ends the process (segmentation fault).
    """
    if target not in _prepared:
        with _LOCK:
            msgspec.json.Decoder(target)
            _prepared.add(target)
    return target
