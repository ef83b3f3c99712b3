"""Clock skew: which Date headers are used, up to which skew, and for how long."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import wsclient
from tests.support.driven_clients import InProcess
from tests.support.hostile_numbers import HTTP_DATES
from tests.support.in_process import client_of
from tests.support.virtual_time import NOON
from wsclient._core.clock import SYSTEM_CLOCK
from wsclient._core.dates import EARLIEST
from wsclient._core.http import HttpResponse
from wsclient._pipeline.clock_skew import MAX_SKEW, MAX_UNCORRECTED, NO_SKEW, SKEW_CODES, ClockSkew
from wsclient.testing import Emulator

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

FAR = timedelta(days=400)
REJECTED = "InvalidSignatureException"


def _observe(skew: ClockSkew, ahead: timedelta | str, code: str = "", at: datetime = NOON) -> None:
    """Measure a response whose Date is ahead of the client's clock."""
    date = ahead if isinstance(ahead, str) else format_datetime(at + ahead, usegmt=True)
    skew.measure(HttpResponse(200, (("date", date),), b""), sent=at, received=at, error_code=code)


def test_date_header_corrects_skew_within_four_hours() -> None:
    """A Date within four hours corrects signatures; a larger skew is reported, and corrects nothing by itself."""
    skew = ClockSkew()
    for ahead in (timedelta(hours=3), -timedelta(hours=4), timedelta(minutes=5)):
        _observe(skew, ahead)
        assert skew.measured == skew.correction == ahead
    for ahead in (FAR, -FAR, timedelta(hours=4, seconds=1)):
        _observe(skew, ahead)
        assert (skew.measured, skew.correction) == (ahead, timedelta(minutes=5))
        assert skew.service_time(NOON) == NOON + timedelta(minutes=5)


@pytest.mark.parametrize("code", sorted(SKEW_CODES))
def test_a_larger_skew_is_corrected_after_a_rejected_signature(code: str) -> None:
    """A machine without a clock gets its signatures corrected, and its later responses are believed near that time."""
    skew, ahead = ClockSkew(), timedelta(days=20_000)
    _observe(skew, ahead, code)
    assert skew.correction == ahead
    assert skew.explains(code, signed_with=NO_SKEW)
    _observe(skew, ahead + timedelta(hours=1))
    assert skew.correction == ahead + timedelta(hours=1)
    _observe(skew, FAR)
    assert skew.correction == ahead + timedelta(hours=1)
    _observe(skew, NO_SKEW)  # the clock was set
    assert skew.correction == NO_SKEW
    _observe(skew, ahead)
    assert skew.correction == NO_SKEW


@given(
    history=st.lists(
        st.tuples(
            HTTP_DATES | st.timedeltas(-timedelta(days=300_000), timedelta(days=2_000_000)),
            st.sampled_from(["", "ThrottlingException", REJECTED]),
        )
    ),
    now=st.timedeltas(timedelta(days=1), timedelta(days=84_000)).map(lambda since: EARLIEST + since),
)
def test_any_sequence_of_dates_keeps_the_signing_time_valid(
    history: list[tuple[str | timedelta, str]], now: datetime
) -> None:
    """After any sequence of Dates the signing time is valid, and AWS's next response corrects it."""
    skew = ClockSkew()
    for ahead, code in history:
        try:
            _observe(skew, ahead, code, now)
        except OverflowError:  # the test's own sum
            continue
        assert abs(skew.correction) <= MAX_SKEW
        assert now + skew.correction <= skew.service_time(now) + MAX_UNCORRECTED
    signed_with = skew.correction
    _observe(skew, NO_SKEW, REJECTED, now)
    assert skew.correction == NO_SKEW
    assert skew.explains(REJECTED, signed_with=signed_with) == (signed_with != NO_SKEW)


