"""Public names that are imported at their first use: what few programs need is not loaded by every one."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def lazy_exports(module: str, *places: str, **modules: str) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Return the __getattr__ and __dir__ of a module (PEP 562); places are "package.module:name".

    The modules of these places can be had by their own names too, as if they had been imported, and other modules by
    the names given here. Type checkers do not see any of it: the same is imported beside it under TYPE_CHECKING.
    """
    members = vars(sys.modules[module])
    homes = {name: home for home, _, name in (place.partition(":") for place in places)}
    submodules = {home.removeprefix(f"{module}.") for home in homes.values()}

    def __getattr__(name: str) -> object:  # noqa: N807 - it is what it says
        if name in homes:
            return members.setdefault(name, getattr(import_module(homes[name]), name))
        if name in modules:
            return members.setdefault(name, import_module(modules[name]))
        if name in submodules:
            return import_module(f"{module}.{name}")
        raise AttributeError(f"module {module!r} has no attribute {name!r}")

    def __dir__() -> list[str]:  # noqa: N807 - as above
        return sorted({*members, *homes, *modules, *submodules})

    return __getattr__, __dir__


class LazyModule:
    """Stands for a module that is imported when something of it is asked for; type checkers see the module itself."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> object:
        """Import the module, and give what it has of that name."""
        return getattr(import_module(self._name), name)
