"""Checks of images, and of the bundles that use them."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from wsclient.audit._checks.base import OURS, Check, Subject, absent, decided_elsewhere
from wsclient.audit._model import Reason, Section, Severity, Verdict, failed, not_applicable, passed, unknown

if TYPE_CHECKING:
    from wsclient._generated.workspaces import structures as s
    from wsclient.audit._facts.records import CheckContext, SharedImage, WorkspaceFacts


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
    unlisted = sorted(set(image.account_ids) - set(context.settings.trusted_accounts))
    if unlisted:
        return failed("the image is shared with accounts that are not listed", SharedAccountId=unlisted)
    return passed("the image is shared with listed accounts at most", SharedAccountId=image.account_ids)


def _bundle(item: WorkspaceFacts, context: CheckContext) -> Verdict:
    approved, bundle_id = context.settings.approved_bundles, item.workspace.bundle_id
    if approved is None:
        return unknown(Reason.DECIDED_ELSEWHERE, "approved_bundles= was not given")
    if not bundle_id:
        return absent("BundleId")
    if bundle_id in approved:
        return passed("the bundle is approved", BundleId=bundle_id)
    return failed("the bundle is not approved", BundleId=bundle_id)


CHECKS: Final = (
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
        judge=partial(decided_elsewhere, reason=Reason.DECIDED_ELSEWHERE, message="the guest decides; attest it"),
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
)
