"""No frame of a failed call has a secret, over wsclient's own connections and over httpx."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import trustme

import wsclient
from tests.support.bare_clients import NO_SETTINGS
from tests.support.frames import leaks
from tests.support.http_libraries import over_each_library
from tests.support.tls_server import authority, proxying, server_context, serving
from tests.support.transports import TransportKind, over_each_transport
from wsclient._core.http import HttpRequest, HttpResponse, Timeout
from wsclient._core.protocols import codec_for
from wsclient._generated.sts.service import SERVICE as STS
from wsclient._generated.workspaces.service import SERVICE as WORKSPACES
from wsclient._pipeline.transport.http_transport import HttpTransport, TransportSettings
from wsclient.errors import RequestTimeoutError, ServiceError, WsclientError

if TYPE_CHECKING:
    from collections.abc import Callable

    from wsclient._core.model.operations import Service

CANARY = "canaryS3cr3t"
KEYS = wsclient.Credentials("AKIDEXAMPLE", f"{CANARY}Key", f"{CANARY}Token")
ONCE = wsclient.RetryPolicy(max_attempts=1)
CA = trustme.CA()
SERVER = server_context(CA.issue_cert("localhost"))
TLS = wsclient.TLSPolicy(ca_data=authority(CA))
HEAD = (
    b"HTTP/1.1 %d X\r\ncontent-type: application/x-amz-json-1.1\r\nx-amzn-requestid: id\r\ncontent-length: %d\r\n\r\n"
)


def _response(status: int, body: bytes) -> bytes:
    return HEAD % (status, len(body)) + body


RESPONSES: dict[str, bytes] = {
    "lost": b"",
    "no HTTP": f"SSH-2.0 {CANARY}Token\r\n\r\n".encode(),
    "a head that is not HTTP": f"HTTP/1.1 200 OK\r\n{CANARY}Token\r\n\r\n".encode(),
    "a body that ends early": f"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz{CANARY}Token\r\n".encode(),
    "unparsable": _response(200, f'{{"Workspaces": "{CANARY}Token'.encode()),
    "of the wrong type": _response(200, f'{{"Workspaces": "{CANARY}Token"}}'.encode()),
    "not AWS's": _response(200, f'{{"{CANARY}Token": "{CANARY}Key"}}'.encode()),
    "compressed": _response(200, b"").replace(b"content-type", b"content-encoding: gzip\r\nx-type"),
    "an error": _response(400, json.dumps({"__type": f"{CANARY}Key", "message": f"{CANARY}Token"}).encode()),
    "throttled": _response(400, json.dumps({"__type": "ThrottlingException", "message": f"{CANARY}Key"}).encode()),
    "a gateway's": _response(502, f"<html>{CANARY}Token".encode()),
    "interim": b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
}


def _run(call: Callable[[], Any]) -> WsclientError:
    with pytest.raises(WsclientError) as failed:
        asyncio.run(call())
    return failed.value


def _client(kind: TransportKind, url: str, **options: object) -> wsclient.WorkSpacesClient:
    return kind.client(url, **({"credentials": KEYS, "retry": ONCE, "tls": TLS, "pace": None} | options))


@over_each_transport
@pytest.mark.parametrize("name", RESPONSES)
def test_failing_responses_are_in_no_frame(kind: TransportKind, name: str) -> None:
    """A lost connection, an unreadable response and an error of the service show neither request nor response."""

    async def call() -> None:
        async with serving(SERVER, RESPONSES[name]) as server, _client(kind, server.url) as ws:
            await ws.describe_workspaces(user_name=None)

    assert leaks(_run(call), [CANARY]) == []


@over_each_transport
@pytest.mark.parametrize("name", ["unparsable", "an error", "lost"])
def test_raw_request_members_are_in_no_frame(kind: TransportKind, name: str) -> None:
    """The members of a raw request, which may be secret under names newer than the model, are in no frame."""

    async def call() -> None:
        async with serving(SERVER, RESPONSES[name]) as server, _client(kind, server.url) as ws:
            await ws.raw("DescribeNovelties", {"Password": f"{CANARY}Member"})

    assert leaks(_run(call), [CANARY]) == []


@over_each_transport
def test_requests_of_failed_connections_are_in_no_frame(kind: TransportKind) -> None:
    """A refused connection, a certificate that is not trusted, and a peer without TLS show no request."""

    async def call(context: Any, tls: wsclient.TLSPolicy, *, is_closed: bool) -> None:
        async with serving(context) as server:
            url = server.url.replace("http:", "https:")
        if is_closed:
            async with _client(kind, url, tls=tls) as ws:
                await ws.describe_workspaces()
        # The peer without TLS waits for the end of a plain request, the client for the handshake.
        timeout = Timeout(connect=5 if context else 0.05)
        async with serving(context) as server:
            url = server.url.replace("http:", "https:")
            async with _client(kind, url, tls=tls, timeout=timeout) as ws:
                await ws.describe_workspaces()

    for context, tls, is_closed in ((SERVER, TLS, True), (SERVER, wsclient.TLSPolicy(), False), (None, TLS, False)):
        error = _run(partial(call, context, tls, is_closed=is_closed))
        assert leaks(error, [CANARY]) == []


@over_each_transport
@pytest.mark.parametrize("timeout", [Timeout(read=0.02), Timeout(total=0.02)])
def test_requests_that_time_out_are_in_no_frame(kind: TransportKind, timeout: Timeout) -> None:
    """A response that does not arrive in time shows no request, nor do the frames of the cancelled attempt."""

    async def call() -> None:
        silent = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n"
        async with serving(SERVER, silent) as server, _client(kind, server.url, timeout=timeout) as ws:
            await ws.describe_workspaces()

    error = _run(call)
    assert isinstance(error, RequestTimeoutError)
    assert leaks(error, [CANARY]) == []


@pytest.mark.parametrize("answer", [b"HTTP/1.1 407 No\r\n\r\n", b"HTTP/1.1 502 No\r\n\r\n", b"canaryS3cr3t\r\n\r\n"])
def test_proxy_passwords_and_requests_are_in_no_frame(answer: bytes) -> None:
    """A proxy that refuses shows neither its password nor the request."""

    async def call() -> None:
        async with proxying(answer) as proxy:
            url = proxy.url.replace("http://", f"http://user:{CANARY}@")
            options: dict[str, Any] = {"credentials": KEYS, "retry": ONCE, "config": NO_SETTINGS}
            async with wsclient.WorkSpacesClient(endpoint_url="https://localhost:1", proxy=url, **options) as ws:
                await ws.describe_workspaces()

    assert leaks(_run(call), [CANARY]) == []


@pytest.mark.parametrize("name", ["a\nb", "a", "x-ü"])
def test_unsendable_requests_are_in_no_frame(name: str) -> None:
    """A request that HTTP cannot express shows neither header nor body, over wsclient's connections and httpx."""
    for context in (SERVER, None):

        async def call(context: Any = context) -> None:
            transport = HttpTransport(TransportSettings(policy=TLS))
            async with serving(context) as server:
                headers = ((name, f"{CANARY}\r\nx: y"),)
                try:
                    await transport.send(HttpRequest("POST", server.url, headers, CANARY.encode()), Timeout())
                finally:
                    await transport.aclose()

        assert leaks(_run(call), [CANARY]) == []


