"""No frame of a failure shows a secret: providers, the parser of shared files, credentials, the signer."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx
import pytest

import wsclient
from tests.credentials.test_secrets import CASES, ROLE, Case
from tests.support.aws_home import CANARY, aws_home
from tests.support.fake_sts import FakeSts
from tests.support.frames import leaks
from tests.support.provider_environment import FakeMachine, http_response
from wsclient._core.http import HttpRequest, HttpResponse, Timeout
from wsclient.config import ClientConfig
from wsclient.config._profile_loader import load_shared_files
from wsclient.config._profile_parser import parse_shared_files
from wsclient.credentials import (
    AssumeRoleProvider,
    CachedProvider,
    ContainerProvider,
    Credentials,
    ImdsProvider,
    ProcessProvider,
    SamlProvider,
    ScopedCredentialsProvider,
    SessionTokenProvider,
    WebIdentityProvider,
    default_chain,
)
from wsclient.credentials._internal.context import ProcessResult, Send
from wsclient.credentials._internal.context_factory import provider_context
from wsclient.errors import ResponseParseError, WsclientError
from wsclient.signing import SigV4Signer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECRETS = (CANARY, "314159")
KEYS = Credentials("AKIASOURCE", f"{CANARY}secret", f"{CANARY}token")
SAML = "arn:aws:iam::210987654321:saml-provider/x"
FAILING = [name for name, case in CASES.items() if case.fails]


@pytest.mark.parametrize("name", FAILING)
def test_failing_providers_have_no_secret_in_frames(name: str, tmp_path: Path) -> None:
    """Every provider whose source fails shows no secret in any frame."""
    with pytest.raises(WsclientError) as failed:
        CASES[name].credentials(tmp_path)
    assert leaks(failed.value, SECRETS) == []


DOCUMENTS: list[dict[str, object]] = [
    {"AccessKeyId": f"{CANARY}AK"},
    {"AccessKeyId": f"{CANARY}AK", "SecretAccessKey": f"{CANARY} broken\n", "Version": 1},
    {"AccessKeyId": f"{CANARY}AK", "SecretAccessKey": CANARY, "Token": [CANARY], "SessionToken": 5, "Version": 1},
    {"AccessKeyId": f"{CANARY}AK", "SecretAccessKey": CANARY, "Expiration": CANARY, "Version": 1},
    {"roleCredentials": {"accessKeyId": CANARY, "expiration": 5}},
    {"Code": "Failed", "Message": CANARY},
]


@pytest.mark.parametrize("document", [json.dumps(each) for each in DOCUMENTS] + [f'{{"{CANARY}', f'["{CANARY}"]'])
@pytest.mark.parametrize("name", ["process", "container", "instance", "SSO"])
def test_malformed_credential_documents_are_in_no_frame(name: str, document: str, tmp_path: Path) -> None:
    """A document of credentials that is malformed in any way is in no frame, nor are tokens of the request."""
    case = CASES[name]
    # A new provider: one that failed repeats its error for seconds.
    fresh = {"process": ProcessProvider("tool"), "container": ContainerProvider(), "instance": ImdsProvider()}
    case = Case(
        fresh.get(name, case.provider),
        fails=True,
        answer=http_response(200, document),
        environ=case.environ,
        result=ProcessResult(0, document.encode(), CANARY.encode()),
    )
    with pytest.raises(WsclientError) as failed:
        case.credentials(tmp_path)
    assert leaks(failed.value, SECRETS) == []


def _code() -> str:
    return "314159"


STS_PROVIDERS: dict[str, Callable[[], Any]] = {
    "role": lambda: AssumeRoleProvider(role_arn=ROLE, source=KEYS, mfa_serial="serial", mfa_code=_code),
    "scoped": lambda: ScopedCredentialsProvider(KEYS, duration_seconds=60),
    "session": lambda: SessionTokenProvider(source=KEYS, mfa_serial="serial", mfa_code=_code),
    "web identity": lambda: WebIdentityProvider(role_arn=ROLE, token=lambda: f"{CANARY}token"),
    "SAML": lambda: SamlProvider(role_arn=ROLE, principal_arn=SAML, assertion=lambda: f"{CANARY}token"),
    "cached": lambda: CachedProvider(AssumeRoleProvider(role_arn=ROLE, source=KEYS)),
}
INCOMPLETE: list[dict[str, object]] = [
    {},
    {"AccessKeyId": f"{CANARY}AK", "SecretAccessKey": CANARY},
    {"AccessKeyId": f"{CANARY}AK", "SecretAccessKey": CANARY, "SessionToken": CANARY},
    {
        "AccessKeyId": f"{CANARY}AK",
        "SecretAccessKey": f"{CANARY} ",
        "SessionToken": CANARY,
        "Expiration": datetime(2099, 1, 1, tzinfo=UTC),
    },
]


@pytest.mark.parametrize("issued", INCOMPLETE)
@pytest.mark.parametrize("name", STS_PROVIDERS)
def test_unusable_sts_credentials_are_in_no_frame(name: str, issued: dict[str, object], tmp_path: Path) -> None:
    """Credentials that STS issued incomplete or malformed are in no frame."""
    sts = FakeSts()
    sts.answer = lambda request: {"Credentials": issued}  # type: ignore[method-assign]
    provider = STS_PROVIDERS[name]().with_context(sts.context(tmp_path))
    with pytest.raises(WsclientError) as failed:
        asyncio.run(provider.get_credentials())
    assert leaks(failed.value, SECRETS) == []


@pytest.mark.parametrize("code", [f"{CANARY}", "31415", 314159])
def test_malformed_mfa_codes_and_tokens_are_in_no_frame(code: object, tmp_path: Path) -> None:
    """A code, token or assertion that its function returns malformed is in no frame."""
    for provider in (
        AssumeRoleProvider(role_arn=ROLE, source=KEYS, mfa_serial="serial", mfa_code=lambda: code),  # type: ignore[arg-type, return-value]
        WebIdentityProvider(role_arn=ROLE, token=lambda: f"{CANARY}\n\x00"),
        ContainerProvider(uri="http://127.0.0.1/", token=f"{CANARY}\n"),
    ):
        with pytest.raises(WsclientError) as failed:
            asyncio.run(provider.with_context(FakeMachine(tmp_path).context()).get_credentials())
        assert leaks(failed.value, (*SECRETS, "31415")) == []


def _given(error: Exception, _: object) -> Exception:
    """Return what the source fails with."""
    return error


def test_failing_source_transports_have_no_secret_in_frames(tmp_path: Path) -> None:
    """A source that cannot be reached, or whose response cannot be read, shows neither token nor document."""
    for error in (ConnectionError(), ResponseParseError("x", first_bytes=b""), TimeoutError()):
        for provider in (ContainerProvider(uri="http://127.0.0.1/", token=CANARY), ImdsProvider()):
            machine = FakeMachine(tmp_path, partial(_given, error))
            with pytest.raises((WsclientError, OSError)) as failed:
                asyncio.run(provider.with_context(machine.context()).get_credentials())
            assert leaks(failed.value, SECRETS) == []


def test_arguments_of_an_unstartable_process_are_in_no_frame(tmp_path: Path) -> None:
    """The arguments of a process may be secrets; they are in no frame."""
    provider = ProcessProvider(f"tool --password {CANARY}").with_context(FakeMachine(tmp_path).context())
    with pytest.raises(WsclientError) as failed:
        asyncio.run(provider.get_credentials())
    assert leaks(failed.value, SECRETS) == []


@pytest.mark.parametrize("command", [f"/none/tool --password {CANARY}", f"{__file__} {CANARY}"])
def test_errors_of_tasks_are_hidden_where_they_end(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error of a task of wsclient shows no argument and no variable to a tool that wraps all tasks (Sentry)."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", CANARY)
    seen: list[BaseException] = []
    found: list[str] = []

    async def watched(work: Any) -> object:
        try:
            return await work
        except Exception as error:
            seen.append(error)
            found.extend(leaks(error, SECRETS))
            raise

    async def call() -> None:
        factory: Any = lambda loop, work, **options: asyncio.Task(watched(work), loop=loop, **options)  # noqa: E731
        asyncio.get_running_loop().set_task_factory(factory)
        with pytest.raises(WsclientError, match="cannot be started"):
            await ProcessProvider(command).get_credentials()

    asyncio.run(call())
    assert any(isinstance(error, OSError) for error in seen)
    assert found == []


FILES = [
    f"aws_secret_access_key = {CANARY}\n",
    f"[default]\n{CANARY}\n",
    f"[default]\naws_secret_access_key = {CANARY}\n[default]\n",
    f"[default]\naws_secret_access_key = {CANARY}\naws_secret_access_key = {CANARY}\n",
    f"[default]\ns3 =\n  {CANARY}\n",
    f"[default]\naws_access_key_id = {CANARY}\n  {CANARY}\naws_secret_access_key = {CANARY}\n",
    f"[default]\naws_access_key_id = {CANARY}\n",
    f"[default]\naws_access_key_id = {CANARY}\naws_secret_access_key = {CANARY} x y\n",
]


@pytest.mark.parametrize("content", [*(text.encode() for text in FILES), f"[{CANARY}]\n".encode() + b"\xff\xfe"])
def test_lines_of_malformed_shared_files_are_in_no_frame(content: bytes, tmp_path: Path) -> None:
    """No line of a malformed credentials or config file is in a frame of the parser, a provider or a client."""
    aws_home(tmp_path, credentials=content)
    environ = {"AWS_SECRET_ACCESS_KEY": "", "SECRET": CANARY}
    chain = default_chain(environ=environ, home=tmp_path)
    failures: list[Callable[[], object]] = [
        lambda: asyncio.run(chain.get_credentials()),
        lambda: ClientConfig.load("workspaces", environ=environ, home=tmp_path, profile="no"),
        lambda: parse_shared_files(("a", content), ("b", b"[default]\n[default]\n")),
        lambda: load_shared_files((tmp_path / "none", tmp_path / ".aws" / "credentials"), tmp_path),
    ]
    errors: list[WsclientError] = []
    for failure in failures:
        try:
            failure()
        except WsclientError as error:
            errors.append(error)
    assert len(errors) >= 2
    assert [leaks(error, SECRETS) for error in errors] == [[]] * len(errors)


@pytest.mark.parametrize(
    "arguments", [("AKID", f"{CANARY} x"), ("AKID", CANARY, f"{CANARY}\n"), (f"{CANARY}\n", CANARY), ("", CANARY)]
)
def test_malformed_credentials_are_in_no_frame(arguments: tuple[str, ...]) -> None:
    """Keys that Credentials does not accept are in no frame of its constructor."""
    with pytest.raises(WsclientError) as failed:
        Credentials(*arguments)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - three at most
    assert leaks(failed.value, SECRETS) == []


@pytest.mark.parametrize(
    ("url", "headers"),
    [("https://[::1", ()), ("https://h/", (("x", "\ud800"),)), ("https://h/", (("x-amz-date", CANARY),)), ("h", ())],
)
def test_signing_failures_have_no_secret_in_frames(url: str, headers: tuple[tuple[str, str], ...]) -> None:
    """The signer's failures show neither keys, headers nor body."""
    signer = SigV4Signer("workspaces", "eu-west-1")
    headers = (*headers, ("authorization", CANARY))
    for sign in (signer.sign, signer.canonical_request, signer.string_to_sign):
        with pytest.raises(WsclientError) as failed:
            sign("POST", url, headers, CANARY.encode(), KEYS, datetime(2026, 1, 1, tzinfo=UTC))
        assert leaks(failed.value, SECRETS) == []


