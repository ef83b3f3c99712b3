"""Traits of models: one that nothing implements stops the generator, wherever it is."""

import copy
from typing import Any

import pytest

from wsclient._codegen.traits import check_traits

MODEL: dict[str, Any] = {
    "metadata": {"jsonVersion": "1.1", "signatureVersion": "v4"},
    "operations": {
        "Get": {
            "name": "Get",
            "input": {"shape": "In"},
            "errors": [{"shape": "Bad"}],
            "http": {"method": "POST", "requestUri": "/"},
        }
    },
    "shapes": {
        "In": {"type": "structure", "members": {"Items": {"shape": "Items"}}, "required": ["Items"]},
        "Items": {"type": "list", "member": {"shape": "Text"}, "min": 1},
        "Text": {"type": "string", "pattern": "x"},
        "Bad": {"type": "structure", "members": {}, "exception": True},
    },
}
PLACES: dict[str, tuple[Any, ...]] = {
    "metadata": ("metadata",),
    "Get": ("operations", "Get"),
    "In": ("shapes", "In"),
    "Text": ("shapes", "Text"),
}
TRAITS = [
    ("metadata", {"awsQueryCompatible": {}}),
    ("metadata", {"jsonVersion": "1.0"}),
    ("metadata", {"signatureVersion": "v4a"}),
    ("Get", {"endpoint": {"hostPrefix": "data."}}),
    ("Get", {"httpChecksum": {}}),
    ("Get", {"requestcompression": {"encodings": ["gzip"]}}),
    ("Get", {"http": {"method": "GET", "requestUri": "/things"}}),
    ("Get", {"authtype": "v4-unsigned-body"}),
    ("In", {"document": True}),
    ("In", {"eventstream": True}),
    ("Text", {"streaming": True}),
    ("Text", {"timestampFormat": "iso8601"}),
]
MEMBER_TRAITS: list[dict[str, Any]] = [
    {"jsonvalue": True},
    {"idempotencyToken": True},
    {"hostLabel": True},
    {"locationName": "items"},
    {"location": "header"},
]


def _changed(*path: Any, **facts: Any) -> dict[str, Any]:
    model = copy.deepcopy(MODEL)
    place = model
    for part in path:
        place = place[part]
    place |= facts
    return model


def test_known_traits_pass() -> None:
    """A model with traits that are implemented passes, in either protocol."""
    check_traits(MODEL, "json")
    check_traits(_changed("shapes", "In", "members", "Items", locationName="items"), "query")


@pytest.mark.parametrize(("name", "facts"), TRAITS)
def test_unknown_trait_stops_the_generator(name: str, facts: dict[str, Any]) -> None:
    """The error names the service's metadata, operation or shape, and the trait."""
    with pytest.raises(ValueError, match=f"^{name} has {next(iter(facts))}"):
        check_traits(_changed(*PLACES[name], **facts), "json")


@pytest.mark.parametrize("facts", MEMBER_TRAITS)
@pytest.mark.parametrize(
    ("owner", "path"),
    [
        ("In", ("shapes", "In", "members", "Items")),
        ("Items", ("shapes", "Items", "member")),
        ("Get", ("operations", "Get", "input")),
    ],
)
def test_unknown_trait_of_a_reference_stops_the_generator(
    owner: str, path: tuple[str, ...], facts: dict[str, Any]
) -> None:
    """Traits of members, items and inputs are checked, too."""
    with pytest.raises(ValueError, match=f"^{owner} has {next(iter(facts))}"):
        check_traits(_changed(*path, **facts), "json")
