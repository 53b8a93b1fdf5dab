"""The fit of the verdict model: routes of non-negative weights, each with its border at the strongest hard negative.

`ROUTES` says what is fitted and on which features; everything else here is how. Nothing is printed: benchmarks/fit.py
and `newsdedup tune` do that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from newsdedup.errors import NewsdedupError
from newsdedup.gold.features import Mask, PairColumns, Scores
from newsdedup.verify.model import Model, Route


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteRule:
    """What a route is made of.

    Attributes:
        features: Names in `Features`.
        fixed: Their weights when they are given and not fitted; empty when they are fitted.
        ridge: Strength of the pull towards 0, on features of spread 1.
    """

    features: tuple[str, ...]
    fixed: tuple[float, ...] = ()
    ridge: float = 0.0


ROUTES: Mapping[str, RouteRule] = {
    # Not fitted: one full share of facts carried over by both sides counts twice one share in their places.
    "facts": RouteRule(features=("facts_both", "facts_placed_both"), fixed=(1.0 / 0.06, 0.5 / 0.06)),
    "telling": RouteRule(features=("lcs", "order", "sentences_mean", "numbers"), ridge=1e-3),
    "condensed": RouteRule(
        features=("facts_short", "facts_placed", "order", "sentences_short", "numbers", "lcs_short"),
        ridge=1e-2,
    ),
}

NEGATIVE_SHARES: Mapping[str, float] = {
    "independent": 0.5,
    "template": 0.5,
    "followup": 0.25,
    "related": 0.5,
    "distinct": 0.1,  # easy, and there are many of them
}
"""Weight of all negatives of one label in a family, beside 1 for all its derived pairs."""

MARGIN_LIMIT = 6.0
"""Margins beyond it are taken as it when the calibration is fitted: no far pair decides the slope at the border."""

MIN_SLOPE = 0.05  # of a calibration; above 0, so that a larger margin is never a lower score
_LEAST_SPREAD = 1e-6  # of a feature that is the same in all pairs

Objective = Callable[[Scores], tuple[float, Scores]]


def require_scipy() -> None:
    """Says what to install, before any work is done.

    Raises:
        NewsdedupError: scipy is not installed.
    """
    try:
        import scipy.optimize  # noqa: F401, PLC0415  # an extra
    except ImportError:
        raise NewsdedupError(
            "fitting needs scipy, which is not installed; run: pip install 'newsdedup[tune]'"
        ) from None


def _least(objective: Objective, start: Scores, bounds: list[tuple[float | None, float | None]]) -> Scores:
    require_scipy()
    from scipy.optimize import minimize  # noqa: PLC0415  # an extra, and 200 ms

    found = minimize(objective, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return np.asarray(found.x, dtype=np.float64)


def log_losses(logits: Scores, derived: Mask) -> Scores:
    """-ln of the probability that each pair's label got."""
    return np.asarray(np.logaddexp(0.0, np.where(derived, -logits, logits)), dtype=np.float64)


def balanced_weights(pairs: PairColumns, part: Mask, family_shares: Mapping[str, float] | None = None) -> Scores:
    """Weights of the pairs of a part, 0 elsewhere: families weigh alike, and so do the kinds within a family.

    Args:
        family_shares: Weight of a family; 1 when it is not named.
    """
    shares = family_shares or {}
    out = np.zeros(len(pairs))
    for name in sorted(set(pairs.family[part].tolist())):
        here = part & (pairs.family == name)
        share = shares.get(name, 1.0)
        kinds = sorted(set(pairs.kind[here & pairs.derived].tolist()))
        for kind in kinds:
            chosen = here & pairs.derived & (pairs.kind == kind)
            out[chosen] = share / len(kinds) / chosen.sum()
        for label, amount in NEGATIVE_SHARES.items():
            chosen = here & ~pairs.derived & (pairs.label == label)
            if chosen.any():
                out[chosen] = share * amount / chosen.sum()
    return out / out.sum() if out.any() else out


def fit_weights(
    x: Scores,
    derived: Mask,
    weights: Scores,
    *,
    ridge: float,
    centre: Scores | None = None,
    spread: Scores | None = None,
) -> Scores:
    """Logistic regression with a free bias, which is dropped, and no negative weight.

    Args:
        x: Shape (pairs, features).
        weights: Of the pairs, in any unit.
        ridge: Strength of the pull towards `centre`: the objective is the weighted mean of the log losses and
            `ridge` times the sum of squares of `(weight - centre) * spread`.
        centre: Weights to be pulled to; None for 0.
        spread: Of each feature, shape (features,); None for the standard deviation in `x`.

    Returns:
        Shape (features,), each 0 or more.
    """
    mean, scale = x.mean(axis=0), np.maximum(x.std(axis=0) if spread is None else spread, _LEAST_SPREAD)
    z = (x - mean) / scale
    middle = np.zeros(x.shape[1]) if centre is None else centre * scale
    sign = np.where(derived, 1.0, -1.0)
    share = weights / weights.sum()

    def objective(p: Scores) -> tuple[float, Scores]:
        margin = sign * (z @ p[:-1] + p[-1])
        pull = -share * sign / (1.0 + np.exp(np.clip(margin, -50.0, 50.0)))
        away = p[:-1] - middle
        value = float((share * np.logaddexp(0.0, -margin)).sum() + ridge * (away**2).sum())
        return value, np.append(z.T @ pull + 2.0 * ridge * away, pull.sum())

    start = np.append(np.full(x.shape[1], 0.1) if centre is None else middle, -1.0)
    found = _least(objective, start, [(0.0, None)] * x.shape[1] + [(None, None)])
    return np.asarray(found[:-1] / scale, dtype=np.float64)


