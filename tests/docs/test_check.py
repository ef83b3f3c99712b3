"""Checks of a built site: each kind of fault is found, on a small site, and a sound site has none."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import pytest

from docs.generator import check
from docs.generator.public_names import public_names

if TYPE_CHECKING:
    from pathlib import Path

FRONT = '<a href="a/">A</a> <a href="b.html#here">B</a> <a href="https://aws.amazon.com/">AWS</a>'
PAGES = {
    "index.html": FRONT,
    "a/index.html": '<a href="../index.html">up</a> <a href="#">top</a> <img src="../assets/a.png">',
    "b.html": '<h2 id="here">Here</h2> <a href="a/index.html">A</a> <link rel="stylesheet" href="assets/a.css">',
    "404.html": '<a href="/">front page</a> <img src="/assets/a.png">',
    "assets/a.png": "",
    "assets/a.css": "body { background: url(a.png) }",
}


def _problems(site: Path, changed: dict[str, str], names: tuple[str, ...] = ("x.y",)) -> list[str]:
    for name, text in {**PAGES, **changed}.items():
        path = site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (site / "objects.inv").write_bytes(b"#\n#\n#\n#\n" + zlib.compress(b"x.y py:class 1 b.html#$ -"))
    return check.problems(site, names)


def test_site_without_faults_passes(tmp_path: Path) -> None:
    """Links to pages, directories, anchors and other sites are in order."""
    assert _problems(tmp_path, {}) == []


@pytest.mark.parametrize(
    ("page", "problem"),
    [
        ('<a href="c.html">C</a>', "index.html: dead link c.html"),
        ('<a href="a/../../b.html">C</a>', "index.html: dead link a/../../b.html"),
        ('<a href="b.html#there">B</a>', "index.html: no anchor for b.html#there"),
        ('<a href="#there">B</a>', "index.html: no anchor for #there"),
        ('<a href="mailto:p@x.test">p@x.test</a>', "index.html: unexpected link mailto:p@x.test"),
        ('<img src="assets/b.png">', "index.html: no file for assets/b.png"),
        ('<img alt="" src=http://t.example/p.gif>', "index.html: loads http://t.example/p.gif from another host"),
        ('<script src="//cdn.example/x.js"></script>', "index.html: loads //cdn.example/x.js from another host"),
        (
            '<link href="https://fonts.example/a.css" rel="stylesheet">',
            "index.html: loads https://fonts.example/a.css from another host",
        ),
    ],
)
def test_page_faults_are_reported(page: str, problem: str, tmp_path: Path) -> None:
    """Each fault is reported with its page and address, and is the only one."""
    assert _problems(tmp_path, {"index.html": FRONT + page}) == [problem]


def test_orphan_pages_are_reported(tmp_path: Path) -> None:
    """A page that only links to itself is an orphan."""
    assert _problems(tmp_path, {"c.html": '<a href="c.html#x" id="x">C</a>'}) == ["c.html: no page links to it"]


def test_external_style_resources_are_reported(tmp_path: Path) -> None:
    """A style sheet that loads a font from another host is reported."""
    styles = "@import url('https://fonts.example/a.css');"
    assert _problems(tmp_path, {"assets/a.css": styles}) == [
        "assets/a.css: loads https://fonts.example/a.css from another host"
    ]


def test_public_names_missing_from_the_reference_are_reported(tmp_path: Path) -> None:
    """Compared with an inventory of one name, every other public name is reported, each operation among them."""
    found = {problem.rpartition(" ")[2] for problem in _problems(tmp_path, {}, tuple(public_names()))}
    assert {"wsclient.Pace", "wsclient.types.Workspace", "wsclient.errors.TLSError"} <= found
    assert {"wsclient.WorkSpacesClient.create_workspaces", "wsclient.StsClient.assume_role"} <= found
    (tmp_path / "objects.inv").unlink()
    assert check.problems(tmp_path, ()) == ["objects.inv: missing"]
