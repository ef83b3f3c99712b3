"""Presigned URLs of boto3 against the emulator: GetCallerIdentity, as EKS and Vault use it, and EC2."""

# botocore has no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import re
import ssl
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import httpx
import pytest

from tests.support.emulators import boto3_client
from wsclient.credentials import Credentials
from wsclient.testing import Emulator

if TYPE_CHECKING:
    from collections.abc import Iterator

EXPIRES = 600


@pytest.fixture(scope="module")
def aws() -> Iterator[Emulator]:
    """Emulator of the module."""
    with Emulator() as running:
        yield running


def presigned(aws: Emulator, credentials: Any = None, method: str = "GET") -> str:
    """Return a URL of GetCallerIdentity."""
    client = boto3_client(aws, "sts", credentials)
    url: str = client.generate_presigned_url("get_caller_identity", ExpiresIn=EXPIRES, HttpMethod=method)
    return url


def fetch(aws: Emulator, url: str, method: str = "GET", **headers: str) -> tuple[int, str]:
    """Return the status, and the ARN or the error code."""
    response = httpx.request(
        method, url, headers=headers, verify=ssl.create_default_context(cafile=aws.ca_file), trust_env=False
    )
    found = re.search("<(?:Arn|Code)>(.*)</(?:Arn|Code)>", response.text)
    assert found is not None
    return response.status_code, found[1]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_presigned_url_names_its_signer(aws: Emulator, method: str) -> None:
    """A URL signed with long-term or temporary keys is answered for its signer, by GET and POST."""
    arn = boto3_client(aws, "sts").get_caller_identity()["Arn"]
    assert fetch(aws, presigned(aws, method=method), method) == (200, arn)
    session = boto3_client(aws, "sts").get_session_token()["Credentials"]
    keys = Credentials(session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"])
    assert fetch(aws, presigned(aws, keys, method), method) == (200, arn)


def test_ec2_is_read_by_a_presigned_url(aws: Emulator) -> None:
    """EC2's parameters come from the query, and errors of the call are EC2's."""
    client = boto3_client(aws, "ec2")
    url = client.generate_presigned_url("describe_vpcs", Params={"VpcIds": ["vpc-0"]}, HttpMethod="GET")
    assert fetch(aws, url) == (400, "InvalidVpcID.NotFound")


CHANGES = {
    "action": ("GetCallerIdentity", "GetSessionToken"),
    "expires": (f"X-Amz-Expires={EXPIRES}", f"X-Amz-Expires={EXPIRES + 1}"),
    "signature": ("X-Amz-Signature=", "X-Amz-Signature=0"),
    "region": ("us-west-2", "us-east-1"),
    "service": ("%2Fsts%2F", "%2Fec2%2F"),
    "parameter added": ("Action=", "DurationSeconds=900&Action="),
}
FORMS = {
    "too long": (f"X-Amz-Expires={EXPIRES}", "X-Amz-Expires=604801"),
    "zero": (f"X-Amz-Expires={EXPIRES}", "X-Amz-Expires=0"),
    "no lifetime": (f"X-Amz-Expires={EXPIRES}", "X-Other=1"),
    "twice": (f"X-Amz-Expires={EXPIRES}", f"X-Amz-Expires={EXPIRES}&X-Amz-Expires={EXPIRES}"),
    "algorithm": ("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1"),
    "scope": ("aws4_request", "aws5_request"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_url_is_rejected(aws: Emulator, name: str) -> None:
    """No part of a presigned URL can be changed."""
    url = presigned(aws)
    assert CHANGES[name][0] in url
    assert fetch(aws, url.replace(*CHANGES[name])) == (403, "SignatureDoesNotMatch")


@pytest.mark.parametrize("name", FORMS)
def test_a_malformed_authentication_is_incomplete(aws: Emulator, name: str) -> None:
    """A missing, repeated or impossible parameter raises another error than a wrong signature."""
    url = presigned(aws)
    assert FORMS[name][0] in url
    assert fetch(aws, url.replace(*FORMS[name])) == (403, "IncompleteSignature")


def test_method_and_amz_headers_are_signed(aws: Emulator) -> None:
    """A URL for GET is not one for POST, and carries no header of Amazon's that was not signed."""
    assert fetch(aws, presigned(aws), "POST") == (403, "SignatureDoesNotMatch")
    assert fetch(aws, presigned(aws), **{"x-amz-added": "1"}) == (403, "SignatureDoesNotMatch")


def test_a_url_expires_after_its_own_time(aws: Emulator) -> None:
    """A URL is valid from five minutes before its date, until its lifetime is over."""
    url = presigned(aws)
    try:
        for seconds, status in ((EXPIRES - 60, 200), (EXPIRES + 60, 403), (-240, 200), (-360, 403)):
            aws.clock.skew(seconds=seconds)
            assert fetch(aws, url)[0] == status
    finally:
        aws.clock.skew()


def test_the_log_of_calls_has_no_token(aws: Emulator) -> None:
    """The log of calls has neither the signature nor the token of a presigned URL, even for an unknown operation."""
    session = boto3_client(aws, "sts").get_session_token()["Credentials"]
    keys = Credentials(session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"])
    url = presigned(aws, keys)
    fetch(aws, url)
    fetch(aws, url.replace("GetCallerIdentity", "GetNothing"))
    values = parse_qs(url.partition("?")[2])
    shown = repr(aws.calls)
    assert values["X-Amz-Signature"][0] not in shown
    assert values["X-Amz-Security-Token"][0] not in shown