def test_failing_client_construction_has_no_secret_in_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment and the arguments of a client that cannot be made are in no frame."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", CANARY)
    wrong: tuple[dict[str, Any], ...] = (
        {"region": "no region"},
        {"region": "eu-west-1", "proxy": f"ftp://user:{CANARY}@proxy"},
        {"max_connections": -1, "region": "eu-west-1", "proxy": f"http://u:{CANARY}@p"},
    )
    for options in wrong:
        with pytest.raises(WsclientError) as failed:
            wsclient.WorkSpacesClient(**options)
        assert leaks(failed.value, SECRETS) == []


def test_unreadable_source_responses_keep_no_body_or_header(tmp_path: Path) -> None:
    """The error of an unreadable response of SSO or a metadata service keeps neither its body nor its headers."""
    headers = {"content-encoding": "gzip", "x-token": CANARY}
    transport = httpx.MockTransport(lambda request: httpx.Response(200, headers=headers, stream=httpx.ByteStream(b"x")))
    context = provider_context(environ={}, home=tmp_path, transport=transport)
    for send in (context.send, context.send_local):
        with pytest.raises(ResponseParseError) as failed:
            asyncio.run(_sent(send))
        assert (failed.value.headers, failed.value.first_bytes) == ((), b"")
        assert leaks(failed.value, SECRETS) == []


async def _sent(send: Send) -> HttpResponse:
    return await send(HttpRequest("GET", "https://h.example/", (), CANARY.encode()), Timeout())
