"""Credentials that were handed over and never change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient.credentials._internal.base import PicklableProvider

if TYPE_CHECKING:
    from wsclient._core.credentials import Credentials


class StaticProvider(PicklableProvider):
    """Gives the credentials it was made with; it is not pickled, since they would leave the process with it."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    async def get_credentials(self) -> Credentials:
        """Return the credentials."""
        return self._credentials

    def invalidate(self, access_key_id: str) -> bool:  # noqa: ARG002 - whichever it is, there is no other
        """Say that there is nothing else to give."""
        return False
