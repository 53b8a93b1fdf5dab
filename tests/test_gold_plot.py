"""The picture of a labelled set: where dots lie, what fills them, the shade behind them, and the same bytes again."""

from __future__ import annotations

import builtins
import sys
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.collections import PathCollection
from matplotlib.colors import to_rgb

from newsdedup.errors import ConfigError
from newsdedup.gold import plot
from newsdedup.gold.evaluate import Evaluation
from newsdedup.gold.load import LABELS
from newsdedup.gold.outcome import Outcome
from newsdedup.gold.plot import kernel_mean, plot_bytes, plot_kind, require_matplotlib
from newsdedup.result import Verdict
from test_gold_evaluate import EXAMPLES, judged

PLACES = np.linspace(0.0, 1.0, 21)


def dot(label: str, facts: float, telling: float, score: float, *, reported: bool) -> Outcome:
    return Outcome(
        left="a", right="b", label=label, detail="", compared=True, reported=reported,
        verdict=Verdict.REWRITE, score=score, facts=facts, telling=telling,
    )  # fmt: skip


SIX = replace(
    judged(),
    name="six",
    outcomes=(
        dot("copy", 0.9, 0.95, 1.0, reported=True),
        dot("copy", 0.8, 0.9, 1.0, reported=True),
        dot("rewrite", 0.85, 0.5, 0.6, reported=False),
        dot("independent", 0.5, 0.3, 0.1, reported=False),
        dot("independent", 0.8, 0.5, 0.9, reported=True),
        replace(dot("template", 0.1, 0.5, 0.0, reported=False), score=None, facts=None, telling=None),
    ),
)


def drawn(evaluation: Evaluation) -> Any:
    with mpl.rc_context():
        mpl.rcdefaults()
        return plot._figure(evaluation)


def scatters(evaluation: Evaluation) -> list[Any]:
    return [each for each in drawn(evaluation).axes[0].collections if isinstance(each, PathCollection)]


def dots_of(color: str, evaluation: Evaluation = SIX) -> dict[tuple[float, float], bool]:
    """Place -> whether it is filled, of every dot of a colour."""
    return {
        (round(x, 3), round(y, 3)): bool(len(each.get_facecolor()))
        for each in scatters(evaluation)
        for x, y in np.asarray(each.get_offsets()).tolist()
        if tuple(each.get_edgecolor()[0][:3]) == to_rgb(color)
    }


# what is drawn


def test_facts_go_right_and_telling_up_and_reported_dots_are_filled() -> None:
    assert dots_of("#0072B2") == {(0.9, 0.95): True, (0.8, 0.9): True}
    assert dots_of("#D55E00") == {(0.85, 0.5): False}
    assert dots_of("#CC79A7") == {(0.5, 0.3): False, (0.8, 0.5): True}
    assert dots_of("#B8A800") == {}, "a pair that was not measured has no place"


def test_the_axes_the_title_and_the_caption_say_what_they_show() -> None:
    figure = drawn(SIX)
    axes = figure.axes[0]
    assert axes.get_xlabel().startswith("facts: ")
    assert axes.get_ylabel().startswith("telling: ")
    assert axes.get_title(loc="left") == "six: 5 pairs"
    caption = figure.texts[0].get_text()
    assert "Shade: mean score of the pairs nearby (Gaussian kernel, width 0.05), dashed where it is 0.5" in caption
    assert "The verdict depends on more than these two axes" in caption


def test_the_legend_names_each_label_once_with_its_pairs() -> None:
    legend = drawn(SIX).axes[0].get_legend()
    assert [each.get_text() for each in legend.get_texts()] == ["copy (2)", "rewrite (1)", "independent (2)"]


def test_errors_lie_on_top_and_have_a_thicker_line() -> None:
    by_place = {
        tuple(np.asarray(each.get_offsets())[0].round(3).tolist()): each
        for each in scatters(SIX)
        if len(np.asarray(each.get_offsets()))
    }
    for wrong, right in (((0.85, 0.5), (0.9, 0.95)), ((0.8, 0.5), (0.5, 0.3))):
        assert by_place[wrong].get_zorder() > by_place[right].get_zorder()
        assert by_place[wrong].get_linewidth() > by_place[right].get_linewidth()


def test_every_label_has_a_look_of_its_own_and_the_wanted_ones_are_round() -> None:
    looks = plot._LOOKS
    assert set(looks) == LABELS - {"ignore"}
    assert len({color for color, _ in looks.values()}) == len(looks)
    assert {label for label, (_, marker) in looks.items() if marker == "o"} == {
        "identical", "copy", "revision", "excerpt", "rewrite",
    }  # fmt: skip


