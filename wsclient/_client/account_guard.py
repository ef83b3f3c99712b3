"""Caller identity (whoami), and the guard behind expected_account."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec

from wsclient._core.absence import present
from wsclient._core.credentials import invalidate_key, is_account_proven
from wsclient._core.errors import ConfigurationError, CredentialsError, WsclientError
from wsclient._core.features import credential_features
from wsclient._generated.sts.operations import GET_CALLER_IDENTITY
from wsclient._generated.sts.structures import GetCallerIdentityRequest
from wsclient.credentials._internal.cache import unwrap
from wsclient.credentials._internal.single_flight import SingleFlight
from wsclient.credentials.static import StaticProvider

if TYPE_CHECKING:
    from wsclient._core.credentials import Credentials, CredentialsProvider
    from wsclient.credentials._internal.context import CallSts

ACCOUNT_DIGITS = 12
MAX_KEYS = 256
"""Access keys whose account is remembered; an older one costs another request to STS."""


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Identity whose credentials sign a client's calls, as returned by STS GetCallerIdentity.

    account_id has 12 digits; arn is the ARN of the user, role session or root; user_id is its unique id in AWS.
    """

    account_id: str
    arn: str | None = None
    user_id: str | None = None


async def caller_identity(call_sts: CallSts, credentials: CredentialsProvider) -> Identity:
    """Return the identity of credentials from STS; raise CredentialsError if the response has no account."""
    response = await call_sts(GET_CALLER_IDENTITY, GetCallerIdentityRequest(), credentials)
    if not response.account:
        raise CredentialsError("the GetCallerIdentity response of STS has no account; cannot identify the credentials")
    return Identity(account_id=response.account, arn=present(response.arn), user_id=present(response.user_id))


class AccountGuard:
    """Credentials provider that passes on the credentials of one account only.

    It asks STS for the account of each access key once, for any number of concurrent calls. Credentials that STS issued
    with an account need no request; an account ID from a setting, a file or a process proves nothing.
    """

    def __init__(self, source: CredentialsProvider, expected: str, call_sts: CallSts) -> None:
        if not (expected.isascii() and expected.isdigit() and len(expected) == ACCOUNT_DIGITS):
            raise ConfigurationError(f"expected_account must be a string of {ACCOUNT_DIGITS} digits, not {expected!r}")
        self._source = source
        self._expected = expected
        self._call_sts = call_sts
        self._accounts: dict[str, str] = {}
        self._lookups: dict[str, SingleFlight[Identity | Exception]] = {}

    async def get_credentials(self) -> Credentials:
        """Return the source's credentials; raise CredentialsError if they belong to another account."""
        credentials = await self._source.get_credentials()
        account = credentials.account_id if is_account_proven(credentials) else await self._find_account(credentials)
        if account != self._expected:
            raise CredentialsError(
                f"the credentials belong to account {account}, but expected_account is {self._expected}; "
                "nothing was sent"
            )
        return credentials

    @property
    def _features(self) -> frozenset[str]:
        return credential_features(self._source)

    def invalidate(self, access_key_id: str) -> bool:
        """Invalidate an access key that the service rejected; return whether the source may have another."""
        return invalidate_key(self._source, access_key_id)

    async def _find_account(self, credentials: Credentials) -> str:
        """Return the account of an access key, from STS at its first use; a failed request is not remembered."""
        key = credentials.access_key_id
        if key in self._accounts:
            return self._accounts[key]

        async def identify() -> Identity | Exception:
            try:
                identity = await caller_identity(self._call_sts, StaticProvider(credentials))
            except WsclientError as error:
                return error
            else:
                self._remember(key, identity.account_id)
                return identity
            finally:
                self._lookups.pop(key, None)

        # One lookup for each key: credentials that rotate during a lookup must not pass by the answer for others.
        lookup = self._lookups.setdefault(key, SingleFlight())
        # Shielded: concurrent calls share the lookup, and cancelling one of them must not fail the others.
        return unwrap(await asyncio.shield(lookup.start(identify))).account_id

    def _remember(self, key: str, account: str) -> None:
        self._accounts[key] = account
        while len(self._accounts) > MAX_KEYS:
            # The oldest first; pop() with a default, because another thread's event loop may remove the same key.
            self._accounts.pop(next(iter(self._accounts)), None)
