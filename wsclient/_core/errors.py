"""The hand-written part of the error tree: what can go wrong, and the facts that retrying needs.

The public face, with the errors that AWS's models name, is wsclient.errors. Messages are written for the
person who reads them: what happened, where, what to do. None holds a key, a token, a header or a body.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


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
"""Error codes that mean "not executed, come back later" (the AWS SDKs' common list)."""

TRANSIENT_CODES = frozenset({"PriorRequestNotComplete", "RequestTimeout", "RequestTimeoutException"})
"""Error codes that mean "this attempt failed, the next may not" (the AWS SDKs' common list)."""

TRANSIENT_STATUSES = frozenset({500, 502, 503, 504})
AMBIGUOUS_STATUSES = frozenset({500, 502, 504})
FIRST_BYTES = 512
"""How much of an unreadable answer is kept."""
_TOO_MANY_REQUESTS = 429
_FIRST_SERVER_STATUS = 500


def _restore(cls: type[WsclientError], args: tuple[object, ...], state: dict[str, object]) -> WsclientError:
    """Rebuild an error from its parts, past its own constructor's required arguments."""
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class WsclientError(Exception):
    """Whatever wsclient raises of its own accord; every subclass pickles and copies.

    operation is AWS's name of the operation that was called, None outside a call; attempts counts how often
    it was tried, 0 when nothing was tried.
    """

    operation: str | None = None
    attempts: int = 0
    is_transient: bool = False
    """Whether the same attempt, made again, may succeed."""
    is_throttling: bool = False
    """Whether the service asked to be left alone for a while."""
    is_ambiguous: bool = False
    """Whether the operation may have been carried out although the attempt failed."""
    may_have_been_sent: bool = False
    """Whether any byte of the request may have reached the service."""
    retry_after: float | None = None
    """Seconds the service asked to wait before the next attempt."""
    was_tried: bool = True
    """Whether the attempt that ended so was begun: one that still waits for its turn was not."""

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by parts, since subclasses have required keyword arguments."""
        return _restore, (type(self), self.args, self.__dict__.copy())


class ConfigurationError(WsclientError):
    """A setting is missing, malformed or in conflict with another; nothing was sent."""


class EndpointResolutionError(ConfigurationError):
    """No endpoint fits what was asked for, or the one that does is not allowed; nothing was sent."""


class PrivateLinkFipsError(EndpointResolutionError):
    """PrivateLink and FIPS were both asked for, which Amazon WorkSpaces does not support."""


class TLSPolicyError(ConfigurationError):
    """A TLS setting or a foreign SSL context would allow less than wsclient promises."""


class CredentialsError(WsclientError):
    """Credentials could not be had, or are not the ones that were asked for."""


class NoCredentialsError(CredentialsError):
    """No provider had credentials; tried holds each provider's name and why it gave none."""

    def __init__(self, tried: Sequence[tuple[str, str]]) -> None:
        self.tried = tuple(tried)
        reasons = "; ".join(f"{name}: {reason}" for name, reason in self.tried) or "no provider was asked"
        super().__init__(
            f"no AWS credentials found ({reasons}). Pass credentials=, choose profile=, or set "
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        )


class CredentialsRefreshError(CredentialsError):
    """A source of credentials failed to give any; can_heal tells whether asking again later may succeed.

    The call that needed them was not sent.
    """

    def __init__(self, message: str, *, can_heal: bool = True) -> None:
        super().__init__(message)
        self.can_heal = can_heal


class RequestValidationError(WsclientError, ValueError):
    """An input can only be a mistake; nothing was sent.

    path is the member in AWS's names (Workspaces[3].UserName), limit what it breaks, value_size the length
    or number that was given. The value itself is not kept.
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
    """The network failed; may_have_been_sent tells whether the request may have reached the service."""

    is_transient = True

    def __init__(self, message: str, *, may_have_been_sent: bool, is_transient: bool | None = None) -> None:
        super().__init__(message)
        self.may_have_been_sent = self.is_ambiguous = may_have_been_sent
        if is_transient is not None:
            self.is_transient = is_transient


class ConnectError(TransportError):
    """No connection came about: name look-up, TCP, proxy or a handshake cut short. Never sent."""

    def __init__(self, message: str, *, is_transient: bool | None = None) -> None:
        super().__init__(message, may_have_been_sent=False, is_transient=is_transient)


class TLSError(TransportError):
    """The peer's certificate or its TLS is not acceptable. Never sent, and not tried again."""

    is_transient = False

    def __init__(self, message: str) -> None:
        super().__init__(message, may_have_been_sent=False)


class RequestTimeoutError(TransportError, TimeoutError):
    """A time-out ran out: phase is connect, read, write, pool, total or pace."""

    def __init__(self, message: str, *, phase: str, may_have_been_sent: bool, is_transient: bool | None = None) -> None:
        super().__init__(message, may_have_been_sent=may_have_been_sent, is_transient=is_transient)
        self.phase = phase


class PaceTimeoutError(RequestTimeoutError):
    """The call's turn would come, or came, too late for its Timeout.total (phase pace). The attempt was not sent."""

    was_tried = False

    def __init__(self, message: str) -> None:
        super().__init__(message, phase="pace", may_have_been_sent=False, is_transient=False)


class ConnectionLostError(TransportError):
    """The connection broke while the request went out or its answer came in."""


class ResponseParseError(WsclientError):
    """An answer came and could not be read; status, headers and the first bytes are kept for a look."""

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
        self.headers = tuple(headers)
        self.first_bytes = first_bytes[:FIRST_BYTES]


class MiddlewareError(WsclientError):
    """A middleware did what none may, as wsclient.middleware tells; is_ambiguous says that its attempt was sent."""


class PaginationError(WsclientError):
    """The service handed out the same page token twice: following it would never end."""


class PartialFailureError(WsclientError):
    """Some items of a batch failed under HTTP 200; failed_requests holds AWS's record of each."""

    may_have_been_sent = True

    def __init__(self, message: str, *, failed_requests: Sequence[object]) -> None:
        super().__init__(message)
        self.failed_requests = tuple(failed_requests)


class ServiceError(WsclientError):
    """The service answered with an error.

    code is AWS's error code, message its words, status the HTTP status, request_id what AWS support asks for,
    fault "client" or "server", retry_after seconds asked for by the service, details the error's further members;
    modeled says that the operation's model names this code (an unmodeled code under HTTP 429 is throttling).
    earlier_attempt_may_have_succeeded is set when an ambiguous attempt went before.
    """

    code: str = "Unknown"
    fault: str | None = None
    may_have_been_sent = True
    earlier_attempt_may_have_succeeded: bool = False

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
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.status = status
        self.request_id = request_id
        self.operation = operation
        self.fault = fault or type(self).fault or _fault_of(status)
        self.retry_after = retry_after
        self.details = dict(details or {})
        too_many = status == _TOO_MANY_REQUESTS and not modeled
        self.is_throttling = self.code in THROTTLING_CODES or too_many
        self.is_transient = type(self).is_transient or self.code in TRANSIENT_CODES or status in TRANSIENT_STATUSES
        self.is_ambiguous = status in AMBIGUOUS_STATUSES and not self.is_throttling

    def __str__(self) -> str:
        """Say code, operation, message and where to look, on one line."""
        where = f" in {self.operation}" if self.operation else ""
        status = f"HTTP {self.status}, " if self.status else ""
        tail = f" [{status}request id {self.request_id or 'unknown'}, attempts {self.attempts}]"
        doubt = " An earlier attempt may have succeeded." if self.earlier_attempt_may_have_succeeded else ""
        return f"{self.code}{where}: {self.message or 'no message'}{tail}{doubt}"


def _fault_of(status: int | None) -> str | None:
    if status is None:
        return None
    return "server" if status >= _FIRST_SERVER_STATUS else "client"
