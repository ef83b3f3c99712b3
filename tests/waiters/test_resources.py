"""Waiters for resources other than WorkSpaces: success, failure, deadline, early start, in virtual time."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import pytest

from tests.support.waiter_cases import (
    CASES,
    Case,
    pool_id,
    put_directory,
    put_image,
    put_installation,
    put_pool,
    running_pool,
)
from tests.support.waiter_stage import Stage, failure, play
from wsclient.errors import RequestValidationError, WaiterTimeoutError

Wait = Callable[..., Awaitable[Sequence[Any]]]

EACH = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


def _wait(stage: Stage, case: Case) -> Wait:
    wait: Wait = getattr(stage.client, f"wait_until_{case.name}")
    return wait


@EACH
def test_wait_may_start_before_the_change(case: Case) -> None:
    """A wait that starts before the change waits for it, and returns the final structure."""

    async def main(stage: Stage) -> None:
        reference = await case.make(stage)
        waiting = asyncio.ensure_future(_wait(stage, case)([reference]))
        await asyncio.sleep(20)
        assert not waiting.done()
        await case.act(stage, reference)
        (final,) = await waiting
        if case.ends is not None:
            assert getattr(final, case.state) == case.ends
        if not case.name.endswith(("deregistered", "application_disassociated", "deleted")):
            # A returned structure is a valid reference, and a resource already in the goal state needs one poll.
            before = stage.now()
            assert list(await _wait(stage, case)([final])) == [final]
            assert stage.now() == before

    play(main)


@EACH
def test_failure_state_of_a_resource_ends_the_wait(case: Case) -> None:
    """A failure state ends the wait with AWS's error, without delay if the resource cannot recover from it."""

    async def main(stage: Stage) -> None:
        reference = await case.make(stage)
        start = stage.now()
        for number, state in enumerate(case.failing):
            stage.at(40 * number + 0.1, partial(case.put, stage, reference, state))
        error = await failure(_wait(stage, case)([reference]))
        assert not isinstance(error, WaiterTimeoutError)
        assert error.failed[0].state == case.failing[-1]
        assert stage.now() - start <= 40 * len(case.failing) + 40
        texts = [error.failed[0].error_code, error.failed[0].error_message]
        assert ("No room." in texts) == (case.put in {put_directory, put_image, put_pool, put_installation})

    play(main)


@EACH
def test_the_default_deadline_ends_the_wait(case: Case) -> None:
    """A resource that never leaves a transitional state is polled until the documented default timeout."""

    async def main(stage: Stage) -> None:
        reference = await case.make(stage)
        case.put(stage, reference, case.stuck)
        start = stage.now()
        error = await failure(_wait(stage, case)([reference]))
        assert isinstance(error, WaiterTimeoutError)
        assert error.waiting[0].state == case.stuck
        assert stage.now() - start == pytest.approx(case.minutes * 60)

    play(main)


@EACH
def test_missing_resource_succeeds_only_if_absence_is_the_goal(case: Case) -> None:
    """An id that is never described fails after five minutes; where absence is the goal, it is reached after one."""
    missing: dict[str, Any] = {
        "image": "wsi-0000000000",
        "bundle": "wsb-0000000000",
        "directory": "d-0000000000",
        "pool": "wspool-000000000",
        "application": ("ws-0000000000", "wsa-0000000000"),
        "connection": "wsca-0000000000",
        "account": "link-0000000000",
    }

    async def main(stage: Stage) -> None:
        reference = missing[case.name.partition("_")[0]]
        if case.name.endswith(("deregistered", "application_disassociated", "deleted")):
            assert len(await _wait(stage, case)([reference])) == 1
            assert 60 <= stage.now() <= 100
        else:
            error = await failure(_wait(stage, case)([reference]))
            assert "never described" in error.failed[0].reason
            assert 300 <= stage.now() <= 345

    play(main)


def test_missing_pool_does_not_affect_others() -> None:
    """DescribeWorkspacesPools rejects a list with one unknown id; the waiter then polls each pool by itself."""

    async def main(stage: Stage) -> None:
        made = await running_pool(stage)
        error = await failure(stage.client.wait_until_pool_running([made, "wspool-000000000"], fail_fast=False))
        assert [item.id for item in error.failed] == ["wspool-000000000"]
        assert [workspace.to_dict()["PoolId"] for workspace in error.reached] == [pool_id(made)]

    play(main)


def test_the_applications_of_a_workspace_cost_one_call() -> None:
    """Three applications of two WorkSpaces are two calls a round."""

    async def main(stage: Stage) -> None:
        first, second = stage.aws.add_workspaces(2)
        pairs = [(first, stage.aws.add_application("a")), (second, stage.aws.add_application("b"))]
        pairs.append((first, stage.aws.add_application("c")))
        for workspace_id, application_id in pairs:
            await stage.client.associate_workspace_application(workspace_id=workspace_id, application_id=application_id)
        await failure(stage.client.wait_until_application_associated(pairs, timeout=1))
        assert stage.calls()["DescribeWorkspaceAssociations"] == 2
        for workspace_id in (first, second):
            await stage.client.deploy_workspace_applications(workspace_id=workspace_id)
        done = await stage.client.wait_until_application_associated(pairs)
        assert [(workspace.workspace_id, workspace.associated_resource_id) for workspace in done] == pairs

    play(main)


@pytest.mark.parametrize("reference", [("ws-0123456789",), ("ws-0123456789", "ws-0123456789"), (), 7, "ws-0123456789"])
def test_application_reference_needs_two_ids(reference: Any) -> None:
    """A reference to an application association needs a WorkSpace id and an application id."""

    async def main(stage: Stage) -> None:
        with pytest.raises(RequestValidationError, match="must be an id of a WorkSpace's application"):
            await stage.client.wait_until_application_associated([reference])

    play(main)
