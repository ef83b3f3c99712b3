"""Identifiers, keys and tokens of the emulator: all of them random, so that nothing can rely on a value."""

from __future__ import annotations

import secrets
import string

_LOWER = string.ascii_lowercase + string.digits
_UPPER = string.ascii_uppercase + "234567"
_SECRET = string.ascii_letters + string.digits + "+/"


def resource_id(prefix: str) -> str:
    """Return an identifier of AWS's form for that prefix: ws-8kx2m0qv1, wsb-…, wsipg-…."""
    return f"{prefix}-{_text(_LOWER, 9)}"


def directory_id() -> str:
    """Return an identifier of a directory: d- and ten hexadecimal digits."""
    return f"d-{secrets.token_hex(5)}"


def access_key_id(prefix: str) -> str:
    """Return an access key id: AKIA for long-term keys, ASIA for temporary ones, AROA and AIDA for principals."""
    return prefix + _text(_UPPER, 16)


def secret_access_key() -> str:
    """Return a secret access key of 40 characters."""
    return _text(_SECRET, 40)


def session_token() -> str:
    """Return a session token; like AWS's it tells its reader nothing."""
    return _text(_SECRET, 200) + "=="


def hex_id(prefix: str, digits: int) -> str:
    """Return an identifier of EC2's form: subnet-…, sg-…."""
    return f"{prefix}-{secrets.token_hex(digits)[:digits]}"


def registration_code() -> str:
    """Return a code as users type it into the WorkSpaces client: wsaws+ and six characters."""
    return f"wsaws+{_text(string.ascii_uppercase + string.digits, 6)}"


def connection_identifier() -> str:
    """Return an identifier of a connection alias's association, as it goes into DNS."""
    return _text(_LOWER, 20)


def _text(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))
