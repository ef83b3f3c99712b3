"""Metadata services of EC2 instances (IMDS) and containers, on loopback over plain HTTP, like the real ones.

"Use the Instance Metadata Service", https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html;
"Container credential provider", https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
"""

from __future__ import annotations

import hmac
import json
import secrets
from abc import ABC, abstractmethod
from datetime import timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from wsclient._core.argument_checks import checked
from wsclient._core.errors import ConfigurationError
from wsclient._core.http import HttpResponse
from wsclient.testing._protocols.base import header, path_and_query
from wsclient.testing._server.lazy_dependencies import new_server
from wsclient.testing._state import ids as _ids
from wsclient.testing._state.argument_kinds import whole_range
from wsclient.testing._state.emulator_state import EmulatorState
from wsclient.testing._state.faults import STATUS
from wsclient.testing._state.identities import role_arn
from wsclient.testing._state.keyring import Principal, Session

if TYPE_CHECKING:
    from wsclient._core.credentials import Credentials
    from wsclient._core.http import HttpRequest
    from wsclient.testing._server.server import Server

CREDENTIAL_LIFETIME: Final = timedelta(hours=6)
RENEWAL_MARGIN: Final = timedelta(minutes=5)
"""Time before expiry from which the service returns new credentials, as AWS documents."""
MAX_FAILURES: Final = 1_000_000
MAX_TOKEN_TTL: Final = 21_600
"""Maximum lifetime of an IMDSv2 session token in seconds (6 hours)."""
ROLES_PATH: Final = "/latest/meta-data/iam/security-credentials/"
OK, BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, NOT_FOUND, NOT_ALLOWED = 200, 400, 401, 403, 404, 405


