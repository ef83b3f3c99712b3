"""The expected_account guard: STS's word for each key, and no setting's."""

from __future__ import annotations

import asyncio
import json
import pickle
import re
import shlex
import sys
from copy import copy
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

import wsclient
from wsclient._core.credentials import is_account_proven
from wsclient.credentials import AssumeRoleProvider, CliCache, Credentials, EnvironmentProvider, ProcessProvider
from wsclient.credentials.chain import default_chain
from wsclient.errors import CredentialsError
from wsclient.testing import FakeTransport

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from wsclient.testing import Answer

CONFIG = wsclient.ClientConfig.load("workspaces", environ={"HOME": "/nonexistent"}, region="eu-west-1")
OURS, OTHERS = "1" * 12, "2" * 12


@dataclass(eq=False)
class Aws(httpx.AsyncBaseTransport):
    """Fake STS and WorkSpaces with an account per key; records the keys looked up and the keys that signed calls."""

    accounts: dict[str, str]
    answers: dict[str, Answer] = field(default_factory=dict[str, "Answer"])
    gate: asyncio.Event | None = None
    questions: list[str] = field(default_factory=list[str])
    calls: list[str] = field(default_factory=list[str])
    requested: asyncio.Queue[str] = field(default_factory=asyncio.Queue["str"])

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request; GetCallerIdentity waits for `gate` if set."""
        signed = re.search(r"Credential=([^/]+)/", request.headers["authorization"])
        assert signed is not None
        key, answers = signed[1], dict(self.answers)
        if request.url.host.startswith("workspaces."):
            self.calls.append(key)
            answers["DescribeWorkspaces"] = {}
        elif b"GetCallerIdentity" in request.content:
            self.questions.append(key)
            self.requested.put_nowait(key)
            if self.gate is not None:
                await self.gate.wait()
            answers["GetCallerIdentity"] = {"Account": self.accounts[key], "Arn": "arn:x", "UserId": "AIDA"}
        return await FakeTransport(answers).handle_async_request(request)


@dataclass
class Keys:
    """Provider that returns the listed keys in turn, the last one for ever; each says it is of our account."""

    keys: Sequence[str]
    position: int = -1

    async def get_credentials(self) -> Credentials:
        """Return the next key."""
        self.position = min(self.position + 1, len(self.keys) - 1)
        return Credentials(self.keys[self.position], "secret", "token", account_id=OURS)

    def invalidate(self, access_key_id: str) -> None:
        """Keep every key."""


def _client(aws: Aws, credentials: Any) -> wsclient.WorkSpacesClient:
    return wsclient.WorkSpacesClient(config=CONFIG, transport=aws, credentials=credentials, expected_account=OURS)


def _call(aws: Aws, credentials: Any, times: int = 1) -> list[object]:
    """Return what that many calls, one after the other, come to."""

    async def main() -> list[object]:
        client = _client(aws, credentials)
        return [
            (await asyncio.gather(client.raw("DescribeWorkspaces"), return_exceptions=True))[0] for _ in range(times)
        ]

    return asyncio.run(main())


def test_key_rotated_during_a_lookup_is_looked_up_itself() -> None:
    """A key of another account, rotated in during the first key's lookup, is refused before a call is sent."""

    async def main() -> None:
        aws = Aws({"AKIAOURS": OURS, "AKIAOTHERS": OTHERS}, gate=asyncio.Event())
        client = _client(aws, Keys(["AKIAOURS", "AKIAOTHERS"]))
        first = asyncio.create_task(client.raw("DescribeWorkspaces"))
        await aws.requested.get()
        rest = [asyncio.create_task(client.raw("DescribeWorkspaces")) for _ in range(20)]
        await aws.requested.get()
        assert aws.gate is not None
        aws.gate.set()
        await first
        outcomes = await asyncio.gather(*rest, return_exceptions=True)
        assert all(isinstance(outcome, CredentialsError) for outcome in outcomes)
        assert (aws.questions, aws.calls) == (["AKIAOURS", "AKIAOTHERS"], ["AKIAOURS"])

    asyncio.run(main())


@given(st.lists(st.sampled_from(["AKIA0", "AKIA1", "AKIA2", "AKIA3"]), min_size=1, max_size=12), st.booleans())
def test_each_key_is_looked_up_once_and_foreign_keys_send_nothing(keys: list[str], at_once: bool) -> None:
    """In any order of keys, sequential or concurrent: one GetCallerIdentity per key, no call with another account's."""
    aws = Aws({f"AKIA{number}": OURS if number % 2 else OTHERS for number in range(4)})

    async def main() -> None:
        client = _client(aws, Keys(keys))
        if at_once:
            await asyncio.gather(*(client.raw("DescribeWorkspaces") for _ in keys), return_exceptions=True)
            return
        for _ in keys:
            await asyncio.gather(client.raw("DescribeWorkspaces"), return_exceptions=True)

    asyncio.run(main())
    assert sorted(aws.questions) == sorted(set(keys))
    assert sorted(aws.calls) == sorted(key for key in keys if aws.accounts[key] == OURS)


