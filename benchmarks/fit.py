#!/usr/bin/env python3
"""Fits the verdict model on the labelled sets and reports it family by family, each left out in turn.

usage: fit.py                 prints the report
       fit.py --write         also writes src/newsdedup/verify/model.json

Needs every labelled set (NEWSDEDUP_BENCH). Positives are the pairs labelled copy, revision and rewrite (excerpts have a
route of their own, which is not fitted); negatives are the labelled independents, follow-ups and templates ("hard")
and all candidate pairs that nobody labelled ("distinct"). Families weigh alike, and so do the kinds within a family.
"""

from __future__ import annotations

import argparse
import json
import sys
import zlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from newsdedup.sketch.candidates import VIEWS, find_candidates
from newsdedup.sketch.lsh import unpack
from newsdedup.verify.features import pair_features
from newsdedup.verify.model import CONDENSED_LENGTH_RATIO, MIN_LENGTH, MIN_LENGTH_RATIO
from newsdedup.verify.profile import Profiles
from newsdedup.workers import Engine

from _common import REPOSITORY, BenchmarkError
from labelled import LABELLED, POSITIVE, load_set

MODEL = REPOSITORY / "src" / "newsdedup" / "verify" / "model.json"
FAMILIES = ("newsroom", "onestop", "detectrl", "clough")

# Not fitted: one full share of facts carried over by both sides counts twice one share in their places.
FACTS_ROUTE = {"facts_both": 1.0, "facts_placed_both": 0.5}
FACTS_UNIT = 0.06
TELLING = ("lcs", "order", "sentences_mean", "numbers")
CONDENSED = ("facts_short", "facts_placed", "order", "sentences_short", "numbers", "lcs_short")
RIDGE = {"telling": 1e-3, "condensed": 1e-2}
EASY = 0.1  # weight of all distinct pairs of a family, beside 0.5 of its independents and of its templates
FOLDS = 5

Mask = NDArray[np.bool_]
Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """All pairs as columns, shape (pairs,)."""

    columns: dict[str, NDArray[np.float64]]
    true: Mask
    family: NDArray[np.str_]
    label: NDArray[np.str_]
    detail: NDArray[np.str_]
    fold: NDArray[np.int64]

    def matrix(self, names: tuple[str, ...]) -> NDArray[np.float64]:
        return np.stack([self.columns[name] for name in names], axis=1)

    @property
    def hard(self) -> Mask:
        return ~self.true & (self.label != "distinct") & (self.family != "clough")

    @property
    def able(self) -> Mask:
        """Long enough, and near enough in length, to be called a rewrite."""
        return (self.columns["length"] >= MIN_LENGTH) & (self.columns["length_ratio"] >= MIN_LENGTH_RATIO)


def load() -> Data:
    rows: list[dict[str, float]] = []
    true, family, label, detail, fold = [], [], [], [], []
    for name in LABELLED:
        articles, gold = load_set(name)
        with Engine(1) as engine:
            table, sketches = engine.read(articles, frozenset(VIEWS), lambda stage, done, total: None)
        profiles = Profiles(table)
        labels = {(pair.left, pair.right): (pair.label, pair.detail) for pair in gold}
        left, right = unpack(find_candidates(sketches, np.arange(len(articles)), 200).pairs)
        for pair in zip(left.tolist(), right.tolist(), strict=True):
            labels.setdefault(pair, ("distinct", ""))
        for (a, b), (what, how) in sorted(labels.items()):
            if what in ("ignore", "excerpt"):
                continue
            rows.append({key: float(value) for key, value in asdict(pair_features(profiles[a], profiles[b])).items()})
            true.append(what in POSITIVE)
            family.append(name)
            label.append(what)
            detail.append(how)
            fold.append(zlib.crc32((name + articles[a].id.rsplit("-", 1)[0]).encode()) % FOLDS)
    columns = {key: np.array([row[key] for row in rows]) for key in rows[0]}
    return Data(
        columns=columns,
        true=np.array(true),
        family=np.array(family),
        label=np.array(label),
        detail=np.array(detail),
        fold=np.array(fold),
    )


def weights(data: Data, part: Mask) -> NDArray[np.float64]:
    out = np.zeros(data.true.size)
    for name in sorted(set(data.family[part].tolist())):
        here = part & (data.family == name)
        share = 2.0 if name == "newsroom" else 1.0  # the only family with every relation
        kinds = sorted(set(data.detail[here & data.true].tolist()))
        for kind in kinds:
            chosen = here & data.true & (data.detail == kind)
            out[chosen] = share / len(kinds) / chosen.sum()
        for what, amount in (("independent", 0.5), ("template", 0.5), ("followup", 0.25), ("distinct", EASY)):
            chosen = here & ~data.true & (data.label == what)
            if chosen.any():
                out[chosen] = share * amount / chosen.sum()
    return out * out.size / out.sum()


