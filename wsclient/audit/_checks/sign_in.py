"""Checks of the page's "corporate users" that AWS Directory Service decides: a second factor, and RADIUS's protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wsclient.audit._checks.base import Check, Subject, absent
from wsclient.audit._model import Reason, Section, Severity, Verdict, failed, not_applicable, passed, proven, unknown

if TYPE_CHECKING:
    from wsclient._generated.ds import structures as ds
    from wsclient._generated.workspaces import structures as s
    from wsclient.audit._facts.records import CheckContext

SHARED: Final = "SharedMicrosoftAD"
WITH_RADIUS: Final = frozenset({"ADConnector", "MicrosoftAD", SHARED})
DIRECTORY_PREFIX: Final = "d-"
"""Beginning of the ids of directories that Directory Service has."""
POOL_PREFIX: Final = "wsd-"
SAML_STATUSES: Final = frozenset({"", "DISABLED", "ENABLED", "ENABLED_WITH_DIRECTORY_LOGIN_FALLBACK"})
WEAK_PROTOCOLS: Final = frozenset({"PAP", "CHAP", "MS-CHAPv1"})


def _provider(directory: s.WorkspaceDirectory) -> str:
    """Return the name of the identity provider that decides instead of the directory, "" if the directory does."""
    saml = str(directory.saml_properties.status or "") if directory.saml_properties else ""
    candidates = {
        "a SAML identity provider": saml == "ENABLED",
        "an unknown setting of SAML": saml not in SAML_STATUSES,
        "IAM Identity Center": directory.idc_config is not None
        or directory.user_identity_type == "AWS_IAM_IDENTITY_CENTER",
        "Microsoft Entra ID": directory.microsoft_entra_config is not None,
        "a customer managed directory": directory.user_identity_type == "CUSTOMER_MANAGED",
        "the identity provider of a pool": directory.directory_id.startswith(POOL_PREFIX),
    }
    return next((name for name, decides in candidates.items() if decides), "")


def _described(directory: s.WorkspaceDirectory, context: CheckContext) -> ds.DirectoryDescription | None:
    return next((each for each, _ in context.facts.ds if each.directory_id == directory.directory_id), None)


def _mfa(directory: s.WorkspaceDirectory, context: CheckContext) -> Verdict:
    if provider := _provider(directory):
        return unknown(Reason.DECIDED_ELSEWHERE, f"{provider} decides about a second factor")
    described = _described(directory, context)
    if described is None:
        return unknown(Reason.INCOMPLETE, "Directory Service does not list the directory")
    has_smart_cards = any(
        cards.is_enabled for cards, _ in context.facts.smart_cards if cards.directory_id == directory.directory_id
    )
    return _second_factor(described, has_smart_cards=has_smart_cards)


def _second_factor(described: ds.DirectoryDescription, *, has_smart_cards: bool) -> Verdict:
    """Judge a directory that decides about sign-in itself."""
    kind = str(described.type or "")
    read: dict[str, object] = {"Type": kind or None}
    if kind == "SimpleAD":
        return proven("Simple AD has no second factor", **read)
    if kind not in WITH_RADIUS:
        return unknown(Reason.INCOMPLETE, "the directory's type is not known", **read)
    owner = described.owner_directory_description if kind == SHARED else described
    if owner is None or (kind == SHARED and owner.radius_status is None):
        return unknown(Reason.DECIDED_ELSEWHERE, "another account owns the directory", **read)
    status = str(owner.radius_status or "")
    read["RadiusStatus"] = status or None
    if status == "Completed" or has_smart_cards:
        return passed("sign-in requires a second factor: RADIUS or a smart card", **read)
    if status in {"", "Failed"}:
        return failed("sign-in requires a password only", **read)
    return unknown(Reason.INCOMPLETE, "RADIUS is being set up, or its status is not known", **read)


def _radius_protocol(directory: s.WorkspaceDirectory, context: CheckContext) -> Verdict:
    described = _described(directory, context)
    if described is None:
        if directory.directory_id.startswith(DIRECTORY_PREFIX) and not _provider(directory):
            return unknown(Reason.INCOMPLETE, "Directory Service does not list the directory")
        return not_applicable("Directory Service does not have the directory")
    return _radius(described)


def _radius(described: ds.DirectoryDescription) -> Verdict:
    owner = described.owner_directory_description if described.type == SHARED else described
    if owner is None:
        return unknown(Reason.DECIDED_ELSEWHERE, "another account owns the directory", Type=described.type)
    settings = owner.radius_settings
    if settings is None and owner.radius_status is not None:
        return absent("RadiusSettings")
    if settings is None:
        return not_applicable("the directory uses no RADIUS server")
    return _protocol(settings)


def _protocol(settings: ds.RadiusSettings) -> Verdict:
    protocol = str(settings.authentication_protocol or "")
    if not protocol:
        return unknown(Reason.INCOMPLETE, "the response has no AuthenticationProtocol")
    if protocol in WEAK_PROTOCOLS:
        return failed("the protocol of the RADIUS server is weak", AuthenticationProtocol=protocol)
    if protocol == "MS-CHAPv2":
        return passed("the RADIUS server uses MS-CHAPv2", AuthenticationProtocol=protocol)
    return unknown(Reason.INCOMPLETE, "the protocol is not known", AuthenticationProtocol=protocol)


CHECKS: Final = (
    Check(
        id="identity.mfa",
        title="Sign-in requires a second factor",
        why="a password that is guessed or stolen is enough to sign in without a second factor",
        section=Section.CORPORATE_USERS,
        subject=Subject.DIRECTORY,
        severity=Severity.MEDIUM,
        severity_source="Prowler, CIS level 2",
        same_as=("CIS 2.2", "Prowler directoryservice_supported_mfa_radius_enabled"),
        needs=("ds", "smart_cards"),
        remedy="EnableRadius of Directory Service; MFA at the identity provider",
        judge=_mfa,
    ),
    Check(
        id="identity.radius_protocol",
        title="The RADIUS server uses MS-CHAPv2",
        why="older protocols send passwords in a form that can be read or broken",
        section=Section.CORPORATE_USERS,
        subject=Subject.DIRECTORY,
        severity=Severity.MEDIUM,
        severity_source="Prowler, CIS level 2",
        same_as=("CIS 2.18", "Prowler directoryservice_radius_server_security_protocol"),
        needs=("ds",),
        remedy="UpdateRadius of Directory Service",
        judge=_radius_protocol,
    ),
)
