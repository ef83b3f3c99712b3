"""Errors of the caller's own code in a call: credentials provider, middleware and on_retry.

A call raises wsclient's errors, and exceptions that the caller's code defines and raises on purpose. An exception of
Python's own, such as KeyError, says neither where it comes from nor whether the request was sent: it becomes the
__cause__ of an error that does. No message contains the exception's text, which may be a secret.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from typing import TYPE_CHECKING, cast

from wsclient._core.credentials import Credentials, invalidate_key
from wsclient._core.errors import (
    CredentialsError,
    CredentialsRefreshError,
    MiddlewareError,
    ResponseParseError,
    ServiceError,
    TransportError,
    WsclientError,
)
from wsclient._core.event_loops import is_cancellation
from wsclient._core.http import UnansweredRequestError
from wsclient._core.logging import error_name, log_fields
from wsclient.retries._strategy import is_retryable

if TYPE_CHECKING:
    from collections.abc import Callable

    from wsclient._core.credentials import CredentialsProvider
    from wsclient._pipeline.call import Call
    from wsclient.retries._policy import RetryEvent

_logger = logging.getLogger("wsclient.credentials")


def is_from_python(error: BaseException) -> bool:
    """Return whether an exception is of Python's own classes; for a group, whether all of its exceptions are."""
    if isinstance(error, BaseExceptionGroup):
        return all(is_from_python(each) for each in cast("BaseExceptionGroup[BaseException]", error).exceptions)
    if isinstance(error, UnansweredRequestError):
        return False
    return type(error).__module__.partition(".")[0] in sys.stdlib_module_names


async def get_credentials(provider: CredentialsProvider, operation: str) -> Credentials:
    """Return the credentials of a provider for a call of this operation.

    Raises CredentialsRefreshError if a request of the provider failed; CredentialsError for an exception that is not
    wsclient's, and for a result that is not Credentials.
    """
    try:
        credentials = cast("object", await provider.get_credentials())
    except (ServiceError, TransportError, ResponseParseError) as error:
        # The error is of STS, SSO or a metadata service: its ambiguity does not apply to this call, never sent.
        raise CredentialsRefreshError(
            f"could not refresh the credentials for {operation}: {error}", can_heal=is_retryable(error)
        ) from error
    except (WsclientError, UnansweredRequestError):
        raise
    except (Exception, asyncio.CancelledError) as error:
        if is_cancellation(error):
            raise
        raise CredentialsError(
            f"the credentials provider raised {type(error).__name__}, which is this error's __cause__"
        ) from error
    if isinstance(credentials, Credentials):
        return credentials
    raise CredentialsError(
        f"the credentials provider must return wsclient.Credentials, not {type(credentials).__name__}"
    )


def invalidate(provider: CredentialsProvider, access_key_id: str) -> bool:
    """Invalidate a rejected key; return whether the provider may have other credentials now.

    An exception of the provider is logged: the caller needs the service's error, which rejected the key.
    """
    try:
        return invalidate_key(provider, access_key_id)
    except Exception as error:  # noqa: BLE001 - a provider may raise anything
        name = error_name(error)
        _logger.warning("invalidate() of the credentials provider raised %s", name, extra=log_fields(error=name))
        return False


def guarded_on_retry(on_retry: Callable[[RetryEvent], None], call: Call) -> Callable[[RetryEvent], None]:
    """Return on_retry with its exceptions of Python's own raised as MiddlewareError."""

    def notify(event: RetryEvent) -> None:
        try:
            on_retry(event)
        except (Exception, asyncio.CancelledError) as error:
            if is_cancellation(error) or not is_from_python(error):
                raise
            raise _on_retry_error(call, event, error) from error

    return notify


def _on_retry_error(call: Call, event: RetryEvent, error: BaseException) -> MiddlewareError:
    failure = MiddlewareError(f"on_retry raised {type(error).__name__}, which is this error's __cause__")
    failure.operation, failure.attempts = call.name, event.attempt
    failure.is_ambiguous = failure.may_have_been_sent = call.may_have_been_sent
    return failure
