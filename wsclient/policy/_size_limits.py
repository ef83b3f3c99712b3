"""Fitting of policies into the limits of AWS: their length as sent, and widening by patterns.

"IAM and AWS STS quotas", https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from wsclient._core.errors import ConfigurationError

if TYPE_CHECKING:
    from wsclient.policy._documents import Statement
    from wsclient.policy._policy import Policy

SESSION_POLICY_LENGTH: Final = 2048
"""Characters of a session policy of AssumeRole, and of a policy of GetScopedCredentials."""


class PolicyTooLargeError(ConfigurationError):
    """A policy is longer than allowed: length and limit are in characters, widenings what would make it shorter."""

    def __init__(self, length: int, limit: int, widenings: Sequence[str]) -> None:
        ways = f"; widen=True would allow {' and '.join(widenings)} instead of the listed ARNs" if widenings else ""
        super().__init__(f"the policy has {length:,} characters, and {limit:,} are allowed{ways}")
        self.length = length
        self.limit = limit
        self.widenings = tuple(widenings)


def compact(policy: Policy) -> str:
    """Return a policy as JSON without white space, as sent to AWS."""
    return json.dumps(policy.to_dict(), separators=(",", ":"))


def fitted(policy: Policy, limit: int, *, widen: bool) -> Policy:
    """Return a policy of at most this many characters; raise PolicyTooLargeError if it is longer.

    With widen, the longest lists of ARNs are replaced by patterns of their account, region and type, one after the
    other, until the policy fits.
    """
    length, widest, widenings = len(compact(policy)), policy, list[str]()
    while len(compact(widest)) > limit:
        number = max(range(len(widest.statements)), key=lambda each: _size(widest.statements[each]), default=None)
        if number is None or _size(widest.statements[number]) <= 1:
            raise PolicyTooLargeError(length, limit, ())
        patterns = sorted({_pattern(arn) for arn in widest.statements[number].resources or ()})
        widenings += patterns
        statements = list(widest.statements)
        statements[number] = replace(statements[number], resources=patterns)
        widest = replace(widest, statements=statements)
    if widenings and not widen:
        raise PolicyTooLargeError(length, limit, widenings)
    return widest


def _size(statement: Statement) -> int:
    """Return how many resources of a statement a pattern would replace."""
    resources = statement.resources or ()
    return len(resources) - len({_pattern(arn) for arn in resources}) + 1


def _pattern(arn: str) -> str:
    """Return the pattern of every resource of the same account, region and type."""
    head, slash, _ = arn.partition("/")
    return f"{head}/*" if slash else arn
