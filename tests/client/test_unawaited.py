"""Forgotten `await` and `async for`, as in a notebook: each warns or raises with the remedy."""

from __future__ import annotations

import asyncio
import gc
import io
import warnings
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.support.in_process import client_of
from wsclient import Credentials, StsClient
from wsclient.audit import Audit
from wsclient.errors import ConfigurationError
from wsclient.fleet import Fleet, where
from wsclient.progress import progress
from wsclient.testing import Emulator, Recorder

if TYPE_CHECKING:
    from collections.abc import Callable

MAKERS: dict[str, Callable[[Any], Any]] = {
    "Paginator": lambda ws: ws.describe_workspaces(),
    "FleetInventory": lambda ws: Fleet.over(("main", ws)).inventory(),
    "Planning": lambda ws: Fleet.over(("main", ws)).stop(where=where.everything()),
    "progress": lambda ws: progress(Fleet.over(("main", ws)).inventory(), file=io.StringIO()),
}


@pytest.mark.parametrize("name", MAKERS)
def test_plain_for_over_async_objects_raises_with_the_remedy(name: str) -> None:
    """A plain for, list() and sorted() over what is async name the remedy, and send nothing."""
    aws = Emulator()
    made = MAKERS[name](client_of(aws))
    with pytest.raises(TypeError, match="use async for"):
        for _ in made:
            pass
    with pytest.raises(TypeError, match="use async for"):
        list(made)
    assert aws.calls == ()
    if name == "progress":
        asyncio.run(made.aclose())


@pytest.mark.parametrize("name", ["WorkSpacesClient", "StsClient", "Fleet", "Audit", "Recorder"])
def test_plain_with_says_async_with(name: str) -> None:
    """A plain with over what is only an async context manager raises with the remedy, and sends nothing."""
    aws = Emulator()
    ws = client_of(aws)
    makers: dict[str, Callable[[], Any]] = {
        "WorkSpacesClient": lambda: ws,
        "StsClient": lambda: StsClient(region="us-west-2", credentials=Credentials("AKIDEXAMPLE", "secret")),
        "Fleet": lambda: Fleet.over(("main", ws)),
        "Audit": lambda: Audit.over(Fleet.over(("main", ws))),
        "Recorder": lambda: Recorder("recording.json", transport=httpx.AsyncHTTPTransport()),
    }
    with pytest.raises(TypeError, match=f"^{name} is an async context manager: write `async with {name}"):
        makers[name]().__enter__()
    assert aws.calls == ()


def _warnings_of(make: Callable[[], object]) -> list[str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        make()
        gc.collect()
    return [str(warning.message) for warning in caught if warning.category is RuntimeWarning]


def test_unawaited_listing_or_plan_warns_like_a_coroutine() -> None:
    """A listing or plan that is never awaited warns with the remedy, at the caller's line."""
    ws = client_of(Emulator())
    assert _warnings_of(partial(ws.describe_workspaces)) == [
        "the Paginator of DescribeWorkspaces was never awaited: await it for one page, or use async for"
    ]
    assert _warnings_of(lambda: MAKERS["Planning"](ws)) == [
        "the Planning of stop was never awaited: plan = await fleet.stop(…), then await plan.run()"
    ]
    with pytest.warns(RuntimeWarning, match="never awaited") as caught:
        MAKERS["Paginator"](ws)
    assert caught[0].filename == __file__


def test_used_or_displayed_listing_does_not_warn() -> None:
    """A listing that was awaited, iterated, collected, cancelled before its start, or shown doesn't warn."""
    aws = Emulator()
    ws = client_of(aws)

    async def main() -> None:
        await ws.describe_workspaces()
        await ws.describe_workspaces().collect()
        assert [page async for page in ws.describe_workspaces().pages()]
        assert [item async for item in progress(ws.describe_workspaces(), file=io.StringIO())] == []
        await Fleet.over(("main", ws)).stop(where=where.everything())
        waiting = asyncio.ensure_future(ws.describe_workspaces().collect())
        waiting.cancel()
        await asyncio.wait([waiting])
        repr(ws.describe_workspaces())
        ws.describe_workspaces()._repr_html_()

    assert _warnings_of(lambda: asyncio.run(main())) == []


def test_page_member_read_from_a_paginator_says_to_await_it() -> None:
    """Reading a page's member from a paginator raises an error that says to await it, without a second warning."""
    ws: Any = client_of(Emulator())

    def ask() -> None:
        with pytest.raises(AttributeError, match="a Paginator has no workspaces: await it for a page"):
            _ = ws.describe_workspaces().workspaces

    assert _warnings_of(ask) == []


def test_wrong_settings_have_a_short_traceback() -> None:
    """The frames of wsclient below its face are left out: the caller's line is at hand, and no cause hides it."""
    import wsclient  # noqa: PLC0415

    wrong: list[dict[str, Any]] = [
        {"region": "us-west-2", "profile": "nope"},
        {"region": "us-west-2", "vpc_endpoint": "vpce-0123-abcd", "use_fips": True},
        {"region": "x.evil.com/"},
        {"region": "us-west-2", "timeout": "5"},
    ]
    for options in wrong:
        with pytest.raises(ConfigurationError) as caught:
            wsclient.WorkSpacesClient(**options)
        assert len(caught.traceback) <= 2
        assert (caught.value.__cause__, caught.value.__suppress_context__ or caught.value.__context__ is None) == (
            None,
            True,
        )


def test_missing_credentials_have_a_short_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error's message lists the providers tried, once; the traceback has no frames of the chain's tasks."""
    import wsclient  # noqa: PLC0415
    from wsclient.errors import CredentialsError  # noqa: PLC0415

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "/nonexistent")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent/config")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    async def main() -> None:
        async with wsclient.WorkSpacesClient(region="us-west-2") as ws:
            await ws.describe_account()

    with pytest.raises(CredentialsError) as caught:
        asyncio.run(main())
    frames = [entry for entry in caught.traceback if "/wsclient/" in str(entry.path)]
    assert len(frames) <= 2
    assert caught.value.__cause__ is None


def test_traceback_keeps_the_frame_of_the_callers_provider() -> None:
    """An error raised in the caller's own provider keeps that provider's frame in the traceback."""
    import wsclient  # noqa: PLC0415
    from wsclient.errors import CredentialsRefreshError  # noqa: PLC0415

    class Mine:
        async def get_credentials(self) -> wsclient.Credentials:
            raise CredentialsRefreshError("the vault is shut")

    async def main() -> None:
        async with wsclient.WorkSpacesClient(region="us-west-2", credentials=Mine()) as ws:
            await ws.describe_account()

    with pytest.raises(CredentialsRefreshError, match="the vault is shut") as caught:
        asyncio.run(main())
    assert [entry.name for entry in caught.traceback][-1] == "get_credentials"
