"""Attributes that do not exist: errors that say what to write instead, and libraries that probe objects."""

from __future__ import annotations

import copy
import pickle
import sys
import traceback
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import pytest

import wsclient
from wsclient._core import missing_attributes
from wsclient._core.missing_attributes import MAX_HINTS, ExplainedAttributes
from wsclient._core.model.structures import Structure
from wsclient._core.other_names import ERRORS, MODULES
from wsclient.types import DescribeWorkspacesResult, Workspace

WORKSPACE = Workspace.from_dict({"WorkspaceId": "ws-0123456789", "State": "AVAILABLE"})
PAGE = DescribeWorkspacesResult.from_dict({"Workspaces": [{"WorkspaceId": "ws-0123456789"}]})
IS_EXPLAINED = sys.version_info >= (3, 12)
STRUCTURES = [kind for kind in vars(wsclient.types).values() if isinstance(kind, type) and issubclass(kind, Structure)]


class Example(ExplainedAttributes):
    """Object with an attribute, and a property with a bug."""

    _other_names: ClassVar[Mapping[str, str]] = {"fetch": "write await example.read()"}

    def __init__(self) -> None:
        self.size = 3

    @property
    def broken(self) -> int:
        """Property whose code reads an attribute that another object does not have."""
        return len(self.size.missing)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownArgumentType]  # the bug


def _error(owner: object, name: str) -> AttributeError:
    with pytest.raises(AttributeError) as caught:
        getattr(owner, name)
    return caught.value


def test_a_name_of_another_library_and_a_misspelt_one_lead_to_the_attribute() -> None:
    """Python's message stays, so that searches find it, and the remedy follows; error.name is the name."""
    assert str(_error(Example(), "fetch")) == "'Example' object has no attribute 'fetch'; write await example.read()"
    assert str(_error(Example(), "sice")) == "'Example' object has no attribute 'sice'; did you mean 'size'?"
    assert str(_error(Example(), "other")) == "'Example' object has no attribute 'other'"
    assert _error(Example(), "sice").name == "sice"


def test_python_adds_no_suggestion_of_its_own() -> None:
    """A printed traceback has one suggestion."""
    assert "".join(traceback.format_exception_only(_error(Example(), "sice"))).count("mean") == 1


def test_the_error_within_a_property_stays() -> None:
    """A property that raises AttributeError is not reported as missing."""
    assert str(_error(Example(), "broken")) == "'int' object has no attribute 'missing'"


def test_private_names_get_pythons_own_error() -> None:
    """Names that copy, pickle, pydantic, mocks and notebooks look for are not searched for close ones."""
    for name in ("__wrapped__", "_repr_html_", "__deepcopy__", "_siz", "_ipython_display_"):
        assert str(_error(Example(), name)) == f"'Example' object has no attribute '{name}'"
        assert not hasattr(WORKSPACE, name) or name == "_repr_html_"


def test_a_name_is_searched_once_and_hints_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """hasattr() on many objects costs one search; programs that try any number of names keep a bounded number."""
    searched: list[str] = []
    monkeypatch.setattr(missing_attributes, "closest", lambda name, _known: searched.append(name))
    assert not any(hasattr(Example(), "colour") for _ in range(100))
    assert searched == ["colour"]
    for number in range(MAX_HINTS + 10):
        assert getattr(Example(), f"name{number}", None) is None
    assert len(missing_attributes._HINTS) <= MAX_HINTS


def test_every_member_is_found_by_its_name_of_aws() -> None:
    """structure["WorkspaceId"] and structure.WorkspaceId lead to workspace_id, for each member of each structure."""
    members = 0
    for kind in STRUCTURES:
        structure: Any = kind(**dict.fromkeys(kind.__struct_fields__))
        for field, member in zip(kind.__struct_fields__, kind.__struct_encode_fields__, strict=True):
            with pytest.raises(TypeError) as caught:
                structure[member]
            assert str(caught.value) == f"'{kind.__name__}' object is not subscriptable; did you mean '{field}'?"
            hint = f"; did you mean '{field}'?" if IS_EXPLAINED else ""
            assert str(_error(structure, member)).endswith(f"has no attribute '{member}'{hint}")
            members += 1
    assert members > 700


def test_a_dicts_methods_and_positions_lead_to_attributes() -> None:
    """page.get("Workspaces") and page[0] say that members are attributes."""
    page: Any = PAGE
    with pytest.raises(TypeError, match=r"not subscriptable; its members are attributes, as in \.workspaces"):
        page[0]
    if IS_EXPLAINED:
        assert str(_error(PAGE, "get")).endswith("as in .workspaces, and to_dict() returns a dict")
        assert str(_error(WORKSPACE, "keys")).endswith("as in .workspace_id, and to_dict() returns a dict")
        assert str(_error(WORKSPACE, "model_dump")).endswith("did you mean 'to_dict'?")


def test_a_structure_is_no_container_for_other_libraries() -> None:
    """Its error of subscripts makes it neither iterable nor a sequence, for isinstance, iter, dict() and NumPy."""
    structure: Any = PAGE
    assert not isinstance(structure, Iterable | Mapping | Sequence)
    for attempt in (iter, list, dict, lambda value: "x" in value, len):
        with pytest.raises(TypeError):
            attempt(structure)
    assert np.array([WORKSPACE, WORKSPACE], dtype=object).shape == (2,)


def test_structures_and_errors_copy_and_pickle_as_before() -> None:
    """Copying and pickling look for special methods on objects that have no attribute yet."""
    error = wsclient.errors.ResourceNotFoundException("gone", request_id="1")
    for value in (WORKSPACE, PAGE):
        assert copy.copy(value) == copy.deepcopy(value) == pickle.loads(pickle.dumps(value)) == value
    for duplicate in (copy.copy(error), copy.deepcopy(error), pickle.loads(pickle.dumps(error))):
        assert (str(duplicate), duplicate.request_id) == (str(error), "1")


def test_the_attributes_of_boto3s_errors_lead_to_ours() -> None:
    """error.response["Error"]["Code"] leads to error.code; no entry of the table hides an attribute."""
    error = wsclient.errors.ResourceNotFoundException("gone")
    assert str(_error(error, "response")).endswith("details of a ServiceError have what boto3's response has")
    assert str(_error(error, "requestid")).endswith("did you mean 'request_id'?")
    assert not any(hasattr(error, name) for name in ERRORS)


@pytest.mark.parametrize("module", list(MODULES))
def test_names_of_boto3s_modules_lead_to_ours(module: str) -> None:
    """wsclient.client("workspaces"), wsclient.Session() and wsclient.errors.ClientError say what to write instead."""
    home = sys.modules[module]
    for name, hint in MODULES[module].items():
        assert str(_error(home, name)) == f"module '{module}' has no attribute '{name}'; {hint}"
        assert not hasattr(home, name)
    assert str(_error(home, "nothing_like_it")) == f"module '{module}' has no attribute 'nothing_like_it'"
    assert (
        str(_error(wsclient, "StsClien")) == "module 'wsclient' has no attribute 'StsClien'; did you mean 'StsClient'?"
    )
    assert str(_error(wsclient.types, "Workspaces")).endswith("; did you mean 'Workspace'?")
    assert str(_error(home, "__all_")) == f"module '{module}' has no attribute '__all_'"
