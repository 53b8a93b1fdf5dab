"""The verdict: which relation the numbers of a pair name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from newsdedup.result import Verdict
from newsdedup.verify.features import Features
from newsdedup.verify.model import CONDENSED_LENGTH_RATIO, MIN_LENGTH, TEMPLATE_FACTS, Model, margins, score

COPY_CONTAINMENT = 0.77
"""Share of 3-shingles that both sides keep in a copy; a revision replaces more."""

DERIVED_SCORE = 0.5
"""Score from which one text is said to derive from the other: likelier than not."""

COPY_VERBATIM = 0.5
"""Share of the unquoted words that stands in runs of RUN shared words: a copy or revision keeps whole sentences, a
light rewrite changes a word in most of them."""

_EXCERPT_CONTAINMENT = 0.6  # of the shorter text's shingles: it is a passage of the longer one
_EXCERPT_RATIO = 0.7
_WHOLE = 0.9

TEMPLATE_LCS = 0.24
TEMPLATE_ORDER = 0.3
"""Telling that two articles share when they are filled-in forms of one house ..."""

FORM_LIKE = 5
"""... and how many others of the run each of them is like in that way."""

TEMPLATE_JACCARD = 0.05
RELATED_FACTS = 0.55
RELATED_COUNT = 8
"""What neither derives from the other must share to be a template, or to be related."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A verdict with its score and the axes behind it.

    Attributes:
        route: The route with the largest margin.
        facts: 0..1, facts of the shorter text carried over.
        telling: 0..1, narration carried over.
        short: Too short to be called a rewrite.
    """

    verdict: Verdict
    score: float
    route: str
    facts: float
    telling: float
    short: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What is known beside the texts.

    Attributes:
        same_source: The publisher of both sides is the same one; None when either is unknown.
        same_url: Both were found at one address.
        correction: One side carries a correction note, the other does not.
        identical: The two texts are the same but for white space and the form of characters.
        form: Both texts fill in a form of their house; see `verify.model.margins`.
    """

    same_source: bool | None = None
    same_url: bool = False
    correction: bool = False
    identical: bool = False
    form: bool = False


def axes(features: Features) -> tuple[float, float]:
    """(facts, telling), each 0..1, as reported to people."""
    facts = (features.facts_short * (features.fact_count + 3) - 1) / max(1, features.fact_count)
    telling = max(features.lcs_short, features.order, features.sentences_short)
    return min(1.0, max(0.0, facts)), min(1.0, telling)


def is_template(
    order: NDArray[np.float64], lcs: NDArray[np.float64], facts_weight: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Which pairs tell alike and share few of their facts, what marks filled-in forms of one house; see `Features`."""
    alike = (order >= TEMPLATE_ORDER) & (lcs >= TEMPLATE_LCS)
    return np.asarray(alike & (facts_weight < TEMPLATE_FACTS), dtype=bool)


def judge(features: Features, model: Model, circumstances: Circumstances) -> Judgement:
    """The verdict on one pair; it does not depend on what is to be reported."""
    facts, telling = axes(features)
    found = margins(features, model, form=circumstances.form)
    route = max(found, key=lambda name: (found[name], name))
    value = score(found[route], model)
    short = features.length < MIN_LENGTH
    if circumstances.identical:
        return Judgement(verdict=Verdict.IDENTICAL, score=1.0, route="copy", facts=1.0, telling=1.0, short=short)
    verdict = _derived(features, found, circumstances) if value >= DERIVED_SCORE else _other(features)
    return Judgement(verdict=verdict, score=value, route=route, facts=facts, telling=telling, short=short)


def _derived(features: Features, found: dict[str, float], circumstances: Circumstances) -> Verdict:
    rewrites = [margin for name, margin in found.items() if name not in ("copy", "passages")]
    if not rewrites:  # too short, or too unequal in length, for a rewrite
        whole = found["copy"] >= 0 or found["copy"] > found["passages"]
        return _copy_or_revision(features, circumstances) if whole else Verdict.EXCERPT
    kept = min(features.contained_left, features.contained_right)
    if _holds_whole(features) and found["passages"] >= 0 and not (circumstances.same_source or circumstances.same_url):
        return Verdict.EXCERPT
    if found["copy"] >= 0 and (features.verbatim_share >= COPY_VERBATIM or kept >= COPY_CONTAINMENT):
        return _copy_or_revision(features, circumstances)
    rewrite = max(rewrites)
    largest = max(features.contained_left, features.contained_right)
    inside = largest >= _EXCERPT_CONTAINMENT and features.length_ratio <= _EXCERPT_RATIO
    if found["passages"] >= 0 and (rewrite < 0 or inside or found["passages"] > 4 * rewrite):
        return Verdict.EXCERPT
    return Verdict.REWRITE


def _holds_whole(features: Features) -> bool:
    """Whether one text stands in the other as it is, and half of that one is something else."""
    shares = sorted((features.contained_left, features.contained_right))
    return shares[1] >= _WHOLE and shares[0] <= _EXCERPT_CONTAINMENT and features.length_ratio <= _EXCERPT_RATIO


def _copy_or_revision(features: Features, circumstances: Circumstances) -> Verdict:
    if circumstances.same_url or circumstances.correction or circumstances.same_source:
        return Verdict.REVISION
    kept = min(features.contained_left, features.contained_right)
    if kept >= COPY_CONTAINMENT or circumstances.same_source is False:
        return Verdict.COPY
    return Verdict.REVISION


def _other(features: Features) -> Verdict:
    if features.fact_count == 0 or features.length == 0:
        return Verdict.DISTINCT
    alike = features.lcs_short >= TEMPLATE_LCS and features.jaccard >= TEMPLATE_JACCARD
    if alike and features.facts_placed < 0.62 and features.length_ratio > CONDENSED_LENGTH_RATIO:
        return Verdict.TEMPLATE
    if features.shared_facts >= RELATED_COUNT and features.facts_short >= RELATED_FACTS:
        return Verdict.RELATED
    return Verdict.DISTINCT
