"""Credentials that were handed over and never change."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wsclient.credentials._types import Credentials


class StaticProvider:
    """Gives the credentials it was made with."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    async def get_credentials(self) -> Credentials:
        """Return the credentials."""
        return self._credentials
