"""Injected faults of the emulator: each occurs as often as configured, and is marked in the call log."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

import wsclient
from tests.support.driven_clients import driven_client
from tests.support.emulators import Caller
from tests.support.in_process import client_of
from tests.support.virtual_time import VirtualClock, WallClock, run_in_virtual_time
from wsclient import errors, types
from wsclient.testing import Drop, Emulator, HttpAnswer, Latency
from wsclient.testing._state.faults import FaultyResponse

if TYPE_CHECKING:
    from wsclient.testing import Failure


def creation(aws: Emulator, user: str = "jane") -> list[types.WorkspaceRequest]:
    """Return a request that creates a WorkSpace."""
    return [types.WorkspaceRequest(directory_id=aws.directory_id, user_name=user, bundle_id=aws.bundle_id)]


async def users(client: wsclient.WorkSpacesClient) -> list[str | None]:
    """Return the user names of all WorkSpaces."""
    return [workspace.user_name async for workspace in client.describe_workspaces()]


async def failed(aws: Emulator) -> errors.WsclientError:
    """Create a WorkSpace for jane, and return how that failed."""
    async with client_of(aws) as client:
        with pytest.raises(errors.WsclientError) as raised:
            await client.create_workspaces(workspaces=creation(aws), reconcile=False)
    return raised.value


async def called(aws: Emulator, count: int) -> None:
    """Wait until so many calls have come."""
    while len(aws.calls) < count:  # noqa: ASYNC110 - on this very loop
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("with_", "kind", "status", "mark"),
    [
        (errors.ThrottlingException, errors.ThrottlingException, 400, "ThrottlingException"),
        (errors.InternalFailure, errors.InternalFailure, 500, "InternalFailure"),
        (errors.ServiceUnavailable, errors.ServiceUnavailable, 503, "ServiceUnavailable"),
        (
            errors.ResourceLimitExceededException("full"),
            errors.ResourceLimitExceededException,
            400,
            "ResourceLimitExceededException",
        ),
        (errors.ThrottlingException(status=429), errors.ThrottlingException, 429, "ThrottlingException"),
    ],
)
def test_injected_error_replaces_the_operation(
    with_: Failure, kind: type[errors.ServiceError], status: int, mark: str
) -> None:
    """An injected error is raised by the client with its usual status, and the operation is not executed."""
    aws = Emulator()
    aws.fail("CreateWorkspaces", with_=with_)

    async def calls() -> None:
        error = await failed(aws)
        assert isinstance(error, kind)
        assert error.status == status
        async with client_of(aws) as client:
            assert await users(client) == []
            assert (await client.create_workspaces(workspaces=creation(aws))).failed_requests == []

    asyncio.run(calls())
    assert [call.fault for call in aws.calls] == [mark, None, None]
    assert [call.error for call in aws.calls] == [mark, None, None]


def test_injected_http_response_replaces_the_operation() -> None:
    """An injected HTTP response is returned unchanged, and the operation is not executed."""
    aws = Emulator()
    aws.fail("CreateWorkspaces", with_=HttpAnswer(status=502, body="<html>Bad Gateway</html>"))
    error = asyncio.run(failed(aws))
    assert isinstance(error, errors.ServiceError)
    assert (error.status, error.is_ambiguous) == (502, True)
    assert [(call.error, call.fault) for call in aws.calls] == [(None, "HTTP 502")]
    aws.fail("DescribeWorkspaces", with_=HttpAnswer(status=200, body=b"\xff", content_type="text/plain"))

    async def list_them() -> list[str | None]:
        async with client_of(aws) as client:
            with pytest.raises(errors.ResponseParseError):
                await client.describe_workspaces()
            return await users(client)

    assert asyncio.run(list_them()) == []


@pytest.mark.parametrize(("how", "there"), [(Drop.BEFORE, []), (Drop.AFTER, ["jane"])])
def test_dropped_connection_before_or_after_execution_is_ambiguous(how: Drop, there: list[str]) -> None:
    """For the client a drop before and a drop after execution are ambiguous; the emulator's log distinguishes them."""
    aws = Emulator()
    aws.fail("CreateWorkspaces", with_=how)

    async def calls() -> list[str | None]:
        error = await failed(aws)
        assert isinstance(error, errors.ConnectionLostError)
        assert error.may_have_been_sent
        async with client_of(aws) as client:
            return await users(client)

    assert asyncio.run(calls()) == there
    assert [call.fault for call in aws.calls] == [how.value, None]


