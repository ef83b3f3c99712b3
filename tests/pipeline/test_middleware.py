"""Middleware: its inputs, permitted changes, and how every misuse and error ends the call."""

from __future__ import annotations

import asyncio
import pickle
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from msgspec.structs import replace

import wsclient
from tests.support.in_process import NO_SETTINGS, client_of
from wsclient import errors, types
from wsclient._core.clock import TimeSource
from wsclient.middleware import Answer, Attempt, MiddlewareError, Next
from wsclient.testing import Answer as Reply
from wsclient.testing import Drop, Emulator, FakeTransport

if TYPE_CHECKING:
    from collections.abc import Callable

    from wsclient.middleware import Middleware

KEYS = wsclient.Credentials("AKIDEXAMPLE", "hunter2", "hunter3")
NO_TAGS: dict[str, object] = {"TagList": []}
TAGS: dict[str, Reply] = {"DescribeTags": NO_TAGS}


def _client(transport: Any, *middleware: Middleware, **options: Any) -> wsclient.WorkSpacesClient:
    table: dict[str, Any] = {
        "credentials": KEYS,
        "config": wsclient.ClientConfig.load("workspaces", environ=NO_SETTINGS, region="us-west-2"),
        "transport": transport,
        "middleware": middleware,
        **options,
    }
    ws = wsclient.WorkSpacesClient(**table)
    ws._pipeline = replace(ws._pipeline, time=TimeSource(random=lambda: 0.0))
    return ws


def _called(*middleware: Middleware, transport: Any = None, **options: Any) -> Any:
    """Call DescribeTags through the middleware, and return the transport."""
    value = transport or FakeTransport(TAGS)
    asyncio.run(_described(_client(value, *middleware, **options)))
    return value


async def _described(ws: wsclient.WorkSpacesClient) -> types.DescribeTagsResult:
    return await ws.describe_tags(resource_id="ws-1")


async def _through(attempt: Attempt, proceed: Next) -> Answer:
    return await proceed(attempt)


def _adding(name: str, value: str = "blue") -> Middleware:
    async def adding(attempt: Attempt, proceed: Next) -> Answer:
        return await proceed(attempt.with_header(name, value))

    return adding


def _refused(middleware: Middleware, words: str) -> MiddlewareError:
    """Return the error of a call that the middleware breaks."""
    with pytest.raises(MiddlewareError, match=words) as caught:
        _called(middleware)
    return caught.value


def test_first_middleware_is_outermost() -> None:
    """The first middleware is outermost; each receives the attempt, and the response's metadata and headers."""
    found: list[object] = []

    def named(name: str) -> Middleware:
        async def one(attempt: Attempt, proceed: Next) -> Answer:
            found.append(name)
            answer = await proceed(attempt)
            found.extend((name, attempt, answer))
            return answer

        return one

    _called(named("outer"), named("inner"))
    assert found[:3] == ["outer", "inner", "inner"]
    attempt, answer, *rest = found[3:]
    assert rest == ["outer", attempt, answer]
    assert isinstance(attempt, Attempt)
    assert replace(attempt, invocation_id="") == Attempt(
        service="workspaces",
        operation="DescribeTags",
        number=1,
        max_attempts=3,
        region="us-west-2",
        host="workspaces.us-west-2.amazonaws.com",
        endpoint_kind=wsclient.EndpointKind.PUBLIC,
        invocation_id="",
    )
    assert isinstance(answer, Answer)
    assert answer.status == 200
    assert dict(answer.headers)["x-amzn-requestid"] == answer.request_id


