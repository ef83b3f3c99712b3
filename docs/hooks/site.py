"""The hook of mkdocs: brings in the pages that are made of something else, and holds the site to its promises.

Nothing is loaded from another host, and every public name of the package has its place in the reference; what is amiss
is a warning, which ends a strict build.
"""

from __future__ import annotations

import re
import sys
import zlib
from html import escape
from importlib import import_module
from logging import getLogger
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mkdocs.structure.files import File

ROOT: Final = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT)]

from docs.hooks import borrowed, reference  # noqa: E402 - the checkout is found first
from wsclient import StsClient, WorkSpacesClient  # noqa: E402 - as above
from wsclient._client import Client  # noqa: E402 - as above

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

PUBLIC_MODULES: Final = (
    "wsclient",
    "wsclient.config",
    "wsclient.credentials",
    "wsclient.endpoints",
    "wsclient.errors",
    "wsclient.pacing",
    "wsclient.policy",
    "wsclient.retries",
    "wsclient.signing",
    "wsclient.testing",
    "wsclient.tls",
    "wsclient.types",
    "wsclient.waiters",
)
WITHOUT_A_PLACE: Final = frozenset({"__version__", "credentials", "errors", "sts", "types", "waiters"})
"""Public names that are modules, or say nothing beyond themselves."""
PICTURE: Final = re.compile(r'<img alt="([^"]*)" src="([^"]*/)?(\w+\.svg)"\s*/?>')
LOADED: Final = re.compile(
    r"""<(?:script|img|iframe|source)\b[^>]*\ssrc=["']?(?:https?:)?//|<link\b[^>]*rel=["']?(?:stylesheet|preconnect|icon)[^>]*href=["']?(?:https?:)?//"""
)
INVENTORY_HEAD_LINES: Final = 4

log = getLogger("mkdocs.hooks.site")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated reference, the examples and the changelog."""
    for path, content in {**reference.pages(), **borrowed.pages(ROOT)}.items():
        files.append(File.generated(config, path, content=content))
    return files


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001 - mkdocs's own
    """Put drawings into the page itself, where they take on the page's colours."""
    return PICTURE.sub(lambda found: _drawn(found, Path(config.docs_dir)), html)


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:  # noqa: ARG001 - mkdocs's own
    """Warn of whatever a reader's browser would ask another host for."""
    for found in LOADED.finditer(output):
        log.warning("%s loads something from another host: %s", page.file.src_uri, found.group())
    return output


def on_post_build(config: MkDocsConfig) -> None:
    """Warn of public names that the reference leaves out."""
    told = _inventory(Path(config.site_dir) / "objects.inv")
    for name in _public_names():
        if name not in told:
            log.warning("the reference leaves out %s", name)


def _drawn(found: re.Match[str], pages: Path) -> str:
    alt, _, name = found.groups()
    drawing = pages / "assets" / name
    if not drawing.is_file():
        return found.group()
    return f'<span class="drawing" role="img" aria-label="{escape(alt)}">{drawing.read_text(encoding="utf-8")}</span>'


def _inventory(path: Path) -> frozenset[str]:
    """Return the names in a Sphinx inventory: four lines of head, the rest compressed."""
    body = path.read_bytes().split(b"\n", INVENTORY_HEAD_LINES)[-1]
    return frozenset(line.split(" ", 1)[0] for line in zlib.decompress(body).decode().splitlines())


def _public_names() -> Iterator[str]:
    for module in PUBLIC_MODULES:
        exported: list[str] = getattr(import_module(module), "__all__", [])
        yield from (f"{module}.{name}" for name in exported if name not in WITHOUT_A_PLACE)
    # What every client has is shown with one of them.
    for client, shown_elsewhere in ((WorkSpacesClient, ()), (StsClient, dir(Client))):
        names = set(dir(client)).difference(shown_elsewhere)
        yield from (f"wsclient.{client.__name__}.{name}" for name in sorted(names) if not name.startswith("_"))
