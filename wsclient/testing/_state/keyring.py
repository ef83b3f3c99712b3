"""Key ring: the credentials that the emulator has issued, each with its principal. No other key can sign a call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wsclient._core.credentials import Credentials
from wsclient.testing._state import ids as _ids

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from wsclient.policy._policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Caller of an operation, as GetCallerIdentity returns it: a user, a role session, a federated user or a root user.

    identity_arn is the ARN of the role or user whose policies apply, None if these are the policies of arn itself.
    """

    account_id: str
    arn: str
    user_id: str
    identity_arn: str | None = None

    @property
    def identity(self) -> str:
        """ARN of the user or role whose policies apply."""
        return self.identity_arn or self.arn

    @property
    def policy_arn(self) -> str:
        """Value to match with the Principal element of a policy; "*" for an anonymous caller."""
        return "*" if self == ANONYMOUS else self.arn

    @property
    def is_root(self) -> bool:
        """True for the root user of the account."""
        return self.arn.endswith(":root")

    @property
    def is_federated(self) -> bool:
        """True for a federated user, who may call only GetCallerIdentity of STS.

        https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
        """
        return ":federated-user/" in self.arn

    @property
    def is_role_session(self) -> bool:
        """True for a role session, to which the limits of role chaining apply."""
        return ":assumed-role/" in self.arn


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Session of temporary keys: time of issue, session policies (None: no limits), scopes, tags and source identity.

    scopes are the policies of GetScopedCredentials, each of which must allow a call.
    """

    issued_at: datetime | None = None
    policies: tuple[Policy, ...] | None = None
    scopes: tuple[Policy, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    source_identity: str | None = None


LONG_TERM_SESSION = Session()
"""Empty session of long-term keys."""


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """Credentials with their principal. They are valid until their expiration.

    has_mfa is True if the caller used an MFA device to get them.
    """

    credentials: Credentials
    principal: Principal
    has_mfa: bool = False
    session: Session = LONG_TERM_SESSION


ANONYMOUS = Principal(account_id="anonymous", arn="anonymous", user_id="anonymous")
"""Caller of an operation that needs no signature."""


class KeyRing:
    """Issued keys, by access key id. Secrets leave the key ring only in the credentials returned to the caller."""

    def __init__(self) -> None:
        self.issued: dict[str, IssuedKey] = {}

    def issue_user(self, account_id: str, name: str) -> Credentials:
        """Issue long-term keys to a new IAM user."""
        arn = user_arn(account_id, name)
        return self._issue(Principal(account_id=account_id, arn=arn, user_id=_ids.access_key_id("AIDA")))

    def issue_root(self, account_id: str) -> Credentials:
        """Issue long-term keys to the root user of an account."""
        arn = f"arn:aws:iam::{account_id}:root"
        return self._issue(Principal(account_id=account_id, arn=arn, user_id=account_id))

    def _issue(self, principal: Principal) -> Credentials:
        credentials = Credentials(
            access_key_id=_ids.access_key_id("AKIA"),
            secret_access_key=_ids.secret_access_key(),
            account_id=principal.account_id,
        )
        return self._add(credentials, principal)

    def issue_temporary(
        self, principal: Principal, expiration: datetime, *, has_mfa: bool = False, session: Session = LONG_TERM_SESSION
    ) -> Credentials:
        """Issue temporary keys to a principal, valid until expiration.

        has_mfa is True if the caller used an MFA device to get them.
        """
        credentials = Credentials(
            access_key_id=_ids.access_key_id("ASIA"),
            secret_access_key=_ids.secret_access_key(),
            session_token=_ids.session_token(),
            expiration=expiration,
            account_id=principal.account_id,
        )
        return self._add(credentials, principal, has_mfa=has_mfa, session=session)

    def find(self, access_key_id: str) -> IssuedKey | None:
        """Return the key of an access key id, None if this emulator did not issue it."""
        return self.issued.get(access_key_id)

    def _add(
        self,
        credentials: Credentials,
        principal: Principal,
        *,
        has_mfa: bool = False,
        session: Session = LONG_TERM_SESSION,
    ) -> Credentials:
        self.issued[credentials.access_key_id] = IssuedKey(credentials, principal, has_mfa, session)
        return credentials


def user_arn(account_id: str, name: str) -> str:
    """Return the ARN of an IAM user."""
    return f"arn:aws:iam::{account_id}:user/{name}"
