"""Test cases of clock skew that the AWS SDKs share: signing times, measured skew and outcome of successive calls.

"clock-skew-test-cases.json" in aws-runtime of aws-sdk-rust, https://github.com/awslabs/aws-sdk-rust.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Literal

import httpx
import pytest

import wsclient
from tests.support.driven_clients import driven_client
from tests.support.virtual_time import WallClock, run_in_virtual_time
from wsclient.errors import ServiceError
from wsclient.testing import Emulator

START = datetime(2026, 1, 1, tzinfo=UTC)
TOO_SKEWED, WRONG = "RequestTimeTooSkewed", "InvalidSignatureException"


@dataclass(frozen=True)
class Attempt:
    """Seconds since START: when the client sends and receives, what it signs with, and the response's Date."""

    sent: int
    received: int
    signed: int
    date: int | None
    code: str = ""
    headers: tuple[tuple[str, str], ...] = ()


A = Attempt


@dataclass(frozen=True)
class Call:
    """Attempts of one call, and the skew in seconds that the client knows afterwards."""

    attempts: tuple[Attempt, ...]
    skew: int
    mode: Literal["standard", "off"] = "standard"


CASES: dict[str, tuple[Call, ...]] = {
    "clocks agree": (Call((A(0, 2, 0, 1),), 0),),
    "an error that a wrong clock causes, and its retry": (
        Call((A(0, 2, 0, 301, TOO_SKEWED), A(2, 4, 302, 303)), 300),
        Call((A(60, 62, 360, 361),), 300),
    ),
    "the skew is learned without a retry": (Call((A(0, 2, 0, 301, TOO_SKEWED),), 300, "off"),),
    "a response after sixteen minutes": (
        Call((A(0, 960, 0, 600),), 0),
        Call((A(1020, 1022, 1020, 1321),), 300),
    ),
    "a success corrects an old skew": (
        Call((A(-60, -58, -60, 241),), 300),
        Call((A(0, 2, 300, 1),), 0),
        Call((A(4, 6, 4, 5),), 0),
    ),
    "a skew that AWS accepts explains no error": (Call((A(0, 2, 0, 121, WRONG),), 120),),
    "a skew that may explain an error": (Call((A(0, 2, 0, 301, WRONG), A(2, 4, 302, 303)), 300),),
    "an error without a Date": (Call((A(0, 2, 0, None, TOO_SKEWED),), 0),),
    "a cached response": (
        Call((A(60_660, 60_662, 60_660, 43_381, headers=(("age", "17280"),)),), 0),
        Call((A(60_670, 60_672, 60_670, 60_971),), 300),
    ),
    "a cached response moves no signature": (
        Call((A(60_660, 60_662, 60_660, 43_381, headers=(("age", "17280"),)),), 0),
        Call((A(60_670, 60_672, 60_670, 60_671),), 0),
    ),
}


@dataclass
class Service(httpx.AsyncBaseTransport):
    """Answers attempts in turn, and moves the client's clock to the time of the response."""

    clock: WallClock = field(default_factory=WallClock)
    attempts: list[Attempt] = field(default_factory=list[Attempt])

    __hash__ = object.__hash__

    def begin(self, call: Call) -> None:
        """Set the clock to the time at which a call is made."""
        self.attempts = list(call.attempts)
        self.clock.time = START + timedelta(seconds=self.attempts[0].sent)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Compare the signature's time, and answer."""
        attempt = self.attempts.pop(0)
        signed = START + timedelta(seconds=attempt.signed)
        assert request.headers["x-amz-date"] == f"{signed:%Y%m%dT%H%M%SZ}"
        self.clock.time = START + timedelta(seconds=attempt.received)
        headers = [("x-amzn-requestid", "6fbe5ba0-6f4b-4b0a-8a5b-2f1f3b1c2d3e"), *attempt.headers]
        if attempt.date is not None:
            headers.append(("date", format_datetime(START + timedelta(seconds=attempt.date), usegmt=True)))
        if attempt.code:
            headers.append(("x-amzn-errortype", attempt.code))
        status = 400 if attempt.code else 200
        return httpx.Response(status, headers=headers, content=b'{"Workspaces":[]}' if status == 200 else b"{}")


@pytest.mark.parametrize("name", CASES)
def test_shared_case_gives_signing_times_and_skew(name: str) -> None:
    """Each attempt of a shared case is signed with the right time, and the case's skew is known after each call."""

    async def main() -> None:
        service = Service()
        async with driven_client(Emulator(), service, service.clock, pace=None) as ws:
            for call in CASES[name]:
                service.begin(call)
                client = ws.with_options(retry=wsclient.RetryPolicy(mode=call.mode))
                if call.attempts[-1].code:
                    with pytest.raises(ServiceError, match=call.attempts[-1].code):
                        await client.describe_workspaces()
                else:
                    await client.describe_workspaces()
                assert not service.attempts
                assert (ws.clock_skew or timedelta()) == timedelta(seconds=call.skew)

    run_in_virtual_time(main())
