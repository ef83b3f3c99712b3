"""Headers that a signature covers: those of boto3, so that a proxy that boto3 passes does not break it."""

# botocore has no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

import botocore.session
import httpx
import pytest
from botocore.awsrequest import AWSResponse

import wsclient
from tests.support.bare_clients import NO_SETTINGS

if TYPE_CHECKING:
    from collections.abc import Mapping

TOKENS = (None, "token")


def _signed(headers: Mapping[str, str]) -> set[str]:
    (names,) = re.findall(r"SignedHeaders=([^,]+)", headers["authorization"])
    return set(names.split(";"))


def _sent(token: str | None) -> httpx.Request:
    """Return the request of a call."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"Workspaces": []}, headers={"x-amzn-requestid": "1"})

    async def main() -> None:
        keys = wsclient.Credentials("AKIAKEY", "secret", token)
        async with wsclient.WorkSpacesClient(
            config=NO_SETTINGS, credentials=keys, transport=httpx.MockTransport(answer)
        ) as ws:
            await ws.describe_workspaces()

    asyncio.run(main())
    return seen[0]


def _signed_by_botocore(token: str | None) -> set[str]:
    client = botocore.session.Session().create_client(
        "workspaces",
        region_name="us-west-2",
        aws_access_key_id="AKIAKEY",
        aws_secret_access_key="secret",
        aws_session_token=token,
    )
    seen: list[dict[str, str]] = []

    def answer(request: Any, **_: Any) -> AWSResponse:
        (authorization,) = [value for name, value in request.headers.items() if name.lower() == "authorization"]
        seen.append({"authorization": str(authorization, "ascii")})
        response: Any = AWSResponse(request.url, 200, {"content-type": "application/x-amz-json-1.1"}, None)
        response._content = b"{}"
        return response

    client.meta.events.register("before-send", answer)
    client.describe_workspaces()
    return _signed(seen[0])


@pytest.mark.parametrize("token", TOKENS)
def test_a_call_signs_the_headers_that_boto3_signs(token: str | None) -> None:
    """Accept-Encoding, which reverse proxies rewrite or remove, is sent and not signed; the others are boto3's."""
    request = _sent(token)
    assert request.headers["accept-encoding"] == "identity"
    assert _signed(request.headers) == _signed_by_botocore(token)
