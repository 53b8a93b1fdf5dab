"""Reasons a person understands, most important first. They state what was seen and accuse nobody."""

from __future__ import annotations

from newsdedup.result import Evidence, Verdict
from newsdedup.verify.features import Features
from newsdedup.verify.verdict import Judgement


def reasons(
    judgement: Judgement,
    features: Features,
    evidence: Evidence,
    sentences: tuple[int, int],
    direction: str,
) -> tuple[str, ...]:
    """Short sentences for one pair.

    Args:
        sentences: Number of sentences of the left and the right article.
        direction: Why one side is the likelier source, "" when nothing tells.
    """
    out = [_headline(judgement, features)]
    fewer = min(sentences)
    if judgement.verdict in (Verdict.REWRITE, Verdict.REVISION, Verdict.COPY, Verdict.RELATED, Verdict.TEMPLATE):
        out.append(f"{min(len(evidence.sentences), fewer)} of {fewer} sentences of the shorter one have a counterpart")
        carried = round(judgement.facts * features.fact_count)
        out.append(f"{carried} of {features.fact_count} names and numbers of the one with fewer stand in the other")
    if evidence.altered_quotes and judgement.verdict not in (Verdict.IDENTICAL, Verdict.DISTINCT):
        count = len(evidence.altered_quotes)
        out.append(f"{count} quote{'s' if count > 1 else ''} in other words")
    if judgement.verdict is Verdict.REVISION and evidence.changed_facts:
        left, right = evidence.changed_facts[0]
        out.append(f"changed: {left or 'nothing'} -> {right or 'nothing'}")
    if judgement.short and judgement.verdict not in (Verdict.IDENTICAL, Verdict.COPY):
        out.append("too short to tell a rewrite")
    if direction:
        out.append(f"likely source: {direction}")
    return tuple(out)


def _headline(judgement: Judgement, features: Features) -> str:
    if judgement.verdict is Verdict.REWRITE:
        return _REWRITES.get(judgement.route, "the same facts told in the same way, in other words")
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
