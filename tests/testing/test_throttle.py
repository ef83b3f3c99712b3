"""The emulator's throttle: a bucket per account and buckets per operation, in each region."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.emulators import Caller, CallFailedError
from tests.support.virtual_time import WallClock
from wsclient import Pace
from wsclient.errors import ConfigurationError
from wsclient.testing import Emulator, Throttle

GROUP = {"GroupName": "office"}


def caller(throttle: Throttle | Pace | None) -> Caller:
    """Return a caller for a throttling emulator with a stopped clock."""
    return Caller(Emulator(clock=WallClock(), throttle=throttle, other_regions=["eu-west-1"]))


def admitted(at: Caller, operation: str, calls: int) -> int:
    """Return how many of some calls were admitted; the others must have been throttled."""
    bodies = [at.post(operation, b"{}") for _ in range(calls)]
    refused = [json.loads(response.body) for response in bodies if response.status != 200]
    assert all(body == {"__type": "ThrottlingException", "message": "Rate exceeded"} for body in refused)
    return calls - len(refused)


def test_pace_is_a_bucket_of_the_account() -> None:
    """Pace(2, 5) admits five calls of any operation at once, and two more a second later."""
    at = caller(Pace(2, 5))
    assert (admitted(at, "DescribeWorkspaces", 3), admitted(at, "DescribeIpGroups", 4)) == (3, 2)
    at.aws.advance(seconds=1)
    assert admitted(at, "DescribeWorkspaces", 4) == 2


def test_named_operation_has_an_additional_bucket() -> None:
    """A named operation has its own bucket in addition to the account's."""
    at = caller(Throttle(account=Pace(1, 10), operations={"DescribeWorkspaces": Pace(1, 2)}))
    assert (admitted(at, "DescribeWorkspaces", 5), admitted(at, "DescribeIpGroups", 20)) == (2, 8)


def test_throttled_call_takes_no_token_from_either_bucket() -> None:
    """A call rejected by either bucket takes nothing from the other."""
    at = caller(Throttle(account=Pace(1, 1), operations={"DescribeWorkspaces": Pace(0.001, 3)}))
    assert admitted(at, "DescribeWorkspaces", 9) == 1
    for _ in range(2):
        at.aws.advance(seconds=1)
        assert admitted(at, "DescribeWorkspaces", 9) == 1
    at.aws.advance(seconds=1)
    assert (admitted(at, "DescribeWorkspaces", 9), admitted(at, "DescribeIpGroups", 9)) == (0, 1)


def test_buckets_are_per_account_and_region() -> None:
    """Throttling in an account and region does not affect another account or region."""
    at = caller(Throttle(operations={"DescribeWorkspaces": Pace(1, 1)}))
    for place in (at, at.other(account_id="210987654321"), at.other(region="eu-west-1")):
        assert admitted(place, "DescribeWorkspaces", 3) == 1


def test_throttled_call_has_no_effect() -> None:
    """A throttled call has no effect."""
    at = caller(Throttle(operations={"CreateIpGroup": Pace(1, 1)}))
    at.call("CreateIpGroup", GROUP)
    with pytest.raises(CallFailedError) as refused:
        at.call("CreateIpGroup", {"GroupName": "home"})
    assert refused.value.code == "ThrottlingException"
    groups: Any = at.call("DescribeIpGroups")["Result"]
    assert [group["groupName"] for group in groups] == ["office"]


def test_sts_is_throttled_with_its_own_code() -> None:
    """STS uses the error code Throttling, and its calls do not count for the account's bucket."""
    at = caller(Throttle(account=Pace(1, 1), operations={"GetSessionToken": Pace(1, 1)}))
    form = b"Action=GetSessionToken&Version=2011-06-15"
    first, second = at.form(form), at.form(form)
    assert (first.status, second.status, b"<Code>Throttling</Code>" in second.body) == (200, 400, True)
    assert at.form(b"Action=GetCallerIdentity&Version=2011-06-15").status == 200
    assert admitted(at, "DescribeWorkspaces", 2) == 1


def test_unsigned_calls_share_a_bucket() -> None:
    """Unsigned calls, which have no account yet, share a bucket."""
    at = caller(Throttle(operations={"AssumeRoleWithWebIdentity": Pace(1, 1)}))
    token = at.aws.web_identity_token()
    form = (
        "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=me"
        f"&RoleArn=arn:aws:iam::123456789012:role/caller&WebIdentityToken={token}"
    ).encode()
    assert [at.form(form).status for _ in range(2)] == [200, 400]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Throttle(operations={"CreateWorkspace": Pace()}), r"unknown operation 'CreateWorkspace'.* 'CreateW"),
        (lambda: Throttle(operations={"Nonsense": Pace()}), r"use AWS's name, such as"),
        (lambda: Throttle(operations={"CreateWorkspaces": 2}), r"must be a mapping such as .*Pace\(1, 2\)"),  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
        (lambda: Throttle(operations=[("CreateWorkspaces", Pace())]), r"must be a mapping such as"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        (lambda: Throttle(account=2), r"Throttle\.account must be a Pace, such as Pace\(2, 5\), or None, not 2"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        (lambda: Emulator(throttle=5), r"throttle must be a Throttle, a Pace or None, not 5"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    ],
)  # fmt: skip
def test_invalid_throttle_is_rejected(make: Any, message: str) -> None:
    """Unknown operations and invalid rates raise ConfigurationError when the throttle is created."""
    with pytest.raises(ConfigurationError, match=message):
        make()
