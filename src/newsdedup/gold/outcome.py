"""What the detector made of each labelled pair."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from newsdedup.article import Article
from newsdedup.gold.load import DERIVED, HARD, Gold
from newsdedup.result import REPORTED, Pair, Verdict
from newsdedup.run import Parameters

NOT_LISTED = "not listed"
"""Detail of a reported pair that the set does not list; its label is `distinct`."""

Look = Callable[[Article, Article], Pair | None]
"""Measures a pair that the scan did not compare; None leaves it unmeasured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the detector made of one pair.

    A pair is compared when the scan came to a verdict on it: it was a candidate, passed the gate and lay within the
    window. The numbers of a pair that was not compared are those of a direct comparison, or None; they enter no count.

    Attributes:
        left: Smaller article id.
        right: Larger article id.
        label: One of LABELS, never `ignore`.
        detail: As the set has it; NOT_LISTED for a reported pair that the set does not list.
        compared: Whether the scan came to a verdict.
        reported: Whether the run reports it as derived.
        score: 0..1.
        facts: 0..1.
        telling: 0..1.
    """

    left: str
    right: str
    label: str
    detail: str
    compared: bool
    reported: bool
    verdict: Verdict | None
    score: float | None
    facts: float | None
    telling: float | None

    @property
    def wanted(self) -> bool:
        """Whether it must be reported."""
        return self.label in DERIVED

    @property
    def hard(self) -> bool:
        """Whether it is a hard negative."""
        return self.label in HARD


def collect(gold: Gold, found: Iterable[Pair], parameters: Parameters, look: Look) -> tuple[Outcome, ...]:
    """The outcome of every labelled pair but the ignored ones, and of every reported pair that is not listed.

    Args:
        found: What a scan with every verdict and no minimum score came to.
        parameters: Of the run that is judged: what it would report.

    Returns:
        Sorted by (left, right).
    """
    by_ids = {(pair.left, pair.right): pair for pair in found}
    outcomes: list[Outcome] = []
    for labelled in gold.pairs:
        left, right = gold.articles[labelled.left], gold.articles[labelled.right]
        hit = by_ids.pop((left.id, right.id), None)
        if labelled.label == "ignore":
            continue
        seen = look(left, right) if hit is None else hit
        outcomes.append(
            Outcome(
                left=left.id,
                right=right.id,
                label=labelled.label,
                detail=labelled.detail,
                compared=hit is not None,
                reported=hit is not None and is_reported(hit, parameters),
                verdict=seen.verdict if seen else None,
                score=seen.score if seen else None,
                facts=seen.facts if seen else None,
                telling=seen.telling if seen else None,
            )
        )
    outcomes += [
        Outcome(
            left=pair.left,
            right=pair.right,
            label="distinct",
            detail=NOT_LISTED,
            compared=True,
            reported=True,
            verdict=pair.verdict,
            score=pair.score,
            facts=pair.facts,
            telling=pair.telling,
        )
        for pair in by_ids.values()
        if is_reported(pair, parameters)
    ]
    return tuple(sorted(outcomes, key=lambda outcome: (outcome.left, outcome.right)))


def is_reported(pair: Pair, parameters: Parameters) -> bool:
    """Whether the run reports the pair as derived; `related` and `template` are no such reports."""
    derived = pair.verdict in REPORTED and pair.verdict in parameters.reported
    return derived and pair.score >= parameters.min_score
