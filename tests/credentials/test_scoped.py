"""Scoped credentials: what is requested of STS, for how long, which source they need, and at which endpoint."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import wsclient
from tests.support.aws_home import CANARY
from tests.support.bare_clients import NO_SETTINGS
from tests.support.fake_sts import FakeSts
from tests.support.virtual_time import NOON
from wsclient.credentials import AssumeRoleProvider, Credentials, ScopedCredentialsProvider, StaticProvider
from wsclient.errors import ConfigurationError, CredentialsRefreshError, EndpointResolutionError, ServiceError

ROLE = "arn:aws:iam::210987654321:role/operators"
LONG_TERM = Credentials("AKIASOURCE", f"{CANARY}secret")
SESSION = Credentials("ASIASOURCE", f"{CANARY}secret", f"{CANARY}token")
POLICY: dict[str, object] = {"Version": "2012-10-17", "Statement": []}


def _credentials(sts: FakeSts, home: Path, provider: ScopedCredentialsProvider, **more: Any) -> Credentials:
    return asyncio.run(provider.with_context(sts.context(home, **more)).get_credentials())


def test_scoped_credentials_request_and_result(tmp_path: Path) -> None:
    """Policy, duration and description reach a regional STS, signed by the source; the response is of its account."""
    sts = FakeSts()
    provider = ScopedCredentialsProvider(SESSION, policy=POLICY, duration_seconds=60, description="nightly run")
    credentials = _credentials(sts, tmp_path, provider)
    assert sts.requests[0].input == {
        "Policy": json.dumps(POLICY, separators=(",", ":")),
        "DurationSeconds": 60,
        "ScopedSessionDescription": "nightly run",
    }
    assert (sts.keys, sts.hosts) == (["ASIASOURCE"], ["sts.eu-west-1.amazonaws.com"])
    assert (credentials.access_key_id, credentials.account_id) == ("ASIAISSUED1", "210987654321")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({}, "needs policy=, duration_seconds=, or both"),
        ({"duration_seconds": 0}, "1 to 129600 \\(got 0\\)"),
        ({"duration_seconds": 129_601}, "1 to 129600"),
        ({"policy": POLICY, "description": "x"}, "2 to 256 characters \\(got 1\\)"),
        ({"policy": "no policy"}, "not valid JSON"),
        ({"policy": {"Statement": "x" * 2048}}, "at most 2048 characters \\(got 2064\\)"),
    ],
)
def test_invalid_scoped_arguments_are_rejected_at_construction(arguments: dict[str, Any], problem: str) -> None:
    """Missing, impossible and oversized arguments are refused before any request."""
    with pytest.raises(ConfigurationError, match=problem):
        ScopedCredentialsProvider(SESSION, **arguments)


def test_long_term_keys_are_refused(tmp_path: Path) -> None:
    """Fixed long-term keys are refused at construction, a provider's before STS is called; neither is shown."""
    with pytest.raises(ConfigurationError, match=r"needs temporary credentials.*SessionTokenProvider") as refused:
        ScopedCredentialsProvider(LONG_TERM, policy=POLICY)
    assert CANARY not in str(refused.value)
    sts = FakeSts()
    with pytest.raises(ConfigurationError, match="needs temporary credentials"):
        _credentials(sts, tmp_path, ScopedCredentialsProvider(StaticProvider(LONG_TERM), policy=POLICY))
    assert sts.requests == []


def test_refresh_narrows_the_renewed_source_session(tmp_path: Path) -> None:
    """Once the role's session nears its end, the role is assumed again and its new session narrowed; not before."""
    sts = FakeSts()
    role = AssumeRoleProvider(role_arn=ROLE, source=LONG_TERM)
    provider = ScopedCredentialsProvider(role, policy=POLICY).with_context(sts.context(tmp_path))

    async def main() -> None:
        for _ in range(3):
            assert (await provider.get_credentials()).access_key_id == "ASIAISSUED2"
        assert [request.operation for request in sts.requests] == ["AssumeRole", "GetScopedCredentials"]
        sts.clock.advance(minutes=59, seconds=30)
        assert (await provider.get_credentials()).access_key_id == "ASIAISSUED4"
        assert sts.keys == ["AKIASOURCE", "ASIAISSUED1", "AKIASOURCE", "ASIAISSUED3"]

    asyncio.run(main())


