"""Two plots of a fleet, where a look beats reading. Extra wsclient[notebook] (matplotlib).

    workspaces = await ws.describe_workspaces().collect()
    connections = await ws.describe_workspaces_connection_status().collect()
    plots.states_by_directory(workspaces)
    plots.running_mode_by_last_connection(workspaces, connections)

Rows of an inventory do as well, and bring their connections and directories with them. The colours are told apart by
colour-blind eyes, and every count is written. Each function draws into the axes it is given, or into a new figure of
pyplot's, which a notebook shows, and returns the axes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Protocol, cast

from wsclient._core.clock import SYSTEM_CLOCK
from wsclient._generated.workspaces.structures import Workspace
from wsclient.plots._drawing import OTHER, draw_bars, draw_heat, new_axes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from matplotlib.axes import Axes

    from wsclient._generated.workspaces.structures import WorkspaceConnectionStatus, WorkspaceDirectory

__all__ = ["InventoryRow", "running_mode_by_last_connection", "states_by_directory"]

MOST_DIRECTORIES: Final = 40
"""How many directories have a bar each; those with the fewest WorkSpaces share the last one."""
MOST_STATES: Final = 8
"""How many states have a colour in one plot; the rarest share the last one."""
NEVER: Final = "never"
NOT_KNOWN: Final = "not known"
AGES: Final = (
    ("< 1 day", timedelta(days=1)),
    ("< 7 days", timedelta(days=7)),
    ("< 30 days", timedelta(days=30)),
    ("< 90 days", timedelta(days=90)),
    ("older", timedelta.max),
)


class InventoryRow(Protocol):
    """What a plot reads of a row of an inventory."""

    @property
    def workspace(self) -> Workspace:
        """The WorkSpace."""
        ...

    @property
    def directory(self) -> WorkspaceDirectory | None:
        """Its directory, where that was looked up."""
        ...

    @property
    def connection(self) -> WorkspaceConnectionStatus | None:
        """When its user was last connected, where that was looked up."""
        ...

    @property
    def seen_at(self) -> datetime:
        """When it was described, by AWS's clock."""
        ...


def states_by_directory(
    workspaces: Iterable[Workspace | InventoryRow],
    *,
    names: Mapping[str, str] | None = None,
    axes: Axes | None = None,
) -> Axes:
    """Draw how many WorkSpaces of each directory are in which state: a bar a directory, the largest on top.

    Args:
        workspaces: the WorkSpaces, or rows of an inventory.
        names: what to call a directory by its id; by default rows tell it, and else the id does.
        axes: where to draw; a new figure by default, as high as the directories need.

    Raises:
        ConfigurationError: matplotlib is missing; it comes with the extra wsclient[notebook].
    """
    counts, titles = _count_states(workspaces, names or {})
    bars = _largest(counts)
    axes = axes if axes is not None else new_axes(9.0, 1.4 + 0.32 * max(len(bars), 3))
    total = sum(counter.total() for counter in counts.values())
    title = f"States of {total:,} WorkSpaces in {len(counts):,} {'directory' if len(counts) == 1 else 'directories'}"
    return draw_bars(axes, title, [(titles.get(key, key), counter) for key, counter in bars.items()])


def running_mode_by_last_connection(
    workspaces: Iterable[Workspace | InventoryRow],
    connections: Iterable[WorkspaceConnectionStatus] | Mapping[str, datetime | None] = (),
    *,
    now: datetime | None = None,
    axes: Axes | None = None,
) -> Axes:
    """Draw how long ago the users of WorkSpaces were last connected, by running mode: who pays for what is not used.

    AWS leaves new and broken WorkSpaces out of its answer: nothing is known of those. One whose user was never
    connected has no time.

    Args:
        workspaces: the WorkSpaces, or rows of an inventory that have their connections.
        connections: what DescribeWorkspacesConnectionStatus lists, or the time by WorkSpace id, None for never.
        now: from when to count back, an aware time; by default from when a row was described, else from this machine's
            time.
        axes: where to draw; a new figure by default.

    Raises:
        ConfigurationError: matplotlib is missing; it comes with the extra wsclient[notebook].
    """
    counts = _count_modes(workspaces, _last_times(connections), now)
    modes = sorted({mode for mode, _ in counts}, key=lambda mode: (mode == NOT_KNOWN, mode))
    ages = [*(name for name, _ in AGES), NEVER]
    if any(age == NOT_KNOWN for _, age in counts):
        ages.append(NOT_KNOWN)
    axes = axes if axes is not None else new_axes(8.0, 1.6 + 0.55 * max(len(modes), 2))
    title = f"Running mode of {counts.total():,} WorkSpaces by last connection"
    grid = {mode: [counts[mode, age] for age in ages] for mode in modes}
    return draw_heat(axes, title, grid, ages, "last connection of the user")


