"""Names of the structured fields of log records, which JSON formatters show.

Every name starts with wsclient_, so that it does not clash with attributes of LogRecord or fields of other libraries:

    wsclient              DEBUG    service, region, operation, attempt, invocation_id, duration (seconds), and status
                                   with request_id, or error
    wsclient              WARNING  no fields
    wsclient.retries      DEBUG    service, region, operation, attempt, invocation_id, error, reason, quota_left, and
                                   delay (seconds) if another attempt follows
    wsclient.credentials  DEBUG    provider, and access_key (masked) or profile
    wsclient.credentials  WARNING  provider, error, and pause (seconds)

error is AWS's code, or the class name of the error. No record contains a key, a token, a header, a body or a parameter.
"""

from __future__ import annotations

import re

from wsclient._core.errors import ServiceError

PREFIX = "wsclient_"
_CODE = r"[A-Za-z][A-Za-z0-9._]{0,79}"


def log_fields(**facts: object) -> dict[str, object]:
    """Return the facts with prefixed names, for logging's extra=; omit those that are None."""
    return {f"{PREFIX}{name}": value for name, value in facts.items() if value is not None}


def error_name(error: BaseException) -> str:
    """Return AWS's code of an error, or its class name if the code is not a word and so could contain anything."""
    if isinstance(error, ServiceError) and re.fullmatch(_CODE, error.code):
        return error.code
    return type(error).__name__
