"""examples/service.py in another thread, with the emulator as its service."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import uvicorn

import wsclient
from examples.service import create_app
from tests.support.telemetry import Recording
from wsclient.testing import Emulator

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from wsclient.telemetry import OpenTelemetry

LONGEST_SECONDS = 30.0


class _Server(uvicorn.Server):
    """A server that reports when it listens, or that it never will."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.has_begun = threading.Event()

    async def startup(self, sockets: Any = None) -> None:
        try:
            await super().startup(sockets)
        finally:
            self.has_begun.set()

    @property
    def url(self) -> str:
        return "http://{}:{}".format(*self.address)

    @property
    def address(self) -> tuple[str, int]:
        host, port = self.servers[0].sockets[0].getsockname()[:2]
        return host, port


@dataclass
class Running:
    """A running service: its emulator, its server, its recorded telemetry, and an HTTP client for it."""

    aws: Emulator
    server: _Server
    thread: threading.Thread
    http: httpx.Client
    address: tuple[str, int]
    seen: Recording = field(default_factory=Recording)

    def stop(self) -> None:
        """Tell it to stop, as SIGTERM does."""
        self.server.should_exit = True

    def accepts_connections(self) -> bool:
        """Return whether a new connection is accepted."""
        try:
            socket.create_connection(self.address, timeout=LONGEST_SECONDS).close()
        except OSError:
            return False
        return True

    def readiness(self) -> dict[str, Any]:
        """Return what it says of its readiness."""
        found: dict[str, Any] = self.http.get("/health/ready").json()
        return found


@contextmanager
def running(
    *, deadline: float = 10.0, readiness_period: float = 5.0, grace: float = 20.0, **options: Any
) -> Generator[Running]:
    """Run the service until the block ends; the options are its client's, which tries once and is not paced.

    grace is the time in seconds that uvicorn gives requests in flight at shutdown.
    """
    seen = Recording()
    settings: dict[str, Any] = {"retry": wsclient.RetryPolicy(mode="off"), "pace": None, **options}

    def make_client(telemetry: OpenTelemetry, timeout: wsclient.Timeout) -> wsclient.WorkSpacesClient:
        return aws.client(telemetry=telemetry, timeout=timeout, **settings)

    with Emulator() as aws:
        app = create_app(make_client, deadline=deadline, ready_for=readiness_period, tracers=seen.tracers)
        config = uvicorn.Config(
            app,
            port=0,
            log_config=None,
            timeout_graceful_shutdown=grace,  # type: ignore[arg-type]
        )
        server = _Server(config)
        thread = threading.Thread(target=server.run)
        thread.start()
        assert server.has_begun.wait(LONGEST_SECONDS)
        try:
            with httpx.Client(base_url=server.url, trust_env=False, timeout=LONGEST_SECONDS) as http:
                yield Running(aws, server, thread, http, server.address, seen)
        finally:
            server.should_exit = True
            thread.join(LONGEST_SECONDS)
            assert not thread.is_alive()


def until(holds: Callable[[], bool], description: str) -> None:
    """Wait until something holds in another thread; fails when it never does."""
    deadline = time.monotonic() + LONGEST_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            pytest.fail(f"waited in vain until {description}")
        time.sleep(0)
