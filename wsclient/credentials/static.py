"""Static credential provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient.credentials._internal.base import PicklableProvider

if TYPE_CHECKING:
    from wsclient._core.credentials import Credentials


class StaticProvider(PicklableProvider):
    """Provider of fixed credentials. It does not pickle, because the credentials would leave the process."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    async def get_credentials(self) -> Credentials:
        """Return the credentials."""
        return self._credentials

    def invalidate(self, access_key_id: str) -> bool:  # noqa: ARG002 - there are no other credentials for any key
        """Return False: this provider has no other credentials."""
        return False
