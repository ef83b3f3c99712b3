"""Predicates by which a fleet's WorkSpaces are selected: where.state("AVAILABLE") & where.idle_for(days=30).

Join them by &, | and ~. What AWS does not tell is neither yes nor no, and stays so under ~: a WorkSpace that a question
cannot be answered for is selected neither by it nor by its opposite.

Free:                state, running_mode, compute_type, protocol, operating_system, error_code, user, user_like
Free, and narrow what is listed: ids, directory, bundle; directory & user; account, region
A call for 25:       connected, never_connected, idle_for
A call for each:     tag, has_tag, untagged
Anything else:       row, for a question of one's own; everything, for no question at all

Lookups are made for WorkSpaces alone whose answer depends on them, the cheaper ones first. A value that can only be a
mistake raises RequestValidationError at once. One that AWS has added since this version is made by its enumeration:
where.state(types.WorkspaceState("HIBERNATED")).
"""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from wsclient._core.errors import RequestValidationError
from wsclient._core.utils import close_matches
from wsclient._generated.workspaces.enums import Compute, OperatingSystemName, Protocol, RunningMode, WorkspaceState
from wsclient.fleet._rows import Join
from wsclient.fleet._selection import conditions as questions
from wsclient.fleet._selection.filters import ListingFilter
from wsclient.fleet._selection.predicates import Predicate, RowPredicate, SitePredicate

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from wsclient._core.model.enums import OpenEnum
    from wsclient.fleet._rows import InventoryRow

_TOLD: Final = 5
"""Names that a question's words tell one by one."""
WORKSPACE_ID: Final = re.compile(r"ws-[0-9a-z]{8,63}")
_IDS: Final = {
    "ids": (WORKSPACE_ID, "a WorkSpace (ws-0123456789)"),
    "directory": (re.compile(r"d-[0-9a-f]{8,63}|wsd-[0-9a-z]{8,63}"), "a directory (d-0123456789)"),
    "bundle": (re.compile(r"wsb-[0-9a-z]{8,63}"), "a bundle (wsb-0123456789)"),
}
_CONNECTION: Final = frozenset({Join.CONNECTION})
_TAGS: Final = frozenset({Join.TAGS})


def everything() -> Predicate:
    """Select every WorkSpace: for who means it."""
    return RowPredicate(says="everything", of_row=questions.always)


def state(*states: WorkspaceState | str) -> Predicate:
    """Select WorkSpaces in one of these states."""
    known = _values("state", states, WorkspaceState)
    return RowPredicate(says=f"state is {_either(states)}", of_row=partial(questions.in_state, known))


def running_mode(*modes: RunningMode | str) -> Predicate:
    """Select WorkSpaces with one of these running modes: AUTO_STOP, ALWAYS_ON, MANUAL."""
    return _property("running_mode", "running mode", modes, RunningMode)


def compute_type(*types: Compute | str) -> Predicate:
    """Select WorkSpaces of one of these compute types: VALUE, STANDARD, PERFORMANCE and so on."""
    return _property("compute_type", "compute type", types, Compute, member="compute_type_name")


def operating_system(*names: OperatingSystemName | str) -> Predicate:
    """Select WorkSpaces with one of these operating systems: WINDOWS_11, UBUNTU_22_04 and so on."""
    return _property("operating_system", "operating system", names, OperatingSystemName, member="operating_system_name")


def protocol(*protocols: Protocol | str) -> Predicate:
    """Select WorkSpaces that speak one of these protocols: PCOIP, WSP (which is Amazon DCV)."""
    known = _values("protocol", protocols, Protocol)
    return RowPredicate(says=f"protocol is {_either(protocols)}", of_row=partial(questions.speaks, known))


def error_code(*codes: str) -> Predicate:
    """Select WorkSpaces for which AWS tells one of these error codes; any error code when none is named."""
    if not codes:
        return RowPredicate(says="has an error code", of_row=partial(questions.has_error, None))
    named = _named("error_code", codes)
    return RowPredicate(says=f"error code is {_either(codes)}", of_row=partial(questions.has_error, named))


def ids(*workspace_ids: str) -> Predicate:
    """Select WorkSpaces by their ids; these alone are listed, 25 a call."""
    known = _ids("ids", workspace_ids)
    return RowPredicate(
        says=f"id is {_either(workspace_ids)}", of_row=partial(questions.has_id, known), within=ListingFilter(ids=known)
    )


