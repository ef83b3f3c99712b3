"""The emulated services: one request in, one answer out, by the same steps for every operation.

Recognise the protocol, authenticate, read the request, hold it to the model's limits, run the operation, write the
result. At any step a ServiceError ends it and becomes the protocol's kind of error. Nothing here knows of sockets.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from email.utils import format_datetime
from typing import TYPE_CHECKING, cast

from wsclient._clock import new_id
from wsclient._errors import InternalFailure, ServiceError, ThrottlingException, UnknownOperationException
from wsclient._http import HttpResponse
from wsclient._shapes import plain
from wsclient.testing._call import Call
from wsclient.testing._calls import CallRecord
from wsclient.testing._faults import NO_STRIKE, Strike
from wsclient.testing._keys import ANONYMOUS
from wsclient.testing._operations import HANDLERS
from wsclient.testing._reading import read_request
from wsclient.testing._signature import authenticate, clock_of
from wsclient.testing._wire_cbor import CborWire
from wsclient.testing._wire_json import JsonWire
from wsclient.testing._wire_query import QueryWire

if TYPE_CHECKING:
    from wsclient._http import HttpRequest
    from wsclient.testing._signature import Authenticated
    from wsclient.testing._wire import Wire
    from wsclient.testing._world import World

logger = logging.getLogger("wsclient.testing")

_JSON = JsonWire()
_WIRES: tuple[Wire, ...] = (CborWire(), _JSON, QueryWire())
_INTERNAL = 500


@dataclass(slots=True)
class _Progress:
    """How far a request has come, for the log of calls."""

    operation: str
    caller: Authenticated | None = None
    error: str | None = None
    strike: Strike = NO_STRIKE


def answer(world: World, request: HttpRequest) -> HttpResponse:
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
        world.calls.append(_record(wire or _JSON, progress, request_id))
        date = format_datetime(clock_of(request, world.clock), usegmt=True)
    common = (("x-amzn-requestid", request_id), ("date", date))
    whole = HttpResponse(response.status, (*response.headers, *common), response.body)
    return progress.strike.delivered(whole, world.clock)


def _perform(
    world: World, wire: Wire | None, request: HttpRequest, progress: _Progress, request_id: str
) -> HttpResponse:
    if wire is None or request.method != "POST":
        raise UnknownOperationException("The request is of none of the protocols that are spoken here.")
    service, name = wire.service, progress.operation
    operation = service.operations.get(name)
    if operation is None or operation.is_signed:
        progress.caller = authenticate(
            request, service=service.signing_name, regions=world.regions, keys=world.keys, clock=world.clock
        )
        _throttle(world, wire, progress.caller)
    values = wire.read(request)
    if operation is None:
        raise UnknownOperationException(f"The service {service.service_id} has no such operation.")
    typed = read_request(operation, values)
    # Only here, so that a request which is refused anyway uses no fault up, and a fault never hides a bad signature.
    progress.strike = world.faults.strike(name, world.clock.monotonic())
    if (instead := progress.strike.instead()) is not None:
        return instead
    handler = HANDLERS[service.name][name]
    result = plain(handler(_call(world, progress.caller), typed))
    return wire.write(name, cast("dict[str, object]", result), request_id)


def _throttle(world: World, wire: Wire, caller: Authenticated) -> None:
    if wire.service.name == "workspaces" and not world.admits(caller.key.principal.account_id, caller.region):
        raise ThrottlingException("Rate exceeded", status=400)


def _call(world: World, caller: Authenticated | None) -> Call:
    principal = caller.key.principal if caller else ANONYMOUS
    return Call(
        caller=principal,
        caller_is_temporary=caller is not None and caller.key.credentials.session_token is not None,
        caller_has_mfa=caller is not None and caller.key.has_mfa,
        store=world.store(principal.account_id, caller.region if caller else min(world.regions)),
        now=world.clock.now(),
        keys=world.keys,
        identities=world.identities,
        durations=world.durations,
        quotas=world.quotas,
        regions=world.regions,
        store_at=world.store,
        stores_in=world.stores_in,
    )


def _record(wire: Wire, progress: _Progress, request_id: str) -> CallRecord:
    caller = progress.caller
    return CallRecord(
        service=wire.service.name,
        operation=progress.operation,
        account=caller.key.principal.account_id if caller else None,
        region=caller.region if caller else None,
        request_id=request_id,
        error=progress.error,
        fault=progress.strike.mark,
    )
