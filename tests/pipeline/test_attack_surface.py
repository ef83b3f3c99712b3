"""Attacks by variables, responses and host names, and their outcome."""

from __future__ import annotations

import asyncio
import gzip
import os
import subprocess
import sys
import zlib
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wsclient
from tests.support.senders import CONTEXT, TRUSTING, post
from tests.support.tls_server import serving
from tests.support.transports import TransportKind, over_each_transport
from wsclient._pipeline.user_agent import user_agent
from wsclient.endpoints import EndpointParameters, resolve_endpoint
from wsclient.errors import ConfigurationError, ResponseParseError, ServiceError, WsclientError

if TYPE_CHECKING:
    from collections.abc import Callable

ENVIRONMENT = wsclient.ClientConfig.load("workspaces", environ={"HOME": "/nonexistent"}, region="us-west-2")
KEYS = wsclient.Credentials("AKIDEXAMPLE", "hunter2", "hunter3")
INJECTION = "x\r\nx-injected: 1"


def _client(handler: Callable[[httpx.Request], httpx.Response], **options: Any) -> wsclient.WorkSpacesClient:
    table: dict[str, Any] = {
        "config": ENVIRONMENT,
        "credentials": KEYS,
        "transport": httpx.MockTransport(handler),
        **options,
    }
    return wsclient.WorkSpacesClient(**table)


def _never(_request: httpx.Request) -> httpx.Response:
    raise AssertionError("nothing may be sent")


@pytest.mark.parametrize("character", ["\r", "\n", "\r\n", "\0", "\x1f", "\x7f", "é", " "])
@pytest.mark.parametrize("part", ["access_key_id", "secret_access_key", "session_token"])
def test_credentials_cannot_inject_headers(part: str, character: str) -> None:
    """A key or token with a line break is rejected, and is not shown."""
    parts: dict[str, Any] = {"access_key_id": "AKID", "secret_access_key": "s", "session_token": "t"}
    parts[part] = f"hunter{character}x-injected: 1"
    with pytest.raises(ConfigurationError) as refused:
        wsclient.Credentials(**parts)
    assert "hunter" not in str(refused.value)


def test_operation_names_cannot_inject_headers() -> None:
    """The target header takes names of operations alone."""
    for name in (INJECTION, "Describe Workspaces", "", "a.b", "Describé"):
        with pytest.raises(WsclientError, match="is not an operation name"):
            asyncio.run(_client(_never).raw(name))


@settings(max_examples=200)
@given(app_id=st.text(min_size=1, max_size=50))
def test_app_id_cannot_inject_headers(app_id: str) -> None:
    """For any app id, the User-Agent is one header of printable ASCII."""
    endpoint = resolve_endpoint(EndpointParameters(service="workspaces", region="us-west-2"))
    agent = user_agent("workspaces", "2015-04-08", "standard", app_id, endpoint)
    header = agent.header(frozenset(), frozenset())
    assert header.isascii()
    assert header.isprintable()
    assert header.count(" app/") == 1


@pytest.mark.parametrize(
    "region",
    [INJECTION, "us-west-2/", "us-west-2.evil.com", "us-west-2@evil.com", "us-west-2#", "us-west-2?", "..", ""],
)
def test_region_cannot_change_the_host(region: str) -> None:
    """A region must be a single label of a host name, otherwise the client raises ConfigurationError."""
    with pytest.raises(ConfigurationError):
        _client(_never, config=None, region=region)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_credentials_are_never_sent_after_a_redirect(status: int) -> None:
    """A redirect is an error like any other: the place that it names hears nothing."""

    async def main() -> None:
        async with serving(CONTEXT) as elsewhere:
            location = f"HTTP/1.1 {status} X\r\nlocation: {elsewhere.url}\r\ncontent-length: 0\r\n\r\n".encode()
            async with serving(CONTEXT, location) as server:
                client = wsclient.WorkSpacesClient(
                    config=ENVIRONMENT, credentials=KEYS, endpoint_url=server.url, tls=TRUSTING.policy
                )
                async with client:
                    with pytest.raises((ServiceError, ResponseParseError)):
                        await client.describe_workspaces()
                assert server.requests
                assert elsewhere.connections == 0

    asyncio.run(main())


