"""The committed notebook: a real kernel runs it against the emulator, and it shows what it shows there."""

from __future__ import annotations

import asyncio
from copy import deepcopy
from typing import TYPE_CHECKING

import pytest

from tests.support import notebook_run

if TYPE_CHECKING:
    import nbformat
    from jupyter_client.manager import AsyncKernelManager

MOST_BYTES = 300_000


@pytest.fixture(scope="module")
def committed() -> nbformat.NotebookNode:
    """Return the committed notebook."""
    return notebook_run.committed()


@pytest.fixture(scope="module")
def ran(
    committed: nbformat.NotebookNode, tmp_path_factory: pytest.TempPathFactory
) -> tuple[nbformat.NotebookNode, AsyncKernelManager]:
    """Give the notebook after a run, and the manager of the kernel that ran it."""
    return notebook_run.run(committed, tmp_path_factory.mktemp("notebook"))


def _outputs(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


def test_notebook_cells_run_without_warnings(ran: tuple[nbformat.NotebookNode, AsyncKernelManager]) -> None:
    """No cell fails, and with warnings as errors nothing is written to stderr."""
    notebook, _ = ran
    outputs = _outputs(notebook)
    assert all(cell.execution_count for cell in notebook.cells if cell.cell_type == "code")
    assert [output for output in outputs if output.output_type == "error"] == []
    assert [output.text for output in outputs if output.get("name") == "stderr"] == []


def test_committed_notebook_outputs_match_a_run(
    ran: tuple[nbformat.NotebookNode, AsyncKernelManager], committed: nbformat.NotebookNode
) -> None:
    """The committed outputs equal those of a run; python -m tests.support.notebook_run regenerates them."""
    assert list(notebook_run.differences(ran[0], committed)) == []


def test_notebook_run_is_reproducible(
    ran: tuple[nbformat.NotebookNode, AsyncKernelManager], committed: nbformat.NotebookNode
) -> None:
    """Written again, the file is the same, but for pictures that another matplotlib draws: diffs show changes alone."""
    again, before = notebook_run.kept(deepcopy(ran[0]), committed), deepcopy(committed)
    for output in (*_outputs(again), *_outputs(before)):
        output.get("data", {}).pop("image/png", None)
    assert notebook_run.text_of(again) == notebook_run.text_of(before)
    assert notebook_run.text_of(committed) == notebook_run.NOTEBOOK.read_text(encoding="utf-8")


def test_changed_notebook_output_is_detected(committed: nbformat.NotebookNode) -> None:
    """A changed text, a different image and a missing output are differences; a different request id isn't."""
    other = deepcopy(committed)
    changed = {cell.id: cell for cell in other.cells}
    changed["service-error"].outputs[0].text = changed["service-error"].outputs[0].text.replace("HTTP 400", "HTTP 404")
    changed["states"].outputs[0].data["image/png"] = changed["modes"].outputs[0].data["image/png"]
    changed["run"].outputs.pop()
    changed["page"].outputs[0].data["text/html"] = notebook_run.DIFFERS[0][0].sub(
        "00000000-0000-4000-a000-000000000000", changed["page"].outputs[0].data["text/html"]
    )
    found = list(notebook_run.differences(other, committed))
    assert [words.split()[1] for words in found] == ["service-error", "states", "run"]


def test_saved_notebook_needs_no_kernel(committed: nbformat.NotebookNode) -> None:
    """No output is a widget, each has plain text in addition to HTML, and the file is small with minimal metadata."""
    for output in _outputs(committed):
        kinds = set(output.get("data", {"text/plain": ""}))
        assert "text/plain" in kinds
        assert kinds <= {"text/plain", "text/html", "image/png"}
    assert committed.metadata == notebook_run.METADATA
    assert all(cell.metadata == {} for cell in committed.cells)
    assert notebook_run.NOTEBOOK.stat().st_size < MOST_BYTES


def test_progress_bar_is_saved_as_a_line(committed: nbformat.NotebookNode) -> None:
    """The saved notebook has a text line with the final count in place of each progress bar."""
    lines = [
        output.data["text/plain"]
        for output in _outputs(committed)
        if output.output_type == "display_data" and set(output.data) == {"text/plain"}
    ]
    assert "inventory: 340" in lines
    assert "stop: 20 of 20, 1 failed" in lines


def test_notebook_kernel_is_stopped(ran: tuple[nbformat.NotebookNode, AsyncKernelManager]) -> None:
    """Nothing runs on after the last cell."""
    _, kernels = ran

    async def is_alive() -> bool:
        return bool(await kernels.is_alive())

    assert not asyncio.run(is_alive())
