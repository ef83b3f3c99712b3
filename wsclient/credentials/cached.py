"""Cache for providers that do not cache."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from wsclient._core.argument_checks import checked
from wsclient._core.credentials import Credentials, CredentialsProvider
from wsclient._core.features import credential_features
from wsclient._core.tracebacks import without_locals
from wsclient._core.value_kinds import secret
from wsclient.credentials._internal.argument_kinds import PROVIDER
from wsclient.credentials._internal.base import bind, validate_credentials
from wsclient.credentials._internal.refreshing import RefreshingProvider

if TYPE_CHECKING:
    from wsclient.credentials._internal.context import ProviderContext


class CachedProvider(RefreshingProvider):
    """Provider that caches the credentials of another provider until they expire.

    Concurrent callers share one call of source. Credentials without an expiration are not cached: the next caller calls
    source again. A client wraps every provider without invalidate() in a CachedProvider.
    """

    name: ClassVar[str] = "the credentials provider"

    @checked({"source": secret(PROVIDER)})
    def __init__(self, source: CredentialsProvider) -> None:
        super().__init__()
        self._source = source

    @without_locals
    async def get_credentials(self) -> Credentials:
        """Return the cached credentials, or fetch them from source."""
        credentials = await super().get_credentials()
        if credentials.expiration is None:
            self._cache.forget(credentials.access_key_id)
        return credentials

    @property
    def _features(self) -> frozenset[str]:
        return super()._features | credential_features(self._source)

    async def _fetch(self, context: ProviderContext) -> Credentials:
        return validate_credentials(await bind(self._source, context).get_credentials(), self._source)
