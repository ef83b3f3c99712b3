"""Request validation against the service model's limits, with AWS's messages."""

from __future__ import annotations

import re
import warnings
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wsclient._core.model.operations import Effect, Operation
from wsclient._core.model.shapes import Shape, ShapeKind, plain, structure_members
from wsclient._core.model.structures import Input, Output, Timestamp
from wsclient._core.service_errors import SerializationException, ValidationException
from wsclient._core.utils import is_list, is_mapping
from wsclient._generated.sts.service import SERVICE as STS
from wsclient._generated.workspaces import structures as s
from wsclient._generated.workspaces.errors import InvalidParameterValuesException
from wsclient._generated.workspaces.service import SERVICE as WORKSPACES
from wsclient.testing._protocols.request_reader import compile_pattern, read_request

if TYPE_CHECKING:
    from wsclient._core.model.operations import AnyOperation
    from wsclient._core.model.structures import Structure

OPERATIONS = {**WORKSPACES.operations, **STS.operations}


def refusal(operation: str, values: dict[str, object]) -> str:
    """Return the message of the ValidationException that a request raises."""
    with pytest.raises(ValidationException) as refused:
        read_request(OPERATIONS[operation], values)
    return refused.value.message


def shapes_below(kind: type[Structure], seen: set[type[Structure]]) -> list[Shape]:
    """Return every shape of a structure's members, those of nested structures too."""
    if kind in seen:
        return []
    seen.add(kind)
    found: list[Shape] = []
    for member in structure_members(kind):
        shape: Shape | None = member.shape
        while shape is not None:
            found.append(shape)
            if shape.structure is not None:
                found += shapes_below(shape.structure, seen)
            shape = shape.item
    return found


@pytest.mark.parametrize(
    ("operation", "values", "message"),
    [
        ("CreateWorkspaces", {}, "Value null at 'workspaces' failed to satisfy constraint: Member must not be null"),
        ("CreateWorkspaces", {"Workspaces": []}, "Member must have length greater than or equal to 1"),
        ("DescribeWorkspaces", {"WorkspaceIds": ["ws-123456789"] * 26}, "length less than or equal to 25"),
        ("DescribeWorkspaces", {"Limit": 26}, "Value '26' at 'limit' failed to satisfy constraint: "),
        ("DescribeWorkspaces", {"Limit": 0}, "value greater than or equal to 1"),
        ("DescribeWorkspaces", {"UserName": "u" * 64}, "length less than or equal to 63"),
        ("DescribeWorkspaces", {"BundleId": "b"}, r"regular expression pattern: ^wsb-[0-9a-z]{8,63}$"),
        (
            "ModifyWorkspaceState",
            {"WorkspaceId": "ws-123456789", "WorkspaceState": "STOPPED"},
            "'workspaceState' failed to satisfy constraint: Member must satisfy enum value set: [AVAILABLE, ",
        ),
        ("CreateWorkspaces", {"Workspaces": [{"UserName": "a"}]}, "Value null at 'workspaces.1.member.directoryId'"),
        ("CreateTags", {"ResourceId": "x", "Tags": [{"Key": "k" * 128}]}, "'tags.1.member.key' failed"),
    ],
)  # fmt: skip
def test_model_limits_are_validated(operation: str, values: dict[str, object], message: str) -> None:
    """A violated limit raises ValidationException with the member's path, the value and the limit."""
    assert message in refusal(operation, values)


def test_all_violations_are_in_one_message() -> None:
    """Several violations are reported in one message, with their number."""
    text = refusal("DescribeWorkspaces", {"Limit": 99, "WorkspaceIds": ["x", "ws-123456789", "y"]})
    assert text.startswith("3 validation errors detected: ")
    assert "'workspaceIds.3.member'" in text


def test_validation_message_size_is_bounded() -> None:
    """An oversized list is rejected without validating its items, and a message lists a bounded number of errors."""
    text = refusal("DescribeWorkspaces", {"WorkspaceIds": ["x"] * 100_000})
    assert text.startswith("1 validation error detected: Value '[100000 items]'")
    item = {"DirectoryId": "x", "UserName": "", "BundleId": "x"}
    text = refusal("CreateWorkspaces", {"Workspaces": [item] * 25})
    assert text.startswith("50 validation errors detected: ")


