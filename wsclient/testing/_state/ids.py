"""Generators of ids, keys and tokens in AWS's formats. Every value is random, so that no test can rely on one."""

from __future__ import annotations

import secrets
import string

_LOWER = string.ascii_lowercase + string.digits
_UPPER = string.ascii_uppercase + "234567"
_SECRET = string.ascii_letters + string.digits + "+/"


def resource_id(prefix: str) -> str:
    """Return a resource id: the prefix, a hyphen and nine letters or digits, such as ws-8kx2m0qv1."""
    return f"{prefix}-{_random_text(_LOWER, 9)}"


def directory_id() -> str:
    """Return a directory id: "d-" and ten hexadecimal digits."""
    return f"d-{secrets.token_hex(5)}"


def access_key_id(prefix: str) -> str:
    """Return an access key id or a principal's unique id: the prefix and 16 characters.

    AKIA is the prefix of long-term keys, ASIA of temporary keys, AROA of roles, AIDA of users. "IAM identifiers",
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    """
    return prefix + _random_text(_UPPER, 16)


def secret_access_key() -> str:
    """Return a secret access key of 40 characters."""
    return _random_text(_SECRET, 40)


def session_token() -> str:
    """Return an opaque session token of 202 characters."""
    return _random_text(_SECRET, 200) + "=="


def hex_id(prefix: str, digits: int) -> str:
    """Return an id of EC2: the prefix, a hyphen and this number of hexadecimal digits, such as subnet-… or sg-…."""
    return f"{prefix}-{secrets.token_hex(digits)[:digits]}"


def registration_code() -> str:
    """Return a registration code for the WorkSpaces client: "wsaws+" and six characters."""
    return f"wsaws+{_random_text(string.ascii_uppercase + string.digits, 6)}"


def connection_identifier() -> str:
    """Return the connection identifier of an associated connection alias: 20 characters, for a DNS TXT record."""
    return _random_text(_LOWER, 20)


def _random_text(alphabet: str, length: int) -> str:
    # One system call for the whole text; that the first characters are a little more likely does no harm here.
    return "".join([alphabet[byte % len(alphabet)] for byte in secrets.token_bytes(length)])
