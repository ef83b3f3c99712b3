"""All services that a credential chain may call, in one function: metadata services, STS, SSO.

A transport passes it to wsclient; a server on loopback passes it to botocore.
"""

from __future__ import annotations

import json
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import httpx

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

LATER = "2099-01-01T00:00:00Z"
CONTAINER_TOKEN = "let-me-in"
IMDS_PATH = "/latest/meta-data/iam/security-credentials/"


@dataclass(frozen=True)
class Answer:
    """A status and a body."""

    status: int
    body: str = ""


def keys_of(name: str) -> dict[str, str]:
    """Return the credentials that a source of that name gives, as metadata services write them."""
    return {
        "Code": "Success",
        "AccessKeyId": f"ASIA{name}",
        "SecretAccessKey": f"secret-{name}",
        "Token": f"token-{name}",
        "Expiration": LATER,
    }


def answer(method: str, target: str, headers: Mapping[str, str], body: str, *, has_role: bool = True) -> Answer:
    """Answer a request; has_role says whether the EC2 instance has a role."""
    path = target.partition("?")[0]
    if path.startswith("/latest/"):
        return _imds(method, path, headers, has_role=has_role)
    if path == "/container":
        allowed = headers.get("authorization") == CONTAINER_TOKEN
        return Answer(200, json.dumps(keys_of("CONTAINER"))) if allowed else Answer(403, "{}")
    if path == "/open-container":
        return Answer(200, json.dumps(keys_of("OPEN")))
    if path == "/federation/credentials":
        return _portal(headers)
    if path == "/token":
        return Answer(200, json.dumps({"accessToken": "fresh-token", "expiresIn": 3600, "tokenType": "Bearer"}))
    return _sts(headers, body)


def _imds(method: str, path: str, headers: Mapping[str, str], *, has_role: bool) -> Answer:
    if path == "/latest/api/token":
        return Answer(200, "imds-token") if method == "PUT" else Answer(405)
    if headers.get("x-aws-ec2-metadata-token") != "imds-token":
        return Answer(401)
    if not has_role:
        return Answer(404)
    if path == IMDS_PATH:
        return Answer(200, "instance-role")
    return Answer(200, json.dumps(keys_of("INSTANCE"))) if path == f"{IMDS_PATH}instance-role" else Answer(404)


def _portal(headers: Mapping[str, str]) -> Answer:
    token = headers.get("x-amz-sso_bearer_token", "")
    if not token.endswith("-token"):
        return Answer(401, json.dumps({"message": "Session token not found or invalid"}))
    keys = keys_of(f"SSO{token.removesuffix('-token').upper()}")
    values = {
        "accessKeyId": keys["AccessKeyId"],
        "secretAccessKey": keys["SecretAccessKey"],
        "sessionToken": keys["Token"],
        "expiration": 4_000_000_000_000,
    }
    return Answer(200, json.dumps({"roleCredentials": values}))


def _sts(headers: Mapping[str, str], body: str) -> Answer:
    """Issue credentials whose key contains the role and the signer, so that a chain of roles is visible."""
    form = {name: values[0] for name, values in parse_qs(body).items()}
    signer = re.search(r"Credential=([^/]+)/", headers.get("authorization", ""))
    by = signer[1] if signer else form.get("WebIdentityToken", "")
    role = form["RoleArn"].rpartition("/")[2]
    operation = form["Action"]
    if role == "forbidden":
        error = "<Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error>"
        return Answer(403, f"<ErrorResponse>{error}<RequestId>r</RequestId></ErrorResponse>")
    details = "".join(form.get(name, "") for name in ("ExternalId", "DurationSeconds"))
    keys = keys_of(f"{role}{details}BY{by}")
    arn = f"arn:aws:sts::123456789012:assumed-role/{role}/{form['RoleSessionName']}"
    return Answer(
        200,
        f"<{operation}Response><{operation}Result><Credentials><AccessKeyId>{keys['AccessKeyId']}</AccessKeyId>"
        f"<SecretAccessKey>{keys['SecretAccessKey']}</SecretAccessKey><SessionToken>{keys['Token']}</SessionToken>"
        f"<Expiration>{LATER}</Expiration></Credentials><AssumedRoleUser><Arn>{arn}</Arn>"
        f"<AssumedRoleId>AROA:x</AssumedRoleId></AssumedRoleUser></{operation}Result>"
        f"<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></{operation}Response>",
    )


def transport(bare_port: int, silent_port: int) -> httpx.MockTransport:
    """Return a transport to this world: an instance without a role at one port, no service at another."""

    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.port == silent_port:
            raise httpx.ConnectError("refused", request=request)
        headers = {name.lower(): value for name, value in request.headers.items()}
        target = request.url.raw_path.decode()
        values = answer(
            request.method, target, headers, request.content.decode(), has_role=request.url.port != bare_port
        )
        return httpx.Response(values.status, text=values.body)

    return httpx.MockTransport(handler)


@contextmanager
def server(*, has_role: bool = True) -> Generator[int]:
    """Serve this world on loopback, and yield the port."""

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            length = int(self.headers.get("content-length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            values = answer(self.command, self.path, headers, self.rfile.read(length).decode(), has_role=has_role)
            body = values.body.encode()
            self.send_response(values.status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = _serve  # noqa: N815 - http.server's names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
            """Stay silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as serving:
        thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield serving.server_address[1]
        finally:
            serving.shutdown()
            thread.join()
