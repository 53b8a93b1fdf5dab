"""A check as workflow commands, which GitHub Actions shows beside the lines of a change."""

from __future__ import annotations

from collections.abc import Iterator

from newsdedup.gate.check import Check, Finding, file_of, lines_of
from newsdedup.printable import printable
from newsdedup.report.findings_words import closing_counts, finding_line
from newsdedup.report.plain import CAVEAT, count, skipped_text, visible

_MOST = 10
"""Annotations of a kind that GitHub shows of one step; what comes later it drops."""

_KINDS = {"error": "error", "warning": "warning", "note": "notice"}


def github_lines(check: Check) -> Iterator[str]:
    """A command a finding, what fails first, the strongest first; then what GitHub would drop, as lines of the log.

    The last notice gives the counts, and how many findings stand in the log alone. Files are named from the top of the
    checkout.
    """
    shown = dict.fromkeys(_KINDS.values(), 0)
    most = dict.fromkeys(_KINDS.values(), _MOST) | {"notice": _MOST - 1}  # the last notice is one of them
    dropped: list[str] = []
    for finding in check.by_urgency:
        kind = _KINDS[finding.level]
        if shown[kind] < most[kind]:
            shown[kind] += 1
            yield _annotation(kind, finding, check.folder)
        else:
            dropped.append(f"{kind}: {finding_line(finding)}")
    for skipped in check.checked.result.skipped:
        yield f"skipped: {visible(skipped_text(skipped))}"
    yield from (f"note: {visible(note)}" for note in check.notes)
    yield from map(visible, dropped)
    said = f"{closing_counts(check)}. {CAVEAT}"
    if dropped:
        said += f" GitHub shows {_MOST} annotations of a kind: {count(len(dropped), 'more finding')} in the log."
    yield f"::notice title=newsdedup::{_data(said)}"


def _annotation(kind: str, finding: Finding, folder: str) -> str:
    article = finding.lead.article
    lines = lines_of(article, finding.lead.region)
    properties = {
        "file": _property(file_of(article, folder)),
        "line": str(lines.first),
        "endLine": str(lines.last),
        "title": f"newsdedup {finding.lead.pair.verdict}",
    }
    told = ",".join(f"{name}={value}" for name, value in properties.items())
    return f"::{kind} {told}::{_data(finding_line(finding))}"


def _data(text: str) -> str:
    return visible(text).replace("%", "%25")


def _property(text: str) -> str:
    # The order of actions/toolkit: the percent sign first, since the others bring one. Behind `::` the runner looks for
    # no `##[`, and the name stays that of the file.
    for char, escape in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"), (":", "%3A"), (",", "%2C")):
        text = text.replace(char, escape)
    return printable(text)
