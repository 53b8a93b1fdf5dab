"""A check in SARIF 2.1.0, which code hosts and editors show (docs.oasis-open.org/sarif/sarif/v2.1.0)."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from newsdedup.article import Article
from newsdedup.gate.check import Check, Finding, Match, Region, file_of, lines_of, rank
from newsdedup.report.findings_words import match_message, message, standing
from newsdedup.report.json_document import json_array
from newsdedup.report.jsonl import JsonObject, encoded
from newsdedup.report.plain import CAVEAT, skipped_text, visible
from newsdedup.result import Verdict

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"

# Verdict -> name, what it says.
_RULES = {
    Verdict.IDENTICAL: ("IdenticalText", "The article has the same words as another one."),
    Verdict.COPY: ("Copy", "The article is nearly word for word another one."),
    Verdict.REVISION: ("Revision", "The article is another version of one text."),
    Verdict.EXCERPT: ("Excerpt", "The article shares passages, word for word, with another one."),
    Verdict.REWRITE: ("Rewrite", "The article tells another one's story in the same way, in other words."),
    Verdict.RELATED: ("SameEvent", "The article reports the same event as another one, independently."),
    Verdict.TEMPLATE: ("SameForm", "The article fills in the same form as another one about other facts."),
}
_INDEX = {verdict: place for place, verdict in enumerate(_RULES)}


def sarif_lines(check: Check) -> Iterator[str]:
    """One log with one run, a result a line; a result is a finding, told by its strongest match."""
    driver = {
        "name": "newsdedup",
        "version": check.checked.result.version,
        "rules": [_rule(verdict, check) for verdict in _RULES],
    }
    yield f'{{"$schema":{encoded(_SCHEMA)},"version":"2.1.0","runs":[{{'
    yield f'"tool":{encoded({"driver": driver})},'
    yield f'"invocations":{encoded([_invocation(check)])},'
    root = {_ROOT: {"description": {"text": "The top of the checkout, else the folder in which newsdedup was run."}}}
    yield f'"originalUriBaseIds":{encoded(root)},"columnKind":"unicodeCodePoints",'
    yield from json_array("results", (_result(finding, check) for finding in check.findings), last=True)
    yield "}]}"


def _rule(verdict: Verdict, check: Check) -> JsonObject:
    name, text = _RULES[verdict]
    if rank(verdict) <= rank(check.fail_on):
        level = "error"
    else:
        level = "note" if rank(verdict) >= rank(Verdict.RELATED) else "warning"
    way_out = "Change the article, allow the pair in newsdedup.yaml, or take it into the baseline."
    return {
        "id": str(verdict),
        "name": name,
        "shortDescription": {"text": text},
        "fullDescription": {"text": f"{text} {CAVEAT}"},
        "help": {"text": f"{text} {CAVEAT} {way_out}"},
        "defaultConfiguration": {"level": level},
    }


def _invocation(check: Check) -> JsonObject:
    skipped = [{"level": "warning", "message": _text(skipped_text(each))} for each in check.checked.result.skipped]
    notes = [{"level": "note", "message": _text(note)} for note in check.notes]
    return {"executionSuccessful": True, "toolExecutionNotifications": skipped + notes}


def _result(finding: Finding, check: Check) -> JsonObject:
    """One finding; it is known by its strongest match, so that a stronger one found later closes it and opens another.

    Nothing else of it is sure to stay: which matches make up one finding changes with what is known, and the article
    alone would be one alert for all the stories that it repeats. The rule, by which alerts go too, changes anyway.
    """
    lead = finding.lead
    found: JsonObject = {
        "ruleId": str(lead.pair.verdict),
        "ruleIndex": _INDEX[lead.pair.verdict],
        "level": finding.level,
        "message": _text(f"{lead.article.id}: {message(finding)}"),
        "locations": [{"physicalLocation": _place(lead.article, lead.region, check.folder)}],
        "relatedLocations": [
            _related(number, match, check.folder) for number, match in enumerate(finding.matches, start=1)
        ],
        "partialFingerprints": {"newsdedup/v1": f"{lead.fingerprint}/{lead.ordinal}"},
        "rank": round(100 * min(1.0, max(0.0, lead.pair.score)), 1),
    }
    if finding.suppressed:
        reason = visible(standing(lead))
        found["suppressions"] = [{"kind": "external", "status": "accepted", "justification": reason}]
    if check.against_baseline:
        known = lead.suppression is not None and lead.suppression.kind == "baseline"
        found["baselineState"] = "unchanged" if known else "new"
    return found


def _related(number: int, match: Match, folder: str) -> JsonObject:
    why = standing(match)
    return {
        "id": number,
        "physicalLocation": _place(match.other, match.other_region, folder),
        "message": _text(f"The new article {match_message(match)}{f' [{why}]' if why else ''}"),
    }


def _place(article: Article, region: Region | None, folder: str) -> JsonObject:
    lines = lines_of(article, region)
    return {
        "artifactLocation": _uri(file_of(article, folder)),
        "region": {"startLine": lines.first, "endLine": lines.last},
    }


def _uri(name: str) -> JsonObject:
    """A relative reference that names the file byte for byte, undecodable ones included."""
    quoted = quote(name.encode("utf-8", "surrogateescape" if _is_escaped(name) else "backslashreplace"), safe="/")
    return {"uri": f"file://{quoted}"} if name.startswith("/") else {"uri": quoted, "uriBaseId": _ROOT}


def _is_escaped(name: str) -> bool:
    return all(not 0xD800 <= ord(char) <= 0xDFFF or 0xDC80 <= ord(char) <= 0xDCFF for char in name)


def _text(words: str) -> JsonObject:
    """A message: braces stand for arguments unless they are doubled, and `](` makes a link (SARIF 3.11.5, 3.11.6)."""
    text = visible(words).replace("{", "{{").replace("}", "}}")
    return {"text": text.replace("[", "\\[").replace("]", "\\]") if "](" in text else text}
