"""Sessions kept on disk: the AWS CLI's files and names, and nothing that others may read."""

# botocore has no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import asyncio
import json
import stat
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    AssumeRoleWithWebIdentityCredentialFetcher,
    SSOCredentialFetcher,
)
from botocore.utils import JSONFileCache
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.fake_sts import FakeSts
from tests.support.platforms import posix_only, set_home
from tests.support.provider_environment import FakeMachine, http_response
from wsclient.credentials import AssumeRoleProvider, CliCache, Credentials, SsoProvider, WebIdentityProvider
from wsclient.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

ROLE = "arn:aws:iam::210987654321:role/x"
KEYS = Credentials("AKIASOURCE", "secret")
LATER = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
KEPT = Credentials("ASIAKEPT", "secret", "token", LATER, "210987654321")
TEXT = st.text("abcXYZ012+=,.@-", min_size=2, max_size=20)


@settings(max_examples=60)
@given(
    session=st.none() | TEXT,
    external_id=st.none() | TEXT,
    duration=st.none() | st.integers(900, 43_200),
    serial=st.none() | TEXT,
    policy=st.none() | st.dictionaries(TEXT, TEXT, max_size=3),
)
def test_role_cache_file_name_equals_botocores(
    session: str | None, external_id: str | None, duration: int | None, serial: str | None, policy: Any
) -> None:
    """The file name of a cached session is derived from the AssumeRole parameters as in botocore."""
    requested = {
        "RoleSessionName": session,
        "ExternalId": external_id,
        "DurationSeconds": duration,
        "SerialNumber": serial,
        "Policy": None if policy is None else json.dumps(policy),
    }
    extra = {name: value for name, value in requested.items() if value is not None}
    reference: Any = AssumeRoleCredentialFetcher(None, None, ROLE, extra_args=extra)
    ours = AssumeRoleProvider(
        role_arn=ROLE,
        source=KEYS,
        role_session_name=session,
        external_id=external_id,
        duration_seconds=duration,
        mfa_serial=serial,
        policy=policy,
    )
    assert ours._disk_key() == reference._cache_key


@settings(max_examples=30)
@given(session=st.none() | TEXT, start=TEXT, name=st.none() | TEXT)
def test_web_identity_and_sso_cache_file_names_equal_botocores(
    session: str | None, start: str, name: str | None
) -> None:
    """So are web identities and SSO roles."""
    extra = {} if session is None else {"RoleSessionName": session}
    web: Any = AssumeRoleWithWebIdentityCredentialFetcher(None, lambda: "token", ROLE, extra_args=extra)
    ours = WebIdentityProvider(role_arn=ROLE, token_file="x", role_session_name=session)
    assert ours._disk_key() == web._cache_key
    sso: Any = SSOCredentialFetcher(start, "eu-west-1", "role", "123456789012", None, sso_session_name=name)
    provider = SsoProvider(
        account_id="123456789012", role_name="role", start_url=start, region="eu-west-1", session_name=name
    )
    assert provider._disk_key() == sso._cache_key


def test_cache_files_are_interchangeable_with_botocore(tmp_path: Path) -> None:
    """A session written by either is found by the other."""
    directory = tmp_path / "cache"
    cache = CliCache(directory)
    reference: Any = JSONFileCache(str(directory))
    asyncio.run(cache.store("ours", KEPT))
    kept = reference["ours"]["Credentials"]
    assert (kept["AccessKeyId"], kept["AccountId"]) == ("ASIAKEPT", "210987654321")
    assert datetime.fromisoformat(kept["Expiration"]) == LATER
    reference["theirs"] = {
        "Credentials": {
            "AccessKeyId": "ASIATHEIRS",
            "SecretAccessKey": "secret",
            "SessionToken": "token",
            "Expiration": LATER,
        },
        "AssumedRoleUser": {"Arn": "x"},
    }
    assert asyncio.run(cache.load("theirs")) == Credentials("ASIATHEIRS", "secret", "token", LATER)


