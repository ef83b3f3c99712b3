"""Policies of existing endpoints compared with the wanted one, whatever somebody else has written there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from wsclient.policy import Policy
from wsclient.vpc._differences import lets_strangers_through, same_policy

ALLOW: dict[str, Any] = {"Effect": "Allow", "Principal": "*", "Action": "workspaces:*", "Resource": "*"}
OWN = {**ALLOW, "Condition": {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/${aws:PrincipalTag/owner}"}}}


@pytest.mark.parametrize("statement", [ALLOW, OWN])
@pytest.mark.parametrize("version", [None, "2008-10-17", "2012-10-17"])
def test_a_version_without_variables_is_another_policy_where_there_are_some(
    statement: dict[str, Any], version: str | None
) -> None:
    """The same statements of another version are the same policy, unless a text has the form of a variable."""
    wanted = Policy.parse({"Version": "2012-10-17", "Statement": [statement]})
    found = {"Statement": [statement]} if version is None else {"Version": version, "Statement": [statement]}
    assert same_policy(json.dumps(found), wanted) is (statement is ALLOW or version == "2012-10-17")


@pytest.mark.parametrize(
    ("document", "passes"),
    [
        (json.dumps({"Statement": [ALLOW]}), True),
        (json.dumps({"Statement": [{**ALLOW, "Condition": {"BinaryEquals": {"aws:PrincipalArn": "é"}}}]}), False),
        ('{"Statement": [{"Effect": "Allow", "Effect": "Deny"}]}', False),
        ("no policy", False),
        (None, False),
    ],
)
def test_a_policy_that_cannot_be_evaluated_lets_nobody_through_for_certain(document: str | None, passes: bool) -> None:
    """EC2's text is another's: what cannot be read or evaluated is no certainty, and no error."""
    assert lets_strangers_through(document) is passes
