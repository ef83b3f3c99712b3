"""What the documentation's build makes of the repository: pages, links, and the promise that nothing is left out."""

from __future__ import annotations

import json
import logging
import re
import zlib
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from docs.hooks import borrowed, notebooks, reference, site
from docs.hooks.docstrings import described
from tests.support.doc_blocks import ROOT
from wsclient._core.model.structures import Limits
from wsclient._generated.sts.operations import SERVICE as STS
from wsclient._generated.workspaces.operations import SERVICE as WORKSPACES

if TYPE_CHECKING:
    from pathlib import Path

HOMES = {"examples/a.md": "examples/a.md", "examples/a.py": "examples/a-program.md", "CHANGELOG.md": "changelog.md"}


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("see [it](a.py)", "see [it](a-program.md)"),
        ("see [it](../CHANGELOG.md#new)", "see [it](../changelog.md#new)"),
        ("see [it](https://docs.aws.amazon.com/a.py)", "see [it](https://docs.aws.amazon.com/a.py)"),
        ("see [it](#here)", "see [it](#here)"),
    ],
)
def test_links_of_borrowed_texts_lead_from_page_to_page(text: str, moved: str) -> None:
    """What leads to another borrowed text leads to its page; links to other sites and on the page stay."""
    assert borrowed.with_links(text, "examples/a.md", HOMES) == moved


def test_a_link_that_leads_off_the_site_is_refused() -> None:
    """A borrowed text that links to what is no page ends the build, and is named."""
    with pytest.raises(ValueError, match=re.escape("examples/a.md links to ../wsclient/tls/_policy.py")):
        borrowed.with_links("[it](../wsclient/tls/_policy.py)", "examples/a.md", HOMES)


def test_every_example_is_on_the_site() -> None:
    """Each text and program of examples/ has a page; a program's shows all of it."""
    pages = borrowed.pages(ROOT)
    sources = {path.name for pattern in ("*.md", "*.py", "*.ipynb") for path in (ROOT / "examples").glob(pattern)}
    assert len(pages) == len(sources) + 1
    assert (ROOT / "examples" / "quickstart.py").read_text() in pages["examples/quickstart-program.md"]


def test_a_program_s_page_tells_commands_from_words(tmp_path: Path) -> None:
    """Of a program's docstring, commands are a block to copy, whole lines of it, and everything else is text."""
    told = "What.\n\n    pip install x\n    python a.py \\\n        --more\n\nWords.\n"
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples" / "a.py").write_text(f'r"""{told}"""\n')
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n")
    page = borrowed.pages(tmp_path)["examples/a-program.md"]
    shown = "What.\n\n```sh\npip install x\npython a.py \\\n    --more\n```\n\nWords.\n"
    assert f"# a.py\n\n{shown}" in page


def test_a_notebook_shows_what_its_cells_had_shown() -> None:
    """Texts stay, cells are code, and of each output the richest form is shown, without a break in its HTML."""
    html = {"text/html": ["<table>\n", "\n", "</table>"], "text/plain": "plain"}
    cells = [
        {"cell_type": "markdown", "source": ["# Title"]},
        {"cell_type": "code", "source": "1 + 1", "outputs": [{"data": {"text/plain": ["2"]}}, {"text": "said\n"}]},
        {"cell_type": "code", "source": "x", "outputs": [{"data": html}, {"data": {"image/png": "iVBO\n"}}]},
    ]
    page = notebooks.page(json.dumps({"cells": cells}))
    assert page.startswith("# Title\n\n````python\n1 + 1\n````\n\n````text\n2\n````\n\n````text\nsaid\n````")
    assert "<table>\n</table>" in page
    assert "plain" not in page
    assert 'src="data:image/png;base64,iVBO"' in page


def test_every_operation_has_an_entry() -> None:
    """Each operation of both services is on exactly one page, with what it answers."""
    text = "\n".join(reference.pages().values())
    entries = re.findall(r"^::: wsclient\.(?:WorkSpacesClient|StsClient)\.(?!wait_)\w+$", text, re.MULTILINE)
    assert len(set(entries)) == len(entries) == len(WORKSPACES.operations) + len(STS.operations)


@pytest.mark.parametrize(
    ("kind", "limits", "words"),
    [
        (str, Limits(1, 2048), "1 to 2,048 characters"),
        (str, Limits(None, 255), "at most 255 characters"),
        (int, Limits(0), "at least 0"),
        (bytes, Limits(1, 10), "1 to 10 bytes"),
        (str, Limits(pattern="^a|b$"), "pattern `^a|b$`"),
    ],
)
def test_limits_are_said_in_words(kind: type, limits: Limits, words: str) -> None:
    """A member's limits read as a person would say them, with their unit."""
    assert described(kind, limits) == words


@pytest.mark.parametrize(
    ("html", "is_foreign"),
    [
        ('<script src="https://cdn.example/x.js"></script>', True),
        ('<link rel="stylesheet" href="//fonts.example/a.css">', True),
        ('<img alt="" src=http://tracker.example/p.gif>', True),
        ('<a href="https://docs.aws.amazon.com/">AWS</a><script src="../assets/x.js"></script>', False),
        ('<link rel="stylesheet" href="assets/site.css">', False),
    ],
)
def test_what_other_hosts_are_asked_for_is_a_warning(
    html: str, *, is_foreign: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """Scripts, styles and pictures of other hosts are told, which ends a strict build; links to them are links."""
    page: Any = SimpleNamespace(file=SimpleNamespace(src_uri="index.md"))
    with caplog.at_level(logging.WARNING):
        site.on_post_page(html, page, cast("Any", None))
    assert bool(caplog.records) is is_foreign


def test_names_that_the_reference_leaves_out_are_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Held against an inventory of nothing, every public name is missed, each operation among them."""
    (tmp_path / "objects.inv").write_bytes(b"#\n#\n#\n#\n" + zlib.compress(b""))
    with caplog.at_level(logging.WARNING):
        site.on_post_build(cast("Any", SimpleNamespace(site_dir=tmp_path)))
    missed = {record.getMessage().rpartition(" ")[2] for record in caplog.records}
    assert {"wsclient.Pace", "wsclient.types.Workspace", "wsclient.errors.TLSError"} <= missed
    assert {"wsclient.WorkSpacesClient.create_workspaces", "wsclient.StsClient.assume_role"} <= missed
