"""Reasons a person understands, most important first. They state what was seen and accuse nobody."""

from __future__ import annotations

from newsdedup.result import Evidence, Verdict
from newsdedup.verify.direction import Side
from newsdedup.verify.edits import Edits
from newsdedup.verify.features import Features
from newsdedup.verify.verdict import Judgement


def reasons(
    judgement: Judgement,
    features: Features,
    evidence: Evidence,
    sentences: tuple[int, int],
    *,
    edits: Edits,
    direction: tuple[Side | None, str],
) -> tuple[str, ...]:
    """Short sentences for one pair.

    Args:
        sentences: Number of sentences of the left and the right article.
        edits: What changed between two versions of one text.
        direction: The likelier source and why, `(None, "")` when nothing tells.
    """
    source, why = direction
    out = [_headline(judgement, features)]
    fewer = min(sentences)
    if judgement.verdict in (Verdict.REWRITE, Verdict.REVISION, Verdict.COPY, Verdict.RELATED, Verdict.TEMPLATE):
        out.append(f"{min(len(evidence.sentences), fewer)} of {fewer} sentences of the shorter one have a counterpart")
        carried = round(judgement.facts * features.fact_count)
        out.append(f"{carried} of {features.fact_count} names and numbers of the one with fewer stand in the other")
    if evidence.altered_quotes and judgement.verdict not in (Verdict.IDENTICAL, Verdict.DISTINCT):
        count = len(evidence.altered_quotes)
        out.append(f"{count} quote{'s' if count > 1 else ''} in other words")
    if edits.facts or edits.notes or edits.sentences:
        out.append(_edits(edits, source))
    if judgement.short and judgement.verdict not in (Verdict.IDENTICAL, Verdict.COPY):
        out.append("too short to tell a rewrite")
    if why:
        out.append(f"likely source: {why}")
    return tuple(out)


def _edits(edits: Edits, source: Side | None) -> str:
    """`changed: 14 -> 17 and 1 more; 3 sentences added, 1 cut; a correction note`, as seen from the source."""
    parts: list[str] = []
    if edits.facts:
        shown = next((change for change in edits.facts if None not in change), edits.facts[0])
        left, right = (fact or "nothing" for fact in shown)
        old, new = (right, left) if source == "right" else (left, right)
        more = f" and {len(edits.facts) - 1} more" if len(edits.facts) > 1 else ""
        parts.append(f"changed: {old} -> {new}{more}")
    only_left = sum(right is None for _, right in edits.sentences)
    only_right = sum(left is None for left, _ in edits.sentences)
    ways = {
        "left": ((only_right, "added"), (only_left, "cut")),
        "right": ((only_left, "added"), (only_right, "cut")),
        None: ((only_left, "only on the left"), (only_right, "only on the right")),
    }[source]
    counts = [(len(edits.sentences) - only_left - only_right, "rewritten"), *ways]
    told = [(count, way) for count, way in counts if count]
    if told:
        noun = f"sentence{'s' if told[0][0] > 1 else ''} "
        parts.append(", ".join(f"{count} {noun if not place else ''}{way}" for place, (count, way) in enumerate(told)))
    if edits.notes:
        parts.append("a correction note" if len(edits.notes) == 1 else f"{len(edits.notes)} correction notes")
    return "; ".join(parts)


def _headline(judgement: Judgement, features: Features) -> str:
    if judgement.verdict is Verdict.REWRITE:
        return _REWRITES.get(judgement.route, "the same facts told in the same way, in other words")
    if judgement.verdict is Verdict.RELATED and judgement.short:
        return "the same event"
    shared = round(100 * min(features.contained_left, features.contained_right))
    return _HEADLINES[judgement.verdict].format(shared=shared, words=features.verbatim)


_HEADLINES = {
    Verdict.IDENTICAL: "the same text",
    Verdict.COPY: "word for word: at least {shared} % of each side's 3-word shingles stand in the other",
    Verdict.REVISION: "one text in two versions: at least {shared} % of each side's 3-word shingles stand in the other",
    Verdict.EXCERPT: "{words} words outside quotes stand word for word in both, in long runs",
    Verdict.RELATED: "the same event, told differently",
    Verdict.TEMPLATE: "the same house wording about other facts",
    Verdict.DISTINCT: "another story",
}
_REWRITES = {
    "facts": "nearly every name and number of each stands in the other, in the same company, in other words",
    "telling": "the same story told in the same order, in other words",
    "condensed": "the shorter one tells the longer one's story in brief: its facts, in its order",
}
