"""The base of providers that first find out which other provider it is that gives the credentials."""

from __future__ import annotations

import asyncio
import copy
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Self

import msgspec

from wsclient._core.credentials import drop_key
from wsclient.credentials._internal.base import Portable, bound
from wsclient.credentials._internal.cache import Flight, given
from wsclient.credentials._internal.context_factory import make_surroundings

if TYPE_CHECKING:
    from wsclient._core.credentials import Credentials, CredentialsProvider
    from wsclient.credentials._internal.context import Surroundings


class Chosen(msgspec.Struct, frozen=True):
    """The provider that was found, and the credentials that it gave when it had to be asked for them."""

    provider: CredentialsProvider
    credentials: Credentials | None = None


class _Choice(msgspec.Struct):
    """Which provider was chosen, and the search for it while that goes on."""

    provider: CredentialsProvider | None = None
    search: Flight[Chosen | Exception] = msgspec.field(default_factory=Flight["Chosen | Exception"])


class ChoosingProvider(Portable, ABC):
    """Asks the provider that _choose found, and searches once for however many ask at the same time.

    A search that fails is not remembered: the next who asks starts another. Copies made by within() share the choice.
    """

    def __init__(self, surroundings: Surroundings | None = None) -> None:
        self._surroundings: Surroundings | None = surroundings
        self._choice = _Choice()
        self._bound: tuple[CredentialsProvider, CredentialsProvider] | None = None

    async def get_credentials(self) -> Credentials:
        """Return the credentials of the chosen provider."""
        surroundings = self._world()
        if self._choice.provider is not None:
            return await self._within(surroundings, self._choice.provider).get_credentials()
        search = self._choice.search.started(lambda: self._search(surroundings))
        found = given(await asyncio.shield(search))
        return found.credentials or await self._within(surroundings, found.provider).get_credentials()

    def invalidate(self, access_key_id: str) -> bool:
        """Tell the chosen provider that the service rejected this key; return whether it may give another now."""
        return self._choice.provider is not None and drop_key(self._choice.provider, access_key_id)

    def within(self, surroundings: Surroundings) -> Self:
        """Return the same provider, with the same choice, whose own calls go by these surroundings."""
        other = copy.copy(self)
        other._surroundings = surroundings  # noqa: SLF001 - a copy of this one
        other._bound = None  # noqa: SLF001 - as above
        return other

    @abstractmethod
    async def _choose(self, surroundings: Surroundings) -> Chosen:
        """Return the provider that gives the credentials; raises what get_credentials is to raise."""

    def _world(self) -> Surroundings:
        if self._surroundings is None:
            self._surroundings = make_surroundings()
        return self._surroundings

    async def _search(self, surroundings: Surroundings) -> Chosen | Exception:
        try:
            found = await self._choose(surroundings)
        except Exception as error:  # noqa: BLE001 - every waiter is to see it
            return error
        self._choice.provider = found.provider
        return found

    def _within(self, surroundings: Surroundings, chosen: CredentialsProvider) -> CredentialsProvider:
        if self._bound is None or self._bound[0] is not chosen:
            self._bound = chosen, bound(chosen, surroundings)
        return self._bound[1]
