"""Spans and metrics of calls, as OpenTelemetry's SDK receives them."""

from __future__ import annotations

import asyncio
import gc
import logging
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from msgspec.structs import replace
from opentelemetry import trace
from opentelemetry.trace import SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

import wsclient
from tests.support.driven_clients import InProcess, driven_client
from tests.support.in_process import NO_SETTINGS, client_of
from tests.support.telemetry import Recording, facts_of, id_of, parent_of
from tests.support.virtual_time import VirtualClock, WallClock, run_in_virtual_time
from wsclient import errors, types
from wsclient._core.clock import TimeSource
from wsclient._core.model.shapes import structure_members
from wsclient._generated.workspaces.operations import OPERATIONS
from wsclient.telemetry import OpenTelemetry
from wsclient.testing import Answer as Reply
from wsclient.testing import Drop, Emulator, FakeTransport

if TYPE_CHECKING:
    from collections.abc import Awaitable, Coroutine

    from wsclient.middleware import Answer, Attempt, Next

KEYS = wsclient.Credentials("AKIDEXAMPLE", "hunter2", "hunter3")
NO_TAGS: dict[str, object] = {"TagList": []}
SERVER = {"server.address": "workspaces.us-west-2.amazonaws.com", "server.port": 443}
OF_CALL = {
    "rpc.system": "aws-api",
    "rpc.service": "WorkSpaces",
    "rpc.method": "DescribeTags",
    "cloud.region": "us-west-2",
    **SERVER,
}


def _client(seen: Recording, replies: Any, **options: Any) -> wsclient.WorkSpacesClient:
    table: dict[str, Any] = {
        "credentials": KEYS,
        "config": wsclient.ClientConfig.load("workspaces", environ=NO_SETTINGS, region="us-west-2"),
        "transport": FakeTransport({"DescribeTags": replies}),
        "telemetry": seen.telemetry,
        **options,
    }
    ws = wsclient.WorkSpacesClient(**table)
    ws._pipeline = replace(ws._pipeline, time=TimeSource(random=lambda: 0.0))
    return ws


async def _described(ws: wsclient.WorkSpacesClient) -> types.DescribeTagsResult:
    return await ws.describe_tags(resource_id="ws-1")


def _failing(ws: Awaitable[object], kind: type[BaseException]) -> BaseException:
    """Await a call that fails, and return its error."""

    async def main() -> None:
        await ws

    with pytest.raises(kind) as caught:
        asyncio.run(main())
    return caught.value


def test_call_and_attempt_have_nested_spans() -> None:
    """Both spans have kind CLIENT, the names and attributes of the semantic conventions, and AWS's request id."""
    seen = Recording()
    result = asyncio.run(_described(_client(seen, NO_TAGS)))
    attempt, call = seen.spans
    assert (call.name, call.kind, call.status.status_code) == (
        "WorkSpaces.DescribeTags",
        SpanKind.CLIENT,
        StatusCode.UNSET,
    )
    assert facts_of(call) == {**OF_CALL, "aws.request_id": result.metadata.request_id, "wsclient.attempts": 1}
    assert (attempt.name, attempt.kind, parent_of(attempt)) == ("POST", SpanKind.CLIENT, id_of(call))
    assert facts_of(attempt) == {
        **SERVER,
        "http.request.method": "POST",
        "url.full": "https://workspaces.us-west-2.amazonaws.com",
        "http.response.status_code": 200,
        "aws.request_id": result.metadata.request_id,
    }
    assert call.instrumentation_scope is not None
    assert call.instrumentation_scope.name == "wsclient"


def test_each_attempt_has_a_span() -> None:
    """A failed attempt records its error and a retry its resend count; the successful call has no error status."""
    seen = Recording()
    failing = errors.InternalServerException("user jane", status=500)
    asyncio.run(_described(_client(seen, [failing, NO_TAGS])))
    first, second = seen.attempts()
    (call,) = seen.calls()
    assert facts_of(first)["error.type"] == first.status.description == "InternalServerException"
    assert (facts_of(first)["http.response.status_code"], first.status.status_code) == (500, StatusCode.ERROR)
    assert "http.request.resend_count" not in facts_of(first)
    assert facts_of(second)["http.request.resend_count"] == 1
    assert (facts_of(call)["wsclient.attempts"], call.status.status_code) == (2, StatusCode.UNSET)
    assert facts_of(first)["aws.request_id"] != facts_of(call)["aws.request_id"] == facts_of(second)["aws.request_id"]
    assert "jane" not in seen.everything()