def test_middleware_headers_are_added_in_order_and_signed() -> None:
    """Headers of every middleware are sent and signed, except those that proxies change, which are only sent."""
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, headers={"x-amzn-requestid": "id"}, content=b"{}")

    _called(_adding("x-team"), _adding("X-Amzn-Trace-Id", "Root=1"), transport=httpx.MockTransport(handler))
    (request,) = seen
    assert (request.headers["x-team"], request.headers["x-amzn-trace-id"]) == ("blue", "Root=1")
    signed = request.headers["authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";")
    assert "x-team" in signed
    assert "x-amzn-trace-id" not in signed


def test_added_headers_pass_the_signature_check() -> None:
    """The emulator accepts the signature of a call with added headers, including a repeated header."""

    async def main() -> None:
        aws = Emulator()
        ws = client_of(aws, middleware=(_adding("x-team"), _adding("x-team", "a  b"), _adding("traceparent", "00-1")))
        assert (await ws.describe_workspaces()).workspaces == []

    asyncio.run(main())


def test_middleware_wraps_each_attempt() -> None:
    """A failed attempt raises its typed error; the next has the next number and the same invocation id."""
    seen: list[tuple[Attempt, object]] = []

    async def watching(attempt: Attempt, proceed: Next) -> Answer:
        try:
            answer = await proceed(attempt)
        except errors.ServiceError as error:
            seen.append((attempt, error.code))
            raise
        seen.append((attempt, answer.status))
        return answer

    failing = errors.InternalServerException("m", status=500)
    _called(watching, transport=FakeTransport({"DescribeTags": [failing, NO_TAGS]}))
    (first, code), (second, status) = seen
    assert (code, status) == ("InternalServerException", 200)
    assert (first.number, second.number) == (1, 2)
    assert first.invocation_id == second.invocation_id


@pytest.mark.parametrize(
    "name",
    [
        *("Host", "authorization", "X-Amz-Date", "x-amz-security-token", "x-amz-target", "Content-Type", "user-agent"),
        *("amz-sdk-request", "content-length", "transfer-encoding", "accept-encoding", "proxy-authorization"),
    ],
)
def test_reserved_header_is_rejected(name: str) -> None:
    """Adding a reserved header ends the call before sending, with an error that names middleware and header."""
    error = _refused(_adding(name, "hunter4"), rf"_adding.*added the header {name}, which wsclient sets itself")
    assert (error.attempts, error.may_have_been_sent, error.operation) == (0, False, None)
    assert "hunter4" not in repr(error)


@pytest.mark.parametrize(
    ("name", "value"), [("", "v"), ("a b", "v"), ("a\r\nb", "v"), ("é", "v"), ("x-a", "v\r\nx: y"), ("x-a", "é")]
)
def test_invalid_header_is_rejected_without_quoting_it(name: str, value: str) -> None:
    """Neither a name nor a value carries another header along, and the value is not shown."""
    error = _refused(_adding(name, value), "added a header with an invalid name|not printable ASCII")
    assert value == "v" or value not in str(error)


def test_response_made_by_middleware_is_rejected() -> None:
    """A response made by middleware is rejected, whether or not the request was sent."""
    forged = Answer(status=200, request_id="r", headers=())

    async def before(attempt: Attempt, proceed: Next) -> Answer:
        return forged

    async def after(attempt: Attempt, proceed: Next) -> Answer:
        return replace(await proceed(attempt))

    error = _refused(before, "did not return this attempt's response")
    assert (error.attempts, error.may_have_been_sent) == (0, False)
    error = _refused(after, "did not return this attempt's response")
    assert (error.attempts, error.may_have_been_sent, error.is_ambiguous) == (1, True, True)


def test_response_of_another_attempt_is_rejected() -> None:
    """A response kept from an earlier call is rejected."""
    kept: list[Answer] = []

    async def replaying(attempt: Attempt, proceed: Next) -> Answer:
        if not kept:
            kept.append(await proceed(attempt))
        return kept[0]

    async def main() -> None:
        ws = _client(FakeTransport(TAGS), replaying)
        await _described(ws)
        with pytest.raises(MiddlewareError, match="not return this attempt's response"):
            await _described(ws)

    asyncio.run(main())


def test_proceed_can_be_called_once() -> None:
    """A second call of proceed raises an error, and sends nothing."""

    async def twice(attempt: Attempt, proceed: Next) -> Answer:
        await proceed(attempt)
        return await proceed(attempt)

    transport = FakeTransport({"DescribeTags": [NO_TAGS, NO_TAGS]})
    with pytest.raises(MiddlewareError, match="called proceed twice") as caught:
        _called(twice, transport=transport)
    assert len(transport.requests) == 1
    assert caught.value.is_ambiguous


def test_proceed_after_a_failure_is_rejected() -> None:
    """The retries are the client's: going on after a failure is refused as going on twice."""

    async def stubborn(attempt: Attempt, proceed: Next) -> Answer:
        try:
            return await proceed(attempt)
        except errors.ServiceError:
            return await proceed(attempt)

    transport = FakeTransport({"DescribeTags": [errors.ResourceNotFoundException("m", status=400)]})
    with pytest.raises(MiddlewareError, match="twice"):
        _called(stubborn, transport=transport)
    assert len(transport.requests) == 1


def test_proceed_after_the_attempt_is_rejected() -> None:
    """A proceed that is called after its attempt ended raises an error and sends nothing."""
    kept: list[tuple[Attempt, Next]] = []

    async def refusing(attempt: Attempt, proceed: Next) -> Answer:
        kept.append((attempt, proceed))
        raise KeyError

    async def main() -> None:
        transport = FakeTransport(TAGS)
        with pytest.raises(MiddlewareError, match="raised KeyError"):
            await _described(_client(transport, refusing))
        ((attempt, proceed),) = kept
        with pytest.raises(MiddlewareError, match="after the attempt had ended"):
            await proceed(attempt)
        assert transport.requests == ()

    asyncio.run(main())


@pytest.mark.parametrize(
    "change",
    [
        lambda attempt: replace(attempt, number=7),
        lambda attempt: replace(attempt, host="evil.example.com"),
        lambda attempt: replace(attempt, headers=()),
        lambda _: None,
    ],
)
def test_other_changes_of_an_attempt_are_rejected(change: Callable[[Attempt], Any]) -> None:
    """An attempt with any change other than added headers is rejected."""

    async def changing(attempt: Attempt, proceed: Next) -> Answer:
        return await proceed(change(attempt))

    with pytest.raises(MiddlewareError, match="it may only add headers"):
        _called(_adding("x-team"), changing)


def test_own_exception_of_middleware_ends_the_call() -> None:
    """An exception of the middleware's own type ends the call without a retry, and nothing is sent."""

    class ClosedError(Exception):
        pass

    async def refusing(attempt: Attempt, proceed: Next) -> Answer:
        raise ClosedError(attempt.operation)

    transport = FakeTransport(TAGS)
    with pytest.raises(ClosedError, match="DescribeTags"):
        _called(refusing, transport=transport)
    assert transport.requests == ()


def test_retryable_error_of_middleware_is_retried() -> None:
    """A retryable WsclientError raised by middleware counts as a failed attempt that was not sent."""
    numbers: list[int] = []

    async def first_refused(attempt: Attempt, proceed: Next) -> Answer:
        numbers.append(attempt.number)
        if attempt.number == 1:
            raise errors.ThrottlingException("not so fast")
        return await proceed(attempt)

    transport = _called(first_refused)
    assert numbers == [1, 2]
    assert len(transport.requests) == 1
    with pytest.raises(errors.ThrottlingException) as caught:
        _called(first_refused, retry=wsclient.RetryPolicy(mode="off"))
    assert caught.value.attempts == 0


def _hiding(*, transient: bool) -> Middleware:
    async def hiding(attempt: Attempt, proceed: Next) -> Answer:
        try:
            return await proceed(attempt)
        except errors.ConnectionLostError:
            raise errors.ConnectError("harmless", is_transient=transient) from None

    return hiding


async def _created(aws: Emulator, middleware: Middleware, *, reconcile: bool) -> types.CreateWorkspacesResult:
    """Create a WorkSpace whose first response is lost, with retry delays driven on the emulator's clock."""

    async def sleep(seconds: float) -> None:
        aws.advance(seconds=seconds)

    aws.fail("CreateWorkspaces", with_=Drop.AFTER)
    ws = client_of(aws, middleware=(middleware,), retry=wsclient.RetryPolicy())
    ws._pipeline = replace(ws._pipeline, time=TimeSource(sleep=sleep, random=ws._pipeline.time.random))
    wanted = types.WorkspaceRequest(directory_id=aws.directory_id, user_name="jane", bundle_id=aws.bundle_id)
    return await ws.create_workspaces(workspaces=[wanted], reconcile=reconcile)


@pytest.mark.parametrize("transient", [False, True])
def test_middleware_cannot_hide_an_ambiguous_outcome(transient: bool) -> None:
    """A creation that may have been carried out is not sent again, whatever middleware makes of its failure."""
    aws = Emulator()
    with pytest.raises(errors.ConnectError) as caught:
        asyncio.run(_created(aws, _hiding(transient=transient), reconcile=False))
    assert (caught.value.is_ambiguous, caught.value.may_have_been_sent, caught.value.attempts) == (True, True, 1)
    assert "may have executed" in caught.value.__notes__[0]
    assert [call.operation for call in aws.calls] == ["CreateWorkspaces"]


@pytest.mark.parametrize("transient", [False, True])
def test_ambiguous_outcome_replaced_by_middleware_is_reconciled(transient: bool) -> None:
    """A creation that looks before it sends again does so for an error that middleware made, too."""
    aws = Emulator()
    result = asyncio.run(_created(aws, _hiding(transient=transient), reconcile=True))
    assert result.metadata.was_reconciled
    assert [call.operation for call in aws.calls].count("CreateWorkspaces") == 1


def test_middleware_error_after_the_response_is_ambiguous() -> None:
    """An error raised by middleware after the response makes the call's outcome ambiguous."""

    async def failing(attempt: Attempt, proceed: Next) -> Answer:
        await proceed(attempt)
        raise errors.ConnectError("after all")

    with pytest.raises(errors.ConnectError) as caught:
        _called(failing, retry=wsclient.RetryPolicy(mode="off"))
    assert (caught.value.is_ambiguous, caught.value.may_have_been_sent) == (True, True)


def test_middleware_error_replacing_a_service_error_is_unambiguous() -> None:
    """An error raised in place of a service error is not ambiguous, but records that the request was sent."""

    async def renaming(attempt: Attempt, proceed: Next) -> Answer:
        try:
            return await proceed(attempt)
        except errors.ResourceNotFoundException:
            raise errors.ConnectError("not there") from None

    transport = FakeTransport({"DescribeTags": errors.ResourceNotFoundException("m", status=400)})
    with pytest.raises(errors.ConnectError) as caught:
        _called(renaming, transport=transport, retry=wsclient.RetryPolicy(mode="off"))
    assert (caught.value.is_ambiguous, caught.value.may_have_been_sent, caught.value.attempts) == (False, True, 1)


def test_cancelling_a_call_cancels_its_middleware() -> None:
    """A call that is cancelled ends in the middle of its middleware, which can clean up."""
    found: list[str] = []

    async def main() -> None:
        inside = asyncio.Event()

        async def waiting(attempt: Attempt, proceed: Next) -> Answer:
            inside.set()
            try:
                await asyncio.Event().wait()
            finally:
                found.append("cleaned up")
            return await proceed(attempt)

        call = asyncio.ensure_future(_described(_client(FakeTransport(TAGS), waiting)))
        await inside.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call

    asyncio.run(main())
    assert found == ["cleaned up"]


def test_middleware_wraps_raw_and_sts_calls() -> None:
    """Every operation of both clients does, those without a signature as well."""
    seen: list[tuple[str, str]] = []

    async def watching(attempt: Attempt, proceed: Next) -> Answer:
        seen.append((attempt.service, attempt.operation))
        return await proceed(attempt)

    async def main() -> None:
        await _client(FakeTransport(TAGS), watching).raw("DescribeTags", {"ResourceId": "ws-1"})
        sts = wsclient.StsClient(
            region="us-west-2",
            credentials=KEYS,
            transport=FakeTransport({"GetCallerIdentity": {}, "AssumeRoleWithWebIdentity": {}}),
            middleware=[watching],
        )
        await sts.get_caller_identity()
        await sts.assume_role_with_web_identity(role_arn="a" * 20, role_session_name="me", web_identity_token="hunter4")

    asyncio.run(main())
    assert seen == [("workspaces", "DescribeTags"), ("sts", "GetCallerIdentity"), ("sts", "AssumeRoleWithWebIdentity")]


def test_with_options_replaces_middleware() -> None:
    """with_options(middleware=) returns a copy that shares everything else; the original client is unchanged."""
    seen: list[str] = []

    async def watching(attempt: Attempt, proceed: Next) -> Answer:
        seen.append(attempt.operation)
        return await proceed(attempt)

    async def main() -> None:
        ws = _client(FakeTransport(TAGS))
        other = ws.with_options(middleware=(watching,))
        assert other._shared is ws._shared
        assert other._identity is ws._identity
        await _described(ws)
        assert seen == []
        await _described(other)
        await _described(other.with_options(timeout=wsclient.Timeout(total=5)))
        await _described(other.with_options(middleware=()))
        assert seen == ["DescribeTags", "DescribeTags"]

    asyncio.run(main())


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (_through, "takes a tuple of async functions, not a function; put a single function in a list"),
        ("ab", "not a str"),
        (None, "not a NoneType"),
        ((_through, 7), r"middleware\[1\] is a int"),
    ],
)
def test_invalid_middleware_is_rejected_by_the_constructor(value: Any, words: str) -> None:
    """A mistake is found when the client is made, or copied."""
    with pytest.raises(errors.ConfigurationError, match=words):
        _client(FakeTransport(TAGS), middleware=value)
    with pytest.raises(errors.ConfigurationError, match=words):
        _client(FakeTransport(TAGS)).with_options(middleware=value)


