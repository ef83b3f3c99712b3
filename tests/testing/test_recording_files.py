"""Recording files: content, redaction, modes and errors."""

from __future__ import annotations

import asyncio
import gzip
import json
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.support.in_process import client_of
from tests.support.recorded import ACCOUNT, listing, over, unconnected
from wsclient import errors
from wsclient.testing import Emulator, FakeTransport, FileFormatError, Recorder, UnrecordedCallError

if TYPE_CHECKING:
    from pathlib import Path

    from wsclient.workspaces import WorkSpacesClient

CANARIES = {
    "access key": "AKIACANARYCANARYCANA",
    "token": "canaryTokenIsAsLongAsTokensAre/+==",
    "answered key": "ASIACANARYCANARYCANA",
    "answered secret": "canarySecretOfFortyCharacters/+0123456789",
    "answered token": "canarySessionTokenOfTheAnswer/+==",
    "web identity": "canary.web.identity",
    "saml": "Y2FuYXJ5IFNBTUwgYXNzZXJ0aW9uIG9mIHNvbWUgbGVuZ3Ro",
    "code": "918273",
    "client token": "canary-client-token",
    "account": "123443211234",
    "page token": "AQICAHcanaryPageToken",
    "cookie": "canary-cookie",
}


async def post(recorder: Recorder, headers: dict[str, str], content: str) -> httpx.Response:
    """Send a request through a recorder."""
    async with httpx.AsyncClient(transport=recorder) as client:
        return await client.post("https://sts.us-west-2.amazonaws.com/", headers=headers, content=content)


def test_canary_secrets_are_in_no_recording(tmp_path: Path) -> None:
    """Canaries in every place where a secret can be are in no byte of the file; the client gets the true answer."""
    path = tmp_path / "calls.json"
    credentials = {
        "AccessKeyId": CANARIES["answered key"],
        "SecretAccessKey": CANARIES["answered secret"],
        "SessionToken": CANARIES["answered token"],
    }
    xml = "".join(f"<{name}>{value}</{name}>" for name, value in credentials.items())
    deep = {"Credentials": credentials, "NextToken": CANARIES["page token"]}
    echoed = " ".join(CANARIES[name] for name in ("token", "access key", "answered secret"))
    answers = iter(
        [
            (200, "text/xml", f"<R><Credentials>{xml}<Expiration>2026-01-01T00:00:00Z</Expiration></Credentials></R>"),
            (200, "text/xml", f"<R><WebIdentityToken>{CANARIES['web identity']}</WebIdentityToken></R>"),
            (200, "application/json", json.dumps({"Deep": [deep]})),
            (200, "application/json", json.dumps({"Account": f"arn:aws:iam::{CANARIES['account']}:root"})),
            (403, "text/html", f"<html>{echoed}</html>"),
            (400, "application/json", json.dumps({"message": f"no {CANARIES['account']} {CANARIES['answered key']}"})),
            (200, "application/json", json.dumps([CANARIES["account"], {CANARIES["account"]: 1}])),
            (200, "application/json", json.dumps(CANARIES["token"])),
        ]
    )

    def answer(_request: httpx.Request) -> httpx.Response:
        status, kind, body = next(answers)
        headers = {"content-type": kind, "set-cookie": CANARIES["cookie"], "x-amzn-requestid": CANARIES["account"]}
        return httpx.Response(status, headers=headers, content=body.encode())

    authorization = (
        f"AWS4-HMAC-SHA256 Credential={CANARIES['access key']}/20260301/us-west-2/sts/aws4_request, "
        "SignedHeaders=host, Signature=0123456789abcdefcafe"
    )
    headers = {
        "authorization": authorization,
        "x-amz-security-token": CANARIES["token"],
        "x-amz-date": "20260301T120000Z",
        "content-type": "application/x-www-form-urlencoded",
        "cookie": CANARIES["cookie"],
    }
    form = "&".join(
        (
            "Action=AssumeRoleWithSAML&Version=2011-06-15",
            f"SAMLAssertion={CANARIES['saml']}&RoleArn=arn:aws:iam::{CANARIES['account']}:role/r",
        )
    )
    code = f"Action=AssumeRole&Version=2011-06-15&TokenCode={CANARIES['code']}&RoleArn=r&RoleSessionName=s"
    target = {"x-amz-target": "WorkspacesService.AcceptAccountLinkInvitation"}
    target["content-type"] = "application/x-amz-json-1.1"
    body = json.dumps({"LinkId": "link", "ClientToken": CANARIES["client token"], "New": CANARIES["account"]})

    async def record() -> None:
        recorder = Recorder(path, transport=httpx.MockTransport(answer), redact=[CANARIES["account"]])
        async with recorder:
            first = await post(recorder, headers, form)
            assert CANARIES["answered secret"] in first.text
            await post(recorder, headers, code)
            for _ in range(6):
                await post(recorder, headers | target, body)

    asyncio.run(record())
    text = path.read_text()
    for name, canary in CANARIES.items():
        assert canary not in text, name
    assert "0123456789abcdefcafe" not in text
    assert "20260301" not in text
    assert "2026-01-01" not in text
    assert "[redacted-1]" in text


def test_redaction_replacements_are_replayed(tmp_path: Path) -> None:
    """An account id becomes another account id, in requests and answers alike; the same redact= replays it."""
    path = tmp_path / "calls.json"
    aws = unconnected()
    redact = {ACCOUNT: "111122223333"}

    async def share(client: WorkSpacesClient) -> object:
        image = (await client.describe_workspace_images().collect())[0]
        return image.owner_account_id, (await client.whoami()).account_id

    aws.add_image("golden")
    recorded = asyncio.run(over(Recorder(path, transport=aws.transport(), redact=redact), share, aws))
    assert recorded == (ACCOUNT, ACCOUNT)
    assert asyncio.run(over(Recorder(path, redact=redact), share)) == ("111122223333", "111122223333")
    assert ACCOUNT not in path.read_text()


