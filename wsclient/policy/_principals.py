"""Matching of Principal and NotPrincipal against a caller.

"AWS JSON policy elements: Principal",
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html; "AWS JSON policy elements:
NotPrincipal", https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from wsclient.policy._documents import Effect, Principals
from wsclient.policy._resources import ARN_PARTS, has_wildcard
from wsclient.policy._tristate import Tristate, any_listed

_ACCOUNT: Final = re.compile(r"[0-9]{12}")
_SERVICE: Final = re.compile(r"([a-z0-9-]+)(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?")


class Kind(Enum):
    """Kind of a principal that a policy can name as AWS, with the start of its resource part."""

    ROOT = "root"
    USER = "user/"
    ROLE = "role/"
    SESSION = "assumed-role/"
    FEDERATED_USER = "federated-user/"


_SERVICES: Final = {Kind.SESSION: "sts", Kind.FEDERATED_USER: "sts"}


@dataclass(frozen=True, slots=True)
class Identity:
    """Principal of an AWS account; kind is None for an account given by its id alone."""

    partition: str
    account: str
    kind: Kind | None
    role: str = ""
    """Name, without a path, of a role or of a session's role."""

    @property
    def is_account(self) -> bool:
        """True if a policy that names this principal means the whole account."""
        return self.kind in {None, Kind.ROOT}

    def shares_account_with(self, other: Identity) -> bool:
        """Return whether both are of one account; an account id alone does not tell the partition."""
        return self.account == other.account and (
            self.partition == other.partition or "" in {self.partition, other.partition}
        )


def parse_identity(text: str) -> Identity | None:
    """Return the principal that an account id or an ARN names; None for any other text."""
    if _ACCOUNT.fullmatch(text):
        return Identity("", text, None)
    parts = text.split(":", ARN_PARTS - 1)
    if len(parts) != ARN_PARTS or parts[0] != "arn" or parts[3] or not _ACCOUNT.fullmatch(parts[4]):
        return None
    for kind in Kind:
        is_kind = parts[5] == kind.value if kind is Kind.ROOT else parts[5].startswith(kind.value)
        if is_kind and parts[2] == _SERVICES.get(kind, "iam"):
            names = parts[5].split("/")
            role = {Kind.ROLE: names[-1], Kind.SESSION: names[1] if len(names) > 1 else ""}.get(kind, "")
            return Identity(parts[1], parts[4], kind, role)
    return None


def principal_matches(principals: Principals, caller: str) -> Tristate:
    """Return whether the principals include a caller: an ARN, a service name, or * for an unspecified caller."""
    return any_listed(
        _is_caller(principal_type, name, caller)
        for principal_type, names in principals.items()
        for name in names or ("",)
    )


def not_principal_matches(effect: Effect, principals: Principals, caller: str) -> Tristate:
    """Return whether a statement with NotPrincipal applies to a caller.

    A Deny spares a caller for certain only if it names the caller and the caller's account, and for a session the role
    too: AWS may validate each of them. AWS does not support NotPrincipal with Allow.
    """
    is_named = caller != "*" and any(
        caller in names and _is_caller(kind, caller, caller) for kind, names in principals.items()
    )
    if effect is Effect.ALLOW:
        return False if is_named else None
    if is_named and _names_parents(principals, parse_identity(caller)):
        return False
    touched = principal_matches(principals, caller)
    return True if touched is False else None


def _names_parents(principals: Principals, identity: Identity | None) -> bool:
    """Return whether principals name a caller's account and, for a session, its role."""
    if identity is None or identity.is_account:
        return True
    named = [parse_identity(name) for name in principals.get("AWS", ())]
    family = [other for other in named if other is not None and other.shares_account_with(identity)]
    has_role = any(other.kind is Kind.ROLE and other.role == identity.role for other in family)
    return any(other.is_account for other in family) and (has_role or identity.kind is not Kind.SESSION)


def _is_caller(principal_type: str, name: str, caller: str) -> Tristate:
    if name == "*" and principal_type in {"*", "AWS"}:
        return True
    identity = parse_identity(caller)
    # IAM accepts neither wildcards nor variables in a principal, and a caller that is not known may be any.
    is_open = not name or has_wildcard(name) or "${" in name or caller == "*"
    if name == caller and not is_open:
        return True if (principal_type == "AWS") is (identity is not None) else None
    if is_open or (identity is None and caller.startswith("arn:")):
        return None
    if principal_type == "AWS":
        return _is_identity(name, identity)
    if identity is None:
        return _is_service(name, caller) if principal_type == "Service" else False
    # Neither a role's nor a session's ARN tells which identity provider vouched for the caller. A canonical user id
    # stands for an account, and does not tell which.
    is_federated = principal_type == "Federated" and identity.kind not in {Kind.ROOT, Kind.USER}
    return None if is_federated or principal_type == "CanonicalUser" else False


def _is_service(name: str, caller: str) -> Tristate:
    """Return whether a service is the caller; None for two names of one service, such as a regional one."""
    first, second = _SERVICE.fullmatch(name), _SERVICE.fullmatch(caller)
    return None if first and second and first[1] == second[1] else False


def _is_identity(name: str, caller: Identity | None) -> Tristate:
    """Return whether a principal of type AWS includes a caller with another text; None for a service's name."""
    named = parse_identity(name)
    if named is None:
        return None
    if caller is None or not named.shares_account_with(caller):
        return False
    if named.is_account:
        return True
    if caller.kind is None:
        return None
    if caller.kind is Kind.SESSION and named.kind is Kind.ROLE:
        # A session's ARN omits the role's path; role names are unique in an account.
        return caller.role == named.role
    return None if _may_be_one(named, caller) else False


def _may_be_one(named: Identity, caller: Identity) -> bool:
    """Return whether a caller may act as a principal of its account although the ARNs differ.

    A role acts through sessions, and a policy may name one of them or the role with another path. A federated user acts
    for an IAM user, whose name is not in the ARN.
    """
    if caller.kind is Kind.FEDERATED_USER:
        return named.kind is Kind.USER
    return caller.kind is Kind.ROLE and named.kind in {Kind.ROLE, Kind.SESSION} and named.role == caller.role
