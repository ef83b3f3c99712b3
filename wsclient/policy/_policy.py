"""Policy, its evaluation, and builders of common policies.

An evaluation that cannot be decided is UNDETERMINED, never ALLOWED. It covers one document: other policies, of the
identity, the organization or the resource, may deny a call that this document allows.

"Policy evaluation logic", https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html;
"Control access to VPC endpoints using endpoint policies",
https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Self

from wsclient._core.argument_checks import checked
from wsclient._core.errors import ConfigurationError, PrivateLinkFipsError
from wsclient._core.value_kinds import MAPPING, TEXT, TEXTS, optional
from wsclient.endpoints._resolver import PRIVATELINK_FIPS
from wsclient.endpoints._types import Endpoint
from wsclient.policy._conditions import conditions_hold
from wsclient.policy._documents import ANY_PRINCIPAL, Document, Effect, Statement, parse_document
from wsclient.policy._lint import Finding, lint_document
from wsclient.policy._principals import not_principal_matches, principal_matches
from wsclient.policy._request import Context, Request
from wsclient.policy._resources import Scope, action_matches, resource_matches, scope_of
from wsclient.policy._tool_formats import aws_cli, cloudformation
from wsclient.policy._tristate import Tristate, all_of, negate

if TYPE_CHECKING:
    from collections.abc import Callable


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
    """Result of a policy for a call."""

    ALLOWED = "allowed"
    DENIED_EXPLICITLY = "denied by a statement"
    DENIED_BY_DEFAULT = "denied, since no statement allows it"
    UNDETERMINED = "undetermined from the available information"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Decision on a call, the statement that decided it (None if no statement did), and the reason as text."""

    decision: Decision
    statement: Statement | None
    reason: str

    @property
    def is_allowed(self) -> bool:
        """True if the policy allows the call; False for UNDETERMINED."""
        return self.decision is Decision.ALLOWED


@dataclass(frozen=True, slots=True)
class _Call:
    """Call to evaluate: who does what to which resource, and what the request says besides."""

    principal: str
    action: str
    resource: str
    scope: Scope
    request: Request


class Policy(Document):
    """A policy document: its statements, version and id."""

    @classmethod
    def parse(cls, source: str | Mapping[str, object]) -> Self:
        """Parse JSON text or a dict; raises ConfigurationError with the path of a malformed member."""
        document = parse_document(source)
        return cls(statements=document.statements, version=document.version, id=document.id)

    def to_json(self) -> str:
        """Return the document as JSON text."""
        return json.dumps(self.to_dict(), indent=2)

    def to_cloudformation(self, name: str) -> str:
        """Return an AWS CloudFormation template, JSON, that creates this identity policy as a managed policy.

        Raises ConfigurationError for a name that IAM refuses, and for the policy of a VPC endpoint.
        """
        return cloudformation(self, name)

    def to_aws_cli(self, name: str) -> str:
        """Return the command of the AWS CLI that creates this identity policy as a managed policy.

        Raises ConfigurationError as to_cloudformation() does.
        """
        return aws_cli(self, name)

    def lint(self) -> tuple[Finding, ...]:
        """Return probable mistakes in the document, errors first."""
        return lint_document(self)

    @checked({"principal": TEXT, "action": TEXT, "resource": TEXT, "context": optional(MAPPING)})
    def evaluate(
        self, *, principal: str, action: str, resource: str = "*", context: Context | None = None
    ) -> Evaluation:
        """Evaluate whether this document allows a call.

        principal is the caller's ARN (user, role, session, root) or a service's name. action has the form
        workspaces:StartWorkspaces. resource is an ARN, or * for an action without a resource; for an action without
        resource-level permissions an ARN has no effect. context contains every condition key of the request: a key that
        it does not contain is not in the request. None means that the condition keys are unknown, so every condition is
        undetermined.

        Raises ConfigurationError for an action without a service prefix, for a context value that is not a string or a
        list of strings, and for BinaryEquals with text that is not ASCII.
        """
        if ":" not in action:
            raise ConfigurationError(f"the action {action!r} has no service prefix; use the form workspaces:{action}")
        call = _Call(principal, action, resource, scope_of(action, resource), Request(context, self.version))
        matches = [
            (statement, _matches(statement, f"Statement[{number}]", call))
            for number, statement in enumerate(self.statements)
        ]
        denials = [(statement, result) for statement, result in matches if statement.effect is Effect.DENY]
        allowances = [(statement, result) for statement, result in matches if statement.effect is Effect.ALLOW]
        # AWS's order: an explicit deny, then an allow, then the default deny.
        if denied := _first(denials, wanted=True):
            return _evaluation(Decision.DENIED_EXPLICITLY, denied, f"{_name(denied)} denies it")
        allowed, possible_allowance = _first(allowances, wanted=True), _first(allowances, wanted=None)
        if allowed is None and possible_allowance is None:
            return _evaluation(Decision.DENIED_BY_DEFAULT, None, "no statement allows it")
        if possible_denial := _first(denials, wanted=None):
            return _evaluation(Decision.UNDETERMINED, possible_denial, f"{_name(possible_denial)} may deny it")
        if allowed is not None:
            return _evaluation(Decision.ALLOWED, allowed, f"{_name(allowed)} allows it")
        return _evaluation(Decision.UNDETERMINED, possible_allowance, f"{_name(possible_allowance)} may allow it")


