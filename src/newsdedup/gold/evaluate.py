"""How well the detector finds what a labelled set says, and what it reports that it should not."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from newsdedup.article import Article, Skipped
from newsdedup.engine.workers import Progress
from newsdedup.gold.load import DERIVED, Gold
from newsdedup.gold.outcome import Outcome, collect
from newsdedup.gold.rates import (
    Calibration,
    FalseReports,
    Recall,
    RecallAt,
    allowed_per_thousand,
    calibration,
    false_reports,
    recall_at,
    recalls,
    verdict_counts,
)
from newsdedup.pipeline import compare, scan
from newsdedup.result import REPORTED, Pair, Verdict
from newsdedup.run import Parameters
from newsdedup.version import __version__


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What one run on a labelled set found, missed and made up.

    Wanted are the pairs with a label in DERIVED; any other reported pair is false, listed or not. Pairs labelled
    `ignore` count neither way, and `related` and `template` are no reports, whatever the run prints.

    Attributes:
        version: Of newsdedup.
        name: Of the set.
        articles: Articles in it.
        hard: Hard negatives in it.
        ignored: Pairs labelled `ignore`.
        reports: Verdicts that count as reported, strongest first.
        min_score: Score from which they do, 0..1.
        recalls: By label and kind.
        false_reports: By label.
        verdicts: Label -> verdict -> pairs, for wanted pairs and hard negatives; see `verdict_counts`.
        recall_at: At no false report, then at one per thousand hard negatives; see `recall_at`.
        calibration: Reliability of the score.
        outcomes: Every listed pair that counts and every false report, sorted by (left, right).
        skipped: Records that could not be read.
        notes: Of the scan.
        parameters: What steered the run, JSON-ready.
    """

    version: str
    name: str
    articles: int
    hard: int
    ignored: int
    reports: tuple[Verdict, ...]
    min_score: float
    recalls: tuple[Recall, ...]
    false_reports: tuple[FalseReports, ...]
    verdicts: Mapping[str, Mapping[str, int]]
    recall_at: tuple[RecallAt, ...]
    calibration: Calibration
    outcomes: tuple[Outcome, ...]
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()
    parameters: Mapping[str, object] = field(default_factory=dict)

    @property
    def wanted(self) -> int:
        """Pairs that must be reported."""
        return sum(row.wanted for row in self.recalls)

    @property
    def found(self) -> int:
        """Wanted pairs that were reported."""
        return sum(row.reported for row in self.recalls)

    @property
    def false(self) -> tuple[Outcome, ...]:
        """The false reports, the most certain first."""
        wrong = [outcome for outcome in self.outcomes if outcome.reported and not outcome.wanted]
        return tuple(sorted(wrong, key=lambda outcome: -_score(outcome)))

    @property
    def missed(self) -> tuple[Outcome, ...]:
        """Wanted pairs that were not reported, the worst first: those that were not compared, then by score."""
        lost = [outcome for outcome in self.outcomes if outcome.wanted and not outcome.reported]
        return tuple(sorted(lost, key=lambda outcome: (outcome.compared, _score(outcome))))

    @property
    def recall(self) -> float | None:
        """Reported wanted pairs / wanted pairs; None when nothing is wanted."""
        return _ratio(self.found, self.wanted)

    @property
    def precision(self) -> float | None:
        """Reported wanted pairs / reported pairs; None when nothing was reported or wanted."""
        return _ratio(self.found, self.found + len(self.false)) if self.wanted else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall, 2 found / (wanted + reported); None when nothing is wanted."""
        return _ratio(2 * self.found, self.wanted + self.found + len(self.false)) if self.wanted else None

    @property
    def agreement(self) -> float | None:
        """Share of the reported wanted pairs whose verdict is the very label; None when there are none."""
        return _ratio(sum(row.agreeing for row in self.recalls), self.found)


def evaluate(
    gold: Gold,
    parameters: Parameters,
    *,
    measured: Collection[str] = DERIVED,
    shown: Mapping[str, object] | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Scans the articles of a labelled set and holds what it finds against the labels.

    Args:
        gold: The labelled set.
        parameters: The run that is judged; its `reported` and `min_score` say what counts as reported.
        measured: Labels whose pairs are compared directly when the scan did not compare them. They stay missed:
            this says only what they would have been taken for, without what a scan learns of boilerplate. Costs
            about 3 ms a pair.
        shown: The parameters as the caller wants them in the evaluation.
        progress: Called with (stage, done, total); total 0 means unknown.
    """
    everything = replace(parameters, reported=frozenset(Verdict), min_score=0.0)
    result = scan(gold.articles, everything, version=__version__, progress=progress)
    label_of = {
        (gold.articles[pair.left].id, gold.articles[pair.right].id): pair.label
        for pair in gold.pairs
        if pair.label in measured and pair.label != "ignore"
    }
    compared = {(pair.left, pair.right) for pair in result.pairs}
    total, done = len(label_of.keys() - compared), 0

    def look(left: Article, right: Article) -> Pair | None:
        nonlocal done
        if (left.id, right.id) not in label_of:
            return None
        done += 1
        if progress is not None:
            progress("measuring", done, total)
        return compare(left, right, everything).pair

    outcomes = collect(gold, result.pairs, parameters, look)
    return assess(gold, outcomes, parameters, notes=result.notes, shown=shown)


def assess(
    gold: Gold,
    outcomes: Sequence[Outcome],
    parameters: Parameters,
    *,
    notes: tuple[str, ...] = (),
    shown: Mapping[str, object] | None = None,
) -> Evaluation:
    """Every number of an evaluation from outcomes that `collect` made with the same set and parameters."""
    hard = sum(outcome.hard for outcome in outcomes)
    ignored = sum(pair.label == "ignore" for pair in gold.pairs)
    return Evaluation(
        version=__version__,
        name=gold.name,
        articles=len(gold.articles),
        hard=hard,
        ignored=ignored,
        reports=tuple(verdict for verdict in REPORTED if verdict in parameters.reported),
        min_score=parameters.min_score,
        recalls=recalls(outcomes),
        false_reports=false_reports(outcomes, len(gold.articles), ignored),
        verdicts=verdict_counts(outcomes),
        recall_at=(recall_at(outcomes, 0), recall_at(outcomes, allowed_per_thousand(hard))),
        calibration=calibration(outcomes),
        outcomes=tuple(outcomes),
        skipped=gold.skipped,
        notes=notes,
        parameters=dict(shown or {}),
    )


def _score(outcome: Outcome) -> float:
    return 0.0 if outcome.score is None else outcome.score


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
