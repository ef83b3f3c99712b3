"""How a provider travels to another process: as what it was made of, never with what it found."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, ClassVar, Final, Self, TypeVar

import msgspec

from wsclient._core.credentials import Credentials, CredentialsProvider
from wsclient._core.errors import ConfigurationError, CredentialsError
from wsclient._core.utils import ShallowCopyMixin

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wsclient.credentials._internal.context import ProviderContext


ProviderT = TypeVar("ProviderT", bound=CredentialsProvider)


def bind(provider: ProviderT, surroundings: ProviderContext) -> ProviderT:
    """Return a provider whose own calls go by these surroundings; one that makes none is returned as it is."""
    with_context: Callable[[ProviderContext], ProviderT] | None = getattr(provider, "with_context", None)
    return provider if with_context is None else with_context(surroundings)


def validate_credentials(credentials: object, provider: object) -> Credentials:
    """Return what a provider gave; raises CredentialsError when that is no Credentials."""
    if isinstance(credentials, Credentials):
        return credentials
    raise CredentialsError(
        f"{type(provider).__name__}.get_credentials() gave a {type(credentials).__name__}, not wsclient.Credentials"
    )


def describe_type(value: object) -> str:
    if isinstance(value, type):
        return f"the class {value.__name__}: make an object of it"
    kind = f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")
    return f"a {kind}"


SECRET_ARGUMENTS: Final = frozenset({"environ"})
"""Arguments that may hold keys, whoever takes them."""


class ProviderSpec(msgspec.Struct, frozen=True):
    """What makes a provider, and the arguments it was made with."""

    make: Callable[..., object]
    arguments: tuple[object, ...]
    named: Mapping[str, object]

    def __repr__(self) -> str:
        """Say what is made; the arguments may be secrets."""
        return f"<recipe of {self.make.__name__}>"

    def without_secrets(self, secret_arguments: frozenset[str]) -> Self:
        """Return the recipe itself; raises ConfigurationError when it holds what must not leave the process."""
        given = inspect.signature(self.make).bind(*self.arguments, **self.named).arguments
        for name, value in given.items():
            # A function that gives the secret is none.
            is_secret = name in secret_arguments and value is not None and not callable(value)
            if is_secret or isinstance(value, Credentials):
                raise ConfigurationError(
                    f"{self.make.__name__}({name}=…) is not pickled: it would carry secrets out of this process. Make "
                    "the provider where it is used, from that machine's own environment, profile or role"
                )
        return self


class PicklableProvider(ShallowCopyMixin):
    """A provider that pickles as the arguments it was made with.

    Cached credentials and tokens, work under way and the client's surroundings stay: in the other process it begins
    anew, with that machine's environment and files. One that was made from secrets refuses.
    """

    _secret_arguments: ClassVar[frozenset[str]] = frozenset()
    """Arguments that hold secrets, besides those that always do."""
    _recipe: ProviderSpec

    if not TYPE_CHECKING:  # each provider's __init__ says what it takes

        def __new__(cls, *arguments, **named):  # noqa: ANN002, ANN003, ANN204 - as above
            """Make the provider, and keep what it is made with."""
            self = super().__new__(cls)
            self._recipe = ProviderSpec(cls, arguments, named)
            return self

    def made_by(self, make: Callable[..., object], **named: object) -> Self:
        """Note the function that made this provider, which makes it again elsewhere; return the provider."""
        self._recipe = ProviderSpec(make, (), named)
        return self

    def __reduce__(self) -> tuple[object, ...]:
        """Travel as a recipe."""
        recipe = self._recipe.without_secrets(SECRET_ARGUMENTS | self._secret_arguments)
        return rebuild, (recipe.make, recipe.arguments, dict(recipe.named))


def rebuild(make: Callable[..., object], arguments: tuple[object, ...], named: Mapping[str, object]) -> object:
    """Make a provider from its recipe: the other end of a pickle."""
    return make(*arguments, **named)
