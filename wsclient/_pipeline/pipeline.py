"""Call pipeline: serialize once, then attempts of rate limit, credentials, signature, send and parse.

The client validates a request before it gets here. Each attempt gets current credentials, waits for a permit of the
rate limit and for a connection, signs, sends and parses the response; wsclient/retries/_strategy.py decides from the
error whether another attempt follows.
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import msgspec

from wsclient._core.clock import SYSTEM_TIME, TimeSource
from wsclient._core.errors import WsclientError
from wsclient._core.features import NO_FEATURES, credential_features, features_in_use
from wsclient._core.http import FIRST_ERROR_STATUS, HttpRequest, HttpResponse, ServiceRequest, Timeout
from wsclient._core.logging import error_name, log_fields
from wsclient._core.model.operations import Effect
from wsclient._core.model.structures import NO_METADATA, ResponseMetadata, attach_metadata
from wsclient._core.protocols.codec import service_error
from wsclient._core.tracebacks import without_locals
from wsclient._pipeline.call import Call
from wsclient._pipeline.caller_errors import get_credentials, guarded_on_retry
from wsclient._pipeline.clock_skew import NO_SKEW, ClockSkew
from wsclient._pipeline.lambda_trace import with_trace_id
from wsclient.pacing._pacer import NO_PERMIT, OutdatedPermitError
from wsclient.retries._retrying import retry_call

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime

    from wsclient._core.credentials import Credentials, CredentialsProvider
    from wsclient._core.errors import ServiceError
    from wsclient._core.model.operations import Operation, Service
    from wsclient._core.model.structures import Output, Structure
    from wsclient._core.protocols.codec import Codec, Payload
    from wsclient._pipeline.instrumentation import Instrumentation
    from wsclient._pipeline.reconciliation import Reconciler, Reconciliation
    from wsclient._pipeline.transport.http_transport import HttpTransport
    from wsclient._pipeline.user_agent import UserAgent
    from wsclient.endpoints._types import Endpoint
    from wsclient.middleware import Answer, Attempt, Middleware
    from wsclient.pacing._pacer import Pacer, Permit
    from wsclient.retries._policy import RetryEvent, RetryPolicy, RetryQuota
    from wsclient.signing._signer import SigV4Signer

    Headers = tuple[tuple[str, str], ...]

OutputT = TypeVar("OutputT", bound="Output")
T = TypeVar("T")

# wsclient does not decompress; reject_content_encoding() rejects responses with any other encoding.
_IDENTITY_ENCODING = ("accept-encoding", "identity")
logger = logging.getLogger("wsclient")


class Pipeline(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the calls of a client share, and the steps of one call."""

    service: Service
    codec: Codec
    endpoint: Endpoint
    signer: SigV4Signer
    transport: HttpTransport
    credentials: CredentialsProvider
    user_agent: UserAgent
    retry: RetryPolicy
    quota: RetryQuota
    timeout: Timeout
    pacer: Pacer | None = None
    skew: ClockSkew = msgspec.field(default_factory=ClockSkew)
    middleware: tuple[Middleware, ...] = ()
    telemetry: Instrumentation | None = None
    on_retry: Callable[[RetryEvent], None] | None = None
    time: TimeSource = SYSTEM_TIME
    trace_id: Callable[[], str | None] | None = None

    def call(
        self,
        operation: Operation[Structure, OutputT],
        request: Structure,
        extra: Mapping[str, object] | None = None,
        reconciler: Reconciler[OutputT] | None = None,
    ) -> Awaitable[OutputT]:
        """Serialize a request, attempt it, and return its typed response with metadata.

        With a reconciler, lookups reconcile an ambiguous outcome before anything is sent again.
        """
        call = Call(operation.name, operation.effect, operation, request=request, extra=extra)

        def parse(response: HttpResponse) -> OutputT:
            return attach_metadata(self.codec.parse(operation, response), self._metadata(call, response))

        if reconciler is None:
            payload = self.codec.serialize(operation.name, request, extra)
            return self._run(call, partial(self._attempt, call, payload, parse))

        def send_missing(left: Structure, number: int) -> Awaitable[OutputT]:
            return self._attempt(call, self.codec.serialize(operation.name, left, extra), parse, number)

        from wsclient._pipeline.reconciliation import Reconciliation  # noqa: PLC0415 - few calls can be reconciled

        # In the service's time: lookups compare it with creation times that the service wrote.
        since = self.time.clock.now() + self.skew.correction
        reconciliation = Reconciliation(reconciler, request, since=since, sleep=self.time.sleep)
        return self._call_reconciled(call, reconciliation, send_missing)

    def call_raw(self, call: Call, request: Mapping[str, object]) -> Awaitable[dict[str, object]]:
        """Call an operation with AWS's member names and plain values, for operations newer than the model."""
        call.request = request
        payload = self.codec.serialize_raw(call.name, request)

        def parse(response: HttpResponse) -> dict[str, object]:
            metadata = self._metadata(call, response).to_dict()
            return self.codec.parse_raw(call.name, response) | {"ResponseMetadata": metadata}

        return self._run(call, partial(self._attempt, call, payload, parse))

    async def _call_reconciled(
        self, call: Call, reconciliation: Reconciliation[OutputT], send: Callable[[Structure, int], Awaitable[OutputT]]
    ) -> OutputT:
        """Run a creation that is safe to repeat, because lookups reconcile an ambiguous attempt first."""

        async def attempt(number: int) -> OutputT:
            return await reconciliation.attempt(lambda left: send(left, number), call.ambiguous_error)

        async def attempts() -> OutputT:
            try:
                return await self._attempts(call, attempt, safe_to_repeat=True)
            except WsclientError as error:
                return await reconciliation.conclude(error, call.ambiguous_error)
            finally:
                if reconciliation.has_run and call.instrumentation is not None:
                    call.instrumentation.reconciled()

        output = await self._with_deadline(call, attempts)
        if reconciliation.has_run:
            has_metadata = output.metadata is not NO_METADATA
            metadata = output.metadata if has_metadata else ResponseMetadata(attempts=call.attempts)
            attach_metadata(output, msgspec.structs.replace(metadata, was_reconciled=True))
        return output

    def _run(self, call: Call, attempt: Callable[[int], Awaitable[T]]) -> Awaitable[T]:
        """Attempt a call until it succeeds, fails without another retry, or exceeds its deadline."""
        safe_to_repeat = call.effect is not Effect.ONCE
        return self._with_deadline(call, partial(self._attempts, call, attempt, safe_to_repeat=safe_to_repeat))

    def _attempts(self, call: Call, attempt: Callable[[int], Awaitable[T]], *, safe_to_repeat: bool) -> Awaitable[T]:
        return retry_call(
            attempt,
            operation=call.name,
            policy=self.retry,
            quota=self.quota,
            safe_to_repeat=safe_to_repeat,
            is_read=call.effect is Effect.READ,
            sleep=self.time.sleep,
            random=self.time.random,
            on_retry=guarded_on_retry(self.on_retry, call) if self.on_retry else None,
            time_left=call.time_left,
            log_fields=partial(self._log_fields, call),
        )

    async def _attempt(self, call: Call, payload: Payload, parse: Callable[[HttpResponse], T], number: int) -> T:
        """Acquire a permit and current credentials, send the request, and return the parsed response."""
        try:
            is_signed = call.model is None or call.model.is_signed
            credentials = await get_credentials(self.credentials, call.name) if is_signed else None
            # Credentials before the permit: they identify the account, whose rate limit applies.
            permit = NO_PERMIT if self.pacer is None else self.pacer.try_acquire(credentials)
            if permit is None:
                credentials, permit = await self._wait_for_permit(call, credentials, number)
            if self.middleware or call.instrumentation is not None:
                response = await self._send_through_middleware(call, payload, number, credentials, permit)
            else:
                response = await self._send(call, payload, number, credentials, permit)
            return parse(response)
        except WsclientError as error:
            call.record_failure(error)
            raise

    async def _send_through_middleware(
        self, call: Call, payload: Payload, number: int, credentials: Credentials | None, permit: Permit
    ) -> HttpResponse:
        """Run the middleware and the instrumentation around the attempt."""
        from wsclient._pipeline.middleware_chain import MiddlewareChain  # noqa: PLC0415 - few clients have middleware

        @without_locals  # middleware sees the error on its way to the caller
        async def send(added: Headers) -> HttpResponse:
            return await self._send(call, payload, number, credentials, permit, added)

        middleware = self.middleware
        if call.instrumentation is not None:
            middleware = (*middleware, call.instrumentation.attempt)
        chain = MiddlewareChain(middleware, send, partial(self._middleware_answer, call))
        response: HttpResponse = await chain.run(self._middleware_attempt(call, number))
        return response

    async def _send(
        self,
        call: Call,
        payload: Payload,
        number: int,
        credentials: Credentials | None,
        permit: Permit,
        added: Headers = (),
    ) -> HttpResponse:
        """Sign and send the request, and return a successful response or raise its error."""
        started, sent_at = self.time.clock.monotonic(), self.time.clock.now()
        correction = NO_SKEW

        def sign(request: HttpRequest) -> HttpRequest:
            # Not before a connection is free: AWS accepts a signature for five minutes.
            nonlocal correction, sent_at
            # Kept for this attempt: a rejected signature is retried only if the correction has changed since.
            correction, sent_at = self.skew.correction, self.time.clock.now()
            return self._signed(request, unsigned, credentials, sent_at + correction)

        if self.trace_id is not None:
            added = with_trace_id(added, self.trace_id())
        request = ServiceRequest("POST", self.endpoint.url, (*payload.headers, *added), payload.body)
        unsigned = self._unsigned_headers(call, number, credentials)
        while True:
            call.attempts = number
            call.record_credentials(credentials)
            try:
                response = await self.transport.send(
                    request, self.timeout, call.mark_sending, sign, permit.require_current
                )
                break
            except OutdatedPermitError:
                pass
            except WsclientError as failure:
                call.redact(failure)
                self._log(call, failure, started)
                raise
            # AWS has throttled another call while this one waited for a connection.
            credentials, permit = await self._wait_for_permit(call, credentials, number)
            started = self.time.clock.monotonic()
        received_at = self.time.clock.now()
        self._log(call, response, started)
        if response.status < FIRST_ERROR_STATUS:
            # Only AWS's responses have a request id: a gateway's Date is not AWS's clock.
            if self.codec.request_id(response) is not None:
                self.skew.measure(response, sent=sent_at, received=received_at)
            permit.record_response(throttled=False)
            return response
        error = self._service_error(call, response, credentials)
        if error.is_from_aws:
            self.skew.measure(response, sent=sent_at, received=received_at, error_code=error.code)
            if self.skew.explains(error.code, signed_with=correction) and not call.has_corrected_clock:
                call.has_corrected_clock = error.is_transient = True
        permit.record_response(throttled=error.is_throttling)
        raise error

    async def _wait_for_permit(
        self, call: Call, credentials: Credentials | None, number: int
    ) -> tuple[Credentials | None, Permit]:
        """Wait for an attempt's permit; return it with the credentials that are current then."""
        if self.pacer is None:
            return credentials, NO_PERMIT
        is_last, started = number == self.retry.attempt_limit, self.time.clock.monotonic()
        call.is_waiting_for_permit = True
        try:
            permit = await self.pacer.acquire(credentials, is_last_attempt=is_last, time_left=call.time_left)
        finally:
            if call.instrumentation is not None:
                call.instrumentation.record_pace_wait(self.time.clock.monotonic() - started)
        call.is_waiting_for_permit = False
        if credentials is not None and permit.waited:
            # The wait may have outlived the credentials: get them once more before signing.
            credentials = await get_credentials(self.credentials, call.name)
        return credentials, permit

    def _with_deadline(self, call: Call, run: Callable[[], Awaitable[T]]) -> Awaitable[T]:
        """Run a call within its deadline and under telemetry; closing the client cancels it at any point."""
        if self.timeout.total is not None:
            run = partial(self._run_timed, call, run, self.timeout.total)
        if self.telemetry is not None:
            return self._run_observed(self.telemetry, call, run)
        return self.transport.calls.track(run, call.client_closed_error)

    async def _run_observed(self, telemetry: Instrumentation, call: Call, run: Callable[[], Awaitable[T]]) -> T:
        with telemetry.call(self.service, self.endpoint, call.name) as call.instrumentation:
            return await self.transport.calls.track(run, call.client_closed_error)

    async def _run_timed(self, call: Call, run: Callable[[], Awaitable[T]], total: float) -> T:
        scope = asyncio.timeout(total)
        try:
            async with scope:
                call.deadline = scope.when()
                return await run()
        except TimeoutError as error:
            if not scope.expired():
                raise
            raise call.deadline_error(total) from error

    def _unsigned_headers(self, call: Call, number: int, credentials: Credentials | None) -> Headers:
        """Return the headers that a signature does not cover, as in boto3: proxies rewrite or remove some of them."""
        source = NO_FEATURES if credentials is None else credential_features(self.credentials)
        return (
            _IDENTITY_ENCODING,
            ("user-agent", self.user_agent.header(features_in_use(), source)),
            ("amz-sdk-invocation-id", call.invocation_id),
            ("amz-sdk-request", f"attempt={number}; max={self.retry.attempt_limit}"),
        )

    def _signed(
        self, request: HttpRequest, unsigned: Headers, credentials: Credentials | None, at: datetime
    ) -> HttpRequest:
        """Return the request to send: with its signature, if there are credentials, and the unsigned headers."""
        method, url, headers, body = request.method, request.url, request.headers, request.body
        if credentials is None:
            return ServiceRequest(method, url, (*headers, *unsigned), body)
        added = self.signer.signed_headers(method, url, headers, body, credentials, at)
        return ServiceRequest(method, url, (*headers, *unsigned, *added.items()), body)

    def _service_error(self, call: Call, response: HttpResponse, credentials: Credentials | None) -> ServiceError:
        facts = self.codec.error_facts(response)
        error = service_error(facts, response, self.service, call.name, call.model, call.secrets())
        if credentials is not None:
            from wsclient._pipeline.rejected_keys import replace_rejected_key  # noqa: PLC0415 - needed for errors only

            replace_rejected_key(call, error, credentials, self.credentials, self.endpoint.signing_region)
        return error

    def _middleware_attempt(self, call: Call, number: int) -> Attempt:
        from wsclient.middleware import Attempt  # noqa: PLC0415 - few clients have middleware

        return Attempt(
            service=self.service.name,
            operation=call.name,
            number=number,
            max_attempts=self.retry.attempt_limit,
            region=self.endpoint.signing_region,
            host=self.endpoint.url.split("/", 3)[2],
            endpoint_kind=self.endpoint.kind,
            invocation_id=call.invocation_id,
        )

    def _middleware_answer(self, call: Call, response: HttpResponse) -> Answer:
        from wsclient.middleware import Answer  # noqa: PLC0415 - few clients have middleware

        return Answer(
            status=response.status,
            request_id=call.request_id(self.codec.request_id(response)),
            headers=response.headers,
        )

    def _metadata(self, call: Call, response: HttpResponse) -> ResponseMetadata:
        return ResponseMetadata(
            request_id=call.request_id(self.codec.request_id(response)),
            status=response.status,
            attempts=call.attempts,
            headers=response.headers,
        )

    def _log(self, call: Call, outcome: HttpResponse | WsclientError, started: float) -> None:
        if not logger.isEnabledFor(logging.DEBUG):
            return
        fields = {**self._log_fields(call), **log_fields(attempt=call.attempts)}
        duration = log_fields(duration=self.time.clock.monotonic() - started)
        if isinstance(outcome, WsclientError):
            name = error_name(outcome)
            logger.debug(
                "%s attempt %d: %s", call.name, call.attempts, name, extra=fields | duration | log_fields(error=name)
            )
            return
        request_id = call.request_id(self.codec.request_id(outcome))
        result = log_fields(status=outcome.status, request_id=request_id)
        logger.debug(
            "%s attempt %d: HTTP %d, %s",
            call.name,
            call.attempts,
            outcome.status,
            request_id,
            extra=fields | duration | result,
        )

    def _log_fields(self, call: Call) -> dict[str, object]:
        """Return the structured fields of every log record of a call."""
        region = self.endpoint.signing_region
        return log_fields(
            service=self.service.name, region=region, operation=call.name, invocation_id=call.invocation_id
        )