def test_synchronous_middleware_raises_at_its_first_call() -> None:
    """A middleware that is not an async function raises an error at its first call."""

    def plain(attempt: Attempt, proceed: Next) -> Any:
        return 7

    _refused(plain, "plain must be an async function; it returned a int")


def test_middleware_sees_no_secret() -> None:
    """Neither key, token, signature nor body is in an attempt or an answer; added headers are in no repr."""
    shown: list[object] = []

    async def looking(attempt: Attempt, proceed: Next) -> Answer:
        answer = await proceed(attempt)
        shown.extend((attempt, answer, vars(proceed).items()))
        return answer

    _called(_adding("x-pass", "hunter4"), looking)
    assert not any(secret in repr(shown) for secret in ("hunter", "AKIDEXAMPLE", "AWS4", "ws-1"))


def test_middleware_errors_pickle() -> None:
    """A MiddlewareError comes back from a process pool as it was."""
    error = _refused(_adding("host"), "sets itself")
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.args, again.attempts) == (MiddlewareError, error.args, 0)


def test_client_without_middleware_has_none() -> None:
    """A client created without middleware, or with an empty list, has no middleware."""
    clients = [_client(FakeTransport(TAGS)), _client(FakeTransport(TAGS), middleware=[])]
    assert [client._pipeline.middleware for client in clients] == [(), ()]
