"""Request dispatcher of the emulated services: turns an HTTP request into a response, without sockets.

Each request runs the same steps: detect the protocol, authenticate the caller, apply the rate limit, parse the request
and validate it against the model, authorize it, apply injected faults, run the operation, serialize the result. A
ServiceError at any step ends the request and is serialized as an error of the protocol.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import TYPE_CHECKING, cast

from wsclient._core.clock import new_id
from wsclient._core.errors import ServiceError
from wsclient._core.http import HttpResponse
from wsclient._core.model.shapes import plain
from wsclient._core.service_errors import InternalFailure, ThrottlingException, UnknownOperationException
from wsclient._generated.ds.service import SERVICE as DS
from wsclient._generated.workspaces.service import SERVICE as WORKSPACES
from wsclient.endpoints._types import SERVICE_TITLES
from wsclient.testing._auth.authorization import check_access, policy_layers
from wsclient.testing._auth.condition_keys import condition_keys
from wsclient.testing._auth.permissions import required_permissions
from wsclient.testing._auth.signature import authenticate, service_time
from wsclient.testing._operations import HANDLERS
from wsclient.testing._operations.consistency import record_changes, with_lag
from wsclient.testing._operations.handler import Call
from wsclient.testing._protocols.base import header
from wsclient.testing._protocols.codecs import TEXT_CODECS, WORKSPACES_JSON
from wsclient.testing._protocols.request_reader import read_request
from wsclient.testing._protocols.rpc_v2_cbor import CborServerCodec
from wsclient.testing._server.host_names import find_host, signing_regions
from wsclient.testing._state.call_log import CallRecord, failed_items, redact_parameters
from wsclient.testing._state.faults import NO_FAULT, FaultPlan
from wsclient.testing._state.keyring import ANONYMOUS
from wsclient.testing._state.logs import logger

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wsclient._core.http import HttpRequest
    from wsclient.testing._auth.required import RequiredPermission
    from wsclient.testing._auth.signature import Authenticated
    from wsclient.testing._protocols.base import ServerCodec
    from wsclient.testing._server.host_names import ServedHost
    from wsclient.testing._state.emulator_state import EmulatorState


_JSON_CODEC = WORKSPACES_JSON
_CODECS: tuple[ServerCodec, ...] = (CborServerCodec(WORKSPACES), CborServerCodec(DS), *TEXT_CODECS)
_INTERNAL_SERVER_ERROR = 500


@dataclass(slots=True)
class _CallProgress:
    """Facts about a request collected while it is processed, for the call log."""

    operation: str
    served_host: ServedHost | None = None
    caller: Authenticated | None = None
    parameters: Mapping[str, object] = field(default_factory=dict[str, object])
    failures: Mapping[str, str] = field(default_factory=dict[str, str])
    error: str | None = None
    fault_plan: FaultPlan = NO_FAULT


def handle_request(world: EmulatorState, request: HttpRequest) -> HttpResponse:
    """Process one request and add it to the call log. An exception in the emulator becomes InternalFailure."""
    request_id = new_id()
    codec = next((codec for codec in _CODECS if codec.matches(request)), None)
    progress = _CallProgress(codec.operation_name(request) if codec else "")
    # One request at a time: server threads, in-process transports and the test itself share the state.
    with world.lock:
        try:
            response = _perform(world, codec, request, progress, request_id)
        except ServiceError as error:
            progress.error = error.code
            response = (codec or _JSON_CODEC).write_error(error, request_id)
        except Exception:  # noqa: BLE001 - logged, and the response of AWS for it
            logger.exception(
                "unexpected exception in the emulated operation %s, request id %s", progress.operation, request_id
            )
            failure = InternalFailure(
                "The emulator raised an unexpected exception. Set a level for the logger wsclient.testing to see it.",
                status=_INTERNAL_SERVER_ERROR,
            )
            progress.error = failure.code
            response = (codec or _JSON_CODEC).write_error(failure, request_id)
        world.calls.append(
            _new_call_record(world, request, codec or _JSON_CODEC, progress, request_id, response.status)
        )
        date = format_datetime(service_time(request, world.clock), usegmt=True)
    common = (("x-amzn-requestid", request_id), ("date", date))
    complete = HttpResponse(response.status, (*response.headers, *common), response.body)
    return progress.fault_plan.apply_to_response(complete, world.clock)


def _perform(
    world: EmulatorState, codec: ServerCodec | None, request: HttpRequest, progress: _CallProgress, request_id: str
) -> HttpResponse:
    world.endpoints.apply_due_changes(world.clock.now())
    served_host = progress.served_host = find_host(
        header(request, "host"), world.regions, world.endpoints, world.arrivals.find_vpc(request)
    )
    if codec is None or request.method not in codec.methods:
        raise UnknownOperationException(
            "The request uses no supported protocol: awsJson 1.1 or rpc-v2-cbor by POST, AWS Query by POST or GET."
        )
    service, name = codec.service, progress.operation
    if served_host.service not in (None, service.name):
        raise UnknownOperationException(
            f"{served_host.host} is an endpoint of another service, {SERVICE_TITLES[served_host.service]}."
        )
    operation = service.operations.get(name)
    if operation is None or operation.is_signed:
        regions = signing_regions(service.name, served_host, world.regions)
        progress.caller = authenticate(
            request, service=service.signing_name, regions=regions, keys=world.keys, clock=world.clock
        )
    _check_rate_limit(world, codec, progress)
    values = codec.read(request)
    progress.parameters = redact_parameters(operation, values)
    if operation is None:
        raise UnknownOperationException(f"Unknown operation {name!r:.120} of the service {service.service_id}.")
    typed_request = read_request(operation, values)
    call = _new_call(world, progress)
    _authorize(world, request, progress, call, required_permissions(call, service.name, operation, typed_request))
    # Faults apply last: a request that is rejected anyway does not use one up, and a fault never hides a bad signature.
    progress.fault_plan = world.faults.next_plan(name, world.clock.monotonic())
    if (replacement := progress.fault_plan.replacement_response()) is not None:
        return replacement
    with record_changes(call.store, call.now):
        # Only paginated listings are eventually consistent.
        handled = HANDLERS[service.name][name](with_lag(call) if operation.items else call, typed_request)
    result = cast("dict[str, object]", plain(handled))
    progress.failures = failed_items(result)
    return codec.write(name, result, request_id)


def _check_rate_limit(world: EmulatorState, codec: ServerCodec, progress: _CallProgress) -> None:
    account = progress.caller.key.principal.account_id if progress.caller else ANONYMOUS.account_id
    region = _call_region(world, progress)
    if not world.buckets.try_acquire(codec.service.name, progress.operation, account, region, world.clock.monotonic()):
        raise ThrottlingException("Rate exceeded")


def _call_region(world: EmulatorState, progress: _CallProgress) -> str:
    """Return the region of a call: the signing region, or for unsigned calls the region of the host."""
    if progress.caller is not None:
        return progress.caller.region
    return (progress.served_host.region if progress.served_host else None) or min(world.regions)


def _authorize(
    world: EmulatorState,
    request: HttpRequest,
    progress: _CallProgress,
    call: Call,
    required: Sequence[RequiredPermission],
) -> None:
    key = progress.caller.key if progress.caller else None
    endpoint = progress.served_host.endpoint if progress.served_host else None
    layers = policy_layers(key, call.identities, world.endpoints.policy(endpoint.id) if endpoint else None)
    if layers:
        check_access(call.caller, layers, required, condition_keys(request, key, call.store.region, call.now, endpoint))


def _new_call(world: EmulatorState, progress: _CallProgress) -> Call:
    caller = progress.caller
    principal = caller.key.principal if caller else ANONYMOUS
    return Call(
        caller=principal,
        caller_key=caller.key if caller else None,
        store=world.store(principal.account_id, _call_region(world, progress)),
        now=world.clock.now(),
        keys=world.keys,
        identities=world.identities,
        durations=world.durations,
        quotas=world.quotas,
        regions=world.regions,
        store_at=world.store,
        stores_in=world.stores_in,
        network=world.network,
        endpoints=world.endpoints,
        directory_services=world.directory_services,
    )


def _new_call_record(
    world: EmulatorState,
    request: HttpRequest,
    codec: ServerCodec,
    progress: _CallProgress,
    request_id: str,
    status: int,
) -> CallRecord:
    caller, served_host = progress.caller, progress.served_host
    return CallRecord(
        service=codec.service.name,
        operation=progress.operation,
        account=caller.key.principal.account_id if caller else None,
        region=caller.region if caller else None,
        request_id=request_id,
        error=progress.error,
        host=served_host.host if served_host else header(request, "host"),
        endpoint=served_host.kind if served_host else None,
        vpc_endpoint=served_host.endpoint.id if served_host and served_host.endpoint else None,
        caller=caller.key.principal.arn if caller else None,
        status=status,
        at=world.clock.now(),
        parameters=progress.parameters,
        failures=progress.failures,
        fault=progress.fault_plan.mark,
    )
