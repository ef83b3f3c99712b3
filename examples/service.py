"""FastAPI service in front of Amazon WorkSpaces, as in production: deadlines, health checks, graceful shutdown, traces.

    pip install 'wsclient[otel,testing]' fastapi
    python examples/service.py --emulator  # with a WorkSpaces service on this machine; no AWS account needed
    python examples/service.py             # with AWS: region and credentials as every AWS SDK finds them

http://127.0.0.1:8000/docs documents the API, whose response models are AWS's structures. It has no authentication: put
it behind a gateway that has.
"""

import argparse
import asyncio
import json
import logging
import math
import signal
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from datetime import UTC, datetime
from typing import Annotated, Literal

import uvicorn
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse
from opentelemetry import propagate, trace

import wsclient
from wsclient import errors, types
from wsclient.telemetry import OpenTelemetry
from wsclient.testing import Emulator

MakeClient = Callable[[OpenTelemetry, wsclient.Timeout], wsclient.WorkSpacesClient]
Tracers = trace.TracerProvider
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
    # Without it, callers assume that nothing was executed, and repeat the request.
    outcome = {"outcome": "unknown"} if error.is_ambiguous else {}
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


async def observe(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Log a request, and record it as a span that continues the caller's trace."""
    tracer: trace.Tracer = request.state.tracer
    parent = propagate.extract(request.headers)
    with tracer.start_as_current_span(request.method, parent, trace.SpanKind.SERVER) as span:
        response = await call_next(request)
        route = getattr(request.scope.get("route"), "path", "unknown")
        status = response.status_code
        facts = {"http.request.method": request.method, "http.route": route, "http.response.status_code": status}
        span.update_name(f"{request.method} {route}")
        span.set_attributes(facts)
        logger.info("%s %s: %d", request.method, route, status, extra=facts)
    return response


def get_client(request: Request) -> wsclient.WorkSpacesClient:
    """Return the client that the lifespan has created."""
    ws: wsclient.WorkSpacesClient = request.state.ws
    return ws


router = APIRouter()
WS = Annotated[wsclient.WorkSpacesClient, Depends(get_client)]


@router.get("/health")
async def liveness() -> dict[str, str]:
    """Liveness: the process runs. It does not call AWS: a restart does not help while AWS is away."""
    return {"status": "alive"}


@router.get("/health/ready")
async def readiness(request: Request, response: Response) -> dict[str, str]:
    """Readiness: whether requests should be sent here, and if not, why."""
    if not (reason := await request.state.readiness.reason()):
        return {"status": "ready"}
    response.status_code = 503
    return {"status": "not ready", "reason": reason}


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


def create_app(
    make_client: MakeClient, *, deadline: float = 10, readiness_period: float = 5, tracers: Tracers | None = None
) -> FastAPI:
    """Return the application; deadline is in seconds, for each call of AWS with its retries."""

    # uvicorn leaves the lifespan, which closes the client, after the last request.
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[dict[str, object]]:
        tracer = trace.get_tracer("desktops", tracer_provider=tracers)
        async with make_client(OpenTelemetry(tracer_provider=tracers), wsclient.Timeout(total=deadline)) as ws:
            yield {"ws": ws, "tracer": tracer, "readiness": Readiness(ws, readiness_period)}

    app = FastAPI(title="Desktops", lifespan=lifespan)
    app.include_router(router)
    app.middleware("http")(observe)
    app.exception_handler(errors.WsclientError)(error_response)
    return app


class JsonFormatter(logging.Formatter):
    """One line of JSON per record: timestamp, message, trace, and the fields of wsclient and of this program."""

    _COMMON = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {"timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")}
        line |= {"level": record.levelname, "logger": record.name, "message": record.getMessage()}
        if (span := trace.get_current_span().get_span_context()).is_valid:
            line["trace_id"] = f"{span.trace_id:032x}"
        line |= {name: value for name, value in vars(record).items() if name not in self._COMMON}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def main() -> None:
    """Serve until SIGTERM or SIGINT; then accept no connection, let requests in flight finish, and close the client."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--emulator", action="store_true", help="with a WorkSpaces service on this machine")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for number in (signal.SIGTERM, signal.SIGINT):  # uvicorn raises the signal again once it has stopped
        signal.signal(number, lambda _number, _frame: None)
    with Emulator() if options.emulator else nullcontext() as aws:
        if aws is not None:
            aws.add_workspaces(5, running_mode=types.RunningMode.AUTO_STOP)
        make = wsclient.WorkSpacesClient if aws is None else aws.client
        app = create_app(lambda telemetry, timeout: make(telemetry=telemetry, timeout=timeout))
        uvicorn.run(app, port=options.port, log_config=None, access_log=False, timeout_graceful_shutdown=20)


if __name__ == "__main__":
    main()
