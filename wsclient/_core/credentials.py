"""Credentials, and the CredentialsProvider protocol."""

from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from wsclient._core.argument_checks import checked_class
from wsclient._core.dates import is_in_range
from wsclient._core.errors import ConfigurationError, CredentialsError
from wsclient._core.reprs import HiddenMembers
from wsclient._core.value_kinds import DATETIME, TEXT, optional, secret

QUOTES = frozenset("\"'")
"""Quotation marks: no key of AWS has one."""
ACCESS_KEY_LENGTH = 20
"""Characters of an access key ID of AWS; those of local stand-ins differ."""


class _AccountProof:
    """Slot for the mark that STS issued credentials in their account.

    It is not a dataclass field: the constructor cannot set it, and replace(), copies and pickles start without it.
    """

    __slots__ = ("_is_account_proven",)


@checked_class(
    {
        "access_key_id": secret(TEXT),
        "secret_access_key": secret(TEXT),
        "session_token": secret(optional(TEXT)),
        "expiration": optional(DATETIME),
        "account_id": optional(TEXT),
    }
)
@dataclass(frozen=True, eq=False, slots=True, weakref_slot=True)
class Credentials(_AccountProof, HiddenMembers):
    """Complete set of AWS credentials; keys and token always belong together.

    Only temporary credentials have a session_token. expiration is an aware datetime, or None for credentials that do
    not expire. account_id is the 12-digit account ID, or None if the source does not provide it. repr hides the secret
    key and the token, and shows only the last four characters of the access key ID. Raises ConfigurationError for an
    invalid value, without the value.
    """

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)
    expiration: datetime | None = None
    account_id: str | None = None

    def __post_init__(self) -> None:
        """Validate the members. Raises ConfigurationError without the value."""
        for name in ("access_key_id", "secret_access_key", "session_token"):
            value = getattr(self, name)
            if value is None and name == "session_token":
                continue
            if not isinstance(value, str) or not value:
                raise ConfigurationError(f"Credentials.{name} must be a non-empty string")
            if not value.isascii() or not value.isprintable() or " " in value:
                raise ConfigurationError(
                    f"Credentials.{name} must be printable ASCII without spaces; check the value for a line break, and "
                    "for a comment behind it, which belongs on a line of its own"
                )
            if value[0] in QUOTES or value[-1] in QUOTES:
                raise ConfigurationError(
                    f"Credentials.{name} starts or ends with a quotation mark; remove it: AWS's files and Docker's "
                    "--env-file take it for a part of the value"
                )
        if self.expiration is not None and self.expiration.tzinfo is None:
            raise ConfigurationError(
                "Credentials.expiration must be an aware datetime, such as datetime.now(UTC) returns"
            )
        if self.expiration is not None and not is_in_range(self.expiration):
            raise ConfigurationError(
                f"Credentials.expiration must be from 1970 to 9999 in UTC (got the year {self.expiration.year}); "
                "leave it out for credentials that do not expire"
            )

    def __repr__(self) -> str:
        """Return a description without secrets."""
        until = "" if self.expiration is None else f", expiration={self.expiration.isoformat()}"
        account = "" if self.account_id is None else f", account_id={self.account_id!r}"
        lifetime = "long-term" if self.session_token is None else "temporary"
        return f"Credentials(access_key_id={masked_key(self.access_key_id)!r}, {lifetime}{until}{account})"


def lacks_session_token(access_key_id: str, session_token: str | None) -> bool:
    """Return whether an access key ID is a temporary one of AWS STS, by its prefix, and has no session token.

    "IAM identifiers", https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    """
    is_temporary = access_key_id.startswith("ASIA") and len(access_key_id) == ACCESS_KEY_LENGTH
    return is_temporary and session_token is None


def mark_account_proven(credentials: Credentials) -> Credentials:
    """Mark that account_id comes from the STS response that issued these credentials; return the credentials."""
    object.__setattr__(credentials, "_is_account_proven", True)
    return credentials


def is_account_proven(credentials: Credentials) -> bool:
    """Return whether STS issued these credentials in account_id; settings, files and processes prove nothing."""
    return credentials.account_id is not None and getattr(credentials, "_is_account_proven", False) is True


@runtime_checkable
class CredentialsProvider(Protocol):
    """Protocol of credential providers. A client calls the provider for each attempt, so the provider should cache.

    get_credentials() has three results, and a chain depends on them:
    - it returns Credentials;
    - it raises NoCredentialsError([("provider name", "reason")]) if it is not set up: a chain tries the next provider;
    - it raises any other exception, preferably CredentialsError, if it is set up and fails (half a key pair, a
      malformed file, a server error). A chain raises this exception and tries no other provider, because the next
      provider's credentials would be those of another identity. A call raises it to the caller; an exception that is
      not wsclient's becomes the __cause__ of a CredentialsError.

    A provider that caches also has invalidate(access_key_id), which a client calls if the service rejected that key.
    It drops the cached credentials only if they still have that key. It may return False if it has no other
    credentials.
    """

    async def get_credentials(self) -> Credentials:
        """Return a complete, current set of credentials, or raise one of the errors above."""
        ...


class FreezableCredentials(Protocol):
    """Protocol of botocore's credentials."""

    def get_frozen_credentials(self) -> object:
        """Return the keys of one moment, or an awaitable of them (aiobotocore)."""
        ...


class BotocoreSession(Protocol):
    """Protocol of the sessions of boto3, botocore, aioboto3 and aiobotocore, of which no import is needed."""

    def get_credentials(self) -> FreezableCredentials | Awaitable[FreezableCredentials | None] | None:
        """Return the session's credentials, or an awaitable of them (aiobotocore)."""
        ...


def invalidate_key(provider: object, access_key_id: str) -> bool:
    """Invalidate a rejected key in a provider that caches; return whether it may have other credentials now."""
    invalidate = getattr(provider, "invalidate", None)
    return invalidate is not None and invalidate(access_key_id) is not False


def masked_key(access_key_id: str) -> str:
    """Return the last four characters of an access key ID, which identify a key but are no secret."""
    return f"...{access_key_id[-4:]}" if len(access_key_id) > 8 else "..."  # noqa: PLR2004 - 4 of 8 is half a key


def make_credentials(
    where: str,
    access_key_id: str,
    secret_access_key: str,
    session_token: str | None = None,
    expiration: datetime | None = None,
    account_id: str | None = None,
) -> Credentials:
    """Return the Credentials of a provider. Raises CredentialsError with the source, where, if they are invalid."""
    try:
        return Credentials(access_key_id, secret_access_key, session_token, expiration, account_id)
    except ConfigurationError as error:
        problem = f"{where}: {error}"
    del secret_access_key, session_token, access_key_id
    raise CredentialsError(problem)
