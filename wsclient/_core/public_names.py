"""Classes and functions that report the public module where users import them, in tracebacks and pickles."""

from __future__ import annotations

import sys
from contextlib import suppress
from types import FunctionType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def publish(module: str, names: Iterable[str], *, resolve_annotations: bool = True) -> None:
    """Set __module__ of the classes and functions among these names of a public module to that module.

    Only what a private module of wsclient defines is changed. resolve_annotations is False where the public module has
    every name that its classes' annotations hold.
    """
    members = vars(sys.modules[module])
    for name in names:
        publish_one(module, members.get(name), resolve_annotations=resolve_annotations)


def publish_classes(module: str, home: str) -> None:
    """Set __module__ of all classes that a private module defines to a public module.

    A private module does so itself if programs meet its classes without importing the public one, as with errors.
    """
    for member in list(vars(sys.modules[home]).values()):
        if isinstance(member, type) and member.__module__ == home:
            publish_one(module, member)


def publish_one(module: str, member: object, *, resolve_annotations: bool = True) -> None:
    """Set __module__ of one class or function, as publish() does."""
    if not isinstance(member, type | FunctionType) or not _is_private(member.__module__):
        return
    if resolve_annotations and isinstance(member, type):
        _resolve_annotations(member, member.__module__)
    member.__module__ = module


def _is_private(module: str) -> bool:
    """Return whether a module of wsclient is private: its last public ancestor is where its names are shown."""
    package, *path = module.split(".")
    return package == "wsclient" and any(part.startswith("_") for part in path)


def _resolve_annotations(kind: type, home: str) -> None:
    """Replace annotations that are texts by the types they name, since only the defining module knows these names.

    get_type_hints() and msgspec look names up in the module that a class reports. Names that exist for type checkers
    alone stay texts.
    """
    annotations: dict[str, object] = vars(kind).get("__annotations__", {})
    namespace = vars(sys.modules[home])
    for name, annotation in annotations.items():
        if isinstance(annotation, str):
            with suppress(NameError, AttributeError, TypeError):
                # The text is this package's own source code.
                annotations[name] = eval(annotation, namespace)  # noqa: S307
