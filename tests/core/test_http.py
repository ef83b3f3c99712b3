"""The HTTP values between pipeline and transport: what they refuse, and what they do not show."""

import math
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsclient._core.errors import ConfigurationError
from wsclient._core.http import HttpRequest, HttpResponse, Timeout

PHASES = ("connect", "read", "write", "pool", "total")


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("value", [0, -1, -0.5, math.inf, math.nan, True, "5"])
def test_invalid_timeouts_are_rejected(phase: str, value: object) -> None:
    """Zero, negative, endless and non-numbers are refused, with the name of the phase and the value."""
    with pytest.raises(ConfigurationError, match=rf"Timeout\.{phase} must be a positive number"):
        Timeout(**{phase: value})  # type: ignore[arg-type]  # the mistake under test


@given(st.floats(min_value=0, exclude_min=True, allow_infinity=False, allow_nan=False) | st.integers(1, 10**9))
def test_positive_timeouts_are_accepted(seconds: float) -> None:
    """Every finite positive number of seconds is accepted for every phase, and kept unchanged."""
    timeout = Timeout(connect=seconds, read=seconds, write=seconds, pool=seconds, total=seconds)
    assert [getattr(timeout, phase) for phase in PHASES] == [seconds] * len(PHASES)


def test_none_timeout_means_no_limit() -> None:
    """None is accepted for every phase, and is the default for the waits that the caller may want to be long."""
    Timeout(connect=None, read=None, write=None, pool=None, total=None)
    assert (Timeout().pool, Timeout().total) == (None, None)


def test_http_reprs_hide_headers_and_bodies() -> None:
    """A repr says where to and how much; headers and bodies, where secrets are, stay out of it."""
    request = HttpRequest("POST", "https://h.example/", (("authorization", "hunter2"),), b"hunter3")
    response = HttpResponse(200, (("x-token", "hunter4"),), b"hunter5")
    assert repr(request) == "HttpRequest(POST https://h.example/, 7 bytes)"
    assert repr(response) == "HttpResponse(200, 7 bytes)"


def test_header_lookup_is_by_lower_case_name() -> None:
    """The first header of a name counts; a missing header is None."""
    response = HttpResponse(200, (("a", "1"), ("b", "2"), ("a", "3")), b"")
    assert (response.header("a"), response.header("b"), response.header("c")) == ("1", "2", None)


def test_http_values_pickle() -> None:
    """All three survive pickling."""
    for value in (Timeout(total=9), HttpRequest("GET", "u", (), b""), HttpResponse(204, (), b"")):
        assert pickle.loads(pickle.dumps(value)) == value
