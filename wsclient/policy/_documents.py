"""Statement and Document: policy documents as values, parsed from JSON and written as JSON.

"IAM JSON policy elements reference",
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Final

from wsclient._core.argument_checks import checked_class
from wsclient._core.errors import ConfigurationError
from wsclient._core.utils import is_list, is_mapping
from wsclient._core.value_kinds import MAPPING, TEXT, either, instance_of, optional, sequence_of

CURRENT_VERSION: Final = "2012-10-17"
OLD_VERSION: Final = "2008-10-17"
ANY_PRINCIPAL: Final = {"*": ("*",)}
"""Representation of the principal "*", with "*" as its type."""

Principals = Mapping[str, Sequence[str]]
"""Principals by type: AWS, Service, Federated, CanonicalUser, or * for any principal."""
Conditions = Mapping[str, Mapping[str, Sequence[str]]]
"""Values by condition operator and condition key."""


class Effect(Enum):
    """Effect of a statement on the calls that it matches."""

    ALLOW = "Allow"
    DENY = "Deny"


_MAX_DIGITS: Final = 64
"""Digits before or after the point up to which a number is written without an exponent."""
_VALUES: Final = optional(sequence_of(TEXT, "a list of strings (put a single one in a list)"))
_PRINCIPALS: Final = optional(either("'*' or a mapping from principal types to lists", TEXT, MAPPING))


@checked_class(
    {
        "effect": instance_of(Effect, expected="an Effect"),
        "principals": _PRINCIPALS,
        "not_principals": _PRINCIPALS,
        "conditions": MAPPING,
        "sid": optional(TEXT),
    },
    others=_VALUES,
)
@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Policy statement with one of actions and not_actions, and one of resources and not_resources.

    At most one of principals and not_principals is set. Both are None in an identity policy: its principal is the
    identity that it is attached to. Raises ConfigurationError otherwise.
    """

    effect: Effect
    actions: Sequence[str] | None = None
    not_actions: Sequence[str] | None = None
    resources: Sequence[str] | None = None
    not_resources: Sequence[str] | None = None
    principals: Principals | None = None
    not_principals: Principals | None = None
    conditions: Conditions = field(default_factory=dict[str, Mapping[str, Sequence[str]]])
    sid: str | None = None

    def __post_init__(self) -> None:
        """Validate that exactly one member of each pair is set, and at most one of the principals."""
        for name, negated_name, is_required in (
            ("actions", "not_actions", True),
            ("resources", "not_resources", True),
            ("principals", "not_principals", False),
        ):
            present = [member for member in (name, negated_name) if getattr(self, member) is not None]
            if len(present) == 2 or (is_required and not present):  # noqa: PLR2004 - both of a pair
                count = "both" if present else "neither"
                raise ConfigurationError(f"a policy statement needs one of {name} and {negated_name} (got {count})")

    def to_dict(self) -> dict[str, object]:
        """Return the statement as a dict for JSON."""
        members: dict[str, object] = {} if self.sid is None else {"Sid": self.sid}
        members["Effect"] = self.effect.value
        for name, principals in (("Principal", self.principals), ("NotPrincipal", self.not_principals)):
            if principals == ANY_PRINCIPAL:
                members[name] = "*"
            elif principals is not None:
                members[name] = {principal_type: _single(names) for principal_type, names in principals.items()}
        for name, texts in (
            ("Action", self.actions),
            ("NotAction", self.not_actions),
            ("Resource", self.resources),
            ("NotResource", self.not_resources),
        ):
            if texts is not None:
                members[name] = _single(texts)
        if self.conditions:
            members["Condition"] = {
                operator: {key: _single(values) for key, values in keys.items()}
                for operator, keys in self.conditions.items()
            }
        return members


_STATEMENTS: Final = sequence_of(instance_of(Statement, expected=""), "a list of Statements")


@checked_class({"statements": _STATEMENTS, "version": optional(TEXT), "id": optional(TEXT)})
@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Policy document: its statements, its version (None if it has no Version) and its id."""

    statements: Sequence[Statement]
    version: str | None = CURRENT_VERSION
    id: str | None = None

    def to_dict(self) -> dict[str, object]:
        """Return the document as a dict for JSON."""
        optional = {"Version": self.version, "Id": self.id}
        members: dict[str, object] = {name: value for name, value in optional.items() if value is not None}
        return members | {"Statement": [statement.to_dict() for statement in self.statements]}


def parse_document(source: str | Mapping[str, object]) -> Document:
    """Parse a document from JSON text or a dict; raises ConfigurationError with the path of a malformed member."""
    value = load_policy_json(source) if isinstance(source, str) else source
    members = _members(value, "the policy", {"Version", "Id", "Statement"})
    statements = members.get("Statement")
    if statements is None:
        raise ConfigurationError("the policy has no Statement")
    items = statements if is_list(statements) else [statements]
    version = _text(members, "Version", "the policy")
    if version not in {None, CURRENT_VERSION, OLD_VERSION}:
        raise ConfigurationError(f"Version of the policy must be {CURRENT_VERSION} or {OLD_VERSION}, not {version!r}")
    return Document(
        statements=tuple(_statement(item, f"Statement[{number}]") for number, item in enumerate(items)),
        version=version,
        id=_text(members, "Id", "the policy"),
    )


class _JsonObject(dict[str, object]):
    """JSON object of a policy's text, with the name of its first duplicate member."""

    duplicate: str | None = None


