"""Exceptions of a caller's provider, middleware and on_retry: a call never raises Python's own exceptions."""

from __future__ import annotations

import asyncio
import json
import queue
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

import wsclient
from wsclient.errors import CredentialsError, MiddlewareError, NoCredentialsError, ServiceError, WsclientError
from wsclient.testing import FakeTransport

if TYPE_CHECKING:
    from wsclient.middleware import Answer, Attempt, Next

CANARY = "canaryS3cr3tDoNotShow"
KEYS = wsclient.Credentials("AKIDEXAMPLE", "secret")


class OwnError(Exception):
    """An exception that a caller defines."""


class OwnValueError(ValueError):
    """An exception that a caller derives from a built-in exception."""


def _group(errors: list[Exception]) -> Exception:
    return ExceptionGroup(CANARY, errors)


PYTHONS: list[type[Exception]] = [
    *(ValueError, TypeError, KeyError, AttributeError, RuntimeError, AssertionError, NotImplementedError, OSError),
    *(TimeoutError, StopAsyncIteration, MemoryError, ZeroDivisionError, queue.Empty, asyncio.InvalidStateError),
]
OWN: list[type[Exception]] = [OwnError, OwnValueError, httpx.ReadError]
STRAY = st.builds(asyncio.CancelledError, st.just(CANARY))
"""The cancellation of a task that a call awaits, and not of the call."""
LEAVES = st.sampled_from([*PYTHONS, *OWN]).map(lambda error: error(CANARY))
RAISED = st.recursive(LEAVES, lambda each: st.lists(each, min_size=1, max_size=3).map(_group), max_leaves=4) | STRAY


def _is_own(error: BaseException) -> bool:
    """Return whether the error, or an error in its group, is of a class that a caller or a library defines."""
    if isinstance(error, ExceptionGroup):
        return any(map(_is_own, error.exceptions))
    return isinstance(error, tuple(OWN))


def _outcome(client: wsclient.WorkSpacesClient) -> Exception:
    with pytest.raises(Exception) as caught:  # noqa: PT011 - any, as the point is
        asyncio.run(client.describe_workspaces().first_page())
    return caught.value


class Provider:
    """A provider that raises when it is called, or when credentials are rejected."""

    def __init__(self, result: Any, invalidation: Exception | None = None) -> None:
        self._result, self._invalidation = result, invalidation

    async def get_credentials(self) -> Any:
        """Raise or return what was given."""
        if isinstance(self._result, BaseException):
            raise self._result
        return self._result

    def invalidate(self, access_key_id: str) -> bool:
        """Raise or say that there are no others."""
        if self._invalidation is not None:
            raise self._invalidation
        return False


class Uncached:
    """A provider without a cache."""

    def __init__(self, error: BaseException) -> None:
        self._error = error

    async def get_credentials(self) -> wsclient.Credentials:
        """Raise."""
        raise self._error


@given(RAISED, st.booleans())
def test_provider_exceptions_become_credentials_errors(error: BaseException, is_cached: bool) -> None:
    """Whatever a provider raises ends the call as a CredentialsError that has it as its cause, and not its text."""
    transport = FakeTransport({})
    provider = Provider(error) if is_cached else Uncached(error)
    client = wsclient.WorkSpacesClient(region="us-west-2", credentials=provider, transport=transport)
    found = _outcome(client)
    assert type(found) is CredentialsError
    assert CANARY not in str(found)
    # asyncio makes another CancelledError for each caller who awaits a cancelled task.
    assert found.__cause__ is error or type(found.__cause__) is type(error) is asyncio.CancelledError
    assert transport.requests == ()


class SharedRefresh:
    """A provider whose callers share a task without asyncio.shield, so that cancelling a caller cancels all of them."""

    def __init__(self) -> None:
        self._refresh: asyncio.Task[wsclient.Credentials] | None = None

    async def get_credentials(self) -> wsclient.Credentials:
        """Wait for the refresh, which takes longer than anybody waits."""
        self._refresh = self._refresh or asyncio.create_task(asyncio.sleep(3600, KEYS))
        return await self._refresh

    def invalidate(self, access_key_id: str) -> None:
        """Do nothing: that there is such a method says that this provider caches by itself."""


