"""Checks of the encryption of volumes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from wsclient.audit._checks.base import OURS, Check, Subject, absent
from wsclient.audit._model import Reason, Section, Severity, Verdict, failed, not_applicable, passed, unknown

if TYPE_CHECKING:
    from wsclient.audit._facts.records import CheckContext, WorkspaceFacts

AWS_MANAGED_KEY: Final = "alias/aws/workspaces"
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
)
