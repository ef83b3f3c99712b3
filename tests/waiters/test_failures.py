"""Polls that fail: transient errors are retried, others end the wait, and no wait outlives its poller."""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta

import httpx
import msgspec
import pytest

import wsclient
from tests.support.driven_clients import driven_client
from tests.support.waiter_stage import Stage, failure, play
from wsclient._core.clock import TimeSource
from wsclient.errors import (
    AccessDeniedException,
    CredentialsError,
    CredentialsRefreshError,
    RequestTimeoutError,
    ServiceError,
    WaiterTimeoutError,
)
from wsclient.types import WorkspaceState
from wsclient.waiters import WaiterError
from wsclient.waiters._poller import Polling, Subscription


def _refuse(stage: Stage, code: str, *, status: int = 400, until: float = 1, ids: frozenset[str] = frozenset()) -> None:
    """Answer calls with an error until a time; with ids, only the calls that name one of them."""

    async def around(request: httpx.Request, execute: Callable[[], httpx.Response]) -> httpx.Response:
        requested = json.loads(request.content).get("WorkspaceIds", [])
        if stage.now() < until and (not ids or ids & set(requested)):
            return httpx.Response(status, json={"__type": code, "message": "Not now, or never."})
        return execute()

    stage.transport.around = around


@pytest.mark.parametrize(("code", "status"), [("ThrottlingException", 400), ("InternalFailure", 500)])
def test_transient_errors_of_polls_are_retried(code: str, status: int) -> None:
    """Five minutes of transient errors end no wait; the error of an expired timeout mentions them."""

    async def main(stage: Stage) -> None:
        ids = stage.aws.add_workspaces(3)
        _refuse(stage, code, status=status, until=300)
        delayed = await failure(stage.client.wait_until_available(ids, timeout=timedelta(seconds=100)))
        assert isinstance(delayed, WaiterTimeoutError)
        assert isinstance(delayed.__cause__, ServiceError)
        assert delayed.__cause__.code == code
        assert [item.reason for item in delayed.waiting] == ["was never polled"] * 3
        assert len(await stage.client.wait_until_available(ids)) == 3
        assert 300 <= stage.now() <= 340

    play(main, pace=None)


def test_network_errors_of_polls_are_retried() -> None:
    """Failed connections and timeouts of a call end no wait."""

    async def main(stage: Stage) -> None:
        async def around(_: httpx.Request, execute: Callable[[], httpx.Response]) -> httpx.Response:
            if stage.now() < 60:
                raise httpx.ConnectError("no route")
            if stage.now() < 120:
                await asyncio.sleep(1000)
            return execute()

        stage.transport.around = around
        client = stage.client.with_options(timeout=wsclient.Timeout(total=20))
        delayed = await failure(client.wait_until_available(stage.aws.add_workspaces(), timeout=110))
        assert isinstance(delayed.__cause__, RequestTimeoutError)
        assert len(await client.wait_until_available(stage.aws.add_workspaces())) == 1

    play(main)


def test_an_access_denied_error_ends_the_wait() -> None:
    """AccessDeniedException is raised by the first poll, since waiting does not help."""

    async def main(stage: Stage) -> None:
        workspace_id, other = stage.aws.add_workspaces(2)
        _refuse(stage, "AccessDeniedException")
        error = await failure(stage.client.wait_until_available([workspace_id, other]))
        assert [(item.id, item.error_code, item.error_message) for item in error.failed] == [
            (workspace_id, "AccessDeniedException", "Not now, or never."),
            (other, "AccessDeniedException", "Not now, or never."),
        ]
        message = "could not be described (AccessDeniedException: Not now, or never.)"
        assert str(error) == f"2 of 2 WorkSpaces are not AVAILABLE: {workspace_id} {message}; {other} {message}"
        assert isinstance(error.__cause__, AccessDeniedException)
        assert stage.transport.requests == 1

    play(main)


