"""Authorization of a call by identity-based policies, session policies and VPC endpoint policies.

Every type of policy that applies to the caller must allow the call. Where a policy cannot be evaluated, the call is
denied and a warning in the log names the reason. The messages of denials follow "Troubleshoot access denied error
messages", https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wsclient._core.service_errors import AccessDeniedException
from wsclient.policy._documents import Effect, Statement
from wsclient.policy._policy import Decision
from wsclient.testing._auth.permissions import UNRESTRICTED_ACTIONS
from wsclient.testing._state.logs import logger

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wsclient.policy._policy import Policy
    from wsclient.testing._auth.required import RequiredPermission
    from wsclient.testing._state.identities import Identities
    from wsclient.testing._state.keyring import IssuedKey, Principal


IDENTITY, SESSION, ENDPOINT = "an identity-based policy", "a session policy", "a VPC endpoint policy"
SCOPE = "a scope-down policy"
_EVERYTHING = Statement(effect=Effect.ALLOW, actions=("*",), resources=("*",))
Keys = Mapping[str, str | tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Layer:
    """Policies of one type: at least one must allow a call, and none may deny it."""

    policy_type: str
    policies: Sequence[Policy]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Decision of a layer on one permission, with its reason."""

    layer: Layer
    decision: Decision
    reason: str

    @property
    def message_suffix(self) -> str:
        """End of the error message of a denial, without the action."""
        if self.decision is Decision.DENIED_EXPLICITLY:
            return f"with an explicit deny in {self.layer.policy_type}"
        return f"because no {self.layer.policy_type.partition(' ')[2]} allows the"


def policy_layers(key: IssuedKey | None, identities: Identities, endpoint: Policy | None) -> list[Layer]:
    """Return the policies that apply to a caller; key is None for an unsigned call.

    A root user has no identity-based and no session policies; the policies of scoped credentials apply to everyone.
    """
    layers: list[Layer] = []
    if key is not None and not key.principal.is_root:
        attached = identities.policies.attached_to(key.principal.identity)
        session = key.session.policies
        if attached is not None:
            layers.append(Layer(IDENTITY, attached))
        if session is None and attached is not None and key.principal.is_federated:
            # A federated user without session policies has no permissions.
            # https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
            session = ()
        if session is not None:
            layers.append(Layer(SESSION, session))
    if key is not None:
        layers += [Layer(SCOPE, (policy,)) for policy in key.session.scopes]
    if endpoint is not None:
        layers.append(Layer(ENDPOINT, (endpoint,)))
    return layers


def check_access(
    caller: Principal, layers: Sequence[Layer], permissions: Sequence[RequiredPermission], keys: Mapping[str, str]
) -> None:
    """Raise AccessDeniedException for the first permission that a layer does not allow.

    keys are the condition keys of the whole call; each permission adds its own.
    """
    for permission in permissions:
        verdicts = [
            _evaluate(layer, caller, permission, {**keys, **permission.keys})
            for layer in layers
            if layer.policy_type == ENDPOINT or permission.action not in UNRESTRICTED_ACTIONS
        ]
        denials = [verdict for verdict in verdicts if not _is_allowed(verdict, permission)]
        # AWS reports an explicit deny before a missing allow.
        denials.sort(key=lambda verdict: verdict.decision is not Decision.DENIED_EXPLICITLY)
        if denials:
            raise _access_denied(caller, permission, denials[0])


def _is_allowed(verdict: Verdict, permission: RequiredPermission) -> bool:
    if permission.is_granted and verdict.layer.policy_type == IDENTITY:
        return verdict.decision in {Decision.ALLOWED, Decision.DENIED_BY_DEFAULT}
    return verdict.decision is Decision.ALLOWED


def _evaluate(layer: Layer, caller: Principal, permission: RequiredPermission, keys: Keys) -> Verdict:
    def first(policies: Sequence[Policy], decision: Decision) -> Verdict | None:
        for policy in policies:
            evaluation = policy.evaluate(
                principal=caller.policy_arn, action=permission.action, resource=permission.resource, context=keys
            )
            if evaluation.decision is decision:
                return Verdict(layer, decision, evaluation.reason)
        return None

    # A deny takes precedence over an allow: with a statement that allows everything, only a Deny statement can deny.
    denials = [
        replace(policy, statements=(*policy.statements, _EVERYTHING))
        for policy in layer.policies
        if any(statement.effect is Effect.DENY for statement in policy.statements)
    ]
    return (
        first(denials, Decision.DENIED_EXPLICITLY)
        or first(denials, Decision.UNDETERMINED)
        or first(layer.policies, Decision.ALLOWED)
        or first(layer.policies, Decision.UNDETERMINED)
        or Verdict(layer, Decision.DENIED_BY_DEFAULT, "no statement allows it")
    )


def _access_denied(caller: Principal, permission: RequiredPermission, verdict: Verdict) -> AccessDeniedException:
    if verdict.decision is Decision.UNDETERMINED:
        logger.warning(
            "%s on %s is denied because %s could not be evaluated: %s",
            permission.action,
            permission.resource,
            verdict.layer.policy_type,
            verdict.reason,
        )
    is_default = verdict.decision is not Decision.DENIED_EXPLICITLY
    suffix = f"{verdict.message_suffix} {permission.action} action" if is_default else verdict.message_suffix
    action, resource = permission.action, permission.resource
    return AccessDeniedException(
        f"User: {caller.arn} is not authorized to perform: {action} on resource: {resource} {suffix}"
    )
