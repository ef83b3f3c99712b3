"""Pages of the documentation site: written, borrowed from the repository, and generated."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import griffe
import pytest

from docs.generator import audit_checks, borrowed, layout, notebooks, reference
from docs.generator.docstrings import ReadableDocstrings, described
from tests.support.doc_blocks import ROOT
from wsclient._core.model.structures import Limits
from wsclient._generated.sts.service import SERVICE as STS
from wsclient._generated.workspaces.service import SERVICE as WORKSPACES
from wsclient.audit import CHECKS

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
def test_links_of_included_texts_lead_to_pages(text: str, moved: str) -> None:
    """A link to another borrowed text becomes a link to its page; external links and anchors are unchanged."""
    assert borrowed.with_links(text, "examples/a.md", HOMES) == moved


def test_included_text_with_a_link_off_the_site_fails_the_build() -> None:
    """A borrowed text with a link outside the documentation fails the build with an error that names both."""
    with pytest.raises(ValueError, match=re.escape("examples/a.md links to ../wsclient/tls/_policy.py")):
        borrowed.with_links("[it](../wsclient/tls/_policy.py)", "examples/a.md", HOMES)


def test_every_example_is_on_the_site() -> None:
    """Each text and program of examples/ has a page; a program's shows all of it."""
    pages = borrowed.pages(ROOT)
    sources = {path.name for pattern in ("*.md", "*.py", "*.ipynb") for path in (ROOT / "examples").glob(pattern)}
    assert len(pages) == len(sources) + 1
    assert (ROOT / "examples" / "quickstart.py").read_text() in pages["examples/quickstart-program.md"]


def test_program_page_shows_commands_as_blocks(tmp_path: Path) -> None:
    """Of a program's docstring, commands are a block to copy, whole lines of it, and everything else is text."""
    found = "What.\n\n    pip install x\n    python a.py \\\n        --more\n\nWords.\n"
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples" / "a.py").write_text(f'r"""{found}"""\n')
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n")
    page = borrowed.pages(tmp_path)["examples/a-program.md"]
    shown = "What.\n\n```sh\npip install x\npython a.py \\\n    --more\n```\n\nWords.\n"
    assert f"# a.py\n\n{shown}" in page


def test_notebook_page_shows_cell_outputs() -> None:
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


def test_every_check_of_an_audit_is_listed_once() -> None:
    """Each check has a row of the page, with its id, why it matters and its remedy, and no cell breaks its row."""
    (page,) = audit_checks.pages().values()
    rows = [line for line in page.splitlines() if line.startswith("| ") and "`" in line]
    assert len(rows) == len(CHECKS)
    for check, row in zip(CHECKS, rows, strict=True):
        assert len(re.findall(r"(?<!\\)\|", row)) == 4
        assert all(text in row for text in (f"`{check.id}`", check.why, check.remedy))


def _rewritten(docstring: str) -> str:
    module = griffe.Module("m", docstring=griffe.Docstring(docstring))
    ReadableDocstrings().on_module(mod=module)
    assert module.docstring is not None
    return module.docstring.value


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("    async with a as b:\n\n        await b", "```python\nasync with a as b:\n\n    await b\n```"),
        ("    python -m wsclient doctor", "```sh\npython -m wsclient doctor\n```"),
        ("    name    what it is", '<pre class="columns">name    what it is</pre>'),
        (
            "    a\n    ├ TLSError < b",
            '<pre class="columns">a\n├ <a href="#wsclient.errors.TLSError">TLSError</a> &lt; b</pre>',
        ),
    ],
)
def test_code_blocks_of_docstrings_are_highlighted(code: str, shown: str) -> None:
    """Indented blocks are Python, commands, or text that keeps its columns; a tree of errors links to each of them."""
    assert _rewritten(f"What.\n\n{code}\n\nMore.\n\n{code}") == f"What.\n\n{shown}\n\nMore.\n\n{shown}\n"


def test_args_and_raises_sections_are_no_code() -> None:
    """The indented lines of Args and Raises are no code."""
    text = "What.\n\nArgs:\n    region: name.\n        More of it.\n\nMore."
    assert _rewritten(text) == text


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
def test_member_limits_are_worded_with_units(kind: type, limits: Limits, words: str) -> None:
    """A member's limits read as a person would say them, with their unit."""
    assert described(kind, limits) == words


def test_svg_drawings_are_inlined(tmp_path: Path) -> None:
    """An SVG that is a paragraph becomes HTML with its alternative text; other pictures stay pictures."""
    (tmp_path / "a.svg").write_text('<svg viewBox="0 0 1 1">\n\n<path/>\n</svg>\n')
    page = layout.with_drawings('Text.\n\n![A "call"](../assets/a.svg)\n\n![B](b.png)\n', tmp_path)
    assert '<div class="drawing" role="img" aria-label="A &quot;call&quot;">\n<svg viewBox="0 0 1 1">\n<path/>' in page
    assert "![B](b.png)" in page


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lay the site out once, where a page of an earlier layout is."""
    target = tmp_path_factory.mktemp("build")
    (target / "pages").mkdir()
    (target / "pages" / "removed.md").write_text("# Removed\n")
    layout.lay_out(ROOT, target)
    return target


def _pages(laid_out: Path) -> set[str]:
    return {path.relative_to(laid_out / "pages").as_posix() for path in laid_out.rglob("*.md")}


def test_generated_pages_replace_earlier_ones(laid_out: Path) -> None:
    """Written, borrowed and generated pages are files, and a page that was removed is gone."""
    pages = _pages(laid_out)
    assert {"index.md", "changelog.md", "examples/routing.md", "reference/workspaces/tags.md"} <= pages
    assert "removed.md" not in pages
    assert "<svg" in (laid_out / "pages" / "explanation" / "architecture.md").read_text()


def test_every_page_is_in_the_navigation(laid_out: Path) -> None:
    """The navigation in mkdocs.yml lists every page that is laid out, and no other."""
    navigation = (laid_out / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:\n")[2]
    listed = re.findall(r"([\w./-]+\.md)$", navigation.partition("\n\n")[0], re.MULTILINE)
    assert sorted(listed) == sorted(_pages(laid_out))
