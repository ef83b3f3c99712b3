"""Drives the experiment with wsclient, in virtual time and without sockets."""

import asyncio
import random
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress

import httpx

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
from tests.support.driven_clients import InProcess, driven_client
from tests.support.virtual_time import VirtualClock, run_in_virtual_time
from wsclient import types
from wsclient._core.http import HttpResponse
from wsclient.errors import WsclientError
from wsclient.testing import Emulator

WORKERS = 10
ERRORS: Mapping[Broken, type[httpx.TransportError]] = {
    Broken.UNCONNECTED: httpx.ConnectError,
    Broken.LOST: httpx.ReadError,
    Broken.TIMED_OUT: httpx.ReadTimeout,
    Broken.NO_HTTP: httpx.RemoteProtocolError,
}


def run(number: int, seed: int, *, share: float, is_strict: bool) -> Count:
    """Make so many calls, and count."""
    return run_in_virtual_time(_run(number, seed, share=share, is_strict=is_strict))


async def _run(number: int, seed: int, *, share: float, is_strict: bool) -> Count:
    aws = Emulator(clock=VirtualClock(), durations=DURATIONS)
    odds = Odds(
        aws=aws,
        chance=random.Random(seed),
        share=share,
        later=asyncio.get_running_loop().call_later,
        is_strict=is_strict,
    )
    caller = _Caller(aws, odds, seed)
    planned = calls(random.Random(seed), number)
    await asyncio.gather(*(caller.work(planned) for _ in range(WORKERS)))
    await caller.settle()
    return count(caller.report, odds.made(), calls=number, requests=odds.requests)


class _Caller:
    """Caller that makes calls and records the outcomes reported to it."""

    def __init__(self, aws: Emulator, odds: Odds, seed: int) -> None:
        self.report = Report()
        self._aws, self._odds = aws, odds
        (self._workspace_id,) = aws.add_workspaces(1)
        self._ws = driven_client(aws, InProcess(aws, latency=0.02, around=self._on_the_way), seed=seed)

    async def work(self, planned: Iterable[Call]) -> None:
        """Make calls sequentially; concurrent callers take their calls from the same plan."""
        for call in planned:
            match call:
                case Creation():
                    await self._create(call)
                case Registration():
                    await self._register(call.name)
                case _:
                    await self._other(call)

    async def settle(self) -> None:
        """Look for what is in doubt, when nothing fails any more."""
        self._odds.share = 0
        await asyncio.sleep(AFTERWARDS)
        for name in sorted(self.report.in_doubt):
            if await self._is_there(name):
                self.report.found.add(name)

    async def _on_the_way(self, request: httpx.Request, execute: Callable[[], httpx.Response]) -> httpx.Response:
        operation = request.headers["x-amz-target"].partition(".")[2]
        try:
            answer = self._odds.meet(operation, execute)
        except NoAnswerError as error:
            raise ERRORS[error.how](error.how.name) from None
        if isinstance(answer, HttpResponse):
            return httpx.Response(answer.status, headers=list(answer.headers), content=answer.body)
        return answer

    async def _create(self, call: Creation) -> None:
        self.report.requested.update(call.names)
        requested = [
            types.WorkspaceRequest(
                directory_id=self._aws.directory_id,
                user_name=name if call.has_users else UNDEFINED,
                workspace_name=None if call.has_users else name,
                bundle_id=self._aws.bundle_id,
            )
            for name in call.names
        ]
        try:
            answer = await self._ws.create_workspaces(workspaces=requested, reconcile=call.reconcile)
        except WsclientError as error:
            (self.report.in_doubt if error.is_ambiguous else self.report.not_made).update(call.names)
            return
        self.report.made.update(_name(workspace) for workspace in answer.pending_requests)
        self.report.not_made.update(_name(item.workspace_request) for item in answer.failed_requests)

    async def _register(self, name: str) -> None:
        self.report.requested.add(name)
        try:
            await self._ws.register_workspace_directory(workspace_directory_name=name)
        except WsclientError as error:
            (self.report.in_doubt if error.is_ambiguous else self.report.not_made).add(name)
        else:
            self.report.made.add(name)

    async def _other(self, call: Call) -> None:
        with suppress(WsclientError):
            if call == "read":
                await self._ws.describe_workspaces(workspace_ids=[self._workspace_id])
            else:
                await self._ws.create_tags(resource_id=self._workspace_id, tags=[types.Tag(key="team", value="desk")])

    async def _is_there(self, name: str) -> bool:
        if is_directory(name):
            return bool(await self._ws.describe_workspace_directories(workspace_directory_names=[name]).collect())
        of_user = self._ws.describe_workspaces(directory_id=self._aws.directory_id, user_name=name)
        return bool(await of_user.collect() or await self._ws.describe_workspaces(workspace_name=name).collect())


def _name(workspace: types.Workspace | types.WorkspaceRequest) -> str:
    return workspace.workspace_name or workspace.user_name or ""
