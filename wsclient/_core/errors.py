"""Base of the error tree: configuration, credentials, transport, response and service errors.

wsclient.errors exports these and the errors that AWS's models define. A message names the problem, its source and the
remedy. No message contains a key, a token, a header or a body.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Generic, Protocol

from wsclient._core.lazy_imports import LazyMapping
from wsclient._core.missing_attributes import ExplainedAttributes
from wsclient._core.printable import printable, printable_or_none
from wsclient._core.public_names import publish_classes

if TYPE_CHECKING:
    from typing_extensions import TypeVar
else:
    from typing import TypeVar


THROTTLING_CODES = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
"""Error codes of throttling: AWS did not execute the request (common list of the AWS SDKs)."""

TRANSIENT_CODES = frozenset({"PriorRequestNotComplete", "RequestTimeout", "RequestTimeoutException"})
"""Error codes of transient failures: a retry may succeed (common list of the AWS SDKs)."""

TRANSIENT_STATUSES = frozenset({500, 502, 503, 504})
_UNAVAILABLE = 503
_INTERNAL = "Internal"
"""Beginning of AWS's codes for a failure inside the service: InternalFailure, InternalServerException and so on."""
_RETRYABLE_GATEWAY_STATUSES = frozenset({408, 425, 429})
"""Client-error statuses of proxies and gateways after which another attempt may succeed."""
FIRST_BYTES = 512
"""Bytes of an unreadable response that its error keeps."""
_TOO_MANY_REQUESTS = 429
_FIRST_SERVER_STATUS = 500


def _restore(cls: type[WsclientError], args: tuple[object, ...], state: dict[str, object]) -> WsclientError:
    """Rebuild a pickled error without its constructor, which may have required keyword arguments."""
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class WsclientError(ExplainedAttributes, Exception):
    """Base class of all errors that wsclient raises; every subclass can be pickled and copied.

    operation is AWS's name of the called operation, None outside a call; attempts is the number of attempts made, 0 if
    none was made.
    """

    operation: str | None = None
    attempts: int = 0
    is_transient: bool = False
    """True if a retry of the same attempt may succeed."""
    is_throttling: bool = False
    """True if AWS throttled the request: it was not executed, and a later retry may succeed."""
    is_ambiguous: bool = False
    """True if the service may have executed the operation although the attempt failed."""
    may_have_been_sent: bool = False
    """True if any byte of the request may have reached the service."""
    retry_after: float | None = None
    """Seconds to wait before the next attempt, from the service's x-amz-retry-after, or None."""
    was_tried: bool = True
    """False if the attempt did not start, because it was still waiting for the rate limit."""

    _other_names = LazyMapping("wsclient._core.other_names:ERRORS")

    def __init__(self, *args: object) -> None:
        # Messages may contain texts of responses, files and processes: none may break a log line or a terminal.
        super().__init__(*[printable(value) if isinstance(value, str) else value for value in args])

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle class, args and attributes, because subclasses have required keyword arguments."""
        return _restore, (type(self), self.args, self.__dict__.copy())


class ConfigurationError(WsclientError):
    """A setting is missing, malformed or conflicts with another; nothing was sent."""


class EndpointResolutionError(ConfigurationError):
    """No endpoint matches the settings, or the matching endpoint is not allowed; nothing was sent."""


class PrivateLinkFipsError(EndpointResolutionError):
    """The settings combine PrivateLink and FIPS, which Amazon WorkSpaces does not support."""


class TLSPolicyError(ConfigurationError):
    """A TLS setting or an SSL context of the caller is weaker than wsclient's minimum."""


class NetworkAccessError(ConfigurationError):
    """The request would have left this machine although a test mocks httpx or boto3, or allows loopback only.

    Nothing was sent. See wsclient.testing and its pytest plugin.
    """


class CredentialsError(WsclientError):
    """Credentials are unavailable, or belong to another account than expected_account."""


class NoCredentialsError(CredentialsError):
    """No provider returned credentials; tried has the name of each provider and its reason."""

    def __init__(self, tried: Sequence[tuple[str, str]]) -> None:
        self.tried = tuple((printable(name), printable(reason)) for name, reason in tried)
        super().__init__(
            f"no AWS credentials found ({self.reasons}). Pass credentials= or profile=, or set AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY."
        )

    @property
    def reasons(self) -> str:
        """Names of the providers with their reasons, as one text."""
        return "; ".join(f"{name}: {reason}" for name, reason in self.tried) or "the chain has no provider"


