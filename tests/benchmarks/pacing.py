"""160 calls from 10 workers at AWS's documented throttle: number of completed calls, and their cost.

`python -m tests.benchmarks.pacing` prints it for wsclient with each pace and for boto3's standard mode, and how near to
a faster account's rate pace="auto" comes. Time is virtual: nothing waits.
"""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.support.driven_clients import InProcess, driven_client
from tests.support.virtual_time import VirtualClock, run_in_virtual_time
from wsclient import Pace, RetryPolicy, errors
from wsclient._core.http import HttpRequest
from wsclient.testing import Emulator
from wsclient.testing._server.dispatcher import handle_request

DOCUMENTED = Pace(2, 5)
LATENCY = 0.04


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Outcome of a client's calls."""

    name: str
    calls: int
    completed: int
    requests: int
    seconds: float

    def row(self) -> str:
        """Return it as a line of a table."""
        rate = self.completed / self.seconds if self.seconds else 0.0
        return f"{self.name:34} {self.completed:6} of {self.calls:<6} {self.requests:8} {self.seconds:9.1f} {rate:8.2f}"


def by_wsclient(name: str, throttle: Pace, calls: int, workers: int, **options: Any) -> Outcome:
    """Make the calls with a client of wsclient, in virtual time."""

    async def main() -> Outcome:
        clock = VirtualClock()
        aws = Emulator(throttle=throttle, clock=clock)
        transport = InProcess(aws, LATENCY)
        ws = driven_client(aws, transport, clock, **options)
        left, completed = calls, 0

        async def worker() -> None:
            nonlocal left, completed
            while left:
                left -= 1
                try:
                    await ws.describe_workspaces(limit=1)
                    completed += 1
                except errors.ThrottlingException:
                    pass

        await asyncio.gather(*(worker() for _ in range(workers)))
        seconds = clock.monotonic()
        return Outcome(name=name, calls=calls, completed=completed, requests=transport.requests, seconds=seconds)

    return run_in_virtual_time(main())


class ThreadTime:
    """Time for threads that passes when all of them sleep: a clock for the emulator, and time.sleep for botocore.

    The time of day stays the machine's own, since botocore signs by that.
    """

    def __init__(self, threads: int) -> None:
        self._seconds = 0.0
        self._awake = threads
        self._sleepers: list[tuple[float, int]] = []
        self._changed = threading.Condition()

    def now(self) -> datetime:
        """Return the machine's time of day."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return the seconds that have passed."""
        return self._seconds

    def sleep(self, seconds: float) -> None:
        """Sleep in virtual time; when all threads sleep, the last advances the time."""
        with self._changed:
            mine = (self._seconds + seconds, threading.get_ident())
            self._sleepers.append(mine)
            self._awake -= 1
            self._pass()
            self._changed.wait_for(lambda: mine not in self._sleepers)

    def leave(self) -> None:
        """Be waited for no more."""
        with self._changed:
            self._awake -= 1
            self._pass()

    def _pass(self) -> None:
        if self._awake == 0 and self._sleepers:
            first = min(self._sleepers)
            self._sleepers.remove(first)
            self._seconds = first[0]
            self._awake += 1
            self._changed.notify_all()


class Body:
    """An answer's body as botocore reads it."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def stream(self) -> list[bytes]:
        """Return all data at once."""
        return [self._data]


class Boto3:
    """boto3 in standard mode on several threads, in a time of their own."""

    def __init__(self, throttle: Pace, workers: int) -> None:
        self._workers = workers
        self._clock = ThreadTime(workers)
        self._aws = Emulator(throttle=throttle, clock=self._clock)
        self._lock = threading.Lock()
        self._left = self._completed = self._requests = 0
        self._client: Any = boto3.client(
            "workspaces",
            region_name=self._aws.region,
            aws_access_key_id=self._aws.credentials.access_key_id,
            aws_secret_access_key=self._aws.credentials.secret_access_key,
            config=Config(retries={"mode": "standard"}),
        )
        self._client.meta.events.register("before-send", self._carry)

    def run(self, name: str, calls: int) -> Outcome:
        """Make the calls."""
        self._left = calls
        with patch("time.sleep", self._clock.sleep):
            threads = [threading.Thread(target=self._work) for _ in range(self._workers)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        seconds = self._clock.monotonic()
        return Outcome(name=name, calls=calls, completed=self._completed, requests=self._requests, seconds=seconds)

    def _work(self) -> None:
        while self._take():
            try:
                self._client.describe_workspaces(Limit=1)
            except ClientError:
                continue
            with self._lock:
                self._completed += 1
        self._clock.leave()

    def _take(self) -> bool:
        with self._lock:
            self._left -= 1
            return self._left >= 0

    def _carry(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        with self._lock:
            self._requests += 1
        self._clock.sleep(LATENCY / 2)
        headers = [(name.lower(), value) for name, value in request.headers.items()]
        texts = ((name, value if isinstance(value, str) else value.decode()) for name, value in headers)
        where = ("host", urlsplit(request.url).netloc)
        response = handle_request(self._aws._world, HttpRequest(request.method, "/", (where, *texts), request.body))
        self._clock.sleep(LATENCY / 2)
        return AWSResponse(request.url, response.status, dict(response.headers), Body(response.body))


def main() -> None:
    """Print the table."""
    print(f"{'160 calls, 10 workers, 2/s burst 5':34} {'completed':16} {'requests':>8} {'seconds':>9} {'calls/s':>8}")
    print(by_wsclient("pace=Pace(2, 5)", DOCUMENTED, 160, 10, pace=DOCUMENTED).row())
    print(by_wsclient('pace="auto", the default', DOCUMENTED, 160, 10).row())
    adaptive = RetryPolicy(mode="adaptive", max_attempts=10)
    print(by_wsclient("adaptive retries, 10 attempts", DOCUMENTED, 160, 10, retry=adaptive).row())
    print(by_wsclient("pace=None, standard retries", DOCUMENTED, 160, 10, pace=None).row())
    print(Boto3(DOCUMENTED, 10).run("boto3, standard mode", 160).row())
    print("6,000 calls, 20 workers, 50/s burst 50")
    print(by_wsclient('pace="auto", the default', Pace(50, 50), 6000, 20).row())
    print(Boto3(Pace(50, 50), 20).run("boto3, standard mode", 6000).row())


if __name__ == "__main__":
    main()
