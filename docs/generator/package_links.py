"""Build hook of hatchling: addresses of the repository in the package's metadata.

REPOSITORY_URL, which the release workflow sets to the repository that it runs in, fills project.urls and makes README's
relative links absolute, at the tag of the version. Without it there are no URLs, and such links become plain text: on a
package index a relative link would be dead.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hatchling.metadata.plugin.interface import MetadataHookInterface

if TYPE_CHECKING:
    from typing import Any

RELATIVE_LINK: Final = re.compile(r"(!?)\[([^\]]*)\]\((?![a-z]+:|#)([^)\s]+)\)")
PAGES: Final = {
    "Source": "",
    "Issues": "/issues",
    "Changelog": "/blob/{tag}/CHANGELOG.md",
    "Documentation": "/tree/{tag}/docs",
}
"""Names and paths of project.urls."""


class RepositoryLinks(MetadataHookInterface):
    """Metadata hook that pyproject.toml enables."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set README's text and project.urls."""
        url = os.environ.get("REPOSITORY_URL", "").rstrip("/")
        tag = f"v{metadata['version']}"
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": with_absolute_links(text, url, tag)}
        metadata["urls"] = {name: url + path.format(tag=tag) for name, path in PAGES.items()} if url else {}


def with_absolute_links(text: str, url: str, tag: str) -> str:
    """Return Markdown with its relative links leading to the repository at a tag, or as text if url is empty."""

    def absolute(found: re.Match[str]) -> str:
        picture, label, path = found.groups()
        if not url:
            return label
        return f"{picture}[{label}]({url}/{'raw' if picture else 'blob'}/{tag}/{path})"

    return RELATIVE_LINK.sub(absolute, text)
