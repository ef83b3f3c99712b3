"""Values of raw(), extra= and structures in requests: timestamps, blobs, numbers, and what no protocol represents."""

import base64
import json
import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from fractions import Fraction
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsclient._core.protocols import codec_for
from wsclient._core.protocols.codec import Payload
from wsclient._generated.sts import structures as sts
from wsclient._generated.sts.service import SERVICE as STS
from wsclient._generated.workspaces import structures as s
from wsclient._generated.workspaces.service import SERVICE as WORKSPACES
from wsclient.errors import RequestValidationError

JSON, QUERY = codec_for(WORKSPACES), codec_for(STS)
ZONES = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TIMES = st.datetimes(datetime(1900, 1, 1), datetime(9990, 1, 1), timezones=ZONES)  # noqa: DTZ001 - with time zones


class Text(str):
    """A string of the caller's own class."""

    __slots__ = ()

    def __str__(self) -> str:
        """Return something else than the text."""
        return "other"


class Size(IntEnum):
    """An enumeration of numbers."""

    BIG = 3


class Word(StrEnum):
    """An enumeration of texts."""

    A = "a"


class Color(Enum):
    """An enumeration of the caller."""

    RED = "red"


def _json(members: Mapping[str, object]) -> list[Any]:
    """Return the members as each of raw(), raw() of a new operation and extra= send them."""
    payloads = [
        JSON.serialize_raw("DescribeWorkspaces", members),
        JSON.serialize_raw("Novel", members),
        JSON.serialize("DescribeWorkspaces", s.DescribeWorkspacesRequest(), members),
    ]
    return [json.loads(payload.body) for payload in payloads]


def _query(members: Mapping[str, object]) -> list[dict[str, str]]:
    payloads = [
        QUERY.serialize_raw("GetSessionToken", members),
        QUERY.serialize_raw("Novel", members),
        QUERY.serialize("GetSessionToken", sts.GetSessionTokenRequest(), members),
    ]
    return [_form(payload) for payload in payloads]


def _form(payload: Payload) -> dict[str, str]:
    fields = parse_qs(payload.body.decode(), keep_blank_values=True, strict_parsing=True)
    return {name: value for name, (value,) in fields.items() if name not in {"Action", "Version"}}


@given(TIMES)
def test_datetimes_are_serialized_per_protocol(instant: datetime) -> None:
    """A datetime anywhere becomes epoch seconds with milliseconds in awsJson, ISO 8601 in UTC in the query protocol."""
    for body in _json({"T": instant, "L": [{"T": instant}]}):
        assert body["T"] == body["L"][0]["T"]
        assert not isinstance(body["T"], str)
        exact = Fraction(str(body["T"])) * 1000
        since = instant - datetime(1970, 1, 1, tzinfo=UTC)
        assert exact == since // timedelta(milliseconds=1)
    for form in _query({"T": instant, "L": [{"T": instant}]}):
        assert form["T"] == form["L.member.1.T"]
        assert form["T"].endswith("Z")
        assert datetime.fromisoformat(form["T"]) == instant


@given(st.binary(max_size=40))
def test_bytes_become_base64(data: bytes) -> None:
    """bytes, bytearray and memoryview become base64 in both protocols."""
    text = base64.b64encode(data).decode()
    for value in (data, bytearray(data), memoryview(data), memoryview(data)[::1]):
        assert all(body == {"B": text, "D": {"B": [text]}} for body in _json({"B": value, "D": {"B": [value]}}))
        assert all(form["B"] == text for form in _query({"B": value}))