def test_faults_apply_in_order_and_as_often_as_requested() -> None:
    """A fault occurs times= times; faults apply in order, and the operation "*" matches every operation."""
    aws = Emulator()
    aws.fail("DescribeWorkspaces", with_=errors.ThrottlingException, times=2)
    aws.fail("*", with_=Drop.BEFORE, times=None)

    async def codes() -> list[str]:
        found = list[str]()
        async with client_of(aws) as client:
            for _ in range(4):
                try:
                    await client.describe_workspaces()
                except errors.WsclientError as error:
                    found.append(type(error).__name__)
        return found

    assert [(fault.operation, fault.left) for fault in aws.faults] == [("DescribeWorkspaces", 2), ("*", None)]
    assert asyncio.run(codes()) == ["ThrottlingException"] * 2 + ["ConnectionLostError"] * 2
    assert [(fault.operation, fault.left) for fault in aws.faults] == [("*", None)]


def test_faults_can_be_cleared() -> None:
    """clear_faults() removes all faults, or those of an operation."""
    aws = Emulator()
    for operation in ("DescribeWorkspaces", "CreateWorkspaces", "GetCallerIdentity"):
        aws.fail(operation, with_=errors.ThrottlingException)
    aws.clear_faults("CreateWorkspaces")
    assert [fault.operation for fault in aws.faults] == ["DescribeWorkspaces", "GetCallerIdentity"]
    aws.clear_faults()
    assert aws.faults == ()


def test_sts_faults_use_the_protocol_of_sts() -> None:
    """STS's operations fail in its own protocol, with its own names for common errors."""
    aws = Emulator()
    aws.fail("GetCallerIdentity", with_=errors.AccessDeniedException("no"))

    async def ask() -> errors.ServiceError:
        async with client_of(aws) as client:
            with pytest.raises(errors.AccessDeniedException) as raised:
                await client.whoami()
            await client.whoami()
        return raised.value

    assert asyncio.run(ask()).code == "AccessDenied"


def test_rejected_request_consumes_no_fault() -> None:
    """A bad signature is answered as such, and so is a request against the model's limits."""
    aws = Emulator()
    aws.fail("*", with_=Drop.AFTER, times=3)
    stranger = wsclient.Credentials("AKIAIOSFODNN7EXAMPLE", "x" * 40)

    async def refused() -> None:
        async with client_of(aws, credentials=stranger) as client:
            with pytest.raises(errors.UnrecognizedClientException):
                await client.describe_workspaces()
        async with client_of(aws) as client:
            with pytest.raises(errors.ValidationException):
                await client.describe_workspaces(limit=99, validate=False)

    asyncio.run(refused())
    assert [fault.left for fault in aws.faults] == [3]
    assert [call.fault for call in aws.calls] == [None, None]


def test_delayed_response_arrives_when_the_clock_advances() -> None:
    """A delayed response is returned when the clock is advanced; the operation was executed before."""
    aws = Emulator(clock=WallClock())
    aws.delay("CreateWorkspaces", seconds=20)
    aws.fail("CreateWorkspaces", with_=errors.InvalidParameterValuesException, times=1)

    async def calls() -> None:
        clock = WallClock()
        client = driven_client(aws, aws.transport(), clock, retry=wsclient.RetryPolicy(mode="off"))
        delayed = asyncio.create_task(client.create_workspaces(workspaces=creation(aws), reconcile=False))
        await called(aws, 1)
        aws.clock.advance(seconds=19)
        await asyncio.sleep(0)
        assert not delayed.done()
        aws.clock.advance(seconds=1)
        with pytest.raises(errors.InvalidParameterValuesException):
            await delayed
        later = asyncio.create_task(client.create_workspaces(workspaces=creation(aws)))
        await called(aws, 2)
        aws.clock.advance(minutes=1)
        assert (await later).failed_requests == []
        aws.clear_faults()
        assert await users(client) == ["jane"]

    asyncio.run(calls())
    both = "InvalidParameterValuesException, late by 20 s"
    assert [call.fault for call in aws.calls] == [both, "late by 20 s", None]


def test_delay_counts_from_the_execution() -> None:
    """A clock that is advanced before anybody waits for the answer has brought it on all the same."""
    aws = Emulator(clock=WallClock())
    aws.delay("DescribeTags", seconds=20)
    response = Caller(aws).post("DescribeTags", b'{"ResourceId": "ws-1"}')
    assert isinstance(response, FaultyResponse)
    aws.clock.advance(seconds=20)

    async def wait() -> bool:
        async with asyncio.timeout(0):
            return await response.wait()

    assert asyncio.run(wait())


