"""Draws the plots: counts in, matplotlib's axes out. Every number is written, and no label lies over another."""
# matplotlib types a part of itself.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from wsclient._core.tables.frames import requires_extra
from wsclient._generated.workspaces.enums import WorkspaceState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.typing import ColorType

OTHER: Final = "other states"
NOTHING: Final = "there are no WorkSpaces"
MOST_CHARACTERS: Final = 40
"""How long the label of a bar may be."""

COLOURS: Final[Mapping[str, tuple[str, str]]] = {
    WorkspaceState.AVAILABLE: ("#009e73", ""),
    WorkspaceState.STOPPED: ("#999999", ""),
    WorkspaceState.ERROR: ("#d55e00", ""),
    WorkspaceState.UNHEALTHY: ("#e69f00", ""),
    WorkspaceState.IMPAIRED: ("#f0e442", ""),
    WorkspaceState.STARTING: ("#56b4e9", ""),
    WorkspaceState.STOPPING: ("#cccccc", ""),
    WorkspaceState.PENDING: ("#0072b2", ""),
    WorkspaceState.SUSPENDED: ("#cc79a7", ""),
    WorkspaceState.REBOOTING: ("#56b4e9", "//"),
    WorkspaceState.UPDATING: ("#56b4e9", ".."),
    WorkspaceState.REBUILDING: ("#0072b2", "//"),
    WorkspaceState.RESTORING: ("#0072b2", ".."),
    WorkspaceState.MAINTENANCE: ("#e69f00", "//"),
    WorkspaceState.ADMIN_MAINTENANCE: ("#e69f00", ".."),
    WorkspaceState.TERMINATING: ("#cc79a7", "//"),
    WorkspaceState.TERMINATED: ("#cc79a7", ".."),
}
"""The colours of Okabe and Ito, a hatch beside where there are more states than colours; a state has one for ever."""
OTHER_COLOUR: Final = ("#ffffff", "xx")
_LIGHT_ENOUGH: Final = 0.55
"""From this brightness on, 0 being black and 1 white, what is written on a colour is black."""


def new_axes(width: float, height: float) -> Axes:
    """Return the axes of a new figure of pyplot's, in inches; raises ConfigurationError without matplotlib."""
    with requires_extra("notebook"):
        from matplotlib import pyplot as plt  # noqa: PLC0415 - the extra is loaded by who asks for it
    _, axes = plt.subplots(figsize=(width, height), layout="constrained")
    return axes


def draw_bars(axes: Axes, title: str, bars: Sequence[tuple[str, Counter[str]]]) -> Axes:
    """Draw a stacked bar for each pair of a name and its counts, the first on top."""
    axes.set_title(title, loc="left", fontweight="bold")
    if not bars:
        return _say_nothing(axes)
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415 - comes with the extra

    _stack(axes, [counter for _, counter in bars])
    axes.set_yticks(range(len(bars)), [_cut(name) for name, _ in bars])
    axes.set_ylim(len(bars) - 0.4, -0.6)
    axes.set_xlabel("WorkSpaces")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
    return axes


def draw_heat(
    axes: Axes, title: str, grid: Mapping[str, Sequence[int]], columns: Sequence[str], columns_are: str
) -> Axes:
    """Draw a grid in which more is darker, a row for each name."""
    axes.set_title(title, loc="left", fontweight="bold")
    if not grid:
        return _say_nothing(axes)
    _tile(axes, list(grid.values()))
    axes.set_xticks(range(len(columns)), columns)
    axes.set_yticks(range(len(grid)), list(grid))
    axes.set_xlabel(columns_are)
    return axes


def _stack(axes: Axes, bars: Sequence[Counter[str]]) -> None:
    """Draw the commonest state first, with a count in each part that has room for it, and the sum behind."""
    widest = max(counter.total() for counter in bars)
    begins = [0] * len(bars)
    states = sum(bars, Counter[str]())
    for state in sorted(states, key=lambda one: (one == OTHER, -states[one])):
        colour, hatch = COLOURS.get(state, OTHER_COLOUR)
        counts = [counter[state] for counter in bars]
        drawn = axes.barh(
            range(len(bars)),
            counts,
            left=begins,
            color=colour,
            hatch=hatch,
            label=state,
            edgecolor="#555555",
            linewidth=0.4,
        )
        written = [f"{count:,}" if count / widest > 0.013 * (len(f"{count:,}") + 1) else "" for count in counts]
        for text in axes.bar_label(drawn, written, label_type="center", fontsize=8, color=_ink(colour)):
            if hatch:
                text.set_bbox({"facecolor": colour, "edgecolor": "none", "pad": 0.8})
        begins = [begin + count for begin, count in zip(begins, counts, strict=True)]
    for place, end in enumerate(begins):
        axes.text(end + widest * 0.008, place, f"{end:,}", va="center", fontsize=8, fontweight="bold")
    axes.set_xlim(0, widest * 1.12)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)


def _tile(axes: Axes, counts: Sequence[Sequence[int]]) -> None:
    import numpy as np  # noqa: PLC0415 - comes with the extra
    from matplotlib.colors import PowerNorm  # noqa: PLC0415 - as above

    most = max(max(row) for row in counts)
    # Square roots, so that a few of a thousand do not look like none.
    tiles = np.array(counts)
    image = axes.imshow(tiles, cmap="Blues", norm=PowerNorm(0.5, 0, max(most, 1)), aspect="auto")
    colours = image.to_rgba(tiles)
    for y, row in enumerate(counts):
        for x, count in enumerate(row):
            axes.text(x, y, f"{count:,}", ha="center", va="center", color=_ink(colours[y, x]))
    axes.set_xticks([x + 0.5 for x in range(len(counts[0]) - 1)], minor=True)
    axes.set_yticks([y + 0.5 for y in range(len(counts) - 1)], minor=True)
    axes.grid(which="minor", color="white", linewidth=2)
    axes.tick_params(which="both", length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _say_nothing(axes: Axes) -> Axes:
    axes.text(0.5, 0.5, NOTHING, ha="center", va="center", transform=axes.transAxes)
    axes.set_axis_off()
    return axes


def _ink(colour: ColorType) -> str:
    """Return black or white, whichever reads better on a colour."""
    from matplotlib.colors import to_rgb  # noqa: PLC0415 - comes with the extra

    red, green, blue = to_rgb(colour)
    return "black" if 0.299 * red + 0.587 * green + 0.114 * blue > _LIGHT_ENOUGH else "white"


def _cut(name: str) -> str:
    return name if len(name) <= MOST_CHARACTERS else f"{name[: MOST_CHARACTERS - 1]}…"
