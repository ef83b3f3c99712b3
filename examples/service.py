"""FastAPI service in front of Amazon WorkSpaces, as in production: deadlines, health checks, graceful shutdown, traces.

    pip install 'wsclient[otel,testing]' fastapi opentelemetry-instrumentation-fastapi python-json-logger
    python examples/service.py --emulator  # with a WorkSpaces service on this machine; no AWS account needed
    python examples/service.py             # with AWS: region and credentials as every AWS SDK finds them

http://127.0.0.1:8000/docs documents the API, whose response models are AWS's structures. It has no authentication: put
it behind a gateway that has.
"""

import argparse
import asyncio
import logging
import math
import signal
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, nullcontext
from typing import Annotated, Literal, cast

import uvicorn
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse
from opentelemetry import trace
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from pythonjsonlogger.json import JsonFormatter

import wsclient
from wsclient import errors, types
from wsclient.telemetry import OpenTelemetry
from wsclient.testing import Emulator

MakeClient = Callable[[OpenTelemetry, wsclient.Timeout], wsclient.WorkSpacesClient]
Tracers = trace.TracerProvider | None
logger = logging.getLogger("desktops")

# HTTP status and code by AWS's code without its end (ResourceNotFoundException, ResourceNotFound.Workspace), or class.
CONFLICTS = ("Conflict", "InvalidResourceState", "OperationInProgress", "OperationNotSupported", "ResourceAssociated")
BY_CODE = {
    "AccessDenied": (403, "forbidden"),
    "ResourceNotFound": (404, "not_found"),
    "ServiceUnavailable": (503, "unavailable"),
    **dict.fromkeys((*CONFLICTS, "ResourceInUse", "ResourceUnavailable"), (409, "conflict")),
    **dict.fromkeys(("InvalidParameterCombination", "InvalidParameterValues", "Validation"), (400, "bad_value")),
    **dict.fromkeys(("ExpiredToken", "UnrecognizedClient"), (503, "no_credentials")),
}
BY_CLASS: tuple[tuple[type[errors.WsclientError], tuple[int, str]], ...] = (
    (errors.PartialFailureError, (409, "refused")),
    (errors.RequestTimeoutError, (504, "timeout")),
    (errors.TransportError, (502, "unreachable")),
    (errors.ResponseParseError, (502, "unreadable")),
    (errors.RequestValidationError, (400, "bad_value")),
    (errors.CredentialsError, (503, "no_credentials")),
)


def classify(error: errors.WsclientError) -> tuple[int, str]:
    """Return the HTTP status and code for an error: enough to act on, and nothing of AWS's message."""
    if error.is_throttling or isinstance(error, errors.PaceTimeoutError):
        return 429, "too_many_requests"
    code = error.code if isinstance(error, errors.ServiceError) else ""
    if isinstance(error, errors.PartialFailureError):  # AWS refuses items under HTTP 200
        item = error.failed_requests[0]  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        code = str(getattr(item, "error_code", ""))  # pyright: ignore[reportUnknownArgumentType]
    known = BY_CODE.get(code.partition(".")[0].removesuffix("Exception"))
    return known or next((answer for kind, answer in BY_CLASS if isinstance(error, kind)), (502, "upstream_failed"))


async def error_response(_: Request, error: errors.WsclientError) -> JSONResponse:
    """Respond with the code of an error, and write AWS's message to the log only."""
    status, code = classify(error)
    logger.warning("%s", error, extra={"operation": error.operation, "attempts": error.attempts, "code": code})
    outcome = {"outcome": "unknown"} if error.is_ambiguous else {}  # without it, callers would repeat the request
    headers = {"retry-after": str(math.ceil(error.retry_after or 1))} if status in (429, 503) else None
    return JSONResponse({"detail": {"code": code, **outcome}}, status, headers)


class Readiness:
    """Result of one cheap call, cached for a period; requests that arrive meanwhile wait for the same call."""

    def __init__(self, ws: wsclient.WorkSpacesClient, period: float) -> None:
        self._ws = ws.with_options(timeout=wsclient.Timeout(total=3), retry=wsclient.RetryPolicy(mode="off"))
        self._period, self._valid_until, self._reason, self._lock = period, -math.inf, "", asyncio.Lock()

    async def reason(self) -> str:
        """Return why the service is not ready, "" if it is."""
        async with self._lock:
            loop = asyncio.get_running_loop()
            if loop.time() < self._valid_until:
                return self._reason
            try:
                await self._ws.describe_workspaces(limit=1)
                self._reason = ""
            except errors.WsclientError as error:
                logger.warning("not ready: %s", error)
                self._reason = "" if error.is_throttling else classify(error)[1]  # throttled, so reachable
            self._valid_until = loop.time() + self._period
            return self._reason


