"""Predicates: results, texts and rejected arguments."""

import pickle
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from tests.support.fleet_rows import BUNDLES, DIRECTORIES, IDS, looked_up
from tests.support.virtual_time import NOON
from wsclient import types
from wsclient.errors import RequestValidationError
from wsclient.fleet import InventoryRow, Join, Predicate, Site, where
from wsclient.fleet._selection.filters import ANY, ListingFilter, listable, to_listings

LAB = Site(account="lab", region="us-west-2")
PROPERTIES = types.WorkspaceProperties(
    running_mode=types.RunningMode.AUTO_STOP,
    compute_type_name=types.Compute.POWER,
    operating_system_name=types.OperatingSystemName.WINDOWS_11,
    protocols=[types.Protocol.WSP],
)
WORKSPACE = types.Workspace(
    workspace_id=IDS[0],
    directory_id=DIRECTORIES[0],
    bundle_id=BUNDLES[0],
    user_name="Mary.Major",
    state=types.WorkspaceState.AVAILABLE,
    workspace_properties=PROPERTIES,
)
ROW = InventoryRow(
    site=LAB, workspace=WORKSPACE, seen_at=NOON, tags={"team": "red", "keep": ""}, joined=frozenset(Join)
)
BARE = replace(ROW, workspace=types.Workspace(), tags=None)
"""A WorkSpace of which AWS tells nothing."""


def _connection(state: types.ConnectionState | None, days: float | None) -> types.WorkspaceConnectionStatus:
    last = None if days is None else NOON - timedelta(days=days)
    return types.WorkspaceConnectionStatus(
        connection_state=state or types.ConnectionState(""), last_known_user_connection_timestamp=last
    )


SELECTIONS: list[tuple[Predicate, bool, bool | None]] = [
    (where.everything(), True, True),
    (where.state("AVAILABLE", "STOPPED"), True, None),
    (where.state(types.WorkspaceState.STOPPED), False, None),
    (where.state(types.WorkspaceState("HIBERNATED")), False, None),
    (where.running_mode("AUTO_STOP"), True, None),
    (where.running_mode("MANUAL"), False, None),
    (where.compute_type("POWER"), True, None),
    (where.operating_system("UBUNTU_22_04"), False, None),
    (where.protocol("WSP"), True, None),
    (where.protocol("PCOIP"), False, None),
    (where.error_code(), False, False),
    (where.error_code("ENI.Gone"), False, False),
    (where.ids(IDS[0]), True, None),
    (where.ids(IDS[1]), False, None),
    (where.directory(DIRECTORIES[0]), True, None),
    (where.bundle(BUNDLES[1]), False, None),
    (where.user("MARY.MAJOR"), True, None),
    (where.user("mary"), False, None),
    (where.user_like("mary.*", "john?"), True, None),
    (where.user_like("mary"), False, None),
    (where.user_like("mary-*"), False, None),
    (where.account("lab"), True, True),
    (where.region("eu-west-1"), False, False),
    (where.tag("team", "red", "blue"), True, None),
    (where.tag("team", "RED"), False, None),
    (where.tag("keep", ""), True, None),
    (where.has_tag("Team"), False, None),
    (where.untagged(), False, None),
    (where.row(lambda row: row.user_name.startswith("Mary"), description="is Mary's"), True, False),
]


@pytest.mark.parametrize(
    ("predicate", "expected", "bare"), SELECTIONS, ids=[str(selection[0]) for selection in SELECTIONS]
)
def test_a_predicate_selects_or_is_unknown(predicate: Predicate, expected: bool, bare: bool | None) -> None:
    """Each predicate decides for a WorkSpace with all members, and is unknown for one without them."""
    assert predicate.answer(ROW) is expected
    assert predicate.answer(BARE) is bare
    assert (~predicate).answer(ROW) is not expected


