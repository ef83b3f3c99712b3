"""Operations of tags, and the tags of new resources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._generated.workspaces import operations as ops
from wsclient._generated.workspaces import structures as s
from wsclient._generated.workspaces.errors import (
    InvalidParameterValuesException,
    ResourceLimitExceededException,
    ResourceNotFoundException,
)
from wsclient.testing._operations.handler import Call, HandlerTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wsclient.testing._state.store import Store

operations = HandlerTable()

MAX_TAGS = 50
"""Maximum tags of a resource."""


@operations.emulates(ops.CREATE_TAGS)
def create_tags(call: Call, request: s.CreateTagsRequest) -> s.CreateTagsResult:
    """Add tags to a resource; a tag replaces a tag of the same key."""
    tags = _resource_tags(call.store, request.resource_id)
    call.store.tags[request.resource_id] = merge_tags(tags, request.tags)
    return s.CreateTagsResult()


@operations.emulates(ops.DELETE_TAGS)
def delete_tags(call: Call, request: s.DeleteTagsRequest) -> s.DeleteTagsResult:
    """Remove tags from a resource; an unknown key is not an error."""
    tags = _resource_tags(call.store, request.resource_id)
    call.store.tags[request.resource_id] = {key: tags[key] for key in tags if key not in request.tag_keys}
    return s.DeleteTagsResult()


@operations.emulates(ops.DESCRIBE_TAGS)
def describe_tags(call: Call, request: s.DescribeTagsRequest) -> s.DescribeTagsResult:
    """List a resource's tags."""
    tags = _resource_tags(call.store, request.resource_id)
    return s.DescribeTagsResult(tag_list=[s.Tag(key=key, value=value) for key, value in tags.items()])


def tag_new_resource(store: Store, resource_id: str, tags: Sequence[s.Tag] | None) -> None:
    """Validate and set the tags of a new resource. Raises the errors of CreateTags before it changes the store."""
    if tags:
        merge_tags({}, tags)
        set_tags(store, resource_id, tags)


def set_tags(store: Store, resource_id: str, tags: Sequence[s.Tag] | None) -> None:
    """Set the tags of a new resource. The caller must have validated them."""
    if tags:
        store.tags[resource_id] = {tag.key or "": tag.value or "" for tag in tags}


def merge_tags(tags: dict[str, str], added: Sequence[s.Tag]) -> dict[str, str]:
    """Return the tags with the added tags. Raises the errors of CreateTags."""
    if any((tag.key or "").lower().startswith("aws:") for tag in added):
        raise InvalidParameterValuesException("Tag keys that start with 'aws:' are reserved for AWS.")
    combined = tags | {tag.key or "": tag.value or "" for tag in added}
    if len(combined) > MAX_TAGS:
        raise ResourceLimitExceededException(f"A resource can have at most {MAX_TAGS} tags.")
    return combined


def _resource_tags(store: Store, resource_id: str) -> dict[str, str]:
    if not store.has_resource(resource_id):
        raise ResourceNotFoundException(
            "The specified resource could not be found.", details={"ResourceId": resource_id}
        )
    return store.tags.get(resource_id, {})
