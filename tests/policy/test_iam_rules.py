"""The rules of AWS's documentation as a table of requests, each with the page that the rule comes from.

tests/policy/iam_rules.jsonl has a row on each line. UNDETERMINED stands where the page leaves the answer open.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support import naive_policy
from wsclient.policy import Decision, Policy

LINES = (Path(__file__).parent / "iam_rules.jsonl").read_text().splitlines()
ROWS: dict[str, dict[str, Any]] = {row["rule"]: row for row in map(json.loads, LINES)}
BEYOND_THE_SECOND = {
    "DateEquals: time zones",
    "DateNotEquals: fractions of a second",
    "a resource that is to be created is named by its type",
    "a Deny of one of the resources asked about",
    "an action with a wildcard is asked about: a part of it may be denied",
    "letters outside ASCII that are equal but for their case",
    "an account id needs 12 digits",
    "an account of another partition",
    "an action without resource types and every ARN of the service",
    "a key with an empty list of values",
    "an empty list of actions",
    "an empty list of denied resources",
    "a key twice in different case",
}
"""Rules that the naive evaluator leaves out to stay simple."""


@pytest.mark.parametrize("rule", ROWS)
def test_evaluator_follows_a_documented_rule(rule: str) -> None:
    """The evaluator decides as the page says, and does not decide what the page leaves open."""
    row = ROWS[rule]
    evaluation = Policy.parse(row["policy"]).evaluate(**row["request"], context=row["context"])
    assert evaluation.decision.name == row["expected"], f"{row['page']}, {row['url']}: {evaluation.reason}"


@pytest.mark.parametrize("rule", sorted(ROWS.keys() - BEYOND_THE_SECOND))
def test_reference_evaluator_follows_the_rule(rule: str) -> None:
    """The naive evaluator decides the row alike: two readings of a page agree."""
    row = ROWS[rule]
    decision = naive_policy.decide(row["policy"], **row["request"], context=row["context"])
    assert decision == row["expected"], f"{row['page']}, {row['url']}"


def test_rule_table_covers_every_page_and_decision() -> None:
    """There are at least 300 different rules from 15 pages, with every decision."""
    assert len(ROWS) == len(LINES) >= 300
    assert {row["expected"] for row in ROWS.values()} == {decision.name for decision in Decision}
    assert len({row["url"] for row in ROWS.values()}) == 15
    bodies = [json.dumps([row["policy"], row["request"], row["context"]], sort_keys=True) for row in ROWS.values()]
    assert len(set(bodies)) == len(bodies)