def test_endpoint_url_variable_is_shown_and_can_be_disabled() -> None:
    """AWS_ENDPOINT_URL* is shown in the settings with its source; a variable or an argument disables it."""
    for variable in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_WORKSPACES"):
        environ = {"HOME": "/nonexistent", "AWS_REGION": "us-west-2", variable: "https://evil.example.com"}
        config = wsclient.ClientConfig.load("workspaces", environ=environ)
        client = _client(_never, config=config)
        assert f"https://evil.example.com  {variable}" in config.describe()
        assert client.endpoint.url == "https://evil.example.com"
        assert client.endpoint.kind is wsclient.EndpointKind.CUSTOM
        off = {**environ, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}
        ignored = wsclient.ClientConfig.load("workspaces", environ=off)
        assert _client(_never, config=ignored).endpoint.kind is wsclient.EndpointKind.PUBLIC
        inside = _client(_never, config=config, vpc_endpoint="vpce-0123-abcd")
        assert inside.endpoint.kind is wsclient.EndpointKind.PRIVATELINK


PROGRAM = """
import asyncio, sys, wsclient
async def main():
    client = wsclient.WorkSpacesClient(
        region="us-west-2", endpoint_url=sys.argv[1], allow_http=True,
        credentials=wsclient.Credentials("AKIDEXAMPLE", "hunter2"), timeout=wsclient.Timeout(connect=2, read=2),
        retry=wsclient.RetryPolicy(mode="off"),
    )
    async with client:
        await client.describe_workspaces()
asyncio.run(main())
"""


def test_netrc_and_proxy_variables_do_not_affect_signed_requests(tmp_path: Any) -> None:
    """A .netrc entry replaces no signature, and HTTP_PROXY and ALL_PROXY see no request, not even over plain http."""

    async def main() -> None:
        async with serving(None) as proxy, serving(None) as server:
            (tmp_path / ".netrc").write_text("default login netrc password netrc\n")
            if os.name == "posix":
                (tmp_path / ".netrc").chmod(0o600)
            environ = {
                **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
                "HOME": str(tmp_path),
                "NETRC": str(tmp_path / ".netrc"),
                **dict.fromkeys(("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"), proxy.url),
            }
            program = [sys.executable, "-c", PROGRAM, server.url]
            run = await asyncio.to_thread(
                subprocess.run, program, env=environ, capture_output=True, text=True, check=False, timeout=30
            )
            assert run.returncode == 0, run.stderr
            assert proxy.connections == 0
            (request,) = server.requests
            assert b"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/" in request
            assert b"Basic" not in request

    asyncio.run(main())


def _bomb(encoding: str) -> bytes:
    zeros = bytes(20_000_000)
    body = gzip.compress(zeros) if encoding == "gzip" else zlib.compress(zeros)
    head = f"HTTP/1.1 200 OK\r\ncontent-encoding: {encoding}\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


@pytest.mark.parametrize(
    "answer",
    [
        _bomb("gzip"),
        _bomb("deflate"),
        b"HTTP/1.1 200 OK\r\nx-large: " + b"x" * 1_000_000 + b"\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 100_000 + b"content-length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 9999999999999\r\n\r\n" + b"x" * 100,
    ],
    ids=["gzip bomb", "deflate bomb", "one large header", "many headers", "a length that is a lie"],
)
@over_each_transport
def test_response_size_is_limited(kind: TransportKind, answer: bytes) -> None:
    """Bombs are not unpacked, and headers and bodies have limits: an error, without any timeout."""

    async def main() -> None:
        async with serving(CONTEXT, answer) as server:
            client = kind.client(server.url, tls=TRUSTING.policy)
            with pytest.raises(WsclientError):
                await client._shared.transport.send(post(server.url), wsclient.Timeout(read=None))
            await client.aclose()

    asyncio.run(main())


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "[fd00:ec2::254]",
        "[::ffff:169.254.169.254]",
        "169.254.170.2",
        "0.0.0.0",
        "example.com",
        "1.1.1.1",
    ],
)
def test_allow_http_excludes_metadata_services(host: str) -> None:
    """allow_http is for loopback and private networks: an endpoint URL cannot name an instance's own services."""
    with pytest.raises(ConfigurationError, match="is http, which is not encrypted"):
        _client(_never, endpoint_url=f"http://{host}", allow_http=True)


@pytest.mark.parametrize("address", ["169.254.169.254", "fd00:ec2::254", "::ffff:169.254.169.254"])
def test_private_dns_never_reaches_a_metadata_service(address: str) -> None:
    """A name that resolves to a metadata service is rejected, whatever networks the caller allows."""
    for rule in (wsclient.PrivateDns(), wsclient.PrivateDns(allowed_cidrs=("169.254.0.0/16", "fd00::/8"))):
        with pytest.raises(ConfigurationError, match="outside"):
            rule.check([address])
