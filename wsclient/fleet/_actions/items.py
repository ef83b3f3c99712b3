"""PlanItem, LeftOut and Parameters: the items of a plan, the WorkSpaces it skips, and the action's parameters. Pure."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import msgspec

from wsclient._core.absence import is_absent
from wsclient._core.site import Site
from wsclient._core.tables.columns import Row
from wsclient._core.utils import is_list
from wsclient._generated.workspaces import structures as s
from wsclient._generated.workspaces.enums import TargetWorkspaceState

if TYPE_CHECKING:
    from collections.abc import Iterable

_DIGEST_BYTES: Final = 16


class PlanItem(msgspec.Struct, frozen=True, kw_only=True):
    """WorkSpace that a plan changes or creates.

    workspace_id is None for a WorkSpace to be created; request is then its entry in the CreateWorkspaces call. key
    identifies the item in the plan and in its journal: the WorkSpace id, or directory and user as in "d-…/jane" for a
    WorkSpace to be created. state is the WorkSpace's state when it was selected.
    """

    site: Site
    workspace_id: str | None = None
    directory_id: str = ""
    user_name: str = ""
    state: str | None = None
    request: s.WorkspaceRequest | None = None
    key: str = ""

    def __post_init__(self) -> None:
        """Use the WorkSpace id as the key if none is passed."""
        msgspec.structs.force_setattr(self, "key", self.key or self.workspace_id or "")

    @property
    def workspace_name(self) -> str | None:
        """Name of a WorkSpace to be created, None if its request has none."""
        return self.request.workspace_name if self.request is not None else None


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """WorkSpace that was evaluated and is skipped; reason is the explanation."""

    site: Site
    workspace_id: str
    user_name: str = ""
    state: str | None = None
    reason: str


class PlanRow(msgspec.Struct, Row, frozen=True, kw_only=True):
    """Row of a plan's table; reason is why the WorkSpace is skipped, None for a planned item.

    workspace_id is None for a WorkSpace to be created.
    """

    account: str
    region: str
    workspace_id: str | None
    workspace_name: str | None
    directory_id: str
    user_name: str
    state: str | None
    is_planned: bool
    reason: str | None


class Parameters(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Parameters of an action; each action uses its own subset."""

    bundle_id: str | None = None
    properties: s.WorkspaceProperties | None = None
    target: TargetWorkspaceState | None = None
    tags: tuple[tuple[str, str], ...] = ()
    keys: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the parameters as text; of tags only the keys, since plans are printed and stored in journals."""
        parts = [self.bundle_id, self.target, *(key for key, _ in self.tags), *self.keys]
        if self.properties is not None:
            properties = {name: getattr(self.properties, name) for name in self.properties.__struct_fields__}
            parts += [f"{name}={_value_text(value)}" for name, value in properties.items() if not is_absent(value)]
        return ", ".join(part for part in parts if part)


def _value_text(value: object) -> str:
    return "+".join(map(str, value)) if is_list(value) else str(value)


def digest_parameters(parameters: Parameters, requests: Iterable[s.WorkspaceRequest | None] = ()) -> str:
    """Return a digest of parameters and requests, by which a journal recognizes them without storing them."""
    if parameters.properties is not None:  # a list that is None is one that was left out
        properties = s.WorkspaceProperties.from_dict(parameters.properties.to_dict())
        parameters = msgspec.structs.replace(parameters, properties=properties)
    digest = hashlib.blake2b(msgspec.json.encode(parameters), digest_size=_DIGEST_BYTES)
    for request in requests:
        if request is not None:
            digest.update(msgspec.json.encode(request.to_dict()))
    return digest.hexdigest()
