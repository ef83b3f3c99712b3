"""Calls an emulator without sockets, and signs requests with botocore's signer as an independent implementation."""

# botocore has no types; the emulator's own function is called past its socket.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportPrivateUsage=false

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials as BotocoreCredentials
from botocore.session import Session

from tests.support.virtual_time import WallClock
from wsclient._core.http import HttpRequest, HttpResponse
from wsclient.signing import SigV4Signer
from wsclient.testing import Emulator
from wsclient.testing._server.dispatcher import handle_request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wsclient.credentials import Credentials

JSON = "application/x-amz-json-1.1"
FORM = "application/x-www-form-urlencoded"


class CallFailedError(Exception):
    """An error that the emulator answered."""

    def __init__(self, body: Mapping[str, object]) -> None:
        super().__init__(body)
        self.code = body["__type"]
        self.message = str(body["message"])
        self.body = body


@dataclass
class Caller:
    """Calls an emulator's operations in awsJson, in this process, signed by wsclient."""

    aws: Emulator = field(default_factory=lambda: Emulator(clock=WallClock()))
    region: str = "us-west-2"
    credentials: Credentials | None = None

    def other(self, *, account_id: str | None = None, region: str | None = None) -> Caller:
        """Return a caller of another account, or in another region, at the same emulator."""
        keys = self.aws.add_user("other", account_id=account_id) if account_id else self.credentials
        return Caller(self.aws, region or self.region, keys)

    def call(self, operation: str, members: Mapping[str, object] | None = None) -> dict[str, object]:
        """Return the members of the answer, or raise CallFailedError."""
        response = self.post(operation, json.dumps(members or {}).encode())
        body = cast("dict[str, object]", json.loads(response.body))
        if response.status != 200:
            raise CallFailedError(body)
        return body

    def post(self, operation: str, body: bytes) -> HttpResponse:
        """Return the answer to a body, whatever it is."""
        return self.send({"content-type": JSON, "x-amz-target": f"WorkspacesService.{operation}"}, body)

    def form(self, body: bytes) -> HttpResponse:
        """Return STS's answer to a form."""
        return self.send({"content-type": FORM}, body, service="sts")

    def send(
        self, headers: Mapping[str, str], body: bytes, *, service: str = "workspaces", path: str = "/"
    ) -> HttpResponse:
        """Return the answer to a signed request."""
        pairs = (("host", "localhost"), *headers.items())
        signer = SigV4Signer(service, self.region)
        keys = self.credentials or self.aws.credentials
        signature = signer.sign("POST", f"https://localhost{path}", pairs, body, keys, self.aws.clock.now())
        return self.answer(HttpRequest("POST", path, (*pairs, *signature.items()), body))

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Return the response to a raw request."""
        return handle_request(self.aws._world, request)

    def states(self) -> list[object]:
        """Return the states of every WorkSpace of the first page."""
        workspaces = cast("list[dict[str, object]]", self.call("DescribeWorkspaces")["Workspaces"])
        return [workspace["State"] for workspace in workspaces]


def botocore_signed(
    credentials: Credentials, *, url: str, headers: Mapping[str, str], body: bytes, service: str, region: str
) -> HttpRequest:
    """Return a POST request signed by botocore, at the time of its x-amz-date."""
    request = AWSRequest("POST", url, headers=dict(headers), data=body)
    keys = BotocoreCredentials(credentials.access_key_id, credentials.secret_access_key, credentials.session_token)
    SigV4Auth(keys, service, region).add_auth(request)
    return HttpRequest("POST", url, tuple(request.headers.items()), body)


def boto3_client(
    aws: Emulator,
    service: str,
    credentials: Credentials | None = None,
    *,
    protocol: str = "json",
    region: str | None = None,
    core: Session | None = None,
) -> Any:
    """Return boto3's client for a running emulator; protocol says how WorkSpaces is spoken to.

    core is a session to make it with that may have loaded the model already.
    """
    keys = credentials or aws.credentials
    core = core or Session()
    loader = core.get_component("data_loader")
    if service == "workspaces":
        # The loader caches the model, so that the client below is created from this model.
        loader.load_service_model(service, "service-2")["metadata"]["protocols"] = [protocol]
    return boto3.Session(botocore_session=core).client(
        service,
        region_name=region or aws.region,
        endpoint_url=aws.endpoint_url,
        verify=aws.ca_file,
        aws_access_key_id=keys.access_key_id,
        aws_secret_access_key=keys.secret_access_key,
        aws_session_token=keys.session_token,
        config=Config(retries={"total_max_attempts": 1}, ignore_configured_endpoint_urls=True, proxies={}),
    )
