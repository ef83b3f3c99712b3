"""Pages and tokens of the emulator, whatever comes and goes in between."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wsclient._generated.workspaces.errors import InvalidParameterValuesException
from wsclient.testing._pages import PAGE_SIZE, page_of
from wsclient.testing._store import Store

IDS = st.sets(st.text("0123456789abcdef", min_size=1, max_size=4), max_size=80)


def walk(store: Store, items: dict[str, str], limit: int | None, gone: set[str]) -> list[list[str]]:
    """Return every page, taking items away after the first one."""
    pages: list[list[str]] = []
    token: str | None = None
    while True:
        page, token = page_of(store, "DescribeWorkspaces", items, token=token, limit=limit)
        pages.append(page)
        for name in gone:
            items.pop(name, None)
        if token is None:
            return pages


@settings(deadline=None)
@given(ids=IDS, limit=st.none() | st.integers(1, 25))
def test_the_pages_together_are_the_whole(ids: set[str], limit: int | None) -> None:
    """Every item is on exactly one page, and no page is longer than asked for."""
    pages = walk(Store("1", "r"), {name: name for name in ids}, limit, set())
    assert [name for page in pages for name in page] == sorted(ids)
    assert all(len(page) <= (limit or PAGE_SIZE) for page in pages)


@settings(deadline=None)
@given(ids=IDS, gone=IDS, limit=st.integers(1, 10))
def test_what_goes_between_two_pages_hides_nothing_else(ids: set[str], gone: set[str], limit: int) -> None:
    """Items that stay are seen exactly once, although others vanish while the pages are turned."""
    seen = [name for page in walk(Store("1", "r"), {name: name for name in ids}, limit, gone) for name in page]
    assert [name for name in seen if name not in gone] == sorted(ids - gone)


@settings(deadline=None)
@given(st.text(max_size=60) | st.binary(max_size=60).map(bytes.hex))
def test_no_text_but_a_token_is_one(text: str) -> None:
    """A token that was not given out is refused, whatever it looks like."""
    with pytest.raises(InvalidParameterValuesException):
        page_of(Store("1", "r"), "DescribeWorkspaces", {}, token=text, limit=None)


def test_a_token_is_good_for_its_operation_and_place_alone() -> None:
    """A token of another operation, account or region is refused."""
    here, items = Store("1", "r"), {"a": "a", "b": "b"}
    _, token = page_of(here, "DescribeWorkspaces", items, token=None, limit=1)
    assert page_of(here, "DescribeWorkspaces", items, token=token, limit=1) == (["b"], None)
    for store, operation in ((here, "DescribeIpGroups"), (Store("1", "r"), "DescribeWorkspaces")):
        with pytest.raises(InvalidParameterValuesException):
            page_of(store, operation, items, token=token, limit=1)
