"""Times as HTTP and certificates write them."""

import json
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime, parsedate_to_datetime
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsclient._core.dates import certificate_date, http_date, parse_time
from wsclient._core.http import HttpResponse
from wsclient._core.protocols import codec_for
from wsclient._generated.sts.service import SERVICE as STS
from wsclient._generated.workspaces.service import SERVICE as WORKSPACES

dateutil: Any = import_module("dateutil.parser")  # without types
FIRST, LAST = (datetime(year, 1, 2) for year in (1970, 9998))  # noqa: DTZ001 - hypothesis adds the zone
NOVEMBER = datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)


@given(st.datetimes(min_value=NOVEMBER.replace(tzinfo=None), timezones=st.just(UTC)))
def test_http_dates_parse_as_in_the_email_package(at: datetime) -> None:
    """Every second that an HTTP date can name is read as the email package, the oracle, writes and reads it."""
    written = format_datetime(at, usegmt=True)
    assert http_date(written) == parsedate_to_datetime(written) == at.replace(microsecond=0)


@pytest.mark.parametrize(
    "date", ["Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 09:49:37 +0100"]
)
def test_obsolete_http_date_forms_parse(date: str) -> None:
    """The obsolete forms of RFC 9110, and those of mail, are read as well; a time without a zone is UTC."""
    text = http_date(date)
    assert text == NOVEMBER
    assert text is not None
    assert text.utcoffset() == NOVEMBER.utcoffset()


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
def test_malformed_date_is_none(date: str) -> None:
    """A malformed date is parsed as None without an error."""
    assert http_date(date) is None


@pytest.mark.parametrize("text", ["Jan  5 09:34:43 2018 GMT", "Jun 15 23:59:59 2049 GMT", "Dec 31 00:00:00 9999 GMT"])
def test_certificate_times_parse_as_in_the_ssl_module(text: str) -> None:
    """The time is that which the ssl module makes of it, in UTC."""
    assert certificate_date(text) == datetime.fromtimestamp(ssl.cert_time_to_seconds(text), UTC)


@pytest.mark.parametrize("text", ["Bad time value", "Jan  5 09:34:43 2018 CET", "Jam  5 09:34:43 2018 GMT"])
def test_malformed_certificate_time_raises_value_error(text: str) -> None:
    """A time that isn't in OpenSSL's format raises ValueError."""
    with pytest.raises(ValueError, match=r"."):
        certificate_date(text)


OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
FORMATS: list[Callable[[datetime], str]] = [
    datetime.isoformat,
    lambda at: at.isoformat(" "),
    lambda at: at.isoformat(timespec="milliseconds"),
    lambda at: f"{at:%Y-%m-%dT%H:%M:%SZ}",
    lambda at: f"{at:%Y-%m-%dt%H:%M:%Sz}",
    lambda at: f"{at:%Y-%m-%dT%H:%M:%S.123456789Z}",
    lambda at: f"{at:%Y-%m-%dT%H:%M:%S}",
    lambda at: f"{at:%Y-%m-%dT%H:%M:%SUTC}",
    lambda at: f"{at:%Y-%m-%d %H:%M:%S UTC}",
    lambda at: f"{at:%Y-%m-%dT%H:%M:%S+0000}",
    lambda at: f"{at:%Y%m%dT%H%M%SZ}",
    lambda at: f"{at:%Y-%m-%d}",
    lambda at: f" {at:%Y-%m-%dT%H:%M:%SZ}\n",
    lambda at: format_datetime(at.replace(microsecond=0), usegmt=True),
    lambda at: f"{at:%a, %d %b %Y %H:%M:%S.123 GMT}",
]


@pytest.mark.parametrize("write", FORMATS)
@given(at=st.datetimes(min_value=FIRST, max_value=LAST, timezones=st.just(UTC)))
def test_iso_times_parse_as_in_botocore(write: Callable[[datetime], str], at: datetime) -> None:
    """Every format that services, the AWS CLI and credential programs write; a time without a zone is UTC."""
    text = write(at)
    reference: datetime = dateutil.parse(text)
    assert parse_time(text) == (reference if reference.tzinfo else reference.replace(tzinfo=UTC))


@given(st.datetimes(min_value=FIRST, max_value=LAST, timezones=OFFSETS))
def test_times_with_an_offset_become_utc(at: datetime) -> None:
    """An offset changes the numbers of a time and not the moment: responses of STS, credentials of programs."""
    time = parse_time(at.isoformat())
    assert time == at
    assert time is not None
    assert time.tzinfo is UTC


@pytest.mark.parametrize("text", ["", " ", "soon", "1398796238", "1112101410123", "-5", "1.5", "2030-13-01T00:00:00Z"])
def test_malformed_time_is_none(text: str) -> None:
    """Numbers, of which some would pass for dates, and other texts."""
    assert parse_time(text) is None


@pytest.mark.parametrize("write", FORMATS)
def test_response_times_parse_in_any_format(write: Callable[[datetime], str]) -> None:
    """A successful response is read, whichever format its times have, in JSON and in XML."""
    at = datetime(2030, 1, 2, tzinfo=UTC)
    status = {"WorkspaceId": "ws-1", "ConnectionStateCheckTimestamp": write(at)}
    body = json.dumps({"WorkspacesConnectionStatus": [status]}).encode()
    head = (("x-amzn-requestid", "id-1"), ("content-type", "application/x-amz-json-1.1"))
    operation: Any = WORKSPACES.operations["DescribeWorkspacesConnectionStatus"]
    ours = codec_for(WORKSPACES).parse(operation, HttpResponse(200, head, body)).to_boto3()
    assert abs(ours["WorkspacesConnectionStatus"][0]["ConnectionStateCheckTimestamp"] - at) < timedelta(seconds=1)

    issued = f"<Credentials><Expiration>{write(at)}</Expiration></Credentials>"
    xml = f"<GetSessionTokenResponse><GetSessionTokenResult>{issued}</GetSessionTokenResult></GetSessionTokenResponse>"
    token: Any = STS.operations["GetSessionToken"]
    reference = codec_for(STS).parse(token, HttpResponse(200, head, xml.encode()))
    assert abs(reference.credentials.expiration - at) < timedelta(seconds=1)
