"""Policies for Amazon WorkSpaces: build, read, look over and evaluate them, for VPC endpoints and for identities.

    policy = Policy.parse(text)
    for finding in policy.lint():
        print(finding)
    answer = policy.evaluate(
        principal="arn:aws:iam::123456789012:role/desktops",
        action="workspaces:StartWorkspaces",
        resource="arn:aws:workspaces:us-west-2:123456789012:workspace/ws-f9abcdefg",
        context={"aws:SourceVpce": "vpce-0123"},
    )
    print(answer.decision, answer.reason)

What cannot be decided is never called allowed. An evaluation is about one document: other policies, of the identity,
the organization or the resource, may deny what this one allows.

"Policy evaluation logic", https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html;
"Control access to VPC endpoints using endpoint policies",
https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Self

from wsclient._core.errors import ConfigurationError, PrivateLinkFipsError
from wsclient.endpoints._resolver import PRIVATELINK_FIPS
from wsclient.policy._documents import EVERYBODY, Document, Effect, Statement, read_document
from wsclient.policy._lint import Finding, findings
from wsclient.policy._matching import (
    Context,
    Request,
    Tristate,
    action_matches,
    all_of,
    condition_holds,
    negated,
    principal_matches,
    resource_matches,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wsclient.endpoints._types import Endpoint

__all__ = [
    "Decision",
    "Effect",
    "Evaluation",
    "Finding",
    "Policy",
    "Statement",
    "allow_one_workspace",
    "check_endpoint",
    "only_through",
]


class Decision(Enum):
    """What a policy says of a call."""

    ALLOWED = "allowed"
    DENIED_EXPLICITLY = "denied by a statement"
    DENIED_BY_DEFAULT = "denied, since no statement allows it"
    UNDETERMINED = "not to be told from what is known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """An answer: the decision, the statement that decided, if one did, and why in words."""

    decision: Decision
    statement: Statement | None
    reason: str

    @property
    def is_allowed(self) -> bool:
        """Whether the policy certainly allows the call."""
        return self.decision is Decision.ALLOWED


class Policy(Document):
    """A policy document: its statements, version and id."""

    @classmethod
    def parse(cls, source: str | Mapping[str, object]) -> Self:
        """Read JSON text or a dict; raises ConfigurationError that says where it is malformed."""
        document = read_document(source)
        return cls(statements=document.statements, version=document.version, id=document.id)

    def to_json(self) -> str:
        """Return the document as JSON text."""
        return json.dumps(self.to_dict(), indent=2)

    def lint(self) -> tuple[Finding, ...]:
        """Return what is odd about the document, the worst first."""
        return findings(self)

    def evaluate(
        self, *, principal: str, action: str, resource: str = "*", context: Context | None = None
    ) -> Evaluation:
        """Say whether this document allows a call.

        principal is the caller's ARN (user, role, session, root) or a service's name, action like
        workspaces:StartWorkspaces, resource an ARN, or * for an action without one. context holds the request's
        condition keys, exactly: a key that is not in it is not in the request. None means that nothing is known of
        them, so that no condition can be decided.
        """
        request = Request(context, self.version)
        matches = [(one, _matches(one, principal, action, resource, request)) for one in self.statements]
        denials = [(one, truth) for one, truth in matches if one.effect is Effect.DENY]
        allowances = [(one, truth) for one, truth in matches if one.effect is Effect.ALLOW]
        if denied := _first(denials, wanted=True):
            return _answer(Decision.DENIED_EXPLICITLY, denied, f"{_name(denied)} denies it")
        allowed, open_allowance = _first(allowances, wanted=True), _first(allowances, wanted=None)
        if allowed is None and open_allowance is None:
            return _answer(Decision.DENIED_BY_DEFAULT, None, "no statement allows it")
        if open_denial := _first(denials, wanted=None):
            return _answer(Decision.UNDETERMINED, open_denial, f"{_name(open_denial)} may deny it")
        if allowed is not None:
            return _answer(Decision.ALLOWED, allowed, f"{_name(allowed)} allows it")
        return _answer(Decision.UNDETERMINED, open_allowance, f"{_name(open_allowance)} may allow it")


def allow_one_workspace(workspace_arn: str) -> Policy:
    """Return AWS's example of an endpoint policy: everybody may do everything with one WorkSpace, and nothing else.

    Calls that take no resource, DescribeWorkspaces among them, stay denied. "Infrastructure security in Amazon
    WorkSpaces", https://docs.aws.amazon.com/workspaces/latest/adminguide/infrastructure-security.html
    """
    _workspace(workspace_arn)
    statement = Statement(
        effect=Effect.ALLOW, actions=("workspaces:*",), resources=(workspace_arn,), principals=EVERYBODY
    )
    return Policy(statements=(statement,))


def only_through(
    *, vpc_endpoint: str | None = None, vpc: str | None = None, actions: Sequence[str] = ("workspaces:*",)
) -> Policy:
    """Return an identity policy that denies what does not come through one VPC endpoint, or one VPC.

    It allows nothing by itself: attach it beside the policies that do. aws:SourceVpce and aws:SourceVpc are in requests
    that come through an endpoint alone, so calls over the internet are denied.
    """
    chosen = {"aws:SourceVpce": vpc_endpoint, "aws:SourceVpc": vpc}
    said = {key: value for key, value in chosen.items() if value is not None}
    if len(said) != 1:
        raise ConfigurationError("only_through needs one of vpc_endpoint= and vpc=")
    ((key, value),) = said.items()
    prefix = "vpce-" if key == "aws:SourceVpce" else "vpc-"
    if not value.startswith(prefix) or not value.removeprefix(prefix).isalnum():
        raise ConfigurationError(f"{value!r:.80} is no id of the form {prefix}0123456789abcdef0")
    statement = Statement(
        effect=Effect.DENY,
        actions=tuple(actions),
        resources=("*",),
        conditions={"StringNotEquals": {key: (value,)}},
    )
    return Policy(statements=(statement,))


def check_endpoint(policy: Policy, endpoint: Endpoint) -> Policy:
    """Return the policy, or raise PrivateLinkFipsError for a FIPS endpoint: AWS supports no policy there."""
    if endpoint.is_fips and endpoint.signing_name == "workspaces":
        raise PrivateLinkFipsError(
            f"{PRIVATELINK_FIPS}: an endpoint policy does not apply to {endpoint.url}. Use the VPC endpoint without "
            "FIPS, or rule calls to FIPS endpoints by identity policies."
        )
    return policy


def _workspace(arn: str) -> None:
    parts = arn.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or parts[2] != "workspaces" or not parts[5].startswith("workspace/"):  # noqa: PLR2004 - an ARN's parts
        raise ConfigurationError(
            f"{arn!r:.120} is no ARN of a WorkSpace: expected arn:aws:workspaces:REGION:ACCOUNT:workspace/ws-ID"
        )


def _matches(statement: Statement, principal: str, action: str, resource: str, request: Request) -> Tristate:
    parts: list[Tristate] = [
        _either(statement.actions, statement.not_actions, lambda each: action_matches(each, action)),
        _either(statement.resources, statement.not_resources, lambda each: resource_matches(each, resource, request)),
    ]
    if statement.principals is not None:
        parts.append(principal_matches(statement.principals, principal))
    if statement.not_principals is not None:
        parts.append(negated(principal_matches(statement.not_principals, principal)))
    parts += [
        condition_holds(operator, key, values, request)
        for operator, keys in statement.conditions.items()
        for key, values in keys.items()
    ]
    return all_of(parts)


def _either(
    named: Sequence[str] | None, all_but: Sequence[str] | None, match: Callable[[Sequence[str]], Tristate]
) -> Tristate:
    return match(named) if named is not None else negated(match(all_but or ()))


def _first(matches: Sequence[tuple[Statement, Tristate]], *, wanted: Tristate) -> Statement | None:
    return next((statement for statement, truth in matches if truth is wanted), None)


def _name(statement: Statement | None) -> str:
    return f"the statement {statement.sid}" if statement is not None and statement.sid else "a statement"


def _answer(decision: Decision, statement: Statement | None, reason: str) -> Evaluation:
    return Evaluation(decision=decision, statement=statement, reason=reason)
