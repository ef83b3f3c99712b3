"""Fake environment of credential providers: network, clock and processes are functions of the test."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.support.virtual_time import WallClock
from wsclient._core.clock import TimeSource
from wsclient._core.http import HttpRequest, HttpResponse, Timeout
from wsclient.credentials._internal.context import ProcessResult, ProviderContext
from wsclient.credentials._internal.sts_client import StsCaller, StsRoute
from wsclient.testing import DrivenClock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

Answer = HttpResponse | Exception


@dataclass(repr=False)
class FakeMachine:
    """Inputs of a provider under test, and its recorded actions.

    answer answers every request, or raises; process runs every command; addresses are the result of any DNS lookup.
    """

    home: Path
    answer: Callable[[HttpRequest], Answer] = field(default=lambda request: ConnectionError())
    environ: Mapping[str, str] = field(default_factory=dict[str, str])
    process: Callable[[Sequence[str]], ProcessResult | Exception] = field(default=lambda argv: OSError(2, "no"))
    addresses: Sequence[str] = ()
    clock: DrivenClock = field(default_factory=lambda: DrivenClock(WallClock()))
    requests: list[HttpRequest] = field(default_factory=list[HttpRequest])
    timeouts: list[Timeout] = field(default_factory=list[Timeout])
    routes: list[str] = field(default_factory=list[str])
    slept: list[float] = field(default_factory=list[float])
    resolved: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])

    def context(self) -> ProviderContext:
        """Return the context that providers take."""
        time = TimeSource(clock=self.clock, sleep=self._sleep, random=lambda: 0.5)
        return ProviderContext(
            environ=self.environ,
            home=self.home,
            time=time,
            send=self._send,
            send_local=self._send_locally,
            resolve=self._resolve,
            call_sts=StsCaller(_no_route, time),
            run_process=self._run,
            ask_mfa_code=_nobody,
        )

    async def _send(self, request: HttpRequest, timeout: Timeout) -> HttpResponse:  # noqa: ASYNC109 - as HttpSender.send
        self.routes.append("service")
        return self._answered(request, timeout)

    async def _send_locally(self, request: HttpRequest, timeout: Timeout) -> HttpResponse:  # noqa: ASYNC109 - as above
        self.routes.append("local")
        return self._answered(request, timeout)

    def _answered(self, request: HttpRequest, timeout: Timeout) -> HttpResponse:
        self.requests.append(request)
        self.timeouts.append(timeout)
        answer = self.answer(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    async def _resolve(self, host: str, port: int) -> Sequence[str]:
        self.resolved.append((host, port))
        if not self.addresses:
            raise OSError(-2, "no such name")
        return self.addresses

    async def _run(self, argv: Sequence[str]) -> ProcessResult:
        result = self.process(argv)
        if isinstance(result, Exception):
            raise result
        return result


def http_response(status: int, body: str | bytes = b"") -> HttpResponse:
    """Return an answer."""
    return HttpResponse(status, (), body.encode() if isinstance(body, str) else body)


def header(request: HttpRequest, name: str) -> str | None:
    """Return a header of a request."""
    return dict(request.headers).get(name)


def _no_route() -> StsRoute:
    raise AssertionError("STS may not be called")


async def _nobody(serial_number: str) -> str:
    raise AssertionError(f"nobody may be asked for a code of {serial_number}")