S = types.ConnectionState
CONNECTIONS: list[tuple[types.WorkspaceConnectionStatus | None, str, bool | None, bool | None, bool | None]] = [
    # connection, the WorkSpace's state; is it connected, never connected, idle for 30 days?
    (None, "AVAILABLE", None, None, None),
    (_connection(S.CONNECTED, 0.1), "AVAILABLE", True, False, False),
    (_connection(S.CONNECTED, 40), "AVAILABLE", True, False, False),
    (_connection(S.CONNECTED, None), "AVAILABLE", True, False, False),
    (_connection(S.DISCONNECTED, 29), "AVAILABLE", False, False, False),
    (_connection(S.DISCONNECTED, 30), "AVAILABLE", False, False, True),
    (_connection(S.DISCONNECTED, None), "AVAILABLE", False, True, None),
    (_connection(S.UNKNOWN, 29), "AVAILABLE", None, False, False),
    (_connection(S.UNKNOWN, 40), "AVAILABLE", None, False, None),
    (_connection(S.UNKNOWN, None), "AVAILABLE", None, None, None),
    (_connection(S.UNKNOWN, 40), "STOPPED", False, False, True),
    (_connection(S.UNKNOWN, None), "STOPPED", False, True, None),
    (_connection(None, 40), "AVAILABLE", None, False, None),
    (None, "STOPPED", None, None, None),
]


@pytest.mark.parametrize(("connection", "state", "is_connected", "never", "idle"), CONNECTIONS)
def test_missing_or_unknown_connection_status_is_not_idle(
    connection: types.WorkspaceConnectionStatus | None,
    state: str,
    is_connected: bool | None,
    never: bool | None,
    idle: bool | None,
) -> None:
    """A connected user is not idle, a WorkSpace never connected to is unknown, a STOPPED one is not connected."""
    workspace = replace(WORKSPACE, state=types.WorkspaceState(state))
    row = replace(ROW, workspace=workspace, connection=connection)
    assert where.connected().answer(row) is is_connected
    assert where.never_connected().answer(row) is never
    assert where.idle_for(days=30).answer(row) is idle
    assert where.idle_for(timedelta(days=29), hours=24).answer(row) is idle


def test_a_predicate_is_unknown_before_its_lookup() -> None:
    """A predicate whose join was not made is unknown, even if the row has a value."""
    predicate = where.tag("team", "red")
    assert predicate.answer(replace(ROW, joined=frozenset())) is None
    assert predicate.missing_joins(replace(ROW, joined=frozenset())) == {Join.TAGS}
    assert (where.state("STOPPED") & predicate).missing_joins(looked_up(ROW, frozenset())) == frozenset()
    assert (where.state("AVAILABLE") | predicate).missing_joins(looked_up(ROW, frozenset())) == frozenset()


UNTYPED: Any = where
"""Predicates, as code that no type checker reads calls them."""
MISTAKES: list[tuple[Callable[[], object], str]] = [
    (lambda: UNTYPED.state("AVAILABEL"), "where.state: unknown state 'AVAILABEL'; did you mean 'AVAILABLE'?"),
    (lambda: UNTYPED.state("available"), "did you mean 'AVAILABLE'?"),
    (lambda: UNTYPED.state("XYZ"), "PENDING, AVAILABLE, "),
    (lambda: UNTYPED.state("XYZ"), "Pass a value that is new at AWS as types.WorkspaceState(…)"),
    (where.state, "needs at least one argument"),
    (lambda: UNTYPED.running_mode("AUTOSTOP"), "did you mean 'AUTO_STOP'?"),
    (lambda: UNTYPED.compute_type("standart"), "did you mean 'STANDARD'?"),
    (lambda: UNTYPED.protocol("DCV"), "the API's value for Amazon DCV is 'WSP'"),
    (lambda: UNTYPED.protocol("RDP"), "PCOIP, WSP"),
    (lambda: where.ids("wsb-123456789"), "'wsb-123456789' is not a WorkSpace id"),
    (lambda: where.directory("corp.example.com"), "is not a directory id"),
    (lambda: where.bundle(IDS[0]), "is not a bundle id"),
    (lambda: UNTYPED.tag({"team": "red"}), r"takes str arguments, not a dict, as in where.tag('team', 'red')"),
    (lambda: UNTYPED.ids(IDS), "takes str arguments, not a list; unpack a list with *"),
    (lambda: where.user("svc-*"), "'svc-*' contains a wildcard; use user_like for patterns"),
    (lambda: where.user(""), "an argument is an empty str"),
    (lambda: where.user("j\udce4"), "contains a lone surrogate, which UTF-8 cannot encode"),
    (lambda: where.tag("Team", "j\udce4"), "contains a lone surrogate, which UTF-8 cannot encode"),
    (lambda: where.row(lambda _: True, description="j\udce4"), "contains a lone surrogate, which UTF-8 cannot encode"),
    (lambda: where.tag(""), "an argument is an empty str"),
    (where.account, "needs at least one argument"),
    (where.idle_for, "the time must be above zero"),
    (lambda: UNTYPED.idle_for(30), "must be a timedelta or numbers, as in idle_for(days=30)"),
    (lambda: UNTYPED.idle_for(days="30"), "must be a timedelta or numbers"),
    (lambda: where.idle_for(days=-1), "the time must be above zero"),
    (lambda: where.idle_for(days=float("nan")), "the time must be above zero"),
    (lambda: where.idle_for(days=1e12), "the time exceeds the maximum of"),
    (lambda: where.row(lambda row: True, description=""), "description="),
    (lambda: UNTYPED.row(bool, description="x", needs="tags"), "takes a list of directory, bundle, connection"),
    (lambda: UNTYPED.row(bool, description="x", needs=["tag"]), "takes a list of directory, bundle, connection"),
]


