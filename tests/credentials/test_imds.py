"""The EC2 instance metadata service: IMDSv2, its settings, and what its silence means."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.aws_home import CANARY, aws_home, error_text
from tests.support.provider_environment import Answer, FakeMachine, header, http_response
from wsclient._version import __version__
from wsclient.credentials import Credentials, ImdsProvider
from wsclient.credentials.imds import imds_is_disabled
from wsclient.errors import (
    ConfigurationError,
    ConnectError,
    CredentialsRefreshError,
    NoCredentialsError,
    RequestTimeoutError,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wsclient._core.http import HttpRequest

ROLES = "/latest/meta-data/iam/security-credentials/"
KEYS = {
    "Code": "Success",
    "AccessKeyId": "ASIAINSTANCE",
    "SecretAccessKey": f"{CANARY}secret",
    "Token": f"{CANARY}token",
    "Expiration": "2026-03-01T18:00:00Z",
}
SILENCE = RequestTimeoutError("silence", phase="read", may_have_been_sent=True)


def _instance(**changes: Answer) -> Callable[[HttpRequest], Answer]:
    """Return an instance with a role, of which some answers are others: token, roles, role."""
    answers: dict[str, Answer] = {
        "token": http_response(200, "imds-token"),
        "roles": http_response(200, "desk\n"),
        "role": http_response(200, json.dumps(KEYS)),
        **changes,
    }

    def answer(request: HttpRequest) -> Answer:
        if request.method == "PUT":
            return answers["token"]
        return answers["roles"] if request.url.endswith(ROLES) else answers["role"]

    return answer


def _credentials(machine: FakeMachine, provider: ImdsProvider | None = None) -> Credentials:
    return asyncio.run((provider or ImdsProvider()).with_context(machine.context()).get_credentials())


def test_imdsv2_returns_the_instance_role(tmp_path: Path) -> None:
    """A token is fetched for six hours, then the role's name, then its credentials; within a second each, directly."""
    machine = FakeMachine(tmp_path, _instance())
    assert _credentials(machine) == Credentials(
        "ASIAINSTANCE", f"{CANARY}secret", f"{CANARY}token", expiration=_credentials(machine).expiration
    )
    put, roles, role = machine.requests[:3]
    assert (put.method, put.url) == ("PUT", "http://169.254.169.254/latest/api/token")
    assert header(put, "x-aws-ec2-metadata-token-ttl-seconds") == "21600"
    assert (roles.method, roles.url) == ("GET", f"http://169.254.169.254{ROLES}")
    assert role.url == f"http://169.254.169.254{ROLES}desk"
    assert {header(request, "x-aws-ec2-metadata-token") for request in (roles, role)} == {"imds-token"}
    assert {header(request, "user-agent") for request in machine.requests} == {f"wsclient/{__version__}"}
    assert {(timeout.connect, timeout.read) for timeout in machine.timeouts} == {(1.0, 1.0)}
    assert set(machine.routes) == {"local"}


