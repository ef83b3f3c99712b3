"""A cache around providers that have none."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from wsclient.credentials._internal.base import bind, validate_credentials
from wsclient.credentials._internal.refreshing import RefreshingProvider

if TYPE_CHECKING:
    from wsclient._core.credentials import Credentials, CredentialsProvider
    from wsclient.credentials._internal.context import ProviderContext


class CachedProvider(RefreshingProvider):
    """Caches a provider that does not cache itself, for as long as its credentials' expiration allows.

    However many ask at once, source is asked once. Credentials without an expiration are not kept: source is asked
    again by the next who asks. A client puts this around every provider that has no invalidate().
    """

    name: ClassVar[str] = "the credentials provider"

    def __init__(self, source: CredentialsProvider) -> None:
        super().__init__()
        self._source = source

    async def get_credentials(self) -> Credentials:
        """Return the cached credentials, or what source gives."""
        credentials = await super().get_credentials()
        if credentials.expiration is None:
            self.invalidate(credentials.access_key_id)
        return credentials

    async def _fetch(self, surroundings: ProviderContext) -> Credentials:
        return validate_credentials(await bind(self._source, surroundings).get_credentials(), self._source)
