"""X-Amzn-Trace-Id: in AWS Lambda each call sends it, as in botocore."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx
from botocore.handlers import add_recursion_detection_header
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import wsclient
from wsclient._client.base_client import with_dialer
from wsclient._pipeline.lambda_trace import trace_id_reader, with_trace_id
from wsclient._pipeline.transport.dialer import SYSTEM_DIALER
from wsclient.credentials import AssumeRoleProvider, Credentials

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest

    from wsclient.middleware import Answer, Attempt, Next

IN_LAMBDA = {"AWS_LAMBDA_FUNCTION_NAME": "f", "HOME": "/nonexistent"}
ROLE = "arn:aws:iam::210987654321:role/x"
TRACE = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"


def _headers(environ: Mapping[str, str], headers: tuple[tuple[str, str], ...] = ()) -> dict[str, str]:
    read = trace_id_reader(environ)
    return dict(headers if read is None else with_trace_id(headers, read()))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    trace_id=st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\0")),
    is_lambda=st.booleans(),
    own=st.none() | st.just("mine"),
)
def test_lambda_trace_header_equals_botocores(
    monkeypatch: pytest.MonkeyPatch, trace_id: str | None, is_lambda: bool, own: str | None
) -> None:
    """Whatever the two variables have, botocore's handler adds the same header, and neither replaces the caller's."""
    environ = {"AWS_LAMBDA_FUNCTION_NAME": "f"} if is_lambda else {}
    environ |= {} if trace_id is None else {"_X_AMZN_TRACE_ID": trace_id}
    given_headers = {} if own is None else {"X-Amzn-Trace-Id": own}
    with monkeypatch.context() as patch:
        for name in ("AWS_LAMBDA_FUNCTION_NAME", "_X_AMZN_TRACE_ID"):
            patch.delenv(name, raising=False)
        for name, value in environ.items():
            patch.setenv(name, value)
        expected = dict(given_headers)
        add_recursion_detection_header({"headers": expected})
    found = _headers(environ, tuple(given_headers.items()))
    assert found == expected
    assert all(value.isascii() and value.isprintable() for value in found.values())


def test_non_utf8_trace_id_is_percent_encoded() -> None:
    """A variable that is not UTF-8, which botocore fails on, is percent-encoded byte by byte."""
    environ = {**IN_LAMBDA, "_X_AMZN_TRACE_ID": b"a\xff\n".decode(errors="surrogateescape")}
    assert _headers(environ) == {"X-Amzn-Trace-Id": "a%FF%0A"}


class _Service(httpx.AsyncBaseTransport):
    """STS and WorkSpaces; notes the trace header of each request, and whether it was signed."""

    def __init__(self) -> None:
        self.traces: list[str | None] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        self.traces.append(request.headers.get("x-amzn-trace-id"))
        assert "trace" not in request.headers["authorization"]
        if request.url.host.startswith("sts."):
            issued = "<AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
            issued = f"<Credentials>{issued}<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>"
            body = f"<AssumeRoleResponse><AssumeRoleResult>{issued}</AssumeRoleResult></AssumeRoleResponse>"
            return httpx.Response(200, text=body)
        return httpx.Response(200, json={}, headers={"x-amzn-requestid": "x"})


def test_trace_id_is_read_for_each_call() -> None:
    """The id is read anew for each call, unsigned, for the role's session too; middleware's own header stays."""
    environ = {**IN_LAMBDA, "_X_AMZN_TRACE_ID": TRACE}
    service = _Service()
    role = AssumeRoleProvider(role_arn=ROLE, source=Credentials("AKIA", "secret"))
    client = with_dialer(
        wsclient.WorkSpacesClient,
        SYSTEM_DIALER,
        {"region": "us-west-2", "credentials": role, "transport": service},
        environ,
    )

    async def mine(attempt: Attempt, proceed: Next) -> Answer:
        return await proceed(attempt.with_header("x-amzn-trace-id", "mine"))

    async def main() -> None:
        await client.raw("DescribeWorkspaces")
        environ["_X_AMZN_TRACE_ID"] = "next"
        await client.raw("DescribeWorkspaces")
        await client.with_options(middleware=(mine,)).raw("DescribeWorkspaces")
        del environ["_X_AMZN_TRACE_ID"]
        await client.raw("DescribeWorkspaces")

    asyncio.run(main())
    assert service.traces == [TRACE, TRACE, "next", "mine", None]


def test_trace_id_is_not_read_outside_lambda() -> None:
    """Outside Lambda a client has no trace id reader, whatever variables are set."""
    assert trace_id_reader({"_X_AMZN_TRACE_ID": TRACE}) is None
