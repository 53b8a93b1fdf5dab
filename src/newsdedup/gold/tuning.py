"""`newsdedup tune`: refit on a user's labelled pairs, measure it on pairs that were left out, keep it if it helps."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np

from newsdedup.engine.workers import Progress
from newsdedup.errors import InputError
from newsdedup.gold.bar import Bar, choose_bar, precision_at
from newsdedup.gold.features import Mask, PairColumns, Scores, pair_columns
from newsdedup.gold.figures import brier
from newsdedup.gold.fitting import all_margins, log_losses, logits_of, require_scipy
from newsdedup.gold.folds import Folds, make_folds
from newsdedup.gold.load import DERIVED, HARD, Gold
from newsdedup.gold.refit import FOLDS, base_weights, refit
from newsdedup.verify.model import Model, default_model, model_document, read_model

FEWEST = 20
"""Derived pairs, and hard negatives, below which nothing is tuned."""

_LOGIT_LIMIT = 6.9  # a score beyond .999 counts as .999 in log losses: one wrong label is not to decide
_SHOWN_PAIRS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What scores of left-out pairs are worth.

    Attributes:
        log_loss: Mean over the labelled pairs that are long enough to be called a rewrite, weighted to the base rate.
        brier: Mean square of score minus outcome over the same pairs.
        bar: Chosen on all left-out pairs.
        recall: Share of the derived pairs that is reported, each at a bar that was chosen without its fold.
        false: Labelled negatives that are.
        precision: Share of the reports that are right; see `Bar`.
    """

    log_loss: float
    brier: float
    bar: Bar
    recall: float
    false: int
    precision: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredPair:
    """A pair for a person to look at; the score is that of a model fitted without it."""

    left: str
    right: str
    label: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """What tuning came to.

    Attributes:
        name: Of the labelled set.
        articles: In it.
        derived: Labelled pairs to be reported.
        hard: Hard negatives.
        distinct: Pairs labelled distinct.
        unlisted: Candidate pairs that nobody labelled, taken as distinct.
        unable: Labelled pairs too short, or too unequal in length, to be called a rewrite; not in the fit.
        groups: Groups of articles that labelled pairs connect; a group is in one fold.
        base_rate: Share of derived pairs that precision and scores are stated for.
        wanted: The precision asked for.
        shipped: The model that ships on all labelled pairs.
        tuned: The refitted one, each pair scored by a model fitted without its group.
        gain: Log loss that tuning takes away, and its standard error over the groups.
        kept: Whether the tuned model is to be used: its log loss is lower by more than that error, and at its bar, with
            the same precision, it finds no less.
        before: The model that ships.
        after: The model refitted on all pairs, kept or not.
        min_score: Of the model to be used.
        false_pairs: Labelled negatives at or above `min_score`, the highest scores first; a few.
        missed_pairs: Derived pairs below it, the lowest scores first; a few.
        unlisted_pairs: Unlisted pairs at or above it, the highest scores first; a few.
    """

    name: str
    articles: int
    derived: int
    hard: int
    distinct: int
    unlisted: int
    unable: int
    groups: int
    base_rate: float
    wanted: float
    shipped: Figures
    tuned: Figures
    gain: tuple[float, float]
    kept: bool
    before: Model
    after: Model
    min_score: float
    false_pairs: tuple[ScoredPair, ...]
    missed_pairs: tuple[ScoredPair, ...]
    unlisted_pairs: tuple[ScoredPair, ...]

    @property
    def used(self) -> Figures:
        """The figures of the model to be used."""
        return self.tuned if self.kept else self.shipped


def refuse_too_few(gold: Gold) -> None:
    """Says so when a set cannot carry a fit.

    Raises:
        InputError: Under FEWEST derived pairs or hard negatives.
    """
    derived = sum(pair.label in DERIVED for pair in gold.pairs)
    hard = sum(pair.label in HARD for pair in gold.pairs)
    if min(derived, hard) < FEWEST:
        raise InputError(
            f"{gold.name}: {derived} derived and {hard} hard pairs are labelled; tuning needs {FEWEST} of each "
            f"(derived: {', '.join(sorted(DERIVED))}; hard: {', '.join(sorted(HARD))})"
        )


def tune(
    gold: Gold, *, precision: float, base_rate: float | None, usual: float, jobs: int = 1, tell: Progress | None = None
) -> Tuning:
    """Refits the shipped model on a labelled set and measures both by cross-validation.

    Args:
        precision: Wanted of what is reported, 0..1.
        base_rate: Share of derived pairs that it is stated for, between 0 and 1; None for that of the labelled pairs.
        usual: The bar that is used without tuning; see `choose_bar`.
        jobs: Worker processes; the result is the same.
        tell: Called with (stage, done, total); total 0 means unknown.

    Raises:
        InputError: Too few labelled pairs that are long enough, or too few groups of them that share no article.
        NewsdedupError: scipy is not installed.
    """
    require_scipy()
    refuse_too_few(gold)
    pairs = pair_columns(gold, jobs=jobs, tell=tell)
    return tune_pairs(gold, pairs, precision=precision, base_rate=base_rate, usual=usual, tell=tell)


