"""Plots: counts drawn and labelled, labels that do not overlap, and the message for no data."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from tests.support.structures import AT
from wsclient import errors, types
from wsclient.plots import running_mode_by_last_connection, states_by_directory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes
    from matplotlib.text import Text


@pytest.fixture(autouse=True)
def _without_a_screen() -> Iterator[None]:
    """Draw into memory, and leave no figure behind."""
    plt.switch_backend("agg")
    yield
    plt.close("all")


@dataclass(frozen=True, kw_only=True)
class InventoryLike:
    """A row as an inventory has them."""

    workspace: types.Workspace
    directory: types.WorkspaceDirectory | None = None
    connection: types.WorkspaceConnectionStatus | None = None
    seen_at: datetime = AT


def _workspace(number: int, state: str = "AVAILABLE", directory: int = 0, mode: str = "AUTO_STOP") -> types.Workspace:
    return types.Workspace(
        workspace_id=f"ws-{number}",
        directory_id=f"d-{directory:010x}",
        state=types.WorkspaceState(state),
        workspace_properties=types.WorkspaceProperties(running_mode=types.RunningMode(mode)),
    )


def _fleet(directories: int) -> list[types.Workspace]:
    """Return WorkSpaces in every state, with fewer in each further directory."""
    states = [str(state) for state in types.WorkspaceState]
    return [
        _workspace(number, states[number * (number + directory) % len(states)], directory)
        for directory in range(directories)
        for number in range(5 + 4 * (directories - directory))
    ]


def _labels(axes: Axes) -> list[str]:
    return [label.get_text() for label in axes.get_yticklabels()]


def _written(axes: Axes) -> list[str]:
    return [text.get_text() for text in axes.texts if text.get_text()]


def _overlapping(texts: list[Text]) -> bool:
    boxes = sorted((text.get_window_extent() for text in texts), key=lambda box: box.y0)
    return any(low.overlaps(high) for low, high in pairwise(boxes))


def _figure_of(axes: Axes) -> Figure:
    figure = axes.get_figure()
    assert isinstance(figure, Figure)
    return figure


def test_bars_stack_and_count_states() -> None:
    """A bar a directory, the largest first, its parts adding up to the number behind it, every number written."""
    workspaces = [*[_workspace(n, "STOPPED") for n in range(30)], *[_workspace(n) for n in range(20)]]
    workspaces += [_workspace(n, "ERROR", directory=1) for n in range(7)]
    axes = states_by_directory(workspaces, names={"d-0000000001": "corp.example.com"})
    assert axes.get_title("left") == "States of 57 WorkSpaces in 2 directories"
    assert _labels(axes) == ["d-0000000000", "corp.example.com"]
    assert sorted(_written(axes)) == ["20", "30", "50", "7", "7"]
    legend = axes.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["STOPPED", "AVAILABLE", "ERROR"]


def test_directories_with_equal_names_have_separate_bars() -> None:
    """Two directories with the same name have a bar each."""
    axes = states_by_directory(
        [_workspace(1), _workspace(2, directory=1)], names={f"d-{number:010x}": "corp" for number in range(2)}
    )
    assert _labels(axes) == ["corp", "corp"]


@pytest.mark.parametrize("directories", [1, 2, 30, 45])
def test_labels_do_not_overlap(directories: int) -> None:
    """With thirty directories and long names every label, number and legend entry has its own place on the figure."""
    axes = states_by_directory(_fleet(directories), names={"d-0000000000": "a-very-long-name-" * 10})
    figure = _figure_of(axes)
    figure.canvas.draw()
    legend = axes.get_legend()
    assert legend is not None
    assert not _overlapping(list(axes.get_yticklabels()))
    assert not _overlapping(list(legend.get_texts()))
    legend_box = legend.get_window_extent()
    assert not any(legend_box.overlaps(text.get_window_extent()) for text in axes.texts)
    assert all(figure.bbox.contains(*text.get_window_extent().min) for text in axes.get_yticklabels())


def test_many_directories_and_states_are_grouped_as_other() -> None:
    """Beyond forty directories the smallest share a bar, beyond eight states the rarest a colour; none is lost."""
    workspaces = _fleet(60)
    axes = states_by_directory(workspaces)
    assert len(_labels(axes)) == 40
    assert _labels(axes)[-1] == "21 smaller directories"
    legend = axes.get_legend()
    assert legend is not None
    shown = [text.get_text() for text in legend.get_texts()]
    assert (len(shown), shown[-1]) == (9, "other states")
    ends = [text.get_text() for text in axes.texts if text.get_fontweight() == "bold"]
    assert sum(int(end.replace(",", "")) for end in ends) == len(workspaces)


def test_heatmap_counts_running_modes_by_last_connection() -> None:
    """Each WorkSpace is in the cell of its mode and of the time since its user was there, those left out apart."""
    ages = [timedelta(hours=1), timedelta(days=1), timedelta(days=29), timedelta(days=89), timedelta(days=90)]
    workspaces = [_workspace(number) for number in range(7)]
    times = {f"ws-{number}": AT - age for number, age in enumerate(ages)} | {"ws-5": None}
    axes = running_mode_by_last_connection([*workspaces, _workspace(8, mode="MANUAL")], times, now=AT)
    assert axes.get_title("left") == "Running mode of 8 WorkSpaces by last connection"
    assert _labels(axes) == ["AUTO_STOP", "MANUAL"]
    columns = [label.get_text() for label in axes.get_xticklabels()]
    assert columns == ["< 1 day", "< 7 days", "< 30 days", "< 90 days", "older", "never", "not known"]
    assert _written(axes) == [*"1111111", *"0000001"]
    statuses = [
        types.WorkspaceConnectionStatus(workspace_id=key, last_known_user_connection_timestamp=at)
        for key, at in times.items()
    ]
    again = running_mode_by_last_connection(workspaces[:6], statuses, now=AT)
    assert _written(again) == [*"111111"]


def test_inventory_rows_supply_names_and_connections() -> None:
    """Directory names and connections are read from rows that have them."""
    row = InventoryLike(
        workspace=_workspace(1),
        directory=types.WorkspaceDirectory(directory_name="corp.example.com"),
        connection=types.WorkspaceConnectionStatus(last_known_user_connection_timestamp=AT - timedelta(days=8)),
    )
    assert _labels(states_by_directory([row])) == ["corp.example.com (d-0000000000)"]
    bare = InventoryLike(workspace=_workspace(2))
    axes = running_mode_by_last_connection([row, bare], now=AT)
    assert _written(axes) == ["0", "0", "1", "0", "0", "0", "1"]
    # Without a time, a row's own: it was described at AT, by AWS's clock.
    assert _written(running_mode_by_last_connection([row, bare])) == ["0", "0", "1", "0", "0", "0", "1"]


def test_empty_plots_show_a_message() -> None:
    """Without WorkSpaces both plots say it in words."""
    assert _written(states_by_directory([])) == ["there are no WorkSpaces"]
    assert _written(running_mode_by_last_connection([], now=AT)) == ["there are no WorkSpaces"]


def test_given_axes_are_used() -> None:
    """Axes that are given are used and returned, and no other figure is made."""
    _, (left, right) = plt.subplots(1, 2)
    assert states_by_directory([_workspace(1)], axes=left) is left
    assert running_mode_by_last_connection([_workspace(1)], axes=right) is right
    assert len(plt.get_fignums()) == 1


def test_unknown_values_are_plotted() -> None:
    """A WorkSpace without directory, state or mode, and a state newer than the model, have their place."""
    axes = states_by_directory([types.Workspace(), _workspace(1, "A STATE OF TOMORROW")])
    assert _labels(axes) == ["d-0000000000", "not known"]
    assert _labels(running_mode_by_last_connection([types.Workspace()], now=AT)) == ["not known"]


def test_a_missing_matplotlib_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without matplotlib the error says what to install."""
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(errors.ConfigurationError, match=r"matplotlib is missing; .*'wsclient\[notebook\]'"):
        states_by_directory([])


@pytest.mark.parametrize("draw", [states_by_directory, running_mode_by_last_connection])
@pytest.mark.parametrize(
    ("workspaces", "name"),
    [
        (types.DescribeWorkspacesResult(workspaces=[types.Workspace()]), "a DescribeWorkspacesResult"),
        (["ws-0123456789"], "a str"),
        ([{"WorkspaceId": "ws-0123456789"}], "a dict"),
    ],
    ids=["page", "ids", "dictionaries"],
)
def test_invalid_plot_input_is_rejected(draw: Any, workspaces: object, name: str) -> None:
    """A page, ids and dictionaries of boto3 raise an error with what to pass."""
    with pytest.raises(errors.ConfigurationError, match=rf"not {name}; of a page, pass page\.workspaces"):
        draw(workspaces)
