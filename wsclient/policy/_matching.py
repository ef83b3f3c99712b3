"""Whether a part of a statement matches a call: yes, no, or not to be told from what is known (None).

"IAM JSON policy elements: Condition operators",
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html; "Policy
variables", https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html; "Principal",
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

import base64
import binascii
import operator as op
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from ipaddress import ip_address, ip_network
from typing import Final

from wsclient.policy._documents import CURRENT_VERSION, Principals

Tristate = bool | None
"""True, False, or None for what cannot be told."""
Context = Mapping[str, str | Sequence[str]]
"""The request's condition keys with their values; keys that are not in it are not in the request."""

VARIABLE: Final = re.compile(r"\$\{([^}]*)\}")
WILDCARDS: Final = {"*": ".*", "?": "."}
ARN_PARTS: Final = 6


def all_of(truths: Iterable[Tristate]) -> Tristate:
    """Return whether all hold: one that does not decides, one that cannot be told leaves it open."""
    known = list(truths)
    return False if False in known else None if None in known else True


def any_of(truths: Iterable[Tristate]) -> Tristate:
    """Return whether one holds."""
    known = list(truths)
    return True if True in known else None if None in known else False


def negated(truth: Tristate) -> Tristate:
    """Return the opposite of what is known."""
    return None if truth is None else not truth


class Request:
    """What is known of a call: condition keys by lower-case name, or None when nothing is; and the policy's version."""

    def __init__(self, context: Context | None, version: str | None) -> None:
        self._values = None if context is None else {key.lower(): _listed(value) for key, value in context.items()}
        self._has_variables = version == CURRENT_VERSION

    @property
    def is_known(self) -> bool:
        """Whether the condition keys are known."""
        return self._values is not None

    def values(self, key: str) -> tuple[str, ...] | None:
        """Return the values of a condition key, None when the request has none."""
        return (self._values or {}).get(key.lower())

    def pattern(self, text: str, *, has_wildcards: bool = True) -> re.Pattern[str] | None:
        """Return what a policy's text matches, its variables filled in; None when a variable cannot be."""
        parts: list[str] = []
        end = 0
        for found in VARIABLE.finditer(text) if self._has_variables else ():
            parts.append(_expression(text[end : found.start()], has_wildcards=has_wildcards))
            value = self._variable(found[1])
            if value is None:
                return None
            parts.append(re.escape(value))
            end = found.end()
        parts.append(_expression(text[end:], has_wildcards=has_wildcards))
        return re.compile("".join(parts), re.DOTALL)

    def _variable(self, name: str) -> str | None:
        name, comma, default = name.partition(",")
        if name in {"*", "?", "$"}:
            return name
        values = self.values(name.strip())
        if values is not None and len(values) == 1:
            return values[0]
        return default.strip().strip("'") if comma and self.is_known and values is None else None


def action_matches(patterns: Sequence[str], action: str) -> Tristate:
    """Tell whether an action, as workspaces:StartWorkspaces, is among the named ones; case does not count."""
    return any(re.fullmatch(_expression(text.lower()), action.lower()) for text in patterns)


def resource_matches(patterns: Sequence[str], resource: str, request: Request) -> Tristate:
    """Tell whether a resource's ARN, or * for a call without one, is among the named ones; case counts."""
    return any_of(_full(request.pattern(text), resource) for text in patterns)


def principal_matches(principals: Principals, caller: str) -> Tristate:
    """Tell whether a caller (ARN, service name, or * for nobody in particular) is among the named ones."""
    return any_of(_is_caller(kind, named, caller) for kind, names in principals.items() for named in names)


def _is_caller(kind: str, named: str, caller: str) -> Tristate:
    if named == "*" and kind in {"*", "AWS"}:
        return True
    if "*" in named or "?" in named:
        return None  # IAM takes no wildcard here
    if kind != "AWS":
        return named == caller
    parts = caller.split(":", ARN_PARTS - 1)
    account = parts[4] if len(parts) == ARN_PARTS else ""
    if named in {account, f"arn:{parts[1] if account else ''}:iam::{account}:root"}:
        return bool(account)
    return named in {caller, _role_of_session(parts)} or _is_session_of(named, parts)


def _role_of_session(parts: list[str]) -> str | None:
    """Return the ARN of the role, when it has no path, that an assumed-role session is of."""
    if len(parts) != ARN_PARTS or not parts[5].startswith("assumed-role/"):
        return None
    return f"arn:{parts[1]}:iam::{parts[4]}:role/{parts[5].split('/')[1]}"


def _is_session_of(named: str, parts: list[str]) -> bool:
    """Tell whether a session is of a role that has a path, which the session's ARN leaves out."""
    role = _role_of_session(parts)
    start, _, name = named.rpartition("/")
    head = role.rpartition("/")[0] if role else ""
    return bool(head) and start.startswith(f"{head}/") and f"{head}/{name}" == role


Compare = Callable[[str, str, Request], Tristate]


