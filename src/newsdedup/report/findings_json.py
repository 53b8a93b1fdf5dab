"""A check for other programs: one JSON object a line, or the same objects in one document."""

from __future__ import annotations

from collections.abc import Iterator

from newsdedup.gate.check import Check, Finding, Match, file_of, lines_of
from newsdedup.report.findings_words import message
from newsdedup.report.json_document import json_array
from newsdedup.report.jsonl import JsonObject, encoded, note_object, pair_object, run_object, skipped_object
from newsdedup.report.plain import rounded


def findings_lines(check: Check) -> Iterator[str]:
    """The lines of `--format jsonl`: run, findings, skipped, notes, summary."""
    yield encoded(run_object(check.checked.result))
    for finding in check.findings:
        yield encoded(finding_object(finding))
    for skipped in check.checked.result.skipped:
        yield encoded(skipped_object(skipped))
    for note in check.notes:
        yield encoded(note_object(note))
    yield encoded(check_summary(check))


def findings_document(check: Check) -> Iterator[str]:
    """The lines of `--format json`; together one document, an object a line.

    {"run": {...}, "findings": [...], "skipped": [...], "notes": [...], "summary": {...}}
    """
    yield f'{{"run":{encoded(run_object(check.checked.result))},'
    yield from json_array("findings", map(finding_object, check.findings))
    yield from json_array("skipped", map(skipped_object, check.checked.result.skipped))
    yield from json_array("notes", map(note_object, check.notes))
    yield f'"summary":{encoded(check_summary(check))}}}'


def finding_object(finding: Finding) -> JsonObject:
    """One finding: its strongest match, where it stands, the other matches, and the whole pair."""
    lead = finding.lead
    lines = lines_of(lead.article, lead.region)
    return {
        "type": "finding",
        "rule": str(lead.pair.verdict),
        "new": lead.article.id,
        **_other(lead),
        "fails": finding.fails,
        "message": message(finding),
        "file": file_of(lead.article),
        "line": lines.first,
        "end_line": lines.last,
        "also": [{"rule": str(match.pair.verdict), **_other(match)} for match in finding.matches[1:]],
        "pair": pair_object(lead.pair),
    }


def _other(match: Match) -> JsonObject:
    suppression = match.suppression
    return {
        "against": match.other.id,
        "known": match.known,
        "score": rounded(match.pair.score),
        "fingerprint": match.fingerprint,
        "suppressed": {"kind": suppression.kind, "reason": suppression.reason} if suppression else None,
    }


def check_summary(check: Check) -> JsonObject:
    """The counts; the last line, so a file that lacks it is cut short."""
    return {
        "type": "summary",
        "new": len(check.checked.new),
        "known": check.checked.known,
        "fail_on": str(check.fail_on),
        "failed": check.failed,
        "findings": len(check.findings),
        "failing": len(check.failing),
        "below": len(check.below),
        "suppressed": len(check.suppressed),
        "skipped": len(check.checked.result.skipped),
        "seconds": rounded(check.checked.result.seconds),
    }
