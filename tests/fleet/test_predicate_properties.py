"""The laws of selections: Kleene's algebra, answers that looking up more never changes, and listings that miss none."""

from hypothesis import given

from tests.support.fleet_rows import JOINS, PREDICATES, ROWS, is_listed, looked_up
from wsclient.fleet import InventoryRow, Join, Predicate, where
from wsclient.fleet._selection.filters import listable, to_listings

A, B, C, ROW = PREDICATES, PREDICATES, PREDICATES, ROWS


def _same(first: Predicate, other: Predicate, row: InventoryRow) -> None:
    assert first.answer(row) is other.answer(row), f"{first} is not {other}"


@given(a=A, b=B, row=ROW)
def test_predicates_obey_de_morgan(a: Predicate, b: Predicate, row: InventoryRow) -> None:
    """The opposite of both is either opposite, and the other way round."""
    _same(~(a & b), ~a | ~b, row)
    _same(~(a | b), ~a & ~b, row)


@given(a=A, b=B, c=C, row=ROW)
def test_and_or_form_a_distributive_lattice(a: Predicate, b: Predicate, c: Predicate, row: InventoryRow) -> None:
    """Order and grouping do not matter, absorption holds, and each distributes over the other."""
    _same(a & b, b & a, row)
    _same(a | b, b | a, row)
    _same((a & b) & c, a & (b & c), row)
    _same((a | b) | c, a | (b | c), row)
    _same(a & (a | b), a, row)
    _same(a | (a & b), a, row)
    _same(a & (b | c), (a & b) | (a & c), row)
    _same(a | (b & c), (a | b) & (a | c), row)


@given(a=A, row=ROW)
def test_negation_is_an_involution_and_keeps_unknown(a: Predicate, row: InventoryRow) -> None:
    """Twice the opposite is the question itself; unknown is its own opposite; everything is neutral."""
    _same(~~a, a, row)
    assert (a.answer(row) is None) == ((~a).answer(row) is None)
    assert (a | ~a).answer(row) in (True, None)
    _same(a & where.everything(), a, row)
    _same(a | ~where.everything(), a, row)


@given(a=A, row=ROW, joined=JOINS)
def test_further_lookups_do_not_change_a_decided_predicate(
    a: Predicate, row: InventoryRow, joined: frozenset[Join]
) -> None:
    """An answer from a part of what could be looked up is the answer from all of it; without one, something is due."""
    early, later = a.answer(looked_up(row, joined)), a.answer(row)
    pending = a.missing_joins(looked_up(row, joined))
    assert early in (None, later)
    assert pending <= a.needs - joined
    assert not (early is not None and pending)
    if not pending:
        assert early is later


@given(a=A, row=ROW)
def test_pending_lookups_decide_the_predicate(a: Predicate, row: InventoryRow) -> None:
    """Looking up one pending thing after another comes to the answer of a row of which everything was looked up."""
    known = looked_up(row, frozenset())
    while pending := a.missing_joins(known):
        known = looked_up(row, known.joined | {min(pending)})
    assert a.answer(known) is a.answer(row)


@given(a=A, row=ROW)
def test_listings_cover_every_selectable_workspace(a: Predicate, row: InventoryRow) -> None:
    """A WorkSpace that is not ruled out is found by exactly one listing of each bound that covers it."""
    bounds = listable(a.bounds(row.site))
    found = [bound for bound in bounds if bound.matches(row.workspace)]
    assert found or a.answer(row) is False, str(a)
    for bound in bounds:
        finders = sum(is_listed(listing, row.workspace) for listing in to_listings(bound))
        assert finders == bound.matches(row.workspace)
