"""Checks of what an account needs from day to day: maintenance, use, state, clients, logs, tags, end of support."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from wsclient._generated.workspaces.enums import WorkspaceState
from wsclient.audit._checks.base import OURS, Check, Subject, absent, decided_elsewhere, problem_verdict
from wsclient.audit._model import Reason, Section, Severity, Verdict, failed, passed, unknown

if TYPE_CHECKING:
    from wsclient._generated.workspaces import structures as s
    from wsclient.audit._facts.records import CheckContext, WorkspaceFacts

UNHEALTHY: Final = frozenset({"UNHEALTHY", "ERROR", "IMPAIRED"})
HEALTHY: Final = frozenset(map(str, WorkspaceState)) - UNHEALTHY
UNUSED: Final = "use.unused"
"""Id of the check that reports of earlier audits decide together with the connections."""
UNCONNECTED_SINCE: Final = "unconnected_since"
"""Member of its evidence with the time of the first audit that found no connection."""


def _maintenance(directory: s.WorkspaceDirectory, context: CheckContext) -> Verdict:
    del context
    properties = directory.workspace_creation_properties
    value = properties.enable_maintenance_mode if properties else None
    if value is None:
        return absent("EnableMaintenanceMode")
    if value:
        return passed(
            "WorkSpaces are maintained each month; patches inside guests are not seen", EnableMaintenanceMode=value
        )
    return failed("WorkSpaces are not maintained by AWS", EnableMaintenanceMode=value)


def _unused(item: WorkspaceFacts, context: CheckContext) -> Verdict:
    if item.connection_problem is not None:
        return problem_verdict(item.connection_problem)
    last = item.last_connected
    if last is None:
        return _never_connected(item.workspace.workspace_id, context)
    days = (context.now - last) / timedelta(days=1)
    if days > context.settings.idle_days:
        return failed(f"the last connection was {days:.0f} days ago", LastKnownUserConnectionTimestamp=last)
    return passed(f"the last connection was {max(days, 0):.0f} days ago", LastKnownUserConnectionTimestamp=last)


def _never_connected(workspace_id: str, context: CheckContext) -> Verdict:
    """Judge a WorkSpace without a connection by earlier audits: the API does not return when it was created."""
    since = context.unconnected_since.get(workspace_id, context.now)
    read = {"LastKnownUserConnectionTimestamp": None, UNCONNECTED_SINCE: since}
    days = (context.now - since) / timedelta(days=1)
    if days > context.settings.idle_days:
        return failed(f"no connection is known, and an audit {days:.0f} days ago found none", **read)
    text = "no connection is known, and no earlier audit says for how long: the API returns no time of creation"
    return unknown(Reason.INCOMPLETE, text, **read)


def _healthy(item: WorkspaceFacts, context: CheckContext) -> Verdict:
    del context
    state = item.workspace.state
    if state in UNHEALTHY:
        return failed("the WorkSpace does not work", State=state)
    if not state:
        return absent("State")
    if state in HEALTHY:
        return passed("the WorkSpace works", State=state)
    return unknown(Reason.INCOMPLETE, "the state is not known", State=state)


def _client_setting(
    settings: s.ClientPropertiesResult, context: CheckContext, *, attribute: str, good: str, bad: str, message: str
) -> Verdict:
    del context
    member = "".join(part.capitalize() for part in attribute.split("_"))
    value = getattr(settings.client_properties, attribute) if settings.client_properties else None
    if value is None:
        return absent(member)
    if value == bad:
        return failed(message, **{member: value})
    if value == good:
        return passed("the setting is as it should be", **{member: value})
    return unknown(Reason.INCOMPLETE, f"the value of {member} is not known", **{member: value})


def _pcoip(item: WorkspaceFacts, context: CheckContext) -> Verdict:
    del context
    protocols = [str(each) for each in item.workspace.workspace_properties.protocols]
    if "PCOIP" in protocols:
        return failed("the WorkSpace streams with PCoIP, which ends on 2027-10-31", Protocols=protocols)
    if not protocols:
        return absent("Protocols")
    return passed("the WorkSpace does not stream with PCoIP", Protocols=protocols)


def _pools(directory: s.WorkspaceDirectory, context: CheckContext) -> Verdict:
    del context
    kind = directory.workspace_type
    if kind == "POOLS":
        return failed("the directory is for WorkSpaces Pools, which end on 2027-12-31", WorkspaceType=kind)
    if kind == "PERSONAL":
        return passed("the directory is not for WorkSpaces Pools", WorkspaceType=kind)
    return unknown(Reason.INCOMPLETE, "WorkspaceType is absent or not known", WorkspaceType=kind)


def _tagged(item: WorkspaceFacts, context: CheckContext) -> Verdict:
    if item.tag_problem is not None:
        return problem_verdict(item.tag_problem)
    if item.tag_keys is None:
        return unknown(Reason.NOT_REQUESTED, "tags are read on request only: one call for each WorkSpace")
    missing = [key for key in context.settings.required_tags if key not in item.tag_keys]
    if missing:
        return failed(f"these tags are missing: {', '.join(missing)}", Key=item.tag_keys)
    if not item.tag_keys:
        return failed("the WorkSpace has no tags", Key=item.tag_keys)
    return passed("the WorkSpace is tagged", Key=item.tag_keys)


CHECKS: Final = (
    Check(
        id="patch.maintenance",
        title="AWS maintains WorkSpaces",
        why="WorkSpaces that are not maintained lack security updates",
        section=Section.BEYOND,
        subject=Subject.DIRECTORY,
        severity=Severity.MEDIUM,
        severity_source="CIS level 1",
        same_as=("CIS 2.10",),
        remedy="ModifyWorkspaceCreationProperties with EnableMaintenanceMode true",
        judge=_maintenance,
    ),
    Check(
        id=UNUSED,
        title="WorkSpaces are used",
        why="an unused WorkSpace costs money, and misuse of it stays unnoticed",
        section=Section.BEYOND,
        subject=Subject.WORKSPACE,
        severity=Severity.LOW,
        severity_source=OURS,
        same_as=("CIS 2.14", "CloudSploit unusedWorkspaces", "Conformity WS-001"),
        remedy="plan fleet.stop or fleet.terminate",
        judge=_unused,
        joins=("connections",),
        settings=("idle_days",),
    ),
    Check(
        id="state.healthy",
        title="WorkSpaces work",
        why="its user cannot work, and it may lack updates",
        section=Section.BEYOND,
        subject=Subject.WORKSPACE,
        severity=Severity.MEDIUM,
        severity_source="CloudSploit",
        same_as=("CloudSploit workSpacesHealthyInstances",),
        remedy="RebootWorkspaces, or RebuildWorkspaces",
        judge=_healthy,
    ),
    Check(
        id="client.reconnect",
        title="Clients do not keep a session",
        why="a person with the device can resume the session without a password",
        section=Section.BEYOND,
        subject=Subject.CLIENT_SETTINGS,
        severity=Severity.LOW,
        severity_source=OURS,
        remedy="ModifyClientProperties with ReconnectEnabled DISABLED",
        judge=partial(
            _client_setting,
            attribute="reconnect_enabled",
            good="DISABLED",
            bad="ENABLED",
            message="clients keep a session",
        ),
    ),
    Check(
        id="client.logs",
        title="Clients upload diagnostic logs",
        why="AWS Support cannot see what went wrong in a client",
        section=Section.BEYOND,
        subject=Subject.CLIENT_SETTINGS,
        severity=Severity.LOW,
        severity_source=OURS,
        remedy="ModifyClientProperties with LogUploadEnabled ENABLED",
        judge=partial(
            _client_setting,
            attribute="log_upload_enabled",
            good="ENABLED",
            bad="DISABLED",
            message="clients upload no logs",
        ),
    ),
    Check(
        id="monitoring.access_events",
        title="Sign-ins are recorded",
        why="without a record, sign-ins cannot be traced to users and addresses",
        section=Section.BEYOND,
        subject=Subject.NOTHING,
        severity=Severity.MEDIUM,
        severity_source="CIS level 1",
        same_as=("CIS 2.9",),
        remedy="",
        judge=partial(
            decided_elsewhere, reason=Reason.NO_API, message="Amazon EventBridge and CloudWatch Logs decide; attest it"
        ),
    ),
    Check(
        id="lifecycle.pcoip",
        title="WorkSpaces use a protocol that stays",
        why="AWS ends PCoIP: users could no longer connect",
        section=Section.BEYOND,
        subject=Subject.WORKSPACE,
        severity=Severity.MEDIUM,
        severity_source=OURS,
        remedy="ModifyWorkspaceProperties with Protocols WSP; the how-to on PCoIP has the plan",
        judge=_pcoip,
    ),
    Check(
        id="lifecycle.pools",
        title="Directories are not for WorkSpaces Pools",
        why="AWS ends WorkSpaces Pools: users could no longer connect",
        section=Section.BEYOND,
        subject=Subject.DIRECTORY,
        severity=Severity.MEDIUM,
        severity_source=OURS,
        remedy="plan the move to WorkSpaces Personal or another service",
        judge=_pools,
    ),
    Check(
        id="tags.present",
        title="WorkSpaces are tagged",
        why="without tags, the owner and the cost center of a WorkSpace are not known",
        section=Section.BEYOND,
        subject=Subject.WORKSPACE,
        severity=Severity.LOW,
        severity_source=OURS,
        same_as=("AWS Config workspaces-workspace-tagged",),
        remedy="CreateTags",
        judge=_tagged,
        joins=("tags",),
        settings=("required_tags",),
    ),
)
