"""Server for the benchmark's clients: TLS on loopback, canned responses, minimal work per request.

`python -m tests.benchmarks.bench_server DIRECTORY` writes DIRECTORY/ca.pem, prints one line of JSON with a port for
each kind of response, and serves until its standard input ends.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import trustme

if TYPE_CHECKING:
    from collections.abc import Callable

REQUEST_ID = b"11111111-2222-3333-4444-555555555555"
HEADERS = (
    b"x-amzn-RequestId: " + REQUEST_ID + b"\r\n"
    b"Content-Type: application/x-amz-json-1.1\r\n"
    b"Date: Tue, 24 Nov 2026 12:00:00 GMT\r\n"
)
WORKSPACE: dict[str, Any] = {
    "WorkspaceId": "ws-0123456789",
    "DirectoryId": "d-926722edaf",
    "UserName": "user0123",
    "IpAddress": "172.16.0.17",
    "State": "AVAILABLE",
    "BundleId": "wsb-0123456789",
    "SubnetId": "subnet-0123456789abcdef0",
    "ComputerName": "WSAMZN-0123456",
    "RootVolumeEncryptionEnabled": False,
    "UserVolumeEncryptionEnabled": True,
    "VolumeEncryptionKey": "arn:aws:kms:us-west-2:123456789012:key/11111111-2222-3333-4444-555555555555",
    "WorkspaceProperties": {
        "RunningMode": "AUTO_STOP",
        "RunningModeAutoStopTimeoutInMinutes": 60,
        "RootVolumeSizeGib": 80,
        "UserVolumeSizeGib": 50,
        "ComputeTypeName": "STANDARD",
        "Protocols": ["WSP"],
        "OperatingSystemName": "WINDOWS_SERVER_2022",
    },
    "ModificationStates": [],
    "RelatedWorkspaces": [],
}


def page(size: int, token: str | None = None) -> bytes:
    """Return a page of WorkSpaces as DescribeWorkspaces answers it."""
    workspaces = [
        {**WORKSPACE, "WorkspaceId": f"ws-{number:09d}", "UserName": f"user{number:04d}"} for number in range(size)
    ]
    body: dict[str, Any] = {"Workspaces": workspaces}
    return json.dumps(body | ({"NextToken": token} if token else {}), separators=(",", ":")).encode()


ANSWERS = {"small": b'{"Workspaces":[]}', "page": page(25), "more": page(25, "token-00000000")}
"""Bodies by kind; "more" carries a token, so that a listing goes on."""


def http(body: bytes) -> bytes:
    """Return a whole answer with this body."""
    return b"HTTP/1.1 200 OK\r\n" + HEADERS + b"Content-Length: %d\r\n\r\n" % len(body) + body


class Answering(asyncio.Protocol):
    """A connection that answers every request with the same bytes."""

    def __init__(self, answer: Callable[[], bytes]) -> None:
        self._answer = answer
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        """Answer once the request is whole: its head, and as much body as that says."""
        received = self._received + data
        end = received.find(b"\r\n\r\n")
        if end >= 0:
            head = received[:end].lower()
            _, _, after = head.partition(b"content-length:")
            length = int(after.partition(b"\r\n")[0] or 0)
            if len(received) >= end + 4 + length:
                received = b""
                self._transport.write(self._answer())
        self._received = received


def numbered(body: bytes) -> Callable[[], bytes]:
    """Return answers that each carry a request id of their own, as AWS's do, and a page token of their own if any."""
    start, _, rest = http(body).partition(REQUEST_ID)
    middle, token, end = rest.partition(b"token-00000000")
    numbers = count(1)

    def answer() -> bytes:
        number = next(numbers)
        request_id = start + b"11111111-2222-3333-4444-%012d" % number + middle
        return request_id + b"token-%08d" % number + end if token else request_id

    return answer


async def main(directory: str) -> None:
    """Serve every kind of answer on a port of its own."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(Path(directory, "ca.pem")))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)  # pyright: ignore[reportUnknownMemberType]
    loop = asyncio.get_running_loop()
    ports: dict[str, int] = {}
    for kind, body in ANSWERS.items():
        server = await loop.create_server(partial(Answering, numbered(body)), "127.0.0.1", 0, ssl=context, backlog=1024)
        ports[kind] = server.sockets[0].getsockname()[1]
    print(json.dumps(ports), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
