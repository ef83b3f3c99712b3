"""Keeps a client to one account: credentials of another are refused before anything is sent with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsclient._errors import ConfigurationError, CredentialsError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from wsclient.credentials import Credentials, CredentialsProvider

ACCOUNT_DIGITS = 12


class AccountGuard:
    """Passes on credentials of one account only; an access key is asked about once."""

    def __init__(
        self, source: CredentialsProvider, expected: str, account_of: Callable[[Credentials], Awaitable[str]]
    ) -> None:
        if not (expected.isascii() and expected.isdigit() and len(expected) == ACCOUNT_DIGITS):
            raise ConfigurationError(f"expected_account must be a string of 12 digits, not {expected!r}")
        self._source = source
        self._expected = expected
        self._account_of = account_of
        self._checked: str | None = None

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
