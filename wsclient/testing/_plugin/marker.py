"""What @pytest.mark.wsclient says: how a test's emulator is made, and what it begins with."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, TypedDict, cast

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
    """What Emulator takes, where it runs left out."""

    region: str
    other_regions: Sequence[str]
    account_id: str
    durations: Durations | None
    quotas: Quotas | None
    throttle: Pace | None
    clock: Clock
    seed: Inventory | PathLike | None


_CONTENT = ("workspaces", "running_mode", "state")
_PAIR = 2


def options_of(keywords: Mapping[str, object]) -> EmulatorOptions:
    """Return those keywords that say how the emulator is made; raises ConfigurationError for one that says nothing."""
    known = (*EmulatorOptions.__annotations__, *_CONTENT)
    for name in keywords:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f", did you mean {near[0]}=?" if near else f"; there are {', '.join(known)}"
            raise ConfigurationError(f"@pytest.mark.wsclient has no {name}={hint}")
    options = {name: value for name, value in keywords.items() if name not in _CONTENT}
    if "throttle" in options:
        options["throttle"] = pace_of(options["throttle"])
    return cast("EmulatorOptions", options)


def fill(aws: Emulator, keywords: Mapping[str, object]) -> None:
    """Put into an emulator what the keywords say."""
    count = keywords.get("workspaces", 0)
    if type(count) is not int or count < 0:
        raise ConfigurationError(f"@pytest.mark.wsclient: workspaces={count!r} is no number of WorkSpaces")
    mode = _value(RunningMode, "running_mode", keywords.get("running_mode", RunningMode.ALWAYS_ON))
    state = _value(WorkspaceState, "state", keywords.get("state", WorkspaceState.AVAILABLE))
    if not count and not keywords.keys().isdisjoint(_CONTENT[1:]):
        raise ConfigurationError("@pytest.mark.wsclient: running_mode= and state= need workspaces=, how many there are")
    aws.add_workspaces(count, running_mode=RunningMode(mode), state=WorkspaceState(state))


def pace_of(value: object) -> Pace | None:
    """Return a pace that is given as one, as (rate, burst), or as None for none."""
    if value is None or isinstance(value, Pace):
        return value
    pair = cast("Sequence[object]", value) if isinstance(value, list | tuple) else ()
    if len(pair) != _PAIR:
        raise ConfigurationError("@pytest.mark.wsclient: throttle= is a Pace, (calls a second, burst) or None")
    rate, burst = pair
    return Pace(cast("float", rate), cast("int", burst))


def _value(kind: type[OpenEnum], name: str, value: object) -> OpenEnum:
    """Return a value of an enumeration; one newer than the model can only be a misspelling here."""
    if isinstance(value, str) and not (found := kind(value)).is_unknown:
        return found
    known = ", ".join(kind)
    raise ConfigurationError(f"@pytest.mark.wsclient: {name}={value!r} is none of {known}")
