"""The public plot functions: they count WorkSpaces, and wsclient/plots/_drawing.py draws the counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol, cast

from wsclient._core.clock import SYSTEM_CLOCK
from wsclient._core.errors import ConfigurationError
from wsclient._core.lazy_imports import OptionalModule
from wsclient._core.value_kinds import type_name
from wsclient._generated.workspaces.structures import Workspace, WorkspaceConnectionStatus, WorkspaceDirectory
from wsclient.plots._drawing import OTHER, draw_bars, draw_heat, new_axes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib import axes as mpl
else:
    mpl = OptionalModule("matplotlib.axes")


__all__ = ["InventoryRow", "running_mode_by_last_connection", "states_by_directory"]

MAX_DIRECTORIES: Final = 40
"""Maximum number of bars; the directories with the fewest WorkSpaces share the last bar."""
MAX_STATES: Final = 8
"""Maximum number of states with a colour of their own in one plot; the rarest states share one colour."""
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
    """Protocol of the inventory rows that the plots accept."""

    @property
    def workspace(self) -> Workspace:
        """The WorkSpace."""
        ...

    @property
    def directory(self) -> WorkspaceDirectory | None:
        """Its directory, or None if it was not retrieved."""
        ...

    @property
    def connection(self) -> WorkspaceConnectionStatus | None:
        """Its connection status, or None if it was not retrieved."""
        ...

    @property
    def seen_at(self) -> datetime:
        """Time of the response that described it, by AWS's clock."""
        ...


def states_by_directory(
    workspaces: Iterable[Workspace | InventoryRow],
    *,
    names: Mapping[str, str] | None = None,
    axes: mpl.Axes | None = None,
) -> mpl.Axes:
    """Draw the number of WorkSpaces in each state: one bar for each directory, the largest directory on top.

    Args:
        workspaces: the WorkSpaces, or inventory rows.
        names: labels of directories, by directory id; by default the directory's name from a row, else the id.
        axes: axes to draw into; by default a new figure whose height fits the directories.

    Raises:
        ConfigurationError: workspaces has something else; or matplotlib, of the extra wsclient[notebook], is missing.
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
    axes: mpl.Axes | None = None,
) -> mpl.Axes:
    """Draw the time since the last user connection by running mode, to find unused AlwaysOn WorkSpaces.

    AWS omits new and broken WorkSpaces from its response; the plot counts them as "not known". A WorkSpace whose user
    never connected counts as "never".

    Args:
        workspaces: the WorkSpaces, or inventory rows with their connections.
        connections: items of DescribeWorkspacesConnectionStatus, or the time of the last connection by WorkSpace id,
            None for never.
        now: reference time, timezone-aware; by default the time at which a row was described, else this machine's
            time.
        axes: axes to draw into; by default a new figure.

    Raises:
        ConfigurationError: workspaces has something else; or matplotlib, of the extra wsclient[notebook], is missing.
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


def _checked(workspaces: Iterable[Workspace | InventoryRow]) -> Iterator[Workspace | InventoryRow]:
    """Yield the WorkSpaces or rows. Raises ConfigurationError for anything else: callers may not run a type checker."""
    if not isinstance(workspaces, Iterable):  # pyright: ignore[reportUnnecessaryIsInstance] - see above
        raise _wrong(workspaces)
    for item in workspaces:
        if not isinstance(item, Workspace) and not hasattr(item, "workspace"):
            raise _wrong(item)
        yield item


def _wrong(value: object) -> ConfigurationError:
    return ConfigurationError(
        f"plots take a list of WorkSpaces or of inventory rows, not {type_name(value)}; of a page, pass page.workspaces"
    )


def _workspace(item: Workspace | InventoryRow) -> Workspace:
    return item if isinstance(item, Workspace) else item.workspace


def _count_states(
    workspaces: Iterable[Workspace | InventoryRow], names: Mapping[str, str]
) -> tuple[dict[str, Counter[str]], dict[str, str]]:
    """Return the number of WorkSpaces by directory and state, and the labels of the directories."""
    counts, titles = dict[str, Counter[str]](), dict[str, str]()
    for item in _checked(workspaces):
        workspace = _workspace(item)
        key = workspace.directory_id or NOT_KNOWN
        counts.setdefault(key, Counter())[str(workspace.state or NOT_KNOWN)] += 1
        directory = None if isinstance(item, Workspace) else item.directory
        if key in names:
            titles[key] = names[key]
        elif directory is not None and directory.directory_name:
            titles[key] = f"{directory.directory_name} ({key})"
    return counts, titles


def _largest(counts: Mapping[str, Counter[str]]) -> dict[str, Counter[str]]:
    """Return the largest directories and one bar for the remaining ones, with rare states merged into one."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1].total(), item[0]))
    bars = dict(ranked) if len(ranked) <= MAX_DIRECTORIES else dict(ranked[: MAX_DIRECTORIES - 1])
    if remaining := ranked[len(bars) :]:
        bars[f"{len(remaining):,} smaller directories"] = sum((counter for _, counter in remaining), Counter[str]())
    states = sum(bars.values(), Counter[str]())
    rare = [state for state, _ in states.most_common()[MAX_STATES:]]
    return {key: _merge_states(counter, rare) for key, counter in bars.items()}


def _merge_states(counter: Counter[str], rare: Sequence[str]) -> Counter[str]:
    merged = Counter({state: count for state, count in counter.items() if state not in rare})
    if rare_count := counter.total() - merged.total():
        merged[OTHER] = rare_count
    return merged


def _last_times(
    connections: Iterable[WorkspaceConnectionStatus] | Mapping[str, datetime | None],
) -> dict[str, datetime | None]:
    if isinstance(connections, Mapping):
        return dict(cast("Mapping[str, datetime | None]", connections))
    return {status.workspace_id: status.last_known_user_connection_timestamp for status in connections}


def _count_modes(
    workspaces: Iterable[Workspace | InventoryRow], times: Mapping[str, datetime | None], now: datetime | None
) -> Counter[tuple[str, str]]:
    """Return the number of WorkSpaces by running mode and time since the last connection."""
    counts = Counter[tuple[str, str]]()
    present = now or SYSTEM_CLOCK.now()
    for item in _checked(workspaces):
        workspace = _workspace(item)
        known = times
        if not isinstance(item, Workspace) and item.connection is not None:
            known = {workspace.workspace_id: item.connection.last_known_user_connection_timestamp}
        mode = str(workspace.workspace_properties.running_mode or NOT_KNOWN)
        reference = present if now is not None or isinstance(item, Workspace) else item.seen_at
        counts[mode, _age(workspace.workspace_id, known, reference)] += 1
    return counts


def _age(workspace_id: str, times: Mapping[str, datetime | None], now: datetime) -> str:
    if workspace_id not in times:
        return NOT_KNOWN
    connected_at = times[workspace_id]
    return NEVER if connected_at is None else next(name for name, limit in AGES if now - connected_at < limit)
