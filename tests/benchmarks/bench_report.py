"""Report of the benchmark: a table with goals, and a plot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Calls = "Mapping[str, Mapping[str, Mapping[str, Mapping[str, float]]]]"
COLUMNS = {
    "cpu_us": ("CPU us", "{:10.1f}"),
    "calls_per_second": ("calls/s", "{:10.0f}"),
    "p50_ms": ("p50 ms", "{:10.2f}"),
    "p99_ms": ("p99 ms", "{:10.2f}"),
    "peak_mib": ("peak MiB", "{:10.1f}"),
}
LABELS = {"streams": "bare asyncio streams", "aiohttp": "bare aiohttp", "httpx": "bare httpx", "httpx2": "bare httpx2"}
COLOURS = {
    "wsclient": "#1d6fb8",
    "streams": "#c9ced6",
    "aiohttp": "#9aa4b2",
    "httpx": "#7a8594",
    "httpx2": "#5b6572",
    "capo": "#6a9a5b",
    "aiobotocore": "#e0a458",
    "boto3": "#c8553d",
}
TITLES = {"small": "a small answer", "page": "a page of 25 WorkSpaces"}


@dataclass(frozen=True)
class Goal:
    """A ratio that was aimed at: at most limit."""

    name: str
    ratio: float
    limit: float

    def line(self) -> str:
        """Say what came out."""
        verdict = "met" if self.ratio <= self.limit else "missed"
        return f"{self.name:62} {self.ratio:8.3f} {self.limit:8.3f}  {verdict}"


def printed(
    machine: str,
    calls: Mapping[str, Mapping[str, Mapping[str, Mapping[str, float]]]],
    parts: Mapping[str, Mapping[str, float]],
    goals: list[Goal],
) -> str:
    """Return everything as text."""
    lines = [machine]
    for answer, by_connections in calls.items():
        heads = "".join(f"{title:>11}" for title, _ in COLUMNS.values())
        lines.append(f"\n{TITLES[answer]:28}{heads}{'CPU ratio':>11}")
        for connections, by_client in by_connections.items():
            ours = by_client["wsclient"]["cpu_us"]
            for client, row in by_client.items():
                cells = "".join(f" {form.format(row[key])}" for key, (_, form) in COLUMNS.items())
                name = f"{connections:>4} x {LABELS.get(client, client)}"
                lines.append(f"{name:28}{cells}{row['cpu_us'] / ours:11.2f}")
    lines.append("")
    for name, values in parts.items():
        lines.append(f"{name:20} " + ", ".join(f"{key} {value:.2f}" for key, value in values.items()))
    lines.append(f"\n{'goal (ratio, at most)':62} {'ratio':>8} {'limit':>8}")
    return "\n".join([*lines, *(goal.line() for goal in goals)])


def plotted(machine: str, calls: Mapping[str, Mapping[str, Mapping[str, Mapping[str, float]]]], path: Path) -> None:
    """Draw the CPU time a call, a picture for each kind of answer."""
    figure = Figure(figsize=(10, 4.2), layout="constrained")
    axes: Any = figure.subplots(1, len(calls), sharey=True)
    for axis, (answer, by_connections) in zip(axes, calls.items(), strict=True):
        clients = list(next(iter(by_connections.values())))
        width = 0.84 / len(clients)
        for place, client in enumerate(clients):
            heights = [by_client[client]["cpu_us"] / 1000 for by_client in by_connections.values()]
            at = [number + (place - (len(clients) - 1) / 2) * width for number in range(len(heights))]
            axis.bar(at, heights, width, color=COLOURS[client], label=LABELS.get(client, client))
        axis.set_title(TITLES[answer], fontsize=11)
        axis.set_xticks(range(len(by_connections)), by_connections)
        axis.set_xlabel("connections at once")
        axis.set_yscale("log")
        axis.grid(visible=True, axis="y", color="#e6e8eb", linewidth=0.8)
        axis.set_axisbelow(True)
        for side in ("top", "right", "left"):
            axis.spines[side].set_visible(False)
    axes[0].set_ylabel("CPU time a call (ms, less is better)")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", fontsize=8, frameon=False, ncols=6)
    figure.suptitle(f"{machine}", fontsize=8, color="#5b6572", y=-0.02)
    figure.savefig(path, bbox_inches="tight", dpi=150, metadata={"Date": None} if path.suffix == ".svg" else None)
