"""Base of every provider: pickling, and binding to a client's context.

A provider pickles as its constructor arguments, never with the credentials it fetched.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Final, Self, TypeVar

from wsclient._core.credentials import Credentials, CredentialsProvider
from wsclient._core.errors import ConfigurationError, CredentialsError
from wsclient._core.features import NO_FEATURES
from wsclient._core.reprs import RedactedStruct
from wsclient._core.utils import ShallowCopyMixin, with_article

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wsclient.credentials._internal.context import ProviderContext


ProviderT = TypeVar("ProviderT", bound=CredentialsProvider)


def bind(provider: ProviderT, context: ProviderContext) -> ProviderT:
    """Return a provider whose own calls use context; one without with_context() is returned unchanged."""
    with_context: Callable[[ProviderContext], ProviderT] | None = getattr(provider, "with_context", None)
    return provider if with_context is None else with_context(context)


def validate_credentials(credentials: object, provider: object) -> Credentials:
    """Return the credentials of a provider. Raises CredentialsError unless they are Credentials."""
    if isinstance(credentials, Credentials):
        return credentials
    raise CredentialsError(
        f"{type(provider).__name__}.get_credentials() must return Credentials, not {type(credentials).__name__}"
    )


def describe_type(value: object) -> str:
    """Return the type of a wrong argument for an error message, never its value."""
    if isinstance(value, type):
        return f"the class {value.__name__}: pass an instance"
    return with_article(f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins."))


_SHOWN_ARGUMENTS: Final = ("role_arn", "profile")
SECRET_ARGUMENTS: Final = frozenset({"environ"})
"""Parameter names that hold secrets in every provider."""


class ProviderSpec(RedactedStruct, frozen=True):
    """The factory of a provider, and the arguments of that call."""

    _hidden_fields: ClassVar[frozenset[str]] = frozenset({"arguments", "keywords"})

    make: Callable[..., object]
    arguments: tuple[object, ...]
    keywords: Mapping[str, object]

    def __repr__(self) -> str:
        """Return the factory's name only; the arguments may be secrets."""
        return f"<provider spec of {self.make.__name__}>"

    def without_secrets(self, secret_arguments: frozenset[str]) -> Self:
        """Return the spec itself. Raises ConfigurationError if an argument holds a secret."""
        bound_arguments = inspect.signature(self.make).bind(*self.arguments, **self.keywords).arguments
        for name, value in bound_arguments.items():
            # A function pickles by its name: the secret that it returns stays in this process.
            is_secret = name in secret_arguments and value is not None and not callable(value)
            if is_secret or isinstance(value, Credentials):
                raise ConfigurationError(
                    f"{self.make.__name__}({name}=…) is not pickled: secrets must not leave this process. Make "
                    "the provider in the process that uses it, from that machine's own environment, profile or role"
                )
        return self


class PicklableProvider(ShallowCopyMixin):
    """Base of providers that pickle as their constructor arguments.

    Cached credentials and tokens, running refreshes and the client's context are not pickled: the unpickled provider
    starts empty and uses the environment and files of its machine. A provider with secret arguments does not pickle.
    """

    _secret_arguments: ClassVar[frozenset[str]] = frozenset()
    """Parameter names of this class that hold secrets, in addition to SECRET_ARGUMENTS."""
    _spec: ProviderSpec
    _own_features: ClassVar[frozenset[str]] = NO_FEATURES
    """Features of the User-Agent of calls with credentials of this class."""
    _origin: frozenset[str] = NO_FEATURES

    @property
    def _features(self) -> frozenset[str]:
        """Features of the User-Agent that say where the credentials come from; see credential_features()."""
        return self._origin | self._own_features if self._origin else self._own_features

    if not TYPE_CHECKING:  # each provider's __init__ has the types

        def __new__(cls, *arguments, **named):  # noqa: ANN002, ANN003, ANN204 - as above
            """Create the provider, and keep its arguments for pickling."""
            self = super().__new__(cls)
            self._spec = ProviderSpec(cls, arguments, named)
            return self

    def configured_by(self, *features: str) -> Self:
        """Record the features of the settings that configured this provider; return the provider."""
        self._origin = frozenset(features)
        return self

    def made_by(self, make: Callable[..., object], **named: object) -> Self:
        """Record make(**named) as the call that recreates this provider after unpickling; return the provider."""
        self._spec = ProviderSpec(make, (), named)
        return self

    def __repr__(self) -> str:
        """Return the class, with the role and the profile: the other arguments may be secrets."""
        values = ((name, self._spec.keywords.get(name)) for name in _SHOWN_ARGUMENTS)
        return f"<{type(self).__name__}{''.join(f' {name}={value!r}' for name, value in values if value is not None)}>"

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle as the spec."""
        spec = self._spec.without_secrets(SECRET_ARGUMENTS | self._secret_arguments)
        return rebuild, (spec.make, spec.arguments, dict(spec.keywords))


def rebuild(make: Callable[..., object], arguments: tuple[object, ...], named: Mapping[str, object]) -> object:
    """Create a provider from the arguments in a pickle."""
    return make(*arguments, **named)
