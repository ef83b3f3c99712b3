"""Whether a caller may do what a call asks for, by identity, session and VPC endpoint policies: all must agree.

What the evaluator cannot tell is refused, and the log says what it was. The words of refusals: "Troubleshoot access
denied error messages", https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wsclient._core.service_errors import AccessDeniedException
from wsclient.policy._documents import Effect, Statement
from wsclient.policy._policy import Decision
from wsclient.testing._auth.permissions import UNRESTRICTED_ACTIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wsclient.policy._policy import Policy
    from wsclient.testing._auth.permissions import RequiredPermission
    from wsclient.testing._state.identities import Identities
    from wsclient.testing._state.keyring import IssuedKey, Principal

logger = logging.getLogger("wsclient.testing")

IDENTITY, SESSION, ENDPOINT = "an identity-based policy", "a session policy", "a VPC endpoint policy"
_EVERYTHING = Statement(effect=Effect.ALLOW, actions=("*",), resources=("*",))
Keys = Mapping[str, str | tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Layer:
    """Policies of one kind, one of which must allow a call and none of which may deny it."""

    kind: str
    policies: Sequence[Policy]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a layer says of a permission, and why."""

    layer: Layer
    decision: Decision
    reason: str

    @property
    def words(self) -> str:
        """How a refusal tells of it, but for the action."""
        if self.decision is Decision.DENIED_EXPLICITLY:
            return f"with an explicit deny in {self.layer.kind}"
        return f"because no {self.layer.kind.partition(' ')[2]} allows the"


def policy_layers(key: IssuedKey | None, identities: Identities, endpoint: Policy | None) -> list[Layer]:
    """Return the policies that hold for a caller, None for one that did not sign."""
    layers: list[Layer] = []
    if key is not None and not key.principal.is_root:
        attached = identities.policies.attached_to(key.principal.identity)
        session = key.session.policies
        if attached is not None:
            layers.append(Layer(IDENTITY, attached))
        if session is None and attached is not None and key.principal.is_federated:
            # A federated user may do only what its session was given.
            session = ()
        if session is not None:
            layers.append(Layer(SESSION, session))
    if endpoint is not None:
        layers.append(Layer(ENDPOINT, (endpoint,)))
    return layers


def check_access(
    caller: Principal, layers: Sequence[Layer], asked: Sequence[RequiredPermission], keys: Mapping[str, str]
) -> None:
    """Raise AccessDeniedException for the first permission that is not given; keys are those of the whole call."""
    for one in asked:
        verdicts = [
            _verdict(layer, caller, one, {**keys, **one.keys})
            for layer in layers
            if layer.kind == ENDPOINT or one.action not in UNRESTRICTED_ACTIONS
        ]
        refusals = [verdict for verdict in verdicts if not _is_enough(verdict, one)]
        # An explicit denial is told before what is merely not allowed.
        refusals.sort(key=lambda verdict: verdict.decision is not Decision.DENIED_EXPLICITLY)
        if refusals:
            raise _refusal(caller, one, refusals[0])


def _is_enough(verdict: Verdict, asked: RequiredPermission) -> bool:
    if asked.is_granted and verdict.layer.kind == IDENTITY:
        return verdict.decision in {Decision.ALLOWED, Decision.DENIED_BY_DEFAULT}
    return verdict.decision is Decision.ALLOWED


def _verdict(layer: Layer, caller: Principal, asked: RequiredPermission, keys: Keys) -> Verdict:
    def answered(policies: Sequence[Policy], wanted: Decision) -> Verdict | None:
        for policy in policies:
            answer = policy.evaluate(
                principal=caller.policy_arn, action=asked.action, resource=asked.resource, context=keys
            )
            if answer.decision is wanted:
                return Verdict(layer, wanted, answer.reason)
        return None

    # With everything allowed besides, what is left of a policy's answer is whether it denies.
    denials = [replace(policy, statements=(*policy.statements, _EVERYTHING)) for policy in layer.policies]
    return (
        answered(denials, Decision.DENIED_EXPLICITLY)
        or answered(denials, Decision.UNDETERMINED)
        or answered(layer.policies, Decision.ALLOWED)
        or answered(layer.policies, Decision.UNDETERMINED)
        or Verdict(layer, Decision.DENIED_BY_DEFAULT, "no statement allows it")
    )


def _refusal(caller: Principal, asked: RequiredPermission, verdict: Verdict) -> AccessDeniedException:
    if verdict.decision is Decision.UNDETERMINED:
        logger.warning(
            "%s on %s is refused, for %s cannot be decided: %s",
            asked.action,
            asked.resource,
            verdict.layer.kind,
            verdict.reason,
        )
    is_default = verdict.decision is not Decision.DENIED_EXPLICITLY
    tail = f"{verdict.words} {asked.action} action" if is_default else verdict.words
    return AccessDeniedException(
        f"User: {caller.arn} is not authorized to perform: {asked.action} on resource: {asked.resource} {tail}"
    )
