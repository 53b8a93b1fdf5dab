"""The shipped model refitted on a user's own labelled pairs, held near what it was: few pairs hardly move it."""

from __future__ import annotations

import numpy as np

from newsdedup.gold.features import Mask, PairColumns, Scores
from newsdedup.gold.fitting import (
    ROUTES,
    all_margins,
    balanced_weights,
    calibrate,
    fit_weights,
    open_to,
    sums,
)
from newsdedup.gold.folds import make_folds
from newsdedup.verify.model import Model, Route

FOLDS = 5

WEIGHTS_PRIOR = 6.0
"""Ridge towards the shipped weights, in log loss of one pair for a change by one spread of a feature."""

BORDER_PRIOR = 1000.0
"""Hard negatives that the shipped border counts for: it is the strongest of 1,690, and that of a few says little."""

CURVE_PRIOR = 10.0
"""Pull towards the shipped calibration, in log loss for a slope twice as steep or an offset higher by 1."""

_LEAST_SPREAD = 0.05  # of a feature, all of which are 0..1: in a few pairs one can be the same by chance


def base_weights(pairs: PairColumns, part: Mask, base_rate: float | None) -> Scores:
    """Weights of the labelled pairs of a part, 1 on average, that give derived pairs this share; None leaves it."""
    out = np.zeros(len(pairs))
    labelled = part & pairs.listed
    out[labelled] = 1.0
    if base_rate is not None:
        for chosen, share in ((labelled & pairs.derived, base_rate), (labelled & ~pairs.derived, 1.0 - base_rate)):
            if chosen.any():
                out[chosen] = share * labelled.sum() / chosen.sum()
    return out


def refit_routes(pairs: PairColumns, part: Mask, prior: Model) -> dict[str, Route]:
    """The routes of a model refitted on a part; one for which the part has no pairs of both sorts stays as it is."""
    return {name: _refit(pairs, part, prior.routes[name], name) for name in ROUTES}


def _refit(pairs: PairColumns, part: Mask, shipped: Route, name: str) -> Route:
    rule = ROUTES[name]
    chosen = part & open_to(name, pairs)
    hard = chosen & pairs.hard
    if not hard.any() or not (chosen & pairs.derived).any():
        return shipped
    weights = dict(shipped.weights)
    if not rule.fixed:
        shares = balanced_weights(pairs, chosen)[chosen]
        effective = float(shares.sum() ** 2 / (shares**2).sum())  # pairs of equal weight that tell as much (Kish 1965)
        x = pairs.matrix(rule.features)[chosen]
        found = fit_weights(
            x,
            pairs.derived[chosen],
            shares,
            ridge=WEIGHTS_PRIOR / effective,
            centre=np.array([shipped.weights.get(key, 0.0) for key in rule.features]),
            spread=np.maximum(x.std(axis=0), _LEAST_SPREAD),
        )
        weights = dict(zip(rule.features, found.tolist(), strict=True))
    raw, before = (pairs.matrix(tuple(each))[hard] @ [*each.values()] for each in (weights, shipped.weights))
    if not raw.any() or not before.any():
        return shipped
    # The shipped border in the new weights: as far up as the same pairs have moved.
    border = -shipped.bias * float(raw.mean() / before.mean())
    seen, strongest = int(hard.sum()), float(sums(name, weights, pairs)[hard].max())
    return Route(weights=weights, bias=-(seen * strongest + BORDER_PRIOR * border) / (seen + BORDER_PRIOR))


def refit(pairs: PairColumns, part: Mask, prior: Model, base_rate: float | None) -> Model:
    """A model refitted on a part: routes on all of it, the calibration on folds of it that were left out.

    Args:
        part: Pairs to fit on; unlisted ones steady the weights and are not in the calibration.
        prior: The model to be held near.
        base_rate: Share of derived pairs that scores are calibrated for; None for that of the part.
    """
    folds = make_folds(pairs, part, FOLDS)
    margins = np.zeros(len(pairs))
    for fold in range(FOLDS):
        here = part & folds.left_out(fold)
        margins[here] = all_margins(pairs, refit_routes(pairs, part & folds.kept(fold), prior))[here]
    shown = part & pairs.listed & pairs.able
    slope, offset = calibrate(
        margins[shown],
        pairs.derived[shown],
        weights=base_weights(pairs, shown, base_rate)[shown],
        prior=(prior.slope, prior.offset),
        prior_pairs=CURVE_PRIOR,
    )
    return Model(routes=refit_routes(pairs, part, prior), slope=slope, offset=offset)
