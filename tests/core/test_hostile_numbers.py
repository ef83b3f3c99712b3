"""Numbers and times of responses: whatever they are, they are read within bounds, ignored, or a typed error."""

import json
import pickle
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given

from tests.support.hostile_numbers import HTTP_DATES, JSON_NUMBERS, NUMBERS, TIMES
from wsclient._core.dates import EARLIEST, LATEST, as_utc, http_date, is_in_range, iso_date
from wsclient._core.http import HttpResponse
from wsclient._core.model.structures import Output
from wsclient._core.protocols import codec_for
from wsclient._core.protocols.codec import retry_after
from wsclient._generated.sts import operations as sts_operations
from wsclient._generated.sts.service import SERVICE as STS
from wsclient._generated.workspaces import operations as workspaces_operations
from wsclient._generated.workspaces.service import SERVICE as WORKSPACES
from wsclient.credentials import Credentials
from wsclient.errors import ConfigurationError, RequestValidationError, ResponseParseError
from wsclient.types import WorkspaceConnectionStatus

JSON = codec_for(WORKSPACES)
QUERY = codec_for(STS)
EXTREMES = [
    datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone(timedelta(hours=-14))),
]


@given(value=NUMBERS)
@example(value="9" * 400)
@example(value="9" * 5000)
def test_retry_after_is_bounded_or_ignored(value: str) -> None:
    """retry_after() returns None or less than 12 days, for any digits in x-amz-retry-after."""
    seconds = retry_after(HttpResponse(503, (("x-amz-retry-after", value),), b""))
    assert seconds is None or timedelta() <= timedelta(seconds=seconds) < timedelta(days=12)


@given(value=HTTP_DATES)
@example(value="Fri, 31 Dec 9999 23:59:59 -1200")
@example(value="Mon, 01 Jan 0001 00:00:00 GMT")
@example(value="Mon, 01 Jan 2026 00:00:00 +" + "9" * 30)
def test_http_date_is_in_range_or_none(value: str) -> None:
    """An HTTP date is a time of 1970 to 9999 in UTC, or None; no text raises anything."""
    date = http_date(value)
    assert date is None or (date.utcoffset() == timedelta() and EARLIEST <= date <= LATEST)


@pytest.mark.parametrize("time", EXTREMES)
def test_times_beyond_utc_are_clamped_when_written(time: datetime) -> None:
    """A time that UTC does not have is written as the nearest one that it has, in files, tables and reprs."""
    assert as_utc(time).tzinfo is UTC
    assert datetime.fromisoformat(iso_date(time)) == as_utc(time)
    status = WorkspaceConnectionStatus(workspace_id="ws-1", last_known_user_connection_timestamp=time)
    assert repr(status)
    assert status._repr_html_()
    assert status.to_dict()


def _is_whole(output: Output) -> bool:
    """Return whether everything that is done with a response works on this one."""
    output.to_dict()
    output.to_pandas()
    return bool(repr(output)) and pickle.loads(pickle.dumps(output)) == output


@given(value=JSON_NUMBERS)
@example(value=253_402_300_800)
@example(value="0001-01-01T00:00:00+23:59")
def test_any_json_time_parses_or_raises_a_typed_error(value: object) -> None:
    """Any JSON value where WorkSpaces sends a time gives a response that can be used, or a ResponseParseError."""
    body = json.dumps(
        {"WorkspacesConnectionStatus": [{"WorkspaceId": "ws-1", "LastKnownUserConnectionTimestamp": value}]}
    )
    try:
        output = JSON.parse(
            workspaces_operations.DESCRIBE_WORKSPACES_CONNECTION_STATUS, HttpResponse(200, (), body.encode())
        )
    except ResponseParseError:
        return
    assert _is_whole(output)


@given(value=NUMBERS | TIMES)
@example(value="253402300800")
def test_any_xml_time_parses_or_raises_a_typed_error(value: str) -> None:
    """Any text where STS sends a time or a number gives a response, or a ResponseParseError."""
    body = (
        "<AssumeRoleResponse><AssumeRoleResult><Credentials><Expiration>"
        f"{value}</Expiration></Credentials><PackedPolicySize>{value}</PackedPolicySize>"
        "</AssumeRoleResult></AssumeRoleResponse>"
    )
    try:
        output = QUERY.parse(sts_operations.ASSUME_ROLE, HttpResponse(200, (), body.encode()))
    except ResponseParseError:
        return
    assert _is_whole(output)


@given(value=JSON_NUMBERS)
@example(value=253_402_300_800)
def test_any_time_of_a_document_parses_or_raises_a_typed_error(value: object) -> None:
    """from_dict(), which reads stored documents, raises RequestValidationError for an invalid time."""
    try:
        status = WorkspaceConnectionStatus.from_dict({"LastKnownUserConnectionTimestamp": value})
    except RequestValidationError:
        return
    assert status.to_dict() is not None


@pytest.mark.parametrize("time", EXTREMES)
def test_credentials_refuse_times_that_overflow(time: datetime) -> None:
    """An expiration outside 1970 to 9999 is a ConfigurationError, so that no arithmetic with it overflows."""
    assert not is_in_range(time)
    with pytest.raises(ConfigurationError, match=r"expiration must be from 1970 to 9999 in UTC \(got the year"):
        Credentials("AKIA", "secret", expiration=time)
