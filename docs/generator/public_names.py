"""Public names of wsclient, each of which the reference documents."""

from __future__ import annotations

from importlib import import_module
from inspect import ismodule
from typing import TYPE_CHECKING, Final

from docs.generator import reference
from wsclient import StsClient, WorkSpacesClient
from wsclient._client.base_client import BaseClient

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

PLACED_MODULES: Final = tuple(
    f"wsclient.{name}"
    for name in ("config", "credentials", "errors", "pacing", "retries", "testing", "types", "waiters")
)


def public_names() -> Iterator[str]:
    """Yield the full names of public functions, classes and values, and of both clients' members."""
    for module in ("wsclient", *PLACED_MODULES, *(name for _, name, _ in reference.modules())):
        yield from (f"{module}.{name}" for name in exported(import_module(module)))
    # Members that both clients share are documented with WorkSpacesClient.
    for client, shared in ((WorkSpacesClient, ()), (StsClient, dir(BaseClient))):
        names = set(dir(client)).difference(shared)
        yield from (f"wsclient.{client.__name__}.{name}" for name in sorted(names) if not name.startswith("_"))


def exported(module: ModuleType) -> list[str]:
    """Return a module's public names without modules: those in __all__, else those that it defines."""
    own = [name for name, value in vars(module).items() if getattr(value, "__module__", None) == module.__name__]
    names: list[str] = getattr(module, "__all__", own)
    return [name for name in names if not name.startswith("_") and not ismodule(getattr(module, name))]
