"""Which applications WorkSpaces, images and bundles have: shared by everything that passes them on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wsclient._generated.workspaces import enums

if TYPE_CHECKING:
    from datetime import datetime

    from wsclient.testing._records import Installation
    from wsclient.testing._store import Store


def installations_of(store: Store, resource_id: str) -> list[Installation]:
    """Return what a WorkSpace, image or bundle has, in the order of the applications' ids."""
    return [store.installations[key] for key in sorted(store.installations) if key[0] == resource_id]


def inherit(
    source: Store,
    source_id: str,
    target: Store,
    target_id: str,
    kind: enums.ApplicationAssociatedResourceType,
    now: datetime,
) -> None:
    """Give what is installed on one resource to another that is made from it, as far as its account knows it."""
    for installed in installations_of(source, source_id):
        application_id = installed.application_id
        if installed.state is enums.AssociationState.COMPLETED and application_id in target.applications:
            target.installations[target_id, application_id] = replace(
                installed, resource_id=target_id, kind=kind, created=now, updated=now, due=None
            )
