"""Response matching: data that a gateway or a late second response leaves on a connection is never used."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from itertools import count

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.support.bare_clients import have_it_use_httpx
from tests.support.scale import at_scale
from tests.support.senders import CONTEXT, QUICK, TRUSTING
from tests.support.tls_server import proxying, serving
from wsclient._core.errors import ResponseParseError, WsclientError
from wsclient._core.http import HttpResponse, ServiceRequest
from wsclient._pipeline.transport.http_transport import HttpTransport, TransportSettings

TRANSPORTS = ("engine", "httpx pool", "proxy", "stock transport of the caller", "plain http")
OWN = b'{"own":1}'
LATE = b'{"late":1}'
IDS = st.sampled_from([None, "", "-", "a-1", "A-1", "b-2"])
GATEWAYS = st.tuples(st.sampled_from([200, 403, 404, 429, 500, 502, 503, 504, 520]), IDS, st.booleans())


def _bytes(status: int, body: bytes, request_id: str | None, *, other_header: bool = False) -> bytes:
    name = "x-amz-request-id" if other_header else "x-amzn-requestid"
    marked = f"{name}: {request_id}\r\n" if request_id is not None else ""
    return f"HTTP/1.1 {status} X\r\n{marked}content-length: {len(body)}\r\n\r\n".encode() + body


@asynccontextmanager
async def _sender(transport_kind: str) -> AsyncGenerator[HttpTransport]:
    stock = httpx.AsyncHTTPTransport(verify=TRUSTING.policy.create_context())
    async with proxying() as proxy, stock:
        made = replace(TRUSTING, max_connections=1)
        if transport_kind == "proxy":
            made = replace(made, proxy=proxy.url)
        if transport_kind == "stock transport of the caller":
            made = TransportSettings(transport=stock)
        sender = HttpTransport(made)
        if transport_kind == "httpx pool":
            have_it_use_httpx(sender)
        yield sender
        await sender.aclose()


@pytest.mark.parametrize("transport_kind", TRANSPORTS)
def test_late_response_is_never_read_as_the_next_response(transport_kind: str) -> None:
    """Whatever answered first, a late response over its connection is an error or unseen, never a success."""

    @settings(
        max_examples=at_scale(8, 400),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
    @given(first=GATEWAYS, late_in_other_header=st.booleans())
    def holds(first: tuple[int, str | None, bool], *, late_in_other_header: bool) -> None:
        status, request_id, other_header = first
        numbers = count()

        def answer(_: bytes) -> bytes:
            number = next(numbers)
            if number == 0:
                return _bytes(status, OWN, request_id, other_header=other_header)
            # On the connection of the first response, the service's own late one comes first.
            late_id = request_id if request_id not in {None, "", "-"} else "a-1"
            return _bytes(200, LATE, late_id, other_header=late_in_other_header)

        async def case() -> None:
            async with (
                serving(None if transport_kind == "plain http" else CONTEXT, answer) as server,
                _sender(transport_kind) as sender,
            ):
                request = ServiceRequest("POST", server.url, (), b"{}")
                assert (await sender.send(request, QUICK)).body == OWN
                (outcome,) = await asyncio.gather(sender.send(request, QUICK), return_exceptions=True)
                if isinstance(outcome, BaseException):
                    assert isinstance(outcome, WsclientError)
                    assert outcome.is_ambiguous
                    assert server.connections == 1
                else:
                    assert server.connections == 2, "the late response of a connection was believed"

        asyncio.run(case())

    holds()


@pytest.mark.parametrize("transport_kind", TRANSPORTS)
def test_connection_is_reused_after_a_response_with_a_new_request_id(transport_kind: str) -> None:
    """Responses with new request ids leave their connection to the next request, over every transport."""
    numbers = count()

    async def case() -> None:
        def answer(_: bytes) -> bytes:
            return _bytes(200, OWN, f"id-{next(numbers)}")

        async with (
            serving(None if transport_kind == "plain http" else CONTEXT, answer) as server,
            _sender(transport_kind) as sender,
        ):
            for _ in range(3):
                response = await sender.send(ServiceRequest("POST", server.url, (), b"{}"), QUICK)
                assert isinstance(response, HttpResponse)
            assert server.connections == 1

    asyncio.run(case())


@pytest.mark.parametrize("transport_kind", TRANSPORTS)
def test_success_without_request_id_is_rejected_after_responses_with_ids(transport_kind: str) -> None:
    """A service that marks its responses marks all of them: a late one without a request id is an error."""
    numbers = count()

    async def case() -> None:
        def answer(_: bytes) -> bytes:
            return _bytes(200, OWN, "id-1") if next(numbers) == 0 else _bytes(200, LATE, None)

        async with (
            serving(None if transport_kind == "plain http" else CONTEXT, answer) as server,
            _sender(transport_kind) as sender,
        ):
            request = ServiceRequest("POST", server.url, (), b"{}")
            await sender.send(request, QUICK)
            with pytest.raises(ResponseParseError, match="no request id") as caught:
                await sender.send(request, QUICK)
            assert caught.value.is_ambiguous
            await sender.send(request, QUICK)
            assert server.connections == 2

    asyncio.run(case())


@pytest.mark.parametrize("transport_kind", TRANSPORTS)
def test_connections_are_reused_for_a_service_without_request_ids(transport_kind: str) -> None:
    """A service that sends AWS's content type but no request ids is called over a reused connection."""

    async def case() -> None:
        def answer(_: bytes) -> bytes:
            head = f"HTTP/1.1 200 X\r\ncontent-type: application/x-amz-json-1.1\r\ncontent-length: {len(OWN)}\r\n\r\n"
            return head.encode() + OWN

        async with (
            serving(None if transport_kind == "plain http" else CONTEXT, answer) as server,
            _sender(transport_kind) as sender,
        ):
            for _ in range(3):
                await sender.send(ServiceRequest("POST", server.url, (), b"{}"), QUICK)
            assert server.connections == 1

    asyncio.run(case())
