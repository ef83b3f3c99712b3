"""Policies of users, roles, sessions and VPC endpoints.

A user or role without attached policies may call every operation; a user or role with attached policies may call what
these allow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from wsclient._core.errors import ConfigurationError
from wsclient.policy._policy import Policy

if TYPE_CHECKING:
    from wsclient.policy._documents import Statement

PolicySource = str | Mapping[str, object] | Policy
"""Policy document: JSON text, a dict, or a Policy."""
Attached = PolicySource | Sequence[PolicySource]
"""One policy document, or a sequence of them."""


class Policies:
    """Attached policies by the ARN of their user or role, and managed policies by their own ARN.

    Managed policies are those that AssumeRole and similar operations can name in PolicyArns to limit a session.
    """

    def __init__(self) -> None:
        self._attached: dict[str, tuple[Policy, ...]] = {}
        self._managed: dict[str, Policy] = {}

    def attach(self, arn: str, documents: Attached | None) -> None:
        """Replace the policies attached to a user or role; None changes nothing."""
        if documents is not None:
            self._attached[arn] = identity_policies(documents)

    def attached_to(self, arn: str) -> tuple[Policy, ...] | None:
        """Return the policies attached to a user or role, None if no policy is attached."""
        return self._attached.get(arn)

    def add_managed(self, arn: str, document: PolicySource) -> None:
        """Add a managed policy, or replace the one of the same ARN."""
        self._managed[arn] = identity_policy(document)

    def documents(self) -> dict[str, dict[str, list[str]]]:
        """Return every attached and every managed policy as JSON, by ARN."""
        return {
            "Attached": {arn: [policy.to_json() for policy in policies] for arn, policies in self._attached.items()},
            "Managed": {arn: [policy.to_json()] for arn, policy in self._managed.items()},
        }

    def restore(self, documents: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
        """Replace all policies by those that documents() returned."""
        self._attached = {arn: identity_policies(texts) for arn, texts in documents.get("Attached", {}).items()}
        self._managed = {arn: identity_policy(text) for arn, (text,) in documents.get("Managed", {}).items()}

    def find_managed(self, arn: str) -> Policy | None:
        """Return the managed policy of an ARN, None if it does not exist."""
        return self._managed.get(arn)


def identity_policies(documents: Attached) -> tuple[Policy, ...]:
    """Parse the policies of a user, role or session. Raises ConfigurationError for an invalid policy."""
    sources: Sequence[PolicySource] = [documents] if isinstance(documents, str | Mapping | Policy) else documents
    return tuple(identity_policy(source) for source in sources)


def identity_policy(document: PolicySource) -> Policy:
    """Parse a policy of a user, role or session. Raises ConfigurationError for an invalid policy."""
    policy = _parse(document)
    # Identity-based policies have no Principal, resource-based policies must have one:
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    if any(_names_principals(statement) for statement in policy.statements):
        raise ConfigurationError(
            "a policy of a user, role or session cannot have a Principal; remove the element from its statements"
        )
    return policy


def endpoint_policy(document: PolicySource) -> Policy:
    """Parse the policy of a VPC endpoint. Raises ConfigurationError for an invalid policy."""
    policy = _parse(document)
    if not all(_names_principals(statement) for statement in policy.statements):
        raise ConfigurationError(
            'every statement in the policy of a VPC endpoint needs a Principal; add "Principal": "*" for every caller'
        )
    return policy


def _parse(document: PolicySource) -> Policy:
    return document if isinstance(document, Policy) else Policy.parse(document)


def _names_principals(statement: Statement) -> bool:
    return statement.principals is not None or statement.not_principals is not None