def test_cancelled_error_of_a_provider_does_not_cancel_the_call() -> None:
    """The cancelled call is cancelled; the other call fails, since a task group would ignore a cancellation."""

    async def main() -> None:
        client = wsclient.WorkSpacesClient(
            region="us-west-2", credentials=SharedRefresh(), transport=FakeTransport({}), pace=None
        )
        first, second = (asyncio.create_task(client.describe_workspaces().first_page()) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        with pytest.raises(CredentialsError):
            await second
        assert first.cancelled()
        assert not second.cancelled()

    asyncio.run(main())


@pytest.mark.parametrize("error", [NoCredentialsError([("vault", "is locked")]), CredentialsError("locked")])
def test_typed_provider_errors_propagate(error: WsclientError) -> None:
    """An error that is wsclient's own keeps its type and words."""
    found = _outcome(
        wsclient.WorkSpacesClient(region="us-west-2", credentials=Provider(error), transport=FakeTransport({}))
    )
    assert (type(found), str(found)) == (type(error), str(error))


@pytest.mark.parametrize("result", [None, ("AKIA", CANARY), {"access_key_id": CANARY}, CANARY])
def test_provider_that_returns_another_type_is_an_error(result: object) -> None:
    """Anything but Credentials is refused by its type."""
    client = wsclient.WorkSpacesClient(region="us-west-2", credentials=Provider(result), transport=FakeTransport({}))
    found = _outcome(client)
    assert type(found) is CredentialsError
    assert f"not {type(result).__name__}" in str(found)
    assert CANARY not in str(found)


def test_failing_invalidate_is_logged_and_the_service_error_raised(caplog: pytest.LogCaptureFixture) -> None:
    """The caller gets AWS's error, which rejected the key; the provider's exception is logged by its name."""

    def answer(_: httpx.Request) -> httpx.Response:
        body = json.dumps({"__type": "ExpiredTokenException", "message": "expired"})
        return httpx.Response(400, text=body, headers={"x-amzn-requestid": "x"})

    client = wsclient.WorkSpacesClient(
        region="us-west-2", credentials=Provider(KEYS, OSError(CANARY)), transport=httpx.MockTransport(answer)
    )
    found = _outcome(client)
    assert isinstance(found, ServiceError)
    assert found.code == "ExpiredTokenException"
    assert "invalidate() of the credentials provider raised OSError" in caplog.text
    assert CANARY not in caplog.text


@given(RAISED, st.sampled_from(["before", "after", "instead"]), st.integers(0, 2), st.booleans())
def test_middleware_exceptions_become_middleware_errors(
    error: BaseException, when: str, around: int, fails: bool
) -> None:
    """Python's own exceptions become a MiddlewareError that says what was sent; the caller's own pass unchanged."""

    async def raising(attempt: Attempt, proceed: Next) -> Answer:
        if when == "before":
            raise error
        try:
            await proceed(attempt)
        except WsclientError:
            if when == "instead":
                raise error from None
            raise
        raise error

    async def passing(attempt: Attempt, proceed: Next) -> Answer:
        return await proceed(attempt)

    def answer(_: httpx.Request) -> httpx.Response:
        if fails:
            return httpx.Response(400, json={"__type": "AccessDeniedException"}, headers={"x-amzn-requestid": "x"})
        return httpx.Response(200, json={}, headers={"x-amzn-requestid": "x"})

    client = wsclient.WorkSpacesClient(
        region="us-west-2",
        credentials=KEYS,
        transport=httpx.MockTransport(answer),
        middleware=(*[passing] * around, raising),
    )
    found = _outcome(client)
    if fails and when == "after":
        assert isinstance(found, ServiceError)
    elif _is_own(error):
        assert found is error
    else:
        assert type(found) is MiddlewareError
        assert found.__cause__ is error
        assert "raising raised" in str(found)
        assert CANARY not in str(found)
        assert found.is_ambiguous == (when != "before" and not fails)


@given(RAISED)
def test_on_retry_exceptions_become_middleware_errors(error: BaseException) -> None:
    """As with middleware; the attempt before it was not executed, and the error says so."""

    def notify(_: object) -> None:
        raise error

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(400, json={"__type": "ThrottlingException"}, headers={"x-amzn-requestid": "x"})

    client = wsclient.WorkSpacesClient(
        region="us-west-2", credentials=KEYS, transport=httpx.MockTransport(answer), on_retry=notify, pace=None
    )
    found = _outcome(client)
    if _is_own(error):
        assert found is error
        return
    assert type(found) is MiddlewareError
    assert (found.__cause__, found.operation, found.attempts) == (error, "DescribeWorkspaces", 1)
    assert not found.is_ambiguous
    assert CANARY not in str(found)
