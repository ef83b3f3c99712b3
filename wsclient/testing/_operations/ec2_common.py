"""Parts that the operations of EC2 share: errors, filters, pages, tags, and the state that a call sees."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final, NoReturn, TypeVar

from wsclient._core.errors import ServiceError
from wsclient._generated.ec2 import structures as s
from wsclient.testing._operations.pagination import paginate
from wsclient.testing._state.vpc_endpoints import region_partition

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wsclient.testing._operations.handler import Call
    from wsclient.testing._operations.pagination import Paged

T = TypeVar("T")
FilterValues = dict[str, "Sequence[str | bool | None]"]
"""Values of a resource that filters compare, by the filter's name."""

MAX_PAGE: Final = 1000
DRY_RUN_STATUS: Final = 412


class InvalidNextTokenError(ServiceError):
    """EC2's error for a page token of another request."""

    code = "InvalidNextToken"


def fail(code: str, message: str, status: int = 400) -> NoReturn:
    """Raise an error of EC2."""
    raise ServiceError(message, code=code, status=status)


def check_dry_run(is_dry_run: bool | None) -> None:  # noqa: FBT001 - AWS's own flag
    """Raise DryRunOperation, which says that the call is permitted, for a dry run."""
    if is_dry_run:
        fail("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", DRY_RUN_STATUS)


def describe(
    call: Call,
    request: Paged,
    resources: Mapping[str, T],
    filter_values: Callable[[T], FilterValues],
    *,
    ids: Sequence[str] | None,
    filters: Sequence[s.Filter] | None,
    missing: str,
    limit: int | None,
) -> tuple[list[T], str | None]:
    """Return a page of the resources with these ids that pass all filters; missing is the error code of an id.

    Values of a filter may have the wildcards * and ?. "List and filter using the CLI and API",
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
    """
    if limit is not None and limit < 0:
        fail("InvalidParameterValue", f"Value ( {limit} ) for parameter maxResults is invalid")
    for resource_id in ids or ():
        if resource_id not in resources:
            fail(missing, f"The ID '{resource_id}' does not exist")
    found = {key: item for key, item in resources.items() if not ids or key in ids}
    for item in filters or ():
        found = {key: each for key, each in found.items() if _passes(item, filter_values(each))}
    return paginate(call, request, found, limit=limit, max_size=MAX_PAGE, error_type=InvalidNextTokenError)


def _passes(item: s.Filter, values: FilterValues) -> bool:
    name = item.name or ""
    if name not in values:
        if name.startswith("tag:"):
            return False
        fail("InvalidParameterValue", f"The filter '{name}' is invalid")
    texts = [_text(value) for value in values[name] if value is not None]
    return any(fnmatchcase(text, wanted) for wanted in item.values or () for text in texts)


def _text(value: str | bool) -> str:  # noqa: FBT001 - booleans are true and false in filters
    return str(value).lower() if isinstance(value, bool) else value


def tag_filters(tags: Mapping[str, str]) -> FilterValues:
    """Return the values of the filters tag:KEY and tag-key."""
    return {**{f"tag:{key}": [value] for key, value in tags.items()}, "tag-key": list(tags)}


def to_tags(tags: Mapping[str, str]) -> list[s.Tag]:
    """Return tags as EC2 lists them."""
    return [s.Tag(key=key, value=value) for key, value in tags.items()]


def arn(call: Call, resource: str, account_id: str | None = None) -> str:
    """Return the ARN of a resource of EC2, "subnet/subnet-…", in the region of a call."""
    region = call.store.region
    return f"arn:{region_partition(region).id}:ec2:{region}:{account_id or call.store.account_id}:{resource}"


def zone_id(region: str, letter: str) -> str:
    """Return the id of a zone: usw2-az1 for us-west-2 and "a". In the emulator every account has the same order."""
    area, *middle, number = region.split("-")
    initials = "".join(initial for word in middle for initial in _initials(word))
    return f"{area}{initials}{number}-az{ord(letter) - ord('a') + 1}"


def _initials(word: str) -> list[str]:
    parts = [part for part in ("north", "south", "east", "west", "central") if part in word]
    return [part[0] for part in sorted(parts, key=word.index)] or [word[0]]
