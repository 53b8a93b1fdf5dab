"""Floors of recall and precision on the labelled set that is committed here (benchmarks/newsroom)."""

from __future__ import annotations

import pytest

from conftest import LabelledPair, Newsroom
from newsdedup import find_duplicates
from newsdedup.result import Pair, Verdict

NEGATIVE = ("independent", "followup", "template")
Found = dict[tuple[str, str], Pair]


@pytest.fixture(scope="module")
def reported(newsroom: Newsroom) -> Found:
    """Reported pairs of the English articles."""
    articles = [article for article in newsroom.articles.values() if article.lang == "en"]
    return {(pair.left, pair.right): pair for pair in find_duplicates(articles).pairs}


def key(pair: LabelledPair) -> tuple[str, str]:
    left, right = sorted((pair.left, pair.right))
    return left, right


@pytest.mark.parametrize(
    ("label", "detail", "floor"),
    [
        ("copy", "syndicated en", 1.0),
        ("revision", "revision en", 1.0),
        ("rewrite", "spun en", 0.90),
        ("rewrite", "paraphrase en", 0.90),
        ("rewrite", "condensed en", 0.90),
        ("excerpt", "excerpt en", 0.80),
    ],
)
def test_recall(label: str, detail: str, floor: float, newsroom: Newsroom, reported: Found) -> None:
    pairs = newsroom.labelled(label, detail)
    assert len(pairs) == 22
    missed = [key(pair) for pair in pairs if key(pair) not in reported]
    assert 1 - len(missed) / len(pairs) >= floor, missed


def test_at_most_one_false_report(newsroom: Newsroom, reported: Found) -> None:
    negative = {key(pair) for label in NEGATIVE for pair in newsroom.labelled(label)}
    known = {key(pair) for pair in newsroom.pairs}
    assert len(negative) > 500
    false = [pair for pair in reported if pair in negative or pair not in known]
    assert len(false) <= 1, false


@pytest.mark.parametrize(
    ("label", "verdicts"),
    [
        ("copy", {Verdict.COPY, Verdict.REVISION, Verdict.IDENTICAL}),
        ("revision", {Verdict.REVISION, Verdict.COPY}),
        ("rewrite", {Verdict.REWRITE}),
        ("excerpt", {Verdict.EXCERPT, Verdict.REWRITE}),
    ],
)
def test_what_is_reported_is_called_by_its_name(
    label: str, verdicts: set[Verdict], newsroom: Newsroom, reported: Found
) -> None:
    found = [reported[key(pair)] for pair in newsroom.labelled(label) if key(pair) in reported]
    called = [pair for pair in found if pair.verdict in verdicts]
    assert len(called) >= 0.95 * len(found)
