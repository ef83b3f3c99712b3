"""examples/service.py, called over HTTP, with the emulator as AWS."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

import wsclient
from tests.support.in_process import client_of
from tests.support.platforms import posix_only, program_environment
from tests.support.running_service import Running, running, until
from tests.support.telemetry import facts_of, id_of, parent_of
from wsclient import errors, types
from wsclient.testing import Drop, HttpAnswer

if TYPE_CHECKING:
    from collections.abc import Generator

    from wsclient.testing import Emulator, Failure

ROOT = Path(__file__).parents[2]
WORDS = "words of the inside"


@pytest.fixture(scope="module")
def shared() -> Generator[Running]:
    """One service for the tests that leave it as it was."""
    with running() as service:
        yield service


@pytest.fixture
def service(shared: Running) -> Generator[Running]:
    """Give the service, and let nothing go wrong any more afterwards."""
    yield shared
    shared.aws.clear_faults()


def _error(answer: httpx.Response) -> dict[str, Any]:
    """Return the error that an answer tells, which holds nothing of the inside."""
    text = answer.text
    leaks = (WORDS, "Exception", "Traceback", "wsclient", "amazonaws.com", "127.0.0.1")
    assert not any(leak in text for leak in leaks)
    error: dict[str, Any] = answer.json()["detail"]
    return error


def test_service_lists_pages_and_shows_a_workspace(service: Running) -> None:
    """Pages have AWS's shape and a token for the next; a WorkSpace can be shown alone."""
    ids = set(service.aws.add_workspaces(3))
    requested: dict[str, str | int] = {"limit": 2, "directory_id": service.aws.directory_id}
    first = service.http.get("/workspaces", params=requested).json()
    assert len(first["Workspaces"]) == 2
    rest = service.http.get("/workspaces", params={**requested, "token": first["NextToken"]}).json()
    found = {workspace["WorkspaceId"] for workspace in first["Workspaces"] + rest["Workspaces"]}
    assert found >= ids
    result = service.http.get(f"/workspaces/{min(ids)}")
    assert (result.status_code, result.json()["WorkspaceId"], result.json()["State"]) == (200, min(ids), "AVAILABLE")


def test_service_accepts_stop_start_and_reboot(service: Running) -> None:
    """Each action is taken on, and AWS does it in its own time."""
    (id_,) = service.aws.add_workspaces(1, running_mode=types.RunningMode.AUTO_STOP)
    for action, state in (("stop", "STOPPED"), ("start", "AVAILABLE"), ("reboot", "AVAILABLE")):
        answer = service.http.post(f"/workspaces/{id_}/{action}")
        assert (answer.status_code, answer.json()) == (202, {"workspace_id": id_, "action": action})
        service.aws.advance(hours=1)
        assert service.http.get(f"/workspaces/{id_}").json()["State"] == state


def _failure(kind: type[errors.ServiceError], status: int) -> errors.ServiceError:
    return kind(WORDS, status=status)


@pytest.mark.parametrize(
    ("failure", "status", "code", "waits"),
    [
        (_failure(errors.ResourceNotFoundException, 400), 404, "not_found", False),
        (_failure(errors.InvalidResourceStateException, 400), 409, "conflict", False),
        (_failure(errors.OperationInProgressException, 400), 409, "conflict", False),
        (_failure(errors.ThrottlingException, 400), 429, "too_many_requests", True),
        (_failure(errors.AccessDeniedException, 400), 403, "forbidden", False),
        (_failure(errors.InvalidParameterValuesException, 400), 400, "bad_value", False),
        (_failure(errors.ValidationException, 400), 400, "bad_value", False),
        (_failure(errors.UnrecognizedClientException, 400), 503, "no_credentials", True),
        (_failure(errors.ServiceUnavailable, 503), 503, "unavailable", True),
        (_failure(errors.InternalFailure, 500), 502, "upstream_failed", False),
        (HttpAnswer(status=502, body=WORDS), 502, "upstream_failed", False),
        (HttpAnswer(status=200, body=WORDS), 502, "unreadable", False),
        (Drop.BEFORE, 502, "unreachable", False),
    ],
)
def test_aws_errors_map_to_http_statuses(
    service: Running, failure: Failure, status: int, code: str, waits: bool
) -> None:
    """Each AWS error maps to an HTTP status and code, with Retry-After if a retry can help, and without AWS's text."""
    service.aws.fail("DescribeWorkspaces", with_=failure, times=None)
    answer = service.http.get("/workspaces")
    assert (answer.status_code, _error(answer)["code"]) == (status, code)
    assert ("retry-after" in answer.headers) == waits


