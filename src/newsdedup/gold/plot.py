"""The map of a labelled set: facts against telling, one dot a labelled pair. Needs matplotlib, an optional extra."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from newsdedup.errors import ConfigError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from newsdedup.gold.evaluate import Evaluation
    from newsdedup.gold.outcome import Outcome

Kind = Literal["png", "svg"]
Grid = NDArray[np.float64]

# Label -> colour and marker. The colours are those of Okabe and Ito (2008), which colour-blind people can tell apart,
# but for one darkened yellow and one grey; wanted labels are round, the others have corners.
_LOOKS = {
    "identical": ("#000000", "o"),
    "copy": ("#0072B2", "o"),
    "revision": ("#56B4E9", "o"),
    "excerpt": ("#009E73", "o"),
    "rewrite": ("#D55E00", "o"),
    "independent": ("#CC79A7", "^"),
    "followup": ("#E69F00", "s"),
    "template": ("#B8A800", "D"),
    "related": ("#666666", "v"),
    "distinct": ("#A0A0A0", "P"),
}

_BANDWIDTH = 0.05  # of the Gaussian kernel, in units of both axes
_STEPS = 265  # grid points on each axis: 0.004 lies between two
_LEAST_WEIGHT = float(np.exp(-2.0))  # of one pair two bandwidths away: farther out nothing is claimed
_LOW, _HIGH = -0.03, 1.03  # of both axes: dots at 0 and 1 are whole

_SHADES = ("#f6f6f6", "#a4a4a4")  # of a mean score of 0 and 1; neither is the white of "no pair nearby"

_CAPTION = """\
Filled: reported as derived. Hollow: not reported; pairs that the scan did not compare lie where a direct comparison \
puts them.
Shade: mean score of the pairs nearby (Gaussian kernel, width {width}), dashed where it is 0.5, white where no pair is \
near.
The verdict depends on more than these two axes: the shade describes the pairs shown, it is no border of the detector.\
"""


def plot_kind(name: str) -> Kind:
    """The kind of picture that a file name asks for.

    Raises:
        ConfigError: It ends neither in .png nor in .svg.
    """
    if name.lower().endswith(".png"):
        return "png"
    if name.lower().endswith(".svg"):
        return "svg"
    raise ConfigError(f"--plot: {name} ends neither in .png nor in .svg; name the kind of picture by one of them")


def require_matplotlib() -> None:
    """Makes sure that a plot can be drawn, before any work is done for it.

    Raises:
        ConfigError: matplotlib is not installed, or cannot be imported.
    """
    try:
        import matplotlib.figure  # noqa: F401, PLC0415  # asked for only; costs 300 ms
    except ImportError as error:
        missing = (error.name or "").partition(".")[0] == "matplotlib"
        why = "it is not installed" if missing else f"it cannot be imported ({error})"
        raise ConfigError(f"--plot needs matplotlib, and {why}; run: pip install 'newsdedup[plot]'") from None


def plot_bytes(evaluation: Evaluation, kind: Kind) -> bytes:
    """The picture as a file's content; the same evaluation gives the same bytes with the same matplotlib.

    One dot for each pair of the evaluation that was measured: compared by the scan, or directly (`measured` of
    `evaluate`). The user's matplotlib settings are not read.
    """
    import matplotlib as mpl  # noqa: PLC0415

    out = io.BytesIO()
    with mpl.rc_context(), warnings.catch_warnings():
        mpl.rcdefaults()
        mpl.rcParams["svg.hashsalt"] = "newsdedup"
        warnings.filterwarnings("ignore", message="Glyph .* missing from font", category=UserWarning)
        figure = _figure(evaluation)
        metadata = {"Date": None} if kind == "svg" else {"Software": None}
        figure.savefig(out, format=kind, dpi=120, metadata=metadata)
    return out.getvalue()


def _figure(evaluation: Evaluation) -> Figure:
    from matplotlib.figure import Figure  # noqa: PLC0415  # no pyplot: no windows, no state

    dots = [each for each in evaluation.outcomes if None not in (each.score, each.facts, each.telling)]
    figure = Figure(figsize=(9.6, 7.6))
    axes = figure.add_axes((0.075, 0.155, 0.66, 0.775))
    axes.set_xlim(_LOW, _HIGH)
    axes.set_ylim(_LOW, _HIGH)
    axes.set_aspect("equal")
    if dots:
        _shade(figure, axes, dots)
    for label in _LOOKS:
        _scatter(axes, label, [each for each in dots if each.label == label])
    name = "".join(char if char.isprintable() else "?" for char in evaluation.name)
    axes.set_title(f"{name}: {len(dots):,} pairs", loc="left", parse_math=False)
    axes.set_xlabel("facts: share of the names and numbers of the text with fewer that stand in the other")
    axes.set_ylabel("telling: share of the narration that is the same")
    if dots:
        legend = axes.legend(
            loc="upper left", bbox_to_anchor=(1.02, 1.0), borderaxespad=0, frameon=False, title="label (pairs)"
        )
        for handle in legend.legend_handles:
            if handle is not None:
                handle.set_alpha(1.0)
    figure.text(0.075, 0.02, _CAPTION.format(width=_BANDWIDTH), fontsize=7.5, va="bottom", linespacing=1.4)
    return figure


def _scatter(axes: Axes, label: str, dots: Sequence[Outcome]) -> None:
    """The dots of one label: filled when reported, hollow when not; the legend shows what is right for the label."""
    color, marker = _LOOKS[label]
    wanted = marker == "o"
    for reported in (False, True):
        part = [each for each in dots if each.reported is reported]
        right = reported is wanted
        axes.scatter(
            [each.facts or 0.0 for each in part],
            [each.telling or 0.0 for each in part],
            s=26,
            marker=marker,
            facecolors=color if reported else "none",
            edgecolors=color,
            linewidths=1.0 if right else 1.8,
            alpha=0.75 if right else 1.0,
            zorder=3 if right else 4,  # the errors lie on top
            label=f"{label} ({len(dots):,})" if right and dots else None,
        )


def _shade(figure: Figure, axes: Axes, dots: Sequence[Outcome]) -> None:
    from matplotlib.colors import LinearSegmentedColormap  # noqa: PLC0415

    places = np.linspace(_LOW, _HIGH, _STEPS)
    mean = kernel_mean(
        np.array([each.facts for each in dots], dtype=np.float64),
        np.array([each.telling for each in dots], dtype=np.float64),
        np.array([each.score for each in dots], dtype=np.float64),
        places,
    )
    shown = np.ma.masked_invalid(mean)
    shade = axes.imshow(
        shown,
        extent=(_LOW, _HIGH, _LOW, _HIGH),
        origin="lower",
        cmap=LinearSegmentedColormap.from_list("shades", _SHADES),
        vmin=0.0,
        vmax=1.0,
        interpolation="nearest",
        zorder=1,
    )
    if shown.min() < 0.5 < shown.max():
        axes.contour(places, places, shown, levels=[0.5], colors="black", linestyles="dashed", linewidths=1, zorder=2)
    bar = figure.colorbar(shade, cax=figure.add_axes((0.765, 0.155, 0.018, 0.3)), ticks=[0.0, 0.5, 1.0])
    bar.set_label("mean score of the pairs nearby")


def kernel_mean(x: Grid, y: Grid, values: Grid, places: Grid) -> Grid:
    """Mean of the values around each point of a grid, near ones weighing more.

    Args:
        x: Shape (pairs,).
        y: Shape (pairs,).
        values: Shape (pairs,).
        places: Grid coordinates of both axes.

    Returns:
        Shape (len(places), len(places)), rows by y; NaN where all pairs together weigh less than one pair two
        bandwidths away.

    Source:
        Nadaraya 1964, Watson 1964; Gaussian kernel.
    """
    near_x = np.exp(-0.5 * ((places[:, None] - x[None, :]) / _BANDWIDTH) ** 2)
    near_y = np.exp(-0.5 * ((places[:, None] - y[None, :]) / _BANDWIDTH) ** 2)
    weight = near_y @ near_x.T  # the kernel is a product, so the grid needs no third axis
    total = (near_y * values[None, :]) @ near_x.T
    mean = np.full(weight.shape, np.nan)
    enough = weight >= _LEAST_WEIGHT
    mean[enough] = total[enough] / weight[enough]
    return mean