class MetadataService(ABC):
    """Metadata service that runs while its context (with or async with) is open.

    calls lists the method and path of each request.
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
        """URL of the service: http, a loopback address and a port. Raises ConfigurationError if it is not running."""
        if self._server is None:
            raise ConfigurationError("the metadata service is not running: use it with `with` or `async with`")
        return self._server.endpoint_url

    @checked({"status": STATUS, "times": whole_range(1, MAX_FAILURES, "number")})
    def fail(self, status: int, *, times: int = 1) -> None:
        """Answer the next times requests, at most a million, with an HTTP status (200 to 599) and an empty body."""
        with self._world.lock:
            self._failures += [status] * times

    def __enter__(self) -> Self:
        self._server = new_server(self._handle, "127.0.0.1", 0, is_tls=False)
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
        """Return the response to a request; the caller holds the lock."""

    def _handle(self, request: HttpRequest) -> HttpResponse:
        path = path_and_query(request)[0]
        with self._world.lock:
            self.calls.append(f"{request.method} {path}")
            if self._failures:
                return _text_response(self._failures.pop(0))
            return self._respond(request, path)

    def _credentials_document(self, role: str) -> dict[str, str]:
        """Return the credentials of a role as a document; renew them 5 minutes before they expire."""
        now = self._world.clock.now()
        expires_at = self._issued.expiration if self._issued else None
        if self._issued is None or expires_at is None or expires_at - now <= RENEWAL_MARGIN:
            arn = f"arn:aws:sts::{self._account_id}:assumed-role/{role}/{_ids.hex_id('i', 17)}"
            principal = Principal(
                account_id=self._account_id,
                arn=arn,
                user_id=f"{_ids.access_key_id('AROA')}:i",
                identity_arn=role_arn(self._account_id, role),
            )
            expires_at = (now + CREDENTIAL_LIFETIME).replace(microsecond=0)
            self._issued = self._world.keys.issue_temporary(principal, expires_at, session=Session(issued_at=now))
        return {
            "AccessKeyId": self._issued.access_key_id,
            "SecretAccessKey": self._issued.secret_access_key,
            "Token": self._issued.session_token or "",
            "Expiration": f"{expires_at:%Y-%m-%dT%H:%M:%SZ}",
        }


class InstanceMetadata(MetadataService):
    """Instance metadata service of an EC2 instance, version 2 (IMDSv2).

    Set AWS_EC2_METADATA_SERVICE_ENDPOINT to endpoint_url.
    """

    def __init__(self, world: EmulatorState, *, account_id: str, region: str, role: str | None, allow_v1: bool) -> None:
        super().__init__(world, account_id=account_id, role=role)
        self._region = region
        self._allow_v1 = allow_v1
        self._instance_id = _ids.hex_id("i", 17)
        self._tokens: dict[str, float] = {}

    def _respond(self, request: HttpRequest, path: str) -> HttpResponse:
        if header(request, "x-forwarded-for"):
            # IMDSv2 rejects requests that a proxy forwarded from another machine.
            return _text_response(FORBIDDEN)
        if path == "/latest/api/token":
            return self._issue_token(request)
        if request.method != "GET":
            return _text_response(NOT_ALLOWED)
        if not self._is_allowed(header(request, "x-aws-ec2-metadata-token")):
            return _text_response(UNAUTHORIZED)
        text = self._metadata_text(path)
        return _text_response(NOT_FOUND) if text is None else _text_response(OK, text)

    def _issue_token(self, request: HttpRequest) -> HttpResponse:
        if request.method != "PUT":
            return _text_response(NOT_ALLOWED)
        seconds = header(request, "x-aws-ec2-metadata-token-ttl-seconds")
        if not seconds.isdecimal() or not 1 <= int(seconds) <= MAX_TOKEN_TTL:
            return _text_response(BAD_REQUEST)
        token = secrets.token_urlsafe(40)
        self._tokens[token] = self._world.clock.monotonic() + int(seconds)
        return _text_response(OK, token)

    def _is_allowed(self, token: str) -> bool:
        if not token:
            return self._allow_v1
        return self._tokens.get(token, float("-inf")) > self._world.clock.monotonic()

    def _metadata_text(self, path: str) -> str | None:
        """Return the metadata at a path, None if the path does not exist."""
        if path in {ROLES_PATH, ROLES_PATH.rstrip("/")}:
            return self._role
        if self._role is not None and path == f"{ROLES_PATH}{self._role}":
            updated = f"{self._world.clock.now():%Y-%m-%dT%H:%M:%SZ}"
            return json.dumps(
                {
                    "Code": "Success",
                    "LastUpdated": updated,
                    "Type": "AWS-HMAC",
                    **self._credentials_document(self._role),
                }
            )
        identity = {"accountId": self._account_id, "instanceId": self._instance_id, "region": self._region}
        return {
            "/latest/meta-data/instance-id": self._instance_id,
            "/latest/meta-data/placement/region": self._region,
            "/latest/dynamic/instance-identity/document": json.dumps(identity),
        }.get(path)


class ContainerCredentials(MetadataService):
    """Container credential endpoint of an ECS task or EKS pod.

    full_uri and authorization_token are the values of AWS_CONTAINER_CREDENTIALS_FULL_URI and
    AWS_CONTAINER_AUTHORIZATION_TOKEN.
    """

    def __init__(self, world: EmulatorState, *, account_id: str, role: str, token: str | None) -> None:
        super().__init__(world, account_id=account_id, role=role)
        self._name = role
        self.authorization_token = token
        """Value that the Authorization header must have; None accepts every request."""

    @property
    def full_uri(self) -> str:
        """The value of AWS_CONTAINER_CREDENTIALS_FULL_URI."""
        return f"{self.endpoint_url}/v1/credentials"

    def _respond(self, request: HttpRequest, path: str) -> HttpResponse:
        if path != "/v1/credentials" or request.method != "GET":
            return _error_response(NOT_FOUND, "NotFound")
        expected = (self.authorization_token or "").encode()
        if expected and not hmac.compare_digest(header(request, "authorization").encode(), expected):
            return _error_response(FORBIDDEN, "AccessDenied")
        arn = f"arn:aws:iam::{self._account_id}:role/{self._name}"
        return _text_response(OK, json.dumps({"RoleArn": arn, **self._credentials_document(self._name)}))


def _text_response(status: int, text: str = "") -> HttpResponse:
    return HttpResponse(status, (("content-type", "text/plain"),), text.encode())


def _error_response(status: int, code: str) -> HttpResponse:
    return _text_response(status, json.dumps({"code": code, "message": "the request was rejected"}))
