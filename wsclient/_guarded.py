"""The base of values that hold what no repr may show."""

from __future__ import annotations

from typing import ClassVar

import msgspec


class Guarded(msgspec.Struct, frozen=True):
    """A value of which some fields are not shown, as they are secret or long."""

    _unseen: ClassVar[frozenset[str]] = frozenset()
    """Fields that no repr shows."""

    def __repr__(self) -> str:
        """Show the other fields."""
        shown = (f"{name}={getattr(self, name)!r}" for name in self.__struct_fields__ if name not in self._unseen)
        return f"{type(self).__name__}({', '.join(shown)})"
