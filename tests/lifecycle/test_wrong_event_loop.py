"""Coroutines that no asyncio event loop runs, as under trio: a typed error, and not asyncio's RuntimeError."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

import wsclient
from wsclient.credentials import Credentials, ProcessProvider, default_chain
from wsclient.errors import ConfigurationError
from wsclient.fleet import Fleet, where

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

KEYS = Credentials("AKIAEXAMPLE", "secret")
CLIENT = wsclient.WorkSpacesClient(region="us-west-2", credentials=KEYS)
FLEET = Fleet(regions=["us-west-2"], accounts={"one": KEYS})


@pytest.mark.parametrize(
    "start",
    [
        lambda: CLIENT.describe_tags(resource_id="ws-123456789"),
        lambda: CLIENT.describe_workspaces().collect(),
        lambda: CLIENT.describe_workspaces().first_page(),
        lambda: CLIENT.raw("DescribeWorkspaces", {}),
        lambda: CLIENT.wait_until_available(["ws-123456789"]),
        lambda: CLIENT.__aexit__(None, None, None),
        lambda: CLIENT.with_options(timeout=5).describe_account(),
        lambda: wsclient.StsClient(region="us-west-2", credentials=KEYS).get_caller_identity(),
        lambda: default_chain(environ={"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1/"}).get_credentials(),
        lambda: ProcessProvider("tool").get_credentials(),
        lambda: FLEET.stop(where=where.state("AVAILABLE")),
    ],
)
def test_wrong_event_loop_raises_a_typed_error(start: Callable[[], Awaitable[object]]) -> None:
    """Calls, listings, waits, providers, plans and closing say which loops can run them."""
    coroutine = start().__await__()
    with pytest.raises(ConfigurationError, match=r"no asyncio event loop runs this coroutine.*trio is not supported"):
        next(coroutine)
    del coroutine
    gc.collect()
