"""Empty lists in requests: the emulator refuses those that AWS refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.emulators import boto3_client
from wsclient._core.model.shapes import Shape, ShapeKind, structure_members
from wsclient._generated.sts.operations import OPERATIONS as STS
from wsclient._generated.workspaces.operations import OPERATIONS as WORKSPACES
from wsclient.errors import ServiceError
from wsclient.testing import Emulator
from wsclient.testing._protocols.request_reader import compile_pattern, read_request

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = (
    "ws-0123456789",
    "d-0123456789",
    "wsb-012345678",
    "wsi-012345678",
    "wsipg-012345678",
    "wsca-012345678",
    "wspool-012345678",
    "wsa-012345678",
    "subnet-01234567",
    "203.0.113.0/24",
    "us-west-2",
    "ami-01234567",
    "123456789012",
    "https://example.com/path",
    "RS256",
    "arn:aws:iam::123456789012:role/name",
    "plain-text",
)


def _required_lists() -> Iterator[tuple[str, str]]:
    for operation in (*WORKSPACES.values(), *STS.values()):
        for member in structure_members(operation.input):
            if member.required and member.shape.kind is ShapeKind.LIST:
                yield operation.name, member.name


@pytest.mark.parametrize(("name", "member"), [*_required_lists()])
def test_an_empty_list_that_is_required_is_refused(name: str, member: str) -> None:
    """Every list that an operation requires is refused with HTTP 400 when it is empty; a group's new rules may be."""
    operation = {**WORKSPACES, **STS}[name]
    values = {item.name: _example(item.shape) for item in structure_members(operation.input) if item.required}
    read_request(operation, values)
    if (name, member) == ("UpdateRulesOfIpGroup", "UserRules"):
        read_request(operation, {**values, member: []})
        return
    with pytest.raises(ServiceError) as refused:
        read_request(operation, {**values, member: []})
    assert refused.value.code in {"ValidationException", "ValidationError", "InvalidParameterValuesException"}
    assert member.lower() in str(refused.value).lower()


def _example(shape: Shape) -> Any:
    """Return a value within the limits of a shape; its patterns are found by name."""
    if shape.kind is ShapeKind.LIST and shape.item is not None:
        return [_example(shape.item)]
    if shape.structure is not None:
        return {member.name: _example(member.shape) for member in structure_members(shape.structure) if member.required}
    if shape.kind is ShapeKind.STRING:
        texts = (*shape.values, *EXAMPLES)
        return next(
            text
            for text in texts
            if (shape.limits.minimum or 0) <= len(text) <= (shape.limits.maximum or len(text))
            and (not shape.limits.pattern or compile_pattern(shape.limits.pattern).fullmatch(text))
        )
    return {ShapeKind.INTEGER: 80, ShapeKind.BOOLEAN: True, ShapeKind.BLOB: b"x" * 8}.get(shape.kind, 1)


def test_disassociating_no_group_is_http_400() -> None:
    """boto3 gets HTTP 400 for DisassociateIpGroups without groups, as from AWS."""
    with Emulator() as aws:
        ws = boto3_client(aws, "workspaces")
        with pytest.raises(ws.exceptions.InvalidParameterValuesException) as refused:
            ws.disassociate_ip_groups(DirectoryId=aws.directory_id, GroupIds=[])
        response: Any = refused.value.response
        assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
        assert (
            ws.update_rules_of_ip_group(GroupId=ws.create_ip_group(GroupName="g")["GroupId"], UserRules=[])[
                "ResponseMetadata"
            ]["HTTPStatusCode"]
            == 200
        )
