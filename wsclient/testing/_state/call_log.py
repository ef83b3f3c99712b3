"""Log of the calls that the emulator received, for the assertions of tests. It holds no secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from wsclient._core.model.shapes import structure_members
from wsclient._core.utils import is_list, is_mapping
from wsclient.endpoints._types import EndpointKind

if TYPE_CHECKING:
    from wsclient._core.model.operations import AnyOperation
    from wsclient._core.model.shapes import Shape
    from wsclient._core.model.structures import Structure

REMOVED: Final = "(removed)"
"""Replacement of a secret value."""
_SECRETS: Final = frozenset({"ContextAssertion", "EncodedMessage"})
"""Members that hold secrets, although AWS's models do not mark them as sensitive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """Record of one request that the emulator received, with its outcome.

    host is the host name of the request, endpoint the type of its endpoint (None for a host name that is not an
    endpoint of AWS), vpc_endpoint the id of the VPC endpoint that the request used. account, caller (an ARN) and region
    are None if the request was not authenticated. parameters are the members of the request under AWS's names; secrets
    are replaced by "(removed)", and members that the model does not define are left out.

    error is the error code of the response, None for a success. failures are the error codes of FailedRequests in a
    success, by WorkSpace id, or by "directory/user" for a WorkSpace without an id. status is the HTTP status of the
    response, at the time of the call by the emulator's clock. fault is the mark of the injected faults, such as
    "HTTP 502".
    """

    service: str
    operation: str
    account: str | None
    region: str | None
    request_id: str
    error: str | None
    host: str
    endpoint: EndpointKind | None
    vpc_endpoint: str | None
    caller: str | None
    status: int
    at: datetime
    fault: str | None = None
    parameters: Mapping[str, object] = field(default_factory=dict[str, object])
    failures: Mapping[str, str] = field(default_factory=dict[str, str])


def failed_items(result: Mapping[str, object]) -> dict[str, str]:
    """Return the error codes of the failed items of a response, by item."""
    failed = result.get("FailedRequests")
    entries = [entry for entry in failed if is_mapping(entry)] if is_list(failed) else []
    return {_failed_item(entry): str(entry.get("ErrorCode")) for entry in entries}


def _failed_item(entry: Mapping[object, object]) -> str:
    request = entry.get("WorkspaceRequest")
    if is_mapping(request):
        return f"{request.get('DirectoryId')}/{request.get('UserName')}"
    return str(entry.get("WorkspaceId"))


def redact_parameters(operation: AnyOperation | None, values: Mapping[str, object]) -> dict[str, object]:
    """Return the members of a request without secrets; an empty dict for an unknown operation."""
    return _members(operation.input, values) if operation is not None else {}


def _members(structure: type[Structure], values: Mapping[str, object]) -> dict[str, object]:
    return {
        member.name: REMOVED
        if member.sensitive or member.name in _SECRETS
        else _value(member.shape, values[member.name])
        for member in structure_members(structure)
        if values.get(member.name) is not None
    }


def _value(shape: Shape, value: object) -> object:
    if shape.structure is not None:
        return (
            _members(shape.structure, {str(name): member for name, member in value.items()})
            if is_mapping(value)
            else None
        )
    item = shape.item
    if item is None:
        return value
    if is_list(value):
        return [_value(item, element) for element in value]
    return {str(key): _value(item, element) for key, element in value.items()} if is_mapping(value) else None
