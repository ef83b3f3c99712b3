"""In-memory STS for providers under test: records requests, and issues credentials."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import httpx

from tests.support.virtual_time import WallClock
from wsclient._core.clock import TimeSource
from wsclient.credentials._internal.context_factory import provider_context
from wsclient.testing import DrivenClock, FakeTransport

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

    from wsclient.credentials._internal.context import ProviderContext
    from wsclient.testing import FakeRequest

ISSUING = (
    "AssumeRole",
    "AssumeRoleWithWebIdentity",
    "AssumeRoleWithSAML",
    "GetScopedCredentials",
    "GetSessionToken",
)


@dataclass
class FakeSts:
    """Issues numbered credentials valid for an hour; failure, if set, is returned or raised instead.

    keys are the access keys that signed the requests, None for an unsigned request; hosts are their hosts, agents their
    User-Agent headers.
    """

    failure: Exception | None = None
    clock: DrivenClock = field(default_factory=lambda: DrivenClock(WallClock()))
    requests: list[FakeRequest] = field(default_factory=list["FakeRequest"])
    keys: list[str | None] = field(default_factory=list["str | None"])
    hosts: list[str] = field(default_factory=list[str])
    agents: list[str] = field(default_factory=list[str])

    def answer(self, request: FakeRequest) -> Mapping[str, object] | Exception:
        """Answer a call."""
        self.requests.append(request)
        if self.failure is not None:
            return self.failure
        number = len(self.requests)
        session = request.input.get("RoleSessionName", "session")
        expiration = (self.clock.now() + timedelta(hours=1)).isoformat()
        issued: dict[str, object] = {
            "Credentials": {
                "AccessKeyId": f"ASIAISSUED{number}",
                "SecretAccessKey": f"secret{number}",
                "SessionToken": f"token{number}",
                "Expiration": datetime.fromisoformat(expiration),
            }
        }
        arn = f"arn:aws:sts::210987654321:assumed-role/name/{session}"
        if request.operation == "GetScopedCredentials":
            issued["SessionInfo"] = {"Arn": arn, "ScopedSessionId": f"AROA:{session}"}
        elif request.operation != "GetSessionToken":
            issued["AssumedRoleUser"] = {"Arn": arn, "AssumedRoleId": f"AROA:{session}"}
        return issued

    def context(
        self,
        home: Path,
        environ: Mapping[str, str] | None = None,
        ask_mfa: Callable[[str], Awaitable[str]] | None = None,
    ) -> ProviderContext:
        """Return a provider context in which this is STS, and no other service answers."""
        return provider_context(
            environ={"AWS_REGION": "eu-west-1", **(environ or {})},
            home=home,
            transport=_Recording(self),
            time=TimeSource(clock=self.clock),
            ask_mfa=ask_mfa or _nobody,
        )


async def _nobody(serial_number: str) -> str:
    raise AssertionError(f"nobody may be asked for a code of {serial_number}")


class _Recording(httpx.AsyncBaseTransport):
    """Notes which access key signed each request and where it went, and lets STS answer."""

    def __init__(self, sts: FakeSts) -> None:
        self._sts = sts
        self._inner = FakeTransport(dict.fromkeys(ISSUING, sts.answer))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        signed_by = re.search(r"Credential=([^/]+)/", request.headers.get("authorization", ""))
        self._sts.keys.append(signed_by[1] if signed_by else None)
        self._sts.hosts.append(request.url.host)
        self._sts.agents.append(request.headers["user-agent"])
        return await self._inner.handle_async_request(request)
