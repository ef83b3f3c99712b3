"""Drawing of the plots with matplotlib, from counts. Every number is printed, and labels do not overlap."""
# matplotlib is only partly typed.
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
NO_WORKSPACES: Final = "there are no WorkSpaces"
MAX_LABEL_LENGTH: Final = 40
"""Maximum number of characters of a bar's label."""

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
"""Colour and hatch of each state, the same in every plot: the palette of Okabe and Ito, which is distinguishable with
colour blindness, and hatches because there are more states than colours."""
OTHER_COLOUR: Final = ("#ffffff", "xx")
_MIN_LIGHT_BRIGHTNESS: Final = 0.55
"""Minimum brightness, from 0 (black) to 1 (white), of a colour on which text is black."""


def new_axes(width: float, height: float) -> Axes:
    """Return the axes of a new pyplot figure, sizes in inches; raises ConfigurationError without matplotlib."""
    with requires_extra("notebook"):
        from matplotlib import pyplot as plt  # noqa: PLC0415 - matplotlib is an optional extra
    _, axes = plt.subplots(figsize=(width, height), layout="constrained")
    return axes


def draw_bars(axes: Axes, title: str, bars: Sequence[tuple[str, Counter[str]]]) -> Axes:
    """Draw a stacked bar for each (label, counts) pair, the first on top."""
    axes.set_title(title, loc="left", fontweight="bold")
    if not bars:
        return _show_empty(axes)
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415 - comes with the extra

    _draw_stacks(axes, [counter for _, counter in bars])
    axes.set_yticks(range(len(bars)), [_truncate(name) for name, _ in bars])
    axes.set_ylim(len(bars) - 0.4, -0.6)
    axes.set_xlabel("WorkSpaces")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
    return axes


def draw_heat(
    axes: Axes, title: str, grid: Mapping[str, Sequence[int]], columns: Sequence[str], columns_label: str
) -> Axes:
    """Draw a heat map with one row for each name; a larger count is darker."""
    axes.set_title(title, loc="left", fontweight="bold")
    if not grid:
        return _show_empty(axes)
    _draw_tiles(axes, list(grid.values()))
    axes.set_xticks(range(len(columns)), columns)
    axes.set_yticks(range(len(grid)), list(grid))
    axes.set_xlabel(columns_label)
    return axes


def _draw_stacks(axes: Axes, bars: Sequence[Counter[str]]) -> None:
    """Draw the most common state first, with a count in each segment that is wide enough, and the total at the end."""
    widest = max(counter.total() for counter in bars)
    starts = [0] * len(bars)
    states = sum(bars, Counter[str]())
    for state in sorted(states, key=lambda name: (name == OTHER, -states[name])):
        colour, hatch = COLOURS.get(state, OTHER_COLOUR)
        counts = [counter[state] for counter in bars]
        segments = axes.barh(
            range(len(bars)),
            counts,
            left=starts,
            color=colour,
            hatch=hatch,
            label=state,
            edgecolor="#555555",
            linewidth=0.4,
        )
        # A digit of this font size is about 1.3 % of the plot's width.
        labels = [f"{count:,}" if count / widest > 0.013 * (len(f"{count:,}") + 1) else "" for count in counts]
        for text in axes.bar_label(segments, labels, label_type="center", fontsize=8, color=_text_colour(colour)):
            if hatch:
                text.set_bbox({"facecolor": colour, "edgecolor": "none", "pad": 0.8})
        starts = [start + count for start, count in zip(starts, counts, strict=True)]
    for row, end in enumerate(starts):
        axes.text(end + widest * 0.008, row, f"{end:,}", va="center", fontsize=8, fontweight="bold")
    axes.set_xlim(0, widest * 1.12)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)


def _draw_tiles(axes: Axes, counts: Sequence[Sequence[int]]) -> None:
    import numpy as np  # noqa: PLC0415 - comes with the extra
    from matplotlib.colors import PowerNorm  # noqa: PLC0415 - as above

    highest = max(max(row) for row in counts)
    # A square-root scale keeps small counts visible next to large ones.
    tiles = np.array(counts)
    image = axes.imshow(tiles, cmap="Blues", norm=PowerNorm(0.5, 0, max(highest, 1)), aspect="auto")
    colours = image.to_rgba(tiles)
    for y, row in enumerate(counts):
        for x, count in enumerate(row):
            axes.text(x, y, f"{count:,}", ha="center", va="center", color=_text_colour(colours[y, x]))
    axes.set_xticks([x + 0.5 for x in range(len(counts[0]) - 1)], minor=True)
    axes.set_yticks([y + 0.5 for y in range(len(counts) - 1)], minor=True)
    axes.grid(which="minor", color="white", linewidth=2)
    axes.tick_params(which="both", length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _show_empty(axes: Axes) -> Axes:
    axes.text(0.5, 0.5, NO_WORKSPACES, ha="center", va="center", transform=axes.transAxes)
    axes.set_axis_off()
    return axes


def _text_colour(colour: ColorType) -> str:
    """Return black or white, whichever has the better contrast on a colour."""
    from matplotlib.colors import to_rgb  # noqa: PLC0415 - comes with the extra

    # The weights of luma in ITU-R BT.601.
    red, green, blue = to_rgb(colour)
    return "black" if 0.299 * red + 0.587 * green + 0.114 * blue > _MIN_LIGHT_BRIGHTNESS else "white"


def _truncate(name: str) -> str:
    return name if len(name) <= MAX_LABEL_LENGTH else f"{name[: MAX_LABEL_LENGTH - 1]}…"
