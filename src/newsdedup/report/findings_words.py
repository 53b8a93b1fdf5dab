"""What a finding says in words, in whichever format; it tells what was seen and accuses nobody."""

from __future__ import annotations

import math

from newsdedup.gate.check import Check, Finding, Match, matched_sentences
from newsdedup.report.plain import count, short
from newsdedup.result import Verdict

_VERBS = {
    Verdict.IDENTICAL: "has the same text as",
    Verdict.COPY: "copies",
    Verdict.REVISION: "is another version of",
    Verdict.EXCERPT: "shares passages with",
    Verdict.REWRITE: "rewrites",
    Verdict.RELATED: "reports the same event as",
    Verdict.TEMPLATE: "fills in the same form as",
    Verdict.DISTINCT: "has little in common with",
}
_AS_SOURCE = {
    Verdict.COPY: "is copied by",
    Verdict.REVISION: "is an earlier version of",
    Verdict.REWRITE: "is rewritten by",
}
"""Where the new article is likelier the source."""

_MOST_LISTED, _MOST_CHANGES = 12, 24
"""Where the evidence ends its lists; that of changes between versions is the longer."""

_SUPPRESSIONS = {"baseline": "suppressed, baseline", "allowed": "allowed", "declared": "declared source"}


def message(finding: Finding) -> str:
    """`rewrites archive/b.md, and 2 more (score .97): 14 of 16 sentences, 3 quotes altered`; names as they are."""
    more = len(finding.matches) - 1
    return _told(finding.lead, f", and {more:,} more" if more else "")


def match_message(match: Match) -> str:
    """The same for one match."""
    return _told(match, "")


def _told(match: Match, more: str) -> str:
    verdict = match.pair.verdict
    verb = _AS_SOURCE.get(verdict, _VERBS[verdict]) if match.is_source else _VERBS[verdict]
    details = ", ".join(_details(match))
    return f"{verb} {match.other.id}{more} (score {bare_score(match.pair.score)}){': ' if details else ''}{details}"


def bare_score(score: float) -> str:
    """`.97`, cut and not rounded; `1.00` only for certainty."""
    return short(score).removeprefix("0")


def _details(match: Match) -> list[str]:
    """What a person can look up, most telling first."""
    verdict, evidence = match.pair.verdict, match.pair.evidence
    if verdict is Verdict.IDENTICAL:
        return []
    fewer = min(match.sentences)
    # An empty article and one whose few words make no sentence have nothing aligned.
    out = [f"{min(len(evidence.sentences), fewer):,} of {count(fewer, 'sentence')}"] if fewer else []
    if verdict is Verdict.EXCERPT and evidence.passages:
        shared = len(matched_sentences(match.pair, match.side))
        own = match.sentences[0]
        out = [f"{count(len(evidence.passages), 'passage')} with {shared:,} of its {count(own, 'sentence')}"]
    if evidence.altered_quotes:
        out.append(f"{_listed(len(evidence.altered_quotes), _MOST_LISTED, 'quote')} altered")
    if evidence.changed_facts and verdict in (Verdict.COPY, Verdict.REVISION):
        out.append(_listed(len(evidence.changed_facts), _MOST_CHANGES, "change"))
    elif evidence.changed_facts and verdict in (Verdict.REWRITE, Verdict.EXCERPT):
        out.append(f"{_listed(len(evidence.changed_facts), _MOST_LISTED, 'fact')} changed")
    elif verdict is Verdict.RELATED:
        out.append(f"{math.floor(100 * match.pair.facts + 1e-9)} % of the names and numbers")
    return out


def _listed(number: int, most: int, noun: str) -> str:
    """`3 quotes`; `12 or more quotes` where the evidence lists no more."""
    return count(number, noun) if number < most else f"{number:,} or more {noun}s"


def standing(match: Match) -> str:
    """Why a match does not count: `allowed: licensed, until 2027-01-31`; "" when it does."""
    if match.suppression is None:
        return ""
    reason = match.suppression.reason
    return f"{_SUPPRESSIONS[match.suppression.kind]}{f': {reason}' if reason else ''}"


def finding_line(finding: Finding) -> str:
    """The id of the new article, the message, and in brackets why it does not count."""
    why = standing(finding.lead)
    return f"{finding.lead.article.id}: {message(finding)}{f' [{why}]' if why else ''}"


def closing_counts(check: Check) -> str:
    """`3 new articles against 200: 2 findings, 1 note, 1 suppressed`."""
    new = count(len(check.checked.new), "new article")
    against = f" against {check.checked.known:,}" if check.checked.known else ""
    counts = [count(len(check.failing), "finding")]
    if check.below:
        counts.append(count(len(check.below), "note"))
    if check.suppressed:
        counts.append(f"{len(check.suppressed):,} suppressed")
    return f"{new}{against}: {', '.join(counts)}"