class CredentialsRefreshError(CredentialsError):
    """A credential provider failed; can_heal is True if a later retry may succeed. The call was not sent."""

    def __init__(self, message: str, *, can_heal: bool = True) -> None:
        super().__init__(message)
        self.can_heal = can_heal


class RequestValidationError(WsclientError, ValueError):
    """A request is invalid; nothing was sent.

    path is the member in AWS's names (Workspaces[3].UserName), limit the violated constraint, value_size the length or
    number of the value. The value itself is not kept.
    """

    def __init__(
        self,
        message: str,
        *,
        operation: str | None = None,
        path: str | None = None,
        limit: str | None = None,
        value_size: float | None = None,
    ) -> None:
        super().__init__(message)
        self.operation = operation
        self.path = path
        self.limit = limit
        self.value_size = value_size


class TransportError(WsclientError):
    """The network failed; may_have_been_sent is True if the request may have reached the service."""

    is_transient = True

    def __init__(self, message: str, *, may_have_been_sent: bool, is_transient: bool | None = None) -> None:
        super().__init__(message)
        self.may_have_been_sent = self.is_ambiguous = may_have_been_sent
        if is_transient is not None:
            self.is_transient = is_transient


class ConnectError(TransportError):
    """The connection failed: DNS lookup, TCP, proxy or an aborted TLS handshake. The request was not sent.

    proxy_status is the HTTP status with which a proxy rejected the connection, or None.
    """

    proxy_status: int | None = None

    def __init__(self, message: str, *, is_transient: bool | None = None, proxy_status: int | None = None) -> None:
        super().__init__(message, may_have_been_sent=False, is_transient=is_transient)
        if proxy_status is not None:
            self.proxy_status = proxy_status


class TLSError(TransportError):
    """The peer's certificate or TLS is not acceptable. The request was not sent, and is not retried."""

    is_transient = False

    def __init__(self, message: str) -> None:
        super().__init__(message, may_have_been_sent=False)


class RequestTimeoutError(TransportError, TimeoutError):
    """A timeout expired; phase is connect, read, write, pool, total or pace."""

    def __init__(self, message: str, *, phase: str, may_have_been_sent: bool, is_transient: bool | None = None) -> None:
        super().__init__(message, may_have_been_sent=may_have_been_sent, is_transient=is_transient)
        self.phase = phase


class PaceTimeoutError(RequestTimeoutError):
    """The rate limit delays the attempt beyond the call's Timeout.total (phase pace). The attempt was not sent."""

    was_tried = False

    def __init__(self, message: str) -> None:
        super().__init__(message, phase="pace", may_have_been_sent=False, is_transient=False)


class ConnectionLostError(TransportError):
    """The connection broke while the request was sent or its response was received."""


class ResponseParseError(WsclientError):
    """The response cannot be parsed; status, headers and the first 512 bytes are kept for diagnosis.

    Secrets of the request are redacted in them. first_bytes is empty for operations whose responses may contain
    secrets: those that issue credentials or tokens, and those that the model lacks.
    """

    is_transient = True
    is_ambiguous = True
    may_have_been_sent = True

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        headers: Sequence[tuple[str, str]] = (),
        first_bytes: bytes = b"",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = tuple((printable(name), printable(value)) for name, value in headers)
        self.first_bytes = first_bytes[:FIRST_BYTES]


class MiddlewareError(WsclientError):
    """A middleware violated its contract (see wsclient.middleware), or it or on_retry raised an exception of Python's.

    Such an exception is the __cause__. is_ambiguous is True if the attempt was sent and its outcome is unknown.
    """


class PaginationError(WsclientError):
    """The service returned the same page token twice: following it would never end."""


class FailedItem(Protocol):
    """Protocol of the records of failed items: those of AWS's responses, and ItemReport of fleets."""

    @property
    def error_code(self) -> str | None:
        """AWS's error code."""
        ...

    @property
    def error_message(self) -> str | None:
        """AWS's text of the error."""
        ...


