"""Directories as AWS Directory Service describes them: their type, RADIUS servers and smart cards."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryServiceRecord:
    """Facts of one directory; None for a member that Directory Service does not return.

    kind is its Type. With shares_owner_radius, RADIUS facts are those of the directory's owner, in
    OwnerDirectoryDescription. smart_cards is the status of client certificate authentication.
    """

    kind: str = "MicrosoftAD"
    radius_status: str | None = None
    radius_protocol: str | None = None
    shares_owner_radius: bool = False
    smart_cards: str | None = None
