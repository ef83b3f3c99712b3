"""Checks beyond AWS's page: encryption, images, bundles, maintenance, use, client settings, tags, end of support."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from wsclient._generated.workspaces.enums import WorkspaceState
from wsclient.audit._checks.base import OURS, Check, Subject, absent, of_problem
from wsclient.audit._model import Reason, Section, Severity, Verdict, failed, not_applicable, passed, unknown

if TYPE_CHECKING:
    from wsclient._generated.workspaces import structures as s
    from wsclient.audit._facts.records import CheckContext, SharedImage, WorkspaceFacts

AWS_MANAGED_KEY: Final = "alias/aws/workspaces"
UNHEALTHY: Final = frozenset({"UNHEALTHY", "ERROR", "IMPAIRED"})
HEALTHY: Final = frozenset(map(str, WorkspaceState)) - UNHEALTHY
UNUSED: Final = "use.unused"
"""Id of the check that reports of earlier audits decide together with the connections."""
UNCONNECTED_SINCE: Final = "unconnected_since"
"""Member of its evidence with the time of the first audit that found no connection."""
ENCRYPTION_SOURCES: Final = (
    "CIS 2.3",
    "Prowler workspaces_volume_encryption_enabled",
    "CloudSploit workspacesVolumeEncryption",
)


def _volume(item: WorkspaceFacts, context: CheckContext, *, member: str, attribute: str) -> Verdict:
    del context
    value: bool | None = getattr(item.workspace, attribute)
    if value:
        return passed("the volume is encrypted", **{member: value})
    if value is None and item.workspace.state == "PENDING":
        return absent(member)
    return failed("the volume is not encrypted", **{member: value})


def _key(item: WorkspaceFacts, context: CheckContext) -> Verdict:
    workspace = item.workspace
    if not (workspace.user_volume_encryption_enabled or workspace.root_volume_encryption_enabled):
        return not_applicable("no volume is encrypted")
    key = workspace.volume_encryption_key
    if not key:
        return absent("VolumeEncryptionKey")
    if key.endswith(AWS_MANAGED_KEY):
        if context.settings.aws_managed_key:
            return passed("AWS manages the key, which is accepted", VolumeEncryptionKey=key)
        return failed("AWS manages the key, not the customer", VolumeEncryptionKey=key)
    if "alias/" not in key:
        text = "a key id does not show who manages the key, and AWS KMS is not read"
        return unknown(Reason.NOT_REQUESTED, text, VolumeEncryptionKey=key)
    return passed("the customer manages the key", VolumeEncryptionKey=key)


def _image_age(image: s.WorkspaceImage, context: CheckContext) -> Verdict:
    if image.state != "AVAILABLE":
        return not_applicable("the image cannot be used in this state", State=image.state)
    if image.owner_account_id != context.account:
        return unknown(
            Reason.DECIDED_ELSEWHERE, "another account owns the image", OwnerAccountId=image.owner_account_id
        )
    if image.created is None:
        return absent("Created")
    days = (context.now - image.created) / timedelta(days=1)
    if days > context.settings.image_days:
        return failed(f"the image is {days:.0f} days old, over {context.settings.image_days}", Created=image.created)
    return passed(f"the image is {days:.0f} days old", Created=image.created)


def _image_updates(image: s.WorkspaceImage, context: CheckContext) -> Verdict:
    del context
    value = image.updates.update_available if image.updates else None
    if value is None:
        return absent("UpdateAvailable")
    if value:
        return failed("AWS offers an update of the image", UpdateAvailable=value)
    return passed("AWS offers no update of the image", UpdateAvailable=value)


def _image_shared(image: SharedImage, context: CheckContext) -> Verdict:
    strangers = sorted(set(image.account_ids) - set(context.settings.trusted_accounts))
    if strangers:
        return failed("the image is shared with accounts that are not listed", SharedAccountId=strangers)
    return passed("the image is shared with listed accounts at most", SharedAccountId=image.account_ids)


def _decided_elsewhere(item: object, context: CheckContext, *, reason: Reason, message: str) -> Verdict:
    del item, context
    return unknown(reason, message)


def _bundle(item: WorkspaceFacts, context: CheckContext) -> Verdict:
    approved, bundle_id = context.settings.approved_bundles, item.workspace.bundle_id
    if approved is None:
        return unknown(Reason.DECIDED_ELSEWHERE, "approved_bundles= was not given")
    if not bundle_id:
        return absent("BundleId")
    if bundle_id in approved:
        return passed("the bundle is approved", BundleId=bundle_id)
    return failed("the bundle is not approved", BundleId=bundle_id)


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
        return of_problem(item.connection_problem)
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
        return of_problem(item.tag_problem)
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
        id="data.user_volume",
        title="The user volume is encrypted",
        why="a copy of a volume that is not encrypted can be read",
        section=Section.BEYOND,
        subject=Subject.WORKSPACE,
        severity=Severity.MEDIUM,
        severity_source="Security Hub",
        same_as=(*ENCRYPTION_SOURCES, "Security Hub WorkSpaces.1"),
        remedy="encryption cannot be switched on: create the WorkSpace again, encrypted",
        judge=partial(_volume, member="UserVolumeEncryptionEnabled", attribute="user_volume_encryption_enabled"),
    ),
    Check(
        id="data.root_volume",
        title="The root volume is encrypted",
        why="a copy of a volume that is not encrypted can be read",
        section=Section.BEYOND,
        subject=Subject.WORKSPACE,
        severity=Severity.MEDIUM,
        severity_source="Security Hub",
        same_as=(*ENCRYPTION_SOURCES, "Security Hub WorkSpaces.2"),
        remedy="encryption cannot be switched on: create the WorkSpace again, encrypted",
        judge=partial(_volume, member="RootVolumeEncryptionEnabled", attribute="root_volume_encryption_enabled"),
    ),
    Check(
        id="data.key",
        title="The customer manages the key of the volumes",
        why="the customer cannot rotate, restrict or revoke a key that AWS manages",
        section=Section.BEYOND,
        subject=Subject.WORKSPACE,
        severity=Severity.LOW,
        severity_source=OURS,
        remedy="create the WorkSpace again, with a customer managed key",
        judge=_key,
        settings=("aws_managed_key",),
    ),
    Check(
        id="image.age",
        title="Images are recent",
        why="new WorkSpaces from an old image lack months of security updates",
        section=Section.BEYOND,
        subject=Subject.IMAGE,
        severity=Severity.MEDIUM,
        severity_source="CIS level 1",
        same_as=("CIS 2.13",),
        remedy="CreateUpdatedWorkspaceImage",
        judge=_image_age,
        settings=("image_days",),
    ),
    Check(
        id="image.updates",
        title="Images lack no update",
        why="new WorkSpaces lack the updates",
        section=Section.BEYOND,
        subject=Subject.IMAGE,
        severity=Severity.LOW,
        severity_source=OURS,
        remedy="CreateUpdatedWorkspaceImage",
        judge=_image_updates,
    ),
    Check(
        id="image.shared",
        title="Images are shared with known accounts only",
        why="another account can start WorkSpaces from the image and read what it holds",
        section=Section.BEYOND,
        subject=Subject.IMAGE_SHARE,
        severity=Severity.MEDIUM,
        severity_source=OURS,
        remedy="UpdateWorkspaceImagePermission",
        judge=_image_shared,
        settings=("trusted_accounts",),
    ),
    Check(
        id="image.hardening",
        title="Images are hardened",
        why="defaults of an operating system are made for convenience",
        section=Section.BEYOND,
        subject=Subject.NOTHING,
        severity=Severity.MEDIUM,
        severity_source="CIS level 1",
        same_as=("CIS 2.11",),
        remedy="",
        judge=partial(_decided_elsewhere, reason=Reason.DECIDED_ELSEWHERE, message="the guest decides; attest it"),
    ),
    Check(
        id="bundle.approved",
        title="WorkSpaces use approved bundles",
        why="a bundle that was not approved may lack security software",
        section=Section.BEYOND,
        subject=Subject.WORKSPACE,
        severity=Severity.MEDIUM,
        severity_source="CIS level 1",
        same_as=("CIS 2.12", "CloudSploit workspacesDesiredBundleType"),
        remedy="MigrateWorkspace",
        judge=_bundle,
        settings=("approved_bundles",),
    ),
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
            _decided_elsewhere, reason=Reason.NO_API, message="Amazon EventBridge and CloudWatch Logs decide; attest it"
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
