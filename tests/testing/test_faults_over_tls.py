"""Faults over real TLS: dropped connections, foreign responses, delayed responses."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError

import wsclient
from tests.support.emulators import boto3_client
from tests.support.in_process import client_of
from wsclient import errors, types
from wsclient.testing import Drop, Emulator, HttpAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wsclient.testing import Failure


@pytest.fixture
def aws() -> Iterator[Emulator]:
    """Return a running emulator."""
    with Emulator() as running:
        yield running


def client_over_tls(aws: Emulator) -> wsclient.WorkSpacesClient:
    """Return a client that tries once."""
    config = wsclient.ClientConfig.load("workspaces", environ={"HOME": "/nonexistent"}, region=aws.region)
    return wsclient.WorkSpacesClient(
        region=aws.region,
        endpoint_url=aws.endpoint_url,
        credentials=aws.credentials,
        tls=wsclient.TLSPolicy(ca_file=aws.ca_file),
        retry=wsclient.RetryPolicy(mode="off"),
        pace=None,
        config=config,
    )


def called(aws: Emulator, count: int) -> None:
    """Wait until so many calls have come, to another thread."""
    tick = threading.Event()
    while len(aws.calls) < count:
        tick.wait(0.001)


@pytest.mark.parametrize(("how", "there"), [(Drop.BEFORE, 0), (Drop.AFTER, 1)])
def test_dropped_connection_raises_connection_lost_error(aws: Emulator, how: Drop, there: int) -> None:
    """A dropped connection raises ConnectionLostError, and the client's next call uses another connection."""
    aws.fail("CreateWorkspaces", with_=how)

    async def calls() -> int:
        async with client_over_tls(aws) as client:
            assert await client.describe_workspaces().collect() == []
            with pytest.raises(errors.ConnectionLostError) as raised:
                await client.create_workspaces(
                    workspaces=[
                        types.WorkspaceRequest(directory_id=aws.directory_id, user_name="j", bundle_id=aws.bundle_id)
                    ],
                    reconcile=False,
                )
            assert raised.value.may_have_been_sent
            return len(await client.describe_workspaces().collect())

    assert asyncio.run(calls()) == there
    assert [call.fault for call in aws.calls] == [None, how.value, None]


@pytest.mark.parametrize(
    ("how", "kind"),
    [
        (Drop.BEFORE, ConnectionClosedError),
        (Drop.AFTER, ConnectionClosedError),
        (HttpAnswer(status=503, body="<html>"), ClientError),
        (errors.ThrottlingException, ClientError),
    ],
)
def test_boto3_gets_injected_faults(aws: Emulator, how: Failure, kind: type[Exception]) -> None:
    """boto3 gets the same faults with CBOR as with JSON, and its next call succeeds."""
    client = boto3_client(aws, "workspaces", protocol="smithy-rpc-v2-cbor")
    aws.fail("DescribeWorkspaces", with_=how)
    with pytest.raises(kind) as raised:
        client.describe_workspaces()
    assert not isinstance(raised.value, EndpointConnectionError)
    assert client.describe_workspaces()["Workspaces"] == []


def test_delayed_response_over_tls_follows_the_clock(aws: Emulator) -> None:
    """Time over sockets is the emulator's too: a test advances it from its own thread."""
    aws.delay("DescribeWorkspaces", seconds=3600)
    client = boto3_client(aws, "workspaces")
    with ThreadPoolExecutor(1) as threads:
        delayed = threads.submit(client.describe_workspaces)
        called(aws, 1)
        assert not delayed.done()
        aws.clock.advance(hours=1)
        assert delayed.result(timeout=30)["Workspaces"] == []
    assert aws.calls[0].fault == "late by 3600 s"


def test_delayed_response_does_not_delay_others(aws: Emulator) -> None:
    """A delayed response does not delay other responses."""
    aws.delay("DescribeWorkspaces", seconds=3600, times=1)

    async def calls() -> int:
        async with client_over_tls(aws) as client:
            delayed = asyncio.create_task(client.describe_workspaces().collect())
            await asyncio.to_thread(called, aws, 1)
            assert await client.describe_ip_groups().collect() == []
            assert not delayed.done()
            aws.clock.advance(hours=1)
            return len(await delayed)

    assert asyncio.run(calls()) == 0


def test_abandoned_delayed_response_is_dropped(aws: Emulator) -> None:
    """A delayed response that is no longer awaited is not written, and does not delay stopping."""
    aws.delay("DescribeWorkspaces", seconds=3600)

    async def give_up() -> None:
        async with client_over_tls(aws) as client:
            delayed = asyncio.create_task(client.describe_workspaces().collect())
            await asyncio.to_thread(called, aws, 1)
            delayed.cancel()
            await asyncio.wait([delayed])

    asyncio.run(give_up())
    aws.clear_faults()
    assert boto3_client(aws, "workspaces").describe_workspaces()["Workspaces"] == []


def test_stopping_does_not_wait_for_delayed_responses() -> None:
    """The connection is dropped, as all are."""
    with ThreadPoolExecutor(1) as threads:
        with Emulator() as aws:
            aws.delay("*", seconds=3600)
            delayed = threads.submit(boto3_client(aws, "workspaces").describe_workspaces)
            called(aws, 1)
        with pytest.raises(ConnectionClosedError):
            delayed.result(timeout=30)


def test_in_process_and_tls_clients_share_the_emulator(aws: Emulator) -> None:
    """In-process clients and clients over TLS share the emulator's state and log."""
    aws.add_workspaces(2)

    async def count(client: wsclient.WorkSpacesClient) -> int:
        async with client:
            return len(await client.describe_workspaces().collect())

    assert asyncio.run(count(client_of(aws))) == asyncio.run(count(client_over_tls(aws))) == 2
    assert len(aws.calls) == 2
