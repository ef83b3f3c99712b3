"""Bounds of a JSON response: decoding stops the event loop, so that its time must not be the peer's choice."""

from __future__ import annotations

from typing import Final

MAX_BYTES: Final = 8 * 1024 * 1024
"""Bytes of a document at most (8 MiB); a page of AWS has some tens of KiB."""
MAX_VALUES: Final = 200_000
"""Values at most, about a tenth of a second of decoding; two megabytes of empty objects would take ten times that."""
UNCOUNTED_BYTES: Final = 64 * 1024
"""Bytes up to which the values are not counted, because they can only be few."""


def size_problem(body: bytes) -> str | None:
    """Return why a document is too large to be decoded, or None."""
    if len(body) <= UNCOUNTED_BYTES:
        return None
    if len(body) > MAX_BYTES:
        return f"JSON of more than {MAX_BYTES} bytes"
    # Each value but the first of a list or an object follows a comma, or opens one. Texts may add a few.
    values = sum(map(body.count, (b",", b"{", b"[")))
    return f"JSON of more than {MAX_VALUES} values" if values > MAX_VALUES else None
