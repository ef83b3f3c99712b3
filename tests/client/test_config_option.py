"""config=: a client follows that configuration alone, on the way to STS and SSO too."""

from __future__ import annotations

import asyncio
import hashlib
import json
import pickle
from typing import TYPE_CHECKING, Any

import httpx
import pytest

import wsclient
from tests.support.aws_home import aws_home
from tests.support.platforms import set_home
from wsclient.credentials import AssumeRoleProvider, Credentials, SsoProvider
from wsclient.errors import EndpointResolutionError
from wsclient.testing import FakeTransport

if TYPE_CHECKING:
    from pathlib import Path

    from wsclient.testing import Answer

CONFIG = wsclient.ClientConfig.load("workspaces", environ={"HOME": "/nonexistent"}, region="eu-west-1")
ROLE = "arn:aws:iam::210987654321:role/x"
ANSWERS: dict[str, Answer] = {
    "AssumeRole": {
        "Credentials": {
            "AccessKeyId": "ASIAROLE",
            "SecretAccessKey": "secret",
            "SessionToken": "token",
            "Expiration": "2099-01-01T00:00:00Z",
        }
    },
    "DescribeWorkspaces": {},
}
START = "https://corp.awsapps.com/start"
SSO = {
    "token": {"accessToken": "new", "expiresIn": 3600},
    "credentials": {
        "roleCredentials": {
            "accessKeyId": "ASIASSO",
            "secretAccessKey": "secret",
            "sessionToken": "session",
            "expiration": 4_000_000_000_000,
        }
    },
}


class Service(httpx.AsyncBaseTransport):
    """STS, SSO and WorkSpaces under any name; notes where each request went."""

    def __init__(self) -> None:
        self._inner = FakeTransport(ANSWERS)
        self.hosts: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        self.hosts.append(request.url.host)
        answer = SSO.get(request.url.path.rpartition("/")[2])
        return httpx.Response(200, json=answer) if answer else await self._inner.handle_async_request(request)


ELSEWHERE = {
    "AWS_ENDPOINT_URL": "https://any.elsewhere.example",
    "AWS_ENDPOINT_URL_STS": "https://sts.elsewhere.example",
    "AWS_ENDPOINT_URL_WORKSPACES": "https://workspaces.elsewhere.example",
    "AWS_ENDPOINT_URL_SSO": "https://sso.elsewhere.example",
    "AWS_ENDPOINT_URL_SSO_OIDC": "https://oidc.elsewhere.example",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "AWS_USE_DUALSTACK_ENDPOINT": "true",
    "AWS_REGION": "us-east-2",
    "AWS_CA_BUNDLE": "/nonexistent/elsewhere.pem",
    "HTTPS_PROXY": "http://proxy.elsewhere.example:1",
}
"""An environment that points everywhere else."""


def _role() -> AssumeRoleProvider:
    return AssumeRoleProvider(role_arn=ROLE, source=Credentials("AKIABASE", "secret"))


def _client(credentials: Any, config: wsclient.ClientConfig = CONFIG) -> tuple[wsclient.WorkSpacesClient, Service]:
    service = Service()
    return wsclient.WorkSpacesClient(config=config, credentials=credentials, transport=service), service


def _called_hosts(client: wsclient.WorkSpacesClient, service: Service) -> list[str]:
    asyncio.run(client.raw("DescribeWorkspaces"))
    return service.hosts