def _workspace_of(one: Workspace | InventoryRow) -> Workspace:
    return one if isinstance(one, Workspace) else one.workspace


def _count_states(
    workspaces: Iterable[Workspace | InventoryRow], names: Mapping[str, str]
) -> tuple[dict[str, Counter[str]], dict[str, str]]:
    """Return how many are in which state by directory, and what the directories are called."""
    counts, titles = dict[str, Counter[str]](), dict[str, str]()
    for one in workspaces:
        workspace = _workspace_of(one)
        key = workspace.directory_id or NOT_KNOWN
        counts.setdefault(key, Counter())[str(workspace.state or NOT_KNOWN)] += 1
        directory = None if isinstance(one, Workspace) else one.directory
        if key in names:
            titles[key] = names[key]
        elif directory is not None and directory.directory_name:
            titles[key] = f"{directory.directory_name} ({key})"
    return counts, titles


def _largest(counts: Mapping[str, Counter[str]]) -> dict[str, Counter[str]]:
    """Return the largest directories, then one bar of all others; rare states as one."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1].total(), item[0]))
    bars = dict(ranked) if len(ranked) <= MOST_DIRECTORIES else dict(ranked[: MOST_DIRECTORIES - 1])
    if others := ranked[len(bars) :]:
        bars[f"{len(others):,} smaller directories"] = sum((counter for _, counter in others), Counter[str]())
    states = sum(bars.values(), Counter[str]())
    rare = [state for state, _ in states.most_common()[MOST_STATES:]]
    return {key: _folded(counter, rare) for key, counter in bars.items()}


def _folded(counter: Counter[str], rare: Sequence[str]) -> Counter[str]:
    folded = Counter({state: count for state, count in counter.items() if state not in rare})
    if other := counter.total() - folded.total():
        folded[OTHER] = other
    return folded


def _last_times(
    connections: Iterable[WorkspaceConnectionStatus] | Mapping[str, datetime | None],
) -> dict[str, datetime | None]:
    if isinstance(connections, Mapping):
        return dict(cast("Mapping[str, datetime | None]", connections))
    return {one.workspace_id or "": one.last_known_user_connection_timestamp for one in connections}


def _count_modes(
    workspaces: Iterable[Workspace | InventoryRow], times: Mapping[str, datetime | None], now: datetime | None
) -> Counter[tuple[str, str]]:
    """Return how many there are of each running mode and age."""
    counts = Counter[tuple[str, str]]()
    present = now or SYSTEM_CLOCK.now()
    for one in workspaces:
        workspace = _workspace_of(one)
        known = times
        if not isinstance(one, Workspace) and one.connection is not None:
            known = {workspace.workspace_id or "": one.connection.last_known_user_connection_timestamp}
        properties = workspace.workspace_properties
        mode = str((properties and properties.running_mode) or NOT_KNOWN)
        since = present if now is not None or isinstance(one, Workspace) else one.seen_at
        counts[mode, _age(workspace.workspace_id or "", known, since)] += 1
    return counts


def _age(workspace_id: str, times: Mapping[str, datetime | None], now: datetime) -> str:
    if workspace_id not in times:
        return NOT_KNOWN
    at = times[workspace_id]
    return NEVER if at is None else next(name for name, limit in AGES if now - at < limit)