@dataclass
class _Liar:
    """Changes responses as an attacker would, for a number of responses."""

    lies: list[Callable[[httpx.Response], None]] = field(default_factory=list["Callable[[httpx.Response], None]"])
    signed_at: list[datetime] = field(default_factory=list[datetime])

    async def __call__(self, request: httpx.Request, execute: Callable[[], httpx.Response]) -> httpx.Response:
        self.signed_at.append(datetime.strptime(request.headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC))
        response = execute()
        if self.lies:
            self.lies.pop(0)(response)
        return response

    def is_right(self) -> bool:
        """Return whether the last request was signed for now."""
        return abs(self.signed_at[-1] - SYSTEM_CLOCK.now()) < timedelta(minutes=5)


def _date(ahead: timedelta, *, is_from_aws: bool = True) -> Callable[[httpx.Response], None]:
    def lie(response: httpx.Response) -> None:
        response.headers["date"] = format_datetime((SYSTEM_CLOCK.now() + ahead), usegmt=True)
        if not is_from_aws:
            del response.headers["x-amzn-requestid"]

    return lie


def _client(aws: Emulator, liar: _Liar, mode: str = "standard") -> wsclient.WorkSpacesClient:
    policy = wsclient.RetryPolicy(mode="off" if mode == "off" else "standard")
    return client_of(aws, transport=InProcess(aws, around=liar), retry=policy)


@pytest.mark.parametrize("ahead", [FAR, -FAR, timedelta(days=2_000_000), timedelta(days=30_000)])
def test_false_date_does_not_change_the_next_signature(ahead: timedelta) -> None:
    """After a successful response with a false Date, the next request is signed with the right time and succeeds."""

    async def main() -> None:
        liar = _Liar([_date(ahead)])
        async with _client(Emulator(), liar) as ws:
            await ws.describe_workspaces()
            await ws.describe_workspaces()
            assert liar.is_right()
            assert len(liar.signed_at) == 2
            assert abs(ws.clock_skew or FAR) < timedelta(minutes=1)

    asyncio.run(main())


def test_date_without_request_id_is_ignored() -> None:
    """A response without a request id is not AWS's: its Date is neither believed nor shown."""

    async def main() -> None:
        liar = _Liar([_date(timedelta(hours=3), is_from_aws=False)])
        async with _client(Emulator(), liar) as ws:
            await ws.describe_workspaces()
            assert ws.clock_skew is None
            await ws.describe_workspaces()
            assert liar.is_right()

    asyncio.run(main())


def test_skew_error_without_request_id_is_ignored() -> None:
    """An error with a skew code, a Date far ahead and no request id does not move a signature."""

    def lie(response: httpx.Response) -> None:
        _date(FAR, is_from_aws=False)(response)
        response.status_code = 403
        response.headers["x-amzn-errortype"] = REJECTED

    async def main() -> None:
        liar = _Liar([lie])
        async with _client(Emulator(), liar, "off") as ws:
            with pytest.raises(wsclient.errors.InvalidSignatureException):
                await ws.describe_workspaces()
            await ws.describe_workspaces()
            assert liar.is_right()

    asyncio.run(main())


def test_forged_date_costs_one_retry() -> None:
    """A forged Date within the hours that are believed costs a retry: AWS rejects the signature with its own Date."""

    async def main() -> None:
        liar = _Liar([_date(timedelta(hours=3))])
        async with _client(Emulator(), liar) as ws:
            await ws.describe_workspaces()
            await ws.describe_workspaces()
            assert len(liar.signed_at) == 3
            assert liar.is_right()

    asyncio.run(main())


@pytest.mark.parametrize("days", [0.25, 15_000, -15_000])
def test_wrong_machine_clock_costs_one_rejection(days: float) -> None:
    """A machine clock that is off by hours or decades costs a single rejected signature."""
    aws = Emulator()
    aws.clock.skew(minutes=days * 24 * 60)

    async def main() -> None:
        liar = _Liar()
        async with _client(aws, liar) as ws:
            await ws.describe_workspaces()
            await ws.describe_workspaces()
            assert len(liar.signed_at) == 3
            assert ws.clock_skew is not None
            assert abs(ws.clock_skew - timedelta(days=days)) < timedelta(minutes=1)

    asyncio.run(main())
