"""Listings that change while they are read: WorkSpaces that are listed twice, without an id, or not at all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.support.plan_stage import EVERYTHING, HERE, PlanStage, play
from wsclient import types
from wsclient.errors import ConfigurationError, RequestValidationError
from wsclient.fleet import Fleet

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Page = dict[str, Any]
PER_PAGE = 25


def _listed(change: Callable[[Page], None]) -> Callable[..., Any]:
    """Return a handler that changes each page of DescribeWorkspaces."""

    async def around(request: httpx.Request, execute: Callable[[], httpx.Response]) -> httpx.Response:
        response = execute()
        if not request.headers["x-amz-target"].endswith(".DescribeWorkspaces"):
            return response
        page = json.loads(response.content)
        change(page)
        headers = {name: value for name, value in response.headers.items() if name != "content-length"}
        return httpx.Response(200, headers=headers, content=json.dumps(page).encode())

    return around


def _shifted(count: int) -> Callable[[Page], None]:
    """Have each page start with the last WorkSpaces of the one before, as after new ones in front of the listing."""
    last: list[Any] = []

    def change(page: Page) -> None:
        page["Workspaces"], last[:] = last + page["Workspaces"], page["Workspaces"][-count:]
        if not page.get("NextToken"):
            last.clear()

    return change


@pytest.mark.parametrize("count", [1, 5, PER_PAGE])
def test_workspace_on_two_pages_is_one_item(tmp_path: Path, count: int) -> None:
    """A WorkSpace that moved from one page to the next is one row and one item: it is rebooted once."""
    path = tmp_path / "plan.jsonl"

    async def main(stage: PlanStage) -> None:
        ids = stage.add(3 * PER_PAGE - 1)
        stage.way(_listed(_shifted(count)))
        rows = await stage.fleet.inventory(join=[]).collect()
        assert [row.workspace_id for row in rows] == sorted(ids)
        plan = await stage.fleet.reboot(where=EVERYTHING, journal=path)
        assert sorted(item.key for item in plan.items) == sorted(ids)
        assert (await plan.run()).ok
        assert set(stage.sent("RebootWorkspaces").values()) == {1}
        assert len(await stage.fleet.reboot(where=EVERYTHING, journal=path)) == len(ids)

    play(main, sites=[HERE])


def test_workspace_repeated_on_a_page_is_one_item() -> None:
    """Whatever a listing repeats, a plan contains a WorkSpace once, and evaluates it once."""

    async def main(stage: PlanStage) -> None:
        stage.add(PER_PAGE)
        stage.put(next(iter(stage.store().workspaces)), "STOPPED")
        stage.way(_listed(lambda page: page["Workspaces"].extend(page["Workspaces"])))
        plan = await stage.fleet.stop(where=EVERYTHING)
        assert (len(plan.items), len(plan.left_out)) == (PER_PAGE - 1, 1)

    play(main, sites=[HERE])


def test_workspace_without_id_is_skipped() -> None:
    """WorkSpaces that AWS lists without an id, at several sites, are left out with the reason; the rest is changed."""

    async def main(stage: PlanStage) -> None:
        for site in stage.clients:
            stage.add(3, site=site)
            stage.way(_listed(lambda page: page["Workspaces"][0].pop("WorkspaceId")), site)
        plan = await stage.fleet.stop(where=EVERYTHING)
        assert {out.reason for out in plan.left_out} == {"cannot be changed: AWS returned no WorkSpace id"}
        assert (len(plan.items), len(plan.left_out)) == (4, 2)
        assert (await plan.run()).ok

    play(main)


LONE = "j\udce4"
"""Text that UTF-8 cannot encode: a byte of a command's argument or of a file name that is not UTF-8."""


def test_lone_surrogates_are_rejected_before_the_first_call() -> None:
    """Tags, requests and account names with a lone surrogate are errors before the first call."""

    async def main(stage: PlanStage) -> None:
        user = types.WorkspaceRequest(directory_id="d-926722edaf", user_name=LONE, bundle_id="wsb-0123456789")
        for plan in (
            lambda: stage.fleet.tag(where=EVERYTHING, tags={"Team": LONE}),
            lambda: stage.fleet.untag(where=EVERYTHING, keys=[LONE]),
            lambda: Fleet.over((LONE, stage.clients[HERE])),
            lambda: Fleet(regions=["us-west-2"], accounts={LONE: stage.aws.credentials}),
        ):
            with pytest.raises(ConfigurationError, match="contains a lone surrogate"):
                plan()
        with pytest.raises(RequestValidationError, match="UserName contains a lone surrogate") as caught:
            stage.fleet.create({HERE: [user]})
        assert caught.value.path == "UserName"
        assert stage.aws.calls == ()

    play(main, sites=[HERE])
