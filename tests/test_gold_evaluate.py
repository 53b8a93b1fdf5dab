"""What an evaluation counts: a set made by hand, the ranking by brute force, and a real scan of newsroom stories."""

from __future__ import annotations

import gzip
import json
import math
import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from newsdedup import Config, find_duplicates
from newsdedup.article import Article, Skipped
from newsdedup.gold.evaluate import Evaluation, assess, evaluate
from newsdedup.gold.load import DERIVED, HARD, LABELS, Gold, LabelledPair, load_gold
from newsdedup.gold.outcome import NOT_LISTED, Outcome, collect
from newsdedup.gold.rates import (
    BIN_EDGES,
    NOT_COMPARED,
    UNWANTED,
    WANTED,
    Bin,
    FalseReports,
    Recall,
    RecallAt,
    allowed_per_thousand,
    calibration,
    label_totals,
    recall_at,
    recalls,
)
from newsdedup.result import Pair, Verdict
from newsdedup.run import Parameters

# No test depends on how fast the machine is.
EXAMPLES = settings(derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NEWSROOM = Path(__file__).resolve().parent.parent / "benchmarks" / "newsroom"


def found(left: str, right: str, verdict: str, score: float) -> Pair:
    return Pair(
        left=left, right=right, verdict=Verdict(verdict), score=score, facts=0.6, telling=0.4, jaccard=0.1,
        containment=(0.1, 0.2),
    )  # fmt: skip


def outcome(label: str, score: float | None, *, detail: str = "") -> Outcome:
    """A pair that the scan gave this score; None for one that it did not compare."""
    return Outcome(
        left="a", right="b", label=label, detail=detail, compared=score is not None, reported=False,
        verdict=None, score=score, facts=None, telling=None,
    )  # fmt: skip


# Seven articles have 21 pairs: eleven are listed, one of them to be ignored.
GOLD = Gold(
    name="hand",
    articles=tuple(Article(id=each, text=f"text {each}") for each in "abcdefg"),
    pairs=tuple(
        LabelledPair(left="abcdefg".index(pair[0]), right="abcdefg".index(pair[1]), label=label, detail=detail)
        for pair, label, detail in (
            ("ab", "copy", "wire"),
            ("ac", "copy", "wire"),
            ("ad", "copy", "feed"),
            ("ae", "rewrite", "spun J3=0.01"),
            ("af", "rewrite", "spun J3=0.4"),
            ("ag", "ignore", ""),
            ("bc", "independent", ""),
            ("bd", "independent", ""),
            ("be", "template", ""),
            ("bf", "followup", ""),
            ("bg", "distinct", ""),
        )
    ),
    skipped=(Skipped(input="x", reason="empty"),),
)
FOUND = (
    found("a", "b", "copy", 1.0),
    found("a", "c", "revision", 0.9),
    found("a", "e", "rewrite", 0.65),  # below the usual bar
    found("a", "g", "copy", 1.0),  # ignored
    found("b", "c", "rewrite", 0.75),  # false
    found("b", "d", "related", 0.2),
    found("b", "g", "excerpt", 0.8),  # false, and listed as distinct
    found("c", "d", "rewrite", 0.95),  # false, and not listed
    found("c", "e", "rewrite", 0.6),  # not listed, and not reported either
    found("c", "f", "related", 0.45),
    found("d", "e", "template", 0.3),
)
# The other listed pairs (ad, af, be, bf) were not compared.


def look(left: Article, right: Article) -> Pair | None:
    """Measures wanted pairs only."""
    return found(left.id, right.id, "rewrite", 0.85) if left.id == "a" else None


def judged(parameters: Parameters | None = None, gold: Gold = GOLD, pairs: Sequence[Pair] = FOUND) -> Evaluation:
    parameters = parameters or Parameters()
    outcomes = collect(gold, pairs, parameters, look)
    return assess(gold, outcomes, parameters, notes=("a note",), shown={"views": ["copy"]})


def names(outcomes: Sequence[Outcome]) -> list[str]:
    return [each.left + each.right for each in outcomes]


# a set made by hand


def test_recall_is_counted_by_label_and_kind() -> None:
    assert judged().recalls == (
        Recall(label="copy", detail="feed", wanted=1, compared=0, reported=0, agreeing=0),
        Recall(label="copy", detail="wire", wanted=2, compared=2, reported=2, agreeing=1),
        Recall(label="rewrite", detail="spun", wanted=2, compared=1, reported=0, agreeing=0),
    )
    assert [row.share for row in judged().recalls] == [0.0, 1.0, 0.0]


def test_the_kinds_of_a_label_add_up() -> None:
    totals = label_totals(judged().recalls)
    assert list(totals) == ["copy", "rewrite"]
    assert totals["copy"] == Recall(label="copy", detail="", wanted=3, compared=2, reported=2, agreeing=1)


def test_false_reports_are_counted_by_label() -> None:
    assert judged().false_reports == (
        FalseReports(label="independent", reported=1, pairs=2),
        FalseReports(label="followup", reported=0, pairs=1),
        FalseReports(label="template", reported=0, pairs=1),
        FalseReports(label="distinct", reported=2, pairs=11),  # 21 pairs without 5 wanted, 4 hard and 1 ignored
    )


def test_the_totals() -> None:
    made = judged()
    assert (made.articles, made.wanted, made.hard, made.ignored, made.found) == (7, 5, 4, 1, 2)
    assert made.recall == 2 / 5
    assert made.precision == 2 / 5  # two copies found; bc, bg and cd false
    assert made.f1 == pytest.approx(0.4)
    assert made.agreement == 1 / 2
    assert (made.name, made.notes, made.parameters) == ("hand", ("a note",), {"views": ["copy"]})
    assert made.skipped == GOLD.skipped


def test_false_reports_are_listed_the_most_certain_first() -> None:
    wrong = judged().false
    assert names(wrong) == ["cd", "bg", "bc"]
    assert [each.detail for each in wrong] == [NOT_LISTED, "", ""]
    assert [each.label for each in wrong] == ["distinct", "distinct", "independent"]


def test_missed_pairs_are_listed_the_worst_first() -> None:
    lost = judged().missed
    assert names(lost) == ["ad", "af", "ae"]
    assert [each.compared for each in lost] == [False, False, True]
    assert [each.score for each in lost] == [0.85, 0.85, 0.65]
    assert lost[0].verdict is Verdict.REWRITE
    assert (lost[0].facts, lost[0].telling) == (0.6, 0.4)


def test_a_pair_that_was_measured_directly_is_missed_all_the_same() -> None:
    made = judged(Parameters(min_score=0.0))
    assert names(made.missed) == ["ad", "af"]
    assert not any(each.reported for each in made.missed)
    assert made.calibration.pairs == 5, "ab, ac, ae, bc and bd"
    assert made.recall_at[0].reached == 2


def test_an_ignored_pair_is_nowhere() -> None:
    assert "ag" not in names(judged().outcomes)


def test_outcomes_are_sorted_and_hold_each_listed_pair_and_false_report() -> None:
    assert names(judged().outcomes) == ["ab", "ac", "ad", "ae", "af", "bc", "bd", "be", "bf", "bg", "cd"]


def test_a_false_report_that_is_not_listed_stands_in_its_place() -> None:
    made = judged(gold=replace(GOLD, pairs=GOLD.pairs[1:]))
    assert names(made.outcomes)[:2] == ["ab", "ac"]
    assert made.outcomes[0].detail == NOT_LISTED


def test_a_pair_that_nobody_measured_has_no_numbers() -> None:
    unmeasured = next(each for each in judged().outcomes if names([each]) == ["be"])
    assert (unmeasured.verdict, unmeasured.score, unmeasured.facts, unmeasured.telling) == (None, None, None, None)


def test_labels_are_held_against_verdicts() -> None:
    said = {label: {name: n for name, n in row.items() if n} for label, row in judged().verdicts.items()}
    assert said == {
        "copy": {"copy": 1, "revision": 1, NOT_COMPARED: 1},
        "rewrite": {"rewrite": 1, NOT_COMPARED: 1},
        "independent": {"rewrite": 1, "related": 1},
        "followup": {NOT_COMPARED: 1},
        "template": {NOT_COMPARED: 1},
    }
    assert list(judged().verdicts) == ["copy", "rewrite", "independent", "followup", "template"]
    assert list(judged().verdicts["copy"]) == [*map(str, Verdict), NOT_COMPARED]


@pytest.mark.parametrize(
    ("parameters", "reported"),
    [
        (Parameters(), ["ab", "ac", "bc", "bg", "cd"]),
        (Parameters(min_score=0.75), ["ab", "ac", "bc", "bg", "cd"]),  # the bar itself is reported
        (Parameters(min_score=0.751), ["ab", "ac", "bg", "cd"]),
        (Parameters(min_score=0.0), ["ab", "ac", "ae", "bc", "bg", "cd", "ce"]),
        (Parameters(min_score=0.0, reported=frozenset({Verdict.COPY, Verdict.RELATED})), ["ab"]),
        (Parameters(reported=frozenset(Verdict)), ["ab", "ac", "bc", "bg", "cd"]),  # related is no report
    ],
)
def test_what_counts_as_reported_is_what_the_run_would_report(parameters: Parameters, reported: list[str]) -> None:
    made = judged(parameters)
    assert names([each for each in made.outcomes if each.reported]) == reported
    assert made.min_score == parameters.min_score
    assert made.reports == tuple(each for each in Verdict if each in parameters.reported and each in DERIVED)


def test_the_ranking_of_the_set_made_by_hand() -> None:
    # wanted 1.0, 0.9, 0.65 and two not compared; hard 0.75, 0.2 and two not compared
    none, one = judged().recall_at
    assert none == RecallAt(allowed=0, hard=4, bar=0.75, false=0, reached=2, wanted=5)
    assert one == RecallAt(allowed=1, hard=4, bar=0.2, false=1, reached=3, wanted=5)


def test_rates_of_nothing_are_none() -> None:
    nothing = judged(gold=replace(GOLD, pairs=()), pairs=())
    assert (nothing.recall, nothing.precision, nothing.f1, nothing.agreement) == (None, None, None, None)
    assert nothing.false_reports == (FalseReports(label="distinct", reported=0, pairs=21),)
    assert nothing.recalls == ()
    assert (nothing.calibration.brier, nothing.calibration.expected_error) == (None, None)
    assert nothing.recall_at[1] == RecallAt(allowed=1, hard=0, bar=None, false=0, reached=0, wanted=0)
    silent = judged(pairs=())
    assert (silent.recall, silent.precision, silent.f1, silent.agreement) == (0.0, None, 0.0, None)


def test_the_labels_have_an_order() -> None:
    assert set(WANTED) == DERIVED
    assert set(UNWANTED) == HARD | {"distinct"}


def test_only_a_measured_value_at_the_end_is_cut_off_a_kind() -> None:
    details = ["same event J3=0.01", "adv-ele", "J3=0.5", "n=4 words", "spun en", "a  length_ratio=12"]
    rows = recalls([outcome("rewrite", 0.9, detail=detail) for detail in details])
    assert [row.detail for row in rows] == ["", "a", "adv-ele", "n=4 words", "same event", "spun en"]


# the ranking, beside brute force

SCORES = st.none() | st.sampled_from([0.0, 0.2, 0.5, 0.5, 0.9, 0.97, 1.0])  # ties are the point
RANKED = st.lists(st.tuples(st.sampled_from(["copy", "rewrite", "independent", "template", "distinct"]), SCORES))


@EXAMPLES
@given(RANKED, st.integers(0, 4))
@example([("copy", 0.9), ("independent", 0.9), ("independent", 0.9)], 1)
@example([("copy", 0.0), ("independent", 0.0)], 1)
def test_recall_at_is_the_best_that_any_bar_reaches(pairs: list[tuple[str, float | None]], allowed: int) -> None:
    outcomes = [outcome(label, score) for label, score in pairs]
    wanted = [-1.0 if score is None else score for label, score in pairs if label in DERIVED]
    hard = [-1.0 if score is None else score for label, score in pairs if label in HARD]
    bars = [bar for bar in {*wanted, *hard, -0.5} if bar >= -0.5]  # -0.5: above nothing but what was not compared
    kept = [bar for bar in bars if sum(score > bar for score in hard) <= allowed]
    best = max((sum(score > bar for score in wanted) for bar in kept), default=0)
    at = recall_at(outcomes, allowed)
    assert at.reached == best
    assert at.wanted == len(wanted)
    assert at.hard == len(hard)
    assert at.false <= allowed


@EXAMPLES
@given(RANKED, st.randoms())
def test_the_order_of_pairs_does_not_matter(pairs: list[tuple[str, float | None]], chance: random.Random) -> None:
    outcomes = [outcome(label, score) for label, score in pairs]
    mixed = outcomes.copy()
    chance.shuffle(mixed)
    assert [recall_at(outcomes, n) for n in (0, 1)] == [recall_at(mixed, n) for n in (0, 1)]
    one, other = calibration(outcomes), calibration(mixed)
    assert [each.pairs for each in one.bins] == [each.pairs for each in other.bins]
    assert one.brier == pytest.approx(other.brier)


@pytest.mark.parametrize(("hard", "allowed"), [(0, 1), (576, 1), (999, 1), (1999, 1), (2000, 2), (12_345, 12)])
def test_one_in_a_thousand_is_rounded_down_to_one_at_least(hard: int, allowed: int) -> None:
    assert allowed_per_thousand(hard) == allowed


# the reliability of the score


def test_reliability_of_three_pairs() -> None:
    made = calibration([outcome("copy", 0.9), outcome("rewrite", 0.95), outcome("independent", 0.2)])
    assert made.pairs == 3
    assert made.brier == pytest.approx((0.01 + 0.0025 + 0.04) / 3)
    assert made.expected_error == pytest.approx((2 * (1 - 0.925) + 0.2) / 3)
    first, second = (each for each in made.bins if each.pairs)
    assert first == Bin(low=0.1, high=0.3, pairs=1, mean_score=0.2, share_true=0.0)
    assert (second.low, second.high, second.pairs, second.share_true) == (0.9, 0.97, 2, 1.0)
    assert second.mean_score == pytest.approx(0.925)


@pytest.mark.parametrize(
    ("score", "low"), [(0.0, 0.0), (0.0999, 0.0), (0.1, 0.1), (0.7, 0.7), (0.9, 0.9), (0.97, 0.97), (1.0, 0.97)]
)
def test_a_bin_holds_its_lower_edge_and_the_last_one_both(score: float, low: float) -> None:
    assert [each.low for each in calibration([outcome("copy", score)]).bins if each.pairs] == [low]


def test_pairs_that_were_not_compared_or_are_distinct_say_nothing_of_the_score() -> None:
    unseen = replace(outcome("copy", None), score=0.5)  # measured directly
    made = calibration([outcome("copy", 1.0), unseen, outcome("distinct", 0.9)])
    assert (made.pairs, made.brier, made.expected_error) == (1, 0.0, 0.0)


@EXAMPLES
@given(st.lists(st.tuples(st.sampled_from(["copy", "independent"]), st.floats(0, 1)), min_size=1))
def test_reliability_by_its_formulas(pairs: list[tuple[str, float]]) -> None:
    made = calibration([outcome(label, score) for label, score in pairs])
    squares = math.fsum((score - (label == "copy")) ** 2 for label, score in pairs)
    assert made.brier == pytest.approx(squares / len(pairs))
    assert sum(each.pairs for each in made.bins) == len(pairs)
    assert [(each.low, each.high) for each in made.bins] == list(pairwise(BIN_EDGES))
    gap = 0.0
    for low, high in pairwise(BIN_EDGES):
        inside = [(label, s) for label, s in pairs if low <= s < high or (high == 1 and s == 1)]
        gap += abs(math.fsum(s - (label == "copy") for label, s in inside))
    assert made.expected_error == pytest.approx(gap / len(pairs), abs=1e-9)


# a real scan of three newsroom stories, one of which has a pair that is no candidate


def newsroom_folder(folder: Path, stories: Sequence[str] = ("a05", "a01", "k10")) -> Path:
    """A labelled set of a few stories of newsroom, in the order of newsroom."""
    folder.mkdir(exist_ok=True)
    with gzip.open(NEWSROOM / "docs.jsonl.gz", "rt", encoding="utf-8") as lines:
        kept = [line for line in lines if json.loads(line)["id"].split("-")[0] in stories]
    (folder / "docs.jsonl").write_text("".join(kept), encoding="utf-8")
    ids = {json.loads(line)["id"] for line in kept}
    header, *rows = (NEWSROOM / "pairs.tsv").read_text(encoding="utf-8").splitlines()
    inside = [row for row in rows if set(row.split("\t")[:2]) <= ids]
    (folder / "pairs.tsv").write_text("\n".join([header, *inside, ""]), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> Gold:
    return load_gold(newsroom_folder(tmp_path_factory.mktemp("gold") / "stories"))


@pytest.mark.parametrize(
    ("config", "parameters"),
    [
        (Config(), Parameters()),
        (Config(min_score=0.99), Parameters(min_score=0.99)),
        (Config(min_score=0.0), Parameters(min_score=0.0)),
        (Config(min_verdict=Verdict.COPY), Parameters(reported=frozenset({Verdict.IDENTICAL, Verdict.COPY}))),
        (Config(views=("copy",)), Parameters(views=frozenset({"copy"}))),
        (Config(window_days=0.01), Parameters(window_days=0.01)),
    ],
)
def test_reported_is_what_a_plain_run_prints(stories: Gold, config: Config, parameters: Parameters) -> None:
    made = evaluate(stories, parameters)
    ignored = {
        (stories.articles[each.left].id, stories.articles[each.right].id)
        for each in stories.pairs
        if each.label == "ignore"
    }
    printed = {(pair.left, pair.right): pair for pair in find_duplicates(stories.articles, config).pairs}
    assert printed
    reported = {(each.left, each.right): each for each in made.outcomes if each.reported}
    assert reported.keys() == printed.keys() - ignored
    for ids, each in reported.items():
        same = printed[ids]
        assert (each.verdict, each.score, each.facts, each.telling) == (
            same.verdict, same.score, same.facts, same.telling,
        )  # fmt: skip


def test_pairs_that_are_no_candidates_are_measured_by_label(stories: Gold) -> None:
    copies = Parameters(views=frozenset({"copy"}))
    wanted, everything = evaluate(stories, copies), evaluate(stories, copies, measured=LABELS)
    unseen = [each for each in everything.outcomes if not each.compared]
    assert {each.label for each in unseen} >= {"rewrite", "independent", "template"}
    assert all(each.score is not None and each.verdict is not None for each in unseen)
    measured = {each.label for each in wanted.outcomes if not each.compared and each.score is not None}
    assert measured == {"rewrite"}
    left_out = {each.label for each in wanted.outcomes if each.score is None}
    assert left_out == {"independent", "followup", "template"}
    assert wanted.missed == everything.missed
    assert wanted.calibration == everything.calibration
    assert wanted.recall_at == everything.recall_at


def test_what_is_reported_changes_no_number_of_the_score(stories: Gold) -> None:
    one, other = (evaluate(stories, Parameters(reported=frozenset({each}))) for each in (Verdict.COPY, Verdict.REWRITE))
    assert one.verdicts == other.verdicts
    assert one.verdicts["independent"]["related"] > 0
    assert (one.calibration, one.recall_at) == (other.calibration, other.recall_at)
    assert one.recall != other.recall


def test_a_missed_pair_can_still_be_called_a_rewrite(stories: Gold) -> None:
    lost = evaluate(stories, Parameters(views=frozenset({"copy"}), min_score=0.5)).missed
    unseen = [each for each in lost if not each.compared]
    assert any(each.verdict is Verdict.REWRITE and (each.score or 0) > 0.9 for each in unseen)


def test_the_order_of_rows_and_records_does_not_matter(tmp_path: Path, stories: Gold) -> None:
    folder = newsroom_folder(tmp_path / "stories")
    header, *rows = (folder / "pairs.tsv").read_text(encoding="utf-8").splitlines()
    swapped = ["\t".join([row.split("\t")[1], row.split("\t")[0], *row.split("\t")[2:]]) for row in reversed(rows)]
    (folder / "pairs.tsv").write_text("\n".join([header, *swapped]), encoding="utf-8")
    records = (folder / "docs.jsonl").read_text(encoding="utf-8").splitlines()
    (folder / "docs.jsonl").write_text("\n".join(reversed(records)), encoding="utf-8")
    assert evaluate(load_gold(folder), Parameters()) == evaluate(stories, Parameters())


def test_progress_tells_of_the_direct_comparisons(stories: Gold) -> None:
    told: list[tuple[str, int, int]] = []
    evaluate(
        stories,
        Parameters(views=frozenset({"copy"})),
        measured=LABELS,
        progress=lambda stage, done, total: told.append((stage, done, total)),
    )
    measured = [(done, total) for stage, done, total in told if stage == "measuring"]
    assert measured == [(number, measured[-1][1]) for number in range(1, measured[-1][1] + 1)]


def test_a_set_without_articles_can_be_evaluated() -> None:
    made = evaluate(Gold(name="none", articles=(), pairs=()), Parameters())
    assert (made.articles, made.false_reports, made.outcomes) == (0, (), ())
