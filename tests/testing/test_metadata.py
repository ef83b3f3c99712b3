"""Emulated metadata services, called by botocore and by plain HTTP, and their credentials."""

# botocore has no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from botocore.credentials import ContainerProvider, InstanceMetadataProvider
from botocore.utils import ContainerMetadataFetcher, InstanceMetadataFetcher

from tests.support.emulators import boto3_client
from wsclient.credentials import Credentials
from wsclient.errors import ConfigurationError
from wsclient.testing import Emulator, InstanceMetadata

if TYPE_CHECKING:
    from collections.abc import Iterator

ROLES = "/latest/meta-data/iam/security-credentials/"
TTL = "x-aws-ec2-metadata-token-ttl-seconds"
TOKEN = "x-aws-ec2-metadata-token"


@pytest.fixture(scope="module")
def aws() -> Iterator[Emulator]:
    """Emulator of the module."""
    with Emulator() as emulator:
        yield emulator


def _from(found: Any) -> Credentials:
    frozen = found.get_frozen_credentials()
    return Credentials(frozen.access_key, frozen.secret_key, frozen.token)


def _who(aws: Emulator, credentials: Credentials) -> str:
    arn: str = boto3_client(aws, "sts", credentials).get_caller_identity()["Arn"]
    return arn


def _ask(imds: InstanceMetadata, method: str, path: str, **headers: str) -> httpx.Response:
    pairs = {name.replace("_", "-"): value for name, value in headers.items()}
    with httpx.Client(trust_env=False) as client:
        return client.request(method, f"{imds.endpoint_url}{path}", headers=pairs)


def test_botocore_reads_the_instance_role(aws: Emulator) -> None:
    """Botocore's own provider gets credentials by version 2, and they are good for the emulator's services."""
    with aws.instance_metadata("caller") as imds:
        fetcher: Any = InstanceMetadataFetcher(config={"ec2_metadata_service_endpoint": imds.endpoint_url})
        credentials = _from(InstanceMetadataProvider(iam_role_fetcher=fetcher).load())
        assert imds.calls == ["PUT /latest/api/token", f"GET {ROLES}", f"GET {ROLES}caller"]
    assert ":assumed-role/caller/i-" in _who(aws, credentials)


def test_botocore_reads_the_container_role(aws: Emulator) -> None:
    """The container provider of botocore gets credentials from the agent, which requires the authorization token."""
    with aws.container_credentials("task", token="let-me-in") as agent:
        environ = {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": agent.full_uri,
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": "let-me-in",
        }
        fetcher: Any = ContainerMetadataFetcher()
        credentials = _from(ContainerProvider(environ=environ, fetcher=fetcher).load())
        for headers, status in (({}, 403), ({"authorization": "other"}, 403), ({"authorization": "let-me-in"}, 200)):
            with httpx.Client(trust_env=False) as client:
                assert client.get(agent.full_uri, headers=headers).status_code == status
                assert client.post(agent.full_uri, headers=headers).status_code == 404
                assert client.get(f"{agent.full_uri}/x").json()["code"] == "NotFound"
    assert ":assumed-role/task/" in _who(aws, credentials)


def test_agent_without_token_answers_everyone(aws: Emulator) -> None:
    """Without a token anybody on the machine is answered."""
    with aws.container_credentials() as agent, httpx.Client(trust_env=False) as client:
        assert client.get(agent.full_uri).json()["RoleArn"] == f"arn:aws:iam::{aws.account_id}:role/task"


@pytest.mark.parametrize("seconds", ["", "0", "21601", "soon", "-1"])
def test_imds_token_lifetime_is_limited(aws: Emulator, seconds: str) -> None:
    """An IMDS token is issued for 1 to 21,600 seconds; other lifetimes are rejected."""
    with aws.instance_metadata() as imds:
        assert _ask(imds, "PUT", "/latest/api/token", **{TTL: seconds}).status_code == 400
        assert _ask(imds, "PUT", "/latest/api/token").status_code == 400
        assert _ask(imds, "GET", "/latest/api/token", **{TTL: "60"}).status_code == 405


def test_imds_requests_need_a_token(aws: Emulator) -> None:
    """Requests without a token, with a wrong or expired token, or through a proxy are rejected."""
    with aws.instance_metadata("caller") as imds:
        token = _ask(imds, "PUT", "/latest/api/token", **{TTL: "60"}).text
        assert _ask(imds, "GET", ROLES).status_code == 401
        assert _ask(imds, "GET", ROLES, **{TOKEN: "other"}).status_code == 401
        assert _ask(imds, "GET", ROLES, **{TOKEN: token}).text == "caller"
        assert _ask(imds, "POST", ROLES, **{TOKEN: token}).status_code == 405
        assert _ask(imds, "GET", f"{ROLES}other", **{TOKEN: token}).status_code == 404
        assert _ask(imds, "PUT", "/latest/api/token", **{TTL: "60", "x-forwarded-for": "192.0.2.1"}).status_code == 403
        aws.clock.advance(seconds=60)
        assert _ask(imds, "GET", ROLES, **{TOKEN: token}).status_code == 401


def test_imdsv1_is_served_only_if_allowed(aws: Emulator) -> None:
    """With allow_v1 no token is needed; an instance without a role has no credentials."""
    with aws.instance_metadata(None, allow_v1=True) as imds:
        assert _ask(imds, "GET", ROLES).status_code == 404
        assert _ask(imds, "GET", "/latest/meta-data/placement/region").text == aws.region
        document = _ask(imds, "GET", "/latest/dynamic/instance-identity/document").json()
        assert document["instanceId"] == _ask(imds, "GET", "/latest/meta-data/instance-id").text
        assert (document["accountId"], document["region"]) == (aws.account_id, aws.region)


def test_credentials_rotate_shortly_before_they_expire(aws: Emulator) -> None:
    """The same credentials are returned for six hours less five minutes, then new ones."""
    with aws.instance_metadata(allow_v1=True) as imds:

        def key() -> str:
            document: dict[str, str] = json.loads(_ask(imds, "GET", f"{ROLES}instance").text)
            return document["AccessKeyId"]

        first = key()
        aws.clock.advance(hours=5, minutes=54)
        assert key() == first
        aws.clock.advance(minutes=1)
        assert key() != first


def test_metadata_service_fails_on_request(aws: Emulator) -> None:
    """fail() answers the next requests with a status, and everything is counted."""
    with aws.instance_metadata(allow_v1=True) as imds:
        imds.fail(503, times=2)
        assert [_ask(imds, "GET", ROLES).status_code for _ in range(3)] == [503, 503, 200]
        assert imds.calls == [f"GET {ROLES}"] * 3
    with pytest.raises(ConfigurationError, match="not running"):
        _ = imds.endpoint_url
