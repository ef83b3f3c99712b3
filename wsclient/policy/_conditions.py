"""Evaluation of a statement's Condition.

"Conditions with multiple context keys or values",
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html;
"Single-valued vs. multivalued context keys",
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._core.errors import ConfigurationError
from wsclient.policy._operators import NEGATED, OPERATORS, POSITIVE
from wsclient.policy._tristate import Tristate, all_of, any_listed, any_of, negate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wsclient.policy._documents import Conditions
    from wsclient.policy._request import Request


def conditions_hold(conditions: Conditions, where: str, request: Request) -> Tristate:
    """Return whether all conditions of a statement hold; where is the path of its Condition, for error messages."""
    results: list[Tristate] = []
    for operator, keys in conditions.items():
        holds: list[Tristate] = []
        for key, wanted in keys.items():
            try:
                holds.append(condition_holds(operator, key, wanted, request))
            except ConfigurationError as error:
                raise ConfigurationError(f"{where}.{operator}.{key}: {error}") from None
        # IAM's grammar has no operator without a key, and no key twice; keys are case-insensitive.
        is_regular = keys and len({key.lower() for key in keys}) == len(keys)
        results.append(all_of(holds) if is_regular else None)
    return all_of(results)


def condition_holds(operator: str, key: str, wanted: Sequence[str], request: Request) -> Tristate:
    """Return whether one condition holds; None for an unknown operator or an unknown context."""
    qualifier, _, name = operator.rpartition(":")
    base = name.removesuffix("IfExists")
    is_null = base == "Null"
    if base not in OPERATORS or qualifier not in {"", "ForAllValues", "ForAnyValue"} or (is_null and operator != base):
        return None
    # IAM documents no variables in keys.
    if not wanted or "${" in key or not request.is_known(key):
        return None
    values = request.values(key)
    if is_null:
        return any_of(_is_absent(text, values) for text in wanted)
    results = [_value_holds(base, value, wanted, request) for value in values]
    if qualifier == "ForAnyValue" and name != base and not any(values):
        return None  # IAM: without values, ForAnyValue does not hold and IfExists does.
    if not values:
        # IAM: a missing key satisfies IfExists, ForAllValues and the negated operators.
        return name != base or qualifier == "ForAllValues" or (base in NEGATED and not qualifier)
    return _set_holds(qualifier, values, results) if qualifier else _single(results)


def _single(results: Sequence[Tristate]) -> Tristate:
    """Return the result of an operator for one value; IAM does not define it for a key with several values."""
    return results[0] if len(results) == 1 else None


def _set_holds(qualifier: str, values: Sequence[str], results: Sequence[Tristate]) -> Tristate:
    """Return the result of a set operator; IAM: empty text is an empty set, which ForAllValues accepts."""
    if not any(values):
        return qualifier == "ForAllValues"
    if all(values):
        return all_of(results) if qualifier == "ForAllValues" else any_of(results)
    # Whether an empty text among others is a value is not documented: decide by the others, if they do.
    others = [result for value, result in zip(values, results, strict=True) if value]
    both = {_set_holds(qualifier, ["x"] * len(some), some) for some in (others, results)}
    return both.pop() if len(both) == 1 else None


def _is_absent(wanted: str, values: tuple[str, ...]) -> Tristate:
    """Return whether Null holds; whether an empty text is a null value is not documented."""
    if values and not any(values):
        return None
    return {"true": not values, "false": bool(values)}.get(wanted.lower())


def _value_holds(base: str, value: str, wanted: Sequence[str], request: Request) -> Tristate:
    compare = POSITIVE[NEGATED.get(base, base)]
    result = any_listed(compare(value, text, request) for text in wanted)
    return negate(result) if base in NEGATED else result