def test_sensitive_value_is_not_repeated_in_an_error() -> None:
    """The value of a member that the model calls sensitive is in no error."""
    text = refusal("GetSessionToken", {"TokenCode": "hunter2"})
    assert "'tokenCode' failed to satisfy constraint" in text
    assert "hunter2" not in text


def test_long_value_is_shortened_in_an_error() -> None:
    """An error stays short, whatever was sent."""
    assert len(refusal("DescribeWorkspaces", {"UserName": "u" * 100_000})) < 400


@pytest.mark.parametrize(
    ("operation", "values"),
    [
        ("DescribeWorkspaces", {"Limit": "1"}),
        ("DescribeWorkspaces", {"Limit": True}),
        ("DescribeWorkspaces", {"Limit": 1.5}),
        ("DescribeWorkspaces", {"WorkspaceIds": "ws-123456789"}),
        ("DescribeWorkspaces", {"WorkspaceIds": [None]}),
        ("DescribeWorkspaces", {"DirectoryId": {}}),
        ("CreateWorkspaces", {"Workspaces": ["x"]}),
        ("RegisterWorkspaceDirectory", {"EnableSelfService": "true"}),
        ("ImportClientBranding", {"ResourceId": "x", "DeviceTypeWindows": {"Logo": "no base64"}}),
        ("ImportClientBranding", {"ResourceId": "x", "DeviceTypeWindows": {"LoginMessage": ["x"]}}),
    ],
)
def test_a_value_of_the_wrong_type_is_a_serialization_error(operation: str, values: dict[str, object]) -> None:
    """Values are not converted: a string is not a number, and neither is a boolean."""
    with pytest.raises(SerializationException, match=r"can not be converted to|is not valid base64"):
        read_request(OPERATIONS[operation], values)


def test_maps_and_blobs_are_parsed() -> None:
    """Blobs may come as base64 or as bytes, and the entries of a map are held to its limits."""
    members: dict[str, object] = {
        "ResourceId": "d-1234567890",
        "DeviceTypeWindows": {"Logo": "AAEC", "LoginMessage": {"en_US": "hello"}},
        "DeviceTypeLinux": {"Logo": b"\x00\x01\x02"},
    }
    request = read_request(OPERATIONS["ImportClientBranding"], members)
    assert isinstance(request, s.ImportClientBrandingRequest)
    assert request.device_type_windows is not None
    assert request.device_type_linux is not None
    assert request.device_type_windows.logo == request.device_type_linux.logo == b"\x00\x01\x02"
    assert request.device_type_windows.login_message == {"en_US": "hello"}
    text = refusal(
        "ImportClientBranding", {"ResourceId": "x", "DeviceTypeWindows": {"LoginMessage": {"english": "hello"}}}
    )
    assert "loginMessage.key" in text
    empty = refusal("ImportClientBranding", {"ResourceId": "x", "DeviceTypeWindows": {"Logo": b""}})
    assert "Value at 'deviceTypeWindows.logo'" in empty


class WithATime(Input, frozen=True, kw_only=True):
    """A request with a timestamp member, which the model's requests do not have yet."""

    at: Timestamp | None = None


def test_times_are_parsed_from_numbers_and_datetimes() -> None:
    """Seconds since 1970 and instants are the same time; a number beyond all time is refused."""
    operation = Operation(name="X", input=WithATime, output=Output, effect=Effect.READ)
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    for value in (at, at.timestamp()):
        assert read_request(operation, {"At": value}) == WithATime(at=at)
    for wrong in (1e300, "2026-03-01", True):
        with pytest.raises(SerializationException):
            read_request(operation, {"At": wrong})