@pytest.mark.parametrize("variable", [None, *ELSEWHERE])
def test_client_with_config_ignores_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str | None
) -> None:
    """A client made with config=, and its copies, call STS and WorkSpaces where that config says, whatever the rest."""
    files = tmp_path / "config"
    files.write_text("[default]\nendpoint_url = https://file.elsewhere.example\nregion = us-east-2\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(files))
    for name, value in ELSEWHERE.items():
        if variable in {None, name}:
            monkeypatch.setenv(name, value)
    hosts = ["sts.eu-west-1.amazonaws.com", "workspaces.eu-west-1.amazonaws.com"]
    client, service = _client(_role())
    assert _called_hosts(client, service) == hosts
    service.hosts.clear()
    assert _called_hosts(client.with_options(credentials=_role()), service) == hosts
    assert client._pipeline.transport.settings.proxy is None


@pytest.mark.parametrize("profile", ["dev", "default"])
def test_missing_region_names_the_profile(tmp_path: Path, profile: str) -> None:
    """A profile without a region is named where the error says what to set."""
    home = aws_home(tmp_path, f"[{profile if profile == 'default' else f'profile {profile}'}]\noutput = json\n")
    config = wsclient.ClientConfig.load("workspaces", environ={}, home=home, profile=profile)
    with pytest.raises(EndpointResolutionError, match=f"set AWS_REGION or the region of profile {profile}\\."):
        wsclient.WorkSpacesClient(config=config)


@pytest.mark.parametrize("source", ["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL", "profile", "services"])
def test_sts_settings_of_a_config_are_kept_and_pickled(tmp_path: Path, source: str) -> None:
    """The STS settings of environment and profile are part of the loaded config, and survive pickling."""
    sections = {
        "profile": "endpoint_url = https://sts.bank.internal\n",
        "services": "services = x\n[services x]\nsts =\n  endpoint_url = https://sts.bank.internal\n",
    }
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text(f"[default]\n{sections.get(source, '')}")
    environ = {"HOME": str(tmp_path)} | ({} if source in sections else {source: "https://sts.bank.internal"})
    loaded = wsclient.ClientConfig.load("workspaces", environ=environ, region="eu-west-1")
    config: wsclient.ClientConfig = pickle.loads(pickle.dumps(loaded))
    client, service = _client(_role(), config)
    assert _called_hosts(client, service)[0] == "sts.bank.internal"


def test_missing_services_section_is_rejected_at_the_sts_call(tmp_path: Path) -> None:
    """A profile that names no existing section does not send STS calls to the default host: nothing is sent."""
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text("[default]\nservices = gone\n")
    environ = {"HOME": str(tmp_path), "AWS_ENDPOINT_URL_WORKSPACES": "https://workspaces.bank.internal"}
    config = wsclient.ClientConfig.load("workspaces", environ=environ, region="eu-west-1")
    client, service = _client(_role(), config)
    with pytest.raises(EndpointResolutionError, match="services gone"):
        asyncio.run(client.raw("DescribeWorkspaces"))
    assert service.hosts == []


def _sso_login(home: Path) -> SsoProvider:
    """Leave a login on disk that has to be renewed, and return its provider."""
    members = {
        "startUrl": START,
        "region": "eu-west-1",
        "accessToken": "old",
        "refreshToken": "refresh",
        "clientId": "id",
        "clientSecret": "secret",
        "expiresAt": "2020-01-01T00:00:00Z",
        "registrationExpiresAt": "2099-01-01T00:00:00Z",
    }
    path = home / ".aws" / "sso" / "cache" / f"{hashlib.sha1(b'corp').hexdigest()}.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(members))
    return SsoProvider(
        account_id="123456789012", role_name="x", start_url=START, region="eu-west-1", session_name="corp"
    )


@pytest.mark.parametrize("is_own", [False, True])
def test_sso_hosts_follow_the_config(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, is_own: bool) -> None:
    """The refresh token and the bearer token go to the region's hosts, or to the URLs in the config."""
    set_home(monkeypatch, tmp_path)
    for name, value in ELSEWHERE.items():
        monkeypatch.setenv(name, value)
    environ = {"HOME": "/nonexistent"}
    if is_own:
        environ |= {"AWS_ENDPOINT_URL_SSO": "https://sso.bank", "AWS_ENDPOINT_URL_SSO_OIDC": "https://oidc.bank"}
    config = wsclient.ClientConfig.load("workspaces", environ=environ, region="eu-west-1")
    client, service = _client(_sso_login(tmp_path), config)
    hosts = (
        ["oidc.bank", "sso.bank"] if is_own else ["oidc.eu-west-1.amazonaws.com", "portal.sso.eu-west-1.amazonaws.com"]
    )
    assert _called_hosts(client, service) == [*hosts, "workspaces.eu-west-1.amazonaws.com"]


def test_client_without_config_follows_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A client without config=, and its copies, follow the variables on the way to SSO and STS."""
    set_home(monkeypatch, tmp_path)
    for name in ("AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL_SSO_OIDC", "AWS_ENDPOINT_URL_STS"):
        monkeypatch.setenv(name, ELSEWHERE[name])
    service = Service()
    client = wsclient.WorkSpacesClient(region="eu-west-1", credentials=_sso_login(tmp_path), transport=service)
    hosts = ["oidc.elsewhere.example", "sso.elsewhere.example", "workspaces.eu-west-1.amazonaws.com"]
    assert _called_hosts(client.with_options(read_only=True, app_id="x"), service) == hosts
    service.hosts.clear()
    hosts = ["sts.elsewhere.example", "workspaces.eu-west-1.amazonaws.com"]
    assert _called_hosts(client.with_options(credentials=_role()), service) == hosts