@pytest.mark.parametrize(("make", "message"), MISTAKES, ids=[text for _, text in MISTAKES])
def test_invalid_arguments_are_rejected_when_the_predicate_is_made(make: Callable[[], object], message: str) -> None:
    """A predicate that would select nothing, or whose negation would select everything, raises an error."""
    with pytest.raises(RequestValidationError, match=re.escape(message)):
        make()


@pytest.mark.parametrize(
    "name", sorted(set(where.__all__) - {"everything", "untagged", "connected", "never_connected"})
)
def test_unknown_arguments_are_named_with_those_that_exist(name: str) -> None:
    """A keyword that a function does not have is an error that lists what the function takes."""
    with pytest.raises(TypeError, match=rf"^where\.{name} has no option 'xyz'; it takes [a-z_*, ]+$"):
        getattr(where, name)(xyz=2)


def test_missing_argument_is_named() -> None:
    """A tag without a key is an error that names the key, and a keyword in place of a value lists the parameters."""
    with pytest.raises(TypeError, match=r"^where\.tag needs key$"):
        where.tag()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"^where\.user has no option 'name'; it takes \*names$"):
        where.user(name="mary")  # type: ignore[call-arg]


def test_and_or_and_not_raise_type_error() -> None:
    """Python's and, or and not would silently drop one of the predicates."""
    first: Any = where.state("AVAILABLE")
    other: Any = where.untagged()
    asks: list[Callable[[], Any]] = [lambda: first and other, lambda: first or other, lambda: not first]
    for ask in asks:
        with pytest.raises(TypeError, match=re.escape("&, | and ~")):
            ask()


def test_only_predicates_combine() -> None:
    """An operand that is not a predicate raises TypeError with the accepted operands."""
    predicate: Any = where.state("AVAILABLE")
    combinations: list[Callable[[], Any]] = [lambda: predicate & "STOPPED", lambda: predicate | None]
    for combine in combinations:
        with pytest.raises(TypeError, match=re.escape("& and | combine predicates of where, such as where.state(…)")):
            combine()


def test_a_row_function_must_return_true_false_or_none() -> None:
    """Another result, and an exception, are raised with the text of the predicate and the WorkSpace."""
    vague: Any = lambda row: row.workspace.error_code or "none"  # noqa: E731
    with pytest.raises(TypeError, match=re.escape("where.row('is vague') returned a str")):
        where.row(vague, description="is vague").answer(ROW)
    with pytest.raises(TypeError) as caught:
        where.row(lambda row: "x" in row.directory, description="is x").answer(ROW)  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue]
    note = f"raised by where.row('is x') for {IDS[0]}; list the joins that it reads in needs="
    assert caught.value.__notes__ == [note]