def test_failed_call_records_the_error_code() -> None:
    """A failed call records AWS's error code and request id, but no message, which may repeat request values."""
    seen = Recording()
    ws = _client(seen, errors.ResourceNotFoundException("ws-1 of jane is not there", status=400))
    error = _failing(_described(ws), errors.ResourceNotFoundException)
    (call,) = seen.calls()
    assert isinstance(error, errors.ServiceError)
    assert (call.status.status_code, call.status.description) == (StatusCode.ERROR, "ResourceNotFoundException")
    assert facts_of(call)["error.type"] == "ResourceNotFoundException"
    assert facts_of(call)["aws.request_id"] == error.request_id
    assert not call.events
    assert "jane" not in seen.everything()
    assert "ws-1" not in seen.everything()


def test_unusual_error_code_is_replaced_by_the_class_name() -> None:
    """An error code with unexpected characters is replaced by the class name of the error."""
    seen = Recording()
    ws = _client(seen, errors.ServiceError("m", code="jane's <secret>", status=400))
    _failing(_described(ws), errors.ServiceError)
    assert {facts_of(span)["error.type"] for span in seen.spans} == {"ServiceError"}


def test_unreadable_response_sets_the_error_of_the_call_span() -> None:
    """An unparsable response body sets error.type on the call's span; the attempt's span has only its status."""
    seen = Recording()
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=b"<html>"))
    ws = _client(seen, NO_TAGS, transport=transport, retry=wsclient.RetryPolicy(mode="off"))
    _failing(_described(ws), errors.ResponseParseError)
    assert [facts_of(span).get("error.type") for span in seen.spans] == [None, "ResponseParseError"]


def test_failures_before_sending_have_no_attempt_span() -> None:
    """A validation error creates no span; a credentials error creates a call span with zero attempts."""
    seen = Recording()

    class _Without:
        async def get_credentials(self) -> wsclient.Credentials:
            raise errors.NoCredentialsError([])

    _failing(_client(seen, NO_TAGS).describe_tags(resource_id=""), errors.RequestValidationError)
    assert not seen.calls()
    _failing(_described(_client(seen, NO_TAGS, credentials=_Without())), errors.NoCredentialsError)
    (call,) = seen.spans
    assert facts_of(call) == {**OF_CALL, "error.type": "NoCredentialsError", "wsclient.attempts": 0}


def _stuck(inside: asyncio.Event) -> Any:
    async def handler(_: httpx.Request) -> httpx.Response:
        inside.set()
        await asyncio.Event().wait()
        raise AssertionError

    return httpx.MockTransport(handler)


def test_a_cancelled_call_ends_its_spans() -> None:
    """Cancellation ends both spans with status "cancelled", and the caller's span is current again."""
    seen = Recording()

    async def main() -> None:
        inside = asyncio.Event()
        call = asyncio.ensure_future(_described(_client(seen, NO_TAGS, transport=_stuck(inside))))
        await inside.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert not trace.get_current_span().get_span_context().is_valid

    asyncio.run(main())
    assert [facts_of(span)["error.type"] for span in seen.spans] == ["CancelledError", "CancelledError"]
    assert {span.status.description for span in seen.spans} == {"cancelled"}


def test_timed_out_call_span_has_the_timeout_error() -> None:
    """Its attempt was cancelled, the call itself has timed out."""
    seen = Recording()

    async def main() -> None:
        ws = _client(seen, NO_TAGS, transport=_stuck(asyncio.Event()), timeout=wsclient.Timeout(total=5))
        with pytest.raises(errors.RequestTimeoutError):
            await _described(ws)

    run_in_virtual_time(main())
    assert [facts_of(span)["error.type"] for span in seen.spans] == ["CancelledError", "RequestTimeoutError"]


