"""Three-valued matching of a statement's parts against a request: True, False, or None if undetermined.

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
"""True, False, or None if undetermined."""
Context = Mapping[str, str | Sequence[str]]
"""Condition keys of the request with their values; a key that it does not contain is not in the request."""

VARIABLE: Final = re.compile(r"\$\{([^}]*)\}")
WILDCARDS: Final = {"*": ".*", "?": "."}
ARN_PARTS: Final = 6
"""Number of parts of an ARN, of which the last may contain colons."""


def all_of(results: Iterable[Tristate]) -> Tristate:
    """Return the conjunction: False if any result is False, else None if any is undetermined, else True."""
    known = list(results)
    return False if False in known else None if None in known else True


def any_of(results: Iterable[Tristate]) -> Tristate:
    """Return the disjunction: True if any result is True, else None if any is undetermined, else False."""
    known = list(results)
    return True if True in known else None if None in known else False


def negate(result: Tristate) -> Tristate:
    """Return the negation; None stays None."""
    return None if result is None else not result


class Request:
    """Condition keys of a request by lower-case name, None if unknown, and the version of the policy."""

    def __init__(self, context: Context | None, version: str | None) -> None:
        self._values = None if context is None else {key.lower(): _as_tuple(value) for key, value in context.items()}
        # Policies of version 2008-10-17 treat ${…} as plain text.
        self._has_variables = version == CURRENT_VERSION

    @property
    def is_known(self) -> bool:
        """Return whether the condition keys are known."""
        return self._values is not None

    def values(self, key: str) -> tuple[str, ...] | None:
        """Return the values of a condition key, or None if the request does not have the key."""
        return (self._values or {}).get(key.lower())

    def pattern(self, text: str, *, has_wildcards: bool = True) -> re.Pattern[str] | None:
        """Return a policy's text as a pattern with its variables replaced, or None if a variable has no known value."""
        parts: list[str] = []
        end = 0
        for match in VARIABLE.finditer(text) if self._has_variables else ():
            parts.append(_expression(text[end : match.start()], has_wildcards=has_wildcards))
            value = self._variable(match[1])
            if value is None:
                return None
            parts.append(re.escape(value))
            end = match.end()
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
    """Return whether a pattern matches an action such as workspaces:StartWorkspaces; case-insensitive."""
    return any(re.fullmatch(_expression(text.lower()), action.lower()) for text in patterns)


def resource_matches(patterns: Sequence[str], resource: str, request: Request) -> Tristate:
    """Return whether a pattern matches a resource's ARN, or * for a call without a resource; case-sensitive."""
    return any_of(_matches_fully(request.pattern(text), resource) for text in patterns)


def principal_matches(principals: Principals, caller: str) -> Tristate:
    """Return whether the principals include a caller: an ARN, a service name, or * for an unspecified caller."""
    return any_of(
        _is_caller(principal_type, name, caller) for principal_type, names in principals.items() for name in names
    )


def _is_caller(principal_type: str, name: str, caller: str) -> Tristate:
    if name == "*" and principal_type in {"*", "AWS"}:
        return True
    if "*" in name or "?" in name:
        return None  # IAM does not accept wildcards in a principal
    if principal_type != "AWS":
        return name == caller
    parts = caller.split(":", ARN_PARTS - 1)
    account = parts[4] if len(parts) == ARN_PARTS else ""
    if name in {account, f"arn:{parts[1] if account else ''}:iam::{account}:root"}:
        return bool(account)
    return name in {caller, _session_role(parts)} or _is_session_role_with_path(name, parts)


def _session_role(parts: list[str]) -> str | None:
    """Return the ARN, without a path, of the role of an assumed-role session; None for another caller."""
    if len(parts) != ARN_PARTS or not parts[5].startswith("assumed-role/"):
        return None
    return f"arn:{parts[1]}:iam::{parts[4]}:role/{parts[5].split('/')[1]}"


def _is_session_role_with_path(role_arn: str, parts: list[str]) -> bool:
    """Return whether role_arn, which has a path, can be the session's role: a session's ARN omits the path."""
    role = _session_role(parts)
    start, _, name = role_arn.rpartition("/")
    prefix = role.rpartition("/")[0] if role else ""
    return bool(prefix) and start.startswith(f"{prefix}/") and f"{prefix}/{name}" == role


Compare = Callable[[str, str, Request], Tristate]


