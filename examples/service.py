"""A service for desktops, as one would run it in production: FastAPI in front of Amazon WorkSpaces.

pip install 'wsclient[otel,testing]' fastapi
python examples/service.py --emulator  # with a WorkSpaces service on this machine; no AWS account needed
python examples/service.py             # with AWS: region and credentials as every AWS SDK finds them

One client for the service's life; typed errors become HTTP answers that tell nothing of the inside; every request has
a deadline; SIGTERM lets requests in flight finish and refuses new ones; logs are JSON; traces go on from the request's
traceparent into each call, as soon as an OpenTelemetry SDK is set up. It has no log-in: put it behind a gateway that
has one.
"""

import argparse
import asyncio
import json
import logging
import math
import signal
import socket
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Literal

import uvicorn
from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.responses import JSONResponse
from opentelemetry import propagate, trace
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import wsclient
from wsclient import errors, types
from wsclient.telemetry import OpenTelemetry
from wsclient.testing import Emulator

MakeClient = Callable[[OpenTelemetry, wsclient.Timeout], wsclient.WorkSpacesClient]

logger = logging.getLogger("desktops")
router = APIRouter()


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How the service runs; times are seconds.

    deadline is what a request may take at AWS, with all attempts and pauses; grace what requests in flight have to
    finish in once the service is told to stop; an answer about readiness is good for readiness_period. tracers is where
    spans go, the global provider unless said.
    """

    port: int = 0
    deadline: float = 10.0
    grace: float = 20.0
    readiness_period: float = 5.0
    tracers: trace.TracerProvider | None = None


class Refused(Exception):  # noqa: N818 - it is an answer
    """A request that is answered with an error of the service's own; code is for programs, message for people."""

    def __init__(self, status: int, code: str, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.retry_after = status, code, message, retry_after


NOT_FOUND = (404, "not_found", "There is no such WorkSpace.")
CONFLICT = (409, "conflict", "The WorkSpace is not in a state for this.")
BAD_VALUE = (400, "bad_value", "A value in the request is not one that Amazon WorkSpaces takes.")
UNAVAILABLE = 503
NO_CREDENTIALS = (503, "no_credentials", "The service has no valid credentials now.")
INTERNAL = (500, "internal", "The service failed.")
FORBIDDEN = (403, "forbidden", "This service may not do that.")
OF_CODES = {
    "AccessDenied": FORBIDDEN,
    "Conflict": CONFLICT,
    "InvalidParameterCombination": BAD_VALUE,
    "InvalidParameterValues": BAD_VALUE,
    "InvalidResourceState": CONFLICT,
    "OperationInProgress": CONFLICT,
    "OperationNotSupported": CONFLICT,
    "ResourceAssociated": CONFLICT,
    "ResourceInUse": CONFLICT,
    "ResourceNotFound": NOT_FOUND,
    "ResourceUnavailable": CONFLICT,
    "Validation": BAD_VALUE,
}
"""AWS's codes without their ends: ResourceNotFoundException of a call, ResourceNotFound.Workspace of a batch's item."""


OF_KINDS: Sequence[tuple[type[errors.WsclientError], tuple[int, str, str]]] = (
    (errors.ExpiredTokenException, NO_CREDENTIALS),
    (errors.UnrecognizedClientException, NO_CREDENTIALS),
    (errors.ServiceUnavailable, (503, "unavailable", "Amazon WorkSpaces is not available now.")),
    (errors.ServiceError, (502, "upstream_failed", "Amazon WorkSpaces failed.")),
    (errors.RequestTimeoutError, (504, "timeout", "Amazon WorkSpaces did not answer in time.")),
    (errors.TransportError, (502, "unreachable", "Amazon WorkSpaces could not be reached.")),
    (errors.ResponseParseError, (502, "unreadable", "Amazon WorkSpaces could not be understood.")),
    (errors.RequestValidationError, BAD_VALUE),
    (errors.CredentialsError, NO_CREDENTIALS),
)
"""Everything else, the first that fits."""


def refusal_of(error: errors.WsclientError) -> Refused:
    """Return what a caller is told of an error: enough to act on, and nothing of AWS's words or of the inside."""
    if error.is_throttling or isinstance(error, errors.PaceTimeoutError):
        return Refused(429, "too_many_requests", "Too many requests at once.", retry_after=error.retry_after or 1.0)
    if isinstance(error, errors.ServiceError) and (known := refusal_of_code(error.code)) is not None:
        return known
    told = next((told for kind, told in OF_KINDS if isinstance(error, kind)), INTERNAL)
    return Refused(*told, retry_after=5.0 if told[0] == UNAVAILABLE else None)


def refusal_of_code(code: str | None) -> Refused | None:
    """Return what a caller is told of one of AWS's codes, None for those that nobody expects."""
    known = OF_CODES.get((code or "").partition(".")[0].removesuffix("Exception"))
    return Refused(*known) if known else None


async def answer_error(_: Request, error: Exception) -> JSONResponse:
    """Answer with an error, and write what happened into the log: the only place that has AWS's words."""
    refused, told = error if isinstance(error, Refused) else Refused(*INTERNAL), {}
    if isinstance(error, errors.WsclientError):
        refused = refusal_of(error)
        # Whoever is not told so would take it for not done, and do it once more.
        told = {"outcome": "unknown"} if error.is_ambiguous else {}
        known = {"operation": error.operation, "attempts": error.attempts, "error": type(error).__name__}
        logger.warning("%s", error, extra=known)
    wait = {} if refused.retry_after is None else {"retry-after": str(math.ceil(refused.retry_after))}
    body = {"error": {"code": refused.code, "message": refused.message, **told}}
    return JSONResponse(body, refused.status, headers=wait)


@dataclass
class Gate:
    """Counts the requests that are inside; once closed, it lets no more in."""

    is_closed: bool = False
    inside: int = 0
    empty: asyncio.Event = field(default_factory=asyncio.Event)

    def close(self) -> None:
        """Let nobody in any more."""
        self.is_closed = True
        if not self.inside:
            self.empty.set()

    def leave(self) -> None:
        """Count one less."""
        self.inside -= 1
        if self.is_closed and not self.inside:
            self.empty.set()

    async def drained(self, grace: float) -> None:
        """Wait until nobody is inside, for that many seconds."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.empty.wait(), grace)
        if self.inside:
            logger.error("requests are still in flight and will be cut", extra={"inside": self.inside})


class Watched:
    """ASGI middleware: lets a request through the gate, under a span that goes on from its traceparent; logs it."""

    def __init__(self, app: ASGIApp, gate: Gate, tracer: trace.Tracer) -> None:
        self.app, self.gate, self.tracer = app, gate, tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or scope["path"].startswith("/health"):
            await self.app(scope, receive, send)
        elif self.gate.is_closed:
            headers = {"retry-after": "1", "connection": "close"}
            await JSONResponse({"error": {"code": "stopping"}}, UNAVAILABLE, headers=headers)(scope, receive, send)
        else:
            self.gate.inside += 1
            try:
                await self._observed(scope, receive, send)
            finally:
                self.gate.leave()

    async def _observed(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun, status = asyncio.get_running_loop().time(), 500
        carrier = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}

        async def noting(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        method = scope["method"]
        with self.tracer.start_as_current_span(method, propagate.extract(carrier), trace.SpanKind.SERVER) as span:
            try:
                await self.app(scope, receive, noting)
            finally:
                route = getattr(scope.get("route"), "path", "unknown")
                span.update_name(f"{method} {route}")
                facts = {"http.request.method": method, "http.route": route, "http.response.status_code": status}
                span.set_attributes(facts)
                seconds = asyncio.get_running_loop().time() - begun
                logger.info("%s %s: %d", method, route, status, extra={**facts, "seconds": round(seconds, 4)})


class Readiness:
    """Whether the service can do its work: asks AWS one cheap thing, and not again for a while."""

    def __init__(self, ws: wsclient.WorkSpacesClient, period: float) -> None:
        quick = wsclient.Timeout(connect=2, read=2, total=3)
        self._ws = ws.with_options(timeout=quick, retry=wsclient.RetryPolicy(mode="off"))
        self._period = period
        self._lock = asyncio.Lock()
        self._good_until = -math.inf
        self._reason: str | None = None

    async def reason(self) -> str | None:
        """Return why the service is not ready, None when it is; whoever asks meanwhile waits for the same answer."""
        async with self._lock:
            loop = asyncio.get_running_loop()
            if loop.time() >= self._good_until:
                self._reason = await self._asked()
                self._good_until = loop.time() + self._period
            return self._reason

    async def _asked(self) -> str | None:
        try:
            await self._ws.describe_workspaces(limit=1)
        except errors.WsclientError as error:
            refused = refusal_of(error)
            if refused.status == 429:  # noqa: PLR2004 - a service that is busy is no reason to be taken away
                return None
            logger.warning("not ready: %s", error, extra={"error": type(error).__name__})
            return refused.code
        return None


@dataclass(frozen=True)
class Desk:
    """What the endpoints work with."""

    ws: wsclient.WorkSpacesClient
    readiness: Readiness
    gate: Gate


def the_desk(request: Request) -> Desk:
    """Return what the service was started with."""
    desk: Desk = request.state.desk
    return desk


AtDesk = Annotated[Desk, Depends(the_desk)]
Page = Annotated[int, Query(ge=1, le=25)]
Action = Literal["start", "stop", "reboot"]


@router.get("/health")
async def alive() -> dict[str, str]:
    """Tell that the process runs: no reason to restart it while AWS is away."""
    return {"status": "alive"}


@router.get("/health/ready")
async def ready(desk: AtDesk) -> JSONResponse:
    """Tell whether requests should be sent here, and if not, why."""
    reason = "stopping" if desk.gate.is_closed else await desk.readiness.reason()
    if reason is None:
        return JSONResponse({"status": "ready"})
    return JSONResponse({"status": "not ready", "reason": reason}, UNAVAILABLE)


@router.get("/workspaces")
async def listed(
    desk: AtDesk, directory_id: str | None = None, limit: Page = 25, next_token: str | None = None
) -> dict[str, object]:
    """List a page of WorkSpaces, in AWS's shape."""
    page = await desk.ws.describe_workspaces(directory_id=directory_id, limit=limit, next_token=next_token)
    return {"workspaces": [workspace.to_dict() for workspace in page.workspaces], "next_token": page.next_token}


@router.get("/workspaces/{workspace_id}")
async def looked_at(desk: AtDesk, workspace_id: str) -> types.Workspace:
    """Show one WorkSpace."""
    page = await desk.ws.describe_workspaces(workspace_ids=[workspace_id])
    if not page.workspaces:
        raise Refused(*NOT_FOUND)
    return page.workspaces[0]


@router.post("/workspaces/{workspace_id}/{action}", status_code=202)
async def acted(desk: AtDesk, workspace_id: str, action: Action) -> dict[str, str]:
    """Start, stop or reboot a WorkSpace; AWS does it in its own time."""
    failed = await _do(desk.ws, action, workspace_id)
    for item in failed:
        logger.info("not done: %s", item.error_code, extra={"action": action})
        raise refusal_of_code(item.error_code) or Refused(409, "refused", "Amazon WorkSpaces refused it.")
    return {"workspace_id": workspace_id, "action": action}


async def _do(
    ws: wsclient.WorkSpacesClient, action: Action, workspace_id: str
) -> Sequence[types.FailedWorkspaceChangeRequest]:
    """Ask for a change, and return the items that AWS refuses under HTTP 200: there, too, a failure is a failure."""
    if action == "start":
        wanted = [types.StartRequest(workspace_id=workspace_id)]
        return (await ws.start_workspaces(start_workspace_requests=wanted)).failed_requests
    if action == "stop":
        unwanted = [types.StopRequest(workspace_id=workspace_id)]
        return (await ws.stop_workspaces(stop_workspace_requests=unwanted)).failed_requests
    again = [types.RebootRequest(workspace_id=workspace_id)]
    return (await ws.reboot_workspaces(reboot_workspace_requests=again)).failed_requests


def create_app(make_client: MakeClient, gate: Gate, settings: Settings) -> FastAPI:
    """Return the application; its client is made when it starts, and closed when it has stopped."""
    telemetry = OpenTelemetry(tracer_provider=settings.tracers)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[dict[str, Desk]]:
        async with make_client(telemetry, wsclient.Timeout(total=settings.deadline)) as ws:
            try:
                await ws.warm_up(2)
            except errors.WsclientError as error:  # readiness tells; AWS may come back
                logger.warning("not warmed up: %s", error)
            yield {"desk": Desk(ws, Readiness(ws, settings.readiness_period), gate)}

    app = FastAPI(title="Desktops", lifespan=lifespan)  # /docs has AWS's structures as response models
    app.include_router(router)
    app.add_exception_handler(errors.WsclientError, answer_error)
    app.add_exception_handler(Refused, answer_error)
    app.add_middleware(Watched, gate=gate, tracer=trace.get_tracer("desktops", tracer_provider=settings.tracers))
    return app


class Server(uvicorn.Server):
    """uvicorn, which first lets requests in flight finish: until then new ones are told to go elsewhere."""

    def __init__(self, make_client: MakeClient, settings: Settings) -> None:
        self.gate, self.grace, self.url = Gate(), settings.grace, ""
        app = create_app(make_client, self.gate, settings)
        super().__init__(
            uvicorn.Config(app, port=settings.port, log_config=None, access_log=False, timeout_graceful_shutdown=5)
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, and say where."""
        await super().startup(sockets)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            self.url = f"http://{host}:{port}"
            logger.info("listening", extra={"url": self.url})

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the gate, wait for who is inside, then stop listening and close the client."""
        self.gate.close()
        await self.gate.drained(self.grace)
        await super().shutdown(sockets)


class JsonFormatter(logging.Formatter):
    """One line of JSON a record: its message, and the fields that it was given, wsclient's too."""

    _COMMON = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        given = {name: value for name, value in vars(record).items() if name not in self._COMMON}
        span = trace.get_current_span().get_span_context()
        traced = {"trace_id": f"{span.trace_id:032x}"} if span.is_valid else {}
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        told = {
            "timestamp": at,
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **traced,
            **given,
        }
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told, default=str)


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description="A service for desktops, in front of Amazon WorkSpaces.")
    parser.add_argument("--emulator", action="store_true", help="with a WorkSpaces service on this machine")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    # uvicorn raises the signal that stopped it once more when it has stopped: by then all is done.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: None)
    settings = Settings(port=options.port)
    if not options.emulator:
        Server(lambda seen, time: wsclient.WorkSpacesClient(telemetry=seen, timeout=time), settings).run()
        return
    with Emulator() as aws:
        aws.add_workspaces(5, running_mode=types.RunningMode.AUTO_STOP)
        Server(lambda seen, time: aws.client(telemetry=seen, timeout=time), settings).run()


if __name__ == "__main__":
    main()
