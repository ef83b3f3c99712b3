"""Decoding of JSON texts that were cut within a character."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_ESCAPE: Final = rb"(?s)\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[dD][89a-fA-F][0-9a-fA-F]{2}|.)"
"""Pattern of an escape of a JSON string: a pair of surrogates, one alone, or any other; compiled at its first use."""
_SURROGATE_LENGTH: Final = 6
_REPLACEMENT: Final = rb"\ufffd"


def decode_json(decode: Callable[[bytes], T], body: bytes) -> T:
    """Decode JSON; a surrogate without the other of its pair becomes U+FFFD.

    A service that cuts a text after a number of UTF-16 code units writes such halves of characters ("Strings and
    Characters", RFC 8259, section 8.2), which the decoder refuses.
    """
    try:
        return decode(body)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        mended = re.sub(_ESCAPE, _mended, body)
        if mended == body:
            raise
    return decode(mended)


def _mended(escape: re.Match[bytes]) -> bytes:
    is_lone = len(escape[0]) == _SURROGATE_LENGTH
    return _REPLACEMENT if is_lone else escape[0]
