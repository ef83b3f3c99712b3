"""Requests that a policy is evaluated for, when only some of their condition keys are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from wsclient.policy._policy import Policy


def request_for(policy: Policy, known: Mapping[str, str], absent: Collection[str] = ()) -> Mapping[str, str]:
    """Return the context for a policy: known keys, and the policy's other keys as neither there nor missing.

    A key that the evaluator is given twice, in different case, has a value that is not known.
    """
    decided = {key.lower() for key in (*known, *absent)}
    named = {key.lower() for statement in policy.statements for keys in statement.conditions.values() for key in keys}
    unknown = named - decided
    return {**known, **{spelt: "" for key in unknown for spelt in (key, key.upper())}}
