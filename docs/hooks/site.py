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
from inspect import ismodule
from logging import getLogger
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from mkdocs.structure.files import File

ROOT: Final = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT)]

from docs.hooks import borrowed, reference  # noqa: E402 - the checkout is found first
from wsclient import StsClient, WorkSpacesClient  # noqa: E402 - as above
from wsclient._client.base_client import BaseClient  # noqa: E402 - as above

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

PLACED_MODULES: Final = tuple(
    f"wsclient.{name}"
    for name in ("config", "credentials", "errors", "pacing", "retries", "testing", "types", "waiters")
)
TABLES: Final = ("examples/routing.md", "examples/tls.md", "examples/emulator.md")
"""Borrowed pages that are reference."""
PICTURE: Final = re.compile(r'<img alt="([^"]*)" src="([^"]*/)?(\w+\.svg)"\s*/?>')
LOADED: Final = re.compile(
    r"""<(?:script|img|iframe|source)\b[^>]*\ssrc=["']?(?:https?:)?//|<link\b[^>]*rel=["']?(?:stylesheet|preconnect|icon)[^>]*href=["']?(?:https?:)?//"""
)
INVENTORY_HEAD_LINES: Final = 4

log = getLogger("mkdocs.hooks.site")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Lead to the pages that come by themselves: examples from the recipes, modules from the reference."""
    sections: dict[str, list[object]] = {}
    for entry in cast("list[dict[str, list[object]]]", config["nav"]):
        sections |= entry
    examples = [path for path in sorted(borrowed.pages(ROOT)) if path.startswith("examples/") and path not in TABLES]
    programs = [{_program_name(path): path} for path in examples if path.endswith(borrowed.OF_PROGRAM)]
    texts = [path for path in examples if not path.endswith(borrowed.OF_PROGRAM)]
    sections["How-to"] += [{"Examples to run": programs}, {"Examples to read": texts}]
    sections["Reference"][-1:-1] = [{title: path} for title, _, path in reference.modules()]
    return config


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


def _program_name(path: str) -> str:
    stem = path.removeprefix("examples/").removesuffix(borrowed.OF_PROGRAM)
    return next(found.name for found in (ROOT / "examples").glob(f"{stem}.*") if found.suffix != ".md")


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
    for module in ("wsclient", *PLACED_MODULES, *(name for _, name, _ in reference.modules())):
        yield from (f"{module}.{name}" for name in exported(import_module(module)))
    # What every client has is shown with one of them.
    for client, shown_elsewhere in ((WorkSpacesClient, ()), (StsClient, dir(BaseClient))):
        names = set(dir(client)).difference(shown_elsewhere)
        yield from (f"wsclient.{client.__name__}.{name}" for name in sorted(names) if not name.startswith("_"))


def exported(module: ModuleType) -> list[str]:
    """Return a module's public names, modules left out: what it lists, else what it defines."""
    own = [name for name, value in vars(module).items() if getattr(value, "__module__", None) == module.__name__]
    names: list[str] = getattr(module, "__all__", own)
    return [name for name in names if not name.startswith("_") and not ismodule(getattr(module, name))]
