"""X-Amzn-Trace-Id header in AWS Lambda, by which AWS detects functions that call themselves without end.

"Use Lambda recursive loop detection to prevent infinite loops",
https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TRACE_HEADER: Final = "X-Amzn-Trace-Id"
FUNCTION: Final = "AWS_LAMBDA_FUNCTION_NAME"
TRACE_ID: Final = "_X_AMZN_TRACE_ID"
LITERAL_CHARACTERS: Final = "-=;:+&[]{}\"',"
"""Characters besides letters, digits, _, . and ~ that the AWS SDKs do not percent-encode in the header."""


def trace_id_reader(environ: Mapping[str, str]) -> Callable[[], str | None] | None:
    """Return a function that reads the trace id of the current invocation, or None outside of Lambda.

    Lambda sets the function's name before the program starts, and the trace id anew for each invocation. So only a
    program in Lambda reads the environment at each attempt.
    """
    # Not a partial: its repr would show the environment.
    return (lambda: _read_trace_id(environ)) if FUNCTION in environ else None


def with_trace_id(headers: tuple[tuple[str, str], ...], trace_id: str | None) -> tuple[tuple[str, str], ...]:
    """Return headers with the trace id, unless the environment lacks one or the caller has set the header."""
    if trace_id is None or any(name.lower() == TRACE_HEADER.lower() for name, _ in headers):
        return headers
    return (*headers, (TRACE_HEADER, trace_id))


def _read_trace_id(environ: Mapping[str, str]) -> str | None:
    # A lone surrogate stands for a byte of the environment that is not UTF-8.
    return quote(environ.get(TRACE_ID, ""), safe=LITERAL_CHARACTERS, errors="surrogateescape") or None
