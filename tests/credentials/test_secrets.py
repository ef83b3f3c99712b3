"""No provider shows a secret, whether it succeeds or fails: not in logs, output, reprs, errors or what caused them."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.aws_home import CANARY, aws_home, error_text, keys
from tests.support.fake_sts import FakeSts
from tests.support.frames import stack_leaks
from tests.support.provider_environment import Answer, FakeMachine, http_response
from wsclient.credentials import (
    AssumeRoleProvider,
    ChainProvider,
    CliCache,
    ContainerProvider,
    Credentials,
    EnvironmentProvider,
    ImdsProvider,
    ProcessProvider,
    ProfileProvider,
    SamlProvider,
    ScopedCredentialsProvider,
    SessionTokenProvider,
    SsoProvider,
    StaticProvider,
    WebIdentityProvider,
)
from wsclient.credentials._internal.context import ProcessResult
from wsclient.errors import ConnectError, ServiceError, WsclientError

if TYPE_CHECKING:
    from pathlib import Path

    from wsclient._core.http import HttpRequest

ROLE = "arn:aws:iam::210987654321:role/x"
SECRET, TOKEN = f"{CANARY}secret", f"{CANARY}token"
DOCUMENT = {"Code": "Success", "AccessKeyId": "ASIAKEY", "SecretAccessKey": SECRET, "Token": TOKEN}
KEYS = Credentials("AKIASOURCE", SECRET, TOKEN)
CODE = "314159"


@dataclass
class Case:
    """A provider, and a machine in which it succeeds or fails."""

    provider: Any
    fails: bool
    sts: FakeSts | None = None
    answer: Answer = field(default_factory=lambda: http_response(200))
    environ: dict[str, str] = field(default_factory=dict[str, str])
    result: ProcessResult = field(default_factory=lambda: ProcessResult(0, b"", b""))

    def credentials(self, home: Path) -> Credentials:
        """Ask the provider."""
        provider: Any = self.provider(home) if callable(self.provider) else self.provider
        if hasattr(provider, "with_context"):
            machine = FakeMachine(home, self._answered, self.environ, process=lambda argv: self.result)
            context = self.sts.context(home) if self.sts else machine.context()
            provider = provider.with_context(context)
        shown = f"{provider!r} {vars(provider)!r}"
        assert CANARY not in shown
        assert CODE not in shown
        found: Credentials = asyncio.run(provider.get_credentials())
        assert CANARY not in f"{provider!r} {vars(provider)!r} {found!r} {found}"
        return found

    def _answered(self, request: HttpRequest) -> Answer:
        assert stack_leaks((CANARY, CODE)) == []
        if request.method == "PUT":
            return http_response(200, f"{CANARY}imds")
        return http_response(200, "role") if request.url.endswith("security-credentials/") else self.answer


def _sts(*, fails: bool) -> FakeSts:
    """Return an STS that issues secrets, or repeats what it was sent in its refusal."""
    sts = FakeSts()
    whole = sts.answer

    def answer(request: Any) -> Any:  # the fake's own types
        if fails:
            signed = f"{SECRET} {TOKEN}" if sts.keys[-1] else ""
            sent = f"{json.dumps(dict(request.input), default=str)} {signed}"
            return ServiceError(sent, code="AccessDenied", status=403)
        values: Any = whole(request)
        values["Credentials"] |= {"SecretAccessKey": SECRET, "SessionToken": TOKEN}
        return values

    sts.answer = answer  # type: ignore[method-assign]  # another STS
    return sts


def _logged_in(home: Path) -> SsoProvider:
    path = home / ".aws" / "sso" / "cache" / f"{hashlib.sha1(b'corp').hexdigest()}.json"
    path.parent.mkdir(parents=True)
    login = {"accessToken": TOKEN, "expiresAt": "2099-01-01T00:00:00Z", "clientSecret": SECRET, "refreshToken": TOKEN}
    path.write_text(json.dumps(login))
    return SsoProvider(account_id="123456789012", role_name="r", start_url="s", region="eu-west-1", session_name="corp")


def _with_token_file(home: Path) -> WebIdentityProvider:
    (home / "token").write_text(TOKEN)
    return WebIdentityProvider(role_arn=ROLE, token_file=home / "token", cache=CliCache(home / "cache"))


def _role_of_profile(home: Path) -> ProfileProvider:
    aws_home(home, f"[profile r]\nrole_arn = {ROLE}\nsource_profile = b\n", f"[b]\n{keys(CANARY)}")
    return ProfileProvider("r", environ={}, home=home)


def _half_a_profile(home: Path) -> ProfileProvider:
    aws_home(home, credentials=f"[default]\naws_secret_access_key = {SECRET}\n")
    return ProfileProvider(environ={}, home=home)


SSO_KEYS = {"accessKeyId": "ASIAKEY", "secretAccessKey": SECRET, "sessionToken": TOKEN, "expiration": 4_000_000_000_000}
PRINTED = {"Version": 1, "AccessKeyId": "ASIAKEY", "SecretAccessKey": SECRET, "SessionToken": TOKEN}
AGENT = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1/c", "AWS_CONTAINER_AUTHORIZATION_TOKEN": TOKEN}
ENVIRON = {"AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_SESSION_TOKEN": TOKEN}


def _mfa_code() -> str:
    return CODE


CASES = {
    "static": Case(StaticProvider(KEYS), fails=False),
    "environment": Case(EnvironmentProvider(ENVIRON), fails=False),
    "half an environment": Case(EnvironmentProvider({"AWS_SECRET_ACCESS_KEY": SECRET}), fails=True),
    "environment, malformed": Case(EnvironmentProvider({**ENVIRON, "AWS_SESSION_TOKEN": f"{TOKEN} x"}), fails=True),
    "chain": Case(ChainProvider([EnvironmentProvider({}), StaticProvider(KEYS)]), fails=False),
    "profile, half": Case(_half_a_profile, fails=True),
    "process": Case(
        ProcessProvider("tool"), fails=False, result=ProcessResult(0, json.dumps(PRINTED).encode(), SECRET.encode())
    ),
    "process that fails": Case(
        ProcessProvider("tool"), fails=True, result=ProcessResult(1, TOKEN.encode(), SECRET.encode())
    ),
    "process, malformed": Case(ProcessProvider("tool"), fails=True, result=ProcessResult(0, TOKEN.encode(), b"")),
    "container": Case(ContainerProvider(), fails=False, answer=http_response(200, json.dumps(DOCUMENT)), environ=AGENT),
    "container that refuses": Case(ContainerProvider(), fails=True, answer=http_response(403, TOKEN), environ=AGENT),
    "container, malformed": Case(ContainerProvider(), fails=True, answer=http_response(200, TOKEN), environ=AGENT),
    "container elsewhere": Case(
        ContainerProvider(), fails=True, environ={**AGENT, "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://192.0.2.1/c"}
    ),
    "instance": Case(ImdsProvider(), fails=False, answer=http_response(200, json.dumps(DOCUMENT))),
    "instance, malformed": Case(ImdsProvider(), fails=True, answer=http_response(200, TOKEN)),
    "instance that is gone": Case(ImdsProvider(), fails=True, answer=ConnectError("refused")),
    "SSO": Case(_logged_in, fails=False, answer=http_response(200, json.dumps({"roleCredentials": SSO_KEYS}))),
    "SSO that refuses": Case(_logged_in, fails=True, answer=http_response(401, TOKEN)),
    "SSO, malformed": Case(_logged_in, fails=True, answer=http_response(200, TOKEN)),
    **{
        f"{name}{', refused' if fails else ''}": Case(provider, fails=fails, sts=_sts(fails=fails))
        for fails in (False, True)
        for name, provider in {
            "role": AssumeRoleProvider(
                role_arn=ROLE, source=KEYS, mfa_serial="serial", mfa_code=_mfa_code, external_id="ext"
            ),
            "scoped": ScopedCredentialsProvider(KEYS, policy={"Statement": []}),
            "session": SessionTokenProvider(source=KEYS, mfa_serial="serial", mfa_code=_mfa_code),
            "role of a profile": _role_of_profile,
            "web identity": _with_token_file,
            "SAML": SamlProvider(
                role_arn=ROLE, principal_arn="arn:aws:iam::210987654321:saml-provider/x", assertion=lambda: TOKEN
            ),
        }.items()
    },
}


class _StackHandler(logging.Handler):
    """Handler that looks at the stack of each record, as Sentry does."""

    def __init__(self) -> None:
        super().__init__()
        self.leaks: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Look at the stack."""
        self.leaks += stack_leaks((CANARY, CODE))


@pytest.mark.parametrize("name", CASES)
def test_providers_never_show_canary_secrets(
    name: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Canary secrets pass through every provider, and no log line, output, repr, error or cause holds one."""
    case = CASES[name]
    found = ""
    handler = _StackHandler()
    logging.getLogger().addHandler(handler)
    with caplog.at_level(logging.DEBUG):
        if case.fails:
            with pytest.raises(WsclientError) as failed:
                case.credentials(tmp_path)
            found = error_text(failed.value)
        else:
            assert case.credentials(tmp_path).secret_access_key.startswith(CANARY)
    logging.getLogger().removeHandler(handler)
    assert handler.leaks == []
    output = capfd.readouterr()
    records = "".join(f"{vars(record)!r}" for record in caplog.records)
    for secret in (CANARY, CODE):
        assert secret not in found
        assert secret not in records
        assert secret not in output.out + output.err