@checked({"workspace_arn": TEXT})
def allow_one_workspace(workspace_arn: str) -> Policy:
    """Return AWS's example of an endpoint policy: any principal may perform any action on one WorkSpace only.

    Actions without resource-level permissions, DescribeWorkspaces among them, stay denied. Raises ConfigurationError
    for an ARN of anything but a WorkSpace. "Infrastructure security in Amazon WorkSpaces",
    https://docs.aws.amazon.com/workspaces/latest/adminguide/infrastructure-security.html
    """
    _require_workspace_arn(workspace_arn)
    statement = Statement(
        effect=Effect.ALLOW, actions=("workspaces:*",), resources=(workspace_arn,), principals=ANY_PRINCIPAL
    )
    return Policy(statements=(statement,))


@checked({"vpc_endpoint": optional(TEXT), "vpc": optional(TEXT), "actions": TEXTS})
def only_through(
    *, vpc_endpoint: str | None = None, vpc: str | None = None, actions: Sequence[str] = ("workspaces:*",)
) -> Policy:
    """Return an identity policy that denies calls that do not come through one VPC endpoint, or one VPC.

    The policy allows nothing: attach it in addition to policies that allow calls. Only requests through a VPC endpoint
    have the keys aws:SourceVpce and aws:SourceVpc, so calls over the internet are denied. Raises ConfigurationError
    unless one of vpc_endpoint and vpc is a well-formed id and the other is None.
    """
    arguments = {"aws:SourceVpce": vpc_endpoint, "aws:SourceVpc": vpc}
    present = {key: value for key, value in arguments.items() if value is not None}
    if len(present) != 1:
        raise ConfigurationError("only_through needs one of vpc_endpoint= and vpc=")
    ((key, value),) = present.items()
    prefix = "vpce-" if key == "aws:SourceVpce" else "vpc-"
    if not value.startswith(prefix) or not value.removeprefix(prefix).isalnum():
        raise ConfigurationError(f"{value!r:.80} must be an id of the form {prefix}0123456789abcdef0")
    statement = Statement(
        effect=Effect.DENY,
        actions=tuple(actions),
        resources=("*",),
        conditions={"StringNotEquals": {key: (value,)}},
    )
    return Policy(statements=(statement,))


def check_endpoint(policy: Policy, endpoint: Endpoint) -> Policy:
    """Return the policy, or raise PrivateLinkFipsError for a FIPS endpoint: AWS does not support a policy there."""
    if endpoint.is_fips and endpoint.signing_name == "workspaces":
        raise PrivateLinkFipsError(
            f"{PRIVATELINK_FIPS}: an endpoint policy does not apply to {endpoint.url}. Use the VPC endpoint without "
            "FIPS, or restrict calls to FIPS endpoints with identity policies."
        )
    return policy


def _require_workspace_arn(arn: str) -> None:
    parts = arn.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or parts[2] != "workspaces" or not parts[5].startswith("workspace/"):  # noqa: PLR2004 - an ARN's parts
        raise ConfigurationError(
            f"{arn!r:.120} is not the ARN of a WorkSpace: expected arn:aws:workspaces:REGION:ACCOUNT:workspace/ws-ID"
        )


def _matches(statement: Statement, where: str, call: _Call) -> Tristate:
    action = _match_pair(
        statement.actions, statement.not_actions, lambda patterns: action_matches(patterns, call.action)
    )
    # Most statements are about other actions: whether their resources match decides nothing.
    parts: list[Tristate] = [action, _match_resource(statement, call) if action is not False else False]
    if statement.principals is not None:
        parts.append(principal_matches(statement.principals, call.principal))
    if statement.not_principals is not None:
        parts.append(not_principal_matches(statement.effect, statement.not_principals, call.principal))
    parts.append(conditions_hold(statement.conditions, f"{where}.Condition", call.request))
    return all_of(parts)


def _match_resource(statement: Statement, call: _Call) -> Tristate:
    result = _match_pair(
        statement.resources,
        statement.not_resources,
        lambda patterns: resource_matches(patterns, call.resource, call.scope, call.request),
    )
    if statement.effect is Effect.DENY:
        return result
    if call.scope is Scope.NO_RESOURCE and statement.not_resources is not None and result:
        return None  # IAM: such an action needs Resource "*"; what NotResource means for it is not documented
    # An allowance of some resources does not allow a call on any resource, whereas a denial of some may deny it.
    return False if result is None and call.scope is Scope.ANY_RESOURCE else result


def _match_pair(
    included: Sequence[str] | None, excluded: Sequence[str] | None, match: Callable[[Sequence[str]], Tristate]
) -> Tristate:
    return match(included) if included is not None else negate(match(excluded or ()))


def _first(matches: Sequence[tuple[Statement, Tristate]], *, wanted: Tristate) -> Statement | None:
    return next((statement for statement, result in matches if result is wanted), None)


def _name(statement: Statement | None) -> str:
    return f"the statement {statement.sid}" if statement is not None and statement.sid else "a statement"


def _evaluation(decision: Decision, statement: Statement | None, reason: str) -> Evaluation:
    return Evaluation(decision=decision, statement=statement, reason=reason)