def directory(*directory_ids: str) -> Predicate:
    """Select WorkSpaces of these directories, by id; these directories alone are listed."""
    return RowPredicate(
        says=f"directory is {_either(directory_ids)}",
        of_row=partial(questions.in_directory, _ids("directory", directory_ids)),
        within=ListingFilter(directories=frozenset(directory_ids)),
    )


def bundle(*bundle_ids: str) -> Predicate:
    """Select WorkSpaces made from these bundles, by id; these bundles' WorkSpaces alone are listed."""
    return RowPredicate(
        says=f"bundle is {_either(bundle_ids)}",
        of_row=partial(questions.from_bundle, _ids("bundle", bundle_ids)),
        within=ListingFilter(bundles=frozenset(bundle_ids)),
    )


def user(*names: str) -> Predicate:
    """Select WorkSpaces of these users; names compare without regard to case, as AWS compares them.

    With a directory (directory(…) & user(…)) these users' WorkSpaces alone are listed.
    """
    for name in _named("user", names):
        if re.search(r"[*?]", name):
            raise _mistake("user", f"{name!r} is no user's name; user_like takes patterns")
    folded = frozenset(name.lower() for name in names)
    says = f"user is {_either(names)}"
    return RowPredicate(says=says, of_row=partial(questions.of_user, folded), within=ListingFilter(users=folded))


def user_like(*patterns: str) -> Predicate:
    """Select WorkSpaces of users whose whole names are like one of these; * stands for any text, ? for one character.

    Names compare without regard to case.
    """
    named = _named("user_like", patterns)
    likes = "|".join(re.escape(one).replace(r"\*", ".*").replace(r"\?", ".") for one in sorted(named))
    shape = re.compile(likes.lower(), re.DOTALL)
    return RowPredicate(says=f"user is like {_either(patterns)}", of_row=partial(questions.of_user_like, shape))


def account(*names: str) -> Predicate:
    """Select WorkSpaces of these accounts, by the names they have in the fleet; no other account is called.

    An account that the fleet does not have is refused when WorkSpaces are selected.
    """
    return SitePredicate(says=f"account is {_either(names)}", part="account", names=_named("account", names))


def region(*names: str) -> Predicate:
    """Select WorkSpaces in these regions; no other region is called.

    A region that the fleet does not reach is refused when WorkSpaces are selected.
    """
    return SitePredicate(says=f"region is {_either(names)}", part="region", names=_named("region", names))


def tag(key: str, *values: str) -> Predicate:
    """Select WorkSpaces with this tag, and one of these values if any is named; both with regard to case.

    A call for each WorkSpace whose answer depends on it. Not known of one that went in between.
    """
    (key,) = _named("tag", (key,))
    known = _named("tag", values, empty_is_fine=True) if values else None
    says = f"tag {key} is {_either(values)}" if values else f"has tag {key}"
    return RowPredicate(says=says, needs=_TAGS, of_row=partial(questions.has_tag, key, known))


def has_tag(key: str) -> Predicate:
    """Select WorkSpaces with a tag of this key, whatever its value: tag(key)."""
    return tag(key)


def untagged() -> Predicate:
    """Select WorkSpaces without any tag."""
    return RowPredicate(says="has no tag", needs=_TAGS, of_row=questions.is_untagged)


def connected() -> Predicate:
    """Select WorkSpaces whose user is connected.

    Not known where AWS leaves a WorkSpace out (new ones, broken ones), and where it tells UNKNOWN; but UNKNOWN is what
    it tells of one that is STOPPED, to which nobody is connected.
    """
    return RowPredicate(says="is connected", needs=_CONNECTION, of_row=questions.is_connected)


def never_connected() -> Predicate:
    """Select WorkSpaces to which, as far as AWS knows, no user has ever connected.

    Not known where AWS leaves a WorkSpace out: that says nothing of its use. AWS does not tell when a WorkSpace was
    made: one of this minute is among these.
    """
    return RowPredicate(says="was never connected to", needs=_CONNECTION, of_row=questions.was_never_connected)