def test_failed_items_map_to_http_errors(service: Running) -> None:
    """A WorkSpace that is not there, or in another state, is 404 or 409 although the call itself succeeded."""
    (id_,) = service.aws.add_workspaces(1)
    for path, status, code in (
        (f"/workspaces/{id_}/start", 409, "conflict"),
        (f"/workspaces/{id_}/stop", 409, "conflict"),
        ("/workspaces/ws-000000000/stop", 404, "not_found"),
    ):
        answer = service.http.post(path)
        assert (answer.status_code, _error(answer)["code"]) == (status, code)
    missing = service.http.get("/workspaces/ws-000000000")
    assert (missing.status_code, _error(missing)["code"]) == (404, "not_found")


def test_ambiguous_outcome_is_reported_and_not_retried(service: Running) -> None:
    """A reboot whose answer was lost may have happened: the caller hears so, and it is not done again."""
    (id_,) = service.aws.add_workspaces(1)
    service.aws.fail("RebootWorkspaces", with_=Drop.AFTER)
    answer = service.http.post(f"/workspaces/{id_}/reboot")
    assert answer.status_code == 502
    assert _error(answer)["outcome"] == "unknown"
    assert service.http.get(f"/workspaces/{id_}").json()["State"] == "REBOOTING"


def test_invalid_requests_make_no_aws_call(service: Running) -> None:
    """A limit, an action or a route that there is not never becomes a call."""
    before = len(service.aws.calls)
    assert service.http.get("/workspaces", params={"limit": 26}).status_code == 422
    assert service.http.post("/workspaces/ws-1/terminate").status_code == 422
    assert service.http.get("/nothing").status_code == 404
    assert _error(service.http.get("/workspaces", params={"directory_id": ""}))["code"] == "bad_value"
    assert len(service.aws.calls) == before


def test_request_beyond_its_deadline_is_504() -> None:
    """If AWS exceeds the deadline, the caller gets 504 with code timeout."""
    with running(deadline=0.05) as service:
        service.aws.delay("DescribeWorkspaces", seconds=60)
        answer = service.http.get("/workspaces")
        assert (answer.status_code, _error(answer)["code"]) == (504, "timeout")


def test_request_not_admitted_by_pacing_is_429() -> None:
    """If pacing can't admit a request within the deadline, the caller gets 429 with Retry-After."""
    with running(deadline=5, pace=wsclient.Pace(0.01, 1)) as service:
        assert service.http.get("/workspaces").status_code == 200
        answer = service.http.get("/workspaces")
        assert (answer.status_code, _error(answer)["code"]) == (429, "too_many_requests")
        assert int(answer.headers["retry-after"]) >= 1


class _Without:
    async def get_credentials(self) -> wsclient.Credentials:
        raise errors.NoCredentialsError([("somebody", WORDS)])


def test_service_without_credentials_is_alive_but_not_ready() -> None:
    """It says why it is not ready, answers requests with 503, and is not restarted for it."""
    with running(credentials=_Without()) as service:
        answer = service.http.get("/workspaces")
        assert (answer.status_code, _error(answer)["code"]) == (503, "no_credentials")
        assert service.readiness() == {"status": "not ready", "reason": "no_credentials"}
        assert service.http.get("/health").json() == {"status": "alive"}


def test_readiness_is_cached_and_has_a_reason() -> None:
    """Readiness calls AWS once per period, for any number of requests; throttling doesn't make it not ready."""
    with running(readiness_period=3600) as service, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: service.readiness(), range(16)))
        assert answers == [{"status": "ready"}] * 16
        assert len(service.aws.calls) == 1
    for failure, told_ in (
        (_failure(errors.ThrottlingException, 400), {"status": "ready"}),
        (_failure(errors.AccessDeniedException, 400), {"status": "not ready", "reason": "forbidden"}),
        (Drop.BEFORE, {"status": "not ready", "reason": "unreachable"}),
    ):
        with running(readiness_period=3600) as service:
            service.aws.fail("DescribeWorkspaces", with_=failure, times=None)
            assert service.readiness() == told_


def test_graceful_shutdown_under_load_answers_every_request_in_flight() -> None:
    """With twenty stops in flight at shutdown, all are answered, each sent once, and no connection is accepted."""
    with running() as service, ThreadPoolExecutor(20) as pool:
        aws = service.aws
        ids = aws.add_workspaces(20, running_mode=types.RunningMode.AUTO_STOP)
        aws.delay("StopWorkspaces", seconds=60)
        stops = [pool.submit(service.http.post, f"/workspaces/{id_}/stop") for id_ in ids]
        until(lambda: len(aws.calls) == 20, "all are in flight")
        service.stop()
        until(lambda: not service.accepts_connections(), "it stops listening")
        assert not any(stop.done() for stop in stops)
        aws.advance(seconds=60)
        assert [stop.result().status_code for stop in stops] == [202] * 20
        service.thread.join(30)
        assert [call.operation for call in aws.calls].count("StopWorkspaces") == 20
        aws.advance(hours=1)
        assert asyncio.run(_states(aws)) == {types.WorkspaceState.STOPPED}


