"""WorkSpaces service with random failures, over TLS, in a separate process; run as a script it is that process.

It writes its URL and CA as a line of JSON, serves until its input ends, and then writes how often it did what. Its
responses are canned: the client is what is measured.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import ssl
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import trustme

from tests.support.platforms import LOOPS
from tests.support.tls_server import authority, server_context

if TYPE_CHECKING:
    from collections.abc import Generator

ROOT = Path(__file__).parents[2]
FAULTS = ("reset before", "reset half-way", "500", "503", "throttled", "slow", "slower than Timeout.read")
SLOW, TOO_SLOW = 0.3, 3.0
"""Seconds until a slow answer comes."""
PAGE_SIZE = 25


@dataclass
class FaultyService:
    """A running service: its URL, the PEM text of its authority, and in the end how often it did what."""

    url: str
    ca: str
    counts: dict[str, int] = field(default_factory=dict[str, int])


@contextmanager
def faulty_service(faults: float, seed: int) -> Generator[FaultyService]:
    """Run the service in a process of its own; that share of its answers is a fault."""
    command = [sys.executable, "-m", "tests.support.faulty_service", str(faults), str(seed)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        service = FaultyService(**json.loads(process.stdout.readline()))
        try:
            yield service
        finally:
            process.stdin.close()
            service.counts.update(json.loads(process.stdout.readline() or "{}"))


class _Service:
    def __init__(self, faults: float, seed: int) -> None:
        self.counts: Counter[str] = Counter()
        self._faults = faults
        self._chance = random.Random(seed)
        self._answers = _answers()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer a connection's requests until either side closes it."""
        self.counts["connections"] += 1
        try:
            while await self._answer(reader, writer):
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError, asyncio.CancelledError):
            pass  # the client is gone, or this process ends
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer a request, or fail; return whether the connection stays open."""
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = re.search(rb"content-length: (\d+)", head)
        body = await reader.readexactly(int(length[1]) if length else 0)
        self.counts["requests"] += 1
        answer = self._answers["{}" if b".describeworkspaces" not in head else "[]" if b"UserName" in body else "page"]
        if self._chance.random() >= self._faults:
            writer.write(answer)
            return True
        fault = self._chance.choice(FAULTS)
        self.counts[fault] += 1
        if fault.startswith("reset"):
            writer.write(answer[: len(answer) // 2] if fault == "reset half-way" else b"")
            writer.transport.abort()
            return False
        if fault.startswith("slow"):
            await asyncio.sleep(SLOW if fault == "slow" else TOO_SLOW)
            writer.write(answer)
        else:
            writer.write(self._answers[fault])
        return True


def _answers() -> dict[str, bytes]:
    workspaces = [
        {"WorkspaceId": f"ws-{number:09}", "DirectoryId": "d-926722edaf", "UserName": f"user{number}"}
        | {"State": "AVAILABLE", "BundleId": "wsb-0123456789", "SubnetId": "subnet-0123", "ComputerName": f"C{number}"}
        | {"WorkspaceProperties": {"RunningMode": "ALWAYS_ON", "RootVolumeSizeGib": 80, "UserVolumeSizeGib": 50}}
        for number in range(PAGE_SIZE)
    ]
    return {
        "page": _http_response(200, {"Workspaces": workspaces}),
        "[]": _http_response(200, {"Workspaces": []}),
        "{}": _http_response(200, {}),
        "500": _http_response(500, {"__type": "InternalFailure"}),
        "503": _http_response(503, {"__type": "ServiceUnavailable"}),
        "throttled": _http_response(400, {"__type": "ThrottlingException"}),
    }


def _http_response(status: int, members: object) -> bytes:
    body = json.dumps(members).encode()
    head = f"HTTP/1.1 {status} X\r\ncontent-type: application/x-amz-json-1.1\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def _main(faults: float, seed: int) -> None:
    ca, service = trustme.CA(), _Service(faults, seed)
    context = server_context(ca.issue_cert("127.0.0.1"))
    listener = await asyncio.start_server(service.serve, "127.0.0.1", 0, ssl=context, backlog=1000)
    url = f"https://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    print(json.dumps({"url": url, "ca": authority(ca)}), flush=True)  # noqa: T201 - how it is reached
    await asyncio.to_thread(sys.stdin.read)
    listener.close()
    print(json.dumps(service.counts), flush=True)  # noqa: T201 - what it did


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("faults", type=float)
    parser.add_argument("seed", type=int)
    arguments = parser.parse_args()
    with asyncio.Runner(loop_factory=LOOPS.get("uvloop")) as runner:
        runner.run(_main(arguments.faults, arguments.seed))