if TYPE_CHECKING:
    FailedT = TypeVar("FailedT", bound=FailedItem, default=FailedItem)
else:
    FailedT = TypeVar("FailedT")


class PartialFailureError(WsclientError, Generic[FailedT]):
    """Some items of a batch failed although the response is HTTP 200; failed_requests has AWS's record of each.

    For type checkers the error is generic: PartialFailureError[types.FailedCreateWorkspaceRequest] says what the
    records are, and without a parameter they have error_code and error_message.
    """

    may_have_been_sent = True

    def __init__(self, message: str, *, failed_requests: Sequence[FailedT]) -> None:
        super().__init__(message)
        self.failed_requests = tuple(failed_requests)


class ServiceError(WsclientError):
    """The service returned an error.

    code is AWS's error code, message its text, status the HTTP status, request_id the id that AWS Support needs, fault
    "client" or "server", retry_after the service's delay in seconds, details the error's further members. modeled is
    True if the operation's model defines this code (an unmodeled code with HTTP 429 is throttling).
    earlier_attempt_may_have_succeeded is True if an earlier attempt of the call was ambiguous. is_from_aws is True if
    the response is recognisably AWS's: it has an error code and a request id. Otherwise a proxy or gateway may have
    sent it, so the operation may have been executed, and is_ambiguous is True.
    """

    code: str = "Unknown"
    fault: str | None = None
    may_have_been_sent = True
    earlier_attempt_may_have_succeeded: bool = False
    is_from_aws: bool = True

    def __init__(
        self,
        message: str = "",
        *,
        code: str | None = None,
        status: int | None = None,
        request_id: str | None = None,
        operation: str | None = None,
        fault: str | None = None,
        retry_after: float | None = None,
        details: Mapping[str, str] | None = None,
        modeled: bool = False,
        is_from_aws: bool = True,
    ) -> None:
        super().__init__(message)
        self.message = printable(message)
        self.code = printable(code or type(self).code)
        self.status = status
        self.request_id = printable_or_none(request_id)
        self.operation = operation
        self.fault = fault or type(self).fault or _fault_from_status(status)
        self.retry_after = retry_after
        self.details = {printable(name): printable(value) for name, value in (details or {}).items()}
        has_throttling_code = self.code in THROTTLING_CODES
        is_unmodeled_429 = status == _TOO_MANY_REQUESTS and not modeled and is_from_aws
        self.is_throttling = has_throttling_code or is_unmodeled_429
        self.is_transient = type(self).is_transient or self.code in TRANSIENT_CODES or status in TRANSIENT_STATUSES
        # A failure inside the service says nothing about the operation, with 429 too; with 503 the service did not
        # begin.
        is_server_error = status is not None and status >= _FIRST_SERVER_STATUS and status != _UNAVAILABLE
        self.is_ambiguous = not has_throttling_code and (self.code.startswith(_INTERNAL) or is_server_error)
        if not is_from_aws:
            # Whatever the status says, the service behind the proxy may have executed the operation.
            self.is_from_aws, self.is_ambiguous = False, True
            self.is_transient = self.is_transient or may_pass(status)

    def __str__(self) -> str:
        """Return code, operation, message, status, request id and attempts on one line."""
        operation = f" in {self.operation}" if self.operation else ""
        status = f"HTTP {self.status}, " if self.status else ""
        facts = f" [{status}request id {self.request_id or 'unknown'}, attempts {self.attempts}]"
        warning = " An earlier attempt may have succeeded." if self.earlier_attempt_may_have_succeeded else ""
        return f"{self.code}{operation}: {self.message or 'no message'}{facts}{warning}"


def may_pass(status: int | None) -> bool:
    """Return whether the next attempt may succeed after this status of a proxy or gateway."""
    return status is not None and (status >= _FIRST_SERVER_STATUS or status in _RETRYABLE_GATEWAY_STATUSES)


def _fault_from_status(status: int | None) -> str | None:
    if status is None:
        return None
    return "server" if status >= _FIRST_SERVER_STATUS else "client"


# Here, because providers, settings and endpoints raise them in programs that never import wsclient.errors.
publish_classes("wsclient.errors", __name__)
