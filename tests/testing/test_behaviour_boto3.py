"""boto3 against the emulator's throttling, eventual consistency, pagination and authorization."""

# botocore has no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.support.emulators import boto3_client
from tests.support.virtual_time import WallClock
from wsclient import Pace
from wsclient._core.clock import SYSTEM_CLOCK
from wsclient.testing import Durations, Emulator, Throttle

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

PROTOCOLS = ["smithy-rpc-v2-cbor", "json"]


class StandingStill(WallClock):
    """Wall clock of the system, since boto3 signs with it, and a stopped monotonic clock for the buckets."""

    def now(self) -> datetime:
        """Return the time of day."""
        return SYSTEM_CLOCK.now()


@pytest.fixture
def aws() -> Iterator[Emulator]:
    """Give an emulator that throttles, lags and forgets to each test."""
    throttle = Throttle(account=Pace(2, 10), operations={"DescribeTags": Pace(1, 2)})
    durations = Durations(appear=timedelta(minutes=1), page_token=timedelta(minutes=5))
    with Emulator(clock=StandingStill(), throttle=throttle, durations=durations) as running:
        yield running


def error_of(refused: pytest.ExceptionInfo[ClientError]) -> dict[str, Any]:
    """Return code and message of an error that boto3 raised."""
    error: dict[str, Any] = refused.value.response["Error"]
    return error


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_boto3_is_throttled_by_the_operation(aws: Emulator, protocol: str) -> None:
    """The third call of an operation limited to two is throttled; other operations and later calls are not."""
    workspaces = boto3_client(aws, "workspaces", protocol=protocol)
    for _ in range(2):
        workspaces.describe_tags(ResourceId=aws.directory_id)
    with pytest.raises(ClientError) as refused:
        workspaces.describe_tags(ResourceId=aws.directory_id)
    assert (error_of(refused)["Code"], error_of(refused)["Message"]) == ("ThrottlingException", "Rate exceeded")
    workspaces.describe_workspaces()
    aws.advance(seconds=1)
    workspaces.describe_tags(ResourceId=aws.directory_id)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_boto3_lists_a_creation_after_a_delay(aws: Emulator, protocol: str) -> None:
    """DescribeWorkspaces right after a creation returns nothing, and later the WorkSpace."""
    workspaces = boto3_client(aws, "workspaces", protocol=protocol)
    item = {"DirectoryId": aws.directory_id, "UserName": "mary", "BundleId": aws.bundle_id}
    made = workspaces.create_workspaces(Workspaces=[item])["PendingRequests"][0]["WorkspaceId"]
    assert workspaces.describe_workspaces(WorkspaceIds=[made])["Workspaces"] == []
    aws.advance(minutes=1)
    assert [workspace["State"] for workspace in workspaces.describe_workspaces(WorkspaceIds=[made])["Workspaces"]] == [
        "PENDING"
    ]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_boto3_page_token_needs_equal_parameters_and_expires(aws: Emulator, protocol: str) -> None:
    """The next page comes for the same parameters, and in time; else the modeled error does."""
    workspaces = boto3_client(aws, "workspaces", protocol=protocol)
    aws.add_workspaces(3)
    options = {"DirectoryId": aws.directory_id, "Limit": 1}
    token = workspaces.describe_workspaces(**options)["NextToken"]
    assert len(workspaces.describe_workspaces(**options, NextToken=token)["Workspaces"]) == 1
    with pytest.raises(workspaces.exceptions.InvalidParameterValuesException, match="not returned for this request"):
        workspaces.describe_workspaces(Limit=1, NextToken=token)
    aws.advance(minutes=5)
    with pytest.raises(workspaces.exceptions.InvalidParameterValuesException, match="has expired"):
        workspaces.describe_workspaces(**options, NextToken=token)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_boto3_is_denied_by_its_users_policy(aws: Emulator, protocol: str) -> None:
    """A denied call raises the model's AccessDeniedException, and in STS AccessDenied with status 403."""
    statement = {"Effect": "Allow", "Action": "workspaces:DescribeWorkspaces", "Resource": "*"}
    keys = aws.add_user("mary", policy={"Version": "2012-10-17", "Statement": statement})
    workspaces, sts = boto3_client(aws, "workspaces", keys, protocol=protocol), boto3_client(aws, "sts", keys)
    workspaces.describe_workspaces()
    with pytest.raises(workspaces.exceptions.AccessDeniedException, match="is not authorized to perform"):
        workspaces.create_ip_group(GroupName="g")
    role = aws.add_role("caller")
    with pytest.raises(ClientError) as refused:
        sts.assume_role(RoleArn=role, RoleSessionName="nightly")
    assert error_of(refused)["Code"] == "AccessDenied"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert aws.calls[-1].status == 403
