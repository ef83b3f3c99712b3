"""What is odd about a policy document, although it can be read: findings for the person who wrote it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, Literal

from wsclient.policy._actions import ACTIONS, ALSO_NEEDED, CONDITION_KEYS, RESOURCE_TYPES, TYPES_OF, WITHOUT_RESOURCE
from wsclient.policy._documents import Document, Effect, Principals, Statement
from wsclient.policy._matching import ARN_PARTS, OPERATORS, action_matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

PREFIX: Final = "workspaces:"
ACCOUNT: Final = re.compile(r"\d{12}")
QUALIFIERS: Final = ("ForAllValues:", "ForAnyValue:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is odd: how bad, where, what, and names that may have been meant."""

    severity: Literal["error", "warning"]
    path: str
    message: str
    near: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Say all of it on one line."""
        near = f"; did you mean {' or '.join(self.near)}?" if self.near else ""
        return f"{self.severity}: {self.path}: {self.message}{near}"


def findings(document: Document) -> tuple[Finding, ...]:
    """Return what is odd about a document, errors first."""
    found = list(_of_document(document))
    for number, statement in enumerate(document.statements):
        where = f"Statement[{number}]"
        for check in (_actions, _resources, _unreachable, _principals, _conditions, _companions):
            found += check(statement, where)
    return tuple(sorted(found, key=lambda one: one.severity))


def _of_document(document: Document) -> Iterator[Finding]:
    if document.version is None:
        yield _warning("Version", 'there is none: variables as ${aws:username} are plain text then; say "2012-10-17"')
    if not document.statements:
        yield _warning("Statement", "there is none, so nothing is allowed")


def _actions(statement: Statement, where: str) -> Iterator[Finding]:
    for name, patterns in (("Action", statement.actions), ("NotAction", statement.not_actions)):
        for text in patterns or ():
            path = f"{where}.{name}"
            if text == "*" or (":" in text and not text.lower().startswith(PREFIX) and "*" not in text.split(":")[0]):
                continue  # everything, or another service's, of which nothing is known here
            if ":" not in text:
                yield _error(path, f"{text} lacks its service: write {PREFIX}{text}")
            elif not any(action_matches([text], PREFIX + action) for action in ACTIONS):
                short = text.partition(":")[2]
                near = get_close_matches(short, ACTIONS, n=3)
                yield _warning(path, f"{text} is no action of Amazon WorkSpaces", [PREFIX + one for one in near])


def _resources(statement: Statement, where: str) -> Iterator[Finding]:
    for name, patterns in (("Resource", statement.resources), ("NotResource", statement.not_resources)):
        for text in patterns or ():
            yield from _arn(text, f"{where}.{name}")


def _arn(text: str, path: str) -> Iterator[Finding]:
    if text == "*" or "${" in text:
        return
    parts = text.split(":", ARN_PARTS - 1)
    if len(parts) != ARN_PARTS or parts[0] != "arn":
        yield _error(path, f"{text!r:.120} is neither * nor an ARN of six parts")
        return
    if parts[2] not in {"workspaces", "*"}:
        return
    account, kind = parts[4], parts[5].partition("/")[0]
    if not ACCOUNT.fullmatch(account) and not {"*", "?"} & set(account):
        yield _warning(path, f"the account {account or '(none)'} has {len(account)} digits, and an account has 12")
    if kind not in RESOURCE_TYPES and not {"*", "?"} & set(kind):
        yield _warning(path, f"{kind} is no type of resource", get_close_matches(kind, RESOURCE_TYPES, n=2))


def _unreachable(statement: Statement, where: str) -> Iterator[Finding]:
    """Find named actions that the statement's resources rule out."""
    resources = statement.resources
    if statement.effect is not Effect.ALLOW or statement.actions is None or resources is None or "*" in resources:
        return
    named = _named(statement.actions)
    lost = sorted(named & WITHOUT_RESOURCE)
    if lost:
        yield _warning(
            f"{where}.Resource",
            f"{', '.join(lost[:5])}{' and others' if len(lost) > 5 else ''} take no resource, and stay denied unless "  # noqa: PLR2004 - enough to see
            'a statement allows them with Resource "*"',
        )
    kinds = {text.split(":", ARN_PARTS - 1)[-1].partition("/")[0] for text in resources}
    if any({"*", "?"} & set(kind) or "${" in kind for kind in kinds):
        return
    for action in sorted(named & TYPES_OF.keys()):
        if not kinds & set(TYPES_OF[action]) and _is_spelt(statement.actions, action):
            types = " and ".join(TYPES_OF[action])
            yield _warning(f"{where}.Resource", f"{action} takes a {types}, and none is named: it stays denied")


def _companions(statement: Statement, where: str) -> Iterator[Finding]:
    if statement.effect is not Effect.ALLOW or statement.actions is None:
        return
    named = _named(statement.actions)
    for action, needed in ALSO_NEEDED.items():
        missing = [one for one in needed if one not in named]
        if action in named and missing:
            yield _warning(
                f"{where}.Action", f"{action} also needs {' and '.join(missing)}, here or in another statement"
            )


def _principals(statement: Statement, where: str) -> Iterator[Finding]:
    for name, who in (("Principal", statement.principals), ("NotPrincipal", statement.not_principals)):
        yield from _named_principals(who or {}, f"{where}.{name}")
    if statement.not_principals is not None and statement.effect is Effect.ALLOW:
        yield _warning(f"{where}.NotPrincipal", "with Allow it lets in everybody else, anonymous callers among them")


def _named_principals(who: Principals, path: str) -> Iterator[Finding]:
    for kind, names in who.items():
        for text in names:
            if kind == "AWS" and text != "*" and {"*", "?"} & set(text):
                yield _error(path, f"{text} has a wildcard: IAM takes * alone, or whole ARNs")
            elif kind == "AWS" and text.isdigit() and not ACCOUNT.fullmatch(text):
                yield _warning(path, f"the account {text} has {len(text)} digits, and an account has 12")


def _conditions(statement: Statement, where: str) -> Iterator[Finding]:
    for operator, keys in statement.conditions.items():
        path = f"{where}.Condition.{operator}"
        base = operator
        for qualifier in QUALIFIERS:
            base = base.removeprefix(qualifier)
        if base.removesuffix("IfExists") not in OPERATORS:
            yield _error(path, "is no condition operator", get_close_matches(base, OPERATORS, n=2))
        for key in keys:
            known = {one.lower() for one in CONDITION_KEYS}
            if key.lower().startswith("aws:") and key.partition("/")[0].lower() not in known:
                near = get_close_matches(key, CONDITION_KEYS, n=2)
                yield _warning(f"{path}.{key}", "is no global condition key that is known here", near)


def _named(patterns: Sequence[str]) -> set[str]:
    return {action for action in ACTIONS if action_matches(patterns, PREFIX + action)}


def _is_spelt(patterns: Sequence[str], action: str) -> bool:
    """Tell whether an action is named by itself, not by a wildcard that names many."""
    return any(text.lower() == f"{PREFIX}{action}".lower() for text in patterns)


def _error(path: str, message: str, near: Iterable[str] = ()) -> Finding:
    return Finding(severity="error", path=path, message=message, near=tuple(near))


def _warning(path: str, message: str, near: Iterable[str] = ()) -> Finding:
    return Finding(severity="warning", path=path, message=message, near=tuple(near))