def test_the_text_of_a_predicate_is_short_and_readable() -> None:
    """The text fits into the print of a plan, for many values too."""
    predicate = where.state("AVAILABLE", "STOPPED") & ~where.tag("team", "red") | where.idle_for(days=30)
    assert str(predicate) == ("(state is AVAILABLE or STOPPED and not tag team is red) or is idle for 30 days")
    assert repr(where.untagged()) == "<Predicate: has no tag>"
    assert str(where.ids(*(f"ws-{number:09}" for number in range(100)))).endswith("or 95 others (ec128eee05cd)")


def test_texts_of_different_long_predicates_differ() -> None:
    """A text that lists only the first of many values includes a digest of the rest, since journals compare texts."""
    names = [f"user-{number}" for number in range(9)]
    for kind in (where.user, where.user_like, where.account, where.error_code):
        assert str(kind(*names)) == str(kind(*names))
        assert str(kind(*names)) != str(kind(*names[:-1], "jane"))


def test_predicates_pickle() -> None:
    """Predicates can be sent to other machines; where.row() can if its function can."""
    for predicate, expected, _ in SELECTIONS[:-1]:
        assert (pickle.loads(pickle.dumps(predicate)) & ~~predicate).answer(ROW) is expected


def test_bounds_are_filters_that_the_operation_has() -> None:
    """Ids come before directories and bundles, few users become one call each, and excluded sites have none."""
    directory, bundle, user = where.directory(*DIRECTORIES), where.bundle(BUNDLES[0]), where.user("Mary", "john")
    cases: list[tuple[Predicate, tuple[ListingFilter, ...]]] = [
        (where.state("AVAILABLE"), (ANY,)),
        (where.state("AVAILABLE") & where.ids(IDS[0]) & directory, (ListingFilter(ids=frozenset([IDS[0]])),)),
        (directory & bundle, (ListingFilter(bundles=frozenset([BUNDLES[0]])),)),
        (directory & user, (ListingFilter(directories=frozenset(DIRECTORIES), users=frozenset(["mary", "john"])),)),
        (user, (ANY,)),
        (~directory, (ANY,)),
        (~~directory, (ListingFilter(directories=frozenset(DIRECTORIES)),)),
        (directory | where.everything(), (ANY,)),
        (directory & where.account("prod"), ()),
        (directory & ~where.account("lab"), ()),
        (where.directory(DIRECTORIES[0]) & where.directory(DIRECTORIES[1]), ()),
        (~(where.account("prod") | ~bundle), (ListingFilter(bundles=frozenset([BUNDLES[0]])),)),
    ]
    for predicate, bounds in cases:
        assert listable(predicate.bounds(LAB)) == bounds, str(predicate)


def test_listings_have_25_ids_a_call_and_few_users() -> None:
    """Ids are listed 25 a call; for many users the whole directory is listed."""
    (bound,) = where.ids(*(f"ws-{number:09}" for number in range(60))).bounds(LAB)
    assert [len(listing.ids) for listing in to_listings(bound)] == [25, 25, 10]
    crowd = where.directory(*DIRECTORIES) & where.user(*(f"user-{number}" for number in range(13)))
    (bound,) = listable(crowd.bounds(LAB))
    assert [listing.user_name for listing in to_listings(bound)] == [None, None]


def test_many_bounds_become_one_that_includes_them() -> None:
    """The filters of many alternatives are limited in number, and miss no WorkSpace."""
    alternatives = [
        where.directory(f"d-{number:010}") & where.bundle(f"wsb-{number:09}") & where.user(f"user-{number}")
        for number in range(40)
    ]
    predicate = alternatives[0]
    for alternative in alternatives[1:]:
        predicate |= alternative
    bounds = predicate.bounds(LAB)
    assert len(bounds) <= 17
    for number in range(40):
        found = types.Workspace(
            directory_id=f"d-{number:010}", bundle_id=f"wsb-{number:09}", user_name=f"User-{number}"
        )
        assert any(bound.matches(found) for bound in bounds)
