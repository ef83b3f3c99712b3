"""The package's page on an index: README, its links, and the release that the changelog describes."""

import re
from pathlib import Path

import pytest

from docs.generator.package_links import RepositoryLinks, with_absolute_links
from wsclient import __version__

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
LINK = re.compile(r"\]\(([^)]*)\)")


def test_readme_starts_with_installation_and_a_program() -> None:
    """The first block installs the package, the second is a program of about ten lines; the text is under 120 lines."""
    first, second = re.findall(r"^```\w+\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)[:2]
    assert first == "pip install wsclient\n"
    assert len([line for line in second.splitlines() if line]) <= 10
    assert len(README.splitlines()) < 120


def test_readme_links_lead_to_files() -> None:
    """Every relative link of README leads to a file of the repository."""
    relative = [link for link in LINK.findall(README) if not link.startswith("https:")]
    assert len(relative) > 10
    assert [link for link in relative if not (ROOT / link).is_file()] == []


def test_links_of_the_package_page_are_absolute(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the repository's URL, links and the image lead to the tag of the version; without it, no link is left."""
    hook = RepositoryLinks(str(ROOT), {})
    for url, is_linked in (("https://git.example/owner/wsclient/", True), ("", False)):
        monkeypatch.setenv("REPOSITORY_URL", url)
        metadata = {"version": "1.2.3"}
        hook.update(metadata)
        page: dict[str, str] = metadata["readme"]  # type: ignore[assignment]
        links = LINK.findall(page["text"])
        assert bool(links) is bool(metadata["urls"]) is is_linked
        assert all(link.startswith("https://git.example/owner/wsclient/") and "/v1.2.3/" in link for link in links)


def test_package_page_images_are_raw_files() -> None:
    """An image leads to its bytes, a file to its page; absolute links and links on the page are unchanged."""
    text = "![A](a.svg) [b](b/c.md#d) [AWS](https://aws.amazon.com/) [here](#here)"
    assert with_absolute_links(text, "https://git.example/o/r", "v1") == (
        "![A](https://git.example/o/r/raw/v1/a.svg) [b](https://git.example/o/r/blob/v1/b/c.md#d) "
        "[AWS](https://aws.amazon.com/) [here](#here)"
    )
    assert with_absolute_links(text, "", "v1") == "A b [AWS](https://aws.amazon.com/) [here](#here)"


def test_the_changelog_has_a_dated_section_of_the_version() -> None:
    """The newest dated section is that of the version in _version.py; one under development has none yet."""
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    dated = re.findall(r"^## \[([\d.]+)\] - \d{4}-\d{2}-\d{2}$", changelog, re.MULTILINE)
    assert (dated[:1] == [__version__]) is (".dev" not in __version__)