def _full(pattern: re.Pattern[str] | None, text: str) -> Tristate:
    return None if pattern is None else pattern.fullmatch(text) is not None


def _equals(given: str, wanted: str, request: Request) -> Tristate:
    return _full(request.pattern(wanted, has_wildcards=False), given)


def _equals_ignoring_case(given: str, wanted: str, request: Request) -> Tristate:
    pattern = request.pattern(wanted, has_wildcards=False)
    return None if pattern is None else re.fullmatch(pattern.pattern, given, re.IGNORECASE | re.DOTALL) is not None


def _like(given: str, wanted: str, request: Request) -> Tristate:
    return _full(request.pattern(wanted), given)


def _arn_like(given: str, wanted: str, request: Request) -> Tristate:
    """Compare part by part: a wildcard does not reach over a colon, but within the last part."""
    theirs, ours = wanted.split(":", ARN_PARTS - 1), given.split(":", ARN_PARTS - 1)
    if len(theirs) != ARN_PARTS or len(ours) != ARN_PARTS:
        return False if "${" not in wanted else None
    return all_of(_full(request.pattern(one), other) for one, other in zip(theirs, ours, strict=True))


def _number(compare: Callable[[Decimal, Decimal], bool]) -> Compare:
    def compared(given: str, wanted: str, _request: Request) -> Tristate:
        try:
            return compare(Decimal(given), Decimal(wanted))
        except InvalidOperation:
            return None

    return compared


def _date(compare: Callable[[datetime, datetime], bool]) -> Compare:
    def compared(given: str, wanted: str, _request: Request) -> Tristate:
        first, second = _instant(given), _instant(wanted)
        return None if first is None or second is None else compare(first, second)

    return compared


def _instant(text: str) -> datetime | None:
    try:
        if re.fullmatch(r"-?\d+(\.\d+)?", text):
            return datetime.fromtimestamp(float(text), UTC)
        at = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _boolean(given: str, wanted: str, _request: Request) -> Tristate:
    return given.lower() == wanted.lower() if wanted.lower() in {"true", "false"} else None


def _binary(given: str, wanted: str, _request: Request) -> Tristate:
    try:
        return base64.b64decode(given, validate=True) == base64.b64decode(wanted, validate=True)
    except binascii.Error:
        return None


def _address(given: str, wanted: str, _request: Request) -> Tristate:
    try:
        return ip_address(given) in ip_network(wanted, strict=False)
    except ValueError:
        return None


_POSITIVE: Final[Mapping[str, Compare]] = {
    "StringEquals": _equals,
    "StringEqualsIgnoreCase": _equals_ignoring_case,
    "StringLike": _like,
    "NumericEquals": _number(op.eq),
    "NumericLessThan": _number(op.lt),
    "NumericLessThanEquals": _number(op.le),
    "NumericGreaterThan": _number(op.gt),
    "NumericGreaterThanEquals": _number(op.ge),
    "DateEquals": _date(op.eq),
    "DateLessThan": _date(op.lt),
    "DateLessThanEquals": _date(op.le),
    "DateGreaterThan": _date(op.gt),
    "DateGreaterThanEquals": _date(op.ge),
    "Bool": _boolean,
    "BinaryEquals": _binary,
    "IpAddress": _address,
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
}
_NEGATED: Final = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}
OPERATORS: Final = frozenset(_POSITIVE) | frozenset(_NEGATED) | {"Null"}
"""Condition operators, without a set's qualifier in front and IfExists behind."""


def condition_holds(operator: str, key: str, wanted: Sequence[str], request: Request) -> Tristate:
    """Tell whether one condition holds; of an operator that is not known, nothing is."""
    qualifier, _, name = operator.rpartition(":")
    base = name.removesuffix("IfExists")
    if base not in OPERATORS or qualifier not in {"", "ForAllValues", "ForAnyValue"} or not request.is_known:
        return None
    given = request.values(key)
    if base == "Null":
        return any_of(_is_absent(one, given) for one in wanted)
    if not given:
        return name.endswith("IfExists") or qualifier == "ForAllValues" or (base in _NEGATED and not qualifier)
    each = [_value_holds(base, one, wanted, request) for one in given]
    if not qualifier:
        # An operator for one value says nothing certain of several.
        return each[0] if len(each) == 1 else None
    return all_of(each) if qualifier == "ForAllValues" else any_of(each)


def _is_absent(wanted: str, given: tuple[str, ...] | None) -> Tristate:
    return {"true": given is None, "false": given is not None}.get(wanted.lower())


def _value_holds(base: str, given: str, wanted: Sequence[str], request: Request) -> Tristate:
    compare = _POSITIVE[_NEGATED.get(base, base)]
    found = any_of(compare(given, one, request) for one in wanted)
    return negated(found) if base in _NEGATED else found


def _listed(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _expression(text: str, *, has_wildcards: bool = True) -> str:
    """Return a regular expression for a policy's text."""
    if not has_wildcards:
        return re.escape(text)
    return "".join(WILDCARDS.get(character) or re.escape(character) for character in text)
