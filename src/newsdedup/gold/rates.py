"""Counts and rates over outcomes: plain arithmetic, nothing is scanned here."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from newsdedup.gold.outcome import Outcome
from newsdedup.result import REPORTED, Verdict

WANTED = tuple(map(str, REPORTED))
"""The labels in DERIVED, strongest first."""

UNWANTED = ("independent", "followup", "template", "related", "distinct")
"""The labels in HARD, then `distinct`."""

NOT_COMPARED = "not compared"
"""Stands for the verdict of a pair that the scan did not compare."""

BIN_EDGES = (0.0, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.97, 1.0)
"""Of scores; a bin holds its lower edge, and the last one 1 as well."""

_MEASURED = re.compile(r"\s*\b\w+=[\d.]+$")  # `same event J3=0.01`: a value of the pair, not its kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """Wanted pairs of one label and kind.

    Attributes:
        detail: The kind; a measured value such as `J3=0.01` at its end is cut off.
        wanted: Pairs, 1 or more.
        compared: Of these, those that the scan compared.
        reported: Of these, those that it reported.
        agreeing: Of these, those whose verdict is the very label.
    """

    label: str
    detail: str
    wanted: int
    compared: int
    reported: int
    agreeing: int

    @property
    def share(self) -> float:
        """Recall, 0..1."""
        return self.reported / self.wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class FalseReports:
    """Pairs of one label that must not be reported.

    Attributes:
        reported: Those that were.
        pairs: All; for `distinct` every pair of articles that the set does not list is among them.
    """

    label: str
    reported: int
    pairs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallAt:
    """Recall when the score alone decides and at most `allowed` hard negatives may be reported.

    Attributes:
        allowed: Hard negatives that may be reported.
        hard: Hard negatives in the set, compared or not.
        bar: The score that a pair must exceed: the highest one that keeps the bound. None when every compared pair
            can be reported without breaking it.
        false: Hard negatives above the bar; fewer than `allowed` where several share one score.
        reached: Wanted pairs above the bar.
        wanted: Wanted pairs in the set, compared or not.
    """

    allowed: int
    hard: int
    bar: float | None
    false: int
    reached: int
    wanted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Pairs with a score from `low` to below `high`; both means are None in an empty bin."""

    low: float
    high: float
    pairs: int
    mean_score: float | None
    share_true: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """How far the score is the probability it claims to be, over wanted pairs and hard negatives that were compared.

    It holds for the mix of labels in the set: a set with more hard negatives has a lower share of true pairs.

    Attributes:
        bins: One for each two neighbours in BIN_EDGES.
        brier: Mean of (score - truth)^2, truth being 1 for a wanted pair and 0 for a hard negative: 0 is perfect,
            0.25 is what a score of 0.5 for every pair gets. None without pairs.
        expected_error: Mean of |mean score - share of true pairs| over the bins, each weighted by its pairs, 0..1.
            None without pairs.

    Source:
        Brier 1950; Naeini, Cooper and Hauskrecht 2015 (expected calibration error).
    """

    pairs: int
    bins: tuple[Bin, ...]
    brier: float | None
    expected_error: float | None


