"""Times as HTTP and certificates write them."""

import ssl
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsclient._core.dates import certificate_date, http_date

NOVEMBER = datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)


@given(st.datetimes(min_value=NOVEMBER.replace(tzinfo=None), timezones=st.just(UTC)))
def test_dates_are_read_as_python_writes_them(at: datetime) -> None:
    """Every second that an HTTP date can name is read as the email package, the oracle, writes and reads it."""
    written = format_datetime(at, usegmt=True)
    assert http_date(written) == parsedate_to_datetime(written) == at.replace(microsecond=0)


@pytest.mark.parametrize(
    "date", ["Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 09:49:37 +0100"]
)
def test_older_forms_are_read(date: str) -> None:
    """The obsolete forms of RFC 9110, and those of mail, are read as well; a time without a zone is UTC."""
    told = http_date(date)
    assert told == NOVEMBER
    assert told is not None
    assert told.utcoffset() == NOVEMBER.utcoffset()


@pytest.mark.parametrize(
    "date",
    [
        "",
        "yesterday",
        "Sun, 31 Feb 2026 08:49:37 GMT",
        "Sun, 06 Nov 1994 25:49:37 GMT",
        "Sun, 06 Now 1994 08:49:37 GMT",
        "a b c d e f",
    ],
)
def test_what_is_no_date_tells_nothing(date: str) -> None:
    """A malformed date is None, and no error."""
    assert http_date(date) is None


@pytest.mark.parametrize("text", ["Jan  5 09:34:43 2018 GMT", "Jun 15 23:59:59 2049 GMT", "Dec 31 00:00:00 9999 GMT"])
def test_times_of_certificates_are_read_as_python_reads_them(text: str) -> None:
    """The time is that which the ssl module makes of it, in UTC."""
    assert certificate_date(text) == datetime.fromtimestamp(ssl.cert_time_to_seconds(text), UTC)


@pytest.mark.parametrize("text", ["Bad time value", "Jan  5 09:34:43 2018 CET", "Jam  5 09:34:43 2018 GMT"])
def test_what_is_no_time_of_a_certificate_is_refused(text: str) -> None:
    """What OpenSSL does not print raises ValueError."""
    with pytest.raises(ValueError, match=r"."):
        certificate_date(text)
