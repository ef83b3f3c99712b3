"""Matching of actions and resources.

"IAM JSON policy elements: Action",
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html; "IAM JSON policy elements:
Resource", https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from wsclient.policy._actions import RESOURCE_TYPES_BY_ACTION, WITHOUT_RESOURCE
from wsclient.policy._request import Request, Resolved, Template, ascii_lower, split_sections
from wsclient.policy._tristate import Tristate, any_listed
from wsclient.policy._wildcards import Token, Wildcard, matches, matches_start, section_tokens, string_tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

ARN_PARTS: Final = 6
"""Number of parts of an ARN, of which the last may contain colons."""
_SERVICE_SECTION: Final = 2
_CREATE: Final = "workspaces:create"
_TYPES: Final = {f"workspaces:{action}".lower(): types for action, types in RESOURCE_TYPES_BY_ACTION.items()}
_WITHOUT: Final = frozenset(f"workspaces:{action}".lower() for action in WITHOUT_RESOURCE)


class Scope(Enum):
    """Resources that an evaluation concerns."""

    RESOURCE = "the resource with the ARN"
    NO_RESOURCE = "an action without resource-level permissions"
    ANY_RESOURCE = "an action on a resource that the caller does not name"
    SEVERAL = "the resources that a text with wildcards stands for"
    UNCLEAR = "an action and a resource that do not belong together"


def action_matches(patterns: Sequence[str], action: str) -> Tristate:
    """Return whether a pattern matches an action such as workspaces:StartWorkspaces; case-insensitive."""
    return any_listed(_action_matches(ascii_lower(pattern), ascii_lower(action)) for pattern in patterns)


@lru_cache(maxsize=1024)  # a policy is evaluated for many calls, and names the same actions in each of them
def _action_matches(pattern: str, action: str) -> Tristate:
    if _is_everything(pattern) or pattern == action:
        return True
    if not (pattern.isascii() and action.isascii()):
        return None  # no action's name has such letters, and IAM documents no meaning for them
    service, colon, name = action.partition(":")
    if not colon or has_wildcard(action) or "${" in pattern:
        return None  # IAM has no variables in Action, and documents no meaning for them
    wanted_service, wanted_colon, wanted_name = pattern.partition(":")
    if not wanted_colon or has_wildcard(wanted_service):
        # IAM accepts wildcards in the action's name only.
        return None if matches(string_tokens(pattern), action) else False
    return wanted_service == service and matches(string_tokens(wanted_name), name)


def scope_of(action: str, resource: str) -> Scope:
    """Return what a call is about: IAM ignores a resource for an action without resource-level permissions."""
    name = ascii_lower(action)
    if name in _WITHOUT:
        return Scope.NO_RESOURCE
    if resource == "*":
        return Scope.ANY_RESOURCE
    parts = resource.split(":", ARN_PARTS - 1)
    types = _TYPES.get(name)
    if len(parts) != ARN_PARTS or parts[0] != "arn":
        return Scope.UNCLEAR
    if types is not None and (parts[2] != "workspaces" or parts[5].partition("/")[0] not in types):
        return Scope.UNCLEAR
    # AWS names a resource that does not exist yet workspace/*.
    is_new = name.startswith(_CREATE) and not has_wildcard(resource.removesuffix("/*"))
    return Scope.SEVERAL if has_wildcard(resource) and not is_new else Scope.RESOURCE


def resource_matches(patterns: Sequence[str], resource: str, scope: Scope, request: Request) -> Tristate:
    """Return whether a pattern matches a resource's ARN, or * for a call without a resource; case-sensitive."""
    return any_listed(
        True if _is_everything(pattern) else _resource_matches(pattern, resource, scope, request)
        for pattern in patterns
    )


def _resource_matches(pattern: str, resource: str, scope: Scope, request: Request) -> Tristate:
    if scope is Scope.NO_RESOURCE:
        # Such an action needs Resource "*"; a text like "?" or "${…}" is not an ARN, and has no documented meaning.
        return False if ":" in pattern and not pattern.startswith("${") else None
    if scope not in {Scope.RESOURCE, Scope.SEVERAL}:
        return None
    template = request.template(pattern)
    sections = split_sections(template, ARN_PARTS) if template is not None else []
    leading = sections[: ARN_PARTS - 1]
    # IAM: variables only after the fifth colon.
    if template is None or any(not isinstance(part, str) for section in leading for part in section):
        return None
    resolved = request.resolve(template)
    if resolved is None:
        return None
    is_match = matches(_arn_tokens(sections, request), resource)
    # IAM accepts ARNs without a wildcard in the service only.
    is_irregular = sections[0] != ("arn",) or has_wildcard(_texts(sections[_SERVICE_SECTION : _SERVICE_SECTION + 1]))
    tokens = tokens_of(resolved)
    if scope is Scope.SEVERAL:
        # A run that matches the wildcards as text matches whatever they stand for; nothing else does.
        start = re.split(r"[*?]", resource, maxsplit=1)[0]
        is_match = is_match and not {Wildcard.ONE, "*", "?"} & set(tokens)
        is_possible = matches_start(tokens, start)
    else:
        # Whether a * within a section, or a ?, reaches over a colon is not documented.
        is_possible = matches(tokens, resource)
    return True if is_match and not is_irregular else None if is_possible else False


def _arn_tokens(sections: Sequence[Template], request: Request) -> list[Token]:
    """Return the tokens of a resource pattern.

    A wildcard stays within its section, except in the resource part and for a * at the end of a section.
    """
    tokens: list[Token] = []
    for number, section in enumerate(sections):
        if number == ARN_PARTS - 1:
            return tokens + tokens_of(request.resolve(section) or ())
        text = _texts([section])
        tail = len(text.rstrip("*"))
        tokens += section_tokens(text[:tail]) + string_tokens(text[tail:])
        if number + 1 < len(sections):
            tokens.append(":")
    return tokens


def tokens_of(resolved: Resolved) -> list[Token]:
    """Return the tokens of a text whose wildcards match any character."""
    tokens: list[Token] = []
    for part in resolved:
        tokens += string_tokens(part) if isinstance(part, str) else list(part.text)
    return tokens


def _texts(sections: Sequence[Template]) -> str:
    """Return leading sections as text."""
    return "".join(part for section in sections for part in section if isinstance(part, str))


def has_wildcard(text: str) -> bool:
    """Return whether a text contains * or ?."""
    return "*" in text or "?" in text


def _is_everything(pattern: str) -> bool:
    return bool(pattern) and not pattern.strip("*")
