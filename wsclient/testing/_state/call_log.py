"""The log of calls that tests assert on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from wsclient._core.model.shapes import members_of
from wsclient._core.utils import is_list, is_mapping

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from wsclient._core.model.operations import AnyOperation
    from wsclient._core.model.shapes import Shape
    from wsclient._core.model.structures import Structure
    from wsclient.endpoints._types import EndpointKind

REMOVED: Final = "(removed)"
"""What stands in the place of a secret."""
_SECRETS: Final = frozenset({"ContextAssertion", "EncodedMessage"})
"""Members that hold proofs, although the models do not say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """One request that reached the emulator, and how it ended.

    host is the name it was sent to, endpoint what kind of endpoint that is (None for none), vpc_endpoint the id of the
    VPC endpoint that it came through. account, caller (an ARN) and region are None when the request was not
    authenticated. parameters are the request's members in AWS's names, without secrets, and without what the model does
    not know. error is the code that was answered, None for a success, and failures are the codes of FailedRequests in
    a success, by WorkSpace id, or by "directory/user" where there is none; status is the answer's, at the emulator's
    time; fault is the mark of what went wrong on purpose.
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
    """Return the codes of the items that an answer says have failed."""
    failed = result.get("FailedRequests")
    entries = [entry for entry in failed if is_mapping(entry)] if is_list(failed) else []
    return {_failed_item(entry): str(entry.get("ErrorCode")) for entry in entries}


def _failed_item(entry: Mapping[object, object]) -> str:
    asked = entry.get("WorkspaceRequest")
    if is_mapping(asked):
        return f"{asked.get('DirectoryId')}/{asked.get('UserName')}"
    return str(entry.get("WorkspaceId"))


def redact_parameters(operation: AnyOperation | None, values: Mapping[str, object]) -> dict[str, object]:
    """Return a request's members as the log may hold them: of an operation that is not known, none."""
    return _members(operation.input, values) if operation is not None else {}


def _members(kind: type[Structure], values: Mapping[str, object]) -> dict[str, object]:
    return {
        member.name: REMOVED
        if member.sensitive or member.name in _SECRETS
        else _value(member.shape, values[member.name])
        for member in members_of(kind)
        if values.get(member.name) is not None
    }


def _value(shape: Shape, value: object) -> object:
    if shape.structure is not None:
        return _members(shape.structure, {str(name): one for name, one in value.items()}) if is_mapping(value) else None
    item = shape.item
    if item is None:
        return value
    if is_list(value):
        return [_value(item, one) for one in value]
    return {str(name): _value(item, one) for name, one in value.items()} if is_mapping(value) else None
