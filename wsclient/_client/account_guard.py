"""Whose credentials these are, and the guard that keeps a client to one account."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec

from wsclient._core.credentials import invalidate_key
from wsclient._core.errors import ConfigurationError, CredentialsError, WsclientError
from wsclient._generated.sts.operations import GET_CALLER_IDENTITY
from wsclient._generated.sts.structures import GetCallerIdentityRequest
from wsclient.credentials._internal.cache import SingleFlight, unwrap
from wsclient.credentials.static import StaticProvider

if TYPE_CHECKING:
    from wsclient._core.credentials import Credentials, CredentialsProvider
    from wsclient.credentials._internal.context import CallSts

ACCOUNT_DIGITS = 12


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Who signs a client's calls.

    account_id has 12 digits; arn names the user, role session or root; user_id is AWS's unique id of it.
    """

    account_id: str
    arn: str | None = None
    user_id: str | None = None


async def caller_identity(call_sts: CallSts, credentials: CredentialsProvider) -> Identity:
    """Ask STS whose credentials these are; raises CredentialsError when it does not say."""
    answer = await call_sts(GET_CALLER_IDENTITY, GetCallerIdentityRequest(), credentials)
    if not answer.account:
        raise CredentialsError("STS did not say which account the credentials are of")
    return Identity(account_id=answer.account, arn=answer.arn, user_id=answer.user_id)


class AccountGuard:
    """Passes on credentials of one account only; an access key is asked about once, however many wait for it."""

    def __init__(self, source: CredentialsProvider, expected: str, call_sts: CallSts) -> None:
        if not (expected.isascii() and expected.isdigit() and len(expected) == ACCOUNT_DIGITS):
            raise ConfigurationError(f"expected_account must be a string of 12 digits, not {expected!r}")
        self._source = source
        self._expected = expected
        self._call_sts = call_sts
        self._checked: str | None = None
        self._question: SingleFlight[Identity | Exception] = SingleFlight()

    async def get_credentials(self) -> Credentials:
        """Return the source's credentials, or raise CredentialsError when they are of another account."""
        credentials = await self._source.get_credentials()
        if credentials.access_key_id != self._checked:
            account = credentials.account_id or await self._account_of(credentials)
            if account != self._expected:
                raise CredentialsError(
                    f"the credentials are of account {account}, expected_account is {self._expected}; nothing was sent"
                )
            self._checked = credentials.access_key_id
        return credentials

    def invalidate(self, access_key_id: str) -> bool:
        """Tell the source that the service rejected this key."""
        return invalidate_key(self._source, access_key_id)

    async def _account_of(self, credentials: Credentials) -> str:
        async def ask() -> Identity | Exception:
            try:
                return await caller_identity(self._call_sts, StaticProvider(credentials))
            except WsclientError as error:
                return error

        return unwrap(await asyncio.shield(self._question.start(ask))).account_id
