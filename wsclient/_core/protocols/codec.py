"""What the pipeline asks of a protocol, and how an error answer becomes a typed error in any of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar

import msgspec

from wsclient._core.errors import RequestValidationError, ResponseParseError, ServiceError
from wsclient._core.reprs import RedactedStruct
from wsclient._core.service_errors import COMMON_ERRORS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wsclient._core.credentials import Credentials
    from wsclient._core.http import HttpResponse
    from wsclient._core.model.operations import AnyOperation, Operation, Service
    from wsclient._core.model.structures import Output, Structure

OutputT = TypeVar("OutputT", bound="Output")

CANONICAL_STRING = "The Canonical String for this request should have been"
"""From here on AWS's message about a wrong signature repeats the signed headers, session token included."""


class Payload(RedactedStruct, frozen=True):
    """A serialized request: the headers its protocol needs, and the body, which no repr shows."""

    _hidden_fields: ClassVar[frozenset[str]] = frozenset({"body"})

    headers: tuple[tuple[str, str], ...]
    body: bytes


class ErrorFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What an error answer says of itself; None where it does not."""

    code: str | None = None
    message: str | None = None
    request_id: str | None = None
    fault: str | None = None
    details: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])


class Codec(Protocol):
    """Speaks one protocol for one service."""

    def __init__(self, service: Service) -> None:
        """Take the service's facts."""
        ...

    def serialize(self, operation: str, request: Structure, extra: Mapping[str, object] | None) -> Payload:
        """Turn a request into bytes; extra holds members newer than the model, in AWS's names."""
        ...

    def serialize_raw(self, operation: str, request: Mapping[str, object]) -> Payload:
        """Turn a request in AWS's names into bytes."""
        ...

    def parse(self, operation: Operation[Structure, OutputT], response: HttpResponse) -> OutputT:
        """Turn a successful answer into its typed value, or raise ResponseParseError."""
        ...

    def parse_raw(self, operation: str, response: HttpResponse) -> dict[str, object]:
        """Turn a successful answer into AWS's names and plain values, or raise ResponseParseError."""
        ...

    def error_facts(self, response: HttpResponse) -> ErrorFacts:
        """Read what an error answer says; an unreadable body says nothing."""
        ...

    def request_id(self, response: HttpResponse) -> str | None:
        """Return the request id of an answer."""
        ...


def service_error(
    facts: ErrorFacts, response: HttpResponse, service: Service, operation: str, model: AnyOperation | None
) -> ServiceError:
    """Build the typed error of an error answer: the modeled class, else the common one, else ServiceError."""
    code = facts.code or _code_of_status(response.status)
    kind = service.errors.get(code) or COMMON_ERRORS.get(code, ServiceError)
    return kind(
        _message(facts, response),
        code=code,
        status=response.status,
        request_id=facts.request_id,
        operation=operation,
        fault=facts.fault,
        retry_after=retry_after(response),
        details=facts.details,
        modeled=model is not None and kind in model.errors,
    )


def retry_after(response: HttpResponse) -> float | None:
    """Return the seconds of x-amz-retry-after, which is in milliseconds; None when absent, negative or unreadable."""
    value = response.header("x-amz-retry-after") or ""
    return int(value) / 1000 if value.isascii() and value.isdigit() else None


def strip_error_code(code: str) -> str:
    """Return an error code without its namespace (before #) and its URL (after :)."""
    return code.split(":", 1)[0].rsplit("#", 1)[-1].strip()


def unreadable_response(response: HttpResponse, what: str) -> ResponseParseError:
    """Build the error of an answer that cannot be read; the first bytes are kept, not shown."""
    return ResponseParseError(
        f"HTTP {response.status} with {len(response.body)} bytes that cannot be read: {what}",
        status=response.status,
        headers=response.headers,
        first_bytes=response.body,
    )


def unserializable_request(operation: str, error: Exception) -> RequestValidationError:
    """Build the error of a request that has no form on the wire; the value is not shown."""
    what = "a string holds a lone surrogate" if isinstance(error, UnicodeEncodeError) else str(error)
    return RequestValidationError(f"{operation}: the request cannot be serialized: {what}", operation=operation)


def _message(facts: ErrorFacts, response: HttpResponse) -> str:
    if facts.message:
        return facts.message.split(CANONICAL_STRING, 1)[0].strip()
    if location := response.header("location"):
        host = location.split("://", 1)[-1].split("/", 1)[0].rsplit("@", 1)[-1]
        return f"the endpoint redirects to {host}; redirects are never followed"
    return (
        "" if facts.code else f"no AWS error in the answer ({len(response.body)} bytes): a proxy or gateway on the way?"
    )


def _code_of_status(status: int) -> str:
    """Return a code for an answer that names none: the status's phrase as one word, ServiceUnavailable for 503."""
    from http import HTTPStatus  # noqa: PLC0415 - AWS's own answers name a code

    try:
        return "".join(word.capitalize() for word in HTTPStatus(status).phrase.replace("-", " ").split())
    except ValueError:
        return f"HTTP{status}"


def redact(message: str | None, credentials: Credentials | None, sensitive: Iterable[str] = ()) -> str | None:
    """Take a service's words and cut out what the request was signed with or carried, should they repeat it."""
    if message is None:
        return None
    keys = credentials and (credentials.session_token, credentials.secret_access_key, credentials.access_key_id)
    for secret in (*(keys or ()), *sensitive):
        if secret:
            message = message.replace(secret, "[redacted]")
    return message
