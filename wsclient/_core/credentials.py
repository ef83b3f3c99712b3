"""What a set of AWS credentials is, and what can give one."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from wsclient._core.errors import ConfigurationError, CredentialsError


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Credentials:
    """One complete set of AWS credentials; key and token always belong together.

    session_token marks temporary credentials, expiration (an aware datetime) says until when they are good,
    account_id is the 12-digit account where the source tells it. The secret and the token are in no repr, of the
    access key only the last characters.
    """

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)
    expiration: datetime | None = None
    account_id: str | None = None

    def __post_init__(self) -> None:
        """Refuse what no AWS credentials can be, without showing it."""
        for name in ("access_key_id", "secret_access_key", "session_token"):
            value = getattr(self, name)
            if value is None and name == "session_token":
                continue
            if not isinstance(value, str) or not value:
                raise ConfigurationError(f"Credentials.{name} must be a non-empty string")
            if not value.isascii() or not value.isprintable() or " " in value:
                raise ConfigurationError(
                    f"Credentials.{name} holds white space or characters no AWS key has: copied with a line break?"
                )
        if self.expiration is not None and self.expiration.tzinfo is None:
            raise ConfigurationError("Credentials.expiration must be an aware datetime, as in datetime.now(UTC)")

    def __repr__(self) -> str:
        """Show which credentials these are, and nothing that could be used."""
        until = "" if self.expiration is None else f", expiration={self.expiration.isoformat()}"
        account = "" if self.account_id is None else f", account_id={self.account_id!r}"
        kind = "long-term" if self.session_token is None else "temporary"
        return f"Credentials(access_key_id={masked_key(self.access_key_id)!r}, {kind}{until}{account})"


@runtime_checkable
class CredentialsProvider(Protocol):
    """Anything that gives credentials when asked; it is asked again for each attempt, so it caches itself.

    It answers in one of three ways, and a chain goes by them:
    - it returns Credentials;
    - it has none, since nothing here was set up for it: NoCredentialsError([("its name", "why")]), and the next
      provider is asked;
    - it was set up and is broken (half a key pair, a malformed file, a server that refuses): any other exception,
      CredentialsError by preference. That one is raised to the caller and nobody else is asked, because the next
      provider's credentials would be those of another identity.

    A provider that caches also has invalidate(access_key_id), called when the service rejected that key; it drops
    what it cached only when that is still the key. It may return False to say that it has nothing else to give.
    """

    async def get_credentials(self) -> Credentials:
        """Return a complete, current set of credentials, or raise as the class says."""
        ...


def invalidate_key(provider: object, access_key_id: str) -> bool:
    """Tell a provider that caches that the service rejected a key; return whether it may give another one now."""
    invalidate = getattr(provider, "invalidate", None)
    return invalidate is not None and invalidate(access_key_id) is not False


def masked_key(access_key_id: str) -> str:
    """Return the last four characters of an access key, which tell keys apart and are of no other use."""
    return f"...{access_key_id[-4:]}" if len(access_key_id) > 8 else "..."  # noqa: PLR2004 - half a key is no mask


def make_credentials(
    where: str,
    access_key_id: str,
    secret_access_key: str,
    session_token: str | None = None,
    expiration: datetime | None = None,
    account_id: str | None = None,
) -> Credentials:
    """Return credentials that a provider found; raises CredentialsError that says where when they cannot be any."""
    try:
        return Credentials(access_key_id, secret_access_key, session_token, expiration, account_id)
    except ConfigurationError as error:
        problem = f"{where}: {error}"
    raise CredentialsError(problem)
