"""Parts of models: only the named operations and what they reach, and nothing that the codec does not implement."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from wsclient._codegen.facts import DROPPED_MEMBERS, SUBSETS
from wsclient._codegen.model import load_model
from wsclient._codegen.subsets import cut

MODEL: dict[str, Any] = {
    "metadata": {"uid": "x"},
    "operations": {
        "Get": {"name": "Get", "input": {"shape": "In"}, "output": {"shape": "Out"}, "documentation": "text"},
        "Put": {"name": "Put", "input": {"shape": "In"}, "errors": [{"shape": "Bad"}]},
        "Other": {"name": "Other", "input": {"shape": "Unused"}},
    },
    "shapes": {
        "In": {"type": "structure", "members": {"documentation": {"shape": "Text", "documentation": "of a member"}}},
        "Out": {"type": "structure", "members": {"Secret": {"shape": "Key"}, "Items": {"shape": "Items"}}},
        "Items": {"type": "list", "member": {"shape": "Text", "locationName": "item"}},
        "Text": {"type": "string", "documentation": "a text"},
        "Key": {"type": "string"},
        "Bad": {"type": "structure", "members": {}, "exception": True},
        "Unused": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Text"}},
    },
}


def part(**changes: Any) -> tuple[dict[str, Any], dict[str, tuple[str, ...]]]:
    """Return the part of a model with Get and Put, with changed shapes."""
    model = copy.deepcopy(MODEL)
    model["shapes"] |= changes
    return cut(model, ("Get", "Put"), {"Out": ("Secret",), "Absent": ("x",)}, protocol="ec2")


def test_subset_keeps_only_reachable_shapes() -> None:
    """Other operations, shapes and documentation are gone, members of that name are not, and outputs are complete."""
    document, dropped = part()
    assert sorted(document["operations"]) == ["Get", "Put"]
    assert sorted(document["shapes"]) == ["Bad", "In", "Items", "Out", "PutNoResult", "Text"]
    assert document["shapes"]["Text"] == {"type": "string"}
    assert document["shapes"]["In"]["members"] == {"documentation": {"shape": "Text"}}
    assert document["operations"]["Put"]["output"] == {"shape": "PutNoResult"}
    assert dropped == {"Out": ("Secret",)}
    assert document["shapes"]["Out"]["members"] == {"Items": {"shape": "Items"}}
    assert MODEL["shapes"]["Out"]["members"].keys() == {"Secret", "Items"}


UNSUPPORTED = [
    {"Text": {"type": "blob"}},
    {"Text": {"type": "map", "key": {"shape": "Key"}, "value": {"shape": "Key"}}},
    {"Items": {"type": "list", "member": {"shape": "Text"}, "flattened": True}},
    {"Text": {"type": "timestamp", "timestampFormat": "unixTimestamp"}},
    {"Items": {"type": "list", "member": {"shape": "Text", "queryName": "Item"}}},
]


@pytest.mark.parametrize("changes", UNSUPPORTED)
def test_unsupported_ec2_shapes_stop_the_generator(changes: dict[str, Any]) -> None:
    """A map, a blob, a flattened list or a queryName in EC2's model is an error, not a wrong request."""
    with pytest.raises(ValueError, match="does not implement"):
        part(**changes)


def test_missing_operation_stops_the_generator() -> None:
    """An operation that the model no longer has is an error."""
    with pytest.raises(KeyError, match="Gone"):
        cut(copy.deepcopy(MODEL), ("Gone",), {}, protocol="ec2")


def test_digest_covers_only_the_subset() -> None:
    """The rest of EC2's model changes weekly: the digest is of the operations that wsclient has, without prose."""
    ec2 = load_model("ec2")
    assert set(ec2.document.operations) == set(SUBSETS["ec2"])
    assert len(ec2.document.shapes) < 300
    assert load_model("ds").dropped == {name: DROPPED_MEMBERS[name] for name in ("RadiusSettings",)}