def recalls(outcomes: Iterable[Outcome]) -> tuple[Recall, ...]:
    """Recall of every wanted label and kind: labels in the order of WANTED, kinds by name."""
    groups: dict[tuple[int, str], list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.wanted:
            key = WANTED.index(outcome.label), _MEASURED.sub("", outcome.detail)
            groups.setdefault(key, []).append(outcome)
    return tuple(
        Recall(
            label=WANTED[place],
            detail=detail,
            wanted=len(group),
            compared=sum(each.compared for each in group),
            reported=sum(each.reported for each in group),
            agreeing=sum(each.reported and each.verdict == each.label for each in group),
        )
        for (place, detail), group in sorted(groups.items())
    )


def false_reports(outcomes: Iterable[Outcome], articles: int, ignored: int) -> tuple[FalseReports, ...]:
    """False reports of every unwanted label that has pairs, in the order of UNWANTED.

    Args:
        outcomes: As `collect` gives them.
        articles: In the set.
        ignored: Pairs labelled `ignore`.
    """
    pairs: Counter[str] = Counter()
    reported: Counter[str] = Counter()
    for outcome in outcomes:
        pairs[outcome.label] += 1
        reported[outcome.label] += outcome.reported
    elsewhere = sum(number for label, number in pairs.items() if label != "distinct")
    pairs["distinct"] = articles * (articles - 1) // 2 - elsewhere - ignored
    return tuple(
        FalseReports(label=label, reported=reported[label], pairs=pairs[label]) for label in UNWANTED if pairs[label]
    )


def verdict_counts(outcomes: Sequence[Outcome]) -> dict[str, dict[str, int]]:
    """Label -> verdict or NOT_COMPARED -> pairs of wanted and hard labels, reported or not.

    Labels that the set has, in the order of WANTED and UNWANTED; every verdict in its order, zeros included.
    """
    counts: dict[str, dict[str, int]] = {}
    for label in (*WANTED, *UNWANTED):
        group = [outcome for outcome in outcomes if outcome.label == label and (outcome.wanted or outcome.hard)]
        if group:
            said = Counter(str(each.verdict) if each.compared else NOT_COMPARED for each in group)
            counts[label] = {verdict: said[verdict] for verdict in (*map(str, Verdict), NOT_COMPARED)}
    return counts


def allowed_per_thousand(hard: int) -> int:
    """Hard negatives that one in a thousand allows: hard / 1000 rounded down, but 1 at least.

    With fewer than 1,000 hard negatives one false report is more than one in a thousand; none at all is the other
    number given, and there is nothing between them.
    """
    return max(1, hard // 1000)


def recall_at(outcomes: Sequence[Outcome], allowed: int) -> RecallAt:
    """Recall of the ranking by score with at most `allowed` hard negatives above the bar.

    Pairs with equal scores are reported together or not at all, so the order among them decides nothing. Wanted
    pairs that were not compared are missed at any bar. Pairs labelled distinct or not listed do not count.
    """
    hard = sorted(_ranking(each for each in outcomes if each.hard), reverse=True)
    wanted = _ranking(each for each in outcomes if each.wanted)
    bar = hard[allowed] if len(hard) > allowed else None
    return RecallAt(
        allowed=allowed,
        hard=sum(each.hard for each in outcomes),
        bar=bar,
        false=sum(bar is None or score > bar for score in hard),
        reached=sum(bar is None or score > bar for score in wanted),
        wanted=sum(each.wanted for each in outcomes),
    )


def _ranking(outcomes: Iterable[Outcome]) -> list[float]:
    return [outcome.score for outcome in outcomes if outcome.compared and outcome.score is not None]


def calibration(outcomes: Iterable[Outcome]) -> Calibration:
    """The reliability of the score; see Calibration."""
    scored = [
        (outcome.score, 1.0 if outcome.wanted else 0.0)
        for outcome in outcomes
        if outcome.compared and outcome.score is not None and (outcome.wanted or outcome.hard)
    ]
    bins = tuple(
        _bin(low, high, [(score, true) for score, true in scored if low <= score < high or score == high == 1])
        for low, high in pairwise(BIN_EDGES)
    )
    gaps = [
        each.pairs * abs(each.mean_score - each.share_true)
        for each in bins
        if each.mean_score is not None and each.share_true is not None
    ]
    return Calibration(
        pairs=len(scored),
        bins=bins,
        brier=sum((score - true) ** 2 for score, true in scored) / len(scored) if scored else None,
        expected_error=sum(gaps) / len(scored) if scored else None,
    )


def _bin(low: float, high: float, inside: Sequence[tuple[float, float]]) -> Bin:
    pairs = len(inside)
    return Bin(
        low=low,
        high=high,
        pairs=pairs,
        mean_score=sum(score for score, _ in inside) / pairs if pairs else None,
        share_true=sum(true for _, true in inside) / pairs if pairs else None,
    )


def label_totals(rows: Iterable[Recall]) -> Mapping[str, Recall]:
    """All kinds of each label together, in the order of the rows; `detail` is ""."""
    totals: dict[str, Recall] = {}
    for row in rows:
        before = totals.get(row.label)
        totals[row.label] = _sum(row.label, [row] if before is None else [before, row])
    return totals


def _sum(label: str, rows: Sequence[Recall]) -> Recall:
    return Recall(
        label=label,
        detail="",
        wanted=sum(row.wanted for row in rows),
        compared=sum(row.compared for row in rows),
        reported=sum(row.reported for row in rows),
        agreeing=sum(row.agreeing for row in rows),
    )
