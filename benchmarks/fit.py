#!/usr/bin/env python3
"""Fits the verdict model on the labelled sets and reports it family by family, each left out in turn.

usage: fit.py                 prints the report
       fit.py --write         also writes src/newsdedup/verify/model.json

Needs every labelled set (NEWSDEDUP_BENCH), scipy and, for the tf-idf column, scikit-learn. What is fitted stands in
`newsdedup.gold.fitting.ROUTES`. Derived are the pairs labelled copy, revision and rewrite (excerpts have a route of
their own, which is not fitted); hard negatives are the labelled independents, follow-ups and templates but those of
clough (students who answer one question from the same notes); all other candidate pairs are distinct. Families weigh
alike, newsroom twice, and so do the kinds within a family.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import numpy as np

from newsdedup.errors import NewsdedupError
from newsdedup.gold.features import Mask, PairColumns, Scores, join_columns, pair_columns
from newsdedup.gold.figures import balanced_f1, bar_at, brier, reliability, share_above
from newsdedup.gold.fitting import all_margins, calibrate, fit_routes, require_scipy, route_margins, scores_of
from newsdedup.gold.folds import make_folds
from newsdedup.gold.load import Gold, load_gold
from newsdedup.text.table import normalized_body
from newsdedup.verify.model import Model, Route, model_document

from _common import REPOSITORY, BenchmarkError, set_folder, table
from labelled import LABELLED

MODEL = REPOSITORY / "src" / "newsdedup" / "verify" / "model.json"
FAMILIES = ("newsroom", "onestop", "detectrl", "clough")
SHARES = {"newsroom": 2.0}  # the only family with every relation
FOLDS = 5
HARD_PER_DERIVED = 2.0
"""The odds that scores are stated for: among the pairs that a scan compares closely, at least two in three only look
alike."""

HIGHEST_OFFSET = 0.8
"""Log odds at margin 0, at most: the strongest pair that was ever seen to be false scores .69, below the default
`min_score` of .7."""

COMMAND = "python benchmarks/fit.py --write"
NOTES = """\
Kinds: recall. F1: the recall is that of all derived pairs of the family; the precision is what it would be had the
family exactly as many hard negatives as derived pairs, recall / (recall + share of the hard negatives of all sets
that is reported). tf-idf: scikit-learn TfidfVectorizer(sublinear_tf=True) on the normalised texts, idf from all
articles of all sets; without sublinear_tf it finds less.
"""


def load_all() -> list[Gold]:
    """Every labelled set."""
    missing = [name for name in LABELLED if not (set_folder(name) / "docs.jsonl.gz").exists()]
    if missing:
        folder = set_folder(missing[0])
        raise BenchmarkError(f"set {missing[0]} not found at {folder}; set NEWSDEDUP_BENCH to the folder that holds it")
    return [load_gold(set_folder(name)) for name in LABELLED]


def columns_of(sets: list[Gold]) -> PairColumns:
    pairs = join_columns([pair_columns(gold) for gold in sets])
    return replace(pairs, hard=pairs.hard & (pairs.family != "clough"))


def tfidf_cosines(sets: list[Gold], pairs: PairColumns) -> Scores:
    """Cosine of the tf-idf vectors of every pair, idf from all articles of all sets."""
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415
    except ImportError:
        raise BenchmarkError("the tf-idf column needs scikit-learn; run: pip install scikit-learn") from None
    texts = [normalized_body(article).text for gold in sets for article in gold.articles]
    vectors = TfidfVectorizer(sublinear_tf=True).fit_transform(texts)
    first = dict(zip(LABELLED, np.cumsum([0, *(len(gold.articles) for gold in sets)]).tolist(), strict=False))
    base = np.array([first[name] for name in pairs.family.tolist()])
    products = vectors[base + pairs.left].multiply(vectors[base + pairs.right])
    return np.asarray(products.sum(axis=1), dtype=np.float64).ravel()


def fit(pairs: PairColumns, part: Mask) -> dict[str, Route]:
    return fit_routes(pairs, part, family_shares=SHARES)


def cross_fitted(pairs: PairColumns, part: Mask) -> Scores:
    """Margins of the pairs of a part, each from a fit without its articles and all that hang together with them."""
    folds = make_folds(pairs, part, FOLDS)
    margins = np.full(len(pairs), -np.inf)
    for fold in range(FOLDS):
        here = part & folds.left_out(fold)
        margins[here] = route_margins(pairs, fit(pairs, part & folds.kept(fold)))[here]
    return margins


def odds(derived: Mask) -> Scores:
    """Weights of the pairs of a calibration: HARD_PER_DERIVED hard negatives for each derived pair."""
    return np.where(derived, 1.0, HARD_PER_DERIVED * derived.sum() / max(1, int((~derived).sum())))


def calibrated(pairs: PairColumns, part: Mask) -> Model:
    """Routes fitted on a part, calibrated on the margins that left-out folds of the same part got."""
    shown = part & pairs.fitted & (pairs.derived | pairs.hard)
    derived = pairs.derived[shown]
    slope, offset = calibrate(cross_fitted(pairs, part)[shown], derived, weights=odds(derived))
    return Model(routes=fit(pairs, part), slope=slope, offset=min(offset, HIGHEST_OFFSET))


def report_families(pairs: PairColumns, cosines: Scores) -> None:
    """Recall of each kind and F1 of each family, the family left out of the fit, beside simple measures."""
    simple = {
        "3-shingle Jaccard": pairs.numbers["jaccard"],
        "tf-idf cosine": cosines,
        "LCS": pairs.numbers["lcs"],
    }
    models = {name: fit(pairs, pairs.family != name) for name in FAMILIES}
    variants = (
        ("pairs long enough to be called a rewrite; the model's fitted routes", pairs.fitted, route_margins),
        ("all pairs; the model's routes with copy and passages", np.ones(len(pairs), dtype=bool), all_margins),
    )
    for title, part, margins in variants:
        hard = part & pairs.hard
        allowed = max(1, round(int(hard.sum()) / 1000))
        print(f"{title}\nat {allowed} false reports among the {hard.sum()} hard negatives of all sets\n")
        rows = [["left out", "kind", "pairs", "model", *simple]]
        means: list[list[float]] = []
        for name in FAMILIES:
            scores = {"model": margins(pairs, models[name])} | simple
            bars = [bar_at(value[hard], allowed) for value in scores.values()]
            family = part & pairs.derived & (pairs.family == name)
            for kind in sorted(set(pairs.kind[family].tolist())):
                chosen = family & (pairs.kind == kind)
                if chosen.sum() > 1:
                    recalls = (share_above(each[chosen], bar) for each, bar in zip(scores.values(), bars, strict=True))
                    rows.append([name, kind, str(chosen.sum()), *(f"{recall:.3f}" for recall in recalls)])
            f1 = [
                balanced_f1(share_above(value[family], bar), share_above(value[hard], bar))
                for value, bar in zip(scores.values(), bars, strict=True)
            ]
            means.append(f1)
            rows.append([name, "all kinds: F1", str(family.sum()), *(f"{value:.3f}" for value in f1)])
        rows.append(["mean", "F1 of families", "", *(f"{value:.3f}" for value in np.mean(means, axis=0))])
        print(table(rows, left=2) + "\n")
    print(NOTES)


def report_scores(pairs: PairColumns) -> None:
    """Calibration of scores from fits without the pair's own articles, and without its whole family."""
    everything = np.ones(len(pairs), dtype=bool)
    shown = pairs.fitted & (pairs.derived | pairs.hard)
    margins = cross_fitted(pairs, everything)
    slope, offset = calibrate(margins[shown], pairs.derived[shown], weights=odds(pairs.derived[shown]))
    offset = min(offset, HIGHEST_OFFSET)
    scores = scores_of(margins, Model(routes={}, slope=slope, offset=offset))
    print(f"calibration on {FOLDS} left-out folds: score = logistic({slope:.3f} x margin + {offset:.3f})")
    rows = [["score", "pairs", "mean score", "true"]]
    for each in reliability(scores[shown], pairs.derived[shown]):
        cells = ["-" if value is None else f"{value:.3f}" for value in (each.mean_score, each.share_true)]
        rows.append([f"{each.low:.2f}-{each.high:.2f}", str(each.pairs), *cells])
    print(table(rows))
    near = shown & (scores >= 0.8) & (scores < 0.9)
    print(f"true among the pairs at .8 to .9: {int((near & pairs.derived).sum())} of {int(near.sum())}")
    print(f"Brier of the left-out scores: {brier(scores[shown], pairs.derived[shown]):.4f} over {shown.sum()} pairs\n")
    rows = [["family left out", "derived", "hard", "Brier", "Brier, derived", "Brier, hard"]]
    for name in sorted(set(pairs.family[shown].tolist()), key=LABELLED.index):
        model = calibrated(pairs, pairs.family != name)
        scores = scores_of(route_margins(pairs, model.routes), model)
        groups = [shown & (pairs.family == name) & each for each in (everything, pairs.derived, pairs.hard)]
        cells = [f"{brier(scores[group], pairs.derived[group]):.4f}" if group.any() else "-" for group in groups]
        rows.append([name, str(groups[1].sum()), str(groups[2].sum()), *cells])
    print(table(rows))


def write(pairs: PairColumns) -> None:
    """The model of all sets, with what it was made from; the same sets give the same bytes."""
    model = calibrated(pairs, np.ones(len(pairs), dtype=bool))
    used = pairs.label[pairs.fitted].tolist()
    families = pairs.family[pairs.fitted].tolist()
    counts: dict[str, dict[str, int]] = {name: {} for name in LABELLED}
    for (name, label), number in sorted(Counter(zip(families, used, strict=True)).items()):
        counts[name][label] = number
    document = {
        "made_by": COMMAND,
        "sets": list(LABELLED),
        "pairs": counts,
        "versions": {name: version(name) for name in ("newsdedup", "numpy", "scipy")},
        **model_document(model),
    }
    Path(MODEL).write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    print(f"\nwrote {MODEL.relative_to(REPOSITORY)}")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help=f"write {MODEL.relative_to(REPOSITORY)}")
    options = parser.parse_args()
    require_scipy()
    sets = load_all()
    pairs = columns_of(sets)
    report_families(pairs, tfidf_cosines(sets, pairs))
    report_scores(pairs)
    if options.write:
        write(pairs)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (BenchmarkError, NewsdedupError) as error:
        print(f"fit: {error}", file=sys.stderr)
        sys.exit(2)
