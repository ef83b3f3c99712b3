"""A report keeps no users, values of tags and registration codes; WorkSpaces in termination are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.audit.accounts import make_faulty
from tests.support.loops import on_a_loop
from wsclient.audit import Audit
from wsclient.fleet import Fleet
from wsclient.testing import Emulator
from wsclient.types import Tag, TerminateRequest, WorkspaceRequest

if TYPE_CHECKING:
    from pathlib import Path

    from wsclient import WorkSpacesClient

USER, VALUE = "uniquely.named", "a-value-of-a-tag"
OPTIONS = ("tags", "interfaces", "probe_public")


async def create(aws: Emulator, ws: WorkSpacesClient, name: str) -> str:
    """Create a WorkSpace of a user, with a tag; return its id."""
    tags = [Tag(key="Owner", value=VALUE)]
    request = WorkspaceRequest(directory_id=aws.directory_id, user_name=name, bundle_id=aws.bundle_id, tags=tags)
    output = await ws.create_workspaces(workspaces=[request])
    return output.pending_requests[0].workspace_id or ""


def texts_in(folder: Path) -> list[str]:
    """Return the content of every file in a folder."""
    return [path.read_text(encoding="utf-8") for path in folder.rglob("*.*") if path.is_file()]


@on_a_loop
async def test_report_contains_no_user_names_tag_values_or_codes(tmp_path: Path) -> None:
    """In no format, with every optional read and every finding."""
    with Emulator() as aws:
        async with aws.client() as ws:
            await make_faulty(aws, ws)
            await create(aws, ws, USER)
            aws.advance(hours=1)
            (directory,) = (await ws.describe_workspace_directories()).directories
            listed = (await ws.describe_workspaces()).workspaces
            report = await Audit.over(Fleet.over(("main", ws))).run(keep="all", options=OPTIONS)
    private = {USER, VALUE, directory.registration_code, *(each.computer_name for each in listed)}
    assert None not in private
    await report.write_html(tmp_path / "a.html")
    await report.write_csv(tmp_path / "a.csv")
    await report.write_junit(tmp_path / "a.xml")
    await report.write_ocsf(tmp_path / "a.ocsf")
    await report.write_asff(tmp_path / "findings")
    texts = [report.to_json(), str(report), repr(report)]
    texts += texts_in(tmp_path)
    assert len(texts) >= 8
    for text in texts:
        assert not [each for each in private if each and each in text]
    assert "Owner" in report.to_json()


@on_a_loop
async def test_terminating_workspaces_are_skipped_and_counted() -> None:
    """They have no finding, and the site says how many they are."""
    with Emulator() as aws:
        kept, ended = aws.add_workspaces(2)
        async with aws.client() as ws:
            await ws.terminate_workspaces(terminate_workspace_requests=[TerminateRequest(workspace_id=ended)])
            report = await Audit.over(Fleet.over(("main", ws))).run(only=["data.*", "state.*"], keep="all")
    (site,) = report.sites
    assert (site.workspaces, site.left_out) == (1, 1)
    assert {each.resource.id for each in report.findings if each.resource} == {kept}
