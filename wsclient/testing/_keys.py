"""Who may call: the keys that the emulator itself has issued, and the principal behind each of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wsclient.credentials import Credentials
from wsclient.testing import _ids

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """An IAM user or an assumed role's session: what GetCallerIdentity answers."""

    account_id: str
    arn: str
    user_id: str

    @property
    def is_role_session(self) -> bool:
        """Whether these are credentials of an assumed role, for which role chaining's limits hold."""
        return ":assumed-role/" in self.arn


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key that is good until its credentials expire, and whose it is."""

    credentials: Credentials
    principal: Principal


class KeyRing:
    """Every key issued, by access key id. Secrets stay in here and in what was handed to the caller."""

    def __init__(self) -> None:
        self._issued: dict[str, IssuedKey] = {}

    def issue_user(self, account_id: str, name: str) -> Credentials:
        """Make an IAM user with long-term keys."""
        arn = f"arn:aws:iam::{account_id}:user/{name}"
        principal = Principal(account_id=account_id, arn=arn, user_id=_ids.access_key_id("AIDA"))
        credentials = Credentials(
            access_key_id=_ids.access_key_id("AKIA"),
            secret_access_key=_ids.secret_access_key(),
            account_id=account_id,
        )
        return self._keep(credentials, principal)

    def issue_temporary(self, principal: Principal, expiration: datetime) -> Credentials:
        """Make temporary keys for a principal, good until then."""
        credentials = Credentials(
            access_key_id=_ids.access_key_id("ASIA"),
            secret_access_key=_ids.secret_access_key(),
            session_token=_ids.session_token(),
            expiration=expiration,
            account_id=principal.account_id,
        )
        return self._keep(credentials, principal)

    def find(self, access_key_id: str) -> IssuedKey | None:
        """Return the key of that id, None when this emulator never issued it."""
        return self._issued.get(access_key_id)

    def _keep(self, credentials: Credentials, principal: Principal) -> Credentials:
        self._issued[credentials.access_key_id] = IssuedKey(credentials, principal)
        return credentials
