"""Completion by jedi, as in Jupyter and IPython, for lines that were not run yet: what Python knows of live objects."""

from __future__ import annotations

import jedi
import pytest

from tests.support.doc_blocks import ROOT
from tests.support.scale import IS_FULL

IMPORTS = """
import wsclient
from wsclient.fleet import Fleet, where
"""
CASES = [
    ("wsclient.WorkSpacesClient(reg", "region="),
    (
        "async def main():\n    async with wsclient.WorkSpacesClient() as client:\n        client.",
        "describe_workspaces",
    ),
    *(
        [
            ("wsclient.", "StsClient"),
            ("wsclient.WorkSpacesClient().describe_workspaces(", "directory_id="),
            ("wsclient.WorkSpacesClient().with_options().", "wait_until_available"),
            (
                "async def main(client: wsclient.WorkSpacesClient):\n    (await client.describe_workspaces()).",
                "workspaces",
            ),
            ("wsclient.types.WorkspaceRequest(", "bundle_id="),
            ("wsclient.types.WorkspaceState.", "AVAILABLE"),
            ("Fleet(reg", "regions="),
            ("async def main():\n    async with Fleet() as fleet:\n        fleet.", "stop"),
            ("Fleet.over().", "inventory"),
            ("async def main(fleet: Fleet):\n    plan = await fleet.stop()\n    plan.", "run"),
            ("async def main(fleet: Fleet):\n    report = await (await fleet.stop()).run()\n    report.", "of"),
        ]
        if IS_FULL
        else []
    ),
]
"""Code that ends where a user asks for completions, and one of them."""


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(("code", "name"), CASES, ids=[code.rpartition("\n")[2].strip() for code, _ in CASES])
def test_jedi_completes(code: str, name: str) -> None:
    """Options of constructors and operations, and the attributes of what calls and async with return."""
    lines = f"{IMPORTS}{code}".splitlines()
    script = jedi.Script("\n".join(lines), project=jedi.Project(ROOT))
    assert name in {each.name for each in script.complete(len(lines), len(lines[-1]))}
