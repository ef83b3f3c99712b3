"""What log records say beside their message, as fields that formatters for JSON show.

Every name begins with wsclient_, so that none clashes with a LogRecord's own or with another library's:

    wsclient              DEBUG    service, region, operation, attempt, invocation_id, duration (seconds), and status
                                   with request_id, or error
    wsclient              WARNING  none
    wsclient.retries      DEBUG    service, region, operation, attempt, invocation_id, error, reason, quota_left, and
                                   delay (seconds) where another attempt follows
    wsclient.credentials  DEBUG    provider, and access_key (masked) or profile
    wsclient.credentials  WARNING  provider, error, and pause (seconds)

error is AWS's code, or the name of the error's class. No record holds a key, a token, a header, a body or a parameter.
"""

from __future__ import annotations

import re

from wsclient._core.errors import ServiceError

PREFIX = "wsclient_"
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9._]{0,79}")


def log_fields(**facts: object) -> dict[str, object]:
    """Return facts under the names that records have them by; those that are None are left out."""
    return {f"{PREFIX}{name}": value for name, value in facts.items() if value is not None}


def error_name(error: BaseException) -> str:
    """Return AWS's code of an error, or the name of its class: a code that is no word may be anything."""
    if isinstance(error, ServiceError) and _CODE.fullmatch(error.code):
        return error.code
    return type(error).__name__
