"""The metadata services of EC2 instances and of containers, on loopback over plain http, as the real ones are.

"Use the Instance Metadata Service", https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html;
"Container credential provider", https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
"""

from __future__ import annotations

import hmac
import json
import secrets
from abc import ABC, abstractmethod
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Self

from wsclient._core.errors import ConfigurationError
from wsclient._core.http import HttpResponse
from wsclient.testing._protocols.base import header, target
from wsclient.testing._server.extras import new_server
from wsclient.testing._state import ids as _ids
from wsclient.testing._state.identities import role_arn
from wsclient.testing._state.keyring import Principal, Session

if TYPE_CHECKING:
    from types import TracebackType

    from wsclient._core.credentials import Credentials
    from wsclient._core.http import HttpRequest
    from wsclient.testing._server.server import Server
    from wsclient.testing._state.world import EmulatorState

LIFETIME: Final = timedelta(hours=6)
RENEWAL: Final = timedelta(minutes=5)
"""Before expiry: from here on the next credentials are given, as AWS promises."""
LONGEST_TOKEN: Final = 21_600
ROLES: Final = "/latest/meta-data/iam/security-credentials/"
OK, BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, NOT_FOUND, NOT_ALLOWED = 200, 400, 401, 403, 404, 405


class MetadataService(ABC):
    """A metadata service that runs while it is entered, by with or async with.

    calls lists what it was asked: method and path of each request.
    """

    def __init__(self, world: EmulatorState, *, account_id: str, role: str | None) -> None:
        self._world = world
        self._account_id = account_id
        self._role = role
        self._issued: Credentials | None = None
        self._failures: list[int] = []
        self._server: Server | None = None
        self.calls: list[str] = []

    @property
    def endpoint_url(self) -> str:
        """Where it answers: http, a loopback address, and a port."""
        if self._server is None:
            raise ConfigurationError("the metadata service is not running: use it with `with` or `async with`")
        return self._server.endpoint_url

    def fail(self, status: int, *, times: int = 1) -> None:
        """Answer the next requests with that status and nothing else."""
        with self._world.lock:
            self._failures += [status] * times

    def __enter__(self) -> Self:
        self._server = new_server(self._answer, "127.0.0.1", 0, is_tls=False)
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.stop()

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, traceback)

    @abstractmethod
    def _respond(self, request: HttpRequest, path: str) -> HttpResponse:
        """Answer one request."""

    def _answer(self, request: HttpRequest) -> HttpResponse:
        path = target(request)[0]
        with self._world.lock:
            self.calls.append(f"{request.method} {path}")
            if self._failures:
                return _said(self._failures.pop(0))
            return self._respond(request, path)

    def _document(self, role: str) -> dict[str, str]:
        """Return the role's credentials, the next ones shortly before these expire."""
        now = self._world.clock.now()
        ends = self._issued.expiration if self._issued else None
        if self._issued is None or ends is None or ends - now <= RENEWAL:
            arn = f"arn:aws:sts::{self._account_id}:assumed-role/{role}/{_ids.hex_id('i', 17)}"
            principal = Principal(
                account_id=self._account_id,
                arn=arn,
                user_id=f"{_ids.access_key_id('AROA')}:i",
                identity_arn=role_arn(self._account_id, role),
            )
            ends = (now + LIFETIME).replace(microsecond=0)
            self._issued = self._world.keys.issue_temporary(principal, ends, session=Session(issued_at=now))
        return {
            "AccessKeyId": self._issued.access_key_id,
            "SecretAccessKey": self._issued.secret_access_key,
            "Token": self._issued.session_token or "",
            "Expiration": f"{ends:%Y-%m-%dT%H:%M:%SZ}",
        }


class InstanceMetadata(MetadataService):
    """The metadata service of an EC2 instance, version 2; AWS_EC2_METADATA_SERVICE_ENDPOINT is endpoint_url."""

    def __init__(self, world: EmulatorState, *, account_id: str, region: str, role: str | None, allow_v1: bool) -> None:
        super().__init__(world, account_id=account_id, role=role)
        self._region = region
        self._allow_v1 = allow_v1
        self._instance_id = _ids.hex_id("i", 17)
        self._tokens: dict[str, float] = {}

    def _respond(self, request: HttpRequest, path: str) -> HttpResponse:
        if header(request, "x-forwarded-for"):
            # A request that came over a proxy is somebody else's.
            return _said(FORBIDDEN)
        if path == "/latest/api/token":
            return self._token(request)
        if request.method != "GET":
            return _said(NOT_ALLOWED)
        if not self._is_allowed(header(request, "x-aws-ec2-metadata-token")):
            return _said(UNAUTHORIZED)
        text = self._text(path)
        return _said(NOT_FOUND) if text is None else _said(OK, text)

    def _token(self, request: HttpRequest) -> HttpResponse:
        if request.method != "PUT":
            return _said(NOT_ALLOWED)
        seconds = header(request, "x-aws-ec2-metadata-token-ttl-seconds")
        if not seconds.isdecimal() or not 1 <= int(seconds) <= LONGEST_TOKEN:
            return _said(BAD_REQUEST)
        token = secrets.token_urlsafe(40)
        self._tokens[token] = self._world.clock.monotonic() + int(seconds)
        return _said(OK, token)

    def _is_allowed(self, token: str) -> bool:
        if not token:
            return self._allow_v1
        return self._tokens.get(token, float("-inf")) > self._world.clock.monotonic()

    def _text(self, path: str) -> str | None:
        """Return what stands at a path, None for nothing."""
        if path in {ROLES, ROLES.rstrip("/")}:
            return self._role
        if self._role is not None and path == f"{ROLES}{self._role}":
            updated = f"{self._world.clock.now():%Y-%m-%dT%H:%M:%SZ}"
            return json.dumps(
                {"Code": "Success", "LastUpdated": updated, "Type": "AWS-HMAC", **self._document(self._role)}
            )
        facts = {"accountId": self._account_id, "instanceId": self._instance_id, "region": self._region}
        return {
            "/latest/meta-data/instance-id": self._instance_id,
            "/latest/meta-data/placement/region": self._region,
            "/latest/dynamic/instance-identity/document": json.dumps(facts),
        }.get(path)


class ContainerCredentials(MetadataService):
    """The agent of an ECS task or EKS pod: full_uri and authorization_token are what its environment would say."""

    def __init__(self, world: EmulatorState, *, account_id: str, role: str, token: str | None) -> None:
        super().__init__(world, account_id=account_id, role=role)
        self._name = role
        self.authorization_token = token
        """What it must be asked with; None for nothing."""

    @property
    def full_uri(self) -> str:
        """The value of AWS_CONTAINER_CREDENTIALS_FULL_URI."""
        return f"{self.endpoint_url}/v1/credentials"

    def _respond(self, request: HttpRequest, path: str) -> HttpResponse:
        if path != "/v1/credentials" or request.method != "GET":
            return _refused(NOT_FOUND, "NotFound")
        expected = (self.authorization_token or "").encode()
        if expected and not hmac.compare_digest(header(request, "authorization").encode(), expected):
            return _refused(FORBIDDEN, "AccessDenied")
        arn = f"arn:aws:iam::{self._account_id}:role/{self._name}"
        return _said(OK, json.dumps({"RoleArn": arn, **self._document(self._name)}))


def _said(status: int, text: str = "") -> HttpResponse:
    return HttpResponse(status, (("content-type", "text/plain"),), text.encode())


def _refused(status: int, code: str) -> HttpResponse:
    return _said(status, json.dumps({"code": code, "message": "the request is refused"}))
