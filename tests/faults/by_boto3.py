"""Drives the experiment with boto3 in its standard mode, without sockets; its pauses take no time."""

# boto3 and botocore have no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

import heapq
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import count as numbers
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from tests.faults.experiment import (
    UNDEFINED,
    Call,
    Count,
    Creation,
    Registration,
    Report,
    calls,
    count,
    is_directory,
)
from tests.faults.random_service import AFTERWARDS, DURATIONS, Broken, NoAnswerError, Odds
from wsclient._core.http import HttpRequest, HttpResponse
from wsclient.testing import Emulator
from wsclient.testing._server.dispatcher import handle_request

ERRORS: Mapping[Broken, Callable[..., Exception]] = {
    Broken.UNCONNECTED: EndpointConnectionError,
    Broken.LOST: ConnectionClosedError,
    Broken.TIMED_OUT: ReadTimeoutError,
    Broken.NO_HTTP: ConnectionClosedError,
}
"""What botocore makes of each, its connection pool's ProtocolError included."""
FAILURES = (BotoCoreError, ClientError)


def run(number: int, seed: int, *, share: float, is_strict: bool) -> Count:
    """Make so many calls, and count."""
    aws = Emulator(durations=DURATIONS)
    timetable = _Timetable(aws)
    chance = random.Random(seed)
    odds = Odds(aws=aws, chance=chance, share=share, later=timetable.later, is_strict=is_strict)
    with patch("time.sleep", timetable.pause):
        caller = _Caller(aws, odds, timetable)
        caller.work(calls(random.Random(seed), number))
        caller.settle()
    return count(caller.report, odds.made(), calls=number, requests=odds.requests)


@dataclass
class _Timetable:
    """Scheduled actions by the emulator's clock, which advances only during pauses."""

    aws: Emulator
    due: list[tuple[datetime, int, Callable[[], object]]] = field(
        default_factory=list[tuple[datetime, int, Callable[[], object]]]
    )
    order: Iterator[int] = field(default_factory=numbers)

    def later(self, seconds: float, act: Callable[[], object]) -> None:
        """Schedule an action after a number of seconds."""
        heapq.heappush(self.due, (self.aws.clock.now() + timedelta(seconds=seconds), next(self.order), act))

    def pause(self, seconds: float) -> None:
        """Let time pass, and do what is due by then."""
        self.aws.clock.advance(seconds=seconds)
        while self.due and self.due[0][0] <= self.aws.clock.now():
            heapq.heappop(self.due)[2]()


@dataclass(frozen=True, slots=True)
class _Body:
    """A body as botocore reads it."""

    content: bytes

    def stream(self) -> Iterator[bytes]:
        """Give it in one piece."""
        yield self.content


class _Caller:
    """Caller that makes calls and records the outcomes reported to it."""

    def __init__(self, aws: Emulator, odds: Odds, timetable: _Timetable) -> None:
        self.report = Report()
        self._aws, self._odds, self._timetable = aws, odds, timetable
        (self._workspace_id,) = aws.add_workspaces(1)
        self._ws: Any = _session().client(
            "workspaces",
            region_name=aws.region,
            endpoint_url="https://workspaces.test",
            aws_access_key_id=aws.credentials.access_key_id,
            aws_secret_access_key=aws.credentials.secret_access_key,
            config=Config(retries={"mode": "standard"}, ignore_configured_endpoint_urls=True),
        )
        self._ws.meta.events.register("before-send.workspaces", self._on_the_way)

    def work(self, planned: Iterable[Call]) -> None:
        """Make calls one after the other."""
        for call in planned:
            self._timetable.pause(1)
            match call:
                case Creation():
                    self._create(call)
                case Registration():
                    self._register(call.name)
                case _:
                    self._other(call)

    def settle(self) -> None:
        """Look for what is in doubt, when nothing fails any more."""
        self._odds.share = 0
        self._timetable.pause(AFTERWARDS)
        self.report.found.update(name for name in self.report.in_doubt if self._is_there(name))

    def _on_the_way(self, request: AWSPreparedRequest, event_name: str, **_: object) -> AWSResponse:
        address = urlsplit(request.url)
        headers = tuple((name.lower(), _text(value)) for name, value in request.headers.items())
        sent = HttpRequest(request.method, address.path, (("host", address.netloc), *headers), request.body or b"")
        operation = event_name.rpartition(".")[2]
        try:
            response: HttpResponse = self._odds.meet(operation, lambda: handle_request(self._aws._world, sent))
        except NoAnswerError as error:
            raise ERRORS[error.how](endpoint_url=request.url, error=error.how.name) from None
        return AWSResponse(request.url, response.status, dict(response.headers), _Body(response.body))

    def _create(self, call: Creation) -> None:
        """Create WorkSpaces; boto3's errors don't say whether the call was executed: failures count as in doubt."""
        self.report.requested.update(call.names)
        requested = [self._request(call, name) for name in call.names]
        try:
            found = self._ws.create_workspaces(Workspaces=requested)
        except FAILURES:
            self.report.in_doubt.update(call.names)
            return
        made = {_name(workspace) for workspace in found.get("PendingRequests", [])}
        refused = {_name(item["WorkspaceRequest"]) for item in found.get("FailedRequests", [])}
        self.report.made.update(made)
        self.report.not_made.update(refused)
        self.report.in_doubt.update(set(call.names) - made - refused)

    def _request(self, call: Creation, name: str) -> dict[str, str]:
        common = {"DirectoryId": self._aws.directory_id, "BundleId": self._aws.bundle_id}
        return common | ({"UserName": name} if call.has_users else {"UserName": UNDEFINED, "WorkspaceName": name})

    def _register(self, name: str) -> None:
        self.report.requested.add(name)
        try:
            self._ws.register_workspace_directory(WorkspaceDirectoryName=name)
        except FAILURES:
            self.report.in_doubt.add(name)
        else:
            self.report.made.add(name)

    def _other(self, call: Call) -> None:
        try:
            if call == "read":
                self._ws.describe_workspaces(WorkspaceIds=[self._workspace_id])
            else:
                self._ws.create_tags(ResourceId=self._workspace_id, Tags=[{"Key": "team", "Value": "desk"}])
        except FAILURES:
            pass

    def _is_there(self, name: str) -> bool:
        if is_directory(name):
            return bool(self._ws.describe_workspace_directories(WorkspaceDirectoryNames=[name])["Directories"])
        listed = self._ws.describe_workspaces(DirectoryId=self._aws.directory_id, UserName=name)["Workspaces"]
        return bool(listed or self._ws.describe_workspaces(WorkspaceName=name)["Workspaces"])


@cache
def _session() -> boto3.Session:
    return boto3.Session()


def _name(workspace: Mapping[str, str]) -> str:
    return workspace.get("WorkspaceName") or workspace.get("UserName") or ""


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
