"""A check as a GitLab code quality report, which a merge request shows."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b

from newsdedup.gate.check import Check, Finding, file_of, lines_of
from newsdedup.report.findings_words import message, standing
from newsdedup.report.jsonl import JsonObject, encoded
from newsdedup.report.plain import visible

_SEVERITIES = {"error": "major", "warning": "minor", "note": "info"}


def gitlab_lines(check: Check) -> Iterator[str]:
    """One JSON array, a finding a line; what fails is `major`, what is suppressed or the same event only `info`.

    Files are named from the top of the checkout.
    """
    last = len(check.findings)
    yield "["
    for number, finding in enumerate(check.findings, start=1):
        yield encoded(_issue(finding, check.folder)) + ("," if number < last else "")
    yield "]"


def _issue(finding: Finding, folder: str) -> JsonObject:
    lead = finding.lead
    lines = lines_of(lead.article, lead.region)
    why = standing(lead)
    prefix = f"[{why}] " if why else ""
    # Every finding has its own: of two with the same fingerprint GitLab shows one.
    own = blake2b(f"{lead.fingerprint}/{lead.ordinal}".encode(), digest_size=16).hexdigest()
    return {
        "description": visible(f"{prefix}{lead.article.id}: {message(finding)}"),
        "check_name": str(lead.pair.verdict),
        "fingerprint": own,
        "severity": _SEVERITIES[finding.level],
        "location": {"path": file_of(lead.article, folder), "lines": {"begin": lines.first, "end": lines.last}},
    }