def tune_pairs(
    gold: Gold,
    pairs: PairColumns,
    *,
    precision: float,
    base_rate: float | None,
    usual: float,
    prior: Model | None = None,
    tell: Progress | None = None,
) -> Tuning:
    """`tune` on pairs that `pair_columns` has measured.

    Args:
        prior: The model to start from; None for the one that ships.
    """
    listed = pairs.listed
    groups = np.unique(pairs.left_group[listed & (pairs.derived | pairs.hard)])
    if groups.size < FOLDS:
        raise InputError(
            f"{gold.name}: all labelled pairs hang together through shared articles in {groups.size} "
            f"group{'s' if groups.size != 1 else ''}; cross-validation needs {FOLDS}: label pairs of more stories"
        )
    able = [int((listed & pairs.able & each).sum()) for each in (pairs.derived, pairs.hard)]
    if min(able) < FEWEST:
        raise InputError(
            f"{gold.name}: of the labelled pairs {able[0]} derived and {able[1]} hard ones are long enough, and near "
            f"enough in length, to be called a rewrite; tuning needs {FEWEST} of each"
        )
    everything, prior = np.ones(len(pairs), dtype=bool), prior or default_model()
    folds = make_folds(pairs, listed, FOLDS)
    before = logits_of(all_margins(pairs, prior.routes), prior)
    after = np.zeros(len(pairs))
    for fold in range(FOLDS):
        if tell is not None:
            tell("fitting", fold, FOLDS + 1)
        model, here = refit(pairs, folds.kept(fold), prior, base_rate), folds.left_out(fold)
        after[here] = logits_of(all_margins(pairs, model.routes), model)[here]
    tuned = _as_written(refit(pairs, everything, prior, base_rate))
    rate = float(pairs.derived[listed].mean()) if base_rate is None else base_rate
    aim = _Aim(wanted=precision, base_rate=rate, usual=usual, weights=base_weights(pairs, listed, base_rate))
    shipped, refitted = (_figures(pairs, logits, folds, aim) for logits in (before, after))
    gain = _gain(pairs, before, after, aim.weights)
    no_less = refitted.bar.recall >= shipped.bar.recall and refitted.bar.reached >= shipped.bar.reached
    kept = gain[0] > gain[1] and no_less
    scores = _scores(after if kept else before)
    bar = (refitted if kept else shipped).bar.score
    return Tuning(
        name=gold.name,
        articles=len(gold.articles),
        derived=int((listed & pairs.derived).sum()),
        hard=int((listed & pairs.hard).sum()),
        distinct=int((listed & (pairs.label == "distinct")).sum()),
        unlisted=int((~listed).sum()),
        unable=int((listed & ~pairs.able).sum()),
        groups=int(groups.size),
        base_rate=rate,
        wanted=precision,
        shipped=shipped,
        tuned=refitted,
        gain=gain,
        kept=kept,
        before=prior,
        after=tuned,
        min_score=bar,
        false_pairs=_worst(gold, pairs, listed & ~pairs.derived & (scores >= bar), -scores),
        missed_pairs=_worst(gold, pairs, listed & pairs.derived & (scores < bar), scores),
        unlisted_pairs=_worst(gold, pairs, ~listed & (scores >= bar), -scores),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Aim:
    """What a bar is chosen for; the weights give the labelled pairs the base rate."""

    wanted: float
    base_rate: float
    usual: float
    weights: Scores

    def bar(self, scores: Scores, derived: Mask) -> Bar:
        return choose_bar(scores, derived, wanted=self.wanted, base_rate=self.base_rate, usual=self.usual)


def _as_written(model: Model) -> Model:
    """The model as its file will have it: rounded, and found to be valid."""
    return read_model(json.dumps(model_document(model)), "the tuned model")


def _scores(logits: Scores) -> Scores:
    return np.asarray(1.0 / (1.0 + np.exp(-logits)), dtype=np.float64)


def _losses(pairs: PairColumns, logits: Scores) -> Scores:
    return log_losses(np.clip(logits, -_LOGIT_LIMIT, _LOGIT_LIMIT), pairs.derived)


def _figures(pairs: PairColumns, logits: Scores, folds: Folds, aim: _Aim) -> Figures:
    listed, scores = pairs.listed, _scores(logits)
    reported = np.zeros(len(pairs), dtype=bool)
    for fold in range(folds.count):
        here, others = listed & folds.left_out(fold), listed & ~folds.left_out(fold)
        reported[here] = scores[here] >= aim.bar(scores[others], pairs.derived[others]).score
    able = listed & pairs.able
    recall = float(reported[listed & pairs.derived].mean())
    negative = listed & ~pairs.derived
    false = int((reported & negative).sum())
    return Figures(
        log_loss=float(np.average(_losses(pairs, logits)[able], weights=aim.weights[able])),
        brier=brier(scores[able], pairs.derived[able]),
        bar=aim.bar(scores[listed], pairs.derived[listed]),
        recall=recall,
        false=false,
        precision=precision_at(recall, false, int(negative.sum()), aim.base_rate),
    )


def _gain(pairs: PairColumns, before: Scores, after: Scores, weights: Scores) -> tuple[float, float]:
    """Mean log loss that the second logits take away, and its standard error with groups as units."""
    able = pairs.listed & pairs.able
    less = (weights * (_losses(pairs, before) - _losses(pairs, after)))[able]
    _, group = np.unique(pairs.left_group[able], return_inverse=True)
    total = float(weights[able].sum())
    gain = float(less.sum()) / total
    count = int(group.max(initial=0)) + 1
    off = np.bincount(group, less - weights[able] * gain)
    return gain, float(np.sqrt((off**2).sum() * count / max(1, count - 1))) / total


def _worst(gold: Gold, pairs: PairColumns, chosen: Mask, order: Scores) -> tuple[ScoredPair, ...]:
    rows = np.flatnonzero(chosen)
    rows = rows[np.argsort(order[rows], kind="stable")][:_SHOWN_PAIRS]
    return tuple(
        ScoredPair(
            left=gold.articles[int(pairs.left[row])].id,
            right=gold.articles[int(pairs.right[row])].id,
            label=str(pairs.label[row]),
            score=float(abs(order[row])),
        )
        for row in rows.tolist()
    )
