"""Whom the emulated STS believes: roles and who may assume them, MFA devices, and proofs that it signs itself.

Web identity tokens, SAML assertions and the like are signed with a secret that this emulator alone has: what it did
not issue, what was changed and what has expired is refused, as AWS refuses it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

from wsclient._core.errors import ConfigurationError
from wsclient.testing._state import ids as _ids
from wsclient.testing._state.policies import Policies

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wsclient.testing._state.clock import DrivenClock

CODE_SECONDS = 30
CODE_DIGITS = 6
ISSUER = "https://identity.emulator.invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role: who may assume it (ARNs of principals or accounts, or "*"), under which conditions, for how long."""

    arn: str
    role_id: str = field(default_factory=lambda: _ids.access_key_id("AROA"))
    trusts: tuple[str, ...] = ("*",)
    external_id: str | None = None
    mfa_required: bool = False
    max_session: int = 43_200

    @property
    def account_id(self) -> str:
        """The account that the role belongs to."""
        return self.arn.split(":")[4]

    @property
    def name(self) -> str:
        """The role's name, without its path."""
        return self.arn.rpartition("/")[2]

    def names_principal(self, principal_arn: str) -> bool:
        """Tell whether the trust policy names a principal of the role's own account, which is permission enough."""
        return principal_arn in self.trusts and principal_arn.split(":")[4] == self.account_id

    def may_be_assumed_by(self, principal_arn: str) -> bool:
        """Tell whether the trust policy lets a principal in, by its own ARN or as one of its account."""
        account = principal_arn.split(":")[4]
        return bool({"*", principal_arn, account, f"arn:aws:iam::{account}:root"} & set(self.trusts))


class MfaDevice:
    """A virtual MFA device: a new code of six digits every thirty seconds, each good once (RFC 6238)."""

    def __init__(self, serial_number: str, clock: DrivenClock) -> None:
        self.serial_number = serial_number
        self._secret = secrets.token_bytes(20)
        self._clock = clock
        self.last_used = -1

    def code(self) -> str:
        """Return the code that the device shows now."""
        return self._code(self._window())

    def accepts(self, code: str | None) -> bool:
        """Take a code of this window or the one before; none is taken twice."""
        now = self._window()
        for window in (now - 1, now):
            if window > self.last_used and code is not None and hmac.compare_digest(self._code(window), code):
                self.last_used = window
                return True
        return False

    def _window(self) -> int:
        return int(self._clock.now().timestamp()) // CODE_SECONDS

    def _code(self, window: int) -> str:
        digest = hmac.digest(self._secret, window.to_bytes(8, "big"), hashlib.sha1)
        offset = digest[-1] & 15
        number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
        return str(number % 10**CODE_DIGITS).zfill(CODE_DIGITS)


class Identities:
    """Everything that STS knows of identities besides the keys; policies are what is attached to them."""

    def __init__(self, clock: DrivenClock) -> None:
        self._clock = clock
        self._secret = secrets.token_bytes(32)
        self.roles: dict[str, Role] = {}
        self.implicit_roles: dict[str, Role] = {}
        self.devices: dict[str, MfaDevice] = {}
        self.policies = Policies()

    def add_role(self, role: Role) -> None:
        """Add a role; from now on its account has no roles but those that were added."""
        self.roles[role.arn] = role

    def role(self, arn: str) -> Role | None:
        """Return a role; one of an account to which none was added is there as soon as it is named."""
        account = arn.split(":")[4]
        if any(role.account_id == account for role in self.roles.values()):
            return self.roles.get(arn)
        return self.implicit_roles.setdefault(arn, Role(arn=arn))

    def add_mfa_device(self, account_id: str, name: str) -> MfaDevice:
        """Add a device."""
        device = MfaDevice(f"arn:aws:iam::{account_id}:mfa/{name}", self._clock)
        self.devices[device.serial_number] = device
        return device

    def accepts_code(self, serial_number: str | None, code: str | None) -> bool:
        """Take the code of a device; False for one that is not there."""
        device = self.devices.get(serial_number or "")
        return device is not None and device.accepts(code)

    def expiry(self, seconds: float) -> datetime:
        """Return the time so many seconds from now; a negative number gives one that is past."""
        return self._clock.now() + timedelta(seconds=seconds)

    def jwt(self, claims: Mapping[str, object]) -> str:
        """Return a signed token of three parts, as identity providers issue them."""
        head = _text({"alg": "HS256", "typ": "JWT"})
        signed = f"{head}.{_text(claims)}"
        return f"{signed}.{self._signature(signed)}"

    def claims(self, token: str) -> Mapping[str, object] | None:
        """Return what a token claims, None when this emulator did not sign it."""
        signed, _, signature = token.rpartition(".")
        if not signed or not hmac.compare_digest(self._signature(signed).encode(), signature.encode()):
            return None
        return _members(signed.rpartition(".")[2])

    def assertion(self, *, role_arn: str, provider_arn: str, user: str, expires: datetime) -> str:
        """Return a SAML response in base64 that lets a user into a role."""
        values = f"<AttributeValue>{role_arn},{provider_arn}</AttributeValue><AttributeValue>{user}</AttributeValue>"
        assertion = (
            f"<Assertion><Issuer>{ISSUER}</Issuer><NotOnOrAfter>{expires.isoformat()}</NotOnOrAfter>"
            f"<AttributeStatement>{values}</AttributeStatement></Assertion>"
        )
        signature = f"<SignatureValue>{self._signature(assertion)}</SignatureValue>"
        return base64.b64encode(f"<Response>{assertion}{signature}</Response>".encode()).decode()

    def is_signed_assertion(self, document: bytes) -> bool:
        """Tell whether a SAML response is one that this emulator signed, byte for byte."""
        text = document.decode(errors="replace").removeprefix("<Response>").removesuffix("</SignatureValue></Response>")
        assertion, _, signature = text.partition("<SignatureValue>")
        return hmac.compare_digest(self._signature(assertion).encode(), signature.encode())

    def _signature(self, text: str) -> str:
        digest = hmac.digest(self._secret, text.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def datetime_from_claim(claim: object) -> datetime | None:
    """Return the time that a claim of seconds since 1970 means."""
    return datetime.fromtimestamp(claim, UTC) if isinstance(claim, int) else None


def role_arn(account_id: str, name: str) -> str:
    """Return the ARN of a role; raises ConfigurationError for a name that no role can have."""
    if not name or not name.isascii() or any(character.isspace() or character == ":" for character in name):
        raise ConfigurationError(f"a role's name has letters, digits and _+=,.@-/, not {name!r:.80}")
    return f"arn:aws:iam::{account_id}:role/{name}"


def audiences(claim: object) -> Sequence[object]:
    """Return for whom a token was issued: one name or a list of them."""
    return cast("list[object]", claim) if isinstance(claim, list) else [claim]


def _text(members: Mapping[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(members, separators=(",", ":")).encode()).decode().rstrip("=")


def _members(text: str) -> Mapping[str, object] | None:
    with suppress(ValueError):
        members = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return cast("dict[str, object]", members) if isinstance(members, dict) else None
    return None
