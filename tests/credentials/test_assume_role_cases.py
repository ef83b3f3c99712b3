"""Test cases of role profiles that the AWS SDKs share: whose keys call which operations of STS for which roles.

"assume-role-tests.json" in aws-config of aws-sdk-rust, https://github.com/awslabs/aws-sdk-rust.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.support.aws_home import aws_home, keys
from tests.support.fake_sts import FakeSts
from wsclient.credentials import ProfileProvider
from wsclient.errors import ConfigurationError, CredentialsError, CredentialsRefreshError, WsclientError

if TYPE_CHECKING:
    from pathlib import Path

Calls = list[tuple[str | None, str, str, str]]
"""Access key (None for an unsigned call), operation, role, and role session name or external id."""
ROLE = "arn:aws:iam::123456789012:role/"
SOURCE_B = f"role_arn = {ROLE}RoleA\nsource_profile = B\n"
TOKEN = "web_identity_token_file = token.jwt\n"
WEB_B = f"role_arn = {ROLE}RoleB\n{TOKEN}role_session_name = some_session_name\n"

CHAINS: dict[str, tuple[dict[str, str], Calls]] = {
    "keys of a source profile": (
        {"A": SOURCE_B, "B": keys("AKIAB")},
        [("AKIAB", "AssumeRole", "RoleA", "")],
    ),
    "own keys are ignored beside a source profile": (
        {"A": keys("AKIAA") + SOURCE_B, "B": keys("AKIAB")},
        [("AKIAB", "AssumeRole", "RoleA", "")],
    ),
    "role session name": (
        {"A": f"{SOURCE_B}role_session_name = my_session\n", "B": keys("AKIAB")},
        [("AKIAB", "AssumeRole", "RoleA", "my_session")],
    ),
    "external id": (
        {"A": f"{SOURCE_B}external_id = my_external_id\n", "B": keys("AKIAB")},
        [("AKIAB", "AssumeRole", "RoleA", "my_external_id")],
    ),
    "a profile that is its own source": (
        {"A": f"{keys('AKIAA')}role_arn = {ROLE}RoleA\nsource_profile = A\n"},
        [("AKIAA", "AssumeRole", "RoleA", "")],
    ),
    "a chain of roles": (
        {"A": SOURCE_B, "B": f"role_arn = {ROLE}RoleB\nsource_profile = C\n", "C": keys("AKIAC")},
        [("AKIAC", "AssumeRole", "RoleB", ""), ("ASIAISSUED1", "AssumeRole", "RoleA", "")],
    ),
    "keys of a source profile beside a role of its own": (
        {
            "A": keys("AKIAA") + SOURCE_B,
            "B": f"{keys('AKIAB')}role_arn = {ROLE}RoleB\nsource_profile = C\n",
            "C": keys("AKIAC"),
        },
        [("AKIAB", "AssumeRole", "RoleA", "")],
    ),
    "web identity": (
        {"A": f"role_arn = {ROLE}RoleA\n{TOKEN}"},
        [(None, "AssumeRoleWithWebIdentity", "RoleA", "")],
    ),
    "web identity with a session name": (
        {"A": f"role_arn = {ROLE}RoleA\n{TOKEN}role_session_name = some_session_name\n"},
        [(None, "AssumeRoleWithWebIdentity", "RoleA", "some_session_name")],
    ),
    "web identity as the source": (
        {"A": SOURCE_B, "B": WEB_B},
        [
            (None, "AssumeRoleWithWebIdentity", "RoleB", "some_session_name"),
            ("ASIAISSUED1", "AssumeRole", "RoleA", ""),
        ],
    ),
}

NOTHING = (
    r"RoleA has no source credentials: profile B: has no aws_access_key_id in ~/.aws/credentials or ~/.aws/config$"
)
ERRORS: dict[str, tuple[dict[str, str], type[WsclientError], str]] = {
    "no source": ({"A": f"role_arn = {ROLE}RoleA\n"}, ConfigurationError, "neither source_profile nor"),
    "two sources": (
        {"A": f"{SOURCE_B}credential_source = Environment\n", "B": keys("AKIAB")},
        ConfigurationError,
        "both source_profile and credential_source",
    ),
    "no secret key": (
        {"A": SOURCE_B, "B": "aws_access_key_id = AKIAB\n"},
        CredentialsError,
        "aws_secret_access_key is missing",
    ),
    "no access key": (
        {"A": SOURCE_B, "B": "aws_secret_access_key = s\n"},
        CredentialsError,
        "aws_access_key_id is missing",
    ),
    "an empty source": ({"A": SOURCE_B, "B": ""}, CredentialsRefreshError, NOTHING),
    "no such source": ({"A": SOURCE_B}, ConfigurationError, "no profile B"),
    "no profiles": ({}, ConfigurationError, "no profile A"),
    "a circle": (
        {"A": SOURCE_B, "B": f"role_arn = {ROLE}RoleB\nsource_profile = A\n"},
        ConfigurationError,
        "forms a cycle: A -> B -> A",
    ),
    "a circle with keys": (
        {"A": keys("AKIAA") + SOURCE_B, "B": f"role_arn = {ROLE}RoleB\nsource_profile = A\n"},
        ConfigurationError,
        "forms a cycle: A -> B -> A",
    ),
    "web identity without a role": ({"A": TOKEN}, ConfigurationError, "without a role"),
}


def _load(tmp_path: Path, profiles: dict[str, str]) -> FakeSts:
    """Ask profile A for credentials; return STS."""
    text = "".join(f"[profile {name}]\n{section}" for name, section in profiles.items())
    (tmp_path / "token.jwt").write_text("token")
    home = aws_home(tmp_path, text.replace("token.jwt", str(tmp_path / "token.jwt")))
    sts = FakeSts()
    provider = ProfileProvider("A", environ={}, home=home)
    asyncio.run(provider.with_context(sts.context(home)).get_credentials())
    return sts


@pytest.mark.parametrize("name", CHAINS)
def test_role_chain_calls_sts_in_order(tmp_path: Path, name: str) -> None:
    """The roles are assumed in the shared case's order, each with the credentials before it."""
    profiles, expected = CHAINS[name]
    sts = _load(tmp_path, profiles)
    calls: Calls = []
    for key, request, (*_, given) in zip(sts.keys, sts.requests, expected, strict=True):
        shown = {str(request.input.get("RoleSessionName", "")), str(request.input.get("ExternalId", ""))}
        role = str(request.input["RoleArn"]).removeprefix(ROLE)
        calls.append((key, request.operation, role, given if given in shown else ""))
    assert calls == expected


@pytest.mark.parametrize("name", ERRORS)
def test_invalid_role_chain_is_refused(tmp_path: Path, name: str) -> None:
    """Each case that the SDKs refuse is refused, with what is wrong in the message."""
    profiles, kind, words = ERRORS[name]
    with pytest.raises(kind, match=words):
        _load(tmp_path, profiles)