def test_call_ended_by_closing_records_its_error() -> None:
    """Closing a client under a call fails the call's span with the error that its caller gets."""
    seen = Recording()

    async def main() -> None:
        inside = asyncio.Event()
        ws = _client(seen, NO_TAGS, transport=_stuck(inside))
        call = asyncio.ensure_future(_described(ws))
        await inside.wait()
        await ws.aclose()
        with pytest.raises(errors.ConnectionLostError):
            await call
        with pytest.raises(errors.ConfigurationError):
            await _described(ws)

    asyncio.run(main())
    assert [facts_of(span)["error.type"] for span in seen.calls()] == ["ConnectionLostError", "ConfigurationError"]


def test_garbage_collected_call_ends_its_spans(caplog: pytest.LogCaptureFixture) -> None:
    """A coroutine that is never finished ends its spans when it is garbage-collected, and no error is logged."""
    seen = Recording()

    async def main() -> None:
        call: Coroutine[Any, Any, object] = _described(_client(seen, NO_TAGS, transport=_stuck(asyncio.Event())))
        task = asyncio.ensure_future(_driven_once(call))
        await task
        call.close()

    asyncio.run(main())
    gc.collect()
    assert {facts_of(span)["error.type"] for span in seen.spans} <= {"GeneratorExit"}
    assert len(seen.calls()) == 1
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def _driven_once(call: Coroutine[Any, Any, object]) -> None:
    """Run a coroutine up to where it first waits."""
    call.send(None)


def test_call_spans_are_children_of_the_callers_span() -> None:
    """Calls at the same time, each in a task of its own, have their attempts, and their caller, to themselves."""
    seen = Recording()
    tracer = seen.tracers.get_tracer("test")

    async def one(ws: wsclient.WorkSpacesClient, name: str) -> None:
        with tracer.start_as_current_span(name):
            await _described(ws)

    async def main() -> None:
        ws = _client(seen, NO_TAGS)
        await asyncio.gather(*(one(ws, f"request {number}") for number in range(20)))

    asyncio.run(main())
    outer = {id_of(span): span for span in seen.spans if span.name.startswith("request")}
    calls = {id_of(span): span for span in seen.calls()}
    assert {parent_of(span) for span in calls.values()} == set(outer)
    assert sorted(parent_of(span) or 0 for span in seen.attempts()) == sorted(calls)


def test_middleware_span_is_the_parent_of_the_attempt() -> None:
    """Middleware wraps the attempt's span, so a span that middleware starts is the parent of the attempt's span."""
    seen = Recording()

    async def traced(attempt: Attempt, proceed: Next) -> Answer:
        with seen.tracers.get_tracer("test").start_as_current_span("mine"):
            return await proceed(attempt)

    asyncio.run(_described(_client(seen, NO_TAGS, middleware=(traced,))))
    attempt, mine, call = seen.spans
    assert (parent_of(attempt), parent_of(mine)) == (id_of(mine), id_of(call))


def test_attempt_rejected_by_middleware_has_no_span() -> None:
    """A rejected attempt has no span, and the call's span has the error that middleware raised."""
    seen = Recording()

    async def refusing(attempt: Attempt, proceed: Next) -> Answer:
        raise KeyError

    _failing(_described(_client(seen, NO_TAGS, middleware=(refusing,))), errors.MiddlewareError)
    (call,) = seen.spans
    assert (facts_of(call)["error.type"], facts_of(call)["wsclient.attempts"]) == ("MiddlewareError", 0)


def test_pages_and_raw_calls_have_call_spans() -> None:
    """Each page of a listing has a call span below the span that iterates it, and raw calls have call spans."""
    seen = Recording()
    aws = Emulator()
    aws.add_workspaces(5)

    async def main() -> None:
        ws = client_of(aws, telemetry=seen.telemetry)
        with seen.tracers.get_tracer("test").start_as_current_span("listing"):
            assert len(await ws.describe_workspaces(limit=2).collect()) == 5
        await ws.raw("DescribeWorkspaces", {"Limit": 1})

    asyncio.run(main())
    (listing,) = [span for span in seen.spans if span.name == "listing"]
    *pages, raw = seen.calls()
    assert [parent_of(page) for page in pages] == [id_of(listing)] * 3
    assert (raw.name, parent_of(raw)) == ("WorkSpaces.DescribeWorkspaces", None)
    assert facts_of(raw)["aws.request_id"]


