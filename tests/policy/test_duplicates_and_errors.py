"""Rejected policies and contexts: duplicate members, null members, values that are not strings."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsclient.errors import ConfigurationError
from wsclient.policy import Decision, Effect, Policy, Statement
from wsclient.testing import Emulator

USER = "arn:aws:iam::123456789012:user/mary"
START = '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"},'
ALLOW = '"Effect": "Allow", "Action": "*", "Resource": "*"'
DUPLICATES = {
    "Statement[1].Condition": f'{START} {{{ALLOW}, "Condition": {{"Bool": {{"a": "true"}}}}, "Condition": {{}}}}]}}',
    "Statement[1].Condition.StringLike": (
        f'{START} {{{ALLOW}, "Condition": {{"StringLike": {{"a": "b"}}, "StringLike": {{"c": "d"}}}}}}]}}'
    ),
    "Statement[1].Condition.StringLike.aws:SourceVpce": (
        f'{START} {{{ALLOW}, "Condition": {{"StringLike": {{"aws:SourceVpce": "b", "aws:SourceVpce": "*"}}}}}}]}}'
    ),
    "Statement[1].Effect": f'{START} {{{ALLOW}, "Effect": "Deny"}}]}}',
    "Statement[1].Principal.AWS": f'{START} {{{ALLOW}, "Principal": {{"AWS": "1", "AWS": "*"}}}}]}}',
    "Statement[1].Resource": f'{START} {{{ALLOW}, "Resource": "*"}}]}}',
    "Statement": f'{{"Statement": {{"Effect": "Deny", "Action": "*", "Resource": "*"}}, "Statement": {{{ALLOW}}}}}',
    "Statement.Action": f'{{"Statement": {{{ALLOW}, "Action": "s3:*"}}}}',
    "Version": f'{{"Version": "2012-10-17", "Version": "2008-10-17", "Statement": {{{ALLOW}}}}}',
}


@pytest.mark.parametrize("place", DUPLICATES)
def test_a_duplicate_member_is_refused_with_its_place(place: str) -> None:
    """A duplicate member is rejected with its path and the remedy: JSON parsers would drop a condition silently."""
    with pytest.raises(ConfigurationError) as error:
        Policy.parse(DUPLICATES[place])
    assert f"duplicate member {place} in the policy" in str(error.value)
    assert "merge the members" in str(error.value)


@pytest.mark.parametrize("place", DUPLICATES)
def test_emulator_rejects_duplicate_policy_members(place: str) -> None:
    """Policies of users and roles are parsed by the same parser."""
    aws = Emulator()
    with pytest.raises(ConfigurationError, match="duplicate member"):
        aws.add_user("mary", policy=DUPLICATES[place])


def test_the_same_member_in_several_objects_is_no_duplicate() -> None:
    """Statements and operators may name the same members and keys."""
    statement = f'{{{ALLOW}, "Condition": {{"StringLike": {{"k": "a"}}, "StringNotLike": {{"k": "b"}}}}}}'
    assert len(Policy.parse(f'{{"Statement": [{statement}, {statement}]}}').statements) == 2


@pytest.mark.parametrize("name", ["Condition", "Principal", "NotPrincipal", "Sid", "NotAction"])
def test_a_null_member_is_refused_with_its_place(name: str) -> None:
    """A null is neither a value nor a missing member: without the check a null Condition would be no condition."""
    with pytest.raises(ConfigurationError, match=rf"{name} in Statement\[0\] is null: remove the member"):
        Policy.parse(f'{{"Statement": [{{{ALLOW}, "{name}": null}}]}}')


def test_json_nested_too_deeply_is_refused() -> None:
    """Deep nesting raises ConfigurationError, not RecursionError."""
    with pytest.raises(ConfigurationError, match=r"nested too deeply|must be a JSON object"):
        Policy.parse("[" * 100_000 + "]" * 100_000)


def _binary(effect: str, wanted: str) -> Policy:
    statement = {"Effect": effect, "Action": "*", "Resource": "*", "Condition": {"BinaryEquals": {"k": wanted}}}
    return Policy.parse({"Version": "2012-10-17", "Statement": [statement]})


@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_binary_text_outside_ascii_is_refused_with_its_place(effect: str) -> None:
    """BinaryEquals with text that cannot be base64 names the condition, whether policy or context has it."""
    place = r"Statement\[0\].Condition.BinaryEquals.k: '\w+é' in"
    with pytest.raises(ConfigurationError, match=f"{place} the policy is not base64: encode the bytes with"):
        _binary(effect, "Zmé").evaluate(principal=USER, action="s3:Get", context={"k": "QUI="})
    with pytest.raises(ConfigurationError, match=f"{place} the request context is not base64"):
        _binary(effect, "QUI=").evaluate(principal=USER, action="s3:Get", context={"k": "Zmé"})


@pytest.mark.parametrize("value", [True, 7, None, b"a", ["a", 7], {"a": "b"}])
def test_a_context_value_that_is_no_text_is_refused(value: Any) -> None:
    """A context value that is not a string raises an error with its key and the notation of numbers and booleans."""
    policy = Policy(statements=(Statement(effect=Effect.ALLOW, actions=("*",), resources=("*",)),))
    with pytest.raises(ConfigurationError, match="the context key aws:SecureTransport must be a string or a list of"):
        policy.evaluate(principal=USER, action="s3:Get", context={"aws:SecureTransport": value})


def test_policy_text_and_dict_parse_alike() -> None:
    """Text and dict of the same policy give the same statements."""
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["a:b"], "Resource": "*"}]}
    assert Policy.parse(json.dumps(document)) == Policy.parse(document)


@pytest.mark.parametrize("effect", [["Allow"], {}, 1, True, "allow"])
def test_an_effect_that_is_no_text_is_refused(effect: Any) -> None:
    """An effect that is not a string raises the same ConfigurationError as a misspelled effect."""
    with pytest.raises(ConfigurationError, match="Effect must be Allow or Deny"):
        Policy.parse({"Statement": {"Effect": effect, "Action": "*", "Resource": "*"}})


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "9" * 5000])
def test_numbers_that_json_does_not_have_are_refused(text: str) -> None:
    """Python's parser accepts NaN and Infinity, and raises errors of its own for thousands of digits."""
    with pytest.raises(ConfigurationError, match="not valid JSON"):
        Policy.parse(f'{{"Statement": [{{{ALLOW}, "Condition": {{"StringEquals": {{"k": {text}}}}}}}]}}')


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 10**5000], ids=["nan", "inf", "long"])
def test_numbers_of_python_that_json_does_not_have_are_refused(number: float) -> None:
    """Numbers of a policy that is a dict are refused with their place."""
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"NumericEquals": {"k": number}}}
    with pytest.raises(ConfigurationError, match=r"Statement\[0\].Condition.NumericEquals.k must"):
        Policy.parse({"Statement": statement})


