"""examples/service.py in a thread of its own, with the emulator behind it."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest

import wsclient
from examples.service import Server, Settings
from tests.support.telemetry import Recording
from wsclient.testing import Emulator

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from wsclient.telemetry import OpenTelemetry

LONGEST_SECONDS = 30.0


class _Told(Server):
    """A server that says when it listens, or that it never will."""

    has_begun: threading.Event

    async def startup(self, sockets: Any = None) -> None:
        try:
            await super().startup(sockets)
        finally:
            self.has_begun.set()


@dataclass
class Running:
    """A running service: its emulator, its server, what it told OpenTelemetry, and a client to ask it with."""

    aws: Emulator
    server: Server
    thread: threading.Thread
    http: httpx.Client
    seen: Recording = field(default_factory=Recording)

    def stop(self) -> None:
        """Tell it to stop, as SIGTERM does."""
        self.server.should_exit = True

    def readiness(self) -> dict[str, Any]:
        """Return what it says of its readiness."""
        told: dict[str, Any] = self.http.get("/health/ready").json()
        return told


@contextmanager
def running(*, settings: Settings | None = None, **options: Any) -> Generator[Running]:
    """Run the service until the block ends; the options are its client's, which tries once and is not paced."""
    seen = Recording()
    told: dict[str, Any] = {"retry": wsclient.RetryPolicy(mode="off"), "pace": None, **options}

    def make_client(telemetry: OpenTelemetry, timeout: wsclient.Timeout) -> wsclient.WorkSpacesClient:
        return aws.client(telemetry=telemetry, timeout=timeout, **told)

    with Emulator() as aws:
        server = _Told(make_client, replace(settings or Settings(), tracers=seen.tracers))
        server.has_begun = threading.Event()
        thread = threading.Thread(target=server.run)
        thread.start()
        assert server.has_begun.wait(LONGEST_SECONDS)
        try:
            with httpx.Client(base_url=server.url, trust_env=False, timeout=LONGEST_SECONDS) as http:
                yield Running(aws, server, thread, http, seen)
        finally:
            server.should_exit = True
            thread.join(LONGEST_SECONDS)
            assert not thread.is_alive()


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait until something holds in another thread; fails when it never does."""
    deadline = time.monotonic() + LONGEST_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            pytest.fail(f"waited in vain until {what}")
        time.sleep(0)