def _matches_fully(pattern: re.Pattern[str] | None, text: str) -> Tristate:
    return None if pattern is None else pattern.fullmatch(text) is not None


def _equals(value: str, wanted: str, request: Request) -> Tristate:
    return _matches_fully(request.pattern(wanted, has_wildcards=False), value)


def _equals_ignoring_case(value: str, wanted: str, request: Request) -> Tristate:
    pattern = request.pattern(wanted, has_wildcards=False)
    return None if pattern is None else re.fullmatch(pattern.pattern, value, re.IGNORECASE | re.DOTALL) is not None


def _like(value: str, wanted: str, request: Request) -> Tristate:
    return _matches_fully(request.pattern(wanted), value)


def _arn_like(value: str, wanted: str, request: Request) -> Tristate:
    """Match an ARN part by part: a wildcard does not match a colon, except within the last part."""
    wanted_parts, value_parts = wanted.split(":", ARN_PARTS - 1), value.split(":", ARN_PARTS - 1)
    if len(wanted_parts) != ARN_PARTS or len(value_parts) != ARN_PARTS:
        return False if "${" not in wanted else None
    return all_of(
        _matches_fully(request.pattern(wanted_part), value_part)
        for wanted_part, value_part in zip(wanted_parts, value_parts, strict=True)
    )


def _number(compare: Callable[[Decimal, Decimal], bool]) -> Compare:
    def compared(value: str, wanted: str, _request: Request) -> Tristate:
        try:
            return compare(Decimal(value), Decimal(wanted))
        except InvalidOperation:
            return None

    return compared


def _date(compare: Callable[[datetime, datetime], bool]) -> Compare:
    def compared(value: str, wanted: str, _request: Request) -> Tristate:
        first, second = _instant(value), _instant(wanted)
        return None if first is None or second is None else compare(first, second)

    return compared


def _instant(text: str) -> datetime | None:
    try:
        if re.fullmatch(r"-?\d+(\.\d+)?", text):
            return datetime.fromtimestamp(float(text), UTC)
        instant = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _boolean(value: str, wanted: str, _request: Request) -> Tristate:
    return value.lower() == wanted.lower() if wanted.lower() in {"true", "false"} else None


def _binary(value: str, wanted: str, _request: Request) -> Tristate:
    try:
        return base64.b64decode(value, validate=True) == base64.b64decode(wanted, validate=True)
    except binascii.Error:
        return None


def _address(value: str, wanted: str, _request: Request) -> Tristate:
    try:
        return ip_address(value) in ip_network(wanted, strict=False)
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
"""Condition operators, without a ForAllValues: or ForAnyValue: qualifier and without the suffix IfExists."""


def condition_holds(operator: str, key: str, wanted: Sequence[str], request: Request) -> Tristate:
    """Return whether one condition holds; None for an unknown operator or an unknown context."""
    qualifier, _, name = operator.rpartition(":")
    base = name.removesuffix("IfExists")
    if base not in OPERATORS or qualifier not in {"", "ForAllValues", "ForAnyValue"} or not request.is_known:
        return None
    values = request.values(key)
    if base == "Null":
        return any_of(_is_absent(text, values) for text in wanted)
    if not values:
        # IAM: a missing key satisfies IfExists, ForAllValues and the negated operators.
        return name.endswith("IfExists") or qualifier == "ForAllValues" or (base in _NEGATED and not qualifier)
    results = [_value_holds(base, value, wanted, request) for value in values]
    if not qualifier:
        # IAM does not define a single-value operator on a key with several values.
        return results[0] if len(results) == 1 else None
    return all_of(results) if qualifier == "ForAllValues" else any_of(results)


def _is_absent(wanted: str, values: tuple[str, ...] | None) -> Tristate:
    return {"true": values is None, "false": values is not None}.get(wanted.lower())


def _value_holds(base: str, value: str, wanted: Sequence[str], request: Request) -> Tristate:
    compare = _POSITIVE[_NEGATED.get(base, base)]
    result = any_of(compare(value, text, request) for text in wanted)
    return negate(result) if base in _NEGATED else result


def _as_tuple(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _expression(text: str, *, has_wildcards: bool = True) -> str:
    """Return the regular expression for a policy's text."""
    if not has_wildcards:
        return re.escape(text)
    return "".join(WILDCARDS.get(character) or re.escape(character) for character in text)
