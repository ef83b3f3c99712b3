"""The stack on which a hook of the caller runs shows no secret: middleware, transport, on_retry, log handlers."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from msgspec.structs import replace

import wsclient
from tests.support.bare_clients import NO_SETTINGS
from tests.support.frames import stack_leaks
from wsclient._core.clock import TimeSource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wsclient.middleware import Answer, Attempt, Next

CANARY = "canaryS3cr3t"
ROLE = "arn:aws:iam::210987654321:role/x"
NAME: dict[str, Any] = {"role_arn": ROLE, "role_session_name": "me"}
SAML: dict[str, Any] = {"role_arn": ROLE, "principal_arn": "arn:aws:iam::210987654321:saml-provider/x"}
ISSUED = (
    f"<Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>{CANARY}</SecretAccessKey><SessionToken>{CANARY}"
    "</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>"
)
CALLS: dict[str, Callable[[wsclient.StsClient], Any]] = {
    "AssumeRole": lambda sts: sts.assume_role(**NAME, token_code="314159", serial_number=f"{ROLE}/mfa"),
    "AssumeRoleWithWebIdentity": lambda sts: sts.assume_role_with_web_identity(**NAME, web_identity_token=CANARY),
    "AssumeRoleWithSAML": lambda sts: sts.assume_role_with_saml(**SAML, saml_assertion=CANARY),
    "GetSessionToken": lambda sts: sts.get_session_token(token_code="314159"),
    "AssumeRole, raw": lambda sts: sts.raw("AssumeRole", {"TokenCode": "314159", "Password": CANARY}),
}


async def _sleep(_: float) -> None:
    """Return at once."""


class _Hooks(logging.Handler):
    """Hooks of a caller; each looks at its stack."""

    def __init__(self) -> None:
        super().__init__()
        self.leaks: list[str] = []
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Look at the stack of a log record."""
        self.look()

    def look(self, _: object = None) -> None:
        """Look at the stack."""
        self.count += 1
        self.leaks += stack_leaks((CANARY, "314159"))

    async def middleware(self, attempt: Attempt, send: Next) -> Answer:
        """Look before and after the attempt."""
        self.look()
        answer = await send(attempt)
        self.look()
        return answer

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Return a throttling error, then credentials."""
        self.look()
        operation = httpx.QueryParams(request.content.decode())["Action"]
        if self.count < 4:
            text = "<E><Error><Code>Throttling</Code><Message>slow</Message></Error><RequestId>i</RequestId></E>"
            return httpx.Response(400, text=text)
        text = (
            f"<{operation}Response><{operation}Result>{ISSUED}</{operation}Result><ResponseMetadata>"
            f"<RequestId>i</RequestId></ResponseMetadata></{operation}Response>"
        )
        return httpx.Response(200, text=text, headers={"content-type": "text/xml"})


@pytest.fixture
def hooks() -> Iterator[_Hooks]:
    """Yield hooks, which see every log record."""
    handler, logger = _Hooks(), logging.getLogger("wsclient")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield handler
    logger.removeHandler(handler)
    logger.setLevel(level)


@pytest.mark.parametrize("name", CALLS)
def test_hooks_of_a_call(name: str, hooks: _Hooks) -> None:
    """No frame of wsclient below a hook has an MFA code, a token, an assertion, a key or a member of a raw request."""

    async def call() -> None:
        async with wsclient.StsClient(
            credentials=wsclient.Credentials("AKIDEXAMPLE", f"{CANARY}Key", f"{CANARY}Token"),
            config=NO_SETTINGS,
            transport=httpx.MockTransport(hooks.answer),
            middleware=[hooks.middleware],
            on_retry=hooks.look,
            pace=None,
            retry=wsclient.RetryPolicy(max_attempts=2),
        ) as sts:
            sts._pipeline = replace(sts._pipeline, time=TimeSource(sleep=_sleep, random=lambda: 0.5))
            await CALLS[name](sts)

    asyncio.run(call())
    assert hooks.count > 8
    assert hooks.leaks == []
