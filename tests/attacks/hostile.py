"""A hostile peer: what a proxy, a gateway or another server may answer in AWS's place, and what it does afterwards."""

import json
from dataclasses import dataclass

from hypothesis import strategies as st

from tests.faults.server import Exchange, ServerFault, raw
from wsclient._core.http import HttpResponse

_LOW = (200, 201, 202, 204, 206, 300, 301, 302, 304, 307, 400, 401, 403, 404, 405, 407, 408, 409, 410, 413, 414)
_HIGH = (418, 421, 425, 426, 429, 431, 451, 499, 500, 501, 502, 503, 504, 505, 507, 511, 520, 522, 524, 530, 599)
STATUSES = _LOW + _HIGH
TYPES = (None, "application/json", "text/html", "text/plain", "application/xml", "image/png")
"""Content types; not AWS's own, with which an empty object is a success."""
FORGED = "forged\r\nline \x1b[31m\u202ereversed\u2028"
BODIES = (
    b"",
    b"{}",
    b"[]",
    b"null",
    b"OK",
    b'{"status":"UP"}',
    b'{"message":"Forbidden"}',
    b'{"Message":null}',
    b'{"__type":"ThrottlingException"}',
    b'{"__type":"ValidationException","message":"no"}',
    b'{"code":"ResourceNotFoundException"}',
    b'{"code":503,"message":{"a":[1]}}',
    b"<html><title>502</title></html>",
    b"<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>",
    b'{"Workspaces":',
    b'{"Workspaces":{}}',
    b"\xff\xfe\x00",
    b"\x1f\x8b\x08\x00",
    b"[" * 5000,
    b'{"a":' * 3000,
    json.dumps({"__type": FORGED, "message": FORGED}).encode(),
)
HEADERS = (
    ("x-amz-retry-after", "9" * 400),
    ("x-amz-retry-after", "-1"),
    ("retry-after", "99999999"),
    ("date", "Fri, 31 Dec 9999 23:59:59 GMT"),
    ("date", "Mon, 01 Jan 0001 00:00:00 GMT"),
    ("x-amzn-errortype", "ThrottlingException"),
    ("x-amzn-errortype", "InternalServerException:http://x/"),
    ("location", "https://elsewhere.example/"),
    ("connection", "close"),
    ("content-encoding", "gzip"),
    ("set-cookie", "a=b"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hostile:
    """One hostile answer; no request id is in it, so that nothing of it is AWS's word.

    executed says whether the service executed the request before; echoes whether the body repeats the request's own
    headers; fate is what becomes of the connection: kept, ended in order, reset, or cut after half of the answer.
    """

    status: int
    content_type: str | None
    body: bytes
    headers: tuple[tuple[str, str], ...]
    executed: bool
    echoes: bool
    fate: str

    def server_fault(self) -> ServerFault:
        """Return it as what the server does with a request."""
        return ServerFault(request=self._answer)

    async def _answer(self, exchange: Exchange) -> None:
        if self.executed:
            await exchange.executed()
        else:
            await exchange.request()
        body = self.body + (exchange.seen if self.echoes else b"")
        types = (("content-type", self.content_type),) if self.content_type else ()
        data = raw(HttpResponse(self.status, (*types, *self.headers), body))
        if self.fate == "cut":
            await exchange.wire.write(data[: len(data) // 2])
            await exchange.wire.hang_up()
            return
        await exchange.wire.write(data)
        if self.fate == "ended":
            await exchange.wire.end()
        elif self.fate == "reset":
            exchange.wire.reset()


HOSTILE = st.builds(
    Hostile,
    status=st.sampled_from(STATUSES),
    content_type=st.sampled_from(TYPES),
    body=st.sampled_from(BODIES),
    headers=st.lists(st.sampled_from(HEADERS), max_size=2, unique_by=lambda header: header[0]).map(tuple),
    executed=st.booleans(),
    echoes=st.booleans(),
    fate=st.sampled_from(["kept", "kept", "ended", "reset", "cut"]),
)
