"""Figures that say how good scores of labelled pairs are."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from newsdedup.gold.features import Mask, Scores
from newsdedup.gold.rates import BIN_EDGES, Bin


def brier(scores: Scores, derived: Mask) -> float:
    """Mean square of score minus outcome, 0..1; 0 is best, and 0.25 is what a score of 0.5 for all pairs gets.

    Source:
        Brier 1950.
    """
    return float(((scores - derived) ** 2).mean()) if scores.size else 0.0


def reliability(scores: Scores, derived: Mask) -> tuple[Bin, ...]:
    """The calibration table: what share of the pairs of about one score is derived."""
    place = np.clip(np.searchsorted(BIN_EDGES, scores, side="right") - 1, 0, len(BIN_EDGES) - 2)
    out: list[Bin] = []
    for number, (low, high) in enumerate(pairwise(BIN_EDGES)):
        inside = place == number
        count = int(inside.sum())
        mean, share = (float(scores[inside].mean()), float(derived[inside].mean())) if count else (None, None)
        out.append(Bin(low=low, high=high, pairs=count, mean_score=mean, share_true=share))
    return tuple(out)


def bar_at(scores: Scores, false: int) -> float:
    """The bar that at most `false` of these scores of negatives are above; -inf when there are no more of them."""
    return float(np.sort(scores)[-false - 1]) if scores.size > false else float("-inf")


def share_above(scores: Scores, bar: float) -> float:
    """Share of the scores above a bar, 0..1; 0 when there are none."""
    return float((scores > bar).mean()) if scores.size else 0.0


def balanced_f1(recall: float, false_rate: float) -> float:
    """F1 as it would be with as many hard negatives as derived pairs.

    Precision is recall / (recall + false_rate): the same measure for a set with few negatives and one with many.
    """
    if recall == 0.0:
        return 0.0
    precision = recall / (recall + false_rate)
    return 2.0 * precision * recall / (precision + recall)