def test_reconciliation_reads_are_child_spans() -> None:
    """The reads of a reconciliation are child calls of the creation's span, which records that it was reconciled."""
    seen = Recording()
    aws = Emulator()
    aws.fail("CreateWorkspaces", with_=Drop.AFTER)

    async def sleep(seconds: float) -> None:
        aws.advance(seconds=seconds)

    async def main() -> None:
        ws = client_of(aws, telemetry=seen.telemetry, retry=wsclient.RetryPolicy())
        ws._pipeline = replace(ws._pipeline, time=TimeSource(sleep=sleep, random=ws._pipeline.time.random))
        wanted = types.WorkspaceRequest(directory_id=aws.directory_id, user_name="jane", bundle_id=aws.bundle_id)
        assert (await ws.create_workspaces(workspaces=[wanted])).metadata.was_reconciled

    asyncio.run(main())
    *observations, creation = seen.calls()
    assert (creation.name, facts_of(creation)["wsclient.reconciled"]) == ("WorkSpaces.CreateWorkspaces", True)
    assert {parent_of(observation) for observation in observations} == {id_of(creation)}
    assert {observation.name for observation in observations} == {"WorkSpaces.DescribeWorkspaces"}
    assert creation.status.status_code is StatusCode.UNSET
    (lost,) = [span for span in seen.attempts() if parent_of(span) == id_of(creation)]
    assert facts_of(lost)["error.type"] == "ConnectionLostError"
    assert not any(secret in seen.everything() for secret in ("jane", aws.directory_id, aws.bundle_id))


def test_telemetry_of_sts_calls_and_client_copies() -> None:
    """STS calls use the service name STS, and with_options sets or removes telemetry on a copy."""
    seen = Recording()

    async def main() -> None:
        sts = wsclient.StsClient(
            region="us-west-2", credentials=KEYS, transport=FakeTransport({"GetCallerIdentity": {}})
        )
        await sts.get_caller_identity()
        await sts.with_options(telemetry=seen.telemetry).get_caller_identity()
        await sts.with_options(telemetry=seen.telemetry).with_options(telemetry=None).get_caller_identity()

    asyncio.run(main())
    assert [span.name for span in seen.calls()] == ["STS.GetCallerIdentity"]


def test_trace_context_is_sent_only_with_a_propagator() -> None:
    """Without a propagator no trace header is sent; with one, traceparent names the attempt's span."""
    for propagator in (None, TraceContextTextMapPropagator()):
        seen = Recording(options={"propagator": propagator})
        ws = _client(seen, NO_TAGS)
        asyncio.run(_described(ws))
        transport = ws._options.get("transport")
        assert isinstance(transport, FakeTransport)
        sent = dict(transport.requests[0].headers).get("traceparent", "")
        span = seen.attempts()[0].context
        assert span is not None
        assert sent.rpartition("-")[0] == (f"00-{span.trace_id:032x}-{span.span_id:016x}" if propagator else "")


def test_metrics_record_durations_attempts_and_throttling() -> None:
    """Calls and attempts have histograms in seconds with the advised buckets; a throttling answer is counted."""
    seen = Recording()
    throttled = errors.ThrottlingException("m", status=400)

    async def main() -> None:
        ws = _client(seen, [throttled, NO_TAGS, errors.ResourceNotFoundException("m", status=400)], pace=None)
        await _described(ws)
        with pytest.raises(errors.ResourceNotFoundException):
            await _described(ws)

    asyncio.run(main())
    metrics = seen.metrics()
    calls = {point.attributes.get("error.type"): point for point in metrics["rpc.client.call.duration"]}
    assert {name: point.count for name, point in calls.items()} == {None: 1, "ResourceNotFoundException": 1}
    assert dict(calls[None].attributes) == OF_CALL
    assert calls[None].explicit_bounds[0] == 0.005
    requests = metrics["http.client.request.duration"]
    assert sum(point.count for point in requests) == 3
    assert {point.attributes.get("http.response.status_code") for point in requests} == {200, 400}
    assert sum(point.sum for point in metrics["wsclient.call.attempts"]) == 3
    (throttles,) = metrics["wsclient.throttles"]
    assert (throttles.value, dict(throttles.attributes)) == (1, OF_CALL)


