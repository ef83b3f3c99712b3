"""Arguments of @pytest.mark.wsclient: the options of a test's emulator and its initial WorkSpaces."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict, cast

from wsclient._core.argument_checks import unknown_option
from wsclient._core.errors import ConfigurationError
from wsclient._generated.workspaces.enums import RunningMode, WorkspaceState
from wsclient.pacing._pace import Pace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wsclient._core.clock import Clock
    from wsclient._core.model.enums import OpenEnum
    from wsclient.testing._emulator.emulator import Emulator
    from wsclient.testing._emulator.inventory import Inventory
    from wsclient.testing._files import PathLike
    from wsclient.testing._state.quotas import Quotas
    from wsclient.testing._state.store import Durations


class EmulatorOptions(TypedDict, total=False):
    """Keyword arguments of Emulator, without host and port."""

    region: str
    other_regions: Sequence[str]
    account_id: str
    durations: Durations | None
    quotas: Quotas | None
    throttle: Pace | None
    clock: Clock
    seed: Inventory | PathLike | None


_CONTENT = ("workspaces", "running_mode", "state")
_NETWORK = "network"
"""Argument of the network guard, which applies to tests without an emulator too."""
_PAIR = 2


def emulator_options(keywords: Mapping[str, object]) -> EmulatorOptions:
    """Return the keywords that Emulator takes. Raises TypeError for unknown keywords."""
    known = (*EmulatorOptions.__annotations__, *_CONTENT, _NETWORK)
    for name in keywords:
        if name not in known:
            raise unknown_option("@pytest.mark.wsclient", name, known)
    options = {name: value for name, value in keywords.items() if name not in {*_CONTENT, _NETWORK}}
    if "throttle" in options:
        options["throttle"] = parse_pace(options["throttle"])
    return cast("EmulatorOptions", options)


def add_content(aws: Emulator, keywords: Mapping[str, object]) -> None:
    """Add the WorkSpaces that the keywords describe to an emulator. Raises ConfigurationError for invalid values."""
    count = keywords.get("workspaces", 0)
    if type(count) is not int or count < 0:
        raise ConfigurationError(f"@pytest.mark.wsclient: workspaces={count!r} must be an int of at least 0")
    mode = _parse_enum(RunningMode, "running_mode", keywords.get("running_mode", RunningMode.ALWAYS_ON))
    state = _parse_enum(WorkspaceState, "state", keywords.get("state", WorkspaceState.AVAILABLE))
    if not count and not keywords.keys().isdisjoint(_CONTENT[1:]):
        raise ConfigurationError(
            "@pytest.mark.wsclient: running_mode= and state= need workspaces=, the number of WorkSpaces"
        )
    aws.add_workspaces(count, running_mode=RunningMode(mode), state=WorkspaceState(state))


def parse_pace(value: object) -> Pace | None:
    """Return a Pace from a Pace or (rate, burst); None means no rate limit."""
    if value is None or isinstance(value, Pace):
        return value
    pair = cast("Sequence[object]", value) if isinstance(value, list | tuple) else ()
    if len(pair) != _PAIR:
        raise ConfigurationError("@pytest.mark.wsclient: throttle= must be a Pace, (calls per second, burst) or None")
    rate, burst = pair
    return Pace(cast("float", rate), cast("int", burst))


def _parse_enum(enum_type: type[OpenEnum], name: str, value: object) -> OpenEnum:
    """Return a member of an enumeration. Values unknown to the model are rejected, as misspellings."""
    if isinstance(value, str) and not (found := enum_type(value)).is_unknown:
        return found
    known = ", ".join(enum_type)
    raise ConfigurationError(f"@pytest.mark.wsclient: {name}={value!r} is not valid; use one of {known}")