def test_failed_block_writes_no_recording(tmp_path: Path) -> None:
    """Half a recording would be replayed for ever; the next run records again."""
    path = tmp_path / "calls.json"
    aws = Emulator()

    async def stumble(client: WorkSpacesClient) -> None:
        await client.describe_workspaces()
        raise LookupError

    with pytest.raises(LookupError):
        asyncio.run(over(Recorder(path, transport=aws.transport()), stumble, aws))
    assert not path.exists()
    assert Recorder(path, transport=aws.transport()).is_recording


def test_recorder_modes_once_record_and_replay(tmp_path: Path) -> None:
    """Mode once records if the file does not exist, record always records, replay never does."""
    path = tmp_path / "calls.json"
    aws = Emulator()
    with pytest.raises(FileFormatError, match="cannot read the file"):
        Recorder(path, mode="replay", transport=aws.transport())
    with pytest.raises(errors.ConfigurationError, match=r"recording calls\.json needs transport="):
        Recorder(path)
    asyncio.run(over(Recorder(path, transport=aws.transport()), listing, aws))
    assert not Recorder(path, transport=aws.transport()).is_recording
    aws.add_workspaces(1)
    asyncio.run(over(Recorder(path, transport=aws.transport(), mode="record"), listing, aws))
    replayed = asyncio.run(over(Recorder(path, mode="replay"), listing))
    assert isinstance(replayed, list)
    assert len(replayed) == 1
    with pytest.raises(errors.ConfigurationError, match="mode must be 'once', 'record' or 'replay', not 'rewind'"):
        Recorder(path, mode="rewind")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def test_unclosed_recorder_warns(tmp_path: Path) -> None:
    """A recorder that is never closed loses its calls with a warning; aclose() writes the file."""
    path = tmp_path / "calls.json"
    aws = Emulator()

    async def call(recorder: Recorder) -> None:
        async with client_of(aws, transport=recorder) as client:
            await client.describe_workspaces()

    recorder = Recorder(path, transport=aws.transport())
    asyncio.run(call(recorder))
    left = [recorder]
    del recorder
    with pytest.warns(ResourceWarning, match=r"calls\.json was never written"):
        left.clear()
    kept = Recorder(path, transport=aws.transport())
    asyncio.run(call(kept))
    asyncio.run(kept.aclose())
    assert len(json.loads(path.read_text())["Calls"]) == 1


def test_other_services_are_sent_but_not_recorded(tmp_path: Path) -> None:
    """Calls of other services, such as a credential provider's, are sent but not recorded."""
    path = tmp_path / "calls.json"
    away = httpx.MockTransport(lambda _: httpx.Response(200, json={"accessToken": "x"}))

    async def ask(recorder: Recorder) -> int:
        async with recorder:
            return (await post(recorder, {"content-type": "application/json"}, "{}")).status_code

    assert asyncio.run(ask(Recorder(path, transport=away))) == 200
    assert json.loads(path.read_text())["Calls"] == []
    with pytest.raises(UnrecordedCallError, match=r"POST sts\.us-west-2\.amazonaws\.com is not recorded; only calls"):
        asyncio.run(ask(Recorder(path)))


def test_compressed_response_is_recorded_as_text(tmp_path: Path) -> None:
    """A compressed response is recorded as text, and the client receives its content."""
    path = tmp_path / "calls.json"

    async def ask(recorder: Recorder) -> object:
        async with recorder:
            headers = {"x-amz-target": "WorkspacesService.DescribeTags", "content-type": "application/x-amz-json-1.1"}
            return (await post(recorder, headers, "{}")).json()

    def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"content-encoding": "gzip"}, content=gzip.compress(b'{"TagList": []}'))

    assert asyncio.run(ask(Recorder(path, transport=httpx.MockTransport(answer)))) == {"TagList": []}
    assert asyncio.run(ask(Recorder(path))) == {"TagList": []}


@pytest.mark.parametrize(
    ("calls", "where", "why"),
    [
        ({"Calls": [], "More": 1}, "", "exactly the members"),
        ({"Calls": {}}, "Calls", "Expected `array`"),
        ({"Calls": [{}]}, "Calls[0]", "required field"),
        (
            {"Calls": [{"Service": "sts", "Operation": "A", "Region": None, "Request": {}, "Failure": "OSError"}]},
            "Calls[0].Failure",
            "unknown httpx error 'OSError'",
        ),
        (
            {"Calls": [{"Service": "sts", "Operation": "A", "Region": None, "Request": {}}]},
            "Calls[0].Status",
            "needs a final HTTP status",
        ),
    ],
)
def test_invalid_recording_names_its_place(tmp_path: Path, calls: dict[str, object], where: str, why: str) -> None:
    """An invalid recording raises FileFormatError with the location before any call."""
    path = tmp_path / "calls.json"
    path.write_text(json.dumps({"Format": "wsclient-recording", "Version": 1, **calls}))
    with pytest.raises(FileFormatError, match=why) as raised:
        Recorder(path)
    assert (raised.value.where, raised.value.file) == (where, str(path))


@pytest.mark.parametrize(
    ("redact", "why"),
    [("123456789012", "a list of strings"), (["abc"], "at least 4 characters"), ({"": "x"}, "at least 4")],
)
def test_redact_rejects_strings_and_short_values(tmp_path: Path, redact: list[str], why: str) -> None:
    """redact= rejects a single string, and strings so short that they would match everywhere."""
    with pytest.raises(errors.ConfigurationError, match=why):
        Recorder(tmp_path / "calls.json", transport=FakeTransport({}), redact=redact)
