"""Where to draw the line: the lowest score whose reports are as often right as wanted."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from newsdedup.gold.features import Mask, Scores
from newsdedup.verify.verdict import DERIVED_SCORE


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A lowest score to report, and what labelled pairs say of it.

    Attributes:
        score: 0.5..1; pairs with it are reported.
        recall: Share of the derived pairs that is reported, 0..1.
        false: Negatives that are.
        precision: Share of the reports that are right, 0..1, with half a false report more than was seen: none among
            20 negatives does not show that there never is one.
        reached: Whether the precision is what was wanted.
    """

    score: float
    recall: float
    false: int
    precision: float
    reached: bool


def precision_at(recall: float, false: int, negatives: int, base_rate: float) -> float:
    """Precision with half a false report more than seen, when `base_rate` of the pairs are derived."""
    right = base_rate * recall
    wrong = (1.0 - base_rate) * (false + 0.5) / (negatives + 1.0)
    return right / (right + wrong)


def choose_bar(scores: Scores, derived: Mask, *, wanted: float, base_rate: float, usual: float) -> Bar:
    """The lowest score, 0.5 or more, from which on reports reach the wanted precision.

    Where none does, the one with the highest precision, but not below `usual`: few pairs can raise the bar, not lower
    it.
    """
    true, false = np.sort(scores[derived]), np.sort(scores[~derived])

    def bar(score: float) -> Bar:
        recall = (true.size - int(np.searchsorted(true, score))) / max(1, true.size)
        over = false.size - int(np.searchsorted(false, score))
        precision = precision_at(recall, over, false.size, base_rate)
        return Bar(score=score, recall=recall, false=over, precision=precision, reached=precision >= wanted)

    known = np.unique(scores)
    higher = [(low, high) for low, high in pairwise([0.0, *known.tolist()]) if high > DERIVED_SCORE]
    bars = [bar(DERIVED_SCORE), *(bar(_between(max(low, DERIVED_SCORE), high)) for low, high in higher)]
    reached = next((each for each in bars if each.reached), None)
    if reached is not None:
        return reached
    best = max(bars, key=lambda each: each.precision)  # of equals the lowest
    return best if best.score >= usual else bar(usual)


def _between(low: float, high: float) -> float:
    """The middle with as few decimals as it can have: above `low`, and not above `high`."""
    middle = (low + high) / 2
    for decimals in range(2, 16):
        value = round(middle, decimals)
        if low < value <= high:
            return value
    return high
