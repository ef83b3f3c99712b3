"""Two other Signature Version 4 signers as oracles, run at a given time, and strategies for random requests."""

# Neither oracle has types, and botocore's signer reads the clock unless its steps are called separately.
# pyright: reportUnknownMemberType=false, reportPrivateUsage=false, reportMissingTypeStubs=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

import requests
from aws_requests_auth.aws_auth import AWSRequestsAuth
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials
from hypothesis import strategies as st

from wsclient.credentials import Credentials

SERVICE, REGION = "workspaces", "us-east-1"

VISIBLE = st.characters(min_codepoint=0x21, max_codepoint=0x7E)
ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=10)
KEYS = st.text(VISIBLE, min_size=1, max_size=60).filter(lambda key: not {key[0], key[-1]} & {'"', "'"})
"""Credentials rejects quotation marks around a key."""
CREDENTIALS = st.builds(Credentials, KEYS, KEYS, st.none() | KEYS)
BODIES = st.one_of(st.just(b""), st.binary(max_size=200), st.integers(1, 400_000).map(lambda size: b"x" * size))
INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive


def encoded(text: str) -> str:
    """Encode a part of a query as AWS wants it."""
    return quote(text, safe="-_.~")


@dataclass(frozen=True, slots=True)
class Signed:
    """A signer's intermediate results for a request."""

    canonical_request: str
    string_to_sign: str
    authorization: str | None
    date: str | None
    token: str | None


def botocore_signs(
    method: str, url: str, headers: list[tuple[str, str]], body: bytes, credentials: Credentials, timestamp: str
) -> Signed:
    """Sign with botocore at a fixed time, with the steps of add_auth after it has read the clock."""
    request = AWSRequest(method=method, url=url, data=body)
    for name, value in headers:
        request.headers.add_header(name, value)
    frozen = BotocoreCredentials(credentials.access_key_id, credentials.secret_access_key, credentials.session_token)
    oracle = SigV4Auth(frozen, SERVICE, REGION)
    request.context["timestamp"] = timestamp
    oracle._modify_request_before_signing(request)
    canonical = oracle.canonical_request(request)
    string_to_sign = oracle.string_to_sign(request, canonical)
    oracle._inject_signature_to_request(request, oracle.signature(string_to_sign, request))
    found = request.headers
    return Signed(canonical, string_to_sign, found["Authorization"], found["X-Amz-Date"], found["X-Amz-Security-Token"])


def requests_auth_signs(url: str, body: bytes, credentials: Credentials) -> dict[str, str]:
    """Sign a POST with aws-requests-auth, which uses the machine's clock: x-amz-date has the time that it used."""
    request = requests.PreparedRequest()
    request.method, request.url, request.body = "POST", url, body
    auth = AWSRequestsAuth(
        aws_access_key=credentials.access_key_id,
        aws_secret_access_key=credentials.secret_access_key,
        aws_host=urlsplit(url).netloc,
        aws_region=REGION,
        aws_service=SERVICE,
        aws_token=credentials.session_token,
    )
    return dict(auth.get_aws_request_headers_handler(request))
