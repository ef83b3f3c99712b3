"""Runs examples/notebook.ipynb in a real kernel, and compares its outputs with the committed outputs.

python -m tests.support.notebook_run   run it again and write its outputs

Outputs that differ only in values that differ in every run (request ids, tokens, durations) are kept, so that another
run changes only the outputs that have changed.
"""

from __future__ import annotations

import asyncio
import io
import re
import shutil
import tempfile
from base64 import b64decode
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import nbformat
import numpy as np
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from matplotlib.image import imread
from nbclient import NotebookClient

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROOT: Final = Path(__file__).parents[2]
NOTEBOOK: Final = ROOT / "examples" / "notebook.ipynb"
COMPANY: Final = ROOT / "examples" / "company.py"
METADATA: Final = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
"""All that the notebook says of where it ran."""
LONGEST_SECONDS: Final = 60
DIFFERS: Final = (
    (re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "REQUEST-ID"),
    (re.compile(r"\b\d+\.\d+ s\b"), "SECONDS"),
    (re.compile(r"next_token='[^']*'"), "NEXT-TOKEN"),
    (re.compile(r"127\.0\.0\.1:\d+"), "LOOPBACK"),
)
"""What differs from run to run, and what stands for it in a comparison."""
GRID: Final = 16
CLOSE_ENOUGH: Final = 0.15
"""By how much a part of a picture may differ in its mean colour, when each side is cut into GRID parts."""


def committed() -> nbformat.NotebookNode:
    """Return the committed notebook."""
    return cast("nbformat.NotebookNode", nbformat.read(NOTEBOOK, as_version=4))  # type: ignore[no-untyped-call]


def text_of(notebook: nbformat.NotebookNode) -> str:
    """Return the text of a notebook's file."""
    return f"{nbformat.writes(notebook)}\n"  # type: ignore[no-untyped-call]


def run(notebook: nbformat.NotebookNode, folder: Path) -> tuple[nbformat.NotebookNode, AsyncKernelManager]:
    """Run a copy of a notebook in a folder of its own; return it with its outputs, and the manager of its kernel.

    The kernel is of the interpreter that runs this, whatever kernels are installed.
    """
    copy = deepcopy(notebook)
    shutil.copy(COMPANY, folder)
    client = NotebookClient(
        copy, timeout=LONGEST_SECONDS, record_timing=False, resources={"metadata": {"path": str(folder)}}
    )
    # The path of a socket is short; a folder of pytest's may not be.
    with tempfile.TemporaryDirectory() as sockets:
        client.km = kernels = AsyncKernelManager(
            kernel_name="python3",
            kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),
            connection_file=str(folder / "kernel.json"),
            transport="ipc",
            ip=f"{sockets}/kernel",
        )
        asyncio.run(client.async_execute(env=_environ(folder)))
    return copy, kernels


def _environ(folder: Path) -> Mapping[str, str]:
    """Return a kernel's environment, without settings of this machine's user."""
    return {
        "HOME": str(folder),
        "IPYTHONDIR": str(folder / "ipython"),
        "MPLCONFIGDIR": str(folder / "matplotlib"),
        "PATH": "",
        "PYTHONPATH": str(ROOT),
        # The kernel warns of itself when it ends, and from Python 3.12 on when it begins.
        "PYTHONWARNINGS": "error,ignore::PendingDeprecationWarning:ipykernel.kernelbase,"
        "ignore:There is no current event loop:DeprecationWarning",
    }


def differences(ran: nbformat.NotebookNode, expected: nbformat.NotebookNode) -> Iterator[str]:
    """Yield a description of each cell whose outputs differ from the expected outputs."""
    for cell, other in zip(ran.cells, expected.cells, strict=True):
        if cell.cell_type == "code" and not _are_alike(cell.outputs, other.outputs):
            yield f"cell {cell.id} shows {_seen(cell.outputs)!r}, not {_seen(other.outputs)!r}"


def _are_alike(ours: Sequence[nbformat.NotebookNode], reference: Sequence[nbformat.NotebookNode]) -> bool:
    return _seen(ours) == _seen(reference) and all(map(_look_alike, _pictures(ours), _pictures(reference)))


def _are_the_same(ours: Sequence[nbformat.NotebookNode], reference: Sequence[nbformat.NotebookNode]) -> bool:
    return _seen(ours) == _seen(reference) and _pictures(ours) == _pictures(reference)


def _seen(outputs: Sequence[nbformat.NotebookNode]) -> list[tuple[str, str, str]]:
    """Return each output's kind, and its texts by type; of a picture only that it exists."""
    seen = list[tuple[str, str, str]]()
    for output in outputs:
        if output.output_type == "stream":
            seen.append(("stream", output.name, _masked(output.text)))
        elif output.output_type == "error":
            seen.append(("error", output.ename, _masked(output.evalue)))
        else:
            for kind, content in sorted(output.data.items()):
                is_picture = kind == "image/png" or "<Figure size" in content
                seen.append((output.output_type, kind, "" if is_picture else _masked(content)))
    return seen


def _masked(text: str) -> str:
    for pattern, stand_in in DIFFERS:
        text = pattern.sub(stand_in, text)
    return text


def _pictures(outputs: Sequence[nbformat.NotebookNode]) -> list[str]:
    return [output.data["image/png"] for output in outputs if "image/png" in output.get("data", {})]


def _look_alike(first: str, other: str) -> bool:
    """Return whether two pictures look alike at low resolution: font versions move letters, not bars."""
    return first == other or bool(np.abs(_from_afar(first) - _from_afar(other)).max() < CLOSE_ENOUGH)


def _from_afar(picture: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return the mean colours of a coarse grid over a picture, 0 to 1."""
    pixels = np.asarray(imread(io.BytesIO(b64decode(picture)), format="png"), dtype=np.float64)[:, :, :3]
    bands = np.array_split(pixels, GRID)
    return np.array([[part.mean(axis=(0, 1)) for part in np.array_split(band, GRID, axis=1)] for band in bands])


def kept(ran: nbformat.NotebookNode, before: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return the executed notebook with minimal metadata, and with the earlier outputs where they are equal."""
    old = {cell.id: cell for cell in before.cells}
    for cell in ran.cells:
        cell.metadata.clear()
        if cell.cell_type == "code" and _are_the_same(cell.outputs, old[cell.id].outputs):
            cell.outputs = deepcopy(old[cell.id].outputs)
    ran.metadata.clear()
    ran.metadata.update(METADATA)
    return ran


def main() -> None:
    """Run the notebook and write it."""
    before = committed()
    with tempfile.TemporaryDirectory() as folder:
        ran, _ = run(before, Path(folder))
    NOTEBOOK.write_text(text_of(kept(ran, before)), encoding="utf-8")


if __name__ == "__main__":
    main()
