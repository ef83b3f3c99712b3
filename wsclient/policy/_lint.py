"""Lint checks of a well-formed policy document: probable mistakes, reported as findings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, Literal

from wsclient.policy._actions import (
    ACTIONS,
    CONDITION_KEYS,
    DEPENDENT_ACTIONS,
    RESOURCE_TYPES,
    RESOURCE_TYPES_BY_ACTION,
    WITHOUT_RESOURCE,
)
from wsclient.policy._documents import Document, Effect, Principals, Statement
from wsclient.policy._operators import OPERATORS
from wsclient.policy._principals import parse_identity
from wsclient.policy._resources import ARN_PARTS, action_matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

PREFIX: Final = "workspaces:"
ACCOUNT: Final = re.compile(r"\d{12}")
QUALIFIERS: Final = ("ForAllValues:", "ForAnyValue:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Probable mistake in a policy: its severity, the path of the member, a message, and similar known names."""

    severity: Literal["error", "warning"]
    path: str
    message: str
    near: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the finding as one line."""
        hint = f"; did you mean {' or '.join(self.near)}?" if self.near else ""
        return f"{self.severity}: {self.path}: {self.message}{hint}"


def lint_document(document: Document) -> tuple[Finding, ...]:
    """Return the findings about a document, errors first."""
    findings = list(_check_document(document))
    for number, statement in enumerate(document.statements):
        where = f"Statement[{number}]"
        for check in (
            _check_actions,
            _check_resources,
            _check_reachability,
            _check_principals,
            _check_conditions,
            _check_dependent_actions,
        ):
            findings += check(statement, where)
    return tuple(sorted(findings, key=lambda finding: finding.severity))


def _check_document(document: Document) -> Iterator[Finding]:
    if document.version is None:
        yield _warning(
            "Version", 'is missing, so variables such as ${aws:username} are plain text; set it to "2012-10-17"'
        )
    if not document.statements:
        yield _warning("Statement", "is empty, so the policy allows nothing")


def _check_actions(statement: Statement, where: str) -> Iterator[Finding]:
    for name, patterns in (("Action", statement.actions), ("NotAction", statement.not_actions)):
        for text in patterns or ():
            path = f"{where}.{name}"
            if text == "*" or (":" in text and not text.lower().startswith(PREFIX) and "*" not in text.split(":")[0]):
                continue  # all actions, or those of another service, which this module has no list of
            if ":" not in text:
                yield _error(path, f"{text} lacks the service prefix: write {PREFIX}{text}")
            elif not any(action_matches([text], PREFIX + action) for action in ACTIONS):
                name_part = text.partition(":")[2]
                matches = get_close_matches(name_part, ACTIONS, n=3)
                yield _warning(
                    path, f"{text} is not an action of Amazon WorkSpaces", [PREFIX + action for action in matches]
                )


def _check_resources(statement: Statement, where: str) -> Iterator[Finding]:
    for name, patterns in (("Resource", statement.resources), ("NotResource", statement.not_resources)):
        for text in patterns or ():
            yield from _check_arn(text, f"{where}.{name}")


def _check_arn(text: str, path: str) -> Iterator[Finding]:
    if text == "*" or "${" in text:
        return
    parts = text.split(":", ARN_PARTS - 1)
    if len(parts) != ARN_PARTS or parts[0] != "arn":
        yield _error(path, f"{text!r:.120} is neither * nor an ARN of six parts")
        return
    if parts[2] not in {"workspaces", "*"}:
        return
    account, resource_type = parts[4], parts[5].partition("/")[0]
    if not ACCOUNT.fullmatch(account) and not {"*", "?"} & set(account):
        yield _warning(path, f"the account id {account or '(empty)'} must have 12 digits (got {len(account)})")
    if resource_type not in RESOURCE_TYPES and not {"*", "?"} & set(resource_type):
        matches = get_close_matches(resource_type, RESOURCE_TYPES, n=2)
        yield _warning(path, f"{resource_type} is not a resource type of Amazon WorkSpaces", matches)


def _check_reachability(statement: Statement, where: str) -> Iterator[Finding]:
    """Yield findings for allowed actions that the statement's resources exclude."""
    resources = statement.resources
    if statement.effect is not Effect.ALLOW or statement.actions is None or resources is None or "*" in resources:
        return
    actions = _matching_actions(statement.actions)
    excluded = sorted(actions & WITHOUT_RESOURCE)
    if excluded:
        yield _warning(
            f"{where}.Resource",
            f"{', '.join(excluded[:5])}{' and others' if len(excluded) > 5 else ''} have no resource-level "  # noqa: PLR2004 - enough to see
            'permissions, so they stay denied unless a statement allows them with Resource "*"',
        )
    resource_types = {text.split(":", ARN_PARTS - 1)[-1].partition("/")[0] for text in resources}
    if any({"*", "?"} & set(name) or "${" in name for name in resource_types):
        return
    for action in sorted(actions & RESOURCE_TYPES_BY_ACTION.keys()):
        accepted = RESOURCE_TYPES_BY_ACTION[action]
        if not resource_types & set(accepted) and _is_named_exactly(statement.actions, action):
            yield _warning(
                f"{where}.Resource",
                f"{action} needs a resource of type {' and '.join(accepted)}, so it stays denied: add its ARN",
            )


