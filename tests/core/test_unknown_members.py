"""Unknown members: from_dict() of what goes into a request refuses them at any depth; responses ignore them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wsclient import types
from wsclient._core.model.shapes import Shape, ShapeKind, structure_members
from wsclient._core.model.structures import Input, Structure
from wsclient._generated.ds.operations import OPERATIONS as DS
from wsclient._generated.ec2.operations import OPERATIONS as EC2
from wsclient._generated.iam.operations import OPERATIONS as IAM
from wsclient._generated.sts.operations import OPERATIONS as STS
from wsclient._generated.workspaces.operations import OPERATIONS as WORKSPACES
from wsclient.errors import RequestValidationError

if TYPE_CHECKING:
    from collections.abc import Iterator

OPERATIONS = [*WORKSPACES.values(), *STS.values(), *EC2.values(), *DS.values(), *IAM.values()]


def _structures(shape: Shape, path: str) -> Iterator[tuple[str, type[Structure], list[str | int]]]:
    """Yield the structures within a shape, each with its path as text and as keys."""
    if shape.kind is ShapeKind.LIST and shape.item is not None:
        for inner, structure, keys in _structures(shape.item, f"{path}[0]"):
            yield inner, structure, [0, *keys]
    elif shape.kind is ShapeKind.STRUCTURE and shape.structure is not None:
        yield path, shape.structure, []
        for member in structure_members(shape.structure):
            for inner, structure, keys in _structures(member.shape, f"{path}.{member.name}"):
                yield inner, structure, [member.name, *keys]


def _nested(root: type[Structure]) -> Iterator[tuple[str, type[Structure], list[str | int]]]:
    for member in structure_members(root):
        for path, structure, keys in _structures(member.shape, member.name):
            yield path, structure, [member.name, *keys]


def _around(value: object, keys: list[str | int]) -> object:
    """Return a value within the lists and dicts of a path."""
    for key in reversed(keys):
        value = [value] if isinstance(key, int) else {key: value}
    return value


@pytest.mark.parametrize("request_type", [each.input for each in OPERATIONS], ids=lambda kind: kind.__name__)
def test_a_misspelt_member_of_a_request_is_refused_at_any_depth(request_type: type[Structure]) -> None:
    """Everywhere in every request, an unknown name raises with its path, and with the closest name if one is close."""
    for path, structure, keys in _nested(request_type):
        assert issubclass(structure, Input), structure
        names = structure.__struct_encode_fields__
        misspelt = {name: name[:1].swapcase() + name[1:] for name in names}
        for name, other in misspelt.items():
            if other in names:
                continue
            data = _around({other: None}, keys)
            assert isinstance(data, dict)
            with pytest.raises(RequestValidationError) as caught:
                request_type.from_dict(data)
            assert caught.value.path == f"{path}.{other}"
            assert str(caught.value) == f"{request_type.__name__} has no member {path}.{other}; did you mean {name}?"


@pytest.mark.parametrize("result_type", [each.output for each in OPERATIONS], ids=lambda kind: kind.__name__)
def test_a_member_newer_than_the_model_is_ignored_in_a_response(result_type: type[Structure]) -> None:
    """AWS adds members to responses: unknown ones do not change what a response or a part of it becomes."""
    assert result_type.from_dict({"NewerThanTheModel": 1}) == result_type.from_dict({})
    for _, structure, keys in _nested(result_type):
        if issubclass(structure, Input):
            continue
        with_unknown, without = _around({"NewerThanTheModel": 1}, keys), _around({}, keys)
        assert isinstance(with_unknown, dict)
        assert isinstance(without, dict)
        try:
            expected = result_type.from_dict(without)
        except RequestValidationError:
            continue  # a required member is missing
        assert result_type.from_dict(with_unknown) == expected


def test_misspelt_members_of_nested_structures_are_rejected() -> None:
    """Misspelt members of a Tag or WorkspaceRequest are refused by from_dict() instead of being dropped."""
    with pytest.raises(RequestValidationError, match=r"^Tag has no member key; did you mean Key\?$"):
        types.Tag.from_dict({"key": "a"})
    request = {"DirectoryId": "d-1", "UserName": "a", "BundleId": "wsb-1"}
    with pytest.raises(RequestValidationError, match="did you mean UserVolumeEncryptionEnabled"):
        types.WorkspaceRequest.from_dict({**request, "userVolumeEncryptionEnabled": True})
    with pytest.raises(RequestValidationError) as caught:
        types.CreateWorkspacesRequest.from_dict({"Workspaces": [request, {**request, "Tags": [{"Kee": "a"}]}]})
    assert caught.value.path == "Workspaces[1].Tags[0].Kee"