@over_each_library
@pytest.mark.parametrize("name", ["ReadError", "ConnectError", "LocalProtocolError", None])
def test_requests_of_a_failing_transport_are_in_no_frame(name: str | None, library: Any) -> None:
    """A transport of the caller that raises shows no request in the frames of wsclient."""
    error = ValueError("x") if name is None else getattr(library, name)(CANARY)

    async def call() -> None:
        def answer(request: object) -> Any:
            raise error

        options: dict[str, Any] = {"credentials": KEYS, "retry": ONCE, "config": NO_SETTINGS}
        async with wsclient.WorkSpacesClient(transport=library.MockTransport(answer), **options) as ws:
            await ws.describe_workspaces()

    with pytest.raises((WsclientError, ValueError)) as failed:
        asyncio.run(call())
    assert leaks(failed.value, [f"{CANARY}Key", f"{CANARY}Token"]) == []


CALLS: dict[str, Callable[[wsclient.StsClient], Any]] = {
    "MFA": lambda sts: sts.assume_role(role_arn="x" * 30, role_session_name="me", token_code=CANARY),
    "web identity": lambda sts: sts.assume_role_with_web_identity(
        role_arn="x" * 30, role_session_name="me", web_identity_token=CANARY
    ),
    "SAML": lambda sts: sts.assume_role_with_saml(role_arn="x" * 30, principal_arn="x" * 30, saml_assertion=CANARY),
    "validation": lambda sts: sts.assume_role_with_saml(role_arn="x", principal_arn="x" * 30, saml_assertion=CANARY),
    "type": lambda sts: sts.get_session_token(token_code=[CANARY]),  # type: ignore[arg-type]
    "serialization": lambda sts: sts.get_session_token(token_code=f"{CANARY}\ud800"),
    "not validated": lambda sts: sts.get_session_token(token_code=f"{CANARY}\ud800", validate=False),
    "raw": lambda sts: sts.raw("AssumeRole", {"TokenCode": CANARY, "X": "\ud800"}),
    "extra": lambda sts: sts.get_session_token(extra={"Password": f"{CANARY}\ud800"}),
}


