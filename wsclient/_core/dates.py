"""Times as HTTP, certificates and files write them, read without strptime, which takes milliseconds to import."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@lru_cache(maxsize=8)  # every answer of a second says the same
def http_date(text: str) -> datetime | None:
    """Return the time of an HTTP date (RFC 9110, section 5.6.7); None for what is none."""
    if not text:
        return None
    try:
        _, day, month, year, time, zone = text.split(" ")
        if zone == "GMT":
            return _utc(year, month, day, time)
    except ValueError:  # one of the forms that nobody sends any more, or no date
        pass
    return _older_date(text)


def iso_date(time: datetime) -> str:
    """Return an aware time as ISO 8601 in UTC, 2026-03-01T12:00:00Z: what files have."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def certificate_date(text: str) -> datetime:
    """Return the time of a certificate as OpenSSL prints it, Jan  5 09:34:43 2030 GMT; raises ValueError for others."""
    month, day, time, year, zone = text.split()
    if zone != "GMT":
        raise ValueError("the time of a certificate is not in GMT")
    return _utc(year, month, day.zfill(2), time)


def _utc(year: str, month: str, day: str, time: str) -> datetime:
    return datetime.fromisoformat(f"{year}-{_MONTHS.index(month) + 1:02}-{day}T{time}+00:00")


def _older_date(text: str) -> datetime | None:
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - no service of AWS writes such dates

    try:
        told = parsedate_to_datetime(text)
    except ValueError:
        return None
    return told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)
