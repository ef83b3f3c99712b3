"""The onion: what happens to a call, from the outside in.

A call is looked at, serialized once, and attempted within its time. Each attempt takes fresh credentials, makes a
fresh signature, sends, and reads the answer; retries.py decides from the error whether there is another attempt.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from wsclient._attempts import run_attempts
from wsclient._clock import SYSTEM_CLOCK, Clock, Random, Sleep, new_id, sleep, uniform
from wsclient._credentials import drop_key
from wsclient._errors import (
    CredentialsRefreshError,
    RequestTimeoutError,
    ResponseParseError,
    ServiceError,
    TransportError,
)
from wsclient._http import HttpRequest, HttpResponse, Timeout
from wsclient._operation import Effect
from wsclient._protocols.base import service_error, without_secrets
from wsclient._structure import ResponseMetadata, sensitive_values, with_metadata
from wsclient.retries import is_retryable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from wsclient._credentials import Credentials, CredentialsProvider
    from wsclient._operation import AnyOperation, Operation, Service
    from wsclient._protocols.base import Codec, Payload
    from wsclient._structure import Output, Structure
    from wsclient._transport import HttpSender
    from wsclient.endpoints import Endpoint
    from wsclient.retries import RetryEvent, RetryPolicy, RetryQuota
    from wsclient.signing import SigV4Signer

OutputT = TypeVar("OutputT", bound="Output")
T = TypeVar("T")

FIRST_ERROR_STATUS = 300
REJECTED_KEY_CODES = frozenset({"ExpiredToken", "ExpiredTokenException", "InvalidToken"})
"""Error codes that say that a key is good no more, and another one may be."""
logger = logging.getLogger("wsclient")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """Everything a client's calls share, and the way of a call through it."""

    service: Service
    codec: Codec
    endpoint: Endpoint
    signer: SigV4Signer
    sender: HttpSender
    credentials: CredentialsProvider
    user_agent: str
    retry: RetryPolicy
    quota: RetryQuota
    timeout: Timeout
    on_retry: Callable[[RetryEvent], None] | None = None
    clock: Clock = SYSTEM_CLOCK
    sleep: Sleep = field(default=sleep)
    random: Random = field(default=uniform)

    async def call(
        self, operation: Operation[Structure, OutputT], request: Structure, extra: Mapping[str, object] | None = None
    ) -> OutputT:
        """Serialize a request, attempt it, and return its typed answer with metadata."""
        call = Call(operation.name, operation.effect, operation, sensitive=sensitive_values(request))
        payload = self.codec.serialize(operation.name, request, extra)
        answer, output = await self._deliver(call, payload, lambda response: self.codec.parse(operation, response))
        return with_metadata(output, self._metadata(call, answer))

    async def call_raw(self, call: Call, request: Mapping[str, object]) -> dict[str, object]:
        """Do the same in AWS's own names and plain values, for operations newer than the model."""
        payload = self.codec.serialize_raw(call.name, request)
        answer, output = await self._deliver(call, payload, lambda response: self.codec.parse_raw(call.name, response))
        return output | {"ResponseMetadata": self._metadata(call, answer).to_dict()}

    async def _deliver(self, call: Call, payload: Payload, read: Callable[[HttpResponse], T]) -> tuple[HttpResponse, T]:
        """Attempt a call until it succeeds, fails for good, or its time is up."""
        headers = self._constant_headers(payload)

        async def attempt(number: int) -> tuple[HttpResponse, T]:
            call.attempts = number
            credentials = await self._credentials_for(call)
            request = self._signed(headers, payload.body, number, credentials)
            call.may_have_been_sent = True
            response = await self.sender.send(request, self.timeout)
            self._log(call, response)
            if response.status >= FIRST_ERROR_STATUS:
                raise self._error(call, response, credentials)
            return response, read(response)

        return await self._within_total(call, lambda: self._attempts(call, attempt))

    async def _attempts(self, call: Call, attempt: Callable[[int], Awaitable[T]]) -> T:
        return await run_attempts(
            attempt,
            operation=call.name,
            policy=self.retry,
            quota=self.quota,
            safe_to_repeat=call.effect is not Effect.ONCE,
            is_read=call.effect is Effect.READ,
            sleep=self.sleep,
            random=self.random,
            on_retry=self.on_retry,
            time_left=call.time_left,
        )

    async def _within_total(self, call: Call, run: Callable[[], Awaitable[T]]) -> T:
        total = self.timeout.total
        if total is None:
            return await run()
        scope = asyncio.timeout(total)
        try:
            async with scope:
                call.deadline = scope.when()
                return await run()
        except TimeoutError as error:
            if not scope.expired():
                raise
            late = RequestTimeoutError(
                f"{call.name} did not finish within its {total:g} s in all",
                phase="total",
                may_have_been_sent=call.may_have_been_sent,
                is_transient=False,
            )
            late.operation, late.attempts = call.name, call.attempts
            raise late from error

    async def _credentials_for(self, call: Call) -> Credentials | None:
        """Return fresh credentials, None for an operation that is not signed."""
        if call.model is not None and not call.model.is_signed:
            return None
        try:
            return await self.credentials.get_credentials()
        except (ServiceError, TransportError, ResponseParseError) as error:
            # Another service's failure says nothing about this call, which was not sent.
            raise CredentialsRefreshError(
                f"the credentials for {call.name} could not be had: {error}", can_heal=is_retryable(error)
            ) from error

    def _constant_headers(self, payload: Payload) -> tuple[tuple[str, str], ...]:
        return (
            *payload.headers,
            ("accept-encoding", "identity"),
            ("user-agent", self.user_agent),
            ("amz-sdk-invocation-id", new_id()),
        )

    def _signed(
        self, headers: tuple[tuple[str, str], ...], body: bytes, number: int, credentials: Credentials | None
    ) -> HttpRequest:
        url = self.endpoint.url
        numbered = (*headers, ("amz-sdk-request", f"attempt={number}; max={self.retry.attempt_limit}"))
        if credentials is None:
            return HttpRequest("POST", url, numbered, body)
        added = self.signer.sign("POST", url, numbered, body, credentials, self.clock.now())
        return HttpRequest("POST", url, (*numbered, *added.items()), body)

    def _error(self, call: Call, response: HttpResponse, credentials: Credentials | None) -> ServiceError:
        facts = self.codec.error_facts(response)
        facts = replace(facts, message=without_secrets(facts.message, credentials, call.sensitive))
        error = service_error(facts, response, self.service, call.name, call.model)
        if credentials is not None and error.code in REJECTED_KEY_CODES and not call.key_was_dropped:
            # Once a call: a source that gives the same key again would go on for ever.
            call.key_was_dropped = error.is_transient = drop_key(self.credentials, credentials.access_key_id)
        return error

    def _metadata(self, call: Call, response: HttpResponse) -> ResponseMetadata:
        return ResponseMetadata(
            request_id=self.codec.request_id(response),
            status=response.status,
            attempts=call.attempts,
            headers=response.headers,
        )

    def _log(self, call: Call, response: HttpResponse) -> None:
        if logger.isEnabledFor(logging.DEBUG):
            request_id = self.codec.request_id(response)
            logger.debug("%s attempt %d: HTTP %d, %s", call.name, call.attempts, response.status, request_id)


@dataclass(slots=True)
class Call:
    """One call on its way: what it is, and how far it has come."""

    name: str
    effect: Effect
    model: AnyOperation | None
    sensitive: tuple[str, ...] = ()
    attempts: int = 0
    may_have_been_sent: bool = False
    key_was_dropped: bool = False
    deadline: float | None = None

    def time_left(self) -> float | None:
        """Return the seconds until the call's deadline, None when it has none."""
        return None if self.deadline is None else self.deadline - asyncio.get_running_loop().time()