def test_null_is_absent_and_unknown_members_are_ignored() -> None:
    """A member that is null, or newer than the model, is as if it were not there."""
    request = read_request(OPERATIONS["DescribeWorkspaces"], {"Limit": None, "NewerThanTheModel": 1})
    assert request == s.DescribeWorkspacesRequest()


def test_every_model_pattern_compiles() -> None:
    """Each pattern of each request compiles here, without a warning, although AWS writes them for Java."""
    seen: set[type[Structure]] = set()
    patterns = {
        shape.limits.pattern
        for operation in OPERATIONS.values()
        for shape in shapes_below(operation.input, seen)
        if shape.limits.pattern
    }
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert all(isinstance(compile_pattern(pattern), re.Pattern) for pattern in patterns)
    assert len(patterns) > 50
    assert compile_pattern(r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+").fullmatch("Équipe 7")


def values_of(operation: AnyOperation) -> st.SearchStrategy[dict[str, object]]:
    """Return plain values of the right kinds for an operation, in or out of the limits."""
    kinds: dict[ShapeKind, st.SearchStrategy[object]] = {
        ShapeKind.STRING: st.text(max_size=70),
        ShapeKind.INTEGER: st.integers(-5, 100_000),
        ShapeKind.FLOAT: st.floats(allow_nan=False),
        ShapeKind.BOOLEAN: st.booleans(),
        ShapeKind.BLOB: st.binary(max_size=5),
        ShapeKind.TIMESTAMP: st.integers(0, 2**33),
    }

    def of(shape: Shape, depth: int) -> st.SearchStrategy[object]:
        if shape.structure is not None:
            return structure(shape.structure, depth - 1)
        if shape.item is None:
            return kinds[shape.kind]
        if shape.kind is ShapeKind.MAP:
            return st.dictionaries(st.text(max_size=5), of(shape.item, depth), max_size=2).map(dict)
        return st.lists(of(shape.item, depth), max_size=3).map(list)

    def structure(kind: type[Structure], depth: int) -> st.SearchStrategy[object]:
        members = {member.name: of(member.shape, depth) for member in structure_members(kind)} if depth > 0 else {}
        return st.fixed_dictionaries({}, optional=members)

    return cast("st.SearchStrategy[dict[str, object]]", structure(operation.input, 4))


def _without_stand_ins(shape: Shape, value: object) -> object:
    """Return a value without the empty texts of required members."""
    if shape.structure is not None and is_mapping(value):
        known = {member.name: member for member in structure_members(shape.structure)}
        members = ((known[cast("str", name)], item) for name, item in value.items())
        return {
            member.name: _without_stand_ins(member.shape, item)
            for member, item in members
            if not (member.required and item == "")
        }
    if shape.item is not None and is_mapping(value):
        return {name: _without_stand_ins(shape.item, item) for name, item in value.items()}
    return [_without_stand_ins(shape.item, item) for item in value] if shape.item and is_list(value) else value


def test_empty_required_structure_is_accepted() -> None:
    """ClientProperties without members is parsed and serialized unchanged."""
    values: dict[str, object] = {"ResourceId": "d-1", "ClientProperties": {}}
    assert plain(read_request(OPERATIONS["ModifyClientProperties"], values)) == values


@settings(max_examples=150)
@given(st.data())
def test_parsed_request_round_trips_or_is_rejected(data: st.DataObject) -> None:
    """For values of the right types, the parsed request serializes to the same values, or AWS's error says why not.

    Except that an empty text of a required member is left out, as the stand-in for an absent one.
    """
    operation = OPERATIONS[data.draw(st.sampled_from(sorted(OPERATIONS)))]
    values = data.draw(values_of(operation))
    try:
        request = read_request(operation, values)
    except (ValidationException, InvalidParameterValuesException) as refused:
        reasons = ("failed to satisfy constraint", "must not be empty")
        outcome: object = any(reason in refused.message for reason in reasons)
        expected: object = True
    else:
        whole = Shape(kind=ShapeKind.STRUCTURE, structure=operation.input)
        outcome, expected = plain(request), _without_stand_ins(whole, values)
    assert outcome == expected
