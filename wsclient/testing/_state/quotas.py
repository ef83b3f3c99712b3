"""How much an account may have in a region."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotas:
    """Service quotas of every account in every region; beyond them is ResourceLimitExceededException.

    The defaults are those of "Amazon WorkSpaces quotas",
    https://docs.aws.amazon.com/workspaces/latest/adminguide/workspaces-limits.html, with two exceptions. workspaces is
    None, no limit: AWS gives a new account 1, which every account in use has had raised. pools is not documented
    there. What Emulator.add_… puts in counts, and is itself not limited.
    """

    workspaces: int | None = None
    standby_workspaces: int = 5
    bundles: int = 50
    images: int = 40
    directories: int = 50
    connection_aliases: int = 20
    ip_groups: int = 100
    ip_groups_per_directory: int = 25
    rules_per_ip_group: int = 10
    pools: int = 10
