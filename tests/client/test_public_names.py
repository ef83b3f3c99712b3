"""Public names: each can be imported where it was documented, and classes report that place."""

import importlib
import pickle
import subprocess
import sys
import typing
from pathlib import Path

import pytest

import wsclient
from tests.support.programs import printed

NAMES = (Path(__file__).parent / "public_names.txt").read_text(encoding="utf-8").split()
"""Names that the documentation, the examples and __all__ have had: removing one breaks users' code."""
MODULES = sorted({name.rpartition(".")[0] for name in NAMES} - {""})


def _member(name: str) -> object:
    """Return what a dotted name stands for, as an import statement would find it."""
    module, _, last = name.rpartition(".")
    if not module:
        return importlib.import_module(last)
    try:
        return getattr(importlib.import_module(module), last)
    except AttributeError:
        return importlib.import_module(name)


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_stays_where_it_was(name: str) -> None:
    """Importing it from its documented module works."""
    assert _member(name) is not None


def test_every_public_module_is_an_attribute_of_the_package() -> None:
    """After `import wsclient` alone, wsclient.audit and every other public module is there."""
    modules = [name for name in MODULES if name.count(".") == 1]
    assert {name.removeprefix("wsclient.") for name in modules} <= set(wsclient.__all__)
    assert printed(f"import wsclient\nprint({', '.join(f'{name}.__name__' for name in modules)})") == set(modules)


def _classes() -> list[tuple[str, type]]:
    members = [(name, _member(name)) for name in NAMES]
    members += [(f"wsclient.types.{name}", getattr(wsclient.types, name)) for name in wsclient.types.__all__]
    members += [
        (f"wsclient.types.sts.{name}", getattr(wsclient.types.sts, name)) for name in wsclient.types.sts.__all__
    ]
    return [
        (name, member)
        for name, member in members
        if isinstance(member, type) and member.__module__.startswith("wsclient")
    ]


def test_classes_report_a_public_module_that_has_them() -> None:
    """__module__ names no private module, and the class is found there by its name, so that it pickles."""
    classes = _classes()
    assert len(classes) > 400
    for name, kind in classes:
        assert not any(part.startswith("_") for part in kind.__module__.split(".")), name
        assert getattr(importlib.import_module(kind.__module__), kind.__qualname__) is kind, name
        assert pickle.loads(pickle.dumps(kind)) is kind, name


def test_errors_report_a_public_module_before_it_is_imported() -> None:
    """A traceback names the place to import an error from, also if the program has not imported it yet."""
    found = subprocess.run(
        [sys.executable, "-c", _PRIVATE_ERRORS], input="\n".join(NAMES), capture_output=True, text=True, check=True
    )
    assert found.stdout.split() == []


_PRIVATE_ERRORS = """
import importlib, pkgutil, sys
import wsclient

public = {name.rpartition(".")[2] for name in sys.stdin.read().split()}
for module in pkgutil.walk_packages(wsclient.__path__, "wsclient."):
    if not module.name.startswith(("wsclient._codegen", "wsclient.cli")) and "__main__" not in module.name:
        importlib.import_module(module.name)
kinds = [BaseException]
for kind in kinds:
    kinds += kind.__subclasses__()
    is_private = kind.__module__.startswith("wsclient.") and "._" in kind.__module__
    # Audits call Directory Service and IAM, and keep their errors as evidence; the emulator makes responses of its own.
    other_services = ("wsclient._generated.ds", "wsclient._generated.iam")
    emulator = ("wsclient.testing._operations", "wsclient.testing._protocols")
    is_raised = issubclass(kind, wsclient.WsclientError) and not kind.__module__.startswith(other_services + emulator)
    if is_private and (is_raised or kind.__name__ in public):
        print(kind.__module__, kind.__name__)
"""
"""Prints the exception classes that users may meet and that report a private module once every module was imported."""


def test_functions_report_a_public_module_that_has_them() -> None:
    """The same holds for functions, so that a traceback of pickle and Dask names what users know."""
    functions = [(name, _member(name)) for name in NAMES]
    for name, function in functions:
        home: object = getattr(function, "__module__", None)
        if callable(function) and isinstance(home, str) and home.startswith("wsclient"):
            assert not any(part.startswith("_") for part in home.split(".")), name


@pytest.mark.parametrize("name", [name for name in wsclient.types.__all__ if name != "sts"])
def test_type_hints_of_structures_can_be_resolved(name: str) -> None:
    """typing.get_type_hints() finds every name that a structure's annotations hold."""
    kind = getattr(wsclient.types, name)
    assert isinstance(typing.get_type_hints(kind), dict)
