"""Audit of many WorkSpaces: calls, CPU time and memory, and whether the streamed findings' memory is flat.

`python -m tests.benchmarks.audit --workspaces 100000` audits a service that is stubbed in the same process, once for
the report and once for the streamed findings, each in a separate process. The exit code is 1 when the calls are not
those of the estimate, or when the stream's memory is not flat, as tests.benchmarks.inventory defines it. With AWS the
time is that of the estimate: the account's rate limit.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
from statistics import linear_regression
from typing import TYPE_CHECKING, Any, Final

import httpx
import msgspec

from tests.benchmarks.bench_server import WORKSPACE
from tests.benchmarks.inventory import LARGEST_RISE, MIB, SAMPLE_SECONDS, WARM_UP, memory
from tests.support.bare_clients import NO_SETTINGS
from tests.support.environments import ROOT
from wsclient import Credentials, WorkSpacesClient
from wsclient.audit import Audit
from wsclient.fleet import Fleet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

WAYS: Final = ("report", "findings")
PAGE: Final = 25
DIRECTORY: Final = {"DirectoryId": WORKSPACE["DirectoryId"], "WorkspaceAccessProperties": {"DeviceTypeWeb": "DENY"}}
CONNECTED: Final = 1_795_862_400
"""Last connection of every user, in seconds since 1970."""
DATE: Final = {"date": "Sat, 28 Nov 2026 12:00:00 GMT"}
IDENTITY: Final = (
    b'<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
    b"<Arn>arn:aws:sts::123456789012:assumed-role/audit/s</Arn><Account>123456789012</Account>"
    b"</GetCallerIdentityResult></GetCallerIdentityResponse>"
)
DENIED: Final = (
    b"<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no permission</Message></Error></Errors>"
    b"<RequestID>r</RequestID></Response>"
)


class Service(httpx.AsyncBaseTransport):
    """Stub of Amazon WorkSpaces with any number of WorkSpaces, none kept in memory; other services but STS deny."""

    def __init__(self, workspaces: int) -> None:
        self.workspaces = workspaces
        self.calls = 0
        """Calls of the WorkSpaces API."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a call, without keeping the request."""
        body = await request.aread()
        target = request.headers.get("x-amz-target", "")
        if target.startswith("WorkspacesService."):
            self.calls += 1
            output = self._output(target.partition(".")[2], json.loads(body or b"{}"))
            headers = {**DATE, "x-amzn-requestid": f"request-{self.calls}"}
            return httpx.Response(200, headers=headers, content=msgspec.json.encode(output))
        if b"GetCallerIdentity" in body:
            return httpx.Response(200, headers=DATE, content=IDENTITY)
        return httpx.Response(403, headers=DATE, content=DENIED)

    def _output(self, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        answers: dict[str, Callable[[], Mapping[str, Any]]] = {
            "DescribeWorkspaces": lambda: self._page(int(parameters.get("NextToken", 0))),
            "DescribeWorkspacesConnectionStatus": lambda: {
                "WorkspacesConnectionStatus": [
                    {"WorkspaceId": each, "LastKnownUserConnectionTimestamp": CONNECTED}
                    for each in parameters["WorkspaceIds"]
                ]
            },
            "DescribeWorkspaceDirectories": lambda: {"Directories": [DIRECTORY]},
        }
        return answers.get(operation, dict)()

    def _page(self, start: int) -> Mapping[str, Any]:
        stop = min(start + PAGE, self.workspaces)
        workspaces = [{**WORKSPACE, "WorkspaceId": f"ws-{number:09d}"} for number in range(start, stop)]
        return {"Workspaces": workspaces, **({"NextToken": str(stop)} if stop < self.workspaces else {})}


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """Result of an audit; memory is the process's, in bytes, rise that of the line through it."""

    way: str
    workspaces: int
    findings: int
    calls: int
    estimated: int
    cpu: float
    start: int
    peak: int
    rise: float

    @property
    def is_as_promised(self) -> bool:
        """Return whether the calls are those of the estimate, and the stream's memory did not grow."""
        return self.calls == self.estimated and (self.way == "report" or self.rise <= LARGEST_RISE)

    def line(self) -> str:
        """Return a line of the table."""
        held = f"{self.start / MIB:6.0f} MiB {self.peak / MIB:6.0f} MiB {self.rise / MIB:+8.1f} MiB"
        return (
            f"{self.way:10} {self.workspaces:10,} {self.calls:8,} {self.estimated:9,} {self.findings:10,} "
            f"{self.cpu:7.1f} s {held}"
        )


def audit_of(service: Service) -> tuple[Audit, WorkSpacesClient]:
    """Return an audit of a service, and its client."""
    client = WorkSpacesClient(
        region="us-west-2",
        credentials=Credentials("ASIAIOSFODNN7EXAMPLE", "secret", "token"),
        config=NO_SETTINGS,
        transport=service,
        pace=None,
        retry=None,
    )
    return Audit.over(Fleet.over(("bench", client))), client


async def streamed(service: Service, **choice: Any) -> int:
    """Count the streamed findings, without keeping them."""
    audit, client = audit_of(service)
    async with client:
        count = 0
        async for _ in audit.findings(**choice):
            count += 1
        return count


async def measured(way: str, workspaces: int) -> Result:
    """Audit in one of the ways, and sample this process's memory meanwhile."""
    service = Service(workspaces)
    audit, client = audit_of(service)
    samples = list[tuple[float, int]]()
    watching, start, cpu = asyncio.create_task(watch(samples)), time.monotonic(), time.process_time()
    if way == "findings":
        findings = await streamed(service)
    else:
        async with client:
            findings = sum((await audit.run()).counts.values())
    seconds, cpu = time.monotonic() - start, time.process_time() - cpu
    watching.cancel()
    samples.append((seconds, memory(os.getpid())))
    warm = [sample for sample in samples if sample[0] >= WARM_UP * seconds]
    import resource  # noqa: PLC0415 - does not exist on Windows

    times, held = zip(*(warm if len(warm) > 1 else [(0.0, memory(os.getpid())), *warm]), strict=True)
    estimate = audit.estimate(workspaces=workspaces, directories=1, vpcs=0, images=0)
    return Result(
        way=way,
        workspaces=workspaces,
        findings=findings,
        calls=service.calls,
        estimated=sum(n for action, n in estimate.calls_by_action.items() if action.startswith("workspaces:")),
        cpu=cpu,
        start=held[0],
        peak=max(*held, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024),
        rise=linear_regression(times, held).slope * (times[-1] - times[0]),
    )


def main() -> int:
    """Run the benchmark with the command line's options."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.audit", description=__doc__)
    parser.add_argument("--workspaces", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.way:
        print(msgspec.json.encode(asyncio.run(measured(arguments.way, arguments.workspaces[0]))).decode())
        return 0
    print("way        WorkSpaces    calls  estimate   findings       CPU    memory at 20%, peak and rise")
    are_as_promised = True
    for workspaces in arguments.workspaces:
        for way in WAYS:
            command = [sys.executable, "-m", "tests.benchmarks.audit", "--way", way, "--workspaces", str(workspaces)]
            run = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
            result = msgspec.json.decode(run.stdout, type=Result)
            print(result.line(), flush=True)
            are_as_promised = are_as_promised and result.is_as_promised
    return 0 if are_as_promised else 1


async def watch(samples: list[tuple[float, int]]) -> None:
    """Note this process's memory until cancelled, and when it was."""
    start = time.monotonic()
    while True:
        samples.append((time.monotonic() - start, memory(os.getpid())))
        await asyncio.sleep(SAMPLE_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
