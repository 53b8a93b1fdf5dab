"""A check as plain text: one finding, one line."""

from __future__ import annotations

from collections.abc import Iterator

from newsdedup.gate.check import Check, Finding, Match
from newsdedup.report.findings_words import closing_counts, finding_line, match_message, standing
from newsdedup.report.plain import CAVEAT, Style, count, reasons_tally, tally, visible

_RED, _YELLOW, _DIM, _PLAIN = "\x1b[31m", "\x1b[33m", "\x1b[2m", "\x1b[0m"
_COLORS = {"error": _RED, "warning": _YELLOW, "note": _DIM}


def findings_text(check: Check, style: Style) -> Iterator[str]:
    """A line a finding, then notes, skipped inputs, the counts, and what to do about what fails.

    The line starts with the id of the new article and says behind its end, in brackets, when it does not fail. With
    `style.verbose` the other matches, the altered quotes and the changed facts follow, indented by four spaces.
    """
    for finding in check.findings:
        line = visible(finding_line(finding)) + (" [note]" if not finding.fails and not finding.suppressed else "")
        yield f"{_COLORS[finding.level]}{line}{_PLAIN}" if style.color else line
        if style.verbose:
            yield from (f"    {visible(line)}" for line in _more(finding))
    if style.findings_only:
        return
    skipped = check.checked.result.skipped
    if skipped:
        yield f"skipped {count(len(skipped), 'input')}: {tally(reasons_tally(each.reason for each in skipped))}"
    yield from (f"note: {visible(note)}" for note in check.notes)
    yield f"{closing_counts(check)}. {CAVEAT}"
    if check.failed:
        way = "update" if check.against_baseline else "create"
        yield (
            f"Fails at {check.fail_on} or stronger. Change the article, allow the pair (allow: in newsdedup.yaml), or "
            f"accept what is there (newsdedup baseline {way})."
        )


def _more(finding: Finding) -> Iterator[str]:
    """Quotes and facts of the strongest match, then the other matches."""
    lead = finding.lead
    for old, new in _from_other(lead, lead.pair.evidence.altered_quotes):
        yield f'quote: "{old}" there, "{new}" here'
    for old, new in _from_other(lead, lead.pair.evidence.changed_facts):
        yield f"changed: {old or '-'} there, {new or '-'} here"
    for match in finding.matches[1:]:
        why = standing(match)
        yield f"also {match_message(match)}{f' [{why}]' if why else ''}"


def _from_other(
    match: Match, both: tuple[tuple[str | None, str | None], ...]
) -> Iterator[tuple[str | None, str | None]]:
    """The other article's words first."""
    return ((right, left) if match.side == "left" else (left, right) for left, right in both)
