"""Differences between an existing endpoint and a spec, as parsed values: never as text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import msgspec

from wsclient._core.errors import ConfigurationError
from wsclient._core.utils import is_list, is_mapping
from wsclient.policy._documents import CURRENT_VERSION
from wsclient.policy._policy import Policy
from wsclient.vpc._spec import Repair

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wsclient._generated.ec2 import structures as s
    from wsclient.vpc._spec import EndpointSpec

STRANGER: Final = "000000000000"
"""Id of an account that does not exist, for a principal whom no policy names."""
MANAGERS: Final = ("aws:cloudformation:stack-name", "managed-by", "ManagedBy", "terraform")
"""Tags of endpoints that another tool manages."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """Part of an endpoint that is not as wanted: part is a value of repair=, current and wanted are texts."""

    part: Repair
    current: str
    wanted: str

    def __str__(self) -> str:
        """Return the difference as one line."""
        return f"{self.part}: {self.current} -> {self.wanted}"


def differences(endpoint: s.VpcEndpoint, spec: EndpointSpec, subnet_ids: Sequence[str]) -> tuple[Difference, ...]:
    """Return every part of an endpoint that is not as wanted. A policy of None is not compared."""
    found: list[Difference] = []
    if spec.policy is not None and not same_policy(endpoint.policy_document, spec.policy):
        found.append(Difference(part="policy", current=_short(endpoint.policy_document), wanted=_short(spec.policy)))
    # Subnets that wsclient chose are not wanted by the caller: those of the endpoint are as good.
    wanted_subnets = endpoint.subnet_ids if spec.subnet_ids is None else subnet_ids
    found += _set_difference("subnets", endpoint.subnet_ids, wanted_subnets)
    groups = [group.group_id or "" for group in endpoint.groups]
    found += _set_difference("groups", groups, spec.group_ids)
    if bool(endpoint.private_dns_enabled) != spec.private_dns:
        current, wanted = (str(flag).lower() for flag in (bool(endpoint.private_dns_enabled), spec.private_dns))
        found.append(Difference(part="private_dns", current=current, wanted=wanted))
    tags = {tag.key or "": tag.value or "" for tag in endpoint.tags}
    for key, value in spec.tags:
        if tags.get(key) != value:
            found.append(Difference(part="tags", current=f"{key}={tags.get(key)}", wanted=f"{key}={value}"))
    return tuple(found)


def manager_of(endpoint: s.VpcEndpoint) -> str | None:
    """Return the tag that says that another tool manages an endpoint, None without one."""
    return next((f"{tag.key}={tag.value}" for tag in endpoint.tags if tag.key in MANAGERS), None)


def allows_foreign_accounts(document: str | None) -> bool:
    """Return whether an endpoint policy surely allows a call by a principal of any account, as EC2's default does."""
    context = {"aws:PrincipalAccount": STRANGER, "aws:PrincipalArn": f"arn:aws:iam::{STRANGER}:user/x"}
    try:
        return (
            Policy.parse(document or "")
            .evaluate(principal=context["aws:PrincipalArn"], action="workspaces:DescribeWorkspaces", context=context)
            .is_allowed
        )
    except ConfigurationError:
        return False


def same_policy(document: str | None, policy: Policy) -> bool:
    """Return whether a document of EC2 means the same as a policy.

    Order, a single value or a list of one, "*" or {"AWS": "*"}, an account id or the ARN of its root are the same. The
    version counts where a text may be a variable: version 2008-10-17 has none.
    """
    try:
        current = Policy.parse(document or "")
    except ConfigurationError:
        return False
    texts = _normal(current)
    has_variables = any("${" in text for text in texts)
    is_same_language = (current.version == CURRENT_VERSION) is (policy.version == CURRENT_VERSION)
    return texts == _normal(policy) and (is_same_language or not has_variables)


def _normal(policy: Policy) -> list[str]:
    statements = policy.to_dict().get("Statement")
    items = statements if is_list(statements) else [statements]
    return sorted(json.dumps(_normal_value(item), sort_keys=True) for item in items)


def _normal_value(value: object, name: str = "") -> object:
    if is_mapping(value):
        members = {str(key): _normal_value(item, str(key)) for key, item in value.items() if key != "Sid"}
        return ["*"] if name in {"Principal", "NotPrincipal"} and members == {"AWS": ["*"]} else members
    if is_list(value):
        return sorted({_normal_text(item, name) for item in value})
    return value if name == "Effect" else [_normal_text(value, name)]


def _normal_text(value: object, name: str) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if name == "AWS" and text.isdigit():
        return f"arn:aws:iam::{text}:root"
    return text.lower() if name in {"Action", "NotAction"} else text


def _set_difference(part: Repair, current: Iterable[str], wanted: Iterable[str]) -> list[Difference]:
    before, after = sorted(set(current)), sorted(set(wanted))
    return [] if before == after else [Difference(part=part, current=", ".join(before), wanted=", ".join(after))]


def _short(policy: Policy | str | None) -> str:
    text = policy if isinstance(policy, str) else json.dumps(policy.to_dict()) if policy else "none"
    text = " ".join(text.split())
    return text if len(text) <= 200 else f"{text[:200]}…"  # noqa: PLR2004 - a line of a plan
