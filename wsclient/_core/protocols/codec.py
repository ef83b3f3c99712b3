"""Codec, the protocol of all codecs, and the conversion of error responses to typed errors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Final, Protocol, TypeVar

import msgspec

from wsclient._core.errors import FIRST_BYTES, RequestValidationError, ResponseParseError, ServiceError
from wsclient._core.redaction import Secrets
from wsclient._core.reprs import RedactedStruct
from wsclient._core.service_errors import COMMON_ERRORS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wsclient._core.http import HttpResponse
    from wsclient._core.model.operations import AnyOperation, Operation, Service
    from wsclient._core.model.structures import Output, Structure

OutputT = TypeVar("OutputT", bound="Output")

UNSERIALIZABLE: Final = (TypeError, ValueError, OverflowError, RecursionError)
"""Exceptions for a request that a protocol cannot represent, UnserializableValueError and UnicodeEncodeError included.
"""
MAX_TEXT: Final = 65_536
"""Characters of a text of an error response that its error keeps: an encoded authorization message has 10,240."""
MAX_DETAILS: Final = 100
"""Further members of an error response that its error keeps."""
MAX_HOST: Final = 255
"""Characters of the host of a redirect that a message shows: the longest DNS name (RFC 1035, section 2.3.4)."""
_CODE: Final = re.compile(r"[A-Za-z][0-9A-Za-z._-]{0,127}")
_HOST_END: Final = re.compile(r"[/\\?#]")
NO_SECRETS: Final = Secrets(())

CANONICAL_STRING = "The Canonical String for this request should have been"
"""Text after which AWS's message about a wrong signature repeats the signed headers, session token included."""


MAX_RETRY_AFTER_DIGITS = 9
"""Maximum digits of x-amz-retry-after, in milliseconds: 11 days. A longer number is ignored."""


class Payload(RedactedStruct, frozen=True):
    """Serialized request: the headers of its protocol, and the body, which the repr does not show."""

    _hidden_fields: ClassVar[frozenset[str]] = frozenset({"body"})

    headers: tuple[tuple[str, str], ...]
    body: bytes


class ErrorFacts(RedactedStruct, frozen=True, kw_only=True):
    """Facts of an error response, before redaction; None for a fact that it lacks."""

    _hidden_fields: ClassVar[frozenset[str]] = frozenset({"code", "message", "request_id", "details"})

    code: str | None = None
    message: str | None = None
    request_id: str | None = None
    fault: str | None = None
    details: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])


class Codec(Protocol):
    """Codec of one protocol for one service."""

    def __init__(self, service: Service) -> None:
        """Create a codec for a service."""
        ...

    def serialize(self, operation: str, request: Structure, extra: Mapping[str, object] | None) -> Payload:
        """Serialize a request; extra has members newer than the model, in AWS's names."""
        ...

    def serialize_raw(self, operation: str, request: Mapping[str, object]) -> Payload:
        """Serialize a request with AWS's member names."""
        ...

    def parse(self, operation: Operation[Structure, OutputT], response: HttpResponse) -> OutputT:
        """Parse a successful response to its type, or raise ResponseParseError."""
        ...

    def parse_raw(self, operation: str, response: HttpResponse) -> dict[str, object]:
        """Parse a successful response to AWS's member names and plain values, or raise ResponseParseError."""
        ...

    def error_facts(self, response: HttpResponse) -> ErrorFacts:
        """Parse an error response; a body that cannot be parsed yields no facts."""
        ...

    def request_id(self, response: HttpResponse) -> str | None:
        """Return the request id of a response, or None."""
        ...


def service_error(
    facts: ErrorFacts,
    response: HttpResponse,
    service: Service,
    operation: str,
    model: AnyOperation | None,
    secrets: Secrets = NO_SECRETS,
) -> ServiceError:
    """Return the typed error of an error response: the modeled class, else a common one, else ServiceError.

    None of its texts shows the secrets.
    """
    facts = redact_facts(facts, secrets)
    # Without an AWS code, the status names the error: its phrase could be taken for one of AWS's codes.
    code = facts.code or f"HTTP{response.status}"
    error_class = service.errors.get(code) or COMMON_ERRORS.get(code, ServiceError)
    return error_class(
        _message(facts, response, secrets),
        code=code,
        status=response.status,
        request_id=facts.request_id,
        operation=operation,
        fault=facts.fault,
        retry_after=retry_after(response),
        details=facts.details,
        modeled=model is not None and error_class in model.errors,
        is_from_aws=is_aws_code(facts.code) and facts.request_id is not None,
    )


def retry_after(response: HttpResponse) -> float | None:
    """Return x-amz-retry-after, a number of milliseconds, in seconds; None if absent, malformed or too long."""
    value = response.header("x-amz-retry-after") or ""
    is_readable = value.isascii() and value.isdigit() and len(value) <= MAX_RETRY_AFTER_DIGITS
    return int(value) / 1000 if is_readable else None


