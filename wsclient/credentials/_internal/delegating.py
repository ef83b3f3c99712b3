"""Base of providers that select another provider and use its credentials."""

from __future__ import annotations

import asyncio
import copy
from abc import ABC, abstractmethod
from typing import Self

import msgspec

from wsclient._core.credentials import Credentials, CredentialsProvider, invalidate_key
from wsclient._core.features import credential_features
from wsclient._core.tracebacks import without_locals
from wsclient.credentials._internal.base import PicklableProvider, bind
from wsclient.credentials._internal.cache import unwrap
from wsclient.credentials._internal.context import ProviderContext
from wsclient.credentials._internal.context_factory import provider_context
from wsclient.credentials._internal.single_flight import SingleFlight


class Selection(msgspec.Struct, frozen=True):
    """Selected provider, and its credentials if the selection had to fetch them."""

    provider: CredentialsProvider
    credentials: Credentials | None = None


class _Choice(msgspec.Struct):
    """Selected provider, or the search for it in flight; bound copies of a provider share it."""

    provider: CredentialsProvider | None = None
    search: SingleFlight[Selection | Exception] = msgspec.field(default_factory=SingleFlight["Selection | Exception"])


class DelegatingProvider(PicklableProvider, ABC):
    """Base of providers that select another provider and pass calls on to it.

    Concurrent callers share one search. The result of a failed search is not cached: the next caller starts a new
    search. Copies from with_context() share the selected provider.
    """

    def __init__(self, context: ProviderContext | None = None) -> None:
        self._context: ProviderContext | None = context
        self._choice = _Choice()
        self._bound: tuple[CredentialsProvider, CredentialsProvider] | None = None

    @without_locals
    async def get_credentials(self) -> Credentials:
        """Return the credentials of the selected provider."""
        context = self._provider_context()
        if self._choice.provider is not None:
            return await self._bind_once(context, self._choice.provider).get_credentials()
        search = self._choice.search.start(lambda: self._search(context))
        selection = unwrap(await asyncio.shield(search))
        return selection.credentials or await self._bind_once(context, selection.provider).get_credentials()

    @property
    def chosen(self) -> CredentialsProvider | None:
        """Provider that was selected, None before the first credentials."""
        return self._choice.provider

    @property
    def _features(self) -> frozenset[str]:
        return credential_features(self._choice.provider)

    def invalidate(self, access_key_id: str) -> bool:
        """Invalidate a rejected key in the selected provider; return whether it may have other credentials now."""
        return self._choice.provider is not None and invalidate_key(self._choice.provider, access_key_id)

    def with_context(self, context: ProviderContext) -> Self:
        """Return a copy that shares the selected provider and uses context in its own calls."""
        bound_copy = copy.copy(self)
        bound_copy._context = context  # noqa: SLF001 - a copy of this one
        bound_copy._bound = None  # noqa: SLF001 - as above
        return bound_copy

    @abstractmethod
    async def _select(self, context: ProviderContext) -> Selection:
        """Return the selected provider; its exceptions become those of get_credentials()."""

    def _provider_context(self) -> ProviderContext:
        if self._context is None:
            self._context = provider_context()
        return self._context

    async def _search(self, context: ProviderContext) -> Selection | Exception:
        try:
            selection = await self._select(context)
        except Exception as error:  # noqa: BLE001 - every waiting caller gets the error
            return error
        self._choice.provider = selection.provider
        return selection

    def _bind_once(self, context: ProviderContext, provider: CredentialsProvider) -> CredentialsProvider:
        if self._bound is None or self._bound[0] is not provider:
            self._bound = provider, bind(provider, context)
        return self._bound[1]