def load_policy_json(text: str) -> object:
    """Parse JSON text. Raises ConfigurationError for invalid JSON and, with its path, for a duplicate member."""
    try:
        value: object = json.loads(
            text, object_pairs_hook=_json_object, parse_float=Decimal, parse_constant=_refuse_constant
        )
    except ValueError as error:
        is_path = "{" not in text and "\n" not in text
        hint = "; pass the text of a file, not its path" if is_path else ""
        raise ConfigurationError(f"the policy is not valid JSON: {error}{hint}") from None
    except RecursionError:
        raise ConfigurationError("the policy is not valid: its JSON is nested too deeply; remove levels") from None
    _check_duplicates(value)
    return value


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON (RFC 8259, section 6)")


def _json_object(pairs: list[tuple[str, object]]) -> _JsonObject:
    members = _JsonObject(pairs)
    names: set[str] = set()
    for name, _ in pairs:
        if name in names and members.duplicate is None:
            members.duplicate = name
        names.add(name)
    return members


def _check_duplicates(value: object) -> None:
    """Raise ConfigurationError for the first duplicate member.

    IAM rejects duplicates, and JSON parsers keep the last one: a policy would lose a condition. "Grammar of the IAM
    JSON policy language", https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
    """
    pending: list[tuple[str, object]] = [("", value)]
    while pending:
        path, current = pending.pop()
        if isinstance(current, _JsonObject):
            prefix = f"{path}." if path else ""
            if current.duplicate is not None:
                raise ConfigurationError(
                    f"duplicate member {prefix}{current.duplicate} in the policy: "
                    "merge the members, or put the conditions of one key into a list"
                )
            pending += [(f"{prefix}{name}", member) for name, member in current.items()]
        elif is_list(current):
            pending += [(f"{path}[{number}]", item) for number, item in enumerate(current)]


def _statement(value: object, where: str) -> Statement:
    names = {"Sid", "Effect", "Condition"}
    for name in ("Action", "Resource", "Principal"):
        names |= {name, f"Not{name}"}
    members = _members(value, where, names)
    effect = members.get("Effect")
    if not isinstance(effect, str) or effect not in {"Allow", "Deny"}:
        raise ConfigurationError(f"{where}.Effect must be Allow or Deny, in this spelling")
    try:
        return Statement(
            effect=Effect(effect),
            actions=_texts(members.get("Action"), f"{where}.Action"),
            not_actions=_texts(members.get("NotAction"), f"{where}.NotAction"),
            resources=_texts(members.get("Resource"), f"{where}.Resource"),
            not_resources=_texts(members.get("NotResource"), f"{where}.NotResource"),
            principals=_principals(members.get("Principal"), f"{where}.Principal"),
            not_principals=_principals(members.get("NotPrincipal"), f"{where}.NotPrincipal"),
            conditions=_conditions(members.get("Condition"), f"{where}.Condition"),
            sid=_text(members, "Sid", where),
        )
    except ConfigurationError as error:
        raise ConfigurationError(f"{error}" if where in str(error) else f"{where}: {error}") from None


def _principals(value: object, where: str) -> Principals | None:
    if value is None:
        return None
    if value == "*":
        return ANY_PRINCIPAL
    members = _members(value, where, {"AWS", "Service", "Federated", "CanonicalUser"})
    return {
        principal_type: _texts(names, f"{where}.{principal_type}") or () for principal_type, names in members.items()
    }


def _conditions(value: object, where: str) -> Conditions:
    if value is None:
        return {}
    operators = _members(value, where, None)
    return {
        operator: {
            key: _texts(values, f"{where}.{operator}.{key}") or ()
            for key, values in _members(keys, f"{where}.{operator}", None).items()
        }
        for operator, keys in operators.items()
    }


def _members(value: object, where: str, known: set[str] | None) -> dict[str, object]:
    """Return the members of a JSON object; known restricts their names, None allows any."""
    if not is_mapping(value) or not all(isinstance(name, str) for name in value):
        hint = "; pass its text: path.read_text()" if hasattr(value, "__fspath__") else ""
        raise ConfigurationError(f"{where} must be a JSON object, not {type(value).__name__}{hint}")
    members = {str(name): member for name, member in value.items()}
    for name, member in members.items():
        if member is None:
            raise ConfigurationError(f"{name} in {where} is null: remove the member, or give it a value")
    unknown = sorted(members.keys() - known) if known is not None else []
    if unknown:
        raise ConfigurationError(
            f"unknown member {unknown[0]} in {where}: the members are {', '.join(sorted(known or ()))}"
        )
    return members


def _text(members: Mapping[str, object], name: str, where: str) -> str | None:
    value = members.get(name)
    if value is not None and not isinstance(value, str):
        raise ConfigurationError(f"{name} of {where} must be a string, not {type(value).__name__}")
    return value


def _texts(value: object, where: str) -> tuple[str, ...] | None:
    """Return the strings of a string or a list; None if the member is missing."""
    if value is None:
        return None
    return tuple(_as_text(item, where) for item in (value if is_list(value) else [value]))


def _as_text(item: object, where: str) -> str:
    """Return a value as IAM compares it: numbers and booleans of a condition as strings."""
    if isinstance(item, str):
        return item
    if isinstance(item, bool):
        return str(item).lower()
    if isinstance(item, float) and not math.isfinite(item):
        raise ConfigurationError(f"{where} must not be {item}, which is no number of JSON")
    if isinstance(item, Decimal) and abs(item.adjusted()) < _MAX_DIGITS:
        return f"{item:f}"
    if isinstance(item, int | float | Decimal):
        try:
            return str(item)
        except ValueError:
            raise ConfigurationError(f"{where} must have fewer digits: this number has thousands") from None
    raise ConfigurationError(f"{where} must be a string or a list of strings")


def _single(texts: Sequence[str]) -> str | list[str]:
    return texts[0] if len(texts) == 1 else list(texts)