def test_a_failed_lookup_is_not_remembered() -> None:
    """After STS failed, nothing was sent, and the next call asks again."""
    aws = Aws({})
    failures = _call(aws, Credentials("AKIA0", "secret"))
    assert isinstance(failures[0], Exception)
    assert aws.calls == []

    async def main() -> None:
        client = _client(aws, Credentials("AKIA0", "secret"))
        await asyncio.gather(client.raw("DescribeWorkspaces"), return_exceptions=True)
        aws.accounts["AKIA0"] = OURS
        await client.raw("DescribeWorkspaces")

    asyncio.run(main())
    assert aws.calls == ["AKIA0"]


def _printing(document: dict[str, object]) -> ProcessProvider:
    return ProcessProvider(shlex.join([sys.executable, "-c", f"print({json.dumps(document)!r})"]))


def _sources(tmp_path: Path) -> dict[str, Any]:
    """Return credentials of the other account from settings that each say they are ours."""
    folder = tmp_path / ".aws"
    folder.mkdir()
    (folder / "credentials").write_text(
        f"[default]\naws_access_key_id=AKIAOTHERS\naws_secret_access_key=secret\naws_account_id={OURS}\n"
    )
    environ = {
        "AWS_ACCESS_KEY_ID": "AKIAOTHERS",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_ACCOUNT_ID": OURS,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    document: dict[str, object] = {
        "Version": 1,
        "AccessKeyId": "AKIAOTHERS",
        "SecretAccessKey": "secret",
        "AccountId": OURS,
    }
    return {
        "argument": Credentials("AKIAOTHERS", "secret", account_id=OURS),
        "environment": EnvironmentProvider(environ),
        "chain": default_chain(environ=environ, home=tmp_path),
        "profile": default_chain(environ={"AWS_EC2_METADATA_DISABLED": "true"}, home=tmp_path),
        "process": _printing(document),
        "provider": Keys(["AKIAOTHERS"]),
    }


@pytest.mark.parametrize("source", ["argument", "environment", "chain", "profile", "process", "provider"])
def test_configured_account_id_does_not_replace_the_lookup(tmp_path: Path, source: str) -> None:
    """AWS_ACCOUNT_ID, aws_account_id, a process's AccountId and account_id= do not replace the answer of STS."""
    aws = Aws({"AKIAOTHERS": OTHERS})
    outcome = _call(aws, _sources(tmp_path)[source])[0]
    assert isinstance(outcome, CredentialsError)
    assert f"belong to account {OTHERS}" in str(outcome)
    assert (aws.questions, aws.calls) == (["AKIAOTHERS"], [])


def _issued(account: str, key: str = "ASIAROLE") -> dict[str, Answer]:
    return {
        "AssumeRole": {
            "Credentials": {
                "AccessKeyId": key,
                "SecretAccessKey": "secret",
                "SessionToken": "token",
                "Expiration": "2099-01-01T00:00:00Z",
            },
            "AssumedRoleUser": {"AssumedRoleId": "AROA:x", "Arn": f"arn:aws:sts::{account}:assumed-role/x/y"},
        }
    }


def _role(cache: CliCache | None = None) -> AssumeRoleProvider:
    # The setting says our account; what counts is the ARN in the response.
    role = f"arn:aws:iam::{OURS}:role/x"
    return AssumeRoleProvider(role_arn=role, source=Credentials("AKIABASE", "secret"), cache=cache)


@pytest.mark.parametrize("account", [OURS, OTHERS])
def test_account_of_an_assume_role_response_needs_no_lookup(account: str) -> None:
    """The ARN of an AssumeRole response is STS's word: no GetCallerIdentity, and another account is refused."""
    aws = Aws({}, _issued(account))
    outcomes = _call(aws, _role(), times=2)
    assert [isinstance(outcome, CredentialsError) for outcome in outcomes] == [account == OTHERS] * 2
    assert (aws.questions, aws.calls) == ([], ["ASIAROLE"] * 2 if account == OURS else [])


def test_account_of_a_cached_session_is_looked_up(tmp_path: Path) -> None:
    """The AccountId of a session in the CLI's cache isn't trusted: GetCallerIdentity is called."""
    aws = Aws({"ASIAROLE": OTHERS}, _issued(OURS))
    assert not isinstance(_call(aws, _role(CliCache(tmp_path)))[0], Exception)
    assert isinstance(_call(aws, _role(CliCache(tmp_path)))[0], CredentialsError)
    assert aws.questions == ["ASIAROLE"]


def test_proof_of_account_is_not_copied_or_pickled() -> None:
    """A copy with another account, a pickle or an equal value does not carry the proof."""
    role = _role().with_context(_client(Aws({}, _issued(OURS)), _role())._provider_context)
    issued = asyncio.run(role.get_credentials())
    assert is_account_proven(issued)
    twins = [replace(issued, account_id=OTHERS), replace(issued), copy(issued), pickle.loads(pickle.dumps(issued))]
    assert not any(is_account_proven(twin) for twin in twins)
    assert all(twin == issued for twin in twins[1:])