@given(st.decimals(min_value=-(10**20), max_value=10**20, places=20))
def test_numbers_of_a_policy_are_exact(number: Decimal) -> None:
    """A number that no float holds is compared exactly: a Deny below 10.00000000000000000001 includes 10."""
    condition = f'"Condition": {{"NumericLessThan": {{"k": {number:f}}}}}'
    deny = f'{{"Effect": "Deny", "Action": "*", "Resource": "*", {condition}}}'
    policy = Policy.parse(f'{{"Version": "2012-10-17", "Statement": [{{{ALLOW}}}, {deny}]}}')
    for near in (number, number - Decimal("1e-20")):
        found = policy.evaluate(principal=USER, action="s3:Get", context={"k": f"{near:f}"})
        assert found.is_allowed is (near >= number)


KELVIN = "\N{KELVIN SIGN}"
"""A letter that str.lower() turns into k."""


@pytest.mark.parametrize(
    ("pattern", "action"),
    [(f"wor{KELVIN}spaces:*", "workspaces:StopWorkspaces"), ("workspaces:*", f"workspaces:StopWor{KELVIN}spaces")],
)
@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_actions_with_letters_outside_ascii_are_undetermined(pattern: str, action: str, effect: str) -> None:
    """Actions with such letters match no other: an Allow allows nothing, and a Deny is undetermined."""
    statements = [{"Effect": effect, "Action": pattern, "Resource": "*"}]
    if effect == "Deny":
        statements.append({"Effect": "Allow", "Action": "*", "Resource": "*"})
    found = Policy.parse({"Statement": statements}).evaluate(principal=USER, action=action)
    assert found.decision is Decision.UNDETERMINED


@pytest.mark.parametrize(("key", "given_key"), [(f"aws:to{KELVIN}en", "aws:token"), ("aws:token", f"aws:to{KELVIN}en")])
@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_keys_with_letters_outside_ascii_are_undetermined(key: str, given_key: str, effect: str) -> None:
    """Return whether a condition key's Kelvin sign equals k is not documented, so the result is undetermined."""
    statements = [{"Effect": effect, "Action": "*", "Resource": "*", "Condition": {"StringEquals": {key: "x"}}}]
    if effect == "Deny":
        statements.append({"Effect": "Allow", "Action": "*", "Resource": "*"})
    found = Policy.parse({"Statement": statements}).evaluate(principal=USER, action="s3:Get", context={given_key: "x"})
    assert found.decision is Decision.UNDETERMINED


def test_arguments_of_another_type_are_refused() -> None:
    """evaluate() rejects arguments of other types than in its signature, and context keys that are not strings."""
    policy = Policy.parse(f'{{"Statement": {{{ALLOW}}}}}')
    wrong: list[dict[str, Any]] = [
        {"principal": 5},
        {"action": None},
        {"resource": b"*"},
        {"context": [("k", "v")]},
        {"context": {1: "v"}},
    ]
    for arguments in wrong:
        options: dict[str, Any] = {"principal": USER, "action": "s3:Get", **arguments}
        with pytest.raises(ConfigurationError, match="must be a"):
            policy.evaluate(**options)
