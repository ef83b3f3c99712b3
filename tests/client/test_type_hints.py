"""Annotations of public callables resolve at run time, as FastAPI, pydantic, typer, cattrs and sphinx need."""

from __future__ import annotations

import importlib
import inspect
import typing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import wsclient.errors
import wsclient.types.sts
from tests.support.programs import printed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NAMES = (Path(__file__).parent / "public_names.txt").read_text(encoding="utf-8").split()
SHOWN = frozenset({"__init__", "__call__", "__aenter__", "__aexit__", "__aiter__", "__anext__", "__await__"})
"""Special methods that users call or that frameworks inspect."""


def _public() -> Iterator[tuple[str, object]]:
    """Yield the members of every public module by their names."""
    homes = [wsclient.types, wsclient.types.sts, wsclient.errors, wsclient.fleet.where]
    for name in NAMES:
        module, _, last = name.rpartition(".")
        try:
            yield name, getattr(importlib.import_module(module), last)
        except (AttributeError, ValueError):
            home = importlib.import_module(name)
        else:
            home = importlib.import_module(module)
        if home not in homes:
            homes.append(home)
    for home in homes:
        names = getattr(home, "__all__", None) or [name for name in vars(home) if not name.startswith("_")]
        yield from ((f"{home.__name__}.{name}", getattr(home, name)) for name in names)


def _function(member: object) -> Callable[..., Any] | None:
    """Return the function of wsclient behind a class's attribute, or None."""
    member = getattr(member, "fget", None) or getattr(member, "__func__", None) or getattr(member, "func", member)
    if inspect.isfunction(member) and inspect.unwrap(member).__module__.startswith("wsclient"):
        return member
    return None


def _hinted() -> Iterator[tuple[str, Any]]:
    """Yield each public class and function, and each public method, also of private base classes."""
    for name, member in _public():
        if inspect.isfunction(member):
            yield name, member
        if not isinstance(member, type):
            continue
        yield name, member
        for attribute in dir(member):
            function = _function(inspect.getattr_static(member, attribute))
            if function is not None and (attribute in SHOWN or not attribute.startswith("_")):
                yield f"{name}.{attribute}", function


def _failure(resolve: Callable[[], object]) -> str | None:
    try:
        resolve()
    except Exception as error:  # noqa: BLE001 - every failure is listed
        return f"{type(error).__name__}: {error}"
    return None


def test_annotations_of_public_callables_resolve() -> None:
    """get_type_hints() and inspect.signature(eval_str=True) work for every public function, method and class."""
    hinted = list(_hinted())
    assert len(hinted) > 2000
    failures = {name: _failure(partial(typing.get_type_hints, member)) for name, member in hinted}
    for name, member in hinted:
        if not isinstance(member, type):
            failures[name] = failures[name] or _failure(partial(inspect.signature, member, eval_str=True))
    assert {name: failure for name, failure in failures.items() if failure} == {}


def test_annotations_resolve_to_what_type_checkers_see() -> None:
    """A structure is its class, a text of an enumeration is one or the other, options are a TypedDict."""
    hints = typing.get_type_hints(wsclient.WorkSpacesClient.modify_workspace_state)
    assert hints["return"] is wsclient.types.ModifyWorkspaceStateResult
    texts = typing.Literal["AVAILABLE", "ADMIN_MAINTENANCE"]
    assert hints["workspace_state"] == wsclient.types.TargetWorkspaceState | texts
    assert typing.get_type_hints(wsclient.WorkSpacesClient.__init__)["sts"] == wsclient.StsRouting | None
    waits = typing.get_type_hints(wsclient.WorkSpacesClient.wait_until_available)
    assert typing.get_args(waits["options"])[0] is importlib.import_module("wsclient.waiters").WaitOptions


@pytest.mark.parametrize("name", ["ComputeTextText", "NoneText", "Text", "OpenEnumsText"])
def test_a_module_of_enumerations_has_no_other_aliases(name: str) -> None:
    """Only an enumeration has an alias for its texts; any other name is an AttributeError, as of any module."""
    with pytest.raises(AttributeError, match=name):
        getattr(importlib.import_module("wsclient._generated.workspaces.enums"), name)


def test_annotations_of_missing_extras_stand_for_any_type() -> None:
    """Without pandas and polars, methods that return their frames resolve too, for tools that read whole classes."""
    blocked = "import sys\nsys.modules['pandas'] = sys.modules['polars'] = None\n"
    shown = "import typing, wsclient\nprint(typing.get_type_hints(wsclient.Paginator.to_pandas)['return'])"
    assert printed(blocked + shown) == {"typing.Any"}