def test_an_id_that_aws_rejects_does_not_affect_the_others() -> None:
    """If AWS rejects a list because of one id, each id is polled by itself."""

    async def main(stage: Stage) -> None:
        ids = stage.aws.add_workspaces(3)
        _refuse(stage, "ValidationException", ids=frozenset({ids[1]}))
        error = await failure(stage.client.wait_until_available(ids))
        assert [(item.id, item.error_code) for item in error.failed] == [(ids[1], "ValidationException")]
        assert [workspace.to_dict()["WorkspaceId"] for workspace in error.reached] == [ids[0], ids[2]]

    play(main)


def test_closing_the_client_ends_its_waits() -> None:
    """A poll of a closed client fails, and so does the wait."""

    async def main(stage: Stage) -> None:
        waiting = asyncio.create_task(
            failure(stage.client.wait_until_available(stage.aws.add_workspaces(state=WorkspaceState.STARTING)))
        )
        await asyncio.sleep(10)
        await stage.client.aclose()
        assert "closed" in (await waiting).failed[0].reason

    play(main)


def test_an_exception_of_a_credentials_provider_is_the_cause() -> None:
    """An exception of the caller's own credentials provider ends the waits, and is the __cause__ of their error."""

    class Broken:
        async def get_credentials(self) -> wsclient.Credentials:
            raise OSError("the vault is shut")

    async def main(stage: Stage) -> None:
        client = driven_client(stage.aws, stage.transport, stage.clock).with_options(credentials=Broken())
        with pytest.raises(WaiterError, match="the credentials provider raised OSError") as failed:
            await client.wait_until_available(["ws-0123456789"])
        cause = failed.value.__cause__
        assert isinstance(cause, CredentialsError)
        assert str(cause.__cause__) == "the vault is shut"

    play(main)


@pytest.mark.parametrize("can_heal", [True, False])
def test_a_credentials_error_ends_the_wait_only_if_it_cannot_heal(can_heal: bool) -> None:
    """A provider that fails temporarily only delays polls; a provider whose error has can_heal=False ends the wait."""

    async def main(stage: Stage) -> None:
        class Flaky:
            async def get_credentials(self) -> wsclient.Credentials:
                if stage.now() < 60:
                    raise CredentialsRefreshError("the vault is shut", can_heal=can_heal)
                return stage.aws.credentials

        stage.client._pipeline = msgspec.structs.replace(stage.client._pipeline, credentials=Flaky())
        waiting = stage.client.wait_until_available(stage.aws.add_workspaces())
        if can_heal:
            assert len(await waiting) == 1
            assert 60 <= stage.now() <= 100
        else:
            error = await failure(waiting)
            assert "the vault is shut" in error.failed[0].reason
            assert isinstance(error.__cause__, CredentialsRefreshError)

    play(main)


def test_a_sleep_that_raises_ends_the_waits() -> None:
    """An exception of the sleep function ends the poller and its waits; the next wait starts a new poller."""

    async def main(stage: Stage) -> None:
        (workspace_id,) = stage.aws.add_workspaces(state=WorkspaceState.STARTING)

        async def broken(_: float) -> None:
            raise ValueError("no sleep")

        watch = Subscription(stage.client, {}, Polling(), deadline=100.0)
        watch.due = 50.0
        async with stage.client._poller.subscribed(watch, TimeSource(clock=stage.clock, sleep=broken)):
            observation = await watch.results.get()
            assert isinstance(observation.crash, ValueError)
            stage.aws.set_workspace_state(workspace_id, WorkspaceState.AVAILABLE)
            with pytest.raises(ValueError, match="no sleep"):
                await stage.client.wait_until_stopped([workspace_id])
        assert len(await stage.client.wait_until_available([workspace_id])) == 1

    play(main)


def test_a_configuration_error_ends_the_wait() -> None:
    """An error that no retry can fix ends the wait at the first poll."""

    async def main(stage: Stage) -> None:
        client = driven_client(stage.aws, stage.transport, stage.clock)
        await client.aclose()
        error = await failure(client.wait_until_available(["ws-0123456789"]))
        assert stage.now() == 0
        assert error.failed[0].error_code is None

    play(main)
