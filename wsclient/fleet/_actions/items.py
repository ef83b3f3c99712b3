"""What a plan is made of: its items, what it leaves out, and what is asked for. Pure."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import msgspec

from wsclient._core.site import Site  # noqa: TC001 - msgspec looks at the annotations
from wsclient._core.tables.columns import Row
from wsclient._generated.workspaces import structures as s  # noqa: TC001 - as above
from wsclient._generated.workspaces.enums import TargetWorkspaceState  # noqa: TC001 - as above

if TYPE_CHECKING:
    from collections.abc import Iterable

_DIGEST_BYTES: Final = 16


class PlanItem(msgspec.Struct, frozen=True, kw_only=True):
    """A WorkSpace that something is to be done to, or that is to be created.

    key is the WorkSpace's id; of one that is to be created, its directory and user as "d-…/jane", and request is what
    is asked for. state is what it was in when it was selected.
    """

    site: Site
    key: str
    directory_id: str = ""
    user_name: str = ""
    state: str | None = None
    request: s.WorkspaceRequest | None = None


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """A WorkSpace that was looked at and that nothing is done to; reason says why, in words."""

    site: Site
    workspace_id: str
    user_name: str = ""
    state: str | None = None
    reason: str


class PlanRow(msgspec.Struct, Row, frozen=True, kw_only=True):
    """A line of a plan as a table has it; reason is why nothing is done, None where something is."""

    account: str
    region: str
    key: str
    directory_id: str
    user_name: str
    state: str | None
    is_planned: bool
    reason: str | None


class Parameters(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an action is told besides its WorkSpaces; each action uses its own of these."""

    bundle_id: str | None = None
    properties: s.WorkspaceProperties | None = None
    target: TargetWorkspaceState | None = None
    tags: tuple[tuple[str, str], ...] = ()
    keys: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Say it in words; of tags only the keys, since a plan is shown and kept."""
        said = [self.bundle_id, self.target, *(key for key, _ in self.tags), *self.keys]
        if self.properties is not None:
            given = {name: getattr(self.properties, name) for name in self.properties.__struct_fields__}
            said += [f"{name}={value}" for name, value in given.items() if value is not None]
        return ", ".join(part for part in said if part)


def digest_of(parameters: Parameters, requests: Iterable[s.WorkspaceRequest | None] = ()) -> str:
    """Return what tells the same parameters and requests from others, without holding them."""
    digest = hashlib.blake2b(msgspec.json.encode(parameters), digest_size=_DIGEST_BYTES)
    for request in requests:
        if request is not None:
            digest.update(msgspec.json.encode(request))
    return digest.hexdigest()
