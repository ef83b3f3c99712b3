"""The agents of ECS and EKS: where they may be, what authorizes the question, and what their refusal says."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.aws_home import CANARY, error_text
from tests.support.provider_environment import FakeMachine, header, http_response
from wsclient.credentials import ContainerProvider, Credentials
from wsclient.credentials.container import container_is_configured
from wsclient.errors import ConnectError, CredentialsError, CredentialsRefreshError, NoCredentialsError

if TYPE_CHECKING:
    from pathlib import Path

KEYS = {
    "AccessKeyId": "ASIATASK",
    "SecretAccessKey": f"{CANARY}secret",
    "Token": f"{CANARY}token",
    "Expiration": "2026-03-01T18:00:00Z",
    "AccountId": "123456789012",
}
RELATIVE = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
FULL = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN"
TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"


def _world(home: Path, environ: dict[str, str] | None = None, *addresses: str) -> FakeMachine:
    return FakeMachine(home, lambda request: http_response(200, json.dumps(KEYS)), environ or {}, addresses=addresses)


def _credentials(machine: FakeMachine, **arguments: Any) -> Credentials:
    return asyncio.run(ContainerProvider(**arguments).with_context(machine.context()).get_credentials())


def test_ecs_agent_returns_the_tasks_role(tmp_path: Path) -> None:
    """The relative URI is requested from the ECS agent, without a proxy and with timeouts of two seconds."""
    machine = _world(tmp_path, {RELATIVE: "/v2/credentials/1?x=y", FULL: "http://127.0.0.1/other"})
    credentials = _credentials(machine)
    assert (credentials.access_key_id, credentials.account_id) == ("ASIATASK", "123456789012")
    assert credentials.session_token == f"{CANARY}token"
    request = machine.requests[0]
    assert (request.method, request.url) == ("GET", "http://169.254.170.2/v2/credentials/1?x=y")
    assert header(request, "authorization") is None
    assert {(timeout.connect, timeout.read) for timeout in machine.timeouts} == {(2.0, 2.0)}
    assert machine.routes == ["local"]


@pytest.mark.parametrize(
    ("uri", "url", "host"),
    [
        ("http://169.254.170.23/v1/credentials", "http://169.254.170.23/v1/credentials", "169.254.170.23"),
        ("http://[fd00:ec2::23]/v1/credentials", "http://[fd00:ec2::23]/v1/credentials", "[fd00:ec2::23]"),
        ("http://127.0.0.1:8080/c?a=b", "http://127.0.0.1:8080/c?a=b", "127.0.0.1:8080"),
        ("http://127.9.9.9/c#f", "http://127.9.9.9/c", "127.9.9.9"),
        ("http://[::1]:80/c", "http://[::1]:80/c", "[::1]:80"),
        ("http://localhost:8080/c", "http://127.0.0.1:8080/c", "localhost:8080"),
        ("https://credentials.example.com/c", "https://credentials.example.com/c", "credentials.example.com"),
    ],
)
def test_allowed_agent_urls(tmp_path: Path, uri: str, url: str, host: str) -> None:
    """Https to any host, http only to loopback and the agents; the connection uses the address that was checked."""
    cases: list[tuple[FakeMachine, dict[str, Any]]] = [
        (_world(tmp_path, {FULL: uri}, "127.0.0.1"), {}),
        (_world(tmp_path, {RELATIVE: "/x"}, "127.0.0.1"), {"uri": uri}),
    ]
    for machine, arguments in cases:
        _credentials(machine, **arguments)
        assert (machine.requests[0].url, header(machine.requests[0], "host")) == (url, host)
        assert len(machine.resolved) == (1 if "localhost" in uri else 0)


@pytest.mark.parametrize(
    ("uri", "addresses"),
    [
        ("http://192.0.2.1/c", ()),
        ("http://169.254.169.254/c", ()),
        ("http://10.0.0.1/c", ()),
        ("http://[::ffff:192.0.2.1]/c", ()),
        ("http://evil.example.com/c", ("192.0.2.1",)),
        ("http://evil.example.com/c", ("127.0.0.1", "192.0.2.1")),
        ("http://nowhere.example.com/c", ()),
        ("http://169.254.170.2.example.com/c", ("192.0.2.1",)),
    ],
)
def test_other_agent_urls_are_rejected_before_a_request(tmp_path: Path, uri: str, addresses: tuple[str, ...]) -> None:
    """Plain http elsewhere would hand the token to a stranger: an error names the rule, and nothing is sent."""
    machine = _world(tmp_path, {FULL: uri, TOKEN: CANARY}, *addresses)
    with pytest.raises(CredentialsError, match=f"{FULL} names .*must not be called over plain http") as refused:
        _credentials(machine)
    assert not machine.requests
    assert CANARY not in error_text(refused.value)


@pytest.mark.parametrize(
    "uri", ["/relative", "ftp://127.0.0.1/c", "http://", "http://[/c", "http://u:p@127.0.0.1/c", "x"]
)
def test_malformed_agent_url_names_its_variable(tmp_path: Path, uri: str) -> None:
    """A malformed URL, or one with user info, names the variable it stands in."""
    with pytest.raises(CredentialsError, match=f"{FULL} must be an http or https URL"):
        _credentials(_world(tmp_path, {FULL: uri}))
    with pytest.raises(CredentialsError, match="uri= must be an http or https URL"):
        _credentials(_world(tmp_path), uri=uri)


def test_authorization_token_precedence(tmp_path: Path) -> None:
    """The file goes before the variable and is read each time; the caller's own goes before both."""
    path = tmp_path / "token"
    path.write_text("from-file")
    environ = {FULL: "http://127.0.0.1/c", TOKEN_FILE: str(path), TOKEN: "from-variable"}
    cases: list[tuple[dict[str, str], dict[str, Any], str]] = [
        (environ, {}, "from-file"),
        ({**environ, TOKEN_FILE: ""}, {}, "from-variable"),
        (environ, {"token": "from-caller"}, "from-caller"),
        ({FULL: environ[FULL]}, {"token_file": path}, "from-file"),
        ({**environ, TOKEN_FILE: "~/token"}, {}, "from-file"),
        ({FULL: environ[FULL]}, {"token_file": "~/token"}, "from-file"),
    ]
    for variables, arguments, token in cases:
        machine = _world(tmp_path, variables)
        _credentials(machine, **arguments)
        assert header(machine.requests[0], "authorization") == token
    machine = _world(tmp_path, environ)
    provider = ContainerProvider().with_context(machine.context())

    async def main() -> None:
        await provider.get_credentials()
        path.write_text("renewed")
        provider.invalidate("ASIATASK")
        await provider.get_credentials()

    asyncio.run(main())
    assert header(machine.requests[1], "authorization") == "renewed"