def open_to(name: str, pairs: PairColumns) -> Mask:
    """The pairs that a route is fitted on: those it is open for.

    Those that a guard holds down are among them: they need no weights for that, but without them few hard negatives are
    left to see a border by.
    """
    return np.asarray(pairs.fitted & (pairs.cap[name] > -np.inf), dtype=bool)


def sums(name: str, weights: Mapping[str, float], pairs: PairColumns) -> Scores:
    """The weighted sums of a route less what short texts lose, whether it is open or not."""
    values = np.array([*weights.values()])
    return np.asarray(pairs.matrix(tuple(weights)) @ values - pairs.loss[name], dtype=np.float64)


def fit_routes(pairs: PairColumns, part: Mask, *, family_shares: Mapping[str, float] | None = None) -> dict[str, Route]:
    """Every route of `ROUTES` fitted on a part of the pairs; its strongest hard negative that no guard holds is at 0.

    Args:
        part: It must hold derived pairs, and hard negatives that each route is open for.
    """
    out: dict[str, Route] = {}
    for name, rule in ROUTES.items():
        chosen = part & open_to(name, pairs)
        weights = np.array(rule.fixed)
        if not rule.fixed:
            shares = balanced_weights(pairs, chosen, family_shares)[chosen]
            x = pairs.matrix(rule.features)[chosen]
            weights = fit_weights(x, pairs.derived[chosen], shares, ridge=rule.ridge)
        given = dict(zip(rule.features, weights.tolist(), strict=True))
        hard = chosen & pairs.hard
        free = hard & (pairs.cap[name] >= 0.0)  # a pair that a guard holds down needs no border
        border = sums(name, given, pairs)[free if free.any() else hard].max()
        out[name] = Route(weights=given, bias=-float(border))
    return out


def route_margins(pairs: PairColumns, routes: Mapping[str, Route]) -> Scores:
    """Margin of the strongest fitted route that is open; -inf where none is."""
    best = np.full(len(pairs), -np.inf)
    for name, route in routes.items():
        best = np.maximum(best, np.minimum(sums(name, route.weights, pairs) + route.bias, pairs.cap[name]))
    return best


def all_margins(pairs: PairColumns, routes: Mapping[str, Route]) -> Scores:
    """Margin of the strongest route, copy and passages included: what the verdict is made from; always finite."""
    return np.maximum(route_margins(pairs, routes), pairs.fixed)


def calibrate(
    margins: Scores,
    derived: Mask,
    *,
    weights: Scores | None = None,
    prior: tuple[float, float] | None = None,
    prior_pairs: float = 0.0,
) -> tuple[float, float]:
    """Slope and offset of the logistic curve through margins of pairs that were left out of their fit.

    Args:
        weights: Of the pairs; None for 1 each.
        prior: Slope and offset to be pulled to.
        prior_pairs: Strength of that pull: the objective is the sum of the log losses and `prior_pairs` times
            the squares of the relative change of the slope and of the change of the offset.
    """
    x = np.clip(margins, -MARGIN_LIMIT, MARGIN_LIMIT)
    sign = np.where(derived, 1.0, -1.0)
    share = np.ones(x.size) if weights is None else weights
    slope, offset = prior or (1.0, 0.0)

    def objective(p: Scores) -> tuple[float, Scores]:
        margin = sign * (p[0] * x + p[1])
        pull = -share * sign / (1.0 + np.exp(np.clip(margin, -50.0, 50.0)))
        steeper, higher = p[0] / slope - 1.0, p[1] - offset
        value = float((share * np.logaddexp(0.0, -margin)).sum() + prior_pairs * (steeper**2 + higher**2))
        gradient = [(pull * x).sum() + 2.0 * prior_pairs * steeper / slope, pull.sum() + 2.0 * prior_pairs * higher]
        return value, np.array(gradient)

    found = _least(objective, np.array([slope, offset]), [(MIN_SLOPE, None), (None, None)])
    return float(found[0]), float(found[1])


def logits_of(margins: Scores, model: Model) -> Scores:
    """Log odds of the score, bounded so that their exponentials are finite."""
    return np.clip(model.slope * margins + model.offset, -60.0, 60.0)


def scores_of(margins: Scores, model: Model) -> Scores:
    """Calibrated probabilities, 0..1, as `verify.model.score` gives them."""
    return np.asarray(1.0 / (1.0 + np.exp(-logits_of(margins, model))), dtype=np.float64)
