"""Comparisons of numbers, dates, booleans, bytes and addresses for the naive policy evaluator.

Answers are "yes", "no" and "unknown".
"""

from __future__ import annotations

import binascii
import ipaddress
import re
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

YES, NO, UNKNOWN = "yes", "no", "unknown"


def truth(holds: bool) -> str:
    """Return an answer for a bool."""
    return YES if holds else NO


def ordered_by(read: Any, sign: str) -> Any:
    """Return the comparison of two values that can be read as numbers."""

    def compare(value: str, wanted: str, _context: Any, _variables: bool) -> str:
        first, second = read(value), read(wanted)
        return UNKNOWN if first is None or second is None else ordered(first, sign, second)

    return compare


def quantity(text: str) -> Fraction | None:
    """Return a number."""
    return Fraction(text) if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text) else None


def ordered(first: Fraction, sign: str, second: Fraction) -> str:
    """Compare two numbers."""
    if first == second:
        return truth("=" in sign)
    return truth(sign[0] == ("<" if first < second else ">"))


def moment(text: str) -> Fraction | None:
    """Return a date as seconds since 1970; a text of four digits may be a year or seconds."""
    if re.fullmatch("[0-9]+", text) and len(text) != 4:
        return Fraction(text)
    for form in ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%MZ", "%Y-%m-%d", "%Y-%m"):
        try:
            return Fraction((datetime.strptime(text, form) - datetime(1970, 1, 1)) // timedelta(seconds=1))  # noqa: DTZ001, DTZ007
        except ValueError:
            continue
    return None


def boolean(value: str, wanted: str, _context: Any, _variables: bool) -> str:
    """Compare true and false."""
    is_known = value.lower() in {"true", "false"} and wanted.lower() in {"true", "false"}
    return truth(value.lower() == wanted.lower()) if is_known else UNKNOWN


def raw(text: str) -> bytes:
    """Decode base64; bits that no encoder writes are an error."""
    content = binascii.a2b_base64(text, strict_mode=True)
    if binascii.b2a_base64(content, newline=False) != text.encode():
        raise binascii.Error
    return content


def binary(value: str, wanted: str, _context: Any, _variables: bool) -> str:
    """Compare bytes."""
    try:
        return truth(raw(value) == raw(wanted))
    except binascii.Error:
        return UNKNOWN


def address(value: str, wanted: str, _context: Any, _variables: bool) -> str:
    """Compare the first bits of addresses."""
    base, slash, prefix = wanted.partition("/")
    try:
        caller, network = ipaddress.ip_address(value), ipaddress.ip_address(base)
    except ValueError:
        return UNKNOWN
    width = network.max_prefixlen
    length = int(prefix) if re.fullmatch("[0-9]{1,3}", prefix) else width
    if length > width or (slash and not prefix.isdigit()) or int(network) % 2 ** (width - length):
        return UNKNOWN
    if caller.version != network.version:
        return NO
    if int(caller) >> (width - length) == int(network) >> (width - length):
        return YES
    # The documented default prefix is /32, also for an IPv6 address.
    return UNKNOWN if width == 128 and not slash and int(caller) >> 96 == int(network) >> 96 else NO