async def _states(aws: Emulator) -> set[types.WorkspaceState | None]:
    return {workspace.state async for workspace in client_of(aws).describe_workspaces()}


def test_request_beyond_the_grace_period_is_cancelled(caplog: pytest.LogCaptureFixture) -> None:
    """It does not keep the service from stopping, and the log says that it was cancelled."""
    with running(grace=0.05) as service, ThreadPoolExecutor(1) as pool:
        service.aws.delay("DescribeWorkspaces", seconds=60)
        delayed = pool.submit(service.http.get, "/workspaces")
        until(lambda: len(service.aws.calls) == 1, "it is in flight")
        service.stop()
        service.thread.join(30)
        assert not service.thread.is_alive()
        with contextlib.suppress(httpx.TransportError):
            assert delayed.result().status_code >= 500
    assert "graceful shutdown exceeded" in caplog.text


def test_trace_context_continues_into_the_call(service: Running) -> None:
    """The request's traceparent is the parent of the service's span, that of the call's, that of the attempt's."""
    trace_id, caller = 0xABCDEF0123456789ABCDEF0123456789, 0x0123456789ABCDEF
    header = f"00-{trace_id:032x}-{caller:016x}-01"
    assert service.http.get("/workspaces", headers={"traceparent": header}).status_code == 200
    until(lambda: any(span.name == "GET /workspaces" for span in _of_trace(service, trace_id)), "its span ended")
    attempt, call, request = _of_trace(service, trace_id)
    assert (attempt.name, call.name) == ("POST", "WorkSpaces.DescribeWorkspaces")
    assert [parent_of(span) for span in (attempt, call, request)] == [id_of(call), id_of(request), caller]
    assert facts_of(request)["http.status_code"] == 200


def _of_trace(service: Running, trace_id: int) -> list[Any]:
    return [span for span in service.seen.spans if span.context is not None and span.context.trace_id == trace_id]


def test_errors_are_logged_with_operation_and_attempts(service: Running, caplog: pytest.LogCaptureFixture) -> None:
    """The log has AWS's message, the operation and the number of attempts; the response has none of them."""
    service.aws.fail("DescribeWorkspaces", with_=_failure(errors.AccessDeniedException, 400))
    service.http.get("/workspaces/ws-012345678")
    [problem] = [vars(record) for record in caplog.records if record.name == "desktops"]
    assert WORDS in problem["message"]
    assert (problem["operation"], problem["attempts"]) == ("DescribeWorkspaces", 1)


@posix_only("there is no SIGTERM that a program could handle")
def test_service_runs_as_a_program_and_stops_at_sigterm() -> None:
    """With --emulator it needs no AWS; its log is JSON, and SIGTERM ends it with exit code 0."""
    program = [sys.executable, "-W", "error", str(ROOT / "examples" / "service.py"), "--emulator", "--port", "0"]
    with subprocess.Popen(program, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=_environment()) as process:
        assert process.stderr is not None
        records: list[dict[str, Any]] = []
        while not (url := re.search(r"http://[\d.:]+", records[-1]["message"] if records else "")):
            records.append(json.loads(process.stderr.readline()))
        with httpx.Client(base_url=url[0], trust_env=False) as http:
            caller = {"traceparent": "00-abcdef0123456789abcdef0123456789-0123456789abcdef-01"}
            assert len(http.get("/workspaces", headers=caller).json()["Workspaces"]) == 5
            assert http.get("/health/ready").json() == {"status": "ready"}
            assert http.get("/docs").status_code == 200
            assert "Workspace" in http.get("/openapi.json").json()["components"]["schemas"]
        process.send_signal(signal.SIGTERM)
        rest = process.stderr.read()
        assert process.wait(30) == 0
    records.extend(json.loads(line) for line in rest.splitlines())
    requests = [record for record in records if record["name"] == "uvicorn.access"]
    assert [record["message"].partition(" - ")[2] for record in requests] == [
        f'"GET {path} HTTP/1.1" 200' for path in ("/workspaces", "/health/ready", "/docs", "/openapi.json")
    ]
    assert requests[0]["trace_id"] == "abcdef0123456789abcdef0123456789"
    assert all(datetime.fromisoformat(record["timestamp"]).tzinfo is not None for record in records)
    assert {record["levelname"] for record in records} == {"INFO"}


def _environment() -> dict[str, str]:
    return {**program_environment(), "PYTHONPATH": str(ROOT)}
