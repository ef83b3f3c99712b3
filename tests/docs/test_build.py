"""The build of the documentation runs its builder strictly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docs.build import run_builder

if TYPE_CHECKING:
    from pathlib import Path

CONFIGURATION = "site_name: A\nplugins: []\nvalidation: {links: {not_found: warn}}\n"


@pytest.mark.parametrize(("link", "is_dead"), [("index.md", False), ("removed.md", True)])
def test_documentation_warning_fails_the_build(
    link: str, *, is_dead: bool, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A page with a dead link ends the build with an error, and the warning is printed; a sound page does neither."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text(f"# A\n\n[a]({link})\n")
    (tmp_path / "mkdocs.yml").write_text(CONFIGURATION)
    assert bool(run_builder(tmp_path / "mkdocs.yml", tmp_path / "site")) is is_dead
    assert (link in capfd.readouterr().err) is is_dead
