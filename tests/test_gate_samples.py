"""What the tests of the gate and of its reports share: checks made by hand, and one made from newsroom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

from newsdedup.article import Article, Skipped
from newsdedup.gate.allow import AllowRule
from newsdedup.gate.check import Check, Region
from newsdedup.gate.findings import Policy, decide
from newsdedup.result import AlignedSentence, Checked, Evidence, Pair, Result, Verdict

TODAY = date(2026, 11, 22)


def article(id_: str, text: str | None = None, **fields: str | int | None) -> Article:
    """An article whose text, unless given, is its own; it stands in a file that is named as its id."""
    values: dict[str, object] = {"origin": id_, **fields}
    return Article(id=id_, text=f"The words of {id_} alone." if text is None else text, **values)  # type: ignore[arg-type]


def pair(
    one: str,
    other: str,
    verdict: Verdict = Verdict.COPY,
    *,
    score: float = 0.97,
    source: str | None = None,
    sentences: Iterable[int] = range(1, 11),
    passages: Sequence[tuple[int, int]] = (),
    quotes: int = 0,
    facts: tuple[tuple[str | None, str | None], ...] = (),
) -> Pair:
    """A pair of the articles in whichever order; `sentences` and `passages` have the same numbers on both sides.

    Args:
        source: Id of the likelier source.
    """
    left, right = sorted((one, other))
    side: Literal["left", "right"] | None = None if source is None else "left" if source == left else "right"
    evidence = Evidence(
        sentences=tuple(AlignedSentence(left=number, right=number, similarity=0.9) for number in sentences),
        altered_quotes=tuple((f"left {number}", f"right {number}") for number in range(quotes)),
        changed_facts=facts,
        passages=tuple((first, last, first, last) for first, last in passages),
    )
    return Pair(
        left=left,
        right=right,
        verdict=verdict,
        score=score,
        facts=0.5,
        telling=0.9,
        jaccard=0.5,
        containment=(0.5, 0.5),
        source=side,
        reasons=("the same story",),
        evidence=evidence,
    )


def checked(
    *pairs: Pair,
    articles: Iterable[Article] = (),
    known: int = 200,
    new: Iterable[str] = (),
    known_ids: Iterable[str] = (),
    skipped: tuple[Skipped, ...] = (),
    notes: tuple[str, ...] = (),
) -> Checked:
    """What a check found; ids that do not begin with `archive` are new, articles that are not given made up."""
    given = {each.id: each for each in articles}
    ids = sorted({id_ for each in pairs for id_ in (each.left, each.right)})
    texts = {id_: given.get(id_) or article(id_) for id_ in ids}
    names = sorted({*new, *(id_ for id_ in ids if not id_.startswith("archive"))})
    result = Result(
        version="0.1.0",
        inputs=known + len(names) + len(skipped),
        articles=known + len(names),
        pairs=tuple(sorted(pairs, key=lambda each: (each.left, each.right))),
        clusters=(),
        skipped=skipped,
        notes=notes,
        seconds=1.5,
    )
    sentences = {id_: tuple(f"Sentence {number} of {id_}." for number in range(1, 13)) for id_ in ids}
    old = sorted({*known_ids, *ids} - {*names})
    return Checked(result=result, new=tuple(names), known=known, texts=texts, sentences=sentences, known_ids=tuple(old))


def policy(**fields: object) -> Policy:
    """A policy of today."""
    values: dict[str, object] = {"today": TODAY, **fields}
    return Policy(**values)  # type: ignore[arg-type]


def shown_check() -> Check:
    """One of each: failing with others beside it, below, allowed, in the baseline, skipped inputs, notes, regions."""
    from newsdedup.gate.baseline import baseline_of  # noqa: PLC0415 - used here only

    found = checked(
        pair("drafts/a.md", "archive/b.md", Verdict.REWRITE, quotes=3, facts=(("14", "17"),), sentences=range(1, 11)),
        pair("drafts/a.md", "archive/c.md", Verdict.REWRITE, score=0.91, quotes=1),
        pair("drafts/a.md", "archive/e.md", Verdict.EXCERPT, score=0.8, passages=[(2, 4), (7, 7)]),
        pair("drafts/d.md", "archive/b.md", Verdict.RELATED, score=0.2),
        pair("drafts/w.md", "archive/w.md", Verdict.COPY, score=0.9996),
        pair("drafts/x.md", "archive/x.md", Verdict.IDENTICAL, score=1.0),
        new=["drafts/clean.md"],
        skipped=(Skipped(input="drafts/z.bin", reason="binary"),),
        notes=("a note of the run",),
    )
    old = replace(found, result=replace(found.result, pairs=found.result.pairs[-1:]))
    rules = (
        AllowRule(reason="licensed wire copy", new="drafts/w.md", expires=date(2027, 1, 31)),
        AllowRule(reason="gone", expires=date(2026, 1, 31)),
    )
    base = baseline_of(decide(old, policy()))
    check = decide(found, policy(allow=rules, baseline=base))
    first = check.findings[0]
    lead = replace(first.lead, region=Region(first=7, last=19), other_region=Region(first=3, last=9))
    return replace(check, findings=(replace(first, matches=(lead, *first.matches[1:])), *check.findings[1:]))


def test_the_sample_holds_one_of_each() -> None:
    check = shown_check()
    kinds = [(finding.level, match.suppression and match.suppression.kind) for finding in check.findings
             for match in finding.matches[:1]]  # fmt: skip
    assert kinds == [("error", None), ("error", None), ("note", None), ("note", "allowed"), ("note", "baseline")]
    assert "drafts/x.md" in check.checked.texts