def get_client(request: Request) -> wsclient.WorkSpacesClient:
    """Return the client that the lifespan has created."""
    return cast("wsclient.WorkSpacesClient", request.state.ws)


router = APIRouter()
WS = Annotated[wsclient.WorkSpacesClient, Depends(get_client)]


@router.get("/health")
async def liveness() -> dict[str, str]:
    """Liveness: the process runs. It does not call AWS: a restart does not help while AWS is away."""
    return {"status": "alive"}


@router.get("/health/ready")
async def readiness(request: Request, response: Response) -> dict[str, str]:
    """Readiness: whether requests should be sent here, and if not, why."""
    reason = await request.state.readiness.reason()
    response.status_code = 503 if reason else 200
    return {"status": "not ready", "reason": reason} if reason else {"status": "ready"}


@router.get("/workspaces")
async def list_workspaces(
    ws: WS, directory_id: str | None = None, limit: Annotated[int, Query(ge=1, le=25)] = 25, token: str | None = None
) -> types.DescribeWorkspacesResult:
    """List a page of WorkSpaces; its NextToken is the token of the next page."""
    return await ws.describe_workspaces(directory_id=directory_id, limit=limit, next_token=token)


@router.get("/workspaces/{workspace_id}")
async def get_workspace(ws: WS, workspace_id: str) -> types.Workspace:
    """Return one WorkSpace."""
    if page := await ws.describe_workspaces(workspace_ids=[workspace_id]).collect():
        return page[0]
    raise HTTPException(404, {"code": "not_found"})


@router.post("/workspaces/{workspace_id}/{action}", status_code=202)
async def change(ws: WS, workspace_id: str, action: Literal["start", "stop", "reboot"]) -> dict[str, str]:
    """Start, stop or reboot a WorkSpace; the response comes before the WorkSpace has changed."""
    result: types.StartWorkspacesResult | types.StopWorkspacesResult | types.RebootWorkspacesResult
    if action == "start":
        result = await ws.start_workspaces(start_workspace_requests=[types.StartRequest(workspace_id=workspace_id)])
    elif action == "stop":
        result = await ws.stop_workspaces(stop_workspace_requests=[types.StopRequest(workspace_id=workspace_id)])
    else:
        result = await ws.reboot_workspaces(reboot_workspace_requests=[types.RebootRequest(workspace_id=workspace_id)])
    result.raise_for_failures()
    return {"workspace_id": workspace_id, "action": action}


def create_app(make: MakeClient, *, deadline: float = 10, ready_for: float = 5, tracers: Tracers = None) -> FastAPI:
    """Return the application; deadline (of a call with its retries) and ready_for (a health check) are in seconds."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[dict[str, object]]:
        async with make(OpenTelemetry(tracer_provider=tracers), wsclient.Timeout(total=deadline)) as ws:
            yield {"ws": ws, "readiness": Readiness(ws, ready_for)}  # goes on, and closes ws, after the last request

    app = FastAPI(title="Desktops", lifespan=lifespan)
    app.include_router(router)
    app.exception_handler(errors.WsclientError)(error_response)
    # A span per request, which continues the caller's trace; none for the probes.
    FastAPIInstrumentor.instrument_app(
        app, tracer_provider=tracers, excluded_urls="/health", exclude_spans=["receive", "send"]
    )
    return app


def add_trace_id(record: logging.LogRecord) -> bool:
    """Give a record of the log the trace in which it was written."""
    if (span := trace.get_current_span().get_span_context()).is_valid:
        record.trace_id = trace.format_trace_id(span.trace_id)
    return True


def main() -> None:
    """Serve until SIGTERM or SIGINT; then accept no connection, let requests in flight finish, and close the client."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--emulator", action="store_true", help="with a WorkSpaces service on this machine")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter(["levelname", "name", "message"], timestamp=True))
    handler.addFilter(add_trace_id)
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for number in (signal.SIGTERM, signal.SIGINT):  # uvicorn raises the signal again once it has stopped
        signal.signal(number, lambda _number, _frame: None)
    with Emulator() if options.emulator else nullcontext() as aws:
        if aws is not None:
            aws.add_workspaces(5, running_mode=types.RunningMode.AUTO_STOP)
        make = wsclient.WorkSpacesClient if aws is None else aws.client
        app = create_app(lambda telemetry, timeout: make(telemetry=telemetry, timeout=timeout))
        uvicorn.run(app, port=options.port, log_config=None, timeout_graceful_shutdown=20)


if __name__ == "__main__":
    main()
