"""Many pairs screened at once: those that are surely of another story need no judgement of their own.

Of 382,000 pairs of short items of one agency that pass the gate 306,000 are; judging one takes 15 us, screening it 2.
What is left is judged one by one, so that this is no second way to a verdict: it only knows which ones are `distinct`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from newsdedup.verify.features import NUMBERS, FeatureTable
from newsdedup.verify.model import (
    BREVITY,
    ENOUGH,
    FEW_FACTS,
    GUARD_UNIT,
    GUARDS,
    MIN_LENGTH,
    MIN_LENGTH_RATIO,
    SCARCE,
    SCARCE_GUARD,
    SCARCITY,
    Model,
)
from newsdedup.verify.verdict import RELATED_COUNT, RELATED_FACTS, TEMPLATE_JACCARD, TEMPLATE_LCS

_SLACK = 1e-6  # of a logit: sums in another order round otherwise

_Column = NDArray[np.float64]


def surely_distinct(features: FeatureTable, model: Model) -> NDArray[np.bool_]:
    """Whether each pair is `distinct` whatever else is known of it, shape (pairs,); not every such pair is found.

    Margins are taken from above: passages count as those of no run, texts as no forms of their house.
    """
    columns = {name: features.column(name) for name in NUMBERS}
    derived = model.slope * _largest_margin(columns, model) + model.offset >= -_SLACK
    alike = (columns["lcs_short"] >= TEMPLATE_LCS) & (columns["jaccard"] >= TEMPLATE_JACCARD)
    related = (columns["shared_facts"] >= RELATED_COUNT) & (columns["facts_short"] >= RELATED_FACTS)
    something = (columns["fact_count"] > 0) & (columns["length"] > 0) & (alike | related)
    same = columns["jaccard"] >= 1.0  # of shingles: the texts may be identical
    distinct: NDArray[np.bool_] = ~(derived | something | same)
    return distinct


def _largest_margin(columns: dict[str, _Column], model: Model) -> _Column:
    """No pair's strongest margin is larger."""
    best = np.maximum(_passages(columns), _copy(columns))
    open_to_rewrites = (columns["length"] >= MIN_LENGTH) & (columns["length_ratio"] >= MIN_LENGTH_RATIO)
    length = columns["length"]
    scarcity = SCARCITY * np.maximum(0.0, SCARCE - length) / SCARCE
    for name, route in model.routes.items():
        margin = np.full(length.size, route.bias)
        for weighted, weight in route.weights.items():
            margin += weight * columns[weighted]
        margin -= BREVITY[name] * np.maximum(0.0, ENOUGH - length) / 100 + scarcity
        asked = np.where(length < SCARCE, max(GUARDS[name], SCARCE_GUARD), GUARDS[name])
        np.minimum(margin, (columns["facts_weight"] - asked) / GUARD_UNIT, out=margin)
        np.maximum(best, np.where(open_to_rewrites, margin, -np.inf), out=best)
    return best


def _passages(columns: dict[str, _Column]) -> _Column:
    """`model.passage_margin` of many pairs, whatever passages of the run they share."""
    sentences = columns["verbatim_sentences"]
    within = np.minimum((columns["verbatim"] - 42) / 8, (sentences - 25) / 8)
    return np.minimum(within, (sentences + 3 * columns["verbatim_facts"] - 58) / 8)


def _copy(columns: dict[str, _Column]) -> _Column:
    """No less than `model.copy_margin` of many pairs: shingles alone."""
    jaccard = columns["jaccard"]
    return np.where(columns["fact_count"] < FEW_FACTS, (jaccard - 0.8) / 0.05, (jaccard - 0.4) / 0.05)