def fit_linear(x: NDArray[np.float64], true: Mask, weight: NDArray[np.float64], ridge: float) -> NDArray[np.float64]:
    """Logistic regression with no negative coefficient: coefficients, then the bias."""
    mean, spread = x.mean(axis=0), x.std(axis=0)
    z = (x - mean) / spread
    sign = np.where(true, 1.0, -1.0)
    weight = weight / weight.sum()

    def loss(p: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = sign * (z @ p[:-1] + p[-1])
        pull = -weight * sign / (1 + np.exp(np.clip(margin, -50, 50)))
        gradient = np.append(z.T @ pull + 2 * ridge * p[:-1], pull.sum())
        return float((weight * np.logaddexp(0, -margin)).sum() + ridge * (p[:-1] ** 2).sum()), gradient

    bounds = [(0, None)] * x.shape[1] + [(None, None)]
    start = np.append(np.full(x.shape[1], 0.1), -1.0)
    p = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return np.append(p[:-1] / spread, p[-1] - (p[:-1] * mean / spread).sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    names: tuple[str, ...]
    coefficients: NDArray[np.float64]
    bias: float
    applies: Mask

    def scores(self, data: Data) -> Scores:
        return np.where(self.applies, data.matrix(self.names) @ self.coefficients + self.bias, -np.inf)


def fit(data: Data, part: Mask) -> dict[str, Route]:
    """Routes fitted on a part of the pairs; the bias of each puts the strongest hard negative of that part at 0."""
    able = part & data.able
    short = data.columns["length_ratio"] <= CONDENSED_LENGTH_RATIO
    everywhere = np.ones(data.true.size, dtype=bool)
    routes = {
        "facts": (tuple(FACTS_ROUTE), np.array([*FACTS_ROUTE.values()]) / FACTS_UNIT, everywhere),
        "telling": (TELLING, None, everywhere),
        "condensed": (CONDENSED, None, short),
    }
    out: dict[str, Route] = {}
    for name, (names, given, applies) in routes.items():
        coefficients = given
        if coefficients is None:
            chosen = able & applies
            weight = weights(data, chosen)[chosen]
            coefficients = fit_linear(data.matrix(names)[chosen], data.true[chosen], weight, RIDGE[name])[:-1]
        raw = data.matrix(names) @ coefficients
        bias = -float(raw[able & applies & data.hard].max())
        out[name] = Route(names=names, coefficients=coefficients, bias=bias, applies=applies)
    return out


def strongest(data: Data, routes: dict[str, Route]) -> Scores:
    return np.max([route.scores(data) for route in routes.values()], axis=0)


def calibrate(data: Data, margins: Scores) -> tuple[float, float]:
    """Slope and offset of the logistic curve through margins of pairs that were left out of their fit."""
    part = data.able & (data.true | data.hard)
    x, sign = np.clip(margins[part], -6, 6), np.where(data.true[part], 1.0, -1.0)

    def loss(p: NDArray[np.float64]) -> float:
        return float(np.logaddexp(0, -sign * (p[0] * x + p[1])).sum())

    best = minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead").x
    return float(best[0]), float(best[1])


def report_families(data: Data) -> None:
    """Each family left out: recall at one false report in a thousand hard negatives, and beside it simple features."""
    simple: dict[str, Callable[[], Scores]] = {
        "LCS": lambda: data.columns["lcs"],
        "LCS short": lambda: data.columns["lcs_short"],
        "3-shingles": lambda: data.columns["jaccard"],
    }
    able = data.able
    hard = able & data.hard
    allowed = max(1, round(hard.sum() / 1000))
    print(f"recall at {allowed} false reports among {hard.sum()} hard negatives; the family was not in the fit")
    print(f"{'family':10s}{'kind':14s}{'pairs':>6s}{'model':>8s}" + "".join(f"{name:>12s}" for name in simple))
    for name in FAMILIES:
        margins = strongest(data, fit(data, data.family != name))
        scores = {"model": margins} | {key: make() for key, make in simple.items()}
        bars = {key: np.sort(value[hard])[-allowed - 1] for key, value in scores.items()}
        for kind in sorted(set(data.detail[(data.family == name) & data.true].tolist())):
            part = able & data.true & (data.family == name) & (data.detail == kind)
            if part.sum() > 1:
                shares = {key: float((value[part] > bars[key]).mean()) for key, value in scores.items()}
                cells = "".join(f"{shares[key]:12.3f}" for key in simple)
                print(f"{name:10s}{kind[:13]:14s}{part.sum():6d}{shares['model']:8.3f}{cells}")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help=f"write {MODEL.relative_to(REPOSITORY)}")
    options = parser.parse_args()
    data = load()
    everything = np.ones(data.true.size, dtype=bool)
    report_families(data)
    crossed = np.full(data.true.size, -np.inf)
    for fold in range(FOLDS):
        part = data.fold == fold
        crossed[part] = strongest(data, fit(data, ~part))[part]
    slope, offset = calibrate(data, crossed)
    print(f"\ncalibration on {FOLDS} left-out folds: score = logistic({slope:.3f} x margin + {offset:.3f})")
    score = 1 / (1 + np.exp(-np.clip(slope * crossed + offset, -50, 50)))
    part = data.able & (data.true | data.hard)
    print(f"{'score':>12s}{'pairs':>8s}{'true':>8s}")
    for low, high in ((0, 0.1), (0.1, 0.3), (0.3, 0.5), (0.5, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 0.97), (0.97, 1.01)):
        inside = part & (score >= low) & (score < high)
        share = f"{data.true[inside].mean():8.3f}" if inside.any() else "       -"
        print(f"{low:6.2f}-{min(high, 1):4.2f} {inside.sum():8d}{share}")
    if options.write:
        write(fit(data, everything), slope, offset)
    return 0


def write(routes: dict[str, Route], slope: float, offset: float) -> None:
    document = {
        "made_by": "python benchmarks/fit.py --write",
        "sets": list(LABELLED),
        "routes": {
            name: {
                "weights": {
                    key: round(float(value), 4)
                    for key, value in zip(route.names, route.coefficients, strict=True)
                    if value > 0
                },
                "bias": round(route.bias, 4),
            }
            for name, route in routes.items()
        },
        "calibration": {"slope": round(slope, 4), "offset": round(offset, 4)},
    }
    Path(MODEL).write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    print(f"\nwrote {MODEL.relative_to(REPOSITORY)}")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BenchmarkError as error:
        print(f"fit: {error}", file=sys.stderr)
        sys.exit(2)
