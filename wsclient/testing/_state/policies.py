"""Policies that the emulator holds callers to: what is attached to users, roles and VPC endpoints.

A user or role to which none is attached may do everything; one to which any is attached only what that allows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from wsclient._core.errors import ConfigurationError
from wsclient.policy._policy import Policy

if TYPE_CHECKING:
    from wsclient.policy._documents import Statement

PolicySource = str | Mapping[str, object] | Policy
"""A policy document: JSON text, a dict, or a Policy."""
Attached = PolicySource | Sequence[PolicySource]
"""One policy document or several."""


class Policies:
    """What is attached to principals, by their ARNs; and policies that sessions are limited by, by their own ARNs."""

    def __init__(self) -> None:
        self._attached: dict[str, tuple[Policy, ...]] = {}
        self._managed: dict[str, Policy] = {}

    def attach(self, arn: str, given: Attached | None) -> None:
        """Attach policies to a user or role, in place of those before; None leaves it as it is."""
        if given is not None:
            self._attached[arn] = identity_policies(given)

    def attached_to(self, arn: str) -> tuple[Policy, ...] | None:
        """Return what is attached to a user or role, None when nothing is."""
        return self._attached.get(arn)

    def add_managed(self, arn: str, given: PolicySource) -> None:
        """Keep a policy by its own ARN."""
        self._managed[arn] = identity_policy(given)

    def documents(self) -> dict[str, dict[str, list[str]]]:
        """Return every policy as JSON, those of principals and those that have an ARN of their own."""
        return {
            "Attached": {arn: [policy.to_json() for policy in policies] for arn, policies in self._attached.items()},
            "Managed": {arn: [policy.to_json()] for arn, policy in self._managed.items()},
        }

    def restore(self, documents: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
        """Have the policies that documents() returned, and no others."""
        self._attached = {arn: identity_policies(texts) for arn, texts in documents.get("Attached", {}).items()}
        self._managed = {arn: identity_policy(text) for arn, (text,) in documents.get("Managed", {}).items()}

    def find_managed(self, arn: str) -> Policy | None:
        """Return the policy of that ARN, None where there is none."""
        return self._managed.get(arn)


def identity_policies(given: Attached) -> tuple[Policy, ...]:
    """Return the policies of a user, role or session; raises ConfigurationError for what can be none."""
    documents: Sequence[PolicySource] = [given] if isinstance(given, str | Mapping | Policy) else given
    return tuple(identity_policy(one) for one in documents)


def identity_policy(given: PolicySource) -> Policy:
    """Return one policy of a user, role or session; raises ConfigurationError for what can be none."""
    policy = _policy(given)
    if any(_names_principals(statement) for statement in policy.statements):
        raise ConfigurationError(
            "a policy of a user, role or session has no Principal: it is about whom it is attached to"
        )
    return policy


def endpoint_policy(given: PolicySource) -> Policy:
    """Return a VPC endpoint's policy; raises ConfigurationError for what can be none."""
    policy = _policy(given)
    if not all(_names_principals(statement) for statement in policy.statements):
        raise ConfigurationError('a VPC endpoint\'s policy has a Principal in every statement: write "Principal": "*"')
    return policy


def _policy(given: PolicySource) -> Policy:
    return given if isinstance(given, Policy) else Policy.parse(given)


def _names_principals(statement: Statement) -> bool:
    return statement.principals is not None or statement.not_principals is not None