def test_response_beyond_the_read_timeout_raises() -> None:
    """A response delayed beyond Timeout.read raises RequestTimeoutError with an ambiguous outcome."""

    async def calls() -> tuple[str, bool, list[str | None], float]:
        clock = VirtualClock()
        aws = Emulator(clock=clock)
        aws.fail("CreateWorkspaces", with_=Latency(seconds=90))
        client = driven_client(aws, aws.transport(), clock, retry=wsclient.RetryPolicy(mode="off"))
        with pytest.raises(errors.RequestTimeoutError) as raised:
            await client.create_workspaces(workspaces=creation(aws), reconcile=False)
        waited = asyncio.get_running_loop().time()
        return raised.value.phase, raised.value.may_have_been_sent, await users(client), waited

    phase, sent, there, waited = run_in_virtual_time(calls())
    assert (phase, sent, there) == ("read", True, ["jane"])
    assert waited == pytest.approx(60, abs=0.1)


def test_client_retries_injected_faults() -> None:
    """Retries recover from injected faults: the third attempt succeeds."""

    async def calls() -> int:
        clock = VirtualClock()
        aws = Emulator(clock=clock)
        aws.add_workspaces(1)
        aws.fail("DescribeWorkspaces", with_=errors.InternalFailure)
        aws.fail("DescribeWorkspaces", with_=Drop.BEFORE)
        client = driven_client(aws, aws.transport(), clock)
        page = await client.describe_workspaces()
        assert len(page.workspaces) == 1
        return page.metadata.attempts

    assert run_in_virtual_time(calls()) == 3


def test_waiter_on_a_closed_loop_does_not_block_advancing() -> None:
    """A waiter on a closed event loop does not prevent other tasks from advancing the clock."""
    aws = Emulator(clock=WallClock())
    loop = asyncio.new_event_loop()
    task = loop.create_task(aws.clock.wait_until(10))
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
    aws.clock.advance(seconds=10)
    assert not task.done()
    with asyncio.Runner() as runner:
        runner.run(aws.clock.wait_until(0))
    coroutine = task.get_coro()
    assert coroutine is not None
    coroutine.close()


@pytest.mark.parametrize(
    ("operation", "with_", "times", "message"),
    [
        ("CreateWorkspace", Drop.BEFORE, 1, "have no operation 'CreateWorkspace'; did you mean 'CreateWork"),
        ("Xyz", Drop.BEFORE, 1, "the emulated services have no operation 'Xyz'$"),
        ("CreateWorkspaces", "drop", 1, "with_ cannot be a str; use a service error"),
        ("CreateWorkspaces", errors.ConnectError, 1, "with_ cannot be the class ConnectError"),
        (
            "CreateWorkspaces",
            Drop.AFTER,
            0,
            r"^Emulator\.fail\.times must be a whole number, at least 1, or None, not 0$",
        ),
        ("CreateWorkspaces", Drop.AFTER, True, "not True"),
    ],
)
def test_invalid_fault_is_rejected(operation: str, with_: object, times: object, message: str) -> None:
    """A misspelling never makes a test pass for want of a fault."""
    aws = Emulator()
    with pytest.raises(errors.ConfigurationError, match=message):
        aws.fail(operation, with_=with_, times=times)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert aws.faults == ()


def test_clear_faults_rejects_an_unknown_operation() -> None:
    """Clearing the faults of an unknown operation raises ConfigurationError with the method's name and a suggestion."""
    with pytest.raises(errors.ConfigurationError, match=r"^Emulator\.clear_faults: .* did you mean 'DescribeTags'"):
        Emulator().clear_faults("DescribeTag")


def test_invalid_delay_error_names_the_delay_method() -> None:
    """An unknown operation and an invalid number of times are errors of Emulator.delay, not of Emulator.fail."""
    with pytest.raises(errors.ConfigurationError, match=r"^Emulator\.delay: .* no operation 'DescribeTag'"):
        Emulator().delay("DescribeTag", seconds=1)
    with pytest.raises(errors.ConfigurationError, match=r"^Emulator\.delay\.times must be"):
        Emulator().delay("DescribeTags", seconds=1, times=0)


@pytest.mark.parametrize("seconds", [0, -1, float("inf"), float("nan"), True, "3"])
def test_delay_needs_positive_seconds(seconds: object) -> None:
    """delay() rejects seconds that are not a positive number."""
    with pytest.raises(errors.ConfigurationError, match="seconds must be a positive number"):
        Emulator().delay("DescribeWorkspaces", seconds=seconds)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("status", [100, 199, 600, True, "500"])
def test_injected_response_needs_a_final_status(status: object) -> None:
    """Interim statuses are no answers."""
    with pytest.raises(errors.ConfigurationError, match="must be a whole number from 200 to 599"):
        HttpAnswer(status=status)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
