"""Predicates that select a fleet's WorkSpaces: where.state("AVAILABLE") & where.idle_for(days=30).

Combine them by &, | and ~. They are three-valued: a WorkSpace with missing data matches neither a predicate nor its
negation.

No extra calls:                          state, running_mode, compute_type, protocol, operating_system, error_code,
                                         user, user_like
No extra calls, and a narrower listing:  ids, directory, bundle; directory & user; account, region
One call for 25 WorkSpaces:              connected, never_connected, idle_for
One call for each WorkSpace:             tag, has_tag, untagged
Anything else:                           row, for a condition of your own; everything, for no condition at all

Lookups are made only for WorkSpaces whose result depends on them, the cheaper lookups first. An invalid argument raises
RequestValidationError when the predicate is made. To use a value that AWS added after this version, construct it by its
enumeration: where.state(types.WorkspaceState("HIBERNATED")).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterable
from datetime import timedelta
from functools import partial
from typing import Final

from wsclient._core.argument_checks import FunctionT, checked
from wsclient._core.errors import RequestValidationError
from wsclient._core.model.enums import OpenEnum, unknown_value_text
from wsclient._core.utils import has_lone_surrogate, is_list, is_mapping
from wsclient._core.value_kinds import type_name
from wsclient._generated.workspaces.enums import (
    Compute,
    ComputeText,
    OperatingSystemName,
    OperatingSystemNameText,
    Protocol,
    ProtocolText,
    RunningMode,
    RunningModeText,
    WorkspaceState,
    WorkspaceStateText,
)
from wsclient.fleet._rows import InventoryRow, Join, JoinText
from wsclient.fleet._selection import conditions
from wsclient.fleet._selection.filters import ListingFilter
from wsclient.fleet._selection.predicates import Predicate, RowPredicate, SitePredicate

__all__ = [
    "account",
    "bundle",
    "compute_type",
    "connected",
    "directory",
    "error_code",
    "everything",
    "has_tag",
    "idle_for",
    "ids",
    "never_connected",
    "operating_system",
    "protocol",
    "region",
    "row",
    "running_mode",
    "state",
    "tag",
    "untagged",
    "user",
    "user_like",
]

_MAX_LISTED: Final = 5
"""Values that the text of a predicate lists; more are represented by a digest."""
_NOT_UNICODE: Final = "contains a lone surrogate, which UTF-8 cannot encode"
WORKSPACE_ID: Final = re.compile(r"ws-[0-9a-z]{8,63}")
BUNDLE_ID: Final = re.compile(r"wsb-[0-9a-z]{8,63}")
_IDS: Final = {
    "ids": (WORKSPACE_ID, "a WorkSpace id (ws-0123456789)"),
    "directory": (re.compile(r"d-[0-9a-f]{8,63}|wsd-[0-9a-z]{8,63}"), "a directory id (d-0123456789)"),
    "bundle": (BUNDLE_ID, "a bundle id (wsb-0123456789)"),
}
_CONNECTION: Final = frozenset({Join.CONNECTION})
_TAGS: Final = frozenset({Join.TAGS})


def _checked(function: FunctionT) -> FunctionT:
    """Have errors name unknown and missing arguments of a function of this module, and those that it takes."""
    return checked({}, owner=f"where.{function.__name__}")(function)


def everything() -> Predicate:
    """Select every WorkSpace."""
    return RowPredicate(description="everything", condition=conditions.always)


@_checked
def state(*states: WorkspaceStateText) -> Predicate:
    """Select WorkSpaces in one of these states."""
    known = _enum_values("state", states, WorkspaceState)
    return RowPredicate(description=f"state is {_values_text(states)}", condition=partial(conditions.in_state, known))


@_checked
def running_mode(*modes: RunningModeText) -> Predicate:
    """Select WorkSpaces with one of these running modes: AUTO_STOP, ALWAYS_ON, MANUAL."""
    return _property("running_mode", "running mode", modes, RunningMode)


@_checked
def compute_type(*types: ComputeText) -> Predicate:
    """Select WorkSpaces of one of these compute types: VALUE, STANDARD, PERFORMANCE and so on."""
    return _property("compute_type", "compute type", types, Compute, member="compute_type_name")


@_checked
def operating_system(*names: OperatingSystemNameText) -> Predicate:
    """Select WorkSpaces with one of these operating systems: WINDOWS_11, UBUNTU_22_04 and so on."""
    return _property("operating_system", "operating system", names, OperatingSystemName, member="operating_system_name")


@_checked
def protocol(*protocols: ProtocolText) -> Predicate:
    """Select WorkSpaces that support one of these streaming protocols: PCOIP, WSP (Amazon DCV)."""
    if "DCV" in protocols:
        raise _invalid("protocol", "the API's value for Amazon DCV is 'WSP'; pass that instead of 'DCV'")
    known = _enum_values("protocol", protocols, Protocol)
    return RowPredicate(
        description=f"protocol is {_values_text(protocols)}", condition=partial(conditions.has_protocol, known)
    )


@_checked
def error_code(*codes: str) -> Predicate:
    """Select WorkSpaces for which AWS reports one of these error codes; without arguments, any error code."""
    if not codes:
        return RowPredicate(description="has an error code", condition=partial(conditions.has_error, None))
    known = _texts("error_code", codes)
    return RowPredicate(
        description=f"error code is {_values_text(codes)}", condition=partial(conditions.has_error, known)
    )


@_checked
def ids(*workspace_ids: str) -> Predicate:
    """Select WorkSpaces by their ids; only these are listed, 25 a call."""
    known = _ids("ids", workspace_ids)
    return RowPredicate(
        description=f"id is {_values_text(workspace_ids)}",
        condition=partial(conditions.has_id, known),
        within=ListingFilter(ids=known),
    )


@_checked
def directory(*directory_ids: str) -> Predicate:
    """Select WorkSpaces of these directories, by directory id; only these directories are listed."""
    return RowPredicate(
        description=f"directory is {_values_text(directory_ids)}",
        condition=partial(conditions.in_directory, _ids("directory", directory_ids)),
        within=ListingFilter(directories=frozenset(directory_ids)),
    )


@_checked
def bundle(*bundle_ids: str) -> Predicate:
    """Select WorkSpaces of these bundles, by bundle id; only the WorkSpaces of these bundles are listed."""
    return RowPredicate(
        description=f"bundle is {_values_text(bundle_ids)}",
        condition=partial(conditions.from_bundle, _ids("bundle", bundle_ids)),
        within=ListingFilter(bundles=frozenset(bundle_ids)),
    )


@_checked
def user(*names: str) -> Predicate:
    """Select WorkSpaces of these users; names compare without regard to case, as AWS compares them.

    Combined with a directory (directory(…) & user(…)), only the WorkSpaces of these users are listed.
    """
    for name in _texts("user", names):
        if re.search(r"[*?]", name):
            raise _invalid("user", f"{name!r} contains a wildcard; use user_like for patterns")
    folded = frozenset(name.lower() for name in names)
    description = f"user is {_values_text(names)}"
    return RowPredicate(
        description=description, condition=partial(conditions.has_user, folded), within=ListingFilter(users=folded)
    )


@_checked
def user_like(*patterns: str) -> Predicate:
    """Select WorkSpaces of users whose whole name matches a pattern; * matches any text, ? one character.

    Names compare without regard to case.
    """
    known = _texts("user_like", patterns)
    alternatives = "|".join(re.escape(text).replace(r"\*", ".*").replace(r"\?", ".") for text in sorted(known))
    pattern = re.compile(alternatives.lower(), re.DOTALL)
    return RowPredicate(
        description=f"user is like {_values_text(patterns)}", condition=partial(conditions.matches_user, pattern)
    )


@_checked
def account(*names: str) -> Predicate:
    """Select WorkSpaces of these accounts, by their names in the fleet; no call is made to other accounts.

    Selecting WorkSpaces raises ConfigurationError for an account that the fleet does not have.
    """
    return SitePredicate(
        description=f"account is {_values_text(names)}", part="account", names=_texts("account", names)
    )


@_checked
def region(*names: str) -> Predicate:
    """Select WorkSpaces in these regions; no call is made to other regions.

    Selecting WorkSpaces raises ConfigurationError for a region that the fleet does not have.
    """
    return SitePredicate(description=f"region is {_values_text(names)}", part="region", names=_texts("region", names))


@_checked
def tag(key: str, *values: str) -> Predicate:
    """Select WorkSpaces with this tag and one of these values, or any value if none is passed; both are case-sensitive.

    Costs a call for each WorkSpace whose result depends on it. Unknown for a WorkSpace that was deleted since it was
    listed.
    """
    (key,) = _texts("tag", (key,))
    known = _texts("tag", values, allows_empty=True) if values else None
    description = f"tag {key} is {_values_text(values)}" if values else f"has tag {key}"
    return RowPredicate(description=description, needs=_TAGS, condition=partial(conditions.has_tag, key, known))


@_checked
def has_tag(key: str) -> Predicate:
    """Select WorkSpaces with a tag of this key and any value: tag(key)."""
    return tag(key)


def untagged() -> Predicate:
    """Select WorkSpaces without any tag."""
    return RowPredicate(description="has no tag", needs=_TAGS, condition=conditions.is_untagged)


def connected() -> Predicate:
    """Select WorkSpaces whose user is connected.

    Unknown if AWS returns no connection status (new and broken WorkSpaces) or the status UNKNOWN. AWS returns UNKNOWN
    for a STOPPED WorkSpace too, which counts as not connected.
    """
    return RowPredicate(description="is connected", needs=_CONNECTION, condition=conditions.is_connected)


def never_connected() -> Predicate:
    """Select WorkSpaces to which, as far as AWS knows, no user has ever connected.

    Unknown if AWS returns no connection status, which does not show whether the WorkSpace is used. AWS does not return
    a creation time, so a WorkSpace created a minute ago matches too.
    """
    return RowPredicate(
        description="was never connected to", needs=_CONNECTION, condition=conditions.was_never_connected
    )


@_checked
def idle_for(duration: timedelta | None = None, *, days: float = 0, hours: float = 0, minutes: float = 0) -> Predicate:
    """Select WorkSpaces whose user is not connected, and whose last connection started at least this long ago.

    The parameters add up; the time counts back from when the WorkSpace was described. Unknown for a WorkSpace that no
    user ever connected to: AWS does not return its age, and it may be new. To include those, use
    idle_for(days=30) | never_connected(). Also unknown if AWS returns no connection status. Raises
    RequestValidationError for a time that is not above zero.
    """
    try:
        length = (duration or timedelta()) + timedelta(days=days, hours=hours, minutes=minutes)
    except OverflowError:
        raise _invalid("idle_for", f"the time exceeds the maximum of {timedelta.max.days:,} days") from None
    except TypeError:
        raise _invalid("idle_for", "the time must be a timedelta or numbers, as in idle_for(days=30)") from None
    except ValueError:  # timedelta rejects NaN
        length = timedelta()
    if length <= timedelta():
        raise _invalid("idle_for", "the time must be above zero, as in idle_for(days=30)")
    return RowPredicate(
        description=f"is idle for {_duration_text(length)}",
        needs=_CONNECTION,
        condition=partial(conditions.has_been_idle, length),
    )


@_checked
def row(
    function: Callable[[InventoryRow], bool | None], *, description: str, needs: Collection[JoinText] = ()
) -> Predicate:
    """Select WorkSpaces by a function that returns True, False, or None for unknown.

    Args:
        function: receives an InventoryRow.
        description: the condition as text, for plans and reports. A journal identifies the selection by it: change it
            when the function changes.
        needs: joins that the function reads; row members of other joins are None.

    Any other return value raises TypeError; an exception from the function ends the reading.
    """
    if not description:
        raise _invalid("row", "description= is empty; pass the condition as text")
    if has_lone_surrogate(description):
        raise _invalid("row", f"description={description!r:.80} {_NOT_UNICODE}")
    return RowPredicate(
        description=description, needs=_joins(needs), condition=partial(conditions.custom, function, description)
    )


def _property(
    name: str, label: str, values: tuple[str, ...], enum: type[OpenEnum], *, member: str | None = None
) -> Predicate:
    known = _enum_values(name, values, enum)
    return RowPredicate(
        description=f"{label} is {_values_text(values)}",
        condition=partial(conditions.has_property, member or name, known),
    )


def _enum_values(name: str, values: tuple[str, ...], enum: type[OpenEnum]) -> frozenset[str]:
    """Return the values; raise if a str is not among the enumeration's values. New members of the enumeration pass."""
    for value in _texts(name, values):
        if value not in list(enum) and not isinstance(value, enum):
            raise _invalid(name, unknown_value_text(name.replace("_", " "), value, enum))
    return frozenset(values)


