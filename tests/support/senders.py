"""Shared by transport tests: a trusted server, requests with secrets, scripted transports."""

import httpx
import trustme

from tests.support.tls_server import authority, server_context
from wsclient._core.http import HttpRequest, Timeout
from wsclient._pipeline.transport.http_transport import HttpTransport, TransportSettings
from wsclient.tls import TLSPolicy

CA = trustme.CA()
CONTEXT = server_context(CA.issue_cert("localhost"))
TRUSTING = TransportSettings(policy=TLSPolicy(ca_data=authority(CA)))
QUICK = Timeout(connect=2, read=2, write=2)


def post(url: str = "https://h.example/") -> HttpRequest:
    """Return a request with secrets in header and body, which no error may quote."""
    return HttpRequest("POST", url, (("x-secret", "hunter2"),), b"hunter3")


def over(transport: httpx.AsyncBaseTransport) -> HttpTransport:
    """Return a sender over a caller's transport."""
    return HttpTransport(TransportSettings(transport=transport))


def raising(error: BaseException) -> httpx.MockTransport:
    """Return a transport that raises an error."""

    def handler(_request: httpx.Request) -> httpx.Response:
        raise error

    return httpx.MockTransport(handler)
