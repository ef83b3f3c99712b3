"""Parsing and formatting of HTTP, certificate and ISO 8601 dates, without strptime, whose import takes milliseconds."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Final

import msgspec

AwareTime = Annotated[datetime, msgspec.Meta(tz=True)]
"""Time of a file, with an offset from UTC: one without cannot be compared with the clock."""
EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
LATEST: Final = datetime.max.replace(tzinfo=UTC)
"""Range of the times that are accepted: near the ends of datetime's range, arithmetic and time zones overflow."""
MAX_DATE_CHARACTERS: Final = 64
"""Maximum length of an HTTP date; the longest valid one has 33 characters."""
_NUMBER: Final = r"[-+]?[0-9.]+"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@lru_cache(maxsize=8)  # all responses within a second have the same date
def http_date(text: str) -> datetime | None:
    """Parse an HTTP date (RFC 9110, section 5.6.7); return None if it is malformed or before 1970."""
    if not text or len(text) > MAX_DATE_CHARACTERS:
        return None
    date: datetime | None = None
    with suppress(ValueError):  # an obsolete format, or not a date
        _, day, month, year, time, zone = text.split(" ")
        if zone == "GMT":
            date = _utc(year, month, day, time)
    date = date or _older_date(text)
    return date if date is not None and is_in_range(date) else None


def parse_time(text: str) -> datetime | None:
    """Parse a time as AWS's services and other tools write it, to UTC; return None if it is malformed or a number.

    ISO 8601 in any form, with "T" and "Z" in either case; a time with the suffix "UTC" or without a zone is UTC. HTTP
    dates too.
    """
    text = text.strip().upper()
    if re.fullmatch(_NUMBER, text):
        return None  # of ten digits or more, fromisoformat() would take some for a date
    with suppress(ValueError, OverflowError):
        time = datetime.fromisoformat(text.removesuffix("UTC").rstrip())
        time = time if time.tzinfo else time.replace(tzinfo=UTC)
        return as_utc(time) if is_in_range(time) else time
    return http_date(text)


def is_in_range(time: datetime) -> bool:
    """Return whether an aware time is from 1970 to 9999 in UTC."""
    # Comparing aware times cannot overflow; astimezone(UTC) can.
    return EARLIEST <= time <= LATEST


def iso_date(time: datetime) -> str:
    """Format an aware time as ISO 8601 in UTC, for example 2026-03-01T12:00:00Z, as files contain it."""
    return as_utc(time).isoformat().replace("+00:00", "Z")


def as_utc(time: datetime) -> datetime:
    """Convert an aware time to UTC; one that is outside datetime's range there becomes the nearest time within."""
    if time.tzinfo is UTC:
        return time
    try:
        return time.astimezone(UTC)
    except OverflowError:
        return min(max(time, datetime.min.replace(tzinfo=UTC)), LATEST)


def certificate_date(text: str) -> datetime:
    """Parse the time of a certificate as OpenSSL prints it, Jan  5 09:34:43 2030 GMT; raise ValueError if malformed."""
    month, day, time, year, zone = text.split()
    if zone != "GMT":
        raise ValueError("the time of a certificate is not in GMT")
    return _utc(year, month, day.zfill(2), time)


def _utc(year: str, month: str, day: str, time: str) -> datetime:
    return datetime.fromisoformat(f"{year}-{_MONTHS.index(month.capitalize()) + 1:02}-{day}T{time}+00:00")


def _older_date(text: str) -> datetime | None:
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - AWS services do not send such dates

    # Besides ValueError it raises these, for numbers outside the ranges of datetime and timezone.
    with suppress(ValueError, TypeError, IndexError, OverflowError):
        date = parsedate_to_datetime(text)
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    return None
