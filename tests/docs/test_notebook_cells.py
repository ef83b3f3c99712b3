"""One client in the cells of a notebook: real IPython cells, real TLS, in both ways in which IPython runs its loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.notebook import Session, run_notebook
from wsclient.testing import Emulator

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

COUNT = 5
"""How many WorkSpaces there are."""
MAKE = """
import asyncio, threading
import wsclient
ws = wsclient.WorkSpacesClient()
ws
"""
DEFINE = """
def count():
    async def main():
        return len((await ws.describe_workspaces()).workspaces)
    return asyncio.run(main())
"""
CELLS = {
    "make": MAKE,
    "page": "page = await ws.describe_workspaces(limit=2)\nlen(page.workspaces)",
    "iterate": """
seen = []
async for workspace in ws.describe_workspaces(limit=2):
    seen.append(workspace.workspace_id)
len(seen), len(set(seen))
""",
    "together": """
pages = await asyncio.gather(*(ws.describe_workspaces() for _ in range(8)))
[len(page.workspaces) for page in pages]
""",
    "define": DEFINE,
    "thread": """
counts = []
thread = threading.Thread(target=lambda: counts.append(count()))
thread.start()
thread.join()
counts
""",
    "after the thread": "len((await ws.describe_workspaces()).workspaces)",
    "beside a thread": """
await asyncio.gather(asyncio.to_thread(count), *(ws.describe_workspaces() for _ in range(3)))
await asyncio.to_thread(count)
""",
    "refused": "tags = await ws.describe_tags(resource_id='ws-123456789')",
    "refused, told in full": "%xmode Verbose\ntags = await ws.describe_tags(resource_id='ws-123456789')",
    "after the error": "%xmode Context\nlen((await ws.describe_workspaces()).workspaces)",
    "close": "await ws.aclose()",
    "too late": "await ws.describe_workspaces()",
}


@pytest.fixture(scope="module")
def aws() -> Iterator[Emulator]:
    """One emulator for the module, with a few WorkSpaces."""
    with Emulator() as emulator:
        emulator.add_workspaces(COUNT)
        yield emulator


@pytest.fixture(scope="module")
def environ(aws: Emulator) -> Mapping[str, str]:
    """Give what the environment of a notebook tells its client."""
    return {
        "AWS_REGION": aws.region,
        "AWS_ENDPOINT_URL_WORKSPACES": aws.endpoint_url,
        "AWS_CA_BUNDLE": aws.ca_file,
        "AWS_ACCESS_KEY_ID": aws.credentials.access_key_id,
        "AWS_SECRET_ACCESS_KEY": aws.credentials.secret_access_key,
    }


@pytest.fixture(scope="module", params=[True, False], ids=["kernel", "terminal"])
def notebook(
    request: pytest.FixtureRequest, environ: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Session:
    """Give the notebook after its last cell, run once for each way in which IPython runs its loop."""
    return run_notebook(CELLS, home=tmp_path_factory.mktemp("home"), environ=environ, loop_keeps_running=request.param)


@pytest.mark.parametrize(
    ("cell", "result"),
    [
        ("page", "2"),
        ("iterate", f"({COUNT}, {COUNT})"),
        ("together", repr([COUNT] * 8)),
        ("after the error", str(COUNT)),
    ],
)
def test_notebook_cells_share_one_client(notebook: Session, cell: str, result: str) -> None:
    """A client that one cell makes answers top-level await, async for and gather in later ones, errors between."""
    assert (notebook.cells[cell].result, notebook.cells[cell].error) == (result, None)


@pytest.mark.parametrize(
    ("cell", "result"),
    [("thread", f"[{COUNT}]"), ("after the thread", str(COUNT)), ("beside a thread", str(COUNT))],
)
def test_asyncio_run_in_a_thread_shares_the_client_of_the_cells(notebook: Session, cell: str, result: str) -> None:
    """A plain function's asyncio.run with the same client works between cells and during one, and later cells go on."""
    assert (notebook.cells[cell].result, notebook.cells[cell].error) == (result, None)


def test_asyncio_run_between_cells_of_terminal_ipython(environ: Mapping[str, str], tmp_path: Path) -> None:
    """If the loop stops between cells, a synchronous cell can call asyncio.run with the client of the async cells."""
    awaited = "len((await ws.describe_workspaces()).workspaces)"
    cells = {"make": MAKE, "define": DEFINE, "1": awaited, "2": "count()", "3": awaited, "close": "await ws.aclose()"}
    session = run_notebook(cells, home=tmp_path, environ=environ, loop_keeps_running=False)
    assert [session.cells[name].result for name in "123"] == [str(COUNT)] * 3
    assert (session.tasks, session.complaints) == ([], "")


def test_traceback_in_a_cell_is_readable(notebook: Session) -> None:
    """It starts at the cell's line, has only wsclient frames, no chained error, and ends with the service's message."""
    cell = notebook.cells["refused"]
    lines = cell.shown.splitlines()
    assert cell.error == "ResourceNotFoundException"
    assert "----> 1 tags = await ws.describe_tags(resource_id='ws-123456789')" in lines
    assert lines[-1].startswith("ResourceNotFoundException: ResourceNotFoundException in DescribeTags: ")
    assert "[HTTP 400, request id " in lines[-1]
    assert all("/wsclient/" in line for line in lines if line.startswith("File "))
    assert "another exception" not in cell.shown
    assert "direct cause" not in cell.shown


def test_verbose_traceback_shows_no_secret(aws: Emulator, notebook: Session) -> None:
    """Even in the mode that shows each frame's variables, no key, signature or body is among them."""
    shown = notebook.cells["refused, told in full"].shown
    # The mode shows variables of the cell, and on most Pythons of the method that it calls; frames below have none.
    assert "ws = <WorkSpacesClient" in shown
    assert "in track()" in shown
    assert "call = Call(" not in shown
    assert "failed resolving arguments" not in shown
    for secret in (aws.credentials.secret_access_key, aws.credentials.access_key_id, "Signature=", '{"ResourceId"'):
        assert secret not in shown


def test_closed_client_in_a_cell_raises(notebook: Session) -> None:
    """The last cell closes the client; a call in one after it is refused in words."""
    assert notebook.cells["close"].error is None
    assert notebook.cells["too late"].error == "ConfigurationError"
    assert "this client is closed; create a new client" in notebook.cells["too late"].shown


def test_notebook_leaves_no_task_or_warning(notebook: Session) -> None:
    """No task is left in the loop, and no warning was given of a socket, a loop or a coroutine."""
    assert (notebook.tasks, notebook.complaints) == ([], "")
