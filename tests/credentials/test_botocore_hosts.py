"""Hosts that botocore talks to for credentials: they follow the client's FIPS and dual-stack, or are refused."""

# botocore has no types.
# pyright: reportMissingTypeStubs=false

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
import httpx
import pytest
from botocore import UNSIGNED
from botocore.config import Config

import wsclient
from tests.support.aws_home import aws_home
from tests.support.platforms import set_home
from wsclient.config import Setting
from wsclient.credentials.login import LoginProvider, apply_config
from wsclient.errors import ConfigurationError, EndpointResolutionError

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = wsclient.ClientConfig.load("workspaces", environ={"HOME": "/nonexistent"}, region="us-east-1")
FLAGS = ("use_fips", "use_dualstack")


class SentError(Exception):
    """Carries the URL of a request that was about to be sent, and its client's proxies."""


def _sign_in(config: wsclient.ClientConfig, region: str, *, is_given: bool = True) -> tuple[str, Any, Any]:
    """Return URL, proxies and CA bundle of the request that renews a login with these settings."""
    session: Any = botocore.session.Session()
    apply_config(session, config, is_given=is_given)
    client = session.create_client("signin", region_name=region, config=Config(signature_version=UNSIGNED))

    def stop(request: Any, **_: object) -> None:
        raise SentError(request.url)

    client.meta.events.register("before-send.signin", stop)
    token = {"clientId": "x", "refreshToken": "x", "grantType": "refresh_token"}
    with pytest.raises(SentError) as sent:
        client.create_o_auth2_token(tokenInput=token)
    return str(sent.value), client.meta.config.proxies, session.get_config_variable("ca_bundle")


def _config(**flags: bool) -> wsclient.ClientConfig:
    return CONFIG.override(**flags)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the flags alone


@pytest.mark.parametrize(
    ("region", "flags", "host"),
    [
        ("us-east-1", {}, "us-east-1.signin.aws.amazon.com"),
        ("us-east-1", {"use_dualstack": True}, "signin.us-east-1.api.aws"),
        ("us-east-1", {"use_fips": True}, "signin-fips.us-east-1.amazonaws.com"),
        ("us-gov-east-1", {"use_fips": True}, "us-gov-east-1.signin-fips.amazonaws-us-gov.com"),
        ("us-gov-east-1", {"use_fips": True, "use_dualstack": True}, "signin-fips.us-gov-east-1.api.aws"),
    ],
)
def test_sign_in_host_follows_fips_and_dualstack_flags(
    monkeypatch: pytest.MonkeyPatch, region: str, flags: dict[str, bool], host: str
) -> None:
    """The refresh token of `aws login` goes to the FIPS or dual-stack host, whatever the environment says."""
    for value in ("true", "false"):
        for name in ("AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"):
            monkeypatch.setenv(name, value)
        assert httpx.URL(_sign_in(_config(**flags), region)[0]).host == host


def test_sign_in_with_config_ignores_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """With config= no URL, CA bundle or proxy of the environment counts; without it they do."""
    for name, value in {
        "AWS_ENDPOINT_URL_SIGNIN": "https://signin.elsewhere.example",
        "AWS_CA_BUNDLE": "/nonexistent/elsewhere.pem",
        "REQUESTS_CA_BUNDLE": "/nonexistent/elsewhere.pem",
        "HTTPS_PROXY": "http://elsewhere.example:1",
    }.items():
        monkeypatch.setenv(name, value)
    own = wsclient.ClientConfig.load("workspaces", environ={}, region="us-east-1", proxy="http://p.bank:1")
    for config, proxies in ((CONFIG, {}), (own, {"https": "http://p.bank:1"})):
        url, used, bundle = _sign_in(config, "us-east-1")
        assert (httpx.URL(url).host, used, bundle) == ("us-east-1.signin.aws.amazon.com", proxies, True)
    assert httpx.URL(_sign_in(CONFIG, "us-east-1", is_given=False)[0]).host == "signin.elsewhere.example"


