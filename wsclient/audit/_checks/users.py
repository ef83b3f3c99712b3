"""Checks of the page's "physical hosts" and "corporate users" that the WorkSpaces API decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wsclient.audit._checks.base import OURS, Check, Subject, absent
from wsclient.audit._model import Reason, Section, Severity, Verdict, failed, not_applicable, passed, unknown

if TYPE_CHECKING:
    from wsclient._generated.workspaces import structures as s
    from wsclient.audit._facts.records import CheckContext

FALLBACK: Final = "ENABLED_WITH_DIRECTORY_LOGIN_FALLBACK"
WIDE_PERMISSIONS: Final = ("rebuild_workspace", "change_compute_type", "increase_volume_size")
"""Self-service permissions that lose data or cost money."""


def _isolation(account: s.DescribeAccountResult, context: CheckContext) -> Verdict:
    tenancies = sorted({str(directory.tenancy) for directory, _ in context.facts.directories if directory.tenancy})
    return not_applicable(
        "AWS isolates WorkSpaces on shared hosts and clears their memory; no operation returns more",
        Tenancy=tenancies,
        DedicatedTenancySupport=account.dedicated_tenancy_support,
    )


def _saml_fallback(directory: s.WorkspaceDirectory, context: CheckContext) -> Verdict:
    del context
    status = str(directory.saml_properties.status or "") if directory.saml_properties else ""
    if status == FALLBACK:
        return failed("users may sign in with the directory's password instead of SAML", Status=status)
    if status == "ENABLED":
        return passed("users sign in with SAML alone", Status=status)
    if status == "DISABLED":
        return not_applicable("users do not sign in with SAML", Status=status)
    return unknown(Reason.INCOMPLETE, "the status of SAML is absent or not known", Status=status or None)


def _local_admin(directory: s.WorkspaceDirectory, context: CheckContext) -> Verdict:
    del context
    properties = directory.workspace_creation_properties
    value = properties.user_enabled_as_local_administrator if properties else None
    if value is None:
        return absent("UserEnabledAsLocalAdministrator")
    if value:
        return failed("users of new WorkSpaces are local administrators", UserEnabledAsLocalAdministrator=value)
    return passed("users of new WorkSpaces are not local administrators", UserEnabledAsLocalAdministrator=value)


def _self_service(directory: s.WorkspaceDirectory, context: CheckContext) -> Verdict:
    permissions = directory.selfservice_permissions
    if permissions is None:
        return absent("SelfservicePermissions")
    values = {name: getattr(permissions, name) for name in WIDE_PERMISSIONS}
    allowed = [
        name for name, value in values.items() if value == "ENABLED" and name not in context.settings.self_service
    ]
    read = {"".join(part.capitalize() for part in name.split("_")): value for name, value in values.items()}
    if allowed:
        return failed(f"users may do this themselves: {', '.join(allowed)}", **read)
    if not set(values.values()) <= {"ENABLED", "DISABLED"}:
        return unknown(Reason.INCOMPLETE, "a permission is absent or not known", **read)
    return passed("users may change nothing that loses data or costs money, beyond what is accepted", **read)


def _instance_role(directory: s.WorkspaceDirectory, context: CheckContext) -> Verdict:
    properties = directory.workspace_creation_properties
    arn = properties.instance_iam_role_arn if properties else None
    if not arn:
        return not_applicable("new WorkSpaces carry no IAM role")
    if arn in context.settings.instance_roles:
        return passed("new WorkSpaces carry an accepted role", InstanceIamRoleArn=arn)
    return failed("programs in new WorkSpaces hold the credentials of a role", InstanceIamRoleArn=arn)


CHECKS: Final = (
    Check(
        id="host.isolation",
        title="How hosts are shared",
        why="AWS separates the customers of a host; dedicated hardware may be a matter of licenses",
        section=Section.PHYSICAL_HOSTS,
        subject=Subject.ACCOUNT,
        severity=Severity.INFO,
        severity_source=OURS,
        remedy="",
        judge=_isolation,
        needs=("directories",),
    ),
    Check(
        id="identity.saml_fallback",
        title="SAML cannot be bypassed",
        why="a password alone bypasses the second factor of the identity provider",
        section=Section.CORPORATE_USERS,
        subject=Subject.DIRECTORY,
        severity=Severity.MEDIUM,
        severity_source=OURS,
        remedy="ModifySamlProperties with Status ENABLED",
        judge=_saml_fallback,
    ),
    Check(
        id="identity.local_admin",
        title="Users are not local administrators",
        why="a local administrator can switch protection off and install any program",
        section=Section.CORPORATE_USERS,
        subject=Subject.DIRECTORY,
        severity=Severity.LOW,
        severity_source=OURS,
        remedy="ModifyWorkspaceCreationProperties with UserEnabledAsLocalAdministrator false; new WorkSpaces only",
        judge=_local_admin,
    ),
    Check(
        id="identity.self_service",
        title="Self-service permissions are limited",
        why="a user can lose data by a rebuild, or cause costs by a larger WorkSpace",
        section=Section.CORPORATE_USERS,
        subject=Subject.DIRECTORY,
        severity=Severity.INFO,
        severity_source=OURS,
        remedy="ModifySelfservicePermissions",
        judge=_self_service,
        settings=("self_service",),
    ),
    Check(
        id="identity.instance_role",
        title="WorkSpaces hold no AWS credentials",
        why="any program of the user can call AWS with the role's permissions",
        section=Section.CORPORATE_USERS,
        subject=Subject.DIRECTORY,
        severity=Severity.LOW,
        severity_source=OURS,
        remedy="ModifyWorkspaceCreationProperties without InstanceIamRoleArn",
        judge=_instance_role,
        settings=("instance_roles",),
    ),
)