def _joins(names: Collection[JoinText]) -> frozenset[Join]:
    if isinstance(names, str) or not set(names) <= set(Join):
        raise _invalid("row", f"needs= takes a list of {', '.join(Join)}")
    return frozenset(map(Join, names))


def _ids(name: str, values: tuple[str, ...]) -> frozenset[str]:
    pattern, label = _IDS[name]
    for value in _texts(name, values):
        if not pattern.fullmatch(value):
            raise _invalid(name, f"{value!r} is not {label}")
    return frozenset(values)


def _texts(name: str, values: Iterable[object], *, allows_empty: bool = False) -> frozenset[str]:
    found: set[str] = set()
    for value in values:
        if not isinstance(value, str):
            hint = "; unpack a list with *" if is_list(value) else ""
            hint = ", as in where.tag('team', 'red')" if name == "tag" and is_mapping(value) else hint
            raise _invalid(name, f"takes str arguments, not {type_name(value)}{hint}")
        if not value and not allows_empty:
            raise _invalid(name, "an argument is an empty str")
        if has_lone_surrogate(value):
            raise _invalid(name, f"{value!r:.80} {_NOT_UNICODE}")
        found.add(value)
    if not found:
        raise _invalid(name, "needs at least one argument")
    return frozenset(found)


def _invalid(name: str, problem: str) -> RequestValidationError:
    return RequestValidationError(f"where.{name}: {problem}", path=f"where.{name}")


# Journals compare selections by their text: these two functions must return the same text in every version.
def _values_text(values: tuple[str, ...]) -> str:
    """Return the values as text; of many, the first ones and a digest that distinguishes the rest."""
    text = " or ".join(values[:_MAX_LISTED])
    if len(values) <= _MAX_LISTED:
        return text
    digest = hashlib.blake2b("\n".join(values).encode(errors="backslashreplace"), digest_size=6).hexdigest()
    return f"{text} or {len(values) - _MAX_LISTED} others ({digest})"


def _duration_text(length: timedelta) -> str:
    """Return whole days as days, and any other duration with hours, minutes and seconds."""
    if length % timedelta(days=1):
        return str(length)
    return "1 day" if length.days == 1 else f"{length.days:,} days"