def test_the_line_at_one_half_is_drawn_where_there_is_one() -> None:
    def lines(evaluation: Evaluation) -> int:
        return sum(type(each).__name__ == "QuadContourSet" for each in drawn(evaluation).axes[0].collections)

    assert lines(SIX) == 1
    assert lines(replace(SIX, outcomes=SIX.outcomes[:2])) == 0


# the shade


def test_the_shade_is_the_score_of_the_only_pair_and_nothing_far_from_it() -> None:
    mean = kernel_mean(np.array([0.5]), np.array([0.2]), np.array([0.7]), PLACES)
    assert mean[4, 10] == pytest.approx(0.7), "rows by telling, columns by facts"
    assert np.isnan(mean[10, 4])
    assert mean[4, 11] == pytest.approx(0.7), "one bandwidth away"
    assert np.isnan(mean[4, 13]), "three bandwidths away"


@EXAMPLES
@given(st.lists(st.tuples(*[st.floats(0, 1)] * 3), min_size=1, max_size=20))
def test_the_shade_is_the_weighted_mean_by_its_formula(pairs: list[tuple[float, float, float]]) -> None:
    x, y, values = (np.array(column) for column in zip(*pairs, strict=True))
    mean = kernel_mean(x, y, values, PLACES)
    for row, column in ((0, 0), (4, 17), (20, 20)):
        weights = np.exp(-((PLACES[column] - x) ** 2 + (PLACES[row] - y) ** 2) / (2 * 0.05**2))
        if np.isnan(mean[row, column]):
            assert weights.sum() < np.exp(-2.0) + 1e-12
        else:
            assert mean[row, column] == pytest.approx((weights * values).sum() / weights.sum(), abs=1e-9)


# the file


@pytest.mark.parametrize(("kind", "magic"), [("png", b"\x89PNG\r\n\x1a\n"), ("svg", b'<?xml version="1.0"')])
def test_the_same_evaluation_gives_the_same_bytes(kind: Any, magic: bytes) -> None:
    first = plot_bytes(SIX, kind)
    assert first.startswith(magic)
    assert first == plot_bytes(SIX, kind)
    assert first != plot_bytes(replace(SIX, name="other"), kind)
    assert b"<dc:date>" not in first
    assert b"Software" not in first


def test_settings_of_the_user_change_nothing_and_stay() -> None:
    plain = plot_bytes(SIX, "svg")
    with mpl.rc_context({"axes.facecolor": "red", "svg.hashsalt": "mine"}):
        assert plot_bytes(SIX, "svg") == plain
        assert mpl.rcParams["svg.hashsalt"] == "mine"


@pytest.mark.parametrize("name", ["$x_1$", "$\\nope$", "通信社", "a\x1b\u202e\n-->b", ""])
def test_a_strange_name_does_no_harm(name: str, recwarn: pytest.WarningsRecorder) -> None:
    shown = replace(SIX, name=name)
    assert plot_bytes(shown, "png")
    svg = plot_bytes(shown, "svg").decode("utf-8")
    assert "\x1b" not in svg
    assert not recwarn.list
    assert ElementTree.fromstring(svg).tag.endswith("svg")  # noqa: S314  # our own output


def test_a_set_without_pairs_gives_an_empty_map() -> None:
    figure = drawn(replace(SIX, outcomes=()))
    assert figure.axes[0].get_title(loc="left") == "six: 0 pairs"
    assert len(figure.axes) == 1, "no bar for a shade that is not there"
    assert plot_bytes(replace(SIX, outcomes=()), "png")


def test_nothing_global_is_made() -> None:
    plot_bytes(SIX, "png")
    assert "matplotlib.pyplot" not in sys.modules


# the refusals


@pytest.mark.parametrize(("name", "kind"), [("a.png", "png"), ("a.b.SVG", "svg"), ("x.PnG", "png")])
def test_the_name_says_the_kind(name: str, kind: str) -> None:
    assert plot_kind(name) == kind


@pytest.mark.parametrize("name", ["a.jpg", "png", "a.png.gz", "a."])
def test_another_kind_is_refused(name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        plot_kind(name)
    told = f"--plot: {name} ends neither in .png nor in .svg; name the kind of picture by one of them"
    assert str(caught.value) == told


def test_a_missing_matplotlib_is_named_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    require_matplotlib()
    for module in [name for name in sys.modules if name.split(".")[0] == "matplotlib"]:
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ConfigError) as caught:
        require_matplotlib()
    told = "--plot needs matplotlib, and it is not installed; run: pip install 'newsdedup[plot]'"
    assert str(caught.value) == told


def test_a_broken_matplotlib_is_named_too(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def broken(name: str, *rest: Any) -> object:
        if name == "matplotlib.figure":
            raise ImportError("libfoo.so: cannot open shared object file", name="kiwisolver")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", broken)
    with pytest.raises(ConfigError) as caught:
        require_matplotlib()
    assert "and it cannot be imported (libfoo.so: cannot open shared object file); run: pip" in str(caught.value)