@pytest.mark.parametrize("name", CALLS)
def test_sensitive_members_are_in_no_frame(name: str) -> None:
    """Sensitive members of requests that fail, validated, serialized or rejected, are in no frame of wsclient."""

    async def call() -> None:
        text = f"<E><Error><Code>AccessDenied</Code><Message>{CANARY}</Message></Error><RequestId>i</RequestId></E>"
        transport = httpx.MockTransport(lambda request: httpx.Response(403, text=text))
        options: dict[str, Any] = {"credentials": KEYS, "retry": ONCE, "config": NO_SETTINGS, "transport": transport}
        async with wsclient.StsClient(**options) as sts:
            await CALLS[name](sts)

    error = _run(call)
    assert leaks(error, [CANARY]) == []
    assert not isinstance(error, ServiceError) or "[redacted]" in str(error)


@pytest.mark.parametrize("service", [WORKSPACES, STS])
@pytest.mark.parametrize("operation", ["DescribeWorkspaces", "AssumeRole"])
def test_codec_input_and_output_are_in_no_frame(service: Service, operation: str) -> None:
    """A codec that cannot parse or serialize shows neither what it was given nor what it had parsed."""
    codec, headers = codec_for(service), (("content-type", "text/html"),)
    for body in (f'{{"{CANARY}": "{CANARY}"', f'{{"a": "{CANARY}"}}', f"<{CANARY}>", f"<x>{CANARY}</x>"):
        with pytest.raises(WsclientError) as failed:
            codec.parse_raw(operation, HttpResponse(200, headers, body.encode() + b"\xff"))
        assert [place for place in leaks(failed.value, [CANARY]) if not place.startswith("ResponseParseError")] == []
    with pytest.raises(WsclientError) as failed:
        codec.serialize_raw(operation, {"Password": f"{CANARY}\ud800"})
    assert leaks(failed.value, [CANARY]) == []


FATES: dict[str, Any] = {
    "an error": lambda: httpx.Response(400, json={"__type": "Novel"}, headers={"x-amzn-requestid": "id"}),
    "an interrupt": KeyboardInterrupt,
    "a cancellation": asyncio.CancelledError,
    "an exception": lambda: OSError(5, "lost"),
}
OPERATIONS: dict[str, Callable[[wsclient.WorkSpacesClient, Any], Any]] = {
    "a change": lambda ws, extra: ws.delete_ip_group(group_id="wsipg-12345678", extra=extra),
    "a guarded change": lambda ws, extra: ws.revoke_ip_rules(group_id="wsipg-12345678", user_rules=[], extra=extra),
    "a change past its guard": lambda ws, extra: ws.associate_ip_groups(
        directory_id="d-12345678", group_ids=["wsipg-12345678"], allow_lockout=True, extra=extra
    ),
    "a change that its guard refuses": lambda ws, extra: ws.update_rules_of_ip_group(
        group_id="wsipg-12345678", user_rules=[], extra=extra
    ),
    "a read": lambda ws, extra: ws.describe_account(extra=extra),
    "a page": lambda ws, extra: ws.describe_workspaces(extra=extra).first_page(),
    "all pages": lambda ws, extra: ws.describe_workspaces(extra=extra).collect(),
    "a wrong request": lambda ws, extra: ws.create_tags(resource_id="", tags=[], extra=extra),
}


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("fate", FATES)
def test_extra_members_are_in_no_frame(operation: str, fate: str) -> None:
    """Values of extra= may be secret: no frame of any operation has them, for any outcome."""

    def answer(_: httpx.Request) -> httpx.Response:
        outcome = FATES[fate]()
        if isinstance(outcome, BaseException):
            raise outcome
        response: httpx.Response = outcome
        return response

    async def call() -> None:
        transport = httpx.MockTransport(answer)
        async with wsclient.WorkSpacesClient(
            transport=transport, region="us-west-2", credentials=KEYS, retry=ONCE, pace=None, config=NO_SETTINGS
        ) as ws:
            await OPERATIONS[operation](ws, {"Password": f"{CANARY}Member"})

    with pytest.raises(BaseException) as failed:  # noqa: PT011 - an interrupt too
        asyncio.run(call())
    assert leaks(failed.value, [CANARY]) == []


def test_client_attributes_show_no_proxy_password() -> None:
    """Tools that show an object's attributes show no password of a proxy, in a copy neither."""
    ws = wsclient.WorkSpacesClient(region="us-west-2", credentials=KEYS, proxy=f"http://user:{CANARY}@p.example:1")
    for client in (ws, ws.with_options(timeout=Timeout(total=1)), ws.with_options(region="us-east-1")):
        assert CANARY not in repr(vars(client))
        assert "proxy" in repr(vars(client))