@pytest.mark.parametrize("content", [f"{CANARY}\n".encode(), f"{CANARY}\r\nx: y".encode(), b"\xff" + CANARY.encode()])
def test_token_with_a_line_break_is_rejected(tmp_path: Path, content: bytes) -> None:
    """A line break in a token would be another header; neither is sent, nor shown."""
    path = tmp_path / "token"
    path.write_bytes(content)
    worlds = [_world(tmp_path, {FULL: "http://127.0.0.1/c", TOKEN_FILE: str(path)})]
    if content.isascii():
        worlds.append(_world(tmp_path, {FULL: "http://127.0.0.1/c", TOKEN: content.decode()}))
    for machine in worlds:
        with pytest.raises(CredentialsError, match="token") as refused:
            _credentials(machine)
        assert not machine.requests
        assert CANARY not in error_text(refused.value)
    with pytest.raises(CredentialsRefreshError, match="nowhere cannot be read: No such file"):
        _credentials(_world(tmp_path, {FULL: "http://127.0.0.1/c", TOKEN_FILE: str(tmp_path / "nowhere")}))


def test_no_credentials_without_container_variables(tmp_path: Path) -> None:
    """If both variables are unset or empty, the provider raises NoCredentialsError."""
    for environ in ({}, {RELATIVE: "", FULL: ""}):
        assert not container_is_configured(environ)
        with pytest.raises(NoCredentialsError, match="are not set"):
            _credentials(_world(tmp_path, environ))
    assert container_is_configured({RELATIVE: "/x"})
    assert container_is_configured({FULL: "x"})


@pytest.mark.parametrize(
    ("answer", "attempts", "can_heal", "message"),
    [
        (http_response(500), 3, True, "HTTP 500"),
        (http_response(429), 3, True, "HTTP 429"),
        (ConnectError("refused"), 3, True, "did not answer: refused"),
        (
            http_response(403, json.dumps({"code": "AccessDenied", "message": CANARY})),
            1,
            False,
            r"HTTP 403 \(AccessDenied\)",
        ),
        (http_response(404, json.dumps({"code": f"{CANARY} {CANARY}"})), 1, False, "HTTP 404$"),
        (http_response(400, "<html>"), 1, False, "HTTP 400$"),
        (http_response(302), 1, False, "HTTP 302$"),
        (http_response(200, CANARY), 1, True, "not a JSON object"),
        (http_response(200, json.dumps({"AccessKeyId": CANARY})), 1, True, "without SecretAccessKey"),
    ],
)
def test_agent_failures_are_retried_and_rejections_are_not(
    tmp_path: Path, answer: Any, attempts: int, message: str, *, can_heal: bool
) -> None:
    """An agent with server errors is called three times, a rejection once; the error shows only the response's code."""
    machine = _world(tmp_path, {FULL: "http://127.0.0.1/c"})
    machine.answer = lambda request: answer
    with pytest.raises(CredentialsRefreshError, match=message) as failed:
        _credentials(machine)
    assert failed.value.can_heal is can_heal
    assert len(machine.requests) == attempts
    assert machine.slept == [0.5, 1.0][: attempts - 1]
    assert CANARY not in error_text(failed.value)


@pytest.mark.parametrize("has_file", [True, False])
def test_rejected_token_of_a_file_is_read_again(tmp_path: Path, *, has_file: bool) -> None:
    """EKS Pod Identity replaces the file: after a rejected token, earlier credentials stay in use until then."""
    (tmp_path / "token").write_text("token")
    machine = FakeMachine(
        tmp_path, lambda _: http_response(400, '{"code": "ExpiredTokenException"}'), environ={RELATIVE: "/role"}
    )
    provider = ContainerProvider(token_file=tmp_path / "token") if has_file else ContainerProvider(token="token")
    with pytest.raises(CredentialsRefreshError, match=r"HTTP 400 \(ExpiredTokenException\)") as rejected:
        asyncio.run(provider.with_context(machine.context()).get_credentials())
    assert rejected.value.can_heal is has_file
    assert len(machine.requests) == 1