def test_a_rejected_scoped_key_is_replaced_once(tmp_path: Path) -> None:
    """invalidate() forces one new scoped set, from the source's cached session."""
    sts = FakeSts()
    role = AssumeRoleProvider(role_arn=ROLE, source=LONG_TERM)
    provider = ScopedCredentialsProvider(role, policy=POLICY).with_context(sts.context(tmp_path))

    async def main() -> None:
        first = await provider.get_credentials()
        provider.invalidate(first.access_key_id)
        assert (await provider.get_credentials()).access_key_id == "ASIAISSUED3"
        await provider.get_credentials()
        assert sts.keys == ["AKIASOURCE", "ASIAISSUED1", "ASIAISSUED1"]

    asyncio.run(main())


@given(
    requested=st.integers(1, 129_600),
    left=st.integers(-100, 130_000),
    policy=st.sampled_from([None, POLICY]),
)
def test_duration_is_limited_by_the_source(requested: int, left: int, policy: dict[str, object] | None) -> None:
    """The duration exceeds neither the requested one nor the source's lifetime; policy or duration is always sent."""
    sts = FakeSts()
    provider = ScopedCredentialsProvider(SESSION, policy=policy, duration_seconds=requested)
    calling = Credentials("ASIAKEY", "s", "t", expiration=NOON + timedelta(seconds=left))
    request = provider._request_for(calling, sts.context(Path("nowhere")))
    if request.duration_seconds is not None:
        assert request.duration_seconds == requested or request.duration_seconds < requested
        assert request.duration_seconds < max(left, 2)
    else:
        assert requested > left - 6
    assert request.policy is not None or request.duration_seconds is not None


def test_scoped_failures_name_operation_and_source(tmp_path: Path) -> None:
    """A refusal of STS is a CredentialsRefreshError with its code; so is a source without credentials."""
    sts = FakeSts(ServiceError("not valid", code="InvalidSubjectCredentials", status=400))
    with pytest.raises(CredentialsRefreshError, match=r"GetScopedCredentials of the source's session: .*not valid"):
        _credentials(sts, tmp_path, ScopedCredentialsProvider(SESSION, policy=POLICY))
    nothing = wsclient.credentials.EnvironmentProvider({})
    with pytest.raises(CredentialsRefreshError, match=r"GetScopedCredentials .*has no source credentials"):
        _credentials(FakeSts(), tmp_path, ScopedCredentialsProvider(nothing, policy=POLICY))


@pytest.mark.parametrize(
    "host", ["sts.amazonaws.com", "STS.amazonaws.com:443", "sts.amazonaws.com.", "sts.amazonaws.com.cn"]
)
@pytest.mark.parametrize("more", [{}, {"AWS_REGION": "us-east-1"}])
def test_global_sts_endpoint_is_rejected(tmp_path: Path, host: str, more: dict[str, str]) -> None:
    """STS does not offer the operation at its global endpoint: a provider sent there says so, and calls nothing."""
    sts, environ = FakeSts(), {"AWS_ENDPOINT_URL_STS": f"https://{host}", **more}
    with pytest.raises(EndpointResolutionError, match="AWS_ENDPOINT_URL_STS"):
        _credentials(sts, tmp_path, ScopedCredentialsProvider(SESSION, policy=POLICY), environ=environ)
    with pytest.raises(EndpointResolutionError, match="endpoint_url"):
        wsclient.StsClient(endpoint_url=f"https://{host}", credentials=SESSION, config=NO_SETTINGS)
    assert sts.requests == []


@pytest.mark.parametrize("region", ["aws-global", "us-east-1-global"])
def test_global_pseudo_regions_are_rejected(tmp_path: Path, region: str) -> None:
    """AWS's pseudo-regions of global endpoints are refused before any request."""
    sts = FakeSts()
    with pytest.raises(EndpointResolutionError):
        _credentials(sts, tmp_path, ScopedCredentialsProvider(SESSION, policy=POLICY), environ={"AWS_REGION": region})
    assert sts.requests == []
