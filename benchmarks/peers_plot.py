"""The picture of `peers.py`: time and memory against the number of articles, one line a tool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib

INK, MUTED, GRID = "#1f2328", "#6e7781", "#e6e8eb"
OURS = {"newsdedup": ("#c2410c", "-"), "newsdedup-copy": ("#c2410c", "--")}
"""newsdedup in one strong colour; the peers in quieter ones of their own."""
PEER_COLOURS = ("#1d4e89", "#2a9d8f", "#7b5ea7", "#4a7c3a", "#8a8d91", "#b08900")


def draw(results: Sequence[Mapping[str, Any]], labels: Mapping[str, str], path: Path) -> None:
    """Writes the picture; the ending of `path` says the format."""
    matplotlib.use("Agg")
    from matplotlib import pyplot  # noqa: PLC0415 - after the choice of the backend

    pyplot.rcParams.update({"font.size": 10, "text.color": INK, "axes.labelcolor": INK, "svg.hashsalt": "peers"})
    figure, (time_axes, memory_axes) = pyplot.subplots(1, 2, figsize=(12, 5.2), layout="constrained")
    panels = (
        (time_axes, "cpu_seconds", "CPU time", "s"),
        (memory_axes, "peak_memory_mb", "Peak memory", "MB"),
    )
    peers = [name for name in labels if name not in OURS]
    styles = OURS | {name: (PEER_COLOURS[place % 6], "-") for place, name in enumerate(peers)}
    for axes, key, title, unit in panels:
        lines = {
            name: sorted((result["articles"], result[key]) for result in results if result["runner"] == name)
            for name in labels
        }
        lines = {name: points for name, points in lines.items() if points}
        for name, points in lines.items():
            colour, dashes = styles[name]
            wide = 2.4 if name in OURS else 1.4
            axes.plot(*zip(*points, strict=True), dashes, color=colour, linewidth=wide, marker="o", markersize=4)
        axes.set_xscale("log")
        axes.set_yscale("log")
        sizes = sorted({result["articles"] for result in results})
        axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
        axes.minorticks_off()
        axes.yaxis.set_major_locator(matplotlib.ticker.LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter(matplotlib.ticker.StrMethodFormatter("{x:,g}"))
        axes.set_title(f"{title}, {unit}", loc="left", fontweight="bold")
        axes.set_xlabel("articles")
        axes.grid(color=GRID)
        axes.set_axisbelow(True)
        axes.tick_params(length=0, colors=MUTED)
        for side in axes.spines.values():
            side.set_visible(False)
        _name_ends(axes, lines, labels, {name: style[0] for name, style in styles.items()})
    figure.savefig(path, dpi=150, metadata={"Date": None} if path.suffix == ".svg" else None)
    pyplot.close(figure)


def _name_ends(
    axes: Any, lines: Mapping[str, list[tuple[int, float]]], labels: Mapping[str, str], colours: Mapping[str, str]
) -> None:
    """Writes each tool's name at the end of its line, moved up or down where two would cover each other."""
    axes.figure.canvas.draw()
    ends = sorted((axes.transData.transform(points[-1])[1], name) for name, points in lines.items())
    step = 15 * axes.figure.dpi / 72 * 0.93
    places: list[float] = []
    for height, _ in ends:
        places.append(max(height, places[-1] + step) if places else height)
    # Back down by what the pile has been pushed up on average, so that names stay near their lines.
    pushed = sum(place - height for place, (height, _) in zip(places, ends, strict=True)) / max(1, len(ends))
    for place, (height, name) in zip(places, ends, strict=True):
        axes.annotate(
            labels[name],
            xy=lines[name][-1],
            xytext=(10, (place - pushed - height) * 72 / axes.figure.dpi),
            textcoords="offset points",
            color=colours[name],
            va="center",
            fontweight="bold" if name in OURS else "normal",
        )
