"""Names, modules and mappings that are imported on first use, so that importing wsclient stays fast."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

from wsclient._core.public_names import publish_one

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KeyT = TypeVar("KeyT")
ValueT = TypeVar("ValueT")


def lazy_exports(module: str, *targets: str, **modules: str) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Return the __getattr__ and __dir__ of a module (PEP 562); targets are "package.module:name".

    Submodules of the module that targets name are attributes too, as if they had been imported; modules adds further
    modules by keyword. Type checkers do not see these names, so the caller also imports them under TYPE_CHECKING.
    """
    members = vars(sys.modules[module])
    target_modules = {name: target_module for target_module, _, name in (target.partition(":") for target in targets)}
    submodules = {target_module.removeprefix(f"{module}.") for target_module in target_modules.values()}

    def __getattr__(name: str) -> object:  # noqa: N807 - the function is a module's __getattr__
        if name in target_modules:
            member: object = getattr(import_module(target_modules[name]), name)
            publish_one(module, member)
            return members.setdefault(name, member)
        if name in modules:
            return members.setdefault(name, import_module(modules[name]))
        if name in submodules:
            return import_module(f"{module}.{name}")
        from wsclient._core.other_names import missing_name  # noqa: PLC0415 - needed for errors only

        raise missing_name(module, name)

    def __dir__() -> list[str]:  # noqa: N807 - as above
        return sorted({*members, *target_modules, *modules, *submodules})

    return __getattr__, __dir__


class LazyModule:
    """Stand-in for a module that is imported on first attribute access; type checkers see the module itself."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> object:
        """Import the module and return its attribute, which is kept: calls of clients look up the same ones."""
        if name.startswith("__"):  # looked up by copy, pickle, inspect and mocks, on copies that have no name yet
            raise AttributeError(name)
        member: object = getattr(import_module(self._name), name)
        setattr(self, name, member)
        return member


class OptionalModule(LazyModule):
    """Stand-in for a package of an extra in annotations; without the package, its names stand for any type."""

    def __getattr__(self, name: str) -> object:
        """Return the package's attribute, or Any if the package is not installed."""
        try:
            return super().__getattr__(name)
        except ModuleNotFoundError:
            return Any


class LazyMapping(Mapping[KeyT, ValueT]):
    """Mapping of a module that is imported on first use; the target is "package.module:name"."""

    def __init__(self, target: str) -> None:
        self._target = target

    @cached_property
    def _mapping(self) -> Mapping[KeyT, ValueT]:
        module, _, name = self._target.partition(":")
        mapping: Mapping[KeyT, ValueT] = getattr(import_module(module), name)
        return mapping

    def __getitem__(self, key: KeyT) -> ValueT:
        """Return the value of a key."""
        return self._mapping[key]

    def __iter__(self) -> Iterator[KeyT]:
        """Iterate over the keys."""
        return iter(self._mapping)

    def __len__(self) -> int:
        """Return the number of keys."""
        return len(self._mapping)