def strip_error_code(code: str) -> str:
    """Return an error code without its namespace (before #) and its URL (after :)."""
    return code.split(":", 1)[0].rsplit("#", 1)[-1].strip()


def is_aws_code(code: str | None) -> bool:
    """Return whether a text has the form of AWS's error codes: a gateway writes numbers or sentences there."""
    return code is not None and _CODE.fullmatch(code) is not None


def unreadable_response(response: HttpResponse, reason: str) -> ResponseParseError:
    """Return the error for a response that cannot be parsed; it keeps the first bytes, but does not show them."""
    return ResponseParseError(
        f"cannot parse the HTTP {response.status} response of {len(response.body)} bytes: {reason}",
        status=response.status,
        headers=response.headers,
        first_bytes=response.body,
    )


def unserializable_request(operation: str, error: Exception) -> RequestValidationError:
    """Return the error for a request that cannot be serialized; the message does not show the value."""
    reason = str(error)
    if isinstance(error, UnicodeEncodeError):
        reason = "a string contains a lone surrogate"
    elif isinstance(error, RecursionError):
        reason = "it is nested too deeply, or contains itself"
    return RequestValidationError(
        f"{operation}: the request cannot be serialized: {reason}; nothing was sent",
        operation=operation,
        path=getattr(error, "path", None),
    )


def unproven_response(response: HttpResponse, operation: str) -> ResponseParseError:
    """Build the error of a successful response that a proxy, gateway or other server may have sent instead of AWS."""
    return ResponseParseError(
        f"the HTTP {response.status} response to {operation} is not recognisably from AWS: it lacks a request id, or "
        "any member of the output. A proxy or gateway may have sent it; the operation may have been executed",
        status=response.status,
        headers=response.headers,
        first_bytes=response.body,
    )


_PAGES: Final = {
    b"No required SSL certificate was sent": "It requires a client certificate: TLSPolicy(client_cert=...)",
    b"The SSL certificate error": "It does not accept the client certificate of TLSPolicy(client_cert=...)",
}
"""Phrases of nginx's pages, which it sends in place of a TLS alert (ngx_http_special_response.c), and their meaning."""
_PAGE_BYTES: Final = 2048


def _message(facts: ErrorFacts, response: HttpResponse, secrets: Secrets) -> str:
    if facts.message:
        return facts.message.strip()
    if location := response.header("location"):
        # Redacted first: the parts of a URL may be parts of a secret.
        host = _HOST_END.split(_clean(location, secrets).split("://", 1)[-1], maxsplit=1)[0].rsplit("@", 1)[-1]
        return f"the endpoint redirects to {host[:MAX_HOST]}; wsclient never follows redirects"
    if facts.code:
        return ""
    return (
        f"the response ({len(response.body)} bytes) has no AWS error code, so a proxy or gateway may have sent it; "
        f"the operation may have been executed{_page_hint(response.body)}"
    )


def _page_hint(body: bytes) -> str:
    """Return what a gateway's page means whose cause is a setting of the client, or an empty string."""
    return next((f". {hint}" for phrase, hint in _PAGES.items() if phrase in body[:_PAGE_BYTES]), "")


def redact_facts(facts: ErrorFacts, secrets: Secrets) -> ErrorFacts:
    """Return the facts of an error response with every text free of secrets, and of bounded length."""
    names = list(facts.details)[:MAX_DETAILS]
    return ErrorFacts(
        code=facts.code and _clean(facts.code, secrets),
        message=facts.message and _clean(facts.message, secrets),
        request_id=facts.request_id and _clean(facts.request_id, secrets),
        fault=facts.fault,
        details={_clean(name, secrets): _clean(facts.details[name], secrets) for name in names},
    )


def redact_parse_error(error: ResponseParseError, secrets: Secrets, *, keep_body: bool) -> None:
    """Remove secrets from an error's message, headers and first bytes; without keep_body, it keeps no bytes."""
    error.args = (secrets.redact(str(error)),)
    error.headers = tuple((secrets.redact(name), _clean(value, secrets)) for name, value in error.headers)
    # The body was cut, perhaps within a secret; redaction may make it longer.
    error.first_bytes = secrets.redact_bytes(error.first_bytes, is_cut=True)[:FIRST_BYTES] if keep_body else b""


def _clean(text: str, secrets: Secrets) -> str:
    """Return a text of a response without secrets, and without the canonical string, which repeats signed headers."""
    text = text.split(CANONICAL_STRING, 1)[0]
    return secrets.redact(text[:MAX_TEXT], is_cut=len(text) > MAX_TEXT)
