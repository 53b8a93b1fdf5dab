"""How well a labelled set was found, as plain text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from newsdedup.gold.evaluate import Evaluation
from newsdedup.gold.outcome import Outcome
from newsdedup.gold.rates import NOT_COMPARED, UNWANTED, Bin, FalseReports, Recall, RecallAt, label_totals
from newsdedup.report.json_document import json_array
from newsdedup.report.jsonl import JsonObject, encoded, note_object, skipped_object
from newsdedup.report.plain import CAVEAT, Style, columns, count, reasons_tally, rounded, short, tally, visible
from newsdedup.result import SCHEMA, Verdict

MOST_LISTED = 10
"""Missed pairs, and false reports, that the text lists unless told otherwise."""

_NONE = "-"


def evaluation_text(evaluation: Evaluation, style: Style, most: int = MOST_LISTED) -> Iterator[str]:
    """Recall by label and kind, false reports by label, verdicts, recall of the ranking, reliability, the errors.

    With `style.findings_only` recall, false reports and the totals alone.

    Args:
        most: Missed pairs and false reports listed, of each; `style.verbose` lists all.
    """
    if not style.findings_only:
        yield from _head(evaluation)
        yield ""
    yield from _recall_lines(evaluation)
    yield ""
    yield from _false_lines(evaluation)
    yield ""
    yield (
        f"precision {_share(evaluation.precision)}  recall {_share(evaluation.recall)}  F1 {_share(evaluation.f1)}  "
        f"verdict agrees {_share(evaluation.agreement)}"
    )
    if style.findings_only:
        return
    yield from _section("labels and verdicts, reported or not", _verdict_rows(evaluation), left=1)
    if evaluation.hard:
        yield from _section("recall when the score alone decides", _ranking_rows(evaluation), left=0)
    title = "reliability of the score (the share wanted depends on the labels that the set has)"
    yield from _section(title, _reliability_rows(evaluation), left=1)
    reliability = evaluation.calibration
    yield (
        f"Brier score {_plain(reliability.brier)}, expected calibration error {_plain(reliability.expected_error)}; "
        f"{count(reliability.pairs, 'wanted or hard pair')} that were compared"
    )
    shown = len(evaluation.outcomes) if style.verbose else most
    yield from _listed("missed", evaluation.missed, shown)
    yield from _listed("false reports", evaluation.false, shown)
    yield ""
    yield from _footnotes(evaluation, shown)
    if evaluation.skipped:
        reasons = tally(reasons_tally(each.reason for each in evaluation.skipped))
        yield f"skipped {count(len(evaluation.skipped), 'record')}: {reasons}"
    yield from (f"note: {visible(note)}" for note in evaluation.notes)
    yield CAVEAT


def _head(evaluation: Evaluation) -> Iterator[str]:
    pairs = f"{count(evaluation.wanted, 'wanted pair')}, {count(evaluation.hard, 'hard negative')}"
    yield (
        f"{visible(evaluation.name)}: {count(evaluation.articles, 'article')}, {pairs}, {evaluation.ignored:,} ignored"
    )
    verdicts = [str(verdict) for verdict in evaluation.reports]
    named = " or ".join([", ".join(verdicts[:-1]), verdicts[-1]] if len(verdicts) > 1 else verdicts) or "nothing"
    yield f"reported: {named}, with a score of {evaluation.min_score:g} or more"


def _recall_lines(evaluation: Evaluation) -> Iterator[str]:
    rows = [["wanted", "kind", "reported", "of", "recall", NOT_COMPARED, "verdict agrees"]]
    totals = label_totals(evaluation.recalls)
    for label, total in totals.items():
        kinds = [row for row in evaluation.recalls if row.label == label]
        rows += [_recall_row(total, "all")] if len(kinds) > 1 else []
        rows += [_recall_row(row, row.detail or _NONE) for row in kinds]
    yield from columns(rows, left=2) if totals else ("nothing is wanted: no pair has a label that must be reported",)


def _recall_row(row: Recall, kind: str) -> list[str]:
    agrees = row.agreeing / row.reported if row.reported else None
    counts = [f"{number:,}" for number in (row.reported, row.wanted)]
    return [row.label, kind, *counts, _share(row.share), f"{row.wanted - row.compared:,}", _share(agrees)]


def _false_lines(evaluation: Evaluation) -> Iterator[str]:
    rows = [["not wanted", "reported", "of", "per 1,000"]]
    rows += [
        [row.label, f"{row.reported:,}", f"{row.pairs:,}", f"{1000 * row.reported / row.pairs:.2f}"]
        for row in evaluation.false_reports
    ]
    yield from columns(rows, left=1)


def _verdict_rows(evaluation: Evaluation) -> list[list[str]]:
    names = [*map(str, Verdict), NOT_COMPARED]
    rows = [["label", *names]]
    rows += [[label, *(f"{said[name]:,}" for name in names)] for label, said in evaluation.verdicts.items()]
    return rows


def _ranking_rows(evaluation: Evaluation) -> list[list[str]]:
    rows = [["false reports allowed", "of hard negatives", "per 1,000", "found", "of", "recall", "score above"]]
    for row in evaluation.recall_at:
        rate = f"{1000 * row.allowed / row.hard:.2f}"
        counts = [f"{number:,}" for number in (row.reached, row.wanted)]
        share = _share(row.reached / row.wanted if row.wanted else None)
        bar = "any" if row.bar is None else _plain(row.bar)
        rows.append([f"{row.allowed:,}", f"{row.hard:,}", rate, *counts, share, bar])
    return rows


def _reliability_rows(evaluation: Evaluation) -> list[list[str]]:
    rows = [["score", "pairs", "mean score", "share wanted"]]
    rows += [
        [f"{each.low:.2f} to {each.high:.2f}", f"{each.pairs:,}", _plain(each.mean_score), _plain(each.share_true)]
        for each in evaluation.calibration.bins
    ]
    return rows


def _listed(title: str, outcomes: Sequence[Outcome], most: int) -> Iterator[str]:
    shown, rest = outcomes[:most], len(outcomes[most:])
    yield ""
    yield f"{title}: {len(outcomes):,}{'' if shown or not outcomes else ' (-v lists them)'}"
    rows = [["label", "kind", "verdict", "score", "facts", "telling", "left", "right"]]
    rows += [
        [
            outcome.label,
            outcome.detail or _NONE,
            str(outcome.verdict) if outcome.compared else NOT_COMPARED,
            *(_NONE if number is None else short(number) for number in (outcome.score, outcome.facts, outcome.telling)),
            outcome.left,
            outcome.right,
        ]
        for outcome in shown
    ]
    if shown:
        yield from columns(rows, left=3, right_again=6)
    if shown and rest:
        yield f"and {rest:,} more (-v lists all)"


def _footnotes(evaluation: Evaluation, shown: int) -> Iterator[str]:
    yield f"{UNWANTED[-1]}: labelled so, or not listed at all"
    yield f"{NOT_COMPARED}: no candidate, dropped at the gate, or outside the window"
    if any(not outcome.compared for outcome in evaluation.missed[:shown]):
        yield f"numbers of a missed pair that was {NOT_COMPARED}: those of a direct comparison"


def _section(title: str, rows: Sequence[Sequence[str]], *, left: int) -> Iterator[str]:
    if len(rows) > 1:
        yield ""
        yield title
        yield from columns(rows, left=left)


def _share(share: float | None) -> str:
    """Three decimals; less than all never reads as 1.000."""
    if share is None:
        return _NONE
    return f"{share if share == 1 else min(share, 0.999):.3f}"


def _plain(value: float | None) -> str:
    return _NONE if value is None else f"{value:.3f}"


def evaluation_document(evaluation: Evaluation) -> Iterator[str]:
    """The lines of `--format json`, one document, a value a line so that two evaluations can be compared.

    A rate that has nothing to be a rate of is null. Its shape:

        {"type": "evaluation", "schema": 1, "version": "...", "name": "...", "articles": N, "skipped": N,
         "wanted": N, "hard": N, "ignored": N, "parameters": {...}, "reports": [...], "min_score": S,
         "precision": P, "recall": R, "f1": F, "verdict_agreement": A, "true_reports": N, "false_reports": N,
         "recall_by": [{"label", "detail", "wanted", "compared", "reported", "agreeing", "recall"}],
         "false_by": [{"label", "reported", "pairs"}], "verdicts": {label: {verdict or "not compared": N}},
         "recall_at": [{"allowed", "hard", "score_above", "false", "found", "wanted", "recall"}],
         "calibration": {"pairs", "brier", "expected_error", "bins": [[low, high, pairs, mean score, share wanted]]},
         "missed": [{"left", "right", "label", "detail", "compared", "verdict", "score", "facts", "telling"}],
         "false": [the same], "skipped_inputs": [...], "notes": [...]}

    The numbers of a pair with `compared` false are those of a direct comparison.
    """
    head: JsonObject = {
        "type": "evaluation",
        "schema": SCHEMA,
        "version": evaluation.version,
        "name": evaluation.name,
        "articles": evaluation.articles,
        "skipped": len(evaluation.skipped),
        "wanted": evaluation.wanted,
        "hard": evaluation.hard,
        "ignored": evaluation.ignored,
        "parameters": evaluation.parameters,
        "reports": [str(verdict) for verdict in evaluation.reports],
        "min_score": evaluation.min_score,
        "precision": _number(evaluation.precision),
        "recall": _number(evaluation.recall),
        "f1": _number(evaluation.f1),
        "verdict_agreement": _number(evaluation.agreement),
        "true_reports": evaluation.found,
        "false_reports": len(evaluation.false),
    }
    for place, (name, value) in enumerate(head.items()):
        yield f"{'' if place else '{'}{encoded(name)}:{encoded(value)},"
    yield from json_array("recall_by", map(_recall_object, evaluation.recalls))
    yield from json_array("false_by", map(_false_object, evaluation.false_reports))
    yield f'"verdicts":{encoded(evaluation.verdicts)},'
    yield from json_array("recall_at", map(_ranking_object, evaluation.recall_at))
    yield f'"calibration":{encoded(_calibration_object(evaluation))},'
    yield from json_array("missed", map(_outcome_object, evaluation.missed))
    yield from json_array("false", map(_outcome_object, evaluation.false))
    yield from json_array("skipped_inputs", map(skipped_object, evaluation.skipped))
    yield from json_array("notes", map(note_object, evaluation.notes), last=True)
    yield "}"


def _recall_object(row: Recall) -> JsonObject:
    return {
        "label": row.label,
        "detail": row.detail,
        "wanted": row.wanted,
        "compared": row.compared,
        "reported": row.reported,
        "agreeing": row.agreeing,
        "recall": _number(row.share),
    }


def _false_object(row: FalseReports) -> JsonObject:
    return {"label": row.label, "reported": row.reported, "pairs": row.pairs}


def _ranking_object(row: RecallAt) -> JsonObject:
    return {
        "allowed": row.allowed,
        "hard": row.hard,
        "score_above": _number(row.bar),
        "false": row.false,
        "found": row.reached,
        "wanted": row.wanted,
        "recall": _number(row.reached / row.wanted if row.wanted else None),
    }


def _calibration_object(evaluation: Evaluation) -> JsonObject:
    found = evaluation.calibration
    return {
        "pairs": found.pairs,
        "brier": _number(found.brier),
        "expected_error": _number(found.expected_error),
        "bins": [_bin_array(each) for each in found.bins],
    }


def _bin_array(each: Bin) -> list[float | None]:
    return [each.low, each.high, each.pairs, _number(each.mean_score), _number(each.share_true)]


def _outcome_object(outcome: Outcome) -> JsonObject:
    numbers = {"score": outcome.score, "facts": outcome.facts, "telling": outcome.telling}
    return {
        "left": outcome.left,
        "right": outcome.right,
        "label": outcome.label,
        "detail": outcome.detail,
        "compared": outcome.compared,
        "verdict": None if outcome.verdict is None else str(outcome.verdict),
        **{name: None if value is None else rounded(value) for name, value in numbers.items()},
    }


def _number(value: float | None) -> float | None:
    """Six decimals: enough for a rate of one in a million, and the same on every machine."""
    return None if value is None else round(value, 6) + 0.0