STRUCTURE = s.Tag(key="k", value="v")


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (STRUCTURE, {"Key": "k", "Value": "v"}),
        ([STRUCTURE], [{"Key": "k", "Value": "v"}]),
        ((1, 2), [1, 2]),
        (Color.RED, "red"),
        (Size.BIG, 3),
        (Word.A, "a"),
        (Text("mine"), "mine"),
        ({Color.RED: 1, Text("mine"): 2}, {"red": 1, "mine": 2}),
        (s.WorkspaceProperties(running_mode=None, protocols=[]), {"Protocols": []}),
        (s.DescribeWorkspacesResult(next_token="n"), {"NextToken": "n"}),
        (True, True),
        (1.5, 1.5),
        ("", ""),
    ],
)
def test_structures_enumerations_and_str_subclasses_are_serialized(value: object, sent: object) -> None:
    """Structures, enumerations, tuples and subclasses of str are sent as what they mean."""
    for body in _json({"A": value}):
        assert body == {"A": sent}


REFUSED: list[tuple[object, str]] = [
    (math.nan, "NaN or infinite"),
    (math.inf, "NaN or infinite"),
    (-math.inf, "NaN or infinite"),
    (datetime(2026, 1, 1), "time zone"),  # noqa: DTZ001 - refused
    (object(), "of type object"),
    ({1, 2}, "of type set"),
    (Decimal("1.5"), "of type Decimal"),
    (UUID(int=0), "of type UUID"),
    (date(2026, 1, 1), "of type date"),
    (time(1), "of type time"),
    (timedelta(1), "of type timedelta"),
    (1j, "of type complex"),
    (len, "of type builtin"),
    (Color, "of type EnumType"),
    (iter([1]), "of type list_iterator"),
    ({1: "a"}, "key of type int"),
    ({b"a": "a"}, "key of type bytes"),
    ("\ud800", "lone surrogate"),
    ({"\ud800": 1}, "key that contains a lone surrogate"),
    (10**5000, "int that the protocol cannot represent"),
    (-(10**5000), "int that the protocol cannot represent"),
]


@pytest.mark.parametrize(("value", "reason"), REFUSED, ids=lambda item: type(item).__name__)
def test_unserializable_value_names_operation_path_and_reason(value: object, reason: str) -> None:
    """Anything else is a RequestValidationError with operation, path and reason, and the value is not shown."""
    for members, path in (({"A": value}, "A"), ({"A": [{"B": value}]}, "A[0].B")):
        for codec, operation in ((JSON, "DescribeWorkspaces"), (JSON, "Novel"), (QUERY, "Novel")):
            with pytest.raises(RequestValidationError, match=f"cannot be serialized.*{reason}") as caught:
                codec.serialize_raw(operation, members)
            assert caught.value.operation == operation
            assert "nothing was sent" in str(caught.value)
            assert caught.value.path == path
            assert f"{path} " in str(caught.value)


def test_datetime_before_year_1_in_utc_is_rejected() -> None:
    """A time before the year 1 in UTC has no ISO 8601 form there, and is a RequestValidationError."""
    early = datetime.min.replace(tzinfo=timezone(timedelta(hours=14)))
    with pytest.raises(RequestValidationError, match="outside the years"):
        QUERY.serialize_raw("Novel", {"A": early})


def test_cyclic_or_deeply_nested_value_is_rejected() -> None:
    """A list that contains itself, or one nested a hundred thousand deep, is a RequestValidationError."""
    endless: list[object] = []
    endless.append(endless)
    deep: object = 1
    for _ in range(100_000):
        deep = [deep]
    for value in (endless, deep):
        for codec in (JSON, QUERY):
            with pytest.raises(RequestValidationError, match="nested too deeply"):
                codec.serialize_raw("Novel", {"A": value})


def test_wrong_member_types_without_validation_are_serialized_or_rejected() -> None:
    """With validate=False, a structure's member of another type is sent as the protocol represents it, or refused."""
    instant: Any = datetime(2026, 1, 1, tzinfo=UTC)
    payload = JSON.serialize("DescribeWorkspaces", s.DescribeWorkspacesRequest(directory_id=instant), None)
    assert json.loads(payload.body) == {"DirectoryId": 1_767_225_600}
    wrong: Any = math.nan
    with pytest.raises(RequestValidationError, match="Limit is NaN"):
        JSON.serialize("DescribeWorkspaces", s.DescribeWorkspacesRequest(limit=wrong), None)
