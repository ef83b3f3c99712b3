"""Policy documents as values: read from JSON, written as JSON, and refused with the place where they are malformed.

"IAM JSON policy elements reference",
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from wsclient._core.errors import ConfigurationError
from wsclient._core.utils import is_list, is_mapping

CURRENT_VERSION: Final = "2012-10-17"
OLD_VERSION: Final = "2008-10-17"
EVERYBODY: Final = {"*": ("*",)}
"""How a principal "*" is kept: by its kind, as every other."""

Principals = Mapping[str, Sequence[str]]
"""Who, by kind: AWS, Service, Federated, CanonicalUser, or * for everybody."""
Conditions = Mapping[str, Mapping[str, Sequence[str]]]
"""Values by condition operator and by condition key."""


class Effect(Enum):
    """What a statement does with the calls that it matches."""

    ALLOW = "Allow"
    DENY = "Deny"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement; of each pair (actions and not_actions, and so on) one is given.

    principals and not_principals are None in an identity policy, whose principal is whoever it is attached to.
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
        """Refuse a statement of which a part is missing or said twice."""
        for name, negated, is_needed in (
            ("actions", "not_actions", True),
            ("resources", "not_resources", True),
            ("principals", "not_principals", False),
        ):
            said = [each for each in (name, negated) if getattr(self, each) is not None]
            if len(said) == 2 or (is_needed and not said):  # noqa: PLR2004 - both of a pair
                raise ConfigurationError(f"a policy statement has one of {name} and {negated}, not {len(said)}")

    def to_dict(self) -> dict[str, object]:
        """Return the statement as JSON has it."""
        members: dict[str, object] = {} if self.sid is None else {"Sid": self.sid}
        members["Effect"] = self.effect.value
        for name, who in (("Principal", self.principals), ("NotPrincipal", self.not_principals)):
            if who is not None:
                members[name] = "*" if who == EVERYBODY else {kind: _single(each) for kind, each in who.items()}
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A policy document's statements, its version (None where it says none) and its id."""

    statements: Sequence[Statement]
    version: str | None = CURRENT_VERSION
    id: str | None = None

    def to_dict(self) -> dict[str, object]:
        """Return the document as JSON has it."""
        head = {"Version": self.version, "Id": self.id}
        members: dict[str, object] = {name: value for name, value in head.items() if value is not None}
        return members | {"Statement": [statement.to_dict() for statement in self.statements]}


def read_document(source: str | Mapping[str, object]) -> Document:
    """Return the document in JSON text or in a dict; raises ConfigurationError that says where it is malformed."""
    if isinstance(source, str):
        try:
            source = json.loads(source)
        except ValueError as error:
            raise ConfigurationError(f"the policy is no JSON: {error}") from None
    members = _members(source, "the policy", {"Version", "Id", "Statement"})
    statements = members.get("Statement")
    if statements is None:
        raise ConfigurationError("the policy has no Statement")
    listed = statements if is_list(statements) else [statements]
    version = _text(members, "Version", "the policy")
    if version not in {None, CURRENT_VERSION, OLD_VERSION}:
        raise ConfigurationError(f"Version of the policy must be {CURRENT_VERSION} or {OLD_VERSION}, not {version!r}")
    return Document(
        statements=tuple(_statement(one, f"Statement[{number}]") for number, one in enumerate(listed)),
        version=version,
        id=_text(members, "Id", "the policy"),
    )


def _statement(value: object, where: str) -> Statement:
    names = {"Sid", "Effect", "Condition"}
    for name in ("Action", "Resource", "Principal"):
        names |= {name, f"Not{name}"}
    members = _members(value, where, names)
    effect = members.get("Effect")
    if effect not in {"Allow", "Deny"}:
        raise ConfigurationError(f"{where}.Effect must be Allow or Deny")
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
        return EVERYBODY
    members = _members(value, where, {"AWS", "Service", "Federated", "CanonicalUser"})
    return {kind: _texts(each, f"{where}.{kind}") or () for kind, each in members.items()}


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
    if not is_mapping(value) or not all(isinstance(name, str) for name in value):
        raise ConfigurationError(f"{where} must be a JSON object, not a {type(value).__name__}")
    members = {str(name): member for name, member in value.items()}
    unknown = sorted(members.keys() - known) if known is not None else []
    if unknown:
        raise ConfigurationError(f"{where} has no member {unknown[0]}: it may have {', '.join(sorted(known or ()))}")
    return members


def _text(members: Mapping[str, object], name: str, where: str) -> str | None:
    value = members.get(name)
    if value is not None and not isinstance(value, str):
        raise ConfigurationError(f"{name} of {where} must be text, not a {type(value).__name__}")
    return value


def _texts(value: object, where: str) -> tuple[str, ...] | None:
    """Return one text or many; numbers and booleans of a condition are texts to IAM."""
    if value is None:
        return None
    listed = tuple(value) if is_list(value) else (value,)
    if not all(isinstance(one, str | bool | int | float) for one in listed):
        raise ConfigurationError(f"{where} must be text or a list of texts")
    return tuple(str(one).lower() if isinstance(one, bool) else str(one) for one in listed)


def _single(texts: Sequence[str]) -> str | list[str]:
    return texts[0] if len(texts) == 1 else list(texts)
