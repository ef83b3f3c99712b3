"""Checks of a built site, whichever builder made it.

Reported: dead links, anchors and images, addresses that only look like links, resources loaded from another host, pages
that no page links to, and public names of wsclient that objects.inv lacks.
"""

from __future__ import annotations

import re
import sys
import zlib
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from docs.generator.public_names import public_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

FRONT_PAGE: Final = "index.html"
UNLINKED: Final = frozenset({FRONT_PAGE, "404.html"})
"""Pages that need no link: the entry, and what a server shows for a missing page."""
LINK_SCHEMES: Final = frozenset({"http", "https", "data"})
SOURCES: Final = {"script": "src", "img": "src", "iframe": "src", "source": "src", "embed": "src", "object": "data"}
"""Elements that a browser loads, with the attribute that says from where."""
LOADING_RELATIONS: Final = frozenset({"stylesheet", "preconnect", "dns-prefetch", "preload", "icon", "manifest"})
"""Relations of a link element that make a browser connect."""
FOREIGN_STYLE: Final = re.compile(r"""(?:url\(|@import)\s*["']?((?:https?:)?//[^"')\s]+)""")
INVENTORY_HEAD_LINES: Final = 4


@dataclass
class Page(HTMLParser):
    """Links, anchors and resources of an HTML page."""

    path: str
    anchors: set[str] = field(default_factory=set[str])
    links: list[str] = field(default_factory=list[str])
    resources: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Record what an element defines, links to or loads."""
        values = {name: value or "" for name, value in attrs}
        self.anchors.update(values[name] for name in ("id", "name") if name in values)
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if SOURCES.get(tag, "") in values:
            self.resources.append(values[SOURCES[tag]])
        if tag == "link" and LOADING_RELATIONS.intersection(values.get("rel", "").split()):
            self.resources.append(values.get("href", ""))


def problems(site: Path, names: Iterable[str]) -> list[str]:
    """Return what is wrong with the site in a directory; names are the public names that its inventory must have."""
    pages = {page.path: page for page in _pages(site)}
    found = [problem for page in pages.values() for problem in _problems_of_page(page, pages, site)]
    found += [f"{path}: no page links to it" for path in _orphans(pages)]
    found += _foreign_styles(site)
    return found + _missing_names(site / "objects.inv", names)


def _pages(site: Path) -> Iterator[Page]:
    for path in sorted(site.rglob("*.html")):
        page = Page(path.relative_to(site).as_posix())
        page.feed(path.read_text(encoding="utf-8"))
        yield page


def _problems_of_page(page: Page, pages: Mapping[str, Page], site: Path) -> Iterator[str]:
    # A server shows 404.html under any path: its links start with a slash.
    links = () if page.path == "404.html" else page.links
    for link in links:
        if problem := _problem_of_link(page, link, pages, site):
            yield f"{page.path}: {problem}"
    for resource in page.resources:
        address = urlsplit(resource)
        if address.netloc:
            yield f"{page.path}: loads {resource} from another host"
        elif not address.scheme and page.path != "404.html" and not (site / _target(page.path, address.path)).is_file():
            yield f"{page.path}: no file for {resource}"


def _problem_of_link(page: Page, link: str, pages: Mapping[str, Page], site: Path) -> str | None:
    address = urlsplit(link)
    if address.scheme or address.netloc:
        return None if address.scheme in LINK_SCHEMES else f"unexpected link {link}"
    target = _target(page.path, address.path)
    linked = pages.get(target)
    if linked is None:
        return None if (site / target).is_file() else f"dead link {link}"
    if address.fragment and unquote(address.fragment) not in linked.anchors:
        return f"no anchor for {link}"
    return None


def _target(page: str, link: str) -> str:
    """Return the path of a link's file below the site's root; a directory's is its index page."""
    if not link:
        return page
    parts: list[str] = [] if link.startswith("/") else page.split("/")[:-1]
    for part in unquote(link).split("/"):
        if part == "..":
            # There are no files above the root: the link is dead.
            parts = parts[:-1] if parts and parts[-1] != ".." else [*parts, ".."]
        elif part not in {"", "."}:
            parts.append(part)
    path = "/".join(parts)
    is_directory = link.endswith(("/", "/.", "..")) or link == "."
    return f"{path}/{FRONT_PAGE}".lstrip("/") if is_directory else path


def _orphans(pages: Mapping[str, Page]) -> list[str]:
    linked = {
        _target(page.path, urlsplit(link).path)
        for page in pages.values()
        for link in page.links
        if page.path not in UNLINKED - {FRONT_PAGE} and not urlsplit(link).scheme
        if _target(page.path, urlsplit(link).path) != page.path
    }
    return sorted(set(pages) - linked - UNLINKED)


def _foreign_styles(site: Path) -> Iterator[str]:
    for path in sorted(site.rglob("*.css")):
        for found in FOREIGN_STYLE.finditer(path.read_text(encoding="utf-8")):
            yield f"{path.relative_to(site).as_posix()}: loads {found[1]} from another host"


def _missing_names(inventory: Path, names: Iterable[str]) -> list[str]:
    if not inventory.is_file():
        return [f"{inventory.name}: missing"]
    # A Sphinx inventory: four lines of head, the rest compressed, a name at the beginning of each line.
    body = inventory.read_bytes().split(b"\n", INVENTORY_HEAD_LINES)[-1]
    documented = {line.split(" ", 1)[0] for line in zlib.decompress(body).decode().splitlines()}
    return [f"{inventory.name}: the reference lacks {name}" for name in names if name not in documented]


if __name__ == "__main__":
    found = problems(Path(sys.argv[1]), public_names())
    print(*found, sep="\n")
    sys.exit(bool(found))