@pytest.mark.parametrize("flag", FLAGS)
@pytest.mark.parametrize("source", ["AWS_ENDPOINT_URL_SIGNIN", "profile"])
def test_sign_in_url_with_a_flag_is_rejected(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, flag: str, source: str
) -> None:
    """Botocore would drop the flag for a configured URL: it is an error that names both settings."""
    url = "https://signin.elsewhere.example"
    text = "[profile me]\nlogin_session = arn:aws:iam::123456789012:user/me\n"
    aws_home(tmp_path, text + (f"endpoint_url = {url}\n" if source == "profile" else ""))
    set_home(monkeypatch, tmp_path)
    if source != "profile":
        monkeypatch.setenv(source, url)
    options: dict[str, Any] = {flag: True, "region": "us-east-1"}
    transport = httpx.MockTransport(lambda request: httpx.Response(500))
    client = wsclient.WorkSpacesClient(**options, credentials=LoginProvider(profile="me"), transport=transport)
    with pytest.raises(EndpointResolutionError, match=rf"the URL of signin .* conflicts with {flag}=True \(argument\)"):
        asyncio.run(client.raw("DescribeWorkspaces"))


def _session(tmp_path: Path, text: str, package: str) -> Any:
    home = aws_home(tmp_path, text)
    session: Any = botocore.session.Session()
    session.set_config_variable("config_file", str(home / ".aws" / "config"))
    session.set_config_variable("credentials_file", str(home / ".aws" / "credentials"))
    return boto3.Session(botocore_session=session) if package == "boto3" else session


ROLE = "[default]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = base\n[profile base]\n"
KEYS = "aws_access_key_id = AKIABASE\naws_secret_access_key = secret\n"
SSO = "[default]\nsso_account_id = 123456789012\nsso_role_name = x\nsso_start_url = https://x\nsso_region = us-east-1\n"


def _call(session: Any, **flags: bool) -> list[str]:
    """Return the hosts of a call with a session's credentials."""
    hosts: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        hosts.append(request.url.host)
        headers = {"content-type": "application/x-amz-json-1.1", "x-amzn-requestid": "1"}
        return httpx.Response(200, headers=headers, content=b"{}")

    client = wsclient.WorkSpacesClient(
        config=_config(**flags), credentials=session, transport=httpx.MockTransport(handler)
    )
    asyncio.run(client.raw("DescribeWorkspaces"))
    return hosts


@pytest.mark.parametrize("flag", FLAGS)
@pytest.mark.parametrize("package", ["boto3", "botocore"])
@pytest.mark.parametrize("text", [ROLE + KEYS, SSO], ids=["role", "sso"])
def test_session_that_ignores_the_clients_flags_is_rejected(tmp_path: Path, flag: str, package: str, text: str) -> None:
    """A session whose role or SSO calls go to other hosts than the client's is an error before any of them."""
    session = _session(tmp_path, text, package)
    for _ in range(2):
        with pytest.raises(ConfigurationError, match=rf"{flag}=True \(argument\), but the botocore session"):
            _call(session, **{flag: True})


@pytest.mark.parametrize("flag", FLAGS)
def test_session_with_the_same_flags_is_accepted(tmp_path: Path, flag: str) -> None:
    """Fixed keys need no host; a role of a session that has the flag itself gets as far as STS."""
    fixed = _session(tmp_path, f"[default]\n{KEYS}", "boto3")
    assert len(_call(fixed, **{flag: True})) == 1
    role = _session(tmp_path, ROLE + KEYS, "botocore")
    role.set_config_variable(f"{flag}_endpoint", value=True)
    role.set_config_variable("region", "us-east-1")
    requested: list[str] = []

    def stop(request: Any, **_: object) -> None:
        requested.append(httpx.URL(request.url).host)
        raise SentError

    role.register("before-send.sts", stop)
    with pytest.raises(wsclient.errors.CredentialsRefreshError, match="SentError"):
        _call(role, **{flag: True})
    assert requested == ["sts-fips.us-east-1.amazonaws.com" if flag == "use_fips" else "sts.us-east-1.api.aws"]


def test_flags_of_a_sessions_default_client_config_count(tmp_path: Path) -> None:
    """The flag in a session's default client configuration is as good as one in its profile."""
    role = _session(tmp_path, ROLE + KEYS, "botocore")
    role.set_default_client_config(Config(use_fips_endpoint=True))
    role.register("before-send.sts", lambda **_: (_ for _ in ()).throw(SentError()))
    with pytest.raises(wsclient.errors.CredentialsRefreshError):
        _call(role, use_fips=True)
    assert _config(use_fips=True).use_fips == Setting(value=True, source="argument")