def test_retry_quota_metric_is_the_minimum_of_clients() -> None:
    """Clients of one endpoint report their lowest remaining retry quota; collected clients do not count."""
    seen = Recording()
    first, second = _client(seen, NO_TAGS), _client(seen, NO_TAGS)
    first._shared.quota.take(100)
    second._shared.quota.take(30)
    (point,) = seen.metrics()["wsclient.retry.quota"]
    assert point.value == 400
    assert dict(point.attributes) == {key: value for key, value in OF_CALL.items() if key != "rpc.method"}
    del first
    gc.collect()
    (point,) = seen.metrics()["wsclient.retry.quota"]
    assert point.value == 470
    assert "http.client.open_connections" not in seen.metrics()


def test_pacing_delay_is_recorded() -> None:
    """A call delayed by the rate limit records the delay; a call that times out meanwhile records no attempt."""
    seen = Recording()

    async def main() -> None:
        aws = Emulator(clock=WallClock())
        transport = InProcess(aws)
        clock = VirtualClock()
        ws = driven_client(aws, transport, clock, pace=wsclient.Pace(1, 1), telemetry=seen.telemetry)
        await ws.describe_workspaces()
        await ws.describe_workspaces()
        hurried = ws.with_options(timeout=wsclient.Timeout(total=0.1))
        with pytest.raises(errors.PaceTimeoutError):
            await hurried.describe_workspaces()

    run_in_virtual_time(main())
    free, held, delayed = seen.calls()
    assert "wsclient.pace.wait" not in facts_of(free)
    assert facts_of(held)["wsclient.pace.wait"] == pytest.approx(1.0, abs=0.01)
    assert (facts_of(delayed)["error.type"], facts_of(delayed)["wsclient.attempts"]) == ("PaceTimeoutError", 0)
    assert sum(point.count for point in seen.metrics()["wsclient.call.pace.wait"]) >= 1


def _request(name: str, canary: str) -> dict[str, object]:
    """Return a request of an operation, each text of it a canary, in AWS's names."""
    return {member.name: canary for member in structure_members(OPERATIONS[name].input)}


def test_request_and_response_values_are_not_recorded() -> None:
    """For every operation, neither request values nor error messages appear in spans and metrics."""
    seen = Recording()
    canary = "canary-0815"
    replies: dict[str, Reply] = {
        name: errors.InvalidParameterValuesException(f"the value {canary} is wrong", status=400) for name in OPERATIONS
    }

    async def main() -> None:
        ws = _client(seen, NO_TAGS, transport=FakeTransport(replies))
        for name in OPERATIONS:
            with pytest.raises(errors.ServiceError):
                await ws.raw(name, _request(name, canary))

    asyncio.run(main())
    assert len(seen.calls()) == len(OPERATIONS) > 90
    recorded = seen.everything()
    assert not any(secret in recorded for secret in (canary, "hunter", "AKIDEXAMPLE", "AWS4-HMAC"))


WITHOUT = """
import sys
sys.modules["opentelemetry"] = None
import wsclient
from wsclient.telemetry import OpenTelemetry
try:
    OpenTelemetry()
except wsclient.errors.ConfigurationError as error:
    print(error)
"""


def test_missing_opentelemetry_names_its_extra() -> None:
    """Without opentelemetry-api, the module can be imported, and OpenTelemetry() names the extra to install."""
    run = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=True)
    assert "pip install 'wsclient[otel]'" in run.stdout


def test_calls_work_without_a_telemetry_provider() -> None:
    """With the OpenTelemetry API alone, and no SDK or provider, calls work and nothing is recorded."""
    ws = _client(Recording(), NO_TAGS, telemetry=OpenTelemetry())
    assert asyncio.run(_described(ws)).tag_list == []


def test_invalid_telemetry_option_is_rejected() -> None:
    """telemetry= accepts an OpenTelemetry or None; other values raise ConfigurationError before any call."""
    nothing: Any = "otel"
    with pytest.raises(errors.ConfigurationError, match=r"wsclient\.telemetry\.OpenTelemetry\(\) or None, not "):
        wsclient.WorkSpacesClient(region="us-west-2", telemetry=nothing)