def test_imds_token_is_reused_for_six_hours(tmp_path: Path) -> None:
    """A refresh asks with the token that is there; one that was rejected or has run out is fetched anew, once."""
    machine = FakeMachine(tmp_path, _instance())
    provider = ImdsProvider().with_context(machine.context())

    def puts() -> int:
        return sum(request.method == "PUT" for request in machine.requests)

    async def main() -> None:
        await provider.get_credentials()
        provider.invalidate("ASIAINSTANCE")
        await provider.get_credentials()
        assert puts() == 1
        machine.clock.advance(hours=6)
        provider.invalidate("ASIAINSTANCE")
        await provider.get_credentials()
        assert puts() == 2
        answer, machine.answer = machine.answer, _instance(roles=http_response(401))
        machine.clock.advance(minutes=10)
        assert (await provider.get_credentials()).access_key_id == "ASIAINSTANCE"
        assert puts() == 3
        machine.answer = answer

    asyncio.run(main())


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"token": ConnectError("refused")}, r"no response from http://169.254.169.254 \(ConnectError\)"),
        ({"token": SILENCE}, "hop limit of the metadata service must be 2"),
        ({"token": http_response(403)}, "disabled on this instance"),
        ({"roles": http_response(403)}, "disabled on this instance"),
        ({"token": http_response(404)}, r"ImdsProvider\(allow_v1=True\)"),
        ({"token": http_response(405)}, r"ImdsProvider\(allow_v1=True\)"),
        ({"roles": http_response(404)}, "no role is attached"),
    ],
)
def test_missing_instance_role_is_no_error(tmp_path: Path, changes: dict[str, Any], why: str) -> None:
    """Silence, a service that is switched off and an instance without a role are reasons, not errors."""
    with pytest.raises(NoCredentialsError, match=why):
        _credentials(FakeMachine(tmp_path, _instance(**changes)))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"token": http_response(400)}, "HTTP 400"),
        ({"token": http_response(200)}, "HTTP 200"),
        ({"token": http_response(200, b"\xff")}, "HTTP 200"),
        ({"roles": http_response(500)}, "HTTP 500"),
        ({"roles": http_response(200)}, "HTTP 200 with an empty body"),
        (
            {"role": http_response(200, json.dumps({"Code": "AssumeRoleUnauthorizedAccess"}))},
            "AssumeRoleUnauthorizedAccess",
        ),
        ({"role": http_response(200, json.dumps({"Code": 7}))}, "no code"),
        ({"role": http_response(200, "<html>")}, "not a JSON object"),
        ({"role": http_response(200, "[1]")}, "not a JSON object"),
        ({"role": http_response(200, json.dumps({**KEYS, "AccessKeyId": ""}))}, "without AccessKeyId"),
        ({"role": http_response(200, json.dumps({**KEYS, "SecretAccessKey": None}))}, "without SecretAccessKey"),
        ({"role": http_response(200, json.dumps({**KEYS, "Token": 7}))}, "Token as int"),
        (
            {"role": http_response(200, json.dumps({**KEYS, "Token": f"{CANARY}\n"}))},
            "session_token must be printable ASCII without spaces",
        ),
        ({"role": http_response(200, json.dumps({**KEYS, "Expiration": "soon"}))}, "not an ISO 8601 time"),
    ],
)
def test_invalid_imds_response_is_a_retryable_error(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    """A response without valid credentials is a retryable error (can_heal) that shows nothing of the response."""
    with pytest.raises(CredentialsRefreshError, match=message) as failed:
        _credentials(FakeMachine(tmp_path, _instance(**changes)))
    assert failed.value.can_heal
    assert CANARY not in error_text(failed.value)


def test_imdsv1_is_used_only_if_allowed(tmp_path: Path) -> None:
    """IMDSv1 requests, without a token, are sent only if the caller, environment or profile allows them."""
    profile = aws_home(tmp_path, "[default]\nec2_metadata_v1_disabled = false\n")
    for token in (http_response(403), http_response(404), http_response(405), SILENCE):
        for environ, provider in (
            ({}, ImdsProvider(allow_v1=True)),
            ({"AWS_EC2_METADATA_V1_DISABLED": "FALSE"}, ImdsProvider()),
            ({}, ImdsProvider()),
        ):
            machine = FakeMachine(profile, _instance(token=token), environ)
            assert _credentials(machine, provider).access_key_id == "ASIAINSTANCE"
            assert header(machine.requests[-1], "x-aws-ec2-metadata-token") is None
    for environ, provider in (
        ({"AWS_EC2_METADATA_V1_DISABLED": "true"}, ImdsProvider()),
        ({}, ImdsProvider(allow_v1=False)),
    ):
        with pytest.raises(NoCredentialsError):
            _credentials(FakeMachine(profile, _instance(token=http_response(404)), environ), provider)
    with pytest.raises(NoCredentialsError, match="is disabled"):
        _credentials(FakeMachine(profile, _instance(token=http_response(403))), ImdsProvider(allow_v1=False))
    with pytest.raises(NoCredentialsError, match="is disabled"):
        _credentials(
            FakeMachine(profile, _instance(token=http_response(403), roles=http_response(403))),
            ImdsProvider(allow_v1=True),
        )


@pytest.mark.parametrize(
    ("environ", "settings", "arguments", "url"),
    [
        ({"AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://[::1]:8080/"}, "", {}, "http://[::1]:8080"),
        ({"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "ipv6"}, "", {}, "http://[fd00:ec2::254]"),
        ({}, "ec2_metadata_service_endpoint_mode = IPv6", {}, "http://[fd00:ec2::254]"),
        ({}, "ec2_metadata_service_endpoint = http://10.0.0.1", {}, "http://10.0.0.1"),
        ({}, "ec2_metadata_service_endpoint = http://10.0.0.1", {"endpoint_mode": "IPv6"}, "http://10.0.0.1"),
        ({"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv4"}, "", {"endpoint_mode": "IPv6"}, "http://[fd00:ec2::254]"),
        ({"AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://a"}, "", {"endpoint": "https://b/x/"}, "https://b/x"),
    ],
)
def test_imds_endpoint_precedence(
    tmp_path: Path, environ: dict[str, str], settings: str, arguments: dict[str, Any], url: str
) -> None:
    """Argument, environment and profile say it, in that order; a URL goes before a mode."""
    machine = FakeMachine(aws_home(tmp_path, f"[default]\n{settings}\n"), _instance(), environ)
    _credentials(machine, ImdsProvider(**arguments))
    assert machine.requests[0].url == f"{url}/latest/api/token"


@pytest.mark.parametrize(
    ("environ", "arguments", "message"),
    [
        (
            {"AWS_EC2_METADATA_SERVICE_ENDPOINT": "169.254.169.254"},
            {},
            "AWS_EC2_METADATA_SERVICE_ENDPOINT: the endpoint",
        ),
        ({}, {"endpoint": "http://user:pass@x"}, "endpoint=: the endpoint of the metadata service must be"),
        ({}, {"endpoint": "ftp://x"}, "must be an http or https URL"),
        ({"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "ipv5"}, {}, "ENDPOINT_MODE must be IPv4 or IPv6"),
        ({}, {"endpoint_mode": "ipv5"}, "endpoint_mode must be IPv4 or IPv6"),
        ({"AWS_METADATA_SERVICE_TIMEOUT": "soon"}, {}, "AWS_METADATA_SERVICE_TIMEOUT must be a number of seconds"),
        ({"AWS_METADATA_SERVICE_TIMEOUT": "0"}, {}, "AWS_METADATA_SERVICE_TIMEOUT must be a number of seconds"),
        ({"AWS_METADATA_SERVICE_NUM_ATTEMPTS": "0"}, {}, "NUM_ATTEMPTS must be 1 or more"),
        ({"AWS_METADATA_SERVICE_NUM_ATTEMPTS": "x"}, {}, "NUM_ATTEMPTS must be 1 or more"),
        ({"AWS_EC2_METADATA_V1_DISABLED": "no"}, {}, "V1_DISABLED must be true or false"),
    ],
)
def test_malformed_imds_settings_are_rejected(
    tmp_path: Path, environ: dict[str, str], arguments: dict[str, Any], message: str
) -> None:
    """The error for a malformed setting names its source and the accepted values; no request is sent."""
    machine = FakeMachine(tmp_path, _instance(), environ)
    with pytest.raises(ConfigurationError, match=message):
        _credentials(machine, ImdsProvider(**arguments))
    assert not machine.requests


def test_imds_timeout_and_attempts(tmp_path: Path) -> None:
    """Time-out and attempts are the caller's or the environment's; only silence and a broken service get another."""
    said_outside = {"AWS_METADATA_SERVICE_TIMEOUT": "2.5", "AWS_METADATA_SERVICE_NUM_ATTEMPTS": "3"}
    cases: list[tuple[dict[str, str], dict[str, Any]]] = [
        (said_outside, {}),
        ({}, {"timeout": 2.5, "attempts": 3}),
    ]
    for environ, arguments in cases:
        for token in (SILENCE, http_response(500)):
            machine = FakeMachine(tmp_path, _instance(token=token), environ)
            with pytest.raises((NoCredentialsError, CredentialsRefreshError)):
                _credentials(machine, ImdsProvider(**arguments))
            assert len(machine.requests) == 3
            assert {(timeout.connect, timeout.read) for timeout in machine.timeouts} == {(2.5, 2.5)}
        machine = FakeMachine(tmp_path, _instance(token=http_response(403)), environ)
        with pytest.raises(NoCredentialsError):
            _credentials(machine, ImdsProvider(**arguments))
        assert len(machine.requests) == 1


def test_unresponsive_imds_keeps_credentials_in_use(tmp_path: Path) -> None:
    """Once it has answered, silence is a failure that may heal: the credentials that are there stay in use."""
    machine = FakeMachine(tmp_path, _instance())
    provider = ImdsProvider().with_context(machine.context())

    async def main() -> None:
        await provider.get_credentials()
        machine.answer = lambda request: SILENCE
        machine.clock.advance(hours=7)
        assert (await provider.get_credentials()).access_key_id == "ASIAINSTANCE"

    asyncio.run(main())


@pytest.mark.parametrize(
    ("value", "is_disabled"),
    [("true", True), ("TRUE", True), (" True ", True), ("false", False), ("1", False), ("", False)],
)
def test_imds_can_be_disabled(tmp_path: Path, value: str, *, is_disabled: bool) -> None:
    """AWS_EC2_METADATA_DISABLED=true, in upper or lower case, prevents all requests to IMDS."""
    environ = {"AWS_EC2_METADATA_DISABLED": value}
    assert imds_is_disabled(environ) is is_disabled
    machine = FakeMachine(tmp_path, _instance(), environ)
    if is_disabled:
        with pytest.raises(NoCredentialsError, match="AWS_EC2_METADATA_DISABLED is true"):
            _credentials(machine)
        assert not machine.requests
    else:
        _credentials(machine)


def test_role_name_is_one_path_segment(tmp_path: Path) -> None:
    """The name that the service gave is one part of a path, whatever it holds."""
    machine = FakeMachine(tmp_path, _instance(roles=http_response(200, "../../x?y#z\nsecond")))
    _credentials(machine)
    assert machine.requests[-1].url == f"http://169.254.169.254{ROLES}..%2F..%2Fx%3Fy%23z"


@pytest.mark.parametrize(
    "arguments",
    [{"timeout": value} for value in (0, -1, 61, float("nan"), float("inf"), True, "1")]
    + [{"attempts": value} for value in (0, -1, 1000, 1.5, True, "1")],
)
def test_invalid_timeout_and_attempts_are_rejected(arguments: dict[str, Any]) -> None:
    """A timeout or a number of attempts that cannot work is a ConfigurationError that names the argument."""
    with pytest.raises(ConfigurationError, match=rf"ImdsProvider\.{next(iter(arguments))} must be"):
        ImdsProvider(**arguments)
