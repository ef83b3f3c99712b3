"""What is known of one WorkSpace of a fleet: what AWS tells in five operations, in one row."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from wsclient._tables import Column, Row, Table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from wsclient._fleet.sites import Site
    from wsclient._generated.workspaces import structures as s
    from wsclient._generated.workspaces.enums import RunningMode, WorkspaceState


class Join(StrEnum):
    """What can be looked up beside the WorkSpaces, and what that costs."""

    DIRECTORY = "directory"
    """A call for each 25 directories."""
    BUNDLE = "bundle"
    """A call for each 25 bundles."""
    CONNECTION = "connection"
    """A call for each 25 WorkSpaces."""
    TAGS = "tags"
    """A call for each WorkSpace."""


class InventoryRow(msgspec.Struct, Row, frozen=True, kw_only=True):
    """A WorkSpace, and what was looked up beside it.

    joined names what was looked up; the others are None because nobody asked. What was looked up and is None, AWS did
    not tell: a connection is left out for WorkSpaces that are new or broken, there are no tags of one that went in
    between, no directory or bundle that went. seen_at is when AWS described the WorkSpace, by AWS's clock.
    """

    site: Site
    workspace: s.Workspace
    seen_at: datetime
    directory: s.WorkspaceDirectory | None = None
    bundle: s.WorkspaceBundle | None = None
    connection: s.WorkspaceConnectionStatus | None = None
    tags: Mapping[str, str] | None = None
    joined: frozenset[Join] = frozenset()

    @property
    def workspace_id(self) -> str:
        """The WorkSpace's id."""
        return self.workspace.workspace_id or ""

    @property
    def state(self) -> WorkspaceState | None:
        """The WorkSpace's state when it was described."""
        return self.workspace.state

    @property
    def user_name(self) -> str:
        """The user's name."""
        return self.workspace.user_name or ""

    @property
    def running_mode(self) -> RunningMode | None:
        """AUTO_STOP, ALWAYS_ON or MANUAL."""
        properties = self.workspace.workspace_properties
        return properties.running_mode if properties is not None else None

    @property
    def last_connected_at(self) -> datetime | None:
        """When its user began to connect last, as far as is known."""
        return self.connection.last_known_user_connection_timestamp if self.connection is not None else None

    def to_dict(self) -> dict[str, object]:
        """Return the row's flat form in types that JSON knows, as files have it; always these columns, in this order.

        account, region, workspace_id, workspace_name, user_name, computer_name, ip_address, subnet_id, state,
        error_code, error_message, running_mode, auto_stop_minutes, compute_type, operating_system, protocols,
        root_volume_gib, user_volume_gib, root_volume_encrypted, user_volume_encrypted, directory_id, directory_name,
        directory_alias, directory_type, directory_state, bundle_id, bundle_name, bundle_owner, image_id,
        connection_state, connection_checked_at, last_connected_at, tags, seen_at.

        Times are in ISO 8601, in UTC; protocols is a list, tags a dict; what was not looked up or told is None. Later
        versions may add columns at the end.
        """
        from wsclient._fleet.columns import flat  # noqa: PLC0415 - columns know rows

        return flat(self)

    @classmethod
    def table_columns(cls) -> tuple[Column, ...]:
        """Return the columns of to_dict() for tables and frames, in which tags are texts "key=value"."""
        from wsclient._fleet.columns import COLUMNS  # noqa: PLC0415 - as above

        return COLUMNS

    def _repr_html_(self) -> str:
        """Return a table of what is known, for notebooks."""
        return Table.of([self]).to_lines_html(f"InventoryRow {self.workspace_id}")

    def __repr__(self) -> str:
        """Say which WorkSpace it is of, its state and user, and what was looked up."""
        joined = f", with {', '.join(sorted(self.joined))}" if self.joined else ""
        return f"<InventoryRow {self.workspace_id} of {self.user_name or '?'} at {self.site}, {self.state}{joined}>"
