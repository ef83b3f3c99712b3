"""Invalid arguments of waiters, rejected before anything is sent."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.waiter_stage import Stage, play
from wsclient import types
from wsclient.errors import ConfigurationError, RequestValidationError
from wsclient.waiters import Polling

MISTAKES: list[tuple[str, Any, str]] = [
    ("empty", [], "the list of WorkSpaces must not be empty"),
    ("one id", "ws-0123456789", "pass a list of WorkSpaces, even for a single one (got str)"),
    ("one structure", types.Workspace(workspace_id="ws-0123456789"), "even for a single one (got Workspace)"),
    ("nothing", None, "even for a single one (got NoneType)"),
    (
        "mistyped",
        ["ws-0123456789", "ws-12 3"],
        "item 1 must be an id of a WorkSpace like ws-0123456789 (got 'ws-12 3'",
    ),
    ("a bundle's", ["wsb-0123456789"], "item 0 must be an id of a WorkSpace"),
    ("without an id", [types.Workspace()], "(got Workspace without an id)"),
    ("another structure", [types.WorkspaceImage(image_id="wsi-0123456789")], "(got WorkspaceImage without an id)"),
    ("a number", [7], "(got int without an id)"),
]


@pytest.mark.parametrize(("references", "message"), [case[1:] for case in MISTAKES], ids=[case[0] for case in MISTAKES])
def test_invalid_references_are_rejected(references: Any, message: str) -> None:
    """An empty list, a single reference, and invalid ids are rejected, and nothing is sent."""

    async def main(stage: Stage) -> None:
        with pytest.raises(RequestValidationError, match="nothing was sent") as caught:
            await stage.client.wait_until_available(references)
        assert message in str(caught.value)
        with pytest.raises(RequestValidationError):
            await stage.client.wait_until_migrated(references, since=stage.since())
        assert stage.aws.calls == ()

    play(main)


@pytest.mark.parametrize("method", ["rebooted", "rebuilt", "restored", "modified", "migrated"])
def test_change_waiters_need_since(method: str) -> None:
    """Waiters for a change reject a missing, naive or future since=."""

    async def main(stage: Stage) -> None:
        wait: Any = getattr(stage.client, f"wait_until_{method}")
        for since in ({}, {"since": None}, {"since": datetime(2026, 3, 1, 11)}, {"since": "noon"}):  # noqa: DTZ001 - the mistake
            with pytest.raises(RequestValidationError, match="since") as caught:
                await wait(["ws-0123456789"], **since)
            assert caught.value.path == "since"
        with pytest.raises(RequestValidationError, match="3600 s in the future"):
            await wait(["ws-0123456789"], since=datetime(2026, 3, 1, 13, tzinfo=UTC))
        assert stage.aws.calls == ()

    play(main)


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), "60", True, timedelta(), timedelta(seconds=-1)])
def test_waiter_timeout_is_positive(timeout: Any) -> None:
    """timeout= must be a positive number or timedelta."""

    async def main(stage: Stage) -> None:
        with pytest.raises(ConfigurationError, match=r"^wait_until_available\.timeout must be a positive number"):
            await stage.client.wait_until_available(["ws-0123456789"], timeout=timeout)

    play(main)


@pytest.mark.parametrize(
    ("first", "longest"), [(0, 30), (5, 0), (-1, 30), (30, 5), (5, float("inf")), (float("nan"), 30), ("5", 30)]
)
def test_invalid_polling_is_rejected(first: Any, longest: Any) -> None:
    """Pauses are positive, and the longest is not shorter than the first."""
    with pytest.raises(ConfigurationError, match="Polling"):
        Polling(first=first, longest=longest)