def idle_for(duration: timedelta | None = None, *, days: float = 0, hours: float = 0, minutes: float = 0) -> Predicate:
    """Select WorkSpaces whose user is not connected, and began to connect last at least so long ago.

    Not known of one never connected: AWS does not tell how old it is, and it may be new. Who means those too says so:
    idle_for(days=30) | never_connected(). Not known either where AWS leaves a WorkSpace out. Time counts back from when
    the WorkSpace was described.
    """
    try:
        length = (duration or timedelta()) + timedelta(days=days, hours=hours, minutes=minutes)
    except OverflowError:
        raise _mistake("idle_for", f"it takes no more than {timedelta.max.days:,} days") from None
    except ValueError:  # nan is no number of days
        length = timedelta()
    if length <= timedelta():
        raise _mistake("idle_for", "it takes a time above zero, as in idle_for(days=30)")
    return RowPredicate(
        says=f"is idle for {_in_words(length)}", needs=_CONNECTION, of_row=partial(questions.has_been_idle, length)
    )


def row(question: Callable[[InventoryRow], bool | None], *, says: str, needs: Collection[Join | str] = ()) -> Predicate:
    """Select WorkSpaces by a question of one's own: True, False, or None for not known.

    says is the question in words, for plans and reports, and what a journal knows it by: say something else where it
    asks something else. needs names what of the row must have been looked up: the members of other joins are None.
    Another answer than these three raises TypeError; what question raises ends the reading.
    """
    if not says:
        raise _mistake("row", "says= is for what is asked, in words")
    return RowPredicate(says=says, needs=_joins(needs), of_row=partial(questions.own, question, says))


def _property(
    name: str, words: str, values: tuple[str, ...], kind: type[OpenEnum], *, member: str | None = None
) -> Predicate:
    known = _values(name, values, kind)
    return RowPredicate(
        says=f"{words} is {_either(values)}", of_row=partial(questions.has_property, member or name, known)
    )


def _values(name: str, values: tuple[str, ...], kind: type[OpenEnum]) -> frozenset[str]:
    """Return the values; a text that the enumeration does not name is refused, a member of it that is new is not."""
    for value in _named(name, values):
        if value not in list(kind) and not isinstance(value, kind):
            meant = close_matches(value.upper(), list(kind), most=1)
            hint = f", did you mean {meant[0]}?" if meant else f": {', '.join(kind)}."
            raise _mistake(name, f"{value!r} is none that is known{hint} A new one of AWS's is {kind.__name__}(…)")
    return frozenset(values)


def _joins(names: Collection[Join | str]) -> frozenset[Join]:
    if isinstance(names, str) or not set(names) <= set(Join):
        raise _mistake("row", f"needs= takes a list of {', '.join(Join)}")
    return frozenset(map(Join, names))


def _ids(name: str, values: tuple[str, ...]) -> frozenset[str]:
    shape, words = _IDS[name]
    for value in _named(name, values):
        if not shape.fullmatch(value):
            raise _mistake(name, f"{value!r} is no id of {words}")
    return frozenset(values)


def _named(name: str, values: Iterable[object], *, empty_is_fine: bool = False) -> frozenset[str]:
    found: set[str] = set()
    for value in values:
        if not isinstance(value, str):
            raise _mistake(name, f"it takes texts, one after another, not a {type(value).__name__}")
        if not value and not empty_is_fine:
            raise _mistake(name, "an empty text is none")
        found.add(value)
    if not found:
        raise _mistake(name, "it needs one at least")
    return frozenset(found)


def _mistake(name: str, what: str) -> RequestValidationError:
    return RequestValidationError(f"where.{name}: {what}", path=f"where.{name}")


def _either(values: tuple[str, ...]) -> str:
    """Name values; of many the first, and what tells these from others: journals compare selections by their words."""
    told = " or ".join(values[:_TOLD])
    if len(values) <= _TOLD:
        return told
    mark = hashlib.blake2b("\n".join(values).encode(errors="backslashreplace"), digest_size=6).hexdigest()
    return f"{told} or {len(values) - _TOLD} others ({mark})"


def _in_words(length: timedelta) -> str:
    """Return whole days as such, and other lengths with hours, minutes and seconds."""
    if length % timedelta(days=1):
        return str(length)
    return "1 day" if length.days == 1 else f"{length.days:,} days"