def _check_dependent_actions(statement: Statement, where: str) -> Iterator[Finding]:
    if statement.effect is not Effect.ALLOW or statement.actions is None:
        return
    actions = _matching_actions(statement.actions)
    for action, dependent in DEPENDENT_ACTIONS.items():
        missing = [name for name in dependent if name not in actions]
        if action in actions and missing:
            yield _warning(
                f"{where}.Action", f"{action} also needs {' and '.join(missing)}, here or in another statement"
            )


def _check_principals(statement: Statement, where: str) -> Iterator[Finding]:
    for name, principals in (("Principal", statement.principals), ("NotPrincipal", statement.not_principals)):
        yield from _check_principal_names(principals or {}, f"{where}.{name}")
    if statement.not_principals is not None and statement.effect is Effect.ALLOW:
        yield _warning(f"{where}.NotPrincipal", "with Allow admits every other principal, anonymous callers included")
    if statement.not_principals is not None and statement.effect is Effect.DENY:
        yield from _check_parent_accounts(statement.not_principals, f"{where}.NotPrincipal")


def _check_parent_accounts(principals: Principals, path: str) -> Iterator[Finding]:
    """Yield a finding for accounts whose principals are spared, but which are not: AWS may deny all of them."""
    identities = [identity for name in principals.get("AWS", ()) if (identity := parse_identity(name)) is not None]
    spared = {identity.account for identity in identities if identity.is_account}
    missing = sorted({identity.account for identity in identities} - spared)
    if missing:
        yield _warning(
            path, f"lacks the account of its principals, so AWS may deny them too: add {' and '.join(missing)}"
        )


def _check_principal_names(principals: Principals, path: str) -> Iterator[Finding]:
    for principal_type, names in principals.items():
        for text in names:
            if principal_type == "AWS" and text != "*" and {"*", "?"} & set(text):
                yield _error(path, f"{text} contains a wildcard: IAM accepts * alone, or whole ARNs")
            elif principal_type == "AWS" and text.isdigit() and not ACCOUNT.fullmatch(text):
                yield _warning(path, f"the account id {text} must have 12 digits (got {len(text)})")


def _check_conditions(statement: Statement, where: str) -> Iterator[Finding]:
    known_keys = {key.lower() for key in CONDITION_KEYS}
    for operator, keys in statement.conditions.items():
        path = f"{where}.Condition.{operator}"
        base = operator
        for qualifier in QUALIFIERS:
            base = base.removeprefix(qualifier)
        if base.removesuffix("IfExists") not in OPERATORS:
            yield _error(path, "unknown condition operator", get_close_matches(base, OPERATORS, n=2))
        elif base.removesuffix("IfExists") == "Null" and operator != "Null":
            yield _error(path, "Null goes with neither IfExists nor a set operator", ["Null"])
        for key in keys:
            if key.lower().startswith("aws:") and key.partition("/")[0].lower() not in known_keys:
                matches = get_close_matches(key, CONDITION_KEYS, n=2)
                yield _warning(f"{path}.{key}", "unknown global condition key", matches)


def _matching_actions(patterns: Sequence[str]) -> set[str]:
    return {action for action in ACTIONS if action_matches(patterns, PREFIX + action)}


def _is_named_exactly(patterns: Sequence[str], action: str) -> bool:
    """Return whether a pattern is the action's name, without a wildcard."""
    return any(text.lower() == f"{PREFIX}{action}".lower() for text in patterns)


def _error(path: str, message: str, matches: Iterable[str] = ()) -> Finding:
    return Finding(severity="error", path=path, message=message, near=tuple(matches))


def _warning(path: str, message: str, matches: Iterable[str] = ()) -> Finding:
    return Finding(severity="warning", path=path, message=message, near=tuple(matches))
