"""Rules about the properties of a WorkSpace that creating and modifying share.

"Modify a WorkSpace", https://docs.aws.amazon.com/workspaces/latest/adminguide/modify-workspaces.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wsclient._generated.workspaces.structures import RootStorage, UserStorage

_FIXED_PAIRS = {(80, 10), (80, 50), (80, 100)}
_LARGEST = 2000
_SMALLEST_LARGE_ROOT = 175
_SMALLEST_LARGE_USER = 100
_STEP_MINUTES = 60


def is_volume_pair(root: int | None, user: int | None) -> bool:
    """Whether a WorkSpace may have a root and a user volume of these sizes, in GiB."""
    large = root is not None and _SMALLEST_LARGE_ROOT <= root <= _LARGEST
    return (root, user) in _FIXED_PAIRS or (large and user is not None and _SMALLEST_LARGE_USER <= user <= _LARGEST)


def is_auto_stop_timeout(minutes: int) -> bool:
    """Whether a WorkSpace may stop by itself after that time: steps of an hour."""
    return minutes > 0 and minutes % _STEP_MINUTES == 0


def size_of(storage: RootStorage | UserStorage | None) -> int | None:
    """Return a bundle's volume size in GiB, which AWS gives as a text."""
    return int(storage.capacity) if storage and storage.capacity else None
