"""Roles, MFA devices and signed tokens that the emulated STS accepts.

Each emulator signs its web identity tokens and SAML assertions with its own random secret. It rejects tokens that it
did not issue, that were changed or that have expired, as AWS does.
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
from wsclient.testing._state.clock import DrivenClock
from wsclient.testing._state.policies import Policies

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


CODE_SECONDS = 30
CODE_DIGITS = 6
ISSUER = "https://identity.emulator.invalid"
"""Issuer in the tokens; the top-level domain .invalid never resolves (RFC 2606)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """IAM role, with its trust policy.

    trusts are the principals that may assume the role: ARNs, account ids, or "*" for every principal. A request must
    have the external_id, if there is one; mfa_required demands MFA. max_session is the maximum duration in seconds.
    """

    arn: str
    role_id: str = field(default_factory=lambda: _ids.access_key_id("AROA"))
    trusts: tuple[str, ...] = ("*",)
    external_id: str | None = None
    mfa_required: bool = False
    max_session: int = 43_200

    @property
    def account_id(self) -> str:
        """Account id of the role."""
        return self.arn.split(":")[4]

    @property
    def name(self) -> str:
        """Name of the role, without its path."""
        return self.arn.rpartition("/")[2]

    def names_principal(self, principal_arn: str) -> bool:
        """Return whether the trust policy names this principal, and the principal is in the role's own account.

        Such a principal needs no identity-based policy to assume the role.
        """
        return principal_arn in self.trusts and principal_arn.split(":")[4] == self.account_id

    def may_be_assumed_by(self, principal_arn: str) -> bool:
        """Return whether the trust policy allows a principal, by its ARN or by its account."""
        account = principal_arn.split(":")[4]
        return bool({"*", principal_arn, account, f"arn:aws:iam::{account}:root"} & set(self.trusts))


class MfaDevice:
    """Virtual MFA device: a new code of six digits every 30 seconds, valid once.

    RFC 6238, "TOTP: Time-Based One-Time Password Algorithm", https://www.rfc-editor.org/rfc/rfc6238
    """

    def __init__(self, serial_number: str, clock: DrivenClock) -> None:
        self.serial_number = serial_number
        self._secret = secrets.token_bytes(20)
        self._clock = clock
        self.last_used = -1

    def code(self) -> str:
        """Return the current code."""
        return self._code(self._window())

    def accepts(self, code: str | None) -> bool:
        """Accept a code of the current or the previous 30 seconds. Each code is accepted once."""
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
        # Dynamic truncation: RFC 4226, section 5.3.
        offset = digest[-1] & 15
        number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
        return str(number % 10**CODE_DIGITS).zfill(CODE_DIGITS)


class Identities:
    """Roles, MFA devices, policies and the token secret of one emulator.

    implicit_roles are roles that were not added: they exist from the first request that names them.
    """

    def __init__(self, clock: DrivenClock) -> None:
        self._clock = clock
        self._secret = secrets.token_bytes(32)
        self.roles: dict[str, Role] = {}
        self.implicit_roles: dict[str, Role] = {}
        self.devices: dict[str, MfaDevice] = {}
        self.policies = Policies()

    def add_role(self, role: Role) -> None:
        """Add a role. From then on its account has only the roles that were added."""
        self.roles[role.arn] = role

    def role(self, arn: str) -> Role | None:
        """Return the role of an ARN, None if it does not exist.

        An account without added roles has every role that a request names.
        """
        account = arn.split(":")[4]
        if any(role.account_id == account for role in self.roles.values()):
            return self.roles.get(arn)
        return self.implicit_roles.setdefault(arn, Role(arn=arn))

    def add_mfa_device(self, account_id: str, name: str) -> MfaDevice:
        """Add a virtual MFA device to an account."""
        device = MfaDevice(f"arn:aws:iam::{account_id}:mfa/{name}", self._clock)
        self.devices[device.serial_number] = device
        return device

    def accepts_code(self, serial_number: str | None, code: str | None) -> bool:
        """Accept a code of an MFA device; return False for a wrong code or an unknown device."""
        device = self.devices.get(serial_number or "")
        return device is not None and device.accepts(code)

    def expiry(self, seconds: float) -> datetime:
        """Return the time this many seconds from now; a negative number returns a time in the past."""
        return self._clock.now() + timedelta(seconds=seconds)

    def jwt(self, claims: Mapping[str, object]) -> str:
        """Return a signed JSON Web Token (RFC 7519)."""
        header = _encode_json({"alg": "HS256", "typ": "JWT"})
        signed = f"{header}.{_encode_json(claims)}"
        return f"{signed}.{self._signature(signed)}"

    def claims(self, token: str) -> Mapping[str, object] | None:
        """Return the claims of a token, None if this emulator did not sign it."""
        signed, _, signature = token.rpartition(".")
        if not signed or not hmac.compare_digest(self._signature(signed).encode(), signature.encode()):
            return None
        return _decode_json(signed.rpartition(".")[2])

    def assertion(self, *, role_arn: str, provider_arn: str, user: str, expires: datetime) -> str:
        """Return a SAML response in base64 with which a user can assume a role."""
        values = f"<AttributeValue>{role_arn},{provider_arn}</AttributeValue><AttributeValue>{user}</AttributeValue>"
        assertion = (
            f"<Assertion><Issuer>{ISSUER}</Issuer><NotOnOrAfter>{expires.isoformat()}</NotOnOrAfter>"
            f"<AttributeStatement>{values}</AttributeStatement></Assertion>"
        )
        signature = f"<SignatureValue>{self._signature(assertion)}</SignatureValue>"
        return base64.b64encode(f"<Response>{assertion}{signature}</Response>".encode()).decode()

    def is_signed_assertion(self, document: bytes) -> bool:
        """Return whether this emulator signed exactly these bytes of a SAML response."""
        text = document.decode(errors="replace").removeprefix("<Response>").removesuffix("</SignatureValue></Response>")
        assertion, _, signature = text.partition("<SignatureValue>")
        return hmac.compare_digest(self._signature(assertion).encode(), signature.encode())

    def _signature(self, text: str) -> str:
        digest = hmac.digest(self._secret, text.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def datetime_from_claim(claim: object) -> datetime | None:
    """Return the time of a claim in seconds since 1970 (NumericDate of RFC 7519), None for another type of value."""
    return datetime.fromtimestamp(claim, UTC) if isinstance(claim, int) else None


def role_arn(account_id: str, name: str) -> str:
    """Return the ARN of a role. Raises ConfigurationError for an invalid role name."""
    if not name or not name.isascii() or any(character.isspace() or character == ":" for character in name):
        raise ConfigurationError(f"a role's name must consist of letters, digits and _+=,.@-/ (got {name!r:.80})")
    return f"arn:aws:iam::{account_id}:role/{name}"


def audiences(claim: object) -> Sequence[object]:
    """Return the audiences of a token: the claim is one name or a list of names."""
    return cast("list[object]", claim) if isinstance(claim, list) else [claim]


def _encode_json(members: Mapping[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(members, separators=(",", ":")).encode()).decode().rstrip("=")


def _decode_json(text: str) -> Mapping[str, object] | None:
    with suppress(ValueError):
        members = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return cast("dict[str, object]", members) if isinstance(members, dict) else None
    return None
