"""What a set of AWS credentials is, and what can give one."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from wsclient._errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Credentials:
    """One complete set of AWS credentials; key and token always belong together.

    session_token marks temporary credentials, expiration (an aware datetime) says until when they are good,
    account_id is the 12-digit account where the source tells it. The secret and the token are in no repr.
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


@runtime_checkable
class CredentialsProvider(Protocol):
    """Anything that gives credentials when asked; it is asked again for each attempt, so it caches itself.

    A provider that caches also has invalidate(access_key_id), called when the service rejected that key.
    """

    async def get_credentials(self) -> Credentials:
        """Return a complete, current set of credentials, or raise CredentialsError."""
        ...
