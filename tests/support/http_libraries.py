"""The libraries whose transports a client takes: a row here, and every test of a caller's transport runs over it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpcore
import httpcore2
import httpx
import httpx2
import pytest

if TYPE_CHECKING:
    from types import ModuleType

CORES: dict[ModuleType, Any] = {httpx: httpcore, httpx2: httpcore2}
"""The package that opens the connections of each library."""

over_each_library = pytest.mark.parametrize("library", list(CORES), ids=lambda library: library.__name__)
"""Has a test take `library`, once for each row."""
