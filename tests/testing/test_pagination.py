"""Pages and tokens of the emulator, with items that disappear in between."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.emulator_calls import refusal
from tests.support.emulators import Caller, CallFailedError
from tests.support.virtual_time import NOON, WallClock
from wsclient._generated.workspaces import structures as s
from wsclient._generated.workspaces.errors import InvalidParameterValuesException
from wsclient.testing import Durations, Emulator
from wsclient.testing._operations.handler import Call
from wsclient.testing._operations.pagination import PAGE_SIZE, paginate
from wsclient.testing._state.clock import DrivenClock
from wsclient.testing._state.identities import Identities
from wsclient.testing._state.keyring import ANONYMOUS, KeyRing
from wsclient.testing._state.network import Network
from wsclient.testing._state.quotas import Quotas
from wsclient.testing._state.store import Store
from wsclient.testing._state.vpc_endpoints import VpcEndpoints

if TYPE_CHECKING:
    from collections.abc import Mapping

IDS = st.sets(st.text("0123456789abcdef", min_size=1, max_size=4), max_size=80)
AGAINST = "The NextToken was not returned for this request. Repeat the request without a NextToken."


def call(store: Store | None = None) -> Call:
    """Return a call of an operation on a store, at noon."""
    here = store or Store("1", "r")
    return Call(
        caller=ANONYMOUS,
        caller_key=None,
        store=here,
        now=NOON,
        keys=KeyRing(),
        identities=Identities(DrivenClock(WallClock())),
        durations=Durations(page_token=timedelta(hours=1)),
        quotas=Quotas(),
        network=Network(),
        endpoints=VpcEndpoints(),
        directory_services={},
        regions=frozenset({"r"}),
        store_at=lambda account, region: here,
        stores_in=lambda region: [here],
    )


def requested(token: str | None = None, **members: Any) -> s.DescribeWorkspacesRequest:
    """Return a request for a page of WorkSpaces."""
    return s.DescribeWorkspacesRequest(next_token=token, **members)


def walk(items: dict[str, str], limit: int | None, gone: set[str]) -> list[list[str]]:
    """Return every page, removing items after the first page."""
    pages: list[list[str]] = []
    at, token = call(), None
    while True:
        page, token = paginate(at, requested(token), items, limit=limit)
        pages.append(page)
        for name in gone:
            items.pop(name, None)
        if token is None:
            return pages


def token_of(at: Call, **members: Any) -> str:
    """Return the token after the first of two items."""
    _, token = paginate(at, requested(**members), {"a": "a", "b": "b"}, limit=1)
    assert token is not None
    return token


def refused(at: Call, request: s.DescribeWorkspacesRequest | s.DescribeIpGroupsRequest) -> str:
    """Return the message with which a token is rejected."""
    with pytest.raises(InvalidParameterValuesException) as error:
        paginate(at, request, {"a": "a", "b": "b"}, limit=1)
    return error.value.message


@given(ids=IDS, limit=st.none() | st.integers(1, 25))
def test_pages_together_hold_each_item_once(ids: set[str], limit: int | None) -> None:
    """Each item is on exactly one page, and no page exceeds the limit."""
    pages = walk({name: name for name in ids}, limit, set())
    assert [name for page in pages for name in page] == sorted(ids)
    assert all(len(page) <= (limit or PAGE_SIZE) for page in pages)


@given(ids=IDS, gone=IDS, limit=st.integers(1, 10))
def test_removal_between_pages_hides_no_other_item(ids: set[str], gone: set[str], limit: int) -> None:
    """Items that remain are returned exactly once although others disappear between pages."""
    seen = [name for page in walk({name: name for name in ids}, limit, gone) for name in page]
    assert [name for name in seen if name not in gone] == sorted(ids - gone)


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda data: base64.urlsafe_b64encode(data).decode()))
def test_arbitrary_text_is_no_page_token(text: str) -> None:
    """Any text that is not an issued token is rejected."""
    assert refused(call(), requested(text)) == AGAINST


@given(place=st.integers(0, 10_000), flipped=st.integers(1, 255))
def test_changed_page_token_is_rejected(place: int, flipped: int) -> None:
    """A token with a changed bit is rejected."""
    at = call()
    sealed = bytearray(base64.urlsafe_b64decode(token_of(at)))
    sealed[place % len(sealed)] ^= flipped
    assert refused(at, requested(base64.urlsafe_b64encode(sealed).decode())) == AGAINST


def test_page_token_is_opaque() -> None:
    """A token holds no id in the clear, and two for the same page are not alike."""
    items = {f"ws-{letter}": letter for letter in "ab"}
    at = call()
    first, second = (paginate(at, requested(), items, limit=1)[1] for _ in range(2))
    assert first != second
    assert all(b"ws-" not in base64.urlsafe_b64decode(token or "") for token in (first, second))


def test_page_token_is_bound_to_operation_account_and_region() -> None:
    """A token of another operation, account or region is refused."""
    at = call()
    token = token_of(at)
    assert paginate(at, requested(token), {"a": "a", "b": "b"}, limit=1) == (["b"], None)
    assert refused(at, s.DescribeIpGroupsRequest(next_token=token)) == AGAINST
    assert refused(call(Store("1", "r")), requested(token)) == AGAINST


def test_page_token_is_bound_to_its_parameters() -> None:
    """A token is valid only with the same parameters, except for the page size."""
    at = call()
    token = token_of(at, directory_id="d-1", limit=1)
    assert paginate(at, requested(token, directory_id="d-1", limit=20), {"a": "a", "b": "b"})[0] == ["b"]
    assert refused(at, requested(token, directory_id="d-2", limit=1)) == AGAINST
    assert refused(at, requested(token)) == AGAINST


def test_page_token_expires() -> None:
    """A token is good for as long as was set, and not at the end of it."""
    at = call()
    token = token_of(at)
    delayed = replace(at, now=NOON + timedelta(minutes=59, seconds=59))
    assert paginate(delayed, requested(token), {"a": "a", "b": "b"})[0] == ["b"]
    assert refused(replace(at, now=NOON + timedelta(hours=1)), requested(token)) == "The NextToken has expired."


@pytest.mark.parametrize(
    ("operation", "members", "code"),
    [
        ("DescribeWorkspaces", {"Limit": 1}, "InvalidParameterValuesException"),
        ("DescribeWorkspaceImages", {"MaxResults": 1}, "ValidationException"),
    ],
)
def test_expired_page_token_raises_the_modeled_error(operation: str, members: Mapping[str, object], code: str) -> None:
    """An expired token raises the error in the operation's model, or the common error otherwise."""
    caller = Caller(Emulator(clock=WallClock(), durations=Durations(page_token=timedelta(minutes=5))))
    caller.aws.add_workspaces(2)
    for name in "ab":
        caller.aws.add_image(name)
    token = caller.call(operation, members)["NextToken"]
    caller.aws.advance(minutes=5)
    assert refusal(caller, operation, {**members, "NextToken": token}) == code


def test_page_token_is_valid_for_other_users_of_the_account() -> None:
    """Tokens belong to accounts, not to users; a foreign account's is refused."""
    caller = Caller()
    caller.aws.add_workspaces(2)
    token = caller.call("DescribeWorkspaces", {"Limit": 1})["NextToken"]
    colleague = Caller(caller.aws, credentials=caller.aws.add_user("colleague"))
    assert len(str(colleague.call("DescribeWorkspaces", {"NextToken": token})["Workspaces"])) > 2
    with pytest.raises(CallFailedError, match="InvalidParameterValuesException"):
        caller.other(account_id="210987654321").call("DescribeWorkspaces", {"NextToken": token})
