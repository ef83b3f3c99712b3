"""Who may call: the keys that the emulator itself has issued, and the principal behind each of them."""

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
    """An IAM user or an assumed role's session: what GetCallerIdentity answers.

    identity_arn names the role, or the user, whose policies hold for it where that is somebody else.
    """

    account_id: str
    arn: str
    user_id: str
    identity_arn: str | None = None

    @property
    def identity(self) -> str:
        """The ARN of the user or role whose policies hold."""
        return self.identity_arn or self.arn

    @property
    def policy_arn(self) -> str:
        """Who this is to a policy's Principal: * for nobody in particular."""
        return "*" if self == ANONYMOUS else self.arn

    @property
    def is_root(self) -> bool:
        """Whether this is the root user of the account."""
        return self.arn.endswith(":root")

    @property
    def is_federated(self) -> bool:
        """Whether these are credentials of GetFederationToken, which may call next to nothing of STS."""
        return ":federated-user/" in self.arn

    @property
    def is_role_session(self) -> bool:
        """Whether these are credentials of an assumed role, for which role chaining's limits hold."""
        return ":assumed-role/" in self.arn


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What temporary keys were issued with: when, the policies that limit them (None: none), and tags."""

    issued_at: datetime | None = None
    policies: tuple[Policy, ...] | None = None
    tags: Mapping[str, str] = field(default_factory=dict[str, str])


LONG_TERM_SESSION = Session()
"""The session of long-term keys, which have none."""


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key that is good until its credentials expire, and whose it is."""

    credentials: Credentials
    principal: Principal
    has_mfa: bool = False
    session: Session = LONG_TERM_SESSION


ANONYMOUS = Principal(account_id="anonymous", arn="anonymous", user_id="anonymous")
"""Who makes a call that needs no signature."""


class KeyRing:
    """Every key issued, by access key id. Secrets stay in here and in what was handed to the caller."""

    def __init__(self) -> None:
        self.issued: dict[str, IssuedKey] = {}

    def issue_user(self, account_id: str, name: str) -> Credentials:
        """Make an IAM user with long-term keys."""
        arn = user_arn(account_id, name)
        return self._issue(Principal(account_id=account_id, arn=arn, user_id=_ids.access_key_id("AIDA")))

    def issue_root(self, account_id: str) -> Credentials:
        """Make long-term keys of an account's root user."""
        arn = f"arn:aws:iam::{account_id}:root"
        return self._issue(Principal(account_id=account_id, arn=arn, user_id=account_id))

    def _issue(self, principal: Principal) -> Credentials:
        credentials = Credentials(
            access_key_id=_ids.access_key_id("AKIA"),
            secret_access_key=_ids.secret_access_key(),
            account_id=principal.account_id,
        )
        return self._keep(credentials, principal)

    def issue_temporary(
        self, principal: Principal, expiration: datetime, *, has_mfa: bool = False, session: Session = LONG_TERM_SESSION
    ) -> Credentials:
        """Make temporary keys for a principal, good until then; has_mfa says that an MFA device was shown for them."""
        credentials = Credentials(
            access_key_id=_ids.access_key_id("ASIA"),
            secret_access_key=_ids.secret_access_key(),
            session_token=_ids.session_token(),
            expiration=expiration,
            account_id=principal.account_id,
        )
        return self._keep(credentials, principal, has_mfa=has_mfa, session=session)

    def find(self, access_key_id: str) -> IssuedKey | None:
        """Return the key of that id, None when this emulator never issued it."""
        return self.issued.get(access_key_id)

    def _keep(
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