def test_boto3_uses_a_session_cached_by_wsclient(tmp_path: Path) -> None:
    """boto3 reads the session of a role that wsclient has assumed from the cache, without a call."""
    sts = FakeSts()
    provider = AssumeRoleProvider(role_arn=ROLE, source=KEYS, cache=CliCache(tmp_path))
    sts.clock.advance(seconds=(datetime.now(UTC) - sts.clock.now()).total_seconds())
    issued = asyncio.run(provider.with_context(sts.context(tmp_path)).get_credentials())
    fetcher: Any = AssumeRoleCredentialFetcher(None, None, ROLE, cache=JSONFileCache(str(tmp_path)))
    assert fetcher.fetch_credentials()["access_key"] == issued.access_key_id


@posix_only("files have access control lists, not permissions")
def test_cache_files_are_private_and_atomic(tmp_path: Path) -> None:
    """Mode 0600 in a directory of 0700, written in one piece; nothing else stays behind."""
    directory = tmp_path / "a" / "cache"
    asyncio.run(CliCache(directory).store("key", KEPT))
    (path,) = directory.iterdir()
    assert path.name == "key.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_cache_directory_expands_the_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A leading ~ of directory= is the user's home directory, as in the default."""
    set_home(monkeypatch, tmp_path)
    asyncio.run(CliCache("~/cache").store("key", KEPT))
    assert (tmp_path / "cache" / "key.json").exists()


@pytest.mark.parametrize(
    "content",
    ["", "x", "[]", "{}", '{"Credentials": 7}', '{"Credentials": {"AccessKeyId": "A"}}', '{"Credentials": {}}'],
)
def test_unreadable_cache_file_counts_as_missing(tmp_path: Path, content: str) -> None:
    """An unreadable cache file counts as missing: credentials come from the source."""
    cache = CliCache(tmp_path)
    assert asyncio.run(cache.load("key")) is None
    (tmp_path / "key.json").write_text(content)
    assert asyncio.run(cache.load("key")) is None


def test_unwritable_cache_directory_is_no_error(tmp_path: Path) -> None:
    """If the directory can't be created, nothing is cached; a file in its place is refused at construction."""
    (tmp_path / "file").write_text("x")
    asyncio.run(CliCache(tmp_path / "file" / "below").store("key", KEPT))
    with pytest.raises(ConfigurationError, match="is not a directory"):
        CliCache(tmp_path / "file")


def test_long_term_keys_are_not_cached_on_disk(tmp_path: Path) -> None:
    """Long-term keys are never written to disk."""
    asyncio.run(CliCache(tmp_path).store("key", KEYS))
    assert not list(tmp_path.iterdir())


def test_cached_session_is_used_until_its_last_15_minutes(tmp_path: Path) -> None:
    """A later run reads the session from disk; STS is called in its last 15 minutes or after its key was rejected."""
    sts = FakeSts()

    def run() -> AssumeRoleProvider:
        provider = AssumeRoleProvider(role_arn=ROLE, source=KEYS, cache=CliCache(tmp_path))
        return provider.with_context(sts.context(tmp_path))

    assert asyncio.run(run().get_credentials()).access_key_id == "ASIAISSUED1"
    second = run()
    assert asyncio.run(second.get_credentials()).access_key_id == "ASIAISSUED1"
    second.invalidate("ASIAISSUED1")
    assert asyncio.run(second.get_credentials()).access_key_id == "ASIAISSUED2"
    assert asyncio.run(run().get_credentials()).access_key_id == "ASIAISSUED2"
    sts.clock.advance(minutes=45)
    assert asyncio.run(run().get_credentials()).access_key_id == "ASIAISSUED3"
    assert len(sts.requests) == 3


def test_sso_role_credentials_are_cached_on_disk(tmp_path: Path) -> None:
    """Cached credentials of an SSO role are used without a login."""
    provider = SsoProvider(
        account_id="123456789012", role_name="r", start_url="s", region="eu-west-1", cache=CliCache(tmp_path / "cache")
    )
    machine = FakeMachine(tmp_path, lambda request: http_response(500))
    machine.clock.advance(seconds=(LATER - machine.clock.now()).total_seconds() - 3600)
    asyncio.run(CliCache(tmp_path / "cache").store(provider._disk_key(), KEPT))
    assert asyncio.run(provider.with_context(machine.context()).get_credentials()) == KEPT
    assert not machine.requests
