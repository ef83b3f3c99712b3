"""Errors that are generic for type checkers, and inputs that are wider than one class."""

from __future__ import annotations

import copy
import pickle
from collections import UserList
from typing import TYPE_CHECKING, get_args, get_type_hints

import pytest

from tests.support.structures import kinds
from wsclient import PrivateDns, errors, types
from wsclient.fleet import ItemReport, Outcome, Report, Site

if TYPE_CHECKING:
    from wsclient._core.model.structures import Structure

FAILED = types.FailedCreateWorkspaceRequest(error_code="E", error_message="why")
SITE = Site(account="one", region="us-west-2")


@pytest.mark.parametrize("kind", [kind for kind in kinds() if kind._failures], ids=lambda kind: kind.__name__)
def test_failed_items_fit_the_protocol(kind: type[Structure]) -> None:
    """Each fits the protocol FailedItem, which PartialFailureError has by default."""
    [item] = get_args(get_type_hints(kind)[str(kind._failures)])
    assert {"error_code", "error_message"} <= set(item.__struct_fields__)


def test_subscripted_errors_behave_like_plain_errors() -> None:
    """A parameter is for type checkers: such an error is caught, pickled and copied like any other."""
    partial = errors.PartialFailureError[types.FailedCreateWorkspaceRequest]("some", failed_requests=[FAILED])
    waited = errors.WaiterTimeoutError[types.Snapshot]("late", reached=[types.Snapshot()])
    for error in (partial, waited):
        again = pickle.loads(pickle.dumps(error))
        assert type(again) is type(error)
        assert (str(again), copy.copy(error).args) == (str(error), error.args)
    with pytest.raises(errors.PartialFailureError) as caught:
        raise partial
    assert [(item.error_code, item.error_message) for item in caught.value.failed_requests] == [("E", "why")]
    with pytest.raises(errors.WaiterError):
        raise waited


def test_report_counts_accept_text_and_enumeration() -> None:
    """report.counts takes either; its items of failed requests have AWS's names for code and message."""
    failed = ItemReport(
        site=SITE, key="ws-1", directory_id="", user_name="", outcome=Outcome.FAILED, code="E", message="why"
    )
    report = Report(action="stop", items=(failed,))
    assert report.counts["failed"] == report.counts[Outcome.FAILED] == 1
    assert report.counts == {Outcome.DONE: 0, Outcome.FAILED: 1, Outcome.AMBIGUOUS: 0, Outcome.NOT_TRIED: 0}
    assert list(report.counts) == list(Outcome)
    assert repr(report.counts) == "{'done': 0, 'failed': 1, 'ambiguous': 0, 'not_tried': 0}"
    with pytest.raises(KeyError):
        report.counts["faild"]  # type: ignore[index]  # pyright: ignore[reportArgumentType]
    assert (failed.error_code, failed.error_message) == ("E", "why")
    with pytest.raises(errors.PartialFailureError) as caught:
        report.raise_for_failures()
    assert [item.error_code for item in caught.value.failed_requests] == ["E"]


def test_allowed_cidrs_accept_any_collection() -> None:
    """A list, a set or any other collection of networks makes the same PrivateDns, which stays hashable."""
    networks = ["198.51.100.0/24"]
    expected = PrivateDns(allowed_cidrs=("198.51.100.0/24",))
    for collection in (
        networks,
        set(networks),
        frozenset(networks),
        UserList(networks),
        dict.fromkeys(networks).keys(),
    ):
        assert PrivateDns(allowed_cidrs=collection) == expected
        assert hash(PrivateDns(allowed_cidrs=collection)) == hash(expected)
