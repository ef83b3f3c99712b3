"""Parsing and formatting of HTTP, certificate and ISO 8601 dates, without strptime, whose import takes milliseconds."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@lru_cache(maxsize=8)  # all responses within a second have the same date
def http_date(text: str) -> datetime | None:
    """Parse an HTTP date (RFC 9110, section 5.6.7); return None if it is malformed."""
    if not text:
        return None
    try:
        _, day, month, year, time, zone = text.split(" ")
        if zone == "GMT":
            return _utc(year, month, day, time)
    except ValueError:  # an obsolete format, or not a date
        pass
    return _older_date(text)


def iso_date(time: datetime) -> str:
    """Format an aware time as ISO 8601 in UTC, for example 2026-03-01T12:00:00Z, as files contain it."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def certificate_date(text: str) -> datetime:
    """Parse the time of a certificate as OpenSSL prints it, Jan  5 09:34:43 2030 GMT; raise ValueError if malformed."""
    month, day, time, year, zone = text.split()
    if zone != "GMT":
        raise ValueError("the time of a certificate is not in GMT")
    return _utc(year, month, day.zfill(2), time)


def _utc(year: str, month: str, day: str, time: str) -> datetime:
    return datetime.fromisoformat(f"{year}-{_MONTHS.index(month) + 1:02}-{day}T{time}+00:00")


def _older_date(text: str) -> datetime | None:
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - AWS services do not send such dates

    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
