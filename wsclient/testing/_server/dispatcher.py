"""The emulated services: one request in, one answer out, by the same steps for every operation.

Recognise the protocol, authenticate, read the request, hold it to the model's limits, run the operation, write the
result. At any step a ServiceError ends it and becomes the protocol's kind of error. Nothing here knows of sockets.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from email.utils import format_datetime
from functools import partial
from typing import TYPE_CHECKING, cast

from wsclient._core.clock import new_id
from wsclient._core.errors import ServiceError
from wsclient._core.http import HttpResponse
from wsclient._core.model.operations import Effect
from wsclient._core.model.shapes import plain
from wsclient._core.service_errors import InternalFailure, ThrottlingException, UnknownOperationException
from wsclient.endpoints._types import SERVICE_TITLES
from wsclient.testing._auth.authorization import check_access, policy_layers
from wsclient.testing._auth.condition_keys import condition_keys
from wsclient.testing._auth.permissions import required_permissions
from wsclient.testing._auth.signature import authenticate, service_time
from wsclient.testing._operations import HANDLERS
from wsclient.testing._operations.consistency import record_changes, with_lag
from wsclient.testing._operations.handler import Call
from wsclient.testing._protocols.aws_json import JsonWire
from wsclient.testing._protocols.aws_query import QueryWire
from wsclient.testing._protocols.base import header
from wsclient.testing._protocols.request_reader import read_request
from wsclient.testing._protocols.rpc_v2_cbor import CborWire
from wsclient.testing._server.host_names import find_host
from wsclient.testing._state.call_log import CallRecord, failed_items, redact_parameters
from wsclient.testing._state.faults import NO_FAULT, FaultPlan
from wsclient.testing._state.keyring import ANONYMOUS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wsclient._core.http import HttpRequest
    from wsclient.testing._auth.permissions import RequiredPermission
    from wsclient.testing._auth.signature import Authenticated
    from wsclient.testing._protocols.base import Wire
    from wsclient.testing._server.host_names import ServedHost
    from wsclient.testing._state.world import EmulatorState

logger = logging.getLogger("wsclient.testing")

_JSON = JsonWire()
_WIRES: tuple[Wire, ...] = (CborWire(), _JSON, QueryWire())
_INTERNAL = 500


@dataclass(slots=True)
class _Progress:
    """How far a request has come, for the log of calls."""

    operation: str
    called: ServedHost | None = None
    caller: Authenticated | None = None
    parameters: Mapping[str, object] = field(default_factory=dict[str, object])
    failures: Mapping[str, str] = field(default_factory=dict[str, str])
    error: str | None = None
    strike: FaultPlan = NO_FAULT


def answer(world: EmulatorState, request: HttpRequest) -> HttpResponse:
    """Answer one request; whatever it holds, this returns an answer."""
    request_id = new_id()
    wire = next((wire for wire in _WIRES if wire.claims(request)), None)
    progress = _Progress(wire.operation_name(request) if wire else "")
    with world.lock:
        try:
            response = _perform(world, wire, request, progress, request_id)
        except ServiceError as error:
            progress.error = error.code
            response = (wire or _JSON).write_error(error, request_id)
        except Exception:
            logger.exception("the emulator failed in %s, request id %s", progress.operation, request_id)
            fault = InternalFailure("The emulator has a fault; its log tells more.", status=_INTERNAL)
            progress.error = fault.code
            response = (wire or _JSON).write_error(fault, request_id)
        world.calls.append(_record(world, request, wire or _JSON, progress, request_id, response.status))
        date = format_datetime(service_time(request, world.clock), usegmt=True)
    common = (("x-amzn-requestid", request_id), ("date", date))
    whole = HttpResponse(response.status, (*response.headers, *common), response.body)
    return progress.strike.apply_to_response(whole, world.clock)


def _perform(
    world: EmulatorState, wire: Wire | None, request: HttpRequest, progress: _Progress, request_id: str
) -> HttpResponse:
    place = progress.called = find_host(
        header(request, "host"), world.regions, world.endpoints, world.arrivals.find_vpc(request)
    )
    if wire is None or request.method != "POST":
        raise UnknownOperationException("The request is of none of the protocols that are spoken here.")
    service, name = wire.service, progress.operation
    if place.service not in (None, service.name):
        raise UnknownOperationException(f"{place.host} is an endpoint of {SERVICE_TITLES[place.service]}.")
    operation = service.operations.get(name)
    if operation is None or operation.is_signed:
        regions = frozenset({place.region}) if place.region else world.regions
        progress.caller = authenticate(
            request, service=service.signing_name, regions=regions, keys=world.keys, clock=world.clock
        )
    _throttle(world, wire, progress)
    values = wire.read(request)
    progress.parameters = redact_parameters(operation, values)
    if operation is None:
        raise UnknownOperationException(f"The service {service.service_id} has no such operation.")
    typed = read_request(operation, values)
    call = _call(world, progress, to_read=operation.effect is Effect.READ)
    _authorize(world, request, progress, call, required_permissions(call, service.name, operation, typed))
    # Only here, so that a request which is refused anyway uses no fault up, and a fault never hides a bad signature.
    progress.strike = world.faults.next_plan(name, world.clock.monotonic())
    if (instead := progress.strike.replacement_response()) is not None:
        return instead
    with record_changes(call.store, call.now):
        # What has pages is what lags.
        handled = HANDLERS[service.name][name](with_lag(call) if operation.items else call, typed)
    result = cast("dict[str, object]", plain(handled))
    progress.failures = failed_items(result)
    return wire.write(name, result, request_id)


def _throttle(world: EmulatorState, wire: Wire, progress: _Progress) -> None:
    account = progress.caller.key.principal.account_id if progress.caller else ANONYMOUS.account_id
    region = _region_of(world, progress)
    if not world.buckets.try_acquire(wire.service.name, progress.operation, account, region, world.clock.monotonic()):
        raise ThrottlingException("Rate exceeded")


def _region_of(world: EmulatorState, progress: _Progress) -> str:
    """Return the region that a call is in: the one it was signed for, or that of the name it was sent to."""
    if progress.caller is not None:
        return progress.caller.region
    return (progress.called.region if progress.called else None) or min(world.regions)


def _authorize(
    world: EmulatorState, request: HttpRequest, progress: _Progress, call: Call, asked: Sequence[RequiredPermission]
) -> None:
    key = progress.caller.key if progress.caller else None
    endpoint = progress.called.endpoint if progress.called else None
    layers = policy_layers(key, call.identities, world.endpoints.policy(endpoint.id) if endpoint else None)
    if layers:
        check_access(call.caller, layers, asked, condition_keys(request, key, call.store.region, call.now, endpoint))


def _call(world: EmulatorState, progress: _Progress, *, to_read: bool) -> Call:
    caller = progress.caller
    principal = caller.key.principal if caller else ANONYMOUS
    return Call(
        caller=principal,
        caller_is_temporary=caller is not None and caller.key.credentials.session_token is not None,
        caller_has_mfa=caller is not None and caller.key.has_mfa,
        store=world.store(principal.account_id, _region_of(world, progress), to_read=to_read),
        now=world.clock.now(),
        keys=world.keys,
        identities=world.identities,
        durations=world.durations,
        quotas=world.quotas,
        regions=world.regions,
        store_at=partial(world.store, to_read=to_read),
        stores_in=partial(world.stores_in, to_read=to_read),
    )


def _record(
    world: EmulatorState, request: HttpRequest, wire: Wire, progress: _Progress, request_id: str, status: int
) -> CallRecord:
    caller, place = progress.caller, progress.called
    return CallRecord(
        service=wire.service.name,
        operation=progress.operation,
        account=caller.key.principal.account_id if caller else None,
        region=caller.region if caller else None,
        request_id=request_id,
        error=progress.error,
        host=place.host if place else header(request, "host"),
        endpoint=place.kind if place else None,
        vpc_endpoint=place.endpoint.id if place and place.endpoint else None,
        caller=caller.key.principal.arn if caller else None,
        status=status,
        at=world.clock.now(),
        parameters=progress.parameters,
        failures=progress.failures,
        fault=progress.strike.mark,
    )
