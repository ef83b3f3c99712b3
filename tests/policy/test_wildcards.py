"""Wildcard matcher: results, and cost for hostile patterns."""

from __future__ import annotations

import re
import sys
from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wsclient.policy import Policy
from wsclient.policy._wildcards import Wildcard, matches, matches_start, section_tokens, string_tokens

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from _typeshed import TraceFunction

PATTERNS = st.text("ab:*?", max_size=10)
TEXTS = st.text("ab:", max_size=10)


def _expression(pattern: str, anything: str) -> str:
    return "".join({"*": f"{anything}*", "?": anything}.get(item) or re.escape(item) for item in pattern)


@settings(max_examples=500)
@given(pattern=PATTERNS, text=TEXTS)
def test_wildcard_matches_like_a_regular_expression(pattern: str, text: str) -> None:
    """* is any text and ? any character; within a section neither is a colon."""
    assert matches(string_tokens(pattern), text) is bool(re.fullmatch(_expression(pattern, "."), text))
    assert matches(section_tokens(pattern), text) is bool(re.fullmatch(_expression(pattern, "[^:]"), text))


@settings(max_examples=300)
@given(pattern=PATTERNS, text=TEXTS, more=TEXTS)
def test_every_prefix_of_a_match_is_a_possible_prefix(pattern: str, text: str, more: str) -> None:
    """Whatever matches has a start that can match."""
    if matches(string_tokens(pattern), text + more):
        assert matches_start(string_tokens(pattern), text)


def test_adjacent_wildcard_runs_match_across_colons() -> None:
    """A run within a section next to a run across colons matches across colons."""
    for runs in ([Wildcard.RUN, Wildcard.RUN_IN_SECTION], [Wildcard.RUN_IN_SECTION, Wildcard.RUN]):
        assert matches(["a", *runs, "b"], "a::b")
    assert not matches(["a", Wildcard.RUN_IN_SECTION, Wildcard.RUN_IN_SECTION, "b"], "a::b")


def _lines_run(call: Callable[[], object]) -> int:
    """Return how many lines of code a call runs."""
    lines = 0

    def trace(frame: FrameType, event: str, argument: object) -> TraceFunction:
        nonlocal lines
        lines += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return lines


HOSTILE = {
    "ten stars": "a*" * 10 + "b",
    "three stars": "*a*a*a*b",
    "a hundred stars": "*a" * 100 + "b",
    "stars and question marks": "*?" * 50 + "b",
    "only stars": "*" * 200,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_wildcard_matching_is_linear_in_the_text(name: str) -> None:
    """Twice the text is twice the work, for a pattern that makes a backtracking matcher try every way."""
    tokens = string_tokens(HOSTILE[name])
    short, long = (_lines_run(partial(matches, tokens, "a" * size)) for size in (4000, 8000))
    assert long < 8000 * 8 + 20 * len(tokens)
    assert long - short < 4000 * 8


@pytest.mark.parametrize("element", ["Action", "Resource", "StringLike", "ArnLike"])
def test_policy_pattern_matching_is_bounded(element: str) -> None:
    """Actions, resources, StringLike and ArnLike decide on 8 KB with thirty stars in a bounded number of steps."""
    stars, text = "a*" * 30 + "b", "a" * 8000
    pattern, value = {
        "Action": (f"s3:{stars}", f"s3:{text}"),
        "StringLike": (stars, text),
    }.get(element, (f"arn:aws:s3:::{stars}", f"arn:aws:s3:::{text}"))
    statement: dict[str, object] = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    statement |= (
        {element: pattern} if element in statement or element == "Action" else {"Condition": {element: {"k": pattern}}}
    )
    policy = Policy.parse({"Version": "2012-10-17", "Statement": statement})
    action = value if element == "Action" else "s3:GetObject"
    resource = value if element == "Resource" else "arn:aws:s3:::b"
    answers: list[bool] = []
    lines = _lines_run(
        lambda: answers.append(
            policy.evaluate(principal="*", action=action, resource=resource, context={"k": value}).is_allowed
        )
    )
    assert answers == [False]
    assert lines < 200_000


def test_adjacent_stars_are_one_token() -> None:
    """Adjacent stars cost the same as one star, also in lint(), which matches with every action."""
    assert string_tokens("a****b**") == ["a", Wildcard.RUN, "b", Wildcard.RUN]
    policy = Policy.parse({"Statement": {"Effect": "Allow", "Action": "workspaces:" + "*" * 8000, "Resource": "*"}})
    assert _lines_run(policy.lint) < 100_000


def test_matching_long_variable_values_is_bounded() -> None:
    """A pattern that variables make longer than the text costs as much as its length, not length times text."""
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringLike": {"k": "${v}*" * 500}}}
    policy = Policy.parse({"Version": "2012-10-17", "Statement": statement})
    context = {"k": "a" * 8000, "v": "a" * 100}
    answers: list[bool] = []
    lines = _lines_run(
        lambda: answers.append(policy.evaluate(principal="*", action="s3:Get", context=context).is_allowed)
    )
    assert answers == [False]
    assert lines < 400_000
